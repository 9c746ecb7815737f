//! Secrets made for a test, and every way of writing them down that is looked for.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use golive::secrets::spelling::spellings;

/// A secret that has never been seen before, with characters that encodings change.
pub fn canary(prefix: &str) -> String {
    format!("{prefix}{}+/&\"{}", random(), random())
}

/// A word that has never been seen before.
pub fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The ways to write a secret that are looked for: those of the program, and some that are made
/// here without it.
pub fn forms(secret: &str) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> =
        spellings(secret).into_iter().map(|form| (form.encoding.to_owned(), form.bytes)).collect();
    // The middle third of a message of three bytes more is the same whatever stands around it.
    for lead in ["", ":", "a:", "user:"] {
        let whole = STANDARD.encode(format!("{lead}{secret}:x"));
        let middle = &whole[(lead.len() * 4).div_ceil(3)..(lead.len() + secret.len()) * 4 / 3];
        all.push(("own base64".into(), middle.as_bytes().to_vec()));
    }
    all.push(("own base64url".into(), URL_SAFE.encode(secret).into_bytes()));
    all.push(("own base64url".into(), URL_SAFE_NO_PAD.encode(secret).into_bytes()));
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    all.push(("own hex".into(), hex.to_uppercase().into_bytes()));
    all.push(("own hex".into(), hex.into_bytes()));
    let percent: String = secret
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    all.push(("own percent".into(), percent.into_bytes()));
    all.push(("own quoted".into(), secret.replace('"', "\\\"").into_bytes()));
    // Of a secret that was cut somewhere, each of its random parts is still too much.
    let runs = secret.split(|ch: char| !ch.is_ascii_alphanumeric());
    all.extend(runs.filter(|run| run.len() > 15).map(|run| ("a part".into(), run.into())));
    all
}

pub fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// In which encodings the secret stands in the text.
pub fn found(text: &[u8], secret: &str) -> Vec<String> {
    let hits = forms(secret).into_iter().filter(|(_, form)| contains(text, form));
    hits.map(|(encoding, _)| encoding).collect()
}
