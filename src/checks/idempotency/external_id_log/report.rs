//! From what the logs say to findings, evidence and an outcome.
//!
//! The rules it keeps: what is wrong is counted in full and shown up to a number, with both lines;
//! whatever keeps finding nothing from proving anything makes the outcome *unknown*, with the
//! reason; a summary never claims more than was read.

use serde_json::{Value, json};

use super::About;
use super::judge::{Conflict, Topic, Weight};
use super::pass::{Counts, Found, MOST_SHOWN, Seen};
use super::quoted::Quoted;
use super::sentence;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::events::blocks::Place;
use crate::events::source::Sources;
use crate::text::visible;

/// At most so many things that could not be read are listed.
const MOST_UNREAD: usize = 10;

/// No log is named in `golive.yaml`.
pub(super) fn nothing_named() -> CheckReport {
    let mut report = CheckReport::unknown(
        "golive.yaml names no request_log and no event_log, so nothing was read",
    );
    report.findings.push(
        Finding::new(Level::Info, "There is no log to look into.")
            .hint("Name the files under inputs.request_log and inputs.event_log in golive.yaml."),
    );
    report
}

/// The run was cancelled.
pub(super) fn cancelled() -> CheckReport {
    CheckReport::unknown("cancelled before the logs were read to their end")
}

/// Makes the report.
pub(super) fn report(
    found: &Found,
    sources: &Sources,
    lines: &Quoted,
    about: Option<About>,
    stopped: bool,
) -> CheckReport {
    if stopped {
        return cancelled();
    }
    let view = View { found, sources, lines, about };
    let wrong = view.count(Weight::Wrong);
    let doubts = view.doubts();
    let (outcome, summary) = match doubts.first() {
        _ if wrong > 0 => (Outcome::Fail, format!("{}; {}", view.wrong(wrong), view.read())),
        Some(_) => (Outcome::Unknown, format!("{}; {}", doubts.join("; "), view.read())),
        None => (Outcome::Pass, format!("{}; {}", view.sound(), view.read())),
    };
    let mut report = CheckReport::new(outcome, summary);
    report.findings = view.findings();
    for (name, value) in view.evidence() {
        report = report.evidence(name, value);
    }
    report
}

struct View<'a> {
    found: &'a Found,
    sources: &'a Sources,
    lines: &'a Quoted,
    about: Option<About>,
}

