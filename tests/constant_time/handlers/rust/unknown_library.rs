pub fn verify_webhook(body: &[u8], given: &[u8]) -> bool {
    let mut mac = HmacSha256::new_from_slice(KEY).unwrap();
    mac.update(body);
    acme::same_bytes(&mac.finalize().into_bytes(), given) // HERE
}
