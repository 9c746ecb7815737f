//! `webhook-endpoint` against nginx with every kind of certificate. Whatever stands on this machine
//! fails for not being public; the tests look at what else is said.

use std::time::Duration;

use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::{Check as _, CheckReport, Effect, Level, Outcome};
use rstest::rstest;

use crate::bench::{Bench, LIVE, QUICK, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::nginx::{Nginx, certificates};

const REFUSE: &str = "return 401;";

/// What a report blocks on beside the address, which is never public here.
fn blocks(report: &CheckReport) -> Vec<&str> {
    assert_eq!(report.outcome, Outcome::Fail, "this machine is not public");
    let findings = report.findings.iter().filter(|finding| finding.level == Level::Blocking);
    let messages: Vec<_> = findings.map(|finding| finding.message.as_str()).collect();
    let (address, others): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.contains("is not public"));
    assert_eq!(address.len(), 1, "{}", everything(report));
    others
}

fn advises(report: &CheckReport, words: &str) -> bool {
    report.findings.iter().any(|it| it.level == Level::Advisory && it.message.contains(words))
}

async fn bench(nginx: &Nginx) -> Bench {
    let ca = certificates().unwrap().join("root.pem");
    Bench::new(&nginx.url(), &[]).await.arg("extra_ca", ca.display().to_string())
}

#[tokio::test]
async fn a_good_chain_is_only_told_that_mintcash_does_not_know_the_extra_ca() {
    let modern = "ssl_protocols TLSv1.2 TLSv1.3;";
    let Some(nginx) = Nginx::start("good", modern, REFUSE).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    let blocks = blocks(&report);
    assert!(matches!(blocks[..], [only] if only.contains("Only extra_ca vouches")), "{blocks:?}");
    assert!(report.facts["certificate key"].starts_with("sha256:"));
    let seen = &report.evidence["addresses"][0];
    assert_eq!(seen["tls"], "TLS 1.3");
    assert_eq!(seen["certificate"]["leaf"]["names"][0], "localhost");
    assert!(seen["POST"].as_str().unwrap().starts_with("401 in "));
}

#[rstest]
#[case::expired("expired", "The certificate expired on 2026-04-01.", 0)]
#[case::not_yet_valid("not-yet-valid", "The certificate is not valid before 2040-01-01.", 1)]
#[case::wrong_host("wrong-host", "it is for shop.example, www.shop.example.", 1)]
#[case::self_signed("self-signed", "The certificate is self-signed", 1)]
#[case::missing_intermediate(
    "missing-intermediate",
    "does not send the one of \"Test Intermediate\"",
    1
)]
#[tokio::test]
async fn a_bad_certificate_is_named_for_what_it_is(
    #[case] which: &str,
    #[case] words: &str,
    #[case] about_the_chain: usize,
) {
    let Some(nginx) = Nginx::start(which, "", REFUSE).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    assert!(blocks(&report).iter().any(|message| message.contains(words)), "{report:#?}");
    let about_chain = ["Only extra_ca", "self-signed", "intermediate certificate is missing"];
    let chain = |message: &&&str| about_chain.iter().any(|words| message.contains(words));
    assert_eq!(blocks(&report).iter().filter(chain).count(), about_the_chain, "{report:#?}");
}

#[tokio::test]
async fn a_certificate_that_demands_stapling_from_a_server_that_does_not_is_a_risk() {
    for (which, risk) in [("must-staple", true), ("good", false)] {
        let Some(nginx) = Nginx::start(which, "", REFUSE).await else { return };
        let report = bench(&nginx).await.endpoint().await;
        assert_eq!(advises(&report, "(must-staple)"), risk, "{report:#?}");
        let leaf = &report.evidence["addresses"][0]["certificate"]["leaf"];
        assert_eq!(leaf["keyKind"], "EC 256");
        assert_eq!(leaf["signature"], "ecdsa-with-SHA256");
        assert_eq!(leaf["mustStaple"], risk);
    }
}

