//! Makes the document from a launch; the one place where a report's texts are cleaned.

mod called;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::launch::Launch;
use crate::launch::event::{Actor, CheckResult, Event};
use crate::launch::outcome::Finding;
use crate::launch::since::acts;
use crate::launch::standing::{
    CheckStanding, Dated, DueStanding, Exemption, ExemptionKind, Named, Signature, Standing,
    StepStanding,
};
use crate::report::document::{
    ArchivedPart, ChangePart, CheckPart, Document, DuePart, DueTimePart, ExemptionPart, HeadPart,
    LapsedPart, NamedPart, NotePart, RunbookPart, SectionPart, SignaturePart, StepPart,
    VerdictPart,
};
use crate::report::{About, MoneyPart};
use crate::runbook::model::{Runbook, StepId};
use crate::secrets::Redactor;
use crate::text::visible;
use crate::time::Timestamp;

/// Longer than anything that the journal holds.
const LIMIT: usize = 70_000;

/// A text without secrets and with everything in it visible.
pub(super) fn clean(text: &str) -> String {
    visible(&Redactor::shared().clean(text), LIMIT)
}

impl Document {
    /// The report on a launch as it stands.
    #[must_use]
    pub fn new(launch: &Launch, standing: &Standing, about: &About<'_>) -> Self {
        let runbook = launch.runbook();
        Self {
            schema: "golive.report/1",
            launch: clean(about.launch),
            runbook: RunbookPart {
                id: clean(&runbook.id),
                title: clean(&runbook.title),
                digest: runbook.digest.to_string(),
            },
            made_at: about.at,
            made_by: concat!("golive ", env!("CARGO_PKG_VERSION")).to_owned(),
            head: HeadPart {
                seq: about.seq,
                hash: clean(about.head),
                verify: format!("golive journal verify --expect-head {}", clean(about.head)),
            },
            verdict: verdict(standing),
            next: standing.next.as_ref().map(|step| clean(step.as_str())),
            real_money: MoneyPart::of(launch.ledger()),
            sections: sections(runbook, standing, about.at),
            notes: notes_on_launch(launch),
            archived: standing.archived.iter().map(|id| archived(launch, id)).collect(),
        }
    }
}

fn verdict(standing: &Standing) -> VerdictPart {
    let verdict = &standing.verdict;
    let named = |all: &[Named]| {
        let parts = all.iter().map(|named| NamedPart {
            step: clean(named.step.as_str()),
            says: clean(&named.says),
            owner: named.owner.as_deref().map(clean),
        });
        parts.collect()
    };
    VerdictPart {
        kind: verdict.kind,
        words: verdict.kind.words(),
        blockers: named(&verdict.blockers),
        risks: named(&verdict.risks),
        unknowns: named(&verdict.unknowns),
        holds: named(&verdict.holds),
        open: named(&verdict.open),
    }
}

fn sections(runbook: &Runbook, standing: &Standing, now: Timestamp) -> Vec<SectionPart> {
    let mut steps = standing.steps.iter();
    let pairs = runbook.sections.iter().zip(&standing.sections);
    let parts = pairs.map(|(section, stands)| SectionPart {
        id: clean(section.id.as_str()),
        title: clean(&section.title),
        phase: section.phase,
        settled: stands.settled,
        waits_for: stands.waits_for.iter().map(|id| clean(id.as_str())).collect(),
        steps: section
            .steps
            .iter()
            .zip(steps.by_ref())
            .map(|(step, stands)| self::step(&step.title, stands, now))
            .collect(),
    });
    parts.collect()
}

fn step(title: &str, stands: &StepStanding, now: Timestamp) -> StepPart {
    StepPart {
        id: clean(stands.id.as_str()),
        title: clean(title),
        severity: stands.severity,
        state: stands.state,
        because: stands.because.iter().map(|says| clean(says)).collect(),
        checks: stands.checks.iter().map(check).collect(),
        signatures: stands.signatures.iter().map(signature).collect(),
        lapsed: stands
            .lapsed
            .iter()
            .map(|(gone, why)| LapsedPart { signature: signature(gone), reason: clean(why) })
            .collect(),
        missing_people: stands.missing.people,
        missing_roles: stands.missing.roles.iter().map(|role| clean(role.as_str())).collect(),
        roll_call: stands.roll_call.as_ref().map(called::roll_call),
        rolled_back: stands.rolled_back.as_ref().map(note),
        exemption: stands.exemption.as_ref().map(exemption),
        changed: stands
            .changed
            .iter()
            .map(|change| ChangePart {
                what: clean(&change.what),
                was: clean(&change.was),
                is: clean(&change.is),
            })
            .collect(),
        notes: stands.notes.iter().map(|note| self::note(note)).collect(),
        due: stands.due.as_ref().map(|due| self::due(due, now)),
        fresh_until: stands.fresh_until,
    }
}

