//! What may be shown: which members, and which form their values must have.
//!
//! Used for JSON and for text. The rule it keeps: a value is shown because it has the form of what
//! its name says, never because nothing speaks against it.

use super::GAP;
use crate::events::sample::moment;

/// The form that a value must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Id,
    /// A word as programs write them: the name of an event, a code, a status.
    Word,
    Number,
    Time,
    /// A path of which only known parts are shown.
    Path,
    Method,
    /// `true` or `false`.
    Flag,
    /// Only `null` is shown.
    Null,
    /// A text that is only looked into for an object.
    Inside,
}

/// The form of a member, by its plain name.
pub(super) fn form(plain: &[u8]) -> Option<Form> {
    Some(match plain {
        b"id"
        | b"eventid"
        | b"externalid"
        | b"requestid"
        | b"xrequestid"
        | b"mintcashrequestid"
        | b"paymentid"
        | b"refundid"
        | b"subscriptionid"
        | b"resourceid"
        | b"providertransactionid"
        | b"providerrefundid"
        | b"payment"
        | b"refund"
        | b"subscription" => Form::Id,
        b"event" | b"type" | b"status" | b"code" | b"errorcode" | b"failurecode" | b"level"
        | b"severity" | b"levelname" | b"loglevel" | b"lvl" | b"environment" | b"signature"
        | b"schema" | b"apiversion" | b"currency" | b"reason" | b"by" | b"l" => Form::Word,
        b"statuscode"
        | b"httpstatus"
        | b"responsestatus"
        | b"httpstatuscode"
        | b"elbstatuscode"
        | b"downstreamstatus"
        | b"originstatus"
        | b"ms"
        | b"durationms"
        | b"latencyms"
        | b"elapsedms"
        | b"responsetime"
        | b"responsetimems"
        | b"requesttime"
        | b"upstreamresponsetime"
        | b"duration"
        | b"durationseconds"
        | b"amount"
        | b"amountrefunded"
        | b"amountrefundable"
        | b"billingintervaldays" => Form::Number,
        b"time"
        | b"timestamp"
        | b"ts"
        | b"t"
        | b"datetime"
        | b"asctime"
        | b"createdat"
        | b"receivedat"
        | b"answeredat"
        | b"timelocal"
        | b"timeiso8601"
        | b"msec"
        | b"startutc"
        | b"currentperiodstart"
        | b"currentperiodend" => Form::Time,
        b"url" | b"uri" | b"path" | b"requesturi" | b"requesturl" | b"requestpath"
        | b"endpoint" | b"baseurl" => Form::Path,
        b"method" | b"requestmethod" | b"httpmethod" | b"verb" => Form::Method,
        b"resent" | b"livemode" | b"ok" | b"success" => Form::Flag,
        b"card" | b"failuremessage" => Form::Null,
        b"body" | b"requestbody" | b"responsebody" | b"payload" | b"message" | b"msg" | b"log"
        | b"data" | b"response" | b"request" | b"rawbody" => Form::Inside,
        _ => return None,
    })
}

/// Objects under these names are looked into, and under no others.
pub(super) fn is_open(plain: &[u8]) -> bool {
    matches!(
        plain,
        b"data"
            | b"event"
            | b"envelope"
            | b"payment"
            | b"refund"
            | b"subscription"
            | b"body"
            | b"payload"
            | b"request"
            | b"req"
            | b"requestbody"
            | b"response"
            | b"res"
            | b"resp"
            | b"responsebody"
            | b"err"
            | b"error"
            | b"exception"
            | b"cause"
            | b"details"
            | b"config"
            | b"context"
            | b"extra"
            | b"fields"
            | b"meta"
            | b"record"
            | b"log"
            | b"message"
            | b"msg"
            | b"jsonpayload"
            | b"httprequest"
            | b"rawbody"
    )
}

