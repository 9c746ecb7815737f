//! What a verification found: lines for people, the document `golive.verify/1` for programs, the
//! exit code.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::console::Console;
use crate::cli::paint::{self, Tone, count, pad};
use crate::cli::record::head_line;
use crate::digest::Digest;
use crate::failure::{Failure, exit};
use crate::journal::Head;
use crate::launch::event::CheckResult;
use crate::launch::outcome::{Finding, Level, Outcome};
use crate::runbook::model::{Runbook, Step};
use crate::text::visible;
use crate::time::{Timestamp, spoken};

/// What came of one step.
pub struct Ran<'a> {
    /// The step.
    pub step: &'a Step,
    /// What its checks said.
    pub results: Vec<CheckResult>,
    /// Why the launch did not allow the run, when it did not.
    pub refused: Option<String>,
}

impl<'a> Ran<'a> {
    /// A step without checks.
    pub fn manual(step: &'a Step) -> Self {
        Self { step, results: Vec::new(), refused: None }
    }

    /// A step whose checks were not allowed to run.
    pub fn refused(step: &'a Step, no: &Failure) -> Self {
        let said = |no: &Failure| [&[no.message.clone()][..], &no.hints].concat().join(" ");
        Self { step, results: Vec::new(), refused: Some(said(no)) }
    }

    /// How the step ended; `None` when it has no checks. Checks that were not reached leave it
    /// unknown.
    fn outcome(&self) -> Option<Outcome> {
        if self.step.verify.is_empty() {
            return None;
        }
        let missing = self.results.len() < self.step.verify.len();
        let all = self.results.iter().map(|result| result.outcome);
        Some(Outcome::of_all(all.chain(missing.then_some(Outcome::Unknown))))
    }

    fn json(&self, runbook: &Runbook) -> Value {
        let outcome = paint::outcome(self.outcome()).1;
        let mut value = json!({
            "id": self.step.id,
            "section": runbook.section_of(&self.step.id).map(|section| &section.id),
            "title": self.step.title,
            "severity": self.step.severity,
            "outcome": outcome,
            "checks": self.results.iter().map(check_json).collect::<Vec<_>>(),
        });
        if let (Some(refused), Some(members)) = (&self.refused, value.as_object_mut()) {
            members.insert("refused".to_owned(), Value::from(refused.as_str()));
        }
        value
    }
}

fn check_json(result: &CheckResult) -> Value {
    json!({
        "check": result.check,
        "outcome": result.outcome,
        "summary": result.summary,
        "findings": result.findings,
        "evidence": result.evidence,
        "durationMs": result.duration_ms,
    })
}

/// What came of all steps.
pub struct Report<'a> {
    launch: &'a str,
    runbook: &'a Runbook,
    digest: &'a Digest,
    started_at: Timestamp,
    began: Instant,
    /// The steps, as they ended.
    pub steps: Vec<Ran<'a>>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
}

impl<'a> Report<'a> {
    /// Nothing has been run yet.
    pub fn begin(launch: &'a str, runbook: &'a Runbook, now: Timestamp) -> Self {
        Self {
            launch,
            runbook,
            digest: &runbook.digest,
            started_at: now,
            began: Instant::now(),
            steps: Vec::new(),
            interrupted: false,
        }
    }

    fn number(&self, outcome: Option<Outcome>) -> usize {
        self.steps.iter().filter(|ran| ran.outcome() == outcome).count()
    }

    /// 0 every check run passed, 1 one failed, 5 otherwise; also when there was nothing to run,
    /// since that proves nothing.
    pub fn exit_code(&self) -> u8 {
        if self.number(Some(Outcome::Fail)) > 0 {
            return exit::FAILED;
        }
        let ran = self.steps.iter().filter_map(Ran::outcome);
        match Outcome::of_all(ran) {
            Outcome::Pass => exit::OK,
            _ => exit::UNKNOWN,
        }
    }

