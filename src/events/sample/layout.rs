//! The layouts of lines that were read before: a writer puts the same members in the same order, so
//! that most of a line is known before it is read.
//!
//! Used by [`known`](super::known), which says what the values are. What stands between two values
//! is one piece; pieces that follow each other make a tree, and a line that goes from its root to an
//! end is a whole line of that layout. The rules it keeps: a layout is learned from a line that was
//! read in full, and gives the same for every other; what fits none is read in full; memory is
//! bounded, and where lines hardly fit nothing is tried.

use super::super::json::{Raw, string_end};
use super::known::Kind;

/// So many pieces are kept.
const MOST_PIECES: usize = 400;

/// So many pieces may stand at one place.
const MOST_BESIDE: usize = 6;

/// A longer line is not learned.
const LONGEST: usize = 4_096;

/// After so many more misses than hits nothing is tried any more.
const MOST_MISSES: u32 = 1_000;

/// The values that a line may be read for.
pub(super) const SLOTS: usize = 20;

/// A value that is not looked at.
const NOTHING: usize = SLOTS;

/// What is known of a line of a layout beside its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub kind: Kind,
    /// Whether there is a card.
    pub card: Option<bool>,
    /// Whether a person had sent it again.
    pub resent: bool,
}

/// A line of a known layout.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub values: [Option<Raw<'a>>; SLOTS],
    pub end: End,
    /// Whether a text that is not looked at may hold JSON.
    pub is_odd: bool,
}

impl<'a> Found<'a> {
    pub(super) fn value(&self, slot: usize) -> Option<Raw<'a>> {
        self.values.get(slot).copied().flatten()
    }
}

/// What follows a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// A string whose opening quote ends the piece, and where it goes.
    Text(usize),
    /// A number, and where it goes.
    Number(usize),
    /// The end of the line.
    End(End),
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
    /// Reads a line of a known layout.
    #[inline]
    pub(super) fn read<'a>(&mut self, line: &'a [u8]) -> Option<Found<'a>> {
        if self.is_closed() {
            return None;
        }
        let found = self.walk(line);
        match found {
            Some(_) => self.hits = self.hits.saturating_add(1),
            None => self.misses = self.misses.saturating_add(1),
        }
        found
    }

    /// Whether nothing is tried any more.
    pub(super) fn is_closed(&self) -> bool {
        self.misses > self.hits.saturating_add(MOST_MISSES)
    }

    #[inline]
    fn walk<'a>(&self, line: &'a [u8]) -> Option<Found<'a>> {
        let (mut values, mut is_odd) = ([None; SLOTS], false);
        let mut places = self.first.as_slice();
        let mut at = 0;
        'pieces: loop {
            let rest = line.get(at..)?;
            for place in places {
                let piece = self.pieces.get(*place)?;
                let Some(behind) = behind(rest, &piece.text) else { continue };
                let begin = line.len() - behind.len();
                let (slot, value, end) = match piece.then {
                    Then::End(end) if behind.is_empty() => {
                        return Some(Found { values, end, is_odd });
                    }
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
                match values.get_mut(slot) {
                    Some(into) => *into = line.get(value.0..value.1).map(Raw::written),
                    None => is_odd |= may_hold_json(behind),
                }
                at = end;
                places = &piece.after;
                continue 'pieces;
            }
            return None;
        }
    }

    /// Learns the layout of a line that was read in full. The values are parts of it.
    pub(super) fn learn(&mut self, line: &[u8], values: &[Option<Raw<'_>>; SLOTS], end: End) {
        if line.len() > LONGEST || self.is_closed() {
            return;
        }
        let slot = |value: &[u8]| {
            let is = |raw: &Option<Raw<'_>>| {
                raw.is_some_and(|raw| std::ptr::eq(raw.bytes().as_ptr(), value.as_ptr()))
            };
            values.iter().position(is).unwrap_or(NOTHING)
        };
        let _what_finds_no_room_is_not_learned = self.pieces_of(line, slot, end);
    }

    /// Cuts a line into pieces and values, and keeps the pieces.
    fn pieces_of(&mut self, line: &[u8], slot: impl Fn(&[u8]) -> usize, end: End) -> Option<()> {
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
        self.keep(last, line.get(begin..)?, Then::End(end)).map(drop)
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

/// What comes behind a piece, if it stands there. Pieces are short, so that their words are compared
/// here and not by a call.
#[inline]
fn behind<'a>(rest: &'a [u8], piece: &[u8]) -> Option<&'a [u8]> {
    let (head, behind) = rest.split_at_checked(piece.len())?;
    let same = match piece.len() {
        8..=16 => {
            head.first_chunk::<8>() == piece.first_chunk::<8>()
                && head.last_chunk::<8>() == piece.last_chunk::<8>()
        }
        17..=32 => {
            head.first_chunk::<16>() == piece.first_chunk::<16>()
                && head.last_chunk::<16>() == piece.last_chunk::<16>()
        }
        _ => head == piece,
    };
    same.then_some(behind)
}

