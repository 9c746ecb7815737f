//! `live-event`: an event of the live environment has arrived, so that the registered URL is right.
//!
//! Nothing is sent. The records of `golive listen` and the merchant's event log are read (`read`),
//! each event is told from probes, the sandbox and what only looks like one (`judge`). The rule it
//! keeps: only a signature passes, verified over the raw body here, or by the listener when it came;
//! a line that a program logged shows that it logged it, no more.

mod judge;
mod read;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::generic::arguments;
use crate::checks::logs::{self, EVENTS};
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::events::feed::LogSet;
use crate::runbook::model::InputName;
use crate::scan::Watch;
use crate::secrets::Secret;
use crate::text::Untrusted;
use judge::{Proof, Seen, Tally};

/// The input that holds the secret of the live webhook.
const SECRET: &str = "webhook_secret";

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct LiveEvent;

/// It takes no arguments.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {}

/// The event log and, if they are there, the records of `golive listen`.
struct Sources {
    records: Option<String>,
    logs: Vec<String>,
    set: LogSet,
}

impl Sources {
    fn of(context: &CheckContext) -> Self {
        let mut globs = logs::globs(&context.inputs, &[EVENTS]);
        let named = globs.iter().map(|(_, glob)| glob.clone()).collect();
        let received = context.received.as_deref();
        let records = logs::records(received);
        let shown = received.filter(|_| records.is_some());
        let shown = shown.map(|path| path.display().to_string());
        globs.extend(records);
        let reading = logs::reading(&context.inputs, &context.week);
        Self {
            records: shown,
            logs: named,
            set: LogSet { base: context.base.clone(), globs, reading },
        }
    }
}

async fn look(context: &CheckContext) -> Result<CheckReport, String> {
    arguments::read::<Args>(&context.args)?;
    let (secret, unfit) = match context.inputs.secret(SECRET).await {
        Ok(secret) => (secret, None),
        Err(why) => (None, Some(format!("{SECRET} could not be had ({why})"))),
    };
    let sources = Sources::of(context);
    let watch = Watch::new(context.cancel.clone(), context.progress.clone());
    let secret_known = secret.is_some();
    let tally = Tally::new(secret, context.now);
    let read = tokio::task::spawn_blocking(move || {
        let (tally, read) = read::all(&sources.set, tally, &watch);
        (tally, read, sources)
    });
    let Ok((tally, read, sources)) = read.await else {
        return Err("The search itself broke; this says nothing about your webhook.".into());
    };
    let mut report = conclude(&tally, read.place.as_deref().unwrap_or_default(), &sources);
    report.findings.extend(read.troubles.into_iter().map(|says| Finding::new(Level::Info, says)));
    if let Some(says) = unfit.filter(|_| !secret_known) {
        let message = format!("{says}, so that no signature was verified anew.");
        report.findings.push(Finding::new(Level::Info, message));
    }
    report = report.evidence("lines_read", read.lines).evidence("files_read", read.files);
    Ok(report)
}

fn conclude(tally: &Tally, place: &str, sources: &Sources) -> CheckReport {
    match &tally.best {
        Some(seen) if seen.proof.is_enough() && !seen.is_old => arrived(seen, place),
        Some(seen) if seen.proof.is_enough() => old(seen, place),
        Some(seen) => unproven(seen, place),
        None => nothing(tally, sources),
    }
}

fn arrived(seen: &Seen, place: &str) -> CheckReport {
    let how = match seen.proof {
        Proof::Verified => "its signature was verified with webhook_secret",
        _ => "golive listen verified its signature when it came",
    };
    let says = format!("A live event has arrived: {}; {how}.", seen.says());
    let mut report = with_evidence(CheckReport::new(Outcome::Pass, says), seen, place);
    report.as_of = seen.at;
    report
}

fn old(seen: &Seen, place: &str) -> CheckReport {
    let says = format!(
        "The last live event is from long ago ({}): it does not show where events go now.",
        seen.says()
    );
    let hint = "Make a small payment of the rehearsal, then verify again.";
    let finding = Finding::new(Level::Info, &says).at(place).hint(hint);
    with_evidence(CheckReport::unknown(says).with(finding), seen, place)
}

fn unproven(seen: &Seen, place: &str) -> CheckReport {
    let (says, hint) = match seen.proof {
        Proof::Log => (
            "a log alone does not show that MintCash signed it",
            "Put `golive listen --forward URL` before your handler: its records can be verified. Or \
             sign, and say where your handler verifies the signature before it writes that line.",
        ),
        Proof::Unchecked => (
            "there was no webhook_secret to verify its signature with",
            "Name in golive.yaml where it is, then verify again: the record has the whole body.",
        ),
        Proof::TestSecret => (
            "it is signed with the secret of the sandbox's webhook, not with webhook_secret",
            "Ask your account manager which secret signs live events, and correct webhook_secret.",
        ),
        _ => (
            "its signature does not fit webhook_secret",
            "If your handler takes live events, webhook_secret in golive.yaml is another one: \
             correct it. Otherwise somebody else has posted this.",
        ),
    };
    let level = if seen.proof == Proof::Log { Level::Info } else { Level::Advisory };
    let says = format!("A live event was seen ({}), but {says}.", seen.says());
    let finding = Finding::new(level, &says).at(place).hint(hint);
    with_evidence(CheckReport::unknown(says).with(finding), seen, place)
}

fn nothing(tally: &Tally, sources: &Sources) -> CheckReport {
    let says = "No live event seen yet: verify again when the rehearsal's first one has come.";
    let mut report = CheckReport::unknown(says);
    if sources.records.is_none() && sources.logs.is_empty() {
        report.findings.push(
            Finding::new(Level::Info, "Nothing could be looked at: golive listen has recorded nothing, and no event_log is set.")
                .hint("Run `golive listen --forward URL` before your handler, or name its log as event_log in golive.yaml."),
        );
    }
    let counts = [
        (tally.test, "of the sandbox"),
        (tally.probes, "sent by golive's own checks"),
        (tally.unknown, "of a type that MintCash does not document"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let (noun, does) = if count == 1 { ("event", "does") } else { ("events", "do") };
        let message = format!("{count} {noun} {what} {does} not count.");
        report.findings.push(Finding::new(Level::Info, message));
    }
    report
}

fn with_evidence(report: CheckReport, seen: &Seen, place: &str) -> CheckReport {
    let report = report
        .evidence("event", seen.event.as_str())
        .evidence("event_id", seen.event_id.as_str())
        .evidence("where", place)
        .evidence("signature", seen.proof.word());
    match seen.at {
        Some(at) => report.evidence("at", at.to_string()),
        None => report,
    }
}

#[async_trait]
impl Check for LiveEvent {
    fn name(&self) -> &'static str {
        "live-event"
    }

    fn about(&self) -> &'static str {
        "an event of the live environment has arrived, by the records of `golive listen` or the \
         event log"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        ["webhook_url", SECRET, EVENTS.0].map(InputName::from).into()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let reads = |what: &str, target: String| Planned {
            effect: Effect::Reads,
            what: what.to_owned(),
            target: Untrusted::new(target).line(300),
            arms: None,
            spend: None,
        };
        let sources = Sources::of(context);
        let records = sources.records.map(|path| reads("read the records of golive listen", path));
        let logs = sources.logs.into_iter().map(|glob| reads("read the event log", glob));
        records.into_iter().chain(logs).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => CheckReport::unknown("Cancelled."),
            report = look(context) => report.unwrap_or_else(CheckReport::unknown),
        }
    }
}

/// A secret, as far as there is one to verify with.
type Known = Option<Secret>;
