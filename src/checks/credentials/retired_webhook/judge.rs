//! What was seen of the old URL, and what it means: retired, acting, or for a person to confirm.

use serde_json::{Value, json};

use crate::checks::credentials::retired_webhook::beside::Beside;
use crate::checks::credentials::retired_webhook::count::{Count, Counted};
use crate::checks::credentials::retired_webhook::look::{AddressSeen, Seen};
use crate::checks::credentials::retired_webhook::reading::{Reading, read};
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::wire::Sent;
use crate::checks::{CheckReport, Finding, Level, Outcome};

/// Everything that is known.
pub(super) struct Case<'a> {
    /// The old URL.
    pub old: &'a Target,
    /// The live one, when there is one.
    pub live: Option<&'a Target>,
    /// What they have in common.
    pub beside: Beside,
}

/// What the addresses said, together.
#[derive(Default)]
struct Said {
    findings: Vec<Finding>,
    /// What a retired one does, each way once.
    retired: Vec<String>,
    /// Where each address stands, as data.
    addresses: Vec<Value>,
    /// Whether an address is not known to be retired.
    open: bool,
    /// Why the first such address is not.
    why: Option<String>,
}

impl Case<'_> {
    /// The report when the old URL is the live one; nothing is sent for that.
    pub fn one_url(&self) -> CheckReport {
        let message = "The old webhook URL is the live one: production gets the sandbox's events.";
        CheckReport::new(Outcome::Fail, message).evidence("url", self.old.shown()).with(
            Finding::new(Level::Blocking, message).at(self.old.shown()).hint(
                "Have another URL registered for the sandbox, or correct old_webhook_url if it \
                 was another one.",
            ),
        )
    }

    /// The report when the host has no addresses.
    pub fn not_found(&self, failure: &LookupFailure) -> CheckReport {
        let host = &self.old.host;
        let report = match failure {
            LookupFailure::NoSuchName(why) => {
                let says = format!("The old URL is retired: {host} has no address.");
                CheckReport::new(Outcome::Pass, says)
                    .evidence("resolver", why.as_str())
                    .with(letter_by_letter())
            }
            LookupFailure::NoAnswer(why) => CheckReport::unknown(format!(
                "Whether {host} still exists could not be found out: {why}."
            ))
            .with(
                Finding::new(Level::Info, "No answer from DNS says nothing about the old URL.")
                    .at(host.to_string())
                    .hint("Verify again when DNS works here."),
            ),
        };
        report.evidence("url", self.old.shown()).evidence("vantage", "this machine")
    }

    /// The report on everything that was seen and counted.
    pub fn report(&self, seen: &Seen, counted: &Counted) -> CheckReport {
        let mut said = Said::default();
        for at in &seen.addresses {
            said.take(at, read(at, self.old, self.live));
        }
        if !seen.left_out.is_empty() {
            said.open = true;
            let message = format!("{} more addresses were not asked.", seen.left_out.len());
            said.findings.push(Finding::new(Level::Info, message));
        }
        said.open |= seen.addresses.is_empty();
        said.findings.extend(about_count(counted));
        said.findings.extend(self.in_common(said.open));
        let failed = said.findings.iter().any(|finding| finding.level == Level::Blocking);
        let outcome = match (failed, said.open) {
            (true, _) => Outcome::Fail,
            (false, true) => Outcome::Unknown,
            (false, false) => Outcome::Pass,
        };
        if outcome == Outcome::Pass {
            said.findings.extend(doubts(&said.retired));
        }
        said.findings.sort_by_key(|finding| match finding.level {
            Level::Blocking => 0,
            Level::Advisory => 1,
            Level::Info => 2,
        });
        let mut report = CheckReport::new(outcome, summary(outcome, &said, counted))
            .evidence("url", self.old.shown())
            .evidence("vantage", "this machine")
            .evidence("addresses", said.addresses);
        if let Counted::Count(count) = counted {
            report = report.evidence("effect count", count.evidence());
        }
        report.findings = said.findings;
        report
    }

    /// What the old URL and the live one have in common, while the old one is open or when it is
    /// gone.
    fn in_common(&self, open: bool) -> Option<Finding> {
        let host = self.old.host.to_string();
        Some(match &self.beside {
            Beside::Apart | Beside::Url => return None,
            Beside::NoLive => {
                Finding::new(Level::Info, "No webhook_url is set to compare the old URL with.")
            }
            Beside::Host if open => Finding::new(
                Level::Advisory,
                "The host that serves the live webhook serves the old one too.",
            )
            .at(host)
            .hint("Check that the two are told apart by path and by secret, down to their data."),
            Beside::Host => {
                Finding::new(Level::Info, "The host of the old URL serves the live webhook now.")
                    .at(host)
            }
            Beside::Addresses(shared) => {
                let shared: Vec<_> = shared.iter().map(ToString::to_string).collect();
                let message = "The old and the live host have an address in common: one machine, \
                               or one proxy, serves both.";
                Finding::new(Level::Info, message).at(shared.join(", "))
            }
        })
    }
}

