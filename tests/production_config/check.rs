//! The check as a whole: what it reads, when it can not know, what it says.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::checks::context::{Progress, ProgressSink};
use golive::checks::credentials::production_config::ProductionConfig;
use golive::checks::{Check as _, CheckContext, CheckReport, Effect, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::scan::Watch;
use golive::scan::sandbox::gather::{Sought, gather};
use golive::secrets::SecretRef;
use golive::time::Timestamp;
use rstest::rstest;

use super::{look, markers};

/// A key of the sandbox that has no prefix, so that only its value tells it.
const OWN: &str = "zQ81-hush-4bXw-77Lr";

/// A project on disk.
struct Project(tempfile::TempDir);

impl Project {
    /// A sound one.
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write("prod.env", "MINTCASH_URL=https://api.mintcash.me\n");
        project.write("src/pay.js", "export const url = process.env.MINTCASH_URL;\n");
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn look(&self, globs: &[&str]) -> CheckReport {
        look(self.path(), globs)
    }

    fn context(&self, inputs: Vec<(&str, InputValue)>) -> CheckContext {
        let values = inputs
            .into_iter()
            .map(|(name, value)| (name.into(), Input { value, origin: ValueOrigin::Default }));
        let inputs = Inputs::new(values.collect(), self.path().to_owned());
        let now = Timestamp::parse("2026-11-25T12:00:00.000Z").unwrap();
        CheckContext::bare(Arc::new(inputs), self.path().to_owned(), now)
    }

    async fn run(&self, inputs: Vec<(&str, InputValue)>) -> CheckReport {
        ProductionConfig.run(&self.context(inputs)).await
    }
}

fn globs(of: &[&str]) -> InputValue {
    InputValue::Globs(of.iter().map(|glob| (*glob).to_owned()).collect())
}

fn messages(report: &CheckReport) -> String {
    let findings = report.findings.iter().map(|finding| {
        format!("{} {}", finding.place.as_deref().unwrap_or_default(), finding.message)
    });
    findings.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_project_passes_and_says_what_was_read() {
    let report = Project::new().look(&["prod.env"]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(
        report.summary.contains("1 file of configuration and 1 file of source"),
        "{}",
        report.summary
    );
    assert_eq!(report.evidence["configuration_files"][".env"], 1);
    assert_eq!(report.evidence["source_files"]["JavaScript"], 1);
    assert!(messages(&report).contains("CI system"), "{report:#?}");
    assert!(report.facts.contains_key("files of production_config"), "{report:#?}");
}

#[test]
fn a_finding_names_file_line_and_rule() {
    let project = Project::new();
    project.write("conf/prod.env", "A=1\nMINTCASH_KEY=sk_test_9fQ2xLr7Tz0KpWv4\n");
    let report = project.look(&["conf/*.env"]);
    assert_eq!(report.outcome, Outcome::Fail);
    let finding = &report.findings[0];
    assert_eq!(finding.file.as_deref(), Some("conf/prod.env"));
    assert_eq!(finding.line, Some(2));
    assert_eq!(finding.place.as_deref(), Some("conf/prod.env:2"));
    assert_eq!(finding.message, "`MINTCASH_KEY` is a test key (sk_test_…) [value]");
    assert!(finding.hint.is_some());
}

#[test]
fn without_production_config_it_is_unknown_and_code_is_read_all_the_same() {
    let project = Project::new();
    let report = project.look(&[]);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("production_config is not set"), "{}", report.summary);
    assert!(report.summary.contains("1 file of source"), "{}", report.summary);
    project.write("src/host.js", "const u = process.env.U || 'https://sandbox.mintcash.me';\n");
    assert_eq!(project.look(&[]).outcome, Outcome::Fail);
}

#[test]
fn patterns_that_match_nothing_make_it_unknown_and_are_named() {
    let project = Project::new();
    let nothing = project.look(&["conf/*.yml", "/nowhere/at/all.env"]);
    assert_eq!(nothing.outcome, Outcome::Unknown);
    assert!(nothing.summary.contains("conf/*.yml, /nowhere/at/all.env"), "{}", nothing.summary);
    let one = project.look(&["prod.env", "conf/*.yml"]);
    assert_eq!(one.outcome, Outcome::Unknown);
    assert!(one.summary.contains("no file matches conf/*.yml"), "{}", one.summary);
}

#[test]
fn code_without_any_source_file_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("prod.env"), "A=1\n").unwrap();
    let report = look(folder.path(), &["prod.env"]);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("no source code"), "{}", report.summary);
}

