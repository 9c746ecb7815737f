//! API keys: what their beginnings say, what can be wrong with them as text, and the pair that may
//! be sent.
//!
//! Used by the client to authenticate and by the check `api-key` before anything is sent. This is
//! the only file that looks into a key; nothing is judged beyond the prefix, since length and
//! alphabet after it are unknown (mintcash-contract.md section 1).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::header::HeaderValue;
use zeroize::Zeroizing;

use crate::mintcash::envelope::Environment;
use crate::secrets::Secret;

/// Which of the two a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The user of HTTP Basic.
    Public,
    /// Its password.
    Secret,
}

/// What a key's beginning says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Public or secret.
    pub part: Part,
    /// Live or test.
    pub environment: Environment,
}

/// What makes a key's text unusable, whatever key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blemish {
    /// White space before or after it.
    SpaceAround,
    /// White space, a line break or a control character inside.
    SpaceInside,
    /// It stands in quotes or ends in one.
    Quotes,
    /// Nothing follows the prefix.
    OnlyPrefix,
    /// A public key with a colon, which HTTP Basic can not carry (RFC 7617).
    Colon,
}

/// Every shape that there is.
const SHAPES: [Shape; 4] = [
    Shape { part: Part::Public, environment: Environment::Live },
    Shape { part: Part::Secret, environment: Environment::Live },
    Shape { part: Part::Public, environment: Environment::Test },
    Shape { part: Part::Secret, environment: Environment::Test },
];

const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

impl Shape {
    /// How such a key begins.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match (self.part, self.environment) {
            (Part::Public, Environment::Live) => "pk_live_",
            (Part::Secret, Environment::Live) => "sk_live_",
            (Part::Public, Environment::Test) => "pk_test_",
            (Part::Secret, Environment::Test) => "sk_test_",
        }
    }

    /// What such a key is called: `a live secret key`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match (self.part, self.environment) {
            (Part::Public, Environment::Live) => "a live public key",
            (Part::Secret, Environment::Live) => "a live secret key",
            (Part::Public, Environment::Test) => "a sandbox public key",
            (Part::Secret, Environment::Test) => "a sandbox secret key",
        }
    }

    /// What a key is by its beginning, white space and quotes before it aside.
    #[must_use]
    pub fn of(key: &Secret) -> Option<Self> {
        let begins = key.expose().trim_start_matches(|ch: char| is_space(ch) || is_quote(ch));
        SHAPES.into_iter().find(|shape| begins.starts_with(shape.prefix()))
    }
}

fn is_space(ch: char) -> bool {
    ch.is_whitespace() || ch.is_control() || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{feff}')
}

fn is_quote(ch: char) -> bool {
    QUOTES.contains(&ch)
}

/// What is wrong with a key's text, each once.
#[must_use]
pub fn blemishes(key: &Secret) -> Vec<Blemish> {
    let text = key.expose();
    let trimmed = text.trim_matches(is_space);
    let bare = trimmed.trim_matches(is_quote);
    let shape = Shape::of(key);
    let rest =
        shape.and_then(|shape| bare.trim_start_matches(is_space).strip_prefix(shape.prefix()));
    let checks = [
        (trimmed.len() != text.len(), Blemish::SpaceAround),
        (bare.chars().any(is_space), Blemish::SpaceInside),
        (bare.len() != trimmed.len(), Blemish::Quotes),
        (rest == Some(""), Blemish::OnlyPrefix),
        (
            shape.is_some_and(|shape| shape.part == Part::Public) && text.contains(':'),
            Blemish::Colon,
        ),
    ];
    checks.into_iter().filter_map(|(found, blemish)| found.then_some(blemish)).collect()
}

/// A public and a secret key of one environment, fit to be sent.
#[derive(Clone, Debug)]
pub struct KeyPair {
    public: Secret,
    secret: Secret,
    environment: Environment,
}

impl KeyPair {
    /// Takes a pair; `None` when the two can not be one, so that nothing else is ever sent.
    #[must_use]
    pub fn of(public: Secret, secret: Secret) -> Option<Self> {
        let (first, second) = (Shape::of(&public)?, Shape::of(&secret)?);
        let fits = first.part == Part::Public
            && second.part == Part::Secret
            && first.environment == second.environment
            && blemishes(&public).is_empty()
            && blemishes(&secret).is_empty();
        fits.then_some(Self { public, secret, environment: first.environment })
    }

    /// The environment that both belong to.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Whether `text` is exactly this pair's public key.
    #[must_use]
    pub fn is_public(&self, text: &str) -> bool {
        self.public.expose() == text
    }

    /// The value of `authorization`; marked so that it is not printed.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let pair = Zeroizing::new(format!("{}:{}", self.public.expose(), self.secret.expose()));
        let text = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_blemish_is_named_and_does_not_hide_what_the_key_is() {
        for (text, expected) in [
            ("pk_live_abc", &[][..]),
            (" pk_live_abc", &[Blemish::SpaceAround]),
            ("pk_live_abc\u{a0}", &[Blemish::SpaceAround]),
            ("\u{feff}pk_live_abc", &[Blemish::SpaceAround]),
            ("pk_live_ab c", &[Blemish::SpaceInside]),
            ("pk_live_ab\tc", &[Blemish::SpaceInside]),
            ("\"pk_live_abc\"", &[Blemish::Quotes]),
            ("pk_live_abc'", &[Blemish::Quotes]),
            (" “pk_live_abc” ", &[Blemish::SpaceAround, Blemish::Quotes]),
            ("pk_live_", &[Blemish::OnlyPrefix]),
            ("pk_live_a:b", &[Blemish::Colon]),
        ] {
            assert_eq!(blemishes(&key(text)), expected, "{text:?}");
            assert_eq!(Shape::of(&key(text)).unwrap().words(), "a live public key", "{text:?}");
        }
    }

    #[test]
    fn nothing_but_a_clean_pair_of_one_environment_can_be_sent() {
        let pair = |public: &str, secret: &str| KeyPair::of(key(public), key(secret)).is_some();
        assert!(pair("pk_live_a", "sk_live_b"));
        assert!(pair("pk_test_a", "sk_test_b"));
        for (public, secret) in [
            ("sk_live_b", "pk_live_a"),
            ("pk_live_a", "pk_live_a"),
            ("pk_live_a", "sk_test_b"),
            ("pk_test_a", "sk_live_b"),
            ("pk_live_a ", "sk_live_b"),
            ("pk_live_a", "sk_live_"),
            ("PK_LIVE_A", "sk_live_b"),
            ("whsec_123", "sk_live_b"),
        ] {
            assert!(!pair(public, secret), "{public:?} {secret:?}");
        }
    }

    #[test]
    fn the_header_is_basic_and_does_not_print() {
        let pair = KeyPair::of(key("pk_live_a"), key("sk_live_b")).unwrap();
        let header = pair.authorization().unwrap();
        assert_eq!(header.as_bytes(), b"Basic cGtfbGl2ZV9hOnNrX2xpdmVfYg==");
        assert!(!format!("{header:?} {pair:?}").contains("cGtf"));
        assert!(pair.is_public("pk_live_a") && !pair.is_public("pk_live_A"));
    }
}
