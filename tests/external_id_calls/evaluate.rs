//! Holds the check against code that it has not seen; README.md says how.

use std::path::{Path, PathBuf};

use golive::scan::Watch;
use golive::scan::calls::call_paths;

use crate::samples::{differences, files};

/// Says how many files of a folder get what its table expects.
#[test]
#[ignore = "needs a folder of samples: GOLIVE_CALLS=FOLDER with files in FOLDER/files and FOLDER/table.txt"]
fn samples_from_a_folder() {
    let folder = std::env::var("GOLIVE_CALLS").unwrap();
    let folder = Path::new(&folder);
    let all = files(&folder.join("files")).len();
    let wrong = differences(&folder.join("files"), &folder.join("table.txt"));
    println!("{} of {all} as expected\n{}", all - wrong.len(), wrong.join("\n"));
}

/// Lists the calls in a folder of code.
#[test]
#[ignore = "needs a folder of code: GOLIVE_CODE=FOLDER"]
fn calls_in_a_folder() {
    let folder = PathBuf::from(std::env::var("GOLIVE_CODE").unwrap());
    let found = call_paths(std::slice::from_ref(&folder), &folder, &Watch::idle());
    for site in &found.found {
        let (at, call) = (&site.at, site.endpoint.words());
        println!(
            "{:?} {}:{} {call}\n    {:?}\n    {}",
            site.whose, at.file, at.line, site.sends, at.snippet
        );
    }
    println!("{} calls in {:?}", found.found.len(), found.files);
}
