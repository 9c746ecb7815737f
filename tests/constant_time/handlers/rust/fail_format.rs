pub fn is_valid(body: &[u8], header: &str, key: &[u8]) -> bool {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap();
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    let expected = format!("sha256={:x}", digest);
    expected.eq(header) // HERE
}
