//! Roll calls: go, hold, no-go, lifting a hold, calling a rollback.
//!
//! Whoever wants to stop a launch is let do so with a name, a role and a reason; whoever wants it
//! to go on must stand on everything that is asked for.

use std::collections::BTreeMap;

use crate::launch::decide::{Case, Refusal, exempt, sign, words};
use crate::launch::event::{Call, CallRecord, Card, Event};
use crate::launch::fold::calls::{Calls, RoleCall};
use crate::launch::roll_call::{RollCallStanding, worse};
use crate::launch::standing::{StepStanding, StepState, VerdictKind};
use crate::launch::{cutover, sentences, signers};
use crate::runbook::model::{Role, Step, StepDigest, StepId};
use crate::text::visible;

/// How many entries of a list a hold or a no-go keeps of what its caller saw.
const KEPT: usize = 20;

/// The most that a go can vouch for in one record, in bytes.
const MOST: usize = 40_000;

/// What a caller hands in.
pub(super) struct Request<'a> {
    /// The step.
    pub step: &'a StepId,
    /// The role that speaks.
    pub role: &'a Role,
    /// What it says.
    pub call: Call,
    /// Why.
    pub reason: Option<&'a str>,
    /// Evidence by name.
    pub evidence: &'a BTreeMap<String, String>,
    /// The step's digest as the caller saw it.
    pub seen: &'a StepDigest,
    /// The verdict as the caller saw it.
    pub saw: &'a Card,
}

