//! What happens at the twin: two environments that share nothing but the virtual clock.
//!
//! Driven by the edge, which brings requests, lets time pass and carries webhooks. The rule it
//! keeps: no network, no real clock, no chance: the same seed and the same calls give the same
//! world, byte for byte.

pub mod answer;
pub mod api;
pub mod charge;
pub mod create;
pub mod dice;
pub mod dunning;
pub mod hook;
pub mod keep;
pub mod order;
pub mod page;
pub mod place;
pub mod post;
pub mod refund;
pub mod refusal;
pub mod site;
pub mod snapshot;
pub mod subscription;
pub mod things;
pub mod time;

#[cfg(test)]
mod tests;

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::Credentials;
use crate::twin::switch::Setting;
use crate::twin::world::post::{Arrival, Parcel};
use crate::twin::world::site::Site;
use crate::twin::world::time::{Due, Time, What};

/// The twin's state.
#[derive(Clone, Debug)]
pub struct World {
    time: Time,
    live: Site,
    test: Site,
}

/// What came of one thing that fell due.
#[derive(Debug)]
pub enum Step {
    /// It is done.
    Quiet,
    /// A webhook is to be carried; [`World::arrived`] hears of it.
    Send(Environment, Parcel),
}

impl World {
    /// A world in which nothing has happened yet.
    pub fn new(start: Timestamp, seed: u64, live: Credentials, test: Credentials) -> Self {
        Self {
            time: Time::new(start),
            live: Site::new(Environment::Live, live, seed, start),
            test: Site::new(Environment::Test, test, seed, start),
        }
    }

    /// What the virtual clock says.
    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// An environment.
    pub fn site(&self, environment: Environment) -> &Site {
        match environment {
            Environment::Live => &self.live,
            Environment::Test => &self.test,
        }
    }

    /// An environment and the clock, to be changed.
    pub fn parts(&mut self, environment: Environment) -> (&mut Time, &mut Site) {
        match environment {
            Environment::Live => (&mut self.time, &mut self.live),
            Environment::Test => (&mut self.time, &mut self.test),
        }
    }

    /// Turns a switch on or off.
    pub fn switch(&mut self, setting: &Setting, on: bool) {
        for environment in [Environment::Live, Environment::Test] {
            if setting.concerns(environment) {
                self.parts(environment).1.switches.set(setting, on);
            }
        }
    }

    /// When the next thing falls due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.time.next_due()
    }

    /// Lets the first thing that falls due until then happen, and moves the clock to it; moves the
    /// clock to the end when there is none.
    pub fn step(&mut self, until: Timestamp) -> Option<Step> {
        let Due { environment, what } = self.time.take(until)?;
        let (time, site) = self.parts(environment);
        match what {
            What::Settle(payment) => site.settle(time, &payment),
            What::PageEnds(id) => site.page_ends(time, &id),
            What::RefundEnds(refund) => site.refund_ends(time, &refund),
            What::Renewal { subscription, attempt } => site.renew(time, &subscription, attempt),
            What::GivesUp(delivery) => site.post.gives_up(delivery),
            What::Attempt(delivery) => {
                let parcel = site.parcel(time, delivery);
                return Some(parcel.map_or(Step::Quiet, |it| Step::Send(environment, it)));
            }
        }
        Some(Step::Quiet)
    }

    /// Hears what came of a webhook that was to be carried.
    pub fn arrived(&mut self, environment: Environment, delivery: usize, arrival: Arrival) {
        let (time, site) = self.parts(environment);
        site.arrived(time, delivery, arrival);
    }
}
