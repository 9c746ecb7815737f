//! YAML as settings: several documents, anchors, aliases and merges.
//!
//! A document that holds more than one environment is told apart by its keys; one that names a
//! profile (`on-profile: dev`) belongs to that profile.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use saphyr_parser::{Event, Parser, StrInput};

use super::tree::{DEEPEST, Entry, Node, flatten};
use super::words;

/// Reads all documents of `text`.
///
/// # Errors
/// What is wrong with the text, and on which line.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let text = if text.contains("{{") { without_templates(text) } else { Cow::Borrowed(text) };
    let mut reader = Reader {
        parser: Parser::new_from_str(&text),
        anchors: HashMap::new(),
        used: HashSet::new(),
        last: 0,
    };
    let mut all = Vec::new();
    while let Some(document) = reader.document()? {
        let flat =
            flatten(&document, &reader.used).ok_or("it is nested too deeply, or too large")?;
        match profile(&flat) {
            Some(profile) => all.extend(flat.into_iter().map(|mut entry| {
                entry.path.insert(0, profile.clone());
                entry
            })),
            None => all.extend(flat),
        }
    }
    Ok(all)
}

/// The text with the expressions of a template engine in quotes, and without its lines of control,
/// so that the rest can be read as YAML. Lines stay lines.
fn without_templates(text: &str) -> Cow<'_, str> {
    let lines = text.lines().map(|line| {
        let begin = line.trim_start();
        if begin.starts_with("{{") {
            return String::new();
        }
        let (start, value) = match line.find(": {{").or_else(|| line.find("- {{")) {
            Some(at) => line.split_at_checked(at + 2).unwrap_or((line, "")),
            None => return line.to_owned(),
        };
        format!("{start}'{}'", value.trim_end().replace('\'', "''"))
    });
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// The profile that a document is for, when it is not production's.
fn profile(entries: &[Entry]) -> Option<String> {
    let named = entries.iter().find(|entry| {
        let path = entry.path.join(".");
        path.ends_with("activate.on-profile")
            || path == "spring.profiles"
            || path.ends_with("on-profile")
    })?;
    words::is_other_environment(&named.value).then(|| named.value.clone())
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Rc<Node>>,
    used: HashSet<usize>,
    /// The anchor of the value that was read last.
    last: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, u64), String> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.line() as u64)),
            Some(Err(error)) => {
                Err(format!("it is not sound YAML (line {})", error.marker().line()))
            }
            None => Ok((Event::StreamEnd, 1)),
        }
    }

    fn document(&mut self) -> Result<Option<Node>, String> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(None),
                (Event::DocumentStart(_), _) => {
                    self.anchors.clear();
                    let (event, line) = self.next()?;
                    return self.node(event, line, 0).map(Some);
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, line: u64, depth: usize) -> Result<Node, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested too deeply (line {line})"));
        }
        let (node, anchor) = match event {
            Event::Scalar(value, _, anchor, _) => {
                (Node::Text { value: value.into_owned(), line }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, line) => items.push(self.node(event, line, depth + 1)?),
                    }
                }
                (Node::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => (Node::Map(self.pairs(depth)?), anchor),
            Event::Alias(anchor) => {
                self.used.insert(anchor);
                self.last = 0;
                let to = self.anchors.get(&anchor).cloned();
                let to = to.ok_or_else(|| format!("an alias leads nowhere (line {line})"))?;
                return Ok(Node::Alias(to, line));
            }
            _ => return Err(format!("a value is missing (line {line})")),
        };
        self.last = anchor;
        if anchor == 0 {
            return Ok(node);
        }
        let shared = Rc::new(node);
        self.anchors.insert(anchor, Rc::clone(&shared));
        Ok(Node::Shared(shared))
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(String, usize, Node)>, String> {
        let mut pairs = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(pairs);
            }
            let key = self.node(event, line, depth + 1)?;
            let (event, line) = self.next()?;
            let value = self.node(event, line, depth + 1)?;
            pairs.push(match key {
                Node::Text { value: key, .. } => (key, self.last, value),
                key => (String::new(), 0, Node::List(vec![key, value])),
            });
        }
    }
}
