//! Where a secret is kept: files with real modes, links and work trees, commands as people write
//! them, and webhook handlers that have this secret or another one.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops where it breaks"
)]

#[path = "webhook/counterpart.rs"]
#[expect(dead_code, reason = "the tests of the webhook checks use the rest")]
mod counterpart;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use counterpart::{Counterpart, SECRET, skip};
use golive::checks::credentials::secret_storage::SecretStorage;
use golive::checks::{Check as _, CheckContext, CheckReport, Effect, Finding, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::SecretRef;
use indexmap::IndexMap;
use rstest::rstest;

const KEY: &str = "sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3";

/// A project whose source is a clean repository, and a folder beside it.
struct Place {
    folder: tempfile::TempDir,
    source: PathBuf,
    values: IndexMap<&'static str, InputValue>,
    armed: BTreeSet<String>,
}

impl Place {
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            skip("git");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("shop");
        fs::create_dir(&source).unwrap();
        let mut place = Self { folder, source, values: IndexMap::new(), armed: BTreeSet::new() };
        place.repository(&place.source.clone());
        let paths = vec![place.source.clone()];
        place.values.insert("source", InputValue::Paths(paths));
        Some(place)
    }

    fn repository(&self, root: &Path) {
        self.git(root, &["init", "--quiet", "--initial-branch=main"]);
        fs::write(root.join(".gitignore"), "*.ignored\n").unwrap();
        self.git(root, &["add", "--all"]);
        self.git(root, &["commit", "--quiet", "--message", "Begin"]);
    }

    fn git(&self, root: &Path, args: &[&str]) {
        let out = Command::new("git")
            .args(args)
            .current_dir(root)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@shop.test")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@shop.test")])
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// Writes a file with this mode, beside the source unless the path leads into it.
    fn write(&self, path: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        set_mode(&path, mode);
        path
    }

    fn key(mut self, reference: SecretRef) -> Self {
        self.values.insert("live_secret_key", InputValue::Secret(reference));
        self
    }

    fn value(mut self, name: &'static str, value: InputValue) -> Self {
        self.values.insert(name, value);
        self
    }

    /// The secret in a private file, told as by a manager.
    fn handed_out(&self, name: &str, value: &str) -> InputValue {
        let path = self.write(&format!("manager/{name}"), value, 0o600);
        InputValue::Secret(SecretRef::File(path))
    }

    fn context(&self) -> CheckContext {
        let origin = ValueOrigin::Default;
        let input = |value: &InputValue| Input { value: value.clone(), origin: origin.clone() };
        let values = self.values.iter().map(|(name, value)| ((*name).into(), input(value)));
        let base = self.folder.path().to_owned();
        let inputs = Arc::new(Inputs::new(values.collect(), base.clone()));
        let mut context = CheckContext::bare(inputs, base, SystemClock.now());
        context.armed = Arc::new(self.armed.clone());
        context
    }

    async fn checked(&self) -> CheckReport {
        let report = SecretStorage.run(&self.context()).await;
        let said = format!("{report:?}");
        for part in ["9fQ2xLr7", SECRET, "hunter22"] {
            assert!(!said.contains(part), "the report shows a secret: {said}");
        }
        report
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn command(argv: &[&str]) -> SecretRef {
    SecretRef::Command(argv.iter().map(|word| (*word).to_owned()).collect())
}

/// The one finding with these words.
#[track_caller]
fn only<'a>(report: &'a CheckReport, words: &str) -> &'a Finding {
    let found: Vec<_> = report.findings.iter().filter(|it| it.message.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words}: {report:#?}");
    found[0]
}

fn says(report: &CheckReport, words: &str) -> bool {
    report.findings.iter().any(|finding| finding.message.contains(words))
}

fn kept_in(report: &CheckReport) -> &str {
    report.evidence["kept_in"]["live_secret_key"].as_str().unwrap()
}

// Files.

#[tokio::test]
async fn a_private_file_outside_every_repository_passes_as_a_risk() {
    let Some(place) = Place::new() else { return };
    let path = place.write("keys/live", KEY, 0o600);
    let report = place.key(SecretRef::File(path)).checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(only(&report, "is taken from a plain file").level, Level::Advisory);
    assert!(kept_in(&report).contains("mode 0600, owner "), "{}", kept_in(&report));
    for words in ["is open", "another user", "Everybody", "a link", "git"] {
        assert!(!says(&report, words), "{words}: {report:#?}");
    }
}

