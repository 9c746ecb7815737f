//! Signing a step: what must be so before a person's name may stand under it.

use std::collections::BTreeMap;

use crate::launch::decide::{Case, Refusal, crossing, exempt, looked_up, words};
use crate::launch::event::{Event, Facts, SignOffRecord};
use crate::launch::lookup::LookedUp;
use crate::launch::outcome::Outcome;
use crate::launch::sentences;
use crate::launch::signers;
use crate::launch::standing::{DueStanding, Standing, StepStanding, StepState};
use crate::runbook::model::{Role, Step, StepDigest, StepId};
use crate::text::visible;

/// What a signer hands in.
pub(super) struct Request<'a> {
    /// The step.
    pub step: &'a StepId,
    /// The role, where the step asks for roles.
    pub role: Option<&'a Role>,
    /// Evidence by name.
    pub evidence: &'a BTreeMap<String, String>,
    /// A remark.
    pub note: Option<&'a str>,
    /// The step's digest as the signer saw it.
    pub seen: &'a StepDigest,
    /// What the provider says of the ids in the evidence.
    pub looked_up: &'a LookedUp,
}

impl Case<'_> {
    /// Signs a step.
    pub(super) fn sign(&self, request: &Request<'_>) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let (step, launch, standing) = self.standing(request.step)?;
        unchanged(step, request.seen)?;
        signable(step, &standing)?;
        self.not_stopped(&step.id)?;
        self.open_section(step, &launch)?;
        self.nobody_runs(&step.id, None)?;
        self.not_twice(&standing)?;
        let note = request.note.filter(|note| !note.trim().is_empty());
        let note = note.map(|note| words::text("note", note)).transpose()?;
        verified(step, &standing, note.as_deref())?;
        crossing::acknowledged(&standing, note.as_deref())?;
        seen_early(step, &standing)?;
        let role = role(step, &standing, request.role)?;
        role.as_ref().map_or(Ok(()), |role| self.own_role(role))?;
        let decision = self.decision(step, &launch)?;
        // What was agreed at the roll call needs no saying again.
        let agreed = decision.as_ref().map(|decision| decision.evidence.clone());
        let mut evidence = evidence(step, request.evidence, &agreed.unwrap_or_default())?;
        looked_up::add(step, &mut evidence, request.looked_up)?;
        let record = SignOffRecord {
            step: step.id.clone(),
            role,
            evidence,
            note,
            facts: facts(&standing),
            step_digest: step.digest.clone(),
            runbook: self.launch.runbook().digest.clone(),
            decision,
        };
        Ok(vec![Event::StepSigned(Box::new(record))])
    }

    pub(super) fn open_section(&self, step: &Step, launch: &Standing) -> Result<(), Refusal> {
        let runbook = self.launch.runbook();
        let Some(section) = runbook.section_of(&step.id) else { return Ok(()) };
        let waits = launch.section(&section.id).map_or(&[][..], |section| &section.waits_for);
        if waits.is_empty() {
            return Ok(());
        }
        let titles = waits.iter().map(|id| {
            let title = runbook.section(id).map_or(id.as_str(), |section| &section.title);
            format!("`{}`", visible(title, 60))
        });
        let titles = sentences::list(&titles.collect::<Vec<_>>());
        Err(Refusal::new(
            format!("`{}` cannot be signed before {titles} is complete.", step.id),
            match &launch.next {
                Some(next) => format!("Go on with `{next}`. Notes and checks are possible here."),
                None => "Notes and checks are possible here.".to_owned(),
            },
        ))
    }

    fn not_twice(&self, standing: &StepStanding) -> Result<(), Refusal> {
        if is_early(standing) {
            return Ok(());
        }
        let own = |name: &str| signers::same_person(name, &self.by.name);
        let Some(signature) = standing.signatures.iter().find(|s| own(&s.by.name)) else {
            return Ok(());
        };
        let who = sentences::name(&signature.by);
        Err(Refusal::new(
            format!("{who} signed `{}` at {}.", standing.id, signature.at.minute()),
            sentences::missing(&standing.missing),
        ))
    }
}

