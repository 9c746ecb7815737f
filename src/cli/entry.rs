//! A journal entry, for people and for programs.

use serde_json::{Value, json};

use crate::launch::event::{Entry, Event};

/// The entry as the journal has it, with its hash.
#[must_use]
pub fn json(entry: &Entry) -> Value {
    let (kind, data) = kind_and_data(&entry.event);
    json!({
        "seq": entry.seq,
        "id": entry.id,
        "at": entry.at,
        "by": entry.by,
        "kind": kind,
        "data": data,
        "hash": entry.hash,
    })
}

/// The record's kind and data; those of a kind that this version does not know as they stand.
fn kind_and_data(event: &Event) -> (Value, Value) {
    if let Event::Other { kind, data } = event {
        return (Value::from(kind.as_str()), Value::Object(data.clone()));
    }
    let mut value = serde_json::to_value(event).unwrap_or_default();
    let mut take = |name| value.get_mut(name).map(Value::take).unwrap_or_default();
    (take("kind"), take("data"))
}
