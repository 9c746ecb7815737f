//! Finds a step or a command by a few letters.

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};
use tui_input::Input;

use crate::app::dialog::Asked;
use crate::app::dialog::form::edit;
use crate::keys::Action;
use crate::text::visible;

/// Something that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A step, by number.
    Step(usize),
    /// A command.
    Command(Action),
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Finder {
    /// Whether commands are looked for, or steps.
    pub commands: bool,
    /// What was typed.
    pub query: Input,
    /// What fits, best first; filled in by `update`.
    pub found: Vec<Found>,
    /// The selected one.
    pub selected: usize,
}

impl Finder {
    /// The dialog for steps or for commands.
    #[must_use]
    pub fn new(commands: bool) -> Self {
        Self { commands, query: Input::default(), found: Vec::new(), selected: 0 }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let OneToThree::One(code) = key.codes else { return Asked::Stay };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match code {
            KeyCode::Esc => return Asked::Close,
            KeyCode::Char('c') if control => return Asked::Close,
            KeyCode::Enter => {
                return match self.found.get(self.selected) {
                    Some(Found::Step(number)) => Asked::GoTo(*number),
                    Some(Found::Command(action)) => Asked::Do(*action),
                    None => Asked::Stay,
                };
            }
            KeyCode::Down | KeyCode::Tab => self.select(1),
            KeyCode::Up | KeyCode::BackTab => self.select(-1),
            KeyCode::Char('n') if control => self.select(1),
            KeyCode::Char('p') if control => self.select(-1),
            _ => {
                edit(&mut self.query, code, key.modifiers);
                return Asked::Search;
            }
        }
        Asked::Stay
    }

    /// Takes pasted text into the query.
    pub fn paste(&mut self, text: &str) -> Asked {
        let line = visible(text.trim(), 200);
        self.query = Input::new(format!("{}{line}", self.query.value()));
        Asked::Search
    }

    fn select(&mut self, by: isize) {
        let count = self.found.len().max(1);
        self.selected = (self.selected + count).saturating_add_signed(by) % count;
    }
}

/// How well `text` fits `query`, both in lower case: every word of the query has to be in it;
/// words at its beginning count more. `None` when it does not fit.
#[must_use]
pub fn fit(query: &str, text: &str) -> Option<usize> {
    let mut score = 0;
    for word in query.split_whitespace() {
        let at = text.find(word)?;
        let starts = at == 0
            || text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_none_or(|ch| !ch.is_alphanumeric());
        score += if at == 0 {
            0
        } else if starts {
            1
        } else {
            2
        };
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_to_be_there_and_beginnings_come_first() {
        assert_eq!(fit("sig web", "webhook.signature forged"), Some(1));
        assert_eq!(fit("nature", "webhook.signature"), Some(2));
        assert_eq!(fit("web", "webhook.signature"), Some(0));
        assert_eq!(fit("sig refund", "webhook.signature"), None);
    }
}
