//! Folders of demos that were killed: known by the mark that each temporary one holds, removed once
//! the process that made it is surely gone.
//!
//! Called when the next demo begins. The rules it keeps: a folder goes only when its mark names it
//! and a process of this machine that has ended; whatever is in doubt stays, and what can not be
//! removed is left for the next time. Nothing here fails a demo.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use crate::launch::event::Process;
use crate::runtime::living::{self, Life};

/// How the name of every temporary folder begins.
pub const PREFIX: &str = "golive-demo-";

/// The mark's file.
const MARK: &str = ".demo";

/// A larger file is no mark.
const LARGEST: u64 = 4_096;

/// Whose folder it is.
#[derive(Serialize, Deserialize)]
struct Mark {
    /// The folder's own name: a copy of it is nobody's to remove.
    folder: String,
    process: Process,
}

/// Marks a new folder as this process's; leaves it without a mark where the system does not tell
/// processes apart.
///
/// # Errors
/// When it can not be written.
pub fn mark(folder: &Path) -> io::Result<()> {
    let (Some(name), Some(process)) = (name(folder), living::own()) else { return Ok(()) };
    let mark = serde_json::to_vec(&Mark { folder: name.to_owned(), process })?;
    fs::write(folder.join(MARK), mark)
}

/// Removes the folders in this place whose demos are gone.
pub fn clean(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let folder = entry.path();
        if is_stale(&folder) {
            let _the_next_demo_tries_again = remove(&folder);
        }
    }
}

fn name(folder: &Path) -> Option<&str> {
    folder.file_name()?.to_str()
}

fn is_stale(folder: &Path) -> bool {
    let Some(name) = name(folder).filter(|name| name.starts_with(PREFIX)) else { return false };
    let own = |about: &fs::Metadata| about.uid() == geteuid().as_raw();
    // Not through a link: neither the folder nor its mark.
    let is = |path: &Path, fits: fn(&fs::Metadata) -> bool| {
        fs::symlink_metadata(path).is_ok_and(|about| fits(&about) && own(&about))
    };
    let file = folder.join(MARK);
    if !is(folder, fs::Metadata::is_dir)
        || !is(&file, |about| about.is_file() && about.len() <= LARGEST)
    {
        return false;
    }
    let mark = fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Mark>(&text).ok());
    mark.is_some_and(|mark| mark.folder == name && living::life(&mark.process) == Life::Gone)
}

/// Removes the mark last, so that what is cut off in the middle can be gone on with.
fn remove(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == MARK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_file(folder.join(MARK))?;
    fs::remove_dir(folder)
}
