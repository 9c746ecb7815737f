//! Plays one part of the rehearsal: what is to be done, whether it was confirmed, the request, the
//! wait.
//!
//! ```text
//! ledger ─> new? ──confirmed?──> journal ─> send ─> journal ─┐
//!        ─> may have been sent? ──confirmed?──> send again ──┼─> follow ─> report
//!        ─> on its way, or done ─────────────────────────────┘
//! ```
//!
//! Called by the four checks. The rules it keeps: without a confirmation of exactly this nothing is
//! sent; a request of an earlier run goes out again only to the same host under the same key, and
//! only if it asks for what was confirmed then, within the cap of now.

use std::sync::Arc;
use std::time::Instant;

use ulid::Ulid;
use uuid::Uuid;

use crate::checks::credentials::api_key::place::Place;
use crate::checks::logs::{self, EVENTS};
use crate::checks::rehearsal::Rules;
use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::follow::{Follow, is_on_its_way, note};
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{New, Now, Part};
use crate::checks::rehearsal::send::{Sent, send};
use crate::checks::rehearsal::terms::{Price, Terms};
use crate::checks::{CheckContext, CheckReport, Effect, Finding, Outcome, Planned, Progress};
use crate::launch::money::{Act, AnswerOutcome, Caps, Intent, IntentId, Ledger, Spend, Tracked};
use crate::mintcash::envelope::Environment;
use crate::mintcash::money::Minor;
use crate::text::{Untrusted, visible};
use crate::time::Timestamp;

/// One part, played in one context.
pub struct Play<'a> {
    pub context: &'a CheckContext,
    pub rules: Rules,
    pub part: &'a dyn Part,
}