#[test]
fn a_source_that_is_not_there_is_said_beside_one_that_is() {
    let project = Project::new();
    let sought = Sought {
        base: project.path().to_owned(),
        globs: vec!["prod.env".to_owned()],
        sources: vec![project.path().to_owned(), project.path().join("gone")],
    };
    let gathered = gather(&sought, &markers(), &Watch::idle());
    assert_eq!(gathered.unread.len(), 1, "{gathered:#?}");
}

#[test]
fn a_yaml_bomb_is_not_followed() {
    let project = Project::new();
    let mut bomb = format!("a0: &a0 '{}'\n", "mintcash ".repeat(1000));
    for level in 1..12 {
        let uses = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
    }
    project.write("bomb.yml", bomb);
    let report = project.look(&["bomb.yml"]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
    assert!(report.summary.contains("too large"), "{}", report.summary);
}

#[test]
fn absolute_patterns_and_those_that_lead_up_are_followed() {
    let elsewhere = Project::new();
    elsewhere.write("live.env", "MINTCASH_URL=https://sandbox.mintcash.me\n");
    let project = Project::new();
    let absolute = format!("{}/*.env", elsewhere.path().display());
    assert_eq!(project.look(&[&absolute]).outcome, Outcome::Fail);
    let up = format!("../{}/live.env", elsewhere.path().file_name().unwrap().to_string_lossy());
    assert_eq!(project.look(&[&up]).outcome, Outcome::Fail);
}

#[test]
fn an_example_is_judged_only_when_it_is_named_and_the_report_says_so() {
    let project = Project::new();
    project.write("env/app.env.example", "MINTCASH_URL=https://sandbox.mintcash.me\n");
    project.write("env/app.env", "MINTCASH_URL=https://api.mintcash.me\n");
    let broad = project.look(&["env/*"]);
    assert_eq!(broad.outcome, Outcome::Pass, "{broad:#?}");
    assert_eq!(broad.evidence["configuration_left_aside"]["examples and templates"], 1);
    let named = project.look(&["env/app.env.example"]);
    assert_eq!(named.outcome, Outcome::Fail);
    assert!(messages(&named).contains("because production_config names it"), "{named:#?}");
}

#[test]
fn when_everything_matched_is_left_aside_it_is_unknown() {
    let project = Project::new();
    project.write("env/app.env.example", "A=1\n").write("env/values-staging.yaml", "a: 1\n");
    let report = project.look(&["env/*"]);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("nothing can be production's"), "{}", report.summary);
}

#[rstest]
#[case::binary("prod.env", b"A=\0\x01\x02".as_slice(), "not text")]
#[case::vault("secrets.yml", b"$ANSIBLE_VAULT;1.1;AES256\n663864\n".as_slice(), "encrypted")]
#[case::sops("secrets.yaml", b"key: ENC[AES256_GCM,data:abc,type:str]\n".as_slice(), "encrypted")]
#[case::sealed("sealed.yaml", b"spec:\n  encryptedData:\n    key: AgBy3i\n".as_slice(), "encrypted")]
#[case::broken_yaml("app.yml", b"mintcash: [1\nb: 2\n".as_slice(), "not sound YAML (line")]
#[case::broken_json("app.json", b"{\"mintcash\": 1\n".as_slice(), "not sound JSON (line")]
#[case::broken_toml("app.toml", b"mintcash = = 1\n".as_slice(), "not sound TOML (line 1)")]
fn what_can_not_be_read_does_not_pass(
    #[case] name: &str,
    #[case] content: &[u8],
    #[case] says: &str,
) {
    let project = Project::new();
    project.write(name, content);
    let report = project.look(&["prod.env", name]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
    assert!(report.summary.contains(says), "{}", report.summary);
}

#[test]
fn a_file_that_is_not_sound_and_has_nothing_to_do_with_it_is_read_line_by_line() {
    let project = Project::new();
    project.write("other.yml", "matrix: [\n'a',\n]\nb: 1\n").write("empty.json", "\n");
    let report = project.look(&["prod.env", "other.yml", "empty.json"]);
    assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    assert!(report.evidence["read_line_by_line"][0].as_str().unwrap().contains("other.yml"));
}

#[test]
fn a_file_that_is_too_large_does_not_pass() {
    let project = Project::new();
    let file = fs::File::create(project.path().join("huge.env")).unwrap();
    file.set_len(40 << 20).unwrap();
    let report = project.look(&["huge.env"]);
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("larger than 32 MiB"), "{}", report.summary);
}

#[test]
fn utf_16_is_read() {
    let project = Project::new();
    let text = "MINTCASH_URL=https://sandbox.mintcash.me\n";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    project.write("prod.ini", bytes);
    assert_eq!(project.look(&["prod.ini"]).outcome, Outcome::Fail);
}

