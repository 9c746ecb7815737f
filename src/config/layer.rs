//! One configuration file: read, held against its type, searched for secrets that must not be in
//! it. No message about it ever repeats a value that may be secret.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;

use crate::failure::{Failure, FailureKind};
use crate::runbook::conform::{Conform, Path as At};
use crate::runbook::problem::Reporter;
use crate::runbook::validate::read_tree;
use crate::runbook::yaml::{Entry, Item, Node, Place};

/// A configuration file that was found.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl Layer {
    /// Reads the file; nothing when there is none.
    ///
    /// # Errors
    /// When it is there and can not be read.
    pub fn find(path: &Path) -> Result<Option<Self>, Failure> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self { path: path.to_owned(), text })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let message = format!("{} can not be read", path.display());
                Err(Failure::new(FailureKind::Config, message).because(&error))
            }
        }
    }

    /// A reporter on this file.
    #[must_use]
    pub fn reporter(&self) -> Reporter<'_> {
        Reporter::new(&self.path.display().to_string(), &self.text)
    }

    /// The tree and, when it has the right shape, the typed document; everything else is reported.
    /// `elsewhere` explains a top-level key that belongs to another place.
    pub fn read<T: JsonSchema + DeserializeOwned>(
        &self,
        report: &mut Reporter<'_>,
        elsewhere: impl Fn(&str) -> Option<String>,
    ) -> (Option<Node>, Option<T>) {
        report.veil_all();
        keys_in_plain_text(&self.text, report);
        let Some(tree) = read_tree(&self.text, report) else { return (None, None) };
        let tree = match tree.item {
            Item::Null => Node { item: Item::Map(Vec::new()), ..tree },
            _ => tree,
        };
        let schema = schema_for!(T);
        unveil_known(&tree, schema.as_value(), report);
        let before = report.count();
        for entry in tree.entries() {
            if let Some(hint) = elsewhere(&entry.key) {
                let message = format!("`{}` does not stand here", entry.key);
                report.at(entry.place, &entry.key).hint(hint).done(message);
            }
        }
        let rest = match &tree.item {
            Item::Map(_) => Node { item: Item::Map(without(&tree, elsewhere)), place: tree.place },
            _ => tree.clone(),
        };
        Conform::new(&schema).check(&rest, &At::Root, report);
        let sound = report.count() == before;
        let document = sound.then(|| serde_json::from_value(tree.to_json()).ok()).flatten();
        (Some(tree), document)
    }
}

/// The entries that belong here.
fn without(tree: &Node, elsewhere: impl Fn(&str) -> Option<String>) -> Vec<Entry> {
    tree.entries().iter().filter(|entry| elsewhere(&entry.key).is_none()).cloned().collect()
}

/// Lets the values of known keys be shown. Inputs are judged one by one, and everything else may
/// be a misplaced secret.
fn unveil_known(tree: &Node, schema: &serde_json::Value, report: &mut Reporter<'_>) {
    let known = schema.pointer("/properties");
    for entry in tree.entries() {
        if entry.key != "inputs" && known.and_then(|known| known.get(&entry.key)).is_some() {
            for line in lines_of(entry) {
                report.unveil(line);
            }
        }
    }
    // What an alert is posted to is often a secret of its own.
    let alert = |entry: &&Entry| entry.key == "alert";
    let watch = tree.get("watch").map(Node::entries).unwrap_or_default();
    for line in watch.iter().filter(alert).flat_map(lines_of) {
        report.veil(line);
    }
}

/// The lines on which something of this entry stands.
pub fn lines_of(entry: &Entry) -> Vec<usize> {
    fn below(node: &Node, lines: &mut Vec<usize>) {
        lines.push(node.place.line);
        for entry in node.entries() {
            lines.push(entry.place.line);
            below(&entry.value, lines);
        }
        for element in node.list() {
            below(element, lines);
        }
    }
    let mut lines = vec![entry.place.line];
    below(&entry.value, &mut lines);
    lines
}

static SECRET_KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bsk_(?:live|test)_([A-Za-z0-9]{8,})").ok());

/// Reports each of the provider's secret keys, wherever it stands, comments too.
fn keys_in_plain_text(text: &str, report: &mut Reporter<'_>) {
    let Some(pattern) = &*SECRET_KEY else { return };
    for (index, line) in text.lines().enumerate() {
        for found in pattern.captures_iter(line) {
            let (Some(all), Some(tail)) = (found.get(0), found.get(1)) else { continue };
            if is_placeholder(tail.as_str()) {
                continue;
            }
            let column = line.get(..all.start()).map_or(0, |head| head.chars().count()) + 1;
            let place = Place { line: index + 1, column, width: all.as_str().chars().count() };
            report
                .at(place, "")
                .expected("a reference, such as `{ env: MINTCASH_LIVE_SECRET_KEY }`")
                .hint("take it out; have the key rotated if this file was ever shared or committed")
                .done("a secret key of MintCash stands in this file");
        }
    }
}

/// `xxxxxxxx` and the like.
fn is_placeholder(tail: &str) -> bool {
    let mut seen: Vec<char> = tail.to_lowercase().chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 2
}
