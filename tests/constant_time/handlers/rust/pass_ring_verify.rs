use ring::hmac;

pub fn verify(secret: &[u8], body: &[u8], signature: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::verify(&key, body, signature).is_ok() // HERE
}
