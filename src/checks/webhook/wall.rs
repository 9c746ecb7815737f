//! What stands between a probe and the handler: recognised by the answer's status, headers and body.
//!
//! Used by the diagnosis to name the cause when a correctly signed event is refused, and by
//! `webhook-endpoint` to say what answers there.

use crate::checks::webhook::wire::Answer;

/// Something that answers in place of the handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wall {
    /// A firewall or bot protection, by name where it is known.
    Challenge(&'static str),
    /// A redirect, to where.
    Redirect(String),
    /// Protection against cross-site requests.
    Csrf,
    /// A page to log in on.
    Login,
    /// HTTP authentication, with its scheme.
    Auth(String),
    /// Nothing at that path.
    NotFound,
    /// Something is there that takes no POST.
    Method,
    /// The content type is refused.
    MediaType,
    /// A rate limit.
    RateLimit,
    /// A gateway without a backend.
    Gateway(u16),
    /// The handler, or the server before it, fell over.
    Crash(u16),
    /// Another page of HTML, which webhook handlers do not write.
    Page(u16),
}

/// Marks by which protections give themselves away: what to look for in the body, whose it is.
const CHALLENGE_MARKS: &[(&str, &str)] = &[
    ("challenge-platform", "Cloudflare"),
    ("cf-chl", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"),
    ("cf-error-details", "Cloudflare"),
    ("just a moment...", "Cloudflare"),
    ("_incapsula_resource", "Imperva"),
    ("incapsula incident", "Imperva"),
    ("the requested url was rejected. please consult", "F5"),
    ("sucuri website firewall", "Sucuri"),
    ("mod_security", "ModSecurity"),
    ("modsecurity", "ModSecurity"),
    ("awswaf", "AWS WAF"),
    ("errors.edgesuite.net", "Akamai"),
    ("px-captcha", "HUMAN"),
    ("datadome", "DataDome"),
    ("wordfence", "Wordfence"),
    ("web application firewall", "a firewall"),
    ("request blocked", "a firewall"),
    ("you have been blocked", "a firewall"),
    ("captcha", "a bot protection"),
];

/// Marks of protection against cross-site requests, as frameworks write them.
const CSRF_MARKS: &[&str] =
    &["csrf", "xsrf", "authenticity token", "authenticitytoken", "page expired"];

/// Recognises what stands there; `None` when the answer may well be the handler's own.
#[must_use]
pub fn wall(answer: &Answer) -> Option<Wall> {
    let body = answer.text().to_lowercase();
    let html = is_html(answer, &body);
    let status = answer.status;
    match status {
        200..=299 => return None,
        300..=399 => {
            let to = answer.shown_header("location").unwrap_or_else(|| "nowhere".into());
            return Some(Wall::Redirect(to));
        }
        419 => return Some(Wall::Csrf),
        429 => return Some(Wall::RateLimit),
        _ => {}
    }
    if let Some(by) = challenge(answer, &body, html) {
        return Some(Wall::Challenge(by));
    }
    if matches!(status, 400 | 401 | 403 | 422) && CSRF_MARKS.iter().any(|mark| body.contains(mark))
    {
        return Some(Wall::Csrf);
    }
    if html && body.contains("type=\"password\"") {
        return Some(Wall::Login);
    }
    if let Some(scheme) = auth_scheme(answer) {
        return Some(Wall::Auth(scheme));
    }
    match status {
        404 | 410 => Some(Wall::NotFound),
        405 | 501 => Some(Wall::Method),
        415 => Some(Wall::MediaType),
        502..=504 => Some(Wall::Gateway(status)),
        500..=599 => Some(Wall::Crash(status)),
        _ if html && is_designed(&body) => Some(Wall::Page(status)),
        _ => None,
    }
}

fn is_html(answer: &Answer, body: &str) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.to_lowercase().contains("text/html"))
        || body.trim_start().starts_with("<!doctype html")
        || body.trim_start().starts_with("<html")
}

