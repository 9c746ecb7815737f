//! `golive demo` as a program: headless from the first step to GO, with no other program at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A place in which golive runs with nothing around it: no program to start, a home, a folder for
/// temporary files.
struct Bare(TempDir);

/// What a run left.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Bare {
    fn new() -> Self {
        let root = TempDir::new().unwrap();
        for part in ["home", "tmp", "here"] {
            fs::create_dir(root.path().join(part)).unwrap();
        }
        Self(root)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs golive, under `wrapper` where there is one.
    fn golive(&self, wrapper: &[&str], arguments: &[&str]) -> Ran {
        let all = [wrapper, &[env!("CARGO_BIN_EXE_golive")], arguments].concat();
        let out = Command::new(all[0])
            .args(&all[1..])
            .current_dir(self.path("here"))
            .env_clear()
            .env("PATH", self.path("here"))
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("GOLIVE_STATE", self.path("never-touched.jsonl"))
            .env("GOLIVE_AS", "Somebody Else")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ran {
            code: out.status.code(),
            out: String::from_utf8(out.stdout).unwrap(),
            err: String::from_utf8(out.stderr).unwrap(),
        }
    }

    /// Everything that is below a folder.
    fn files(&self, name: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }
}

/// Where strace is, if it can be used here.
fn strace() -> Option<PathBuf> {
    let places = ["/usr/bin/strace", "/bin/strace", "/usr/local/bin/strace"];
    let found = places.iter().map(Path::new).find(|path| path.exists());
    let works = found.filter(|path| {
        let tried = Command::new(path).args(["-o", "/dev/null", "/bin/true"]).status();
        tried.is_ok_and(|status| status.success())
    });
    if works.is_none() {
        assert!(std::env::var_os("CI").is_none(), "strace is missing, and CI needs it");
        eprintln!("SKIPPED: strace is missing or may not trace here (apt-get install strace)");
    }
    works.map(Path::to_owned)
}

/// Every address on the network that the trace names, and every program that it starts.
fn contacted(trace: &str) -> (Vec<&str>, usize) {
    let between = |line: &'static str, end: char| {
        trace.split(line).skip(1).filter_map(move |rest| rest.split(end).next())
    };
    let v4 = between("inet_addr(\"", '"').filter(|address| !address.starts_with("127."));
    let v6 = between("inet_pton(AF_INET6, \"", '"').filter(|address| *address != "::1");
    (v4.chain(v6).collect(), trace.matches("execve(").count())
}

#[test]
fn the_whole_walk_goes_to_go_with_no_other_program_and_contacts_nothing_but_loopback() {
    let bare = Bare::new();
    let trace = bare.path("trace");
    let (trace_at, strace) = (trace.display().to_string(), strace());
    let strace = strace.map(|path| path.display().to_string());
    let syscalls = "trace=connect,sendto,sendmsg,sendmmsg,execve";
    let wrapper = match &strace {
        Some(strace) => vec![strace.as_str(), "-f", "-e", syscalls, "-o", &trace_at],
        None => Vec::new(),
    };
    let kept = bare.path("kept").display().to_string();
    let check = ["demo", "--check", "--format", "json", "--folder", &kept];
    let ran = bare.golive(&wrapper, &check);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], "golive.verify/1");
    assert_eq!(document["verdict"], "GO", "{document:#}");
    assert_eq!(document["simulated"], true);
    let steps = document["steps"].as_array().unwrap();
    let unsound: Vec<_> = steps
        .iter()
        .filter(|step| !["pass", "manual"].contains(&step["outcome"].as_str().unwrap()))
        .map(|step| step["id"].as_str().unwrap())
        .collect();
    assert_eq!(unsound, ["webhook.endpoint"], "{document:#}");
    let refused: Vec<_> = steps.iter().filter(|step| !step["refused"].is_null()).collect();
    assert!(refused.is_empty(), "{refused:#?}");

    if strace.is_some() {
        let text = fs::read_to_string(&trace).unwrap();
        let (foreign, programs) = contacted(&text);
        assert!(text.contains("inet_addr(\"127.0.0.1\")"), "the trace shows connections");
        assert!(foreign.is_empty(), "{foreign:?}");
        assert_eq!(programs, 1, "the demo starts another program");
    }

    let journal = fs::read_to_string(bare.path("kept/state/journal.golive.jsonl")).unwrap();
    for secret in bare.files("kept/secrets") {
        // A public key is no secret, and may be shown.
        if secret.to_string_lossy().contains("public") {
            continue;
        }
        let value = fs::read_to_string(&secret).unwrap();
        for text in [&ran.out, &ran.err, &journal] {
            assert!(!text.contains(&value), "{} is shown", secret.display());
        }
    }
    assert!(!bare.path("never-touched.jsonl").exists());
    assert!(bare.files("home").is_empty(), "{:?}", bare.files("home"));
    assert!(bare.files("tmp").is_empty(), "{:?}", bare.files("tmp"));
}

