//! A merchant's weeks that never were: payments, subscriptions, deliveries and errors, with known
//! incidents planted among them.
//!
//! ```text
//! Plan ─> Weeks ─┬─ day(n): events, each with its deliveries      payments, subscriptions, deliveries
//!                └─ errors(n): errors of the API                  errors
//! Weeks ─┬─ Walk: stories for the boards, as time goes by         walk
//!        └─ lay: the same as files of logs, rotated and packed    lines, lay
//! ```
//!
//! Used by the demo for its first week and by the tests of the first week. The rules it keeps: a
//! plan always gives the same weeks; how often something happens varies from day to day and from
//! customer to customer, as it does in life; nothing here is a person's.

pub mod deliveries;
pub mod dice;
pub mod errors;
pub mod lay;
pub mod lines;
pub mod merchant;
pub mod payments;
pub mod plan;
pub mod subscriptions;
pub mod truth;
pub mod walk;

pub use lay::{Laid, Style};
pub use merchant::{Merchant, Size};
pub use plan::{Plan, Planted, What};
pub use truth::{Delivery, Event, Failed, Thing};
pub use walk::Walk;

use crate::demo::week::dice::Dice;
use crate::time::Timestamp;

/// A day in milliseconds.
pub const DAY: i64 = 24 * 3_600_000;

/// An hour in milliseconds.
pub const HOUR: i64 = 3_600_000;

/// A minute in milliseconds.
pub const MINUTE: i64 = 60_000;

/// Everything that happens by a plan, day by day.
#[derive(Debug)]
pub struct Weeks {
    plan: Plan,
    renewals: Vec<Vec<Event>>,
}

impl Weeks {
    /// The weeks of a plan.
    #[must_use]
    pub fn of(plan: Plan) -> Self {
        let renewals = subscriptions::all(&plan);
        Self { plan, renewals }
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What MintCash tells of on this day or what follows from it later, with each delivery. In no
    /// order.
    #[must_use]
    pub fn day(&self, day: u32) -> Vec<Event> {
        let mut dice = Dice::new(self.plan.seed, u64::from(day) << 8 | 1);
        let mut events = payments::of_day(&self.plan, day, &mut dice);
        let renewals = self.renewals.get(usize::try_from(day).unwrap_or(usize::MAX));
        events.extend(renewals.into_iter().flatten().cloned());
        let mut dice = Dice::new(self.plan.seed, u64::from(day) << 8 | 2);
        for event in &mut events {
            deliveries::deliver(event, &self.plan, &mut dice);
        }
        events
    }

    /// Errors of the API on this day.
    #[must_use]
    pub fn errors(&self, day: u32) -> Vec<Failed> {
        errors::of_day(&self.plan, day, &mut Dice::new(self.plan.seed, u64::from(day) << 8 | 3))
    }

    /// When a day begins.
    #[must_use]
    pub fn begins(&self, day: u32) -> Timestamp {
        Timestamp::from_millis(self.plan.begins(day))
    }
}
