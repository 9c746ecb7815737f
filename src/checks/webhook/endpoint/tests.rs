//! What the judge makes of endpoints that no test on one machine can stand in for: public ones.

use std::time::Duration;

use rstest::rstest;
use url::Url;

use super::judge::report;
use super::look::{AddressSeen, Seen};
use crate::checks::webhook::certificate::CertificateFacts;
use crate::checks::webhook::old_tls::OldTls;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::trust::{Judgement, Problem};
use crate::checks::webhook::wire::{Answer, Handshake, NoAnswer, Sent};
use crate::checks::{CheckReport, Level, Outcome};
use crate::time::Timestamp;

const NOW: &str = "2026-11-23T18:00:00Z";

fn leaf() -> CertificateFacts {
    CertificateFacts {
        subject: "shop.example".into(),
        issuer: "R11".into(),
        names: vec!["shop.example".into()],
        not_before: Timestamp::parse("2026-11-01T00:00:00Z").unwrap(),
        not_after: Timestamp::parse("2027-01-30T00:00:00Z").unwrap(),
        key: format!("sha256:{}", "ab".repeat(32)),
        self_issued: false,
        names_issuer_url: true,
    }
}

fn healthy(address: &str) -> AddressSeen {
    let address: std::net::SocketAddr = address.parse().unwrap();
    let judgement = Judgement { leaf: Some(leaf()), above: Vec::new(), problems: Vec::new() };
    AddressSeen {
        address,
        special: not_public(address.ip()),
        post: Some(Sent {
            took: Duration::from_millis(84),
            handshake: Some(Handshake { version: "TLS 1.3", judgement }),
            own_address: false,
            answer: Ok(Answer::of(401, &[], "bad signature")),
        }),
        old_tls: Some(OldTls::Refuses),
    }
}

fn judged(addresses: Vec<AddressSeen>) -> CheckReport {
    let url = Url::parse("https://shop.example/webhooks").unwrap();
    let seen = Seen { addresses, left_out: Vec::new(), get: None, cleartext: None };
    let now = Timestamp::parse(NOW).unwrap();
    report(&Target::of(&url).unwrap(), &seen, &Limits::PRODUCTION, now)
}

/// A second address at which the request came to nothing.
fn beside(nothing: NoAnswer) -> CheckReport {
    let mut second = healthy("[2606:4700::1]:443");
    second.old_tls = None;
    second.post = second.post.map(|sent| Sent { answer: Err(nothing), handshake: None, ..sent });
    judged(vec![healthy("1.1.1.1:443"), second])
}

#[test]
fn a_healthy_public_endpoint_passes_and_says_from_where() {
    let report = judged(vec![healthy("1.1.1.1:443"), healthy("[2606:4700::1]:443")]);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(
        report.summary,
        "Public HTTPS, reachable from here at 2 addresses, answers within 84 ms."
    );
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
    assert_eq!(report.facts["certificate key"], leaf().key);
}

#[rstest]
#[case::refused(NoAnswer::Refused, Outcome::Fail)]
#[case::closed(NoAnswer::Closed, Outcome::Fail)]
#[case::no_answer(NoAnswer::Timeout(Duration::from_secs(15)), Outcome::Fail)]
#[case::packets_dropped(NoAnswer::ConnectTimeout(Duration::from_secs(10)), Outcome::Unknown)]
#[case::no_route(NoAnswer::Unreachable("Network is unreachable".into()), Outcome::Unknown)]
fn one_dead_address_among_two_is_never_a_pass(#[case] nothing: NoAnswer, #[case] outcome: Outcome) {
    let report = beside(nothing);
    assert_eq!(report.outcome, outcome, "{report:#?}");
    let named = report.findings.iter().any(|finding| {
        let place = finding.place.as_deref().unwrap_or_default();
        place.contains("2606:4700::1") || finding.message.contains("2606:4700::1")
    });
    assert!(named, "the address is named");
}

#[test]
fn one_private_address_among_public_ones_fails() {
    let report = judged(vec![healthy("1.1.1.1:443"), healthy("10.0.0.7:443")]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings[0].place.as_deref(), Some("10.0.0.7"));
}

#[test]
fn one_address_with_an_old_certificate_fails() {
    let mut second = healthy("1.0.0.1:443");
    if let Some(handshake) = second.post.as_mut().and_then(|sent| sent.handshake.as_mut()) {
        handshake.judgement.problems.push(Problem::Expired);
    }
    let report = judged(vec![healthy("1.1.1.1:443"), second]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings[0].place.as_deref(), Some("1.0.0.1:443"));
}

#[test]
fn the_same_fault_at_two_addresses_is_one_finding_with_two_places() {
    let old = |address: &str| AddressSeen {
        old_tls: Some(OldTls::Speaks("TLS 1.1")),
        ..healthy(address)
    };
    let report = judged(vec![old("1.1.1.1:443"), old("1.0.0.1:443")]);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(report.findings[0].level, Level::Advisory);
    assert_eq!(report.findings[0].place.as_deref(), Some("1.1.1.1, 1.0.0.1"));
}

#[test]
fn nothing_asked_is_unknown() {
    assert_eq!(judged(Vec::new()).outcome, Outcome::Unknown);
}
