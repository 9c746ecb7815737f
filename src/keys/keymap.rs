//! Which key asks for which action: text to key and back, the defaults, the conflict check.
//!
//! Used by `app::update` for keys and by footer, help, palette and docs for their names. No key
//! here needs Alt, nor a Ctrl key that tmux and screen take (Ctrl-A, Ctrl-B, Ctrl-G).

use std::fmt;

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};

use crate::keys::action::{Action, Places};

/// The default bindings, in the order in which keys are shown: the first of an action is the one
/// that the footer names.
#[rustfmt::skip]
const DEFAULTS: &[(Action, &[&str])] = &[
    (Action::Proceed, &["enter"]),
    (Action::Verify, &["v"]),
    (Action::VerifySection, &["shift-v"]),
    (Action::Cancel, &["c"]),
    (Action::Sign, &["s"]),
    (Action::Lift, &["shift-l"]),
    (Action::CallRollback, &["shift-r"]),
    (Action::Note, &["n"]),
    (Action::Waive, &["shift-w"]),
    (Action::Skip, &["shift-x"]),
    (Action::Reopen, &["shift-r"]),
    (Action::Next, &["j", "down"]),
    (Action::Previous, &["k", "up"]),
    (Action::NextSection, &["shift-j", "]"]),
    (Action::PreviousSection, &["shift-k", "["]),
    (Action::First, &["g", "home"]),
    (Action::Last, &["shift-g", "end"]),
    (Action::ToOpen, &["."]),
    (Action::PageDown, &["space", "pagedown", "ctrl-d"]),
    (Action::PageUp, &["b", "pageup", "ctrl-u"]),
    (Action::Right, &["l", "right"]),
    (Action::Left, &["h", "left"]),
    (Action::Pane, &["tab", "shift-backtab"]),
    (Action::Present, &["p"]),
    (Action::Overview, &["o"]),
    (Action::Trail, &["t"]),
    (Action::Since, &["u"]),
    (Action::Rollback, &["shift-b"]),
    (Action::Week, &["f"]),
    (Action::Page, &["z"]),
    (Action::Search, &["/"]),
    (Action::Palette, &[":"]),
    (Action::Help, &["?", "f1"]),
    (Action::Back, &["esc"]),
    (Action::Signer, &["w"]),
    (Action::Report, &["e"]),
    (Action::Copy, &["y"]),
    (Action::Theme, &["shift-t"]),
    (Action::Glyphs, &["shift-a"]),
    (Action::Mouse, &["m"]),
    (Action::Repaint, &["ctrl-l"]),
    (Action::Suspend, &["ctrl-z"]),
    (Action::Demo, &["d"]),
    (Action::Earlier, &["h", "left"]),
    (Action::Later, &["l", "right"]),
    (Action::Live, &["0"]),
    (Action::ZoomIn, &["+", "="]),
    (Action::ZoomOut, &["-"]),
    (Action::Support, &["c"]),
    (Action::Quit, &["q", "ctrl-c"]),
];

/// A binding that can not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapProblem {
    /// The text names no key.
    #[error("`{0}` is not a key")]
    NotAKey(String),
    /// One key asks for two things in the same view.
    #[error("`{key}` is bound to both `{}` and `{}`", .actions.0.id(), .actions.1.id())]
    Conflict {
        /// The key as shown.
        key: String,
        /// The two.
        actions: (Action, Action),
    },
}

/// A key, written the way people write it: `j`, `V`, `Enter`, `Ctrl-z`, `↓` is `Down`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(KeyCombination);

impl Key {
    /// Reads a key such as `shift-v`, `ctrl-l`, `space` or `?`.
    ///
    /// # Errors
    /// When the text names no key.
    pub fn parse(text: &str) -> Result<Self, KeymapProblem> {
        crokey::parse(text).map(Self::from).map_err(|_| KeymapProblem::NotAKey(text.to_owned()))
    }
}

