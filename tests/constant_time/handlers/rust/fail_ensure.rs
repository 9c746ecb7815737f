pub fn handle(body: &[u8], signature: &str) -> anyhow::Result<()> {
    let mut mac = HmacSha256::new_from_slice(KEY)?;
    mac.update(body);
    let computed = hex::encode(mac.finalize().into_bytes());
    anyhow::ensure!(computed == signature, "bad signature"); // HERE
    Ok(())
}
