//! What a roll call leaves in the journal: calls, the verdict that each caller saw, and the
//! decision that an irreversible step rests on.
//!
//! Part of `launch::event`; made by `launch::decide`. The same contract holds: members are only
//! ever added. A call keeps the verdict as the caller saw it, so that a go never vouches for a
//! risk that was not on the card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::launch::event::Facts;
use crate::launch::standing::{StepState, VerdictKind};
use crate::runbook::model::{Role, StepDigest, StepId};

/// What a role says at a roll call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Go on.
    Go,
    /// Not now; stops the step until it is lifted by name.
    Hold,
    /// No; stops the launch until the same role calls again.
    NoGo,
}

impl Call {
    /// All calls, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Go, Self::Hold, Self::NoGo];

    /// The word for it, the same on every face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Hold => "hold",
            Self::NoGo => "no-go",
        }
    }

    /// The call of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.into_iter().find(|call| call.word() == word)
    }
}

/// One role's call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// The step.
    pub step: StepId,
    /// The role that speaks.
    pub role: Role,
    /// What it says.
    pub call: Call,
    /// Why; a hold and a no-go always say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Evidence by name: what this caller handed in, and what others had before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// The verdict as the caller saw it.
    pub saw: Card,
    /// What the results of the step's own checks rest on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: Facts,
    /// The step's digest then.
    pub step_digest: StepDigest,
    /// The runbook's digest then.
    pub runbook: Digest,
}

/// The verdict that a roll call decides on: that of everything else in the launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Which.
    pub verdict: VerdictKind,
    /// What failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<CardItem>,
    /// What somebody answers for, or nobody yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<CardItem>,
    /// What could not be found out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknowns: Vec<CardItem>,
    /// What is open or held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<CardItem>,
    /// How many more there were, where a list was too long for one record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

/// One step named on the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardItem {
    /// The step.
    pub step: StepId,
    /// Its state then.
    pub state: StepState,
    /// One sentence.
    pub says: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What an irreversible step was signed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionRecord {
    /// The roll call.
    pub step: StepId,
    /// The verdict that was decided on; none where nobody called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<VerdictKind>,
    /// Who said go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes: Vec<GoRecord>,
    /// The risks that were accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<CardItem>,
    /// What was agreed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// Who went on without a decision, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<String>,
}

/// One go of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoRecord {
    /// The role.
    pub role: Role,
    /// The name.
    pub by: String,
    /// The journal entry of the call.
    pub entry: u64,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
