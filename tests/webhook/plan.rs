//! What a check does is what its plan says: each request that arrives was listed, with the effect
//! that it has; families end with the first acceptance; a cancelled check sends nothing more.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use golive::checks::credentials::retired_webhook::RetiredWebhook;
use golive::checks::credentials::secret_storage::SecretStorage;
use golive::checks::observer::Patience;
use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use golive::config::inputs::{Input, InputValue, Inputs, Observer, ValueOrigin};
use golive::mintcash::signature::sign;
use golive::runbook::model::InputName;
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use indexmap::IndexMap;
use rstest::rstest;
use tokio_util::sync::CancellationToken;

use crate::bench::{QUICK, everything};
use crate::counterpart::{Counterpart, SECRET, TEST_SECRET};
use crate::recorder::{Recorded, Recorder};

const PATIENCE: Patience = Patience {
    arrive: Duration::from_millis(500),
    quiet: Duration::from_millis(60),
    every: Duration::from_millis(10),
};
const TRICKLE: Trickle =
    Trickle { every: Duration::from_millis(100), most: Duration::from_millis(700) };

static ENDPOINT: WebhookEndpoint = WebhookEndpoint::with_limits(QUICK);
static SIGNATURE: WebhookSignature = WebhookSignature::with_limits(QUICK);
static ENVIRONMENT: WebhookEnvironment = WebhookEnvironment::with_limits(QUICK, PATIENCE);
static DEDUPE: WebhookDedupe = WebhookDedupe::with_limits(QUICK, PATIENCE);
static LATENCY: WebhookLatency = WebhookLatency::with_limits(QUICK);
static ODD: WebhookOddEvents = WebhookOddEvents::with_limits(QUICK, TRICKLE);
static RETIRED: RetiredWebhook = RetiredWebhook::with(QUICK, PATIENCE);
static CHECKS: [&dyn Check; 8] =
    [&ENDPOINT, &SIGNATURE, &ENVIRONMENT, &DEDUPE, &LATENCY, &ODD, &RETIRED, &SecretStorage];

/// The most requests of one check, as `Limits` has it.
const MOST: usize = 60;

/// A handler behind a recorder, under both the live and the old URL.
struct Scene {
    handler: Counterpart,
    recorder: Recorder,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn of(name: &str) -> Option<Self> {
        let handler = Counterpart::start(name, SECRET)?;
        let recorder = Recorder::before(handler.address).await;
        Some(Self { handler, recorder, folder: tempfile::tempdir().unwrap() })
    }

    async fn context(&self, host: &str, observed: bool) -> CheckContext {
        let port = self.recorder.address.port();
        let url = |path: &str| format!("http://{host}:{port}{path}").parse().unwrap();
        let mut values = IndexMap::new();
        let mut put = |name: &str, value| {
            let origin = ValueOrigin::Flag("test".into());
            values.insert(InputName::from(name), Input { value, origin });
        };
        put("webhook_url", InputValue::Url(url("/webhooks/mintcash")));
        put("old_webhook_url", InputValue::Url(url("/webhooks/old")));
        put("source", InputValue::Paths(vec![self.folder.path().to_owned()]));
        if observed {
            // Beside the recorder: reading the count is not a probe.
            let counted = format!("http://{}/effects", self.handler.address);
            put("effect_count", InputValue::Observer(Observer::Url(counted.parse().unwrap())));
        }
        let secrets = [("webhook_secret", SECRET), ("test_webhook_secret", TEST_SECRET)];
        for (name, _) in secrets {
            put(name, InputValue::Secret(SecretRef::Prompt));
        }
        let inputs = Inputs::new(values, self.folder.path().to_owned());
        for (name, value) in secrets {
            inputs.answer(name, Secret::new(value.to_owned())).await;
        }
        CheckContext::bare(Arc::new(inputs), self.folder.path().to_owned(), SystemClock.now())
    }
}

