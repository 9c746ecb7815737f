use ring::hmac;

pub fn webhook(body: &[u8], given: &[u8]) -> Result<(), Error> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let tag = hmac::sign(&key, body);
    if tag.as_ref() == given { // HERE
        return Ok(());
    }
    Err(Error::Signature)
}
