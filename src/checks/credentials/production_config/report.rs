//! From what was read to findings, evidence and an outcome.
//!
//! The wording never claims more than was read, and names the rule of each finding.

use serde_json::{Map, Value, json};

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::scan::sandbox::gather::{Found, Gathered, Read};
use crate::scan::sandbox::{Half, How, Looks, Mark, Markers, Use, What, shown};

/// At most so many findings are listed.
const MOST: usize = 60;

/// At most so many files of one kind are listed.
const MOST_FILES: usize = 20;

/// Where the check does not look, for the person who signs.
const NOT_COVERED: &str = "variables that a hosting platform, a CI system or a secrets manager sets, \
                           the environment of the running processes, code in other repositories";

/// What was seen, and what it was looked for with.
pub struct Seen {
    /// What was read.
    pub gathered: Gathered,
    /// The patterns of the configuration.
    pub globs: Vec<String>,
    /// The sandbox's hosts.
    pub hosts: Vec<String>,
    /// The launch's own secrets that were looked for by value.
    pub names: Vec<String>,
    /// What is to be said beside.
    pub notes: Vec<String>,
}

/// Makes the report.
#[must_use]
pub fn report(seen: &Seen, markers: &Markers) -> CheckReport {
    let all = &seen.gathered;
    let mut findings: Vec<Finding> =
        all.found.iter().filter_map(|found| finding(found, markers)).collect();
    let at = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (blocking, advisory) = (at(Level::Blocking), at(Level::Advisory));
    findings.sort_by_key(|finding| rank(finding.level));
    cut(&mut findings, all.more);
    let doubts = doubts(seen);
    findings.extend(said_beside(seen));
    let (outcome, summary) = match doubts.first() {
        _ if blocking > 0 => (Outcome::Fail, failed(&all.found, blocking)),
        Some(_) => (Outcome::Unknown, format!("{}; {}", doubts.join("; "), clean(seen, advisory))),
        None => (Outcome::Pass, clean(seen, advisory)),
    };
    let mut report = CheckReport::new(outcome, summary);
    report.findings = findings;
    report.evidence = evidence(seen);
    for (name, read) in [("production_config", &all.production), ("source", &all.source)] {
        if let Some(digest) = &read.digest {
            report = report.fact(format!("files of {name}"), digest.as_str());
        }
    }
    report
}

fn rank(level: Level) -> u8 {
    match level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    }
}

/// Leaves so many findings as can be read, and says how many more there are.
fn cut(findings: &mut Vec<Finding>, unkept: u64) {
    let over = findings.len().saturating_sub(MOST);
    let more = over as u64 + unkept;
    if more > 0 {
        let level = findings.get(MOST).map_or(Level::Info, |finding| finding.level);
        findings.truncate(MOST);
        findings.push(Finding::new(level, format!("the same in {more} more places")));
    }
}

/// How much a mark weighs; none where it is no finding.
fn level(found: &Found) -> Option<Level> {
    let (mark, half) = (&found.mark, found.half);
    let is_key = matches!(mark.what, What::Key { .. });
    let by_word = matches!(mark.what, What::Selector(_));
    Some(match (&mark.used, half) {
        (Use::Fallback(How::OtherBranch), _) if by_word => Level::Advisory,
        // Most start the project on a desk; one that starts production is named as its configuration.
        (Use::Fallback(_), Half::Source) if is_compose(&found.file) => Level::Advisory,
        (Use::Fallback(_) | Use::ForProduction, _) | (Use::Value, Half::Production) => {
            Level::Blocking
        }
        (Use::Value, Half::Source) => match &mark.what {
            What::Key { looks: Looks::Random, .. } => Level::Blocking,
            What::Key { looks: Looks::Placeholder, .. } => return None,
            _ => Level::Advisory,
        },
        (Use::NamedSo, Half::Production) if is_key => Level::Advisory,
        (Use::NamedSo, Half::Production) => Level::Info,
        (Use::NamedSo, Half::Source) => return None,
        (Use::Listed | Use::Switch | Use::Unclear, _) => Level::Advisory,
    })
}

