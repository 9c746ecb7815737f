//! TOML as settings.

use std::collections::HashSet;

use toml_edit::{Document, Item, Value};

use super::line_at;
use super::tree::{Entry, Node, flatten};

/// Reads `text`.
///
/// # Errors
/// What is wrong with the text, and on which line.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let document = Document::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("it is not sound TOML (line {line})")
    })?;
    let root = item(document.as_item(), text);
    flatten(&root, &HashSet::new())
        .ok_or_else(|| "it is nested too deeply, or too large".to_owned())
}

fn item(of: &Item, text: &str) -> Node {
    match of {
        Item::None => Node::List(Vec::new()),
        Item::Value(of) => value(of, text),
        Item::Table(table) => {
            Node::Map(table.iter().map(|(key, of)| (key.to_owned(), 0, item(of, text))).collect())
        }
        Item::ArrayOfTables(tables) => Node::List(
            tables
                .iter()
                .map(|table| {
                    let pairs = table.iter().map(|(key, of)| (key.to_owned(), 0, item(of, text)));
                    Node::Map(pairs.collect())
                })
                .collect(),
        ),
    }
}

fn value(of: &Value, text: &str) -> Node {
    match of {
        Value::Array(items) => Node::List(items.iter().map(|of| value(of, text)).collect()),
        Value::InlineTable(table) => {
            Node::Map(table.iter().map(|(key, of)| (key.to_owned(), 0, value(of, text))).collect())
        }
        other => {
            let line = other.span().map_or(1, |span| line_at(text, span.start));
            let value = match other {
                Value::String(text) => text.value().clone(),
                Value::Boolean(flag) => flag.value().to_string(),
                Value::Integer(number) => number.value().to_string(),
                _ => String::new(),
            };
            Node::Text { value, line }
        }
    }
}
