//! Sends the probes of a matrix one after the other and keeps what came back.
//!
//! The rules it keeps: a probe is sent only when everything that it needs is at hand and its
//! conditions hold; the first acceptance of one that must be refused ends its family; an endpoint
//! that does not answer, answers too late twice, or asks for a pause, is left alone.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::Method;

use crate::checks::context::ProgressSink;
use crate::checks::webhook::probe::{Expect, Material, Needs, Probe};
use crate::checks::webhook::transcript::{Came, Row, Transcript, Verdict};
use crate::checks::webhook::wire::{Answer, NoAnswer, Request, Wire};
use crate::checks::{Planned, Progress};
use crate::mintcash::signature;

/// What a run may use.
pub struct Run<'a> {
    /// The way to the endpoint.
    pub wire: &'a Wire,
    /// The pinned address.
    pub address: SocketAddr,
    /// What probes are made from.
    pub material: &'a Material<'a>,
    /// Whether validly signed probes may be sent.
    pub armed: bool,
    /// The id of this run, `golive-probe-<ulid>`.
    pub id: &'a str,
    /// Where finished probes are said.
    pub progress: &'a ProgressSink,
}

/// Lists what [`send_all`] would send to the wire's target.
#[must_use]
pub fn plan(
    probes: &[Probe],
    target: &str,
    arms: Option<&str>,
    arming_possible: bool,
) -> Vec<Planned> {
    let listed = |probe: &&Probe| arming_possible || probe.needs != Needs::Arming;
    let entry = |probe: &Probe| {
        let conditions: Vec<_> = probe.conditions().map(|condition| condition.words).collect();
        let what = if conditions.is_empty() {
            probe.what.to_owned()
        } else {
            format!("{} (only if {})", probe.what, conditions.join(" and "))
        };
        let arms = arms.filter(|_| probe.needs == Needs::Arming).map(str::to_owned);
        Planned { effect: probe.effect(), what, target: target.to_owned(), arms }
    };
    probes.iter().filter(listed).map(entry).collect()
}

/// Sends the probes, in order.
pub async fn send_all(probes: &'static [Probe], run: &Run<'_>) -> Transcript {
    let mut transcript = Transcript { limit: run.wire.limits().provider, ..Transcript::default() };
    for probe in probes {
        let row = match hold_back(probe, run, &transcript) {
            Some(why) => Row { probe, came: Came::NotSent(why), took: Duration::ZERO },
            None => send(probe, run, &transcript).await,
        };
        if transcript.stopped.is_none() {
            transcript.stopped = why_stop(&row, &transcript);
        }
        transcript.rows.push(row);
    }
    transcript
}

/// Why a probe is not to be sent, if it is not.
fn hold_back(probe: &Probe, run: &Run<'_>, so_far: &Transcript) -> Option<String> {
    if let Some(why) = &so_far.stopped {
        return Some(why.clone());
    }
    if let Some(condition) = probe.conditions().find(|condition| !(condition.holds)(so_far)) {
        return Some(format!("sent only if {}", condition.words));
    }
    let stopped = so_far
        .family(probe.family)
        .find(|row| row.probe.expect == Expect::Refused && row.verdict() == Verdict::Accepted);
    if let Some(row) = stopped {
        return Some(format!("{} was accepted, which says enough", row.probe.what));
    }
    if probe.needs == Needs::Arming && !run.armed {
        return Some("the host is not armed".into());
    }
    None
}

async fn send(probe: &'static Probe, run: &Run<'_>, so_far: &Transcript) -> Row {
    let Some(built) = (probe.build)(run.material, so_far) else {
        let came = Came::NotSent("the secret it is made with is not known".into());
        return Row { probe, came, took: Duration::ZERO };
    };
    let mut headers = vec![("content-type", b"application/json".to_vec())];
    headers.extend(built.signatures.into_iter().map(|value| (signature::HEADER, value)));
    let id = format!("{}/{}", run.id, probe.id);
    let request = Request { method: Method::POST, headers, body: built.body, id };
    let sent = run.wire.send(run.address, &request, probe.guard()).await;
    let came = match sent.answer {
        Ok(answer) => Came::Answer(answer),
        Err(NoAnswer::NotTrusted) => Came::NotSent("the connection is not trusted".into()),
        Err(NoAnswer::BudgetSpent) => Came::NotSent("the run's budget is spent".into()),
        Err(nothing) => Came::Nothing(nothing),
    };
    let row = Row { probe, came, took: sent.took };
    if !matches!(row.came, Came::NotSent(_)) {
        run.progress.say(Progress::Probe {
            name: probe.what.to_owned(),
            says: row.says(),
            good: row.good(),
            took: row.took,
        });
    }
    row
}

/// Why nothing more is to be sent after this row, if nothing is.
fn why_stop(row: &Row, so_far: &Transcript) -> Option<String> {
    let before = so_far.rows.iter().rfind(|row| row.verdict() != Verdict::NotSent);
    match &row.came {
        Came::Nothing(NoAnswer::Cancelled) => Some("cancelled".into()),
        Came::Nothing(nothing @ (NoAnswer::Closed | NoAnswer::NotHttp | NoAnswer::Timeout(_))) => {
            before
                .is_some_and(|before| {
                    before.verdict() == Verdict::Nothing || so_far.is_late(before)
                })
                .then(|| format!("{} twice in a row", nothing.says()))
        }
        Came::Nothing(nothing) => Some(nothing.says()),
        Came::Answer(answer) if answer.status == 429 => Some(asked_to_wait(answer)),
        Came::Answer(_) if so_far.is_late(row) => before
            .is_some_and(|before| so_far.is_late(before))
            .then(|| "two answers in a row came too late for MintCash".to_owned()),
        Came::Answer(_) | Came::NotSent(_) => None,
    }
}

fn asked_to_wait(answer: &Answer) -> String {
    match answer.shown_header("retry-after") {
        Some(after) => format!("the endpoint limits the rate (429, Retry-After: {after})"),
        None => "the endpoint limits the rate (429)".into(),
    }
}
