//! The secret scan against repositories made by git: one for each place where a key can hide, and
//! for each a clean counterpart.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test stops where something is missing"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use golive::checks::context::ProgressSink;
use golive::checks::credentials::{scan_report::report, secret_storage::SecretStorage};
use golive::checks::{Check as _, CheckContext, CheckReport, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::scan::{Origin, Place, Role, ScanOutcome, Wanted, Watch, scan_paths};
use golive::secrets::{Secret, SecretRef};
use golive::time::Timestamp;
use rstest::rstest;
use tokio_util::sync::CancellationToken;

/// The key about to go live.
const KEY: &str = "sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3";
/// A key of somebody else.
const OTHER: &str = "sk_live_Xk82hHq0ZpLw6TnV3sRbE1uG";

/// Whether git is there; says loudly when not, and fails in CI.
fn git_is_there() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "git is needed in CI");
    if !found {
        eprintln!("SKIPPED: git is not installed");
    }
    found
}

/// A repository of its own in a folder of its own.
struct Repository {
    folder: tempfile::TempDir,
    root: PathBuf,
}

impl Repository {
    fn new() -> Option<Self> {
        Self::with(&["init", "--quiet", "--initial-branch=main"])
    }

    fn with(init: &[&str]) -> Option<Self> {
        if !git_is_there() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("shop");
        fs::create_dir(&root).unwrap();
        let made = Self { folder, root };
        made.git(init);
        made.commit("README.md", "A shop.\n", "Begin");
        Some(made)
    }

