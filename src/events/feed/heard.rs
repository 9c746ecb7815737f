//! What one line says of a delivery, in 64 bytes, so that millions of them can be grouped.
//!
//! Made by [`teller`](super::teller) from lines, grouped by [`spill`](crate::events::spill), put
//! together by [`story`](super::story) and kept by [`memory`](super::memory). The rule it keeps: two
//! lines that say the same are one, wherever they stand.

use crate::events::sample::EventLine;
use crate::events::spill::Record;
use crate::time::Timestamp;
use crate::week::{Answer, Key, Spot, Word};

/// A line about a delivery of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    pub(super) id: Key,
    pub(super) at: Timestamp,
    pub(super) answer: Answer,
    pub(super) name: Word,
    pub(super) created: Option<Timestamp>,
    pub(super) code: Option<Word>,
    pub(super) resource: Option<Key>,
    pub(super) subscription: Option<Key>,
    pub(super) external: Option<Key>,
    pub(super) card: Option<bool>,
    pub(super) spot: Spot,
}

/// A line, written down.
pub(super) type Packed = [u8; Heard::SIZE];

const NO_WORD: u16 = u16::MAX;
const NEVER: i64 = -(1 << 47);
const LATEST: i64 = (1 << 47) - 1;

impl Heard {
    /// What a line says, with the id and the time that it goes by.
    pub(super) fn of(line: &EventLine, id: Key, at: Timestamp, spot: Spot) -> Self {
        let EventLine {
            answer, name, created, code, resource, subscription, external, card, ..
        } = *line;
        let created = created.map(|it| Timestamp::from_millis(it.millis().min(LATEST)));
        Self { id, at, answer, name, created, code, resource, subscription, external, card, spot }
    }

    /// The line, written down.
    pub(super) fn pack(&self) -> Packed {
        let mut packed = [0; Self::SIZE];
        let mut out = Out { bytes: &mut packed, at: 0 };
        let keys = [self.resource, self.subscription, self.external];
        out.put(self.id.0, 8);
        keys.iter().for_each(|key| out.put(key.map_or(0, |key| key.0), 8));
        out.put(self.at.millis().cast_unsigned(), 6);
        out.put(self.created.map_or(NEVER, Timestamp::millis).cast_unsigned(), 6);
        out.put(self.spot.offset, 6);
        out.put(u64::from(self.spot.file), 3);
        let (kind, status, ms) = match self.answer {
            Answer::Unsaid => (0, 0, None),
            Answer::Nothing => (1, 0, None),
            Answer::Status { status, ms } => (2, status, ms),
        };
        out.put(u64::from(ms.unwrap_or(0)), 4);
        out.put(u64::from(status), 2);
        out.put(u64::from(self.name.0), 2);
        out.put(u64::from(self.code.map_or(NO_WORD, |code| code.0)), 2);
        let card = match self.card {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        };
        let bits = keys.iter().enumerate().map(|(at, key)| u64::from(key.is_some()) << at);
        out.put(bits.sum::<u64>() | kind << 3 | u64::from(ms.is_some()) << 5 | card << 6, 1);
        packed
    }

    /// The line that was written down.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut from = In { bytes };
        let id = Key(from.take(8)?);
        let mut keys = [None; 3];
        for key in &mut keys {
            *key = Some(Key(from.take(8)?));
        }
        let at = Timestamp::from_millis(signed(from.take(6)?));
        let created = signed(from.take(6)?);
        let offset = from.take(6)?;
        let file = u32::try_from(from.take(3)?).ok()?;
        let ms = u32::try_from(from.take(4)?).ok()?;
        let status = u16::try_from(from.take(2)?).ok()?;
        let name = Word(u16::try_from(from.take(2)?).ok()?);
        let code = u16::try_from(from.take(2)?).ok()?;
        let bits = from.take(1)?;
        let answer = match bits >> 3 & 3 {
            0 => Answer::Unsaid,
            1 => Answer::Nothing,
            _ => Answer::Status { status, ms: (bits >> 5 & 1 == 1).then_some(ms) },
        };
        let mut present = (0..3).map(|at| bits >> at & 1 == 1);
        for key in &mut keys {
            *key = key.filter(|_| present.next() == Some(true));
        }
        let [resource, subscription, external] = keys;
        let card = [None, Some(false), Some(true), None].get((bits >> 6 & 3) as usize).copied()?;
        let created = (created != NEVER).then(|| Timestamp::from_millis(created));
        let code = (code != NO_WORD).then_some(Word(code));
        let spot = Spot { file, offset };
        Some(Self {
            id,
            at,
            answer,
            name,
            created,
            code,
            resource,
            subscription,
            external,
            card,
            spot,
        })
    }
}

