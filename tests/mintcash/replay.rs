//! The check `idempotent-replay`: one double of the sandbox for each way to treat a request that
//! comes again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use golive::checks::context::ProgressSink;
use golive::checks::idempotency::replay::IdempotentReplay;
use golive::checks::{Check as _, CheckContext, CheckReport, Effect, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use indexmap::IndexMap;
use rstest::rstest;
use serde_json::Value;
use url::Url;

use crate::double::{Double, PUBLIC, QUICK, SECRET, TEST_PUBLIC, TEST_SECRET};

const KEYS: [(&str, &str); 2] =
    [("test_public_key", TEST_PUBLIC), ("test_secret_key", TEST_SECRET)];
const PAID: &str = "pmt_paid";

async fn context(url: &Url, keys: &[(&str, &str)], paid: Option<&str>) -> CheckContext {
    let mut values = IndexMap::new();
    let mut put = |name: &str, value| {
        values.insert(name.into(), Input { value, origin: ValueOrigin::Default });
    };
    put("sandbox_url", InputValue::Url(url.clone()));
    if let Some(paid) = paid {
        put("sandbox_payment", InputValue::Text(paid.to_owned()));
    }
    for (name, _) in keys {
        put(name, InputValue::Secret(SecretRef::Prompt));
    }
    let inputs = Inputs::new(values, std::env::temp_dir());
    for (name, value) in keys {
        inputs.answer(name, Secret::new((*value).to_owned())).await;
    }
    CheckContext::bare(Arc::new(inputs), std::env::temp_dir(), SystemClock.now())
}

async fn run(context: &CheckContext) -> CheckReport {
    let report = IdempotentReplay::with_retries(QUICK).run(context).await;
    let said = format!("{report:?}");
    assert!(!said.contains("canary"), "the report shows a key: {said}");
    report
}

/// What is said of a sandbox with these switches, with a payment that can be refunded.
async fn about(switches: &[&str]) -> Option<CheckReport> {
    let double = Double::sandbox(switches)?;
    Some(run(&context(&double.url, &KEYS, Some(PAID)).await).await)
}

fn said(report: &CheckReport) -> String {
    let mut said = format!("{}\n", report.summary);
    for finding in &report.findings {
        said += &format!("{:?}: {} | {:?}\n", finding.level, finding.message, finding.hint);
    }
    said
}

fn created(report: &CheckReport) -> Vec<&Value> {
    report.evidence["created_in_the_sandbox"].as_array().unwrap().iter().collect()
}

#[tokio::test]
async fn a_sandbox_that_creates_once_passes_and_what_was_made_is_named() {
    let Some(double) = Double::sandbox(&[]) else { return };
    let context = context(&double.url, &KEYS, Some(PAID)).await;
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    let made = created(&report);
    let what: Vec<_> = made.iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["payment", "payment", "subscription", "subscription", "refund", "refund"]);
    for thing in made {
        assert!(thing["externalId"].as_str().unwrap().starts_with("golive-"), "{thing}");
    }
    // Three of the same, one other, ten at once, once more; of three things.
    let seen = double.seen();
    let posts = seen.iter().filter(|it| it.method == "POST");
    assert_eq!((posts.clone().count(), seen.len()), (45, 45));
    let bodies: BTreeSet<&str> = posts.map(|it| it.body.as_str()).collect();
    assert_eq!(bodies.len(), 9, "{bodies:?}");
    assert!(said(&report).contains("What happens to requests at once is not documented"));
}

#[rstest]
#[case::wrapped(&["wrapped"])]
#[case::major_units(&["major"])]
#[case::bare_uuids(&["bare-uuids", "text-amounts"])]
#[case::current_state(&["current-state", "wrapped"])]
#[case::trouble_that_passes(&["503-once"])]
#[case::lost_answer(&["lost-answer"])]
#[tokio::test]
async fn a_sound_sandbox_passes_however_it_answers(#[case] switches: &[&str]) {
    let Some(report) = about(switches).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(!report.findings.iter().any(|it| it.level != Level::Info), "{}", said(&report));
}