    /// Runs git as nobody in particular, at a fixed time, with nobody's configuration.
    fn git(&self, args: &[&str]) -> String {
        git_in(&self.root, args, b"")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn commit(&self, path: &str, content: impl AsRef<[u8]>, message: &str) -> String {
        self.write(path, content);
        self.git(&["add", "--force", path]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.head()
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    fn scan(&self) -> Scan {
        scan_of(&[&self.root])
    }
}

fn git_in(folder: &Path, args: &[&str], input: &[u8]) -> String {
    let mut child = Command::new("git")
        .args(["-c", "protocol.file.allow=always", "-c", "core.hooksPath=/dev/null"])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@shop.test")])
        .envs([("GIT_COMMITTER_NAME", "Bo"), ("GIT_COMMITTER_EMAIL", "bo@shop.test")])
        .envs([("GIT_AUTHOR_DATE", "2024-03-01T12:00:00Z")])
        .envs([("GIT_COMMITTER_DATE", "2024-03-01T12:00:00Z")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?} failed: {says}");
    String::from_utf8(output.stdout).unwrap()
}

/// A scan and its report.
struct Scan {
    outcome: ScanOutcome,
    report: CheckReport,
}

fn wanted() -> Vec<Wanted> {
    vec![Wanted {
        name: "live_secret_key".to_owned(),
        secret: Secret::new(KEY.to_owned()),
        role: Role::Live,
        file: None,
    }]
}

fn scan_of(paths: &[&Path]) -> Scan {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let outcome = scan_paths(&paths, &wanted(), &Watch::idle());
    let report = report(&outcome, &["live_secret_key".to_owned()], &[], paths[0].as_path());
    let said = format!("{report:?}{outcome:?}");
    for part in ["9fQ2xLr7", "Xk82hHq0"] {
        assert!(!said.contains(part), "the report shows a key: {said}");
    }
    Scan { outcome, report }
}

impl Scan {
    #[track_caller]
    fn is_clean(&self) {
        assert_eq!(self.report.outcome, Outcome::Pass, "{:#?}", self.report);
        assert!(self.outcome.leaks.is_empty());
    }

    /// The one leak, which is blocking: its place as it is shown.
    #[track_caller]
    fn only(&self) -> String {
        assert_eq!(self.report.outcome, Outcome::Fail, "{:#?}", self.report);
        let blocking: Vec<_> =
            self.report.findings.iter().filter(|one| one.level == Level::Blocking).collect();
        assert_eq!(blocking.len(), 1, "{:#?}", self.report);
        let place = blocking[0].place.clone().unwrap();
        format!("{} | {place}", blocking[0].message)
    }

    #[track_caller]
    fn says(&self, parts: &[&str]) {
        let only = self.only();
        for part in parts {
            assert!(only.contains(part), "`{part}` is not in: {only}");
        }
    }

    #[track_caller]
    fn origins(&self) -> Vec<&Origin> {
        let places = self.outcome.leaks.iter().map(|leak| &leak.place);
        places
            .filter_map(|place| match place {
                Place::Object { origin, .. } => Some(origin),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_clean_repository_passes_and_says_what_was_read() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("config.yaml", "key: sk_live_xxxxxxxxxxxxxxxx\n", "Configure");
    let scan = shop.scan();
    scan.is_clean();
    assert_eq!(scan.outcome.counts.objects, 4);
    assert!(scan.outcome.counts.placeholders >= 2);
    let head = shop.head();
    assert!(scan.report.summary.contains(&head[..12]), "{}", scan.report.summary);
    assert!(scan.report.facts.values().any(|fact| *fact == head));
}

#[test]
fn a_new_commit_changes_the_facts_that_the_result_rests_on() {
    let Some(shop) = Repository::new() else { return };
    let before = shop.scan().report.facts;
    shop.commit("b", "b", "More");
    assert_ne!(before, shop.scan().report.facts);
}

#[test]
fn a_key_in_a_tracked_file_is_named_with_file_and_line_and_the_commit_that_brought_it() {
    let Some(shop) = Repository::new() else { return };
    let commit = shop.commit("src/pay.py", format!("import os\n\nKEY = '{KEY}'\n"), "Pay");
    let scan = shop.scan();
    let blocking: Vec<_> =
        scan.report.findings.iter().map(|one| (one.file.as_deref(), one.line)).collect();
    assert_eq!(blocking, [(Some("src/pay.py"), Some(3)); 2]);
    assert!(scan.report.findings[0].message.contains("live_secret_key, about to go live,"));
    assert!(scan.report.findings[0].message.contains("git tracks"));
    assert_eq!(scan.report.findings[1].commit.as_deref(), Some(commit.as_str()));
    let place = scan.report.findings[1].place.as_deref().unwrap();
    assert!(place.contains("2024-03-01, Ada <ada@shop.test> (reached by branch main)"), "{place}");
}

#[test]
fn a_key_in_an_untracked_and_in_an_ignored_file_is_found() {
    let Some(shop) = Repository::new() else { return };
    shop.write("notes.txt", KEY);
    shop.scan().says(&["does not ignore", "notes.txt:1"]);
    shop.commit(".gitignore", "*.txt\n", "Ignore");
    shop.scan().says(&["git ignores", "notes.txt:1"]);
}

#[test]
fn another_live_key_blocks_too_and_is_told_apart_but_not_where_git_ignores_it() {
    let Some(shop) = Repository::new() else { return };
    shop.write(".env", OTHER);
    shop.scan().says(&["not this launch's", ".env:1"]);
    shop.commit(".gitignore", ".env\n", "Ignore");
    let scan = shop.scan();
    assert_eq!(scan.report.outcome, Outcome::Pass);
    assert!(scan.report.findings.iter().any(|one| one.level == Level::Advisory));
}

#[test]
fn a_key_in_the_name_of_a_file_is_found_without_showing_the_name() {
    let Some(shop) = Repository::new() else { return };
    shop.write(&format!("keys/{KEY}.json"), "{}");
    shop.scan().says(&["is the name of a file", "keys"]);
}

#[test]
fn a_key_deleted_in_a_later_commit_is_found_where_it_was_introduced() {
    let Some(shop) = Repository::new() else { return };
    let commit = shop.commit("a.env", format!("A=1\nKEY={KEY}\n"), "Oops");
    shop.commit("a.env", "A=1\n", "Remove the key");
    shop.scan().says(&["a.env:2", &commit[..12], "branch main", "is in git history"]);
}

#[test]
fn many_versions_of_a_file_with_the_key_are_one_finding_with_the_oldest_commit() {
    let Some(shop) = Repository::new() else { return };
    let first = shop.commit("a.env", format!("KEY={KEY}\n"), "One");
    for number in 2..6 {
        let when = format!("2024-03-0{number}T12:00:00Z");
        shop.write("a.env", format!("N={number}\nKEY={KEY}\n"));
        shop.git(&["commit", "--quiet", "--all", "--message", "More", "--date", &when]);
    }
    shop.git(&["rm", "--quiet", "a.env"]);
    shop.git(&["commit", "--quiet", "--message", "Gone"]);
    shop.scan().says(&["in 5 versions", &first[..12]]);
}

#[test]
fn a_key_on_another_branch_names_the_branch() {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["switch", "--quiet", "--create", "feature"]);
    shop.commit("b.env", KEY, "Try");
    shop.git(&["switch", "--quiet", "main"]);
    shop.scan().says(&["b.env:1", "branch feature"]);
}

#[test]
fn a_key_in_a_stash_and_in_an_older_stash_is_found() {
    let Some(shop) = Repository::new() else { return };
    shop.write("README.md", KEY);
    shop.git(&["stash", "--quiet"]);
    shop.scan().says(&["is in the stash"]);
    shop.write("README.md", "something else");
    shop.git(&["stash", "--quiet"]);
    shop.scan().says(&["is in the stash"]);
}

#[test]
fn a_key_in_a_note_is_found() {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["notes", "add", "--message", KEY]);
    shop.scan().says(&["is in a git note", "notes commits"]);
}

#[test]
fn a_key_in_an_annotated_tag_s_message_is_found() {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["tag", "--annotate", "v1", "--message", &format!("Uses {KEY}")]);
    let only = shop.scan().report.findings;
    let of_tag = only.iter().find(|one| one.message.contains("message of a tag")).unwrap();
    assert!(of_tag.place.as_deref().unwrap().contains("tag v1, 2024-03-01, Bo"));
}

#[test]
fn a_key_in_a_commit_message_is_found_with_its_commit() {
    let Some(shop) = Repository::new() else { return };
    let commit = shop.commit("c", "c", &format!("Use {KEY} in production"));
    let scan = shop.scan();
    let message = scan.report.findings.iter().find(|one| one.message.contains("commit message"));
    assert_eq!(message.unwrap().commit.as_deref(), Some(commit.as_str()));
}

#[test]
fn a_key_in_an_object_that_nothing_leads_to_is_found() {
    let Some(shop) = Repository::new() else { return };
    let blob = git_in(&shop.root, &["hash-object", "-w", "--stdin"], KEY.as_bytes());
    shop.scan().says(&["no commit has", &format!("dangling blob {}", &blob[..12])]);
}

#[test]
fn a_key_in_an_amended_away_commit_is_found_while_the_reflog_has_it_and_after() {
    let Some(shop) = Repository::new() else { return };
    let commit = shop.commit("d.env", KEY, "Oops");
    shop.write("d.env", "nothing");
    shop.git(&["commit", "--quiet", "--all", "--amend", "--message", "Fine"]);
    shop.scan().says(&["d.env:1", &commit[..12], "reflog of"]);
    shop.git(&["reflog", "expire", "--expire=all", "--all"]);
    fs::remove_file(shop.root.join(".git/ORIG_HEAD")).ok();
    shop.scan().says(&["d.env:1", &commit[..12], "nothing leads to it"]);
    shop.git(&["gc", "--quiet", "--prune=now"]);
    shop.scan().is_clean();
}

#[test]
fn a_key_is_found_after_everything_was_packed() {
    let Some(shop) = Repository::new() else { return };
    let commit = shop.commit("e.env", KEY, "Oops");
    shop.commit("e.env", "fine", "Fine");
    shop.git(&["gc", "--quiet"]);
    assert_eq!(shop.git(&["count-objects"]).trim(), "0 objects, 0 kilobytes");
    shop.scan().says(&["e.env:1", &commit[..12]]);
}

/// A history of one large file, `revisions` long, with `key` in one old revision, as one pack with
/// delta chains as deep as git makes them.
fn deep(revisions: usize, key: &str) -> Option<Repository> {
    let shop = Repository::new()?;
    let mut lines: Vec<String> =
        (0..600).map(|n| format!("setting_{n} = {}\n", n * 7919)).collect();
    let mut stream = String::new();
    for revision in 0..revisions {
        let at = revision * 37 % lines.len();
        lines[at] = format!("setting_{at} = {}\n", revision * 104_729);
        let mut content = lines.concat();
        if revision == revisions / 3 {
            content.insert_str(content.len() / 2, key);
        }
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter Bo <bo@shop.test> {} +0000\ndata 2\nr\n{}M 100644 inline big.conf\ndata {}\n{content}\n",
            1_700_000_000 + revision,
            if revision == 0 { "from refs/heads/main^0\n" } else { "" },
            content.len(),
        ));
    }
    git_in(&shop.root, &["fast-import", "--quiet", "--force"], stream.as_bytes());
    shop.git(&["reset", "--quiet", "--hard"]);
    shop.git(&["repack", "--quiet", "-a", "-d", "-f", "--depth=250", "--window=20"]);
    Some(shop)
}

#[test]
fn a_key_in_one_old_revision_deep_in_a_delta_chain_is_found_and_only_there() {
    let Some(shop) = deep(400, KEY) else { return };
    let pack = shop.git(&["verify-pack", "-v", &pack_index(&shop.root)]);
    assert!(pack.contains("chain length = 2"), "no deep chains: {pack}");
    shop.scan().says(&["big.conf:", "is in git history | "]);
    let Some(shop) = deep(400, "sk_live_xxxxxxxxxxxxxxxxxxxxx") else { return };
    let scan = shop.scan();
    scan.is_clean();
    assert_eq!(scan.outcome.counts.objects, 802);
}

fn pack_index(root: &Path) -> String {
    let packs = fs::read_dir(root.join(".git/objects/pack")).unwrap();
    let mut paths = packs.map(|entry| entry.unwrap().path());
    paths
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .unwrap()
        .display()
        .to_string()
}

#[test]
fn a_key_put_together_by_a_delta_from_two_places_is_found() {
    let Some(shop) = Repository::new() else { return };
    let filler: String = (0..400).map(|n| format!("line {n} {}\n", n * 31)).collect();
    let (head, tail) = KEY.split_at(5);
    shop.commit("f", format!("{filler}{head}\n{filler}{tail}\n{filler}"), "Parts");
    shop.commit("f", format!("{filler}{head}{tail}\n{filler}{filler}"), "Whole");
    shop.commit("f", filler.clone(), "Gone");
    shop.git(&["repack", "--quiet", "-a", "-d", "-f"]);
    assert_eq!(shop.scan().origins().len(), 1);
}

#[test]
fn a_placeholder_that_a_delta_makes_a_key_far_behind_its_prefix_is_found() {
    let Some(shop) = Repository::new() else { return };
    let filler: String = (0..400).map(|n| format!("line {n} {}\n", n * 31)).collect();
    let placeholder = format!("sk_live_{}", "a".repeat(30));
    shop.commit("f", format!("{filler}{placeholder}9fQ2xLr7Tz0KpWv4Bn8\n{filler}"), "Key");
    shop.commit("f", format!("{filler}{placeholder}\n{filler}{filler}"), "Placeholder");
    shop.git(&["repack", "--quiet", "-a", "-d", "-f"]);
    let pack = shop.git(&["verify-pack", "-v", &pack_index(&shop.root)]);
    assert!(pack.contains("chain length = 1: 1 object"), "no delta: {pack}");
    let scan = shop.scan();
    assert_eq!(scan.origins().len(), 1);
    assert_eq!(scan.outcome.counts.placeholders, 2, "the file and its version with placeholders");
}

#[rstest]
#[case::merged("merge")]
#[case::brought_by_the_merge_itself("evil")]
fn a_key_in_a_merge_names_the_commit_that_brought_it(#[case] how: &str) {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["switch", "--quiet", "--create", "side"]);
    let side = shop.commit("s.env", if how == "merge" { KEY } else { "side" }, "Side");
    shop.git(&["switch", "--quiet", "main"]);
    shop.commit("m", "main", "Main");
    shop.git(&["merge", "--quiet", "--no-ff", "--no-commit", "side"]);
    if how == "evil" {
        shop.write("s.env", KEY);
        shop.git(&["add", "s.env"]);
    }
    shop.git(&["commit", "--quiet", "--message", "Merge"]);
    let merge = shop.head();
    shop.commit("s.env", "gone", "Gone");
    let expected = if how == "merge" { side } else { merge };
    shop.scan().says(&["s.env:1", &expected[..12]]);
}

#[test]
fn a_renamed_file_is_named_at_both_paths() {
    let Some(shop) = Repository::new() else { return };
    let first = shop.commit("old/a.env", KEY, "Old");
    fs::create_dir(shop.root.join("new")).unwrap();
    shop.git(&["mv", "old/a.env", "new/a.env"]);
    shop.git(&["commit", "--quiet", "--message", "Move"]);
    let second = shop.head();
    shop.git(&["rm", "--quiet", "new/a.env"]);
    shop.git(&["commit", "--quiet", "--message", "Gone"]);
    let scan = shop.scan();
    let named: Vec<_> = scan
        .report
        .findings
        .iter()
        .map(|one| (one.file.clone().unwrap(), one.commit.clone().unwrap()))
        .collect();
    assert_eq!(named, [("new/a.env".to_owned(), second), ("old/a.env".to_owned(), first)]);
}

#[test]
fn a_key_in_git_s_own_configuration_and_unfinished_message_is_found() {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["remote", "add", "origin", &format!("https://me:{KEY}@git.shop.test/shop.git")]);
    shop.scan().says(&["git's own files", ".git/config:"]);
    shop.git(&["remote", "remove", "origin"]);
    shop.scan().is_clean();
    shop.write(".git/COMMIT_EDITMSG", KEY);
    shop.scan().says(&["git's own files", ".git/COMMIT_EDITMSG:1"]);
}

#[test]
fn a_key_in_a_nested_repository_is_found() {
    let Some(shop) = Repository::new() else { return };
    let Some(inner) = Repository::new() else { return };
    inner.commit("x.env", KEY, "Oops");
    inner.commit("x.env", "fine", "Fine");
    fs::rename(&inner.root, shop.root.join("vendor")).unwrap();
    shop.scan().says(&["vendor: x.env:1"]);
}

#[test]
fn a_key_in_a_submodule_s_history_is_found_once() {
    let (Some(shop), Some(inner)) = (Repository::new(), Repository::new()) else { return };
    inner.commit("x.env", KEY, "Oops");
    inner.commit("x.env", "fine", "Fine");
    let url = inner.root.display().to_string();
    shop.git(&["submodule", "--quiet", "add", &url, "lib"]);
    shop.git(&["commit", "--quiet", "--message", "Add a submodule"]);
    let scan = shop.scan();
    scan.says(&["lib: x.env:1"]);
    assert_eq!(scan.outcome.repositories.len(), 2);
}

#[test]
fn a_work_tree_s_repository_is_found_through_its_git_file() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x.env", KEY, "Oops");
    shop.commit("x.env", "fine", "Fine");
    let other = shop.folder.path().join("other");
    shop.git(&["worktree", "add", "--quiet", "--detach", &other.display().to_string()]);
    let commit = git_in(&other, &["rev-parse", "HEAD"], b"");
    let scan = scan_of(&[&other]);
    scan.says(&["x.env:1"]);
    assert!(scan.report.facts.values().any(|fact| *fact == commit.trim()));
}