#[tokio::test]
async fn a_signature_with_sha1_is_named_for_what_it_is() {
    let old = "ssl_ciphers DEFAULT:@SECLEVEL=0;";
    let Some(nginx) = Nginx::start("sha1", old, REFUSE).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    let named = |message: &&str| message.contains("\"sha1\" is signed with ecdsa-with-SHA1");
    assert!(blocks(&report).iter().any(named), "{report:#?}");
}

#[rstest]
#[case::private_root_sent("unknown-root")]
#[case::private_root_not_sent("good")]
#[tokio::test]
async fn a_private_ca_is_not_mistaken_for_a_missing_intermediate(#[case] which: &str) {
    let Some(nginx) = Nginx::start(which, "", REFUSE).await else { return };
    let report = Bench::new(&nginx.url(), &[]).await.endpoint().await;
    let blocks = blocks(&report);
    assert!(matches!(blocks[..], [only] if only.contains("no public CA vouches")), "{blocks:?}");
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_risk() {
    let Some(nginx) = Nginx::start("good", "", REFUSE).await else { return };
    let report = bench(&nginx).await.days_later(75).endpoint().await;
    assert!(advises(&report, "The certificate ends in 13 days"), "{report:#?}");
    let report = bench(&nginx).await.days_later(60).endpoint().await;
    assert!(!advises(&report, "The certificate ends"), "{report:#?}");
}

#[tokio::test]
async fn a_server_that_speaks_old_tls_only_is_told_so() {
    let old = "ssl_protocols TLSv1.1; ssl_ciphers DEFAULT:@SECLEVEL=0;";
    let Some(nginx) = Nginx::start("good", old, REFUSE).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    let blocks = blocks(&report);
    assert!(
        matches!(blocks[..], [only] if only.contains("speaks no newer version than TLS 1.1,")),
        "{blocks:?}"
    );
}

#[rstest]
#[case::both("TLSv1 TLSv1.1 TLSv1.2", Some("still accepts TLS 1.0 and TLS 1.1,"))]
#[case::newer("TLSv1.1 TLSv1.2", Some("still accepts TLS 1.1,"))]
#[case::older("TLSv1 TLSv1.2", Some("still accepts TLS 1.0,"))]
#[case::none("TLSv1.2", None)]
#[tokio::test]
async fn each_old_version_that_is_still_spoken_is_a_risk(
    #[case] protocols: &str,
    #[case] words: Option<&str>,
) {
    let settings = format!("ssl_protocols {protocols}; ssl_ciphers DEFAULT:@SECLEVEL=0;");
    let Some(nginx) = Nginx::start("good", &settings, REFUSE).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    assert_eq!(advises(&report, "still accepts"), words.is_some(), "{report:#?}");
    assert!(words.is_none_or(|words| advises(&report, words)), "{report:#?}");
    assert_eq!(report.evidence["addresses"][0]["tls"], "TLS 1.2");
}

#[rstest]
#[case::redirect(
    "return 301 https://localhost/elsewhere/;",
    "redirects to https://localhost/elsewhere/"
)]
#[case::no_post("if ($request_method = POST) { return 405; } return 200;", "takes no POST")]
#[case::gateway("return 503;", "a gateway without a backend (503)")]
#[tokio::test]
async fn what_keeps_a_post_from_the_handler_is_named(#[case] location: &str, #[case] words: &str) {
    let Some(nginx) = Nginx::start("good", "", location).await else { return };
    let report = bench(&nginx).await.endpoint().await;
    assert!(blocks(&report).iter().any(|message| message.contains(words)), "{report:#?}");
}

#[tokio::test]
async fn a_plain_http_twin_that_takes_posts_is_a_blocking_finding_and_a_redirect_is_none() {
    let Some(nginx) = Nginx::start("good", "", REFUSE).await else { return };
    for (twin, found) in [("no-verification.mjs", true), ("redirect.py", false)] {
        let Some(handler) = Counterpart::start(twin, SECRET) else { return };
        let bench = bench(&nginx).await.arg("cleartext_port", handler.address.port());
        let report = bench.endpoint().await;
        let said = blocks(&report).iter().any(|message| message.contains("over plain HTTP"));
        assert_eq!(said, found, "{twin}: {report:#?}");
    }
}

