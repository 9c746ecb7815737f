//! `golive waive STEP`: goes on without a step, in one's own name.

use std::time::Duration;

use crate::cli::args::Waive;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{record, signer, steps};
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::text::visible;
use crate::time::Timestamp;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Waive) -> Result<(), Failure> {
    let step = steps::step(&opened.runbook, &args.step)?.id.clone();
    let reason = reason(&args.reason)?;
    let now = opened.workspace.clock().now();
    let expires = args.expires.as_deref().map(|text| moment(text, now)).transpose()?;
    let by = signer::who_signs(console, &opened.config)?;
    let until = expires.map_or_else(String::new, |end| format!(" until {}", end.minute()));
    let said = format!("{step} waived by {}{until}: {}", by.name, visible(&reason, 400));
    let command = Command::Waive { step: step.clone(), reason, expires };
    record::submit(console, &mut opened, &by, &command, Some(&step), &said)
}

/// A reason that says something.
///
/// # Errors
/// When it is empty.
pub fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::new(FailureKind::Usage, "the reason is empty")
            .hint("Whoever reads the journal later has only this sentence"));
    }
    Ok(text.to_owned())
}

/// The end of a waiver: a moment after now, from a date, a date and time, or a span.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let end = span(text)
        .map(|span| now.plus(span))
        .or_else(|| Timestamp::parse(text).ok())
        .or_else(|| Timestamp::parse(&format!("{text}T23:59:59Z")).ok());
    let Some(end) = end else {
        let says = format!("--expires `{}` is no moment", visible(text, 80));
        return Err(Failure::new(FailureKind::Usage, says)
            .hint("Write 2026-12-24, 2026-12-24T12:00:00Z, 12h or 3d"));
    };
    if end <= now {
        let says = format!("--expires {} is over already", end.minute());
        return Err(Failure::new(FailureKind::Usage, says));
    }
    Ok(end)
}

/// `30m`, `12h`, `3d`, `2w`.
fn span(text: &str) -> Option<Duration> {
    let unit = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number: u64 = text.get(..text.len() - 1)?.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(unit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap();
        moment(text, now).map(|end| end.to_string()).map_err(|failure| failure.message)
    }

    #[test]
    fn a_waiver_ends_after_a_span_at_a_moment_or_at_the_end_of_a_day() {
        assert_eq!(read("3d").unwrap(), "2026-11-26T18:00:00.000Z");
        assert_eq!(read("90m").unwrap(), "2026-11-23T19:30:00.000Z");
        assert_eq!(read("2026-12-24").unwrap(), "2026-12-24T23:59:59.000Z");
        assert_eq!(read("2026-12-24T12:00:00+01:00").unwrap(), "2026-12-24T11:00:00.000Z");
    }

    #[test]
    fn a_waiver_does_not_end_in_the_past_or_never() {
        for text in ["2026-11-22", "0d", "soon", "d", "-3d", "99999999999999999999d", "é"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
