//! The full screen: puts terminal, signals, keyboard, core and event loop together.
//!
//! Called by `cli` for `golive`. Returns when the operator quits; when a signal ended the walk, the
//! process dies of that signal once everything is in order.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ratatui::Frame;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::{Model, Opening, update};
use crate::config::ThemeName;
use crate::failure::{Failure, FailureKind, exit};
use crate::runtime::clock::Clock;
use crate::runtime::display::{Display as _, Tty};
use crate::runtime::event_loop::{Core, Ended, EventLoop, Sources};
use crate::runtime::guest::Host;
use crate::runtime::input::Input;
use crate::runtime::panic::Hook;
use crate::runtime::perform::Performer;
use crate::runtime::signals::{self, LastResort};
use crate::runtime::workspace::{SharedWorkspace, Workspace, lock};
use crate::runtime::{terminal, watchdog};
use crate::time::Timestamp;
use crate::ui;
use crate::week::Span;

/// How many messages may wait for the loop.
const QUEUE: usize = 256;

/// How many signals may wait for the loop.
const SIGNALS: usize = 16;

/// How long work that nobody waits for any more may hold up the end.
const LEFTOVER: Duration = Duration::from_secs(1);

/// How the screen is to open.
#[derive(Clone, Default)]
pub struct How {
    /// Leave colour out, whatever the theme.
    pub mono: bool,
    /// On the first week, with so much time in view.
    pub week: Option<Span>,
    /// As the guest of a demo.
    pub host: Option<Arc<dyn Host>>,
}

/// Walks the launch on the full screen.
///
/// # Errors
/// When there is no terminal, or it can not be used.
pub fn run(workspace: Workspace, how: How) -> Result<u8, Failure> {
    Ok(leave(show(workspace, how)?))
}

/// The same; says how it ended and does not end the process, so that a demo can be cleared away
/// before [`leave`].
///
/// # Errors
/// When there is no terminal, or it can not be used.
pub fn show(workspace: Workspace, how: How) -> Result<Ended, Failure> {
    terminal::require()?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime: Runtime = runtime.map_err(|error| unusable(&error))?;
    let workspace = Arc::new(Mutex::new(workspace));
    let ended = runtime.block_on(walk(workspace, how));
    // Everything that was acknowledged is on disk; a scan that does not listen is left behind.
    runtime.shutdown_timeout(LEFTOVER);
    ended.map_err(|error| unusable(&error))
}

/// The exit code after a walk; where a signal has ended it, the process dies of that.
#[must_use]
pub fn leave(ended: Ended) -> u8 {
    match ended {
        Ended::Quit => exit::OK,
        Ended::By(cause) => {
            signals::end_by(cause);
            exit::INTERRUPTED
        }
    }
}

fn unusable(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Other, "the full screen can not be used here")
        .because(error)
        .hint("walk the launch line by line with `golive --plain`")
}

async fn walk(workspace: SharedWorkspace, how: How) -> io::Result<Ended> {
    let (to_loop, messages) = mpsc::channel(QUEUE);
    let (happen, happenings) = mpsc::channel(SIGNALS);
    let (journal, clock): (PathBuf, Arc<dyn Clock>) = {
        let workspace = lock(&workspace);
        (workspace.config.state.clone(), Arc::clone(workspace.clock()))
    };
    let last_resort = LastResort::stand_by()?;
    signals::listen(&happen, &last_resort)?;
    let mut display = Tty::open()?;
    let _hook = Hook::install(journal, to_loop.clone());
    let mut opening = opening(&workspace, how.mono, &display)?;
    opening.demo = how.host.as_ref().map(|host| host.view());
    opening.week = how.week;
    if opening.screen.mouse {
        display.mouse(true)?;
    }
    let core = Screen(Model::new(opening));
    let input = Input::start(to_loop.clone())?;
    watchdog::start(happen, last_resort)?;
    let performer = Performer::new(workspace, to_loop).with_host(how.host);
    let sources = Sources { messages, happenings, input: Some(input) };
    Ok(EventLoop::new(core, display, performer, clock).run(sources).await)
}

fn opening(workspace: &SharedWorkspace, mono: bool, display: &Tty) -> io::Result<Opening> {
    let size = display.size()?;
    let workspace = lock(workspace);
    let config = &workspace.config;
    let mut screen = config.screen;
    if mono {
        screen.theme = ThemeName::Mono;
    }
    Ok(Opening {
        launch: workspace.launch().clone(),
        name: config.launch.clone(),
        world: workspace.world().clone(),
        now: workspace.clock().now(),
        people: config.people.clone(),
        signer: config.signer.clone(),
        screen,
        read_only: workspace.read_only().map(str::to_owned),
        size: (size.width, size.height),
        demo: None,
        week: None,
    })
}

/// The core with its view.
struct Screen(Model);

impl Core for Screen {
    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.0, msg)
    }

    fn draw(&mut self, frame: &mut Frame<'_>) {
        let layout = ui::draw(&self.0, frame);
        self.0.laid_out(layout);
    }

    fn wakes_at(&self) -> Option<Timestamp> {
        self.0.wakes_at()
    }
}
