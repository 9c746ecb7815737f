//! The demo's panel: pages to pay, the clock to step, faults to switch. In the demo only.

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};
use tui_input::Input;

use crate::app::demo::DemoAct;
use crate::app::dialog::Asked;
use crate::app::dialog::form::edit;
use crate::text::visible;

/// A line of the panel that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelRow {
    /// What it says.
    pub text: String,
    /// What stands at its right end.
    pub aside: String,
    /// What stands below it while it is selected.
    pub below: String,
    /// Whether it is a fault that is on.
    pub on: bool,
    /// What choosing it asks for.
    pub act: DemoAct,
}

/// The dialog.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// What was typed to find a fault.
    pub query: Input,
    /// What fits; filled in by `update`.
    pub rows: Vec<PanelRow>,
    /// The selected one.
    pub selected: usize,
    /// Why the last thing that was asked for could not be done.
    pub error: Option<String>,
}

impl Panel {
    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let OneToThree::One(code) = key.codes else { return Asked::Stay };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match code {
            KeyCode::Esc => return Asked::Close,
            KeyCode::Char('c') if control => return Asked::Close,
            KeyCode::Enter => {
                let row = self.rows.get(self.selected);
                return row.map_or(Asked::Stay, |row| Asked::Demo(row.act.clone()));
            }
            KeyCode::Down | KeyCode::Tab => self.select(1),
            KeyCode::Up | KeyCode::BackTab => self.select(-1),
            KeyCode::PageDown => self.select(10),
            KeyCode::PageUp => self.select(-10),
            _ => {
                edit(&mut self.query, code, key.modifiers);
                return Asked::Search;
            }
        }
        Asked::Stay
    }

    /// Takes pasted text into the query.
    pub fn paste(&mut self, text: &str) -> Asked {
        let line = visible(text.trim(), 80);
        self.query = Input::new(format!("{}{line}", self.query.value()));
        Asked::Search
    }

    fn select(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}
