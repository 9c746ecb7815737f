//! The dress rehearsal: one real charge, its refund, one subscription, its cancellation.
//!
//! ```text
//! play ─ what is to be done, confirmed, journal, send ─┐
//! charge, refund, subscription, cancel ─ each part ────┼─ LiveCheck
//! follow ─ waits by log, listener and API ─────────────┘
//! ```
//!
//! Called like every check. The rule that all of it keeps: never a charge that nobody confirmed,
//! never two for one intent, whatever breaks in between: the book of the journal (`checks::book`)
//! has each request before it is sent, and only the same bytes are ever sent again.

mod access;
mod cancel;
mod charge;
mod charges;
mod deliveries;
mod follow;
mod play;
mod refund;
mod refunded;
mod report;
mod scene;
mod send;
mod sighting;
mod subscription;
mod tail;
mod terms;

use std::time::Duration;

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};

use crate::checks::generic::arguments;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::mintcash::retry::RetryRules;
use crate::runbook::model::InputName;
use access::Args;
use play::Play;
use scene::{Kind, Part};

/// How long the rehearsal waits, and how often it asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How a request is sent again.
    pub retry: RetryRules,
    /// How often the files of events are looked at.
    pub tick: Duration,
    /// The first pause between two reads of the API; each further one is half as long again.
    pub api_first: Duration,
    /// The longest pause between two reads.
    pub api_most: Duration,
    /// How long one run waits for somebody to pay.
    pub page: Duration,
    /// How long one run waits for MintCash to finish.
    pub state: Duration,
    /// How long one run waits for an event of what has happened.
    pub event: Duration,
    /// How long a state that may pass is looked at before it is believed (C16).
    pub second_look: Duration,
    /// How long an answer that is on its way is waited for when the run is cancelled.
    pub grace: Duration,
    /// For how long MintCash delivers an event again (mintcash-contract.md section 9).
    pub delivers_for: Duration,
}

impl Rules {
    /// The rules against production. A run ends before others take it for broken off.
    pub const PRODUCTION: Self = Self {
        retry: RetryRules::PRODUCTION,
        tick: Duration::from_secs(1),
        api_first: Duration::from_secs(2),
        api_most: Duration::from_secs(20),
        page: Duration::from_secs(6 * 60),
        state: Duration::from_secs(3 * 60),
        event: Duration::from_secs(3 * 60),
        second_look: Duration::from_secs(30),
        grace: Duration::from_secs(2),
        delivers_for: Duration::from_secs(24 * 3_600),
    };

    /// The same in the demo, whose MintCash is on this machine and delivers at once: what has not
    /// come after seconds does not come.
    fn at_demo(self) -> Self {
        let (state, event) = (Duration::from_secs(20), Duration::from_secs(8));
        let second_look = Duration::from_secs(3);
        Self {
            api_most: self.api_most.min(Duration::from_secs(3)),
            state: self.state.min(state),
            event: self.event.min(event),
            second_look: self.second_look.min(second_look),
            ..self
        }
    }

    fn bound(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Page => self.page,
            Kind::State => self.state,
            Kind::Event => self.event,
            Kind::Days => Duration::ZERO,
        }
    }

    fn longer(&self, pause: Duration) -> Duration {
        pause.mul_f64(1.5).min(self.api_most)
    }
}

/// A check of the rehearsal: a part, and what may follow once it is done.
pub struct LiveCheck {
    name: &'static str,
    about: &'static str,
    part: &'static dyn Part,
    then: Option<&'static dyn Part>,
    rules: Rules,
}

impl LiveCheck {
    /// `live-charge`.
    #[must_use]
    pub const fn charge(rules: Rules) -> Self {
        Self {
            name: "live-charge",
            about: "makes one real charge, shows the page to pay it, and waits for \
                    payment.succeeded by event log, listener and API",
            part: &charge::ChargePart,
            then: None,
            rules,
        }
    }

    /// `live-refund`.
    #[must_use]
    pub const fn refund(rules: Rules) -> Self {
        Self {
            name: "live-refund",
            about: "refunds the rehearsal's charge, waits for payment.refunded and compares the \
                    amounts of answer, payment and event",
            part: &refund::RefundPart { of: refund::Of::Charge },
            then: None,
            rules,
        }
    }

    /// `live-subscription`.
    #[must_use]
    pub const fn subscription(rules: Rules) -> Self {
        Self {
            name: "live-subscription",
            about: "starts one real subscription, waits for its first success and, for days and \
                    over restarts, for its renewal",
            part: &subscription::SubscriptionPart,
            then: None,
            rules,
        }
    }

    /// `live-cancel`.
    #[must_use]
    pub const fn cancel(rules: Rules) -> Self {
        Self {
            name: "live-cancel",
            about: "cancels the rehearsal's subscription, waits for subscription.cancelled, and \
                    refunds its charges where MintCash has told their ids",
            part: &cancel::CancelPart,
            then: Some(&refund::RefundPart { of: refund::Of::Subscription }),
            rules,
        }
    }

    fn play<'a>(&'a self, context: &'a CheckContext, part: &'a dyn Part) -> Play<'a> {
        let rules = if context.demo.is_some() { self.rules.at_demo() } else { self.rules };
        Play { context, rules, part }
    }

    /// What follows once the part is done: it decides nothing about it unless it goes wrong.
    async fn then(&self, context: &CheckContext, done: CheckReport) -> CheckReport {
        let Some(part) = self.then.filter(|_| done.outcome == Outcome::Pass) else { return done };
        let play = self.play(context, part);
        let Ok(ledger) = context.book.ledger().await else { return done };
        let confirmed = match context.book.confirmed(part.act()).await {
            Ok(confirmed) => confirmed.is_some(),
            Err(_) => return done,
        };
        let mut report = done;
        if confirmed || play.is_under_way(&ledger) {
            let after = play.run().await;
            report = beside(report, after);
        }
        match context.book.ledger().await {
            Ok(ledger) => cancel::what_is_left(report, &ledger),
            Err(_) => report,
        }
    }
}

/// Adds what came of a second part.
fn beside(mut report: CheckReport, after: CheckReport) -> CheckReport {
    if after.outcome != Outcome::Pass {
        report.outcome = after.outcome;
        report.summary = after.summary;
    } else {
        report.findings.push(Finding::new(Level::Info, after.summary));
    }
    report.findings.extend(after.findings);
    report.evidence.insert("refund".to_owned(), Value::Object(after.evidence));
    report.facts.extend(after.facts);
    report
}

#[async_trait]
impl Check for LiveCheck {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn effect(&self) -> Effect {
        Effect::Money
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let own = ["live_public_key", "live_secret_key", "api_url", "event_log"];
        own.into_iter().chain(self.part.inputs().iter().copied()).map(InputName::from).collect()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let mut planned = self.play(context, self.part).plan().await;
        if let Some(then) = self.then {
            planned.extend(self.play(context, then).plan().await);
        }
        planned
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let done = self.play(context, self.part).run().await;
        self.then(context, done).await
    }
}
