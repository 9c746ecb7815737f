//! What the judge makes of old URLs that no test on one machine can stand in for.

use std::net::SocketAddr;
use std::time::Duration;

use rstest::rstest;
use url::Url;

use super::beside::Beside;
use super::count::{Count, Counted};
use super::judge::Case;
use super::look::{AddressSeen, Seen};
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::wire::{Answer, NoAnswer, Sent};
use crate::checks::{CheckReport, Level, Outcome};

fn target(url: &str) -> Target {
    Target::of(&Url::parse(url).unwrap()).unwrap()
}

fn old() -> Target {
    target("https://test.shop.example/webhooks/mintcash")
}

fn seen(address: &str, answer: Result<Answer, NoAnswer>) -> AddressSeen {
    let sent = |answer| Sent {
        took: Duration::from_millis(40),
        handshake: None,
        own_address: false,
        answer,
    };
    let address: SocketAddr = address.parse().unwrap();
    let is_404 = answer.as_ref().is_ok_and(|answer| answer.status == 404);
    let nowhere = is_404.then(|| sent(Ok(Answer::of(404, &[], ""))));
    AddressSeen { address, post: Some(sent(answer)), nowhere }
}

fn judged(addresses: Vec<AddressSeen>, counted: &Counted) -> CheckReport {
    let live = target("https://shop.example/webhooks/mintcash");
    let case = Case { old: &old(), live: Some(&live), beside: Beside::Apart };
    case.report(&Seen { addresses, left_out: Vec::new() }, counted)
}

fn one(answer: Result<Answer, NoAnswer>) -> CheckReport {
    judged(vec![seen("1.1.1.1:443", answer)], &Counted::Nothing)
}

fn status(status: u16) -> Result<Answer, NoAnswer> {
    Ok(Answer::of(status, &[], ""))
}

fn not_found(failure: &LookupFailure) -> CheckReport {
    Case { old: &old(), live: None, beside: Beside::NoLive }.not_found(failure)
}

#[test]
fn a_name_that_is_gone_is_retired_and_a_silent_resolver_says_nothing() {
    let report = not_found(&LookupFailure::NoSuchName("Name or service not known".into()));
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(report.summary, "The old URL is retired: test.shop.example has no address.");
    let report = not_found(&LookupFailure::NoAnswer("Temporary failure".into()));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("could not be found out: Temporary failure"));
}

#[rstest]
#[case::refused(Err(NoAnswer::Refused), Outcome::Pass)]
#[case::gone(status(410), Outcome::Pass)]
#[case::not_found(status(404), Outcome::Pass)]
#[case::packets_dropped(Err(NoAnswer::ConnectTimeout(Duration::from_secs(10))), Outcome::Unknown)]
#[case::no_route(Err(NoAnswer::Unreachable("No route to host".into())), Outcome::Unknown)]
#[case::broken_tls(Err(NoAnswer::Handshake("bad".into())), Outcome::Unknown)]
#[case::no_answer(Err(NoAnswer::Timeout(Duration::from_secs(15))), Outcome::Unknown)]
#[case::closed(Err(NoAnswer::Closed), Outcome::Unknown)]
#[case::not_http(Err(NoAnswer::NotHttp), Outcome::Unknown)]
#[case::taken(status(204), Outcome::Unknown)]
#[case::refuses_unsigned(status(403), Outcome::Unknown)]
#[case::unprocessable(status(422), Outcome::Unknown)]
#[case::no_post(status(405), Outcome::Unknown)]
#[case::rate_limit(status(429), Outcome::Unknown)]
#[case::down_for_now(status(503), Outcome::Unknown)]
fn only_what_no_event_gets_past_is_retired(
    #[case] answer: Result<Answer, NoAnswer>,
    #[case] outcome: Outcome,
) {
    let report = one(answer);
    assert_eq!(report.outcome, outcome, "{report:#?}");
    assert!(outcome == Outcome::Pass || report.findings[0].hint.is_some());
}

#[test]
fn one_open_address_among_retired_ones_is_not_retired_and_named() {
    let gone = || seen("1.1.1.1:443", Err(NoAnswer::Refused));
    let report =
        judged(vec![gone(), seen("[2606:4700::1]:443", status(401))], &Counted::NoObserver);
    assert_eq!(report.outcome, Outcome::Unknown);
    let named = |place: &str| place.contains("[2606:4700::1]:443");
    assert!(report.findings.iter().any(|it| it.place.as_deref().is_some_and(named)));
    let report = judged(vec![gone(), seen("[2606:4700::1]:443", status(410))], &Counted::Nothing);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(
        report.summary,
        "The old URL is retired: it refuses connections or answers 410 at all 2 addresses."
    );
}

#[test]
fn an_address_where_nothing_may_be_sent_is_open() {
    let address = "169.254.169.254:443".parse().unwrap();
    let report =
        judged(vec![AddressSeen { address, post: None, nowhere: None }], &Counted::Nothing);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("link-local"), "{}", report.summary);
    assert_eq!(judged(Vec::new(), &Counted::Nothing).outcome, Outcome::Unknown);
}

#[rstest]
#[case::to_the_live_url("https://shop.example/webhooks/mintcash", Some(Level::Blocking))]
#[case::to_its_host("https://shop.example/", Some(Level::Advisory))]
#[case::elsewhere("/login", None)]
#[case::nowhere("http://[", None)]
fn a_redirect_weighs_what_it_leads_to(#[case] to: &'static str, #[case] level: Option<Level>) {
    let report = one(Ok(Answer::of(301, &[("location", to)], "")));
    let failed = level == Some(Level::Blocking);
    assert_eq!(report.outcome, if failed { Outcome::Fail } else { Outcome::Unknown });
    assert_eq!(report.findings[0].level, level.unwrap_or(Level::Info), "{report:#?}");
}

#[test]
fn a_count_that_moved_once_or_that_no_event_reached_blames_and_clears_nobody() {
    let answering = || vec![seen("1.1.1.1:443", status(200))];
    let once = Count { before: 4, after: 5, again: Some((5, 5)), events: 4, ..Count::default() };
    let report = judged(answering(), &Counted::Count(once));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.findings.iter().any(|it| it.message.contains("moved once and not again")));
    let none = Count { before: 4, after: 4, ..Count::default() };
    let report = judged(answering(), &Counted::Count(none));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(!report.summary.contains("had no effect"), "{}", report.summary);
}
