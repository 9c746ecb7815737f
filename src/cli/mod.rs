//! The command line: parse, open what is needed, run one command, return its exit code.
//!
//! Called by `main`. Types of what can be typed are in `args`, one file per command beside it.
//! Data goes to standard output, everything else to standard error, both through [`console`].

pub mod args;
mod ask;
mod call;
mod completions;
mod config;
pub mod console;
mod demo;
mod entry;
mod init;
mod journal;
mod launches;
mod lift;
mod listen;
mod log;
mod money;
mod note;
mod open;
mod paint;
mod record;
mod reopen;
mod report;
mod roll;
mod rollback;
mod runbook;
mod scan;
mod screen;
mod sign;
mod signer;
mod skip;
mod status;
mod steps;
mod twin;
mod vantage;
mod verify;
mod waive;
mod watch;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::args::{Arguments, Color, Command, Global};
use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::failure::{Failure, FailureKind, exit};
use crate::journal::Access;
use crate::secrets::{harden, panic};
use crate::text::visible;

/// Runs the program with these arguments, the first being its name; the exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    harden::harden();
    panic::install();
    let typed: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&typed) {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error, &typed),
    };
    let mut console = Console::new(&arguments.global);
    let ended = dispatch(&mut console, &arguments);
    let code = ended.unwrap_or_else(|failure| fail(&mut console, &failure));
    match console.finish() {
        Ok(()) => code,
        Err(failure) => fail(&mut console, &failure),
    }
}

/// Shows a failure; its exit code.
fn fail(console: &mut Console, failure: &Failure) -> u8 {
    let paint = console.paint_err;
    let text = failure.to_string();
    let mut lines = text.lines().map(|line| visible(line, 2_000));
    let first = lines.next().unwrap_or_default();
    console.tell(format!("{} {first}", paint.tone(Tone::Bad, "error:")));
    for line in lines {
        console.tell(line);
    }
    failure.exit_code()
}

/// Shows help, version, or what is wrong with what was typed.
fn explain(error: &clap::Error, typed: &[OsString]) -> u8 {
    let color = Color::typed(typed);
    let mut console = Console::new(&Global { color, ..Global::default() });
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let (paint, styled) = (if asked { console.paint } else { console.paint_err }, error.render());
    let text = if paint.is_on() { styled.ansi().to_string() } else { styled.to_string() };
    if asked {
        console.data(&text);
        return console.finish().map_or_else(|failure| fail(&mut console, &failure), |()| exit::OK);
    }
    console.tell(text.trim_end());
    exit::USAGE
}

fn dispatch(console: &mut Console, arguments: &Arguments) -> Result<u8, Failure> {
    let global = &arguments.global;
    let Some(command) = &arguments.command else { return screen::run(console, global) };
    match command {
        Command::Completions(args) => completions::run(console, args).map(|()| exit::OK),
        Command::Man(args) => completions::man(console, args).map(|()| exit::OK),
        Command::Demo(args) => demo::run(console, global, args),
        Command::Init(args) => init::run(console, global, args).map(|()| exit::OK),
        Command::Scan(args) => in_runtime(scan::run(console, global, args)),
        Command::Watch(args) => watch::run(console, global, args),
        Command::Twin(args) => in_runtime(twin::run(console, args)),
        Command::Listen(args) => in_runtime(listen::run(console, global, args)),
        Command::Launches => launches::run(console, global).map(|()| exit::OK),
        Command::Config(args::Config::Show) => {
            config::show(console, &in_runtime(open::config(global))?.0);
            Ok(exit::OK)
        }
        Command::Journal(args) => journal::run(console, &in_runtime(open::config(global))?.0, args),
        Command::Runbook(args::Runbook::Schema) => {
            runbook::schema(console);
            Ok(exit::OK)
        }
        Command::Runbook(args::Runbook::Validate { file: Some(file) }) => {
            runbook::validate(console, file)
        }
        Command::Runbook(args::Runbook::Validate { file: None }) => {
            runbook::in_force(console, &*open::runbook(global)?);
            Ok(exit::OK)
        }
        Command::Runbook(args::Runbook::Show) => {
            runbook::show(console, &*open::runbook(global)?);
            Ok(exit::OK)
        }
        _ => in_runtime(on_launch(console, global, command)),
    }
}

/// The commands that need an opened launch.
async fn on_launch(
    console: &mut Console,
    global: &Global,
    command: &Command,
) -> Result<u8, Failure> {
    let access = match command {
        Command::Status | Command::Log | Command::Money(_) => Access::Read,
        Command::Verify(args) if args.dry_run => Access::Read,
        Command::Rollback(args) if !args.call => Access::Read,
        Command::Report(args) if args.output.is_none() => Access::Read,
        _ => Access::Append,
    };
    let mut global = global.clone();
    if let Command::Verify(args) = command {
        global.vantage.clone_from(&args.vantage);
    }
    let opened = open::launch(console, &global, access).await?;
    match command {
        Command::Status => return status::run(console, &opened),
        Command::Verify(args) => return verify::run(console, opened, args).await,
        Command::Money(args) => return money::run(console, &opened, args.qr),
        Command::Log => log::run(console, &opened),
        Command::Sign(args) => sign::run(console, opened, args).await,
        Command::Call(args) => call::run(console, opened, args),
        Command::Lift(args) => lift::run(console, opened, args),
        Command::Rollback(args) => rollback::run(console, opened, args),
        Command::Waive(args) => waive::run(console, opened, args),
        Command::Skip(args) => skip::run(console, opened, args),
        Command::Reopen(args) => reopen::run(console, opened, args),
        Command::Note(args) => note::run(console, opened, args),
        Command::Vantage(args::Vantage::Import { file }) => vantage::import(console, opened, file),
        Command::Report(args) => report::run(console, opened, args),
        Command::Runbook(args::Runbook::Trust) => runbook::trust(console, opened),
        _ => Ok(()),
    }?;
    Ok(exit::OK)
}

/// Runs asynchronous work to its end; what it leaves behind does not hold up the program.
fn in_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(FailureKind::Other, "could not start the runtime").because(&error)
    })?;
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}
