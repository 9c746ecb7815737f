//! The history of a repository: every object that it has, whether anything leads to it or not.
//!
//! Called by `scan::sources` once per repository. Objects are decoded in this process, each once;
//! git itself is never started and the repository's configuration is never obeyed.

mod attribute;
mod commits;
mod delta;
pub mod head;
mod inflate;
pub(super) mod locate;
mod loose;
mod pack;
mod reach;
mod reader;
mod secrets;
mod store;
mod traverse;
mod trees;

use std::path::{Path, PathBuf};

use crate::scan::detect::Detector;
use crate::scan::leak::{Leak, Unread};
use crate::scan::watch::Watch;
use crate::text::visible;
use attribute::Provenance;
use reader::Trouble;
use secrets::{SecretReader, is_searched};
use store::Store;

/// What came of reading a repository.
#[derive(Default)]
pub(super) struct HistoryScan {
    pub leaks: Vec<Leak>,
    pub unread: Vec<Unread>,
    pub notes: Vec<String>,
    pub objects: u64,
    pub placeholders: u64,
    pub head: Option<String>,
}

/// Reads all objects of the repository whose shared folder is `common`; `label` is what to call
/// it.
pub(super) fn scan(common: &Path, label: &str, detector: &Detector, watch: &Watch) -> HistoryScan {
    let trouble = Trouble::default();
    let mut scan = HistoryScan::default();
    let opened = locate::open(common);
    let repository = match &opened {
        Ok(repository) => Some(repository),
        Err(why) => {
            let why = visible(&format!("the repository can not be opened: {why}"), 300);
            trouble.add(Unread::new(label, why));
            None
        }
    };
    let hash = repository.map_or(gix::hash::Kind::Sha1, gix::Repository::object_hash);
    scan.head = repository.and_then(|it| it.head_id().ok()).map(|id| id.to_string());
    scan.notes.extend(foreign_owner(common, label));
    let (folders, missing) = locate::object_dirs(common);
    if let Some(missing) = missing {
        trouble.add(missing);
    }
    let store = Store::open(&folders, hash, &trouble);
    cut_short(common, label, repository, &store, &trouble);
    watch.begin(
        &format!("reading the history of {label}"),
        Some(store.count(is_searched)),
        "objects",
    );
    let (readers, objects) = store.read(|| SecretReader::new(detector), watch, &trouble);
    scan.objects = objects;
    let mut sightings = Vec::new();
    for reader in readers {
        scan.placeholders += reader.placeholders;
        sightings.extend(reader.sightings);
    }
    sightings.sort_by_key(|sighting| (sighting.id, sighting.hit.at));
    let git_dirs: Vec<PathBuf> = locate::git_dirs(common);
    let provenance = Provenance {
        store: &store,
        hash,
        repository,
        git_dirs: &git_dirs,
        watch,
        trouble: &trouble,
    };
    scan.leaks = provenance.leaks(&sightings, label);
    scan.unread = trouble.into_inner();
    scan.unread.sort();
    scan.unread.dedup();
    scan
}

/// Says when a clone has only a part of its history.
fn cut_short(
    common: &Path,
    label: &str,
    repository: Option<&gix::Repository>,
    store: &Store,
    trouble: &Trouble,
) {
    if std::fs::metadata(common.join("shallow")).is_ok_and(|file| file.len() > 0) {
        let what = format!("older history of {label}");
        trouble.add(
            Unread::new(what, "this is a shallow clone, which has only the latest commits")
                .hint("run `git fetch --unshallow` there, or scan a full clone"),
        );
    }
    let partial = repository.is_some_and(|repository| {
        repository.config_snapshot().string("extensions.partialClone").is_some()
    });
    if partial || store.promised {
        let what = format!("some files in the history of {label}");
        trouble.add(
            Unread::new(what, "this is a partial clone, which fetches them only when needed")
                .hint("scan a clone made without `--filter`"),
        );
    }
}

/// Says when a repository belongs to another user, which git itself would refuse to read.
#[cfg(unix)]
fn foreign_owner(common: &Path, label: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = common.metadata().ok()?.uid();
    let me = rustix::process::geteuid().as_raw();
    (owner != me).then(|| {
        format!("{label} belongs to user {owner}, not to you; it was read without obeying its configuration")
    })
}

#[cfg(not(unix))]
fn foreign_owner(_: &Path, _: &str) -> Option<String> {
    None
}
