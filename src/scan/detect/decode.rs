//! From an anchor to the text that is written there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::LIVE_PREFIX;

/// A key is at most so long; more is not looked at.
const LONGEST: usize = 512;

/// What is written at an anchor.
pub(super) struct Written {
    /// The bytes right before the key, decoded, at most eight.
    pub before: Vec<u8>,
    /// The key and what follows it.
    pub text: String,
}

/// Decodes what is written at the anchor `at`; `None` when it is not the prefix of a live key.
pub(super) fn decode(encoding: &str, bytes: &[u8], at: usize) -> Option<Written> {
    let here = bytes.get(at..)?;
    let lead = bytes.get(at.saturating_sub(8)..at)?;
    let (before, text) = match encoding {
        "base64" => base64(bytes, at)?,
        "hex" => (pairs(lead), pairs(here)),
        "UTF-16" if here.get(1) == Some(&0) => (every_second(lead), every_second(here)),
        "UTF-16" => (
            Vec::new(),
            here.split(|byte| *byte == b'@')
                .flatten()
                .copied()
                .filter(|byte| *byte != b'^')
                .take(LONGEST)
                .collect(),
        ),
        "percent" => (lead.to_vec(), percent(here)),
        "raw" => (lead.to_vec(), here.iter().copied().take(LONGEST).collect()),
        _ => (
            lead.to_vec(),
            here.iter().copied().filter(|byte| *byte != b'\\').take(LONGEST).collect(),
        ),
    };
    let ascii = text.iter().take_while(|byte| byte.is_ascii()).count();
    let text = String::from_utf8_lossy(text.get(..ascii)?).into_owned();
    text.starts_with(LIVE_PREFIX).then_some(Written { before, text })
}

/// Base64 around the anchor. It begins with the first character that depends on the key alone, so
/// the key's first byte is in a group that began none, two or three characters earlier. Line
/// breaks inside are skipped.
fn base64(bytes: &[u8], at: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    [(0, 0), (2, 1), (3, 2)].into_iter().find_map(|(back, skip)| {
        let start = at.checked_sub(back)?;
        let run = characters(bytes.get(start..)?);
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        let mut run = run;
        run.truncate(whole);
        let decoded = lenient(&run)?;
        let (lead, text) = decoded.split_at_checked(skip)?;
        if !text.starts_with(LIVE_PREFIX.as_bytes()) {
            return None;
        }
        let group = start.checked_sub(4).and_then(|from| bytes.get(from..start));
        let mut before = group.map(characters).filter(|run| run.len() == 4);
        let mut before = before.take().and_then(|run| lenient(&run)).unwrap_or_default();
        before.extend_from_slice(lead);
        Some((before, text.to_vec()))
    })
}

/// The base64 characters from here on, in the standard alphabet.
fn characters(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in bytes.iter().take(LONGEST * 2) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => out.push(*byte),
            b'-' => out.push(b'+'),
            b'_' => out.push(b'/'),
            b'\n' | b'\r' if !out.is_empty() => {}
            _ => break,
        }
    }
    out
}

/// Decodes without minding bits that a cut has left over.
fn lenient(run: &[u8]) -> Option<Vec<u8>> {
    let whole = run.len() / 4 * 4;
    let (groups, rest) = run.split_at_checked(whole)?;
    let mut out = STANDARD_NO_PAD.decode(groups).ok()?;
    if rest.len() > 1 {
        let mut last = rest.to_vec();
        last.resize(4, b'A');
        let decoded = STANDARD_NO_PAD.decode(&last).ok()?;
        out.extend(decoded.into_iter().take(rest.len() - 1));
    }
    Some(out)
}

fn pairs(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = bytes.chunks_exact(2).take(LONGEST);
    pairs.map_while(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn every_second(bytes: &[u8]) -> Vec<u8> {
    let pairs = bytes.chunks(2).take(LONGEST);
    pairs
        .take_while(|pair| pair.get(1).is_none_or(|byte| *byte == 0))
        .filter_map(|pair| pair.first().copied())
        .collect()
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(bytes.get(..LONGEST).unwrap_or(bytes)).collect()
}
