//! Why oddly written bodies are refused that have their own right signature: what the handler, or
//! something in front of it, makes of them first.

use crate::checks::webhook::diagnosis::Cause;
use crate::checks::webhook::matrix::{DIALECT, RAW_BODY, differs, rewritten_accepted};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::{Finding, Level};

const RAW: &str =
    "Verify the bytes as they came, before any JSON parser and without decoding them.";

/// What exactly is done to the body, by the probe that is accepted instead.
const CHANGES: &[(&str, &str, &str)] = &[
    ("read-as-latin-1", "charset", "is read as Latin-1 and written as UTF-8"),
    ("written-in-latin-1", "charset", "is written in Latin-1, with ? for what is not in it"),
    ("low-bytes", "charset", "is cut to one byte per character (latin1 or binary in Node)"),
    ("question-marks", "charset", "gets a question mark for every character that is not ASCII"),
    ("replaced", "charset", "is decoded as ASCII, with U+FFFD for every other byte"),
    ("dropped", "charset", "loses everything that is not ASCII"),
    ("non-ascii-escaped", "charset", "gets \\u escapes for everything that is not ASCII"),
    ("trimmed", "trimmed-body", "is trimmed"),
    ("unix-line-ends", "line-ends-changed", "gets line feeds for the line ends of Windows"),
    ("unescaped", "escapes-undone", "loses its \\u escapes"),
    ("without-decimals", "decimals-cut", "gets 0 for 0.00"),
];

/// Serialisers, by the probe that is accepted.
const SERIALISERS: &[(&str, &str)] = &[
    (
        "as-javascript",
        "as JSON.stringify does, or PHP's json_encode with slashes and Unicode unescaped",
    ),
    ("as-php", "as PHP's json_encode does"),
    ("as-ruby", "as Ruby's to_json does, or another encoder that escapes nothing and keeps 0.0"),
    ("as-rails", "as Rails' to_json does"),
    ("as-go-struct", "as Go's json.Marshal of a struct does"),
    ("as-python-compact", "as Python's json.dumps with separators=(',', ':') does"),
    ("as-python", "as Python's json.dumps does"),
    ("as-python-unicode", "as Python's json.dumps with ensure_ascii=False does"),
    ("as-go", "as Go's json.Marshal of a map does"),
    ("as-javascript-sorted", "with sorted keys, otherwise as JSON.stringify does"),
    (
        "as-python-compact-sorted",
        "as Python's json.dumps with sort_keys and separators=(',', ':') does",
    ),
    ("as-python-sorted", "as Python's json.dumps with sort_keys does"),
    (
        "as-python-unicode-sorted",
        "as Python's json.dumps with sort_keys and ensure_ascii=False does",
    ),
];

/// How re-serialised JSON is written, as exactly as is known.
pub(super) fn serialiser(transcript: &Transcript) -> Option<&'static str> {
    let base = rewritten_accepted(transcript)?;
    let exact = SERIALISERS.iter().find(|(id, _)| transcript.verdict(id) == Verdict::Accepted);
    if let Some((_, words)) = exact {
        return Some(words);
    }
    Some(match base.probe.id {
        "rewritten-compact" => "without spaces, as JSON.stringify, json_encode and to_json do",
        "rewritten-spaced" => "with spaces, as Python's json.dumps does",
        "rewritten-sorted" => "with sorted keys, without spaces",
        _ => "with sorted keys and with spaces",
    })
}

/// Whether the serialiser was asked for and is none of those known.
pub(super) fn is_unknown_dialect(transcript: &Transcript) -> bool {
    let mut asked = transcript.family(&DIALECT).filter(|row| row.verdict() != Verdict::NotSent);
    asked.next().is_some() && transcript.accepted(&DIALECT).is_none()
}

/// The cause why an odd body is refused.
pub(super) fn cause(transcript: &Transcript) -> Option<Cause> {
    let row = transcript.family(&RAW_BODY).find(|row| row.verdict() == Verdict::Refused)?;
    if rewritten_accepted(transcript).is_some() {
        return None; // already named, with the way in which it is written again
    }
    if let Some(cause) = changed(transcript) {
        return Some(cause);
    }
    if transcript.verdict("genuine-again") != Verdict::Accepted {
        let finding = Finding::new(
            Level::Advisory,
            "The endpoint answers now one way, now another, to correctly signed events.",
        )
        .at(row.place())
        .hint("Look for an instance with another release or another secret, then verify again.");
        return Some(Cause::new("flapping", finding));
    }
    let is_error = row.answer().is_some_and(|answer| answer.status >= 500);
    if differs(row, transcript) && !is_error {
        let finding = Finding::new(
            Level::Advisory,
            "A correctly signed body in valid but unusual JSON is refused, though not as forgeries \
             are: the parser or the validation behind the signature is too strict.",
        )
        .at(row.place())
        .hint("Accept every valid JSON: white space, \\u escapes, 1.0, any order of keys.");
        return Some(Cause::new("strict-parser", finding));
    }
    let message = format!(
        "The signature is not computed over the raw body: {} is refused. Either the handler signs \
         what it parsed and wrote again, or something in front of it changes the body.",
        odd(row)
    );
    let finding = Finding::new(Level::Blocking, message).at(row.place()).hint(RAW);
    Some(Cause::new("raw-body", finding))
}

/// What is done to the body, where exactly that is accepted instead.
fn changed(transcript: &Transcript) -> Option<Cause> {
    let accepted = |id: &str| transcript.row(id).filter(|row| row.verdict() == Verdict::Accepted);
    let (row, word, how) =
        CHANGES.iter().find_map(|(id, word, how)| Some((accepted(id)?, *word, *how)))?;
    let harm = match word {
        "charset" => "Webhooks with a name in another script are refused.",
        _ => "A webhook that is written so is refused; whether MintCash ever does is not known.",
    };
    let message = format!(
        "The body {how} before it is verified, by the handler or by something in front of it. \
         {harm}"
    );
    let finding = Finding::new(Level::Blocking, message).at(row.place()).hint(RAW);
    Some(Cause::new(word, finding))
}

fn odd(row: &Row) -> &'static str {
    match row.probe.id {
        "raw-unicode" => "a correctly signed body that is not ASCII",
        "raw-line-end" => "a correctly signed body with a line end after it",
        _ => "a correctly signed body in valid but unusual JSON",
    }
}