/// Whether a text that begins there may hold an object.
#[inline]
fn may_hold_json(text: &[u8]) -> bool {
    match text.first() {
        Some(b'{') => true,
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'\x0c') => {
            text.trim_ascii_start().first() == Some(&b'{')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: End = End { kind: Kind::Envelope, card: Some(false), resent: false };

    fn line(id: &str, more: &str) -> String {
        format!(
            r#"{{"eventId":"{id}","event":"payment.failed","createdAt":"2026-11-25T15:16:51Z","data":{{"amount":1.5,"card":null{more}}}}}"#
        )
    }

    /// Learns a line of which only the id is looked at.
    fn learn(layouts: &mut Layouts, line: &str) {
        let mut values = [None; SLOTS];
        values[0] = Raw::first(&line.as_bytes()[r#"{"eventId":"#.len()..]);
        layouts.learn(line.as_bytes(), &values, END);
    }

    #[test]
    fn a_layout_that_was_read_once_is_known_and_another_is_not() {
        let mut layouts = Layouts::default();
        assert!(layouts.read(line("a", "").as_bytes()).is_none());
        learn(&mut layouts, &line("a", ""));
        let other = line("another-one", "");
        let found = layouts.read(other.as_bytes()).unwrap();
        assert_eq!(found.value(0).unwrap().bytes(), b"\"another-one\"");
        assert_eq!((found.end, found.is_odd), (END, false));
        for no in [line("a", ",\"x\":1"), other.replace("null", "{}"), format!("{other}}}")] {
            assert!(layouts.read(no.as_bytes()).is_none(), "{no}");
        }
    }

    #[test]
    fn a_piece_of_any_length_is_told_from_one_that_differs_in_one_byte() {
        for length in 1..70 {
            let piece: Vec<u8> = (0..length).map(|at| b'a' + at % 26).collect();
            let rest = [&piece[..], b"rest"].concat();
            assert_eq!(behind(&rest, &piece), Some(&b"rest"[..]));
            assert_eq!(behind(&piece[1..], &piece), None);
            for at in 0..piece.len() {
                let mut other = rest.clone();
                other[at] ^= 1;
                assert_eq!(behind(&other, &piece), None, "{length} {at}");
            }
        }
    }

    #[test]
    fn a_text_that_is_not_looked_at_and_may_hold_json_is_odd() {
        let mut layouts = Layouts::default();
        let line = |text: &str| line("a", &format!(",\"note\":\"{text}\""));
        learn(&mut layouts, &line("fine"));
        for (text, odd) in [("also fine", false), ("{}", true), ("  { ", true), (" x{", false)] {
            let line = line(text);
            assert_eq!(layouts.read(line.as_bytes()).unwrap().is_odd, odd, "{text}");
        }
    }

    #[test]
    fn layouts_without_end_take_no_memory_without_end() {
        let mut layouts = Layouts::default();
        for number in 0..5_000 {
            let line = line("a", &format!(",\"x{number}\":\"v\",\"y{}\":2", number % 7));
            learn(&mut layouts, &line);
            layouts.read(format!("{line} ").as_bytes());
        }
        assert!(layouts.pieces.len() <= MOST_PIECES);
        let widest = layouts.pieces.iter().map(|piece| piece.after.len()).max();
        assert!(widest <= Some(MOST_BESIDE));
        assert!(layouts.misses <= MOST_MISSES + 1, "it is tried no more");
    }
}
