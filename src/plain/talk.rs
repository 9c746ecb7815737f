//! Says lines and reads answers.
//!
//! Everything that is said passes the redactor and is made visible, so the rest of `plain` writes
//! plain strings. Lines are wrapped at words to the terminal's width.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use unicode_width::UnicodeWidthStr as _;

use crate::failure::Failure;
use crate::secrets::{Redactor, Secret, resolve};
use crate::text::visible;

/// The longest line that is said, in characters.
const LONGEST: usize = 4_000;

/// The longest answer that is taken, in bytes.
const ANSWER: u64 = 16 * 1024;

/// Why the walk is over.
#[derive(Debug)]
pub enum Ended {
    /// The input ended: the operator is gone, or has said everything.
    Input,
    /// Nothing can be said any more.
    Output(io::Error),
    /// Nothing can be done any more.
    Failed(Failure),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A conversation.
pub struct Talk<R, W> {
    input: R,
    out: W,
    width: usize,
    ascii: bool,
    /// Whether a person types at a terminal: then the terminal shows what is typed, and secrets
    /// are read without that.
    terminal: bool,
}

impl<R: BufRead, W: Write> Talk<R, W> {
    /// A conversation of lines `width` columns wide; `ascii` says everything in ASCII.
    pub fn new(input: R, out: W, width: usize, ascii: bool) -> Self {
        Self { input, out, width, ascii, terminal: false }
    }

    /// Tells whether the input is a terminal, which shows what is typed.
    #[must_use]
    pub fn on_terminal(mut self, terminal: bool) -> Self {
        self.terminal = terminal;
        self
    }

    /// Says a line.
    pub fn say(&mut self, text: impl AsRef<str>) -> Result<(), Ended> {
        self.say_at(0, text)
    }

    /// Says a line that begins `indent` columns in.
    pub fn say_at(&mut self, indent: usize, text: impl AsRef<str>) -> Result<(), Ended> {
        let line = self.safe(text.as_ref());
        for part in wrap(&line, indent, self.width) {
            writeln!(self.out, "{part}")?;
        }
        Ok(())
    }

    /// Says a line that may begin with spaces and is not wrapped elsewhere than at words; its later
    /// parts begin `hang` columns in.
    pub fn say_hanging(&mut self, text: impl AsRef<str>, hang: usize) -> Result<(), Ended> {
        let line = self.safe(text.as_ref());
        for part in wrap_at(&line, 0, hang, self.width) {
            writeln!(self.out, "{part}")?;
        }
        Ok(())
    }

    /// Says a text of several lines, such as a step's Markdown, under a word of its own.
    pub fn say_text(&mut self, word: &str, text: &str) -> Result<(), Ended> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        self.say(format!("{word}:"))?;
        paragraphs(text).iter().try_for_each(|line| {
            let inner = line.len() - line.trim_start().len();
            self.say_at(2 + inner.min(8), line.trim())
        })
    }

    /// How wide lines are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether everything is said in ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Shows the rows of a picture that this program has made itself, as they are.
    pub fn draw(&mut self, rows: &[String]) -> Result<(), Ended> {
        rows.iter().try_for_each(|row| Ok(writeln!(self.out, "{row}")?))
    }

    /// Leaves a line empty.
    pub fn pause(&mut self) -> Result<(), Ended> {
        Ok(writeln!(self.out)?)
    }

    /// Says what could not be done, why and what to do.
    pub fn trouble(&mut self, failure: &Failure) -> Result<(), Ended> {
        self.say(format!("Not done: {}", failure.message))?;
        failure.causes.iter().try_for_each(|cause| self.say_at(2, format!("because: {cause}")))?;
        failure.hints.iter().try_for_each(|hint| self.say_at(2, format!("hint: {hint}")))
    }

    /// Asks for one line.
    pub fn ask(&mut self, question: &str) -> Result<String, Ended> {
        let answer = self.read(question)?;
        if !self.terminal {
            let shown = self.safe(&answer);
            writeln!(self.out, "{shown}")?;
        }
        Ok(answer)
    }

    fn read(&mut self, question: &str) -> Result<String, Ended> {
        let question = self.safe(question);
        let mut lines = wrap(&question, 0, self.width);
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        write!(self.out, "{last} ")?;
        self.out.flush()?;
        let mut answer = Vec::new();
        let read = io::Read::take(&mut self.input, ANSWER).read_until(b'\n', &mut answer)?;
        if read == 0 {
            writeln!(self.out)?;
            return Err(Ended::Input);
        }
        Ok(String::from_utf8_lossy(&answer).trim().to_owned())
    }

