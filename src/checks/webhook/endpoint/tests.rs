//! What the judge makes of endpoints that no test on one machine can stand in for: public ones.

use std::time::Duration;

use rstest::rstest;
use url::Url;

use super::judge::{Ground, report};
use super::look::{AddressSeen, Seen};
use crate::checks::vantage::{Sighting, Vantage};
use crate::checks::webhook::certificate::CertificateFacts;
use crate::checks::webhook::dns::{Dns, Found, SYSTEM, View};
use crate::checks::webhook::old_tls::{Offer, OldTls};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::{LookupFailure, Target};
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
        key_kind: "EC 256".into(),
        signature: "ecdsa-with-SHA256".into(),
        must_staple: false,
        self_issued: false,
        names_issuer_url: true,
    }
}

fn healthy(address: &str) -> AddressSeen {
    let address: std::net::SocketAddr = address.parse().unwrap();
    let judgement = Judgement {
        leaf: Some(leaf()),
        above: Vec::new(),
        problems: Vec::new(),
        by_platform: Some(true),
        stapled: false,
    };
    let from = if address.is_ipv4() { "192.168.1.20" } else { "2001:db8:1::20" };
    AddressSeen {
        address,
        special: not_public(address.ip()),
        post: Some(Sent {
            took: Duration::from_millis(84),
            handshake: Some(Handshake { version: "TLS 1.3", judgement }),
            own_address: false,
            answer: Ok(Answer::of(401, &[], "bad signature")),
        }),
        from: Some(from.parse().unwrap()),
        old_tls: Offer::ALL.map(|offer| (offer, Some(OldTls::Refuses))).into(),
        cleartext: None,
    }
}

/// A place outside, as somebody declares it.
fn outside() -> Vantage {
    Vantage { declared: Some("ci".into()), host: Some("runner-7".into()) }
}

/// This place, that nobody declared to be outside.
fn here() -> Vantage {
    Vantage { declared: None, host: Some("laptop".into()) }
}

fn judged_from(vantage: &Vantage, elsewhere: &[Sighting], seen: &Seen) -> CheckReport {
    let url = Url::parse("https://shop.example/webhooks").unwrap();
    let ground = Ground {
        demo: false,
        target: &Target::of(&url).unwrap(),
        limits: &Limits::PRODUCTION,
        now: Timestamp::parse(NOW).unwrap(),
        vantage,
        elsewhere,
        step: "webhook.endpoint",
    };
    report(seen, &ground)
}

fn seen(addresses: Vec<AddressSeen>) -> Seen {
    Seen { addresses, ..Seen::default() }
}

/// As seen from a place that was declared to be outside.
fn judged(addresses: Vec<AddressSeen>) -> CheckReport {
    judged_from(&outside(), &[], &seen(addresses))
}

fn says(report: &CheckReport, level: Level, words: &str) -> bool {
    let found = |finding: &crate::checks::Finding| {
        finding.level == level && finding.message.contains(words)
    };
    report.findings.iter().any(found)
}

/// The same endpoint as seen from `ci` an hour before.
fn sighting(outcome: Outcome, addresses: Vec<AddressSeen>) -> Sighting {
    let report = judged(addresses);
    Sighting {
        vantage: "ci".into(),
        at: Timestamp::parse("2026-11-23T17:00:00Z").unwrap(),
        by: "Ada".into(),
        fresh: true,
        outcome,
        summary: report.summary,
        evidence: report.evidence,
        facts: report.facts,
    }
}

/// A second address at which the request came to nothing.
fn dead(address: &str, nothing: NoAnswer) -> AddressSeen {
    let mut dead = healthy(address);
    dead.old_tls = Vec::new();
    dead.post = dead.post.map(|sent| Sent { answer: Err(nothing), handshake: None, ..sent });
    dead
}

fn beside(nothing: NoAnswer) -> CheckReport {
    judged(vec![healthy("1.1.1.1:443"), dead("[2606:4700::1]:443", nothing)])
}

#[test]
fn a_healthy_public_endpoint_passes_from_outside_and_says_from_where() {
    let report = judged(vec![healthy("1.1.1.1:443"), healthy("[2606:4700::1]:443")]);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(
        report.summary,
        "Public HTTPS, reachable from ci at 2 addresses, answers within 84 ms."
    );
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
    assert!(says(&report, Level::Info, "was declared by whoever ran this, not measured"));
    assert_eq!(report.facts["certificate key"], leaf().key);
    assert_eq!(report.evidence["vantage"], "ci");
    assert_eq!(report.as_of, None, "it rests on nothing but itself");
}

