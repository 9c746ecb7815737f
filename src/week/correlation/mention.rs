//! One error or failure as it was seen in one log, in 56 bytes.

use crate::time::Timestamp;
use crate::week::story::{Key, Spot, Story, Trouble};
use crate::week::word::Word;

/// Stands for no word and no status.
const NONE: u16 = u16::MAX;

/// An id that two sides may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum By {
    /// `requestId`.
    Request(u64),
    /// `externalId`.
    External(u64),
    /// MintCash's id.
    Resource(u64),
}

impl By {
    /// The name of the id.
    pub(super) fn named(self) -> &'static str {
        match self {
            Self::Request(_) => "requestId",
            Self::External(_) => "externalId",
            Self::Resource(_) => "MintCash's id",
        }
    }
}

/// One error or failure. They are ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    /// When.
    pub at: Timestamp,
    /// The line.
    pub spot: Spot,
    request: u64,
    external: u64,
    resource: u64,
    code: u16,
    /// The HTTP status of an error, the event's name of a failure.
    more: u16,
}

impl Mention {
    /// An error.
    pub(super) fn of_trouble(trouble: &Trouble) -> Self {
        Self {
            at: trouble.at,
            spot: trouble.spot,
            request: id(trouble.request),
            external: id(trouble.external),
            resource: id(trouble.resource),
            code: trouble.code.map_or(NONE, |code| code.0),
            more: trouble.status.unwrap_or(NONE),
        }
    }

    /// A failure that an event tells of; `None` when nobody knows when.
    pub(super) fn of_story(story: &Story) -> Option<Self> {
        Some(Self {
            at: story.at()?,
            spot: story.spot,
            request: 0,
            external: id(story.external),
            resource: id(story.resource.or(story.subscription)),
            code: story.code.map_or(NONE, |code| code.0),
            more: story.name.0,
        })
    }

    /// Its ids, the one that says most first.
    pub(super) fn ids(&self) -> impl Iterator<Item = By> + use<> {
        let ids = [
            (self.request, By::Request(self.request)),
            (self.external, By::External(self.external)),
            (self.resource, By::Resource(self.resource)),
        ];
        ids.into_iter().filter(|(id, _)| *id != 0).map(|(_, by)| by)
    }

    /// MintCash's code, or the failure code.
    pub(super) fn code(&self) -> Option<Word> {
        (self.code != NONE).then_some(Word(self.code))
    }

    /// The HTTP status of an error.
    pub(super) fn status(&self) -> Option<u16> {
        (self.more != NONE).then_some(self.more)
    }

    /// The event's name of a failure.
    pub(super) fn event(&self) -> Word {
        Word(self.more)
    }

    /// What it is, whichever log repeats it: its first id, and code and status where that is not
    /// a `requestId`, which is new for every answer.
    pub(super) fn same(&self) -> Option<(By, u16, u16)> {
        self.ids().next().map(|by| match by {
            By::Request(_) => (by, 0, 0),
            By::External(_) | By::Resource(_) => (by, self.code, self.more),
        })
    }
}

/// An id as a number; 0 stands for none.
fn id(key: Option<Key>) -> u64 {
    key.map_or(0, |key| key.0.max(1))
}
