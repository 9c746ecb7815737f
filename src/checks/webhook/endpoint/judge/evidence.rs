//! What was seen, as data: for the report, the audit, and for a look from elsewhere to be held
//! against it.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::checks::CheckReport;
use crate::checks::webhook::endpoint::judge::{Ground, certificate};
use crate::checks::webhook::endpoint::look::{AddressSeen, Seen};
use crate::checks::webhook::old_tls::{Offer, OldTls};
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::wire::Sent;
use crate::text::visible;
use crate::time::Timestamp;

/// Adds what was seen to a report.
pub(super) fn of(seen: &Seen, ground: &Ground<'_>, report: CheckReport) -> CheckReport {
    let mut report = report
        .evidence("url", ground.target.shown())
        .evidence("vantage", ground.vantage.name())
        .evidence("host", ground.vantage.host.as_ref().map(|host| visible(host, 60)))
        .evidence("proxies ignored", proxies())
        .evidence("addresses", addresses(seen, ground.now));
    if let Some(dns) = &seen.dns {
        report = report.evidence("dns", dns.evidence());
        if dns.others.is_empty() {
            let why = "only the system's resolver was asked: dns_resolver is not set";
            report = report.evidence("dns note", why);
        }
    }
    for (name, sent) in [("GET", &seen.get), ("HEAD", &seen.head)] {
        if let Some(sent) = sent {
            report = report.evidence(name, says(sent));
        }
    }
    if let Some(twin) = &seen.twin {
        report = report.evidence("plain HTTP", twin.shown());
    }
    report
}

/// Names of proxy settings that are set and not followed; their values may hold passwords.
pub(super) fn proxies() -> Vec<Value> {
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
    seen.addresses.iter().map(|at| address(at, now)).collect()
}

fn address(at: &AddressSeen, now: Timestamp) -> Value {
    let mut entry = json!({
        "address": at.address.ip().to_string(),
        "public": at.special.is_none(),
        "asked from": at.from.as_ref().map(IpAddr::to_string),
        "POST": at.post.as_ref().map_or_else(|| "not asked".to_owned(), says),
    });
    let Some(members) = entry.as_object_mut() else { return entry };
    if let Some(handshake) = at.post.as_ref().and_then(|sent| sent.handshake.as_ref()) {
        members.insert("tls".into(), handshake.version.into());
        members.insert("certificate".into(), certificate::evidence(&handshake.judgement, now));
    }
    if !at.old_tls.is_empty() {
        let offers = at.old_tls.iter().map(|(offer, answer)| offered(*offer, *answer));
        members.insert("old tls".into(), offers.collect());
    }
    if let Some(sent) = &at.cleartext {
        members.insert("plain HTTP".into(), says(sent).into());
    }
    entry
}

fn offered(offer: Offer, answer: Option<OldTls>) -> (String, Value) {
    let says = match answer {
        Some(OldTls::Speaks(version)) => format!("accepted with {version}"),
        Some(OldTls::Refuses) => "refused".to_owned(),
        None => "not known".to_owned(),
    };
    (offer.name().to_owned(), says.into())
}