pub(super) fn unchanged(step: &Step, seen: &StepDigest) -> Result<(), Refusal> {
    if *seen == step.digest {
        return Ok(());
    }
    Err(Refusal::new(
        format!("The runbook changed `{}` since you read it.", step.id),
        "Read the step again, then sign.",
    ))
}

/// Whether the step is done, and a signature counts already for the due time that comes next.
fn is_early(standing: &StepStanding) -> bool {
    standing.due.as_ref().is_some_and(|due| due.early)
}

/// Whether what the checks said is as young as an early signature has to be.
fn seen_early(step: &Step, standing: &StepStanding) -> Result<(), Refusal> {
    let next = standing.due.as_ref().and_then(DueStanding::next);
    let Some(next) = next.filter(|_| is_early(standing)) else { return Ok(()) };
    let last = standing.checks.iter().filter_map(|check| check.last.as_ref());
    let Some(old) = last.filter(|last| last.at < next.from).min_by_key(|last| last.at) else {
        return Ok(());
    };
    Err(Refusal::new(
        format!(
            "`{}` last ran at {}, too early to count for {}, which is due at {}.",
            old.what.check,
            old.at.minute(),
            next.label,
            next.at.minute()
        ),
        format!("`golive verify {}`, then sign.", step.id),
    ))
}

/// Whether this step takes signatures at all now.
fn signable(step: &Step, standing: &StepStanding) -> Result<(), Refusal> {
    let id = &step.id;
    match standing.state {
        StepState::NotApplicable => Err(exempt::not_applicable(standing)),
        _ if step.sign_off.is_roll_call() => Err(Refusal::new(
            format!("`{id}` is decided by a roll call: go, hold or no-go for each role."),
            format!("`golive call go --role ROLE --step {id}`"),
        )),
        StepState::Done if is_early(standing) => Ok(()),
        StepState::Done => {
            let who: Vec<_> = standing.signatures.iter().map(|s| sentences::name(&s.by)).collect();
            let by = if who.is_empty() {
                "its checks passed".to_owned()
            } else {
                format!("signed by {}", sentences::list(&who))
            };
            let next = standing.due.as_ref().and_then(DueStanding::next);
            let hint = next.map_or("Nothing is left to sign.".to_owned(), |next| {
                format!("It is due again at {} ({}).", next.at.minute(), next.label)
            });
            Err(Refusal::new(format!("`{id}` is done already ({by})."), hint))
        }
        _ if step.sign_off.is_by_checks() && standing.missing.is_empty() => Err(Refusal::new(
            format!("`{id}` takes no signature: it is done when its checks pass."),
            format!("`golive verify {id}`, or waive it with a reason."),
        )),
        _ => Ok(()),
    }
}

/// Whether the step's checks allow a signature: all of them ran, hold, and passed, or could not
/// find out and the signer says why that is acceptable.
pub(super) fn verified(
    step: &Step,
    standing: &StepStanding,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let id = &step.id;
    for check in &standing.checks {
        let Some(last) = &check.last else {
            return Err(Refusal::new(
                format!("`{}` has not run for `{id}` yet.", check.check),
                format!("`golive verify {id}`, then sign."),
            ));
        };
        let summary = sentences::text(&last.what.summary);
        match last.what.outcome {
            Outcome::Fail => {
                return Err(Refusal::new(
                    format!("`{}` failed: {summary}", check.check),
                    "Repair it and verify again, or waive the step with a reason.",
                ));
            }
            Outcome::Waiting => {
                return Err(Refusal::new(
                    format!("`{}` still waits: {summary}", check.check),
                    "Verify again once it has happened.",
                ));
            }
            Outcome::Pass | Outcome::Unknown if check.stale => {
                let because = standing.because.iter().find(|says| says.contains("Verify again"));
                let why = because.cloned().unwrap_or_else(|| {
                    format!("`{}` ran too long ago, or something changed since.", check.check)
                });
                return Err(Refusal::new(why, format!("`golive verify {id}`, then sign.")));
            }
            Outcome::Pass => {}
            Outcome::Unknown => accepted(&check.check, &summary, note)?,
        }
    }
    Ok(())
}

