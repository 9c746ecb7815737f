//! The validated document: sections, steps, checks to run, rules for signing.
//!
//! Built only by `runbook::validate`; everything else reads it. Immutable once made, shared as
//! `Arc<Runbook>`. Ids are newtypes so that a step is never confused with a section.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id! {
    /// A section's id, `webhook`.
    SectionId
}
text_id! {
    /// A step's full id, `webhook.signature`: its section, a dot, its own id.
    StepId
}
text_id! {
    /// The name under which a check is registered, `webhook-signature`.
    CheckName
}
text_id! {
    /// The name of an input, `webhook_url`.
    InputName
}
text_id! {
    /// A role that must sign, `engineering`.
    Role
}

/// A runbook: what must be true before and after going live.
#[derive(Clone, Debug)]
pub struct Runbook {
    /// Its id, `mintcash-go-live`.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// What the checks need to know, by name, in the order of the document.
    pub inputs: IndexMap<InputName, InputSpec>,
    /// The sections in the order of the document.
    pub sections: Vec<Section>,
    /// SHA-256 of the document's bytes.
    pub digest: Digest,
    /// Where the document came from.
    pub origin: Origin,
    /// Step id to (section, step) index; kept by `Runbook::index`.
    pub(crate) index: HashMap<StepId, (usize, usize)>,
}

/// Where a runbook came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The one compiled into the program.
    BuiltIn,
    /// A file.
    File(PathBuf),
}

/// One input that the runbook asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSpec {
    /// What kind of value it takes.
    pub kind: InputKind,
    /// What it is, for people.
    pub about: String,
    /// For secrets: what the value starts with, `sk_live_`.
    pub prefix: Option<String>,
    /// The value when `golive.yaml` gives none.
    pub default: Option<serde_json::Value>,
}

/// The kinds of input (design.md section 4, Inputs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    /// An absolute http or https URL.
    Url,
    /// A reference to a secret, never its value.
    Secret,
    /// A list of files and folders.
    Paths,
    /// A list of glob patterns.
    Globs,
    /// Free text.
    Text,
    /// A decimal amount of money, in major units, as text: `"5.00"`.
    Amount,
    /// `{ url: … }` or `{ command: […] }` that prints a number.
    Observer,
}

/// A group of steps.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// Its title.
    pub title: String,
    /// When its steps are due, seen from the decision to go live.
    pub phase: Phase,
    /// A call-out that is shown whenever the section is open.
    pub caution: Option<String>,
    /// Sections that must be complete before anything here can be signed.
    pub requires: Vec<SectionId>,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// When a section's steps are due. The verdict waits only for those that come before the decision.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Must be complete for a GO.
    #[default]
    Before,
    /// The decision and the switch themselves.
    Cutover,
    /// After the switch.
    After,
}

/// One thing that must be true.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its full id, `webhook.signature`.
    pub id: StepId,
    /// Full ids that it had before; their sign-offs carry over when the digest is the same.
    pub renamed_from: Vec<StepId>,
    /// Its title.
    pub title: String,
    /// The class of mistake that it prevents.
    pub why: String,
    /// Markdown: what to do, and what to do when it fails.
    pub how: String,
    /// Whether a launch may go on without it.
    pub severity: Severity,
    /// The checks that verify it, in order.
    pub verify: Vec<CheckSpec>,
    /// How long a passing check stays fresh.
    pub fresh_for: Option<Duration>,
    /// When it has to be looked at, counted from another step.
    pub due: Option<Due>,
    /// Who completes it.
    pub sign_off: SignOff,
    /// Whether it can not be taken back; asks for a typed phrase.
    pub irreversible: bool,
    /// What can go wrong and for whom, for an irreversible step.
    pub blast_radius: Option<String>,
    /// How to take it back as far as possible, for an irreversible step.
    pub rollback: Option<String>,
    /// What a signer has to hand in.
    pub evidence: Vec<EvidenceSpec>,
    /// `d1:sha256:…` over requirement text and checks, not over the title: what a sign-off vouches for.
    pub digest: StepDigest,
}

impl Step {
    /// What has to be typed before an irreversible step is signed, the same on every face: its id.
    /// Nothing for a step that can be taken back.
    #[must_use]
    pub fn phrase(&self) -> Option<&str> {
        self.irreversible.then_some(self.id.as_str())
    }
}

