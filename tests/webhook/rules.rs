//! The rules of engagement: what may be sent where, when to stop, and that nothing leaks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use golive::checks::context::ProgressSink;
use golive::checks::webhook::matrix::{CAUSE, SIGNATURE};
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::probe::{Material, Needs};
use golive::checks::webhook::runner::{Run, send_all};
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::target::Target;
use golive::checks::webhook::trust::Roots;
use golive::checks::webhook::wire::Wire;
use golive::checks::{Check as _, Effect, Outcome, Progress};
use golive::mintcash::signature::sign;
use golive::secrets::Secret;
use rstest::rstest;

use crate::bench::{Bench, LIVE, QUICK, causes, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::gate::Gate;
use crate::recorder::{Recorded, Recorder};

/// Probes whose signature, in any spelling, is the right one for their body.
fn validly_signed(requests: &[Recorded]) -> Vec<&str> {
    let secret = Secret::new(SECRET.into());
    let is_valid = |request: &&Recorded| {
        let right = sign(&secret, &request.body).hex();
        request
            .header("x-signature")
            .iter()
            .any(|sent| sent.to_lowercase() == right || sent.trim_start_matches("sha256=") == right)
    };
    requests.iter().filter(is_valid).map(Recorded::probe).collect()
}

/// The ids of the probes that came.
fn probes(recorder: &Recorder) -> BTreeSet<String> {
    recorder.requests().iter().map(|it| it.probe().to_owned()).collect()
}

fn said_so_far(bench: &Bench) -> usize {
    bench.said.lock().unwrap().len()
}

async fn recorded(name: &str) -> Option<(Counterpart, Recorder, Bench)> {
    let handler = Counterpart::start(name, SECRET)?;
    let recorder = Recorder::before(handler.address).await;
    let bench =
        Bench::new(&format!("http://{}/webhooks/mintcash", recorder.address), &[LIVE]).await;
    Some((handler, recorder, bench))
}

#[tokio::test]
async fn without_arming_nothing_validly_signed_is_sent() {
    let Some((_handler, recorder, bench)) = recorded("sound-node-http.mjs").await else { return };
    let url = bench.context.inputs.url("webhook_url").unwrap();
    let roots = Roots::load(None).unwrap();
    let wire = Wire::new(Target::of(url).unwrap(), roots, QUICK, &bench.context);
    let secret = Secret::new(SECRET.into());
    let material = Material {
        secret: Some(&secret),
        test_secret: None,
        wrong_secret: "made up".to_owned().into(),
        now: bench.context.now,
        url,
    };
    let address = recorder.address;
    let progress = &bench.context.progress;
    let run = Run { wire: &wire, address, material: &material, armed: false, id: "run", progress };
    send_all(&SIGNATURE, &run).await;
    let unarmed = recorder.requests();
    assert_eq!(validly_signed(&unarmed), [""; 0]);
    assert!(unarmed.len() > 10, "the forged ones are sent all the same");

    send_all(&SIGNATURE, &Run { armed: true, ..run }).await;
    let armed = recorder.requests();
    assert!(validly_signed(&armed).contains(&"genuine-unknown-type"), "the assertion can fail");
}

/// 0.0.0.0 leads to this machine and is, to every rule, a host that is neither this machine nor
/// public.
#[rstest]
#[case::cleartext("http", "cleartext")]
#[tokio::test]
async fn a_host_that_is_not_this_machine_gets_nothing_made_with_the_secret_over_cleartext(
    #[case] scheme: &str,
    #[case] reason: &str,
) {
    let Some((_handler, recorder, _)) = recorded("sound-node-http.mjs").await else { return };
    let host = format!("0.0.0.0:{}", recorder.address.port());
    let url = format!("{scheme}://{host}/webhooks/mintcash");
    let bench = Bench::new(&url, &[LIVE]).await.arm(&host);
    let limits = Limits { spacing: Duration::ZERO, ..QUICK };
    let report = WebhookSignature::with_limits(limits).run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(everything(&report).contains(reason));
    let needs_nothing = SIGNATURE.iter().filter(|probe| probe.needs == Needs::Nothing);
    let harmless: BTreeSet<_> = needs_nothing.map(|probe| probe.id.to_owned()).collect();
    assert_eq!(probes(&recorder), harmless);
    assert!(harmless.contains("wrong-secret") && !harmless.contains("other-body"));
    let plan = WebhookSignature::PRODUCTION.plan(&bench.context).await;
    assert!(plan.iter().all(|entry| entry.effect == Effect::Refusable), "{plan:?}");
}

#[tokio::test]
async fn the_first_acceptance_ends_a_family_and_what_depends_on_it() {
    let Some((_handler, recorder, bench)) = recorded("no-verification.mjs").await else { return };
    bench.signature().await;
    let sent = probes(&recorder);
    let families: Vec<_> = SIGNATURE
        .iter()
        .filter(|probe| sent.contains(probe.id))
        .map(|probe| probe.family.name)
        .collect();
    assert_eq!(families, ["forged", "unsigned"], "one of each: {sent:?}");
}

/// Where a firewall or a redirect answers, or the signature is not what an event is refused for,
/// guesses would tell nothing.
#[rstest]
#[case("waf.mjs")]
#[case("redirect.py")]
#[case("csrf.py")]
#[case("basic-auth.py")]
#[case("crash.py")]
#[case("strict-lookup.mjs")]
#[case("reserialised.py")]
#[tokio::test]
async fn nothing_is_guessed_where_the_cause_is_known(#[case] name: &str) {
    let Some((_handler, recorder, bench)) = recorded(name).await else { return };
    bench.signature().await;
    let guesses = SIGNATURE.iter().filter(|probe| probe.family.name == CAUSE.name);
    let sent = probes(&recorder);
    let guessed: Vec<_> = guesses.map(|probe| probe.id).filter(|id| sent.contains(*id)).collect();
    assert_eq!(guessed, [""; 0]);
}

/// With a second between two requests, those after the rate limit are waiting for their turn when
/// it is hit: they never leave.
#[tokio::test]
async fn a_rate_limit_calls_off_what_waits_for_its_turn() {
    let limited = Counterpart::with("rate-limited.mjs", SECRET, &[("LIMIT", "1")]);
    let Some(handler) = limited else { return };
    let recorder = Recorder::before(handler.address).await;
    let host = format!("0.0.0.0:{}", recorder.address.port());
    let bench = Bench::new(&format!("http://{host}/"), &[]).await;
    let limits = Limits { spacing: Duration::from_secs(1), ..QUICK };
    let report = WebhookSignature::with_limits(limits).run(&bench.context).await;
    assert!(report.summary.contains("limits the rate (429"), "{}", report.summary);
    assert_eq!(recorder.requests().len(), 2);
}

#[rstest]
#[case("sound-node-http.mjs")]
#[case("sound-python-wsgi.py")]
#[case("reserialised.mjs")]
#[case("refuses-all.mjs")]
#[tokio::test]
async fn nothing_is_sent_that_was_not_planned_and_every_request_is_said(#[case] name: &str) {
    let Some((_handler, recorder, bench)) = recorded(name).await else { return };
    let plan = WebhookSignature::PRODUCTION.plan(&bench.context).await;
    bench.signature().await;
    let said = bench.probes();
    assert_eq!(said.len(), recorder.requests().len());
    for what in &said {
        let announced = |planned: &str| {
            planned.strip_prefix(what).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        };
        let entries = plan.iter().filter(|entry| announced(&entry.what)).count();
        assert_eq!(entries, 1, "{what} was planned, and once");
        assert_eq!(said.iter().filter(|it| *it == what).count(), 1, "{what} was sent once");
    }
    for request in recorder.requests() {
        assert_eq!(request.header("user-agent"), [format!("golive/{}", env!("CARGO_PKG_VERSION"))]);
        assert!(request.header("x-golive-probe")[0].starts_with("golive-probe-"));
    }
}

#[tokio::test]
async fn a_run_ends_when_it_is_cancelled() {
    let Some((_handler, recorder, mut bench)) = recorded("sound-node-http.mjs").await else {
        return;
    };
    let cancel = bench.context.cancel.clone();
    let said = Arc::clone(&bench.said);
    bench.context.progress = ProgressSink::new(move |progress| {
        let mut said = said.lock().unwrap();
        said.push(progress);
        if said.len() == 3 {
            cancel.cancel();
        }
    });
    let report = bench.signature().await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("cancelled"), "{}", report.summary);
    assert_eq!(said_so_far(&bench), 3, "nothing more is said");
    let sent = recorder.requests().len();
    assert!((3..3 + 5).contains(&sent), "what was under way, and nothing more: {sent}");
}

