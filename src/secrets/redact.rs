//! Takes secrets out of everything that leaves the program.
//!
//! Every sink (screen, journal, report, log, error, panic) passes its text through the process-wide
//! [`Redactor::shared`]. A secret is registered there the moment it is resolved, in every encoding
//! that people paste. When the filter can not be built it answers with nothing rather than with
//! the text.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::secrets::Secret;
use crate::secrets::filter::{Filter, MASK};

/// Stands in place of a text that could not be searched.
const WITHHELD: &str = "[withheld: the filter that keeps secrets out could not be built]";

/// A stream shows at most this many bytes of something that may yet become a secret.
const TEASER: usize = 3;

/// A stream keeps back at most this much before it takes it for a secret.
const KEPT_BACK: usize = 64 * 1024;

/// Replaces registered secrets, and whatever looks like one of the provider's keys, by `••••`.
#[derive(Default)]
pub struct Redactor {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    filter: Arc<Filter>,
    broken: bool,
}

impl Redactor {
    /// The one redactor of this process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redactor> = OnceLock::new();
        SHARED.get_or_init(Self::default)
    }

    /// Takes a secret into the filter. One that is too short to be used is left out: it would
    /// blank ordinary words.
    pub fn register(&self, secret: &Secret) {
        let value = secret.expose();
        if value.len() < Secret::SHORTEST {
            return;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.filter.knows(value) {
            return;
        }
        match state.filter.with(value) {
            Ok(filter) => state.filter = Arc::new(filter),
            Err(_) => state.broken = true,
        }
    }

    /// The text without secrets.
    #[must_use]
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(filter) = self.filter() else { return Cow::Borrowed(WITHHELD) };
        let spans = filter.spans(text.as_bytes());
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for span in spans {
            out.push_str(text.get(from..span.start).unwrap_or_default());
            out.push_str(MASK);
            from = span.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Cleans every string in a JSON value, the names of members included.
    #[must_use]
    pub fn clean_json(&self, value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.clean(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.clean_json(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (self.clean(name).into_owned(), self.clean_json(value)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// The filter, or `None` when it could not be built.
    fn filter(&self) -> Option<Arc<Filter>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        (!state.broken).then(|| Arc::clone(&state.filter))
    }

    #[cfg(test)]
    fn break_filter(&self) {
        self.state.write().unwrap().broken = true;
    }
}

/// A writer without secrets: what is written to it reaches the inner writer cleaned, however it is
/// cut into pieces. What may be the beginning of a secret is kept back until it is decided; a
/// flush shows at most three bytes of that.
pub struct Clean<'a, W: Write> {
    inner: W,
    redactor: &'a Redactor,
    /// Not decided yet.
    pending: Vec<u8>,
    /// So many bytes of `pending` have been shown by a flush.
    shown: usize,
}

impl<'a, W: Write> Clean<'a, W> {
    /// Wraps a writer.
    pub fn new(inner: W, redactor: &'a Redactor) -> Self {
        Self { inner, redactor, pending: Vec::new(), shown: 0 }
    }

    /// Writes what is kept back and flushes; nothing more will come.
    ///
    /// # Errors
    /// When the inner writer fails.
    pub fn finish(&mut self) -> io::Result<()> {
        let filter = self.filter()?;
        let spans = filter.spans(&self.pending);
        self.emit(&spans, self.pending.len())?;
        self.inner.flush()
    }

    fn filter(&self) -> io::Result<Arc<Filter>> {
        self.redactor.filter().ok_or_else(|| io::Error::other(WITHHELD))
    }

    /// Writes everything that no later byte can change.
    fn settle(&mut self) -> io::Result<()> {
        let filter = self.filter()?;
        let spans = filter.spans(&self.pending);
        let mut until = filter.undecided(&self.pending);
        if let Some(span) = spans.iter().find(|span| span.start < until && until < span.end) {
            until = span.start;
        }
        if self.pending.len() - until > KEPT_BACK {
            let whole = until..self.pending.len();
            return self.emit(&[whole], self.pending.len());
        }
        let settled: Vec<Range<usize>> =
            spans.into_iter().take_while(|span| span.end <= until).collect();
        self.emit(&settled, until)
    }

    /// Writes `pending` up to `until` with the spans masked, and forgets it.
    fn emit(&mut self, spans: &[Range<usize>], until: usize) -> io::Result<()> {
        let mut out = Vec::new();
        let mut from = self.shown;
        for span in spans {
            out.extend_from_slice(self.pending.get(from..span.start).unwrap_or_default());
            out.extend_from_slice(MASK.as_bytes());
            from = span.end.max(from);
        }
        out.extend_from_slice(self.pending.get(from..until).unwrap_or_default());
        self.pending.drain(..until);
        self.shown = self.shown.saturating_sub(until);
        self.inner.write_all(&out)
    }
}

impl<W: Write> Write for Clean<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        self.settle()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.len() <= TEASER
            && let Some(rest) = self.pending.get(self.shown..)
        {
            self.inner.write_all(rest)?;
            self.shown = self.pending.len();
        }
        self.inner.flush()
    }
}

impl<W: Write> Drop for Clean<'_, W> {
    fn drop(&mut self) {
        // Who cares about the error calls `finish`.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests;