#[test]
fn code_that_has_no_grammar_is_unknown_when_it_names_the_sandbox() {
    let project = Project::new();
    project.write("src/Pay.kt", "// https://sandbox.mintcash.me\nval a = 1\n");
    assert_eq!(project.look(&["prod.env"]).outcome, Outcome::Pass);
    project
        .write("src/Pay.kt", "val u = System.getenv(\"U\") ?: \"https://sandbox.mintcash.me\"\n");
    let report = project.look(&["prod.env"]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
    assert!(report.summary.contains("src/Pay.kt"), "{}", report.summary);
}

#[test]
fn what_git_ignores_and_code_of_others_is_no_source() {
    let project = Project::new();
    let made = Command::new("git").args(["init", "--quiet"]).current_dir(project.path()).status();
    if made.is_err() {
        assert!(std::env::var_os("CI").is_none(), "git is needed in CI");
        eprintln!("SKIPPED: git is not installed");
        return;
    }
    let bad = "const u = process.env.U || 'https://sandbox.mintcash.me';\n";
    project.write(".gitignore", "out/\nprod.env\n").write("out/a.js", bad);
    project.write("node_modules/x/a.js", bad).write("vendor/x/a.js", bad);
    assert_eq!(project.look(&["prod.env"]).outcome, Outcome::Pass);
    project.write("lib/a.js", bad);
    assert_eq!(project.look(&["prod.env"]).outcome, Outcome::Fail);
}

#[test]
fn many_findings_are_cut_and_counted() {
    let project = Project::new();
    project.write("prod.env", "U=https://sandbox.mintcash.me\n".repeat(5000));
    let report = project.look(&["prod.env"]);
    assert!(report.findings.len() < 80, "{}", report.findings.len());
    assert!(messages(&report).contains("the same in 4940 more places"), "{}", messages(&report));
}

#[test]
fn names_that_hold_a_key_or_control_characters_are_shown_without() {
    let project = Project::new();
    let text = "\"sk_test_9fQ2xLr7Tz0KpWv4\\u001b[2J\": { url: https://sandbox.mintcash.me }\n";
    project.write("prod.yml", text);
    let report = project.look(&["prod.yml"]);
    assert_eq!(report.outcome, Outcome::Fail);
    let said = format!("{report:?}");
    assert!(!said.contains("9fQ2xLr7") && !said.contains('\u{1b}'), "{said}");
}

#[tokio::test]
async fn the_launch_s_own_test_secrets_are_found_by_value_in_any_encoding() {
    let project = Project::new();
    project.write("own.key", OWN);
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(project.path().join("own.key"), mode).unwrap();
    project.write("prod.env", "A=1\nB=elE4MS1odXNoLTRiWHctNzdMcg==\n");
    let own = InputValue::Secret(SecretRef::File("own.key".into()));
    let inputs = vec![("production_config", globs(&["prod.env"])), ("test_webhook_secret", own)];
    let report = project.run(inputs).await;
    assert_eq!(report.outcome, Outcome::Fail, "{report:#?}");
    assert!(
        report.findings[0].message.contains("this launch's test_webhook_secret"),
        "{report:#?}"
    );
    assert!(!format!("{report:?}").contains(OWN));
}

#[tokio::test]
async fn a_sandbox_host_of_its_own_is_looked_for_beside_the_usual_one() {
    let project = Project::new();
    project.write("prod.env", "A=https://pay-test.shop.example/\nB=https://sandbox.mintcash.me\n");
    let url = InputValue::Url("https://PAY-test.shop.example".parse().unwrap());
    let inputs = vec![("production_config", globs(&["prod.env"])), ("sandbox_url", url)];
    let report = project.run(inputs).await;
    let lines: Vec<_> = report.findings.iter().filter_map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 2], "{report:#?}");
}

#[tokio::test]
async fn a_sandbox_on_this_machine_is_not_looked_for() {
    let project = Project::new();
    project.write("prod.env", "REDIS=127.0.0.1:6379\n");
    let url = InputValue::Url("http://127.0.0.1:6379".parse().unwrap());
    let inputs = vec![("production_config", globs(&["prod.env"])), ("sandbox_url", url)];
    assert_eq!(project.run(inputs).await.outcome, Outcome::Pass);
}

#[tokio::test]
async fn the_plan_lists_every_walk_and_only_reads() {
    let project = Project::new();
    let context = project.context(vec![("production_config", globs(&["a.env", "b/*.yml"]))]);
    let plan = ProductionConfig.plan(&context).await;
    assert_eq!(plan.len(), 3);
    assert!(plan.iter().all(|planned| planned.effect == Effect::Reads && planned.arms.is_none()));
}

