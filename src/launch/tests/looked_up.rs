//! Ids of the provider's are seen there before they count as evidence.

use super::sections;
use crate::launch::decide::{Command, Refusal};
use crate::launch::lookup::{Looked, LookedUp};
use crate::launch::testing::{Walk, runbook};
use crate::runbook::model::Lookup;

/// A launch whose first step takes the id of a payment.
fn walk() -> Walk {
    let mut sections = sections();
    let step = &mut sections[0].steps[0];
    step.sign_off = crate::runbook::model::SignOff::Person;
    step.verify.clear();
    step.evidence = vec![super::evidence("payment_id", false)];
    step.evidence[0].lookup = Some(Lookup::Payment);
    Walk::new(runbook(sections))
}

fn sign(
    walk: &mut Walk,
    given: &[(&str, &str)],
    found: Option<Looked>,
    without: &str,
) -> Result<(), Refusal> {
    let step = walk.launch.runbook().sections[0].steps[0].id.clone();
    let mut command = walk.signing(step.as_str(), None, given, None);
    if let Command::Sign { looked_up, .. } = &mut command {
        *looked_up = LookedUp {
            found: found.into_iter().map(|looked| ("payment_id".to_owned(), looked)).collect(),
            without: Some(without.to_owned()),
        };
    }
    walk.submit("Dana", &command).map(drop)
}

fn kept(walk: &Walk) -> Vec<(String, String)> {
    let standing = walk.standing();
    let evidence = standing.steps[0].signatures[0].what.evidence.clone();
    evidence.into_iter().collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

const GIVEN: [(&str, &str); 1] = [("payment_id", "pmt_1")];

fn seen(id: &str) -> Looked {
    Looked::Seen { id: id.into(), says: "succeeded, read now".into() }
}

fn unknown() -> Looked {
    Looked::Unknown { id: "pmt_1".into(), why: "503 unavailable".into() }
}

#[test]
fn what_was_seen_stands_beside_the_id() {
    let mut walk = walk();
    sign(&mut walk, &GIVEN, Some(seen("pmt_1")), "").unwrap();
    let wanted = [pair("payment_id", "pmt_1"), pair("payment_id.seen", "succeeded, read now")];
    assert_eq!(kept(&walk), wanted);
}

#[test]
fn an_id_that_nobody_has_looked_up_is_no_evidence() {
    for found in [None, Some(unknown()), Some(seen("pmt_2"))] {
        let mut walk = walk();
        let refusal = sign(&mut walk, &GIVEN, found, " ").unwrap_err();
        assert!(refusal.message.contains("could not be looked up"), "{refusal:?}");
        assert!(refusal.hint.unwrap().contains("--not-looked-up"), "it says what to do");
    }
    let mut walk = walk();
    let refusal = sign(&mut walk, &GIVEN, Some(unknown()), "ok").unwrap_err();
    assert!(refusal.message.contains("not a reason"), "{refusal:?}");
}

#[test]
fn who_signs_without_says_why_and_that_is_kept() {
    let mut walk = walk();
    sign(&mut walk, &GIVEN, Some(unknown()), "the API is down, seen in the dashboard").unwrap();
    let says = "the API is down, seen in the dashboard (503 unavailable)";
    let wanted = [pair("payment_id", "pmt_1"), pair("payment_id.not_looked_up", says)];
    assert_eq!(kept(&walk), wanted);
}

#[test]
fn an_id_that_the_provider_does_not_know_is_refused_whatever_the_reason() {
    let mut walk = walk();
    let gone = Looked::NotThere { id: "pmt_1".into(), says: "answered 404".into() };
    let refusal = sign(&mut walk, &GIVEN, Some(gone), "I know better than that").unwrap_err();
    assert!(refusal.message.contains("MintCash has no payment `pmt_1`"), "{refusal:?}");
}

#[test]
fn evidence_that_is_left_out_needs_no_look_up() {
    let mut walk = walk();
    sign(&mut walk, &[], None, "").unwrap();
    assert!(kept(&walk).is_empty());
}
