//! From what a scan found to findings, evidence and an outcome.
//!
//! Called by the check `secret-storage` and by `golive scan`, so that both say the same. The
//! wording never claims more than was read: *not found in these files and objects*, not *not
//! leaked*.

use std::path::Path;

use serde_json::{Value, json};

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::scan::{
    Certainty, Commit, FileState, Identity, Leak, Origin, Place, Role, ScanOutcome, Unread,
};

/// The input with the key about to go live. Only who has looked for it can say that another key is
/// not that one.
pub(super) const LIVE_KEY: &str = "live_secret_key";

/// At most so many findings of one kind are listed.
const MOST: usize = 100;

/// At most so many things that could not be read are listed.
const MOST_UNREAD: usize = 20;

/// Where a scan does not look, for the person who signs.
const NOT_COVERED: &str =
    "compressed archives, images, CI variables, chat, wiki and tickets are not looked into";

/// Makes the report of a scan. `searched` names the launch's secrets that were looked for;
/// `missing` says which could not be, and why; findings name their files relative to `base`, as
/// every check does.
#[must_use]
pub fn report(
    scan: &ScanOutcome,
    searched: &[String],
    missing: &[String],
    base: &Path,
) -> CheckReport {
    let own_known = searched.iter().any(|name| name == LIVE_KEY);
    let mut findings = findings(&scan.leaks, own_known, base);
    let blocking = findings.iter().filter(|finding| finding.level == Level::Blocking).count();
    let doubts = doubts(scan, missing);
    findings.extend(scan.unread.iter().take(MOST_UNREAD).map(unread));
    if scan.unread.len() > MOST_UNREAD {
        let more = scan.unread.len() - MOST_UNREAD;
        findings.push(Finding::new(Level::Advisory, format!("{more} more could not be read")));
    }
    findings.extend(scan.notes.iter().map(|note| Finding::new(Level::Info, note)));
    let (outcome, summary) = match doubts.first() {
        _ if blocking > 0 => (Outcome::Fail, found(&scan.leaks, blocking, scan)),
        Some(_) => (Outcome::Unknown, format!("{}; {}", doubts.join("; "), nothing(scan))),
        None => (Outcome::Pass, nothing(scan)),
    };
    let mut report = CheckReport::new(outcome, summary);
    report.findings = findings;
    report.evidence = evidence(scan, searched);
    for (path, repository) in &scan.sources {
        let seen = repository.and_then(|place| scan.repositories.get(place));
        if let Some(head) = seen.and_then(|seen| seen.head.as_ref()) {
            report = report.fact(format!("commit of {path}"), head);
        }
    }
    report
}

/// Why finding nothing would prove nothing.
fn doubts(scan: &ScanOutcome, missing: &[String]) -> Vec<String> {
    let mut doubts = Vec::new();
    if scan.stopped {
        doubts.push("the scan was stopped before its end".to_owned());
    }
    if scan.counts.files == 0 && scan.counts.objects == 0 {
        doubts.push("there was nothing to read".to_owned());
    } else if scan.repositories.is_empty() {
        doubts.push("no git repository is there, so no history was read".to_owned());
    }
    doubts.extend(missing.iter().cloned());
    match scan.unread.as_slice() {
        [] => {}
        [one] => doubts.push(format!("{} could not be read: {}", one.what, one.why)),
        many => doubts.push(format!("{} things could not be read", many.len())),
    }
    doubts
}

fn found(leaks: &[Leak], blocking: usize, scan: &ScanOutcome) -> String {
    let own = leaks.iter().any(|leak| {
        matches!(leak.identity, Identity::Own(_, Role::Live)) && level(leak) == Level::Blocking
    });
    let what = if own { "the key about to go live lies open" } else { "a live key lies open" };
    let places = if blocking == 1 { "1 place".to_owned() } else { format!("{blocking} places") };
    format!("{what}: {places}; {}", read(scan))
}

