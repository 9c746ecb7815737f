//! Names that stand for a value, and where the file uses them.

use super::super::{Markers, words};
use super::nodes::{Found, is_comment, literal_at, named, same, unquoted};
use crate::scan::syntax::Node;

/// A name, and the key of the choice behind it where it stands for one of several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name {
    /// The name.
    pub name: String,
    /// The key.
    pub key: Option<String>,
}

/// Whether a file may select the sandbox by a word alone.
pub(super) fn may_select(text: &str, markers: &Markers) -> bool {
    text.contains("sandbox") && markers.names_provider(text)
}

/// Whether something is named after payments, so that its mode is the provider's.
pub(super) fn is_mode(name: &str) -> bool {
    words::has(name, &["payment", "payments", "psp"])
}

/// Whether something is named after an environment or a mode.
pub(super) fn is_environment(name: &str) -> bool {
    words::has(name, &["env", "environment", "mode"])
}

/// The literals that say yes.
pub(super) fn truths<'r>(root: &Node<'r>, text: &str) -> Vec<Node<'r>> {
    let mut found = Vec::new();
    for word in ["true", "True", "yes"] {
        for (at, _) in text.match_indices(word) {
            let near = text.get(at.saturating_sub(200)..at + word.len());
            let near = near.unwrap_or(text).to_ascii_lowercase();
            if !near.contains("sandbox") && !near.contains("test") {
                continue;
            }
            let bare = || token_at(root, at, at + word.len());
            let node = match literal_at(root, at) {
                Some(Found::Literal(node)) => Some(node),
                _ => bare(),
            };
            found.extend(node.filter(|node| unquoted(&node.text()) == word));
        }
    }
    found
}

/// The outermost node that is exactly this range, outside comments.
pub(super) fn token_at<'r>(root: &Node<'r>, start: usize, end: usize) -> Option<Node<'r>> {
    let mut node = root.clone();
    loop {
        let range = node.range();
        if is_comment(&node.kind()) {
            return None;
        }
        if range.start == start && range.end == end {
            return Some(node);
        }
        let next = node.children().find(|child| {
            let range = child.range();
            range.start <= start && end <= range.end
        });
        node = next?;
    }
}

/// Where the file uses a name, its definition left out.
pub(super) fn uses<'r>(root: &Node<'r>, text: &str, name: &Name, most: usize) -> Vec<Node<'r>> {
    let part = |ch: char| ch.is_alphanumeric() || ch == '_';
    let found = text.match_indices(&name.name).filter(|(at, word)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    });
    let nodes = found.filter_map(|(at, word)| identifier_at(root, at, at + word.len()));
    let nodes = nodes.filter(|node| !is_definition(node));
    match &name.key {
        None => nodes.take(most).collect(),
        Some(key) => nodes.filter_map(|node| member(&node, key)).take(most).collect(),
    }
}

/// The smallest named node that covers exactly this range, outside comments and texts.
fn identifier_at<'r>(root: &Node<'r>, start: usize, end: usize) -> Option<Node<'r>> {
    let mut node = root.clone();
    loop {
        let kind = node.kind();
        if is_comment(&kind) || kind.contains("string_content") || kind.contains("fragment") {
            return None;
        }
        let next = node.children().find(|child| {
            let range = child.range();
            range.start <= start && end <= range.end
        });
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    let kind = node.kind();
    let identifier = kind.contains("identifier")
        || matches!(&*kind, "name" | "constant" | "variable_name" | "word" | "instance_variable");
    (identifier && node.range().end == end).then_some(node)
}

/// Whether a name is introduced here, and not used.
fn is_definition(node: &Node<'_>) -> bool {
    let mut node = node.clone();
    for _ in 0..3 {
        let Some(parent) = node.parent() else { return false };
        let kind = parent.kind();
        let first = named(&parent).first().is_some_and(|first| same(first, &node));
        let target = ["name", "left", "key", "pattern"]
            .iter()
            .any(|field| parent.field(field).is_some_and(|target| same(&target, &node)));
        let defines = matches!(
            &*kind,
            "export_specifier"
                | "import_specifier"
                | "import_clause"
                | "namespace_import"
                | "dotted_name"
                | "aliased_import"
                | "import_statement"
                | "named_imports"
        );
        let introduces = kind.contains("declarat")
            || kind.contains("assignment")
            || kind.ends_with("_spec")
            || kind.ends_with("_item")
            || kind.contains("definition")
            || kind.contains("pair")
            || kind.contains("element") && !kind.contains("access") && !kind.contains("reference")
            || kind == "method"
            || kind.contains("parameter")
            || kind == "const_element";
        if defines || introduces && (first || target) {
            return true;
        }
        let wraps = matches!(
            &*kind,
            "expression_list"
                | "variable_name"
                | "member_expression"
                | "field_access"
                | "attribute"
                | "member_access_expression"
                | "field_expression"
                | "selector_expression"
        );
        if !wraps {
            return false;
        }
        node = parent;
    }
    false
}

/// The access to one part of a choice: `HOSTS.sandbox`, `HOSTS["sandbox"]`, `HOSTS[:sandbox]`.
fn member<'r>(node: &Node<'r>, key: &str) -> Option<Node<'r>> {
    let mut node = node.clone();
    for _ in 0..3 {
        let parent = node.parent()?;
        let text = parent.text();
        let end = text.trim_end_matches([')', ']']).trim_end_matches(['"', '\'']);
        let whole = end
            .strip_suffix(key)
            .is_some_and(|before| before.ends_with(['.', '"', '\'', ':', '[', '>', '(']));
        if whole && text.len() < 200 {
            return Some(parent);
        }
        node = parent;
    }
    None
}

/// The literals that are this word and nothing else.
pub(super) fn literals<'r>(root: &Node<'r>, text: &str, word: &str) -> Vec<Node<'r>> {
    let found = text.match_indices(word).filter(|(at, _)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        before.is_some_and(|ch| matches!(ch, '"' | '\'' | '`' | ':' | '-' | '='))
    });
    let nodes = found.filter_map(|(at, _)| match literal_at(root, at)? {
        Found::Literal(node) => Some(node),
        _ => None,
    });
    nodes.filter(|node| unquoted(&node.text()) == word).collect()
}
