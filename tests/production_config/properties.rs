//! What holds for any text: nothing breaks the reading, and a comment changes no verdict.

use std::path::Path;

use golive::scan::sandbox::file::Format;
use golive::scan::sandbox::{Half, judge};
use proptest::prelude::*;

use super::{ALL, cases, judged, markers};

/// One name for each format and language.
const NAMES: [&str; 24] = [
    "a.env",
    "a.yml",
    "a.json",
    "a.toml",
    "a.ini",
    "a.service",
    "Dockerfile",
    "a.xml",
    "a.vue",
    "a.kt",
    "a.txt",
    "a.sh",
    "a.cs",
    "a.go",
    "a.tf",
    "A.java",
    "a.js",
    "a.php",
    "a.py",
    "a.rb",
    "a.rs",
    "a.tsx",
    "a.ts",
    "a.tfvars",
];

/// Pieces that the formats give a meaning to, with markers between them.
const PIECES: [&str; 44] = [
    "https://sandbox.mintcash.me",
    "sk_test_abcdef",
    "mintcash",
    "sandbox",
    "\"",
    "'",
    "`",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ": ",
    "=",
    " || ",
    " ?? ",
    " ? ",
    "${A:-",
    "${",
    "\n",
    "\n  ",
    "#",
    "//",
    "/*",
    "*/",
    "<!--",
    "-->",
    "&a ",
    "*a",
    "<<: ",
    "- ",
    "---\n",
    "|\n",
    "if ",
    "else",
    "default",
    "return ",
    ",",
    ";",
    "\\",
    "é",
    "{{ ",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => ".{0,6}"];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_breaks_any_format(text in pieces(), name in prop::sample::select(NAMES.to_vec())) {
        let markers = markers();
        for half in [Half::Production, Half::Source] {
            let judged = judge(&text, Format::of(Path::new(name)), half, &markers);
            let lines = text.lines().count() as u64 + 1;
            for mark in judged.marks {
                prop_assert!(mark.line >= 1 && mark.line <= lines, "{}: line {}", name, mark.line);
            }
        }
    }
}

/// How a line comment begins in a file of that name, where there is one.
fn comment(name: &str) -> Option<&'static str> {
    let extension = name.rsplit('.').next().unwrap_or_default();
    Some(match extension {
        "env" | "yml" | "yaml" | "toml" | "ini" | "properties" | "conf" | "service" | "sh"
        | "py" | "rb" | "tf" | "tfvars" => "#",
        "js" | "jsx" | "ts" | "go" | "java" | "cs" | "rs" | "json" => "//",
        _ => return None,
    })
}

#[test]
fn a_comment_before_any_case_changes_nothing_but_its_lines() {
    let mut tried = 0;
    for (_, text) in ALL {
        for case in cases(text) {
            let Some(mark) = comment(case.name) else { continue };
            if case.name.ends_with("vue") {
                continue;
            }
            let head =
                format!("{mark} https://sandbox.mintcash.me sk_test_9fQ2xLr7Tz0KpWv4 sandbox\n");
            let (found, _) = judged(&case, &format!("{head}{}", case.content));
            let moved: Vec<String> = case
                .wanted
                .iter()
                .map(|wanted| {
                    let parts: Vec<&str> = wanted.split(' ').collect();
                    let line: u64 = parts[1].parse().unwrap();
                    format!("{} {} {}", parts[0], line + 1, parts[2])
                })
                .collect();
            let mut moved = moved;
            moved.sort();
            assert_eq!(found, moved, "{}\n{}", case.name, case.content);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}
