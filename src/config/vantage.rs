//! The name of a place outside the merchant's network, from which somebody looks.
//!
//! Said with `verify --vantage` or `GOLIVE_VANTAGE`, never in a file: it is true of one run, not of
//! a project.

use crate::text::visible;

/// What a place is called that nobody declared to be outside.
pub const HERE: &str = "here";

/// The longest name.
const LONGEST: usize = 40;

/// Names that say the opposite of what they are to declare.
const INSIDE: [&str; 6] = [HERE, "inside", "local", "localhost", "internal", "this-machine"];

/// What is wrong with a vantage's name, if anything.
#[must_use]
pub fn fault(name: &str) -> Option<String> {
    let fits = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || "-._".contains(ch);
    let shown = visible(name, LONGEST);
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(fits) {
        return Some(format!(
            "`{shown}` is no name for a vantage: use lower-case letters, digits and dashes, \
             {LONGEST} at most"
        ));
    }
    INSIDE.contains(&name).then(|| format!("`{shown}` is not outside your network"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vantage_has_a_plain_name_that_does_not_mean_here() {
        for name in ["ci", "hotspot", "github-actions", "fra1.example"] {
            assert_eq!(fault(name), None);
        }
        for name in ["", "here", "localhost", "two words", "CI", "\u{202e}ic", "a\nb"] {
            assert!(fault(name).is_some(), "{name:?}");
        }
        assert!(fault(&"x".repeat(41)).is_some());
    }
}