/// Whether a file is one of Docker Compose.
fn is_compose(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.starts_with("docker-compose") || name.starts_with("compose")
}

fn finding(found: &Found, markers: &Markers) -> Option<Finding> {
    let mark = &found.mark;
    let level = level(found)?;
    let rule = mark.used.rule();
    let says = says(mark, markers);
    let through = mark
        .through
        .map_or_else(String::new, |line| format!(", brought here by the alias on line {line}"));
    let message = format!("{says}{through} [{rule}]");
    let mut finding = Finding::new(level, message).at(format!("{}:{}", found.file, mark.line));
    if let Some(hint) = hint(mark, found.half) {
        finding = finding.hint(hint);
    }
    finding.file = Some(found.file.clone());
    finding.line = Some(mark.line);
    Some(finding)
}

/// What is so, in one sentence.
fn says(mark: &Mark, markers: &Markers) -> String {
    let what = what(mark);
    let name = mark.name.as_deref().map(|name| format!("`{}`", shown(name, markers)));
    let is = match &name {
        Some(name) => format!("{name} is {what}"),
        None => format!("{what} stands here"),
    };
    match &mark.used {
        Use::Value | Use::Switch => is,
        Use::Fallback(how) => {
            let who = name.map_or_else(String::new, |name| format!("{name} "));
            format!("{}: {who}falls back to {what}", way(how, markers))
        }
        Use::ForProduction => format!("in production's place: {is}"),
        Use::NamedSo => format!("{is}, under a name of its own"),
        Use::Listed => format!("{what} stands in a list, or beside the live one"),
        Use::Unclear => format!("{is}; whether it is used could not be read"),
    }
}

/// What is there, without the key.
fn what(mark: &Mark) -> String {
    let written = match mark.written {
        "raw" => String::new(),
        other => format!(", written in {other}"),
    };
    let text = match &mark.what {
        What::Key { own: Some(name), .. } => format!("this launch's {name}"),
        What::Key { prefix, looks, .. } => {
            let prefix = prefix.as_deref().unwrap_or_default();
            match looks {
                Looks::Placeholder => format!("a placeholder of a test key ({prefix}…)"),
                _ => format!("a test key ({prefix}…)"),
            }
        }
        What::Host(host) => format!("the sandbox's host {host}"),
        What::Selector(word) => format!("`{word}`, which selects the sandbox"),
    };
    format!("{text}{written}")
}

/// The way of falling back.
fn way(how: &How, markers: &Markers) -> String {
    match how {
        How::Operator(operator) => format!("`{operator}`"),
        How::OtherBranch => "what happens otherwise".to_owned(),
        How::WhenMissing => "what happens when it is missing".to_owned(),
        How::DefaultCase => "the default case".to_owned(),
        How::Argument(call) => format!("the default of `{}`", shown(call, markers)),
        How::Parameter => "the default of a parameter".to_owned(),
        How::Substitution(name) => format!("`${{{}:-…}}`", shown(name, markers)),
        How::Named(name) => format!("the default `{}`", shown(name, markers)),
        How::Field => "the default of a field".to_owned(),
        How::FirstValue => "the first value, kept unless a condition replaces it".to_owned(),
        How::Image => "a default of the image".to_owned(),
        How::Flag => "a switch that is on unless told otherwise".to_owned(),
    }
}