#[tokio::test]
async fn a_run_that_waits_for_answers_ends_at_once_when_it_is_cancelled() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let bench = Bench::new(&url, &[LIVE]).await;
    let cancel = bench.context.cancel.clone();
    let (report, _held) = tokio::join!(bench.signature(), async {
        let held = listener.accept().await.unwrap();
        cancel.cancel();
        held
    });
    assert_eq!(report.outcome, Outcome::Unknown);
    assert_eq!(report.summary, "The endpoint could not be asked: cancelled.");
}

#[tokio::test]
async fn five_probes_are_under_way_at_once_and_never_six() {
    let gate = Gate::of(5).await;
    Bench::new(&format!("http://{}/", gate.address), &[LIVE]).await.signature().await;
    assert_eq!(gate.most(), 5);
}

#[tokio::test]
async fn the_budget_is_kept() {
    let Some((_handler, recorder, bench)) = recorded("sound-node-http.mjs").await else { return };
    let limits = Limits { requests: 5, ..QUICK };
    let report = WebhookSignature::with_limits(limits).run(&bench.context).await;
    assert_eq!(recorder.requests().len(), 5);
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(everything(&report).contains("budget"));
}

#[rstest]
#[case("sound-node-http.mjs")]
#[case("refuses-all.mjs")]
#[case("error-body.py")]
#[tokio::test]
async fn no_secret_is_in_what_is_said_or_reported(#[case] name: &str) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let test = ("test_webhook_secret", "whsec_test_canary_77aa");
    let url = format!("http://{}/webhooks/mintcash", handler.address);
    let bench = Bench::new(&url, &[LIVE, test]).await;
    let report = bench.signature().await;
    let plan = WebhookSignature::PRODUCTION.plan(&bench.context).await;
    let out = format!("{report:?}{:?}{plan:?}", bench.said.lock().unwrap());
    for secret in [SECRET, test.1] {
        assert!(!out.contains(secret));
        assert!(!out.contains(&hex::encode(secret)));
    }
}

