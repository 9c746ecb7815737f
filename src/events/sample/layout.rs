//! The layouts of envelopes that were read before: a writer puts the same members in the same order,
//! so that most of a line is known before it is read.
//!
//! Used by [`sample`](super) before an envelope is read in full, which costs three times as much.
//! What stands between two values is one piece; pieces that follow each other make a tree, and a
//! line that goes from its root to an end is a whole envelope of that layout. The rules it keeps:
//! a layout is learned from a line that was read in full, and gives the same for every other; what
//! fits none is read in full; memory is bounded, and where lines hardly fit nothing is tried.

use super::super::json::{Raw, string_end};
use super::envelope::{Data, Top};

/// So many pieces are kept.
const MOST_PIECES: usize = 400;

/// So many pieces may stand at one place.
const MOST_BESIDE: usize = 6;

/// A longer line is not learned.
const LONGEST: usize = 4_096;

/// After so many more misses than hits nothing is tried any more.
const MOST_MISSES: u32 = 1_000;

/// The members that an envelope is read for.
const SLOTS: usize = 10;

/// A value that is not looked at.
const NOTHING: usize = SLOTS;

/// What follows a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// A string whose opening quote ends the piece, and where it goes.
    Text(usize),
    /// A number, and where it goes.
    Number(usize),
    /// The end of the line, and whether there is a card.
    End(Option<bool>),
}

#[derive(Debug)]
struct Piece {
    text: Box<[u8]>,
    then: Then,
    /// The pieces that may come after it.
    after: Vec<usize>,
}

/// The layouts that are known.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    pieces: Vec<Piece>,
    first: Vec<usize>,
    hits: u32,
    misses: u32,
}

impl Layouts {
    /// Reads an envelope of a known layout.
    #[inline]
    pub(super) fn read<'a>(&mut self, line: &'a [u8]) -> Option<Top<'a>> {
        if self.misses > self.hits.saturating_add(MOST_MISSES) {
            return None;
        }
        let found = self.walk(line);
        match found {
            Some(_) => self.hits = self.hits.saturating_add(1),
            None => self.misses = self.misses.saturating_add(1),
        }
        found
    }

    #[inline]
    fn walk<'a>(&self, line: &'a [u8]) -> Option<Top<'a>> {
        let mut found = [None; SLOTS];
        let mut places = self.first.as_slice();
        let mut at = 0;
        'pieces: loop {
            let rest = line.get(at..)?;
            for place in places {
                let piece = self.pieces.get(*place)?;
                let Some(behind) = rest.strip_prefix(&*piece.text) else { continue };
                let begin = line.len() - behind.len();
                let (slot, value, end) = match piece.then {
                    Then::End(card) if behind.is_empty() => return Some(top(found, card)),
                    Then::End(_) => continue,
                    Then::Text(slot) => {
                        let end = begin + string_end(behind)?;
                        (slot, (begin - 1, end + 1), end)
                    }
                    Then::Number(slot) => match begin + number(behind) {
                        end if end == begin => continue,
                        end => (slot, (begin, end), end),
                    },
                };
                if let Some(into) = found.get_mut(slot) {
                    *into = line.get(value.0..value.1).map(Raw::written);
                }
                at = end;
                places = &piece.after;
                continue 'pieces;
            }
            return None;
        }
    }

    /// Learns the layout of an envelope that was read in full.
    pub(super) fn learn(&mut self, line: &[u8], top: &Top<'_>) {
        let data = top.data.unwrap_or_default();
        let slots = slots(top, &data);
        let inside = [data.payment, data.refund].into_iter().flatten();
        let is_simple = inside
            .chain(slots.into_iter().flatten())
            .all(|raw| raw.is_null() || raw.text().is_some() && !raw.is_object());
        let has_parts = data.payment.or(data.refund).is_some_and(|raw| !raw.is_null());
        let is_known = top.schema.is_some() || top.is_logged || top.resent;
        if !is_simple || has_parts || is_known || line.len() > LONGEST {
            return;
        }
        let slot = |value: &[u8]| {
            let is = |raw: &Option<Raw<'_>>| {
                raw.is_some_and(|raw| std::ptr::eq(raw.bytes().as_ptr(), value.as_ptr()))
            };
            slots.iter().position(is).unwrap_or(NOTHING)
        };
        let _what_finds_no_room_is_not_learned = self.pieces_of(line, slot, data.card);
    }

    /// Cuts a line into pieces and values, and keeps the pieces.
    fn pieces_of(
        &mut self,
        line: &[u8],
        slot: impl Fn(&[u8]) -> usize,
        card: Option<bool>,
    ) -> Option<()> {
        let (mut begin, mut at, mut last) = (0, 0, None);
        while let Some(byte) = line.get(at) {
            match byte {
                b'"' => {
                    let end = at + 1 + string_end(line.get(at + 1..)?)?;
                    let behind = line.get(end + 1..)?.trim_ascii_start();
                    if behind.first() != Some(&b':') {
                        let slot = slot(line.get(at..)?);
                        last = Some(self.keep(last, line.get(begin..=at)?, Then::Text(slot))?);
                        begin = end;
                    }
                    at = end + 1;
                }
                b'-' | b'0'..=b'9' => {
                    let slot = slot(line.get(at..)?);
                    last = Some(self.keep(last, line.get(begin..at)?, Then::Number(slot))?);
                    at += number(line.get(at..)?);
                    begin = at;
                }
                _ => at += 1,
            }
        }
        self.keep(last, line.get(begin..)?, Then::End(card)).map(drop)
    }

    /// The piece that comes after another, or begins; a new one when there is room.
    fn keep(&mut self, before: Option<usize>, text: &[u8], then: Then) -> Option<usize> {
        let count = self.pieces.len();
        let places = match before {
            Some(before) => &self.pieces.get(before)?.after,
            None => &self.first,
        };
        let known = places.iter().copied().find(|place| {
            let piece = self.pieces.get(*place);
            piece.is_some_and(|piece| *piece.text == *text && piece.then == then)
        });
        if known.is_some() {
            return known;
        }
        if count >= MOST_PIECES || places.len() >= MOST_BESIDE {
            return None;
        }
        self.pieces.push(Piece { text: text.into(), then, after: Vec::new() });
        match before {
            Some(before) => self.pieces.get_mut(before)?.after.push(count),
            None => self.first.push(count),
        }
        Some(count)
    }
}