/// `nothing found in shop at 1a2b3c4d5e6f, 1234 objects, 567 files`.
fn nothing(scan: &ScanOutcome) -> String {
    let names = scan.repositories.iter().map(|seen| match &seen.head {
        Some(head) => format!("{} at {}", seen.label, short(head)),
        None => seen.label.clone(),
    });
    let mut names: Vec<String> = names.collect();
    let paths = scan.sources.iter().filter(|(_, repository)| repository.is_none());
    names.extend(paths.map(|(path, _)| path.clone()));
    if names.len() > 3 {
        let more = names.len() - 3;
        names.truncate(3);
        names.push(format!("{more} more"));
    }
    format!("not found in {}: {}", names.join(", "), read(scan))
}

fn read(scan: &ScanOutcome) -> String {
    format!("{} objects and {} files read", scan.counts.objects, scan.counts.files)
}

fn findings(leaks: &[Leak], own_known: bool, base: &Path) -> Vec<Finding> {
    let one = |leak| finding(leak, own_known, base);
    let mut findings: Vec<Finding> = leaks.iter().map(one).collect();
    findings.sort_by_key(|finding| match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
    let more = findings.len().saturating_sub(MOST);
    if more > 0 {
        let last = findings.get(MOST).map_or(Level::Info, |finding| finding.level);
        findings.truncate(MOST);
        findings.push(Finding::new(last, format!("the same in {more} more places")));
    }
    findings
}

/// How much a leak weighs.
fn level(leak: &Leak) -> Level {
    match (&leak.identity, &leak.place) {
        (Identity::Own(_, Role::Test), _) => Level::Info,
        (Identity::Own(..), Place::File { git, is_reference: true, .. }) => match git {
            FileState::Ignored | FileState::NoRepository => Level::Advisory,
            FileState::Tracked | FileState::Untracked | FileState::GitOwn => Level::Blocking,
        },
        (Identity::Own(..), _) => Level::Blocking,
        (Identity::Other(_), Place::File { git: FileState::Ignored, .. }) => Level::Advisory,
        (Identity::Other(_), _) => match leak.certainty {
            Certainty::Sure => Level::Blocking,
            Certainty::Doubtful => Level::Advisory,
        },
    }
}

fn finding(leak: &Leak, own_known: bool, base: &Path) -> Finding {
    let level = level(leak);
    let as_written = match leak.encoding {
        "raw" => String::new(),
        encoding => format!(", written in {encoding}"),
    };
    let message = format!("{} {}{as_written}", whose(leak, own_known), lies(&leak.place));
    let mut finding = Finding::new(level, message).at(place(leak));
    if let Some(hint) = hint(leak) {
        finding = finding.hint(hint);
    }
    finding.line = leak.line;
    match &leak.place {
        Place::File { source, path, .. } => finding.file = Some(below(base, source, path)),
        Place::Object { repository, origin: Origin::Blob { path, commit, .. } } => {
            finding.file = Some(below(base, repository, path));
            finding.commit = Some(commit.id.clone());
        }
        Place::Object { origin: Origin::Message { commit }, .. } => {
            finding.commit = Some(commit.id.clone());
        }
        Place::Name { .. } | Place::Object { .. } => {}
    }
    finding
}

/// A path of a source as seen from the folder of `golive.yaml`, where it is below that. A source
/// can be a file, which then is the path as well.
fn below(base: &Path, source: &str, path: &str) -> String {
    let source = Path::new(source);
    let whole = if source.is_file() { source.to_owned() } else { source.join(path) };
    whole.strip_prefix(base).unwrap_or(&whole).to_string_lossy().into_owned()
}

fn whose(leak: &Leak, own_known: bool) -> String {
    match &leak.identity {
        Identity::Own(name, Role::Live) => format!("{name}, about to go live,"),
        Identity::Own(name, Role::Test) => format!("{name}, of the test environment,"),
        Identity::Other(_) if leak.certainty == Certainty::Doubtful => {
            "what may be a live secret key (sk_live_…), or an example of one,".to_owned()
        }
        Identity::Other(_) if own_known => {
            "a live secret key (sk_live_…), not this launch's,".to_owned()
        }
        Identity::Other(_) => "a live secret key (sk_live_…), perhaps this launch's,".to_owned(),
    }
}

fn lies(place: &Place) -> String {
    let text = match place {
        Place::File { git, is_reference, .. } => match (git, is_reference) {
            (FileState::Tracked, _) => "is in a file that git tracks",
            (FileState::Untracked, _) => {
                "is in a file that git does not ignore: the next `git add` takes it up"
            }
            (FileState::Ignored, true) => "is kept in plain text, in the file it is taken from",
            (FileState::Ignored, false) => "is in plain text in a file that git ignores",
            (FileState::GitOwn, _) => "is in git's own files",
            (FileState::NoRepository, _) => "is in plain text in a file",
        },
        Place::Name { .. } => "is the name of a file or folder",
        Place::Object { origin, .. } => match origin {
            Origin::Blob { commit, .. } if commit.reached_by == "stash" => "is in the stash",
            Origin::Blob { commit, .. } if commit.reached_by.starts_with("notes") => {
                "is in a git note"
            }
            Origin::Blob { versions: 1, .. } => "is in git history",
            Origin::Blob { versions, .. } => {
                return format!("is in git history, in {versions} versions of the file");
            }
            Origin::Message { .. } => "is in a commit message",
            Origin::Tag { .. } => "is in the message of a tag",
            Origin::Dangling { .. } => "is in an object that no commit has",
        },
    };
    text.to_owned()
}

fn place(leak: &Leak) -> String {
    let line = leak.line.map_or_else(String::new, |line| format!(":{line}"));
    match &leak.place {
        Place::File { source, path, .. } if source == "." => format!("{path}{line}"),
        Place::File { source, path, .. } => format!("{source}/{path}{line}"),
        Place::Name { folder } => format!("in {folder}"),
        Place::Object { repository, origin } => {
            let what = match origin {
                Origin::Blob { path, commit, .. } => format!("{path}{line}, {}", of(commit)),
                Origin::Message { commit } => of(commit),
                Origin::Tag { name, author, date } => format!("tag {name}, {date}, {author}"),
                Origin::Dangling { id, kind } => format!("dangling {kind} {}", short(id)),
            };
            if repository == "." { what } else { format!("{repository}: {what}") }
        }
    }
}

fn of(commit: &Commit) -> String {
    let reached = match commit.reached_by.as_str() {
        "nothing" => "dangling: nothing leads to it".to_owned(),
        other => format!("reached by {other}"),
    };
    format!("commit {}, {}, {} ({reached})", short(&commit.id), commit.date, commit.author)
}

fn hint(leak: &Leak) -> Option<String> {
    let rotate = match &leak.identity {
        Identity::Own(_, Role::Test) => return None,
        Identity::Own(name, Role::Live) if name == "webhook_secret" => {
            "have a new webhook secret issued"
        }
        Identity::Own(..) => "have the key rotated by your account manager before going live",
        Identity::Other(_) => "have that key revoked",
    };
    Some(match &leak.place {
        Place::File { git: FileState::Ignored | FileState::NoRepository, .. } => {
            "move it to a secrets manager and delete the file".to_owned()
        }
        Place::Object { .. } => {
            format!("{rotate}; whoever has a clone has the key, so rewriting history is not enough")
        }
        Place::File { .. } | Place::Name { .. } => format!("{rotate}, then remove it here"),
    })
}

fn unread(unread: &Unread) -> Finding {
    let message = format!("could not be read: {}", unread.why);
    let finding = Finding::new(Level::Advisory, message).at(unread.what.as_str());
    match &unread.hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

fn evidence(scan: &ScanOutcome, searched: &[String]) -> serde_json::Map<String, Value> {
    let repositories: Vec<Value> = scan
        .repositories
        .iter()
        .map(|seen| json!({ "path": seen.label, "commit": seen.head, "objects": seen.objects }))
        .collect();
    let counts = &scan.counts;
    let pairs = [
        ("searched_for", json!(searched)),
        ("repositories", Value::Array(repositories)),
        ("objects", json!(counts.objects)),
        ("files", json!(counts.files)),
        ("file_bytes", json!(counts.file_bytes)),
        ("placeholders_passed_over", json!(counts.placeholders)),
        ("links_not_followed", json!(counts.links)),
        ("pipes_and_devices_not_opened", json!(counts.specials)),
        ("could_not_be_read", json!(scan.unread.len())),
        ("not_covered", json!(NOT_COVERED)),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
