//! Every file in `samples/` has a row in `samples.txt`: the verdict that it must get, and each call
//! with its line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use golive::checks::Outcome;
use golive::checks::idempotency::external_id_calls::report;
use golive::scan::calls::{CallSite, Sends, Whose, Worry, call_text};
use golive::scan::syntax::Language;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/external_id_calls")
}

/// The files below a folder, by their path in it.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The rows of a table: what is expected of each file.
pub fn rows(table: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(table).unwrap();
    let rows = text.lines().map(|line| line.split_once(": ").unwrap());
    rows.map(|(name, wanted)| (name.to_owned(), wanted.to_owned())).collect()
}

fn worry(worry: Worry) -> &'static str {
    match worry {
        Worry::Customer => "customer",
        Worry::Timestamp => "timestamp",
        Worry::Constant => "constant",
        Worry::EveryTry => "every-try",
        Worry::NotKept => "not-kept",
    }
}

fn shown(site: &CallSite) -> String {
    let sends = match &site.sends {
        Sends::Yes { worries, .. } => {
            let worries: Vec<_> = worries.iter().map(|it| format!(":{}", worry(*it))).collect();
            format!("yes{}", worries.concat())
        }
        Sends::No { .. } => "no".to_owned(),
        Sends::Unclear(_) => "unclear".to_owned(),
    };
    match site.whose {
        Whose::Perhaps => format!("{} perhaps:{sends}", site.at.line),
        _ => format!("{} {sends}", site.at.line),
    }
}

/// What is said of a file, in the form of the table, and why.
pub fn said(name: &str, text: &str) -> (String, String) {
    let language = Language::of(Path::new(name)).unwrap();
    let found = call_text(name, language, text);
    let report = report(&found);
    let verdict = match report.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::Waiting => "waiting",
    };
    let mut sites: Vec<&CallSite> =
        found.found.iter().filter(|site| site.whose != Whose::Other).collect();
    sites.sort_by_key(|site| site.at.line);
    let calls: Vec<String> = sites.iter().map(|site| format!("; {}", shown(site))).collect();
    let why: Vec<String> =
        sites.iter().map(|site| format!("    {}: {:?}", site.at.line, site.sends)).collect();
    (format!("{verdict}{}", calls.concat()), format!("{}\n{}", report.summary, why.join("\n")))
}

/// What differs from a table.
pub fn differences(folder: &Path, table: &Path) -> Vec<String> {
    let rows = rows(table);
    let files = files(folder);
    let mut wrong = Vec::new();
    for name in rows.keys().filter(|name| !files.contains_key(*name)) {
        wrong.push(format!("{name} has a row and is not there"));
    }
    for (name, text) in &files {
        let Some(wanted) = rows.get(name) else {
            wrong.push(format!("{name} has no row"));
            continue;
        };
        let (said, why) = said(name, text);
        if said != *wanted {
            wrong.push(format!("{name}\n  wanted {wanted}\n  said   {said}\n  {why}"));
        }
    }
    wrong
}

#[test]
fn every_sample_gets_its_verdict_and_every_call_its_line() {
    let wrong = differences(&folder().join("samples"), &folder().join("samples.txt"));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Code that was written without looking at the check, and that it had not seen; README.md says how
/// it did at first.
#[test]
fn what_it_had_not_seen_at_first_gets_its_verdict_now() {
    for list in ["first", "second"] {
        let folder = folder().join("held_out");
        let wrong = differences(&folder.join(list), &folder.join(format!("{list}.txt")));
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn each_language_has_samples_of_all_three_verdicts() {
    let rows = rows(&folder().join("samples.txt"));
    for language in
        ["csharp", "go", "java", "javascript", "php", "python", "ruby", "shell", "typescript"]
    {
        let own: Vec<&String> = rows
            .iter()
            .filter(|(name, _)| name.starts_with(language))
            .map(|(_, row)| row)
            .collect();
        for verdict in [" yes", " no", " unclear"] {
            assert!(own.iter().any(|row| row.contains(verdict)), "{language} has no{verdict}");
        }
    }
}
