//! A page that somebody has to open, alone on the screen: its link, and its QR code as far as there
//! is room.

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};

use crate::app::dialog::Asked;
use crate::app::page::OpenPage;

/// The dialog.
#[derive(Clone, Debug)]
pub struct PageAlone {
    /// The page.
    pub page: OpenPage,
}

impl PageAlone {
    /// The dialog for a page.
    #[must_use]
    pub fn new(page: OpenPage) -> Self {
        Self { page }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let OneToThree::One(code) = key.codes else { return Asked::Stay };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match code {
            KeyCode::Char('y') => Asked::Copy("The link", self.page.url.clone()),
            KeyCode::Char('c') if control => Asked::Close,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | 'z') => Asked::Close,
            _ => Asked::Stay,
        }
    }
}
