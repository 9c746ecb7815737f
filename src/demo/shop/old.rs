//! The old webhook of the sandbox: gone for good, or what a fault has left of it.

use hyper::header::{HeaderValue, LOCATION};
use hyper::{Method, StatusCode};

use crate::demo::fault::Old;
use crate::demo::shop::Inner;
use crate::demo::shop::handler::{Reply, plain};

/// Answers a request to the old webhook's port.
pub(super) fn answer(shop: &Inner, method: &Method) -> Reply {
    match shop.wrong().old {
        None => plain(StatusCode::GONE, "gone"),
        Some(_) if method != Method::POST => plain(StatusCode::METHOD_NOT_ALLOWED, "POST only"),
        Some(Old::Acts) => {
            shop.taken.act();
            plain(StatusCode::OK, "ok")
        }
        Some(Old::Answers) => plain(StatusCode::OK, "thank you"),
        Some(Old::Redirects) => {
            let mut reply = plain(StatusCode::PERMANENT_REDIRECT, "");
            if let Ok(to) = HeaderValue::from_str(shop.live.as_str()) {
                reply.headers_mut().insert(LOCATION, to);
            }
            reply
        }
    }
}