#[tokio::test]
async fn what_a_server_writes_is_never_shown_raw() {
    let Some(handler) = Counterpart::start("redirect.py", SECRET) else { return };
    let url = format!("http://{}/%1b[2J", handler.address);
    let bench = Bench::new(&url, &[LIVE]).await;
    let out = format!("{:?}", bench.signature().await);
    assert!(!out.contains('\u{1b}'));
}

#[tokio::test]
async fn without_the_secret_a_forgery_still_fails_and_a_refusal_is_unknown() {
    for (name, outcome) in [
        ("no-verification.mjs", Outcome::Fail),
        ("only-when-present.mjs", Outcome::Fail),
        ("sound-node-http.mjs", Outcome::Unknown),
        ("refuses-all.mjs", Outcome::Unknown),
    ] {
        let Some(handler) = Counterpart::start(name, SECRET) else { return };
        let url = format!("http://{}/webhooks/mintcash", handler.address);
        let report = Bench::new(&url, &[]).await.signature().await;
        assert_eq!(report.outcome, outcome, "{name}: {}", everything(&report));
        if outcome == Outcome::Unknown {
            assert!(everything(&report).contains("No webhook_secret is set"));
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_can_not_be_reached_is_unknown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let bench = Bench::new(&url, &[LIVE]).await;
    let report = bench.signature().await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert_eq!(report.summary, "The endpoint could not be asked: connection refused.");
    assert_eq!(causes(&report), [""; 0]);
    let said = bench.said.lock().unwrap();
    assert!(matches!(&said[..], [Progress::Probe { says, .. }] if says == "connection refused"));
}
