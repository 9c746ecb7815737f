//! All object databases of one repository, read together.

use std::path::{Path, PathBuf};

use gix::objs::Kind;

use super::loose::{self, Loose};
use super::pack::{self, Pack};
use super::reader::{Reader, Trouble};
use super::traverse;
use crate::scan::watch::Watch;

/// The objects of a repository, those of its alternates included.
pub(super) struct Store {
    packs: Vec<Pack>,
    loose: Vec<Loose>,
    /// Whether objects may be missing because the repository is a partial clone.
    pub promised: bool,
}

impl Store {
    /// Opens the object databases in these folders.
    pub(super) fn open(folders: &[PathBuf], hash: gix::hash::Kind, trouble: &Trouble) -> Self {
        let mut store = Self { packs: Vec::new(), loose: Vec::new(), promised: false };
        for folder in folders {
            store.open_packs(&folder.join("pack"), hash, trouble);
            store.loose.extend(loose::list(folder, trouble));
        }
        let packs = &store.packs;
        store.loose.retain(|loose| !packs.iter().any(|pack| pack.has(&loose.id)));
        store.loose.dedup_by_key(|loose| loose.id);
        store
    }

    fn open_packs(&mut self, folder: &Path, hash: gix::hash::Kind, trouble: &Trouble) {
        let mut files = loose::entries(folder, trouble);
        files.sort();
        for path in &files {
            let extension = path.extension().and_then(|extension| extension.to_str());
            match extension {
                Some("idx") => match Pack::open(path, hash) {
                    Ok(pack) => self.packs.push(pack),
                    Err(why) => trouble.add(pack::unreadable(path, why)),
                },
                Some("promisor") => self.promised = true,
                Some("pack") if !files.contains(&path.with_extension("idx")) => {
                    trouble.add(loose::leftover(path));
                }
                _ => {
                    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                    if name.is_some_and(|name| name.starts_with("tmp_") || name.starts_with(".tmp"))
                    {
                        trouble.add(loose::leftover(path));
                    }
                }
            }
        }
    }

    /// How many objects of these kinds there are; loose ones count whatever they are.
    pub(super) fn count(&self, wants: impl Fn(Kind) -> bool) -> u64 {
        let packed = self.packs.iter().flat_map(|pack| {
            let roots = pack.roots().iter().filter(|(_, kind)| wants(*kind));
            roots.map(|(root, _)| u64::from(pack.weight(*root)))
        });
        packed.sum::<u64>() + self.loose.len() as u64
    }

    /// Has every object read by readers made by `make`; hands them back with how many were read.
    pub(super) fn read<R: Reader>(
        &self,
        make: impl Fn() -> R,
        watch: &Watch,
        trouble: &Trouble,
    ) -> (Vec<R>, u64) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut readers: Vec<R> = (0..threads).map(|_| make()).collect();
        let mut read = 0;
        for pack in &self.packs {
            read += traverse::read_pack(pack, &mut readers, watch, trouble);
        }
        let loose: Vec<&Loose> = self.loose.iter().collect();
        read += loose::read_loose(&loose, &mut readers, watch, trouble);
        (readers, read)
    }
}
