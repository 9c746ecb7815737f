//! Events whose body travels compressed. Whether MintCash ever compresses is not known, so either
//! answer to a correctly signed one is right.
//!
//! They go last: a handler that parses before it verifies can fall over on them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::forged::made_up;
use super::genuine::{GENUINE, event, kind};
use super::{armed, live, refused};
use crate::checks::webhook::bodies::COMPACT;
use crate::checks::webhook::probe::{Asks, Built, Condition, Expect, Family, Needs, Probe};
use crate::checks::webhook::transcript::Verdict;
use crate::mintcash::signature::Signature;

/// A made-up signature on a compressed body.
pub static COMPRESSED_FORGED: Family =
    Family { name: "compressed-forged", only_if: Some(LAST_AND_NOT_FORGED) };
/// The right signature of an event that is compressed afterwards.
pub static COMPRESSED: Family =
    Family { name: "compressed", only_if: Some(LAST_AND_GENUINE_ACCEPTED) };

const LAST_AND_NOT_FORGED: Condition = Condition {
    words: "a made-up signature is refused",
    asks: &[LAST, Asks::Probe("made-up-signature")],
    holds: |so_far| so_far.verdict("made-up-signature") != Verdict::Accepted,
};
const LAST_AND_GENUINE_ACCEPTED: Condition = Condition {
    words: "a correctly signed event is accepted",
    asks: &[LAST, Asks::Family(&GENUINE)],
    holds: |so_far| so_far.accepted(&GENUINE).is_some(),
};

/// This one waits for all others.
const LAST: Asks = Asks::Probe("genuine-again");

/// One forged and one genuine.
pub(super) fn probes() -> Vec<Probe> {
    vec![
        refused(
            &COMPRESSED_FORGED,
            Needs::Nothing,
            "forged-gzip",
            "POST compressed with gzip, with a made-up signature",
            |m, _| Some(gzipped(Built::signed(made_up(m, b"1"), live(m, COMPACT)))),
        ),
        armed(
            &COMPRESSED,
            Expect::Either,
            "gzip",
            "correctly signed event, then compressed with gzip",
            |m, t| Some(gzipped(event(m, kind(t), Signature::hex)?)),
        ),
    ]
}

/// The same request with its body compressed; the signature stays.
fn gzipped(built: Built) -> Built {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into a `Vec` can not fail.
    let _ = encoder.write_all(&built.body);
    let body = encoder.finish().unwrap_or_default();
    Built { headers: vec![("content-encoding", b"gzip".to_vec())], body, ..built }
}
