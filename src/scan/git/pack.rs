//! One pack: which object is built from which.

use std::path::Path;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack;
use gix::odb::pack::data::entry::Header;

use crate::scan::leak::Unread;

/// No object.
const NONE: u32 = u32::MAX;

/// A pack with its objects in the order in which they lie in it.
pub(super) struct Pack {
    data: pack::data::File,
    index: pack::index::File,
    /// Where each object begins, and its place in the index.
    starts: Vec<(u64, u32)>,
    /// The first object built from each.
    first: Vec<u32>,
    /// The next object built from the same one.
    next: Vec<u32>,
    /// How many objects there are at and below each.
    weights: Vec<u32>,
    /// The objects that are whole.
    roots: Vec<(u32, Kind)>,
    /// The objects that can not be made out, and why.
    lost: Vec<(u32, &'static str)>,
}

/// What an object's header says.
pub(super) struct Entry<'a> {
    /// How many bytes it inflates to.
    pub size: u64,
    /// The deflated bytes.
    pub deflated: &'a [u8],
}

impl Pack {
    /// Opens the pack that belongs to an index.
    pub(super) fn open(index: &Path, hash: gix::hash::Kind) -> Result<Self, String> {
        let data = pack::data::File::at(index.with_extension("pack"), hash)
            .map_err(|error| error.to_string())?;
        let index = pack::index::File::at(index, hash).map_err(|error| error.to_string())?;
        if data.num_objects() != index.num_objects() {
            return Err("the pack and its index do not belong together".to_owned());
        }
        let mut starts: Vec<(u64, u32)> =
            (0..).zip(index.iter()).map(|(place, entry)| (entry.pack_offset, place)).collect();
        starts.sort_unstable();
        let count = starts.len();
        let mut pack = Self {
            data,
            index,
            starts,
            first: vec![NONE; count],
            next: vec![NONE; count],
            weights: vec![1; count],
            roots: Vec::new(),
            lost: Vec::new(),
        };
        pack.link();
        Ok(pack)
    }

    /// Finds out which object is built from which.
    fn link(&mut self) {
        let mut bases = vec![NONE; self.starts.len()];
        for (at, (start, _)) in (0_u32..).zip(&self.starts) {
            let Ok(entry) = self.data.entry(*start) else {
                self.lost.push((at, "its header is damaged"));
                continue;
            };
            let base = match entry.header {
                Header::OfsDelta { base_distance } => {
                    start.checked_sub(base_distance).and_then(|start| self.at_start(start, at))
                }
                Header::RefDelta { base_id } => self
                    .index
                    .lookup(base_id)
                    .and_then(|place| self.at_start(self.index.pack_offset_at_index(place), NONE)),
                whole => {
                    self.roots.extend(whole.as_kind().map(|kind| (at, kind)));
                    continue;
                }
            };
            match (base, bases.get_mut(at as usize)) {
                (Some(base), Some(place)) => *place = base,
                _ => self.lost.push((at, "what it is built from is not in the pack")),
            }
        }
        // Backwards, so that children stand in the pack's order and, as far as bases lie before
        // what is built from them, weights are complete when they are passed on.
        for (at, base) in bases.iter().enumerate().rev() {
            let Ok(at) = u32::try_from(at) else { continue };
            let weight = self.weights.get(at as usize).copied().unwrap_or(0);
            let base = *base as usize;
            let Some(first) = self.first.get_mut(base) else { continue };
            if let Some(next) = self.next.get_mut(at as usize) {
                *next = std::mem::replace(first, at);
            }
            if let Some(sum) = self.weights.get_mut(base) {
                *sum = sum.saturating_add(weight);
            }
        }
    }

    /// The object that begins at `start`; it is looked for before `before` first.
    fn at_start(&self, start: u64, before: u32) -> Option<u32> {
        let near = self.starts.get(..before as usize).unwrap_or(&self.starts);
        // Bases mostly lie close by.
        let mut step = 64;
        let mut low = near.len();
        while low > 0 && near.get(low - 1).is_some_and(|(found, _)| *found >= start) {
            low = low.saturating_sub(step);
            step *= 4;
        }
        let part = near.get(low..)?;
        let found = part.binary_search_by_key(&start, |(found, _)| *found).ok()?;
        u32::try_from(low + found).ok()
    }

    /// The objects that are whole, with their kinds; everything else is built from these.
    pub(super) fn roots(&self) -> &[(u32, Kind)] {
        &self.roots
    }

    /// The objects that can not be made out, and why.
    pub(super) fn lost(&self) -> &[(u32, &'static str)] {
        &self.lost
    }

    /// How many objects there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The objects built from `node`.
    pub(super) fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let follow = |node: u32| (node != NONE).then_some(node);
        let first = self.first.get(node as usize).copied().and_then(follow);
        std::iter::successors(first, move |node| {
            self.next.get(*node as usize).copied().and_then(follow)
        })
    }

    /// Whether nothing is built from `node`.
    pub(super) fn is_leaf(&self, node: u32) -> bool {
        self.first.get(node as usize).copied().unwrap_or(NONE) == NONE
    }

    /// How many objects there are at and below `node`.
    pub(super) fn weight(&self, node: u32) -> u32 {
        self.weights.get(node as usize).copied().unwrap_or(0)
    }

    /// The object's id.
    pub(super) fn id(&self, node: u32) -> ObjectId {
        let place = self.starts.get(node as usize).map_or(0, |(_, place)| *place);
        self.index.oid_at_index(place).to_owned()
    }

    /// Whether the pack has the object.
    pub(super) fn has(&self, id: &gix::oid) -> bool {
        self.index.lookup(id).is_some()
    }

    /// The object's header and deflated bytes.
    pub(super) fn entry(&self, node: u32) -> Option<Entry<'_>> {
        let (start, _) = *self.starts.get(node as usize)?;
        let end = match self.starts.get(node as usize + 1) {
            Some((next, _)) => *next,
            None => self.data.pack_end() as u64,
        };
        let entry = self.data.entry(start).ok()?;
        let range = entry.data_offset..end.max(entry.data_offset);
        Some(Entry { size: entry.decompressed_size, deflated: self.data.entry_slice(range)? })
    }

    /// Where the pack is.
    pub(super) fn path(&self) -> &Path {
        self.data.path()
    }
}

/// What is said of a pack that can not be opened.
pub(super) fn unreadable(index: &Path, why: String) -> Unread {
    let shown = crate::text::visible(&index.with_extension("pack").to_string_lossy(), 300);
    Unread::new(shown, why).hint("run `git fsck` there, then scan again")
}