#[test]
fn a_bare_repository_is_read_whether_asked_for_or_met() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x.env", KEY, "Oops");
    shop.commit("x.env", "fine", "Fine");
    let bare = shop.folder.path().join("backup/shop.git");
    shop.git(&["clone", "--quiet", "--bare", ".", &bare.display().to_string()]);
    scan_of(&[&bare]).says(&["x.env:1"]);
    scan_of(&[bare.parent().unwrap()]).says(&["shop.git: x.env:1"]);
}

#[test]
fn objects_borrowed_from_another_repository_are_read() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x.env", KEY, "Oops");
    shop.commit("x.env", "fine", "Fine");
    let copy = shop.folder.path().join("copy");
    shop.git(&["clone", "--quiet", "--shared", ".", &copy.display().to_string()]);
    assert!(copy.join(".git/objects/info/alternates").exists());
    scan_of(&[&copy]).says(&["x.env:1"]);
}

#[test]
fn a_folder_inside_a_repository_has_the_whole_history_read() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x.env", KEY, "Oops");
    shop.commit("x.env", "fine", "Fine");
    shop.commit("service/main.py", "pass\n", "Serve");
    scan_of(&[&shop.root.join("service")]).says(&["x.env:1"]);
}

#[test]
fn a_sha256_repository_is_read_like_any_other() {
    let init = ["init", "--quiet", "--initial-branch=main", "--object-format=sha256"];
    let Some(shop) = Repository::with(&init) else { return };
    let commit = shop.commit("x.env", KEY, "Oops");
    assert_eq!(commit.len(), 64);
    shop.commit("x.env", "fine", "Fine");
    shop.scan().says(&["x.env:1", &commit[..12]]);
    shop.git(&["gc", "--quiet"]);
    shop.scan().says(&["x.env:1", &commit[..12]]);
}

