//! How the first week stands: four panels, one sentence, and what was read.

use serde::Serialize;

use crate::launch::outcome::{Level, Outcome};
use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::panel::{Notice, Panel, Topic};
use crate::week::sentence::sentence;
use crate::week::window::Window;

/// What was read of the logs, for the line that says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The files and patterns.
    pub sources: Vec<SourceState>,
    /// Lines read, empty ones not counted.
    pub lines: u64,
    /// Unpacked bytes read.
    pub bytes: u64,
    /// Lines that say something that counts here.
    pub understood: u64,
    /// Lines that are neither JSON nor a line of an access log.
    pub garbage: u64,
    /// Lines that are too long to be read.
    pub too_long: u64,
    /// Events that came more than once, each time after the first.
    pub repeated: u64,
    /// Lines whose time could not be read, or lies more than ten minutes in the future.
    pub undated: u64,
    /// Events of the sandbox, which do not count.
    pub test: u64,
    /// Deliveries whose signature was wrong or missing, which do not count.
    pub forged: u64,
    /// Which kinds of facts the logs hold, so that a board knows what it can not know.
    pub holds: Holds,
    /// Which time the logs of each kind span, where their lines tell.
    pub covers: Covers,
    /// When the newest line was written, by its own time.
    pub newest: Option<Timestamp>,
    /// When the oldest line was.
    pub oldest: Option<Timestamp>,
    /// What could not be read, and why, one sentence each.
    pub problems: Vec<String>,
}

/// Which kinds of facts the logs hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Holds {
    /// Logs of webhooks are configured, and there.
    pub events: bool,
    /// Some lines say how a delivery was answered.
    pub answers: bool,
    /// A log of the application's errors is configured, and there.
    pub application: bool,
    /// A log of the requests to MintCash is configured, and there.
    pub requests: bool,
}

/// Which time the logs of each kind span: what one side says can be held against the other side
/// only where both were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Covers {
    /// The logs of webhooks.
    pub events: Option<Between>,
    /// The logs of the requests to MintCash.
    pub requests: Option<Between>,
    /// The logs of the application.
    pub application: Option<Between>,
}

impl Covers {
    /// Takes in what other logs span.
    pub fn add(&mut self, other: Self) {
        let Self { events, requests, application } = other;
        let pairs = [
            (&mut self.events, events),
            (&mut self.requests, requests),
            (&mut self.application, application),
        ];
        for (covered, more) in pairs {
            for at in more.into_iter().flat_map(|more| [more.from, more.to]) {
                *covered = Some(Between::with(*covered, at));
            }
        }
    }
}

/// From the oldest line to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Between {
    /// When the oldest line was written, by its own time.
    pub from: Timestamp,
    /// When the newest line was.
    pub to: Timestamp,
}

impl Between {
    /// The span of `known` lines and one more.
    #[must_use]
    pub fn with(known: Option<Self>, at: Timestamp) -> Self {
        known.map_or(Self { from: at, to: at }, |it| Self {
            from: it.from.min(at),
            to: it.to.max(at),
        })
    }
}

/// One file or pattern.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceState {
    /// Its name from the folder of `golive.yaml`, safe to show.
    pub shown: String,
    /// What it is a log of: `webhooks`, `deliveries`, `requests`, `application`.
    pub role: &'static str,
    /// How it stands: `followed`, `read`, `gone`, `no such file yet`, or why it can not be read.
    pub state: String,
    /// Whether that is as it should be.
    pub good: bool,
}

/// How the first week stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// When it was drawn.
    pub at: Timestamp,
    /// The time range of the charts.
    pub window: Window,
    /// When traffic was switched to live, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switched: Option<Timestamp>,
    /// All of it in one sentence: `All deliveries answered; two codes up since 14:20`.
    pub sentence: String,
    /// The panels, in the order of [`Topic::ALL`].
    pub panels: [Panel; 4],
    /// What was read.
    pub reading: Reading,
}

impl Picture {
    /// The panels together.
    #[must_use]
    pub fn of(frame: &Frame<'_>, panels: [Panel; 4]) -> Self {
        Self {
            at: frame.now,
            window: frame.window,
            switched: frame.switched,
            sentence: sentence(frame, &panels),
            panels,
            reading: frame.reading.clone(),
        }
    }

    /// The panel of a topic.
    #[must_use]
    pub fn panel(&self, topic: Topic) -> &Panel {
        let [delivery, failures, churn, correlation] = &self.panels;
        match topic {
            Topic::DeliveryRate => delivery,
            Topic::FailureCodes => failures,
            Topic::Churn => churn,
            Topic::RequestCorrelation => correlation,
        }
    }

    /// How all of it stands.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of_all(self.panels.iter().map(|panel| panel.outcome))
    }

    /// The thresholds that are crossed now. What could not be found out crosses none.
    pub fn crossed(&self) -> impl Iterator<Item = (Topic, &Notice)> {
        let failed = self.panels.iter().filter(|panel| panel.outcome == Outcome::Fail);
        failed.flat_map(|panel| {
            let notices = panel.notices.iter();
            notices
                .filter(|notice| notice.level == Level::Blocking && notice.until.is_none())
                .map(|notice| (panel.topic, notice))
        })
    }
}