/// A person may vouch for what a check could not find out, with a remark that says how they know.
fn accepted(
    check: &crate::runbook::model::CheckName,
    summary: &str,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let refusal = || {
        Refusal::new(
            format!("`{check}` could not find out: {summary}"),
            "If you know it from elsewhere, sign with a note that says how. The report will name \
             you for it.",
        )
    };
    words::reason(note.ok_or_else(refusal)?).map(drop).map_err(|_| refusal())
}

/// The role in which the person signs: one that is asked for and not filled yet, or none.
fn role(
    step: &Step,
    standing: &StepStanding,
    role: Option<&Role>,
) -> Result<Option<Role>, Refusal> {
    let wanted = step.sign_off.roles();
    let missing = &standing.missing;
    let Some(role) = role else {
        if missing.people > missing.roles.len() || missing.roles.is_empty() {
            return Ok(None);
        }
        return Err(Refusal::new(
            format!(
                "`{}` still has to be signed as {}.",
                step.id,
                sentences::roles(&missing.roles)
            ),
            "Say in which role you sign: --role ROLE.",
        ));
    };
    let shown = visible(role.as_str(), 60);
    if !wanted.contains(role) {
        let hint = if wanted.is_empty() {
            "Sign without a role.".to_owned()
        } else {
            format!("It asks for {}.", sentences::roles(wanted))
        };
        return Err(Refusal::new(format!("`{}` asks for no {shown}.", step.id), hint));
    }
    if let Some(signature) = signers::in_role(role, &standing.signatures) {
        let who = sentences::name(&signature.by);
        return Err(Refusal::new(
            format!("{who} signed `{}` as {shown} at {}.", step.id, signature.at.minute()),
            sentences::missing(missing),
        ));
    }
    Ok(Some(role.clone()))
}

/// The evidence as it is to be kept: everything that is required, and nothing that is not asked
/// for. What is not given stands as it was agreed before.
pub(super) fn evidence(
    step: &Step,
    given: &BTreeMap<String, String>,
    agreed: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let asked = || {
        let names: Vec<_> = step.evidence.iter().map(|spec| format!("`{}`", spec.name)).collect();
        if names.is_empty() {
            "It asks for none.".to_owned()
        } else {
            format!("It asks for {}.", sentences::list(&names))
        }
    };
    if let Some(name) = given.keys().find(|name| !step.evidence.iter().any(|s| s.name == **name)) {
        let name = visible(name, 60);
        return Err(Refusal::new(format!("`{}` asks for no evidence `{name}`.", step.id), asked()));
    }
    let mut kept = BTreeMap::new();
    for spec in &step.evidence {
        match given.get(&spec.name).filter(|value| !value.trim().is_empty()) {
            Some(value) => {
                kept.insert(spec.name.clone(), words::evidence(&spec.name, value)?);
            }
            None if agreed.contains_key(&spec.name) => {
                kept.extend(agreed.get(&spec.name).map(|value| (spec.name.clone(), value.clone())));
            }
            None if spec.required => {
                return Err(Refusal::new(
                    format!("`{}` cannot be signed without `{}`.", step.id, spec.name),
                    format!("{} (--evidence {}=…)", visible(spec.about.trim(), 200), spec.name),
                ));
            }
            None => {}
        }
    }
    Ok(kept)
}

/// What the latest results rest on, together, and which thresholds are crossed.
pub(super) fn facts(standing: &StepStanding) -> Facts {
    let last = standing.checks.iter().filter_map(|check| check.last.as_ref());
    let crossed = standing.crossed.iter().map(|open| open.fact());
    last.flat_map(|last| last.what.facts.clone()).chain(crossed).collect()
}