fn due(due: &DueStanding, now: Timestamp) -> DuePart {
    let times = due.times.iter().enumerate().map(|(number, time)| DueTimePart {
        time: clean(&time.label),
        at: time.at,
        looked_by: time.looked.as_ref().map(|look| clean(&look.by.name)),
        looked_at: time.looked.as_ref().map(|look| look.at),
        says: clean(&due.says(number, now)),
    });
    DuePart {
        after: clean(due.after.as_str()),
        since: due.since,
        next: due.next().map(|time| time.at),
        overdue_since: due.over().map(|(_, since)| since),
        says: clean(&due.sentence(now)),
        times: times.collect(),
    }
}

fn check(stands: &CheckStanding) -> CheckPart {
    let last: Option<&Dated<CheckResult>> = stands.last.as_deref();
    let result = last.map(|last| &last.what);
    CheckPart {
        check: clean(stands.check.as_str()),
        outcome: result.map(|result| result.outcome),
        stale: stands.stale,
        summary: result.map(|result| clean(&result.summary)).unwrap_or_default(),
        findings: result.into_iter().flat_map(|result| &result.findings).map(finding).collect(),
        evidence: result.map(|result| clean_map(&result.evidence)).unwrap_or_default(),
        facts: result.map(|result| clean_texts(&result.facts)).unwrap_or_default(),
        at: last.map(|last| last.at),
        by: last.map(|last| clean(&last.by.name)),
        duration_ms: result.map(|result| result.duration_ms),
    }
}

fn finding(finding: &Finding) -> Finding {
    let text = |text: &Option<String>| text.as_deref().map(clean);
    Finding {
        level: finding.level,
        message: clean(&finding.message),
        place: text(&finding.place),
        hint: text(&finding.hint),
        file: text(&finding.file),
        line: finding.line,
        commit: text(&finding.commit),
    }
}

fn signature(signature: &Signature) -> SignaturePart {
    let record = &signature.what;
    SignaturePart {
        by: clean(&signature.by.name),
        account: account(&signature.by),
        at: signature.at,
        entry: signature.seq,
        role: record.role.as_ref().map(|role| clean(role.as_str())),
        evidence: clean_texts(&record.evidence),
        note: record.note.as_deref().map(clean),
        facts: clean_texts(&record.facts),
        decision: record.decision.as_ref().map(called::decision),
    }
}

/// `dana@laptop`, as far as known.
fn account(by: &Actor) -> Option<String> {
    match (&by.user, &by.host) {
        (Some(user), Some(host)) => Some(clean(&format!("{user}@{host}"))),
        (Some(only), None) | (None, Some(only)) => Some(clean(only)),
        (None, None) => None,
    }
}

fn exemption(exemption: &Exemption) -> ExemptionPart {
    ExemptionPart {
        kind: match exemption.kind {
            ExemptionKind::Waived => "waived",
            ExemptionKind::NotApplicable => "not applicable",
        },
        reason: clean(&exemption.reason),
        by: clean(&exemption.by.name),
        at: exemption.at,
        expires: exemption.expires,
    }
}

fn note(note: &Dated<String>) -> NotePart {
    NotePart { by: clean(&note.by.name), at: note.at, text: clean(&note.what) }
}

fn notes_on_launch(launch: &Launch) -> Vec<NotePart> {
    let notes = launch.entries().iter().filter_map(|entry| match &entry.event {
        Event::Note { step: None, text } => {
            Some(NotePart { by: clean(&entry.by.name), at: entry.at, text: clean(text) })
        }
        _ => None,
    });
    notes.collect()
}

/// What was done at a step that the runbook no longer has.
fn archived(launch: &Launch, id: &StepId) -> ArchivedPart {
    let own = launch.entries().iter().filter(|entry| entry.event.step() == Some(id));
    let acts = acts(own).into_iter();
    ArchivedPart {
        step: clean(id.as_str()),
        acts: acts.map(|act| clean(&format!("{}: {}", act.at.minute(), act.sentence()))).collect(),
    }
}

fn clean_texts(texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    texts.iter().map(|(name, text)| (clean(name), clean(text))).collect()
}

fn clean_map(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter().map(|(name, value)| (clean(name), clean_value(value))).collect()
}

fn clean_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => items.iter().map(clean_value).collect(),
        Value::Object(members) => Value::Object(clean_map(members)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
