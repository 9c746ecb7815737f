fn intact(data: &[u8], wanted: &str) -> bool {
    hex::encode(Sha256::digest(data)) == wanted
}
