//! What was sent and what came back, in order; the questions that conditions and the diagnosis ask.

use std::time::Duration;

use serde_json::{Value, json};

use crate::checks::webhook::probe::{Expect, Family, Probe};
use crate::checks::webhook::wire::{Answer, NoAnswer};

/// Why a probe is not sent over a connection that can not be trusted.
pub const DISTRUSTED: &str = "the connection is not trusted";

/// What became of one probe.
#[derive(Clone, Debug)]
pub enum Came {
    /// An answer.
    Answer(Answer),
    /// No answer.
    Nothing(NoAnswer),
    /// It was not sent, for this reason.
    NotSent(String),
}

/// What an answer amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 2xx: MintCash counts it as delivered.
    Accepted,
    /// A status that says no, and means it.
    Refused,
    /// An answer that would be another one next time: rate limit, gateway without a backend.
    Passing,
    /// No answer.
    Nothing,
    /// Not sent.
    NotSent,
}

/// One probe and what became of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The probe.
    pub probe: &'static Probe,
    /// What became of it.
    pub came: Came,
    /// How long it took.
    pub took: Duration,
    /// Whether no other probe of the run was under way beside it.
    pub alone: bool,
}

/// Everything that was sent in one run.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// The probes in the order of the matrix.
    pub rows: Vec<Row>,
    /// Why the run ended before its end.
    pub stopped: Option<String>,
    /// From where on an answer comes too late for MintCash.
    pub limit: Duration,
}

impl Row {
    /// What came of a probe that was sent.
    #[must_use]
    pub fn new(probe: &'static Probe, came: Came, took: Duration) -> Self {
        Self { probe, came, took, alone: false }
    }

    /// A probe that was not sent, for this reason.
    #[must_use]
    pub fn not_sent(probe: &'static Probe, why: String) -> Self {
        Self::new(probe, Came::NotSent(why), Duration::ZERO)
    }

    /// What it amounts to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match &self.came {
            Came::Answer(answer) => match answer.status {
                200..=299 => Verdict::Accepted,
                429 | 502..=504 => Verdict::Passing,
                _ => Verdict::Refused,
            },
            Came::Nothing(_) => Verdict::Nothing,
            Came::NotSent(_) => Verdict::NotSent,
        }
    }

    /// The answer, if there is one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.came {
            Came::Answer(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether it went as it should; `None` where that can not be said.
    #[must_use]
    pub fn good(&self) -> Option<bool> {
        match (self.probe.expect, self.verdict()) {
            (Expect::Refused, Verdict::Refused) | (Expect::Accepted, Verdict::Accepted) => {
                Some(true)
            }
            (Expect::Refused, Verdict::Accepted) | (Expect::Accepted, Verdict::Refused) => {
                Some(false)
            }
            _ => None,
        }
    }

    /// What came of it, in a few words.
    #[must_use]
    pub fn says(&self) -> String {
        match &self.came {
            Came::NotSent(why) => format!("not sent: {why}"),
            Came::Nothing(nothing) => nothing.says(),
            Came::Answer(answer) => match self.verdict() {
                Verdict::Accepted => format!("accepted with {}", answer.status),
                Verdict::Refused => format!("refused with {}", answer.status),
                _ => format!("answered {}", answer.status),
            },
        }
    }

    /// `POST without a signature → 200`, for a finding.
    #[must_use]
    pub fn place(&self) -> String {
        match self.answer() {
            Some(answer) => format!("{} → {}", self.probe.what, answer.status),
            None => format!("{}: {}", self.probe.what, self.says()),
        }
    }

    fn evidence(&self) -> Value {
        let expected = match self.probe.expect {
            Expect::Refused => "refused",
            Expect::Accepted => "accepted",
            Expect::Either => "either",
        };
        let mut row = json!({
            "probe": self.probe.id,
            "what": self.probe.what,
            "expected": expected,
            "came": self.says(),
        });
        if let (Some(answer), Some(members)) = (self.answer(), row.as_object_mut()) {
            members.insert("status".into(), answer.status.into());
            members.insert("ms".into(), millis(self.took).into());
        }
        row
    }
}

impl Transcript {
    /// What became of the probe with this id.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.probe.id == id)
    }

    /// The verdict on the probe with this id; not sent when it is not there.
    #[must_use]
    pub fn verdict(&self, id: &str) -> Verdict {
        self.row(id).map_or(Verdict::NotSent, Row::verdict)
    }

    /// The rows of a family.
    pub fn family<'a>(&'a self, family: &'a Family) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|row| row.probe.family.name == family.name)
    }

    /// The first probe of a family that was accepted.
    #[must_use]
    pub fn accepted<'a>(&'a self, family: &'a Family) -> Option<&'a Row> {
        self.family(family).find(|row| row.verdict() == Verdict::Accepted)
    }

    /// How many probes were answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.rows.iter().filter(|row| row.answer().is_some()).count()
    }

    /// Whether an answer came too late for MintCash.
    #[must_use]
    pub fn is_late(&self, row: &Row) -> bool {
        match &row.came {
            Came::Nothing(NoAnswer::Timeout(_)) => true,
            Came::Answer(_) => row.took >= self.limit,
            _ => false,
        }
    }

    /// Whether a probe was kept back because the connection can not be trusted.
    #[must_use]
    pub fn is_distrusted(&self) -> bool {
        let kept = |row: &Row| matches!(&row.came, Came::NotSent(why) if why == DISTRUSTED);
        self.rows.iter().any(kept)
    }

    /// The probes as a table, for the evidence.
    #[must_use]
    pub fn evidence(&self) -> Value {
        self.rows.iter().map(Row::evidence).collect()
    }
}

/// Whole milliseconds.
#[must_use]
pub fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
