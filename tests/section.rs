//! `golive verify --section credentials` and `--section webhook` through the program, against a
//! complete merchant on this machine: all green but for what this machine can not show, and with
//! planted flaws, each named at its file and line.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test says what is missing")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

#[expect(dead_code, reason = "the tests of single checks use the rest")]
#[path = "webhook/counterpart.rs"]
mod counterpart;
mod merchant;
#[expect(dead_code, reason = "the tests of the command line use the rest")]
mod support;

use merchant::{Keys, Merchant};
use serde_json::Value;
use support::Ran;

/// What each step came to, in order: `step: outcome, check: outcome`.
fn outcomes(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = |value: &Value| value.as_str().unwrap_or("manual").to_owned();
    let line = |step: &Value| {
        let checks = step["checks"].as_array().into_iter().flatten();
        let checks = checks.map(|it| format!(", {}: {}", text(&it["check"]), said(&it["outcome"])));
        let checks: String = checks.collect();
        format!("{}: {}{checks}", text(&step["id"]), said(&step["outcome"]))
    };
    document["steps"].as_array().unwrap().iter().map(line).collect()
}

/// Each step of a section with its state.
fn states(merchant: &Merchant, section: &str) -> Vec<String> {
    let status = merchant.golive(&["status", "--format", "json"]).json();
    let steps = status["steps"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    steps
        .filter(|step| text(&step["id"]).starts_with(section))
        .map(|step| format!("{}: {}", text(&step["id"]), text(&step["state"])))
        .collect()
}

#[test]
fn the_credentials_of_a_sound_merchant_are_all_green() {
    let Some(merchant) = Merchant::sound() else { return };
    let ran = merchant.golive(&["verify", "--section", "credentials", "--format", "json"]);
    let expected = [
        "credentials.live-keys: pass, api-key: pass",
        "credentials.secret-storage: pass, secret-storage: pass",
        "credentials.no-test-keys: pass, production-config: pass",
        "credentials.old-webhook: pass, retired-webhook: pass",
    ];
    assert_eq!(outcomes(&ran), expected, "{ran:#?}");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let expected = [
        "credentials.live-keys: done",
        "credentials.secret-storage: ready",
        "credentials.no-test-keys: ready",
        "credentials.old-webhook: done",
    ];
    assert_eq!(states(&merchant, "credentials."), expected);
    let results = sarif(&merchant);
    assert!(results.is_empty(), "{results:#?}");
}

#[test]
fn the_webhook_of_a_sound_merchant_is_all_green_but_for_its_place() {
    let Some(merchant) = Merchant::sound() else { return };
    let ran = merchant.golive(&["verify", "--section", "webhook", "--format", "json"]);
    let expected = [
        "webhook.registered: unknown, live-event: unknown",
        "webhook.endpoint: fail, webhook-endpoint: fail",
        "webhook.signature: pass, webhook-signature: pass, constant-time: pass",
        "webhook.environment: pass, webhook-environment: pass",
        "webhook.dedupe: pass, webhook-dedupe: pass",
        "webhook.prompt: pass, webhook-latency: pass",
        "webhook.odd-events: pass, webhook-odd-events: pass",
    ];
    assert_eq!(outcomes(&ran), expected, "{ran:#?}");
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let expected = [
        "webhook.registered: unknown",
        "webhook.endpoint: failed",
        "webhook.signature: done",
        "webhook.environment: done",
        "webhook.dedupe: done",
        "webhook.prompt: done",
        "webhook.odd-events: done",
    ];
    assert_eq!(states(&merchant, "webhook."), expected);
    assert_eq!(merchant.golive(&["status"]).code, Some(1));
}

/// The results of `report --format sarif`: `rule level file:line` of each.
fn sarif(merchant: &Merchant) -> Vec<String> {
    let ran = merchant.golive(&["report", "--format", "sarif"]);
    let log = ran.json();
    assert_eq!(log["version"], "2.1.0");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |it: &Value| {
        assert!(!text(&it["message"]["text"]).is_empty(), "{it}");
        let place = &it["locations"][0]["physicalLocation"];
        let line = place["region"]["startLine"].as_u64().unwrap_or(0);
        let file = text(&place["artifactLocation"]["uri"]);
        format!("{} {} {file}:{line}", text(&it["ruleId"]), text(&it["level"]))
    };
    log["runs"][0]["results"].as_array().unwrap().iter().map(line).collect()
}

const CAREFUL: &str = "expected.length === received.length && timingSafeEqual(expected, received)";

#[test]
fn planted_flaws_are_found_at_their_file_and_line() {
    let hasty = [(CAREFUL, "expected.toString() === received.toString()")];
    let Some(merchant) = Merchant::with("events-sound.mjs", Keys::fresh(), &hasty) else { return };
    let leaked = format!("# once\n\nKEY={}\n", merchant.keys.live_secret_key);
    merchant.environment.write("shop/deploy/old.env", &leaked);
    merchant.commit("Deploy");
    merchant.git(&["rm", "--quiet", "deploy/old.env"]);
    merchant.commit("Clean up");
    merchant.environment.write("shop/notes.txt", &leaked);
    merchant.commit("Take notes");
    let fallback = "const env = process.env;\nexport const host =\n  env.MINTCASH_URL || \
                    'https://sandbox.mintcash.me';\n";
    merchant.environment.write("shop/server/host.mjs", fallback);
    merchant.commit("Fall back");

    let verify = ["verify", "--section", "credentials", "--format", "json"];
    let ran = merchant.golive(&verify);
    let expected = [
        "credentials.live-keys: pass, api-key: pass",
        "credentials.secret-storage: fail, secret-storage: fail",
        "credentials.no-test-keys: fail, production-config: fail",
        "credentials.old-webhook: pass, retired-webhook: pass",
    ];
    assert_eq!(outcomes(&ran), expected, "{ran:#?}");
    assert_eq!(ran.code, Some(1));
    let ran = merchant.golive(&["verify", "webhook.signature", "--format", "json"]);
    let expected = ["webhook.signature: fail, webhook-signature: pass, constant-time: fail"];
    assert_eq!(outcomes(&ran), expected, "{ran:#?}");
    assert_eq!(ran.code, Some(1));

    let results = sarif(&merchant);
    let expected = [
        "secret-storage error shop/notes.txt:3",
        "secret-storage error shop/deploy/old.env:3",
        "secret-storage error shop/notes.txt:3",
        "production-config error shop/server/host.mjs:3",
        "constant-time error shop/server/events-sound.mjs:13",
    ];
    assert_eq!(results, expected);
    let expected = [
        "credentials.live-keys: done",
        "credentials.secret-storage: failed",
        "credentials.no-test-keys: failed",
        "credentials.old-webhook: done",
    ];
    assert_eq!(states(&merchant, "credentials."), expected);
    assert_eq!(merchant.golive(&["status"]).code, Some(1));
}

#[test]
fn a_dry_run_lists_each_program_that_would_give_a_secret_once_and_starts_none() {
    let Some(mut merchant) = Merchant::sound() else { return };
    merchant.input("webhook_secret", "{ command: [sh, give.sh] }");
    merchant.environment.write("give.sh", "touch started\nprintf '%s' \"$WEBHOOK_SECRET\"\n");
    let both = ["verify", "--section", "credentials", "--section", "webhook"];
    let ran = merchant.golive(&[&both[..], &["--dry-run", "--format", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let plan = ran.json();
    let steps = plan["steps"].as_array().unwrap().iter();
    let planned = steps.flat_map(|step| step["planned"].as_array().unwrap());
    let gives: Vec<_> =
        planned.filter(|it| it["what"] == "run the program that gives webhook_secret").collect();
    assert_eq!(gives.len(), 1, "{plan:#}");
    assert_eq!(
        (&gives[0]["effect"], &gives[0]["target"]),
        (&"reads".into(), &"command sh give.sh".into())
    );
    assert!(!merchant.environment.project().join("started").exists());
    let ran = merchant.golive(&["verify", "webhook.environment", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(merchant.environment.project().join("started").exists());
}
