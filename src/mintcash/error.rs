//! The provider's error envelope, read tolerantly, and what an error amounts to.
//!
//! Used by the client for every answer that is not 2xx. The rule it keeps: `code` decides, then the
//! class of the status, and never 499 alone (mintcash-contract.md section 4). Wording decides
//! nothing; where a reason label stands on the wire is unknown, so it is looked for everywhere.

use serde_json::Value;

use crate::mintcash::body::text;
use crate::text::Untrusted;

/// What an error amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong.
    Invalid,
    /// The credentials are missing, malformed or revoked.
    Unauthenticated,
    /// The credentials may not do this, or not from here.
    Forbidden,
    /// There is no such thing, or it is another merchant's.
    NotFound,
    /// The same `externalId` was used with another payload.
    Mismatch,
    /// The state of things does not allow it, such as a refund while another one runs.
    Conflict,
    /// More than what is left.
    TooMuch,
    /// The charge was declined or failed at the provider: an outcome, not a fault.
    Declined,
    /// Too many requests.
    RateLimited,
    /// Something behind the API is in trouble; the same request may be sent again.
    Unavailable,
    /// 499 without a code that explains it: what became of the request has to be looked up.
    Unclear,
    /// Any other refusal.
    Refused,
}

/// An error that the API answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The stable code, safe to show; `None` when the answer has no envelope.
    pub code: Option<String>,
    /// The wording, safe to show.
    pub message: Option<String>,
    /// `details.requestId`, safe to show.
    pub request_id: Option<String>,
    /// What it amounts to.
    pub kind: Kind,
    /// Everything that it says, with nothing but lower-case letters and digits left.
    said: String,
    /// Code, message and the texts of `details` as they came, in lower case; not safe to show.
    words: String,
}

impl ApiError {
    /// Reads an answer that is not 2xx. A body that is no envelope leaves the status to decide.
    #[must_use]
    pub fn read(status: u16, body: &Value) -> Self {
        let code = body.get("code").and_then(Value::as_str);
        let mut words = String::new();
        for part in ["code", "message", "details"] {
            collect(body.get(part), &mut words);
        }
        let words = words.to_lowercase();
        let said: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
        let declined = ["paymentdeclined", "paymentfailed"];
        let kind = kind(status, code, declined.iter().any(|label| said.contains(label)));
        let shown = |value: Option<&str>| value.map(|text| Untrusted::new(text).line(300));
        Self {
            status,
            code: shown(code),
            message: shown(body.get("message").and_then(Value::as_str)),
            request_id: request_id(body),
            kind,
            said,
            words,
        }
    }

    /// Whether a reason label stands anywhere in it, however it is spelt: `ip_not_allowed`,
    /// `ipNotAllowed`, `IP not allowed`.
    #[must_use]
    pub fn has_reason(&self, label: &str) -> bool {
        let label: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        self.said.contains(&label.to_lowercase())
    }

    /// Whether one of these words stands in it, in lower case, as a word of its own or the
    /// beginning of one. Wording may change: it names a cause once status and code have said that
    /// it is a refusal, and decides nothing else.
    #[must_use]
    pub fn mentions(&self, beginnings: &[&str]) -> bool {
        let words = self.words.split(|ch: char| !ch.is_alphanumeric());
        words.into_iter().any(|word| beginnings.iter().any(|begin| word.starts_with(begin)))
    }

    /// Whether it came in the API's own form.
    #[must_use]
    pub fn is_enveloped(&self) -> bool {
        self.code.is_some()
    }

