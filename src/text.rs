//! Text that came from outside, made safe to show.
//!
//! Responses, file names, commit authors, runbooks, other people's journal records: all of it can
//! hold control characters that move the cursor, or invisible ones that reorder a line.
//! [`Untrusted`] holds such text without `Display`, so that it has to pass [`visible`] first.

use crate::secrets::Redactor;

/// Text from outside that has not been made visible yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text from outside.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes bytes from outside; what is not UTF-8 becomes `U+FFFD`.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The text as one safe line of at most `limit` characters. Secrets are taken out before it is
    /// cut: half a secret would be recognised by nobody.
    #[must_use]
    pub fn line(&self, limit: usize) -> String {
        visible(&Redactor::shared().clean(&self.0), limit)
    }
}

/// Makes text safe to show on one line: control characters in caret notation (`^[`), other
/// invisible or reordering characters as `<U+202E>`, and more than `limit` characters cut with
/// their count. What CI systems obey wherever it stands in a log (`##vso[`, `##[`, `##teamcity[`)
/// loses its second `#` to `<U+0023>`. Idempotent.
#[must_use]
pub fn visible(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut left = limit;
    while left > 0
        && let Some(ch) = chars.next()
    {
        left -= 1;
        match ch {
            '#' if out.ends_with('#') && begins_command(chars.as_str()) => out.push_str("<U+0023>"),
            '\u{0}'..='\u{1f}' => {
                out.push('^');
                out.push(char::from((ch as u8) + b'@'));
            }
            '\u{7f}' => out.push_str("^?"),
            _ if is_hidden(ch) => out.push_str(&format!("<U+{:04X}>", u32::from(ch))),
            _ => out.push(ch),
        }
    }
    let rest = chars.count();
    if rest > 0 {
        out.push_str(&format!("… (+{rest})"));
    }
    out
}

/// Whether `##` with this behind it is a command to a CI system.
fn begins_command(rest: &str) -> bool {
    rest.trim_start_matches(|ch: char| ch.is_ascii_alphabetic()).starts_with('[')
}

/// C1 controls, zero-width, bidirectional, tag, variation and other format characters.
fn is_hidden(ch: char) -> bool {
    matches!(ch,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_and_reordering_characters_are_shown_not_obeyed() {
        assert_eq!(visible("FAILED\rPASSED\x1b[2J", 99), "FAILED^MPASSED^[[2J");
        assert_eq!(visible("a\u{202e}b\u{9b}c\u{e0041}", 99), "a<U+202E>b<U+009B>c<U+E0041>");
        assert_eq!(visible("12345", 3), "123… (+2)");
    }

    #[test]
    fn commands_to_ci_systems_are_shown_not_obeyed() {
        assert_eq!(visible("a ##vso[task.complete]", 99), "a #<U+0023>vso[task.complete]");
        assert_eq!(visible("###[error]", 99), "##<U+0023>[error]");
        assert_eq!(visible("##teamcity[x]", 99), "#<U+0023>teamcity[x]");
        assert_eq!(visible("## Heading [a]", 99), "## Heading [a]");
    }

    proptest! {
        #[test]
        fn nothing_hidden_survives(text in any::<String>(), marks in "[#a\\[]{0,8}") {
            let text = text + &marks;
            let shown = visible(&text, usize::MAX / 8);
            prop_assert!(shown.chars().all(|ch| !ch.is_control() && !is_hidden(ch)));
            prop_assert_eq!(visible(&shown, usize::MAX / 8), shown);
        }
    }
}
