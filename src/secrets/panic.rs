//! What a defect says on its way out: a message without secrets.
//!
//! `main` installs the hook; the terminal's guard puts its own before it, which restores the
//! screen and then calls this one.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::PanicHookInfo;

use crate::secrets::Redactor;

/// Replaces the default panic hook by one that redacts.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let message = message(info, &Backtrace::capture(), Redactor::shared());
        // The stream may be gone; there is nobody left to tell.
        let _ = std::io::stderr().write_all(message.as_bytes());
    }));
}

/// The text of a panic: what, where, what to do, and the backtrace when `RUST_BACKTRACE` asks for
/// one.
#[must_use]
pub fn message(info: &PanicHookInfo<'_>, backtrace: &Backtrace, redactor: &Redactor) -> String {
    let payload = info.payload();
    let said = payload.downcast_ref::<&str>().copied();
    let said = said.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("no message");
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    let mut text = format!("golive stopped because of a defect{place}:\n  {said}\n");
    text.push_str(
        "What was shown as saved is on disk; start golive again to go on where it stood.\n",
    );
    if backtrace.status() == BacktraceStatus::Captured {
        text.push_str(&backtrace.to_string());
    }
    redactor.clean(&text).into_owned()
}
