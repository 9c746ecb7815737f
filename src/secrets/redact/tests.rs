use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::secrets::spelling::spellings;

fn with(secrets: &[&str]) -> Redactor {
    let redactor = Redactor::default();
    for secret in secrets {
        redactor.register(&Secret::new((*secret).to_owned()));
    }
    redactor
}

/// Writes the pieces, with a flush after each when asked to.
fn streamed(redactor: &Redactor, pieces: &[&[u8]], flush: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut clean = Clean::new(&mut out, redactor);
    for piece in pieces {
        clean.write_all(piece).unwrap();
        if flush {
            clean.flush().unwrap();
        }
    }
    clean.finish().unwrap();
    drop(clean);
    out
}

#[test]
fn a_registered_secret_is_masked_and_its_surroundings_stay() {
    let redactor = with(&["hunter2-hunter2"]);
    assert_eq!(redactor.clean("pass hunter2-hunter2!"), "pass ••••!");
    assert!(matches!(redactor.clean("nothing here"), Cow::Borrowed(_)));
}

#[test]
fn of_two_secrets_that_overlap_no_rest_stays() {
    let redactor = with(&["abcdefgh", "efghijkl"]);
    assert_eq!(redactor.clean("<abcdefghijkl>"), "<••••>");
}

#[test]
fn of_a_secret_and_a_longer_one_that_starts_like_it_the_longer_goes() {
    let redactor = with(&["abcdef", "abcdefgh"]);
    assert_eq!(redactor.clean("<abcdefgh> <abcdef>"), "<••••> <••••>");
    assert_eq!(streamed(&redactor, &[b"<abcdef", b"gh>"], false), "<••••>".as_bytes());
}

#[test]
fn a_provider_key_that_nobody_registered_is_masked_after_its_prefix() {
    let redactor = Redactor::default();
    assert_eq!(redactor.clean("key=sk_live_4eC39HqLyjWDarj;"), "key=sk_live_••••;");
    assert_eq!(redactor.clean("sk_test_4eC39HqLyjWDarj"), "sk_test_••••");
}

#[test]
fn placeholders_of_provider_keys_stay() {
    let redactor = Redactor::default();
    for text in
        ["sk_live_…", "sk_live_...", "sk_live_xxxxxxxxxxxx", "sk_live_XXXX_XXXX", "sk_live_<key>"]
    {
        assert_eq!(redactor.clean(text), text);
    }
}

#[test]
fn without_a_filter_nothing_leaves() {
    let redactor = with(&["hunter2-hunter2"]);
    redactor.break_filter();
    assert_eq!(redactor.clean("anything"), WITHHELD);
    let mut out = Vec::new();
    let mut clean = Clean::new(&mut out, &redactor);
    assert!(clean.write_all(b"anything").is_err());
    drop(clean);
    assert!(out.is_empty());
}

#[test]
fn json_is_cleaned_in_names_and_values() {
    let redactor = with(&["hunter2-hunter2"]);
    let dirty = serde_json::json!({ "hunter2-hunter2": ["x hunter2-hunter2", 7, null] });
    let clean = redactor.clean_json(&dirty);
    assert_eq!(clean, serde_json::json!({ "••••": ["x ••••", 7, null] }));
}

#[test]
fn a_prompt_is_shown_whole_after_a_flush() {
    let redactor = with(&["secret-value"]);
    let mut out = Vec::new();
    let mut clean = Clean::new(&mut out, &redactor);
    clean.write_all(b"Who signs").unwrap();
    clean.flush().unwrap();
    assert_eq!(clean.inner.as_slice(), b"Who signs");
    clean.write_all(b"? ").unwrap();
    clean.finish().unwrap();
    drop(clean);
    assert_eq!(out, b"Who signs? ");
}

#[test]
fn an_endless_repetition_does_not_fill_the_memory() {
    let redactor = with(&["aaaaaaaa"]);
    let mut clean = Clean::new(Vec::new(), &redactor);
    for _ in 0..64 {
        clean.write_all(&[b'a'; 8192]).unwrap();
        assert!(clean.pending.len() <= KEPT_BACK + 8192);
    }
}

/// A text with the secrets in it, in any encoding, among fragments of them.
fn text_with(secrets: &[String], picks: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (which, how, cut) in picks {
        let secret = &secrets[which % secrets.len()];
        let forms = spellings(secret);
        let form = &forms[how % forms.len()].bytes;
        if std::str::from_utf8(form).is_err() {
            continue;
        }
        match cut % 4 {
            0 => text.extend_from_slice(&form[..cut % form.len()]),
            1 => text.extend_from_slice(STANDARD.encode(secret).as_bytes()),
            _ => text.extend_from_slice(form),
        }
        if cut % 3 == 0 {
            text.push(b' ');
        }
    }
    text
}

proptest! {
    #[test]
    fn no_secret_in_any_encoding_survives_however_the_text_is_cut(
        secrets in proptest::collection::vec("[ab_/+ -]{6,12}", 1..3),
        picks in proptest::collection::vec((0..9_usize, 0..99_usize, 0..99_usize), 1..12),
        cuts in proptest::collection::vec(1..9_usize, 1..200),
        flush in any::<bool>(),
    ) {
        let names: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let redactor = with(&names);
        let text = text_with(&secrets, &picks);
        let mut pieces = Vec::new();
        let mut rest = text.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, more) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = more;
        }
        let out = streamed(&redactor, &pieces, flush);
        for secret in &secrets {
            for form in spellings(secret) {
                let there = memchr::memmem::find(&out, &form.bytes).is_some();
                prop_assert!(!there, "{} of {secret:?} in {:?}", form.encoding,
                    String::from_utf8_lossy(&out));
            }
        }
        if !flush {
            let whole = String::from_utf8(text).unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&out), redactor.clean(&whole));
        }
    }
}
