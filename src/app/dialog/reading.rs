//! Something to read and close: help, what changed since one left, a problem in full.

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};

use crate::app::dialog::Asked;

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// All keys.
    Help,
    /// What changed since one left.
    Since,
    /// What is simulated in the demo.
    Demo,
    /// Something that went wrong, with its causes and hints.
    Problem(String),
    /// A text for MintCash's support.
    Support(String),
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What is read.
    pub subject: Subject,
    /// Lines scrolled away; drawing never goes past the end.
    pub scroll: usize,
}

impl Reading {
    /// The dialog about a subject.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        Self { subject, scroll: 0 }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let OneToThree::One(code) = key.codes else { return Asked::Stay };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match code {
            KeyCode::Char('j') | KeyCode::Down => self.scroll += 1,
            KeyCode::Char('k') | KeyCode::Up => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::Char('d') if control => self.scroll += 10,
            KeyCode::Char('u') if control => self.scroll = self.scroll.saturating_sub(10),
            KeyCode::Char(' ') | KeyCode::PageDown => self.scroll += 10,
            KeyCode::Char('b') | KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            KeyCode::Char('g') | KeyCode::Home => self.scroll = 0,
            KeyCode::Char('c') if control => return Asked::Close,
            KeyCode::Char('c' | 'y') => {
                if let Subject::Support(text) = &self.subject {
                    return Asked::Copy("The support text", text.clone());
                }
            }
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | '?' | 'u') => return Asked::Close,
            _ => {}
        }
        Asked::Stay
    }
}
