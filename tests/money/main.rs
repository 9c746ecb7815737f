//! How real money is confirmed and shown: the dialogs before it moves, the ledger while it is out,
//! the page that asks for a card, the commands.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]
#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test says what is missing")]

#[path = "../stage/mod.rs"]
#[expect(dead_code, reason = "the tests of the screen use the rest")]
mod stage;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the tests of the command line use the rest")]
mod support;

mod command;
mod confirm;
mod ledger;
mod page;
mod perform;
mod scanner;
mod scene;
