//! Disks that are full, read-only, gone or broken: what is not on disk is not answered 2xx.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::client::{LIVE_SECRET, event, listener, options, records, send, signed, try_send};
use crate::counterpart::{Counterpart, skip};
use crate::forward::count;
use crate::process::{Process, command, environment, record};
use golive::listen::{Listener, News};

/// A big event, so that a disk is full soon.
fn big(number: usize) -> Vec<u8> {
    let filler = format!("\"filler\":\"{}\",\"eventId\"", "x".repeat(3_000));
    let text = String::from_utf8(event(&format!("big-{number}"))).unwrap();
    text.replacen("\"eventId\"", &filler, 1).into_bytes()
}

fn id(number: usize) -> String {
    format!("big-{number}")
}

/// Sends events until none is taken any more; the ids of those that were answered 2xx.
async fn fill(address: std::net::SocketAddr) -> (Vec<String>, Vec<String>) {
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for number in 0..60 {
        let answer = try_send(address, &signed("/hook", LIVE_SECRET, &big(number))).await;
        match answer.map(|answer| answer.status) {
            Ok(200) => taken.push(id(number)),
            Ok(500) => refused.push(id(number)),
            other => panic!("{other:?}"),
        }
    }
    (taken, refused)
}

/// The ids of the events in a file whose lines must all be whole.
fn recorded(path: &Path) -> Vec<String> {
    records(path).0.into_iter().map(|it| it.event_id.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_takes_no_more_and_says_so() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let environment = environment();
    let to = format!("http://{}", handler.address);
    let plain = command(&environment, &["--forward", &to]);
    // 40 blocks of 512 bytes.
    let script = r#"ulimit -f 40; exec "$0" "$@""#;
    let mut limited = Command::new("sh");
    limited.args(["-c", script]).arg(plain.get_program()).args(plain.get_args());
    limited.current_dir(environment.project()).env_clear();
    for (name, value) in plain.get_envs() {
        limited.env(name, value.unwrap());
    }
    let process = Process::run(limited);
    let (taken, refused) = fill(process.address).await;
    assert!(taken.len() > 2 && refused.len() > 10, "{taken:?} {refused:?}");
    assert_eq!(recorded(&record(&environment)), taken);
    assert_eq!(count(&handler).await, taken.len() as u64, "nothing is handed on before it is kept");
    let said = process.said();
    assert!(said.contains("NOT RECORDED:") && said.contains("File too large"), "{said}");
    assert!(!said.contains(LIVE_SECRET));
}

/// A file system in memory, unmounted when dropped.
struct Mount(tempfile::TempDir);

impl Mount {
    fn tmpfs(options: &str) -> Option<Self> {
        let folder = tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path());
        if mount.output().is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        skip("a tmpfs can not be mounted here (root is needed), so that it");
        None
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let mut mount = Command::new("mount");
        let status = mount.args(["-o", &options]).arg(self.0.path()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_events_until_there_is_room_again() {
    let Some(mount) = Mount::tmpfs("size=48k") else { return };
    let handle = listener(mount.0.path(), None).await;
    let (mut taken, refused) = fill(handle.address()).await;
    assert!(taken.len() > 2 && refused.len() > 10, "{taken:?} {refused:?}");
    assert_eq!(recorded(handle.record()), taken);
    mount.remount("size=4m");
    let again = signed("/hook", LIVE_SECRET, &event("room"));
    assert_eq!(send(handle.address(), &again).await.status, 200);
    taken.push("room".into());
    assert_eq!(recorded(handle.record()), taken);
    assert!(handle.stop().await);
    mount.remount("ro");
    assert!(Listener::start(options(mount.0.path(), None).0).await.is_err(), "read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_removed_loses_nothing_that_was_taken_after() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let folder = tempdir().unwrap();
    let to =
        crate::client::upstream(&format!("http://{}", handler.address), crate::client::PATIENCE);
    let (options, heard) = options(folder.path(), Some(to));
    let handle = Listener::start(options).await.unwrap();
    let post = |id: &str| signed("/hook", LIVE_SECRET, &event(id));
    assert_eq!(send(handle.address(), &post("one")).await.status, 200);
    fs::rename(handle.record(), folder.path().join("moved")).unwrap();
    assert_eq!(send(handle.address(), &post("two")).await.status, 500);
    assert_eq!(count(&handler).await, 1, "what is not kept is not handed on");
    assert_eq!(send(handle.address(), &post("two")).await.status, 200);
    assert_eq!(recorded(handle.record()), ["two"]);
    let lost: Vec<_> = heard
        .all()
        .into_iter()
        .filter_map(|news| match news {
            News::Done(done) => done.lost,
            _ => None,
        })
        .collect();
    assert_eq!(lost, ["the file was removed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_fsync_that_fails_is_no_success() {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !tried.is_ok_and(|output| output.status.success()) {
        return skip("strace");
    }
    let environment = environment();
    let plain = command(&environment, &[]);
    let mut traced = Command::new("strace");
    let inject = "inject=fdatasync:error=EIO:when=3..5";
    let trace = environment.root().join("trace");
    // With -D the child is the listener, so that it ends with its handle: who kills strace sets it free.
    traced.args(["-D", "-f", "-qq", "-e", "trace=fdatasync", "-e", inject, "-o"]).arg(&trace);
    traced.arg(plain.get_program()).args(plain.get_args());
    traced.current_dir(environment.project()).env_clear();
    for (name, value) in plain.get_envs() {
        traced.env(name, value.unwrap());
    }
    let process = Process::run(traced);
    let mut statuses = Vec::new();
    for number in 0..8 {
        let post = signed("/hook", LIVE_SECRET, &event(&id(number)));
        statuses.push(send(process.address, &post).await.status);
    }
    assert!(statuses.contains(&500), "{statuses:?} {}", fs::read_to_string(&trace).unwrap());
    assert_eq!(statuses.last(), Some(&200), "{statuses:?}");
    let kept = recorded(&record(&environment));
    for (number, status) in statuses.iter().enumerate() {
        assert!(*status != 200 || kept.contains(&id(number)), "{statuses:?} {kept:?}");
    }
    assert!(process.said().contains("Input/output error"), "{}", process.said());
}
