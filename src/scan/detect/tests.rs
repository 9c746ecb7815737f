use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

const KEY: &str = "sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3";

fn own(value: &str) -> Detector {
    Detector::new(&[Wanted {
        name: "live_secret_key".to_owned(),
        secret: Secret::new(value.to_owned()),
        role: Role::Live,
        file: None,
    }])
}

fn judged(text: &str) -> Option<Certainty> {
    Detector::new(&[]).search(text.as_bytes()).hits.first().map(|hit| hit.certainty)
}

#[rstest]
#[case::base62("sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3")]
#[case::hex("sk_live_3f9a1c77e0b24d5f8a6b91c2d4e8f071")]
#[case::short_hex("sk_live_3f9a1c77e0b24d5f")]
#[case::uuid("sk_live_8c1f6f0e-7d35-4b0a-9a3c-52e1d7f4b6aa")]
#[case::upper_base32("sk_live_K5QW2ZNMHJ7RTX4VBPLD")]
#[case::underscores("sk_live_a8F_kQ2-Zr91_vLm0Xq")]
#[case::base64_alphabet("sk_live_Zm9v+YmFy/L2x1cU19Qk7a")]
#[case::only_letters("sk_live_qZkXwVbNmTrPlKjHgFdSc")]
#[case::in_an_assignment("KEY=\"sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3\"")]
#[case::after_an_escaped_line_break(r#""A=1\nsk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3""#)]
#[case::after_a_percent_escape("key%3Dsk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3%26")]
#[case::at_the_end_of_a_sentence("It is sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3.")]
#[case::glued_to_a_word("keysk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3")]
fn a_real_looking_key_is_one(#[case] text: &str) {
    assert_eq!(judged(text), Some(Certainty::Sure), "{text}");
}

#[rstest]
#[case("sk_live_")]
#[case("sk_live_xxxxxxxxxxxxxxxxxxxxxxxx")]
#[case("sk_live_XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX")]
#[case("sk_live_xxxx…")]
#[case("sk_live_…")]
#[case("sk_live_...")]
#[case("sk_live_4eC3...p7dc")]
#[case("sk_live_********************")]
#[case("sk_live_••••••••")]
#[case("sk_live_<your key>")]
#[case("sk_live_{{ secret_key }}")]
#[case("sk_live_${SECRET_KEY}")]
#[case("sk_live_%s")]
#[case("sk_live_[0-9a-zA-Z]{24}")]
#[case("sk_live_YOUR_KEY_HERE")]
#[case("sk_live_your-secret-key-goes-here")]
#[case("sk_live_YourSecretKeyHere")]
#[case("sk_live_yoursecretkeyhere")]
#[case("sk_live_REPLACE_ME")]
#[case("sk_live_redacted")]
#[case("sk_live_EXAMPLE_KEY_123456")]
#[case("sk_live_thisisnotarealkey")]
#[case("sk_live_1234567890abcdef")]
#[case("sk_live_abcdefghijklmnopqrstuvwxyz0123456789")]
#[case("sk_live_abc123def456")]
#[case("sk_live_abcABC123123")]
#[case("sk_live_a1b2c3d4e5f6g7h8i9")]
#[case("sk_live_0000000000000000")]
#[case("sk_live_deadbeefdeadbeefdeadbeef")]
#[case("sk_live_test_1234")]
#[case("sk_live_abc123")]
#[case("task_live_updates_enabled_v2")]
#[case("disk_live_migration_timeout_seconds")]
#[case("sk_live_prefix_length")]
#[case("sk_live_key_rotation_enabled")]
#[case("sk_test_9fQ2xLr7Tz0KpWv4Bn8YcJd3")]
#[case("pk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3")]
fn a_placeholder_is_no_key(#[case] text: &str) {
    assert_eq!(judged(text), None, "{text}");
}

#[rstest]
#[case::readable_letters("sk_live_correcthorsebatterystaple")]
#[case::short("sk_live_k3Vq9ZpT")]
fn what_may_be_an_example_is_doubtful(#[case] text: &str) {
    assert_eq!(judged(text), Some(Certainty::Doubtful), "{text}");
}