impl From<KeyCombination> for Key {
    /// Takes a key in its one normal form: Shift is kept only where the character does not tell it
    /// already (terminals disagree on whether `?` comes with Shift).
    fn from(key: KeyCombination) -> Self {
        let mut key = key.normalized();
        if let OneToThree::One(KeyCode::Char(ch)) = key.codes
            && !ch.is_ascii_alphabetic()
        {
            key.modifiers.remove(KeyModifiers::SHIFT);
        }
        Self(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.modifiers.contains(KeyModifiers::CONTROL) {
            out.write_str("Ctrl-")?;
        }
        let OneToThree::One(code) = self.0.codes else { return write!(out, "{}", self.0) };
        match code {
            KeyCode::Char(' ') => out.write_str("Space"),
            KeyCode::Char(ch) => write!(out, "{ch}"),
            KeyCode::BackTab => out.write_str("Shift-Tab"),
            KeyCode::PageDown => out.write_str("PgDn"),
            KeyCode::PageUp => out.write_str("PgUp"),
            _ => write!(out, "{}", self.0),
        }
    }
}

/// The bindings in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<(Key, Action)>,
}

impl Keymap {
    /// The default bindings. A test holds that each of them is a key and none conflicts.
    #[must_use]
    pub fn standard() -> Self {
        let bindings = DEFAULTS.iter().flat_map(|(action, keys)| {
            keys.iter().filter_map(|text| Some((Key::parse(text).ok()?, *action)))
        });
        Self { bindings: bindings.collect() }
    }

    /// What `key` asks for in the view `here`.
    #[must_use]
    pub fn action(&self, key: KeyCombination, here: Places) -> Option<Action> {
        let key = Key::from(key);
        self.bindings
            .iter()
            .find(|(bound, action)| *bound == key && action.places().meets(here))
            .map(|(_, action)| *action)
    }

    /// The keys that ask for `action`, the one to show first.
    pub fn keys_of(&self, action: Action) -> impl Iterator<Item = Key> + '_ {
        self.bindings.iter().filter(move |(_, bound)| *bound == action).map(|(key, _)| *key)
    }

    /// The key to show for `action`; empty when it has none.
    #[must_use]
    pub fn hint(&self, action: Action) -> String {
        self.keys_of(action).next().map(|key| key.to_string()).unwrap_or_default()
    }

    /// Everything that is wrong with the bindings.
    #[must_use]
    pub fn problems(&self) -> Vec<KeymapProblem> {
        let mut problems = Vec::new();
        for (at, (key, action)) in self.bindings.iter().enumerate() {
            let later = self.bindings.iter().skip(at + 1);
            problems.extend(
                later
                    .filter(|(other, bound)| other == key && bound.places().meets(action.places()))
                    .map(|(_, bound)| KeymapProblem::Conflict {
                        key: key.to_string(),
                        actions: (*action, *bound),
                    }),
            );
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_key_and_none_asks_for_two_things() {
        for (_, keys) in DEFAULTS {
            for text in *keys {
                Key::parse(text).unwrap();
            }
        }
        let keymap = Keymap::standard();
        assert_eq!(keymap.problems(), []);
        for action in Action::ALL {
            assert!(!keymap.hint(action).is_empty(), "{action:?} has no key");
        }
    }

    #[test]
    fn a_conflict_is_reported_with_both_names() {
        let key = Key::parse("v").unwrap();
        let keymap = Keymap { bindings: vec![(key, Action::Verify), (key, Action::Sign)] };
        let said: Vec<_> = keymap.problems().iter().map(ToString::to_string).collect();
        assert_eq!(said, ["`v` is bound to both `verify` and `sign`"]);
    }

    #[test]
    fn shifted_characters_are_found_with_and_without_the_shift_flag() {
        let keymap = Keymap::standard();
        for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
            let asked = KeyCombination::one_key(KeyCode::Char('?'), modifiers);
            assert_eq!(keymap.action(asked, Places::WALK), Some(Action::Help));
            let asked = KeyCombination::one_key(KeyCode::Char('W'), modifiers);
            assert_eq!(keymap.action(asked, Places::WALK), Some(Action::Waive));
        }
        let small = KeyCombination::one_key(KeyCode::Char('w'), KeyModifiers::NONE);
        assert_eq!(keymap.action(small, Places::WALK), Some(Action::Signer));
    }

    #[test]
    fn no_key_is_one_that_terminal_multiplexers_take() {
        for (key, action) in Keymap::standard().bindings {
            let shown = key.to_string();
            assert!(!["Ctrl-a", "Ctrl-b", "Ctrl-g"].contains(&shown.as_str()), "{action:?}");
            assert!(!key.0.modifiers.contains(KeyModifiers::ALT), "{action:?}");
        }
    }
}
