//! The tables of states, and the only way through them (mintcash-contract.md section 6).
//!
//! Every payment, refund and subscription stands on a [`Place`]. The rule it keeps: a place moves
//! along its table or not at all; there is no other way to change it.

use crate::time::Timestamp;

/// States with the moves between them.
pub trait Table: Copy + Eq + 'static {
    /// Every state with those that may follow it.
    const MOVES: &'static [(Self, &'static [Self])];

    /// Its name on the wire.
    fn name(self) -> &'static str;
}

/// Where a thing stands, and how it came there.
#[derive(Clone, Debug)]
pub struct Place<S> {
    state: S,
    path: Vec<(S, Timestamp)>,
}

/// A move that the table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchMove;

impl<S: Table> Place<S> {
    /// A place at the beginning of its table.
    pub fn begin(state: S, at: Timestamp) -> Self {
        Self { state, path: vec![(state, at)] }
    }

    /// The state.
    pub fn state(&self) -> S {
        self.state
    }

    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        self.state.name()
    }

    /// When it came there.
    pub fn since(&self) -> Option<Timestamp> {
        self.path.last().map(|(_, at)| *at)
    }

    /// Every state so far.
    pub fn path(&self) -> impl Iterator<Item = (&'static str, Timestamp)> + '_ {
        self.path.iter().map(|(state, at)| (state.name(), *at))
    }

    /// Whether the table has the move to `next`.
    pub fn may(&self, next: S) -> bool {
        S::MOVES.iter().any(|(from, to)| *from == self.state && to.contains(&next))
    }

    /// Moves on; a move that the table does not have changes nothing.
    pub fn go(&mut self, next: S, at: Timestamp) -> Result<(), NoSuchMove> {
        if !self.may(next) {
            return Err(NoSuchMove);
        }
        self.state = next;
        self.path.push((next, at));
        Ok(())
    }
}

/// Makes an enum of states with its table.
macro_rules! table {
    ($(#[$about:meta])* $name:ident { $($state:ident = $text:literal -> [$($next:ident),*];)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($state,)+ }

        impl Table for $name {
            const MOVES: &'static [(Self, &'static [Self])] =
                &[$((Self::$state, &[$(Self::$next),*]),)+];

            fn name(self) -> &'static str {
                match self { $(Self::$state => $text,)+ }
            }
        }
    };
}

table! {
    /// Where a payment stands.
    Paid {
        Created = "created" -> [Pending, Authorized, Succeeded, Failed];
        Pending = "pending" -> [Authorized, Succeeded, Failed];
        Authorized = "authorized" -> [Succeeded, Failed, Voided];
        Succeeded = "succeeded" -> [PartiallyRefunded, Refunded, Voided];
        PartiallyRefunded = "partially_refunded" -> [PartiallyRefunded, Refunded, Voided];
        Failed = "failed" -> [];
        Refunded = "refunded" -> [];
        Voided = "voided" -> [];
    }
}

table! {
    /// Where a subscription stands.
    Subscribed {
        Created = "created" -> [Pending, Active, Failed];
        Pending = "pending" -> [Active, Failed];
        Active = "active" -> [PastDue, Cancelled];
        PastDue = "past_due" -> [Active, Cancelled];
        Failed = "failed" -> [];
        Cancelled = "cancelled" -> [];
    }
}

table! {
    /// Where a refund stands. The names are not documented.
    Returned {
        Pending = "pending" -> [Succeeded, Failed];
        Succeeded = "succeeded" -> [];
        Failed = "failed" -> [];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of mintcash-contract.md section 6, written out once more as it stands there.
    const PAYMENT: &str = "\
        created: pending authorized succeeded failed
        pending: authorized succeeded failed
        authorized: succeeded failed voided
        succeeded: partially_refunded refunded voided
        partially_refunded: partially_refunded refunded voided
        failed:
        refunded:
        voided:";

    const SUBSCRIPTION: &str = "\
        created: pending active failed
        pending: active failed
        active: past_due cancelled
        past_due: active cancelled
        failed:
        cancelled:";

    const REFUND: &str = "pending: succeeded failed\nsucceeded:\nfailed:";

    fn moves<S: Table + std::fmt::Debug>() -> Vec<(String, String)> {
        let at = Timestamp::from_millis(0);
        let mut moves = Vec::new();
        for (from, _) in S::MOVES {
            for (to, _) in S::MOVES {
                let mut place = Place { state: *from, path: vec![(*from, at)] };
                if place.go(*to, at).is_ok() {
                    assert_eq!(place.state(), *to);
                    moves.push((from.name().to_owned(), to.name().to_owned()));
                } else {
                    assert_eq!((place.state(), place.path.len()), (*from, 1), "{from:?} {to:?}");
                }
            }
        }
        moves
    }

    fn written(table: &str) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        for line in table.lines() {
            let (from, to) = line.trim().split_once(':').unwrap();
            rows.extend(to.split_whitespace().map(|to| (from.to_owned(), to.to_owned())));
        }
        rows
    }

    fn same(mut one: Vec<(String, String)>, mut other: Vec<(String, String)>) {
        one.sort();
        other.sort();
        assert_eq!(one, other);
    }

    #[test]
    fn the_moves_are_those_of_the_contract_and_no_others() {
        same(moves::<Paid>(), written(PAYMENT));
        same(moves::<Subscribed>(), written(SUBSCRIPTION));
        same(moves::<Returned>(), written(REFUND));
    }
}
