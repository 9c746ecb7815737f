//! Robust statistics: when is something surely more than usual, and since when.
//!
//! Used by the boards of deliveries and failed payments. The rule it keeps: nothing here knows a
//! fixed rate; everything is held against what was usual before, and small numbers say nothing.

pub mod quantile;
pub mod surge;
pub mod tail;

pub use quantile::quantile;
pub use surge::{Alternative, Model, Surge, Trial, surges};
pub use tail::surely_above;
