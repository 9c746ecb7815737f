//! Puts the terminal into the state that the full screen needs, and back, on every way out.
//!
//! Used by `runtime::display` (normal ways), `runtime::panic` (a crash) and, through them, by
//! signals. The rule: [`leave`] undoes everything that [`enter`] or [`mouse`] may have switched
//! on, may be called at any time, any number of times, from any thread, and never fails. Nothing
//! here asks the terminal anything, because answers would arrive as key presses.

use std::io::{self, IsTerminal as _, Write as _, stdin, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::{Print, ResetColor};
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};

use crate::failure::{Failure, FailureKind};

/// Asks the terminal to keep its title aside (XTWINOPS); unknown to some, harmless to all.
const KEEP_TITLE: &str = "\x1b[22;2t";

/// Asks the terminal for the title that it kept.
const OLD_TITLE: &str = "\x1b[23;2t";

/// Whether the terminal is in our hands.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Checks that there is a terminal to draw on.
///
/// # Errors
/// When there is none; says what to use instead.
pub fn require() -> Result<(), Failure> {
    let lacking = if !stdin().is_terminal() {
        "the keyboard (standard input) is not a terminal"
    } else if !stdout().is_terminal() {
        "standard output is not a terminal"
    } else if matches!(std::env::var("TERM").as_deref(), Ok("dumb")) {
        "this terminal can not move its cursor (TERM=dumb)"
    } else {
        return Ok(());
    };
    Err(Failure::new(FailureKind::Usage, format!("the full screen can not open: {lacking}"))
        .hint("walk the launch line by line with `golive --plain`")
        .hint("or see where it stands with `golive status`"))
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, hidden cursor, our title.
///
/// # Errors
/// When the terminal does not let itself be taken; it is then as it was.
pub fn enter() -> io::Result<()> {
    ENTERED.store(true, Ordering::SeqCst);
    let entered = enable_raw_mode().and_then(|()| {
        execute!(
            stdout(),
            Print(KEEP_TITLE),
            SetTitle("golive"),
            EnterAlternateScreen,
            EnableBracketedPaste,
            Hide
        )
    });
    if entered.is_err() {
        leave();
    }
    entered
}

/// Gives the terminal back as it was. Best effort: a terminal that is gone is no error here.
pub fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout();
    let _gone = queue!(
        out,
        EndSynchronizedUpdate,
        ResetColor,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Print(OLD_TITLE),
        Show
    );
    let _gone = out.flush();
    let _gone = disable_raw_mode();
}

/// Switches mouse reporting.
///
/// # Errors
/// When the terminal can not be written to.
pub fn mouse(on: bool) -> io::Result<()> {
    if on {
        execute!(stdout(), EnableMouseCapture)
    } else {
        execute!(stdout(), DisableMouseCapture)
    }
}

/// Leaves the terminal when it goes out of scope, also while a panic unwinds.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When the terminal does not let itself be taken.
    pub fn enter() -> io::Result<Self> {
        enter().map(|()| Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}