impl Said {
    fn take(&mut self, at: &AddressSeen, reading: Reading) {
        let place = at.address.to_string();
        let state = match reading {
            Reading::Retired(says) => {
                if !self.retired.contains(&says) {
                    self.retired.push(says);
                }
                "retired"
            }
            Reading::Open(level, message, hint) => {
                self.open = true;
                self.why.get_or_insert_with(|| message.clone());
                let place = match at.answer() {
                    Some(answer) => format!("POST → {} at {place}", answer.status),
                    None => place,
                };
                self.add(level, message, &place, hint);
                "not retired"
            }
        };
        let mut entry = json!({
            "address": at.address.to_string(),
            "POST": at.post.as_ref().map_or_else(|| "not asked".to_owned(), says),
            "is": state,
        });
        if let (Some(sent), Some(members)) = (&at.nowhere, entry.as_object_mut()) {
            members.insert("POST to a path that nobody has".into(), says(sent).into());
        }
        self.addresses.push(entry);
    }

    /// Takes in a finding; the same one at another address is one finding at two places.
    fn add(&mut self, level: Level, message: String, place: &str, hint: &str) {
        let same = |known: &&mut Finding| known.level == level && known.message == message;
        if let Some(known) = self.findings.iter_mut().find(same) {
            let places = known.place.get_or_insert_default();
            places.push_str(", ");
            places.push_str(place);
        } else {
            self.findings.push(Finding::new(level, message).at(place).hint(hint));
        }
    }
}

fn says(sent: &Sent) -> String {
    match &sent.answer {
        Ok(answer) => format!("{} in {} ms", answer.status, millis(sent.took)),
        Err(nothing) => nothing.says(),
    }
}

fn about_count(counted: &Counted) -> Option<Finding> {
    Some(match counted {
        Counted::Nothing => return None,
        Counted::NoObserver => Finding::new(
            Level::Info,
            "No effect_count is set, so what the old handler does could not be counted.",
        )
        .hint(
            "Set inputs.effect_count in golive.yaml to { url: … } or { command: […] } that gives \
             the number of orders that production has fulfilled.",
        ),
        Counted::NoCount(why) => Finding::new(Level::Info, why.to_string()).hint(why.hint()),
        Counted::Count(count) if count.moved() => {
            let message = format!("It acts on events that nobody signed: {}.", numbers(count));
            Finding::new(Level::Blocking, message).hint(
                "Take the route out of production now, and look for orders that such events have \
                 fulfilled.",
            )
        }
        Counted::Count(count) if count.stayed() => Finding::new(
            Level::Info,
            format!(
                "Unsigned events of the type payment.created moved nothing: {}.",
                numbers(count)
            ),
        )
        .hint("A signed event, or one of another type, may still act: read the handler."),
        Counted::Count(count) if count.events == 0 => Finding::new(
            Level::Info,
            "No more events arrived there, so that nothing could be counted.",
        )
        .hint("Verify again."),
        Counted::Count(count) => Finding::new(
            Level::Info,
            format!(
                "The count moved once and not again, so that something else may have moved it: {}.",
                numbers(count)
            ),
        )
        .hint("Verify again while no other events come in."),
    })
}

/// `effect_count was 12 before 3 events and 15 after them`.
fn numbers(count: &Count) -> String {
    let Count { before, after, again, events, .. } = count;
    let first = events.saturating_sub(usize::from(again.is_some()));
    let once = format!("effect_count was {before} before {first} events and {after} after them");
    match again {
        Some((before, after)) => format!("{once}, {before} before one more and {after} after it"),
        None => once,
    }
}

/// What a retired URL can not show.
fn doubts(retired: &[String]) -> Vec<Finding> {
    let mut doubts = vec![letter_by_letter()];
    if retired.iter().any(|says| says.contains("404")) {
        doubts.push(
            Finding::new(
                Level::Info,
                "A handler that answers 404 until a signature is right would look the same.",
            )
            .hint("Answer 410 there if you want to leave no doubt."),
        );
    }
    doubts
}

fn letter_by_letter() -> Finding {
    Finding::new(Level::Info, "Seen from here. A mistyped URL looks retired too.")
        .hint("Compare old_webhook_url letter by letter with the one that the sandbox had.")
}

fn summary(outcome: Outcome, said: &Said, counted: &Counted) -> String {
    let why = said.why.as_deref().unwrap_or("No address could be asked.");
    match outcome {
        Outcome::Fail => {
            said.findings.first().map(|finding| finding.message.clone()).unwrap_or_default()
        }
        Outcome::Pass => {
            let at = match said.addresses.len() {
                1 => String::new(),
                more => format!(" at all {more} addresses"),
            };
            format!("The old URL is retired: it {}{at}.", said.retired.join(" or "))
        }
        _ => match counted {
            Counted::Count(count) if count.stayed() => format!(
                "The old URL still answers; {} unsigned events had no effect. A person has to \
                 confirm that it does nothing.",
                count.events
            ),
            Counted::Nothing => format!("The old URL is not known to be retired. {why}"),
            _ => "The old URL still answers. A person has to confirm that it does nothing.".into(),
        },
    }
}
