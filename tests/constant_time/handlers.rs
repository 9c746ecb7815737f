//! Every handler in `handlers/`: its name begins with the verdict that it must get, and the line
//! that decides ends in a comment `HERE`.

use std::fs;
use std::path::{Path, PathBuf};

use golive::checks::Outcome;
use golive::checks::webhook::constant_time::report;
use golive::scan::compare::{Comparisons, Manner, compare_text};
use golive::scan::syntax::Language;

/// All handlers: name, language, text.
pub fn all() -> Vec<(String, Language, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/constant_time/handlers");
    let mut handlers = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let language = Language::of(&path).unwrap();
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            handlers.push((name, language, fs::read_to_string(&path).unwrap()));
        }
    }
    handlers.sort_by(|one, other| one.0.cmp(&other.0));
    handlers
}

/// The verdict that the name of a handler asks for.
pub fn wanted(name: &str) -> Outcome {
    let file = name.rsplit('/').next().unwrap();
    match file.split('_').next().unwrap() {
        "fail" => Outcome::Fail,
        "pass" => Outcome::Pass,
        "unknown" => Outcome::Unknown,
        other => panic!("{name} begins with {other}"),
    }
}

fn deciding_line(text: &str) -> Option<u32> {
    let at = text.lines().position(|line| line.ends_with("HERE"))?;
    Some(u32::try_from(at).unwrap() + 1)
}

fn lines(found: &Comparisons) -> Vec<(u32, &Manner)> {
    found.found.iter().map(|one| (one.at.line, &one.manner)).collect()
}

#[test]
fn every_handler_gets_its_verdict_at_the_line_that_decides() {
    let mut wrong = Vec::new();
    let handlers = all();
    for (name, language, text) in &handlers {
        let found = compare_text(name, *language, text);
        let verdict = report(&found, true);
        let line = deciding_line(text);
        let seen = lines(&found);
        let decided = match line {
            Some(line) => seen.iter().any(|(at, _)| *at == line),
            None => seen.is_empty(),
        };
        if verdict.outcome != wanted(name) || !decided {
            wrong.push(format!("{name}: {:?}, {}\n    {seen:?}", verdict.outcome, verdict.summary));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), handlers.len(), wrong.join("\n"));
}

#[test]
fn each_language_has_at_least_twelve_handlers_of_all_three_verdicts() {
    let handlers = all();
    for language in ["csharp", "go", "java", "javascript", "php", "python", "ruby", "rust"] {
        let own: Vec<_> = handlers.iter().filter(|one| one.0.starts_with(language)).collect();
        assert!(own.len() >= 12, "{language}: {}", own.len());
        for verdict in [Outcome::Fail, Outcome::Pass, Outcome::Unknown] {
            assert!(own.iter().any(|one| wanted(&one.0) == verdict), "{language}: {verdict:?}");
        }
    }
}
