//! JSON as settings, with the comments and trailing commas that people put into it.

use std::collections::HashSet;

use super::tree::{DEEPEST, Entry, Node, flatten};

/// Reads `text`.
///
/// # Errors
/// What is wrong with the text, and on which line.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}'), line: 1 };
    let root = reader.value(0)?;
    reader.space()?;
    if !reader.rest.is_empty() {
        return Err(reader.wrong());
    }
    flatten(&root, &HashSet::new()).ok_or_else(|| "it is too large".to_owned())
}

struct Reader<'a> {
    rest: &'a str,
    line: u64,
}

impl Reader<'_> {
    fn wrong(&self) -> String {
        format!("it is not sound JSON (line {})", self.line)
    }

    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += memchr::memchr_iter(b'\n', skipped.as_bytes()).count() as u64;
        self.rest = rest;
    }

    /// Skips white space and comments.
    fn space(&mut self) -> Result<(), String> {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.skip(blank);
            if self.rest.starts_with("//") {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").ok_or_else(|| self.wrong())?;
                self.skip(end + 2);
            } else if blank == 0 {
                return Ok(());
            }
        }
    }

    fn takes(&mut self, ch: char) -> bool {
        let there = self.rest.starts_with(ch);
        if there {
            self.skip(ch.len_utf8());
        }
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested too deeply (line {})", self.line));
        }
        self.space()?;
        if self.takes('{') {
            let mut pairs = Vec::new();
            loop {
                self.space()?;
                if self.takes('}') {
                    return Ok(Node::Map(pairs));
                }
                let key = self.scalar()?;
                self.space()?;
                if !self.takes(':') {
                    return Err(self.wrong());
                }
                pairs.push((key, 0, self.value(depth + 1)?));
                self.between('}')?;
            }
        }
        if self.takes('[') {
            let mut items = Vec::new();
            loop {
                self.space()?;
                if self.takes(']') {
                    return Ok(Node::List(items));
                }
                items.push(self.value(depth + 1)?);
                self.between(']')?;
            }
        }
        let line = self.line;
        Ok(Node::Text { value: self.scalar()?, line })
    }

    /// A comma, or the end is next.
    fn between(&mut self, end: char) -> Result<(), String> {
        self.space()?;
        if self.takes(',') || self.rest.starts_with(end) { Ok(()) } else { Err(self.wrong()) }
    }

    /// A string, or a bare word or number.
    fn scalar(&mut self) -> Result<String, String> {
        let Some(quote) = self.rest.chars().next().filter(|ch| matches!(ch, '"' | '\'')) else {
            let bare = |ch: char| ch.is_alphanumeric() || "+-._$".contains(ch);
            let long = self.rest.find(|ch| !bare(ch)).unwrap_or(self.rest.len());
            let word = self.rest.get(..long).unwrap_or_default().to_owned();
            self.skip(long);
            return if word.is_empty() { Err(self.wrong()) } else { Ok(word) };
        };
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, ch)| {
            let ends = *ch == quote && !escaped;
            escaped = *ch == '\\' && !escaped;
            ends
        });
        let (end, _) = end.ok_or_else(|| self.wrong())?;
        let whole = self.rest.get(..=end).unwrap_or_default();
        let inside = whole.get(1..end).unwrap_or_default().to_owned();
        let read = serde_json::from_str::<String>(whole).unwrap_or(inside);
        self.skip(end + 1);
        Ok(read)
    }
}
