//! The ways in which a secret is written down: raw, and in every encoding that people paste.
//!
//! One list for two readers that must agree: the redactor takes these out of what leaves the
//! program, the scan looks for them in what a merchant keeps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// One way of writing a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Spelling {
    /// Its name for people: `base64`, `hex`.
    pub encoding: &'static str,
    /// The bytes to look for.
    pub bytes: Vec<u8>,
}

/// What RFC 3986 leaves as it is.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What browsers and URL libraries encode in the query, the path and the credentials of a URL.
const QUERY: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
const PATH: AsciiSet = QUERY.add(b'?').add(b'^').add(b'`').add(b'{').add(b'}');
const USERINFO: AsciiSet =
    PATH.add(b'/').add(b':').add(b';').add(b'=').add(b'@').add(b'[').add(b'\\').add(b']').add(b'|');

/// Shorter ones would match by chance.
const SHORTEST: usize = 6;

/// Every way in which `secret` may have been written, raw first, each once.
///
/// Base64 stands there for each of the three alignments that a secret can have inside a longer
/// text (`Authorization: Basic` carries `key:`), each as the characters that depend on the secret
/// alone and once more up to the end of the text, with and without padding, in both alphabets.
#[must_use]
pub fn spellings(secret: &str) -> Vec<Spelling> {
    let mut all = Spellings(Vec::new());
    all.add("raw", secret.as_bytes().to_vec());
    base64_forms(secret.as_bytes(), &mut all);
    hex_forms(secret.as_bytes(), &mut all);
    percent_forms(secret, &mut all);
    escaped_forms(secret, &mut all);
    utf16_forms(secret, &mut all);
    all.0
}

struct Spellings(Vec<Spelling>);

impl Spellings {
    fn add(&mut self, encoding: &'static str, bytes: Vec<u8>) {
        if bytes.len() >= SHORTEST && self.0.iter().all(|known| known.bytes != bytes) {
            self.0.push(Spelling { encoding, bytes });
        }
    }

    fn text(&mut self, encoding: &'static str, text: impl Into<String>) {
        self.add(encoding, text.into().into_bytes());
    }
}

fn base64_forms(secret: &[u8], all: &mut Spellings) {
    for before in 0..3_usize {
        let mut message = vec![0_u8; before];
        message.extend_from_slice(secret);
        let encoded = STANDARD.encode(&message);
        let first = (before * 8).div_ceil(6);
        let certain = message.len() * 8 / 6;
        let unpadded = encoded.trim_end_matches('=').len();
        for end in [certain, unpadded, encoded.len()] {
            let form = encoded.get(first..end).unwrap_or_default();
            all.text("base64", form);
            all.text("base64", form.replace('+', "-").replace('/', "_"));
        }
    }
}

fn hex_forms(secret: &[u8], all: &mut Spellings) {
    all.text("hex", hex::encode(secret));
    all.text("hex", hex::encode_upper(secret));
}

fn percent_forms(secret: &str, all: &mut Spellings) {
    let minimal = utf8_percent_encode(secret, &UNRESERVED).to_string();
    let strict = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let in_urls =
        [&QUERY, &PATH, &USERINFO].map(|set| utf8_percent_encode(secret, set).to_string());
    for form in [minimal, strict].into_iter().chain(in_urls) {
        all.text("percent", form.replace("%20", "+"));
        all.text("percent", lower_escapes(&form));
        all.text("percent", form);
    }
    let every: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    all.text("percent", every.to_ascii_lowercase());
    all.text("percent", every);
}

/// The same with `%2f` in place of `%2F`.
fn lower_escapes(form: &str) -> String {
    let mut digits = 0;
    form.chars()
        .map(|ch| {
            if ch == '%' {
                digits = 2;
                return ch;
            }
            if digits == 0 {
                return ch;
            }
            digits -= 1;
            ch.to_ascii_lowercase()
        })
        .collect()
}

