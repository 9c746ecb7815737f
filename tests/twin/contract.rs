//! The contract, walked from outside by `tests/counterparts/twin/contract.py`.

use std::path::Path;
use std::process::Command;

use crate::running::{Program, skip};

/// How many promises the script holds at least, so that none gets lost unnoticed.
const PROMISES: usize = 350;

#[test]
fn every_endpoint_error_code_and_switch_keeps_the_contract() {
    let program = Program::start(&["--speed", "0"]);
    let said = program.folder.path().join("said.json");
    std::fs::write(&said, program.said.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/twin/contract.py");
    let run = Command::new("python3")
        .arg(script)
        .arg(&said)
        .arg(&program.secrets)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output();
    let Ok(run) = run else { return skip("python3") };
    let tap = String::from_utf8_lossy(&run.stdout);
    let broken: Vec<&str> = tap.lines().filter(|line| line.starts_with("not ok")).collect();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(broken.is_empty() && run.status.success(), "{}\n{errors}", broken.join("\n"));
    let kept = tap.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(kept >= PROMISES, "only {kept} promises were looked at:\n{tap}");
    assert!(tap.ends_with(&format!("1..{kept}\n")), "the script did not come to its end");
}
