//! Logs of webhooks and requests: finding them, reading them on all cores, understanding a line.
//!
//! Called by the check `external-id-log`, and by whatever else asks a log. [`source::find`] turns
//! patterns into files, [`blocks::read`] hands every line of them to one reader per core, and
//! [`record::read`] says what a line is: an event, a request, or neither. [`spill`] keeps what is
//! learned from more lines than fit into memory.
//!
//! The rules it keeps: memory does not grow with the log; every line has a place (file, offset,
//! line number) by which it can be found again; what could not be read or understood is counted
//! and said, and never stops the rest.

pub mod amount;
pub mod blocks;
pub mod feed;
pub mod fields;
pub mod json;
pub mod mask;
pub mod members;
pub mod own_shape;
pub mod quote;
pub mod received;
pub mod record;
pub mod sample;
mod schedule;
pub mod shape;
pub mod source;
pub mod spill;
pub mod target;
pub mod told;
