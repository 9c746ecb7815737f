//! The reader that finds the folders in which given objects lie.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::delta::{Corrupt, Delta};
use super::reader::{Reader, Trouble};
use super::store::Store;
use crate::scan::watch::Watch;

/// For each tree that leads to a wanted blob: the entries that do.
pub(super) type Paths = HashMap<ObjectId, Vec<(Vec<u8>, ObjectId)>>;

/// Finds the trees that have one of `wanted` as an entry.
struct TreeReader<'a> {
    hash: gix::hash::Kind,
    wanted: &'a HashSet<ObjectId>,
    found: Vec<(ObjectId, Vec<u8>, ObjectId)>,
}

impl Reader for TreeReader<'_> {
    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Tree
    }

    fn concerns(&mut self, _: bool, _: &[u8], _: &Delta<'_>) -> Result<bool, Corrupt> {
        Ok(true)
    }

    fn read(&mut self, id: &dyn Fn() -> ObjectId, _: Kind, bytes: &[u8]) -> bool {
        for entry in TreeRefIter::from_bytes(bytes, self.hash).flatten() {
            if self.wanted.contains(entry.oid) {
                self.found.push((id(), entry.filename.to_vec(), entry.oid.to_owned()));
            }
        }
        false
    }

    fn read_large(&mut self, id: ObjectId, kind: Kind, bytes: &mut dyn Read) -> io::Result<()> {
        let mut whole = Vec::new();
        bytes.read_to_end(&mut whole)?;
        self.read(&|| id, kind, &whole);
        Ok(())
    }
}

/// Finds every tree from which one of `blobs` can be reached: first those that hold one, then
/// those that hold these, up to the roots.
pub(super) fn leading_to(
    blobs: HashSet<ObjectId>,
    store: &Store,
    hash: gix::hash::Kind,
    watch: &Watch,
    trouble: &Trouble,
) -> Paths {
    let mut paths = Paths::new();
    let mut wanted = blobs;
    while !wanted.is_empty() && !watch.stopped() {
        let make = || TreeReader { hash, wanted: &wanted, found: Vec::new() };
        let (readers, _) = store.read(make, watch, trouble);
        let mut fresh = HashSet::new();
        for (tree, name, child) in readers.into_iter().flat_map(|reader| reader.found) {
            let entries = paths.entry(tree).or_default();
            if entries.is_empty() {
                fresh.insert(tree);
            }
            if !entries.iter().any(|(known, id)| *known == name && *id == child) {
                entries.push((name, child));
            }
        }
        wanted = fresh;
    }
    paths
}

/// The paths below `tree` at which a wanted blob lies.
pub(super) fn below(tree: &ObjectId, paths: &Paths) -> Vec<(Vec<u8>, ObjectId)> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), *tree)];
    while let Some((prefix, id)) = open.pop() {
        match paths.get(&id) {
            None if id == *tree => {}
            None => found.push((prefix, id)),
            Some(entries) => open.extend(entries.iter().map(|(name, child)| {
                let mut path = prefix.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(name);
                (path, *child)
            })),
        }
    }
    found
}
