//! What was found at the provider for the ids that a signer typed.
//!
//! Made by `runtime::lookup` before a step is signed, judged by `launch::decide`, which never looks
//! anything up itself. Pure.

use std::collections::BTreeMap;

/// What was looked up for one signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedUp {
    /// What came of each piece of evidence that names a thing of the provider's, by its name.
    pub found: BTreeMap<String, Looked>,
    /// Why the signer signs although something could not be looked up.
    pub without: Option<String>,
}

/// What came of looking one id up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The provider has it.
    Seen {
        /// The id that was asked for.
        id: String,
        /// What it says of it, for people; safe to show.
        says: String,
    },
    /// The provider has no such thing.
    NotThere {
        /// The id that was asked for.
        id: String,
        /// Where it was looked for, in a few words; safe to show.
        says: String,
    },
    /// It could not be found out.
    Unknown {
        /// The id that was to be asked for.
        id: String,
        /// Why, in a few words; safe to show.
        why: String,
    },
}

impl Looked {
    /// The id that it is about.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Seen { id, .. } | Self::NotThere { id, .. } | Self::Unknown { id, .. } => id,
        }
    }
}
