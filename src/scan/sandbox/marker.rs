//! Finds test keys and the sandbox host in a text, in the encodings that people paste.
//!
//! Built once per run, used for every file and every value. What it hands back names the kind and
//! the place, never the key. The provider says nothing about keys beyond their prefix
//! (mintcash-contract.md section 1), so a key is a prefix that a few letters or digits follow.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::scan::detect::{Certainty, certainty};
use crate::secrets::Secret;
use crate::secrets::spelling::spellings;

/// A prefix that fewer letters and digits follow is the mention of a prefix.
const SHORTEST_BODY: usize = 3;

/// At most so many characters around a hit are decoded.
const WINDOW: usize = 2048;

/// Decodes base64 as people cut it: with and without padding, with bits left over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What test keys begin with: `sk_test_`.
    pub prefixes: Vec<String>,
    /// The hosts of the sandbox, in lower case.
    pub hosts: Vec<String>,
    /// The hosts of the live API, in lower case.
    pub live_hosts: Vec<String>,
    /// The word that names the provider in variables: `mintcash`.
    pub provider: String,
    /// The launch's own test secrets, by the name of their input.
    pub own: Vec<(String, Secret)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A test key.
    Key {
        /// Its prefix; none where it is known by its value alone.
        prefix: Option<String>,
        /// The input whose value it is, when it is the launch's own.
        own: Option<String>,
        /// How much it looks like a key, and not like an example of one.
        looks: Looks,
    },
    /// The host of the sandbox.
    Host(String),
    /// A word that selects the sandbox: `sandbox`, `test`.
    Selector(String),
}

/// How much something looks like a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Looks {
    /// As random as a key.
    Random,
    /// Short, or made of words.
    Doubtful,
    /// What people write where a key belongs.
    Placeholder,
}

/// One occurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it begins, in bytes.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub what: What,
    /// How it is written: `raw`, `base64`, `percent`.
    pub written: &'static str,
}

/// What one pattern stands for.
#[derive(Clone)]
enum Pattern {
    Prefix(usize),
    Own(usize, &'static str),
    Encoded(&'static str),
}

/// The search.
pub struct Markers {
    wanted: Wanted,
    cased: Option<AhoCorasick>,
    cased_patterns: Vec<Pattern>,
    uncased: Option<AhoCorasick>,
}

impl Markers {
    /// A search for all of this.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        let mut patterns = Vec::new();
        let mut add = |bytes: Vec<u8>, pattern| {
            texts.push(bytes);
            patterns.push(pattern);
        };
        for (number, prefix) in wanted.prefixes.iter().enumerate() {
            add(prefix.clone().into_bytes(), Pattern::Prefix(number));
        }
        for text in wanted.prefixes.iter().chain(&wanted.hosts) {
            for form in spellings(text) {
                if matches!(form.encoding, "base64" | "percent") && form.bytes != text.as_bytes() {
                    add(form.bytes, Pattern::Encoded(form.encoding));
                }
            }
        }
        for (number, (_, secret)) in wanted.own.iter().enumerate() {
            for form in spellings(secret.expose()) {
                add(form.bytes, Pattern::Own(number, form.encoding));
            }
        }
        let cased = AhoCorasick::new(&texts).ok();
        let uncased = AhoCorasick::builder().ascii_case_insensitive(true).build(&wanted.hosts).ok();
        Self { wanted, cased, cased_patterns: patterns, uncased }
    }

    /// Whether the search could be built.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.cased.is_some() && self.uncased.is_some()
    }

