use subtle::ConstantTimeEq;

fn digest(secret: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = HmacSha256::new_from_slice(secret).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().into()
}

pub fn webhook_ok(secret: &[u8], body: &[u8], given: &[u8]) -> bool {
    let mac = digest(secret, body);
    bool::from(mac.ct_eq(given)) // HERE
}
