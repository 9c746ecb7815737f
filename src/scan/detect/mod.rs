//! Finds keys in bytes: the launch's own secrets in every spelling, other live keys by pattern.
//!
//! Called for every file and every git object. A search runs in two steps: a vectorised search for
//! a few short *anchors* (what a spelling begins with), then, where one is found, a closer look.
//! Whoever builds one text from another (git's deltas) may skip what did not change as long as it
//! asks for the anchors around what did; see [`Detector::reach`].

mod anchors;
mod decode;
mod judge;
mod stream;
#[cfg(test)]
mod tests;

use std::hash::{BuildHasher as _, RandomState};
use std::path::PathBuf;

use crate::secrets::Secret;
use crate::secrets::spelling::spellings;
use anchors::Anchors;
pub use judge::Certainty;
pub(crate) use judge::certainty;

/// What the provider's live secret keys start with (mintcash-contract.md section 1).
pub const LIVE_PREFIX: &str = "sk_live_";

/// What a secret of the launch is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// About to go live.
    Live,
    /// Of the test environment.
    Test,
}

/// A secret of the launch to look for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The input that it is the value of, `live_secret_key`.
    pub name: String,
    /// Its value.
    pub secret: Secret,
    /// What it is for.
    pub role: Role,
    /// The file that it comes from, when it comes from one.
    pub file: Option<PathBuf>,
}

/// Whose secret was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// The launch's own, by the name of its input.
    Own(String, Role),
    /// Another live key; the number tells several apart within one scan.
    Other(u64),
}

/// One occurrence of a secret.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where in the bytes it begins.
    pub at: u64,
    /// How it is written: `raw`, `base64`.
    pub encoding: &'static str,
    /// Whose it is.
    pub identity: Identity,
    /// How sure it is that this is a key and no example.
    pub certainty: Certainty,
}

/// What a search of some bytes came to.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The secrets.
    pub hits: Vec<Hit>,
    /// Placeholders passed over.
    pub placeholders: u64,
    /// Whether there was any anchor at all.
    pub anchored: bool,
}

/// A spelling of a wanted secret, to be compared where its anchor was found.
struct Needle {
    bytes: Vec<u8>,
    encoding: &'static str,
    wanted: usize,
}

/// What an anchor may be the beginning of.
#[derive(Default)]
struct Meaning {
    /// The spelling of [`LIVE_PREFIX`] that it is, if it is one.
    prefix: Option<&'static str>,
    needles: Vec<Needle>,
}

/// Searches bytes for secrets. Built once per scan, used by all its threads.
pub struct Detector {
    anchors: Anchors,
    meanings: Vec<Meaning>,
    owners: Vec<(String, Role)>,
    values: Vec<Secret>,
    tags: RandomState,
}

/// A spelling is found by at most so many of its first bytes.
const LONGEST_ANCHOR: usize = 16;

impl Detector {
    /// A detector for these secrets and for live keys by pattern.
    #[must_use]
    pub fn new(wanted: &[Wanted]) -> Self {
        let mut table: Vec<(Vec<u8>, Meaning)> = Vec::new();
        for (encoding, bytes) in shortest_forms(LIVE_PREFIX) {
            let meaning = Meaning { prefix: Some(encoding), needles: Vec::new() };
            table.push((bytes, meaning));
        }
        for (number, secret) in wanted.iter().enumerate() {
            for (encoding, bytes) in shortest_forms(secret.secret.expose()) {
                let known = table.iter_mut().find(|(anchor, _)| bytes.starts_with(anchor));
                let needle = |bytes| Needle { bytes, encoding, wanted: number };
                if let Some((_, meaning)) = known {
                    meaning.needles.push(needle(bytes));
                } else {
                    let anchor = bytes.get(..LONGEST_ANCHOR).unwrap_or(&bytes).to_vec();
                    let needles = vec![needle(bytes)];
                    table.push((anchor, Meaning { prefix: None, needles }));
                }
            }
        }
        let (anchors, meanings): (Vec<_>, Vec<_>) = table.into_iter().unzip();
        Self {
            anchors: Anchors::new(anchors),
            meanings,
            owners: wanted.iter().map(|one| (one.name.clone(), one.role)).collect(),
            values: wanted.iter().map(|one| one.secret.clone()).collect(),
            tags: RandomState::new(),
        }
    }

    /// A change of one byte can make or break an anchor within so many bytes of it.
    #[must_use]
    pub fn reach(&self) -> usize {
        self.anchors.longest().saturating_sub(1)
    }

    /// Whether there is an anchor in `bytes`.
    #[must_use]
    pub fn anchored(&self, bytes: &[u8]) -> bool {
        self.anchors.next(bytes, 0).is_some()
    }

    /// Searches `bytes`.
    #[must_use]
    pub fn search(&self, bytes: &[u8]) -> Found {
        let mut found = Found::default();
        let mut from = 0;
        while let Some((at, anchor)) = self.anchors.next(bytes, from) {
            found.anchored = true;
            self.look(bytes, at, anchor, &mut found);
            from = at + 1;
        }
        found
    }

    /// Looks closer at an anchor.
    fn look(&self, bytes: &[u8], at: usize, anchor: usize, found: &mut Found) {
        let Some(meaning) = self.meanings.get(anchor) else { return };
        let here = bytes.get(at..).unwrap_or_default();
        let own = meaning.needles.iter().find(|needle| here.starts_with(&needle.bytes));
        if let Some(needle) = own {
            found.hits.extend(self.own(at, needle.encoding, needle.wanted));
            return;
        }
        let Some(encoding) = meaning.prefix else { return };
        let Some(key) = decode::decode(encoding, bytes, at) else { return };
        let known = self.values.iter().position(|value| key.text.starts_with(value.expose()));
        if let Some(wanted) = known {
            found.hits.extend(self.own(at, encoding, wanted));
            return;
        }
        let Some(certainty) = judge::judge(&key) else {
            found.placeholders += 1;
            return;
        };
        let identity = Identity::Other(self.tags.hash_one(judge::token(&key.text)));
        found.hits.push(Hit { at: at as u64, encoding, identity, certainty });
    }

    fn own(&self, at: usize, encoding: &'static str, wanted: usize) -> Option<Hit> {
        let (name, role) = self.owners.get(wanted)?.clone();
        let identity = Identity::Own(name, role);
        Some(Hit { at: at as u64, encoding, identity, certainty: Certainty::Sure })
    }
}

/// The spellings of `text`, without those that begin with another one.
fn shortest_forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms: Vec<(&'static str, Vec<u8>)> = Vec::new();
    let mut all = spellings(text);
    all.sort_by_key(|form| form.bytes.len());
    for form in all {
        if !forms.iter().any(|(_, known)| form.bytes.starts_with(known)) {
            forms.push((form.encoding, form.bytes));
        }
    }
    forms
}
