//! `golive journal verify` and `golive journal repair`: prove the chain; mend it when told to.

use std::path::Path;

use serde_json::json;

use crate::cli::args;
use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::cli::record::{head_json, head_line};
use crate::cli::signer;
use crate::config::Config;
use crate::failure::{Failure, FailureKind, exit};
use crate::journal::{self, Access, Journal, JournalError};
use crate::runtime::clock::{Clock as _, SystemClock};

/// Runs the command.
///
/// # Errors
/// When the journal can not be read, or a repair is refused.
pub fn run(console: &mut Console, config: &Config, args: &args::Journal) -> Result<u8, Failure> {
    match args {
        args::Journal::Verify { expect_head } => {
            verify(console, &config.state, expect_head.as_deref())
        }
        args::Journal::Repair { from } => repair(console, config, *from),
    }
}

/// 0 when everything is so; 6 when the journal can not be used; 1 when it can, but something that
/// was expected is not so.
fn verify(console: &mut Console, path: &Path, expect: Option<&str>) -> Result<u8, Failure> {
    let report = journal::verify(path, expect).map_err(|error| unusable(&error))?;
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.journal/1",
            "path": path,
            "sound": report.is_sound(),
            "records": report.records(),
            "head": head_json(&report.head),
            "journal": report.journal,
            "launch": report.launch,
            "expectedAt": report.expected_at,
            "unknownRecords": report.unknown,
            "problems": report.problems,
        }));
    } else {
        console.say(report.to_string());
    }
    if report.is_sound() {
        return Ok(exit::OK);
    }
    let opened = Journal::open(path, Access::Read).and_then(|mut journal| journal.read_new());
    Ok(if opened.is_err() { exit::STATE } else { exit::FAILED })
}

fn repair(console: &mut Console, config: &Config, from: u64) -> Result<u8, Failure> {
    let by = signer::who_signs(console, config)?;
    let done = journal::repair(&config.state, from, &by, SystemClock.now())
        .map_err(|error| unusable(&error))?;
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.repair/1",
            "kept": done.kept,
            "droppedBytes": done.dropped,
            "old": done.old,
            "head": head_json(&done.head),
        }));
        return Ok(exit::OK);
    }
    let paint = console.paint;
    console.say(format!(
        "{} kept {} records, dropped {} bytes; the old file is {}",
        paint.tone(Tone::Good, "✓"),
        done.kept,
        done.dropped,
        done.old.display()
    ));
    console.say(format!("  journal head {}", head_line(&done.head)));
    Ok(exit::OK)
}

fn unusable(error: &JournalError) -> Failure {
    let failure = Failure::new(FailureKind::State, "the journal of this launch can not be used")
        .because(error);
    match error {
        JournalError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            failure.hint("Nothing is recorded yet, or --state or --launch names another place")
        }
        _ => failure,
    }
}
