//! Evidence too large for a line: kept in `evidence/<sha256>` beside the journal, named by digest
//! in the record, so that the chain vouches for it like for the line itself.
//!
//! In the record's data a member that was moved out stands as
//! `{"$evidence":"sha256:…","bytes":N}`. Reading puts it back; what is missing is said.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::digest::Digest;
use crate::journal::error::JournalError;

/// The largest data that a record keeps in its own line, in bytes.
pub(super) const INLINE_LIMIT: usize = 8 * 1024;

const MARK: &str = "$evidence";

/// The evidence folder of a journal.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The evidence of the journal at `path`.
    #[must_use]
    pub fn beside(path: &Path) -> Self {
        Self { folder: path.with_file_name("evidence") }
    }

    /// The bytes with this digest, if they are there and are what they were.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = fs::read(self.place(digest)).ok()?;
        (Digest::of(&bytes) == *digest).then_some(bytes)
    }

    /// Moves the largest members of `data` into the folder until the rest fits into a line. They
    /// are on disk, under their name, when this returns.
    ///
    /// # Errors
    /// When they can not be written.
    pub(super) fn move_out(&self, data: &mut Map<String, Value>) -> Result<(), JournalError> {
        let mut sizes: Vec<(usize, String)> =
            data.iter().map(|(name, value)| (value.to_string().len(), name.clone())).collect();
        let mut total: usize = sizes.iter().map(|(size, name)| size + name.len() + 4).sum();
        sizes.sort_unstable();
        while let Some((size, name)) = sizes.pop() {
            let Some(member) = data.get_mut(&name) else { continue };
            // What only looks like a reference is moved out too, so that none is ambiguous.
            if total > INLINE_LIMIT || reference(member).is_some() {
                let bytes = member.to_string().into_bytes();
                let digest = self.put(&bytes)?;
                let reference = serde_json::json!({ MARK: digest, "bytes": bytes.len() });
                total = (total - size).saturating_add(reference.to_string().len());
                *member = reference;
            }
        }
        Ok(())
    }

    /// Puts evidence back in the place of its references; answers with the names of files that are
    /// missing or are not what they were, whose members are left out.
    pub(super) fn bring_back(&self, data: &mut Map<String, Value>) -> Vec<String> {
        let mut missing = Vec::new();
        for (name, member) in std::mem::take(data) {
            let Some(digest) = reference(&member) else {
                data.insert(name, member);
                continue;
            };
            let found = self.get(&digest).and_then(|bytes| serde_json::from_slice(&bytes).ok());
            match found {
                Some(value) => drop(data.insert(name, value)),
                None => missing.push(self.place(&digest).display().to_string()),
            }
        }
        missing
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        self.folder.join(digest.as_str().trim_start_matches("sha256:"))
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, JournalError> {
        let digest = Digest::of(bytes);
        if self.get(&digest).is_none() {
            let write = || -> io::Result<()> {
                let mut builder = DirBuilder::new();
                builder.recursive(true).mode(0o700).create(&self.folder)?;
                let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
                file.write_all(bytes)?;
                file.as_file().sync_all()?;
                file.persist(self.place(&digest))?;
                Ok(())
            };
            write().map_err(JournalError::io(&self.folder))?;
        }
        // Also for what was there: whoever put it there may have died before this.
        sync_folder(&self.folder)?;
        sync_folder(self.folder.parent().unwrap_or(&self.folder))?;
        Ok(digest)
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), JournalError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(JournalError::io(folder))
}

fn reference(member: &Value) -> Option<Digest> {
    let members = member.as_object().filter(|members| members.len() == 2)?;
    members.get("bytes")?.as_u64()?;
    Digest::try_from(members.get(MARK)?.as_str()?.to_owned()).ok()
}
