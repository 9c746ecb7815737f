//! Waits for what becomes of an intent: by the merchant's event log, by `golive listen` and by the
//! API, whichever comes first.
//!
//! Called by `play` for every part. The rules it keeps: what was seen is written down before it
//! counts; each run waits for a bounded time and ends at once when it is cancelled; a page that
//! somebody has to open is shown again by every run as long as it is open.

use std::time::{Duration, Instant};

use crate::checks::book::Book;
use crate::checks::rehearsal::Rules;
use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::deliveries::{Answers, Deliveries};
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{Fact, Kind, Looked, Part, Scene, Stand, Wait};
use crate::checks::rehearsal::sighting::Sighting;
use crate::checks::rehearsal::tail::Tail;
use crate::checks::{CheckContext, CheckReport, Finding, Level, Outcome, Progress};
use crate::events::received::Signature;
use crate::launch::money::{
    AnswerOutcome, IntentId, MoneyAnswer, Observation, Source, Stage, Tracked,
};
use crate::mintcash::call::{CallError, Trouble};
use crate::mintcash::error::Kind as ErrorKind;

/// One wait.
pub struct Follow<'a> {
    pub context: &'a CheckContext,
    pub rules: Rules,
    pub access: &'a Access,
    pub part: &'a dyn Part,
    /// Whether it only looks once: nothing may be sent, and nobody is to be kept waiting.
    pub once: bool,
}

/// What the wait has gathered beside the scene.
struct Gathered {
    scene: Scene,
    tail: Option<Tail>,
    deliveries: Deliveries,
    wrong: Vec<Finding>,
    trouble: Option<CallError>,
    shown: bool,
    unchecked: bool,
}

/// How long the run waits for what it awaits now.
struct Patience {
    kind: Kind,
    seen: usize,
    since: Instant,
}

