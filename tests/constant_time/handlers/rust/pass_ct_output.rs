use hmac::{Hmac, Mac, digest::CtOutput};

pub fn webhook(secret: &[u8], body: &[u8], given: CtOutput<Hmac<Sha256>>) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(body);
    mac.finalize() == given // HERE
}
