//! Finds what must not leave the program in a piece of text: registered secrets in every
//! spelling, and whatever looks like one of the provider's secret keys.
//!
//! Immutable; the redactor builds a new one whenever a secret is registered.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::secrets::spelling::{Spelling, spellings};

/// Stands in place of a secret.
pub(super) const MASK: &str = "••••";

/// What the provider's secret keys start with (mintcash-contract.md section 1).
const KEY_PREFIXES: [&[u8]; 2] = [b"sk_live_", b"sk_test_"];

/// A key's random part is at least this long; a shorter one is an example.
const SHORTEST_KEY: usize = 8;

/// The patterns of all registered secrets, ready to search.
#[derive(Default)]
pub(super) struct Filter {
    patterns: Vec<Vec<u8>>,
    by_first: HashMap<u8, Vec<usize>>,
    automaton: Option<AhoCorasick>,
    longest: usize,
}

impl Filter {
    /// A filter that also knows `secret`.
    pub(super) fn with(&self, secret: &str) -> Result<Self, aho_corasick::BuildError> {
        let mut patterns = self.patterns.clone();
        for Spelling { bytes, .. } in spellings(secret) {
            // Text that is no UTF-8 never gets here; a pattern that is none would cut characters.
            if std::str::from_utf8(&bytes).is_ok() && !patterns.contains(&bytes) {
                patterns.push(bytes);
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns)?;
        let mut by_first: HashMap<u8, Vec<usize>> = HashMap::new();
        for (at, pattern) in patterns.iter().enumerate() {
            if let Some(first) = pattern.first() {
                by_first.entry(*first).or_default().push(at);
            }
        }
        let longest = patterns.iter().map(Vec::len).max().unwrap_or(0);
        Ok(Self { patterns, by_first, automaton: Some(automaton), longest })
    }

    /// Whether `secret` is registered already.
    pub(super) fn knows(&self, secret: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern == secret.as_bytes())
    }

    /// The ranges to replace, in order, apart from each other. Everything that any match covers is
    /// covered, so that of two secrets that overlap no rest stays.
    pub(super) fn spans(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = self.automaton.as_ref().map_or_else(Vec::new, |all| {
            all.find_overlapping_iter(text).map(|hit| hit.range()).collect()
        });
        found.extend(provider_keys(text));
        found.sort_unstable_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// Where a match may begin that needs more text than there is; the end when nowhere.
    pub(super) fn undecided(&self, text: &[u8]) -> usize {
        let reach = self.longest.max(longest_prefix());
        let begin = text.len().saturating_sub(reach);
        let partial = (begin..text.len()).find(|at| {
            let rest = text.get(*at..).unwrap_or_default();
            self.is_begun(rest) || KEY_PREFIXES.iter().any(|prefix| begins(prefix, rest))
        });
        let partial = partial.unwrap_or(text.len());
        open_key(text).map_or(partial, |key| partial.min(key))
    }

    fn is_begun(&self, rest: &[u8]) -> bool {
        let candidates = rest.first().and_then(|first| self.by_first.get(first));
        candidates
            .into_iter()
            .flatten()
            .any(|at| self.patterns.get(*at).is_some_and(|pattern| begins(pattern, rest)))
    }
}

/// Whether `rest` is the beginning of `pattern` and not all of it.
fn begins(pattern: &[u8], rest: &[u8]) -> bool {
    rest.len() < pattern.len() && pattern.starts_with(rest)
}

fn longest_prefix() -> usize {
    KEY_PREFIXES.iter().map(|prefix| prefix.len()).max().unwrap_or(0)
}

fn in_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The random parts of what looks like the provider's secret keys; the prefix stays, so that a
/// reader can tell which kind it was.
fn provider_keys(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for prefix in KEY_PREFIXES {
        for at in memchr::memmem::find_iter(text, prefix) {
            let start = at + prefix.len();
            let tail = text.get(start..).unwrap_or_default();
            let long = tail.iter().take_while(|byte| in_key(**byte)).count();
            if is_key(tail.get(..long).unwrap_or_default()) {
                found.push(start..start + long);
            }
        }
    }
    found
}

/// A key that goes on to the end of the text, so that its end is not known yet.
fn open_key(text: &[u8]) -> Option<usize> {
    let run = text.iter().rev().take_while(|byte| in_key(**byte)).count();
    let begin = text.len() - run;
    let tail = text.get(begin..)?;
    KEY_PREFIXES
        .iter()
        .filter_map(|prefix| memchr::memmem::find(tail, prefix))
        .min()
        .map(|at| begin + at)
}

/// Whether the part after the prefix can be a key: long enough, and no placeholder such as
/// `xxxxxxxx`, `XXXX_XXXX` or `00000000`.
fn is_key(tail: &[u8]) -> bool {
    let mut letters = tail.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let first = letters.next().map(u8::to_ascii_lowercase);
    tail.len() >= SHORTEST_KEY
        && first.is_some_and(|first| letters.any(|byte| byte.to_ascii_lowercase() != first))
}
