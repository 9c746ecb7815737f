//! A launch as Markdown, JSON or JUnit.
