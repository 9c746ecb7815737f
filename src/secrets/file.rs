//! Secrets from files: only from one that others can not read and that does not end up in a
//! repository.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::secrets::resolve::{Reason, without_line_end};

/// A file with a secret is not longer than this.
const LONGEST: u64 = 64 * 1024;

/// Reads the secret in the file at `path`, relative to `base`.
pub(super) fn read(path: &Path, base: &Path) -> Result<String, Reason> {
    let named = base.join(path);
    let real = named.canonicalize().map_err(|error| Reason::new(error.to_string()))?;
    stays_in_tree(&named, &real, base)?;
    let file = open(&real)?;
    is_private(&file, &real)?;
    is_kept_out_of_git(&real)?;
    let mut text = String::new();
    let long = file
        .take(LONGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| Reason::new(error.to_string()))?;
    if long as u64 > LONGEST {
        return Err(Reason::new("the file is longer than 64 KiB, too long for a secret"));
    }
    Ok(without_line_end(text))
}

/// A link may not lead out of the project (for a file in it) or out of the file's own folder.
fn stays_in_tree(named: &Path, real: &Path, base: &Path) -> Result<(), Reason> {
    let tree = if named.starts_with(base) { base } else { named.parent().unwrap_or(base) };
    let tree = tree.canonicalize().map_err(|error| Reason::new(error.to_string()))?;
    if real.starts_with(&tree) {
        return Ok(());
    }
    let says = format!("is or goes through a link that leads out of {}", tree.display());
    Err(Reason::new(says).hint(format!("Name the file itself: {}", real.display())))
}

/// Opens a regular file, without waiting for the other end of a pipe.
fn open(real: &Path) -> Result<File, Reason> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    let file = options.open(real).map_err(|error| Reason::new(error.to_string()))?;
    let regular = file.metadata().is_ok_and(|about| about.is_file());
    if regular { Ok(file) } else { Err(Reason::new("is not a regular file")) }
}

#[cfg(unix)]
fn is_private(file: &File, real: &Path) -> Result<(), Reason> {
    use std::os::unix::fs::PermissionsExt as _;
    let about = file.metadata().map_err(|error| Reason::new(error.to_string()))?;
    let mode = about.permissions().mode() & 0o7777;
    if mode & 0o066 == 0 {
        return Ok(());
    }
    let says = format!("other users can read or write the file (mode {mode:04o})");
    Err(Reason::new(says).hint(format!("chmod 600 {}", real.display())))
}

#[cfg(not(unix))]
fn is_private(_file: &File, _real: &Path) -> Result<(), Reason> {
    Ok(())
}

/// A file in a git work tree must be ignored and not tracked; git itself says so.
fn is_kept_out_of_git(real: &Path) -> Result<(), Reason> {
    let Some(tree) = work_tree(real) else { return Ok(()) };
    let folder = real.parent().unwrap_or(&tree);
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        // Set by hooks and aliases; would point git at another repository.
        if name.to_string_lossy().starts_with("GIT_") {
            git.env_remove(name);
        }
    }
    let answer = git
        .args(["-c", "core.fsmonitor=false", "check-ignore", "--quiet", "--"])
        .arg(real)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match answer.map(|status| status.code()) {
        Ok(Some(0)) => Ok(()),
        Ok(Some(1)) => {
            let says = format!("is not ignored by git in {}", tree.display());
            Err(Reason::new(says).hint(
                "Move it out of the repository, or ignore it (and `git rm --cached` it where it \
                 is tracked)",
            ))
        }
        _ => {
            let says = format!("stands in the git work tree {} and", tree.display());
            Err(Reason::new(format!("{says} git could not say whether it is ignored"))
                .hint("Move it out of the repository"))
        }
    }
}

/// The nearest folder above that has a `.git`.
fn work_tree(real: &Path) -> Option<PathBuf> {
    real.ancestors().skip(1).find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}