#[rstest]
#[case::world_readable(0o644, "everybody on this machine can read it (mode 0644)")]
#[case::group_readable(0o640, "its group can read it (mode 0640)")]
#[case::group_writable(0o620, "its group can change it (mode 0620)")]
#[case::world_writable(0o666, "everybody on this machine can read and change it (mode 0666)")]
#[tokio::test]
async fn a_file_that_others_can_read_or_write_is_a_blocking_finding(
    #[case] mode: u32,
    #[case] words: &str,
) {
    let Some(place) = Place::new() else { return };
    let path = place.write("keys/live", KEY, mode);
    let report = place.key(SecretRef::File(path)).checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    let finding = only(&report, words);
    assert_eq!(finding.level, Level::Blocking);
    assert!(finding.hint.as_deref().unwrap().starts_with("chmod 600 /"), "{finding:?}");
    assert!(report.summary.contains("is open"), "{}", report.summary);
}

#[tokio::test]
async fn a_file_of_another_user_is_a_risk() {
    let Some(place) = Place::new() else { return };
    let path = place.write("keys/live", KEY, 0o600);
    if std::os::unix::fs::chown(&path, Some(4711), None).is_err() {
        eprintln!("SKIPPED: only root can give files away");
        return;
    }
    let report = place.key(SecretRef::File(path)).checked().await;
    assert_eq!(only(&report, "belongs to another user (id 4711)").level, Level::Advisory);
}

#[tokio::test]
async fn a_folder_in_which_everybody_can_replace_the_file_is_a_risk_and_a_sticky_one_is_none() {
    let Some(place) = Place::new() else { return };
    let path = place.write("keys/live", KEY, 0o600);
    let place = place.key(SecretRef::File(path.clone()));
    set_mode(path.parent().unwrap(), 0o777);
    let report = place.checked().await;
    let finding = only(&report, "Everybody on this machine can put another file in place");
    assert!(finding.level == Level::Advisory && finding.place.as_ref().unwrap().contains("0777"));
    set_mode(path.parent().unwrap(), 0o1777);
    assert!(!says(&place.checked().await, "Everybody on this machine can put"));
}

#[tokio::test]
async fn a_link_is_looked_through_and_where_it_leads_is_said() {
    let Some(place) = Place::new() else { return };
    let real = place.write("vault/live", KEY, 0o644);
    let link = place.folder.path().join("link");
    symlink(&real, &link).unwrap();
    let report = place.key(SecretRef::File(link)).checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    let place = only(&report, "goes through a link").place.clone().unwrap();
    assert!(place.contains("/link → ") && place.ends_with("vault/live"), "{place}");
    assert!(says(&report, "mode 0644"), "the link's own mode says nothing: {report:#?}");
}

#[rstest]
#[case::tracked("live.txt", true, Level::Blocking, "is tracked by git")]
#[case::tracked_although_ignored("live.ignored", true, Level::Blocking, "is tracked by git")]
#[case::untracked("live.txt", false, Level::Blocking, "is not ignored by git")]
#[case::ignored("live.ignored", false, Level::Advisory, "is ignored there")]
#[tokio::test]
async fn what_git_does_with_a_file_of_another_repository_is_asked_of_git(
    #[case] name: &str,
    #[case] added: bool,
    #[case] level: Level,
    #[case] words: &str,
) {
    let Some(place) = Place::new() else { return };
    let other = place.folder.path().join("other");
    fs::create_dir(&other).unwrap();
    place.repository(&other);
    let path = place.write(&format!("other/{name}"), KEY, 0o600);
    if added {
        place.git(&other, &["add", "--force", name]);
    }
    let report = place.key(SecretRef::File(path)).checked().await;
    assert_eq!(only(&report, words).level, level, "{report:#?}");
    assert_eq!(report.outcome == Outcome::Fail, level == Level::Blocking, "{report:#?}");
}

#[tokio::test]
async fn a_file_inside_source_is_said_once_by_the_search_or_by_the_look_at_it() {
    let Some(place) = Place::new() else { return };
    let path = place.write("shop/live.ignored", KEY, 0o600);
    let place = place.key(SecretRef::File(path.clone()));
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(only(&report, "in the file it is taken from").level, Level::Advisory);
    assert!(!says(&report, "lies inside source") && !says(&report, "is ignored there"));
    // Open to others its value is not taken, so that the search can not know it.
    set_mode(&path, 0o644);
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert!(says(&report, "lies inside source") && says(&report, "is ignored there"));
}

