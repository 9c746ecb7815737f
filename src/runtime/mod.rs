//! Event loop, effect runner, input thread, terminal guard, clock, and the workspace that all
//! faces share.

pub mod actor;
pub mod clock;
pub mod run;
pub mod workspace;
pub mod world;
