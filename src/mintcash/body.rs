//! Reads members out of a JSON body without insisting on one shape.
//!
//! Used by everything that reads the API's answers: wrapped or flat (C5), ids as opaque texts (C3),
//! members that are absent or null. The numbers C1 to C22 are those of mintcash-contract.md section
//! 13.

use serde_json::Value;

use crate::time::Timestamp;

/// A member as text: a string, or a number as it is written. Absent, null and empty are `None`.
#[must_use]
pub fn text(body: &Value, name: &str) -> Option<String> {
    match body.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A member as a moment; `None` when it is absent, null or no date.
#[must_use]
pub fn moment(body: &Value, name: &str) -> Option<Timestamp> {
    Timestamp::parse(body.get(name)?.as_str()?).ok()
}

/// The object itself, whether the body wraps it under `name` or is it (C5).
#[must_use]
pub fn unwrapped<'a>(body: &'a Value, name: &str) -> &'a Value {
    body.get(name).filter(|inner| inner.is_object()).unwrap_or(body)
}

/// `redirectUrl` on either level (C5).
#[must_use]
pub fn redirect_url(body: &Value, name: &str) -> Option<String> {
    text(unwrapped(body, name), "redirectUrl").or_else(|| text(body, "redirectUrl"))
}

/// A list: bare, or wrapped under one of `names`.
#[must_use]
pub fn list<'a>(body: &'a Value, names: &[&str]) -> Option<&'a Vec<Value>> {
    let wrapped = || names.iter().find_map(|name| body.get(*name)?.as_array());
    body.as_array().or_else(wrapped)
}