// Commands.

#[tokio::test]
async fn a_known_manager_is_named_with_what_it_proves() {
    let Some(place) = Place::new() else { return };
    let real = place.write("manager/key", KEY, 0o600);
    let op = place.write("bin/op", &format!("#!/bin/sh\nexec cat {}\n", real.display()), 0o700);
    let argv = [op.to_str().unwrap(), "read", "op://shop/mintcash/secret-key"];
    let report = place.key(command(&argv)).checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(
        kept_in(&report).contains("1Password handed it out when asked"),
        "{}",
        kept_in(&report)
    );
    assert!(!says(&report, "live_secret_key"), "{report:#?}");
    assert!(report.evidence["not_known"].as_str().unwrap().contains("who else can read"));
}

#[tokio::test]
async fn a_program_that_prints_a_file_proves_nothing_and_the_file_is_looked_at() {
    let Some(place) = Place::new() else { return };
    let path = place.write("keys/live", KEY, 0o600);
    let place = place.key(command(&["cat", path.to_str().unwrap()]));
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(only(&report, "taken from what cat prints").level, Level::Advisory);
    assert!(kept_in(&report).contains("proves nothing about where it is kept"));
    set_mode(&path, 0o644);
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert_eq!(only(&report, "(mode 0644)").level, Level::Blocking);
    let shell = ["sh", "-c", "cat keys/live | head -1"];
    let report = place.key(command(&shell)).checked().await;
    assert!(says(&report, "(mode 0644)"), "{report:#?}");
}

#[tokio::test]
async fn an_unknown_program_is_said_to_be_unknown() {
    let Some(place) = Place::new() else { return };
    let script = place.write("bin/get-key", &format!("#!/bin/sh\necho {KEY}\n"), 0o700);
    let report = place.key(command(&[script.to_str().unwrap()])).checked().await;
    assert_eq!(only(&report, "Whether get-key, which gives live_secret_key").level, Level::Info);
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
}

#[tokio::test]
async fn a_command_with_a_secret_in_its_own_words_is_refused_and_not_run() {
    let Some(place) = Place::new() else { return };
    let proof = place.folder.path().join("ran");
    let script = format!("#!/bin/sh\ntouch {}\necho {KEY}\n", proof.display());
    let bw = place.write("bin/bw", &script, 0o700);
    let argv = [bw.to_str().unwrap(), "get", "password", "x", "--session", "hunter22hunter22"];
    let place = place.key(command(&argv));
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert_eq!(only(&report, "in its own words").level, Level::Blocking);
    assert!(!proof.exists(), "it was run");
    let argv = [bw.to_str().unwrap(), "get", "password", "x"];
    let place = place.key(command(&argv));
    assert_eq!(place.checked().await.outcome, Outcome::Pass);
    assert!(proof.exists());
}

#[tokio::test]
async fn a_secret_without_a_known_beginning_is_found_in_its_command_all_the_same() {
    let Some(place) = Place::new() else { return };
    let key = place.handed_out("key", KEY);
    let hook = InputValue::Secret(command(&["printf", SECRET]));
    let place = place.value("live_secret_key", key).value("webhook_secret", hook);
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert!(only(&report, "in its own words").message.contains("webhook_secret"));
}

#[tokio::test]
async fn of_the_environment_it_is_said_that_its_origin_can_not_be_seen() {
    let Some(place) = Place::new() else { return };
    let report = place.key(SecretRef::Env("GOLIVE_TEST_IS_NOT_SET".into())).checked().await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert_eq!(only(&report, "something put it in the environment").level, Level::Info);
}

// The same secret is what production uses.

/// A place whose webhook is this handler with this secret; the launch has the live one.
async fn asked(handler: &str, has: &str, test: Option<&str>) -> Option<CheckReport> {
    let place = Place::new()?;
    let handler = Counterpart::start(handler, has)?;
    let url = format!("http://{}/webhooks/mintcash", handler.address).parse().unwrap();
    let (key, hook) = (place.handed_out("key", KEY), place.handed_out("hook", SECRET));
    let mut place = place
        .value("live_secret_key", key)
        .value("webhook_secret", hook)
        .value("webhook_url", InputValue::Url(url));
    if let Some(test) = test {
        let test = place.handed_out("test", test);
        place = place.value("test_webhook_secret", test);
    }
    Some(place.checked().await)
}

