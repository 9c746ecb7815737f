//! The rules of the house that the compiler can not check: who may import what, how long a file
//! and a function may be. ARCHITECTURE.md gives the reasons.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules that stay pure, so that everything they decide can be tested without a terminal, a
/// network, a disk or a clock.
const PURE: [&str; 7] = ["app", "keys", "launch", "runbook", "twin/world", "ui", "week"];

/// What a pure module may not name.
const IMPURE: [&str; 8] = [
    "tokio",
    "reqwest",
    "std::fs",
    "std::net",
    "std::time::Instant",
    "std::time::SystemTime",
    "crossterm::terminal",
    "crate::runtime",
];

/// The one file in a pure module that reads a document from disk.
const READS_A_DOCUMENT: &str = "src/runbook/mod.rs";

const MOST_LINES_OF_A_FILE: usize = 450;
const MOST_LINES_OF_A_FUNCTION: usize = 80;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The lines of a file before its test module; whole files of tests have none.
fn code(path: &Path) -> Vec<String> {
    if path.file_stem().is_some_and(|stem| stem == "tests" || stem == "testing") {
        return Vec::new();
    }
    let text = fs::read_to_string(path).unwrap();
    text.lines().take_while(|line| line.trim() != "#[cfg(test)]").map(str::to_owned).collect()
}

#[test]
fn pure_modules_import_nothing_that_does_io_or_reads_the_clock() {
    let mut broken = Vec::new();
    for module in PURE {
        for path in rust_files(&root().join("src").join(module)) {
            for (number, line) in code(&path).iter().enumerate() {
                let text = line.trim_start();
                let imports = text.starts_with("use ") || text.starts_with("pub use ");
                for bad in IMPURE {
                    let allowed = bad == "std::fs" && name(&path) == READS_A_DOCUMENT;
                    let named = imports && text.contains(bad) || text.contains(&format!("{bad}::"));
                    if named && !text.starts_with("//") && !allowed {
                        broken.push(format!("{}:{}: {text}", name(&path), number + 1));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "pure modules reach outside:\n{}", broken.join("\n"));
}

#[test]
fn only_one_file_names_the_yaml_crate() {
    let mut files = rust_files(&root().join("src"));
    files.retain(|path| {
        code(path).iter().any(|line| {
            let line = line.trim_start();
            line.contains("serde_yaml::") && !line.starts_with("//")
        })
    });
    let names: Vec<_> = files.iter().map(|path| name(path)).collect();
    assert!(names.len() <= 1, "serde_yaml is named in {names:?}");
}

#[test]
fn no_file_has_grown_a_second_reason_to_exist() {
    let mut long: Vec<_> = rust_files(&root().join("src"))
        .iter()
        .map(|path| (code(path).len(), name(path)))
        .filter(|(lines, _)| *lines > MOST_LINES_OF_A_FILE)
        .collect();
    long.sort();
    assert!(long.is_empty(), "split these files (over {MOST_LINES_OF_A_FILE} lines): {long:?}");
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for path in rust_files(&root().join("src")) {
        let lines = code(&path);
        let mut begun: Option<(usize, usize, String)> = None;
        for (number, line) in lines.iter().enumerate() {
            let text = line.trim_start();
            let indent = line.len() - text.len();
            let is_fn = text.contains("fn ") && text.contains('(') && !text.starts_with("//");
            if begun.is_none() && is_fn && !text.ends_with(';') && !text.ends_with('}') {
                begun = Some((number, indent, text.to_owned()));
            } else if let Some((start, depth, first)) = &begun
                && indent == *depth
                && (text == "}" || text.ends_with(';'))
            {
                let length = number - start + 1;
                if text == "}" && length > MOST_LINES_OF_A_FUNCTION {
                    long.push(format!("{}:{}: {length} lines: {first}", name(&path), start + 1));
                }
                begun = None;
            }
        }
    }
    assert!(long.is_empty(), "split these functions:\n{}", long.join("\n"));
}
