//! Prints the catalogue of faults.

use serde_json::json;

use crate::cli::console::Console;
use crate::cli::paint::{Tone, pad};
use crate::demo::catalogue;

/// Prints it.
pub fn print(console: &mut Console) {
    if console.is_json() {
        let faults = catalogue::all().map(|fault| {
            json!({
                "name": fault.name,
                "about": fault.about,
                "changes": fault.change.place(),
                "step": fault.step,
                "check": fault.check,
                "caught": fault.caught,
                "minds": fault.minds,
            })
        });
        let document = json!({
            "schema": "golive.faults/1",
            "faults": faults.collect::<Vec<_>>(),
        });
        return console.document(&document);
    }
    let paint = console.paint;
    let widest = catalogue::all().map(|fault| fault.name.len()).max().unwrap_or_default();
    let mut step = "";
    for fault in catalogue::all() {
        if fault.step != step {
            step = fault.step;
            console.say(paint.tone(Tone::Strong, step));
        }
        let name = pad(fault.name, widest);
        console.prose(format!("  {name}  {}", fault.about), widest + 4);
        let by = format!("{}: {} {}", fault.change.place(), fault.check, fault.caught.word());
        let by = paint.tone(Tone::Quiet, by);
        console.say(format!("  {}  {by}", pad("", widest)));
    }
}
