//! From where a run looks, and what the same check saw from elsewhere.
//!
//! Put into the context by `runtime`. One place can not show what another one sees, so that a check
//! that looks at something public asks for a second view. A vantage is named by the person who runs
//! it; that act is recorded, and the name is taken for it until something speaks against it.

use serde_json::{Map, Value};

use crate::checks::Outcome;
use crate::config::vantage::HERE;
use crate::launch::event::Facts;
use crate::time::Timestamp;

/// The place from which a run looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vantage {
    /// The name under which somebody declared it to be outside the merchant's network.
    pub declared: Option<String>,
    /// The machine's own name.
    pub host: Option<String>,
}

/// What the same check saw from another place, as the journal has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The place's name.
    pub vantage: String,
    /// When it looked.
    pub at: Timestamp,
    /// Who ran it, or brought its result.
    pub by: String,
    /// Whether it is young enough for the step.
    pub fresh: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Its line.
    pub summary: String,
    /// What it saw.
    pub evidence: Map<String, Value>,
    /// What it rests on.
    pub facts: Facts,
}

impl Vantage {
    /// The name that goes into evidence: as declared, or [`HERE`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.declared.as_deref().unwrap_or(HERE)
    }

    /// The place in words: `ci`, `here (build-7)`.
    #[must_use]
    pub fn shown(&self) -> String {
        match (&self.declared, &self.host) {
            (Some(name), _) => name.clone(),
            (None, Some(host)) => format!("{HERE} ({})", crate::text::visible(host, 60)),
            (None, None) => HERE.to_owned(),
        }
    }
}

/// The declared vantage that a result's evidence names; `None` for one from [`HERE`].
#[must_use]
pub fn declared_in(evidence: &Map<String, Value>) -> Option<&str> {
    // The first version of golive wrote `this machine`.
    let name = evidence.get("vantage")?.as_str()?;
    (name != HERE && name != "this machine").then_some(name)
}