/// How many bytes at the beginning are those of a number.
fn number(text: &[u8]) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len())
}

fn slots<'a>(top: &Top<'a>, data: &Data<'a>) -> [Option<Raw<'a>>; SLOTS] {
    [
        top.event_id,
        top.event,
        top.environment,
        top.created,
        top.received,
        data.id,
        data.external,
        data.code,
        data.subscription,
        data.payment_id,
    ]
}

fn top(found: [Option<Raw<'_>>; SLOTS], card: Option<bool>) -> Top<'_> {
    let [
        event_id,
        event,
        environment,
        created,
        received,
        id,
        external,
        code,
        subscription,
        payment_id,
    ] = found;
    let data = Data { id, external, code, card, subscription, payment_id, ..Data::default() };
    Top { event_id, event, environment, created, received, data: Some(data), ..Top::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, more: &str) -> String {
        format!(
            r#"{{"eventId":"{id}","event":"payment.failed","createdAt":"2026-11-25T15:16:51Z","data":{{"id":"{id}","amount":1.5,"card":null{more}}}}}"#
        )
    }

    #[test]
    fn a_layout_that_was_read_once_is_known_and_another_is_not() {
        let mut layouts = Layouts::default();
        let first = line("a", "");
        assert!(layouts.read(first.as_bytes()).is_none());
        layouts.learn(first.as_bytes(), &Top::read(first.as_bytes()).unwrap());
        let other = line("another-one", "");
        let found = layouts.read(other.as_bytes()).unwrap();
        assert_eq!(found.event_id.unwrap().bytes(), b"\"another-one\"");
        assert_eq!(found.data.unwrap().card, Some(false));
        for no in [line("a", ",\"x\":1"), other.replace("null", "{}"), format!("{other}}}")] {
            assert!(layouts.read(no.as_bytes()).is_none(), "{no}");
        }
    }

    #[test]
    fn layouts_without_end_take_no_memory_without_end() {
        let mut layouts = Layouts::default();
        for number in 0..5_000 {
            let line = line("a", &format!(",\"x{number}\":\"v\",\"y{}\":2", number % 7));
            layouts.learn(line.as_bytes(), &Top::read(line.as_bytes()).unwrap());
            layouts.read(format!("{line} ").as_bytes());
        }
        assert!(layouts.pieces.len() <= MOST_PIECES);
        let widest = layouts.pieces.iter().map(|piece| piece.after.len()).max();
        assert!(widest <= Some(MOST_BESIDE));
        assert!(layouts.misses <= MOST_MISSES + 1, "it is tried no more");
    }
}
