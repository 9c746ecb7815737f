//! Secrets from a program: its standard output is the value.
//!
//! In the background as it is, it can not read the terminal: it is killed when it takes too long.

use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::process::{self, Ended, Leftovers, Limits, NotEnded};
use crate::secrets::resolve::{Reason, without_line_end};
use crate::secrets::{Redactor, Secret};
use crate::text::Untrusted;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much it may write, in bytes.
const LONGEST: usize = 64 * 1024;

/// How much of what it says on standard error is shown, in characters.
const ERROR_SHOWN: usize = 300;

/// Runs the program in `base` and returns what it printed.
pub(super) async fn run(
    argv: &[String],
    base: &Path,
    redactor: &Redactor,
) -> Result<String, Reason> {
    run_within(argv, base, redactor, PATIENCE).await
}

pub(super) async fn run_within(
    argv: &[String],
    base: &Path,
    redactor: &Redactor,
    time: Duration,
) -> Result<String, Reason> {
    if argv.is_empty() {
        return Err(Reason::new("the command is empty"));
    }
    let limits = Limits { time, output: LONGEST, leftovers: Leftovers::Leave };
    match process::run(argv, base, limits, &CancellationToken::new()).await {
        Ok(ended) => conclude(&ended, redactor),
        Err(error) => Err(explain(&error)),
    }
}

fn explain(error: &NotEnded) -> Reason {
    let reason = Reason::new(error.to_string());
    match error {
        NotEnded::Start(_) => reason.hint("Check that the program is installed and in PATH"),
        NotEnded::Time(_) => reason.hint(
            "It has no terminal and can not ask: unlock or sign in to its secrets manager first",
        ),
        _ => reason,
    }
}

fn conclude(ended: &Ended, redactor: &Redactor) -> Result<String, Reason> {
    let output = &ended.stdout;
    if ended.code == Some(0) {
        if ended.cut {
            return Err(Reason::new("printed more than 64 KiB, too much for a secret"));
        }
        return String::from_utf8(output.clone())
            .map(without_line_end)
            .map_err(|_| Reason::new("printed something that is not UTF-8"));
    }
    // What it printed before it failed may be the secret, and its complaint may quote it.
    for line in String::from_utf8_lossy(output).lines() {
        redactor.register(&Secret::new(line.trim().to_owned()));
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = Untrusted::new(redactor.clean(said.trim())).line(ERROR_SHOWN);
    let how = match ended.code {
        Some(code) => format!("ended with exit code {code}"),
        None => "was killed by a signal".to_owned(),
    };
    Err(Reason::new(if said.is_empty() { how } else { format!("{how}: {said}") }))
}