impl View<'_> {
    fn asks(&self, topic: Topic) -> bool {
        match (self.about, topic) {
            (None, _) | (_, Topic::Either) => true,
            (Some(About::Intent), topic) => topic == Topic::Intent,
            (Some(About::Reuse), topic) => topic == Topic::Reuse,
        }
    }

    fn asks_intent(&self) -> bool {
        self.asks(Topic::Intent)
    }

    fn count(&self, weight: Weight) -> u64 {
        let topics = [Topic::Intent, Topic::Reuse, Topic::Either].into_iter();
        let asked = topics.filter(|topic| self.asks(*topic));
        let counted: u64 = asked.map(|topic| self.found.judged.of(topic, weight)).sum();
        let shown = self.found.judged.shown.iter();
        let disproved = shown.filter(|one| {
            one.weight == weight && self.asks(one.topic) && self.lines.disproves(one)
        });
        counted.saturating_sub(disproved.count() as u64)
    }

    fn wrong(&self, count: u64) -> String {
        let (ids, are) = if count == 1 { ("externalId", "is") } else { ("externalIds", "are") };
        match self.about {
            Some(About::Reuse) => format!("{count} {ids} {are} used for two things"),
            Some(About::Intent) => format!("{count} {ids} or orders {are} not one intent"),
            None => format!("{count} {ids} or orders {are} in conflict"),
        }
    }

    fn sound(&self) -> String {
        let ids = self.found.judged.ids;
        match self.about {
            Some(About::Intent) => {
                format!(
                    "of {ids} externalIds none had its body changed between two tries, and no order \
                     was charged twice"
                )
            }
            Some(About::Reuse) => format!("each of {ids} externalIds is used for one thing"),
            None => format!("{ids} externalIds, each for one intent and one thing"),
        }
    }

    fn read(&self) -> String {
        let counts = &self.found.counts;
        let files = self.sources.files.len();
        let noun = if files == 1 { "file" } else { "files" };
        format!("{} requests and {} events in {files} {noun}", counts.requests, counts.events)
    }

    /// Why finding nothing would prove nothing.
    fn doubts(&self) -> Vec<String> {
        let judged = &self.found.judged;
        let mut doubts = self.unread();
        let files = self.sources.files.len();
        if files == 0 {
            doubts.push("no file matches the patterns of request_log and event_log".to_owned());
        } else if judged.ids == 0 {
            let lines = self.found.passed.lines;
            doubts.push(format!("no externalId was found in {lines} lines"));
        } else if judged.sent == 0 {
            doubts.push(
                "only events were found; MintCash tells only the first use of an id, so a second \
                 one stands in your requests alone"
                    .to_owned(),
            );
        } else if judged.charges == 0 {
            doubts.push("no request for a payment or a subscription was found".to_owned());
        } else if self.asks_intent() {
            doubts.extend(self.doubts_about_orders());
        }
        doubts
    }

    fn doubts_about_orders(&self) -> Vec<String> {
        let judged = &self.found.judged;
        let mut doubts = Vec::new();
        if judged.ordered.saturating_mul(10) < judged.charges.saturating_mul(9) {
            doubts.push(format!(
                "the order is named for {} of {} externalIds, so one order under two ids would not \
                 be seen",
                judged.ordered, judged.charges
            ));
        }
        let doubtful = self.count(Weight::Doubtful);
        if doubtful > 0 {
            doubts.push(format!("{doubtful} orders may have been charged twice"));
        }
        if judged.open_orders > 0 && self.found.counts.events == 0 {
            doubts.push(format!(
                "{} orders were sent under several externalIds, and no event tells how they ended",
                judged.open_orders
            ));
        }
        doubts
    }

    fn unread(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let unread = self.sources.unread.len() + self.found.passed.broken.len();
        match unread {
            0 => {}
            1 => doubts.push("1 file could not be read to its end".to_owned()),
            _ => doubts.push(format!("{unread} files could not be read to their end")),
        }
        if let Some(first) =
            self.sources.unmatched.first().filter(|_| !self.sources.files.is_empty())
        {
            doubts.push(format!("no file matches {first}"));
        }
        doubts
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (weight, level) in [
            (Weight::Wrong, Level::Blocking),
            (Weight::Doubtful, Level::Advisory),
            (Weight::Risky, Level::Advisory),
        ] {
            self.conflicts(weight, level, &mut findings);
        }
        self.counted(&mut findings);
        findings
    }

    fn conflicts(&self, weight: Weight, level: Level, findings: &mut Vec<Finding>) {
        let shown = self.found.judged.shown.iter();
        let mut asked: Vec<&Conflict> = shown
            .filter(|one| one.weight == weight && self.asks(one.topic))
            .filter(|one| !self.lines.disproves(one))
            .collect();
        asked.sort_by_key(|one| (one.second, one.first));
        let all = self.count(weight);
        for conflict in asked.iter().take(MOST_SHOWN) {
            findings.push(self.finding(conflict, level));
        }
        let more = all.saturating_sub(asked.len().min(MOST_SHOWN) as u64);
        if more > 0 {
            findings.push(Finding::new(level, format!("There are {more} more like these.")));
        }
    }

    fn finding(&self, conflict: &Conflict, level: Level) -> Finding {
        let (message, hint) = sentence::of(conflict, self.lines.both(conflict));
        let (first, second) = (self.place(conflict.first), self.place(conflict.second));
        let place = if first == second { first } else { format!("{first} and {second}") };
        let mut finding = Finding::new(level, message).at(place).hint(hint);
        finding.file = Some(self.file(conflict.second));
        finding.line = Some(self.found.passed.number(conflict.second));
        finding
    }

    fn file(&self, place: Place) -> String {
        let source = self.sources.files.get(place.file as usize);
        source.map(|source| source.shown.clone()).unwrap_or_default()
    }

    fn place(&self, place: Place) -> String {
        format!("{}:{}", self.file(place), self.found.passed.number(place))
    }

    /// What was counted beside the ids, and what could not be read.
    fn counted(&self, findings: &mut Vec<Finding>) {
        let counts = &self.found.counts;
        let mut seen = |seen: Seen, level, message: &str, hint: &str| {
            let Some(first) = seen.first.filter(|_| seen.count > 0) else { return };
            let mut finding = Finding::new(level, format!("{} {message}", seen.count)).hint(hint);
            finding.place = Some(format!("first {}", self.place(first)));
            finding.file = Some(self.file(first));
            finding.line = Some(self.found.passed.number(first));
            findings.push(finding);
        };
        seen(
            counts.without_id,
            Level::Advisory,
            "requests that create something carry no externalId.",
            "See the step about the calls: each needs one.",
        );
        seen(
            counts.garbage,
            Level::Advisory,
            "lines are no JSON and were left out.",
            "Let only one program write to a log file, one object a line.",
        );
        let long = &self.found.passed;
        seen(
            Seen { count: long.too_long, first: long.first_too_long },
            Level::Advisory,
            "lines are longer than 1 MiB and were left out.",
            "Cut large bodies before they are logged.",
        );
        if self.found.judged.ids == 0 || counts.requests == 0 {
            seen(
                counts.other,
                Level::Info,
                "lines are JSON, but neither an event nor a request that is understood.",
                "Say where your log has its members: `logs` in golive.yaml, or `fields` of \
                 external-id-log in a runbook of your own.",
            );
        }
        self.asides(counts, findings);
        let broken = self.found.passed.broken.iter().map(|(file, why)| {
            let name = self.sources.files.get(*file).map(|source| source.shown.clone());
            (name.unwrap_or_default(), visible(why, 200))
        });
        let unread = self.sources.unread.iter().cloned().chain(broken);
        let unmatched = self.sources.unmatched.iter();
        let unmatched = unmatched.map(|glob| (glob.clone(), "no file matches it".to_owned()));
        for (what, why) in unread.chain(unmatched).take(MOST_UNREAD) {
            findings.push(
                Finding::new(Level::Advisory, format!("Not read: {why}."))
                    .at(what)
                    .hint("Mend it or correct the pattern, and verify again."),
            );
        }
    }

    fn asides(&self, counts: &Counts, findings: &mut Vec<Finding>) {
        let judged = &self.found.judged;
        let reused = judged.of(Topic::Reuse, Weight::Wrong);
        if reused > 0 && !self.asks(Topic::Reuse) {
            let message = format!("{reused} externalIds were used for two things.");
            let hint = "See the step that no id is ever used for two things.";
            findings.push(Finding::new(Level::Info, message).hint(hint));
        }
        if judged.told > 0 && judged.sent > 0 && judged.both.saturating_mul(2) < judged.told {
            findings.push(
                Finding::new(
                    Level::Advisory,
                    format!(
                        "Of {} externalIds in events only {} stand in a request that was read.",
                        judged.told, judged.both
                    ),
                )
                .hint("Name request logs that cover the same time as the events."),
            );
        }
        for (count, what) in [
            (counts.refused, "requests were refused by MintCash; nothing was made under their ids"),
            (counts.forged, "events had no valid signature and were left out"),
            (counts.own, "lines are about ids that begin with golive- and were left out"),
            (counts.elsewhere, "requests went to other hosts than MintCash's and were left out"),
            (counts.half, "last lines are not written to their end"),
        ] {
            if count > 0 {
                findings.push(Finding::new(Level::Info, format!("{count} {what}.")));
            }
        }
    }

    fn evidence(&self) -> Vec<(&'static str, Value)> {
        let (counts, judged) = (&self.found.counts, &self.found.judged);
        let names = self.sources.files.iter().take(50).map(|source| source.shown.clone());
        vec![
            ("files", json!(names.collect::<Vec<_>>())),
            ("lines", json!(self.found.passed.lines)),
            ("bytes", json!(self.found.passed.bytes)),
            ("requests", json!(counts.requests)),
            ("events", json!(counts.events)),
            ("ids", json!(judged.ids)),
            ("ids_in_requests", json!(judged.sent)),
            ("ids_in_events", json!(judged.told)),
            ("ids_in_both", json!(judged.both)),
            ("charges_sent", json!(judged.charges)),
            ("charges_with_order", json!(judged.ordered)),
            ("requests_without_id", json!(counts.without_id.count)),
            ("not_understood", json!(counts.other.count)),
            ("no_json", json!(counts.garbage.count)),
            ("wrong", json!(self.count(Weight::Wrong))),
            ("doubtful", json!(self.count(Weight::Doubtful))),
            ("risky", json!(self.count(Weight::Risky))),
        ]
    }
}
