//! A secret typed on screen: never shown, never in a debug print, wiped when the dialog goes.

use std::fmt;

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};
use zeroize::Zeroizing;

use crate::app::dialog::Asked;
use crate::app::work::Then;
use crate::runbook::model::InputName;
use crate::secrets::Secret;

/// The longest secret that is taken.
const LONGEST: usize = 4_096;

/// The dialog.
#[derive(Clone)]
pub struct SecretPrompt {
    /// The input that it is for.
    pub input: InputName,
    /// What it is, for people.
    pub about: String,
    /// What the value begins with, where that is known.
    pub prefix: Option<String>,
    /// What is wrong.
    pub error: Option<String>,
    /// What to go on with once it is typed.
    pub then: Option<Then>,
    typed: Zeroizing<String>,
}

impl SecretPrompt {
    /// The dialog for an input.
    #[must_use]
    pub fn new(input: InputName, about: String, prefix: Option<String>) -> Self {
        // Room for the whole secret at once: growing would leave copies behind unwiped.
        let typed = Zeroizing::new(String::with_capacity(LONGEST));
        Self { input, about, prefix, error: None, then: None, typed }
    }

    /// The same dialog, with what to go on with.
    #[must_use]
    pub fn then(mut self, then: Option<Then>) -> Self {
        self.then = then;
        self
    }

    /// How many characters have been typed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.typed.chars().count()
    }

    /// Whether nothing has been typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// Whether the value begins as it should; `None` as long as that can not be said.
    #[must_use]
    pub fn begins_right(&self) -> Option<bool> {
        let prefix = self.prefix.as_deref()?;
        if self.typed.len() >= prefix.len() {
            return Some(self.typed.starts_with(prefix));
        }
        (!prefix.starts_with(self.typed.as_str())).then_some(false)
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let OneToThree::One(code) = key.codes else { return Asked::Stay };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        self.error = None;
        match code {
            KeyCode::Esc => return Asked::Close,
            KeyCode::Char('c') if control => return Asked::Close,
            KeyCode::Char('u') if control => self.typed.clear(),
            KeyCode::Char(_) if control => {}
            KeyCode::Char(ch) => self.push(ch),
            KeyCode::Backspace => {
                self.typed.pop();
            }
            KeyCode::Enter => return self.submit(),
            _ => {}
        }
        Asked::Stay
    }

    /// Takes pasted text, without the line end that comes with it.
    pub fn paste(&mut self, text: &str) {
        self.error = None;
        for ch in text.trim().chars() {
            self.push(ch);
        }
    }

    fn push(&mut self, ch: char) {
        if !ch.is_control() && self.typed.len() + ch.len_utf8() <= LONGEST {
            self.typed.push(ch);
        }
    }

    fn submit(&mut self) -> Asked {
        if self.typed.trim().is_empty() {
            self.error = Some("Nothing was typed.".into());
            return Asked::Stay;
        }
        if self.begins_right() == Some(false) {
            let prefix = self.prefix.as_deref().unwrap_or_default();
            self.error = Some(format!("It should begin with {prefix}. Ctrl-U clears the line."));
            return Asked::Stay;
        }
        Asked::Answer {
            input: self.input.clone(),
            secret: Secret::new(self.typed.trim().to_owned()),
        }
    }
}

impl fmt::Debug for SecretPrompt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretPrompt({})", self.input)
    }
}

#[cfg(test)]
mod tests {
    use crokey::key;

    use super::*;

    #[test]
    fn a_typed_secret_is_in_no_debug_print_and_arrives_trimmed() {
        let mut prompt = SecretPrompt::new("live_secret_key".into(), String::new(), None);
        prompt.paste(" canary-4711\n");
        assert!(!format!("{prompt:?}").contains("canary"));
        let Asked::Answer { secret, .. } = prompt.key(key!(enter)) else { panic!("no answer") };
        assert_eq!(secret.expose(), "canary-4711");
    }

    #[test]
    fn a_value_with_the_wrong_beginning_is_refused_without_being_shown() {
        let prefix = Some("sk_live_".to_owned());
        let mut prompt = SecretPrompt::new("live_secret_key".into(), String::new(), prefix);
        assert_eq!(prompt.begins_right(), None);
        prompt.paste("sk_test_abc");
        assert_eq!(prompt.begins_right(), Some(false));
        assert_eq!(prompt.key(key!(enter)), Asked::Stay);
        assert!(!prompt.error.clone().unwrap().contains("sk_test"));
        prompt.key(key!(ctrl - u));
        prompt.paste("sk_live_abc");
        assert!(matches!(prompt.key(key!(enter)), Asked::Answer { .. }));
    }
}