#[rstest]
#[case::ignored(&["ignores-external-id"], "the same body again made a second payment: pmt_")]
#[case::ignored_wrapped(&["ignores-external-id", "wrapped", "major"], "the same body again made a second payment: pmt_")]
#[case::ignored_for_subscriptions(&["ignores-external-id-of-subscriptions"], "the same body again made a second subscription: sub_")]
#[case::ignored_for_refunds(&["ignores-external-id-of-refunds"], "the same body again made a second refund: rf_")]
#[case::other_body_taken_for_the_first(&["no-409"], "another body under the same externalId was answered with the first payment, pmt_")]
#[case::other_body_makes_another(&["second-on-other-body"], "another body under the same externalId made a second payment: pmt_")]
#[case::other_body_replaces(&["replaces-on-other-body"], "another body under the same externalId made a second payment: pmt_")]
#[case::refused_again(&["refuses-again"], "the same body again was refused: 409 already_exists")]
#[case::made_twice_at_once(&["race"], "10 identical requests at once made 3 payments: pmt_")]
#[tokio::test]
async fn a_sandbox_that_can_charge_twice_fails(#[case] switches: &[&str], #[case] words: &str) {
    let Some(report) = about(switches).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", said(&report));
    assert!(report.summary.contains(words), "{}", said(&report));
    let blocking = report.findings.iter().filter(|it| it.level == Level::Blocking);
    assert!(blocking.clone().count() > 0 && blocking.clone().all(|it| it.hint.is_some()));
}

#[tokio::test]
async fn every_thing_that_a_race_made_is_named() {
    let Some(report) = about(&["race"]).await else { return };
    let payments = created(&report).into_iter().filter(|it| it["what"] == "payment").count();
    // One of the sequential round, three of the burst.
    assert_eq!(payments, 4, "{:?}", report.evidence);
}

#[rstest]
#[case::conflict(
    "twin-409",
    "9 of 10 identical requests at once were refused (409 failed_precondition)"
)]
#[tokio::test]
async fn a_twin_that_is_refused_while_the_first_is_under_way_is_sent_again(
    #[case] switch: &str,
    #[case] words: &str,
) {
    let Some(report) = about(&[switch]).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(said(&report).contains(words), "{}", said(&report));
}

#[tokio::test]
async fn a_twin_that_is_told_to_try_later_does_and_nothing_is_to_be_said() {
    let Some(report) = about(&["twin-503"]).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(!report.findings.iter().any(|it| it.level == Level::Blocking), "{}", said(&report));
}

#[rstest]
#[case::other_code(&["409-other-code"], Outcome::Unknown, "which may also mean that a refund is under way")]
#[case::not_409(&["400-on-other-body"], Outcome::Unknown, "not with the documented 409 already_exists")]
#[case::declined(&["declined-499"], Outcome::Unknown, "no payment could be made: 499 aborted")]
#[case::keys(&["401"], Outcome::Unknown, "no payment could be made: 401 unauthenticated")]
#[case::down(&["503"], Outcome::Unknown, "no payment could be made: 503 unavailable")]
#[case::cut(&["drop"], Outcome::Unknown, "no payment could be made: the connection broke")]
#[case::login(&["html"], Outcome::Unknown, "no payment could be made: 200: a web page, not JSON")]
#[case::other_amount(&["wrong-amount"], Outcome::Unknown, "amount was sent as 100 and came back as 101")]
#[case::refund_under_way(&["refund-running"], Outcome::Unknown, "no refund could be made: 409 failed_precondition")]
#[case::too_much(&["refund-too-much"], Outcome::Unknown, "no refund could be made: 422 out_of_bounds")]
#[tokio::test]
async fn what_can_not_be_known_is_unknown_and_says_why(
    #[case] switches: &[&str],
    #[case] outcome: Outcome,
    #[case] words: &str,
) {
    let Some(report) = about(switches).await else { return };
    assert_eq!(report.outcome, outcome, "{}", said(&report));
    assert!(report.summary.contains(words), "{}", said(&report));
    assert!(!report.findings.iter().any(|it| it.level == Level::Blocking), "{}", said(&report));
}