fn hint(mark: &Mark, half: Half) -> Option<&'static str> {
    Some(match (&mark.used, half) {
        (Use::Fallback(_), _) => {
            "remove the default: when the live value is missing, the program must stop at start"
        }
        (Use::ForProduction, _) => "put the live value there",
        (Use::Value, Half::Production) => {
            "put the live value there, by reference to your secrets manager"
        }
        (Use::Value, Half::Source) => "take it from the configuration instead of the code",
        (Use::Switch, _) => {
            "select the live environment, and look that the code has no default for it"
        }
        (Use::NamedSo, Half::Production) => {
            "remove it: production needs none of the sandbox's values"
        }
        (Use::Unclear, _) => "look at the line yourself",
        (Use::NamedSo | Use::Listed, _) => return None,
    })
}

/// Why finding nothing would prove nothing.
fn doubts(seen: &Seen) -> Vec<String> {
    let all = &seen.gathered;
    let mut doubts = Vec::new();
    if all.stopped {
        doubts.push("the search was stopped before its end".to_owned());
    }
    if seen.globs.is_empty() {
        doubts.push(
            "production_config is not set, so no configuration was read, only source code"
                .to_owned(),
        );
    } else if all.production.files() == 0 && !all.stopped {
        let aside: u64 = all.production.aside.values().sum();
        doubts.push(match aside {
            0 => format!("no file matches production_config: {}", seen.globs.join(", ")),
            aside => format!(
                "of what production_config matches, nothing can be production's: {aside} files of \
                 {}",
                asides(&all.production)
            ),
        });
    } else if !all.unmatched.is_empty() {
        doubts.push(format!("no file matches {}", all.unmatched.join(", ")));
    }
    if all.source.files() == 0 && !all.stopped {
        doubts.push("no source code was found in which a fallback could be looked for".to_owned());
    }
    match all.unread.as_slice() {
        [] => {}
        [one] => doubts.push(format!("{} could not be read: {}", one.what, one.why)),
        many => doubts.push(format!("{} files or folders could not be read", many.len())),
    }
    let odd = all.production.not_understood.iter().chain(&all.source.not_understood);
    match odd.collect::<Vec<_>>().as_slice() {
        [] => {}
        [(file, why)] => doubts.push(format!("{file} was not understood: {why}")),
        many => doubts.push(format!("{} files were not understood", many.len())),
    }
    if let Some((file, _)) = all.production.encrypted.first() {
        doubts.push(format!("{file} holds encrypted values, which could not be read"));
    }
    doubts.extend(undecided(&all.found));
    doubts
}

/// What stands where it may be used, and whether it is could not be seen: a host that is written
/// into the code, a switch.
fn undecided(found: &[Found]) -> Option<String> {
    let open = |found: &&Found| {
        let used = &found.mark.used;
        let open = matches!(used, Use::Value | Use::Switch | Use::Unclear)
            || matches!(used, Use::Fallback(How::OtherBranch));
        open && level(found) == Some(Level::Advisory)
    };
    let first = found.iter().find(open)?;
    let more = match found.iter().filter(open).count() {
        1 => String::new(),
        many => format!(", and at {} more places", many - 1),
    };
    let (what, at) = (what(&first.mark), format!("{}:{}", first.file, first.mark.line));
    Some(format!("whether production uses {what} at {at}{more} could not be seen"))
}

fn asides(read: &Read) -> String {
    let kinds: Vec<&str> = read.aside.keys().map(|kind| kind.says()).collect();
    kinds.join(", ")
}

fn failed(found: &[Found], blocking: usize) -> String {
    let fallback = |found: &&Found| matches!(found.mark.used, Use::Fallback(_));
    let falls = found.iter().filter(fallback).count();
    let places = if blocking == 1 { "1 place".to_owned() } else { format!("{blocking} places") };
    let first = found.iter().find(|found| level(found) == Some(Level::Blocking));
    let first = first
        .map_or_else(String::new, |found| format!(", first {}:{}", found.file, found.mark.line));
    let what = if falls == 0 {
        "production uses a test key or the sandbox"
    } else if falls >= blocking {
        "production falls back to a test key or the sandbox"
    } else {
        "production uses a test key or the sandbox, or falls back to one"
    };
    format!("{what} in {places}{first}")
}

