use axum::{body::Bytes, http::{HeaderMap, StatusCode}};
use hmac::{Hmac, Mac};
use sha2::Sha256;

type HmacSha256 = Hmac<Sha256>;

pub async fn webhook(headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(given) = headers.get("x-signature").and_then(|v| v.to_str().ok()) else {
        return StatusCode::UNAUTHORIZED;
    };
    let mut mac = HmacSha256::new_from_slice(secret().as_bytes()).expect("any length");
    mac.update(&body);
    let expected = hex::encode(mac.finalize().into_bytes());
    if given != expected { // HERE
        return StatusCode::UNAUTHORIZED;
    }
    StatusCode::NO_CONTENT
}
