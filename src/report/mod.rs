//! A launch as a document to hand over: Markdown, JSON, JUnit, SARIF.
//!
//! Called by `cli` and by `runtime::perform`. [`Document`] is made once, with every text redacted
//! and made visible; a format only lays it out, so that a further one is one more file and one
//! more [`Format`]. No format shows a percentage.

mod build;
pub mod document;
mod escape;
mod junit;
mod markdown;
mod money;
mod sarif;

use crate::launch::Launch;
use crate::launch::standing::Standing;
use crate::report::document::Document;
use crate::time::Timestamp;

pub use money::MoneyPart;

/// What a report says about itself beside the launch.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The launch's name.
    pub launch: &'a str,
    /// When the report is made.
    pub at: Timestamp,
    /// Number of the journal's last entry.
    pub seq: u64,
    /// The journal's head, 64 hex digits.
    pub head: &'a str,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, tickets and repositories.
    Markdown,
    /// For programs; the schema is `golive.report/1`.
    Json,
    /// For continuous integration.
    Junit,
    /// The findings that stand in a file, for code scanning.
    Sarif,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Markdown, Self::Json, Self::Junit, Self::Sarif];

    /// The name by which it is asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// How a file in this format ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Junit => "xml",
            Self::Sarif => "sarif",
        }
    }

    /// Lays a document out.
    #[must_use]
    pub fn render(self, document: &Document) -> String {
        match self {
            Self::Markdown => markdown::render(document),
            Self::Json => json_of(document),
            Self::Junit => junit::render(document),
            Self::Sarif => sarif::render(document),
        }
    }
}

/// The launch as Markdown.
#[must_use]
pub fn markdown(launch: &Launch, standing: &Standing, about: &About<'_>) -> String {
    Format::Markdown.render(&Document::new(launch, standing, about))
}

/// The launch as JSON, schema `golive.report/1`.
#[must_use]
pub fn json(launch: &Launch, standing: &Standing, about: &About<'_>) -> String {
    Format::Json.render(&Document::new(launch, standing, about))
}

/// The launch as JUnit XML, one test case per step.
#[must_use]
pub fn junit(launch: &Launch, standing: &Standing, about: &About<'_>) -> String {
    Format::Junit.render(&Document::new(launch, standing, about))
}

/// The findings that stand in a file as SARIF 2.1.0.
#[must_use]
pub fn sarif(launch: &Launch, standing: &Standing, about: &About<'_>) -> String {
    Format::Sarif.render(&Document::new(launch, standing, about))
}

fn json_of(document: &Document) -> String {
    let mut text = serde_json::to_string_pretty(document)
        .unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string()));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