impl Case<'_> {
    /// Takes a role's call.
    pub(super) fn call(&self, request: &Request<'_>) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let (step, launch, standing) = self.standing(request.step)?;
        let Some(roll) = standing.roll_call.as_ref().filter(|_| step.sign_off.is_roll_call())
        else {
            return Err(no_roll_call(step));
        };
        sign::unchanged(step, request.seen)?;
        if standing.state == StepState::NotApplicable {
            return Err(exempt::not_applicable(&standing));
        }
        not_acted(step, roll)?;
        let role = named(request.role)?;
        self.own_role(&role)?;
        self.speaks_for_one(step, &role)?;
        self.may_replace(step, &role, request.call, roll)?;
        let reason = request.reason.filter(|reason| !reason.trim().is_empty());
        let mut evidence = BTreeMap::new();
        let (reason, saw) = if request.call == Call::Go {
            let reason = reason.map(|reason| words::text("reason", reason)).transpose()?;
            goes(step, roll, request.saw)?;
            self.open_section(step, &launch)?;
            self.nobody_runs(&step.id, None)?;
            sign::verified(step, &standing, reason.as_deref())?;
            evidence = sign::evidence(step, request.evidence, &roll.evidence)?;
            (reason, request.saw.clone())
        } else {
            let why = reason.ok_or_else(|| because(request.call))?;
            (Some(words::reason(why)?), request.saw.clone().cut(KEPT))
        };
        Ok(vec![Event::CallGiven(Box::new(CallRecord {
            step: step.id.clone(),
            role,
            call: request.call,
            reason,
            evidence,
            saw,
            facts: sign::facts(&standing),
            step_digest: step.digest.clone(),
            runbook: self.launch.runbook().digest.clone(),
        }))])
    }

    /// Lifts the hold of a role. Where the step is decided by a roll call no longer, a no-go that
    /// is left over is lifted the same way.
    pub(super) fn lift(
        &self,
        id: &StepId,
        role: &Role,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let step = self.step(id)?;
        let shown = visible(role.as_str(), 60);
        let calls = self.launch.history().step(id).map(|history| &history.calls);
        let mut standing = calls.into_iter().flat_map(Calls::standing);
        let Some(held) = standing.find(|one| one.given.what.role == *role) else {
            return Err(Refusal::new(
                format!("Nobody holds `{id}` for {shown}."),
                format!("`golive status` shows who holds. {}", self.who_holds(id)),
            ));
        };
        match held.given.what.call {
            Call::Hold => {}
            Call::NoGo if !step.sign_off.is_roll_call() => {}
            Call::NoGo => {
                return Err(Refusal::new(
                    sentences::calls::given(&held.given),
                    format!("A no-go stands until {shown} calls again."),
                ));
            }
            Call::Go => {
                return Err(Refusal::new(
                    sentences::calls::given(&held.given),
                    "There is no hold to lift.",
                ));
            }
        }
        let (whose, reason) = (held.given.by.name.clone(), words::reason(reason)?);
        Ok(vec![Event::HoldLifted { step: id.clone(), role: role.clone(), whose, reason }])
    }

    /// Calls the rollback of a step that was signed and can not be taken back. Anybody with a name
    /// may: nothing must stand in the way.
    pub(super) fn call_rollback(&self, id: &StepId, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let (step, launch, standing) = self.standing(id)?;
        if !step.irreversible {
            return Err(Refusal::new(
                format!("`{id}` can be taken back; it has no rollback."),
                format!("`golive reopen {id}` takes it back."),
            ));
        }
        if let Some(back) = &standing.rolled_back {
            return Err(Refusal::new(
                sentences::calls::rolled_back(&back.by, back.at, &back.what),
                "Go through the steps of the rollback; write down what happens as a note.",
            ));
        }
        let history = self.launch.history().step(id);
        if history.is_none_or(|history| history.signatures.is_empty()) {
            return Err(Refusal::new(
                format!("Nobody has signed `{id}`, so there is nothing to roll back."),
                "A hold or a no-go at the roll call stops it.",
            ));
        }
        let reason = words::reason(reason)?;
        let owner = cutover::rollback_owner(self.launch.runbook(), &launch, step);
        Ok(vec![Event::RollbackCalled { step: id.clone(), reason, owner }])
    }

    /// Refuses to go past a hold, a no-go or a rollback by any other way than its own.
    pub(super) fn not_stopped(&self, id: &StepId) -> Result<(), Refusal> {
        let Some(history) = self.launch.history().step(id) else { return Ok(()) };
        if let Some(back) = &history.rolled_back {
            return Err(Refusal::new(
                sentences::calls::rolled_back(&back.by, back.at, &back.what),
                format!("Reopen `{id}` with a reason to begin another attempt."),
            ));
        }
        let mut standing = history.calls.standing();
        match standing.find(|one| one.given.what.call != Call::Go) {
            Some(stops) => Err(Refusal::new(
                sentences::calls::given(&stops.given),
                way_out(&stops.given.what.role, stops.given.what.call),
            )),
            None => Ok(()),
        }
    }

    /// The role must be one of the person's, where the team says which those are.
    pub(super) fn own_role(&self, role: &Role) -> Result<(), Refusal> {
        let own = |person: &&crate::launch::standing::Person| {
            signers::same_person(&person.name, &self.by.name)
        };
        let Some(person) = self.world.people.iter().find(own) else { return Ok(()) };
        if person.roles.is_empty() || person.roles.contains(role) {
            return Ok(());
        }
        let shown = visible(role.as_str(), 60);
        Err(Refusal::new(
            format!(
                "golive.yaml lists {} as {}, not as {shown}.",
                visible(&person.name, 60),
                sentences::roles(&person.roles)
            ),
            format!("Let somebody of {shown} speak, or add the role under `people:`."),
        ))
    }

    /// One person speaks for one role only.
    fn speaks_for_one(&self, step: &Step, role: &Role) -> Result<(), Refusal> {
        let me = signers::person(&self.by.name);
        let calls = self.launch.history().step(&step.id).map(|history| &history.calls);
        let mut standing = calls.into_iter().flat_map(Calls::standing);
        let other = standing.find(|one| one.person == me && one.given.what.role != *role);
        let Some(RoleCall { given, .. }) = other else { return Ok(()) };
        Err(Refusal::new(
            format!(
                "{} speaks for {} already, since {}.",
                sentences::name(&given.by),
                visible(given.what.role.as_str(), 60),
                given.at.minute()
            ),
            "One person speaks for one role; let somebody else speak for this one.",
        ))
    }

    /// Whether this call may take the place of the one that the role has given.
    fn may_replace(
        &self,
        step: &Step,
        role: &Role,
        call: Call,
        roll: &RollCallStanding,
    ) -> Result<(), Refusal> {
        let stands = roll.roles.iter().find(|one| one.role == *role);
        let Some(stands) = stands.and_then(|one| one.call.as_ref()) else { return Ok(()) };
        let Some(said) = stands.counts() else { return Ok(()) };
        let own = signers::same_person(&stands.given.by.name, &self.by.name);
        if call == Call::Go && said == Call::Go {
            return Err(Refusal::new(
                sentences::calls::given(&stands.given),
                match roll.missing().as_slice() {
                    [] => format!("`{}` is decided; nothing is left to call.", step.id),
                    missing => sentences::calls::awaited(missing),
                },
            ));
        }
        // By another call, somebody else could get past a hold that nobody has lifted.
        if said == Call::Hold && !own {
            return Err(Refusal::new(
                sentences::calls::given(&stands.given),
                way_out(role, Call::Hold),
            ));
        }
        Ok(())
    }

    fn who_holds(&self, id: &StepId) -> String {
        let calls = self.launch.history().step(id).map(|history| &history.calls);
        let standing = calls.into_iter().flat_map(Calls::standing);
        let holds = standing.filter(|one| one.given.what.call == Call::Hold);
        holds.map(|one| sentences::calls::given(&one.given)).collect::<Vec<_>>().join(" ")
    }
}