    /// The word that names the provider.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.wanted.provider
    }

    /// The hosts of the sandbox.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.wanted.hosts
    }

    /// Whether a text names the host of the live API.
    #[must_use]
    pub fn has_live_host(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        self.wanted.live_hosts.iter().any(|host| lower.contains(host.as_str()))
    }

    /// Whether a text puts a host of the provider together: `https://${mode}.mintcash.me`.
    #[must_use]
    pub fn composes_host(&self, text: &str) -> bool {
        let hosts = self.wanted.live_hosts.iter();
        let domains = hosts.filter_map(|host| host.get(host.find('.')?..));
        domains.flat_map(|domain| text.match_indices(domain)).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            ["}", "\"", "'", "`", "%s", "%v"].iter().any(|end| before.ends_with(end))
        })
    }

    /// Whether a text names the provider.
    #[must_use]
    pub fn names_provider(&self, text: &str) -> bool {
        text.to_ascii_lowercase().contains(&self.wanted.provider)
    }

    /// Everything in `text`, in its order, each once.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<Hit> {
        let mut hits = self.raw(text);
        let cased = self.cased.iter().flat_map(|search| search.find_overlapping_iter(text));
        for found in cased {
            match self.cased_patterns.get(found.pattern().as_usize()) {
                Some(Pattern::Own(number, written)) => {
                    hits.extend(self.own(*number, written, found.start(), found.end()));
                }
                Some(Pattern::Encoded(written)) => {
                    hits.extend(self.encoded(text, found.start(), written));
                }
                _ => {}
            }
        }
        hits.sort_by_key(|hit| (hit.at, !is_own(&hit.what), std::cmp::Reverse(hit.end)));
        let mut end = 0;
        hits.retain(|hit| {
            let fresh = hit.at >= end;
            if fresh {
                end = hit.end;
            }
            fresh
        });
        hits
    }

    /// Keys and hosts that are written as they are.
    fn raw(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        for found in self.cased.iter().flat_map(|search| search.find_overlapping_iter(text)) {
            if let Some(Pattern::Prefix(number)) =
                self.cased_patterns.get(found.pattern().as_usize())
            {
                hits.extend(self.key(*number, text, found.start(), found.end()));
            }
        }
        for found in self.uncased.iter().flat_map(|search| search.find_iter(text)) {
            let host = self.wanted.hosts.get(found.pattern().as_usize());
            let alone = is_host_alone(text, found.start(), found.end());
            if let (Some(host), true) = (host, alone) {
                hits.push(Hit {
                    at: found.start(),
                    end: found.end(),
                    what: What::Host(host.clone()),
                    written: "raw",
                });
            }
        }
        hits
    }

    fn key(&self, number: usize, text: &str, at: usize, end: usize) -> Option<Hit> {
        let rest = text.get(end..)?;
        let long = rest.bytes().take_while(|byte| is_of_key(*byte)).count();
        let body = rest.get(..long)?;
        let letters = body.bytes().filter(u8::is_ascii_alphanumeric).count();
        if letters < SHORTEST_BODY || is_inside_a_word(text, at) {
            return None;
        }
        let looks = match certainty(body) {
            Some(Certainty::Sure) => Looks::Random,
            Some(Certainty::Doubtful) => Looks::Doubtful,
            None => Looks::Placeholder,
        };
        let prefix = self.wanted.prefixes.get(number).cloned();
        let what = What::Key { prefix, own: None, looks };
        Some(Hit { at, end: end + long, what, written: "raw" })
    }

    fn own(&self, number: usize, written: &'static str, at: usize, end: usize) -> Option<Hit> {
        let (name, secret) = self.wanted.own.get(number)?;
        let value = secret.expose();
        let prefix = self.wanted.prefixes.iter().find(|prefix| value.starts_with(*prefix));
        let what =
            What::Key { prefix: prefix.cloned(), own: Some(name.clone()), looks: Looks::Random };
        Some(Hit { at, end, what, written })
    }

    /// Decodes what stands around a hit and searches that.
    fn encoded(&self, text: &str, at: usize, written: &'static str) -> Option<Hit> {
        let bytes = text.as_bytes();
        let is_part = |byte: &u8| match written {
            "base64" => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'),
            _ => !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>'),
        };
        let lead = bytes.get(..at)?.iter().rev().take(WINDOW).take_while(|byte| is_part(byte));
        let from = at - lead.count();
        let long = bytes.get(from..)?.iter().take(2 * WINDOW).take_while(|byte| is_part(byte));
        let end = from + long.count();
        let run = bytes.get(from..end)?;
        let found = match written {
            "base64" => (0..4).find_map(|skip| self.raw(&decode(run.get(skip..)?)?).pop()),
            _ => {
                let decoded: Vec<u8> = percent_encoding::percent_decode(run).collect();
                self.raw(&String::from_utf8_lossy(&decoded)).pop()
            }
        }?;
        Some(Hit { at: from, end, what: found.what, written })
    }
}