#[tokio::test]
async fn without_a_paid_payment_refunds_are_unknown_and_the_rest_is_said() {
    let Some(double) = Double::sandbox(&[]) else { return };
    let report = run(&context(&double.url, &KEYS, None).await).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains("refunds were not tried"), "{}", said(&report));
    assert!(said(&report).contains("Info: Seen: payments: the same body came to the same payment"));
    assert!(said(&report).contains("set inputs.sandbox_payment to its id"), "{}", said(&report));
    assert!(!double.seen().iter().any(|it| it.path.contains("refund")));
    assert_eq!(created(&report)[0]["page"], "https://pay.invalid/p/1");
}

#[rstest]
#[case::live_pair(PUBLIC, SECRET)]
#[case::live_secret(TEST_PUBLIC, SECRET)]
#[case::swapped(TEST_SECRET, TEST_PUBLIC)]
#[case::no_key("whsec_x", "whsec_y")]
#[tokio::test]
async fn live_keys_and_what_is_no_pair_of_the_sandbox_are_never_sent(
    #[case] public: &str,
    #[case] secret: &str,
) {
    let Some(double) = Double::sandbox(&[]) else { return };
    let keys = [("test_public_key", public), ("test_secret_key", secret)];
    let report = run(&context(&double.url, &keys, Some(PAID)).await).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.starts_with("Nothing was sent."), "{}", said(&report));
    assert!(double.seen().is_empty(), "something was sent");
}

#[rstest]
#[case::live_host("https://api.mintcash.me", "sandbox keys do not go there")]
#[case::other_host("https://sandbox.mintcash.example", "is not armed")]
#[case::cleartext("http://10.1.2.3", "cleartext")]
#[tokio::test]
async fn the_live_host_and_hosts_that_nobody_armed_get_nothing(
    #[case] url: &str,
    #[case] words: &str,
) {
    let report = run(&context(&url.parse().unwrap(), &KEYS, Some(PAID)).await).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains(words), "{}", said(&report));
}

#[tokio::test]
async fn the_plan_lists_every_post_as_stateful_and_names_the_host_to_be_armed() {
    let Some(double) = Double::sandbox(&[]) else { return };
    let check = IdempotentReplay::with_retries(QUICK);
    let here = context(&double.url, &KEYS, Some(PAID)).await;
    let plan = check.plan(&here).await;
    let paths: BTreeSet<&str> = plan
        .iter()
        .map(|it| it.target.strip_prefix(double.url.as_str().trim_end_matches('/')).unwrap())
        .collect();
    run(&here).await;
    let seen = double.seen();
    let sent: BTreeSet<&str> = seen.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, sent);
    assert!(plan.iter().all(|it| it.effect == Effect::Stateful && it.arms.is_none()));
    let other = context(&"https://sandbox.test:8443".parse().unwrap(), &KEYS, None).await;
    let plan = check.plan(&other).await;
    assert!(
        plan.len() == 4 && plan.iter().all(|it| it.arms.as_deref() == Some("sandbox.test:8443"))
    );
    let no_keys = context(&double.url, &[], None).await;
    assert!(check.plan(&no_keys).await.is_empty());
    assert_eq!(run(&no_keys).await.outcome, Outcome::Unknown);
}

#[tokio::test]
async fn a_cancelled_run_is_unknown_and_names_what_it_had_made() {
    let Some(double) = Double::sandbox(&[]) else { return };
    let mut context = context(&double.url, &KEYS, Some(PAID)).await;
    let cancel = context.cancel.clone();
    let rounds = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&rounds);
    context.progress = ProgressSink::new(move |_| {
        let mut counted = counted.lock().unwrap();
        *counted += 1;
        if *counted == 2 {
            cancel.cancel();
        }
    });
    let report = run(&context).await;
    assert_eq!((report.outcome, report.summary.as_str()), (Outcome::Unknown, "Cancelled."));
    assert_eq!(created(&report).len(), 1, "{:?}", report.evidence);
}
