pub fn webhook(signature: &str) -> bool {
    signature == std::env::var("SIGNATURE").unwrap_or_default()
}