impl Follow<'_> {
    /// Waits for the intent with that id.
    pub async fn run(&self, id: &IntentId) -> CheckReport {
        match self.wait(id).await {
            Ok(report) => report,
            Err(why) => CheckReport::unknown(why),
        }
    }

    async fn wait(&self, id: &IntentId) -> Result<CheckReport, String> {
        let mut at = self.gather(id).await?;
        let mut patience = Patience { kind: Kind::Days, seen: 0, since: Instant::now() };
        let mut next_look = Instant::now();
        let mut pause = self.rules.api_first;
        loop {
            let heard = self.hear(&mut at).await?;
            if heard || Instant::now() >= next_look {
                if let Some(report) = self.look(&mut at).await? {
                    return Ok(self.conclude(report, &at));
                }
                pause = if heard { self.rules.api_first } else { self.rules.longer(pause) };
                next_look = Instant::now() + pause;
            }
            if let Some(report) = self.broken(&at) {
                return Ok(self.conclude(report, &at));
            }
            let wait = match self.stand(&at) {
                Stand::End(report) => return Ok(self.conclude(report, &at)),
                Stand::Wait(wait) => wait,
            };
            self.show_page(&wait, &mut at);
            patience.look(&wait, &at.scene.tracked);
            let bound = if self.once { Duration::ZERO } else { self.rules.bound(wait.kind) };
            let waited = patience.since.elapsed();
            if waited >= bound {
                return Ok(self.conclude(self.gave_up(wait, &at), &at));
            }
            self.say_waiting(&wait, waited, bound);
            tokio::select! {
                () = self.context.cancel.cancelled() => return Ok(report::cancelled(&at.scene)),
                () = tokio::time::sleep(self.rules.tick) => {}
            }
        }
    }

    async fn gather(&self, id: &IntentId) -> Result<Gathered, String> {
        let ledger = self.context.book.ledger().await?;
        let tracked = ledger.intent(id).cloned().ok_or("the journal has no such request")?;
        let tail = Tail::new(self.context, &self.part.wanted(&tracked, &ledger))?;
        let scene = Scene {
            ledger,
            tracked,
            looked: None,
            same_since: Instant::now(),
            hears: false,
            reads: false,
            now: self.access.now(None),
            here: self.access.now(None),
            second_look: self.rules.second_look,
            delivers_for: self.rules.delivers_for,
        };
        Ok(Gathered {
            scene,
            tail: Some(tail),
            deliveries: Deliveries::default(),
            wrong: Vec::new(),
            trouble: None,
            shown: false,
            unchecked: false,
        })
    }

    /// Reads what has come in the files; whether something of it was about this intent.
    async fn hear(&self, at: &mut Gathered) -> Result<bool, String> {
        let Some(mut tail) = at.tail.take() else { return Ok(false) };
        let read = tokio::task::spawn_blocking(move || {
            let found = tail.poll();
            (tail, found)
        });
        let (tail, mut found) = read.await.map_err(|_| "reading the event log broke off")?;
        at.scene.hears = tail.is_told_where();
        at.scene.reads = tail.has_files();
        at.tail = Some(tail);
        // Deliveries come in any order; what they tell of has one.
        found.sort_by_key(|event| event.at);
        let mut heard = false;
        for event in found {
            heard |= self.take(&event, at).await?;
        }
        Ok(heard)
    }

    async fn take(&self, event: &Sighting, at: &mut Gathered) -> Result<bool, String> {
        let heard = self.part.hear(event, &at.scene);
        if !heard.own {
            return Ok(false);
        }
        if event.is_live() == Some(false) {
            report::add(&mut at.wrong, report::other_environment(event));
            return Ok(false);
        }
        at.deliveries.add(event, &heard);
        if event.record.as_ref().is_some_and(|record| record.is_test) {
            return Ok(false);
        }
        heard.wrong.into_iter().for_each(|finding| report::add(&mut at.wrong, finding));
        if let Some(id) = heard.id.filter(|_| at.scene.tracked.id().is_none()) {
            self.context.book.answered(told_by_event(&at.scene.tracked, id, event)).await?;
            self.refresh(at).await?;
        }
        let mut news = false;
        for fact in heard.facts {
            news |= self.observe(at, fact, event.source, event.id.as_deref()).await?;
        }
        at.unchecked |= news && event.signature == Some(Signature::Unchecked);
        Ok(news)
    }

    /// Asks the API; a report when that ends the wait.
    async fn look(&self, at: &mut Gathered) -> Result<Option<CheckReport>, String> {
        let asked = tokio::select! {
            () = self.context.cancel.cancelled() => return Ok(Some(report::cancelled(&at.scene))),
            asked = self.part.look(self.access, &at.scene) => asked,
        };
        match asked {
            Ok(None) => {}
            Ok(Some(looked)) => {
                at.trouble = None;
                self.saw(at, looked).await?;
            }
            Err(error) if passes(&error) => at.trouble = Some(error),
            Err(error) => return Ok(Some(report::no_read(&error, &at.scene, self.access))),
        }
        Ok(None)
    }

    async fn saw(&self, at: &mut Gathered, looked: Looked) -> Result<(), String> {
        if at.scene.state() != looked.state {
            at.scene.same_since = Instant::now();
            self.say(&looked.call.what, &format!("{} is {}", self.thing(), looked.state));
        }
        at.scene.now = self.access.now(Some(&looked.call));
        at.scene.here = self.access.now(None);
        looked.wrong.iter().cloned().for_each(|finding| report::add(&mut at.wrong, finding));
        let facts = looked.facts.clone();
        at.scene.looked = Some(looked);
        for fact in facts {
            self.observe(at, fact, Source::Api, None).await?;
        }
        Ok(())
    }

    /// Writes a fact down where it is new, and says by which way it came.
    async fn observe(
        &self,
        at: &mut Gathered,
        fact: Fact,
        source: Source,
        event_id: Option<&str>,
    ) -> Result<bool, String> {
        if at.scene.tracked.knows(&fact.fact) {
            return Ok(false);
        }
        let seen = observation(&at.scene.tracked.intent.id, fact, source, event_id);
        let (says, by) = (seen.fact.sentence(), seen.source.words());
        self.context.book.observed(seen).await?;
        self.refresh(at).await?;
        self.say(&says, &format!("seen by {by}"));
        Ok(true)
    }

    async fn refresh(&self, at: &mut Gathered) -> Result<(), String> {
        let ledger = self.context.book.ledger().await?;
        let id = &at.scene.tracked.intent.id;
        at.scene.tracked = ledger.intent(id).cloned().ok_or("the journal has lost the request")?;
        at.scene.ledger = ledger;
        Ok(())
    }

    /// What is so wrong that waiting does not help.
    fn broken(&self, at: &Gathered) -> Option<CheckReport> {
        let worst = at.wrong.iter().find(|finding| finding.level == Level::Blocking);
        let worst = worst.map(|worst| CheckReport::new(Outcome::Fail, worst.message.clone()));
        worst.or_else(|| at.deliveries.of_the_sandbox())
    }

    /// Where the part stands, by the deliveries of its events as well.
    fn stand(&self, at: &Gathered) -> Stand {
        match self.part.stand(&at.scene) {
            Stand::End(report) if report.outcome == Outcome::Pass => {
                let nothing = Answers::new();
                let answers = at.tail.as_ref().map_or(&nothing, |tail| &tail.answers);
                let doubt = at.deliveries.doubt(&at.scene, answers);
                doubt.unwrap_or(Stand::End(report))
            }
            other => other,
        }
    }

    /// What is said when the run ends without what it awaited.
    fn gave_up(&self, wait: Wait, at: &Gathered) -> CheckReport {
        match &at.trouble {
            Some(error) if at.scene.looked.is_none() => {
                let mut report = self.access.explain(error);
                if report.outcome == Outcome::Fail {
                    report.outcome = Outcome::Unknown;
                }
                report.findings.extend(wait.report.findings);
                report
            }
            _ => wait.report,
        }
    }

    fn conclude(&self, mut report: CheckReport, at: &Gathered) -> CheckReport {
        for finding in &at.wrong {
            report::add(&mut report.findings, finding.clone());
        }
        if at.unchecked {
            report::add(&mut report.findings, report::unchecked());
        }
        if at.scene.hears && !at.scene.reads {
            report::add(&mut report.findings, report::no_files());
        }
        for unread in at.tail.iter().flat_map(|tail| &tail.unread) {
            report::add(&mut report.findings, report::unread(unread));
        }
        report.findings.extend(self.access.elsewhere());
        report::facts(report, &at.scene, self.access)
    }

    /// Shows the page on which the card is typed, once in a run.
    fn show_page(&self, wait: &Wait, at: &mut Gathered) {
        let page = at.scene.tracked.page().filter(|_| wait.kind == Kind::Page && !at.shown);
        let Some(url) = page.and_then(report::page) else { return };
        at.shown = true;
        let about = format!("pay {} here", at.scene.tracked.intent.spend.price());
        self.context.progress.say(Progress::Page { about, url });
    }

    fn say(&self, name: &str, says: &str) {
        self.context.progress.say(Progress::Probe {
            name: name.to_owned(),
            says: says.to_owned(),
            good: None,
            took: self.access.took(),
        });
    }

    fn say_waiting(&self, wait: &Wait, waited: Duration, bound: Duration) {
        self.context.progress.say(Progress::Work {
            doing: format!("waiting for {}", wait.what),
            done: waited.as_secs(),
            of: Some(bound.as_secs()),
            unit: "s",
        });
    }

    fn thing(&self) -> &'static str {
        report::thing(self.part.act())
    }
}

