//! `golive twin` as a process: what it says, what it refuses, how it ends.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use assert_cmd::assert::OutputAssertExt as _;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use url::Url;

use crate::running::{Program, golive};

fn url(said: &serde_json::Value) -> Url {
    said.as_str().unwrap().parse().unwrap()
}

#[test]
fn it_says_where_it_is_and_ends_in_order_when_told() {
    let mut program = Program::start(&["--seed", "7"]);
    let said = program.said.to_string();
    let keys = std::fs::read_to_string(&program.secrets).unwrap();
    let mode = std::fs::metadata(&program.secrets).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for line in keys.lines().filter(|line| line.contains("SECRET")) {
        let (_, secret) = line.split_once('=').unwrap();
        assert!(secret.len() > 20 && !said.contains(secret), "{said}");
    }
    let live = url(&program.said["live"]["url"]);
    assert_eq!(live.host_str(), Some("127.0.0.1"));
    assert!(TcpStream::connect(("127.0.0.1", live.port().unwrap())).is_ok());
    kill_process(Pid::from_child(&program.child), Signal::TERM).unwrap();
    let ended = program.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", live.port().unwrap())).is_err());
}

#[test]
fn keys_follow_from_the_seed_and_from_nothing_else() {
    let keys = |seed: &str| {
        let program = Program::start(&["--seed", seed]);
        let text = std::fs::read_to_string(&program.secrets).unwrap();
        text.lines().filter(|line| !line.contains("_URL=")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(keys("3"), keys("3"));
    assert_ne!(keys("3"), keys("4"));
    assert!(keys("3").contains("MINTCASH_SANDBOX_PUBLIC_KEY=pk_test_twin"));
}

#[test]
fn secrets_without_a_place_of_their_own_go_with_the_twin() {
    let folder = TempDir::new().unwrap();
    let mut child = golive(&folder).arg("twin").stdout(Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut place = String::new();
    while !place.starts_with("secrets") {
        place.clear();
        assert_ne!(std::io::BufRead::read_line(&mut out, &mut place).unwrap(), 0);
    }
    let place = place.trim_start_matches("secrets").trim().to_owned();
    let mode = std::fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!std::path::Path::new(&place).exists());
}

#[test]
fn what_can_not_be_is_refused_in_plain_words() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let there = folder.path().join("there.env");
    std::fs::write(&there, "mine").unwrap();
    let there = there.to_str().unwrap();
    for (arguments, code, says) in [
        (&["--switch", "nonsense"][..], 2, "There is no switch nonsense"),
        (&["--switch", "cents=1"], 2, "only renewal-fails-with takes a value"),
        (&["--webhook", "https://shop.example/hook"], 2, "this machine only, and shop.example"),
        (&["--test-webhook", "http://10.0.0.1/"], 2, "this machine only, and 10.0.0.1"),
        (&["--webhook", "not a url"], 2, "invalid value"),
        (&["--speed=-1"], 2, "--speed is a number"),
        (&["--webhook-ca", "nowhere.pem"], 2, "can not be read"),
        (&["--live-port", &port], 1, "can not listen on 127.0.0.1"),
        (&["--secrets", there], 1, "could not be written"),
    ] {
        let out = golive(&folder).arg("twin").args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(says), "{arguments:?}: {told}");
    }
    assert_eq!(std::fs::read_to_string(there).unwrap(), "mine");
}

#[test]
fn the_switches_and_cards_are_listed() {
    let folder = TempDir::new().unwrap();
    let out = golive(&folder).args(["twin", "--list"]).assert().success();
    let text = String::from_utf8_lossy(&out.get_output().stdout).into_owned();
    for name in ["documented-payloads", "lost-answer", "renewal-fails-with", "9999000000000002"] {
        assert!(text.contains(name), "{text}");
    }
    let out = golive(&folder).args(["twin", "--list", "--format", "json"]).assert().success();
    let said: serde_json::Value = serde_json::from_slice(&out.get_output().stdout).unwrap();
    assert!(said["switches"].as_array().unwrap().len() > 40);
    assert_eq!(said["cards"].as_array().unwrap().len(), 16);
}