    /// Prints the document, or the last lines for people.
    pub fn print(&self, console: &mut Console, head: &Head) {
        self.print_with(console, head, []);
    }

    /// The same, with these members beside the others of the document.
    pub fn print_with<const N: usize>(
        &self,
        console: &mut Console,
        head: &Head,
        extra: [(&str, Value); N],
    ) {
        let took = self.began.elapsed();
        let numbers = [
            ("pass", self.number(Some(Outcome::Pass))),
            ("fail", self.number(Some(Outcome::Fail))),
            ("unknown", self.number(Some(Outcome::Unknown))),
            ("waiting", self.number(Some(Outcome::Waiting))),
            ("manual", self.number(None)),
        ];
        if console.is_json() {
            let steps = self.steps.iter().map(|ran| ran.json(self.runbook));
            let mut document = json!({
                "schema": "golive.verify/1",
                "runbook": { "id": self.runbook.id, "digest": self.digest },
                "launch": self.launch,
                "startedAt": self.started_at,
                "durationMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "summary": numbers.into_iter().map(|(word, number)| (word.to_owned(), number.into()))
                    .collect::<serde_json::Map<String, Value>>(),
                "steps": steps.collect::<Vec<_>>(),
            });
            if let (true, Some(members)) = (self.interrupted, document.as_object_mut()) {
                members.insert("interrupted".to_owned(), Value::Bool(true));
            }
            if let Some(members) = document.as_object_mut() {
                members.extend(extra.map(|(name, value)| (name.to_owned(), value)));
            }
            console.document(&document);
            return;
        }
        let said = numbers.iter().filter(|(_, number)| *number > 0);
        let said: Vec<_> = said.map(|(word, number)| format!("{number} {word}")).collect();
        let steps = count(self.steps.len(), "step");
        console.say(format!("{steps}: {} in {}", said.join(", "), spoken(took)));
        if !self.interrupted && self.steps.iter().all(|ran| ran.outcome().is_none()) {
            console.say("nothing was run: these steps are for people");
        }
        console.say(format!("journal head {}", head_line(head)));
    }
}

/// Prints what came of a step, for people.
pub fn show(console: &mut Console, ran: &Ran<'_>) {
    if console.is_json() {
        return;
    }
    let paint = console.paint;
    let (glyph, word, tone) = paint::outcome(ran.outcome());
    let line = format!(
        "{} {}  {}",
        paint.tone(tone, format!("{glyph} {}", pad(word, 8))),
        paint.tone(Tone::Strong, ran.step.id.as_str()),
        visible(&ran.step.title, 200),
    );
    console.prose(line, 11);
    if let Some(refused) = &ran.refused {
        console.prose(format!("    not run: {}", visible(refused, 400)), 6);
    }
    for result in &ran.results {
        let (_, word, tone) = paint::outcome(Some(result.outcome));
        let summary = result.own_summary().map(|says| format!(": {}", visible(says, 400)));
        let summary = summary.unwrap_or_default();
        console.prose(format!("    {} {}{summary}", paint.tone(tone, word), result.check), 6);
        for finding in &result.findings {
            show_finding(console, finding);
        }
    }
}

/// Prints a finding, for people.
pub fn show_finding(console: &mut Console, finding: &Finding) {
    let paint = console.paint;
    let (word, tone) = match finding.level {
        Level::Blocking => ("blocking", Tone::Bad),
        Level::Advisory => ("advisory", Tone::Warn),
        Level::Info => ("info", Tone::Quiet),
    };
    let message = visible(&finding.message, 600);
    console.prose(format!("      {} {message}", paint.tone(tone, word)), 8);
    if let Some(place) = &finding.place {
        console.prose(format!("        at {}", visible(place, 300)), 11);
    }
    if let Some(hint) = &finding.hint {
        console.prose(format!("        → {}", paint.tone(Tone::Quiet, visible(hint, 600))), 10);
    }
}
