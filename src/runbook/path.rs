//! Where in a document something stands: `sections[1].steps[0].severity`.

use std::fmt;

/// The path from the root of a document to a value, built while walking and only written out for
/// a problem.
#[derive(Clone, Copy)]
pub enum Path<'p> {
    /// The whole document.
    Root,
    /// A key of a map.
    Key(&'p Path<'p>, &'p str),
    /// An element of a list, from 0.
    Index(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    /// The path to a key below this one.
    #[must_use]
    pub fn key(&'p self, key: &'p str) -> Path<'p> {
        Path::Key(self, key)
    }

    /// The path to an element below this one.
    #[must_use]
    pub fn index(&'p self, index: usize) -> Path<'p> {
        Path::Index(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, key) => write!(out, "{key}"),
            Path::Key(above, key) => write!(out, "{above}.{key}"),
            Path::Index(above, index) => write!(out, "{above}[{index}]"),
        }
    }
}
