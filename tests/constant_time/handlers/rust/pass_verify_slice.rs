use hmac::{Hmac, Mac};
use sha2::Sha256;

pub fn genuine(secret: &[u8], body: &[u8], header: Option<&str>) -> bool {
    let Some(given) = header.and_then(|text| hex::decode(text).ok()) else { return false };
    if given.len() != 32 || given == [] {
        return false;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
    mac.update(body);
    mac.verify_slice(&given).is_ok() // HERE
}
