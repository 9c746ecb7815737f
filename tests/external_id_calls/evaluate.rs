//! Holds the check against code that it has not seen; README.md says how.

use std::path::Path;

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
