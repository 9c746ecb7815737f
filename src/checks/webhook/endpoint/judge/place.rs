//! From where it was looked, and what that can prove.
//!
//! One look from inside a network can not show that the endpoint is reachable from outside: routers
//! turn packets around, names and firewalls have two sides. So a green look is a pass only when it
//! was made from a place that somebody declared to be outside, or beside a fresh one that was.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::checks::vantage::Sighting;
use crate::checks::webhook::endpoint::judge::{Ground, Notes, evidence};
use crate::checks::webhook::endpoint::look::Seen;
use crate::checks::webhook::endpoint::sighted::Sighted;
use crate::checks::{Finding, Level, Outcome};
use crate::time::spoken;

/// The newest fresh look at the same URL from another place that found something out.
pub(super) fn outside<'a>(seen: &Seen, ground: &Ground<'a>) -> Option<&'a Sighting> {
    let own = ground.vantage.declared.as_deref();
    let here = Sighted::now(seen, ground.target);
    let usable = |sighting: &&Sighting| {
        sighting.fresh
            && own != Some(sighting.vantage.as_str())
            && matches!(sighting.outcome, Outcome::Pass | Outcome::Fail)
            && Sighted::of(&sighting.evidence).url == here.url
    };
    ground.elsewhere.iter().filter(usable).max_by_key(|sighting| sighting.at)
}

/// Takes out the questions that a pass from elsewhere answers: what they said, and who answers.
pub(super) fn answer(notes: &mut Notes, outside: Option<&Sighting>) -> Vec<(String, String)> {
    let Some(outside) = outside.filter(|outside| outside.outcome == Outcome::Pass) else {
        return Vec::new();
    };
    let there = Sighted::of(&outside.evidence).addresses;
    let is_answered = |address: Option<IpAddr>| address.is_some_and(|ip| there.contains(&ip));
    let (answered, open) =
        std::mem::take(&mut notes.open).into_iter().partition(|open| is_answered(open.address));
    notes.open = open;
    let answered: Vec<_> = answered;
    answered.into_iter().map(|open| (open.says, said_by(outside))).collect()
}

/// What a look is worth that found nothing wrong.
pub(super) fn green(
    seen: &Seen,
    ground: &Ground<'_>,
    outside: Option<&Sighting>,
    notes: &mut Notes,
) -> (Outcome, String) {
    let weak = weakness(seen);
    match &ground.vantage.declared {
        Some(name) => declared(name, weak, seen, ground, notes),
        None => here(weak, seen, ground, outside, notes),
    }
}

fn declared(
    name: &str,
    weak: Option<String>,
    seen: &Seen,
    ground: &Ground<'_>,
    notes: &mut Notes,
) -> (Outcome, String) {
    if let Some(weak) = weak {
        let summary = format!("`{name}` was declared to be outside, but {weak}.");
        notes.findings.push(
            Finding::new(Level::Info, "A look from there does not pass the way in.")
                .hint(format!("Look from another network: {}", command(ground))),
        );
        return (Outcome::Unknown, summary);
    }
    notes.info(format!(
        "That `{name}` is outside your network was declared by whoever ran this, not measured."
    ));
    proxies(notes);
    (Outcome::Pass, format!("Public HTTPS, reachable from {name} {}.", measured(seen)))
}

fn here(
    weak: Option<String>,
    seen: &Seen,
    ground: &Ground<'_>,
    outside: Option<&Sighting>,
    notes: &mut Notes,
) -> (Outcome, String) {
    let place = ground.vantage.shown();
    let now = Sighted::now(seen, ground.target);
    let matching = |sighting: &&Sighting| Sighted::of(&sighting.evidence).is_same(&now);
    let passed = outside.filter(|outside| outside.outcome == Outcome::Pass);
    if let Some(outside) = passed.filter(matching) {
        if !Sighted::of(&outside.evidence).has_addresses_of(&now) {
            notes.info(format!(
                "From {} other addresses were asked; the certificate key is the same.",
                outside.vantage
            ));
        }
        let says = said_by(outside);
        let measured = measured(seen);
        return (
            Outcome::Pass,
            format!("Public HTTPS, reachable from {place} and from {says}, {measured}."),
        );
    }
    if let Some(weak) = weak {
        notes.findings.push(Finding::new(
            Level::Advisory,
            format!("A look from here does not pass the way in from outside: {weak}."),
        ));
    }
    proxies(notes);
    notes.findings.push(
        Finding::new(
            Level::Info,
            "Two things make it look better from inside and can not be seen from here: a VPN, and \
             a router that turns packets to its own outside address around (hairpin NAT).",
        )
        .hint(format!(
            "Join another network, such as a phone's hotspot, and run: {}. From CI: {} --format \
             json > result.json there, then `golive vantage import result.json` here.",
            command(ground),
            command(ground).replace("hotspot", "ci"),
        )),
    );
    let why = match outside {
        Some(outside) if outside.outcome == Outcome::Fail => {
            format!("From {} it failed: {}", said_by(outside), outside.summary)
        }
        Some(outside) => {
            format!("From {} other addresses with another certificate were seen.", said_by(outside))
        }
        None => "One look can not prove that it is reachable from outside.".to_owned(),
    };
    let why = why.trim_end_matches('.').to_owned();
    (
        Outcome::Unknown,
        format!(
            "Reachable from {place}, nothing found that blocks. {why}; look from another network: {}",
            command(ground)
        ),
    )
}

/// `at 2 addresses, answers within 84 ms`.
fn measured(seen: &Seen) -> String {
    let asked = seen.addresses.iter().filter(|at| at.answered()).count();
    let slowest = seen.addresses.iter().filter_map(|at| Some(at.post.as_ref()?.took)).max();
    let word = if asked == 1 { "address" } else { "addresses" };
    format!("at {asked} {word}, answers within {}", spoken(slowest.unwrap_or_default()))
}

/// `hotspot (Ada, 2026-11-23 18:00 UTC)`.
fn said_by(outside: &Sighting) -> String {
    format!("{} ({}, {})", outside.vantage, outside.by, outside.at.minute())
}

fn command(ground: &Ground<'_>) -> String {
    format!("golive verify {} --vantage hotspot", ground.step)
}

/// The look from elsewhere that counted, as data.
pub(super) fn evidence(outside: &Sighting) -> Value {
    json!({
        "vantage": outside.vantage,
        "by": outside.by,
        "at": outside.at.to_string(),
        "outcome": outside.outcome,
    })
}

/// What shows that this machine is no place to look from: it is, or sits beside, what it asks.
fn weakness(seen: &Seen) -> Option<String> {
    seen.addresses.iter().find_map(|at| {
        let (address, from) = (at.address.ip(), at.from?);
        let own = at.post.as_ref().is_some_and(|sent| sent.own_address);
        if own || address == from {
            return Some(format!("the connection to {address} ended on this machine itself"));
        }
        is_beside(address, from)
            .then(|| format!("{address} is in the same network as this machine ({from})"))
    })
}

/// The same /24 of IPv4 or /64 of IPv6, which is what one local network has.
fn is_beside(one: IpAddr, other: IpAddr) -> bool {
    match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u32::from(one) ^ u32::from(other)) >> 8 == 0,
        (IpAddr::V6(one), IpAddr::V6(other)) => (u128::from(one) ^ u128::from(other)) >> 64 == 0,
        _ => false,
    }
}

fn proxies(notes: &mut Notes) {
    let names = evidence::proxies();
    let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
    if !names.is_empty() {
        notes.info(format!(
            "{} is set and was not used: other programs leave this network another way.",
            names.join(", ")
        ));
    }
}
