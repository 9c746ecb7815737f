//! Who acts: named by flag, environment or configuration, else asked, never guessed.

use crate::cli::ask;
use crate::cli::console::Console;
use crate::config::Config;
use crate::failure::{Failure, FailureKind};
use crate::launch::event::{Actor, Face};
use crate::runtime::actor;
use crate::text::visible;

/// Under this name a run of checks is recorded that nobody put a name to.
const UNATTENDED: &str = "unattended";

/// The longest name, in characters.
const LONGEST: usize = 80;

/// The person who signs.
///
/// # Errors
/// When nobody is named and nobody can be asked.
pub fn who_signs(console: &mut Console, config: &Config) -> Result<Actor, Failure> {
    let named = config.signer.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = match named {
        Some(name) => name.to_owned(),
        None if console.may_ask => asked(console, config)?,
        None => return Err(nobody()),
    };
    sound(&name)?;
    Ok(actor::named(&name, Face::Command))
}

/// Who a run of checks is recorded under: the person, where one is named.
///
/// # Errors
/// When the name can not be used.
pub fn who_runs(config: &Config) -> Result<Actor, Failure> {
    let name = config.signer.as_deref().unwrap_or(UNATTENDED).trim();
    sound(name)?;
    Ok(actor::named(name, Face::Command))
}

fn asked(console: &mut Console, config: &Config) -> Result<String, Failure> {
    if !config.people.is_empty() {
        let people = config.people.iter().map(|person| visible(&person.name, LONGEST));
        console.tell(format!("People in this launch: {}", people.collect::<Vec<_>>().join(", ")));
    }
    let name = ask::line(console, "Who signs? ")?;
    if name.is_empty() { Err(nobody()) } else { Ok(name) }
}

fn nobody() -> Failure {
    Failure::new(FailureKind::Usage, "nobody is named who signs this")
        .hint("Give --as NAME, or set GOLIVE_AS")
}

fn sound(name: &str) -> Result<(), Failure> {
    if name.is_empty() || name != visible(name, LONGEST) {
        let says = "the name of who signs is empty, too long, or has invisible characters";
        return Err(Failure::new(FailureKind::Usage, says).hint("Give --as NAME"));
    }
    Ok(())
}