/// Whether a page was made to be looked at. Frameworks wrap even `abort(401)` into a little HTML,
/// which is the handler's own answer.
fn is_designed(body: &str) -> bool {
    body.len() > 2_048
        || ["<script", "<style", "<form", "<link"].iter().any(|tag| body.contains(tag))
}

fn challenge(answer: &Answer, body: &str, html: bool) -> Option<&'static str> {
    if answer.header("cf-mitigated").is_some() {
        return Some("Cloudflare");
    }
    if answer.header("x-amzn-waf-action").is_some() {
        return Some("AWS WAF");
    }
    if answer.header("x-sucuri-block").is_some() {
        return Some("Sucuri");
    }
    if !html || !matches!(answer.status, 400 | 401 | 403 | 405 | 406 | 503) {
        return None;
    }
    CHALLENGE_MARKS.iter().find(|(mark, _)| body.contains(mark)).map(|(_, by)| *by)
}

/// The scheme of HTTP authentication that people put in front of a site.
fn auth_scheme(answer: &Answer) -> Option<String> {
    if !matches!(answer.status, 401 | 407) {
        return None;
    }
    let asked = answer.header("www-authenticate").or(answer.header("proxy-authenticate"))?;
    let scheme = asked.split_whitespace().next()?.trim_end_matches(',').to_owned();
    ["basic", "bearer", "digest", "negotiate", "ntlm"]
        .contains(&scheme.to_lowercase().as_str())
        .then_some(scheme)
}

impl Wall {
    /// What it is, as the subject of a sentence about who refused a request.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Challenge(by) => format!("a page of {by} (WAF or bot protection)"),
            Self::Redirect(to) => format!("a redirect to {to}"),
            Self::Csrf => "the framework's CSRF protection".into(),
            Self::Login => "a login page".into(),
            Self::Auth(scheme) => format!("HTTP authentication ({scheme})"),
            Self::NotFound => "a server that knows nothing at this path".into(),
            Self::Method => "a server that takes no POST at this path".into(),
            Self::MediaType => "a server that does not take application/json".into(),
            Self::RateLimit => "a rate limit (429)".into(),
            Self::Gateway(status) => format!("a gateway without a backend ({status})"),
            Self::Crash(status) => format!("a server error ({status})"),
            Self::Page(status) => format!("a page of HTML ({status})"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Challenge(_) => {
                "Let POST requests to the webhook path through without a challenge; MintCash can \
                 not solve one."
            }
            Self::Redirect(_) => {
                "Register the final URL with MintCash: scheme, host, trailing slash and language \
                 prefix exactly as the server answers without redirecting."
            }
            Self::Csrf => {
                "Take the webhook route out of the CSRF protection; its signature does that work."
            }
            Self::Login | Self::Auth(_) => {
                "Take the webhook path out of the authentication; MintCash can not log in, its \
                 signature is what proves it."
            }
            Self::NotFound => "Check the path of webhook_url and that the release with it is live.",
            Self::Method => "Route POST at this path to the handler.",
            Self::MediaType => "Accept Content-Type: application/json on the webhook route.",
            Self::RateLimit => "Wait and verify again; do not limit the rate of MintCash's calls.",
            Self::Gateway(_) => "Start the application behind the gateway, then verify again.",
            Self::Crash(_) => "Look for X-Golive-Probe in the server's log at this time.",
            Self::Page(_) => "Find out what answers in the handler's place at this path.",
        }
    }
}