#[rstest]
#[case::raw("raw")]
#[case::base64_alignment_0("base64:abc")]
#[case::base64_alignment_1("base64:a")]
#[case::base64_alignment_2("base64:ab")]
#[case::basic_header("base64:pk_live_1a2B3c4D:")]
#[case::hex("hex")]
#[case::hex_upper("HEX")]
#[case::percent("percent")]
#[case::utf16_le("UTF-16LE")]
#[case::utf16_be("UTF-16BE")]
fn a_key_is_found_in_files_and_in_history_in_every_encoding(#[case] encoding: &str) {
    let Some(shop) = Repository::new() else { return };
    let written = |key: &str| -> Vec<u8> {
        match encoding.split_once(':') {
            Some((_, before)) => format!(
                "curl -H 'Authorization: Basic {}'\n",
                STANDARD.encode(format!("{before}{key}"))
            )
            .into_bytes(),
            None => match encoding {
                "hex" => hex::encode(key).into_bytes(),
                "HEX" => hex::encode_upper(key).into_bytes(),
                "percent" => key.replace('_', "%5F").into_bytes(),
                "UTF-16LE" => key.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                "UTF-16BE" => key.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => key.as_bytes().to_vec(),
            },
        }
    };
    shop.commit("k", written(KEY), "One");
    shop.commit("k", written(OTHER), "Two");
    shop.commit("k", written("pk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3"), "Three");
    shop.git(&["gc", "--quiet"]);
    let scan = shop.scan();
    assert_eq!(scan.origins().len(), 2, "{:#?}", scan.report.findings);
    let own = scan.report.findings.iter().filter(|one| one.message.contains("about to go live"));
    assert_eq!(own.count(), 1);
    shop.write("k", written(KEY));
    assert_eq!(shop.scan().outcome.leaks.len(), 3);
}

