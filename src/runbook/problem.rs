//! What is wrong with a document, said so that it can be mended: where, what, what instead.
//!
//! Made by loading runbooks and configuration; shown by every face. Texts of the document are made
//! visible, and anything that looks like one of the provider's secret keys is masked.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::failure::{Failure, FailureKind};
use crate::runbook::yaml::{Item, Node, Place};
use crate::text::visible;

/// How much of a source line is shown, in characters.
const SHOWN: usize = 96;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, or `built-in runbook`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path to the value, `sections[1].steps[0].severity`; empty for the whole document.
    pub path: String,
    /// What is wrong, one sentence.
    pub message: String,
    /// What should stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The source line with the place underlined; none where the line may hold a secret.
    #[serde(skip)]
    pub frame: Option<Frame>,
}

/// A source line and what to underline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The line, made visible, as much of it as is shown.
    pub text: String,
    /// Characters before the underlined part.
    pub before: usize,
    /// Characters to underline.
    pub width: usize,
}

/// Everything that is wrong with one document, in the order of its text. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// What kind of failure it is to have them.
    pub kind: FailureKind,
    /// The file, or `built-in runbook`.
    pub file: String,
    /// The problems.
    pub list: Vec<Problem>,
}

impl Problems {
    /// The problems as data, one object each.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(&self.list).unwrap_or_default()
    }

    /// How many, in words: `1 problem`, `3 problems`.
    #[must_use]
    pub fn count(&self) -> String {
        match self.list.len() {
            1 => "1 problem".to_owned(),
            many => format!("{many} problems"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if let Some(frame) = &self.frame {
            let number = self.line.to_string();
            write!(out, "\n  {number} | {}", frame.text)?;
            let (pad, before) = (number.len(), frame.before);
            write!(out, "\n  {:pad$} | {:before$}{}", "", "", "^".repeat(frame.width))?;
        }
        let path = (!self.path.is_empty()).then_some(&self.path);
        let rows = [
            ("at", path),
            ("expected", self.expected.as_ref()),
            ("found", self.found.as_ref()),
            ("hint", self.hint.as_ref()),
        ];
        for (name, value) in rows {
            if let Some(value) = value {
                write!(out, "\n  {:9} {value}", format!("{name}:"))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.list {
            write!(out, "{problem}\n\n")?;
        }
        write!(out, "{} in {}", self.count(), self.file)
    }
}

impl std::error::Error for Problems {}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::new(problems.kind, problems.to_string())
    }
}

/// Collects the problems of one document, whose text it shows.
pub struct Reporter<'a> {
    file: String,
    lines: Vec<&'a str>,
    /// Lines of which no value may be shown.
    veiled: HashSet<usize>,
    /// Where set: the only lines of which values may be shown.
    open: Option<HashSet<usize>>,
    list: Vec<(Place, Problem)>,
}

impl<'a> Reporter<'a> {
    /// A reporter on `text`, which came from `file`.
    #[must_use]
    pub fn new(file: &str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
        Self {
            file: visible(file, 512),
            lines,
            veiled: HashSet::new(),
            open: None,
            list: Vec::new(),
        }
    }

    /// Keeps the values on this line out of every message: they may be secret. Wins over
    /// [`unveil`](Self::unveil).
    pub fn veil(&mut self, line: usize) {
        self.veiled.insert(line);
    }

    /// Keeps the values of every line out of every message, but for lines that are unveiled.
    pub fn veil_all(&mut self) {
        self.open.get_or_insert_default();
    }

    /// Lets the values on this line be shown, where all are veiled.
    pub fn unveil(&mut self, line: usize) {
        if let Some(open) = &mut self.open {
            open.insert(line);
        }
    }

    fn hides(&self, line: usize) -> bool {
        self.veiled.contains(&line) || self.open.as_ref().is_some_and(|open| !open.contains(&line))
    }

    /// Shows no line of the source at all.
    pub fn conceal(&mut self) {
        self.lines.clear();
    }

