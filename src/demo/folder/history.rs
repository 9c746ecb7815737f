//! Writes the shop's repository: work tree, commits by several people, index, and what git keeps
//! beside the branch. No git is started.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use gix::objs::tree::{Entry, EntryKind};
use gix::{ObjectId, Repository, objs};

use crate::demo::fault::{Change, Fault, Kept, Where};
use crate::demo::folder::source::{self, Tree};
use crate::demo::keys::Keys;
use crate::time::Timestamp;

/// Who wrote what, and which files were there from then on.
const PAST: &[(&str, &str, &[&str])] = &[
    ("Ada Kim", "Open the shop", &["README.md", "package.json", ".gitignore", "server/main.mjs"]),
    ("Ada Kim", "Read the settings", &["server/settings.mjs", "server/database.mjs"]),
    ("Ben Osei", "Take payments", &["server/checkout.mjs"]),
    ("Ada Kim", "Take the events of MintCash", &["server/webhook.mjs", "server/queue.mjs"]),
    ("Chloe Roux", "Start subscriptions, refund", &["billing/"]),
];

const DAY: i64 = 24 * 60 * 60;

/// Writes it anew.
pub fn write(folder: &Path, on: &[&Fault], keys: &Keys, began: Timestamp) -> io::Result<()> {
    empty(folder)?;
    let tree = source::tree(on, keys);
    for (name, text) in &tree {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    let mut book = Book::open(folder, began)?;
    let mut written = Tree::new();
    for (who, what, files) in PAST {
        let sound = source::sound();
        let new = sound.into_iter().filter(|(name, _)| files.iter().any(|it| name.starts_with(it)));
        written.extend(new);
        book.commit(who, what, &written)?;
    }
    let kept = on.iter().filter_map(|fault| match &fault.change {
        Change::History(kept) => Some(kept),
        _ => None,
    });
    let (past, beside): (Vec<&Kept>, Vec<_>) = kept.partition(|kept| kept.where_ == Where::Past);
    for kept in past {
        let mut with = written.clone();
        with.insert(kept.file.to_owned(), keys.fill(kept.text));
        book.commit("Ben Osei", "Deploy by hand", &with)?;
        book.commit("Ben Osei", "Clean up", &written)?;
    }
    let head = book.commit("Ada Kim", "Prepare for going live", &tree)?;
    for kept in beside {
        let mut with = tree.clone();
        with.insert(kept.file.to_owned(), keys.fill(kept.text));
        let commit = book.object("Chloe Roux", "WIP on main: try it", &with, &[head])?;
        if kept.where_ == Where::Stash {
            book.reference("refs/stash", commit)?;
        }
    }
    book.finish(head)
}

/// Removes everything in the folder.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(())
}

/// A repository that is being written.
struct Book {
    repository: Repository,
    /// The last commit of the branch.
    tip: Option<ObjectId>,
    /// When the next commit was made, in seconds since 1970.
    at: i64,
}

impl Book {
    fn open(folder: &Path, began: Timestamp) -> io::Result<Self> {
        let (kind, how) = (
            gix::create::Kind::WithWorktree,
            gix::create::Options { destination_must_be_empty: Some(false), ..Default::default() },
        );
        // Nothing of this machine's configuration counts here.
        let open = gix::open::Options::isolated();
        let made = gix::ThreadSafeRepository::init_opts(folder, kind, how, open);
        let repository = made.map_err(io::Error::other)?.to_thread_local();
        fs::write(repository.git_dir().join("HEAD"), "ref: refs/heads/main\n")?;
        let commits = i64::try_from(PAST.len()).unwrap_or(0) + 4;
        Ok(Self { repository, tip: None, at: began.millis() / 1_000 - commits * DAY })
    }

    /// Adds a commit to the branch.
    fn commit(&mut self, who: &str, what: &str, tree: &Tree) -> io::Result<ObjectId> {
        let parents: Vec<_> = self.tip.into_iter().collect();
        let commit = self.object(who, what, tree, &parents)?;
        self.tip = Some(commit);
        self.reference("refs/heads/main", commit)?;
        Ok(commit)
    }

    /// Writes a commit that nothing leads to.
    fn object(
        &mut self,
        who: &str,
        what: &str,
        tree: &Tree,
        parents: &[ObjectId],
    ) -> io::Result<ObjectId> {
        let tree = self.tree(&nested(tree))?;
        self.at += DAY;
        let mail = who.split(' ').next().unwrap_or_default().to_lowercase();
        let signature = gix::actor::Signature {
            name: who.into(),
            email: format!("{mail}@shop.example").into(),
            time: gix::date::Time { seconds: self.at, offset: 0 },
        };
        let commit = objs::Commit {
            tree,
            parents: parents.iter().copied().collect(),
            author: signature.clone(),
            committer: signature,
            encoding: None,
            message: format!("{what}\n").into(),
            extra_headers: Vec::new(),
        };
        self.write(&commit)
    }

    fn tree(&self, folder: &Node<'_>) -> io::Result<ObjectId> {
        let mut entries = Vec::new();
        for (name, node) in &folder.folders {
            entries.push(entry(name, EntryKind::Tree, self.tree(node)?));
        }
        for (name, text) in &folder.files {
            let blob = self.repository.write_blob(text).map_err(io::Error::other)?.detach();
            entries.push(entry(name, EntryKind::Blob, blob));
        }
        entries.sort();
        self.write(&objs::Tree { entries })
    }

    fn write(&self, object: &impl objs::WriteTo) -> io::Result<ObjectId> {
        Ok(self.repository.write_object(object).map_err(io::Error::other)?.detach())
    }

    fn reference(&self, name: &str, commit: ObjectId) -> io::Result<()> {
        let path = self.repository.git_dir().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, format!("{commit}\n"))
    }

    /// Writes the index, so that git finds nothing to commit.
    fn finish(self, head: ObjectId) -> io::Result<()> {
        let commit = self.repository.find_commit(head).map_err(io::Error::other)?;
        let tree = commit.tree_id().map_err(io::Error::other)?;
        let mut index = self.repository.index_from_tree(&tree).map_err(io::Error::other)?;
        index.write(gix::index::write::Options::default()).map_err(io::Error::other)
    }
}

fn entry(name: &str, kind: EntryKind, oid: ObjectId) -> Entry {
    Entry { mode: kind.into(), filename: name.into(), oid }
}

/// A folder with its files and folders.
#[derive(Default)]
struct Node<'a> {
    files: BTreeMap<&'a str, &'a str>,
    folders: BTreeMap<&'a str, Node<'a>>,
}

fn nested(tree: &Tree) -> Node<'_> {
    let mut root = Node::default();
    for (name, text) in tree {
        let mut folder = &mut root;
        let mut rest = name.as_str();
        while let Some((first, after)) = rest.split_once('/') {
            folder = folder.folders.entry(first).or_default();
            rest = after;
        }
        folder.files.insert(rest, text);
    }
    root
}