    /// `403 permission_denied`.
    #[must_use]
    pub fn short(&self) -> String {
        match &self.code {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// `details.requestId`, or one at the top of the body; safe to show.
#[must_use]
pub fn request_id(body: &Value) -> Option<String> {
    let nested = body.get("details").and_then(|details| text(details, "requestId"));
    let found = nested.or_else(|| text(body, "requestId"))?;
    Some(Untrusted::new(found).line(100))
}

/// Every text in a value, the names of members included.
fn collect(value: Option<&Value>, into: &mut String) {
    match value {
        Some(Value::String(text)) => {
            into.push(' ');
            into.push_str(text);
        }
        Some(Value::Array(items)) => items.iter().for_each(|item| collect(Some(item), into)),
        Some(Value::Object(members)) => {
            for (name, value) in members {
                into.push(' ');
                into.push_str(name);
                collect(Some(value), into);
            }
        }
        _ => {}
    }
}

fn kind(status: u16, code: Option<&str>, says_declined: bool) -> Kind {
    match code {
        // The code that comes with it is unknown (mintcash-contract.md section 3.3).
        _ if status == 422 => Kind::TooMuch,
        Some("invalid_argument" | "out_of_range") => Kind::Invalid,
        Some("unauthenticated") => Kind::Unauthenticated,
        // C13: the same refusal, given as a code of its own on another page.
        Some("permission_denied" | "ip_not_allowed") => Kind::Forbidden,
        Some("not_found") => Kind::NotFound,
        Some("already_exists") => Kind::Mismatch,
        Some("failed_precondition") => Kind::Conflict,
        // In the family that these names come from, `aborted` also stands for a conflict with 409.
        Some("aborted") if status == 409 && !says_declined => Kind::Conflict,
        Some("aborted") => Kind::Declined,
        Some("resource_exhausted") => Kind::RateLimited,
        Some("unavailable" | "internal" | "deadline_exceeded" | "unknown") => Kind::Unavailable,
        Some("unimplemented") => Kind::Refused,
        _ => by_status(status),
    }
}

fn by_status(status: u16) -> Kind {
    match status {
        400 => Kind::Invalid,
        401 => Kind::Unauthenticated,
        403 => Kind::Forbidden,
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        422 => Kind::TooMuch,
        429 => Kind::RateLimited,
        499 => Kind::Unclear,
        500..=599 => Kind::Unavailable,
        _ => Kind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind_of(status: u16, body: &Value) -> Kind {
        ApiError::read(status, body).kind
    }

    #[test]
    fn the_code_decides_then_the_class_of_the_status_and_never_499_alone() {
        for (status, code, kind) in [
            (400, "invalid_argument", Kind::Invalid),
            (401, "unauthenticated", Kind::Unauthenticated),
            (403, "permission_denied", Kind::Forbidden),
            (403, "ip_not_allowed", Kind::Forbidden),
            (404, "not_found", Kind::NotFound),
            (409, "already_exists", Kind::Mismatch),
            (409, "failed_precondition", Kind::Conflict),
            (499, "aborted", Kind::Declined),
            (409, "aborted", Kind::Conflict),
            (422, "invalid_argument", Kind::TooMuch),
            (422, "out_of_range", Kind::TooMuch),
            (422, "failed_precondition", Kind::TooMuch),
            (503, "unavailable", Kind::Unavailable),
            (500, "internal", Kind::Unavailable),
            (499, "canceled", Kind::Unclear),
            (499, "deadline_exceeded", Kind::Unavailable),
            (400, "a_code_of_tomorrow", Kind::Invalid),
            (502, "a_code_of_tomorrow", Kind::Unavailable),
        ] {
            let body = json!({"code": code, "message": "x", "details": {"requestId": "req_1"}});
            assert_eq!(kind_of(status, &body), kind, "{status} {code}");
        }
        for (status, kind) in [
            (499, Kind::Unclear),
            (409, Kind::Conflict),
            (422, Kind::TooMuch),
            (429, Kind::RateLimited),
            (502, Kind::Unavailable),
            (504, Kind::Unavailable),
            (599, Kind::Unavailable),
            (405, Kind::Refused),
        ] {
            assert_eq!(kind_of(status, &Value::Null), kind, "{status} without an envelope");
        }
    }

    #[test]
    fn a_reason_is_found_in_the_code_the_message_or_the_details() {
        for body in [
            json!({"code": "ip_not_allowed", "message": "no"}),
            json!({"code": "permission_denied", "message": "IP not allowed: 1.2.3.4"}),
            json!({"code": "permission_denied", "details": {"reason": "ipNotAllowed"}}),
            json!({"code": "permission_denied", "details": {"reasons": [{"ip_not_allowed": 1}]}}),
        ] {
            assert!(ApiError::read(403, &body).has_reason("ip_not_allowed"), "{body}");
        }
        let other = json!({"code": "permission_denied", "message": "not yours"});
        assert!(!ApiError::read(403, &other).has_reason("ip_not_allowed"));
        let shipped = ApiError::read(403, &json!({"message": "shipping is off"}));
        assert!(shipped.mentions(&["ship"]) && !shipped.mentions(&["ip"]));
    }

    #[test]
    fn an_envelope_without_details_or_with_strange_ones_is_read_all_the_same() {
        for details in [json!({}), json!(null), json!([]), json!("none"), json!({"requestId": {}})]
        {
            let body = json!({"code": "not_found", "message": "no", "details": details});
            let error = ApiError::read(404, &body);
            assert_eq!((error.kind, error.request_id), (Kind::NotFound, None), "{body}");
        }
        let bare = ApiError::read(404, &json!({"code": "not_found"}));
        assert_eq!((bare.short().as_str(), bare.message), ("404 not_found", None));
        let other = ApiError::read(401, &json!("unauthorised"));
        assert!(!other.is_enveloped() && other.kind == Kind::Unauthenticated);
    }
}