/// Escapes of JSON, XML, Markdown and Rust's debug output, for secrets with such characters.
fn escaped_forms(secret: &str, all: &mut Spellings) {
    if let Ok(quoted) = serde_json::to_string(secret) {
        let inside = quoted.trim_start_matches('"');
        let inside = inside.strip_suffix('"').unwrap_or(inside);
        all.text("JSON", inside);
        all.text("JSON", inside.replace('/', "\\/"));
        all.text("JSON", ascii_json(inside));
    }
    all.text("debug", secret.escape_debug().to_string());
    let xml = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    all.text("XML", xml.replace('"', "&quot;").replace('\'', "&apos;"));
    all.text("XML", xml.replace('"', "&quot;").replace('\'', "&#39;"));
    all.text("XML", xml);
    let mut markdown = String::new();
    for ch in secret.chars() {
        if ch.is_ascii_punctuation() {
            markdown.push('\\');
        }
        markdown.push(ch);
    }
    all.text("Markdown", markdown);
    all.text("Markdown", secret.replace('_', "\\_"));
    all.text("Markdown", secret.replace('_', "\\_").replace('*', "\\*"));
}

/// JSON as programs write it that keep to ASCII: `é` as `\u00e9`.
fn ascii_json(inside: &str) -> String {
    let mut out = String::new();
    for ch in inside.chars() {
        if ch.is_ascii() {
            out.push(ch);
            continue;
        }
        for unit in ch.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

/// UTF-16 in both byte orders; of an ASCII secret the part that both share, and how it looks once
/// its NULs have been made visible.
fn utf16_forms(secret: &str, all: &mut Spellings) {
    if secret.is_ascii() {
        let spaced: Vec<String> = secret.chars().map(String::from).collect();
        all.text("UTF-16", spaced.join("\0"));
        all.text("UTF-16", spaced.join("^@"));
        return;
    }
    all.add("UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all.add("UTF-16", secret.encode_utf16().flat_map(u16::to_be_bytes).collect());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(haystack: &[u8], secret: &str) -> bool {
        spellings(secret)
            .iter()
            .any(|form| haystack.windows(form.bytes.len()).any(|window| window == form.bytes))
    }

    #[test]
    fn a_key_inside_basic_authorization_is_found_at_every_alignment() {
        let key = "sk_live_Zm9vYmFyL+/x";
        for user in ["", "a", "ab", "abc", "merchant"] {
            for rest in ["", ":", ":x", ":password"] {
                let header = STANDARD.encode(format!("{user}{key}{rest}"));
                assert!(found(header.as_bytes(), key), "{user}|{rest}: {header}");
                let url = header.replace('+', "-").replace('/', "_");
                assert!(found(url.trim_end_matches('=').as_bytes(), key), "{user}|{rest}: {url}");
            }
        }
    }

    #[test]
    fn escapes_in_lower_case_keep_the_letters_of_the_key() {
        assert_eq!(lower_escapes("Ab%2FCD%C3"), "Ab%2fCD%c3");
    }

    proptest! {
        #[test]
        fn every_encoding_is_found_inside_a_longer_text(
            secret in "[ -~]{6,40}",
            before in "[a-z ]{0,5}",
            after in "[a-z ]{0,5}",
        ) {
            let text = format!("{before}{secret}{after}");
            prop_assert!(found(STANDARD.encode(&text).as_bytes(), &secret));
            prop_assert!(found(hex::encode(&text).as_bytes(), &secret));
            prop_assert!(found(hex::encode_upper(&text).as_bytes(), &secret));
            let json = serde_json::to_string(&text).unwrap();
            prop_assert!(found(json.as_bytes(), &secret));
            let percent = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            prop_assert!(found(percent.as_bytes(), &secret));
            for set in [&QUERY, &PATH, &USERINFO] {
                let in_url = utf8_percent_encode(&text, set).to_string();
                prop_assert!(found(in_url.as_bytes(), &secret));
            }
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            prop_assert!(found(&little, &secret));
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            prop_assert!(found(&big, &secret));
        }
    }
}
