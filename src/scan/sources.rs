//! The scan of several paths: first the files, then every repository that they are in or hold.

use std::path::{Path, PathBuf};

use crate::scan::detect::{Detector, Identity, Wanted};
use crate::scan::files::{self, FilesScan, InFile, States};
use crate::scan::git::{self, locate};
use crate::scan::leak::{Leak, Place, RepositorySeen, ScanOutcome, Unread};
use crate::scan::watch::Watch;
use crate::text::visible;

/// Reads every file below `paths` and the whole history of the repositories that they are in or
/// that lie below them, for the secrets in `wanted` and for live keys by pattern. Blocks; call it
/// from a thread that may.
#[must_use]
pub fn scan_paths(paths: &[PathBuf], wanted: &[Wanted], watch: &Watch) -> ScanOutcome {
    let detector = Detector::new(wanted);
    let mut scan = Scan { outcome: ScanOutcome::default(), roots: Vec::new(), pending: Vec::new() };
    scan.sources(paths);
    let mut states = States::default();
    for (shown, root) in scan.roots.clone() {
        watch.begin(&format!("reading the files of {shown}"), None, "files");
        let files = files::walk(&root, &detector, watch);
        scan.take_files(files, &shown, &root, wanted, &mut states);
    }
    for repository in std::mem::take(&mut scan.pending) {
        scan.history(&repository, &detector, watch);
    }
    let mut outcome = scan.outcome;
    outcome.stopped = watch.stopped();
    outcome.unread.sort();
    outcome.unread.dedup();
    outcome.leaks.sort_by_key(rank);
    outcome
}

/// The launch's own live secrets first, what is certain before what is not, files before history.
fn rank(leak: &Leak) -> (u8, bool, u8, String, Option<u64>) {
    let whose = match &leak.identity {
        Identity::Own(_, crate::scan::Role::Live) => 0,
        Identity::Other(_) => 1,
        Identity::Own(_, crate::scan::Role::Test) => 2,
    };
    let doubtful = leak.certainty != crate::scan::Certainty::Sure;
    let (place, name) = match &leak.place {
        Place::File { source, path, .. } => (0, format!("{source}/{path}")),
        Place::Name { folder } => (1, folder.clone()),
        Place::Object { repository, .. } => (2, repository.clone()),
    };
    (whose, doubtful, place, name, leak.line)
}

/// A repository to be read.
struct Pending {
    common: PathBuf,
    label: String,
}

struct Scan {
    outcome: ScanOutcome,
    /// The paths asked for: as shown, and canonical. None lies below another.
    roots: Vec<(String, PathBuf)>,
    pending: Vec<Pending>,
}

impl Scan {
    fn sources(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let shown = visible(&path.to_string_lossy(), 300);
            match path.canonicalize() {
                Ok(root) => self.roots.push((shown, root)),
                Err(error) => self.outcome.unread.push(
                    Unread::new(shown, error.to_string())
                        .hint("correct `source` in golive.yaml: it names the paths to scan"),
                ),
            }
        }
        for (shown, root) in self.roots.clone() {
            let repository = locate::above(&root).and_then(|dot_git| self.repository(&dot_git));
            self.outcome.sources.push((shown, repository));
        }
        let all = self.roots.clone();
        let mut seen: Vec<PathBuf> = Vec::new();
        self.roots.retain(|(_, root)| {
            let inside = all.iter().any(|(_, other)| root != other && root.starts_with(other));
            let again = seen.contains(root);
            seen.push(root.clone());
            !inside && !again
        });
    }

    /// Takes note of the repository behind a `.git`; its place in the list.
    fn repository(&mut self, dot_git: &Path) -> Option<usize> {
        match locate::git_dir(dot_git) {
            Ok(git_dir) => {
                let work_tree = (dot_git.file_name()? == ".git").then(|| dot_git.parent());
                Some(self.pend(&git_dir, work_tree.flatten().unwrap_or(dot_git)))
            }
            Err(unread) => {
                self.outcome.unread.push(unread);
                None
            }
        }
    }

    fn pend(&mut self, git_dir: &Path, called: &Path) -> usize {
        let common = locate::common_dir(git_dir);
        if let Some(known) = self.pending.iter().position(|known| known.common == common) {
            return known;
        }
        let label = self.label(called);
        self.pending.push(Pending { common, label });
        self.pending.len() - 1
    }

    /// What to call a path: as it was asked for, as far as it was.
    fn label(&self, path: &Path) -> String {
        let asked = self.roots.iter().find_map(|(shown, root)| {
            let inside = path.strip_prefix(root).ok()?;
            let joined = Path::new(shown).join(inside);
            Some(if inside.as_os_str().is_empty() {
                shown.clone()
            } else {
                joined.to_string_lossy().into_owned()
            })
        });
        visible(&asked.unwrap_or_else(|| path.to_string_lossy().into_owned()), 300)
    }

    fn take_files(
        &mut self,
        files: FilesScan,
        shown: &str,
        root: &Path,
        wanted: &[Wanted],
        states: &mut States,
    ) {
        self.outcome.counts.add(files.counts);
        self.outcome.unread.extend(files.unread);
        let mut dot_gits = files.dot_gits;
        dot_gits.sort();
        for dot_git in dot_gits {
            let _place_is_not_needed = self.repository(&dot_git);
        }
        let mut git_dirs = files.git_dirs;
        git_dirs.sort();
        for git_dir in git_dirs {
            self.pend(&git_dir, &git_dir);
        }
        for found in files.found {
            let leak = self.in_file(found, shown, root, wanted, states);
            self.outcome.leaks.push(leak);
        }
    }

    fn in_file(
        &self,
        found: InFile,
        shown: &str,
        root: &Path,
        wanted: &[Wanted],
        states: &mut States,
    ) -> Leak {
        let InFile { path, hit, in_name } = found;
        let place = if in_name {
            Place::Name { folder: self.label(path.parent().unwrap_or(&path)) }
        } else {
            // Where the source is a file, the folder that it is in stands for it.
            let inside = path.strip_prefix(root).unwrap_or(&path);
            let is_source = inside.as_os_str().is_empty();
            let folder = path.parent().filter(|_| is_source);
            let source = folder.map_or_else(|| shown.to_owned(), |folder| self.label(folder));
            let named = if is_source { path.file_name().map_or(inside, Path::new) } else { inside };
            let from = wanted
                .iter()
                .find(|one| matches!(&hit.identity, Identity::Own(name, _) if *name == one.name));
            let from =
                from.and_then(|one| one.file.as_deref()).and_then(|at| at.canonicalize().ok());
            Place::File {
                source,
                path: visible(&named.to_string_lossy(), 300),
                git: states.of(&path),
                is_reference: from.is_some_and(|file| file == path),
            }
        };
        Leak {
            line: if in_name { None } else { files::line_of(&path, hit.at) },
            identity: hit.identity,
            certainty: hit.certainty,
            encoding: hit.encoding,
            place,
        }
    }

    fn history(&mut self, repository: &Pending, detector: &Detector, watch: &Watch) {
        if watch.stopped() {
            return;
        }
        let scan = git::scan(&repository.common, &repository.label, detector, watch);
        self.outcome.counts.objects += scan.objects;
        self.outcome.counts.placeholders += scan.placeholders;
        self.outcome.leaks.extend(scan.leaks);
        self.outcome.unread.extend(scan.unread);
        self.outcome.notes.extend(scan.notes);
        self.outcome.repositories.push(RepositorySeen {
            label: repository.label.clone(),
            objects: scan.objects,
            head: scan.head,
        });
    }
}
