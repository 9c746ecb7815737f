//! Where the twin meets the world: listeners, deliveries, real time.
//!
//! Everything here hands what comes in to `world` and carries out what it says.

pub mod api;
mod board;
pub mod control;
pub mod courier;
pub mod engine;
mod hosted;
mod html;
pub mod listen;
