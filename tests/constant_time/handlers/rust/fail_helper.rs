use hmac::{Hmac, Mac};

fn sign(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a == b // HERE
}

pub fn verify_webhook(key: &[u8], body: &[u8], given: &[u8]) -> bool {
    same(&sign(key, body), given)
}
