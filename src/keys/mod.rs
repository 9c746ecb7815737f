//! The one [`Action`] enum and the keymap.
//!
//! `app::update` asks the keymap what a key means here; help, footer, palette and the table in the
//! README are made from the same two files, so that none of them can say something else.

pub mod action;
pub mod keymap;

pub use action::{Action, Group, Places};
pub use keymap::Keymap;

/// The table of keys for the README, as Markdown.
#[must_use]
pub fn markdown() -> String {
    let keymap = Keymap::standard();
    let mut out = String::new();
    for group in Group::ALL {
        out.push_str(&format!("| {} | |\n| --- | --- |\n", group.title()));
        for action in Action::ALL.into_iter().filter(|action| action.group() == group) {
            let keys: Vec<_> = keymap.keys_of(action).map(|key| format!("`{key}`")).collect();
            out.push_str(&format!("| {} | {} |\n", keys.join(" "), action.about()));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_the_table_with_a_key() {
        let table = markdown();
        for action in Action::ALL {
            assert!(table.contains(&format!("| {} |", action.about())), "{action:?} is missing");
        }
        assert!(!table.contains("|  | "), "an action has no key:\n{table}");
    }
}
