//! What holds for any text: no panic, time in proportion to its length, and comments and white
//! space that change nothing.

use std::fmt::Write as _;

use golive::scan::compare::{Manner, compare_text};
use golive::scan::syntax::Language;
use proptest::prelude::*;

use crate::handlers;

const LANGUAGES: [Language; 9] = [
    Language::CSharp,
    Language::Go,
    Language::Java,
    Language::JavaScript,
    Language::Php,
    Language::Python,
    Language::Ruby,
    Language::Rust,
    Language::Tsx,
];

/// The manners in which a text compares, in order.
fn manners(language: Language, text: &str) -> Vec<Manner> {
    let found = compare_text("webhook", language, text).found;
    let told = |manner| match manner {
        // A reason may name a line.
        Manner::Unknown(_) => Manner::Unknown(String::new()),
        manner => manner,
    };
    found.into_iter().map(|one| told(one.manner)).collect()
}

/// The handler with a comment or an empty line after some of its lines.
fn with_comments(language: Language, text: &str, after: &[bool]) -> String {
    let comment = match language {
        Language::Python | Language::Ruby => "# hmac == signature",
        _ => "// hmac == signature",
    };
    let inside_php = |line: &str| !line.starts_with("<?php");
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        out.push_str(line);
        // A line that goes on in the next one takes no comment in Ruby and Python.
        let _infallible = if after.get(at % after.len()).copied().unwrap_or(false) {
            if language == Language::Php && !inside_php(line) {
                writeln!(out, "\n")
            } else {
                writeln!(out, "\n\n{comment}")
            }
        } else {
            writeln!(out, "   ")
        };
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,400}") {
        for language in LANGUAGES {
            let _ = compare_text("webhook", language, &text);
        }
    }

    #[test]
    fn no_half_of_a_handler_breaks_it(
        which in 0_usize..1000, from in 0_usize..4000, to in 0_usize..4000, other in 0_usize..9,
    ) {
        let handlers = handlers::all();
        let (_, language, text) = handlers.get(which % handlers.len()).unwrap();
        let chars: Vec<char> = text.chars().collect();
        let (from, to) = (from % chars.len(), to % chars.len());
        let part: String = chars.get(from.min(to)..from.max(to)).unwrap().iter().collect();
        let _ = compare_text("webhook", *language, &part);
        let _ = compare_text("webhook", *LANGUAGES.get(other).unwrap(), &part);
    }

    #[test]
    fn comments_and_white_space_change_no_verdict(
        which in 0_usize..1000, after in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let handlers = handlers::all();
        let (name, language, text) = handlers.get(which % handlers.len()).unwrap();
        let changed = with_comments(*language, text, &after);
        prop_assert_eq!(manners(*language, text), manners(*language, &changed), "{}", name);
    }
}

#[test]
fn nesting_however_deep_does_not_exhaust_the_stack() {
    let deep = 20_000;
    for language in LANGUAGES {
        let open = "(".repeat(deep);
        let close = ")".repeat(deep);
        let _ = compare_text("webhook", language, &format!("hmac = {open}x{close}\n"));
        let _ = compare_text("webhook", language, &format!("hmac == {}", "!".repeat(deep)));
        let _ = compare_text("webhook", language, &"if (hmac) { ".repeat(deep));
        let _ = compare_text("webhook", language, &"hmac.a(".repeat(deep));
        let _ = compare_text("webhook", language, &"[".repeat(deep));
    }
}

#[test]
fn a_file_of_a_megabyte_is_read_to_its_end() {
    for file in ["go/fail_helper.go", "java/fail_equals.java", "php/fail_property.php"] {
        let handlers = handlers::all();
        let (_, language, text) = handlers.iter().find(|one| one.0 == file).unwrap();
        let copies = 1_000_000 / text.len();
        let found = compare_text("webhook", *language, &text.repeat(copies));
        assert!(!found.found.is_empty() && found.unread.is_empty(), "{file}");
    }
}
