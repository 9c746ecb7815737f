//! Event loop, effect runner, input thread, terminal guard, clock, and the workspace that all
//! faces share.

pub mod actor;
pub mod alert;
pub mod clock;
pub mod crossings;
pub mod display;
pub mod event_loop;
pub mod fetch;
pub mod first_week;
pub mod glance;
pub mod guest;
pub mod input;
pub mod journal_task;
mod keeper;
pub mod living;
pub mod lookup;
pub mod metrics;
pub mod news;
pub mod panic;
pub mod perform;
pub mod report_file;
pub mod run;
pub mod screen;
pub mod sightings;
pub mod signals;
pub mod terminal;
pub mod watchdog;
pub mod watcher;
pub mod workspace;
pub mod world;
