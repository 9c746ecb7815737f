//! The check as it runs: which files it reads, what it makes of several, what it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use golive::checks::webhook::constant_time::ConstantTime;
use golive::checks::{Check as _, CheckContext, CheckReport, Effect, Finding, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::time::Timestamp;
use tempfile::TempDir;

const OWN_PASS: &str = "const { createHmac, timingSafeEqual } = require('crypto');
module.exports = (req, res) => {
  const mac = createHmac('sha256', process.env.SECRET).update(req.rawBody).digest();
  const given = Buffer.from(req.get('x-signature') || '', 'hex');
  res.sendStatus(mac.length === given.length && timingSafeEqual(mac, given) ? 204 : 401);
};
";

const GITHUB_FAIL: &str = "import hashlib, hmac
def github_webhook(request):
    mac = 'sha256=' + hmac.new(KEY, request.body, hashlib.sha256).hexdigest()
    return mac == request.headers['X-Hub-Signature-256']
";

const SESSION_FAIL: &str = "<?php
function session_is_ours($id, $mac) {
    return hash_hmac('sha256', $id, COOKIE_KEY) === $mac;
}
";

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn context(base: &Path, inputs: &[(&str, &[&str])]) -> CheckContext {
    let values = inputs.iter().map(|(name, paths)| {
        let paths = paths.iter().map(|path| base.join(path)).collect::<Vec<PathBuf>>();
        ((*name).into(), Input { value: InputValue::Paths(paths), origin: ValueOrigin::Default })
    });
    let inputs = Arc::new(Inputs::new(values.collect(), base.to_owned()));
    CheckContext::bare(inputs, base.to_owned(), Timestamp::parse("2026-01-02T03:04:05Z").unwrap())
}

fn run(context: &CheckContext) -> CheckReport {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(ConstantTime.run(context))
}

/// What the check says of a folder that is the whole source.
fn check(files: &[(&str, &str)]) -> CheckReport {
    let folder = folder(files);
    run(&context(folder.path(), &[("source", &["."])]))
}

/// The file and line of the first finding of that level.
fn first(report: &CheckReport, level: Level) -> (String, u64) {
    let finding = report.findings.iter().find(|finding| finding.level == level);
    let finding = finding.unwrap_or_else(|| panic!("none: {report:?}"));
    (finding.file.clone().unwrap_or_default(), finding.line.unwrap_or_default())
}

#[test]
fn a_helper_in_another_file_is_judged_where_it_compares() {
    let handler = "import { createHmac } from 'crypto';
import { safeEqual } from './util.js';
export const webhook = (req) => {
  const mac = createHmac('sha256', process.env.SECRET).update(req.rawBody).digest('hex');
  return safeEqual(mac, req.headers['x-signature']);
};
";
    let wrong = "export function safeEqual(a, b) {\n  return a === b;\n}\n";
    let report = check(&[("src/webhook.js", handler), ("src/util.js", wrong)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    assert_eq!(first(&report, Level::Blocking), ("src/util.js".to_owned(), 2));

    let right = "import { timingSafeEqual } from 'crypto';
export function safeEqual(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
";
    let report = check(&[("src/webhook.js", handler), ("src/util.js", right)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    assert!(report.summary.starts_with("the comparison at src/util.js:3 takes constant time"));

    let other = ("src/other.js", wrong);
    let report = check(&[("src/webhook.js", handler), ("src/util.js", right), other]);
    assert_eq!(report.outcome, Outcome::Unknown, "which of two can not be told: {report:?}");

    let report = check(&[("src/webhook.js", handler)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("`safeEqual` is not in the files that were read"));
}

#[test]
fn a_signature_computed_in_another_file_is_followed_to_where_it_is_compared() {
    let signer = "class Signatures {
    static String signatureOf(byte[] body) throws Exception {
        Mac mac = Mac.getInstance(\"HmacSHA256\");
        mac.init(KEY);
        return HexFormat.of().formatHex(mac.doFinal(body));
    }
}
";
    let controller = "class WebhookController {
    int post(byte[] body, String header) throws Exception {
        return Signatures.signatureOf(body).equals(header) ? 204 : 401;
    }
}
";
    let report = check(&[("Signatures.java", signer), ("WebhookController.java", controller)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    assert_eq!(first(&report, Level::Blocking), ("WebhookController.java".to_owned(), 3));
}

#[test]
fn another_providers_handler_decides_nothing_and_is_not_hidden() {
    let report = check(&[("pay/webhook.js", OWN_PASS), ("ci/hook.py", GITHUB_FAIL)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    assert_eq!(first(&report, Level::Advisory), ("ci/hook.py".to_owned(), 4));

    let report = check(&[("ci/hook.py", GITHUB_FAIL)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    let right = GITHUB_FAIL.replace("mac == ", "hmac.compare_digest(mac, ") + ")";
    let report = check(&[("ci/hook.py", &right)]);
    assert_eq!(report.outcome, Outcome::Unknown, "nothing of MintCash was seen: {report:?}");
    assert!(report.summary.contains("only comparisons for other providers' webhooks"));
}

#[test]
fn what_has_nothing_to_do_with_a_webhook_neither_passes_nor_fails() {
    let report = check(&[("session.php", SESSION_FAIL)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert_eq!(first(&report, Level::Advisory), ("session.php".to_owned(), 3));
    let report = check(&[("session.php", SESSION_FAIL), ("pay/webhook.js", OWN_PASS)]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");

    let folder = folder(&[("session.php", SESSION_FAIL)]);
    let named = context(folder.path(), &[("handler_source", &["session.php"]), ("source", &["."])]);
    assert_eq!(run(&named).outcome, Outcome::Fail, "the merchant says that this is the handler");
}

#[test]
fn a_helper_is_about_the_webhook_that_calls_it() {
    let helper = "const crypto = require('crypto');
exports.isGenuine = (body, given) =>
  crypto.createHmac('sha256', process.env.SECRET).update(body).digest('hex') === given;
";
    let handler = "const { isGenuine } = require('./crypto');
module.exports = (req, res) => {
  res.sendStatus(isGenuine(req.rawBody, req.get('x-signature')) ? 204 : 401);
};
";
    let alone = check(&[("crypto.js", helper)]);
    assert_eq!(alone.outcome, Outcome::Unknown, "{alone:?}");
    let report = check(&[("crypto.js", helper), ("server.js", handler)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    let said = format!("{helper}// MintCash webhook, x-signature\n");
    let commented = check(&[("crypto.js", &said)]);
    assert_eq!(commented.outcome, Outcome::Unknown, "a comment does not count: {commented:?}");
}

#[test]
fn one_failing_webhook_outweighs_a_passing_one() {
    let second = "def receive_webhook(body, signature)
  OpenSSL::HMAC.hexdigest('SHA256', KEY, body) == signature
end
";
    let report = check(&[("pay/webhook.js", OWN_PASS), ("app/second.rb", second)]);
    assert_eq!(report.outcome, Outcome::Fail, "{report:?}");
    assert_eq!(first(&report, Level::Blocking), ("app/second.rb".to_owned(), 2));
}

#[test]
fn a_signature_that_can_not_be_followed_makes_no_pass() {
    let second = "def verify_webhook(body, signature)
  store.expect(OpenSSL::HMAC.hexdigest('SHA256', KEY, body))
end
";
    let report = check(&[("pay/webhook.js", OWN_PASS), ("app/second.rb", second)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("app/second.rb:2 could not be followed"), "{report:?}");
}

#[test]
fn without_a_comparison_it_says_what_was_read_and_what_was_not() {
    let files = [
        ("a.py", "x = 1\n"),
        ("b/c.py", "y = 2\n"),
        ("d.go", "package d\n"),
        ("Webhook.kt", "fun verify() = mac == given\n"),
    ];
    let report = check(&files);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert_eq!(
        report.summary,
        "no HMAC is computed, so there is no comparison to judge, in 3 files (1 Go, 2 Python); \
         files in Kotlin are not read"
    );
    assert_eq!(check(&[]).outcome, Outcome::Unknown);
}

#[test]
fn dependencies_and_tests_are_left_out_and_that_is_said() {
    let files = [
        ("src/webhook.js", OWN_PASS),
        ("node_modules/x/webhook.py", GITHUB_FAIL),
        ("test/webhook.php", SESSION_FAIL),
        ("src/webhook.test.js", "assert(mac === given)"),
        (".venv/a.py", GITHUB_FAIL),
    ];
    let report = check(&files);
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    let left_out = &report.evidence["left_out"];
    for what in ["node_modules/", "test/", "files of tests", "hidden folders"] {
        assert_eq!(left_out[what], 1, "{what}: {left_out}");
    }
    let folder = folder(&files);
    let named = context(folder.path(), &[("handler_source", &["test/webhook.php"])]);
    assert_eq!(run(&named).outcome, Outcome::Fail, "a path that is named is read");
}

#[test]
fn what_could_not_be_read_makes_no_pass() {
    let large = format!("{OWN_PASS}//{}", "x".repeat(1024 * 1024));
    let files = [("src/webhook.js", OWN_PASS), ("src/bundle.js", large.as_str())];
    let report = check(&files);
    assert_eq!(report.outcome, Outcome::Pass, "a bundle is no source: {report:?}");
    let says = |finding: &Finding| finding.message.contains("src/bundle.js could not be read");
    assert!(report.findings.iter().any(says), "and it is said: {report:?}");
    let with_bundle = folder(&files);
    let named = context(with_bundle.path(), &[("handler_source", &["src"])]);
    let report = run(&named);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("src/bundle.js could not be read: it is larger than 1 MiB"));

    let folder = folder(&[("src/webhook.js", OWN_PASS)]);
    let absent = context(folder.path(), &[("handler_source", &["src", "handlers"])]);
    assert_eq!(run(&absent).outcome, Outcome::Unknown);
}

#[test]
fn code_that_can_not_be_parsed_makes_no_pass() {
    let broken = OWN_PASS.replace("  const given", "  const ] = = [ given");
    let report = check(&[("src/webhook.js", &broken)]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
}

#[test]
fn a_cancelled_run_is_unknown() {
    let folder = folder(&[("src/webhook.js", OWN_PASS)]);
    let context = context(folder.path(), &[("source", &["."])]);
    context.cancel.cancel();
    let report = run(&context);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("stopped"), "{report:?}");
}

#[test]
fn the_result_rests_on_the_code_and_never_claims_what_is_deployed() {
    let one = check(&[("src/webhook.js", OWN_PASS)]);
    let same = check(&[("src/webhook.js", OWN_PASS), ("src/other.js", "let x = 1;")]);
    let other = check(&[("src/webhook.js", &OWN_PASS.replace("204", "200"))]);
    assert_eq!(one.facts, same.facts);
    assert_ne!(one.facts, other.facts);
    assert!(one.findings.iter().any(|finding| finding.message.contains("deployed")));
    assert_eq!(one.evidence["comparisons"][0]["verdict"], "pass");
    assert_eq!(one.evidence["comparisons"][0]["language"], "JavaScript");
}

#[test]
fn a_secret_in_the_code_is_in_nothing_that_it_says() {
    let secret = "whsec_5d41402abc4b2a76b9719d911017c592";
    let code = format!(
        "import hmac, hashlib\ndef webhook(b, given):\n    return given == hmac.new('{secret}', b, \
         hashlib.sha256).hexdigest()\n"
    );
    let report = check(&[("webhook.py", &code)]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert!(!format!("{report:?}").contains("5d41402abc"), "{report:?}");
}

#[test]
fn the_plan_names_every_path_that_is_read() {
    let folder = folder(&[("a.js", ""), ("b.js", "")]);
    let context = context(folder.path(), &[("handler_source", &["a.js", "b.js"])]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let planned = runtime.block_on(ConstantTime.plan(&context));
    let targets: Vec<_> = planned.iter().map(|one| one.target.clone()).collect();
    let wanted = ["a.js", "b.js"].map(|name| folder.path().join(name).display().to_string());
    assert_eq!(targets, wanted);
    assert!(planned.iter().all(|one| one.effect == Effect::Reads && one.arms.is_none()));
}

#[test]
fn a_file_beside_the_project_is_named_as_it_is_found_from_there() {
    let folder = folder(&[("shop/golive.yaml", ""), ("front/src/webhook.js", OWN_PASS)]);
    let base = folder.path().join("shop");
    let report = run(&context(&base, &[("source", &[".", "../front"])]));
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    assert!(report.summary.contains("../front/src/webhook.js:5"), "{report:?}");
    let wrong = OWN_PASS.replace("timingSafeEqual(mac, given)", "mac.equals(given)");
    fs::write(folder.path().join("front/src/webhook.js"), wrong).unwrap();
    let report = run(&context(&base, &[("source", &[".", "../front"])]));
    assert_eq!(first(&report, Level::Blocking), ("../front/src/webhook.js".to_owned(), 5));
}

#[test]
fn a_comparison_of_cookies_does_not_pass_a_handler_that_compares_nothing() {
    let cookies = "const crypto = require('crypto');
exports.sign = (v) => crypto.createHmac('sha256', process.env.SESSION).update(v).digest();
exports.check = (v, mac) => crypto.timingSafeEqual(exports.sign(v), Buffer.from(mac, 'hex'));
";
    let handler =
        "exports.mintcash = (req, res) => res.sendStatus(fulfil(req.body) ? 204 : 500);\n";
    let folder = folder(&[("app/cookies.js", cookies), ("app/mintcash.js", handler)]);
    let both = run(&context(folder.path(), &[("handler_source", &["app"])]));
    assert_eq!(both.outcome, Outcome::Unknown, "{both:?}");
    assert!(both.summary.contains("app/mintcash.js names MintCash"), "{both:?}");
    // Where nothing names MintCash, what the merchant says counts.
    let alone = run(&context(folder.path(), &[("handler_source", &["app/cookies.js"])]));
    assert_eq!(alone.outcome, Outcome::Pass, "{alone:?}");
}
