//! The lines that must not be crossed, each of which a merchant can move: `watch.limits` in
//! `golive.yaml`.
//!
//! MintCash documents no such limits; the defaults are golive's own. Whether a failure code grew
//! has no limit here: each is held against its own history.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The limits in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The least share of deliveries that are answered 2xx within 10 s, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub delivered_percent: f64,
    /// The least share of events that are delivered at the first try, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub first_try_percent: f64,
    /// The most subscriptions that may be lost at the end of their retries, in percent of those
    /// that were past due.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub lost_percent: f64,
    /// The most errors that may have no partner on the other side, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub unmatched_percent: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            delivered_percent: 99.0,
            first_try_percent: 95.0,
            lost_percent: 50.0,
            unmatched_percent: 10.0,
        }
    }
}

/// MintCash tries so often to deliver an event: after no time, 30 s, 2 min, 10 min, 1 h and 6 h,
/// each from the try before (mintcash-contract.md section 9; whether from the try before or from
/// the first is not known).
pub const RETRIES: [Duration; 6] = [
    Duration::ZERO,
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
];

/// MintCash gives up on an event this long after the first try.
pub const GIVES_UP: Duration = Duration::from_secs(24 * 3600);