/// How a hold or a no-go is ended.
fn way_out(role: &Role, call: Call) -> String {
    let role = visible(role.as_str(), 60);
    match call {
        Call::NoGo => format!("A no-go stands until {role} calls again."),
        _ => format!("Lift it by name, with a reason: `golive lift --role {role}`."),
    }
}

fn no_roll_call(step: &Step) -> Refusal {
    Refusal::new(
        format!("`{}` is not decided by a roll call.", step.id),
        format!("`golive sign {}`", step.id),
    )
}

/// A name of a role as the runbook would write it.
fn named(role: &Role) -> Result<Role, Refusal> {
    let plain = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-';
    let sound = !role.as_str().is_empty()
        && role.as_str().len() <= 40
        && role.as_str().chars().all(plain)
        && role.as_str().chars().any(|ch| ch.is_ascii_alphanumeric());
    if sound {
        return Ok(role.clone());
    }
    Err(Refusal::new(
        format!("`{}` is no name of a role.", visible(role.as_str(), 60)),
        "Say for which role you speak, in lower-case letters: engineering, finance, support.",
    ))
}

/// Nothing is called on a decision that was acted on.
fn not_acted(step: &Step, roll: &RollCallStanding) -> Result<(), Refusal> {
    let Some((acted, at, by)) = &roll.acted else { return Ok(()) };
    Err(Refusal::new(
        format!(
            "`{}` was acted on: {} signed `{acted}` at {}.",
            step.id,
            sentences::name(by),
            at.minute()
        ),
        format!("Call the rollback, or reopen `{acted}` if it was signed by mistake."),
    ))
}

fn because(call: Call) -> Refusal {
    Refusal::new(
        format!("A {} needs a reason.", call.word()),
        "Say in a few words what has to be so, for those who have to mend it.",
    )
}

/// Whether a go may be said: to a verdict that allows it, and that is no worse than it was read.
fn goes(step: &Step, roll: &RollCallStanding, saw: &Card) -> Result<(), Refusal> {
    let card = &roll.card;
    if !card.allows_go() {
        let lists = match card.verdict {
            VerdictKind::NoGo => [&card.blockers, &card.unknowns],
            _ => [&card.unknowns, &card.open],
        };
        let mut named = lists.into_iter().flatten();
        let first = named.next().map(|item| format!(" {}: {}", item.step, item.says));
        let more = match named.count() {
            0 => String::new(),
            1 => " One more step is named there.".to_owned(),
            more => format!(" {more} more steps are named there."),
        };
        return Err(Refusal::new(
            format!(
                "Nobody can say go to {}.{}{more}",
                card.verdict.words(),
                first.unwrap_or_default()
            ),
            "Settle what is named, waive it in your own name with a reason, or say hold.",
        ));
    }
    if let Some(says) = worse(saw, card) {
        return Err(Refusal::new(
            format!("The verdict is not the one that you read: {says}"),
            format!("Read `{}` again, then say go.", step.id),
        ));
    }
    let size = serde_json::to_string(saw).map_or(MOST, |text| text.len());
    if size >= MOST {
        return Err(Refusal::new(
            format!("{} risks are more than one go can answer for.", saw.risks.len()),
            "Settle some of them first.",
        ));
    }
    Ok(())
}

impl Case<'_> {
    /// The decision that an irreversible step is signed on; none where the runbook has no roll
    /// call before it.
    pub(super) fn decision(
        &self,
        step: &Step,
        launch: &crate::launch::standing::Standing,
    ) -> Result<Option<crate::launch::event::DecisionRecord>, Refusal> {
        if !step.irreversible {
            return Ok(None);
        }
        let Some(decision) = cutover::decision_of(self.launch.runbook(), &step.id) else {
            return Ok(None);
        };
        let stands: Option<&StepStanding> = launch.step(&decision.id);
        let Some(stands) = stands.filter(|stands| stands.state.is_settled()) else {
            let word = stands.map_or("open", |stands| stands.state.word());
            let why = stands.and_then(|stands| stands.because.first()).cloned();
            let why = why.map(|why| format!(" {why}")).unwrap_or_default();
            return Err(Refusal::new(
                format!("`{}` rests on `{}`, which is {word}.{why}", step.id, decision.id),
                format!("Decide first: `golive call go --role ROLE --step {}`", decision.id),
            ));
        };
        Ok(Some(cutover::decided(stands)))
    }
}
