//! From a panel to findings, evidence and an outcome. Pure.
//!
//! Called by [`WeekCheck`](super::WeekCheck). The rules it keeps: the panel decides, and nothing is
//! decided anew here but one thing: logs that ended long ago pass nothing silently. What could not
//! be read is advisory and never an end. The result is no fresher than the newest line.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::events::feed::Quoted;
use crate::time::{Timestamp, spoken};
use crate::week::panel::{Notice, Panel, Topic};
use crate::week::{Picture, Spot, picture};

/// Logs whose newest line is younger are no news.
const RECENT: Duration = Duration::from_secs(12 * 3600);

/// Logs whose newest line is older say nothing about today, unless lines are that rare in them.
const LONG_AGO: Duration = Duration::from_secs(24 * 3600);

/// So many times the usual distance of two lines is still nothing unusual.
const USUAL: u32 = 20;

/// At most so many figures go into evidence: failure codes are an open set.
const MOST_FIGURES: usize = 60;

/// At most so many problems and sources are listed.
const MOST_LISTED: usize = 10;

/// The lines that findings of a panel name.
pub(super) fn spots(panel: &Panel) -> Vec<Spot> {
    panel.notices.iter().filter_map(|notice| notice.spots.first().copied()).collect()
}

/// The run was cancelled.
pub(super) fn cancelled() -> CheckReport {
    CheckReport::unknown("cancelled before the logs were read to their end")
}

/// No log is named in `golive.yaml`, and `golive listen` has recorded nothing.
pub(super) fn nothing_named(topic: Topic) -> CheckReport {
    let needs = match topic {
        Topic::DeliveryRate => {
            "Name inputs.event_log and inputs.delivery_log in golive.yaml, or run `golive listen` \
             before your handler."
        }
        Topic::FailureCodes | Topic::Churn => {
            "Name inputs.event_log in golive.yaml, or run `golive listen` before your handler."
        }
        Topic::RequestCorrelation => {
            "Name inputs.request_log, inputs.application_log and inputs.event_log in golive.yaml."
        }
    };
    let says = "golive.yaml names none of event_log, delivery_log, request_log and \
                application_log, and `golive listen` has recorded nothing, so nothing was read";
    let finding = Finding::new(Level::Info, "There is no log to look into.").hint(needs);
    CheckReport::unknown(says).with(finding)
}

