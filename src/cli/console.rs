//! The two streams of a command: data on standard output, everything else on standard error, both
//! without secrets.
//!
//! Every command gets one. A reader that goes away (`golive log | head`) is no error: the rest is
//! dropped quietly and the command ends with the exit code that it has earned.

use std::io::{self, IsTerminal as _, Write};

use serde_json::Value;

use crate::cli::args::{Color, Format, Global};
use crate::cli::paint::{self, Paint};
use crate::failure::{Failure, FailureKind};
use crate::secrets::{Clean, Redactor};

/// The streams of a command.
pub struct Console {
    out: Clean<'static, Pipe<io::BufWriter<io::Stdout>>>,
    /// Whether data is read by a person as it comes.
    at_once: bool,
    err: Clean<'static, Pipe<io::Stderr>>,
    /// Colours for standard output.
    pub paint: Paint,
    /// Colours for standard error.
    pub paint_err: Paint,
    /// How data is written.
    pub format: Format,
    /// Whether somebody is there to be asked.
    pub may_ask: bool,
    /// Whether a line on standard error can be written over.
    pub live: bool,
    /// Whether such a line stands there now.
    transient: bool,
    /// How wide the terminal is on which data is shown, if it is one.
    columns: Option<usize>,
}

impl Console {
    /// The streams of this process, as the flags want them.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let (out_is_terminal, err_is_terminal) = (out.is_terminal(), err.is_terminal());
        let colours = |terminal: bool| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && colour_is_welcome(),
        };
        Self {
            paint: Paint::new(colours(out_is_terminal)),
            paint_err: Paint::new(colours(err_is_terminal)),
            out: Clean::new(Pipe::new(io::BufWriter::new(out)), Redactor::shared()),
            at_once: out_is_terminal,
            err: Clean::new(Pipe::new(err), Redactor::shared()),
            format: global.format,
            may_ask: !global.no_input && io::stdin().is_terminal() && err_is_terminal,
            live: err_is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
            transient: false,
            columns: out_is_terminal
                .then(crossterm::terminal::size)
                .and_then(Result::ok)
                .map(|(columns, _)| usize::from(columns)),
        }
    }

    /// Whether data is written for programs.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// How wide the terminal is on which data is shown, if it is one.
    #[must_use]
    pub fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Writes a line of data.
    pub fn say(&mut self, line: impl AsRef<str>) {
        self.data(line.as_ref());
        self.data("\n");
    }

    /// Writes a line of prose for people: on a terminal it is broken between words, and its later
    /// lines are indented by so many cells.
    pub fn prose(&mut self, line: impl AsRef<str>, indent: usize) {
        self.say(paint::hang(line.as_ref(), indent, self.columns));
    }

    /// Writes data as it stands.
    pub fn data(&mut self, text: &str) {
        self.wipe();
        // The first error is kept by the stream and told by `finish`.
        let _ = self.out.write_all(text.as_bytes());
        if self.at_once {
            let _ = self.out.flush();
        }
    }

    /// Hands on what was written so far, for readers that follow along.
    pub fn flush(&mut self) {
        // The first error is kept by the stream and told by `finish`.
        let _ = self.out.flush();
    }

    /// Writes one JSON document, indented.
    pub fn document(&mut self, value: &Value) {
        self.say(format!("{value:#}"));
    }

    /// Writes a line for people.
    pub fn tell(&mut self, line: impl AsRef<str>) {
        self.wipe();
        self.whisper(line.as_ref());
        self.whisper("\n");
    }

    /// Writes for people without ending the line, for a question.
    pub fn ask(&mut self, text: &str) {
        self.wipe();
        self.whisper(text);
    }

    /// Shows a line that the next one replaces; nothing where that is not possible.
    pub fn progress(&mut self, line: &str) {
        if self.live {
            self.whisper(&format!("\r\x1b[2K{line}"));
            self.transient = true;
        }
    }

    /// Ends both streams.
    ///
    /// # Errors
    /// When data could not be written, for another reason than a reader that went away.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.wipe();
        let _ = self.err.finish();
        let ended = self.out.finish();
        ended.map_err(|error| {
            Failure::new(FailureKind::Other, "could not write to standard output").because(&error)
        })
    }

    fn wipe(&mut self) {
        if self.transient {
            self.transient = false;
            self.whisper("\r\x1b[2K");
        }
    }

    fn whisper(&mut self, text: &str) {
        // Nobody is left to be told when standard error fails.
        let _ = self.err.write_all(text.as_bytes());
        let _ = self.err.flush();
    }
}

fn colour_is_welcome() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A stream whose reader may go away; keeps its first error for the end.
struct Pipe<W: Write> {
    inner: W,
    closed: bool,
    failed: Option<io::ErrorKind>,
}

impl<W: Write> Pipe<W> {
    fn new(inner: W) -> Self {
        Self { inner, closed: false, failed: None }
    }

    fn note(&mut self, result: io::Result<()>) {
        let Err(error) = result else { return };
        self.closed = true;
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.failed.get_or_insert(error.kind());
        }
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.closed {
            let result = self.inner.write_all(bytes);
            self.note(result);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.closed {
            let result = self.inner.flush();
            self.note(result);
        }
        self.failed.map_or(Ok(()), |kind| Err(io::Error::from(kind)))
    }
}