#[test]
fn a_shallow_clone_can_not_pass() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x", "x", "More");
    let url = format!("file://{}", shop.root.display());
    let copy = shop.folder.path().join("copy");
    shop.git(&["clone", "--quiet", "--depth=1", &url, &copy.display().to_string()]);
    let scan = scan_of(&[&copy]);
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains("shallow"), "{}", scan.report.summary);
}

#[test]
fn a_partial_clone_can_not_pass() {
    let Some(shop) = Repository::new() else { return };
    shop.commit("x", "x", "More");
    shop.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", shop.root.display());
    let copy = shop.folder.path().join("copy");
    shop.git(&[
        "clone",
        "--quiet",
        "--filter=blob:none",
        "--no-checkout",
        &url,
        &copy.display().to_string(),
    ]);
    let scan = scan_of(&[&copy]);
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains("partial clone"), "{}", scan.report.summary);
}

#[test]
fn a_damaged_object_can_not_pass_and_is_named() {
    let Some(shop) = Repository::new() else { return };
    let blob = shop.git(&["rev-parse", "HEAD:README.md"]);
    let path = shop.root.join(format!(".git/objects/{}/{}", &blob[..2], blob[2..].trim()));
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"x\x9cnonsense").unwrap();
    let scan = shop.scan();
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains(blob[2..].trim()), "{}", scan.report.summary);
}

