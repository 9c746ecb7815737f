//! What was seen at the endpoint, and what it means for MintCash's webhooks.

mod certificate;

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::checks::webhook::endpoint::look::{AddressSeen, Seen};
use crate::checks::webhook::old_tls::OldTls;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::wall::{Wall, wall};
use crate::checks::webhook::wire::{Answer, NoAnswer, Sent};
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::time::{Timestamp, spoken};

/// Findings, and questions that found no answer.
#[derive(Default)]
struct Notes {
    findings: Vec<Finding>,
    open: Vec<String>,
}

impl Notes {
    /// Takes in a finding; the same one at another address is one finding at two places.
    fn add(&mut self, level: Level, message: impl Into<String>, place: &str, hint: &str) {
        let message = message.into();
        let same = |known: &&mut Finding| known.level == level && known.message == message;
        if let Some(known) = self.findings.iter_mut().find(same) {
            let places = known.place.get_or_insert_default();
            if !places.split(", ").any(|known| known == place) {
                places.push_str(", ");
                places.push_str(place);
            }
        } else {
            self.findings.push(Finding::new(level, message).at(place).hint(hint));
        }
    }
}

/// The report on everything that was seen.
pub(super) fn report(target: &Target, seen: &Seen, limits: &Limits, now: Timestamp) -> CheckReport {
    let mut notes = Notes::default();
    if !target.tls {
        notes.add(
            Level::Blocking,
            "The URL is plain HTTP. MintCash delivers to HTTPS only; anyone on the way could read \
             and replay events.",
            &target.shown(),
            "Serve the webhook over HTTPS and register that URL.",
        );
    }
    for at in &seen.addresses {
        address(target, at, &mut notes);
        if let Some(sent) = &at.post {
            post(target, at, sent, limits, now, &mut notes);
        }
    }
    if let Some((twin, sent)) = &seen.cleartext {
        cleartext(twin, sent, seen, &mut notes);
    }
    if !seen.left_out.is_empty() {
        notes.open.push(format!("{} more addresses were not asked", seen.left_out.len()));
    }
    finish(target, seen, notes, now)
}

fn address(target: &Target, at: &AddressSeen, notes: &mut Notes) {
    let place = at.address.ip().to_string();
    if let Some(what) = at.special {
        notes.add(
            Level::Blocking,
            format!(
                "{} is not public: it has an address that is {what}. MintCash can not reach it.",
                target.host
            ),
            &place,
            "Give the name public addresses only (A and AAAA), or register another URL.",
        );
    }
    match at.old_tls {
        Some(OldTls::Speaks(version)) if at.post.as_ref().is_some_and(spoke_modern) => notes.add(
            Level::Advisory,
            format!("The server still accepts {version}, which is broken (RFC 8996)."),
            &place,
            "Allow TLS 1.2 and 1.3 only (nginx: ssl_protocols TLSv1.2 TLSv1.3;).",
        ),
        Some(OldTls::Speaks(_)) => notes.add(
            Level::Blocking,
            "The server speaks TLS 1.1 or older only. MintCash needs TLS 1.2 or newer.",
            &place,
            "Allow TLS 1.2 and 1.3 (nginx: ssl_protocols TLSv1.2 TLSv1.3;).",
        ),
        Some(OldTls::Refuses) | None => {}
    }
    if at.post.as_ref().is_some_and(|sent| sent.own_address && at.special.is_none()) {
        notes.add(
            Level::Advisory,
            "The connection ended on this machine itself, which says nothing about the way from \
             outside.",
            &place,
            "Verify from another network.",
        );
    }
}

fn spoke_modern(sent: &Sent) -> bool {
    sent.handshake.is_some()
}

fn post(
    target: &Target,
    at: &AddressSeen,
    sent: &Sent,
    limits: &Limits,
    now: Timestamp,
    notes: &mut Notes,
) {
    let place = at.address.to_string();
    if let Some(handshake) = &sent.handshake {
        certificate::judge(target, &handshake.judgement, &place, now, notes);
    }
    match &sent.answer {
        Err(nothing) => no_answer(nothing, at, &place, limits, notes),
        Ok(answer) => {
            in_time(sent, &place, limits, notes);
            answered(answer, &place, notes);
        }
    }
}

