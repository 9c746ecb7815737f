//! A probe as data: what is sent, what must hold before, what a correct handler answers.
//!
//! To add one, add an entry to a matrix; to add a family (dedupe, environment, latency), add its
//! constant and its entries. `schedule` decides which goes when, `runner` sends them, `diagnosis`
//! reads what came back. The rule it keeps: a probe knows only what its conditions ask about, and
//! they ask only about what stands before it in the matrix.

use url::Url;
use zeroize::Zeroizing;

use crate::checks::Effect;
use crate::checks::webhook::transcript::Transcript;
use crate::checks::webhook::wire::Guard;
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::secrets::Secret;
use crate::time::Timestamp;

/// What a correct handler does with a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Answers anything but 2xx. The first one that it accepts ends the family.
    Refused,
    /// Answers 2xx.
    Accepted,
    /// Either is right; the answer is information.
    Either,
}

/// What must be at hand before a probe may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it holds nothing that is worth stealing.
    Nothing,
    /// The webhook secret and a trusted connection: it is made from a real signature.
    Secret,
    /// An armed host as well: a correct handler accepts it.
    Arming,
}

/// When a probe, or a whole family, is sent at all.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// In words that follow `only if`.
    pub words: &'static str,
    /// What it asks about; the probe waits until that is known.
    pub asks: &'static [Asks],
    /// Whether it holds, by the rows that it asks about.
    pub holds: fn(&Transcript) -> bool,
}

/// Rows that a condition, and the making of a probe under it, may look at. Only those count that
/// stand before the probe in the matrix.
#[derive(Clone, Copy, Debug)]
pub enum Asks {
    /// Those of a family.
    Family(&'static Family),
    /// That of one probe, by its id.
    Probe(&'static str),
    /// All of them: the probe goes last.
    All,
}

/// Probes that ask one question. Where one of them must be refused they go one after the other, in
/// the order of the matrix, and the first acceptance of such a one is the end of it.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name, in the evidence.
    pub name: &'static str,
    /// When it is sent at all.
    pub only_if: Option<Condition>,
}

/// Makes a probe from the material and from the rows that its conditions ask about.
pub type Build = fn(&Material<'_>, &Transcript) -> Option<Built>;

/// One probe.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Its id, in the merchant's log and in the evidence.
    pub id: &'static str,
    /// What it is, in words: `POST without a signature`.
    pub what: &'static str,
    /// The family it belongs to.
    pub family: &'static Family,
    /// What a correct handler does with it.
    pub expect: Expect,
    /// What must be at hand.
    pub needs: Needs,
    /// When it is sent at all.
    pub only_if: Option<Condition>,
    /// Makes its signature headers and its body; `None` when a secret is missing.
    pub build: Build,
}

/// What a probe is made from.
#[derive(Debug)]
pub struct Material<'a> {
    /// The webhook secret, when it could be had.
    pub secret: Option<&'a Secret>,
    /// The test environment's, when it could be had.
    pub test_secret: Option<&'a Secret>,
    /// A made-up secret that nobody has.
    pub wrong_secret: Zeroizing<String>,
    /// The moment that envelopes carry.
    pub now: Timestamp,
    /// Where the probes go.
    pub url: &'a Url,
}

/// The parts of a probe that differ from one to the next.
#[derive(Debug, Default)]
pub struct Built {
    /// The values of `x-signature`, one header each.
    pub signatures: Vec<Vec<u8>>,
    /// Further headers.
    pub headers: Vec<(&'static str, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Built {
    /// A body with one signature.
    #[must_use]
    pub fn signed(signature: Vec<u8>, body: Vec<u8>) -> Self {
        Self { signatures: vec![signature], body, ..Self::default() }
    }
}

impl Probe {
    /// What sending it can do to the world.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self.needs {
            Needs::Nothing | Needs::Secret => Effect::Refusable,
            Needs::Arming => Effect::Harmless,
        }
    }

    /// What the connection must be like.
    #[must_use]
    pub fn guard(&self) -> Guard {
        match self.needs {
            Needs::Nothing => Guard::Open,
            Needs::Secret | Needs::Arming => Guard::Trusted,
        }
    }

    /// Whether a correct handler refuses it.
    #[must_use]
    pub fn must_be_refused(&self) -> bool {
        self.expect == Expect::Refused
    }

    /// Every condition that it stands under, its family's first.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> {
        self.family.only_if.into_iter().chain(self.only_if)
    }
}

impl Material<'_> {
    /// A fresh inert event.
    #[must_use]
    pub fn event(&self, event: InertEvent, environment: Environment) -> Envelope {
        Envelope::inert(event, environment, self.now)
    }
}
