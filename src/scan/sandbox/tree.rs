//! Configuration as a tree of values with lines, whatever it was written in, and as the flat list
//! of settings that is judged.

use std::collections::HashSet;
use std::rc::Rc;

use super::words;

/// A document of more settings than this, aliases followed, is not judged.
const MOST: usize = 200_000;

/// Deeper nesting than this is not read.
pub(super) const DEEPEST: usize = 64;

/// A value and where it stands.
#[derive(Debug)]
pub(super) enum Node {
    /// A text, and the line that it begins on.
    Text { value: String, line: u64 },
    /// A list.
    List(Vec<Node>),
    /// A map; an entry's key, and the anchor of its value where it has one.
    Map(Vec<(String, usize, Node)>),
    /// A value with an anchor.
    Shared(Rc<Node>),
    /// An alias, on that line.
    Alias(Rc<Node>, u64),
}

/// One setting.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// Its value.
    pub value: String,
    /// The line that it stands on, from 1.
    pub line: u64,
    /// The line of the alias that brings it here.
    pub through: Option<u64>,
    /// Whether it is a default that an image sets.
    pub image: bool,
}

/// The settings of a document, or that there are too many.
pub(super) fn flatten(root: &Node, used: &HashSet<usize>) -> Option<Vec<Entry>> {
    let mut flat = Flat { entries: Vec::new(), used, left: MOST };
    flat.node(root, &mut Vec::new(), None, 0);
    (flat.left > 0).then_some(flat.entries)
}

struct Flat<'a> {
    entries: Vec<Entry>,
    used: &'a HashSet<usize>,
    left: usize,
}

impl Flat<'_> {
    fn node(&mut self, node: &Node, path: &mut Vec<String>, through: Option<u64>, depth: usize) {
        if self.left == 0 || depth > DEEPEST {
            self.left = 0;
            return;
        }
        self.left -= 1;
        match node {
            Node::Text { value, line } => {
                let (mut path, mut value) = (path.clone(), value.clone());
                if let Some((key, rest)) = assignment(&value) {
                    path.push(key.to_owned());
                    value = rest.to_owned();
                }
                let line = *line;
                self.left = self.left.saturating_sub(value.len() / 256);
                self.entries.push(Entry { path, value, line, through, image: false });
            }
            Node::List(items) => {
                for item in items {
                    self.node(item, path, through, depth + 1);
                }
            }
            Node::Map(pairs) => self.map(pairs, &[], path, through, depth),
            Node::Shared(node) => self.node(node, path, through, depth + 1),
            Node::Alias(to, line) => self.node(to, path, through.or(Some(*line)), depth + 1),
        }
    }

    /// A map without the keys in `but`, which stand nearer and win.
    fn map(
        &mut self,
        pairs: &[(String, usize, Node)],
        but: &[&str],
        path: &mut Vec<String>,
        through: Option<u64>,
        depth: usize,
    ) {
        if self.left == 0 || depth > DEEPEST {
            self.left = 0;
            return;
        }
        if let Some(name) = name_of(pairs) {
            path.push(name.to_owned());
            for (key, _, value) in pairs {
                if key != "name" && key != "key" {
                    self.node(value, path, through, depth + 1);
                }
            }
            path.pop();
            return;
        }
        let own: Vec<&str> = pairs.iter().map(|(key, ..)| key.as_str()).collect();
        for (key, anchor, value) in pairs {
            if but.contains(&key.as_str()) {
                continue;
            }
            if key == "<<" {
                let known: Vec<&str> = but.iter().chain(&own).copied().collect();
                self.merge(value, &known, path, through, depth + 1);
                continue;
            }
            if path.is_empty() && self.used.contains(anchor) && is_template(key) {
                continue;
            }
            path.push(key.clone());
            self.node(value, path, through, depth + 1);
            path.pop();
        }
    }

    fn merge(
        &mut self,
        node: &Node,
        but: &[&str],
        path: &mut Vec<String>,
        through: Option<u64>,
        depth: usize,
    ) {
        match node {
            Node::Alias(to, line) => {
                self.merge(to, but, path, through.or(Some(*line)), depth);
            }
            Node::Shared(node) => self.merge(node, but, path, through, depth),
            Node::List(items) => {
                for item in items {
                    self.merge(item, but, path, through, depth);
                }
            }
            Node::Map(pairs) => self.map(pairs, but, path, through, depth),
            Node::Text { .. } => {}
        }
    }
}

/// The name of a setting that is written as `name: …` and `value: …`.
fn name_of(pairs: &[(String, usize, Node)]) -> Option<&str> {
    let find = |wanted: &str| pairs.iter().find(|(key, ..)| key.eq_ignore_ascii_case(wanted));
    find("value")?;
    match find("name").or_else(|| find("key"))? {
        (_, _, Node::Text { value, .. }) => Some(value),
        (_, _, Node::Shared(node)) => match &**node {
            Node::Text { value, .. } => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a section at the top is only there to be taken over by others.
fn is_template(key: &str) -> bool {
    key.starts_with(['.', '_'])
        || key.starts_with("x-")
        || words::has(key, &["default", "defaults", "common", "base", "shared"])
}

/// `KEY=value`, as lists of variables have it. What ends in `=` or `==` is one value in base64.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once('=')?;
    if matches!(value.trim_end(), "" | "=") {
        return None;
    }
    let name = key.trim_start_matches("--").trim_start_matches('-');
    let sound = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    (sound && !name.is_empty()).then_some((name, value))
}
