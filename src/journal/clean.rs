//! Takes secrets and invisible characters out of what is about to be recorded.

use serde_json::{Map, Value};

use crate::launch::event::Actor;
use crate::secrets::Redactor;
use crate::text;

/// The data of a record with every text in it made visible and without secrets. Line breaks and
/// tabs stay: JSON writes them as escapes and the faces lay them out.
pub(super) fn data(data: Map<String, Value>) -> Map<String, Value> {
    data.into_iter().map(|(key, value)| (string(&key), value_of(value))).collect()
}

/// An actor whose name, account and machine are safe to record, each at most 200 characters.
pub(super) fn actor(by: &Actor) -> Actor {
    let short = |text: &str| string(&text::visible(text, 200));
    Actor {
        name: short(&by.name),
        user: by.user.as_deref().map(short),
        host: by.host.as_deref().map(short),
        via: by.via,
    }
}

fn value_of(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(string(&text)),
        Value::Array(items) => items.into_iter().map(value_of).collect(),
        Value::Object(members) => Value::Object(data(members)),
        plain => plain,
    }
}

fn string(text: &str) -> String {
    let shown: String = text
        .split_inclusive(['\n', '\t'])
        .map(|part| {
            let (words, end) = match part.strip_suffix(['\n', '\t']) {
                Some(words) => (words, part.get(words.len()..).unwrap_or_default()),
                None => (part, ""),
            };
            text::visible(words, usize::MAX / 8) + end
        })
        .collect();
    Redactor::shared().clean(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn control_characters_are_shown_and_line_breaks_kept() {
        let Value::Object(before) = json!({"k\u{202e}": ["a\u{1b}[2J\n\tb\r\n", 1, null]}) else {
            panic!("an object");
        };
        let after = Value::Object(data(before));
        assert_eq!(after, json!({"k<U+202E>": ["a^[[2J\n\tb^M\n", 1, null]}));
    }
}
