//! What the walk over a line looked at, so that the next line of the same layout can be read faster.
//!
//! Kept by [`facts`](super::facts) for [`known`](super::known). Places are addresses of values. The
//! rule it keeps: where two values compete for one fact, or a value that was no witness may be one
//! on another line, nothing is learned.

use super::super::json::Raw;
use super::took::Unit;

/// Where a fact stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nowhere,
    At(usize),
    Twice,
}

impl Seen {
    fn note(&mut self, value: Raw<'_>) {
        *self = match self {
            Self::Nowhere => Self::At(value.bytes().as_ptr().addr()),
            _ => Self::Twice,
        };
    }

    fn at(self) -> Option<usize> {
        match self {
            Self::At(at) => Some(at),
            _ => None,
        }
    }
}

/// Where the event of a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// As an object that begins there and is so long.
    Object(usize, usize),
    /// As a text that begins there.
    Text(usize),
}

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct Trace {
    time: Seen,
    status: Seen,
    took: Seen,
    unit: Option<Unit>,
    event: Option<Holds>,
    /// The text whose content is being walked over.
    within: Option<usize>,
    said: Seen,
    unclear: bool,
}

/// Where the facts of a line about an event stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub time: Option<usize>,
    pub status: Option<usize>,
    /// A text that may say the status, where nothing else does.
    pub said: Option<usize>,
    pub took: Option<(usize, Unit)>,
    pub event: Holds,
}

impl Trace {
    pub(super) fn time(&mut self, value: Raw<'_>) {
        self.unclear |= self.within.is_some();
        self.time.note(value);
    }

    pub(super) fn status(&mut self, value: Raw<'_>) {
        self.unclear |= self.within.is_some();
        self.status.note(value);
    }

    pub(super) fn took(&mut self, value: Raw<'_>, unit: Unit) {
        self.unclear |= self.within.is_some();
        self.took.note(value);
        self.unit = Some(unit);
    }

    /// A text may hold a status.
    pub(super) fn said(&mut self, value: Raw<'_>) {
        self.unclear |= self.within.is_some() || !value.is_string();
        self.said.note(value);
    }

    /// Another line of the layout may be understood in another way.
    pub(super) fn unclear(&mut self) {
        self.unclear = true;
    }

    pub(super) fn envelope(&mut self, bytes: &[u8]) {
        self.event = Some(match self.within {
            Some(text) => Holds::Text(text),
            None => Holds::Object(bytes.as_ptr().addr(), bytes.len()),
        });
    }

    /// Begins with the content of a text; what it stood in.
    pub(super) fn enter(&mut self, text: Raw<'_>) -> Option<usize> {
        self.unclear |= self.within.is_some();
        self.within.replace(text.bytes().as_ptr().addr())
    }

    /// Ends with the content of a text.
    pub(super) fn leave(&mut self, outer: Option<usize>) {
        let only = match self.event {
            Some(Holds::Text(text)) => Some(text) == self.within,
            _ => false,
        };
        // A text that holds JSON and no event may hold one on another line.
        self.unclear |= !only;
        self.within = outer;
    }

    /// Where everything stands, if it surely stands there on every line of the layout.
    pub(super) fn places(&self) -> Option<Places> {
        let Self { time, status, took, unit, event, said, unclear, .. } = self;
        // What a text says of the status counts only where there is no other.
        let said = if *status == Seen::Nowhere { *said } else { Seen::Nowhere };
        if *unclear || [*time, *status, *took, said].contains(&Seen::Twice) {
            return None;
        }
        Some(Places {
            time: time.at(),
            status: status.at(),
            said: said.at(),
            took: took.at().zip(*unit),
            event: (*event)?,
        })
    }
}
