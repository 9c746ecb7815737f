//! The rounds of one thing: again, with another body, at once.
//!
//! Called by the check for each subject. A request that comes to nothing is sent again with the same
//! bytes and nothing else, so that trouble on the way is not taken for an answer.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::AT_ONCE;
use super::subject::{Answer, Subject};
use crate::checks::{CheckContext, CheckReport, Finding, Level, Outcome, Progress};
use crate::mintcash::client::Client;
use crate::mintcash::prepared::{ExternalId, Prepared, Purpose};
use crate::mintcash::retry::RetryRules;

/// Everything that was created, so that it is named whatever happens.
#[derive(Debug, Default)]
pub(super) struct Made(Mutex<Vec<(String, Value)>>);

impl Made {
    fn note(&self, subject: &Subject, id: &ExternalId, answer: &Answer) {
        let page = match answer {
            Answer::Thing(_, page) => page.clone(),
            _ => None,
        };
        let Some(created) = answer.id() else { return };
        let Ok(mut all) = self.0.lock() else { return };
        if all.iter().any(|(known, _)| known == created) {
            return;
        }
        let entry = json!({
            "what": word(subject.purpose),
            "id": created,
            "externalId": id.0,
            "page": page,
        });
        all.push((created.to_owned(), entry));
    }

    /// The report with what was created as evidence.
    pub fn into_evidence(self, report: CheckReport) -> CheckReport {
        let all = self.0.into_inner().unwrap_or_default();
        if all.is_empty() {
            return report;
        }
        let entries: Vec<Value> = all.into_iter().map(|(_, entry)| entry).collect();
        report.evidence("created_in_the_sandbox", entries)
    }
}

/// What is created, in one word.
pub(super) fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Payment => "payment",
        Purpose::Subscription => "subscription",
        Purpose::Refund => "refund",
    }
}

/// What came of one thing.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Of what.
    pub purpose: Purpose,
    /// How it ended.
    pub outcome: Outcome,
    /// In one clause.
    pub says: String,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was answered, by round.
    pub evidence: Vec<(&'static str, Value)>,
}

impl Part {
    fn new(purpose: Purpose) -> Self {
        let says = String::new();
        Self { purpose, outcome: Outcome::Pass, says, findings: Vec::new(), evidence: Vec::new() }
    }

    /// One that was not tried, and what to do about it.
    pub fn untried(purpose: Purpose, why: &str, hint: String) -> Self {
        let mut part = Self::new(purpose);
        let message = format!("A {} was not tried: {why}.", word(purpose));
        part.unknown(format!("{}s were not tried: {why}", word(purpose)));
        part.findings.push(Finding::new(Level::Advisory, message).hint(hint));
        part
    }

    fn unknown(&mut self, says: String) {
        if self.outcome == Outcome::Pass {
            self.outcome = Outcome::Unknown;
            self.says = says;
        }
    }

    fn fail(&mut self, says: String, means: &str, hint: &str) {
        let message = format!("{}. {means}", capital(&says));
        self.findings.push(Finding::new(Level::Blocking, message).hint(hint));
        if self.outcome != Outcome::Fail {
            self.outcome = Outcome::Fail;
            self.says = says;
        }
    }

    fn warn(&mut self, message: String, hint: &str) {
        self.findings.push(Finding::new(Level::Advisory, message).hint(hint));
    }

    fn keep(&mut self, round: &'static str, answers: &[String]) {
        self.evidence.push((round, json!(answers)));
    }
}

/// The rounds of one subject.
pub(super) struct Rounds<'a> {
    pub client: &'a Client,
    pub subject: &'a Subject,
    pub context: &'a CheckContext,
    pub made: &'a Made,
    pub retry: RetryRules,
}

const ASK: &str = "Ask your account manager, with the ids in the evidence. Until it is explained, \
                   never send a create request twice without looking what the first one did.";

