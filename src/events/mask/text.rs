//! A line of text as it may be shown: an access log, an application's log.
//!
//! Used by [`mask`](super). The rule it keeps: addresses, user agents, referers and messages are
//! left out; ids and codes stay where the line names them.

use super::GAP;
use super::allow::{Form, form, path, shown as allowed};
use crate::events::sample::names::Plain;
use crate::events::sample::{access, plain};

/// What may be shown of a line; `None` when it is not understood.
pub(super) fn shown(line: &[u8]) -> Option<String> {
    access::read(line).map(|access| request(&access)).or_else(|| logged(line))
}

fn request(access: &access::Access<'_>) -> String {
    let method = allowed(Form::Method, &String::from_utf8_lossy(access.method));
    let method = method.as_deref().unwrap_or(GAP);
    let target = path(&String::from_utf8_lossy(access.target));
    let took = access.ms.map(|ms| format!(" {ms} ms")).unwrap_or_default();
    format!("{GAP} [{}] \"{method} {target}\" {}{took} {GAP}", access.at, access.status)
}

/// The time, the level, and whatever is named `name=value` or `"name":"value"`.
fn logged(line: &[u8]) -> Option<String> {
    let (at, rest) = plain::dated(line)?;
    let mut parts = vec![at.to_string()];
    parts.extend(plain::level(rest));
    for (name, value) in plain::named(rest) {
        let form = form(Plain::of(name).bytes()).filter(|form| {
            matches!(form, Form::Id | Form::Word | Form::Number | Form::Method | Form::Path)
        });
        let value = std::str::from_utf8(value).ok();
        if let Some(value) = form.zip(value).and_then(|(form, value)| allowed(form, value)) {
            parts.push(format!("{}={value}", String::from_utf8_lossy(name)));
        }
    }
    parts.extend(plain::token(rest, b"req_").and_then(|token| {
        let token = std::str::from_utf8(token).ok()?.to_owned();
        let is_new = !parts.iter().any(|part| part.ends_with(&token));
        (is_new && super::allow::is_id(&token)).then_some(token)
    }));
    parts.push(GAP.to_owned());
    Some(parts.join(" "))
}
