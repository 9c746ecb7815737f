//! The interactive core: model, messages, update, effects. Pure: no terminal, no clock, no I/O.
//!
//! ```text
//! Key, Entries, Now, … ──> Msg ──> update(&mut Model, Msg) ──> Vec<Effect> ──> runtime::perform
//!                                     │                                             │
//!                           ui::draw(&Model) ──> Layout ──> Model::laid_out         └──> Msg
//! ```
//!
//! To know what a key does, read `update/key.rs`; what a dialog does, its file in [`dialog`].

pub mod current;
pub mod demo;
pub mod dialog;
pub mod effect;
pub mod layout;
pub mod model;
pub mod msg;
pub mod page;
pub mod query;
pub mod screen;
pub mod update;
pub mod week;
pub mod work;

pub use layout::Layout;
pub use model::{Model, Opening};
pub use update::update;
