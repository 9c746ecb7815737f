//! `golive init`: writes a first golive.yaml from a few answers.

use crate::cli::args::{Global, Init};
use crate::cli::ask;
use crate::cli::console::Console;
use crate::cli::open;
use crate::cli::paint::Tone;
use crate::config::init::{self, Answers, Question};
use crate::config::places::PROJECT_FILE;
use crate::failure::{Failure, FailureKind};

/// Runs the command.
///
/// # Errors
/// When there is a file already, nobody is there to answer, or it can not be written.
pub fn run(console: &mut Console, global: &Global, args: &Init) -> Result<(), Failure> {
    let cwd = open::sources(global)?.cwd;
    let path = cwd.join(global.config.as_deref().unwrap_or(PROJECT_FILE.as_ref()));
    if path.exists() {
        let says = format!("{} is already there", path.display());
        return Err(
            Failure::new(FailureKind::Usage, says).hint("Edit it, or move it away to begin anew")
        );
    }
    if !args.yes && !console.may_ask {
        return Err(Failure::new(FailureKind::Usage, "nobody is there to answer the questions")
            .hint("`golive init --yes` takes the defaults"));
    }
    let folder = path.parent().unwrap_or(&cwd);
    let mut answers = Answers::new();
    for question in init::questions(folder) {
        let answer = if args.yes { question.default.clone() } else { answer(console, &question)? };
        answers.insert(question.key, answer);
    }
    init::write(&path, &init::render(&answers))?;
    let paint = console.paint_err;
    console.tell(format!("{} wrote {}", paint.tone(Tone::Good, "✓"), path.display()));
    console.tell("Fill in what is left out there, then run `golive`.");
    Ok(())
}

/// Asks until the answer can be taken. What is typed in a wrong place may be a secret and is never
/// repeated.
fn answer(console: &mut Console, question: &Question) -> Result<String, Failure> {
    let paint = console.paint_err;
    loop {
        console.tell(paint.tone(Tone::Quiet, format!("  {}", question.help)));
        let default = match question.default.as_str() {
            "" => String::new(),
            default => format!(" [{default}]"),
        };
        let typed = ask::line(console, &format!("{}{default}: ", question.prompt))?;
        let answer = if typed.is_empty() { question.default.clone() } else { typed };
        match init::check(question.key, &answer) {
            Ok(()) => return Ok(answer),
            Err(says) => console.tell(paint.tone(Tone::Bad, says)),
        }
    }
}
