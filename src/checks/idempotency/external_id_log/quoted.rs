//! What stands on the lines that conflicts name, read again to be shown.
//!
//! Used by [`report`](super::report). The rule it keeps: a value is only shown for a line that
//! still uses the id that it was found by.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher as _;

use super::Question;
use super::judge::Conflict;
use super::mask;
use super::pass::Found;
use super::usage::{Basis, Kind, usages};
use crate::events::amount::Unit;
use crate::events::blocks::Place;
use crate::events::own_shape::{self, Room};
use crate::events::quote::{self, content};
use crate::events::record::Environment;
use crate::events::source::Source;
use crate::scan::Watch;
use crate::text::Untrusted;

/// One use of an id, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub id: String,
    pub kind: Kind,
    pub environment: Option<Environment>,
    pub who: Option<String>,
    pub order: Option<String>,
    pub amount: Option<String>,
    pub currency: Option<String>,
    /// The id itself, to know two lines that only look alike apart; never shown.
    whole: Vec<u8>,
}

/// The uses on all lines that are to be shown.
#[derive(Debug, Default)]
pub(super) struct Quoted(BTreeMap<(Place, u64), Shown>);

impl Quoted {
    pub fn read(found: &Found, sources: &[Source], question: &Question, watch: &Watch) -> Self {
        let shown = found.judged.shown.iter();
        let wanted: BTreeSet<(Place, u64)> =
            shown.flat_map(|one| [(one.first, one.ids.0), (one.second, one.ids.1)]).collect();
        let places = wanted.iter().map(|(place, _)| *place).collect();
        let lines = quote::lines(sources, &places, watch);
        let mut quoted = BTreeMap::new();
        for (place, line) in &lines {
            let file = sources.get(place.file as usize);
            let (role, members) = question.read_as(file);
            let mut room = Room::default();
            let how = (&question.reading, members);
            let said = own_shape::read(content(line), role, how, &mut room);
            let _nothing_is_counted_again = usages(&said, &mut |usage| {
                let key = (*place, found.hash.hash_one(usage.id.as_ref()).max(1));
                if wanted.contains(&key) {
                    quoted.insert(key, Shown::of(&usage));
                }
            });
        }
        Self(quoted)
    }

    /// What both lines of a conflict say; `None` when one of them has changed since.
    pub fn both(&self, conflict: &Conflict) -> Option<(&Shown, &Shown)> {
        let get = |place, id| self.0.get(&(place, id));
        get(conflict.first, conflict.ids.0).zip(get(conflict.second, conflict.ids.1))
    }

    /// Whether the lines show that there is no conflict: two ids with the same hash.
    pub fn disproves(&self, conflict: &Conflict) -> bool {
        conflict.ids.0 == conflict.ids.1
            && self.both(conflict).is_some_and(|(one, other)| one.whole != other.whole)
    }
}

impl Shown {
    fn of(usage: &super::usage::Usage<'_>) -> Self {
        let who = usage.who.as_ref().map(|(basis, who)| match basis {
            Basis::Email => mask::email(who),
            Basis::Id | Basis::Payment => mask::id(who),
        });
        let amount = usage.amount.map(|(amount, unit)| match unit {
            Unit::Minor => format!("{amount} in the smallest unit"),
            Unit::Major | Unit::Unclear => amount.to_string(),
        });
        let currency = usage.currency.as_deref().map(|text| Untrusted::from_bytes(text).line(8));
        Self {
            id: mask::id(&usage.id),
            kind: usage.kind,
            environment: usage.environment,
            who,
            order: usage.order.as_ref().map(|(_, order)| mask::id(order)),
            amount,
            currency,
            whole: usage.id.to_vec(),
        }
    }
}