/// The report on one question of the picture; `quoted` are the lines at `spots`, as far as they
/// are still there.
#[must_use]
pub fn report(topic: Topic, picture: &Picture, quoted: &[Quoted]) -> CheckReport {
    let panel = picture.panel(topic);
    let reading = &picture.reading;
    let age = Age::of(reading, picture.at);
    let ended = panel.outcome == Outcome::Pass && age.as_ref().is_some_and(|age| age.is_long);
    let mut report = match (&age, ended) {
        (Some(age), true) => CheckReport::unknown(format!(
            "{}, but only up to {}: the logs end there, {} ago",
            panel.sentence,
            age.newest.minute(),
            spoken(age.span)
        )),
        _ => CheckReport::new(panel.outcome, panel.sentence.clone()),
    };
    let notices = panel.notices.iter();
    report.findings = notices.map(|notice| finding(notice, quoted)).collect();
    report.findings.sort_by_key(|finding| match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
    report.findings.extend(age.filter(|age| age.is_unusual).map(Age::finding));
    report.findings.extend(unread(reading));
    report.as_of = reading.newest.map(|newest| newest.min(picture.at));
    evidence(report, panel, picture)
}

/// One notice as a finding. What is over is only worth knowing.
fn finding(notice: &Notice, quoted: &[Quoted]) -> Finding {
    let mut finding = match notice.until {
        None => Finding::new(notice.level, notice.message.clone()),
        Some(until) => {
            let message = format!("{} Over since {}.", notice.message, until.minute());
            Finding::new(Level::Info, message)
        }
    };
    let cause = notice.cause.as_ref().map(|cause| format!("Probable cause: {cause}"));
    let hint: Vec<String> = cause.into_iter().chain(notice.hint.clone()).collect();
    finding.hint = (!hint.is_empty()).then(|| hint.join(" "));
    let line = notice.spots.first().and_then(|spot| quoted.iter().find(|line| line.spot == *spot));
    if let Some(line) = line {
        finding.file = Some(line.file.clone());
        finding.line = line.line;
        finding.place = Some(match line.line {
            Some(number) => format!("{}:{number}", line.file),
            None => line.file.clone(),
        });
    }
    finding
}

/// How long ago the newest line was written.
struct Age {
    newest: Timestamp,
    span: Duration,
    /// Whether that is longer than usual for these logs.
    is_unusual: bool,
    /// Whether that is too long to say anything about today.
    is_long: bool,
}

impl Age {
    fn of(reading: &picture::Reading, now: Timestamp) -> Option<Self> {
        let newest = reading.newest?;
        let span = now.since(newest);
        let all = newest.since(reading.oldest.unwrap_or(newest));
        let lines = u32::try_from(reading.lines.clamp(1, u64::from(u32::MAX))).unwrap_or(u32::MAX);
        let usual = (all / lines).saturating_mul(USUAL);
        let is_unusual = span > RECENT.max(usual);
        Some(Self { newest, span, is_unusual, is_long: is_unusual && span > LONG_AGO })
    }

    fn finding(self) -> Finding {
        let message = format!(
            "The newest line was written {}, {} ago. What happened since then is not in these logs.",
            self.newest.minute(),
            spoken(self.span)
        );
        Finding::new(Level::Advisory, message).hint(
            "Look whether the logs are still written there, and whether golive.yaml names the \
             files of today.",
        )
    }
}

/// What could not be read, and what did not count.
fn unread(reading: &picture::Reading) -> Vec<Finding> {
    let problems = reading.problems.iter().take(MOST_LISTED);
    let mut findings: Vec<_> =
        problems.map(|says| Finding::new(Level::Advisory, says.clone())).collect();
    let bad = reading.sources.iter().filter(|source| !source.good);
    findings.extend(bad.take(MOST_LISTED).map(|source| {
        let message = format!("The log of {} {}: {}.", source.role, source.shown, source.state);
        Finding::new(Level::Advisory, message).at(source.shown.clone())
    }));
    let share = |count: u64| format!("{count} of {} lines", reading.lines);
    let lines = [
        (
            reading.garbage,
            Level::Advisory,
            "are neither JSON nor a line of an access log; they do not count.",
            "Look whether golive.yaml names the right files.",
        ),
        (
            reading.too_long,
            Level::Advisory,
            "are too long to be read; they do not count.",
            "A webhook or an error is a line of a few KB.",
        ),
        (
            reading.undated,
            Level::Advisory,
            "have no time that can be read, or one in the future; they do not count.",
            "Name the member with the time under `logs` in golive.yaml, and check the clocks.",
        ),
        (
            reading.forged,
            Level::Info,
            "are deliveries whose signature is wrong or missing; they do not count.",
            "Your handler has to refuse them: verify webhook.signature.",
        ),
        (
            reading.test,
            Level::Info,
            "are events of the sandbox; they do not count.",
            "Look at the other files if these are not the logs of production.",
        ),
    ];
    for (count, level, says, hint) in lines.into_iter().filter(|(count, ..)| *count > 0) {
        findings.push(Finding::new(level, format!("{} {says}", share(count))).hint(hint));
    }
    findings
}

fn evidence(report: CheckReport, panel: &Panel, picture: &Picture) -> CheckReport {
    let reading = &picture.reading;
    let figures: Vec<_> = panel.figures.iter().take(MOST_FIGURES).collect();
    let crossed: Vec<_> = picture.crossed().filter(|(topic, _)| *topic == panel.topic).collect();
    let crossed: Vec<Value> = crossed
        .into_iter()
        .map(|(_, notice)| json!({ "key": notice.key, "since": notice.since }))
        .collect();
    let sources: Vec<_> = reading.sources.iter().take(MOST_LISTED).collect();
    report
        .evidence("figures", plain(&figures))
        .evidence("limits", plain(&panel.limits))
        .evidence("crossed", crossed)
        .evidence(
            "read",
            json!({
                "lines": reading.lines, "bytes": reading.bytes,
                "understood": reading.understood, "garbage": reading.garbage,
                "tooLong": reading.too_long, "undated": reading.undated,
                "repeated": reading.repeated, "test": reading.test, "forged": reading.forged,
                "oldest": reading.oldest, "newest": reading.newest,
                "files": reading.sources.len(), "sources": plain(&sources),
            }),
        )
}

fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests;