#[test]
fn a_fault_is_caught_headless_and_nothing_is_left_behind() {
    let bare = Bare::new();
    let fault = ["--fault", "secret-in-history", "--fault", "key-revoked"];
    let check = ["demo", "--check", "--section", "credentials", "--format", "json"];
    let ran = bare.golive(&[], &[&check[..], &fault].concat());
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let faults = document["faults"].as_array().unwrap().iter();
    let caught: Vec<_> = faults.map(|it| (it["name"].as_str().unwrap(), &it["caught"])).collect();
    let yes = Value::Bool(true);
    assert_eq!(caught, [("key-revoked", &yes), ("secret-in-history", &yes)], "{document:#}");
    assert_ne!(document["verdict"], "GO");
    for place in ["home", "tmp", "here"] {
        assert!(bare.files(place).is_empty(), "{:?}", bare.files(place));
    }
    assert!(!bare.path("never-touched.jsonl").exists());
}

#[test]
fn each_fault_of_the_rehearsal_is_caught_by_its_check() {
    let faults = golive::demo::catalogue::all().filter(|it| it.step.starts_with("rehearsal."));
    let walks: Vec<_> =
        faults.map(|fault| std::thread::spawn(move || rehearse(fault.name))).collect();
    let wrong: Vec<_> = walks.into_iter().filter_map(|walk| walk.join().unwrap()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Walks the rehearsal with one fault; what is wrong with what came of it.
fn rehearse(fault: &str) -> Option<String> {
    let bare = Bare::new();
    let check = ["demo", "--check", "--section", "rehearsal", "--format", "json", "--fault", fault];
    let ran = bare.golive(&[], &check);
    let document: Value = match serde_json::from_str(&ran.out) {
        Ok(document) => document,
        Err(error) => return Some(format!("{fault}: {error}: {ran:#?}")),
    };
    let says = |step: &Value| {
        let checks = step["checks"].as_array().unwrap().iter();
        checks.map(|it| format!("{} {} {}", it["check"], it["outcome"], it["summary"])).collect()
    };
    let said: Vec<String> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| -> Vec<String> { says(step) })
        .collect();
    let caught = document["faults"][0]["caught"] == true;
    let clean = bare.files("tmp").is_empty();
    (!caught || !clean).then(|| format!("{fault}: caught {caught}, clean {clean}: {said:#?}"))
}

#[test]
fn a_fault_that_there_is_not_is_refused_with_the_one_that_was_meant() {
    let bare = Bare::new();
    let ran = bare.golive(&[], &["demo", "--check", "--fault", "secret-in-histroy"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.err.contains("did you mean `secret-in-history`?"), "{ran:#?}");
    assert!(ran.out.is_empty());
}

#[test]
fn without_a_terminal_it_is_said_what_to_use_instead() {
    let bare = Bare::new();
    let ran = bare.golive(&[], &["demo"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    for instead in ["golive demo --plain", "golive demo --check"] {
        assert!(ran.err.contains(instead), "{ran:#?}");
    }
    assert!(bare.files("tmp").is_empty());
}

#[test]
fn every_fault_is_listed_with_the_check_that_catches_it() {
    let bare = Bare::new();
    let ran = bare.golive(&[], &["demo", "--list-faults", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], "golive.faults/1");
    let listed = document["faults"].as_array().unwrap().len();
    assert_eq!(listed, golive::demo::catalogue::all().count());
    let people = bare.golive(&[], &["demo", "--list-faults"]);
    for fault in golive::demo::catalogue::all() {
        assert!(people.out.contains(fault.name) && people.out.contains(fault.check));
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let bare = Bare::new();
    fs::write(bare.path("here/mine"), "mine").unwrap();
    let here = bare.path("here").display().to_string();
    let ran = bare.golive(&[], &["demo", "--check", "--folder", &here]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("not empty"), "{ran:#?}");
    assert_eq!(bare.files("here"), [bare.path("here/mine")]);
}
