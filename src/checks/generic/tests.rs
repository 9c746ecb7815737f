//! Each generic check is seen red for everything that it claims to find, and green beside it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use rstest::rstest;
use serde_json::{Value, json};

use crate::checks::{CheckContext, CheckReport, Outcome, registry};
use crate::config::inputs::Inputs;
use crate::runbook::model::CheckName;
use crate::time::Timestamp;

fn context(args: Value, base: &Path) -> CheckContext {
    let Value::Object(args) = args else { panic!("arguments are an object") };
    let inputs = Arc::new(Inputs::new(IndexMap::new(), base.to_owned()));
    let bare = CheckContext::bare(inputs, base.to_owned(), Timestamp::from_millis(0));
    CheckContext { args, trusted: true, ..bare }
}

async fn run(check: &str, args: Value, base: &Path) -> CheckReport {
    let check = registry::find(&CheckName::from(check)).unwrap();
    check.run(&context(args, base)).await
}

/// Answers one request with these bytes and ends; gives the URL.
fn answering(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = peer.read(&mut request);
        let _ = peer.write_all(response.as_bytes());
    });
    url
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nready=1";
const MOVED: &str = "HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n";
const DOWN: &str = "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[rstest]
#[case::as_expected(OK, json!({}), Outcome::Pass)]
#[case::body_matches(OK, json!({"body": "ready=[0-9]"}), Outcome::Pass)]
#[case::body_does_not_match(OK, json!({"body": "ready=yes"}), Outcome::Fail)]
#[case::other_status(DOWN, json!({}), Outcome::Fail)]
#[case::redirect_is_not_followed(MOVED, json!({}), Outcome::Fail)]
#[case::expected_redirect(MOVED, json!({"expect": 302}), Outcome::Pass)]
#[tokio::test]
async fn http_judges_status_and_body(
    #[case] response: &'static str,
    #[case] mut args: Value,
    #[case] expected: Outcome,
) {
    args["url"] = answering(response).into();
    let report = run("http", args, Path::new("/")).await;
    assert_eq!(report.outcome, expected, "{}", report.summary);
}

#[tokio::test]
async fn http_says_why_nobody_answered() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let args = json!({"url": format!("http://127.0.0.1:{port}/")});
    let report = run("http", args, Path::new("/")).await;
    assert_eq!(report.outcome, Outcome::Fail);
    assert!(report.summary.contains("Connection refused"), "{}", report.summary);
}

#[tokio::test]
async fn http_without_a_value_for_its_input_is_unknown() {
    let report = run("http", json!({"input": "webhook_url"}), Path::new("/")).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("webhook_url"), "{}", report.summary);
}

#[rstest]
#[case::exit_as_expected(json!({"argv": ["true"]}), Outcome::Pass)]
#[case::other_exit(json!({"argv": ["false"]}), Outcome::Fail)]
#[case::expected_failure(json!({"argv": ["false"], "expect": 1}), Outcome::Pass)]
#[case::output_matches(json!({"argv": ["echo", "v1.2"], "stdout": "^v1\\."}), Outcome::Pass)]
#[case::output_does_not_match(json!({"argv": ["echo", "v2"], "stdout": "^v1"}), Outcome::Fail)]
#[case::no_such_program(json!({"argv": ["/nonexistent/program"]}), Outcome::Unknown)]
#[case::too_slow(json!({"argv": ["sleep", "600"], "seconds": 1}), Outcome::Unknown)]
#[case::killed(json!({"argv": ["sh", "-c", "kill -9 $$"]}), Outcome::Unknown)]
#[tokio::test]
async fn command_judges_exit_and_output(#[case] args: Value, #[case] expected: Outcome) {
    let report = run("command", args, Path::new("/")).await;
    assert_eq!(report.outcome, expected, "{}", report.summary);
}

#[tokio::test]
async fn command_runs_nothing_before_the_runbook_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let mut context = context(json!({"argv": ["touch", "ran"]}), folder.path());
    let check = registry::find(&CheckName::from("command")).unwrap();
    context.trusted = false;
    assert_eq!(check.run(&context).await.outcome, Outcome::Unknown);
    assert!(!folder.path().join("ran").exists());
    context.trusted = true;
    assert_eq!(check.run(&context).await.outcome, Outcome::Pass);
    assert!(folder.path().join("ran").exists());
}

#[rstest]
#[case::there(json!({"path": "a"}), Outcome::Pass)]
#[case::not_there(json!({"path": "b"}), Outcome::Fail)]
#[case::must_not_be_there(json!({"path": "a", "exists": false}), Outcome::Fail)]
#[case::is_not_there_as_it_should(json!({"path": "b", "exists": false}), Outcome::Pass)]
#[case::holds(json!({"path": "a", "contains": "live = true"}), Outcome::Pass)]
#[case::does_not_hold(json!({"path": "a", "contains": "live = false"}), Outcome::Fail)]
#[case::a_folder_is_no_file(json!({"path": "."}), Outcome::Fail)]
#[tokio::test]
async fn file_judges_presence_and_content(#[case] args: Value, #[case] expected: Outcome) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "live = true\n").unwrap();
    let report = run("file", args, folder.path()).await;
    assert_eq!(report.outcome, expected, "{}", report.summary);
}

#[tokio::test]
async fn a_changed_file_changes_the_fact_that_the_result_rests_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "one").unwrap();
    let before = run("file", json!({"path": "a"}), folder.path()).await.facts;
    std::fs::write(&path, "two").unwrap();
    let after = run("file", json!({"path": "a"}), folder.path()).await.facts;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert_ne!(before, after);
}

#[rstest]
#[case("http", json!({}), "give url")]
#[case("http", json!({"url": "https://u:p@example.com"}), "user or password")]
#[case("http", json!({"url": "ftp://example.com"}), "neither http nor https")]
#[case("http", json!({"url": "https://example.com", "body": "("}), "regular expression")]
#[case("http", json!({"url": "https://example.com", "verify": false}), "unknown field `verify`")]
#[case("command", json!({"argv": []}), "names no program")]
#[case("command", json!({"argv": ["true"], "expect": 256}), "exit code")]
#[case("command", json!({"argv": "true"}), "expected a sequence")]
#[case("file", json!({"path": "a", "exists": false, "contains": "x"}), "content")]
fn wrong_arguments_are_named(#[case] check: &str, #[case] args: Value, #[case] says: &str) {
    let check = registry::find(&CheckName::from(check)).unwrap();
    let problems = check.lint(args.as_object().unwrap());
    assert!(problems.iter().any(|problem| problem.contains(says)), "{problems:?}");
}
