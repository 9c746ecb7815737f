//! A use of an id in 64 bytes, so that millions of them can be sorted.
//!
//! Made from [`Usage`] for every line. The rules it keeps: texts are kept as hashes with a key that
//! is new in every run, so that what is written to disk tells nobody anything; two facts that say
//! the same differ only in place and time.

use std::hash::{BuildHasher, RandomState};

use super::usage::{Basis, End, Kind, Usage};
use crate::events::amount::{Amount, Unit};
use crate::events::blocks::Place;
use crate::events::record::Environment;
use crate::events::spill::Record;

/// One use of an id, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Where it stands.
    pub place: Place,
    /// The hash that facts are grouped by: of the id, or of the order.
    pub key: u64,
    /// The hash of the customer; 0 for none.
    pub who: u64,
    /// The hash of the order; 0 for none. In facts grouped by order, the hash of the id.
    pub order: u64,
    /// The amount; [`NONE`] for none.
    amount: i64,
    /// When, in milliseconds since 1970; [`NONE`] where nobody wrote it down.
    time: i64,
    /// The letters of the currency; 0 for none.
    pub currency: u32,
    /// The rest, a few bits each.
    traits: u32,
}

/// Stands for an amount or a time that is not there.
const NONE: i64 = i64::MIN;

/// What the bits of `traits` are: the first one and how many.
const KIND: (u32, u32) = (0, 2);
const ENVIRONMENT: (u32, u32) = (2, 2);
const REQUEST: (u32, u32) = (4, 1);
const UNIT: (u32, u32) = (5, 2);
const BASIS: (u32, u32) = (7, 2);
const FREE: (u32, u32) = (9, 1);
const END: (u32, u32) = (10, 3);

impl Fact {
    /// The fact that a use at that place is.
    #[must_use]
    pub fn of(usage: &Usage<'_>, place: Place, hash: &RandomState) -> Self {
        let text = |text: &[u8]| hash.hash_one(text).max(1);
        let (basis, who) = usage.who.as_ref().map_or((Basis::Id, 0), |(by, who)| (*by, text(who)));
        let (is_free, order) =
            usage.order.as_ref().map_or((false, 0), |(free, it)| (*free, text(it)));
        let (amount, unit) =
            usage.amount.map_or((NONE, Unit::Minor), |(amount, unit)| (amount.to_bits(), unit));
        let mut fact = Self {
            place,
            key: text(&usage.id),
            who,
            order,
            amount,
            time: usage.time.map_or(NONE, crate::time::Timestamp::millis),
            currency: usage.currency.as_deref().map_or(0, letters),
            traits: 0,
        };
        fact.set(KIND, usage.kind as u32);
        fact.set(ENVIRONMENT, usage.environment.map_or(0, |it| 1 + it as u32));
        fact.set(REQUEST, u32::from(usage.is_request));
        fact.set(UNIT, unit as u32);
        fact.set(BASIS, basis as u32);
        fact.set(FREE, u32::from(is_free));
        fact.set(END, usage.end as u32);
        fact
    }

    fn set(&mut self, (first, bits): (u32, u32), value: u32) {
        let mask = (1 << bits) - 1;
        self.traits = self.traits & !(mask << first) | (value & mask) << first;
    }

    fn get(&self, (first, bits): (u32, u32)) -> u32 {
        (self.traits >> first) & ((1 << bits) - 1)
    }

    /// What it was used for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.get(KIND) {
            0 => Kind::Payment,
            1 => Kind::Refund,
            2 => Kind::Subscription,
            _ => Kind::Unclear,
        }
    }

    /// Where.
    #[must_use]
    pub fn environment(&self) -> Option<Environment> {
        match self.get(ENVIRONMENT) {
            1 => Some(Environment::Test),
            2 => Some(Environment::Live),
            _ => None,
        }
    }

    /// Whether it stands in a request.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.get(REQUEST) == 1
    }

    /// By what the customer is told from another.
    #[must_use]
    pub fn basis(&self) -> Basis {
        match self.get(BASIS) {
            0 => Basis::Id,
            1 => Basis::Email,
            _ => Basis::Payment,
        }
    }

    /// Whether the order is only a description.
    #[must_use]
    pub fn is_free_text(&self) -> bool {
        self.get(FREE) == 1
    }

    /// How far it had come.
    #[must_use]
    pub fn end(&self) -> End {
        match self.get(END) {
            1 => End::Succeeded,
            2 => End::Failed,
            3 => End::Refunded,
            4 => End::Conflict,
            _ => End::Open,
        }
    }

    /// The amount and its unit.
    #[must_use]
    pub fn amount(&self) -> Option<(Amount, Unit)> {
        let unit = match self.get(UNIT) {
            0 => Unit::Minor,
            1 => Unit::Major,
            _ => Unit::Unclear,
        };
        (self.amount != NONE).then(|| (Amount::from_bits(self.amount), unit))
    }

    /// When, in milliseconds since 1970.
    #[must_use]
    pub fn time(&self) -> Option<i64> {
        (self.time != NONE).then_some(self.time)
    }

    /// The same, grouped by its order: with the end that the id came to, the environment that is
    /// known of it, and when it was charged.
    #[must_use]
    pub fn by_order(self, end: End, environment: Option<Environment>, time: Option<i64>) -> Self {
        let mut fact =
            Self { key: self.order, order: self.key, time: time.unwrap_or(NONE), ..self };
        fact.set(END, end as u32);
        fact.set(ENVIRONMENT, environment.map_or(0, |it| 1 + it as u32));
        fact
    }
}

/// The first four letters of a currency, in capitals.
fn letters(text: &[u8]) -> u32 {
    let mut all = [0; 4];
    all.iter_mut().zip(text.trim_ascii()).for_each(|(to, from)| *to = from.to_ascii_uppercase());
    u32::from_le_bytes(all)
}

impl Record for Fact {
    const SIZE: usize = 64;

    fn key(&self) -> u64 {
        self.key
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.who, self.order, self.amount, self.currency, self.traits)
            == (other.who, other.order, other.amount, other.currency, other.traits)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut bytes = [0; Self::SIZE];
        let longs = [self.place.offset, self.key, self.who, self.order];
        let signed = [self.amount, self.time].map(i64::cast_unsigned);
        let shorts = [self.place.file, self.place.within, self.currency, self.traits];
        let (begin, end) = bytes.split_at_mut(48);
        for (to, value) in begin.chunks_exact_mut(8).zip(longs.into_iter().chain(signed)) {
            to.copy_from_slice(&value.to_le_bytes());
        }
        for (to, value) in end.chunks_exact_mut(4).zip(shorts) {
            to.copy_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&bytes);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let long = |at: usize| Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let short = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        Some(Self {
            place: Place { offset: long(0)?, file: short(48)?, within: short(52)? },
            key: long(8)?,
            who: long(16)?,
            order: long(24)?,
            amount: long(32)?.cast_signed(),
            time: long(40)?.cast_signed(),
            currency: short(56)?,
            traits: short(60)?,
        })
    }
}
