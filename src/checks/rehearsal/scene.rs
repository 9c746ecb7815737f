//! What one part of the rehearsal sees while it waits, and what it makes of it.
//!
//! [`Part`] is what charge, refund, subscription and cancellation do each in their own way; `follow`
//! does for all of them what is the same.

use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::sighting::{Agrees, Sighting};
use crate::checks::rehearsal::terms::Terms;
use crate::checks::{CheckReport, Finding};
use crate::launch::money::{Act, Ledger, MoneyFact, Spend, Tracked};
use crate::mintcash::call::{Call, CallError};
use crate::mintcash::money::Unit;
use crate::mintcash::prepared::Prepared;
use crate::time::Timestamp;

/// What is to be done now, as far as the ledger tells.
#[derive(Debug)]
pub enum Now {
    /// Something new is to be asked for.
    New(New),
    /// The request of this intent may have been sent; the same bytes may be sent again.
    Again(Box<Tracked>),
    /// It is on its way, or done.
    Follow(Box<Tracked>),
    /// Nothing can be done, for the reason that the report gives.
    Nothing(Box<CheckReport>),
}

impl Now {
    /// What takes money from a card anew, as the inputs say; nothing where they are wrong.
    pub fn taking(act: Act, terms: &Result<Terms, Vec<Finding>>, host: &str) -> Self {
        match terms {
            Ok(terms) => Self::New(New {
                spend: Spend {
                    act,
                    host: host.to_owned(),
                    amount: terms.price.amount,
                    currency: terms.price.currency.clone(),
                    again: false,
                },
                of: None,
            }),
            Err(wrong) => Self::Nothing(Box::new(report::terms(wrong))),
        }
    }
}

/// Something new to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// What has to be confirmed.
    pub spend: Spend,
    /// What it is about.
    pub of: Option<String>,
}

/// A fact that was seen, not yet written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The fact.
    pub fact: MoneyFact,
    /// When it happened, by MintCash's clock.
    pub at: Option<Timestamp>,
    /// The id of the payment behind it, where it was told.
    pub payment: Option<String>,
}

/// What an event says.
#[derive(Debug, Default)]
pub struct Heard {
    /// What is known by it.
    pub facts: Vec<Fact>,
    /// What is wrong with it.
    pub wrong: Vec<Finding>,
    /// MintCash's id of the thing, where only the event has told it.
    pub id: Option<String>,
    /// How its amount agrees with what was sent, where it tells of a success.
    pub amount: Option<Agrees>,
    /// Whether it is about this intent at all.
    pub own: bool,
}

/// What the API says.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The state of the thing; safe to show.
    pub state: String,
    /// What is known by it.
    pub facts: Vec<Fact>,
    /// What is wrong with it.
    pub wrong: Vec<Finding>,
    /// In which unit it wrote the amount, where it did (C1).
    pub unit: Option<Unit>,
    /// The paid period, where the answer says.
    pub period: Option<(Timestamp, Timestamp)>,
    /// The call.
    pub call: Call,
}

/// Everything that is known at one moment of the wait.
pub struct Scene {
    /// The ledger.
    pub ledger: Ledger,
    /// The intent that is followed.
    pub tracked: Tracked,
    /// What the API said last.
    pub looked: Option<Looked>,
    /// Since when it says the same.
    pub same_since: Instant,
    /// Whether a place is named in which an event could be found.
    pub hears: bool,
    /// Whether there is a file in it that could be read.
    pub reads: bool,
    /// What time it is at MintCash.
    pub now: Timestamp,
    /// What time it is by this machine's clock.
    pub here: Timestamp,
    /// How long a state that may pass is looked at before it is believed (C16).
    pub second_look: Duration,
    /// For how long MintCash delivers an event again.
    pub delivers_for: Duration,
}

/// Where a part stands.
pub enum Stand {
    /// Nothing is left to wait for.
    End(CheckReport),
    /// Something is awaited.
    Wait(Wait),
}

/// What is awaited.
#[derive(Debug)]
pub struct Wait {
    /// Of what kind it is, which says for how long one run waits.
    pub kind: Kind,
    /// What it is, in a few words: `payment.succeeded`.
    pub what: String,
    /// What is said when the run ends without it.
    pub report: CheckReport,
}

/// The kinds of waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For somebody at the page.
    Page,
    /// For MintCash to finish.
    State,
    /// For the event of what has happened.
    Event,
    /// For days: the run does not wait.
    Days,
}

impl Fact {
    /// A fact without details.
    #[must_use]
    pub fn new(fact: MoneyFact, at: Option<Timestamp>) -> Self {
        Self { fact, at, payment: None }
    }
}

impl Scene {
    /// How long ago something happened, or was seen where that is less: a clock that is wrong makes
    /// nothing older.
    #[must_use]
    pub fn since(&self, fact: &MoneyFact) -> Option<Duration> {
        let seen = self.tracked.observed(fact)?;
        let known = self.here.since(seen.at);
        Some(seen.what.at.map_or(known, |at| self.now.since(at).min(known)))
    }

    /// The state that the API gave last.
    #[must_use]
    pub fn state(&self) -> &str {
        self.looked.as_ref().map_or("", |looked| &looked.state)
    }
}

/// One part of the rehearsal.
#[async_trait]
pub trait Part: Send + Sync {
    /// What it does with money.
    fn act(&self) -> Act;

    /// The inputs that it reads beside those of all parts.
    fn inputs(&self) -> &'static [&'static str];

    /// What is to be done now at `host`, as far as the ledger tells.
    fn now(&self, ledger: &Ledger, terms: &Result<Terms, Vec<Finding>>, host: &str) -> Now;

    /// Looks once more before something new is asked for; what it learns is for the ledger.
    ///
    /// # Errors
    /// The report that says why nothing is asked for.
    async fn before(
        &self,
        _access: &Access,
        _ledger: &Ledger,
        _new: &New,
    ) -> Result<Before, Box<CheckReport>> {
        Ok(Before::default())
    }

    /// Builds the request; nothing where it needs no body.
    ///
    /// # Errors
    /// Why it can not be built, for the operator.
    fn request(
        &self,
        new: &New,
        terms: &Result<Terms, Vec<Finding>>,
        owner: &str,
        at: Timestamp,
    ) -> Result<Option<Prepared>, String>;

    /// The texts of which a line must have one to be about it.
    fn wanted(&self, tracked: &Tracked, ledger: &Ledger) -> Vec<String>;

    /// What an event says about it.
    fn hear(&self, event: &Sighting, scene: &Scene) -> Heard;

    /// What the API says about it; nothing where nothing can be read.
    ///
    /// # Errors
    /// When the API can not be asked.
    async fn look(&self, access: &Access, scene: &Scene) -> Result<Option<Looked>, CallError>;

    /// Where it stands.
    fn stand(&self, scene: &Scene) -> Stand;

    /// What is read from the API, for the plan: `/payments/{id}`.
    fn reads(&self, of: &str) -> Vec<String>;
}

/// What was learned before something new is asked for.
#[derive(Debug, Default)]
pub struct Before {
    /// Facts about another intent, to be written down: its charge was given back elsewhere.
    pub facts: Vec<(crate::launch::money::IntentId, Fact)>,
}
