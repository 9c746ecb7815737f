//! `production-config` against real files: for each rule and language one that has exactly this
//! flaw, and near ones that must pass.
//!
//! The files in `cases/` hold many small files each. A line `=== NAME | HALF | WANTED` begins one:
//! HALF is `config` (production is configured from it) or `source`; WANTED is `pass`, or what must
//! be found, as `LEVEL LINE RULE`, several separated by commas.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod check;
mod properties;

use std::fs;
use std::path::Path;

use golive::checks::credentials::production_config::{Seen, report};
use golive::checks::{CheckReport, Level};
use golive::scan::Watch;
use golive::scan::sandbox::gather::{Sought, gather};
use golive::scan::sandbox::{Markers, Wanted};

/// What is looked for in all cases.
pub fn markers() -> Markers {
    Markers::new(Wanted {
        prefixes: vec!["sk_test_".to_owned(), "pk_test_".to_owned()],
        hosts: vec!["sandbox.mintcash.me".to_owned()],
        live_hosts: vec!["api.mintcash.me".to_owned()],
        provider: "mintcash".to_owned(),
        own: Vec::new(),
    })
}

/// The report on a folder.
pub fn look(base: &Path, globs: &[&str]) -> CheckReport {
    let sought = Sought {
        base: base.to_owned(),
        globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
        sources: vec![base.to_owned()],
    };
    let markers = markers();
    let gathered = gather(&sought, &markers, &Watch::idle());
    let (globs, hosts) = (sought.globs, markers.hosts().to_vec());
    let seen = Seen { gathered, globs, hosts, names: Vec::new(), notes: Vec::new() };
    report(&seen, &markers)
}

/// What was found with a file and a line, one `LEVEL LINE RULE` each.
pub fn found(report: &CheckReport) -> Vec<String> {
    let mut found: Vec<String> = report
        .findings
        .iter()
        .filter_map(|finding| {
            let level = match finding.level {
                Level::Blocking => "fail",
                Level::Advisory => "advisory",
                Level::Info => "info",
            };
            let rule = finding.message.rsplit_once('[')?.1.trim_end_matches(']');
            Some(format!("{level} {} {rule}", finding.line?))
        })
        .collect();
    found.sort();
    found
}

struct Case<'a> {
    name: &'a str,
    half: &'a str,
    wanted: Vec<&'a str>,
    content: &'a str,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let parts = text.strip_prefix("=== ").unwrap().split("\n=== ");
    let cases = parts.map(|part| {
        let (head, content) = part.split_once('\n').unwrap();
        let head: Vec<&str> = head.split('|').map(str::trim).collect();
        let [name, half, wanted] = head[..] else { panic!("a case needs three parts: {head:?}") };
        let mut wanted: Vec<&str> =
            wanted.split(',').map(str::trim).filter(|one| *one != "pass").collect();
        wanted.sort_unstable();
        Case { name, half, wanted, content }
    });
    cases.collect()
}

/// Looks at one case as a project of its own; what was found, and the outcome.
fn judged(case: &Case<'_>, content: &str) -> (Vec<String>, CheckReport) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app").join(case.name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    fs::write(folder.path().join("other.js"), "export const a = 1;\n").unwrap();
    fs::write(folder.path().join("other.env"), "A=1\n").unwrap();
    let own = format!("app/{}", case.name);
    let globs = if case.half == "config" { vec!["other.env", &own] } else { vec!["other.env"] };
    let report = look(folder.path(), &globs);
    let said = format!("{report:?}");
    for part in ["9fQ2xLr7", "fQ2xLr7Tz"] {
        assert!(!said.contains(part), "{} shows a key: {said}", case.name);
    }
    (found(&report), report)
}

fn run(file: &str, text: &str) {
    let mut wrong = Vec::new();
    let cases = cases(text);
    assert!(!cases.is_empty());
    for case in &cases {
        let (found, report) = judged(case, case.content);
        if found != case.wanted {
            let said: Vec<_> = report.findings.iter().map(|finding| &finding.message).collect();
            wrong.push(format!(
                "{file}: {} ({})\n  wanted {:?}\n  found  {found:?}\n  {said:?}\n{}",
                case.name, case.half, case.wanted, case.content
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

macro_rules! tables {
    ($($name:ident: $file:literal),* $(,)?) => {
        /// All tables, for the properties.
        pub const ALL: &[(&str, &str)] = &[$(($file, include_str!(concat!("cases/", $file)))),*];

        $(
            #[test]
            fn $name() {
                run($file, include_str!(concat!("cases/", $file)));
            }
        )*
    };
}

tables! {
    settings_are_judged_by_what_they_hold: "settings.cases",
    several_environments_in_one_file_are_told_apart: "environments.cases",
    infrastructure_is_read_as_what_it_is: "infrastructure.cases",
    javascript_and_typescript_are_judged_by_their_fallbacks: "javascript.cases",
    python_is_judged_by_its_fallbacks: "python.cases",
    ruby_is_judged_by_its_fallbacks: "ruby.cases",
    php_is_judged_by_its_fallbacks: "php.cases",
    go_is_judged_by_its_fallbacks: "go.cases",
    java_is_judged_by_its_fallbacks: "java.cases",
    csharp_is_judged_by_its_fallbacks: "csharp.cases",
    rust_is_judged_by_its_fallbacks: "rust.cases",
    shell_is_judged_by_its_fallbacks: "shell.cases",
}

#[test]
fn there_are_as_many_cases_as_promised() {
    let all: Vec<Case<'_>> = ALL.iter().flat_map(|(_, text)| cases(text)).collect();
    let green = all.iter().filter(|case| case.wanted.is_empty()).count();
    assert!(all.len() >= 150, "{} cases", all.len());
    assert!(green >= 50, "{green} of {} must pass", all.len());
}
