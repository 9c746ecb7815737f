//! The check as it runs: which files it reads, what it makes of several, what it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use golive::checks::idempotency::external_id_calls::ExternalIdCalls;
use golive::checks::{Check as _, CheckContext, CheckReport, Effect, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::time::Timestamp;
use tempfile::TempDir;

const SENDS: &str = "import requests
def pay(order):
    body = {'amount': order.cents, 'currency': 'USD', 'externalId': order.key}
    return requests.post('https://api.mintcash.me/payments', json=body)
";

const LACKS: &str = "const BASE = process.env.MINTCASH_URL;
export const refund = (id) =>
  fetch(`${BASE}/payments/${id}/refund`, { method: 'POST', body: JSON.stringify({ reason: 'x' }) });
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn context(base: &Path, source: &[&str]) -> CheckContext {
    let paths = source.iter().map(|path| base.join(path)).collect::<Vec<PathBuf>>();
    let input = Input { value: InputValue::Paths(paths), origin: ValueOrigin::Default };
    let values = [("source".into(), input)].into_iter().collect();
    let inputs = Arc::new(Inputs::new(values, base.to_owned()));
    CheckContext::bare(inputs, base.to_owned(), Timestamp::parse("2026-01-02T03:04:05Z").unwrap())
}

fn run(context: &CheckContext) -> CheckReport {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(ExternalIdCalls.run(context))
}

/// What the check says of a folder that is the whole source.
fn check(files: &[(&str, &str)]) -> CheckReport {
    let folder = folder(files);
    run(&context(folder.path(), &["."]))
}

#[test]
fn one_call_without_an_id_fails_the_check_and_is_named() {
    let report = check(&[("shop/pay.py", SENDS), ("admin/refund.js", LACKS)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    let summary = "POST /payments/{paymentId}/refund at admin/refund.js:3 sends no externalId";
    assert_eq!(report.summary, summary);
    let first = &report.findings[0];
    assert_eq!(
        (first.level, first.file.as_deref(), first.line),
        (Level::Blocking, Some("admin/refund.js"), Some(3))
    );
    assert!(first.hint.as_deref().unwrap().contains("before the first try"), "{first:?}");
}

#[test]
fn a_pass_lists_every_call_with_the_place_of_its_id() {
    let report = check(&[("pay.py", SENDS)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    let call = &report.evidence["calls"][0];
    assert_eq!((&call["file"], &call["line"]), (&"pay.py".into(), &4.into()));
    assert_eq!((&call["call"], &call["id"]), (&"POST /payments".into(), &"order.key".into()));
    assert!(!report.facts.is_empty());
}

#[test]
fn no_call_at_all_is_unknown_and_says_how_much_was_read() {
    let report = check(&[
        ("a.py", "print('mintcash')\n"),
        ("b.go", "package b\n"),
        ("c.kt", "fun c() {}\n"),
    ]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("though a.py names MintCash"), "{}", report.summary);
    assert!(
        report.summary.contains("2 files (1 Go, 1 Python); files in Kotlin are not read"),
        "{}",
        report.summary
    );
    let report = check(&[]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
}

#[test]
fn tests_and_dependencies_are_left_out_and_that_is_said() {
    let report = check(&[
        ("pay.py", SENDS),
        ("tests/refund.js", LACKS),
        ("node_modules/mint/index.js", LACKS),
        ("refund.test.js", LACKS),
    ]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    assert_eq!(report.evidence["left_out"]["node_modules/"], 1);
    assert_eq!(report.evidence["left_out"]["files of tests"], 1);
}

#[test]
fn a_call_that_nothing_connects_with_mintcash_decides_nothing() {
    let other = "const api = require('./http');\nexports.pay = (o) => api.post('/payments', { amount: o.cents });\n";
    let report = check(&[("pay.js", other)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(
        report
            .findings
            .iter()
            .any(|it| it.level == Level::Info && it.message.starts_with("This could be"))
    );
    let report = check(&[("pay.js", other), ("pay.py", SENDS)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
}

#[test]
fn the_class_of_a_body_may_stand_in_another_file() {
    let calls = "package shop;\nclass MintCashGateway {\n  Payment pay(Order order) {\n    PaymentBody body = new PaymentBody();\n    body.setReference(order.key());\n    return rest.postForObject(url + \"/payments\", body, Payment.class);\n  }\n}\n";
    let with = |annotation: &str| {
        format!(
            "package shop;\npublic class PaymentBody {{\n  {annotation}\n  private String reference;\n  private String externalId;\n}}\n"
        )
    };
    let class = with("@JsonProperty(\"externalId\")").replace("  private String externalId;\n", "");
    let report = check(&[("Gateway.java", calls), ("PaymentBody.java", &class)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    let report = check(&[("Gateway.java", calls), ("PaymentBody.java", &with(""))]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
}

#[test]
fn a_wrapper_of_another_file_that_may_add_the_id_is_unknown() {
    let calls = "import { send } from './mintcash.js';\nexport const pay = (o) => send('POST', '/payments', { amount: o.cents });\n";
    let adds = "export function send(method, path, body) {\n  body.externalId ??= keyOf(body);\n  return fetch(BASE + path, { method, body: JSON.stringify(body) });\n}\n";
    let plain = "export function send(method, path, body) {\n  return fetch(BASE + path, { method, body: JSON.stringify(body) });\n}\n";
    let report = check(&[("pay.js", calls), ("mintcash.js", adds)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    let report = check(&[("pay.js", calls), ("mintcash.js", plain)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
}

#[test]
fn no_key_in_the_code_is_shown() {
    let code = "const r = fetch('https://api.mintcash.me/payments', { method: 'POST', headers: { a: 'sk_live_abcdefghijklmnopqrstuvwxyz' }, body: '{}' });\n";
    let report = check(&[("pay.js", code)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    assert!(!format!("{report:?}").contains("sk_live_abc"), "{report:?}");
}

#[tokio::test]
async fn the_plan_lists_what_is_read() {
    let folder = folder(&[("pay.py", SENDS)]);
    let context = context(folder.path(), &["pay.py"]);
    let plan = ExternalIdCalls.plan(&context).await;
    assert_eq!((plan.len(), plan[0].effect), (1, Effect::Reads));
    assert!(plan[0].target.ends_with("pay.py"));
}

#[test]
fn a_run_that_is_stopped_passes_nothing() {
    let folder = folder(&[("pay.py", SENDS)]);
    let context = context(folder.path(), &["."]);
    context.cancel.cancel();
    assert_eq!(run(&context).outcome, Outcome::Unknown);
}
