use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn secret_file(folder: &TempDir, name: &str, value: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, value).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

async fn file(path: impl Into<PathBuf>, folder: &TempDir) -> Result<Secret, Unresolved> {
    resolve(&SecretRef::File(path.into()), folder.path()).await
}

async fn sh(script: &str) -> Result<String, Reason> {
    let argv = ["sh", "-c", script].map(str::to_owned);
    let redactor = Redactor::default();
    command::run_within(&argv, &std::env::temp_dir(), &redactor, Duration::from_secs(10)).await
}

fn says(result: Result<Secret, Unresolved>) -> String {
    result.unwrap_err().reason
}

fn git(folder: &TempDir, arguments: &[&str]) -> bool {
    let done = std::process::Command::new("git").args(arguments).current_dir(folder).output();
    match done {
        Ok(output) => {
            assert!(output.status.success(), "git {arguments:?}: {output:?}");
            true
        }
        Err(_) if std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: git is not installed");
            false
        }
        Err(error) => panic!("git is needed: {error}"),
    }
}

#[tokio::test]
async fn a_private_file_gives_its_value_without_the_last_line_break() {
    let folder = folder();
    for (content, value) in
        [("s3cret-value\n", "s3cret-value"), ("s3cret-value\r\n", "s3cret-value")]
    {
        secret_file(&folder, "key", content, 0o600);
        assert_eq!(file("key", &folder).await.unwrap().expose(), value);
    }
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused_with_the_command_that_helps() {
    let folder = folder();
    for mode in [0o640, 0o604, 0o620, 0o666] {
        secret_file(&folder, "key", "s3cret-value", mode);
        let refused = file("key", &folder).await.unwrap_err();
        assert!(refused.reason.contains("other users"), "{refused:?}");
        assert!(refused.hint.unwrap().starts_with("chmod 600"));
    }
}

#[tokio::test]
async fn a_link_out_of_the_tree_is_refused_and_one_inside_is_followed() {
    let (inside, outside) = (folder(), folder());
    let target = secret_file(&outside, "key", "s3cret-value", 0o600);
    symlink(&target, inside.path().join("link")).unwrap();
    symlink(outside.path(), inside.path().join("folder")).unwrap();
    assert!(says(file("link", &inside).await).contains("leads out of"));
    assert!(says(file("folder/key", &inside).await).contains("leads out of"));
    secret_file(&inside, "real", "s3cret-value", 0o600);
    symlink("real", inside.path().join("near")).unwrap();
    assert!(file("near", &inside).await.is_ok());
    assert!(file(target, &inside).await.is_ok());
}

#[tokio::test]
async fn a_pipe_in_place_of_a_file_is_refused_at_once() {
    let folder = folder();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert!(says(file("pipe", &folder).await).contains("not a regular file"));
}

#[tokio::test]
async fn in_a_git_work_tree_only_an_ignored_untracked_file_is_accepted() {
    let folder = folder();
    if !git(&folder, &["init", "-q"]) {
        return;
    }
    secret_file(&folder, "key", "s3cret-value", 0o600);
    assert!(says(file("key", &folder).await).contains("not ignored by git"));
    fs::write(folder.path().join(".gitignore"), "key\n").unwrap();
    assert!(file("key", &folder).await.is_ok());
    git(&folder, &["add", "-f", "key"]);
    assert!(says(file("key", &folder).await).contains("not ignored by git"));
}

#[tokio::test]
async fn short_broken_and_multi_line_values_are_refused_without_being_shown() {
    let folder = folder();
    for (value, reason) in [
        ("", "empty"),
        ("12345", "fewer than 6 bytes"),
        ("line-one\nline-two", "line break"),
        ("carriage\rreturn", "line break"),
        ("with\0nul-inside", "NUL"),
        ("two-line-ends\n\n", "line break"),
    ] {
        secret_file(&folder, "key", value, 0o600);
        let refused = file("key", &folder).await.unwrap_err();
        assert!(refused.reason.contains(reason), "{value:?}: {refused:?}");
        assert!(value.is_empty() || !format!("{refused:?}").contains(value));
    }
}

#[tokio::test]
async fn an_unset_variable_says_which() {
    let reference = SecretRef::Env("GOLIVE_NO_SUCH_VARIABLE".into());
    let refused = resolve(&reference, Path::new("/")).await.unwrap_err();
    assert_eq!(refused.to_string(), "env GOLIVE_NO_SUCH_VARIABLE: the variable is not set");
    assert!(!refused.ask);
}

#[tokio::test]
async fn a_prompt_can_only_be_answered_by_a_face() {
    let refused = resolve(&SecretRef::Prompt, Path::new("/")).await.unwrap_err();
    assert!(refused.ask);
    assert!(typed("12345".into()).is_err());
    assert_eq!(typed("typed-secret".into()).unwrap().expose(), "typed-secret");
}

#[tokio::test]
async fn a_commands_output_is_the_value_and_its_arguments_meet_no_shell() {
    let argv = ["printf", "%s\n", "$(id);*'\""].map(str::to_owned);
    let reference = SecretRef::Command(argv.to_vec());
    let secret = resolve(&reference, &std::env::temp_dir()).await.unwrap();
    assert_eq!(secret.expose(), "$(id);*'\"");
}

#[tokio::test]
async fn a_command_has_nothing_on_standard_input_and_a_group_of_its_own() {
    assert_eq!(sh("cat; echo end-of-input").await.unwrap(), "end-of-input");
    let group = sh("ps -o pgid= -p $$; echo $$").await.unwrap();
    let mut lines = group.lines().map(str::trim);
    assert_eq!(lines.next(), lines.next());
}

#[tokio::test]
async fn a_failing_command_is_quoted_without_control_characters_and_secrets() {
    let reason = sh("echo topsecret-value; printf 'no \\033[2J topsecret-value' >&2; exit 3").await;
    assert_eq!(reason.unwrap_err().says, "ended with exit code 3: no ^[[2J ••••");
}

#[tokio::test]
async fn a_command_that_prints_too_much_is_refused() {
    let reason = sh("head -c 200000 /dev/zero | tr '\\0' a").await.unwrap_err();
    assert!(reason.says.contains("64 KiB"), "{reason:?}");
}

#[tokio::test]
async fn a_command_that_hangs_is_killed_with_everything_it_started() {
    let folder = folder();
    let pids = folder.path().join("pids");
    let script = format!("sleep 300 & echo $! > {0}; echo $$ >> {0}; wait", pids.display());
    let argv = ["sh".to_owned(), "-c".to_owned(), script];
    let redactor = Redactor::default();
    let patience = Duration::from_millis(700);
    let reason = command::run_within(&argv, folder.path(), &redactor, patience).await;
    assert!(reason.unwrap_err().says.starts_with("did not end"));
    let started = fs::read_to_string(&pids).unwrap();
    for pid in started.lines() {
        let since = Instant::now();
        while is_running(pid) {
            assert!(since.elapsed() < Duration::from_secs(10), "{pid} still runs");
            tokio::task::yield_now().await;
        }
    }
}

/// Whether a process is there and is more than a zombie.
fn is_running(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| !rest.starts_with(" Z")))
}

#[tokio::test]
async fn a_command_that_is_not_there_says_so() {
    let argv = ["golive-no-such-program".to_owned()];
    let reason = command::run(&argv, &std::env::temp_dir(), &Redactor::default()).await;
    assert!(reason.unwrap_err().says.starts_with("could not be started"));
}

#[cfg(not(feature = "keyring"))]
#[tokio::test]
async fn a_build_without_keyring_says_what_to_use_instead() {
    let reference = SecretRef::Keyring { service: "golive".into(), user: "live".into() };
    let refused = resolve(&reference, Path::new("/")).await.unwrap_err();
    assert!(refused.reason.contains("no keyring support"));
    assert!(refused.hint.unwrap().contains("--features keyring"));
}