#[tokio::test]
async fn a_change_of_a_file_changes_the_facts() {
    let project = Project::new();
    let inputs = || vec![("production_config", globs(&["prod.env"]))];
    let (one, two) = (project.run(inputs()).await, project.run(inputs()).await);
    assert_eq!(one.facts, two.facts);
    project.write("src/pay.js", "export const url = process.env.MINTCASH_URL; // now\n");
    let three = project.run(inputs()).await;
    assert_ne!(one.facts["files of source"], three.facts["files of source"]);
    assert_eq!(one.facts["files of production_config"], three.facts["files of production_config"]);
}

#[tokio::test]
async fn it_can_be_stopped_and_then_says_so() {
    let project = Project::new();
    for number in 0..400 {
        project.write(&format!("src/{number}.js"), "export const a = 1;\n");
    }
    let mut context = project.context(vec![("production_config", globs(&["prod.env"]))]);
    let cancel = context.cancel.clone();
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    context.progress = ProgressSink::new(move |said| {
        if let Progress::Work { .. } = said {
            *count.lock().unwrap() += 1;
        }
    });
    cancel.cancel();
    let run = ProductionConfig.run(&context);
    let report = tokio::time::timeout(Duration::from_secs(60), run).await.unwrap();
    assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
    assert!(report.summary.contains("stopped"), "{}", report.summary);
}

#[test]
fn a_name_is_followed_into_other_files() {
    let project = Project::new();
    let hosts = "export const SANDBOX_URL = 'https://sandbox.mintcash.me';\n\
                 export const API_HOSTS = { live: 'https://api.mintcash.me', test: SANDBOX_URL };\n";
    project.write("src/hosts.js", hosts);
    let chosen = "import { SANDBOX_URL } from './hosts';\n\
                  export const url = env === 'test' ? SANDBOX_URL : live;\n";
    project.write("src/a.js", chosen);
    let passing = project.look(&["prod.env"]);
    assert_eq!(passing.outcome, Outcome::Pass, "{passing:#?}");
    project.write("src/a.js", "export const url = process.env.U || SANDBOX_URL;\n");
    project.write("src/b.js", "export const url = API_HOSTS[mode] ?? API_HOSTS.test;\n");
    let report = project.look(&["prod.env"]);
    let places: Vec<_> = report.findings.iter().filter_map(|one| one.place.as_deref()).collect();
    assert_eq!(places, ["src/a.js:1", "src/b.js:1"], "{report:#?}");
}

#[test]
fn files_that_compose_takes_variables_from_are_named() {
    let project = Project::new();
    project.write("compose.yml", "services:\n  web:\n    env_file: [secrets.env]\n");
    let report = project.look(&["compose.yml"]);
    assert!(messages(&report).contains("takes variables from secrets.env"), "{report:#?}");
    assert_eq!(report.outcome, Outcome::Pass);
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
    // Not one that is judged already.
    project.write("secrets.env", "COLOUR=green\n");
    let report = project.look(&["compose.yml", "secrets.env"]);
    assert!(!messages(&report).contains("takes variables from"), "{report:#?}");
}

#[test]
fn a_file_beside_the_project_is_named_as_it_is_found_from_there() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("shop/a.js", "let a = 1;\n"),
        ("front/prod.env", "MINTCASH_URL=https://sandbox.mintcash.me\n"),
    ] {
        fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        fs::write(folder.path().join(path), text).unwrap();
    }
    let absolute = folder.path().join("front/*.env").display().to_string();
    for glob in ["../front/prod.env", &absolute] {
        let report = look(&folder.path().join("shop"), &[glob]);
        assert_eq!(report.findings[0].file.as_deref(), Some("../front/prod.env"), "{glob}");
    }
}

#[rstest]
#[case("src/pay.js", "fetch('https://sandbox.mintcash.me/payments');\n", "src/pay.js:1")]
#[case("src/pay.js", "u = `https://${x.live ? 'api' : 'sandbox'}.mintcash.me`;\n", "src/pay.js:1")]
#[case("prod.env", "A=1\nMINTCASH_ENV=sandbox\n", "prod.env:2")]
#[case("prod.env", "MINTCASH_SANDBOX=true\n", "prod.env:1")]
fn what_may_be_the_sandbox_in_use_is_unknown_and_never_passes(
    #[case] path: &str,
    #[case] text: &str,
    #[case] place: &str,
) {
    let project = Project::new();
    project.write(path, text);
    let report = project.look(&["prod.env"]);
    assert_eq!(report.outcome, Outcome::Unknown, "{report:#?}");
    assert!(
        report.summary.contains(&format!("at {place} could not be seen")),
        "{}",
        report.summary
    );
}
