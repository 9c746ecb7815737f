//! `golive launches`: the launches that have a journal on this machine.

use serde_json::json;

use crate::cli::args::Global;
use crate::cli::console::Console;
use crate::cli::open;
use crate::cli::paint::{Tone, pad, widest};
use crate::cli::record::head_json;
use crate::config;
use crate::failure::Failure;
use crate::journal::{Access, Head, Journal, JournalError};
use crate::text::visible;
use crate::time::Timestamp;

/// Runs the command.
///
/// # Errors
/// When there is no current folder.
pub fn run(console: &mut Console, global: &Global) -> Result<(), Failure> {
    let root = open::sources(global)?.state_dir;
    let found = root.as_deref().map(config::launches).unwrap_or_default();
    let found: Vec<_> = found.into_iter().map(|launch| (head(&launch.state), launch)).collect();
    if console.is_json() {
        let launches = found.iter().map(|(head, launch)| {
            json!({
                "name": launch.name,
                "state": launch.state,
                "changed": launch.changed,
                "head": head.as_ref().ok().map(head_json),
                "problem": head.as_ref().err().map(ToString::to_string),
            })
        });
        console.document(&json!({
            "schema": "golive.launches/1",
            "launches": launches.collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    if found.is_empty() {
        let place = root.map_or_else(String::new, |root| format!(" below {}", root.display()));
        console.tell(format!("there is no launch{place}"));
    }
    let names = widest(found.iter().map(|(_, launch)| launch.name.as_str()));
    let paint = console.paint;
    for (head, launch) in found {
        let changed = launch.changed.map_or_else(String::new, Timestamp::minute);
        let says = match head {
            Ok(head) => format!("{} records", head.seq),
            Err(error) => paint.tone(Tone::Bad, visible(&error.to_string(), 300)),
        };
        let state = paint.tone(Tone::Quiet, launch.state.display().to_string());
        console.say(format!(
            "{}  {}  {says}  {state}",
            pad(&launch.name, names),
            pad(&changed, 20)
        ));
    }
    Ok(())
}

fn head(state: &std::path::Path) -> Result<Head, JournalError> {
    let mut journal = Journal::open(state, Access::Read)?;
    journal.read_new()?;
    Ok(journal.head())
}