fn no_answer(
    nothing: &NoAnswer,
    at: &AddressSeen,
    place: &str,
    limits: &Limits,
    notes: &mut Notes,
) {
    let old = matches!(at.old_tls, Some(OldTls::Speaks(_)));
    let (message, hint) = match nothing {
        NoAnswer::Refused => (
            "The connection is refused: nothing listens there.".to_owned(),
            "Start the server, open the port, or take the address out of DNS.",
        ),
        NoAnswer::TlsVersion | NoAnswer::Handshake(_) if old => return, // said already
        NoAnswer::TlsVersion => (
            "The server and this program have no TLS version in common; 1.2 or 1.3 is needed."
                .to_owned(),
            "Allow TLS 1.2 and 1.3.",
        ),
        NoAnswer::Handshake(why) => (
            format!("The TLS handshake fails: {why}."),
            "Look at the server's TLS settings and at what it logs for this moment.",
        ),
        NoAnswer::NotTls => (
            "The server does not speak TLS on this port.".to_owned(),
            "Turn TLS on for this port, or correct the port in webhook_url.",
        ),
        NoAnswer::Timeout(_) => (
            format!(
                "No answer: it was waited {}, MintCash stops at {} and sends the event again.",
                spoken(limits.total),
                spoken(limits.provider)
            ),
            "Put the event into a queue and answer at once; do the work afterwards.",
        ),
        NoAnswer::Closed => (
            "The connection is closed before an answer comes.".to_owned(),
            "Look for a crash in the handler, or a proxy that gives up on it.",
        ),
        NoAnswer::NotHttp => {
            ("What comes back is not HTTP.".to_owned(), "Correct the port in webhook_url.")
        }
        NoAnswer::ConnectTimeout(_) => {
            notes.open.push(format!(
                "nothing came back from {place}: a firewall, here or there, drops the packets"
            ));
            return;
        }
        NoAnswer::Unreachable(why) => {
            notes.open.push(format!("{place} can not be reached from here: {why}"));
            return;
        }
        NoAnswer::NotTrusted | NoAnswer::BudgetSpent | NoAnswer::Cancelled => {
            notes.open.push(format!("{place} was not asked: {}", nothing.says()));
            return;
        }
    };
    notes.add(Level::Blocking, message, place, hint);
}

fn in_time(sent: &Sent, place: &str, limits: &Limits, notes: &mut Notes) {
    let hint = "Put the event into a queue and answer at once; do the work afterwards.";
    if sent.took >= limits.provider {
        let message = format!(
            "An answer takes {}. MintCash stops waiting at {} and sends the event again.",
            spoken(sent.took),
            spoken(limits.provider)
        );
        notes.add(Level::Blocking, message, place, hint);
    } else if sent.took >= limits.near {
        let message = format!(
            "An answer takes {}, close to the {} that MintCash waits.",
            spoken(sent.took),
            spoken(limits.provider)
        );
        notes.add(Level::Advisory, message, place, hint);
    }
}

fn answered(answer: &Answer, address: &str, notes: &mut Notes) {
    let place = format!("POST without a signature → {} at {address}", answer.status);
    if answer.is_success() {
        notes.add(
            Level::Advisory,
            "A POST without a signature gets a 2xx.",
            &place,
            "See what webhook-signature says.",
        );
        return;
    }
    let Some(wall) = wall(answer) else { return };
    let hint = wall.hint();
    match &wall {
        Wall::RateLimit => {
            notes.open.push("the endpoint limits the rate (429)".into());
        }
        Wall::Redirect(to) => notes.add(
            Level::Blocking,
            format!(
                "The endpoint redirects to {to}. A webhook that is redirected is not delivered."
            ),
            &place,
            hint,
        ),
        Wall::Gateway(_) | Wall::Method | Wall::Challenge(_) | Wall::Csrf | Wall::Login => notes
            .add(
                Level::Blocking,
                format!("A POST does not reach the handler: it is answered by {}.", wall.says()),
                &place,
                hint,
            ),
        Wall::NotFound | Wall::Auth(_) | Wall::MediaType | Wall::Crash(_) | Wall::Page(_) => notes
            .add(
                Level::Advisory,
                format!("A POST without a signature is answered by {}.", wall.says()),
                &place,
                hint,
            ),
    }
}

