//! Correctly signed events that are answered too late for MintCash, or nearly.
//!
//! Several probes are under way at once, so that a late answer may be the fault of the others. One
//! that was late while it was alone is not.

use crate::checks::webhook::diagnosis::{Cause, Situation};
use crate::checks::webhook::matrix::{GENUINE, RAW_BODY};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::{Finding, Level};
use crate::time::spoken;

const QUEUE: &str = "Put the event into a queue and answer 2xx at once; do the work afterwards.";

/// How late the answers are, if they are.
pub(super) fn cause(transcript: &Transcript, situation: &Situation) -> Option<Cause> {
    let asked = |row: &&Row| !matches!(row.verdict(), Verdict::NotSent);
    let again = transcript.row("genuine-again").into_iter();
    let signed = transcript.family(&GENUINE).chain(transcript.family(&RAW_BODY)).chain(again);
    let rows: Vec<_> = signed.filter(asked).collect();
    let late = |row: &&&Row| transcript.is_late(row);
    if let Some(row) = rows.iter().filter(late).find(|row| row.alone) {
        let message = format!(
            "A correctly signed event is answered after {}. MintCash stops waiting at {} and sends \
             it again.",
            spoken(row.took),
            spoken(transcript.limit)
        );
        let finding = Finding::new(Level::Blocking, message).at(row.place()).hint(QUEUE);
        return Some(Cause::new("slow", finding));
    }
    if let Some(row) = rows.iter().find(late) {
        let message = format!(
            "A correctly signed event is answered after {} while others are under way. MintCash \
             stops waiting at {} and sends it again.",
            spoken(row.took),
            spoken(transcript.limit)
        );
        let finding = Finding::new(Level::Advisory, message).at(row.place()).hint(QUEUE);
        return Some(Cause::new("slow-under-load", finding));
    }
    let row = rows.iter().max_by_key(|row| row.took)?;
    (row.answer().is_some() && row.took >= situation.near).then(|| {
        let message = format!(
            "A correctly signed event is answered after {}, close to the {} that MintCash waits.",
            spoken(row.took),
            spoken(transcript.limit)
        );
        let finding = Finding::new(Level::Advisory, message).at(row.place()).hint(QUEUE);
        Cause::new("nearly-slow", finding)
    })
}
