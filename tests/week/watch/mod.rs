//! `golive watch` without a screen: what it prints, records, alerts and serves.
//!
//! The logs are those of made-up weeks in which the handler answers 500 for some hours; the
//! program is the real one, as are those that it is held against: Python's HTTP server, a shell,
//! promtool and Prometheus.

mod alerts;
mod follow;
mod once;
pub mod shop;