#[test]
fn the_same_from_here_alone_is_unknown_and_names_the_way_to_complete_it() {
    let report = judged_from(&here(), &[], &seen(vec![healthy("1.1.1.1:443")]));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert_eq!(
        report.summary,
        "Reachable from here (laptop), nothing found that blocks. One look can not prove that it is \
         reachable from outside; look from another network: golive verify webhook.endpoint --vantage hotspot"
    );
    let hints: Vec<_> = report.findings.iter().filter_map(|it| it.hint.as_deref()).collect();
    assert!(hints.iter().any(|hint| hint.contains("golive vantage import")), "{hints:?}");
}

#[test]
fn a_fresh_look_from_outside_at_the_same_endpoint_completes_the_one_from_here() {
    let elsewhere = [sighting(Outcome::Pass, vec![healthy("1.1.1.1:443")])];
    let report = judged_from(&here(), &elsewhere, &seen(vec![healthy("1.1.1.1:443")]));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(
        report.summary,
        "Public HTTPS, reachable from here (laptop) and from ci (Ada, 2026-11-23 17:00 UTC), at 1 \
         address, answers within 84 ms."
    );
    assert_eq!(report.evidence["outside"]["vantage"], "ci");
    assert_eq!(report.as_of, Some(elsewhere[0].at), "it is no fresher than what it rests on");
    // A CDN gives other addresses elsewhere; the key is the same.
    let report = judged_from(&here(), &elsewhere, &seen(vec![healthy("1.0.0.1:443")]));
    assert_eq!(report.outcome, Outcome::Pass);
    assert!(says(&report, Level::Info, "From ci other addresses were asked"));
}

#[test]
fn a_look_from_outside_that_is_old_or_of_another_endpoint_completes_nothing() {
    let now = seen(vec![healthy("1.1.1.1:443")]);
    let old = Sighting { fresh: false, ..sighting(Outcome::Pass, vec![healthy("1.1.1.1:443")]) };
    let mut moved = healthy("1.0.0.1:443");
    if let Some(handshake) = moved.post.as_mut().and_then(|sent| sent.handshake.as_mut()) {
        handshake.judgement.leaf.as_mut().unwrap().key = format!("sha256:{}", "cd".repeat(32));
    }
    let other = sighting(Outcome::Pass, vec![moved]);
    let mut url = sighting(Outcome::Pass, vec![healthy("1.1.1.1:443")]);
    url.evidence.insert("url".into(), "https://shop.example/other".into());
    for elsewhere in [old, other, url] {
        let report = judged_from(&here(), std::slice::from_ref(&elsewhere), &now);
        assert_eq!(report.outcome, Outcome::Unknown, "{elsewhere:#?}");
    }
}

#[test]
fn a_failure_from_outside_is_not_outweighed_by_a_green_look_from_here() {
    let failed = Sighting {
        summary: "The connection is refused.".into(),
        ..sighting(Outcome::Fail, vec![healthy("1.1.1.1:443")])
    };
    let report = judged_from(&here(), &[failed], &seen(vec![healthy("1.1.1.1:443")]));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("From ci (Ada, 2026-11-23 17:00 UTC) it failed: The connec"));
}

#[test]
fn the_newest_look_from_outside_counts() {
    let early = Sighting {
        vantage: "hotspot".into(),
        at: Timestamp::parse("2026-11-23T16:00:00Z").unwrap(),
        ..sighting(Outcome::Fail, vec![healthy("1.1.1.1:443")])
    };
    let late = sighting(Outcome::Pass, vec![healthy("1.1.1.1:443")]);
    for elsewhere in [[early.clone(), late.clone()], [late, early]] {
        let report = judged_from(&here(), &elsewhere, &seen(vec![healthy("1.1.1.1:443")]));
        assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    }
}

#[rstest]
#[case::own_address("1.1.1.1", "ended on this machine itself")]
#[case::beside_it("1.1.1.200", "is in the same network as this machine")]
fn a_declared_vantage_is_not_believed_against_what_is_seen(
    #[case] from: &str,
    #[case] words: &str,
) {
    let mut at = healthy("1.1.1.1:443");
    at.from = Some(from.parse().unwrap());
    let report = judged(vec![at]);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.starts_with("`ci` was declared to be outside, but "));
    assert!(report.summary.contains(words), "{}", report.summary);
}