fn is_validly_signed(request: &Recorded) -> bool {
    [SECRET, TEST_SECRET].iter().any(|secret| {
        let right = sign(&Secret::new((*secret).to_owned()), &request.body).hex();
        request.header("x-signature").iter().any(|sent| *sent == right)
    })
}

/// What each id of a probe is in words, from the table in the evidence.
fn words(report: &CheckReport) -> BTreeMap<String, String> {
    let rows = report.evidence.get("probes").and_then(|it| it.as_array());
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.into_iter().flatten().map(|row| (text(row, "probe"), text(row, "what"))).collect()
}

/// The entry of the plan for a request; the words of a plan can have a condition behind them.
fn planned<'p>(
    plan: &'p [Planned],
    request: &Recorded,
    words: &BTreeMap<String, String>,
) -> Option<&'p Planned> {
    let method = request.head.split(' ').next().unwrap_or_default();
    let is_it = |what: &str, of: &str| {
        what.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    };
    let path = request.head.split(' ').nth(1).unwrap_or_default();
    plan.iter().find(|entry| match words.get(request.probe()) {
        Some(of) => is_it(&entry.what, of),
        // Those that only look carry the id of the run alone.
        None => {
            let beside = path.contains("golive-probe-");
            request.probe() == "?"
                && entry.what.starts_with(method)
                && entry.target.contains("golive-probe-") == beside
        }
    })
}

/// Runs a check and holds what came against its plan.
async fn held_against_its_plan(check: &dyn Check, context: &CheckContext, recorder: &Recorder) {
    let plan = check.plan(context).await;
    let before = recorder.requests().len();
    let report = check.run(context).await;
    let came = recorder.requests().split_off(before);
    let words = words(&report);
    let name = check.name();
    assert!(came.len() <= MOST, "{name} sent {} requests", came.len());
    for request in &came {
        let id = request.header("x-golive-probe");
        let Some(entry) = planned(&plan, request, &words) else {
            panic!("{name} sent what it did not plan: {id:?} {}", request.head)
        };
        if is_validly_signed(request) {
            assert_eq!(entry.effect, Effect::Harmless, "{name}: {entry:?} was signed: {id:?}");
        }
        let host = request.header("host")[0];
        assert!(entry.target.contains(host), "{name}: {host} is not in {entry:?}");
    }
    if !words.is_empty() {
        assert!(!came.is_empty(), "{name} sent nothing: {}", everything(&report));
    }
}

#[rstest]
#[case::sound("events-sound.mjs", true)]
#[case::unseen("events-sound.mjs", false)]
#[case::accepts_forged("no-verification.mjs", false)]
#[case::refuses_genuine("refuses-all.mjs", false)]
#[case::written_again("reserialised.py", false)]
#[case::another_header("other-header.mjs", false)]
#[case::sandbox_accepted("environment-two-secrets.mjs", true)]
#[case::copies_refused("dedupe-409.mjs", true)]
#[case::copies_race("dedupe-race.mjs", true)]
#[case::falls_over("crash.py", false)]
#[case::old_and_gone("old-gone.py", false)]
#[case::slow_client_holds_up("odd-one-client.py", false)]
#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_every_check_was_planned_with_its_effect(
    #[case] name: &str,
    #[case] observed: bool,
) {
    let Some(scene) = Scene::of(name).await else { return };
    let context = scene.context("127.0.0.1", observed).await;
    for check in CHECKS {
        held_against_its_plan(check, &context, &scene.recorder).await;
    }
}

/// 0.0.0.0 leads to this machine and is, to every rule, a host that nobody has armed.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_signed_goes_to_a_host_that_is_not_armed_by_any_check() {
    let Some(scene) = Scene::of("events-sound.mjs").await else { return };
    let context = scene.context("0.0.0.0", true).await;
    for check in CHECKS {
        held_against_its_plan(check, &context, &scene.recorder).await;
    }
    let requests = scene.recorder.requests();
    assert!(!requests.iter().any(is_validly_signed));
    assert!(!requests.is_empty(), "the forged ones may go");
}

