//! The webhook handler, in the order that MintCash recommends: verify the raw bytes, parse, look at
//! the environment, recognise copies, answer.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::Value;

use crate::demo::fault::Flaw;
use crate::demo::folder::Taken;
use crate::demo::shop::verify::{Origin, origin};
use crate::demo::shop::{Inner, WEBHOOK, Wrong};
use crate::mintcash::signature::HEADER;
use crate::runtime::clock::{Clock as _, SystemClock};

/// What the shop answers.
pub(super) type Reply = Response<Full<Bytes>>;

/// The longest body that is read.
const LONGEST: usize = 1024 * 1024;

/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(6);

/// How long the shop's database takes for a look-up, where a race depends on it.
const DATABASE: Duration = Duration::from_millis(30);

/// A burst of this many events is too much for one worker.
const BURST: u32 = 13;

/// Answers a request to the webhook's port.
pub(super) async fn webhook(shop: &Inner, request: Request<Incoming>) -> Reply {
    let wrong = shop.wrong();
    let is = |flaw| wrong.flaws.contains(&flaw);
    if request.uri().path() != WEBHOOK {
        return plain(StatusCode::NOT_FOUND, "not found");
    }
    if is(Flaw::Redirects) {
        return redirect(StatusCode::PERMANENT_REDIRECT, "/webhooks/mintcash/");
    }
    if is(Flaw::LoginWall) {
        return redirect(StatusCode::FOUND, "/login");
    }
    if request.method() != Method::POST {
        if is(Flaw::FailsOnGet) {
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "no body");
        }
        return plain(StatusCode::METHOD_NOT_ALLOWED, "POST only");
    }
    if is(Flaw::CsrfWall) {
        let page = "<html><body><h1>403 Forbidden</h1>CSRF token missing</body></html>";
        return html(StatusCode::FORBIDDEN, page);
    }
    let only_worker =
        if is(Flaw::SlowClientBlocks) { Some(shop.worker.lock().await) } else { None };
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY, Limited::new(body, LONGEST).collect()).await;
    let Ok(body) = body else { return plain(StatusCode::REQUEST_TIMEOUT, "too slow") };
    let Ok(body) = body else { return plain(StatusCode::PAYLOAD_TOO_LARGE, "too large") };
    drop(only_worker);
    let raw = body.to_bytes();
    // What is compressed never comes to the parser.
    let is_plain = !head.headers.contains_key(hyper::header::CONTENT_ENCODING);
    if is(Flaw::DiesOnJunk) && is_plain && serde_json::from_slice::<Value>(&raw).is_err() {
        shop.fallen.send_modify(|times| *times += 1);
        // The connection goes with the process: nobody hears this.
        return std::future::pending().await;
    }
    match origin(&head.headers, &raw, &shop.keys, &wrong) {
        Origin::Nobody => plain(StatusCode::UNAUTHORIZED, "invalid signature"),
        from => genuine(shop, &head.headers, &raw, from, &wrong).await,
    }
}

/// Takes what is signed.
async fn genuine(
    shop: &Inner,
    headers: &HeaderMap,
    raw: &[u8],
    from: Origin,
    wrong: &Wrong,
) -> Reply {
    let is = |flaw| wrong.flaws.contains(&flaw);
    let Ok(event) = serde_json::from_slice::<Value>(raw) else {
        return plain(StatusCode::BAD_REQUEST, "not JSON");
    };
    let asked = from == Origin::Live && !is(Flaw::ActsOnSandbox);
    if asked && text(&event, "/environment") != "live" {
        return plain(StatusCode::BAD_REQUEST, "wrong environment");
    }
    if is(Flaw::NumbersOnly) && event.pointer("/data/card/expMonth").is_some_and(Value::is_string) {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "card: month is no number");
    }
    let kind = text(&event, "/event");
    if is(Flaw::FailsOnUnknown) && !is_known(kind) {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "no such event");
    }
    if is(Flaw::FailsOnRefund) && kind.contains("refund") {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "no such order");
    }
    if is(Flaw::Slow) {
        tokio::time::sleep(shop.pace.slow).await;
    }
    if is(Flaw::OneAtATime) {
        let _only_worker = shop.worker.lock().await;
        tokio::time::sleep(shop.pace.slow / BURST).await;
    }
    let signature = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let at = SystemClock.now();
    let raw = std::str::from_utf8(raw).unwrap_or_default();
    take(shop, &Taken { at, path: WEBHOOK, signature, raw, event: &event }, wrong).await
}

/// Has the effect of an event once.
async fn take(shop: &Inner, taken: &Taken<'_>, wrong: &Wrong) -> Reply {
    let is = |flaw| wrong.flaws.contains(&flaw);
    let event = taken.event;
    let id = text(event, "/eventId");
    let payment = text(event, "/data/externalId");
    let key = if is(Flaw::DedupeByPayment) { payment } else { id };
    let is_new = if is(Flaw::DedupeRace) {
        let known = shop.taken.is_known(key);
        tokio::time::sleep(DATABASE).await;
        shop.taken.store(key);
        !known
    } else {
        shop.taken.store(key) || is(Flaw::NoDedupe)
    };
    if is_new {
        shop.taken.act();
        // A disk that is full is no reason to refuse money.
        let _not_logged = match amount_in_cents(event).filter(|_| is(Flaw::LogsWrongAmount)) {
            None => shop.log.taken(taken),
            Some(wrong) => shop.log.noted(&wrong),
        };
        return plain(StatusCode::OK, "ok");
    }
    if is(Flaw::ConflictOnCopy) {
        return plain(StatusCode::CONFLICT, "known");
    }
    if is(Flaw::FailsOnCopy) {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "duplicate key");
    }
    plain(StatusCode::OK, "known")
}

/// The event as a shop notes it that takes the amount for one in cents.
fn amount_in_cents(event: &Value) -> Option<Value> {
    let mut event = event.clone();
    let amount = event.pointer_mut("/data/amount")?;
    *amount = (amount.as_f64()? / 100.0).into();
    Some(event)
}

/// A text in an event; empty where there is none.
fn text<'a>(event: &'a Value, at: &str) -> &'a str {
    event.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// The event types that a shop knows which has read the documentation once.
fn is_known(kind: &str) -> bool {
    ["payment.", "subscription."].iter().any(|of| kind.starts_with(of))
}

/// An answer in plain text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Reply {
    let mut reply = Response::new(Full::from(text));
    *reply.status_mut() = status;
    reply
}

fn html(status: StatusCode, text: &'static str) -> Reply {
    let mut reply = plain(status, text);
    let kind = hyper::header::HeaderValue::from_static("text/html");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

/// An answer that leads elsewhere.
pub(super) fn redirect(status: StatusCode, to: &'static str) -> Reply {
    let mut reply = plain(status, "");
    reply.headers_mut().insert(LOCATION, hyper::header::HeaderValue::from_static(to));
    reply
}
