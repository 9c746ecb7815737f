//! A body that is written as text: whether it has a member, read without understanding the rest.

use super::program::plain;
use super::text::{END, HOLE};

/// What a text says of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InText {
    /// It is there; its value as it is written.
    There(String),
    /// It is not.
    NotThere,
    /// The text is no JSON object, or parts of it are not known.
    Unclear,
}

/// Looks for a member of the outermost object. Names may stand without quotes, as in `jq`.
pub(super) fn member(text: &str, wanted: &str) -> InText {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('{') else { return InText::Unclear };
    let mut seen = Seen { wanted, depth: 1, name: String::new(), unclear: false };
    let mut rest = inner;
    while let Some(ch) = rest.chars().next() {
        match ch {
            '"' | '\'' => {
                let (token, after) = string(rest);
                if seen.depth == 1 && after.trim_start().starts_with(':') && seen.is(&plain(token))
                {
                    return InText::There(value(after));
                }
                seen.name.clear();
                rest = after;
                continue;
            }
            '\\' if rest.starts_with("\\\"") => {
                // Quotes that are escaped for a language around the JSON.
                let inner = rest.get(2..).unwrap_or_default();
                let end = inner.find("\\\"").unwrap_or(inner.len());
                let (token, after) = inner.split_at(end);
                let after = after.get(2..).unwrap_or_default();
                if seen.depth == 1 && after.trim_start().starts_with(':') && seen.is(token) {
                    return InText::There(value(after));
                }
                rest = after;
                continue;
            }
            HOLE => {
                let end = rest.find(END).map_or(rest.len(), |at| at + 1);
                let before = inner.get(..inner.len() - rest.len()).unwrap_or_default();
                // A hole where a name may stand can be anything.
                let at_name = before.trim_end().ends_with([',', '{']) || before.trim().is_empty();
                seen.unclear |= seen.depth == 1 && at_name;
                rest = rest.get(end..).unwrap_or_default();
                continue;
            }
            '{' | '[' | '(' => seen.depth += 1,
            '}' | ']' | ')' => {
                seen.depth -= 1;
                if seen.depth == 0 {
                    break;
                }
            }
            ':' if seen.depth == 1 && seen.is(&seen.name.clone()) => {
                return InText::There(value(rest));
            }
            ch if ch.is_alphanumeric() || ch == '_' => {
                seen.name.push(ch);
                rest = rest.get(ch.len_utf8()..).unwrap_or_default();
                continue;
            }
            '.' if rest.starts_with("...") => seen.unclear = true,
            _ => {}
        }
        seen.name.clear();
        rest = rest.get(ch.len_utf8()..).unwrap_or_default();
    }
    if seen.depth > 0 || seen.unclear { InText::Unclear } else { InText::NotThere }
}

struct Seen<'a> {
    wanted: &'a str,
    depth: i32,
    name: String,
    unclear: bool,
}

impl Seen<'_> {
    fn is(&self, name: &str) -> bool {
        name == self.wanted
    }
}

/// The string at the beginning of a text, with its quotes, and what follows it.
fn string(text: &str) -> (&str, &str) {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    let mut hole = false;
    for (at, ch) in text.char_indices().skip(1) {
        match ch {
            HOLE => hole = true,
            END => hole = false,
            _ if hole => {}
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ch if ch == quote && !escaped => return text.split_at(at + 1),
            _ => {}
        }
        escaped = false;
    }
    (text, "")
}

/// The value behind a colon, as it is written.
fn value(after: &str) -> String {
    let after = after.trim_start().trim_start_matches(':').trim_start();
    let after = after.trim_start_matches("\\\"");
    if after.starts_with(['"', '\'']) {
        return string(after).0.to_owned();
    }
    let mut hole = false;
    let end = after.find(|ch| {
        match ch {
            HOLE => hole = true,
            END => hole = false,
            _ => {}
        }
        !hole && matches!(ch, ',' | '}' | '\n' | '\\')
    });
    after.get(..end.unwrap_or(after.len())).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> InText {
        member(text, "externalId")
    }

    #[test]
    fn a_member_counts_only_at_the_outermost_level() {
        assert_eq!(says(r#"{"amount": 1, "externalId": "a"}"#), InText::There("\"a\"".into()));
        assert_eq!(says(r#"{"customer": {"externalId": "a"}, "amount": 1}"#), InText::NotThere);
        assert_eq!(says(r#"{\"externalId\": \"a\"}"#), InText::There("a".into()));
        assert_eq!(says("{amount: 1, externalId: $id}"), InText::There("$id".into()));
        assert_eq!(says(r#"{"note": "no \"externalId\": here"}"#), InText::NotThere);
    }

    #[test]
    fn what_may_be_anything_is_unclear() {
        assert_eq!(says("{\"amount\": 1, \u{1}rest\u{2}}"), InText::Unclear);
        assert_eq!(says("{\"amount\": \u{1}amount\u{2}}"), InText::NotThere);
        assert_eq!(says("amount=1"), InText::Unclear);
        assert_eq!(says("{\"amount\": 1"), InText::Unclear);
    }
}
