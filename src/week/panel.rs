//! What is shown of one question: the same data for screen, JSON, metrics and checks.
//!
//! Made by the four boards; read by `ui`, `report`, `runtime` and `checks`, none of which decides
//! anything. Every text is safe to show and holds no personal data.

use serde::Serialize;

use crate::launch::outcome::{Level, Outcome};
use crate::time::Timestamp;
use crate::week::story::Spot;

/// The four questions, in the order in which they stand everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Are deliveries answered?
    #[default]
    DeliveryRate,
    /// Which payments fail, and is that more than usual?
    FailureCodes,
    /// Which subscribers are being lost?
    Churn,
    /// Does each error have its partner on the other side?
    RequestCorrelation,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::DeliveryRate, Self::FailureCodes, Self::Churn, Self::RequestCorrelation];

    /// The check that asks it.
    #[must_use]
    pub fn check(self) -> &'static str {
        match self {
            Self::DeliveryRate => "delivery-rate",
            Self::FailureCodes => "failure-codes",
            Self::Churn => "churn",
            Self::RequestCorrelation => "request-correlation",
        }
    }

    /// The title of its panel.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DeliveryRate => "Deliveries",
            Self::FailureCodes => "Failed payments",
            Self::Churn => "Subscriptions",
            Self::RequestCorrelation => "Errors",
        }
    }
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// The question.
    pub topic: Topic,
    /// How it stands.
    pub outcome: Outcome,
    /// That in one sentence that stands alone, without a full stop.
    pub sentence: String,
    /// The numbers behind it.
    pub figures: Vec<Figure>,
    /// What is drawn, over the window.
    pub chart: Chart,
    /// The limits, and where they stand.
    pub limits: Vec<Limit>,
    /// What is wrong or worth knowing, most important first.
    pub notices: Vec<Notice>,
    /// What can be looked into: events, subscriptions, errors.
    pub lists: Vec<List>,
}

impl Panel {
    /// A panel that could not find out, and why.
    #[must_use]
    pub fn unknown(topic: Topic, sentence: impl Into<String>) -> Self {
        Self {
            topic,
            outcome: Outcome::Unknown,
            sentence: sentence.into(),
            figures: Vec::new(),
            chart: Chart::None,
            limits: Vec::new(),
            notices: Vec::new(),
            lists: Vec::new(),
        }
    }
}

/// A number with a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Its name in metrics and JSON, in snake case without a unit: `deliveries_in_time`.
    pub name: &'static str,
    /// What tells several of the same name apart: `code`, `insufficient_funds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<(&'static str, String)>,
    /// What it is, for people: `answered in time`.
    pub title: String,
    /// The number.
    pub value: f64,
    /// What it counts.
    pub unit: Unit,
    /// Over which time it was counted, where it is not everything: `last 24 h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Things.
    Count,
    /// A share, from 0 to 1.
    Ratio,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
}

/// Good, bad, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// As it should be.
    Good,
    /// Something to look at.
    Warn,
    /// Wrong.
    Bad,
    /// Neither.
    Plain,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Chart {
    /// Nothing.
    None,
    /// Counts over time, on top of each other: one bar for each bucket of the window.
    Stacked {
        /// What is counted.
        unit: String,
        /// The parts, from the bottom up.
        series: Vec<Series>,
    },
    /// Rows over time, one below the other, each with its own scale.
    Rows {
        /// What is counted.
        unit: String,
        /// The rows, most important first.
        series: Vec<Series>,
    },
    /// Stages, each a part of the one before.
    Funnel {
        /// The stages from the top down.
        stages: Vec<Stage>,
    },
}

/// One part or row of a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Good or bad.
    pub tone: Tone,
    /// A number for each bucket of the window; `None` where nothing is known.
    pub points: Vec<Option<f64>>,
    /// The most that is usual for it in a bucket, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<f64>,
}

/// One stage of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Its name: `past due, retry 2 next`.
    pub name: String,
    /// How many are there.
    pub count: u64,
    /// Good or bad.
    pub tone: Tone,
    /// A remark: `3 within 2 days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A line that must not be crossed, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Its key in `golive.yaml` below `watch.limits`, or a word of its own where it can not be set.
    pub key: String,
    /// It in words: `at least 99 % in time`.
    pub says: String,
    /// How it stands, in words: `100 %`; `too few to say` where it is not known.
    pub stands: String,
    /// Whether it is crossed; `None` where that is not known.
    pub crossed: Option<bool>,
}

/// Something that is wrong or worth knowing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What it is, the same as long as it is the same thing: `code-up:issuer_decline`. Short, without
    /// ids of people.
    pub key: String,
    /// How much it weighs; a blocking one is a crossed threshold.
    pub level: Level,
    /// Since when, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was over, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What is so, in one or two sentences.
    pub message: String,
    /// In a few words, for the sentence on top: `issuer_decline up since 14:20`.
    pub short: String,
    /// The probable cause, worded as probable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Some of the lines that it rests on.
    #[serde(skip)]
    pub spots: Vec<Spot>,
}

impl Notice {
    /// A notice with a message and nothing else.
    #[must_use]
    pub fn new(
        level: Level,
        key: impl Into<String>,
        short: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            key: key.into(),
            level,
            since: None,
            until: None,
            message: message.into(),
            short: short.into(),
            cause: None,
            hint: None,
            spots: Vec::new(),
        }
    }
}

/// Things that can be looked into, one by one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    /// What they are: `only delivered by a retry`.
    pub title: String,
    /// How many there are.
    pub total: u64,
    /// The first of them, most pressing first; at most [`List::MOST`].
    pub items: Vec<Item>,
}

impl List {
    /// So many items are kept for a list.
    pub const MOST: usize = 200;
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// When.
    pub at: Timestamp,
    /// What it is, in a few words without an id: `payment.failed, issuer_decline`.
    pub what: String,
    /// How it stands: `try 4 of 6 refused with 500, next at 15:10`.
    pub says: String,
    /// Good or bad.
    pub tone: Tone,
    /// The lines that it rests on, on both sides where there are two; the first is the one to open.
    #[serde(skip)]
    pub spots: Vec<Spot>,
}
