//! The probes of `webhook-signature`: every way to forge a signature that a sound handler refuses,
//! the real ones that it accepts, and guesses at the cause where it does not.
//!
//! Order matters: what needs least comes first, a condition asks only about what stands before it,
//! and a family whose question is answered already is not asked. MintCash signs no time
//! (mintcash-contract.md section 9), so there are no probes with an old or a future one. A body
//! that is correctly signed but no JSON is not sent: it could end a handler that trusts what is
//! signed.

mod cause;
mod changed;
mod compressed;
mod forged;
mod genuine;
mod rewritten;

use std::sync::LazyLock;

use crate::checks::webhook::bodies::{self, Style};
use crate::checks::webhook::probe::{
    Asks, Build, Built, Condition, Expect, Family, Material, Needs, Probe,
};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::mintcash::envelope::{Environment, InertEvent};
use crate::mintcash::signature::sign;

pub use cause::CAUSE;
pub use changed::CHANGED;
pub use compressed::{COMPRESSED, COMPRESSED_FORGED};
pub use forged::{FLIPPED, FORGED, MALFORMED, NEAR, TRAILING, UNSIGNED};
pub use genuine::{AGAIN, FORMS, GENUINE, RAW_BODY, genuine_refused};
pub use rewritten::{DIALECT, REWRITTEN, SORTED};

/// Every probe.
pub static SIGNATURE: LazyLock<Vec<Probe>> = LazyLock::new(|| {
    [
        forged::without_secret(),
        genuine::genuine(),
        forged::with_secret(),
        rewritten::rewritten(),
        genuine::raw_body(),
        rewritten::dialects(),
        changed::probes(),
        cause::probes(),
        genuine::again(),
        compressed::probes(),
    ]
    .concat()
});

/// The families whose every probe a handler must refuse before it passes.
pub static MUST_REFUSE: [&Family; 8] =
    [&UNSIGNED, &FORGED, &MALFORMED, &NEAR, &TRAILING, &FLIPPED, &REWRITTEN, &SORTED];

const NOT_FORGED: Condition = Condition {
    words: "a made-up signature is refused",
    asks: &[Asks::Probe("made-up-signature")],
    holds: |so_far| so_far.verdict("made-up-signature") != Verdict::Accepted,
};

/// The probe by which the signature of re-serialised JSON was accepted.
#[must_use]
pub fn rewritten_accepted(so_far: &Transcript) -> Option<&Row> {
    so_far.accepted(&REWRITTEN).or_else(|| so_far.accepted(&SORTED))
}

/// Whether an answer can be told from those that forgeries get: by its status, or by its body
/// where all forgeries get the same one.
#[must_use]
pub fn differs(row: &Row, so_far: &Transcript) -> bool {
    let Some(answer) = row.answer() else { return false };
    let forged: Vec<_> = so_far.family(&FORGED).filter_map(Row::answer).collect();
    if forged.is_empty() {
        return false;
    }
    if forged.iter().all(|other| other.status != answer.status) {
        return true;
    }
    let alike: Vec<_> = forged.iter().filter(|other| other.status == answer.status).collect();
    let Some(first) = alike.first().map(|other| other.text()) else { return false };
    alike.len() > 1 && alike.iter().all(|other| other.text() == first) && answer.text() != first
}

/// Entry of the table for a probe that must be refused.
const fn refused(
    family: &'static Family,
    needs: Needs,
    id: &'static str,
    what: &'static str,
    build: Build,
) -> Probe {
    Probe { id, what, family, expect: Expect::Refused, needs, only_if: None, build }
}

/// Entry of the table for a validly signed probe.
const fn armed(
    family: &'static Family,
    expect: Expect,
    id: &'static str,
    what: &'static str,
    build: Build,
) -> Probe {
    Probe { id, what, family, expect, needs: Needs::Arming, only_if: None, build }
}

/// The same under a condition.
const fn only_if(condition: Condition, probe: Probe) -> Probe {
    Probe { only_if: Some(condition), ..probe }
}

/// A fresh inert live event, written out.
fn live(m: &Material<'_>, style: Style) -> Vec<u8> {
    let event = m.event(InertEvent::Unknown, Environment::Live);
    bodies::write(&bodies::value(&event), style)
}

/// A body with the right signature of the other one.
fn signed_over(m: &Material<'_>, other: &[u8], body: Vec<u8>) -> Option<Built> {
    Some(Built::signed(sign(m.secret?, other).hex().into_bytes(), body))
}