#[test]
fn an_address_in_the_same_64_is_beside_this_machine() {
    let mut at = healthy("[2606:4700::1]:443");
    at.from = Some("2606:4700::99".parse().unwrap());
    assert_eq!(judged(vec![at]).outcome, Outcome::Unknown);
    let mut at = healthy("[2606:4700::1]:443");
    at.from = Some("2606:4700:0:1::99".parse().unwrap());
    assert_eq!(judged(vec![at]).outcome, Outcome::Pass);
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
    let ipv6 = report.findings.iter().any(|finding| {
        finding.message.contains("Whether MintCash delivers over IPv6 is not documented")
            && finding.level != Level::Info
    });
    assert!(ipv6, "{report:#?}");
}

#[test]
fn a_machine_without_ipv6_says_nothing_about_the_address_and_a_look_from_elsewhere_does() {
    let blind = || {
        let mut at =
            dead("[2606:4700::1]:443", NoAnswer::Unreachable("Network is unreachable".into()));
        at.from = None;
        vec![healthy("1.1.1.1:443"), at]
    };
    let report = judged(blind());
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("this machine has no way out over IPv6"), "{report:#?}");
    assert!(!report.findings.iter().any(|finding| finding.level != Level::Info), "{report:#?}");
    let both = vec![healthy("1.1.1.1:443"), healthy("[2606:4700::1]:443")];
    let elsewhere = [sighting(Outcome::Pass, both)];
    let report = judged_from(&here(), &elsewhere, &seen(blind()));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(says(&report, Level::Info, "Not found out here: 2606:4700::1"), "{report:#?}");
    // One that could not ask it either answers nothing.
    let elsewhere = [sighting(Outcome::Pass, blind())];
    let report = judged_from(&here(), &elsewhere, &seen(blind()));
    assert_eq!(report.outcome, Outcome::Unknown);
}

#[test]
fn one_private_address_among_public_ones_fails() {
    let report = judged(vec![healthy("1.1.1.1:443"), healthy("10.0.0.7:443")]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings[0].place.as_deref(), Some("10.0.0.7"));
}

fn with_problem(address: &str, problem: Problem) -> AddressSeen {
    let mut at = healthy(address);
    if let Some(handshake) = at.post.as_mut().and_then(|sent| sent.handshake.as_mut()) {
        handshake.judgement.problems.push(problem);
    }
    at
}

#[test]
fn one_address_with_an_old_certificate_fails() {
    let report =
        judged(vec![healthy("1.1.1.1:443"), with_problem("1.0.0.1:443", Problem::Expired)]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings[0].place.as_deref(), Some("1.0.0.1:443"));
}

#[test]
fn tls_that_is_opened_on_the_way_is_neither_a_pass_nor_a_failure_until_seen_from_elsewhere() {
    let opened = || vec![with_problem("1.1.1.1:443", Problem::PlatformOnly)];
    let report = judged_from(&here(), &[], &seen(opened()));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(says(&report, Level::Advisory, "somebody on the way opens TLS"), "{report:#?}");
    assert!(!report.facts.contains_key("certificate key"), "that key is the proxy's");
    let elsewhere = [sighting(Outcome::Pass, vec![healthy("1.1.1.1:443")])];
    let report = judged_from(&here(), &elsewhere, &seen(opened()));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
}

#[test]
fn must_staple_without_an_ocsp_answer_is_a_risk() {
    for (stapled, risk) in [(false, true), (true, false)] {
        let mut at = healthy("1.1.1.1:443");
        if let Some(handshake) = at.post.as_mut().and_then(|sent| sent.handshake.as_mut()) {
            handshake.judgement.leaf.as_mut().unwrap().must_staple = true;
            handshake.judgement.stapled = stapled;
        }
        assert_eq!(says(&judged(vec![at]), Level::Advisory, "must-staple"), risk);
    }
}

#[test]
fn the_same_fault_at_two_addresses_is_one_finding_with_two_places() {
    let old = |address: &str| AddressSeen {
        old_tls: vec![
            (Offer::Tls11, Some(OldTls::Speaks("TLS 1.1"))),
            (Offer::Tls10, Some(OldTls::Speaks("TLS 1.0"))),
        ],
        ..healthy(address)
    };
    let report = judged(vec![old("1.1.1.1:443"), old("1.0.0.1:443")]);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(report.findings[0].level, Level::Advisory);
    assert!(report.findings[0].message.contains("still accepts TLS 1.0 and TLS 1.1,"));
    assert_eq!(report.findings[0].place.as_deref(), Some("1.1.1.1, 1.0.0.1"));
}