/// Base64 in either alphabet, cut or whole.
fn decode(run: &[u8]) -> Option<String> {
    let mut run: Vec<u8> = run
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    if run.len() % 4 == 1 {
        run.pop();
    }
    let decoded = LENIENT.decode(run).ok()?;
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

fn is_own(what: &What) -> bool {
    matches!(what, What::Key { own: Some(_), .. })
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether the host is not a part of a longer name on its right, nor of a longer label on its left.
fn is_host_alone(text: &str, at: usize, end: usize) -> bool {
    let part = |ch: char| ch.is_ascii_alphanumeric() || ch == '-' || ch == '_';
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let mut after = text.get(end..).unwrap_or_default().chars();
    let longer = match after.next() {
        Some('.') => after.next().is_some_and(|ch| ch.is_ascii_alphanumeric()),
        Some(ch) => part(ch),
        None => false,
    };
    let escaped = text.get(..at).is_some_and(ends_in_escape);
    !longer && (escaped || !before.is_some_and(part))
}

/// Whether the prefix is the end of a longer word such as `task_test_`.
fn is_inside_a_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let last = before.chars().next_back();
    last.is_some_and(|ch| ch.is_alphanumeric() || ch == '_') && !ends_in_escape(before)
}

/// Whether a text ends in an escape: `\n`, `%3D`, `\u003d`.
fn ends_in_escape(before: &str) -> bool {
    let bytes = before.as_bytes();
    let tail = |count: usize| bytes.get(bytes.len().wrapping_sub(count)..).unwrap_or_default();
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    matches!(tail(2), [b'\\', b'n' | b't' | b'r'])
        || matches!(tail(3), [b'%', digits @ ..] if hex(digits))
        || matches!(tail(4), [b'\\', b'x', digits @ ..] if hex(digits))
        || matches!(tail(6), [b'\\', b'u', digits @ ..] if hex(digits))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn markers() -> Markers {
        Markers::new(Wanted {
            prefixes: vec!["sk_test_".into(), "pk_test_".into()],
            hosts: vec!["sandbox.mintcash.me".into()],
            live_hosts: vec!["api.mintcash.me".into()],
            provider: "mintcash".into(),
            own: vec![("test_webhook_secret".into(), Secret::new("hush-7Qz1xRw9".to_owned()))],
        })
    }

    #[rstest]
    #[case("https://sandbox.mintcash.me/payments")]
    #[case("SANDBOX.MINTCASH.ME:443")]
    #[case("sandbox.mintcash.me.")]
    #[case("eu.sandbox.mintcash.me")]
    #[case("sk_test_4eC39HqLyjWDarjt")]
    #[case("a\\nsk_test_abc")]
    #[case("key%3Dsk_test_abc123")]
    #[case("https%3A%2F%2Fsandbox.mintcash.me")]
    #[case("x=hush-7Qz1xRw9")]
    fn what_stands_there_is_found(#[case] text: &str) {
        assert_eq!(markers().search(text).len(), 1, "{text}");
    }

    #[rstest]
    #[case("sandbox.mintcash.me.example.com")]
    #[case("notsandbox.mintcash.me")]
    #[case("sandbox.mintcash.media")]
    #[case("task_test_results_of_disk_test_abc")]
    #[case("sk_test_")]
    #[case("sk_test_…")]
    #[case("sk_test_***")]
    #[case("sk_live_4eC39HqLyjWDarjt")]
    #[case("api.mintcash.me")]
    fn what_only_looks_like_it_is_not(#[case] text: &str) {
        assert_eq!(markers().search(text), [], "{text}");
    }

    #[test]
    fn a_key_that_is_the_launch_s_own_is_known_by_its_value() {
        let hits = markers().search("c=aHVzaC03UXoxeFJ3OQ==");
        let own = hits.iter().any(|hit| matches!(&hit.what, What::Key { own: Some(_), .. }));
        assert!(own && hits.len() == 1, "{hits:?}");
    }

    proptest! {
        #[test]
        fn base64_is_found_at_every_alignment(
            before in "[ -~]{0,9}",
            key in "[a-zA-Z0-9]{6,20}",
            after in "[ -~]{0,9}",
        ) {
            let text = format!("{before}:sk_test_{key}:{after}");
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                let hits = markers().search(&format!("key: {encoded}\n"));
                prop_assert!(hits.iter().any(|hit| hit.written == "base64"), "{}", encoded);
            }
        }

        #[test]
        fn no_text_breaks_the_search(text in any::<String>()) {
            let _ = markers().search(&text);
        }
    }
}
