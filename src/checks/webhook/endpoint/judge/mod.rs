//! What was seen at the endpoint, and what it means for MintCash's webhooks.
//!
//! ```text
//! dns ─┐
//! address (certificate) ─┼─> Notes: findings and open questions ─> place: from where ─> report
//! http ─┘
//! ```

mod address;
mod certificate;
mod dns;
mod evidence;
mod http;
mod place;

use std::net::IpAddr;

pub(super) use certificate::keys;

use crate::checks::vantage::{Sighting, Vantage};
use crate::checks::webhook::endpoint::look::Seen;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::target::Target;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::time::Timestamp;

/// What the judge has to know beside what was seen.
pub(super) struct Ground<'a> {
    /// The endpoint.
    pub target: &'a Target,
    /// The limits of the run.
    pub limits: &'a Limits,
    /// When it looked.
    pub now: Timestamp,
    /// From where.
    pub vantage: &'a Vantage,
    /// What was seen from elsewhere.
    pub elsewhere: &'a [Sighting],
    /// Whether the endpoint is the demo's own, which can be nowhere but on loopback.
    pub demo: bool,
    /// The step that is verified, for commands in hints.
    pub step: &'a str,
}

/// A question that found no answer.
#[derive(Clone, Debug)]
struct Open {
    /// What is not known, to follow "not found out:".
    says: String,
    /// The address that it is about, where a look from elsewhere at this address answers it.
    address: Option<IpAddr>,
}

/// Findings, and questions that found no answer.
#[derive(Default)]
struct Notes {
    findings: Vec<Finding>,
    open: Vec<Open>,
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

    /// Takes in something worth knowing that needs nothing done.
    fn info(&mut self, message: impl Into<String>) {
        let finding = Finding::new(Level::Info, message);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Takes in a question that nobody elsewhere can answer.
    fn open(&mut self, says: impl Into<String>) {
        self.open.push(Open { says: says.into(), address: None });
    }

    /// Takes in a question that a look at the address from elsewhere answers.
    fn open_at(&mut self, address: IpAddr, says: impl Into<String>) {
        self.open.push(Open { says: says.into(), address: Some(address) });
    }

    fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Blocking)
    }
}

/// The report on everything that was seen.
pub(super) fn report(seen: &Seen, ground: &Ground<'_>) -> CheckReport {
    let mut notes = Notes::default();
    let target = ground.target;
    if !target.tls {
        notes.add(
            Level::Blocking,
            "The URL is plain HTTP. MintCash delivers to HTTPS only; anyone on the way could read \
             and replay events.",
            &target.shown(),
            "Serve the webhook over HTTPS and register that URL.",
        );
    }
    if let Some(dns) = &seen.dns {
        dns::judge(target, dns, &mut notes);
    }
    for at in &seen.addresses {
        address::judge(at, seen, ground, &mut notes);
    }
    http::judge(seen, &mut notes);
    if !seen.left_out.is_empty() {
        notes.open(format!("{} more addresses were not asked", seen.left_out.len()));
    }
    finish(seen, ground, notes)
}

fn finish(seen: &Seen, ground: &Ground<'_>, mut notes: Notes) -> CheckReport {
    let outside = place::outside(seen, ground);
    let answered = place::answer(&mut notes, outside);
    let mut rests = !answered.is_empty();
    let asked = seen.addresses.iter().filter(|at| at.post.is_some()).count();
    let (outcome, summary) = if notes.is_blocked() {
        notes.findings.sort_by_key(weight);
        let first = notes.findings.first().map(|finding| finding.message.clone());
        (Outcome::Fail, first.unwrap_or_default())
    } else if let Some(open) = notes.open.first() {
        (Outcome::Unknown, format!("Not everything could be found out: {}.", open.says))
    } else if asked == 0 {
        (Outcome::Unknown, "No address could be asked.".to_owned())
    } else {
        rests |= ground.vantage.declared.is_none();
        place::green(seen, ground, outside, &mut notes)
    };
    for open in std::mem::take(&mut notes.open) {
        notes.info(format!("Not found out: {}.", open.says));
    }
    for (open, by) in answered {
        notes.info(format!("Not found out here: {open}. From {by} it was."));
    }
    notes.findings.sort_by_key(weight);
    let mut report = evidence::of(seen, ground, CheckReport::new(outcome, summary));
    if let Some(outside) = outside {
        report = report.evidence("outside", place::evidence(outside));
    }
    let keys = certificate::keys(seen);
    if !keys.is_empty() {
        report = report.fact("certificate key", keys.join(", "));
    }
    if rests && outcome == Outcome::Pass {
        report.as_of = outside.map(|outside| outside.at);
    }
    report.findings = notes.findings;
    report
}

fn weight(finding: &Finding) -> u8 {
    match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    }
}
