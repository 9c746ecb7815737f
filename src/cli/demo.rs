//! `golive demo`: the whole walk against a merchant and a MintCash that are simulated on loopback.
//!
//! ```text
//! --list-faults ─> the catalogue
//! --check ───────> a simulated operator walks; the document of `verify`; fault → caught by
//! else ──────────> the card that says what is simulated ─> the screen, or --plain
//! ```

mod check;
mod list;

use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::cli::args::{Demo as Args, Global};
use crate::cli::console::Console;
use crate::config::Flags;
use crate::demo::{Demo, Options, catalogue};
use crate::failure::{Failure, FailureKind, exit};
use crate::runtime::event_loop::Ended;
use crate::runtime::guest::Host;
use crate::runtime::screen::How;
use crate::runtime::terminal;
use crate::{plain, runtime};

/// Runs the command.
///
/// # Errors
/// When a fault is not known, there is no terminal, or the demo can not be started.
pub fn run(console: &mut Console, global: &Global, args: &Args) -> Result<u8, Failure> {
    if args.list_faults {
        list::print(console);
        return Ok(exit::OK);
    }
    for name in &args.fault {
        known(name)?;
    }
    if !args.check {
        usable(global)?;
    }
    let runtime = Runtime::new().map_err(|error| {
        Failure::new(FailureKind::Other, "could not start the runtime").because(&error)
    })?;
    let options = Options { folder: args.folder.clone(), ..Options::default() };
    let demo = Arc::new(runtime.block_on(Demo::start(&options))?);
    let ended = runtime.block_on(switch_on(&demo, &args.fault)).and_then(|()| {
        if args.check {
            runtime.block_on(check::run(console, &demo, args)).map(Left::With)
        } else {
            walk(console, global, &runtime, &demo)
        }
    });
    let folder = (!demo.is_temporary()).then(|| demo.folder().to_owned());
    if let Some(demo) = Arc::into_inner(demo) {
        runtime.block_on(demo.stop());
    }
    runtime.shutdown_background();
    if let Some(folder) = folder {
        console.tell(format!("The demo's folder is kept: {}", folder.display()));
    }
    // Only now that everything is cleared away may a signal have its way.
    ended.map(|left| match left {
        Left::With(code) => code,
        Left::Screen(ended) => runtime::screen::leave(ended),
    })
}

/// How a walk of the demo ended.
enum Left {
    /// With this exit code.
    With(u8),
    /// As the screen did.
    Screen(Ended),
}

async fn switch_on(demo: &Demo, faults: &[String]) -> Result<(), Failure> {
    for name in faults {
        demo.switch(name, true).await?;
    }
    Ok(())
}

/// Says early that there is no such fault.
fn known(name: &str) -> Result<(), Failure> {
    if catalogue::find(name).is_some() {
        return Ok(());
    }
    let says = format!("there is no fault `{}`", crate::text::visible(name, 80));
    let failure = Failure::new(FailureKind::Usage, says);
    Err(match catalogue::near(name) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`golive demo --list-faults` lists them"),
    })
}

/// Whether somebody can walk it here.
fn usable(global: &Global) -> Result<(), Failure> {
    let instead = "`golive demo --check` walks it without anybody there";
    if global.no_input {
        let says = "the demo's walk asks, and --no-input forbids asking";
        return Err(Failure::new(FailureKind::Usage, says).hint(instead));
    }
    if !global.plain {
        terminal::require().map_err(|failure| {
            let lines = "`golive demo --plain` walks it line by line";
            Failure::new(failure.kind, failure.message).hint(lines).hint(instead)
        })?;
    }
    Ok(())
}

/// Walks it with whoever is there.
fn walk(
    console: &mut Console,
    global: &Global,
    runtime: &Runtime,
    demo: &Arc<Demo>,
) -> Result<Left, Failure> {
    let flags = Flags { signer: global.signer.clone(), ..Flags::default() };
    let opened = runtime.block_on(demo.open(flags))?;
    let host: Arc<dyn Host> = Arc::clone(demo) as _;
    if global.plain {
        for line in card(demo) {
            console.prose(line, 0);
        }
        console.flush();
        plain::run(opened.workspace, Some(host)).map(Left::With)
    } else {
        let how = How { mono: !console.paint.is_on(), host: Some(host), ..How::default() };
        runtime::screen::show(opened.workspace, how).map(Left::Screen)
    }
}

/// What is simulated, in plain words.
fn card(demo: &Demo) -> Vec<String> {
    let mut lines = vec![
        "DEMO. Everything here is simulated on this machine: the shop, MintCash, the money.".into(),
        "No real charge is made, and nothing but loopback is contacted.".into(),
        format!("MintCash's own page: {}", demo.twin().control_url()),
        format!("The shop's files: {}", demo.folder().display()),
    ];
    let on: Vec<_> = demo.on().iter().map(|fault| fault.name).collect();
    if !on.is_empty() {
        lines.push(format!("Faults that are on: {}", on.join(", ")));
    }
    lines.push(String::new());
    lines
}
