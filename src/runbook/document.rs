//! `runbook.yaml` as written: the one source of its keys, its JSON Schema and its descriptions.
//!
//! Read by `validate`, which turns it into the model. Doc comments here become the descriptions
//! that an editor shows, and titles become the "expected" of a problem.

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::runbook::model::{InputKind, Lookup, Phase, Severity};

/// A runbook for golive: what must be true before and after going live.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of this format. This program reads version 1.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "format")]
    pub _format: u32,
    /// The runbook's id. Launches that were begun with it look for it.
    pub id: Slug,
    /// The runbook's title, one line.
    pub title: Line,
    /// What the checks need to know about a merchant; `golive.yaml` gives the values.
    #[serde(default)]
    pub inputs: IndexMap<SnakeName, InputDoc>,
    /// The sections, in the order in which they are walked.
    #[schemars(length(min = 1))]
    pub sections: Vec<SectionDoc>,
}

/// One input that `golive.yaml` can give a value to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputDoc {
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: InputKind,
    /// What it is, one sentence for people.
    pub about: Line,
    /// For secrets: what every value starts with, such as `sk_live_`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The value when `golive.yaml` gives none. Not for secrets.
    #[serde(default)]
    pub default: Option<Value>,
}

/// A group of steps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionDoc {
    /// The section's id; the first half of its steps' full ids.
    pub id: Slug,
    /// The section's title, one line.
    pub title: Line,
    /// When its steps are due. The verdict waits only for those before the cutover.
    #[serde(default)]
    pub phase: Phase,
    /// A call-out that is shown whenever the section is open.
    #[serde(default)]
    pub caution: Option<Prose>,
    /// Ids of sections that must be complete before anything here can be signed.
    #[serde(default)]
    pub requires: Vec<Slug>,
    /// The steps, in order.
    #[schemars(length(min = 1))]
    pub steps: Vec<StepDoc>,
}

/// One thing that must be true.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDoc {
    /// The step's id within its section. Ids are never used again for something else.
    pub id: Slug,
    /// Full ids (`section.step`) that this step had before; their sign-offs carry over.
    #[serde(default)]
    pub renamed_from: Vec<FullId>,
    /// The step's title, one line.
    pub title: Line,
    /// The class of mistake that it prevents.
    pub why: Prose,
    /// Markdown: what to do, and what to do when it fails.
    pub how: Prose,
    /// Whether a launch may go on without it.
    pub severity: Severity,
    /// The checks that verify it, in order: a name, or a name with arguments.
    #[serde(default)]
    pub verify: Vec<CheckUse>,
    /// How long a passing check stays fresh: `30m`, `24h`, `7d`.
    #[serde(default)]
    pub fresh_for: Option<Span>,
    /// When it has to be looked at, counted from the signature of another step.
    #[serde(default)]
    pub due: Option<DueDoc>,
    /// Who completes the step.
    pub sign_off: SignOffDoc,
    /// Whether the step can not be taken back; asks for a typed phrase.
    #[serde(default)]
    pub irreversible: bool,
    /// For an irreversible step: what can go wrong, and for whom.
    #[serde(default)]
    pub blast_radius: Option<Prose>,
    /// For an irreversible step: how to take it back as far as possible.
    #[serde(default)]
    pub rollback: Option<Prose>,
    /// What a signer has to hand in.
    #[serde(default)]
    pub evidence: Vec<EvidenceDoc>,
}

/// When a step has to be looked at, again and again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DueDoc {
    /// The step from whose signature the times count, such as `cutover.switch`.
    pub after: FullId,
    /// The times, in ascending order: `[1h, 24h, 7d]`.
    /// What was seen before the latest one that has come no longer counts.
    #[schemars(length(min = 1))]
    pub at: Vec<Span>,
}

/// One piece of evidence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDoc {
    /// Its name, such as `settlement_reference`.
    pub name: SnakeName,
    /// What it is, one sentence for people.
    pub about: Line,
    /// Whether the step can be signed without it.
    #[serde(default)]
    pub required: bool,
    /// What it is the id of at MintCash. It is looked up there, live, before the step is signed.
    #[serde(default)]
    pub lookup: Option<Lookup>,
}