#[test]
fn a_damaged_pack_can_not_pass() {
    let Some(shop) = deep(40, "fine") else { return };
    let pack = PathBuf::from(pack_index(&shop.root)).with_extension("pack");
    let mut bytes = fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x5a);
    fs::remove_file(&pack).unwrap();
    fs::write(&pack, bytes).unwrap();
    let scan = shop.scan();
    assert_eq!(scan.report.outcome, Outcome::Unknown, "{:#?}", scan.report);
}

#[test]
fn a_pack_without_index_and_a_folder_that_is_gone_can_not_pass() {
    let Some(shop) = Repository::new() else { return };
    shop.git(&["gc", "--quiet"]);
    fs::write(shop.root.join(".git/objects/pack/tmp_pack_x1"), b"PACK").unwrap();
    let scan = shop.scan();
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains("tmp_pack_x1"), "{}", scan.report.summary);
    assert_eq!(scan_of(&[Path::new("/nowhere/at/all")]).report.outcome, Outcome::Unknown);
}

#[test]
fn a_git_file_that_leads_nowhere_can_not_pass() {
    let Some(shop) = Repository::new() else { return };
    shop.write("lib/.git", "gitdir: ../.git/modules/gone\n");
    let scan = shop.scan();
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains("lib/.git"), "{}", scan.report.summary);
}

