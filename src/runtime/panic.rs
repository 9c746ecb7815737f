//! What happens when golive itself breaks while the full screen is open.
//!
//! A panic of the thread that draws gives the terminal back and then says what broke, what is
//! safe and how to go on. A panic anywhere else leaves the screen alone: the walk goes on, and the
//! loop tells the operator. Nothing exits here, so that destructors run and a running append
//! finishes. Every text passes the redactor.

use std::backtrace::Backtrace;
use std::io::Write as _;
use std::panic::{PanicHookInfo, set_hook};
use std::path::{Path, PathBuf};
use std::thread::{self, ThreadId};

use tokio::sync::mpsc;

use crate::app::msg::Msg;
use crate::runtime::terminal;
use crate::secrets::Redactor;
use crate::text::visible;

/// How much of a panic's text is shown on the screen, in characters.
const LIMIT: usize = 400;

/// The hook, in force until this is dropped.
#[derive(Debug)]
pub struct Hook(());

impl Hook {
    /// Puts the hook in force for a screen that is drawn by the calling thread.
    #[must_use]
    pub fn install(journal: PathBuf, to: mpsc::Sender<Msg>) -> Self {
        let drawer = thread::current().id();
        set_hook(Box::new(move |info| broke(info, drawer, &journal, &to)));
        Self(())
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        // Changing the hook while unwinding is itself a panic.
        if !thread::panicking() {
            crate::secrets::panic::install();
        }
    }
}

fn broke(info: &PanicHookInfo<'_>, drawer: ThreadId, journal: &Path, to: &mpsc::Sender<Msg>) {
    if thread::current().id() != drawer {
        let what = Redactor::shared().clean(&info.to_string()).into_owned();
        let what = visible(&what.replace('\n', " "), LIMIT);
        // A full queue means that the loop has worse to show; never wait inside a hook.
        let _full = to.try_send(Msg::Trouble(format!("a part of golive broke: {what}")));
        return;
    }
    terminal::leave();
    let mut said = crate::secrets::panic::message(info, &Backtrace::capture(), Redactor::shared());
    said.push_str("The journal: ");
    said.push_str(&visible(&journal.display().to_string(), 4_096));
    said.push('\n');
    let _gone = std::io::stderr().write_all(said.as_bytes());
}

/// Breaks here when `GOLIVE_TEST_PANIC` names this place, so that tests can see what a defect does
/// to the terminal. Builds without debug assertions never do.
#[expect(clippy::panic, reason = "breaking is what it is for")]
pub(crate) fn provoke(place: &str) {
    if cfg!(debug_assertions) && std::env::var("GOLIVE_TEST_PANIC").as_deref() == Ok(place) {
        panic!("asked to break in {place}");
    }
}