/// The plain HTTP twin: closed or a redirect is right.
fn cleartext(twin: &Target, sent: &Sent, seen: &Seen, notes: &mut Notes) {
    let Ok(answer) = &sent.answer else { return };
    let place = format!("{} → {}", twin.shown(), answer.status);
    let hint = "Close port 80 for this path, or redirect it to HTTPS with 308.";
    let same_as_tls = seen
        .addresses
        .iter()
        .filter_map(|at| at.post.as_ref()?.answer.as_ref().ok())
        .any(|other| other.status == answer.status && other.text() == answer.text());
    match answer.status {
        200..=299 => notes.add(
            Level::Blocking,
            "The same path takes a POST over plain HTTP with a 2xx. What is sent there can be read \
             and changed on the way.",
            &place,
            hint,
        ),
        300..=399 => {}
        _ if same_as_tls => notes.add(
            Level::Advisory,
            "The same handler answers over plain HTTP too.",
            &place,
            hint,
        ),
        _ => {}
    }
}

fn finish(target: &Target, seen: &Seen, mut notes: Notes, now: Timestamp) -> CheckReport {
    let failed = notes.findings.iter().any(|finding| finding.level == Level::Blocking);
    notes.findings.sort_by_key(|finding| match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
    let asked = seen.addresses.iter().filter(|at| at.post.is_some()).count();
    let (outcome, summary) = if failed {
        let first = notes.findings.first().map(|finding| finding.message.clone());
        (Outcome::Fail, first.unwrap_or_default())
    } else if let Some(open) = notes.open.first() {
        (Outcome::Unknown, format!("Not everything could be found out: {open}."))
    } else if asked == 0 {
        (Outcome::Unknown, "No address could be asked.".to_owned())
    } else {
        let slowest = seen.addresses.iter().filter_map(|at| Some(at.post.as_ref()?.took)).max();
        (
            Outcome::Pass,
            format!(
                "Public HTTPS, reachable from here at {asked} {}, answers within {}.",
                if asked == 1 { "address" } else { "addresses" },
                spoken(slowest.unwrap_or_default())
            ),
        )
    };
    for open in &notes.open {
        notes.findings.push(Finding::new(Level::Info, format!("Not found out: {open}.")));
    }
    if outcome == Outcome::Pass {
        notes.findings.push(
            Finding::new(
                Level::Info,
                "Reachable from here. One place can not show that it is reachable from everywhere.",
            )
            .hint("The first event that MintCash delivers proves the real way."),
        );
    }
    let mut report = CheckReport::new(outcome, summary)
        .evidence("url", target.shown())
        .evidence("vantage", "this machine")
        .evidence("proxies ignored", proxies())
        .evidence("addresses", addresses(seen, now));
    if let Some(sent) = &seen.get {
        report = report.evidence("GET", says(sent));
    }
    if let Some((twin, sent)) = &seen.cleartext {
        report = report.evidence("plain HTTP", format!("{}: {}", twin.shown(), says(sent)));
    }
    let keys = certificate::keys(seen);
    if !keys.is_empty() {
        report = report.fact("certificate key", keys.join(", "));
    }
    report.findings = notes.findings;
    report
}

/// Names of proxy settings that are set and not followed; their values may hold passwords.
fn proxies() -> Vec<Value> {
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .map(Value::from)
        .collect()
}

fn says(sent: &Sent) -> String {
    match &sent.answer {
        Ok(answer) => format!("{} in {} ms", answer.status, millis(sent.took)),
        Err(nothing) => nothing.says(),
    }
}

fn addresses(seen: &Seen, now: Timestamp) -> Value {
    let shown = |at: &AddressSeen| {
        let mut entry = json!({
            "address": ip(at.address),
            "public": at.special.is_none(),
            "POST": at.post.as_ref().map_or_else(|| "not asked".to_owned(), says),
        });
        let handshake = at.post.as_ref().and_then(|sent| sent.handshake.as_ref());
        if let (Some(handshake), Some(members)) = (handshake, entry.as_object_mut()) {
            members.insert("tls".into(), handshake.version.into());
            members.insert("certificate".into(), certificate::evidence(&handshake.judgement, now));
        }
        entry
    };
    seen.addresses.iter().map(shown).collect()
}

fn ip(address: SocketAddr) -> String {
    address.ip().to_string()
}