#[test]
fn the_launch_s_own_value_is_found_even_where_it_looks_like_a_placeholder() {
    let value = "sk_live_xxxxxxxxxxxxxxxx";
    let hits = own(value).search(format!("key: {value}\n").as_bytes()).hits;
    assert!(matches!(&hits[..], [hit] if matches!(hit.identity, Identity::Own(..)) && hit.at == 5));
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// A text with a key in it, in every encoding that people paste.
fn written(key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![
        ("raw", format!("x = '{key}'").into_bytes()),
        ("hex", hex::encode(format!("={key};")).into_bytes()),
        ("hex", hex::encode_upper(format!("={key};")).into_bytes()),
        ("percent", format!("k={}", key.replace('_', "%5F")).into_bytes()),
        ("percent", format!("k={}", key.replace('_', "%5f")).into_bytes()),
        ("Markdown", format!("the key {}", key.replace('_', "\\_")).into_bytes()),
        ("UTF-16", utf16(&format!("\u{feff}k={key}\r\n"), u16::to_le_bytes)),
        ("UTF-16", utf16(&format!("\u{feff}k={key}\r\n"), u16::to_be_bytes)),
    ];
    for user in ["", "a:", "ab:", "abc:", "pk_live_1a2B3c4D:"] {
        let basic = STANDARD.encode(format!("{user}{key}"));
        all.push(("base64", format!("Authorization: Basic {basic}\r\n").into_bytes()));
        let url = basic.replace('+', "-").replace('/', "_");
        all.push(("base64", format!("?auth={}&x", url.trim_end_matches('=')).into_bytes()));
    }
    all
}

#[test]
fn every_encoding_of_the_own_key_and_of_another_key_is_found() {
    for (encoding, text) in written(KEY) {
        let shown = String::from_utf8_lossy(&text).into_owned();
        let hits = own(KEY).search(&text).hits;
        assert_eq!(hits.len(), 1, "own {shown}");
        assert_eq!(hits[0].encoding, encoding, "{shown}");
        assert!(matches!(hits[0].identity, Identity::Own(..)), "{shown}");
        let hits = Detector::new(&[]).search(&text).hits;
        assert_eq!(hits.len(), 1, "other {shown}");
        assert_eq!(hits[0].certainty, Certainty::Sure, "{shown}");
    }
}

#[test]
fn the_same_other_key_is_known_again_in_every_encoding() {
    let detector = Detector::new(&[]);
    let identities: std::collections::HashSet<_> = written(KEY)
        .iter()
        .flat_map(|(_, text)| detector.search(text).hits)
        .map(|hit| hit.identity)
        .collect();
    assert_eq!(identities.len(), 1);
}

#[test]
fn a_key_without_the_prefix_is_found_in_every_encoding() {
    let secret = "whsec/pQ7+zR1=x9";
    for text in [
        format!("secret: {secret}"),
        STANDARD.encode(format!("a{secret}")),
        hex::encode(secret),
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
            .to_string(),
        secret.replace('/', "\\/"),
    ] {
        assert_eq!(own(secret).search(text.as_bytes()).hits.len(), 1, "{text}");
    }
    assert!(own(secret).search(b"whsec/pQ7+zR1=x8").hits.is_empty());
}

#[test]
fn a_base64_text_broken_into_lines_inside_the_key_is_read_on() {
    let broken = STANDARD.encode(format!("user:{KEY}"));
    let (one, two) = broken.split_at(28);
    let text = format!("{one}\r\n{two}");
    let hits = own(KEY).search(text.as_bytes()).hits;
    assert!(matches!(&hits[..], [hit] if matches!(hit.identity, Identity::Own(..))), "{hits:?}");
}

#[test]
fn a_stream_finds_each_key_once_wherever_the_pieces_end() {
    let detector = own(KEY);
    for offset in (1_048_576 - 80)..(1_048_576 + 8 * 1024 + 80) {
        if offset % 7 != 0 && offset < 1_048_576 + 8 * 1024 - 80 && offset > 1_048_600 {
            continue;
        }
        let mut text = vec![b' '; offset];
        text.extend_from_slice(KEY.as_bytes());
        text.resize(offset + 5000, b' ');
        let found =
            detector.search_stream(&mut text.as_slice(), &mut Vec::new(), &mut |_| true).unwrap();
        assert_eq!(found.hits.len(), 1, "at {offset}");
        assert_eq!(found.hits[0].at, offset as u64);
    }
}

proptest! {
    #[test]
    fn random_keys_are_never_taken_for_placeholders(
        base62 in "[0-9A-Za-z]{24,40}",
        hex in "[0-9a-f]{32}",
        upper in "[A-Z2-7]{24}",
    ) {
        for body in [base62, hex, upper] {
            prop_assert!(judged(&format!("sk_live_{body}")).is_some(), "{}", body);
        }
    }
}