    /// Starts a problem at a place; it is kept once [`Draft::done`] is called.
    pub fn at(&mut self, place: Place, path: impl fmt::Display) -> Draft<'_, 'a> {
        let problem = Problem {
            file: self.file.clone(),
            line: place.line,
            column: place.column,
            path: visible(&path.to_string(), 256),
            message: String::new(),
            expected: None,
            found: None,
            hint: None,
            frame: None,
        };
        Draft { reporter: self, place, problem }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many things are wrong so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Ends: nothing, or all problems in the order of the text.
    ///
    /// # Errors
    /// When there is a problem.
    pub fn finish(mut self, kind: FailureKind) -> Result<(), Problems> {
        if self.list.is_empty() {
            return Ok(());
        }
        let mut list = std::mem::take(&mut self.list);
        list.sort_by_key(|(place, _)| (place.line, place.column));
        let mut problems: Vec<Problem> = list
            .into_iter()
            .map(|(place, problem)| Problem { frame: self.frame(place), ..problem })
            .collect();
        problems.dedup();
        Err(Problems { kind, file: self.file, list: problems })
    }

    /// The line with its place, cut so that the place is in sight.
    fn frame(&self, place: Place) -> Option<Frame> {
        let source = self.lines.get(place.line.checked_sub(1)?)?;
        if source.trim().is_empty() {
            return None;
        }
        let mut chars: Vec<char> = mask_same_length(source).chars().collect();
        if self.hides(place.line) {
            veil(&mut chars);
        }
        let column = place.column.saturating_sub(1).min(chars.len());
        let from = if column < SHOWN * 3 / 4 { 0 } else { column - SHOWN / 2 };
        let part = |start: usize, count: usize| {
            let part: String = chars.iter().skip(start).take(count).collect();
            visible(&part.replace('\t', " "), usize::MAX / 8)
        };
        let head = format!("{}{}", if from > 0 { "…" } else { "" }, part(from, column - from));
        let rest = SHOWN - (column - from);
        let marked = wide(&part(column, place.width.min(rest)));
        let more = if chars.len() > column + rest { "…" } else { "" };
        let before = wide(&head);
        let text = format!("{head}{}{more}", part(column, rest));
        Some(Frame { text, before, width: marked.max(1) })
    }
}

fn wide(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Puts a dot in place of every letter and digit after the first colon.
fn veil(chars: &mut [char]) {
    let value = chars.iter().skip_while(|ch| **ch != ':').count();
    let from = if value == 0 { 0 } else { chars.len() - value };
    for ch in chars.iter_mut().skip(from).filter(|ch| ch.is_alphanumeric()) {
        *ch = '•';
    }
}

/// A problem that is being described.
pub struct Draft<'r, 'a> {
    reporter: &'r mut Reporter<'a>,
    place: Place,
    problem: Problem,
}

impl Draft<'_, '_> {
    /// What should stand there.
    #[must_use]
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.problem.expected = Some(text.into());
        self
    }

    /// What stands there.
    #[must_use]
    pub fn found(mut self, text: impl Into<String>) -> Self {
        self.problem.found = Some(text.into());
        self
    }

    /// What stands there, in words; not the value itself where it may be secret.
    #[must_use]
    pub fn shows(self, node: &Node) -> Self {
        let hidden = self.reporter.hides(self.place.line);
        let words = match &node.item {
            Item::Null => "nothing".to_owned(),
            Item::List(nodes) if nodes.is_empty() => "an empty list".to_owned(),
            Item::List(nodes) => format!("a list of {}", nodes.len()),
            Item::Map(_) => "a map".to_owned(),
            _ if hidden => "a value that is not shown, because it may be secret".to_owned(),
            Item::Bool(flag) => flag.to_string(),
            Item::Number(number) => format!("the number {number}"),
            Item::Text(text) => {
                format!("the text \"{}\"", visible(text.lines().next().unwrap_or_default(), 60))
            }
        };
        self.found(words)
    }

    /// What to do.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.problem.hint = Some(text.into());
        self
    }

    /// What to do, where something is known.
    #[must_use]
    pub fn maybe_hint(mut self, text: Option<String>) -> Self {
        self.problem.hint = text.or(self.problem.hint);
        self
    }

    /// Says what is wrong and keeps the problem.
    pub fn done(mut self, message: impl AsRef<str>) {
        let safe = |text: String| mask(&visible(&text, 400));
        self.problem.message = mask(&visible(message.as_ref(), 400));
        self.problem.path = mask(&self.problem.path);
        self.problem.expected = self.problem.expected.map(safe);
        self.problem.found = self.problem.found.map(safe);
        self.problem.hint = self.problem.hint.map(safe);
        self.reporter.list.push((self.place, self.problem));
    }
}

static KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b([sp]k_(?:live|test)_)([A-Za-z0-9+/=_\-]+)").ok());

/// Takes the digits and letters out of whatever looks like one of the provider's keys.
#[must_use]
pub fn mask(text: &str) -> String {
    match &*KEY {
        Some(key) => key.replace_all(text, "${1}••••").into_owned(),
        None => String::new(),
    }
}

fn mask_same_length(text: &str) -> String {
    match &*KEY {
        Some(key) => key
            .replace_all(text, |found: &regex::Captures<'_>| {
                let (head, tail) = (found.get(1), found.get(2));
                let head = head.map_or("", |part| part.as_str());
                let dots = tail.map_or(0, |part| part.as_str().chars().count());
                format!("{head}{}", "•".repeat(dots))
            })
            .into_owned(),
        None => String::new(),
    }
}
