//! The first week: what the merchant's own logs say of deliveries, failed payments, subscriptions
//! and errors. Pure.
//!
//! ```text
//! events::feed ─ stories, hits, troubles ─> Boards ─ picture(now, window) ─> Picture
//!                                            delivery, failures,              four panels and
//!                                            churn, correlation               one sentence
//! ```
//!
//! Fed by `events::feed`; the picture is what the screen draws, what `golive watch --once` prints,
//! what the metrics export and what the four checks judge by. The rules it keeps: memory is
//! bounded, whatever the logs hold; the order in which lines come changes nothing; no text of a
//! log stands here except the names of events and codes, everything else is a hash and a place
//! where it can be read again.

pub mod boards;
pub mod churn;
pub mod correlation;
pub mod days;
pub mod delivery;
pub mod failures;
pub mod limits;
pub mod newest;
pub mod panel;
pub mod picture;
pub mod prose;
mod sentence;
pub mod sight;
pub mod stats;
pub mod story;
pub mod support;
#[cfg(test)]
pub(crate) mod testing;
pub mod when;
pub mod window;
pub mod word;

pub use boards::Boards;
pub use limits::Limits;
pub use panel::Panel;
pub use picture::Picture;
pub use sight::{Pass, Sight};
pub use story::{Answer, Attempt, Hit, Key, Side, Spot, Story, Trouble};
pub use window::{Look, Span, Window};
pub use word::{Word, Words};
