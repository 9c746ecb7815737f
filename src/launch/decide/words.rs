//! What a name, a reason or a piece of evidence must at least be.
//!
//! Keeps signatures from being given by nobody, and reasons from being `ok`.

use crate::launch::decide::Refusal;
use crate::text::visible;

const LONGEST_NAME: usize = 80;
const LONGEST_TEXT: usize = 4_000;

/// What people type when they have nothing to say.
const EMPTY_WORDS: [&str; 24] = [
    "ok", "okay", "k", "x", "xx", "xxx", "yes", "y", "no", "done", "fine", "good", "checked", "na",
    "nil", "none", "null", "test", "todo", "tbd", "later", "asap", "foo", "asdf",
];

/// A name that people can read and tell from others.
pub(super) fn name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::new(
            "Nobody is named as the one who does this.",
            "Say who you are: --as NAME.",
        ));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Refusal::new(
            format!("The name is longer than {LONGEST_NAME} characters."),
            "Sign with the name that people know you by.",
        ));
    }
    let shown = visible(name, LONGEST_NAME);
    if shown != name {
        return Err(Refusal::new(
            format!("The name `{shown}` has characters that cannot be seen."),
            "Type it again without them.",
        ));
    }
    Ok(())
}

/// Free text as it is to be kept: one line, nothing invisible.
///
/// # Errors
/// When it says nothing or is too long; `what` names it.
pub(super) fn text(what: &str, text: &str) -> Result<String, Refusal> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::new(
            format!("The {what} is longer than {LONGEST_TEXT} characters."),
            "Say it shorter, and name the file or ticket where the rest is.",
        ));
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = visible(&line, LONGEST_TEXT);
    if line.is_empty() {
        return Err(Refusal::new(format!("The {what} is empty."), "Type it."));
    }
    Ok(line)
}

/// A reason that somebody else can judge.
pub(super) fn reason(reason: &str) -> Result<String, Refusal> {
    let reason = text("reason", reason)?;
    let said = letters(&reason);
    let enough = if reason.is_ascii() { said.len() >= 5 } else { said.chars().count() >= 2 };
    if !enough || is_empty_word(&said) {
        return Err(Refusal::new(
            format!("`{reason}` is not a reason that others can judge."),
            "Say in a few words why, for those who read the report later.",
        ));
    }
    Ok(reason)
}

/// Evidence that says something.
pub(super) fn evidence(name: &str, value: &str) -> Result<String, Refusal> {
    let value = text(&format!("evidence `{}`", visible(name, 60)), value)?;
    let said = letters(&value);
    if said.is_empty() || is_empty_word(&said) {
        return Err(Refusal::new(
            format!("`{value}` is no evidence for `{}`.", visible(name, 60)),
            "Give what somebody else can look up: a reference, an amount, a date, a link.",
        ));
    }
    Ok(value)
}

/// The letters and digits alone, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_empty_word(letters: &str) -> bool {
    EMPTY_WORDS.contains(&letters)
}
