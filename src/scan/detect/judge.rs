//! Tells a live key from an example of one.
//!
//! The provider does not say how long its keys are nor which characters they have
//! (mintcash-contract.md section 1), so nothing is assumed of them but that they are random: the
//! part after the prefix is measured by how many of its characters nothing explains, neither a
//! repetition, nor a row such as `abcdef`, nor a word that people put where a key belongs.

use super::LIVE_PREFIX;
use super::decode::Written;

/// How sure it is that something is a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// As random as a key.
    Sure,
    /// Perhaps an example: short, or made of letters that can be read as words.
    Doubtful,
}

/// From so many unexplained characters on it is a key: ten of base 62 are 59 bits.
const RANDOM: usize = 10;

/// From so many on it may be one.
const PERHAPS: usize = 7;

/// What people write where a key belongs. Only words that no part of a random key is likely to be.
const WORDS: [&str; 97] = [
    "a",
    "abc",
    "access",
    "account",
    "acme",
    "actual",
    "add",
    "admin",
    "and",
    "any",
    "api",
    "apikey",
    "bar",
    "baz",
    "beef",
    "cafe",
    "change",
    "changeme",
    "code",
    "company",
    "config",
    "copy",
    "customer",
    "dead",
    "default",
    "demo",
    "dev",
    "do",
    "dummy",
    "enter",
    "env",
    "example",
    "fake",
    "fill",
    "foo",
    "for",
    "from",
    "get",
    "go",
    "goes",
    "golive",
    "here",
    "hidden",
    "id",
    "in",
    "insert",
    "invalid",
    "is",
    "it",
    "key",
    "live",
    "long",
    "masked",
    "me",
    "merchant",
    "mint",
    "mintcash",
    "mock",
    "my",
    "new",
    "none",
    "not",
    "null",
    "of",
    "old",
    "only",
    "our",
    "paste",
    "placeholder",
    "prod",
    "production",
    "put",
    "random",
    "real",
    "redacted",
    "removed",
    "replace",
    "sample",
    "secret",
    "secretkey",
    "some",
    "string",
    "super",
    "test",
    "testing",
    "the",
    "this",
    "to",
    "todo",
    "token",
    "use",
    "value",
    "with",
    "xyz",
    "you",
    "your",
    "qwerty",
];

/// The key itself: what follows the prefix as long as it can belong to a key.
pub(super) fn token(text: &str) -> &str {
    let body = text.strip_prefix(LIVE_PREFIX).unwrap_or(text);
    let long = body.bytes().take_while(|byte| is_of_key(*byte)).count();
    body.get(..long).unwrap_or_default()
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/')
}

/// Judges what is written after the prefix; `None` for what is no key.
pub(super) fn judge(written: &Written) -> Option<Certainty> {
    let token = token(&written.text);
    if is_inside_a_word(&written.before) && !is_machine_made(body(token)) {
        return None;
    }
    certainty(token)
}

/// How sure it is that what stands after a prefix is the rest of a key; `None` for a placeholder.
pub(crate) fn certainty(body_and_more: &str) -> Option<Certainty> {
    let body = body(body_and_more);
    let unexplained = unexplained(body);
    if unexplained < PERHAPS || reads_as_a_name(body) {
        return None;
    }
    let sure = unexplained >= RANDOM && !reads_as_words(body);
    Some(if sure { Certainty::Sure } else { Certainty::Doubtful })
}

/// Without the full stop or slash that belongs to the sentence or the URL around the key, and
/// without what follows an ellipsis.
fn body(token: &str) -> &str {
    let end = [token.find(".."), token.find("//")].into_iter().flatten().min();
    let token = end.and_then(|end| token.get(..end)).unwrap_or(token);
    token.trim_end_matches(['.', '/', '+', '~', '-', '_'])
}

/// Whether the prefix is the end of a longer name such as `task_live_`. An escape before it
/// (`\n`, `%3D`, `\u003d`) is none.
fn is_inside_a_word(before: &[u8]) -> bool {
    let Some(last) = before.last() else { return false };
    if !last.is_ascii_alphanumeric() {
        return false;
    }
    let tail = |count: usize| before.get(before.len().wrapping_sub(count)..).unwrap_or_default();
    let hex = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let escaped = matches!(tail(2), [b'\\', b'n' | b't' | b'r' | b'0' | b'f' | b'b' | b'v'])
        || matches!(tail(3), [b'%', digits @ ..] if hex(digits))
        || matches!(tail(4), [b'\\', b'x', digits @ ..] if hex(digits))
        || matches!(tail(6), [b'\\', b'u', digits @ ..] if hex(digits));
    !escaped
}

/// Whether it is a long run of letters and digits that take turns, as no name does.
fn is_machine_made(body: &str) -> bool {
    let run = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let run = body.as_bytes().get(..run).unwrap_or_default();
    let turns = run.windows(2).filter(|pair| {
        let digits = pair.iter().filter(|byte| byte.is_ascii_digit()).count();
        digits == 1
    });
    run.len() >= 16 && turns.count() >= 4
}

