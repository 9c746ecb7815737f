//! What holds whatever three people do in whatever order.

use proptest::prelude::*;

use super::sections;
use crate::launch::Launch;
use crate::launch::decide::Command;
use crate::launch::event::{Entry, Event};
use crate::launch::outcome::{CheckReport, Outcome};
use crate::launch::signers::person;
use crate::launch::standing::{Standing, StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook};
use crate::runbook::model::{Phase, Severity, SignOff, StepId};

const PEOPLE: [&str; 4] = ["Dana", "Kim", "Lee", "dana "];
const STEPS: [&str; 8] = [
    "keys.live",
    "hook.signature",
    "hook.endpoint",
    "hook.dedupe",
    "hook.money",
    "hook.prompt",
    "late.rate",
    "no.such",
];

/// Something that one of them does, or that the world does.
#[derive(Clone, Debug)]
enum Deed {
    Sign { role: Option<&'static str>, note: bool },
    Verify(Vec<(Outcome, u8)>),
    Begin,
    Waive(Option<u16>),
    Skip,
    Reopen,
    Note,
    Wait(u32),
    World(u8),
}

fn deeds() -> impl Strategy<Value = Vec<(usize, usize, Deed)>> {
    let outcome = prop::sample::select(vec![
        Outcome::Pass,
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Unknown,
        Outcome::Waiting,
    ]);
    let role = prop::sample::select(vec![None, Some("engineering"), Some("finance"), Some("x")]);
    let deed = prop_oneof![
        5 => (role, any::<bool>()).prop_map(|(role, note)| Deed::Sign { role, note }),
        5 => prop::collection::vec((outcome, 0..3_u8), 1..3).prop_map(Deed::Verify),
        1 => Just(Deed::Begin),
        1 => prop::option::of(1..5_000_u16).prop_map(Deed::Waive),
        1 => Just(Deed::Skip),
        1 => Just(Deed::Reopen),
        1 => Just(Deed::Note),
        2 => (1..100_000_u32).prop_map(Deed::Wait),
        1 => (0..3_u8).prop_map(Deed::World),
    ];
    prop::collection::vec((0..PEOPLE.len(), 0..STEPS.len(), deed), 0..60)
}

/// Does one thing; refusals are part of the game.
fn act(walk: &mut Walk, who: &str, step: &str, deed: &Deed) -> Vec<Entry> {
    let id = StepId::from(step);
    let reason = || "for a good reason".to_owned();
    let command = match deed {
        Deed::Sign { role, note } => {
            let evidence: &[_] = if step == "hook.money" { &[("reference", "SET-1")] } else { &[] };
            walk.signing(step, *role, evidence, note.then_some("I saw it in the ledger"))
        }
        Deed::Verify(outcomes) => {
            let reports = outcomes.iter().map(|(outcome, fact)| {
                CheckReport::new(*outcome, "said so").fact("webhook_url", fact.to_string())
            });
            let reports: Vec<_> = reports.collect();
            let before = walk.launch.entries().len();
            let _ = walk.verify(who, step, &reports);
            return walk.launch.entries()[before..].to_vec();
        }
        Deed::Begin => Command::Start { step: id, run: walk.run_id() },
        Deed::Waive(expires) => {
            let span = |seconds| std::time::Duration::from_secs(u64::from(seconds));
            let expires = expires.map(|seconds| walk.now.plus(span(seconds)));
            Command::Waive { step: id, reason: reason(), expires }
        }
        Deed::Skip => Command::Skip { step: id, reason: reason() },
        Deed::Reopen => Command::Reopen { step: id, reason: reason() },
        Deed::Note => Command::Note { step: Some(id), text: reason() },
        Deed::Wait(seconds) => {
            walk.wait(u64::from(*seconds));
            return Vec::new();
        }
        Deed::World(value) => {
            walk.fact("webhook_url", &value.to_string());
            return Vec::new();
        }
    };
    walk.submit(who, &command).unwrap_or_default()
}

fn refold(walk: &Walk, entries: &[Entry]) -> Launch {
    let mut launch = Launch::new(walk.launch.runbook().clone());
    entries.iter().for_each(|entry| launch.apply(entry));
    launch
}

fn counted(standing: &Standing, step: usize) -> Vec<u64> {
    standing.steps[step].signatures.iter().map(|signature| signature.seq).collect()
}

/// What must be true of every standing.
fn is_sound(walk: &Walk, standing: &Standing) -> Result<(), TestCaseError> {
    let runbook = walk.launch.runbook();
    for (step, stands) in runbook.steps().zip(&standing.steps) {
        let mut people: Vec<_> = stands.signatures.iter().map(|s| person(&s.by.name)).collect();
        let signatures = people.len();
        people.sort();
        people.dedup();
        prop_assert_eq!(people.len(), signatures, "somebody counts twice");
        if stands.state == StepState::Done && step.sign_off != SignOff::Verified {
            prop_assert!(people.len() >= usize::from(step.sign_off.people()));
            prop_assert!(stands.missing.is_empty());
        }
        if stands.state == StepState::Done {
            let sound = stands.checks.iter().all(|check| {
                let outcome = check.last.as_ref().map(|last| last.what.outcome);
                let signed = step.sign_off != SignOff::Verified;
                !check.stale
                    && (outcome == Some(Outcome::Pass)
                        || signed && outcome == Some(Outcome::Unknown))
            });
            prop_assert!(sound, "done on checks that did not pass: {:?}", stands.checks);
        }
        prop_assert!(stands.because.iter().all(|says| !says.contains('%')));
    }
    if matches!(standing.verdict.kind, VerdictKind::Go | VerdictKind::GoWithRisks) {
        let phases = runbook.sections.iter().flat_map(|s| s.steps.iter().map(|_| s.phase));
        let settled = standing.steps.iter().zip(phases).all(|(step, phase)| {
            step.severity == Severity::Advisory || phase != Phase::Before || step.state.is_settled()
        });
        prop_assert!(settled);
    }
    Ok(())
}

/// What can be compared between two foldings of the same acts in another order.
fn shape(standing: &Standing) -> Vec<(StepState, Vec<String>, Vec<String>)> {
    let of = |step: &crate::launch::standing::StepStanding| {
        let people = step.signatures.iter().map(|s| s.by.name.clone()).collect();
        (step.state, step.because.clone(), people)
    };
    standing.steps.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_launch_stays_sound_and_folding_it_again_gives_the_same(deeds in deeds(), cut in 0..400_usize) {
        let mut walk = Walk::new(runbook(sections()));
        for (who, step, deed) in &deeds {
            act(&mut walk, PEOPLE[*who], STEPS[*step], deed);
            is_sound(&walk, &walk.standing())?;
        }
        let entries = walk.launch.entries().to_vec();
        let now = walk.standing();
        let (first, rest) = entries.split_at(cut.min(entries.len()));
        let mut launch = refold(&walk, first);
        let _ = launch.standing(walk.now, &walk.world);
        rest.iter().for_each(|entry| launch.apply(entry));
        prop_assert_eq!(launch.standing(walk.now, &walk.world), now);
        prop_assert_eq!(launch.entries(), &entries[..]);
    }

    #[test]
    fn only_a_reopening_or_a_result_takes_a_signature_away(deeds in deeds()) {
        let mut walk = Walk::new(runbook(sections()));
        for (who, step, deed) in &deeds {
            let before = walk.standing();
            let time_passes = matches!(deed, Deed::Wait(_) | Deed::World(_));
            let entries = act(&mut walk, PEOPLE[*who], STEPS[*step], deed);
            let after = walk.standing();
            let takes = |event: &Event| {
                matches!(event, Event::StepReopened { .. } | Event::CheckResult(_))
            };
            let touched: Vec<_> =
                entries.iter().filter(|e| takes(&e.event)).filter_map(|e| e.event.step()).collect();
            for (place, step) in before.steps.iter().enumerate() {
                if time_passes || touched.contains(&&step.id) {
                    continue;
                }
                let (was, is) = (counted(&before, place), counted(&after, place));
                prop_assert!(was.iter().all(|seq| is.contains(seq)), "{:?} lost a signature", step.id);
            }
            for entry in &entries {
                if let Event::StepSigned(record) = &entry.event {
                    let stands = after.step(&record.step).unwrap();
                    prop_assert!(stands.signatures.iter().any(|s| s.seq == entry.seq));
                }
            }
        }
    }

    #[test]
    fn nothing_changes_by_itself_before_it_is_announced(deeds in deeds(), part in 0..100_i64) {
        let mut walk = Walk::new(runbook(sections()));
        for (who, step, deed) in &deeds {
            act(&mut walk, PEOPLE[*who], STEPS[*step], deed);
        }
        let now = walk.standing();
        let until = now.changes_at.map_or(walk.now.millis() + 10_000_000_000, crate::time::Timestamp::millis);
        let span = until - 1 - walk.now.millis();
        walk.now = crate::time::Timestamp::from_millis(walk.now.millis() + span / 100 * part);
        let later = walk.standing();
        let states = |standing: &Standing| standing.steps.iter().map(|s| s.state).collect::<Vec<_>>();
        prop_assert_eq!(states(&later), states(&now));
        prop_assert_eq!(later.verdict.kind, now.verdict.kind);
    }

    #[test]
    fn the_order_of_unrelated_steps_does_not_matter(deeds in deeds()) {
        let mut walk = Walk::new(runbook(sections()));
        for (who, step, deed) in &deeds {
            act(&mut walk, PEOPLE[*who], STEPS[*step], deed);
        }
        let mut entries = walk.launch.entries().to_vec();
        entries.sort_by_key(|entry| entry.event.step().cloned());
        for (place, entry) in entries.iter_mut().enumerate() {
            entry.seq = place as u64 + 1;
        }
        let other = refold(&walk, &entries);
        prop_assert_eq!(shape(&other.standing(walk.now, &walk.world)), shape(&walk.standing()));
    }
}
