//! Text to a tree of values that know their line and column.
//!
//! The only file that names the YAML crates: `saphyr-parser` says where things stand, `serde_yaml`
//! says what they are. A value that the two read differently is a problem, so what is pointed at is
//! always what is loaded. Anchors, aliases, tags and several documents in one file are refused: a
//! runbook is read by people, and what they read must be what runs.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::{Map, Number, Value};

/// Deeper nesting than this is refused.
const DEEPEST: usize = 48;

/// Longer documents than this are refused, in bytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// A place in the text: line and column from 1, and how many characters to underline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters it takes on that line; at least 1.
    pub width: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub item: Item,
    /// Where it stands.
    pub place: Place,
}

/// The kinds of value.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the text.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node,
}

/// Something that keeps the text from being read as one plain tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The repeated key, where that is the fault.
    pub key: Option<String>,
}

impl Fault {
    fn new(place: Place, message: impl Into<String>, hint: Option<&str>) -> Self {
        Self { place, message: message.into(), hint: hint.map(str::to_owned), key: None }
    }
}

impl Node {
    /// The value under `key`, where this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry under `key`, where this is a map that has it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries, where this is a map.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.item {
            Item::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, where this is a list.
    #[must_use]
    pub fn list(&self) -> &[Node] {
        match &self.item {
            Item::List(nodes) => nodes,
            _ => &[],
        }
    }

    /// The text, where this is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.item {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The tree as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.item {
            Item::Null => Value::Null,
            Item::Bool(flag) => Value::Bool(*flag),
            Item::Number(number) => Value::Number(number.clone()),
            Item::Text(text) => Value::String(text.clone()),
            Item::List(nodes) => Value::Array(nodes.iter().map(Self::to_json).collect()),
            Item::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}

/// Reads `text` as one tree. All faults are listed; with a fault that leaves a tree to look at
/// (such as a repeated key, where the first one counts) the tree comes along.
#[must_use]
pub fn read(text: &str) -> (Option<Node>, Vec<Fault>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = Place { line: 1, column: 1, width: 1 };
    if text.len() > LONGEST {
        let message = format!("the file is longer than {} MiB", LONGEST >> 20);
        return (None, vec![Fault::new(start, message, None)]);
    }
    let mut builder = Builder::new(text);
    let root = match builder.document() {
        Ok(root) => root,
        Err(fault) => {
            builder.faults.push(fault);
            return (None, builder.faults);
        }
    };
    let mut faults = builder.faults;
    if faults.is_empty() {
        faults.extend(disagreement(&root, text));
    }
    (Some(root), faults)
}

/// Where `serde_yaml` reads something else than the tree says.
fn disagreement(root: &Node, text: &str) -> Option<Fault> {
    if matches!(root.item, Item::Null) {
        return None;
    }
    match serde_yaml::from_str::<Value>(text) {
        Ok(value) => differs(root, &value),
        Err(error) => {
            let place = error.location().map_or(root.place, |at| Place {
                line: at.line(),
                column: at.column(),
                width: 1,
            });
            Some(Fault::new(place, format!("this is not sound YAML: {error}"), None))
        }
    }
}

fn differs(node: &Node, value: &Value) -> Option<Fault> {
    let ambiguous = || {
        Some(Fault::new(
            node.place,
            "this value can be read in more than one way",
            Some("put it in quotes"),
        ))
    };
    match (&node.item, value) {
        (Item::List(nodes), Value::Array(values)) if nodes.len() == values.len() => {
            nodes.iter().zip(values).find_map(|(node, value)| differs(node, value))
        }
        (Item::Map(entries), Value::Object(map)) if entries.len() == map.len() => {
            entries.iter().find_map(|entry| match map.get(&entry.key) {
                Some(value) => differs(&entry.value, value),
                None => ambiguous(),
            })
        }
        (Item::List(_) | Item::Map(_), _) => ambiguous(),
        _ if &node.to_json() == value => None,
        _ => ambiguous(),
    }
}