#[rstest]
#[case("no-verification.mjs", false)]
#[case("presence-only.mjs", false)]
#[case("only-when-present.mjs", false)]
#[case("any-environment.mjs", true)]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_acceptance_is_the_last_of_its_family(#[case] name: &str, #[case] genuine: bool) {
    let Some(scene) = Scene::of(name).await else { return };
    let context = scene.context("127.0.0.1", false).await;
    let report = SIGNATURE.run(&context).await;
    let came: Vec<String> =
        scene.recorder.requests().iter().map(|it| it.probe().to_owned()).collect();
    let rows = report.evidence["probes"].as_array().unwrap();
    let accepted = |row: &&serde_json::Value| {
        row["expected"] == "refused" && (200..300).contains(&row["status"].as_u64().unwrap_or(0))
    };
    let accepted: Vec<_> = rows.iter().filter(accepted).collect();
    assert_eq!(accepted.is_empty(), genuine, "{}", everything(&report));
    let mut families = BTreeMap::new();
    for row in accepted {
        let id = row["probe"].as_str().unwrap();
        let probe = golive::checks::webhook::matrix::SIGNATURE.iter().find(|it| it.id == id);
        let family = probe.unwrap().family.name;
        assert!(families.insert(family, id).is_none(), "{family} went on after {id}: {came:?}");
        let after = came.iter().skip_while(|it| *it != id).skip(1);
        let more = after.filter(|it| {
            let all = golive::checks::webhook::matrix::SIGNATURE.iter();
            all.filter(|probe| probe.family.name == family).any(|probe| probe.id == **it)
        });
        assert_eq!(more.count(), 0, "{family} went on after {id}: {came:?}");
    }
}

/// A small generator, so that a failure names the request at which it came.
fn scattered(seed: u64) -> usize {
    let mixed =
        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from((mixed >> 33) % 24).unwrap() + 1
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_cancelled_at_any_request_ends_and_sends_nothing_more(
    #[values(1, 2, 3, 4)] seed: u64,
) {
    let Some(scene) = Scene::of("events-sound.mjs").await else { return };
    for (place, check) in CHECKS.iter().enumerate() {
        let mut context = scene.context("127.0.0.1", true).await;
        context.cancel = CancellationToken::new();
        let at = scattered(seed * 100 + u64::try_from(place).unwrap());
        let before = scene.recorder.requests().len();
        // The request at which it is cancelled gets no answer, so that only this can end the check.
        scene.recorder.hold_from(before + at, context.cancel.clone());
        let name = check.name();
        let ran = tokio::time::timeout(Duration::from_secs(60), async {
            let run = check.run(&context);
            tokio::pin!(run);
            tokio::select! {
                report = &mut run => return report,
                () = context.cancel.cancelled() => {}
            }
            let ending = tokio::time::timeout(Duration::from_secs(2), run).await;
            ending.unwrap_or_else(|_| panic!("{name} goes on after request {at}"))
        });
        let report = ran.await.unwrap_or_else(|_| panic!("{name} does not end"));
        if context.cancel.is_cancelled() {
            assert_ne!(report.outcome, golive::checks::Outcome::Pass, "{name} at {at}");
        }
        scene.recorder.go_on();
        // What was on its way already may be read late, but its connection was made before ours.
        let first = fence(&scene.recorder).await;
        let second = fence(&scene.recorder).await;
        assert_eq!(second, first + 1, "{name} made a connection after it had ended");
    }
    assert!(Path::new(scene.folder.path()).exists());
}

/// A request of our own; the number of its connection, which is higher than that of every one made
/// before.
async fn fence(recorder: &Recorder) -> usize {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(recorder.address).await.unwrap();
    let request =
        b"GET /effects HTTP/1.1\r\nhost: fence\r\nx-fence: 1\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    let fences = recorder.requests().into_iter().filter(|it| !it.header("x-fence").is_empty());
    fences.map(|it| it.connection).max().unwrap()
}