/// When a step has to be looked at, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The step from whose signature the times count.
    pub after: StepId,
    /// The times, ascending, at least one.
    pub at: Vec<DueAt>,
}

/// One of the times at which a step has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAt {
    /// How it is called, `T+72 h`.
    pub label: String,
    /// How long after the signature it is.
    pub span: Duration,
}

impl Due {
    /// The times as a list: `T+1 h, T+24 h`.
    #[must_use]
    pub fn labels(&self) -> String {
        self.at.iter().map(|at| at.label.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The evidence that names who owns the rollback of a step that can not be taken back: who decides
/// on it and carries it out.
pub const ROLLBACK_OWNER: &str = "rollback_owner";

text_id! {
    /// A versioned digest of a step's requirement, `d1:sha256:<64 hex>`.
    StepDigest
}

/// Whether a launch may go on without a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Open or failed, it blocks the launch.
    Blocking,
    /// Open or failed, it is a risk to be named.
    Advisory,
}

/// One check to run, with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckSpec {
    /// The registered name.
    pub check: CheckName,
    /// Its arguments, checked against the check's own schema when the runbook is loaded.
    pub args: serde_json::Map<String, serde_json::Value>,
}

/// Who completes a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOff {
    /// A passing check does, and nothing else.
    Verified,
    /// A passing check does; where one could not find out, one person may, saying how they know.
    VerifiedOrPerson,
    /// One person does (after the checks pass, where there are any).
    Person,
    /// Several different people do.
    People {
        /// How many.
        people: u8,
        /// Roles that must each be filled by one of them; may be empty.
        roles: Vec<Role>,
    },
    /// Each of these roles says go, by a person of its own; further roles may speak too.
    RollCall {
        /// The roles, at least one.
        roles: Vec<Role>,
    },
}

impl SignOff {
    /// How many different people have to sign whatever the checks say.
    #[must_use]
    pub fn people(&self) -> u8 {
        match self {
            Self::Verified | Self::VerifiedOrPerson => 0,
            Self::Person => 1,
            Self::People { people, .. } => *people,
            Self::RollCall { roles } => u8::try_from(roles.len()).unwrap_or(u8::MAX),
        }
    }

    /// The roles that are asked for.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        match self {
            Self::People { roles, .. } | Self::RollCall { roles } => roles,
            Self::Verified | Self::VerifiedOrPerson | Self::Person => &[],
        }
    }

    /// Whether the step is decided by a roll call.
    #[must_use]
    pub fn is_roll_call(&self) -> bool {
        matches!(self, Self::RollCall { .. })
    }

    /// Whether passing checks complete the step by themselves.
    #[must_use]
    pub fn is_by_checks(&self) -> bool {
        matches!(self, Self::Verified | Self::VerifiedOrPerson)
    }
}

/// One piece of evidence that a signer hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceSpec {
    /// Its name, `settlement_reference`.
    pub name: String,
    /// What it is, for people.
    pub about: String,
    /// Whether the step can be signed without it.
    pub required: bool,
    /// What it is the id of at the provider, where it is looked up there before the step is signed.
    pub lookup: Option<Lookup>,
}

/// The provider's things that evidence can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lookup {
    /// A payment.
    Payment,
    /// A refund. It is read with the payment's id, where the step asks for that as well.
    Refund,
    /// A subscription.
    Subscription,
}

impl Lookup {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Subscription => "subscription",
        }
    }
}

impl Runbook {
    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        let (section, step) = *self.index.get(id)?;
        self.sections.get(section)?.steps.get(step)
    }

    /// The section that holds the step with this id.
    #[must_use]
    pub fn section_of(&self, id: &StepId) -> Option<&Section> {
        self.sections.get(self.index.get(id)?.0)
    }

    /// The section with this id.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| &section.id == id)
    }

    /// All steps in the order of the document.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.sections.iter().flat_map(|section| &section.steps)
    }

    /// Rebuilds the look-up from id to place; to be called once the sections are final.
    pub(crate) fn index(&mut self) {
        self.index = self
            .sections
            .iter()
            .enumerate()
            .flat_map(|(s, section)| {
                section.steps.iter().enumerate().map(move |(i, step)| (step.id.clone(), (s, i)))
            })
            .collect();
    }
}
