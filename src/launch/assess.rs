//! The state of one step: what its history means at a time, in a world.
//!
//! Called by `Launch::standing` for each step. Gates come afterwards (`gates`), because they need
//! every step's state.

use crate::launch::due::Schedule;
use crate::launch::event::{Call, Card};
use crate::launch::fold::StepHistory;
use crate::launch::freshness::Freshness;
use crate::launch::outcome::Outcome;
use crate::launch::roll_call::{self, RollCallStanding};
use crate::launch::sentences;
use crate::launch::signers::{self, Sorted};
use crate::launch::standing::{
    Change, CheckStanding, DueStanding, Exemption, ExemptionKind, Missing, Running, StepStanding,
    StepState, World,
};
use crate::runbook::model::{Role, SignOff, Step};
use crate::time::Timestamp;

/// One step, its history, the time and the world.
pub(super) struct Look<'a> {
    /// The step.
    pub step: &'a Step,
    /// What is known of it.
    pub history: &'a StepHistory,
    /// Its due times, once they count.
    pub schedule: Option<Schedule<'a>>,
    /// The time.
    pub now: Timestamp,
    /// The world.
    pub world: &'a World,
}

/// What checks and signatures say together, before waivers and runs are looked at.
struct Findings {
    checks: Vec<CheckStanding>,
    sorted: Sorted,
    missing: Missing,
}