const OTHER: &str = "whsec_of_the_sandbox_77";

#[rstest]
#[case("sound-node-http.mjs")]
#[case("sound-python-http.py")]
#[case("sound-python-wsgi.py")]
#[tokio::test]
async fn a_handler_that_tells_right_from_wrong_shows_that_the_secret_is_in_use(#[case] it: &str) {
    let Some(report) = asked(it, SECRET, None).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(only(&report, "The webhook handler has this webhook_secret").level, Level::Info);
    assert!(report.evidence["in_production"].as_str().unwrap().starts_with("in use"));
    let probes = report.evidence["probes"].as_array().unwrap();
    let came = |at: usize| probes[at]["came"].as_str().unwrap();
    assert!(came(0).starts_with("refused with 4"), "{probes:?}");
    // A handler may refuse an event of a type that it does not know, and accept a known one.
    assert!((1..3).any(|at| came(at).starts_with("accepted")), "{probes:?}");
}

#[rstest]
#[case("sound-node-http.mjs")]
#[case("sound-python-http.py")]
#[tokio::test]
async fn a_handler_with_the_sandbox_s_secret_is_a_blocking_finding(#[case] it: &str) {
    let Some(report) = asked(it, OTHER, Some(OTHER)).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert_eq!(only(&report, "has the webhook secret of the sandbox").level, Level::Blocking);
}

#[rstest]
#[case::another_secret("sound-node-http.mjs", OTHER)]
#[case::refuses_everything("refuses-all.mjs", SECRET)]
#[tokio::test]
async fn a_refusal_that_may_have_another_reason_does_not_fail(#[case] it: &str, #[case] has: &str) {
    let Some(report) = asked(it, has, None).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    let finding = only(&report, "has another secret, or refuses these events for another reason");
    assert_eq!(finding.level, Level::Advisory);
}

#[tokio::test]
async fn a_handler_that_accepts_anything_shows_nothing() {
    let Some(report) = asked("no-verification.mjs", SECRET, None).await else { return };
    assert_eq!(only(&report, "signed with a wrong secret, so").level, Level::Advisory);
    assert!(!says(&report, "The webhook handler has this webhook_secret"));
    let probes = report.evidence["probes"].as_array().unwrap();
    assert!(probes[1]["came"].as_str().unwrap().starts_with("not sent"), "{probes:?}");
}

#[tokio::test]
async fn a_host_that_is_not_armed_gets_nothing_and_the_outcome_stays() {
    let Some(place) = Place::new() else { return };
    let (key, hook) = (place.handed_out("key", KEY), place.handed_out("hook", SECRET));
    let url = "https://shop.example/hook".parse().unwrap();
    let place = place
        .value("live_secret_key", key)
        .value("webhook_secret", hook)
        .value("webhook_url", InputValue::Url(url));
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    let finding = only(&report, "was not tried: shop.example is not armed");
    assert!(finding.level == Level::Info && !report.evidence.contains_key("probes"));
    let plan = SecretStorage.plan(&place.context()).await;
    let armed: Vec<_> = plan.iter().filter(|it| it.arms.is_some()).collect();
    assert_eq!(armed.len(), 5, "{plan:#?}");
    assert!(armed.iter().all(|it| it.arms.as_deref() == Some("shop.example")));
    assert_eq!((armed[0].effect, armed[1].effect), (Effect::Refusable, Effect::Harmless));
    let files = plan.iter().filter(|it| it.what.contains("look who can read the file of"));
    assert_eq!(files.count(), 2);
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_leaves_the_outcome_as_it_is() {
    let Some(place) = Place::new() else { return };
    let Some(handler) = Counterpart::start("sound-python-http.py", SECRET) else { return };
    let url = format!("http://{}/", handler.address).parse().unwrap();
    drop(handler);
    let (key, hook) = (place.handed_out("key", KEY), place.handed_out("hook", SECRET));
    let place = place
        .value("live_secret_key", key)
        .value("webhook_secret", hook)
        .value("webhook_url", InputValue::Url(url));
    let report = place.checked().await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert_eq!(only(&report, "did not answer so that").level, Level::Info);
}