impl Record for Heard {
    const SIZE: usize = 64;

    fn key(&self) -> u64 {
        self.id.0
    }

    fn is_same(&self, other: &Self) -> bool {
        Self { spot: other.spot, ..*self } == *other
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.pack());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::unpack(bytes)
    }
}

/// One half of what `golive listen` writes of a delivery; its id joins both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Half {
    /// It came.
    Came(Key, Heard),
    /// It was answered.
    Answered { record: Key, at: Option<Timestamp>, status: u16, ms: Option<u32> },
}

impl Record for Half {
    const SIZE: usize = 8 + 1 + Heard::SIZE;

    fn key(&self) -> u64 {
        match self {
            Self::Came(record, _) | Self::Answered { record, .. } => record.0,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Came(_, one), Self::Came(_, other)) => one.is_same(other),
            _ => self == other,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let end = out.len() + Self::SIZE;
        out.extend(self.key().to_le_bytes());
        match self {
            Self::Came(_, heard) => {
                out.push(0);
                heard.write(out);
            }
            Self::Answered { at, status, ms, .. } => {
                out.push(1 | u8::from(at.is_some()) << 1 | u8::from(ms.is_some()) << 2);
                out.extend(at.map_or(0, Timestamp::millis).to_le_bytes());
                out.extend(ms.unwrap_or(0).to_le_bytes());
                out.extend(status.to_le_bytes());
            }
        }
        out.resize(end, 0);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = In { bytes };
        let record = Key(from.take(8)?);
        let bits = from.take(1)?;
        if bits == 0 {
            return Some(Self::Came(record, Heard::unpack(from.bytes)?));
        }
        let at = Timestamp::from_millis(from.take(8)?.cast_signed());
        let ms = u32::try_from(from.take(4)?).ok()?;
        let status = u16::try_from(from.take(2)?).ok()?;
        let (at, ms) = ((bits & 2 != 0).then_some(at), (bits & 4 != 0).then_some(ms));
        Some(Self::Answered { record, at, status, ms })
    }
}

struct Out<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl Out<'_> {
    fn put(&mut self, number: u64, size: usize) {
        let bytes = number.to_le_bytes();
        let from = bytes.get(..size).unwrap_or_default();
        if let Some(to) = self.bytes.get_mut(self.at..self.at + size) {
            to.copy_from_slice(from);
        }
        self.at += size;
    }
}

struct In<'a> {
    bytes: &'a [u8],
}

impl In<'_> {
    fn take(&mut self, size: usize) -> Option<u64> {
        let (own, rest) = self.bytes.split_at_checked(size)?;
        let mut number = [0; 8];
        number.get_mut(..size)?.copy_from_slice(own);
        self.bytes = rest;
        Some(u64::from_le_bytes(number))
    }
}

/// A number of 48 bits with its sign.
fn signed(number: u64) -> i64 {
    (number << 16).cast_signed() >> 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn heard()(
            keys in any::<(u64, Option<u64>, Option<u64>, Option<u64>)>(),
            times in (-62_135_596_800_000..LATEST, prop::option::of(-62_135_596_800_000..LATEST)),
            spot in (0_u32..1 << 24, 0_u64..1 << 48),
            answer in any::<(u8, u16, Option<u32>)>(),
            words in (0_u16..600, prop::option::of(0_u16..600)),
            card in any::<Option<bool>>(),
        ) -> Heard {
            let (status, ms) = (answer.1, answer.2);
            Heard {
                id: Key(keys.0),
                at: Timestamp::from_millis(times.0),
                answer: match answer.0 % 3 {
                    0 => Answer::Unsaid,
                    1 => Answer::Nothing,
                    _ => Answer::Status { status, ms },
                },
                name: Word(words.0),
                created: times.1.map(Timestamp::from_millis),
                code: words.1.map(Word),
                resource: keys.1.map(Key),
                subscription: keys.2.map(Key),
                external: keys.3.map(Key),
                card,
                spot: Spot { file: spot.0, offset: spot.1 },
            }
        }
    }

    proptest! {
        #[test]
        fn a_line_is_read_as_it_was_written_down(
            heard in heard(),
            record in any::<u64>(),
            answered in any::<(Option<i32>, u16, Option<u32>)>(),
        ) {
            prop_assert_eq!(Heard::unpack(&heard.pack()), Some(heard));
            let (at, status, ms) = answered;
            let at = at.map(|at| Timestamp::from_millis(at.into()));
            let record = Key(record);
            for half in [Half::Came(record, heard), Half::Answered { record, at, status, ms }] {
                let mut out = Vec::new();
                half.write(&mut out);
                prop_assert_eq!(out.len(), Half::SIZE);
                prop_assert_eq!(Half::read(&out), Some(half));
            }
        }
    }
}
