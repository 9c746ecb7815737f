//! `golive vantage import FILE`: brings what was seen from another place into this launch.
//!
//! ```text
//! file ─> read (the document, made safe) ─> fits (this launch? young? from outside?) ─> recorded
//! ```
//!
//! Nothing proves where a file comes from. Whoever imports it vouches for it, so that the act is
//! recorded under that person's name, and what the file says never outweighs a newer look.

mod read;

use std::net::IpAddr;
use std::path::Path;

use serde_json::json;

use crate::checks::registry;
use crate::checks::vantage::declared_in;
use crate::checks::webhook::endpoint::sighted::Sighted;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::Target;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::vantage::read::Brought;
use crate::cli::{record, signer};
use crate::config::vantage::fault;
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::launch::event::{CheckResult, RunId};
use crate::launch::outcome::Outcome;
use crate::launch::standing::Dated;
use crate::runbook::model::{CheckName, CheckSpec, Step};
use crate::runtime::{sightings, world};
use crate::text::visible;
use crate::time::{Timestamp, spoken};

/// The check whose results can be brought.
const CHECK: &str = "webhook-endpoint";

/// How far another machine's clock may be ahead.
const CLOCK_TOLERANCE: std::time::Duration = std::time::Duration::from_secs(300);

/// Runs the command.
///
/// # Errors
/// When the file does not fit this launch, nobody is named, or the journal can not be written.
pub fn import(console: &mut Console, mut opened: Opened, file: &Path) -> Result<(), Failure> {
    let (step, position, spec) = place(&opened)?;
    let brought = read::file(file, step.id.as_str(), CHECK)?;
    let no = |why: Wrong| why.failure(file);
    let url = opened.config.inputs.url("webhook_url");
    let target = url.and_then(|url| Target::of(url).ok()).ok_or_else(|| {
        Failure::new(FailureKind::Config, "no webhook_url is set, so there is nothing to compare")
            .hint("Set it in golive.yaml")
    })?;
    let now = opened.workspace.clock().now();
    from_outside(&brought).map_err(no)?;
    young(&brought, &step, now).map_err(no)?;
    same_url(&brought, &target).map_err(no)?;
    public(&brought).map_err(no)?;
    let standing = opened.workspace.standing();
    let own = standing.steps.iter().find(|other| other.id == step.id);
    let last = own.and_then(|own| own.checks.get(position)?.last.clone());
    if let Some(last) = last {
        not_outdated(&brought, &last).map_err(no)?;
    }
    let by = signer::who_signs(console, &opened.config)?;
    let said = format!(
        "{} saw {} from {} {} ago; brought here by {}",
        CHECK,
        brought.outcome.word(),
        brought.vantage,
        spoken(now.since(brought.looked_at)),
        by.name
    );
    let result = result(brought, &opened, &step, position, &spec);
    let (id, run) = (step.id.clone(), result.run.clone());
    let commands = [
        Command::Start { step: id.clone(), run: run.clone() },
        Command::Record(Box::new(result)),
        Command::Finish { step: id, run, cancelled: false },
    ];
    record::submit_all(console, &mut opened, &by, &commands, Some(&step.id), &said)
}

/// The step of this launch that the check verifies, and where the check stands in it.
fn place(opened: &Opened) -> Result<(Step, usize, CheckSpec), Failure> {
    let named = |step: &Step| step.verify.iter().position(|spec| spec.check.as_str() == CHECK);
    let found = opened.runbook.steps().find_map(|step| {
        let position = named(step)?;
        Some((step.clone(), position, step.verify.get(position)?.clone()))
    });
    found.ok_or_else(|| {
        let says = format!("no step of the runbook is verified by {CHECK}");
        Failure::new(FailureKind::Usage, says)
    })
}

/// What does not fit: the member, what is wrong with it, and what to do.
struct Wrong {
    member: &'static str,
    says: String,
    hint: String,
}

impl Wrong {
    fn new(member: &'static str, says: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { member, says: says.into(), hint: hint.into() }
    }

    fn failure(self, file: &Path) -> Failure {
        let file = visible(&file.display().to_string(), 200);
        let says = format!("{file} is not imported: {}: {}", self.member, self.says);
        Failure::new(FailureKind::Refused, says).hint(self.hint)
    }
}

const AGAIN: &str =
    "Run there: golive verify webhook.endpoint --vantage NAME --format json > result.json";