/// Who completes a step.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SignOffDoc {
    /// `verified`, `verified_or_person` or `person`.
    Word(SignOffWord),
    /// Several different people.
    People(PeopleDoc),
    /// A roll call.
    RollCall(RollCallDoc),
}

/// One word for who completes a step.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignOffWord {
    /// A passing check completes it, and nothing else.
    Verified,
    /// A passing check completes it; what one could not find out, one person may sign, saying how
    /// they know.
    VerifiedOrPerson,
    /// One person signs.
    Person,
}

/// Several different people sign.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleDoc {
    /// How many different people must sign.
    #[schemars(range(min = 1, max = 20))]
    pub people: u8,
    /// Roles that must each be filled by one of them.
    #[serde(default)]
    pub roles: Vec<Slug>,
}

/// Each role says go, hold or no-go, by a person of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollCallDoc {
    /// Roles that must each say go. Further roles may speak too; a hold or no-go of anyone stops
    /// the step.
    #[schemars(length(min = 1))]
    pub roll_call: Vec<Slug>,
}

/// Lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[schemars(title = "lower-case letters, digits and hyphens, such as `live-keys`")]
#[serde(transparent)]
pub struct Slug(#[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))] pub String);

/// A section's id, a dot, a step's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[schemars(title = "a full id, section and step, such as `credentials.live-keys`")]
#[serde(transparent)]
pub struct FullId(
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$"))] pub String,
);

/// Lower-case letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[schemars(title = "lower-case letters, digits and underscores, such as `webhook_url`")]
#[serde(transparent)]
pub struct SnakeName(#[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))] pub String);

/// Text on one line.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "one line of text")]
#[serde(transparent)]
pub struct Line(#[schemars(length(min = 1), regex(pattern = r"^[^\r\n]*[\r\n]*$"))] pub String);

/// Text in Markdown.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "text")]
#[serde(transparent)]
pub struct Prose(#[schemars(length(min = 1))] pub String);

/// A span of time as a whole number and a unit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "a number and s, m, h or d, such as `30m`, `24h` or `7d`")]
#[serde(transparent)]
pub struct Span(#[schemars(regex(pattern = r"^[1-9][0-9]{0,4}[smhd]$"))] pub String);

impl Span {
    /// The span as it is spoken of: `72 h`.
    #[must_use]
    pub fn spoken(&self) -> String {
        let unit = self.0.trim_start_matches(|ch: char| ch.is_ascii_digit());
        let count = self.0.strip_suffix(unit).unwrap_or_default();
        format!("{count} {}", if unit == "m" { "min" } else { unit })
    }

    /// The span as a duration; nothing when it is not written as one.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let unit = self.0.chars().next_back()?;
        let count: u64 = self.0.strip_suffix(unit)?.parse().ok()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        Some(Duration::from_secs(count.checked_mul(seconds)?))
    }
}

/// The use of a check in a step: `secret-storage`, or `{ http: { url: … } }`.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckUse {
    /// The check's name.
    pub name: String,
    /// Its arguments.
    pub args: Map<String, Value>,
}

impl<'de> Deserialize<'de> for CheckUse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self { name, args: Map::new() }),
            Value::Object(map) if map.len() == 1 => match map.into_iter().next() {
                Some((name, Value::Object(args))) => Ok(Self { name, args }),
                Some((name, Value::Null)) => Ok(Self { name, args: Map::new() }),
                _ => Err(de::Error::custom("a check's arguments must be a map")),
            },
            _ => Err(de::Error::custom("a check is a name, or one name with its arguments")),
        }
    }
}

impl JsonSchema for CheckUse {
    fn schema_name() -> Cow<'static, str> {
        "CheckUse".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A check to run: its name, or its name with its arguments.",
            "anyOf": [
                { "type": "string", "title": "the name of a check" },
                {
                    "type": "object",
                    "title": "one name of a check with its arguments, such as `{ http: { url: … } }`",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": { "type": ["object", "null"] }
                }
            ]
        })
    }
}