#[test]
fn a_folder_without_history_is_unknown_and_a_key_in_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(scan_of(&[folder.path()]).report.outcome, Outcome::Unknown);
    fs::write(folder.path().join("a"), "nothing").unwrap();
    let scan = scan_of(&[folder.path()]);
    assert_eq!(scan.report.outcome, Outcome::Unknown);
    assert!(scan.report.summary.contains("no git repository"), "{}", scan.report.summary);
    fs::write(folder.path().join("a"), KEY).unwrap();
    scan_of(&[folder.path()]).says(&["in plain text", "a:1"]);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_sockets_hold_nothing_up() {
    let Some(shop) = Repository::new() else { return };
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key"), KEY).unwrap();
    std::os::unix::fs::symlink(outside.path(), shop.root.join("out")).unwrap();
    std::os::unix::fs::symlink("..", shop.root.join("circle")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", shop.root.join("endless")).unwrap();
    let made = Command::new("mkfifo").arg(shop.root.join("pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(shop.root.join("socket")).unwrap();
    let scan = shop.scan();
    scan.is_clean();
    assert_eq!((scan.outcome.counts.links, scan.outcome.counts.specials), (3, 2));
}

#[test]
fn a_large_file_and_a_large_blob_are_read_to_their_end() {
    let Some(shop) = Repository::new() else { return };
    let mut large = vec![b'.'; 20 * 1024 * 1024];
    for at in (0..large.len()).step_by(1000) {
        large[at] = b'\n';
    }
    large.extend_from_slice(KEY.as_bytes());
    shop.commit("large.bin", &large, "Large");
    let scan = shop.scan();
    assert_eq!(scan.outcome.leaks.len(), 2, "{:#?}", scan.report);
    assert_eq!(scan.report.findings[0].line, Some(20_973));
    shop.git(&["gc", "--quiet"]);
    assert_eq!(shop.scan().outcome.leaks.len(), 2);
}

#[test]
fn names_and_authors_from_outside_can_not_write_to_the_terminal() {
    let Some(shop) = Repository::new() else { return };
    shop.write("evil\u{1b}[2J\u{202e}.env", KEY);
    shop.git(&["add", "--all"]);
    shop.git(&["commit", "--quiet", "--author", "Eve\u{1b}]0;x <e@shop.test>", "--message", "x"]);
    let said = format!("{:?}", shop.scan().report);
    assert!(said.contains("evil^[[2J<U+202E>.env"), "{said}");
    for bad in ["\\u{1b}", "\\u{202e}", "\u{1b}"] {
        assert!(!said.contains(bad), "{said}");
    }
}

#[test]
fn a_hostile_configuration_is_not_obeyed() {
    let Some(shop) = Repository::new() else { return };
    let proof = shop.folder.path().join("proof");
    let command = format!("touch {}", proof.display());
    for name in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "diff.external",
        "filter.x.smudge",
        "core.editor",
    ] {
        shop.git(&["config", name, &command]);
    }
    shop.commit("x.env", "fine", "Fine");
    fs::remove_file(&proof).ok();
    shop.write("y.env", KEY);
    shop.scan().only();
    assert!(!proof.exists(), "a program of the repository's configuration was run");
}

#[test]
fn a_cancelled_scan_is_unknown() {
    let Some(shop) = deep(60, "fine") else { return };
    let cancel = CancellationToken::new();
    cancel.cancel();
    let watch = Watch::new(cancel, ProgressSink::none());
    let outcome = scan_paths(std::slice::from_ref(&shop.root), &wanted(), &watch);
    assert!(outcome.stopped);
    assert_eq!(report(&outcome, &[], &[], &shop.root).outcome, Outcome::Unknown);
}

/// Runs the check as the walk does, with this reference to the live key.
fn checked(shop: &Repository, reference: Option<SecretRef>) -> CheckReport {
    let origin = ValueOrigin::Default;
    let mut values = indexmap::IndexMap::new();
    let source = InputValue::Paths(vec![shop.root.clone()]);
    values.insert("source".into(), Input { value: source, origin: origin.clone() });
    if let Some(reference) = reference {
        let value = InputValue::Secret(reference);
        values.insert("live_secret_key".into(), Input { value, origin });
    }
    let inputs = Arc::new(Inputs::new(values, shop.root.clone()));
    let context = CheckContext::bare(inputs, shop.root.clone(), Timestamp::from_millis(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { SecretStorage.run(&context).await })
}

/// A file that only its owner can read.
fn private(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_key_from_a_manager_that_lies_nowhere_passes_and_says_where_it_came_from() {
    let Some(shop) = Repository::new() else { return };
    let vault = shop.folder.path().join("vault");
    private(&vault, KEY);
    let command = SecretRef::Command(vec!["cat".to_owned(), vault.display().to_string()]);
    let report = checked(&shop, Some(command.clone()));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(report.evidence["kept_in"]["live_secret_key"].as_str().unwrap().starts_with("command"));
    shop.commit("a.env", KEY, "Oops");
    let report = checked(&shop, Some(command));
    assert_eq!(report.outcome, Outcome::Fail);
    assert!(report.findings[0].message.contains("about to go live"));
}

#[test]
fn without_the_key_s_value_nothing_found_is_unknown_and_a_key_found_is_perhaps_this_one() {
    let Some(shop) = Repository::new() else { return };
    let missing = SecretRef::Env("GOLIVE_TEST_IS_NOT_SET".to_owned());
    for reference in [None, Some(missing)] {
        let report = checked(&shop, reference);
        assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
        assert!(report.summary.contains("live_secret_key"), "{}", report.summary);
    }
    shop.commit("a.env", KEY, "Oops");
    let report = checked(&shop, None);
    assert_eq!(report.outcome, Outcome::Fail);
    assert!(report.findings[0].message.contains("perhaps this launch's"), "{report:#?}");
}

#[test]
fn the_ignored_file_that_the_key_is_taken_from_is_a_risk_and_any_other_copy_a_failure() {
    let Some(shop) = Repository::new() else { return };
    shop.commit(".gitignore", ".env*\n", "Ignore");
    private(&shop.root.join(".env.live"), KEY);
    let reference = SecretRef::File(".env.live".into());
    let report = checked(&shop, Some(reference.clone()));
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(report.findings.iter().any(|one| one.message.contains("in the file it is taken from")));
    private(&shop.root.join(".env.copy"), KEY);
    assert_eq!(checked(&shop, Some(reference)).outcome, Outcome::Fail);
}
