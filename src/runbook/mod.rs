//! The document that says what must be true: model, loading, validation, the built-in copy.

pub mod model;
