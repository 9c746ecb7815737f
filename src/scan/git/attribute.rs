//! From objects with secrets to what people know: path, commit, author, date.
//!
//! Only done when something was found. All commits of the object database are looked at, whether
//! anything leads to them or not, so that an amended or dropped commit is named too.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use gix::ObjectId;
use gix::objs::Kind;

use super::commits::{CommitFacts, CommitReader, TagFacts, who_and_when};
use super::reach::{self, Tip};
use super::reader::Trouble;
use super::secrets::Sighting;
use super::store::Store;
use super::trees;
use crate::scan::leak::{Commit, Leak, Origin, Place};
use crate::scan::watch::Watch;
use crate::text::visible;

/// What is needed to tell where objects come from.
pub(super) struct Provenance<'a> {
    pub store: &'a Store,
    pub hash: gix::hash::Kind,
    pub repository: Option<&'a gix::Repository>,
    pub git_dirs: &'a [PathBuf],
    pub watch: &'a Watch,
    pub trouble: &'a Trouble,
}

/// All commits and tags, and what reaches them.
struct History {
    commits: Vec<CommitFacts>,
    places: HashMap<ObjectId, usize>,
    tags: HashMap<ObjectId, TagFacts>,
    tips: Vec<Tip>,
}

impl Provenance<'_> {
    /// Names the origin of each sighting; several versions of one file are one leak.
    pub(super) fn leaks(&self, sightings: &[Sighting], label: &str) -> Vec<Leak> {
        if sightings.is_empty() {
            return Vec::new();
        }
        self.watch.begin("finding out how it got into history", None, "objects");
        let history = self.history();
        let reached =
            reach::reached(&history.commits, &history.places, &history.tags, &history.tips);
        let commit = |at: usize| {
            let reached_by = reached.get(at).copied().flatten();
            Some(named(history.commits.get(at)?, reached_by.unwrap_or("nothing")))
        };
        let mut leaks = Vec::new();
        let mut add = |sighting: &Sighting, origin: Origin| {
            let whole =
                matches!(origin, Origin::Blob { .. } | Origin::Dangling { kind: "blob", .. });
            leaks.push(Leak {
                identity: sighting.hit.identity.clone(),
                certainty: sighting.hit.certainty,
                encoding: sighting.hit.encoding,
                line: sighting.line.filter(|_| whole),
                place: Place::Object { repository: label.to_owned(), origin },
            });
        };
        let introduced = self.introduced(sightings, &history);
        for (sighting, at, path, versions) in &introduced.named {
            let path = visible(&String::from_utf8_lossy(path), 300);
            if let Some(commit) = commit(*at) {
                add(sighting, Origin::Blob { path, commit, versions: *versions });
            }
        }
        for sighting in sightings {
            let id = sighting.id;
            let dangling = |kind| Origin::Dangling { id: id.to_string(), kind };
            let origin = match sighting.kind {
                Kind::Blob if introduced.homeless.contains(&id) => dangling("blob"),
                Kind::Blob | Kind::Tree => continue,
                Kind::Commit => {
                    let known = history.places.get(&id).and_then(|at| commit(*at));
                    known.map_or_else(|| dangling("commit"), |commit| Origin::Message { commit })
                }
                Kind::Tag => history.tags.get(&id).map_or_else(|| dangling("tag"), of_tag),
            };
            add(sighting, origin);
        }
        leaks
    }

    fn history(&self) -> History {
        let make = || CommitReader::new(self.hash);
        let (readers, _) = self.store.read(make, self.watch, self.trouble);
        let mut commits = Vec::new();
        let mut tags = HashMap::new();
        for reader in readers {
            commits.extend(reader.commits);
            tags.extend(reader.tags);
        }
        let places = commits.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect();
        let tips = self.repository.map(|repository| reach::tips(repository, self.git_dirs));
        History { commits, places, tags, tips: tips.unwrap_or_default() }
    }

    /// For each path and secret the oldest commit that brought it there.
    fn introduced<'s>(&self, sightings: &'s [Sighting], history: &History) -> Introduced<'s> {
        let mut by_blob: HashMap<ObjectId, Vec<&Sighting>> = HashMap::new();
        for sighting in sightings.iter().filter(|sighting| sighting.kind == Kind::Blob) {
            by_blob.entry(sighting.id).or_default().push(sighting);
        }
        let blobs: HashSet<ObjectId> = by_blob.keys().copied().collect();
        let paths =
            trees::leading_to(blobs.clone(), self.store, self.hash, self.watch, self.trouble);
        let mut homeless = blobs;
        let mut files: BTreeMap<_, File<'s>> = BTreeMap::new();
        for (at, commit) in history.commits.iter().enumerate() {
            let here = trees::below(&commit.tree, &paths);
            if here.is_empty() {
                continue;
            }
            let parents = commit.parents.iter().filter_map(|id| history.places.get(id));
            let parents = parents.filter_map(|at| history.commits.get(*at));
            let before: HashSet<_> =
                parents.flat_map(|parent| trees::below(&parent.tree, &paths)).collect();
            for (path, blob) in here.into_iter().filter(|place| !before.contains(place)) {
                homeless.remove(&blob);
                for sighting in by_blob.get(&blob).into_iter().flatten() {
                    let key = (path.clone(), sighting.hit.identity.clone());
                    let file = files.entry(key).or_insert_with(|| File::new(sighting, at));
                    file.add(sighting, at, &history.commits);
                }
            }
        }
        let named = files
            .into_iter()
            .map(|((path, _), file)| (file.first, file.commit, path, file.versions.len()));
        Introduced { named: named.collect(), homeless }
    }
}

/// Where blobs with secrets come from.
struct Introduced<'s> {
    /// The sighting, the commit that brought it, the path, in how many versions.
    named: Vec<(&'s Sighting, usize, Vec<u8>, usize)>,
    /// The blobs that no commit has.
    homeless: HashSet<ObjectId>,
}

/// A file with a secret, over all its versions.
struct File<'s> {
    first: &'s Sighting,
    commit: usize,
    versions: HashSet<ObjectId>,
}

impl<'s> File<'s> {
    fn new(first: &'s Sighting, commit: usize) -> Self {
        Self { first, commit, versions: HashSet::new() }
    }

    fn add(&mut self, sighting: &'s Sighting, commit: usize, commits: &[CommitFacts]) {
        self.versions.insert(sighting.id);
        let age = |at: usize| commits.get(at).map(|commit| (commit.seconds, commit.id));
        if age(commit) < age(self.commit) {
            (self.first, self.commit) = (sighting, commit);
        }
    }
}

fn named(commit: &CommitFacts, reached_by: &str) -> Commit {
    let (author, date) = who_and_when(&commit.author);
    Commit {
        id: commit.id.to_string(),
        author,
        date,
        reached_by: reached_by.to_owned(),
        seconds: commit.seconds,
    }
}

fn of_tag(tag: &TagFacts) -> Origin {
    let (author, date) = who_and_when(&tag.author);
    Origin::Tag { name: visible(&String::from_utf8_lossy(&tag.name), 120), author, date }
}