#[rstest]
#[case::method_not_allowed(Ok(405), false)]
#[case::page(Ok(200), false)]
#[case::not_implemented(Ok(501), false)]
#[case::crash(Ok(500), true)]
#[case::hangs(Err(NoAnswer::Timeout(Duration::from_secs(15))), true)]
#[case::hangs_up(Err(NoAnswer::Closed), true)]
fn get_and_head_may_be_answered_with_anything_but_a_fall(
    #[case] came: Result<u16, NoAnswer>,
    #[case] risk: bool,
) {
    let sent = || {
        let answer = came.clone().map(|status| Answer::of(status, &[], ""));
        healthy("1.1.1.1:443").post.map(|sent| Sent { answer, ..sent })
    };
    let get = Seen { get: sent(), ..seen(vec![healthy("1.1.1.1:443")]) };
    let head = Seen { head: sent(), ..seen(vec![healthy("1.1.1.1:443")]) };
    for (seen, name) in [(get, "GET "), (head, "HEAD ")] {
        let report = judged_from(&outside(), &[], &seen);
        assert_eq!(report.outcome, Outcome::Pass);
        assert_eq!(says(&report, Level::Advisory, name), risk, "{report:#?}");
    }
}

fn view(by: &str, answer: Result<&[&str], LookupFailure>) -> View {
    let found = |addresses: &[&str]| Found {
        addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        ..Found::default()
    };
    View { by: by.into(), answer: answer.map(found) }
}

/// The endpoint at 1.1.1.1, as the system's resolver and another one see its name.
fn resolved(system: Result<&[&str], LookupFailure>, other: View) -> CheckReport {
    let dns = Some(Dns { system: view(SYSTEM, system), others: vec![other] });
    judged_from(&outside(), &[], &Seen { dns, ..seen(vec![healthy("1.1.1.1:443")]) })
}

#[test]
fn a_split_horizon_is_said_and_is_no_failure_when_the_outside_is_public() {
    let report = resolved(Ok(&["10.0.0.7"]), view("9.9.9.9:53", Ok(&["1.1.1.1"])));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(says(&report, Level::Info, "Split horizon: inside this network shop.example leads to"));
    let report = resolved(Ok(&["1.1.1.1"]), view("9.9.9.9:53", Ok(&["1.1.1.1"])));
    assert!(!says(&report, Level::Info, "horizon") && !says(&report, Level::Info, "different"));
    let report = resolved(Ok(&["1.0.0.1"]), view("9.9.9.9:53", Ok(&["1.1.1.1"])));
    assert!(says(&report, Level::Info, "different addresses"), "{report:#?}");
    assert_eq!(report.outcome, Outcome::Pass);
}

#[rstest]
#[case::inside_only(
    Ok(&["1.1.1.1"][..]),
    Err(LookupFailure::NoSuchName("NXDOMAIN".into())),
    Outcome::Fail,
    "exists inside this network only"
)]
#[case::outside_only(
    Err(LookupFailure::NoSuchName("NXDOMAIN".into())),
    Ok(&["1.1.1.1"][..]),
    Outcome::Pass,
    "9.9.9.9:53 knows shop.example, the system's resolver does not"
)]
#[case::no_answer(
    Ok(&["1.1.1.1"][..]),
    Err(LookupFailure::NoAnswer("Server Failure".into())),
    Outcome::Unknown,
    "the public addresses are not known"
)]
fn resolvers_that_do_not_agree_are_told_apart(
    #[case] system: Result<&[&str], LookupFailure>,
    #[case] other: Result<&[&str], LookupFailure>,
    #[case] outcome: Outcome,
    #[case] words: &str,
) {
    let report = resolved(system, view("9.9.9.9:53", other));
    assert_eq!(report.outcome, outcome, "{report:#?}");
    assert!(report.findings.iter().any(|it| it.message.contains(words)), "{report:#?}");
}

#[test]
fn half_an_answer_is_not_a_whole_one() {
    let mut other = view("9.9.9.9:53", Ok(&["1.1.1.1"]));
    if let Ok(found) = &mut other.answer {
        found.partly = Some("AAAA: Server Failure".into());
    }
    assert_eq!(resolved(Ok(&["1.1.1.1"]), other).outcome, Outcome::Unknown);
}

#[test]
fn addresses_that_were_left_out_keep_it_from_passing() {
    let left_out = vec!["1.0.0.1:443".parse().unwrap()];
    let seen = Seen { left_out, ..seen(vec![healthy("1.1.1.1:443")]) };
    let report = judged_from(&outside(), &[], &seen);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("1 more addresses were not asked"), "{}", report.summary);
}

#[test]
fn nothing_asked_is_unknown() {
    assert_eq!(judged(Vec::new()).outcome, Outcome::Unknown);
}
