//! Sends the probes of a matrix side by side and keeps what came back.
//!
//! Used by every check that sends a matrix. The rules it keeps: what goes when is decided by
//! [`schedule`](super::schedule) alone; once that has stopped, nothing leaves that has not left
//! already; what has left is waited for.

use std::net::SocketAddr;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper::Method;
use tokio_util::sync::CancellationToken;

use crate::checks::context::ProgressSink;
use crate::checks::webhook::probe::{Built, Material, Needs, Probe};
use crate::checks::webhook::schedule::Schedule;
use crate::checks::webhook::transcript::{Came, DISTRUSTED, Row, Transcript};
use crate::checks::webhook::wire::{NoAnswer, Request, Wire};
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
        Planned { effect: probe.effect(), what, target: target.to_owned(), arms, spend: None }
    };
    probes.iter().filter(listed).map(entry).collect()
}

/// Sends the probes side by side, as the schedule lets them go; each is said the moment it is
/// finished, and the transcript is in the order of the matrix.
pub async fn send_all(probes: &'static [Probe], run: &Run<'_>) -> Transcript {
    let mut schedule = Schedule::new(probes, run.armed, run.wire.limits());
    let called_off = CancellationToken::new();
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(index) = schedule.take_next() {
            let Some(probe) = probes.get(index) else { break };
            match (probe.build)(run.material, &schedule.view(index)) {
                Some(built) => {
                    let sending = send(probe, built, run, &called_off);
                    under_way.push(async move { (index, probe, sending.await) });
                }
                None => schedule.came(index, Row::not_sent(probe, NOT_AT_HAND.into())),
            }
        }
        let Some((index, probe, came)) = under_way.next().await else { break };
        let called_off_by = || schedule.stopped().unwrap_or_default().to_owned();
        let row = came.unwrap_or_else(|| Row::not_sent(probe, called_off_by()));
        say(&row, run.progress);
        schedule.came(index, row);
        if schedule.stopped().is_some() {
            called_off.cancel();
        }
    }
    schedule.transcript()
}

/// Why a probe is not sent that can not be made.
const NOT_AT_HAND: &str = "the secret it is made with is not known";

/// Sends one probe; `None` when it was called off before its turn had come.
async fn send(
    probe: &'static Probe,
    built: Built,
    run: &Run<'_>,
    called_off: &CancellationToken,
) -> Option<Row> {
    let mut headers = vec![("content-type", b"application/json".to_vec())];
    headers.extend(built.signatures.into_iter().map(|value| (signature::HEADER, value)));
    headers.extend(built.headers);
    let id = format!("{}/{}", run.id, probe.id);
    let request = Request { method: Method::POST, headers, body: built.body, id };
    let sent = run.wire.send_unless(called_off, run.address, &request, probe.guard()).await?;
    let came = match sent.answer {
        Ok(answer) => Came::Answer(answer),
        Err(NoAnswer::NotTrusted) => Came::NotSent(DISTRUSTED.into()),
        Err(NoAnswer::BudgetSpent) => Came::NotSent("the run's budget is spent".into()),
        Err(nothing) => Came::Nothing(nothing),
    };
    Some(Row::new(probe, came, sent.took))
}

/// Says a probe that was sent and has come to its end.
fn say(row: &Row, progress: &ProgressSink) {
    if !matches!(row.came, Came::NotSent(_) | Came::Nothing(NoAnswer::Cancelled)) {
        progress.say(Progress::Probe {
            name: row.probe.what.to_owned(),
            says: row.says(),
            good: row.good(),
            took: row.took,
        });
    }
}