impl Patience {
    /// Begins anew when something else is awaited or something was seen.
    fn look(&mut self, wait: &Wait, tracked: &Tracked) {
        if self.kind != wait.kind || self.seen != tracked.seen.len() {
            *self = Self { kind: wait.kind, seen: tracked.seen.len(), since: Instant::now() };
        }
    }
}

/// Writes facts about an intent down, as the API told them.
///
/// # Errors
/// Why they could not be written, for the operator.
pub async fn note(book: &Book, intent: &IntentId, fact: Fact) -> Result<(), String> {
    book.observed(observation(intent, fact, Source::Api, None)).await
}

fn observation(
    intent: &IntentId,
    fact: Fact,
    source: Source,
    event_id: Option<&str>,
) -> Observation {
    Observation {
        intent: intent.clone(),
        fact: fact.fact,
        source,
        event_id: event_id.map(|id| crate::text::visible(id, 120)),
        payment: fact.payment,
        at: fact.at,
    }
}

/// An event with our `externalId` proves that the request arrived, whatever became of its answer.
fn told_by_event(tracked: &Tracked, id: String, event: &Sighting) -> MoneyAnswer {
    MoneyAnswer {
        intent: tracked.intent.id.clone(),
        run: None,
        outcome: AnswerOutcome::Made,
        id: Some(id),
        page: None,
        request_ids: Vec::new(),
        says: format!("told by {}", crate::text::visible(&event.name, 60)),
    }
}

/// Whether the same question may be answered later.
fn passes(error: &CallError) -> bool {
    match &error.trouble {
        Trouble::Api(said) => matches!(
            said.kind,
            ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::Unclear
        ),
        Trouble::Lookup(_)
        | Trouble::Refused
        | Trouble::ConnectTimeout
        | Trouble::Unreachable(_)
        | Trouble::Timeout
        | Trouble::Broken(_)
        | Trouble::Strange(_) => true,
        _ => false,
    }
}

/// Whether an intent is at a place where there is something to follow.
#[must_use]
pub fn is_on_its_way(tracked: &Tracked) -> bool {
    matches!(tracked.stage(), Stage::Made | Stage::Done)
}
