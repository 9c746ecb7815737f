//! The vectorised search for a few short byte strings.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, Input, Span};

/// A set of byte strings to search for at once.
pub(super) struct Anchors {
    engine: Engine,
    longest: usize,
}

enum Engine {
    /// Teddy, on processors that have the instructions for it.
    Packed(Box<Searcher>),
    /// An automaton, everywhere else and for many strings.
    Automaton(Box<AhoCorasick>),
    /// Neither could be built: one string at a time.
    Plain(Vec<Vec<u8>>),
}

impl Anchors {
    pub(super) fn new(strings: Vec<Vec<u8>>) -> Self {
        let longest = strings.iter().map(Vec::len).max().unwrap_or(0);
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        let packed = builder.extend(&strings).build();
        let engine = match (packed, AhoCorasick::new(&strings)) {
            (Some(packed), _) => Engine::Packed(Box::new(packed)),
            (None, Ok(automaton)) => Engine::Automaton(Box::new(automaton)),
            (None, Err(_)) => Engine::Plain(strings),
        };
        Self { engine, longest }
    }

    /// How many bytes the longest has.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The first one that begins at `from` or later: where, and which.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let span = Span { start: from.min(bytes.len()), end: bytes.len() };
        match &self.engine {
            Engine::Packed(searcher) => {
                let found = searcher.find_in(bytes, span)?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Engine::Automaton(automaton) => {
                let found = automaton.find(Input::new(bytes).span(span))?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Engine::Plain(strings) => {
                let rest = bytes.get(span.range()).unwrap_or_default();
                let places = strings.iter().enumerate().filter_map(|(which, string)| {
                    Some((from + memchr::memmem::find(rest, string)?, which))
                });
                places.min()
            }
        }
    }
}