impl Play<'_> {
    /// Lists what a run would do.
    pub async fn plan(&self) -> Vec<Planned> {
        let Ok(place) = Place::of(self.context, Environment::Live) else { return Vec::new() };
        let Ok(ledger) = self.context.book.ledger().await else { return Vec::new() };
        let terms = Terms::of(self.context);
        let base = place.target.url.as_str().trim_end_matches('/');
        let call = |effect, what: String, path: &str, spend| Planned {
            effect,
            what,
            target: Untrusted::new(format!("{base}{path}")).line(300),
            arms: place.arms(),
            spend,
        };
        let reads = |of: &str| {
            let what = "GET its state, again and again while the run waits";
            let paths = self.part.reads(of).into_iter();
            let reads = paths.map(|path| call(Effect::Reads, what.to_owned(), &path, None));
            reads.collect::<Vec<_>>()
        };
        let act = self.part.act().word();
        let tries = self.rules.retry.tries;
        let (spend, of) = match self.part.now(&ledger, &terms, &place.host()) {
            Now::Nothing(_) => return Vec::new(),
            Now::New(new) => (Some(new.spend), new.of),
            Now::Again(tracked) => (Some(again(&tracked.intent.spend)), tracked.intent.of),
            Now::Follow(tracked) => {
                let own = tracked.intent.of.clone().or(tracked.id().map(str::to_owned));
                (None, own)
            }
        };
        let of = of.unwrap_or_else(|| "{id}".to_owned());
        let asks = spend.map(|spend| {
            let more = if spend.again { "the same request once more" } else { "a new request" };
            let method = if spend.act == Act::Cancel { "DELETE" } else { "POST" };
            let what = format!("{method}: {act}, {more} (the same bytes up to {tries} times)");
            call(Effect::Money, what, &self.path(&of), Some(spend))
        });
        let mut planned: Vec<Planned> = asks.into_iter().chain(reads(&of)).collect();
        planned.extend(self.files());
        planned
    }

    fn path(&self, of: &str) -> String {
        match self.part.act() {
            Act::Charge => "/payments".to_owned(),
            Act::Subscribe => "/subscriptions".to_owned(),
            Act::Refund => format!("/payments/{of}/refund"),
            Act::Cancel => format!("/subscriptions/{of}"),
        }
    }

    fn files(&self) -> Vec<Planned> {
        let read = |target: String| Planned {
            effect: Effect::Reads,
            what: "look for its events".to_owned(),
            target: Untrusted::new(target).line(300),
            arms: None,
            spend: None,
        };
        let globs = logs::globs(&self.context.inputs, &[EVENTS]);
        let globs = globs.into_iter().map(|(_, glob)| glob);
        let received = self.context.book.received().map(|path| path.display().to_string());
        globs.chain(received).map(read).collect()
    }

    /// Whether something of it is on its way, or done, so that there is something to follow.
    pub fn is_under_way(&self, ledger: &Ledger) -> bool {
        let Ok(place) = Place::of(self.context, Environment::Live) else { return false };
        let terms = Terms::of(self.context);
        matches!(self.part.now(ledger, &terms, &place.host()), Now::Again(_) | Now::Follow(_))
    }

    /// Plays it.
    pub async fn run(&self) -> CheckReport {
        match self.play().await {
            Ok(report) => report,
            Err(Broke::Said(report)) => *report,
            Err(Broke::Why(why)) => CheckReport::unknown(why),
            Err(Broke::Cancelled) => CheckReport::unknown(
                "Cancelled. What was on its way stays in the journal; verify again to go on.",
            ),
        }
    }

    async fn play(&self) -> Result<CheckReport, Broke> {
        let access = tokio::select! {
            () = self.context.cancel.cancelled() => return Err(Broke::Cancelled),
            access = Access::of(self.context, self.rules.retry) => access.map_err(Broke::Said)?,
        };
        let access = Arc::new(access);
        let ledger = self.ledger().await?;
        let terms = Terms::of(self.context);
        let follow = |once| Follow {
            context: self.context,
            rules: self.rules,
            access: &access,
            part: self.part,
            once,
        };
        match self.part.now(&ledger, &terms, &access.host) {
            Now::Nothing(report) => Ok(*report),
            Now::Follow(tracked) => Ok(follow(false).run(&tracked.intent.id).await),
            Now::New(new) => {
                let id = self.ask(&access, &ledger, &new).await?;
                Ok(follow(false).run(&id).await)
            }
            Now::Again(tracked) => {
                let id = &tracked.intent.id;
                let spend = again(&tracked.intent.spend);
                if self.confirmed(&spend).await?.is_none() {
                    // An event or a read may tell what became of it without sending anything.
                    let report = follow(true).run(id).await;
                    let known = self.ledger().await?.intent(id).is_some_and(is_on_its_way);
                    let told = known || report.outcome == Outcome::Fail;
                    return Ok(if told { report } else { report::unconfirmed(&spend) });
                }
                self.again(&access, &tracked).await?;
                Ok(follow(false).run(id).await)
            }
        }
    }

    async fn ledger(&self) -> Result<Ledger, Broke> {
        self.context.book.ledger().await.map_err(Broke::Why)
    }

    /// The owner of the card and the like, where exactly this was typed for this run.
    async fn confirmed(&self, spend: &Spend) -> Result<Option<String>, Broke> {
        let typed = self.context.book.confirmed(spend.act).await.map_err(Broke::Why)?;
        let typed = typed.filter(|typed| typed.spend == *spend);
        Ok(typed.map(|typed| typed.card_owner.unwrap_or_default()))
    }

    /// Asks for something new: written down, sent, answered.
    async fn ask(
        &self,
        access: &Arc<Access>,
        ledger: &Ledger,
        new: &New,
    ) -> Result<IntentId, Broke> {
        let Some(owner) = self.confirmed(&new.spend).await? else {
            return Err(report::unconfirmed(&new.spend).into());
        };
        let before = self.part.before(access, ledger, new).await.map_err(Broke::Said)?;
        let changes = !before.facts.is_empty();
        for (intent, fact) in before.facts {
            note(&self.context.book, &intent, fact).await.map_err(Broke::Why)?;
        }
        if changes {
            return Err(Broke::Why(
                "Nothing was sent: what is left has changed outside of this launch. Verify again."
                    .to_owned(),
            ));
        }
        let caps = self.caps(new.spend.act)?;
        let terms = Terms::of(self.context);
        let at = self.context.now;
        let request = self.part.request(new, &terms, &owner, at).map_err(Broke::Why)?;
        let run = self.context.book.run().cloned();
        let (Some(step), Some(run)) = (self.context.step.clone(), run) else {
            return Err(Broke::Why("Nothing was sent: this is no run of a step.".to_owned()));
        };
        let intent = Intent {
            id: fresh(at),
            step,
            run,
            spend: new.spend.clone(),
            of: new.of.clone(),
            key: Some(access.key.clone()).filter(|key| !key.is_empty()),
            request,
        };
        if self.context.cancel.is_cancelled() {
            return Err(Broke::Cancelled);
        }
        let book = &self.context.book;
        let written = book.prepare(intent.clone(), caps).await;
        written.map_err(|why| Broke::Why(format!("Nothing was sent: {why}")))?;
        self.deliver(access, &intent, false).await?;
        Ok(intent.id)
    }

    /// The most that may be charged. What gives back or ends is held against no cap, so that a
    /// wrong input does not stand in its way.
    fn caps(&self, act: Act) -> Result<Caps, Broke> {
        let wrong = |wrong: Vec<Finding>| Broke::from(report::terms(&wrong));
        match act.takes() {
            true => Ok(Price::of(self.context).map_err(wrong)?.caps),
            false => Ok(Caps { charge: Minor(0), launch: Minor(0) }),
        }
    }

    /// What speaks against sending an intent of the journal, which may come from another machine.
    fn against(&self, intent: &Intent, ledger: &Ledger) -> Result<Option<String>, Broke> {
        if let Some(why) = intent.mismatch() {
            return Ok(Some(format!("is not what was confirmed: {why}")));
        }
        if !ledger.is_confirmed(intent) {
            return Ok(Some("was confirmed by nobody in the run that wrote it".to_owned()));
        }
        let (act, amount) = (intent.spend.act, intent.spend.amount);
        if !act.takes() {
            return Ok(None);
        }
        let caps = Price::caps(self.context);
        let caps = caps.map_err(|wrong| Broke::from(report::terms(&wrong)))?;
        Ok((amount > caps.charge).then(|| {
            let price = visible(&intent.spend.price(), 40);
            format!("charges {price}, more than charge_cap allows ({})", caps.charge)
        }))
    }

    /// Sends the request of an earlier run once more.
    async fn again(&self, access: &Arc<Access>, tracked: &Tracked) -> Result<(), Broke> {
        let intent = &tracked.intent;
        if intent.spend.host != access.host {
            return Err(report::other_host(tracked, &access.host).into());
        }
        if intent.key.as_ref().is_some_and(|key| *key != access.key) {
            return Err(report::other_keys(tracked).into());
        }
        if let Some(why) = self.against(intent, &self.ledger().await?)? {
            return Err(report::says(
                Outcome::Fail,
                format!("The request in the journal {why}."),
                "It is not sent. Look at who wrote this journal, and when: `golive log`.",
            )
            .into());
        }
        self.deliver(access, intent, true).await
    }

    /// Sends an intent's bytes. What comes back is written down even when this run is cancelled
    /// meanwhile, or replaced by another: the task that sends outlives it.
    async fn deliver(
        &self,
        access: &Arc<Access>,
        intent: &Intent,
        again: bool,
    ) -> Result<(), Broke> {
        let began = Instant::now();
        let (way, book, bytes) = (Arc::clone(access), self.context.book.clone(), intent.clone());
        let mut sending = tokio::spawn(async move { send(&way, &book, &bytes, again).await });
        let cancelled = async {
            self.context.cancel.cancelled().await;
            tokio::time::sleep(self.rules.grace).await;
        };
        let sent = tokio::select! {
            biased;
            sent = &mut sending => sent,
            () = cancelled => return Err(Broke::Cancelled),
        };
        let sent = sent.map_err(|_| Broke::Why("sending it broke off".to_owned()))?;
        let sent = sent.map_err(Broke::Why)?;
        self.context.progress.say(Progress::Probe {
            name: sent.call.what.clone(),
            says: sent.says(),
            good: Some(sent.outcome == AnswerOutcome::Made),
            took: began.elapsed(),
        });
        let ledger = self.ledger().await?;
        let Some(tracked) = ledger.intent(&intent.id) else { return Ok(()) };
        match report::not_made(&sent, tracked, access) {
            Some(said) => Err(self.with_evidence(said, &sent, tracked, access).into()),
            None => Ok(()),
        }
    }

    fn with_evidence(
        &self,
        report: CheckReport,
        sent: &Sent,
        tracked: &Tracked,
        access: &Access,
    ) -> CheckReport {
        let request = tracked.intent.request.as_ref();
        let external_id = request.map(|it| it.expected().external_id.0.clone());
        let mut report = report
            .evidence("call", sent.call.evidence(self.context.now))
            .evidence("host", access.host.clone());
        report.findings.extend(access.elsewhere());
        match external_id {
            Some(id) => report.evidence("external_id", visible(&id, 120)),
            None => report,
        }
    }
}

/// Why the part ended early.
enum Broke {
    Said(Box<CheckReport>),
    Why(String),
    Cancelled,
}

impl From<CheckReport> for Broke {
    fn from(report: CheckReport) -> Self {
        Self::Said(Box::new(report))
    }
}

fn again(spend: &Spend) -> Spend {
    Spend { again: true, ..spend.clone() }
}

fn fresh(at: Timestamp) -> IntentId {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    IntentId(Ulid::from_parts(millis, Uuid::new_v4().as_u128()).to_string())
}