/// Whether a text has the form of an id: one word with a digit in it, which names of people do not
/// have; no e-mail address, key, card number or address of a machine.
pub(in crate::events) fn is_id(text: &str) -> bool {
    let part = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.' | ':' | '/');
    (1..=80).contains(&text.len())
        && text.chars().all(part)
        && text.contains(|ch: char| ch.is_ascii_digit())
        && !is_key(text)
        && !is_card(text)
        && text.parse::<std::net::IpAddr>().is_err()
}

/// Keys and tokens begin so.
fn is_key(text: &str) -> bool {
    let small = text.to_ascii_lowercase();
    ["sk_", "pk_", "whsec", "tok_", "bearer", "basic", "eyj", "secret", "key_", "rk_", "akia"]
        .iter()
        .any(|begin| small.starts_with(begin))
}

/// A number as cards have it: 13 to 19 digits, whatever stands between, whose check digit is right.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|ch| ch.to_digit(10)).collect();
    let others = text.chars().filter(|ch| !matches!(ch, '0'..='9' | '-' | '.')).count();
    if !(13..=19).contains(&digits.len()) || others > 0 {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a text is a word as programs write them.
fn is_word(text: &str) -> bool {
    let small = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || "_./-".contains(ch);
    let large = |ch: char| ch.is_ascii_uppercase() || ch.is_ascii_digit() || ch == '_';
    let is_level = ["Error", "Fatal", "Warning", "Information", "Debug", "Critical", "Verbose"];
    (1..=48).contains(&text.len())
        && (text.chars().all(small) || text.chars().all(large) || is_level.contains(&text))
        && !is_key(text)
        && text.parse::<std::net::IpAddr>().is_err()
        && text.chars().filter(char::is_ascii_digit).count() <= 8
}

/// A value in that form, as it is shown; `None` when it does not have it.
pub(super) fn shown(form: Form, text: &str) -> Option<String> {
    let is = match form {
        Form::Id => is_id(text),
        Form::Word => is_word(text),
        Form::Number => is_number(text),
        Form::Time => return moment::text(text.as_bytes()).map(|at| at.to_string()),
        Form::Method => ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
            .contains(&text.to_ascii_uppercase().as_str()),
        Form::Flag => matches!(text, "true" | "false"),
        Form::Path => return Some(path(text)),
        Form::Null | Form::Inside => false,
    };
    is.then(|| text.to_owned())
}

/// A number that is no card's: at most 12 digits before the point.
fn is_number(text: &str) -> bool {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.chars().all(|ch| ch.is_ascii_digit())
    };
    digits(whole, 12) && digits(rest, 9)
}

/// A URL or path of which the parts that are known are shown, and ids behind them; no query, and a
/// host only where it is MintCash's.
pub(super) fn path(text: &str) -> String {
    let (host, path) = match text.split_once("://") {
        Some((_, rest)) => rest.split_at_checked(rest.find('/').unwrap_or(rest.len())),
        None => None,
    }
    .unwrap_or(("", text));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_mintcash = matches!(host, "api.mintcash.me" | "sandbox.mintcash.me");
    let mut shown = match (host.is_empty(), is_mintcash) {
        (true, _) => String::new(),
        (false, true) => format!("https://{host}"),
        (false, false) => GAP.to_owned(),
    };
    let mut names_one = false;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let is_known = KNOWN.contains(&part);
        shown.push('/');
        shown.push_str(if is_known || names_one && is_id(part) { part } else { GAP });
        names_one = matches!(part, "payments" | "subscriptions" | "refunds");
    }
    if shown.is_empty() { "/".to_owned() } else { shown }
}

/// The parts of paths that are shown.
const KNOWN: [&str; 24] = [
    "payments",
    "subscriptions",
    "refund",
    "refunds",
    "merchant",
    "api-keys",
    "mintcash",
    "webhook",
    "webhooks",
    "hook",
    "hooks",
    "callback",
    "callbacks",
    "notify",
    "notifications",
    "events",
    "api",
    "v1",
    "v2",
    "payment",
    "ipn",
    "checkout",
    "internal",
    "mc",
];
