//! Signatures of what a handler makes of a body when it parses it and writes it again: first by
//! white space and the order of keys, which a correct handler refuses and anybody may be asked;
//! then, where one of them is accepted, by which serialiser.

use super::{NOT_FORGED, armed, only_if, refused, signed_over};
use crate::checks::webhook::bodies::{self, COMPACT, Escaped, PYTHON, SPACED, Style};
use crate::checks::webhook::probe::{
    Asks, Build, Built, Condition, Expect, Family, Material, Needs, Probe,
};
use crate::checks::webhook::transcript::Verdict;
use crate::mintcash::envelope::{Environment, InertEvent};

/// The signature of the body written again, in its order.
pub static REWRITTEN: Family = Family { name: "rewritten", only_if: Some(NOT_FORGED) };
/// The signature of the body written again with sorted keys.
pub static SORTED: Family = Family { name: "sorted", only_if: Some(NOT_FORGED) };
/// Which serialiser it is.
pub static DIALECT: Family = Family { name: "dialect", only_if: None };

/// A name that serialisers write in different ways.
const TELLING: &str = "Zoë </golive> & 🧪";

const ASCII: Style = Style { escaped: Escaped::NotAscii, decimals: ".0", ..COMPACT };
const ASCII_SPACED: Style = Style { escaped: Escaped::NotAscii, decimals: ".0", ..PYTHON };
const PHP: Style = Style { escaped: Escaped::NotAscii, slashes: true, ..COMPACT };
const DECIMAL: Style = Style { decimals: ".0", ..COMPACT };
const DECIMAL_SPACED: Style = Style { decimals: ".0", ..PYTHON };
const HTML: Style = Style { escaped: Escaped::Html, ..COMPACT };
const HTML_DECIMAL: Style = Style { escaped: Escaped::Html, decimals: ".0", ..COMPACT };

macro_rules! accepted {
    ($id:literal, $words:literal) => {
        Condition {
            words: $words,
            asks: &[Asks::Probe($id)],
            holds: |so_far| so_far.verdict($id) == Verdict::Accepted,
        }
    };
}

const PLAIN_ACCEPTED: Condition =
    accepted!("rewritten-compact", "the JSON rewritten without spaces is accepted");
const SPACED_ACCEPTED: Condition =
    accepted!("rewritten-spaced", "the JSON rewritten as Python does is accepted");
const SORTED_ACCEPTED: Condition =
    accepted!("rewritten-sorted", "the JSON rewritten with sorted keys is accepted");
const SORTED_SPACED_ACCEPTED: Condition = accepted!(
    "rewritten-sorted-spaced",
    "the JSON rewritten with sorted keys as Python does is accepted"
);

/// By white space and order.
pub(super) fn rewritten() -> Vec<Probe> {
    let entry = |family, id, what, build| refused(family, Needs::Secret, id, what, build);
    vec![
        entry(
            &REWRITTEN,
            "rewritten-compact",
            "POST signed over the JSON rewritten without spaces",
            |m, _| plain(m, COMPACT, false),
        ),
        entry(
            &REWRITTEN,
            "rewritten-spaced",
            "POST signed over the JSON rewritten as Python does",
            |m, _| plain(m, PYTHON, false),
        ),
        entry(
            &SORTED,
            "rewritten-sorted",
            "POST signed over the JSON rewritten with sorted keys",
            |m, _| plain(m, COMPACT, true),
        ),
        entry(
            &SORTED,
            "rewritten-sorted-spaced",
            "POST signed over the JSON rewritten with sorted keys as Python does",
            |m, _| plain(m, PYTHON, true),
        ),
    ]
}

/// By serialiser.
pub(super) fn dialects() -> Vec<Probe> {
    let entry = |condition, id, what, build: Build| {
        only_if(condition, armed(&DIALECT, Expect::Either, id, what, build))
    };
    vec![
        entry(PLAIN_ACCEPTED, "as-javascript", "signed as JSON.stringify writes it", |m, _| {
            telling(m, COMPACT, false)
        }),
        entry(PLAIN_ACCEPTED, "as-php", "signed as PHP's json_encode writes it", |m, _| {
            telling(m, PHP, false)
        }),
        entry(PLAIN_ACCEPTED, "as-ruby", "signed as Ruby's to_json writes it", |m, _| {
            telling(m, DECIMAL, false)
        }),
        entry(PLAIN_ACCEPTED, "as-rails", "signed as Rails' to_json writes it", |m, _| {
            telling(m, HTML_DECIMAL, false)
        }),
        entry(PLAIN_ACCEPTED, "as-go-struct", "signed as Go writes a struct", |m, _| {
            telling(m, HTML, false)
        }),
        entry(
            PLAIN_ACCEPTED,
            "as-python-compact",
            "signed as json.dumps writes it without spaces",
            |m, _| telling(m, ASCII, false),
        ),
        entry(SPACED_ACCEPTED, "as-python", "signed as json.dumps writes it", |m, _| {
            telling(m, ASCII_SPACED, false)
        }),
        entry(
            SPACED_ACCEPTED,
            "as-python-unicode",
            "signed as json.dumps with ensure_ascii=False writes it",
            |m, _| telling(m, DECIMAL_SPACED, false),
        ),
        entry(SORTED_ACCEPTED, "as-go", "signed as Go writes a map", |m, _| telling(m, HTML, true)),
        entry(
            SORTED_ACCEPTED,
            "as-javascript-sorted",
            "signed as JSON.stringify writes it, with sorted keys",
            |m, _| telling(m, COMPACT, true),
        ),
        entry(
            SORTED_ACCEPTED,
            "as-python-compact-sorted",
            "signed as json.dumps writes it without spaces, with sorted keys",
            |m, _| telling(m, ASCII, true),
        ),
        entry(
            SORTED_SPACED_ACCEPTED,
            "as-python-sorted",
            "signed as json.dumps writes it, with sorted keys",
            |m, _| telling(m, ASCII_SPACED, true),
        ),
        entry(
            SORTED_SPACED_ACCEPTED,
            "as-python-unicode-sorted",
            "signed as json.dumps with ensure_ascii=False writes it, with sorted keys",
            |m, _| telling(m, DECIMAL_SPACED, true),
        ),
    ]
}

/// An oddly spaced body of what all serialisers write alike, with the signature of it written again.
fn plain(m: &Material<'_>, style: Style, sort: bool) -> Option<Built> {
    let event = bodies::value(&m.event(InertEvent::Unknown, Environment::Live));
    let again = if sort { bodies::sorted(&event) } else { event.clone() };
    signed_over(m, &bodies::write(&again, style), bodies::write(&event, SPACED))
}

/// The same with what they write in different ways.
fn telling(m: &Material<'_>, style: Style, sort: bool) -> Option<Built> {
    let mut event = m.event(InertEvent::Unknown, Environment::Live);
    event.data.customer.name = TELLING.into();
    let event = bodies::value(&event);
    let again = if sort { bodies::sorted(&event) } else { event.clone() };
    let odd = Style { decimals: ".00", ..SPACED };
    signed_over(m, &bodies::write(&again, style), bodies::write(&event, odd))
}