    /// Asks for a secret, without echo on a terminal; `None` when nothing was typed.
    pub fn ask_secret(&mut self, question: &str) -> Result<Option<Secret>, Ended> {
        let typed = if self.terminal {
            let question = self.safe(question);
            write!(self.out, "{question} ")?;
            self.out.flush()?;
            rpassword::read_password().map_err(|_| Ended::Input)?
        } else {
            let typed = self.read(question)?;
            writeln!(self.out)?;
            typed
        };
        if typed.trim().is_empty() {
            return Ok(None);
        }
        match resolve::typed(typed) {
            Ok(secret) => Ok(Some(secret)),
            Err(error) => {
                self.say(format!("Not taken: {}", error.reason))?;
                Ok(None)
            }
        }
    }

    /// The text as it may be shown here.
    fn safe(&self, text: &str) -> String {
        let text = visible(&Redactor::shared().clean(text), LONGEST);
        if self.ascii { to_ascii(&text) } else { text }
    }
}

/// Breaks a line at words so that no part is wider than `width`; the parts after the first stand
/// as far in as the text of a list item does.
fn wrap(line: &str, indent: usize, width: usize) -> Vec<String> {
    let hang = indent + mark(line);
    wrap_at(line, indent, hang, width)
}

/// How wide the mark is that a line begins with as an item of a list: `- `, `2. `.
fn mark(line: &str) -> usize {
    let Some((mark, _)) = line.split_once(' ') else { return 0 };
    let number = mark.strip_suffix('.').unwrap_or_default();
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if mark == "-" || numbered { mark.len() + 1 } else { 0 }
}

/// The lines of a Markdown text with those put together that are one sentence in the source; what
/// begins with bold words begins a case, as on the screen. Code stays as it stands.
fn paragraphs(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut code, mut open) = (false, false);
    for line in text.lines() {
        let said = line.trim();
        let fence = said.starts_with("```");
        let begins = said.starts_with("**")
            || said.starts_with('#')
            || said.starts_with('|')
            || said.starts_with('>')
            || mark(said) > 0;
        match lines.last_mut().filter(|_| open && !code && !fence && !begins && !said.is_empty()) {
            Some(last) => {
                last.push(' ');
                last.push_str(said);
            }
            None => lines.push(line.to_owned()),
        }
        code ^= fence;
        open = !said.is_empty() && !fence;
    }
    lines
}

fn wrap_at(line: &str, indent: usize, hang: usize, width: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = " ".repeat(indent);
    let mut empty = true;
    for word in line.split(' ') {
        let fits = part.width() + word.width() + usize::from(!empty) <= width;
        if !fits && !empty {
            parts.push(std::mem::replace(&mut part, " ".repeat(hang)));
            empty = true;
        }
        if !empty {
            part.push(' ');
        }
        part.push_str(word);
        empty = false;
    }
    parts.push(part);
    parts
}

/// Spells a text with ASCII alone: typography by its look, everything else by its number.
fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => out.push('"'),
            '\u{2026}' => out.push_str("..."),
            '\u{2192}' => out.push_str("->"),
            '\u{2265}' => out.push_str(">="),
            '\u{2264}' => out.push_str("<="),
            '\u{d7}' => out.push('x'),
            '\u{a0}' => out.push(' '),
            '\u{2022}' => out.push('*'),
            _ if ch.is_ascii() => out.push(ch),
            _ => {
                let _a_string_takes_all = write!(out, "<U+{:04X}>", u32::from(ch));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_words_and_list_items_hang() {
        assert_eq!(wrap("one two three", 0, 8), ["one two", "three"]);
        assert_eq!(wrap("- one two three", 2, 10), ["  - one", "    two", "    three"]);
        assert_eq!(wrap("a-word-that-is-too-long b", 0, 5), ["a-word-that-is-too-long", "b"]);
        assert_eq!(wrap("", 2, 10), ["  "]);
    }

    #[test]
    fn lines_of_one_sentence_are_said_as_one_and_cases_items_and_code_as_their_own() {
        let text = "One\nsentence.\n\n1. An\n   item.\n2. Another.\n\n**A case**: look\nagain.\n\
                    **Another**: wait.\n```\na\nb\n```\nEnd.";
        assert_eq!(
            paragraphs(text),
            [
                "One sentence.",
                "",
                "1. An item.",
                "2. Another.",
                "",
                "**A case**: look again.",
                "**Another**: wait.",
                "```",
                "a",
                "b",
                "```",
                "End."
            ]
        );
        assert_eq!(wrap("12. one two three", 2, 12), ["  12. one", "      two", "      three"]);
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(wrap("漢字 漢字", 0, 8), ["漢字", "漢字"]);
    }

    #[test]
    fn ascii_output_has_no_other_character() {
        assert_eq!(to_ascii("MintCash — “live” → é…"), "MintCash - \"live\" -> <U+00E9>...");
    }

    #[test]
    fn what_others_wrote_can_not_move_the_cursor() {
        let mut out = Vec::new();
        Talk::new(&b""[..], &mut out, 80, false).say("a\x1b[2Jb\rc").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a^[[2Jb^Mc\n");
    }
}