impl Look<'_> {
    /// Where the step stands; adds the moments at which that may change by itself. `card` is the
    /// verdict of everything else, for a step that is decided by a roll call.
    pub fn standing(&self, card: Option<Card>, moments: &mut Vec<Timestamp>) -> StepStanding {
        let freshness = self.freshness();
        let roll_call = self.roll_call(card, &freshness);
        let sorted = signers::sort(&self.history.signatures, |signed| freshness.lapse(signed));
        let checks = freshness.checks();
        let unknown = could_not_find_out(&checks);
        let missing = match roll_call.as_ref().filter(|_| self.step.sign_off.is_roll_call()) {
            Some(roll) => {
                let roles = roll.missing();
                Missing { people: roles.len(), roles }
            }
            None => signers::missing(&self.step.sign_off, &sorted.counted, unknown),
        };
        let findings = Findings { checks, sorted, missing };

        let shown = self.state_of_findings(&findings);
        let running = self.running();
        let (state, exemption) = self.exempt(shown);
        let state = match &running {
            Some(run) if !run.interrupted && !state.is_settled() => StepState::Running,
            _ => state,
        };
        let stopped = self.stopped(state, roll_call.as_ref());
        let (state, exemption) = stopped.map_or((state, exemption), |stopped| (stopped, None));
        let due = self.due(state, moments);
        let mut because = self.say_stopped(roll_call.as_ref());
        because.extend(self.history.crossed.iter().map(|open| sentences::crossed(open)));
        because.extend(due.as_ref().and_then(|due| Self::say_due(state, due)));
        because.extend(self.because(state, &findings, running.as_ref()));
        if let Some(roll) = roll_call.as_ref().filter(|_| !state.is_settled()) {
            because.extend(Self::say_calls(state, roll));
        }
        self.add_moments(moments);

        let Findings { checks, sorted, missing } = findings;
        let changed = self.changed(&sorted);
        let mut lapsed = sorted.lapsed;
        lapsed.extend(self.history.withdrawn.iter().cloned());
        let fresh_until = freshness.fresh_until(sorted.counted.iter().map(|signed| signed.at));
        let looks_until = due.as_ref().filter(|_| state == StepState::Done);
        let looks_until = looks_until.and_then(|due| Some(due.next()?.at));
        let fresh_until = [fresh_until, looks_until].into_iter().flatten().min();
        StepStanding {
            id: self.step.id.clone(),
            severity: self.step.severity,
            state,
            because,
            checks,
            signatures: sorted.counted,
            lapsed,
            missing,
            exemption,
            running,
            changed,
            roll_call,
            rolled_back: self.history.rolled_back.clone(),
            crossed: self.history.crossed.clone(),
            notes: self.history.notes.clone(),
            due,
            fresh_until,
        }
    }

    /// The roll call of a step that is decided by one, or where somebody still holds.
    fn roll_call(&self, card: Option<Card>, freshness: &Freshness<'_>) -> Option<RollCallStanding> {
        let Self { step, history, .. } = *self;
        if card.is_none() && !history.calls.stop() {
            return None;
        }
        let card = card.unwrap_or_else(Card::empty);
        Some(roll_call::Look { step, history, freshness, card }.standing())
    }

    /// The state that a no-go, a hold or a rollback makes, whatever else there is: nobody gets
    /// past it with a waiver.
    fn stopped(&self, state: StepState, roll: Option<&RollCallStanding>) -> Option<StepState> {
        let says = |call| roll.is_some_and(|roll| roll.standing(call).next().is_some());
        if self.history.rolled_back.is_some() || says(Call::NoGo) {
            return Some(StepState::Failed);
        }
        says(Call::Hold).then_some(match state {
            StepState::Failed => StepState::Failed,
            _ => StepState::Waiting,
        })
    }

    fn say_stopped(&self, roll: Option<&RollCallStanding>) -> Vec<String> {
        let mut says = Vec::new();
        if let Some(back) = &self.history.rolled_back {
            says.push(sentences::calls::rolled_back(&back.by, back.at, &back.what));
        }
        for call in [Call::NoGo, Call::Hold] {
            let standing = roll.into_iter().flat_map(|roll| roll.standing(call));
            says.extend(standing.map(|(_, given)| sentences::calls::given(&given.given)));
        }
        says
    }

    /// Which goes lapsed, and who has still to speak.
    fn say_calls(state: StepState, roll: &RollCallStanding) -> Vec<String> {
        let calls = roll.roles.iter().filter_map(|role| role.call.as_ref());
        let mut says: Vec<String> = calls.filter_map(|call| call.lapsed.clone()).collect();
        let missing = roll.missing();
        if !missing.is_empty() && matches!(state, StepState::Ready | StepState::Stale) {
            says.push(sentences::calls::awaited(&missing));
        }
        says
    }

    fn freshness(&self) -> Freshness<'_> {
        let Self { step, history, schedule, now, world } = *self;
        Freshness { step, history, schedule, now, world }
    }

    /// Where it stands with its due times; nothing is due where somebody answers for going on
    /// without the step.
    fn due(&self, state: StepState, moments: &mut Vec<Timestamp>) -> Option<DueStanding> {
        let schedule = self.schedule?;
        if matches!(state, StepState::Waived | StepState::NotApplicable) {
            return None;
        }
        let done = state == StepState::Done;
        let mut due = schedule.standing(&self.history.looks, self.now, done);
        let opens = due.next().is_some_and(|time| time.from <= self.now);
        due.early = done && opens && self.step.sign_off == SignOff::Person;
        schedule.moments(&due, self.now, moments);
        Some(due)
    }

    fn say_due(state: StepState, due: &DueStanding) -> Option<String> {
        let (time, since) = due.over()?;
        let open = matches!(state, StepState::Open | StepState::Ready | StepState::Stale);
        open.then(|| sentences::due_since(time, since, due.again()))
    }

    /// The state that checks and signatures make. A failure stands until a check says otherwise,
    /// however old it is.
    fn state_of_findings(&self, findings: &Findings) -> StepState {
        let has = |outcome| findings.checks.iter().any(|check| outcome_of(check) == Some(outcome));
        let vouched = !findings.sorted.counted.is_empty();
        let signed = findings.missing.is_empty() && (vouched || !self.step.sign_off.is_by_checks());
        let unfinished = findings.checks.iter().any(|check| check.last.is_none());
        let stale = findings.checks.iter().any(|check| check.stale);
        let lacking = |otherwise| {
            if self.was_complete(findings) { StepState::Stale } else { otherwise }
        };
        if has(Outcome::Fail) {
            StepState::Failed
        } else if has(Outcome::Unknown) && !signed {
            match self.was_complete(findings) && stale && !self.is_newly_unknown(findings) {
                true => StepState::Stale,
                false => StepState::Unknown,
            }
        } else if has(Outcome::Waiting) {
            StepState::Waiting
        } else if unfinished || stale {
            lacking(StepState::Open)
        } else if self.is_beyond_checks() {
            StepState::Open
        } else if findings.missing.is_empty() {
            StepState::Done
        } else {
            lacking(StepState::Ready)
        }
    }

    /// Whether an unknown result came after every signature that once completed the step.
    fn is_newly_unknown(&self, findings: &Findings) -> bool {
        let signed = self.history.signatures.iter().map(|signed| signed.signature.seq).max();
        let unknown = findings.checks.iter().filter_map(|check| check.last.as_ref());
        let unknown = unknown.filter(|last| last.what.outcome == Outcome::Unknown);
        unknown.map(|last| last.seq).max() > signed
    }

    /// Whether nothing verifies a step that only verification could complete.
    fn is_beyond_checks(&self) -> bool {
        self.step.verify.is_empty() && self.step.sign_off.is_by_checks()
    }

    /// Whether the step was complete once and nobody reopened it since.
    fn was_complete(&self, findings: &Findings) -> bool {
        if self.step.sign_off.is_by_checks() {
            let passed = |check: &CheckStanding| outcome_of(check) == Some(Outcome::Pass);
            let outdated = self.history.outdated.as_ref();
            let by_checks = !findings.checks.is_empty() && findings.checks.iter().all(passed)
                || outdated.is_some_and(|result| result.what.outcome == Outcome::Pass);
            return by_checks || !self.history.signatures.is_empty();
        }
        if self.step.sign_off.is_roll_call() {
            let said = |role: &Role| {
                let mut goes = self.history.calls.standing();
                goes.any(|one| one.given.what.call == Call::Go && &one.given.what.role == role)
            };
            if self.step.sign_off.roles().iter().all(said) {
                return true;
            }
        }
        let lapsed = findings.sorted.lapsed.iter().map(|(signature, _)| signature);
        let people = signers::people(findings.sorted.counted.iter().chain(lapsed));
        people >= usize::from(self.step.sign_off.people()).max(1)
    }

    /// The state with the waiver or not-applicable mark, and that mark where it is to be shown.
    fn exempt(&self, state: StepState) -> (StepState, Option<Exemption>) {
        let Some((exemption, _)) = &self.history.exemption else { return (state, None) };
        let marked = match exemption.kind {
            ExemptionKind::Waived => StepState::Waived,
            ExemptionKind::NotApplicable => StepState::NotApplicable,
        };
        let shown = Some(exemption.clone());
        match (self.exemption_over(), state) {
            (None, StepState::Done) if marked == StepState::Waived => (state, None),
            (None, _) => (marked, shown),
            (Some(_), StepState::Open | StepState::Ready | StepState::Stale) => {
                (StepState::Stale, shown)
            }
            (Some(_), _) => (state, None),
        }
    }

    /// Why the waiver or not-applicable mark is not in force, when it is not.
    fn exemption_over(&self) -> Option<String> {
        let (exemption, digest) = self.history.exemption.as_ref()?;
        let ran_out = exemption.expires.is_some_and(|end| end <= self.now);
        (ran_out || *digest != self.step.digest)
            .then(|| sentences::exemption_over(exemption, self.history, ran_out))
    }

    fn running(&self) -> Option<Running> {
        let run = self.history.run.as_ref()?;
        let gone = self.world.gone.contains(&run.id);
        let ends = self.world.interrupts_at(&run.id, run.at);
        let interrupted = gone || ends.is_some_and(|ends| self.now >= ends);
        Some(Running { run: run.id.clone(), by: run.by.clone(), at: run.at, interrupted })
    }

    /// What changed since it was verified or signed, each thing once.
    fn changed(&self, sorted: &Sorted) -> Vec<Change> {
        let freshness = self.freshness();
        let results = self.history.results.iter().flatten();
        let of_results = results.flat_map(|result| freshness.changes_of_result(result));
        let lapsed = |seq| sorted.lapsed.iter().any(|(signature, _)| signature.seq == seq);
        let signed = self.history.signatures.iter().filter(|one| lapsed(one.signature.seq));
        let of_signatures = signed.flat_map(|signed| freshness.changes_of_signature(signed));
        let mut changed: Vec<Change> = Vec::new();
        for change in of_results.chain(of_signatures) {
            if !changed.contains(&change) {
                changed.push(change);
            }
        }
        changed
    }

    fn because(
        &self,
        state: StepState,
        findings: &Findings,
        running: Option<&Running>,
    ) -> Vec<String> {
        let mut says = Vec::new();
        if let Some(run) = running
            && (run.interrupted || state == StepState::Running)
        {
            says.push(sentences::running(run));
        }
        if let Some((exemption, _)) = &self.history.exemption {
            match self.exemption_over() {
                Some(over) if !state.is_settled() => says.push(over),
                None if state != StepState::Done => says.push(sentences::exempted(exemption)),
                _ => {}
            }
        }
        if matches!(state, StepState::NotApplicable) {
            return says;
        }
        self.say_checks(findings, &mut says);
        self.say_signatures(state, findings, &mut says);
        says
    }

    fn say_checks(&self, findings: &Findings, says: &mut Vec<String>) {
        let freshness = self.freshness();
        let who: Vec<_> =
            findings.sorted.counted.iter().map(|signed| sentences::name(&signed.by)).collect();
        for check in &findings.checks {
            let Some(last) = &check.last else { continue };
            match last.what.outcome {
                Outcome::Fail => says.push(sentences::result(last, "failed")),
                Outcome::Unknown if findings.missing.is_empty() && !who.is_empty() => {
                    says.push(sentences::signed_unknown(&who, last));
                }
                Outcome::Unknown => says.push(sentences::result(last, "could not find out")),
                Outcome::Waiting => says.push(sentences::result(last, "waits")),
                Outcome::Pass => {}
            }
            if check.stale {
                let changes = freshness.changes_of_result(last);
                says.push(match freshness.is_due_again(last.at) {
                    true if changes.is_empty() => sentences::result_before_due(last, self.now),
                    _ => sentences::stale_result(last, self.step, &changes, self.now),
                });
            }
        }
        let missing = findings.checks.iter().any(|check| check.last.is_none());
        if let Some(outdated) = self.history.outdated.as_ref().filter(|_| missing) {
            says.push(sentences::outdated_result(outdated, self.history));
        }
        if self.is_beyond_checks() {
            says.push("No check verifies it and nobody can sign it: it can only be waived.".into());
        }
    }

    fn say_signatures(&self, state: StepState, findings: &Findings, says: &mut Vec<String>) {
        if state.is_settled() {
            return;
        }
        let lapsed = findings.sorted.lapsed.iter();
        let gone = lapsed.filter(|(signature, _)| {
            let again = |s: &crate::launch::standing::Signature| {
                signers::same_person(&s.by.name, &signature.by.name)
            };
            !findings.sorted.counted.iter().any(again)
        });
        says.extend(gone.map(|(_, why)| why.clone()));
        let verified = findings.checks.iter().all(|check| check.last.is_some() && !check.stale);
        let signing = matches!(state, StepState::Ready | StepState::Stale) && verified;
        if signing && !findings.missing.is_empty() && !self.step.sign_off.is_roll_call() {
            says.push(sentences::missing(&findings.missing));
        }
    }

    fn add_moments(&self, moments: &mut Vec<Timestamp>) {
        self.freshness().moments(moments);
        if let Some((exemption, _)) = &self.history.exemption {
            moments.extend(exemption.expires);
        }
        if let Some(run) = &self.history.run {
            moments.extend(self.world.interrupts_at(&run.id, run.at));
        }
    }
}

/// Whether checks ran and could not find out, and none failed, waits or has not run: what a person
/// may vouch for.
fn could_not_find_out(checks: &[CheckStanding]) -> bool {
    let outcomes = || checks.iter().map(outcome_of);
    let said = |outcome| matches!(outcome, Some(Outcome::Pass | Outcome::Unknown));
    outcomes().all(said) && outcomes().any(|outcome| outcome == Some(Outcome::Unknown))
}

fn outcome_of(check: &CheckStanding) -> Option<Outcome> {
    check.last.as_ref().map(|last| last.what.outcome)
}
