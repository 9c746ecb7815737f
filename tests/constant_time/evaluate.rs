//! Prints what the check says of handlers that are not in this repository, for `README.md`.

use std::path::PathBuf;

use golive::checks::webhook::constant_time::report;
use golive::scan::Watch;
use golive::scan::compare::{Concern, compare_paths};

/// `GOLIVE_HANDLERS` names a file with one handler on each line: its paths, separated by spaces.
/// Other providers' headers count like MintCash's here, because these handlers are theirs.
#[test]
#[ignore = "needs handlers from elsewhere; see README.md"]
fn handlers_from_elsewhere() {
    let list = std::env::var_os("GOLIVE_HANDLERS").expect("GOLIVE_HANDLERS names a list");
    let list = PathBuf::from(list);
    let base = list.parent().unwrap();
    for line in std::fs::read_to_string(&list).unwrap().lines().filter(|line| !line.is_empty()) {
        let paths: Vec<PathBuf> = line.split(' ').map(|path| base.join(path)).collect();
        let mut found = compare_paths(&paths, base, &Watch::idle());
        for one in &mut found.found {
            one.concern = Concern::Webhook;
        }
        for one in &mut found.loose {
            one.concern = Concern::Webhook;
        }
        let verdict = report(&found, true);
        println!("{:<8} {line}\n         {}", verdict.outcome.word(), verdict.summary);
        for one in &found.found {
            println!(
                "           {}:{} {:?} `{}`",
                one.at.file, one.at.line, one.manner, one.at.snippet
            );
        }
        for one in &found.loose {
            println!(
                "           {}:{} not compared `{}`",
                one.at.file, one.at.line, one.at.snippet
            );
        }
    }
}
