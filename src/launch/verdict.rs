//! The sentence for the meeting, and what to do next.
//!
//! Called by `Launch::standing` once every step's state is known. Steps of the sections that come
//! with or after the decision hold the verdict back only when they failed.

use crate::launch::event::Call;
use crate::launch::outcome::Outcome;
use crate::launch::sentences;
use crate::launch::standing::{
    Named, SectionStanding, StepStanding, StepState, Verdict, VerdictKind,
};
use crate::runbook::model::{Phase, Runbook, Severity, StepId};

/// GO, GO WITH RISKS, NO-GO or NOT YET, with the names behind it.
pub(super) fn verdict<'a>(steps: impl IntoIterator<Item = (&'a StepStanding, Phase)>) -> Verdict {
    let mut verdict = Verdict {
        kind: VerdictKind::Go,
        blockers: Vec::new(),
        risks: Vec::new(),
        unknowns: Vec::new(),
        holds: Vec::new(),
        open: Vec::new(),
    };
    let mut any = false;
    for (step, phase) in steps {
        any = true;
        match step.severity {
            // Who says no or holds stops a launch whatever the step weighs.
            _ if step.is_refused() => verdict.blockers.push(named(step)),
            _ if step.is_held() => verdict.holds.push(named(step)),
            Severity::Blocking => blocking(step, phase, &mut verdict),
            Severity::Advisory => advisory(step, phase, &mut verdict),
        }
    }
    let waits = [&verdict.open, &verdict.unknowns, &verdict.holds];
    verdict.kind = if !verdict.blockers.is_empty() {
        VerdictKind::NoGo
    } else if !any || waits.iter().any(|named| !named.is_empty()) {
        VerdictKind::NotYet
    } else if !verdict.risks.is_empty() {
        VerdictKind::GoWithRisks
    } else {
        VerdictKind::Go
    };
    verdict
}

fn blocking(step: &StepStanding, phase: Phase, verdict: &mut Verdict) {
    match step.state {
        StepState::Failed => verdict.blockers.push(named(step)),
        StepState::Unknown if phase == Phase::Before => verdict.unknowns.push(named(step)),
        StepState::Done | StepState::Waived => risk(step, verdict),
        StepState::NotApplicable => {}
        _ if phase == Phase::Before => verdict.open.push(named(step)),
        _ => {}
    }
}

fn advisory(step: &StepStanding, phase: Phase, verdict: &mut Verdict) {
    match step.state {
        StepState::Done | StepState::Waived => risk(step, verdict),
        StepState::NotApplicable => {}
        StepState::Failed => verdict.risks.push(named(step)),
        _ if phase == Phase::Before => verdict.risks.push(named(step)),
        _ => {}
    }
}

/// Names what somebody answers for: a waiver, or a signature over what no check could find out.
fn risk(step: &StepStanding, verdict: &mut Verdict) {
    let owner = match step.state {
        StepState::Waived => step.exemption.as_ref().map(|waiver| sentences::name(&waiver.by)),
        _ if step.is_signed_over_unknown() => {
            let who: Vec<_> = step.signatures.iter().map(|s| sentences::name(&s.by)).collect();
            Some(sentences::list(&who))
        }
        _ => return,
    };
    verdict.risks.push(Named { owner, ..named(step) });
}

/// Each step with the phase of its section.
pub(super) fn phases(runbook: &Runbook) -> impl Iterator<Item = Phase> {
    runbook.sections.iter().flat_map(|section| section.steps.iter().map(move |_| section.phase))
}

impl StepStanding {
    /// Whether a role says no-go, or the step's rollback was called.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.rolled_back.is_some() || self.stands(Call::NoGo)
    }

    /// Whether a role holds.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.stands(Call::Hold)
    }

    fn stands(&self, call: Call) -> bool {
        self.roll_call.as_ref().is_some_and(|roll| roll.standing(call).next().is_some())
    }

    /// Whether the step is complete because people vouch for what a check could not find out.
    #[must_use]
    pub fn is_signed_over_unknown(&self) -> bool {
        let unknown = |outcome| outcome == Outcome::Unknown;
        let mut last = self.checks.iter().filter_map(|check| check.last.as_ref());
        self.state == StepState::Done && last.any(|last| unknown(last.what.outcome))
    }
}

fn named(step: &StepStanding) -> Named {
    let says = match (step.because.first(), step.state) {
        (Some(because), _) => because.clone(),
        (None, StepState::Open) => "Not verified yet.".to_owned(),
        (None, state) => format!("Is {}.", state.word()),
    };
    Named { step: step.id.clone(), says, owner: None }
}

/// The step to do next: in the runbook's order, the first blocking step that somebody can act on
/// now (failed, unknown, stale, open or ready, in a section that is not locked); when there is
/// none, the first such advisory step. What waits, runs or is locked is passed over; what is not
/// due yet comes last, the soonest first.
pub(super) fn next(
    runbook: &Runbook,
    sections: &[SectionStanding],
    steps: &[StepStanding],
) -> Option<StepId> {
    let locked = runbook.sections.iter().zip(sections).flat_map(|(section, standing)| {
        section.steps.iter().map(move |_| !standing.waits_for.is_empty())
    });
    let can_act = |state| {
        use StepState::{Failed, Open, Ready, Stale, Unknown};
        matches!(state, Failed | Unknown | Stale | Open | Ready)
    };
    // Nobody can say go to a launch that is not ready for it.
    let can_call = |step: &StepStanding| {
        let roll = step.roll_call.as_ref();
        roll.is_none_or(|roll| step.state == StepState::Failed || roll.card.allows_go())
    };
    let acting = steps
        .iter()
        .zip(locked)
        .filter(|(step, locked)| can_act(step.state) && can_call(step) && !locked);
    let acting: Vec<_> = acting.map(|(step, _)| step).collect();
    let ahead = |step: &StepStanding| match step.state {
        StepState::Open | StepState::Ready => Some(step.due.as_ref()?.next()?.at),
        _ => None,
    };
    let mut now = acting.iter().filter(|step| ahead(step).is_none());
    let blocking = now.clone().find(|step| step.severity == Severity::Blocking);
    let soonest = || acting.iter().min_by_key(|step| ahead(step));
    blocking.or_else(|| now.next()).or_else(soonest).map(|step| step.id.clone())
}
