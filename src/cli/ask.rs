//! Questions on the terminal, for the commands that need an answer.
//!
//! Only where somebody is there ([`Console::may_ask`]); otherwise the caller says which flag gives
//! the answer. What was typed before the question was shown does not answer it.

use std::io::BufRead as _;

use crate::cli::console::Console;
use crate::failure::{Failure, FailureKind};
use crate::secrets::Secret;
use crate::secrets::resolve;

/// The longest answer that is taken, in bytes.
const LONGEST: usize = 4096;

/// Asks for one line; empty when only Enter was pressed.
///
/// # Errors
/// When the input ends before the answer does.
pub fn line(console: &mut Console, question: &str) -> Result<String, Failure> {
    drop_typed_ahead();
    console.ask(question);
    let mut answer = Vec::new();
    let read = std::io::stdin().lock().read_until(b'\n', &mut answer);
    if read.map_or(true, |read| read == 0) {
        console.tell("");
        return Err(interrupted());
    }
    if answer.len() > LONGEST {
        return Err(Failure::new(FailureKind::Usage, "the answer is too long"));
    }
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}

/// Asks for a secret, without echo.
///
/// # Errors
/// When the input ends, or the value can not be a secret.
pub fn secret(console: &mut Console, question: &str) -> Result<Secret, Failure> {
    drop_typed_ahead();
    console.ask(question);
    let typed = rpassword::read_password().map_err(|_| interrupted())?;
    resolve::typed(typed).map_err(|error| Failure::new(FailureKind::Usage, error.reason.clone()))
}

fn interrupted() -> Failure {
    Failure::new(FailureKind::Interrupted, "the input ended; nothing was recorded")
}

/// Throws away what was typed before the question could be read.
fn drop_typed_ahead() {
    #[cfg(unix)]
    {
        use rustix::termios::{QueueSelector, tcflush};
        // Not a terminal: nothing to throw away.
        let _ = tcflush(std::io::stdin(), QueueSelector::IFlush);
    }
}