#[tokio::test]
async fn plain_http_is_probed_and_fails_for_what_it_is() {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let url = format!("http://{}/webhooks/mintcash", handler.address);
    let report = Bench::new(&url, &[]).await.endpoint().await;
    let blocks = blocks(&report);
    assert!(matches!(blocks[..], [only] if only.contains("plain HTTP")), "{blocks:?}");
    assert!(report.evidence["addresses"][0]["POST"].as_str().unwrap().starts_with("401"));
}

#[tokio::test]
async fn a_port_without_tls_and_a_closed_port_are_told_apart() {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let url = format!("https://{}/", handler.address);
    let report = Bench::new(&url, &[]).await.endpoint().await;
    assert_eq!(blocks(&report), ["The server does not speak TLS on this port."]);
    drop(handler);
    let report = Bench::new(&url, &[]).await.endpoint().await;
    assert_eq!(blocks(&report), ["The connection is refused: nothing listens there."]);
}

#[tokio::test]
async fn a_late_answer_fails_and_a_nearly_late_one_is_a_risk() {
    // One slow answer for both: a sound handler behind a proxy that waits would do as well.
    let Some(handler) = Counterpart::start("slow-to-refuse.py", SECRET) else { return };
    let bench = Bench::new(&format!("http://{}/", handler.address), &[]).await;
    let millis = Duration::from_millis;
    let limits = Limits { provider: millis(500), near: millis(300), ..QUICK };
    let late = WebhookEndpoint::with_limits(limits).run(&bench.context).await;
    assert!(blocks(&late).iter().any(|message| message.contains("MintCash stops waiting")));
    let limits = Limits { provider: millis(6_000), near: millis(500), ..QUICK };
    let near = WebhookEndpoint::with_limits(limits).run(&bench.context).await;
    assert!(advises(&near, "close to the 6 s that MintCash waits"), "{near:#?}");
    let limits = Limits { total: millis(500), provider: millis(400), ..QUICK };
    let never = WebhookEndpoint::with_limits(limits).run(&bench.context).await;
    assert!(blocks(&never).iter().any(|message| message.contains("No answer")), "{never:#?}");
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_planned() {
    let Some(nginx) = Nginx::start("good", "", REFUSE).await else { return };
    let bench = bench(&nginx).await.arg("cleartext_port", 1);
    let plan = WebhookEndpoint::PRODUCTION.plan(&bench.context).await;
    bench.endpoint().await;
    let mut planned: Vec<_> = plan.iter().map(|entry| entry.what.clone()).collect();
    let mut sent = bench.probes();
    planned.sort();
    sent.sort();
    // localhost may have two addresses; each gets the same.
    sent.dedup();
    assert_eq!(sent, planned);
}

#[tokio::test]
async fn get_and_head_that_make_the_server_fail_are_a_risk() {
    let falls = "if ($request_method = POST) { return 401; } return 500;";
    for (location, risk) in [(falls, true), (REFUSE, false)] {
        let Some(nginx) = Nginx::start("good", "", location).await else { return };
        let report = bench(&nginx).await.endpoint().await;
        assert_eq!(advises(&report, "GET makes the server fail (500)"), risk, "{report:#?}");
        assert_eq!(advises(&report, "HEAD makes the server fail (500)"), risk, "{report:#?}");
    }
}

#[tokio::test]
async fn a_cancelled_look_ends_at_once() {
    // A server that takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", silent.local_addr().unwrap());
    let bench = Bench::new(&url, &[]).await;
    let check = WebhookEndpoint::PRODUCTION;
    let mut run = Box::pin(check.run(&bench.context));
    tokio::select! {
        report = &mut run => panic!("{report:#?}"),
        accepted = tokio::task::spawn_blocking(move || silent.accept().map(|it| (it, silent))) => {
            accepted.unwrap().unwrap();
        }
    }
    bench.context.cancel.cancel();
    let report = tokio::time::timeout(Duration::from_secs(2), run).await.unwrap();
    assert_eq!((report.outcome, report.summary.as_str()), (Outcome::Unknown, "Cancelled."));
}

#[tokio::test]
async fn a_sound_handler_behind_tls_passes_the_signature_check() {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let pass = format!("proxy_pass http://{};", handler.address);
    let Some(nginx) = Nginx::start("good", "", &pass).await else { return };
    let ca = certificates().unwrap().join("root.pem").display().to_string();
    let bench = Bench::new(&nginx.url(), &[LIVE]).await.arg("extra_ca", ca);
    let report = bench.signature().await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
}

/// 0.0.0.0 leads to this machine and is, to every rule, a host that is neither this machine nor
/// public.
#[rstest]
#[case::not_armed(false, "is not armed", "verify with --arm 0.0.0.0:")]
#[case::not_public(true, "0.0.0.0 is this network", "See what webhook-endpoint says")]
#[tokio::test]
async fn correctly_signed_events_are_held_back_and_the_report_says_why(
    #[case] arm: bool,
    #[case] why: &str,
    #[case] what_to_do: &str,
) {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let pass = format!("proxy_pass http://{};", handler.address);
    let Some(nginx) = Nginx::start("good", "", &pass).await else { return };
    let host = format!("0.0.0.0:{}", nginx.address.port());
    let bench = Bench::new(&format!("https://{host}/webhooks/mintcash"), &[LIVE]).await;
    let bench = if arm { bench.arm(&host) } else { bench };
    let limits = Limits { spacing: Duration::ZERO, ..QUICK };
    let report = WebhookSignature::with_limits(limits).run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(bench.probes().len(), 8, "only what needs no secret is sent");
    assert!(report.summary.contains(why), "{}", report.summary);
    let finding = report.findings.iter().find(|finding| finding.message.contains(why)).unwrap();
    assert!(finding.hint.as_deref().unwrap().contains(what_to_do), "{finding:?}");
    let plan = WebhookSignature::PRODUCTION.plan(&bench.context).await;
    let arms = plan.iter().filter(|entry| entry.effect == Effect::Harmless);
    assert!(arms.clone().count() > 5);
    assert!(arms.clone().all(|entry| entry.arms.as_deref() == Some(host.as_str())));
}

/// The program itself, on a machine to whose roots the tests' CA was added, as a company adds that
/// of its proxy.
#[tokio::test]
async fn a_ca_that_only_this_machine_trusts_is_told_from_one_that_nobody_trusts() {
    let Some(nginx) = Nginx::start("good", "", REFUSE).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let config = format!("inputs:\n  webhook_url: {}\n", nginx.url());
    std::fs::write(folder.path().join("golive.yaml"), config).unwrap();
    let certificates = certificates().unwrap();
    for (roots, known) in [("root.pem", true), ("self-signed.pem", false)] {
        let program = env!("CARGO_BIN_EXE_golive");
        let out = tokio::process::Command::new(program)
            .args(["verify", "webhook.endpoint", "--format", "json"])
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env("SSL_CERT_FILE", certificates.join(roots))
            .env("SSL_CERT_DIR", folder.path().join("none"))
            .output()
            .await
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let check = &report["steps"][0]["checks"][0];
        let levels = |words: &str| {
            let findings = check["findings"].as_array().unwrap().iter();
            let with = findings.filter(|it| it["message"].as_str().unwrap().contains(words));
            with.map(|it| it["level"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let here = levels("Only roots that were added to this machine");
        let nobody = levels("no public CA vouches");
        let expected = if known { ("advisory", "") } else { ("", "blocking") };
        assert_eq!((here.join(""), nobody.join("")), (expected.0.into(), expected.1.into()));
        let leaf = &check["evidence"]["addresses"][0]["certificate"];
        assert_eq!(leaf["trustedByThisMachine"], known, "{check:#}");
    }
}