fn from_outside(brought: &Brought) -> Result<(), Wrong> {
    let Some(vantage) = declared_in(&brought.evidence) else {
        return Err(Wrong::new(
            "evidence.vantage",
            "nobody declared that it was looked at from outside",
            AGAIN,
        ));
    };
    fault(vantage).map_or(Ok(()), |fault| Err(Wrong::new("evidence.vantage", fault, AGAIN)))?;
    match brought.outcome {
        Outcome::Pass | Outcome::Fail => Ok(()),
        other => Err(Wrong::new(
            "outcome",
            format!("it is {}, which says nothing: {}", other.word(), brought.summary),
            AGAIN,
        )),
    }
}

fn young(brought: &Brought, step: &Step, now: Timestamp) -> Result<(), Wrong> {
    let (at, most) = (brought.looked_at, step.fresh_for.unwrap_or(sightings::FRESH));
    if at > now.plus(CLOCK_TOLERANCE) {
        let says = format!("{} lies in the future", at.minute());
        return Err(Wrong::new("startedAt", says, "Set the clock, here or there, and look again."));
    }
    if now >= at.plus(most) {
        let says = format!(
            "it is {} old, and a result counts for {}",
            spoken(now.since(at)),
            spoken(most)
        );
        return Err(Wrong::new("startedAt", says, AGAIN));
    }
    Ok(())
}

fn same_url(brought: &Brought, target: &Target) -> Result<(), Wrong> {
    let (theirs, ours) = (Sighted::of(&brought.evidence).url, target.shown());
    if ours.contains("… (+") {
        let says = "webhook_url is too long to be compared";
        return Err(Wrong::new("evidence.url", says, "Verify from outside on this machine."));
    }
    if theirs != ours {
        let says = format!("it is about `{}`, this launch about `{ours}`", visible(&theirs, 300));
        return Err(Wrong::new("evidence.url", says, "Give both the same webhook_url."));
    }
    Ok(())
}

/// A pass was made at public addresses, whatever the rest of the file says.
fn public(brought: &Brought) -> Result<(), Wrong> {
    if brought.outcome != Outcome::Pass {
        return Ok(());
    }
    let addresses = Sighted::of(&brought.evidence).addresses;
    if addresses.is_empty() {
        return Err(Wrong::new("evidence.addresses", "no address gave an answer", AGAIN));
    }
    let special = |address: &IpAddr| Some((*address, not_public(*address)?));
    addresses.iter().find_map(special).map_or(Ok(()), |(address, what)| {
        let says = format!("{address} is {what}, and a pass needs public addresses");
        Err(Wrong::new("evidence.addresses", says, AGAIN))
    })
}

/// A newer look that found something out, or that saw something else, outweighs the file.
fn not_outdated(brought: &Brought, last: &Dated<CheckResult>) -> Result<(), Wrong> {
    if last.at < brought.looked_at {
        return Ok(());
    }
    let what = &last.what;
    if matches!(what.outcome, Outcome::Pass | Outcome::Fail) {
        let says = format!(
            "this launch has a newer result ({}, {}): {}",
            what.outcome.word(),
            last.at.minute(),
            what.summary
        );
        return Err(Wrong::new("startedAt", says, AGAIN));
    }
    let (there, here) = (Sighted::of(&brought.evidence), Sighted::of(&what.evidence));
    if !here.addresses.is_empty() && !there.is_same(&here) {
        let says = format!(
            "other addresses and another certificate were seen there than here at {}",
            last.at.minute()
        );
        return Err(Wrong::new("evidence.addresses", says, AGAIN));
    }
    Ok(())
}

fn result(
    brought: Brought,
    opened: &Opened,
    step: &Step,
    position: usize,
    spec: &CheckSpec,
) -> CheckResult {
    let check = CheckName::from(CHECK);
    let key = opened.workspace.fingerprint_key();
    let mut facts = registry::find(&check)
        .map(|found| world::inputs_of(found, &spec.args, &opened.config.inputs, key))
        .unwrap_or_default();
    let mut keys = Sighted::of(&brought.evidence).keys;
    keys.sort();
    keys.dedup();
    if !keys.is_empty() {
        facts.insert("certificate key".to_owned(), keys.join(", "));
    }
    let mut evidence = brought.evidence;
    evidence.insert("brought from".to_owned(), json!(brought.file));
    CheckResult {
        step: step.id.clone(),
        run: RunId(ulid::Ulid::generate().to_string()),
        check,
        position,
        outcome: brought.outcome,
        summary: brought.summary,
        findings: brought.findings,
        evidence,
        facts,
        step_digest: step.digest.clone(),
        duration_ms: brought.duration_ms,
        looked_at: Some(brought.looked_at),
    }
}
