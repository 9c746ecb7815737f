//! The parts of the documentation that describe the program are made from it. `UPDATE_DOCS=1 cargo
//! test --test docs` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::fs;
use std::path::PathBuf;

use golive::checks::registry;
use golive::{keys, runbook};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Holds the part of `name` between `<!-- part: … -->` and `<!-- /part -->` against `wanted`.
fn holds(name: &str, part: &str, wanted: &str) {
    let path = file(name);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(&format!("<!-- {part}: ")).unwrap();
    let (title, rest) = rest.split_once('\n').unwrap();
    let (held, after) = rest.split_once(&format!("<!-- /{part} -->")).unwrap();
    let wanted = format!("\n{}\n\n", wanted.trim());
    if held != wanted && std::env::var_os("UPDATE_DOCS").is_some() {
        let anew = format!("{before}<!-- {part}: {title}\n{wanted}<!-- /{part} -->{after}");
        fs::write(&path, anew).unwrap();
        return;
    }
    assert_eq!(held, wanted, "{name} is out of date: UPDATE_DOCS=1 cargo test --test docs");
}

#[test]
fn the_readme_lists_the_keys_that_there_are() {
    holds("README.md", "keys", &keys::markdown());
}

#[test]
fn the_readme_lists_the_checks_that_there_are() {
    let mut table =
        String::from("| check | verifies that | can | used by |\n| --- | --- | --- | --- |\n");
    let book = runbook::builtin();
    for check in registry::all() {
        let uses: Vec<_> = book
            .steps()
            .filter(|step| step.verify.iter().any(|spec| spec.check.as_str() == check.name()))
            .map(|step| format!("`{}`", step.id))
            .collect();
        let used = if uses.is_empty() { "your own runbook".to_owned() } else { uses.join(", ") };
        let (name, about, effect) = (check.name(), check.about(), check.effect().word());
        table.push_str(&format!("| `{name}` | {about} | {effect} | {used} |\n"));
    }
    table.push_str(
        "\n*Can* says the most that it can do to the world: **reads** leaves nothing behind, \
         **refusable** sends requests that a correct handler must refuse, **harmless** sends a validly \
         signed but inert event and only to an armed host.",
    );
    holds("README.md", "checks", &table);
}

#[test]
fn every_dependency_has_its_line_in_the_architecture() {
    let manifest = fs::read_to_string(file("Cargo.toml")).unwrap();
    let text = fs::read_to_string(file("ARCHITECTURE.md")).unwrap();
    let lines = manifest.lines().skip_while(|line| !line.ends_with("dependencies]"));
    let missing: Vec<_> = lines
        .take_while(|line| !line.starts_with("[[bench") && !line.starts_with("[profile"))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name.trim()))
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not say what these are for: {missing:?}");
}