/// Whether a body says that something went wrong, whatever the status says.
#[must_use]
pub fn body_says_error(answer: &Answer) -> bool {
    let text = answer.text();
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(&text) {
        let bad = |name: &str| {
            members.get(name).is_some_and(|value| {
                !matches!(value, serde_json::Value::Null | serde_json::Value::Bool(false))
            })
        };
        let no = |name: &str| members.get(name) == Some(&serde_json::Value::Bool(false));
        let status = members.get("status").and_then(serde_json::Value::as_str).unwrap_or("");
        return bad("error")
            || bad("errors")
            || ["ok", "success", "valid", "verified"].into_iter().any(no)
            || ["error", "fail", "failed", "failure", "unauthorized", "invalid"]
                .contains(&status.to_lowercase().as_str());
    }
    let text = text.trim().to_lowercase();
    text.len() < 200
        && ["invalid", "unauthorized", "error", "bad signature", "forbidden", "not valid"]
            .iter()
            .any(|word| text.contains(word))
}

/// Whether an answer says that the request has no signature.
#[must_use]
pub fn says_unsigned(answer: &Answer) -> bool {
    let text = answer.text().to_lowercase().replace(['_', '-'], " ");
    let says = ["missing", "no signature", "required", "not provided", "not found", "absent"];
    text.len() < 2_048 && text.contains("signature") && says.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
    const JSON: (&str, &str) = ("content-type", "application/json");

    #[rstest]
    #[case::werkzeug(401, "<!doctype html>\n<html lang=en>\n<title>401 Unauthorized</title>")]
    #[case::django(403, "bad signature")]
    #[case::plain(400, "")]
    fn the_short_html_that_frameworks_make_is_the_handlers_own(
        #[case] status: u16,
        #[case] body: &str,
    ) {
        assert_eq!(wall(&Answer::of(status, &[HTML], body)), None);
    }

    #[test]
    fn what_stands_in_the_way_is_recognised() {
        let known = |status, headers: &[_], body| wall(&Answer::of(status, headers, body));
        assert_eq!(
            known(403, &[("cf-mitigated", "challenge"), HTML], ""),
            Some(Wall::Challenge("Cloudflare"))
        );
        assert_eq!(
            known(403, &[HTML], "<html>The requested URL was rejected. Please consult with your"),
            Some(Wall::Challenge("F5"))
        );
        assert_eq!(known(419, &[HTML], "<html>Page Expired"), Some(Wall::Csrf));
        assert_eq!(
            known(422, &[JSON], r#"{"error":"InvalidAuthenticityToken"}"#),
            Some(Wall::Csrf)
        );
        assert_eq!(
            known(308, &[("location", "https://x/\t")], ""),
            Some(Wall::Redirect("https://x/^I".into()))
        );
        assert_eq!(
            known(403, &[HTML], "<html><style>h1{}</style><h1>No</h1>"),
            Some(Wall::Page(403))
        );
        assert_eq!(known(401, &[("www-authenticate", "Signature x")], ""), None);
        assert_eq!(known(200, &[HTML], "<html><script>"), None);
    }

    #[test]
    fn an_error_in_a_body_is_heard_whatever_the_status() {
        for bad in [
            r#"{"error":"invalid signature"}"#,
            r#"{"ok":false}"#,
            r#"{"status":"error"}"#,
            "Invalid signature",
        ] {
            assert!(body_says_error(&Answer::of(200, &[], bad)), "{bad}");
        }
        for fine in [r#"{"error":null}"#, r#"{"ok":true}"#, r#"{"received":true}"#, "OK", ""] {
            assert!(!body_says_error(&Answer::of(200, &[], fine)), "{fine}");
        }
    }

    #[test]
    fn an_answer_that_misses_the_signature_is_told_from_one_that_does_not_like_it() {
        for said in [
            r#"{"error":"missing_signature"}"#,
            "Missing X-Signature header",
            "no signature",
            "Signature header is required",
        ] {
            assert!(says_unsigned(&Answer::of(401, &[], said)), "{said}");
        }
        for said in [r#"{"error":"bad_signature"}"#, "invalid signature", "missing body", ""] {
            assert!(!says_unsigned(&Answer::of(401, &[], said)), "{said}");
        }
    }
}
