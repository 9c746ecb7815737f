//! Defaults inside values: `${VAR:-default}` of shells and Compose, `${VAR:default}` of Spring,
//! `default "…"` of Helm.

use std::ops::Range;

/// A default and the variable that it stands in for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Default<'a> {
    /// The variable.
    pub variable: &'a str,
    /// Where the default stands in the value.
    pub range: Range<usize>,
}

/// Every default in `value`; of nested ones each.
pub(super) fn defaults(value: &str) -> Vec<Default<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = value.get(from..).and_then(|rest| rest.find("${")) {
        let begin = from + at + 2;
        from = begin;
        let Some(inside) = value.get(begin..) else { break };
        let end = matching(inside);
        let Some(inside) = inside.get(..end) else { break };
        if let Some((variable, skip)) = split(inside) {
            found.push(Default { variable, range: begin + variable.len() + skip..begin + end });
        }
    }
    found.extend(templates(value));
    found
}

/// Where the brace closes that has been opened.
fn matching(inside: &str) -> usize {
    let mut depth = 1_u32;
    for (at, ch) in inside.char_indices() {
        match ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    inside.len()
}

/// The variable, and how long the operator after it is.
fn split(inside: &str) -> Option<(&str, usize)> {
    let end = inside.find(|ch: char| !(ch.is_alphanumeric() || "_.[]'\"/".contains(ch)))?;
    let (variable, rest) = inside.split_at_checked(end)?;
    let skip = match rest.as_bytes() {
        [b':', b'-' | b'=', ..] => 2,
        [b':', b'+' | b'?', ..] => return None,
        [b':' | b'-' | b'=', ..] => 1,
        _ => return None,
    };
    (!variable.is_empty()).then_some((variable, skip))
}

/// `{{ .Values.url | default "…" }}`, `{{ default "…" .Values.url }}`, `{{ url | default('…') }}`.
fn templates(value: &str) -> Vec<Default<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = value.get(from..).and_then(|rest| rest.find("{{")) {
        let begin = from + at + 2;
        let rest = value.get(begin..).unwrap_or_default();
        let end = begin + rest.find("}}").unwrap_or(rest.len());
        from = end;
        let inside = value.get(begin..end).unwrap_or_default();
        let Some(word) = inside.find("default") else { continue };
        let after = inside.get(word..).unwrap_or_default();
        let Some(open) = after.find(['"', '\'', '`']) else { continue };
        let quote = after.get(open..).and_then(|text| text.chars().next()).unwrap_or('"');
        let start = word + open + 1;
        let long = inside.get(start..).and_then(|text| text.find(quote));
        let long = long.unwrap_or(inside.len().saturating_sub(start));
        let name = |part: &&str| {
            part.contains('.') || part.chars().all(|ch| ch == '_' || ch.is_alphanumeric())
        };
        let variable = inside
            .split(|ch: char| ch.is_whitespace() || "|()\"'`".contains(ch))
            .filter(|part| !part.is_empty() && *part != "default")
            .find(name)
            .unwrap_or_default();
        found.push(Default { variable, range: begin + start..begin + start + long });
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("${URL:-https://s}", "URL", "https://s")]
    #[case("${URL-https://s}/x", "URL", "https://s")]
    #[case("a${URL:=s}", "URL", "s")]
    #[case("${mintcash.url:https://s}", "mintcash.url", "https://s")]
    #[case("${A:-${B}x}", "A", "${B}x")]
    #[case("{{ .Values.url | default \"https://s\" }}", ".Values.url", "https://s")]
    #[case("{{ default \"https://s\" .Values.url }}", "https://s", "https://s")]
    #[case("{{ url | default('s') }}", "url", "s")]
    fn defaults_are_found(#[case] value: &str, #[case] variable: &str, #[case] wanted: &str) {
        let found = defaults(value);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(value.get(found[0].range.clone()), Some(wanted));
        assert!(found[0].variable == variable || wanted == variable, "{found:?}");
    }

    #[rstest]
    #[case("${URL}")]
    #[case("${URL:?must be set}")]
    #[case("${URL:+s}")]
    #[case("$URL-s")]
    #[case("{{ .Values.url }}")]
    fn what_has_no_default_has_none(#[case] value: &str) {
        assert_eq!(defaults(value), []);
    }

    proptest! {
        #[test]
        fn no_value_breaks_it(value in "[${}:=A-Za-z\"' -]{0,40}|.{0,40}") {
            for default in defaults(&value) {
                prop_assert!(value.get(default.range).is_some());
            }
        }
    }
}
