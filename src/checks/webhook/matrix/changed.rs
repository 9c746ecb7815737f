//! Signatures of what becomes of an odd body when something on the way, or the handler itself,
//! takes it for text in another character set, trims it or tidies it up. Sent only where exactly
//! that kind of body is refused and others are not.

use super::genuine::{RAW_BODY, kind, written};
use super::{armed, only_if, signed_over};
use crate::checks::webhook::bodies::{self, COMPACT, DECIMALS, ESCAPED, Escaped, SPACED, Style};
use crate::checks::webhook::charset;
use crate::checks::webhook::probe::{Asks, Built, Condition, Expect, Family, Material, Probe};
use crate::checks::webhook::transcript::{Transcript, Verdict};
use crate::mintcash::envelope::Environment;

/// What was changed in the body.
pub static CHANGED: Family = Family { name: "changed", only_if: None };

/// What conditions here ask about; the type of event that is accepted is known with it.
const ASKS: &[Asks] = &[Asks::Family(&RAW_BODY), Asks::Probe("genuine-known-type")];

const NOT_ASCII_REFUSED: Condition = Condition {
    words: "a body that is not ASCII is refused, an oddly spaced one accepted",
    asks: ASKS,
    holds: |so_far| only_refused(so_far, "raw-unicode", "raw-spaces"),
};
const LINE_END_REFUSED: Condition = Condition {
    words: "a body with a line end after it is refused, an oddly spaced one accepted",
    asks: ASKS,
    holds: |so_far| only_refused(so_far, "raw-line-end", "raw-spaces"),
};
const SPACES_REFUSED: Condition = Condition {
    words: "an oddly spaced body is refused, one with escapes accepted",
    asks: ASKS,
    holds: |so_far| only_refused(so_far, "raw-spaces", "raw-escapes"),
};
const ESCAPES_REFUSED: Condition = Condition {
    words: "a body with escapes is refused, an oddly spaced one accepted",
    asks: ASKS,
    holds: |so_far| only_refused(so_far, "raw-escapes", "raw-spaces"),
};
const DECIMALS_REFUSED: Condition = Condition {
    words: "a body with 0.00 is refused, an oddly spaced one accepted",
    asks: ASKS,
    holds: |so_far| only_refused(so_far, "raw-decimals", "raw-spaces"),
};

fn only_refused(so_far: &Transcript, refused: &str, accepted: &str) -> bool {
    so_far.verdict(refused) == Verdict::Refused && so_far.verdict(accepted) == Verdict::Accepted
}

/// One for each way.
pub(super) fn probes() -> Vec<Probe> {
    let entry = |condition, id, what, build| {
        only_if(condition, armed(&CHANGED, Expect::Either, id, what, build))
    };
    let unicode = |id, what, build| entry(NOT_ASCII_REFUSED, id, what, build);
    vec![
        unicode("read-as-latin-1", "signed over the body read as Latin-1", |m, t| {
            changed(m, t, charset::read_as_latin_1)
        }),
        unicode("written-in-latin-1", "signed over the body written in Latin-1", |m, t| {
            changed(m, t, charset::written_in_latin_1)
        }),
        unicode("low-bytes", "signed over the body as Node's binary string", |m, t| {
            changed(m, t, charset::low_bytes)
        }),
        unicode("question-marks", "signed over the body with ? for non-ASCII", |m, t| {
            changed(m, t, charset::question_marks)
        }),
        unicode("replaced", "signed over the body with U+FFFD for non-ASCII", |m, t| {
            changed(m, t, charset::replaced)
        }),
        unicode("dropped", "signed over the body without non-ASCII", |m, t| {
            changed(m, t, charset::dropped)
        }),
        unicode("non-ascii-escaped", "signed over the body with \\u for non-ASCII", |m, t| {
            let event = foreign(m, t);
            let escaped = Style { escaped: Escaped::NotAscii, ..COMPACT };
            signed_over(m, &bodies::write(&event, escaped), bodies::write(&event, COMPACT))
        }),
        entry(LINE_END_REFUSED, "trimmed", "signed over the trimmed body", |m, t| {
            let body = written(m, t, COMPACT);
            signed_over(m, &body, [body.as_slice(), b"\n"].concat())
        }),
        entry(SPACES_REFUSED, "unix-line-ends", "signed over the body with line feeds", |m, t| {
            let body = written(m, t, SPACED);
            signed_over(m, &charset::unix_line_ends(&body), body)
        }),
        entry(ESCAPES_REFUSED, "unescaped", "signed over the body without \\u escapes", |m, t| {
            rewritten(m, t, ESCAPED)
        }),
        entry(
            DECIMALS_REFUSED,
            "without-decimals",
            "signed over the body with 0 for 0.00",
            |m, t| rewritten(m, t, DECIMALS),
        ),
    ]
}

/// An event with a name in several scripts; none of its letters lies beyond 16 bits, where
/// encoders disagree about how many there are.
fn foreign(m: &Material<'_>, so_far: &Transcript) -> serde_json::Value {
    let mut event = m.event(kind(so_far), Environment::Live);
    event.data.customer.name = "Zoë Åström 支払い".into();
    bodies::value(&event)
}

fn changed(m: &Material<'_>, so_far: &Transcript, change: fn(&[u8]) -> Vec<u8>) -> Option<Built> {
    let body = bodies::write(&foreign(m, so_far), COMPACT);
    signed_over(m, &change(&body), body)
}

/// A body in an odd style with the signature of the compact one.
fn rewritten(m: &Material<'_>, so_far: &Transcript, odd: Style) -> Option<Built> {
    let event = bodies::value(&m.event(kind(so_far), Environment::Live));
    signed_over(m, &bodies::write(&event, COMPACT), bodies::write(&event, odd))
}
