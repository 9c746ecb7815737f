//! A line of JSON as it may be shown: the listed members, in their order.
//!
//! Used by [`mask`](super). The rule it keeps: a member that is not listed is left out with its
//! name, since names can be data, too.

use super::GAP;
use super::allow::{Form, form, is_open, shown as allowed};
use crate::events::json::{Cursor, Raw, unescape};
use crate::events::sample::names::Plain;

/// Deeper than this nothing is shown.
const DEEPEST: u8 = 6;

/// What may be shown of an object; `None` when the line is none.
pub(super) fn shown(line: &[u8]) -> Option<String> {
    Raw::of(line).filter(|raw| raw.is_object()).map(|raw| object(raw, 0).unwrap_or_default())
}

/// The listed members of an object; `None` when there are none.
fn object(raw: Raw<'_>, depth: u8) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut has_gap = false;
    let read = raw.cursor().object(|name, cursor: &mut Cursor<'_>| {
        let value = cursor.value()?;
        match member(Plain::of(name).bytes(), value, depth) {
            Some(value) => parts.push(format!("\"{}\":{value}", String::from_utf8_lossy(name))),
            None => has_gap = true,
        }
        Ok(())
    });
    if parts.is_empty() && depth > 0 {
        return None;
    }
    if has_gap || read.is_err() {
        parts.push(GAP.to_owned());
    }
    Some(format!("{{{}}}", parts.join(", ")))
}

fn member(plain: &[u8], value: Raw<'_>, depth: u8) -> Option<String> {
    let form = form(plain);
    if value.is_null() {
        return form.map(|_| "null".to_owned());
    }
    let is_open = depth < DEEPEST && is_open(plain);
    if value.is_object() {
        return is_open.then(|| object(value, depth + 1))?;
    }
    let text = match value.bytes() {
        b"true" | b"false" => value.bytes().to_vec(),
        _ => value.text()?.into_owned(),
    };
    let text = String::from_utf8(text).ok()?;
    if value.is_string() && text.trim_start().starts_with('{') {
        return is_open.then(|| packed(value, depth))?;
    }
    let shown = allowed(form.filter(|form| *form != Form::Inside)?, &text)?;
    Some(if value.is_string() { format!("\"{shown}\"") } else { shown })
}

/// An object that a text holds.
fn packed(value: Raw<'_>, depth: u8) -> Option<String> {
    let mut text = Vec::new();
    unescape(value.bytes().get(1..value.bytes().len().checked_sub(1)?)?, &mut text);
    object(Raw::of(text.trim_ascii())?, depth + 1)
}
