//! Where things are: the project's file, the journal of each launch.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::time::Timestamp;

/// The name of the project's file.
pub const PROJECT_FILE: &str = "golive.yaml";

/// The name of the user's file in the platform's configuration folder.
pub const USER_FILE: &str = "config.yaml";

/// The name of a journal in its launch's folder.
pub const JOURNAL_FILE: &str = "journal.golive.jsonl";

/// The nearest `golive.yaml`: in `cwd`, or above it up to the root of the repository or the home
/// folder. Outside of both only `cwd` counts, since a file further up may be somebody else's and
/// can name commands.
#[must_use]
pub fn project_file(cwd: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let in_repository = cwd.ancestors().any(|folder| folder.join(".git").exists());
    let in_home = home.is_some_and(|home| cwd.starts_with(home));
    for folder in cwd.ancestors() {
        let file = folder.join(PROJECT_FILE);
        if file.is_file() {
            return Some(file);
        }
        let ends = folder.join(".git").exists() || home == Some(folder);
        if ends || !(in_repository || in_home) {
            return None;
        }
    }
    None
}

/// The journal of a launch, below the platform's state folder.
#[must_use]
pub fn journal(state_root: &Path, launch: &str) -> PathBuf {
    state_root.join(launch).join(JOURNAL_FILE)
}

/// A launch that has a journal on this machine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchEntry {
    /// The launch's name.
    pub name: String,
    /// Its journal.
    pub state: PathBuf,
    /// When the journal was last written to.
    pub changed: Option<Timestamp>,
}

/// All launches below the platform's state folder, the last changed first. A folder that is not
/// there holds none.
#[must_use]
pub fn launches(state_root: &Path) -> Vec<LaunchEntry> {
    let Ok(folders) = std::fs::read_dir(state_root) else { return Vec::new() };
    let mut found: Vec<LaunchEntry> = folders
        .flatten()
        .filter_map(|folder| {
            let name = folder.file_name().into_string().ok()?;
            name_fault(&name).is_none().then_some(())?;
            let state = journal(state_root, &name);
            let about = std::fs::metadata(&state).ok().filter(std::fs::Metadata::is_file)?;
            let since = about.modified().ok()?.duration_since(UNIX_EPOCH).ok();
            let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
            Some(LaunchEntry { name, state, changed: millis.map(Timestamp::from_millis) })
        })
        .collect();
    found.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.name.cmp(&b.name)));
    found
}

/// Why this can not be a launch's name; it becomes a folder on every platform.
#[must_use]
pub fn name_fault(name: &str) -> Option<&'static str> {
    let reserved = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let device = stem.len() == 4
        && (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.ends_with(|ch: char| ch.is_ascii_digit());
    if name.is_empty() {
        Some("it is empty")
    } else if name.chars().count() > 64 {
        Some("it has more than 64 characters")
    } else if !name.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.')) {
        Some("it may have letters, digits, `-`, `_` and `.` only")
    } else if !name.starts_with(|ch: char| ch.is_ascii_alphanumeric()) || name.ends_with('.') {
        Some("it must begin with a letter or digit and not end with a dot")
    } else if reserved.contains(&stem.as_str()) || device {
        Some("it is the name of a device on Windows")
    } else {
        None
    }
}

/// A launch's name made from a folder's: `My Shop` becomes `my-shop`.
#[must_use]
pub fn name_from(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let mut out = String::new();
    for ch in name.unwrap_or_default().chars().take(64) {
        if ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.') && !out.is_empty() {
            out.push(ch);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches(['-', '.', '_']).to_owned();
    if name_fault(&out).is_some() { "launch".to_owned() } else { out }
}