/// Builds the tree from the parser's events.
struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    faults: Vec<Fault>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self { parser: Parser::new_from_str(text), faults: Vec::new() }
    }

    fn next(&mut self) -> Result<(Event<'a>, Place), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let at = place(Span::empty(*error.marker()));
                Err(Fault::new(at, said(error.info()), syntax_hint(error.info())))
            }
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1, width: 1 })),
        }
    }

    fn document(&mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(Fault::new(
                        at,
                        "a second document begins here; a file holds one",
                        Some("remove the line `---` and what follows it"),
                    ));
                }
                Event::DocumentStart(_) => {
                    let (event, at) = self.next()?;
                    root = Some(self.node(event, at, 0)?);
                }
                _ => {}
            }
        }
        let nothing = Node { item: Item::Null, place: Place { line: 1, column: 1, width: 1 } };
        Ok(root.unwrap_or(nothing))
    }

    fn node(&mut self, event: Event<'a>, at: Place, depth: usize) -> Result<Node, Fault> {
        if depth > DEEPEST {
            return Err(Fault::new(at, "this is nested too deeply", None));
        }
        let item = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(anchor, tag.is_some(), at);
                if style == ScalarStyle::Plain { plain(&text) } else { Item::Text(text.into()) }
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(anchor, tag.is_some(), at);
                Item::List(self.elements(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(anchor, tag.is_some(), at);
                Item::Map(self.entries(depth)?)
            }
            Event::Alias(_) => {
                self.refuse(1, false, at);
                Item::Null
            }
            _ => return Err(Fault::new(at, "a value is missing here", None)),
        };
        Ok(Node { item, place: at })
    }

    fn refuse(&mut self, anchor: usize, tagged: bool, at: Place) {
        if anchor > 0 {
            self.faults.push(Fault::new(
                at,
                "anchors and aliases (`&name`, `*name`) are not part of this format",
                Some("write the value out, or put it in quotes if it is text"),
            ));
        }
        if tagged {
            self.faults.push(Fault::new(
                at,
                "tags (`!name`) are not part of this format",
                Some("remove it, or put the value in quotes if it is text"),
            ));
        }
    }

    fn elements(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(nodes),
                (event, at) => nodes.push(self.node(event, at, depth + 1)?),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Fault> {
        let mut entries = Vec::new();
        let mut lines = std::collections::HashMap::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(key, _, anchor, tag), at) => {
                    self.refuse(anchor, tag.is_some(), at);
                    (key.into_owned(), at)
                }
                (_, at) => return Err(Fault::new(at, "a key must be plain text", None)),
            };
            let (event, value_at) = self.next()?;
            let value = self.node(event, value_at, depth + 1)?;
            if let Some(first) = lines.get(&key) {
                let message = format!("the key `{key}` stands here twice (first on line {first})");
                let mut fault = Fault::new(at, message, Some("keep one of them"));
                fault.key = Some(key);
                self.faults.push(fault);
            } else {
                lines.insert(key.clone(), at.line);
                entries.push(Entry { key, place: at, value });
            }
        }
    }
}

fn place(span: Span) -> Place {
    let (start, end) = (span.start, span.end);
    let same_line = start.line() == end.line();
    let width = if same_line { end.col().saturating_sub(start.col()) } else { 1 };
    Place { line: start.line(), column: start.col() + 1, width: width.max(1) }
}

/// What an unquoted scalar is, by YAML's core schema.
fn plain(text: &str) -> Item {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Item::Null,
        "true" | "True" | "TRUE" => return Item::Bool(true),
        "false" | "False" | "FALSE" => return Item::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let numeric = digits.starts_with(|ch: char| ch.is_ascii_digit() || ch == '.')
        && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    if !numeric {
        return Item::Text(text.to_owned());
    }
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.contains('.');
    if let (false, Ok(number)) = (leading_zero, text.parse::<i64>()) {
        return Item::Number(number.into());
    }
    if let (false, Ok(number)) = (leading_zero, text.parse::<u64>()) {
        return Item::Number(number.into());
    }
    let float = text.parse::<f64>().ok().filter(|_| !leading_zero).and_then(Number::from_f64);
    float.map_or_else(|| Item::Text(text.to_owned()), Item::Number)
}

/// The parser's words, as a sentence about the text.
fn said(info: &str) -> String {
    let info = info.trim_end_matches('.');
    format!("the YAML breaks off here: {info}")
}

fn syntax_hint(info: &str) -> Option<&'static str> {
    let info = info.to_lowercase();
    if info.contains("tab") {
        Some("indent with spaces, not with tabs")
    } else if info.contains("quote") || info.contains("quoted") {
        Some("a text that was opened with a quote must be closed with the same quote")
    } else if info.contains("mapping values") || info.contains("simple key") {
        Some("check the indentation, and quote a text that holds `: ` or ` #`")
    } else if info.contains("flow") || info.contains("','") {
        Some("a `[` or `{` that was opened must be closed; quote texts that hold brackets")
    } else {
        None
    }
}
