//! The files of the shop, as a merchant would have written them.
//!
//! They are source that nobody runs: the shop that answers is in this process. The checks that
//! read source read these.

use std::collections::BTreeMap;

use crate::demo::fault::{Change, Edit, Fault};
use crate::demo::keys::Keys;

/// Files with their text.
pub type Tree = BTreeMap<String, String>;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../assets/demo/shop/", $name)))),*]
    };
}

const FILES: [(&str, &str); 14] = files![
    ".env.production",
    ".gitignore",
    "README.md",
    "billing/refunds.py",
    "billing/settings.py",
    "billing/subscriptions.py",
    "deploy/production.yaml",
    "docker-compose.yml",
    "package.json",
    "server/checkout.mjs",
    "server/database.mjs",
    "server/main.mjs",
    "server/queue.mjs",
    "server/settings.mjs",
];

const HANDLER: (&str, &str) =
    ("server/webhook.mjs", include_str!("../../../assets/demo/shop/server/webhook.mjs"));

/// The files without a fault.
#[must_use]
pub fn sound() -> Tree {
    let all = FILES.into_iter().chain([HANDLER]);
    all.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The files with the faults that are on.
#[must_use]
pub fn tree(on: &[&Fault], keys: &Keys) -> Tree {
    let mut tree = sound();
    for fault in on {
        if let Change::Source(edit) | Change::Configuration(edit) = &fault.change {
            apply(edit, keys, &mut tree);
        }
    }
    tree
}

fn apply(edit: &Edit, keys: &Keys, tree: &mut Tree) {
    let put = keys.fill(edit.put);
    let text = tree.entry(edit.file.to_owned()).or_default();
    if edit.find.is_empty() {
        text.push_str(&put);
    } else {
        *text = text.replacen(edit.find, &put, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue;

    #[test]
    fn every_edit_of_the_catalogue_finds_the_text_that_it_replaces() {
        let tree = sound();
        for fault in catalogue::all() {
            let (Change::Source(edit) | Change::Configuration(edit)) = &fault.change else {
                continue;
            };
            let text = tree.get(edit.file).map(String::as_str).unwrap_or_default();
            assert!(text.contains(edit.find), "{}: {} lacks it", fault.name, edit.file);
            assert_ne!(edit.find, edit.put, "{} changes nothing", fault.name);
        }
    }
}