impl Rounds<'_> {
    /// All rounds.
    pub async fn all(&self) -> Part {
        let mut part = Part::new(self.subject.purpose);
        let id = ExternalId::fresh(self.subject.purpose, self.context.now);
        let burst = ExternalId::fresh(self.subject.purpose, self.context.now);
        let prepare = |id, other| self.subject.prepare(id, other);
        let (body, other, same) =
            match (prepare(&id, false), prepare(&id, true), prepare(&burst, false)) {
                (Ok(body), Ok(other), Ok(same)) => (body, other, same),
                (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                    part.unknown(format!("it could not be asked for: {}", error.trouble.says()));
                    return part;
                }
            };
        let Some(first) = self.first(&mut part, &body).await else { return part };
        self.again(&mut part, &body, &first, "the same body again").await;
        self.other(&mut part, &other, &first).await;
        self.again(&mut part, &body, &first, "the first body after that").await;
        self.at_once(&mut part, &same).await;
        if part.outcome == Outcome::Pass {
            let what = word(self.subject.purpose);
            part.says = format!(
                "{what}s: the same body came to the same {what}, another body was refused, and \
                 {AT_ONCE} identical requests at once came to one {what}"
            );
        }
        part
    }

    fn what(&self) -> &'static str {
        word(self.subject.purpose)
    }

    fn say(&self, round: &str, says: String, good: Option<bool>, took: Duration) {
        let name = format!("{}: {round}", self.what());
        self.context.progress.say(Progress::Probe { name, says, good, took });
    }

    /// Sends once; the client sends again what may pass.
    async fn send(&self, prepared: &Prepared) -> Answer {
        let (answer, _) = self.subject.send(self.client, prepared).await;
        self.made.note(self.subject, &prepared.expected().external_id, &answer);
        answer
    }

    /// Sends, and again with the same bytes while a refund is said to be under way.
    async fn settled(&self, prepared: &Prepared) -> Answer {
        let mut tried = 1;
        loop {
            let answer = self.send(prepared).await;
            let pause = self.retry.pause(tried, None);
            match (&answer, pause) {
                (Answer::Conflict(_), Some(pause)) => tokio::time::sleep(pause).await,
                _ => return answer,
            }
            tried += 1;
        }
    }

    async fn first(&self, part: &mut Part, body: &Prepared) -> Option<String> {
        let begin = Instant::now();
        let answer = self.settled(body).await;
        part.keep("first", &[answer.says()]);
        let what = self.what();
        let good = matches!(answer, Answer::Thing(..));
        self.say("made", answer.says(), Some(good), begin.elapsed());
        if let Answer::Thing(id, _) = answer {
            return Some(id);
        }
        part.unknown(format!("no {what} could be made: {}", answer.says()));
        let hint = match self.subject.purpose {
            Purpose::Refund => {
                "Name a payment of the sandbox that has succeeded and has something left, and that \
                 has no other refund under way."
            }
            _ => "Look at the answer; `credentials.live-keys` tells whether the sandbox keys work.",
        };
        part.warn(format!("No {what} could be made: {}.", answer.says()), hint);
        None
    }

    /// The same body comes to the same thing.
    async fn again(&self, part: &mut Part, body: &Prepared, first: &str, round: &'static str) {
        let begin = Instant::now();
        let answer = self.settled(body).await;
        part.keep(round, &[answer.says()]);
        let what = self.what();
        let good = answer.id() == Some(first);
        self.say(round, answer.says(), Some(good), begin.elapsed());
        match answer {
            Answer::Thing(id, _) | Answer::Other(id, _) if id == first => {}
            Answer::Thing(id, _) | Answer::Other(id, _) => part.fail(
                format!("{round} made a second {what}: {first}, then {id}"),
                "A request that is sent again after a lost answer charges twice.",
                ASK,
            ),
            // A refund may still be under way; its own id says nothing then.
            Answer::Conflict(says) if self.subject.purpose == Purpose::Refund => {
                part.unknown(format!("{round} was refused while a refund is under way: {says}"));
            }
            Answer::Mismatch(says) | Answer::Conflict(says) | Answer::Refused(says) => part.fail(
                format!("{round} was refused: {says}"),
                "Whoever asks again after a lost answer never learns what became of the first.",
                ASK,
            ),
            Answer::Nothing(says) => part.unknown(format!("{round} came to nothing: {says}")),
        }
    }

    /// Another body under the same id is refused.
    async fn other(&self, part: &mut Part, other: &Prepared, first: &str) {
        let begin = Instant::now();
        let round = "another body under the same externalId";
        let answer = self.send(other).await;
        part.keep(round, &[answer.says()]);
        let what = self.what();
        let good = matches!(answer, Answer::Mismatch(_));
        self.say(round, answer.says(), Some(good), begin.elapsed());
        match answer {
            Answer::Mismatch(_) => {}
            Answer::Conflict(says) if self.subject.purpose == Purpose::Refund => {
                part.unknown(format!("{round} was refused with {says}, which may also mean that a refund is under way"));
            }
            Answer::Conflict(says) => part.warn(
                format!(
                    "{} was refused with {says}; the documented code is already_exists.",
                    capital(round)
                ),
                "Let your code decide on the status 409 here.",
            ),
            Answer::Thing(id, _) | Answer::Other(id, _) if id == first => part.fail(
                format!("{round} was answered with the first {what}, {id}"),
                "A shop that uses an id twice takes the wrong amount for paid.",
                ASK,
            ),
            Answer::Thing(id, _) | Answer::Other(id, _) => part.fail(
                format!("{round} made a second {what}: {first}, then {id}"),
                "One order can be charged twice, with two amounts.",
                ASK,
            ),
            Answer::Refused(says) => part.unknown(format!(
                "{round} was refused with {says}, not with the documented 409 already_exists"
            )),
            Answer::Nothing(says) => part.unknown(format!("{round} came to nothing: {says}")),
        }
    }

    /// Identical requests at once come to one thing.
    async fn at_once(&self, part: &mut Part, body: &Prepared) {
        let begin = Instant::now();
        let what = self.what();
        let mut answers = join_all((0..AT_ONCE).map(|_| self.send(body))).await;
        let said: Vec<String> = answers.iter().map(Answer::says).collect();
        part.keep("ten at once", &said);
        let refused: Vec<String> =
            answers.iter().filter(|it| it.id().is_none()).map(Answer::says).collect();
        // Once more with the same bytes, when nothing is under way any more.
        let last = self.settled(body).await;
        part.keep("once more", &[last.says()]);
        answers.push(last.clone());
        let ids: BTreeSet<&str> = answers.iter().filter_map(Answer::id).collect();
        let good = ids.len() == 1 && last.id().is_some();
        let says = format!("{} {what}s, {} refused", ids.len(), refused.len());
        self.say("ten at once", says, Some(good), begin.elapsed());
        if ids.len() > 1 {
            let listed: Vec<&str> = ids.into_iter().collect();
            part.fail(
                format!(
                    "{AT_ONCE} identical requests at once made {} {what}s: {}",
                    listed.len(),
                    listed.join(", ")
                ),
                "Two workers, or a customer who clicks twice, can charge twice.",
                "Let only one request for an order be under way: lock the order, or keep a unique \
                 key of it in your database. Ask your account manager, with the ids.",
            );
            return;
        }
        match last {
            Answer::Thing(..) | Answer::Other(..) => {}
            Answer::Mismatch(says) | Answer::Refused(says) => {
                part.fail(
                    format!("after {AT_ONCE} identical requests at once, the same body was refused: {says}"),
                    "Whoever asks again never learns what became of the first.",
                    ASK,
                );
                return;
            }
            Answer::Conflict(says) | Answer::Nothing(says) => {
                part.unknown(format!(
                    "{AT_ONCE} identical requests at once came to no end: {says}"
                ));
                return;
            }
        }
        if let Some(one) = refused.first() {
            let count = refused.len();
            part.warn(
                format!(
                    "{count} of {AT_ONCE} identical requests at once were refused ({one}); sent \
                     again, the same body came to the one {what}."
                ),
                "Treat such an answer as not known: send the same body again before you tell the \
                 customer that it failed.",
            );
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
