//! From what came back to what is wrong: the report of `webhook-signature`.
//!
//! Pure. The rule it keeps: *pass* takes an answer to every question, and an answer that could be
//! another one next time is none. A cause is named as exactly as the pattern of accepted and
//! refused probes allows, never more exactly.

mod cause;
mod forged;
mod genuine;
mod raw;
mod slow;

use serde_json::Value;

use crate::checks::webhook::matrix::{GENUINE, MUST_REFUSE, RAW_BODY};
use crate::checks::webhook::probe::Expect;
use crate::checks::webhook::transcript::{Came, Row, Transcript, Verdict};
use crate::checks::webhook::wall::{Wall, wall};
use crate::checks::{CheckReport, Finding, Level, Outcome};

/// What is known beside the answers.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Why validly signed probes could not be sent, with what to do, when they could not.
    pub held_back: Option<Finding>,
    /// From where on an answer is too close to MintCash's limit.
    pub near: std::time::Duration,
}

/// One thing that is wrong: a word for programs, a finding for people.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The word, `prefix-compare`.
    pub word: &'static str,
    /// The finding.
    pub finding: Finding,
}

impl Cause {
    fn new(word: &'static str, finding: Finding) -> Self {
        Self { word, finding }
    }
}

/// Says what the answers mean.
#[must_use]
pub fn diagnose(transcript: &Transcript, situation: &Situation) -> CheckReport {
    let mut causes = forged::causes(transcript);
    causes.extend(genuine::causes(transcript, situation));
    causes.sort_by_key(|cause| weight(&cause.finding));
    let mut findings: Vec<Finding> = causes.iter().map(|cause| cause.finding.clone()).collect();
    let failed = findings.iter().any(|finding| finding.level == Level::Blocking);
    let open = open_question(transcript);
    if !failed {
        findings.extend(situation.held_back.clone().filter(|_| open.is_some()));
        findings.extend(in_the_way(transcript).filter(|_| open.is_some()));
    }
    findings.sort_by_key(weight);
    let (outcome, summary) = match (failed, open) {
        (true, _) => (Outcome::Fail, failure(&findings)),
        (false, Some(why)) => (Outcome::Unknown, unknown(transcript, situation, &why)),
        (false, None) => (Outcome::Pass, success(transcript)),
    };
    let words: Vec<Value> = causes.iter().map(|cause| cause.word.into()).collect();
    let mut report = CheckReport::new(outcome, summary)
        .evidence("probes", transcript.evidence())
        .evidence("answered", transcript.answered())
        .evidence("causes", words);
    report.findings = findings;
    report
}

/// Where a finding stands: what weighs most comes first.
fn weight(finding: &Finding) -> u8 {
    match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    }
}

/// The first question that has no answer; a pass needs all of them.
fn open_question(transcript: &Transcript) -> Option<String> {
    if let Some(why) = &transcript.stopped {
        return Some(why.clone());
    }
    let unanswered = |row: &Row| match &row.came {
        Came::NotSent(why) => format!("{} was not sent: {why}", row.probe.what),
        _ => format!("{}: {}", row.probe.what, row.says()),
    };
    let mut rows = MUST_REFUSE.iter().flat_map(|family| transcript.family(family));
    if let Some(row) = rows.find(|row| row.verdict() != Verdict::Refused) {
        return Some(unanswered(row));
    }
    if transcript.answered() == 0 {
        return Some("nothing was sent".into());
    }
    if transcript.accepted(&GENUINE).is_none() {
        let row = transcript.family(&GENUINE).find(|row| row.verdict() != Verdict::Refused);
        return Some(row.map_or_else(
            || "a correctly signed event was refused for a reason of its own".into(),
            unanswered,
        ));
    }
    let mut accepted = transcript.family(&RAW_BODY);
    if let Some(row) = accepted.find(|row| row.verdict() != Verdict::Accepted) {
        return Some(unanswered(row));
    }
    transcript
        .row("no-signature-again")
        .filter(|row| row.verdict() != Verdict::Refused)
        .map(unanswered)
}

/// What answers in the handler's place, where its answers settle nothing by themselves.
fn in_the_way(transcript: &Transcript) -> Option<Finding> {
    let walls: Vec<Wall> =
        transcript.rows.iter().filter_map(Row::answer).filter_map(wall).collect();
    let first = walls.first()?;
    if walls.len() < transcript.answered() || matches!(first, Wall::RateLimit) {
        return None;
    }
    let message = format!(
        "Every request was refused by {}. That says nothing about the handler's own verification.",
        first.says()
    );
    Some(Finding::new(Level::Advisory, message).hint(first.hint()))
}

fn failure(findings: &[Finding]) -> String {
    let mut blocking = findings.iter().filter(|finding| finding.level == Level::Blocking);
    let first = blocking.next().map(|finding| first_sentence(&finding.message)).unwrap_or_default();
    match blocking.count() {
        0 => first,
        1 => format!("{first} One more finding."),
        more => format!("{first} {more} more findings."),
    }
}

fn unknown(transcript: &Transcript, situation: &Situation, why: &str) -> String {
    let refused = refused(transcript);
    match &situation.held_back {
        _ if transcript.answered() == 0 => format!("The endpoint could not be asked: {why}."),
        Some(reason) if transcript.stopped.is_none() => format!(
            "{refused} forged requests refused. Not known whether real ones are accepted: {}",
            first_sentence(&reason.message)
        ),
        _ => format!("{refused} forged requests refused, but not all could be found out: {why}."),
    }
}

fn success(transcript: &Transcript) -> String {
    let refused = refused(transcript);
    format!("{refused} forged requests refused, correctly signed ones accepted, over the raw body.")
}

/// How many of the requests that must be refused were.
fn refused(transcript: &Transcript) -> usize {
    let must =
        |row: &&Row| row.probe.expect == Expect::Refused && row.verdict() == Verdict::Refused;
    transcript.rows.iter().filter(must).count()
}

fn first_sentence(text: &str) -> String {
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
