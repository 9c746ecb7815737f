//! The interactive core: model, messages, update, effects. Pure: no terminal, no clock, no I/O.

pub mod effect;
pub mod msg;
