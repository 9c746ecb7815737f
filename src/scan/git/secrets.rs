//! The reader that looks for secrets in blobs, commits and tags.

use std::io::{self, Read};

use gix::ObjectId;
use gix::objs::Kind;

use super::delta::{Corrupt, Delta};
use super::reader::Reader;
use crate::scan::detect::{Detector, Hit};

/// A secret in an object.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub id: ObjectId,
    pub kind: Kind,
    pub hit: Hit,
    /// The line, from 1, in what is small enough to be counted.
    pub line: Option<u64>,
}

/// Looks for secrets. What is built from an object without an anchor is searched where it differs
/// from it, and only there.
pub(super) struct SecretReader<'a> {
    detector: &'a Detector,
    changes: Vec<u8>,
    buffer: Vec<u8>,
    pub sightings: Vec<Sighting>,
    pub placeholders: u64,
}

impl<'a> SecretReader<'a> {
    pub(super) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            changes: Vec::new(),
            buffer: Vec::new(),
            sightings: Vec::new(),
            placeholders: 0,
        }
    }
}

/// What secrets are looked for in. Trees hold names and ids.
pub(super) fn is_searched(kind: Kind) -> bool {
    kind != Kind::Tree
}

impl Reader for SecretReader<'_> {
    fn wants(&self, kind: Kind) -> bool {
        is_searched(kind)
    }

    fn concerns(&mut self, marked: bool, base: &[u8], delta: &Delta<'_>) -> Result<bool, Corrupt> {
        if marked {
            return Ok(true);
        }
        delta.changes(base, self.detector.reach(), &mut self.changes)?;
        Ok(self.detector.anchored(&self.changes))
    }

    fn read(&mut self, id: &dyn Fn() -> ObjectId, kind: Kind, bytes: &[u8]) -> bool {
        let found = self.detector.search(bytes);
        self.placeholders += found.placeholders;
        for hit in found.hits {
            let before = usize::try_from(hit.at).ok().and_then(|at| bytes.get(..at));
            let line = before.map(|text| 1 + memchr::memchr_iter(b'\n', text).count() as u64);
            self.sightings.push(Sighting { id: id(), kind, hit, line });
        }
        found.anchored
    }

    fn read_large(&mut self, id: ObjectId, kind: Kind, bytes: &mut dyn Read) -> io::Result<()> {
        let found = self.detector.search_stream(bytes, &mut self.buffer, &mut |_| true)?;
        self.placeholders += found.placeholders;
        let hits = found.hits.into_iter();
        self.sightings.extend(hits.map(|hit| Sighting { id, kind, hit, line: None }));
        Ok(())
    }
}
