//! How a check ends, and what it found: plain data, the same on screen, in the journal and in JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::launch::event::Facts;
use crate::time::Timestamp;

/// How a check ended (design.md section 5). A check that looked at nothing is [`Unknown`], never
/// [`Pass`].
///
/// [`Unknown`]: Outcome::Unknown
/// [`Pass`]: Outcome::Pass
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// What it claims to verify is so.
    Pass,
    /// It is not so.
    Fail,
    /// It could not find out; the summary says why.
    Unknown,
    /// It waits for something outside.
    Waiting,
}

impl Outcome {
    /// The word for it, the same on every face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
        }
    }

    /// The outcome of several together: a failure outweighs what is unknown, that what waits, and
    /// only passes make a pass. Nothing at all is unknown.
    #[must_use]
    pub fn of_all(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let weight = |outcome| match outcome {
            Self::Fail => 3,
            Self::Unknown => 2,
            Self::Waiting => 1,
            Self::Pass => 0,
        };
        outcomes.into_iter().max_by_key(|outcome| weight(*outcome)).unwrap_or(Self::Unknown)
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Makes the check fail.
    Blocking,
    /// A risk; the check may pass.
    Advisory,
    /// Worth knowing.
    Info,
}

/// One thing that a check found. Never holds a secret; every text in it has been made visible
/// (`text::Untrusted`) and redacted before it gets here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// What is so, in one or two sentences.
    pub message: String,
    /// Where: `unsigned request → 200`, `config/prod.env:12`.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The file, from the folder of `golive.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The commit, for what stands in history only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl Finding {
    /// A finding with a message and nothing else.
    #[must_use]
    pub fn new(level: Level, message: impl Into<String>) -> Self {
        Self {
            level,
            message: message.into(),
            place: None,
            hint: None,
            file: None,
            line: None,
            commit: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What a check hands back.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// How it ended.
    pub outcome: Outcome,
    /// One line that stands alone.
    pub summary: String,
    /// What it found, most important first.
    pub findings: Vec<Finding>,
    /// Facts as data, for the report and the audit.
    pub evidence: Map<String, Value>,
    /// What the result rests on, beside the inputs: when one of these changes, the result is stale.
    pub facts: Facts,
    /// The date of the oldest thing that it rests on, where that was found before the run: the
    /// result is no fresher than that.
    pub as_of: Option<Timestamp>,
}

impl CheckReport {
    /// A report with an outcome and a summary and nothing else.
    #[must_use]
    pub fn new(outcome: Outcome, summary: impl Into<String>) -> Self {
        Self {
            outcome,
            summary: summary.into(),
            findings: Vec::new(),
            evidence: Map::new(),
            facts: Facts::new(),
            as_of: None,
        }
    }

    /// A report that it could not be found out, and why.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::new(Outcome::Unknown, why)
    }

    /// Adds a finding.
    #[must_use]
    pub fn with(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }

    /// Adds a piece of evidence.
    #[must_use]
    pub fn evidence(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.evidence.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a fact that the result rests on.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Fail, Pass, Unknown, Waiting};

    #[test]
    fn nothing_checked_is_unknown_and_one_failure_outweighs_all() {
        assert_eq!(Outcome::of_all([]), Unknown);
        assert_eq!(Outcome::of_all([Pass, Pass]), Pass);
        assert_eq!(Outcome::of_all([Pass, Waiting]), Waiting);
        assert_eq!(Outcome::of_all([Waiting, Unknown, Pass]), Unknown);
        assert_eq!(Outcome::of_all([Unknown, Fail, Pass]), Fail);
    }
}
