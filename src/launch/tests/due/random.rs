//! What holds of due times whatever happens in a first week.

use std::time::Duration;

use proptest::prelude::*;

use super::{CODES, RATE, SWITCH, due_of, reopen, roll_back, walk};
use crate::launch::Launch;
use crate::launch::due::DueNow::{Ahead, Met, Over};
use crate::launch::due::DueStanding;
use crate::launch::outcome::Outcome::{Fail, Pass};
use crate::launch::standing::StepState::Done;
use crate::launch::testing::Walk;

/// Something that happens in a first week.
#[derive(Clone, Debug)]
enum Deed {
    Sign(usize, usize),
    Check(bool),
    Switch,
    Back,
    Reopen(usize),
    Wait(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0..2_usize, 0..3_usize).prop_map(|(who, step)| Deed::Sign(who, step)),
        3 => any::<bool>().prop_map(Deed::Check),
        3 => Just(Deed::Switch),
        1 => Just(Deed::Back),
        1 => (0..3_usize).prop_map(Deed::Reopen),
        6 => (1..100_000_u64).prop_map(Deed::Wait),
    ];
    prop::collection::vec(deed, 0..50)
}

fn act(walk: &mut Walk, deed: &Deed) {
    let steps = [SWITCH, RATE, CODES];
    let _ = match deed {
        Deed::Sign(who, step) => walk.sign(["Dana", "Kim"][*who], steps[*step]).map(drop),
        Deed::Check(passes) => walk.check("Kim", CODES, if *passes { Pass } else { Fail }),
        Deed::Switch => walk.sign("Dana", SWITCH).map(drop),
        Deed::Back => walk.submit("Dana", &roll_back()).map(drop),
        Deed::Reopen(step) => walk.submit("Dana", &reopen(steps[*step])).map(drop),
        Deed::Wait(seconds) => {
            walk.wait(*seconds);
            Ok(())
        }
    };
}

/// How far along a due standing is in time: which time is asked for, and how long it is overdue.
fn rank(due: &DueStanding) -> (usize, bool) {
    match due.now {
        Ahead(number) => (number, false),
        Over { time, .. } => (time, true),
        Met => (due.times.len(), false),
    }
}

fn overdue(walk: &Walk, step: &str) -> Duration {
    let due = due_of(walk, step);
    let over = due.as_ref().and_then(|due| due.over());
    over.map(|(_, since)| walk.now.since(since)).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn time_alone_only_ever_makes_more_due(deeds in deeds(), steps in prop::collection::vec(1..200_000_u64, 1..12)) {
        let mut walk = walk();
        deeds.iter().for_each(|deed| act(&mut walk, deed));
        for step in [RATE, CODES] {
            let mut later = walk.clone();
            let mut before = due_of(&later, step).map(|due| (rank(&due), Duration::ZERO));
            for seconds in &steps {
                later.wait(*seconds);
                let Some(due) = due_of(&later, step) else {
                    prop_assert!(before.is_none());
                    continue;
                };
                let now = (rank(&due), overdue(&later, step));
                if let Some((rank_before, over)) = before {
                    prop_assert!(now.0 >= rank_before, "{:?} {rank_before:?}", now.0);
                    // Within one time, overdue only ever grows.
                    prop_assert!(now.0 != rank_before || now.1 >= over);
                }
                before = Some(now);
            }
        }
    }

    #[test]
    fn a_look_makes_no_step_more_overdue(deeds in deeds(), who in 0..2_usize) {
        let mut walk = walk();
        deeds.iter().for_each(|deed| act(&mut walk, deed));
        for step in [RATE, CODES] {
            let before = overdue(&walk, step);
            let mut signed = walk.clone();
            act(&mut signed, &Deed::Sign(who, 1));
            act(&mut signed, &Deed::Check(true));
            prop_assert!(overdue(&signed, step) <= before);
            let state = signed.state(step);
            if state == Some(Done) {
                prop_assert_eq!(overdue(&signed, step), Duration::ZERO);
            }
        }
    }

    #[test]
    fn a_journal_that_is_read_again_says_the_same(deeds in deeds()) {
        let mut walk = walk();
        deeds.iter().for_each(|deed| act(&mut walk, deed));
        let mut again = Launch::new(walk.launch.runbook().clone());
        walk.launch.entries().iter().for_each(|entry| again.apply(entry));
        prop_assert_eq!(again.standing(walk.now, &walk.world), walk.standing());
        prop_assert_eq!(again.switched_at(), walk.launch.switched_at());
        for step in &walk.standing().steps {
            let over = step.due.as_ref().and_then(DueStanding::over);
            prop_assert!(step.state != Done || over.is_none(), "what is done is not overdue");
        }
    }
}
