//! The reader that collects all commits and tags, to tell how a secret got into history.

use std::collections::HashMap;
use std::io::{self, Read};

use gix::ObjectId;
use gix::objs::{CommitRef, Kind, TagRef};

use super::delta::{Corrupt, Delta};
use super::reader::Reader;

/// A commit, as far as it is needed here.
pub(super) struct CommitFacts {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// The author line: name, address and time.
    pub author: Box<[u8]>,
    /// When it was committed, seconds since 1970.
    pub seconds: i64,
}

/// A tag object.
pub(super) struct TagFacts {
    pub name: Vec<u8>,
    pub target: ObjectId,
    /// The tagger line.
    pub author: Box<[u8]>,
}

/// Collects commits and tags.
pub(super) struct CommitReader {
    hash: gix::hash::Kind,
    pub commits: Vec<CommitFacts>,
    pub tags: HashMap<ObjectId, TagFacts>,
}

impl CommitReader {
    pub(super) fn new(hash: gix::hash::Kind) -> Self {
        Self { hash, commits: Vec::new(), tags: HashMap::new() }
    }
}

impl Reader for CommitReader {
    fn wants(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Commit | Kind::Tag)
    }

    fn concerns(&mut self, _: bool, _: &[u8], _: &Delta<'_>) -> Result<bool, Corrupt> {
        Ok(true)
    }

    fn read(&mut self, id: &dyn Fn() -> ObjectId, kind: Kind, bytes: &[u8]) -> bool {
        if kind == Kind::Tag {
            if let Ok(tag) = TagRef::from_bytes(bytes, self.hash) {
                let facts = TagFacts {
                    name: tag.name.to_vec(),
                    target: tag.target(),
                    author: tag.tagger.map(|line| line.to_vec()).unwrap_or_default().into(),
                };
                self.tags.insert(id(), facts);
            }
        } else if let Ok(commit) = CommitRef::from_bytes(bytes, self.hash) {
            let committed = commit.committer().ok().and_then(|who| who.time().ok());
            self.commits.push(CommitFacts {
                id: id(),
                tree: commit.tree(),
                parents: commit.parents().collect(),
                author: commit.author.to_vec().into(),
                seconds: committed.map_or(0, |time| time.seconds),
            });
        }
        false
    }

    fn read_large(&mut self, _: ObjectId, _: Kind, _: &mut dyn Read) -> io::Result<()> {
        Ok(())
    }
}

/// Name and address, and the date, of an author line.
pub(super) fn who_and_when(line: &[u8]) -> (String, String) {
    let Ok(author) = gix::actor::SignatureRef::from_bytes(line) else {
        return ("an unreadable author".to_owned(), "at an unknown time".to_owned());
    };
    let who = format!("{} <{}>", author.name, author.email);
    let seconds = author.time().map_or(0, |time| time.seconds);
    let date = crate::time::Timestamp::from_millis(seconds.saturating_mul(1000)).date();
    (crate::text::visible(&who, 120), date)
}
