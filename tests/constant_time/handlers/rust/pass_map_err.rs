pub fn verify_webhook(secret: &str, body: &[u8], header: &str) -> Result<(), Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Error::Key)?;
    mac.update(body);
    let given = hex::decode(header).map_err(|_| Error::Signature)?;
    mac.verify_slice(&given).map_err(|_| Error::Signature) // HERE
}