/// How many characters of `body` nothing explains.
fn unexplained(body: &str) -> usize {
    let bytes = body.as_bytes();
    let words = words(&body.to_ascii_lowercase());
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        let run = row(bytes.get(at..).unwrap_or_default());
        let word = words.get(at).copied().unwrap_or(0);
        if run.max(word) > 0 {
            count += usize::from(word < run);
            at += run.max(word);
            continue;
        }
        count += usize::from(bytes.get(at).is_some_and(u8::is_ascii_alphanumeric));
        at += 1;
    }
    count
}

/// How long the row is that begins here, 0 when there is none: each character the same distance
/// (none, one up, one down) from the one before it, or from the one up to four before it.
fn row(bytes: &[u8]) -> usize {
    let lengths = (1..=8_usize).flat_map(|back| {
        let steps: &[i16] = if back <= 2 { &[0, 1, -1] } else { &[0] };
        steps.iter().map(move |step| {
            let pairs = bytes.iter().zip(bytes.iter().skip(back));
            let fits = |(one, two): &(&u8, &u8)| {
                let (one, two) = (one.to_ascii_lowercase(), two.to_ascii_lowercase());
                i16::from(two) - i16::from(one) == *step && two.is_ascii_alphanumeric()
            };
            let long = pairs.take_while(fits).count();
            if long >= back.max(2) + back / 3 { long + back } else { 0 }
        })
    });
    lengths.max().unwrap_or(0)
}

/// For each place in `lower` how long the known word is that stands there as a word: between
/// separators, ends and other words.
fn words(lower: &str) -> Vec<usize> {
    let mut out = vec![0; lower.len()];
    let mut from = 0;
    for part in lower.split_inclusive(|ch: char| !ch.is_ascii_alphabetic()) {
        let letters = part.trim_end_matches(|ch: char| !ch.is_ascii_alphabetic());
        let mut at = from;
        for long in segments(letters) {
            if let Some(place) = out.get_mut(at) {
                *place = long;
            }
            at += long;
        }
        from += part.len();
    }
    out
}

/// The lengths of known words that make up all of `letters`; none when they do not.
fn segments(letters: &str) -> Vec<usize> {
    // `reached[end]` is the length of the last word of a way to write the first `end` letters.
    let mut reached: Vec<Option<usize>> = vec![None; letters.len() + 1];
    for end in 1..=letters.len() {
        let last = WORDS.iter().map(|word| word.len()).find(|long| {
            let Some(start) = end.checked_sub(*long) else { return false };
            let known = start == 0 || reached.get(start).copied().flatten().is_some();
            known && letters.get(start..end).is_some_and(|word| WORDS.contains(&word))
        });
        if let Some(place) = reached.get_mut(end) {
            *place = last;
        }
    }
    let mut out = Vec::new();
    let mut end = letters.len();
    while let Some(long) = reached.get(end).copied().flatten() {
        out.push(long);
        end -= long;
    }
    out.reverse();
    if end == 0 { out } else { Vec::new() }
}

/// Whether it is a name as programmers make them: several pronounceable words, no digits.
fn reads_as_a_name(body: &str) -> bool {
    let parts = parts(body);
    parts.len() >= 2 && parts.iter().all(|part| is_pronounceable(part, 12))
}

/// Whether it is letters of one case that can be read as words.
fn reads_as_words(body: &str) -> bool {
    let letters = body.bytes().all(|byte| byte.is_ascii_alphabetic());
    let lower = body.bytes().filter(u8::is_ascii_lowercase).count();
    letters && (lower == 0 || lower == body.len()) && is_pronounceable(body, 25)
}

/// The words of `snake_case`, `kebab-case` and `camelCase`.
fn parts(body: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for ch in body.chars() {
        let separates = !ch.is_ascii_alphanumeric();
        if separates || ch.is_ascii_uppercase() && was_lower {
            parts.push(String::new());
        }
        if !separates && let Some(part) = parts.last_mut() {
            part.push(ch);
        }
        was_lower = ch.is_ascii_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a word could be one of a language: letters of one case after the first, vowels among
/// them (so many in a hundred), no long heap of consonants.
fn is_pronounceable(word: &str, vowels_at_least: usize) -> bool {
    let lower = word.to_ascii_lowercase();
    if WORDS.contains(&lower.as_str()) {
        return true;
    }
    let rest = word.get(1..).unwrap_or_default();
    let one_case = rest.bytes().all(|byte| byte.is_ascii_lowercase())
        || word.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let vowels = lower.bytes().filter(|byte| is_vowel(*byte)).count();
    let heap = lower.split(|ch: char| ch.is_ascii() && is_vowel(ch as u8)).map(str::len).max();
    let share = vowels * 100 / lower.len().max(1);
    one_case
        && lower.bytes().all(|byte| byte.is_ascii_lowercase())
        && lower.len() >= 3
        && (vowels_at_least..=67).contains(&share)
        && heap.unwrap_or(0) <= 4
}