fn files(count: u64) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// That nothing was found, and in how much.
fn clean(seen: &Seen, advisory: usize) -> String {
    let (config, source) = (seen.gathered.production.files(), seen.gathered.source.files());
    let beside = match advisory {
        0 => String::new(),
        1 => "; 1 place to look at".to_owned(),
        many => format!("; {many} places to look at"),
    };
    let (config, source) = (files(config), files(source));
    format!(
        "nothing that uses the sandbox or falls back to it was found in {config} of configuration \
         and {source} of source code{beside}"
    )
}

/// What is worth knowing beside the marks.
fn said_beside(seen: &Seen) -> Vec<Finding> {
    let all = &seen.gathered;
    let mut findings = Vec::new();
    for unread in all.unread.iter().take(MOST_FILES) {
        let message = format!("could not be read: {}", unread.why);
        let finding = Finding::new(Level::Advisory, message).at(unread.what.as_str());
        findings.push(match &unread.hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        });
    }
    let odd = all.production.not_understood.iter().chain(&all.source.not_understood);
    for (file, why) in odd.take(MOST_FILES) {
        let mut finding = Finding::new(Level::Advisory, format!("not understood: {why}")).at(file);
        finding.file = Some(file.clone());
        findings.push(finding.hint("look at it yourself"));
    }
    for (file, values) in all.production.encrypted.iter().take(MOST_FILES) {
        let message = format!("{values} encrypted values could not be read");
        let hint = "check them where they are decrypted";
        findings.push(Finding::new(Level::Advisory, message).at(file).hint(hint));
    }
    for (file, kind) in all.production.named.iter().take(MOST_FILES) {
        let message = format!(
            "judged because production_config names it, although it looks like one of {}",
            kind.says()
        );
        findings.push(Finding::new(Level::Info, message).at(file));
    }
    for (file, named) in all.production.refers_to.iter().take(MOST_FILES) {
        let message =
            format!("takes variables from {named}; name that file in production_config too");
        findings.push(Finding::new(Level::Info, message).at(file));
    }
    findings.extend(seen.notes.iter().map(|note| Finding::new(Level::Info, note)));
    findings.push(Finding::new(Level::Info, format!("not looked into: {NOT_COVERED}")));
    findings
}

fn evidence(seen: &Seen) -> Map<String, Value> {
    let all = &seen.gathered;
    let listed = |list: &[(String, String)]| -> Vec<String> {
        list.iter().take(MOST_FILES).map(|(file, why)| format!("{file}: {why}")).collect()
    };
    let aside = |read: &Read| -> Map<String, Value> {
        read.aside.iter().map(|(kind, count)| (kind.says().to_owned(), json!(count))).collect()
    };
    let mut odd = listed(&all.production.not_understood);
    odd.extend(listed(&all.source.not_understood));
    let mut looked_for = vec!["sk_test_…".to_owned(), "pk_test_…".to_owned()];
    looked_for.extend(seen.hosts.iter().cloned());
    looked_for.extend(seen.names.iter().map(|name| format!("{name}, by value")));
    let pairs = [
        ("looked_for", json!(looked_for)),
        ("globs", json!(seen.globs)),
        ("configuration_files", json!(all.production.formats)),
        ("source_files", json!(all.source.formats)),
        ("configuration_left_aside", Value::Object(aside(&all.production))),
        ("source_left_aside", Value::Object(aside(&all.source))),
        ("values_of_other_environments", json!(all.production.passed_over)),
        ("not_understood", json!(odd)),
        ("read_line_by_line", json!(listed(&all.production.by_line))),
        ("takes_variables_from", json!(listed(&all.production.refers_to))),
        ("could_not_be_read", json!(all.unread.len())),
        ("files_that_git_ignores", json!("not read as source code")),
        ("not_covered", json!(NOT_COVERED)),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
