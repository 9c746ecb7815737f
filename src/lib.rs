//! golive: a terminal runbook that takes a merchant live on MintCash.
//!
//! ```text
//! runbook.yaml ─┐                                  ┌─> ui (full screen)   ─┐
//! golive.yaml ──┼─> Launch = fold(runbook, journal)┼─> plain (line by line)├─> Action ─> update ─> Effect ─┐
//! journal ──────┘            ▲                     └─> cli (headless)     ─┘                               │
//!                            │                                                                             ▼
//!                            └──────────── record appended, fsynced <── runtime performs: checks, saves ───┘
//! ```
//!
//! Start reading at [`launch`] (what a launch is), then [`app`] (what a key does), then
//! [`checks`] (what a program finds out). `ARCHITECTURE.md` has the rules.

pub mod app;
pub mod checks;
pub mod cli;
pub mod config;
pub mod demo;
pub mod digest;
pub mod events;
pub mod failure;
pub mod https;
pub mod journal;
pub mod keys;
pub mod launch;
pub mod listen;
pub mod mintcash;
pub mod plain;
pub mod process;
pub mod qr;
pub mod report;
pub mod runbook;
pub mod runtime;
pub mod scan;
pub mod secrets;
pub mod text;
pub mod time;
pub mod twin;
pub mod ui;
pub mod week;
