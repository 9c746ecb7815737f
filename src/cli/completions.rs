//! `golive completions SHELL` and `golive man`: made from the same definition as the help.

use clap::CommandFactory as _;

use crate::cli::args::{Arguments, Completions, Man};
use crate::cli::console::Console;
use crate::failure::{Failure, FailureKind};
use crate::runbook::nearest::did_you_mean;
use crate::text::visible;

/// Prints the completions for a shell.
///
/// # Errors
/// Never; standard output's trouble is told at the end.
pub fn run(console: &mut Console, args: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "golive", &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Ok(())
}

/// Prints the manual page of the program or of a command.
///
/// # Errors
/// When there is no such command.
pub fn man(console: &mut Console, args: &Man) -> Result<(), Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut name = "golive".to_owned();
    for word in &args.command {
        let names: Vec<_> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let Some(sub) = command.find_subcommand(word) else {
            let says = format!("there is no command `{name} {}`", visible(word, 40));
            let failure = Failure::new(FailureKind::Usage, says);
            let hint = did_you_mean(word, names.iter().map(String::as_str));
            return Err(hint.into_iter().fold(failure, Failure::hint));
        };
        command = sub.clone();
        name = format!("{name}-{word}");
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.name(name)).render(&mut page).map_err(|error| {
        Failure::new(FailureKind::Other, "could not write the manual page").because(&error)
    })?;
    console.data(&String::from_utf8_lossy(&page));
    Ok(())
}
