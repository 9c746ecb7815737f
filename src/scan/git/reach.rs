//! How commits are reached: by a branch, a tag, the stash, notes, only the reflog, or nothing.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::commits::{CommitFacts, TagFacts};

/// A place that a walk through history can begin at.
pub(super) struct Tip {
    /// How people call it: `branch main`.
    pub name: String,
    /// The commit or tag.
    pub id: ObjectId,
}

/// Everything that leads into history, the best known names first.
pub(super) fn tips(repository: &gix::Repository, git_dirs: &[PathBuf]) -> Vec<Tip> {
    let mut tips: Vec<(usize, Tip)> = Vec::new();
    if let Ok(platform) = repository.references()
        && let Ok(all) = platform.all()
    {
        for reference in all.flatten() {
            let Some(id) = reference.try_id() else { continue };
            let (rank, name) = called(&reference.name().as_bstr().to_string());
            tips.push((rank, Tip { name, id: id.detach() }));
        }
    }
    for git_dir in git_dirs {
        pseudo(git_dir, &mut tips);
        let logs = git_dir.join("logs");
        reflogs(&logs, &logs, &mut tips);
    }
    tips.sort_by(|(one, a), (two, b)| (one, &a.name).cmp(&(two, &b.name)));
    tips.into_iter().map(|(_, tip)| tip).collect()
}

/// How people call a reference, and how well known it is.
fn called(name: &str) -> (usize, String) {
    let kinds = [
        ("refs/heads/", "branch "),
        ("refs/remotes/", "remote branch "),
        ("refs/tags/", "tag "),
        ("refs/stash", "stash"),
        ("refs/notes/", "notes "),
    ];
    let known = kinds.iter().zip(0..).find_map(|((prefix, word), rank)| {
        let rest = name.strip_prefix(prefix)?;
        Some((rank, format!("{word}{}", crate::text::visible(rest, 120))))
    });
    known.unwrap_or_else(|| (5, crate::text::visible(name, 120)))
}

/// `HEAD`, `ORIG_HEAD` and the like, when they hold an id.
fn pseudo(git_dir: &Path, tips: &mut Vec<(usize, Tip)>) {
    let names =
        ["HEAD", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"];
    for name in names {
        let text = fs::read(git_dir.join(name)).unwrap_or_default();
        for line in text.split(|byte| *byte == b'\n') {
            let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let id = line.get(..digits).and_then(|hex| ObjectId::from_hex(hex).ok());
            tips.extend(id.map(|id| (6, Tip { name: name.to_owned(), id })));
        }
    }
}

fn reflogs(logs: &Path, folder: &Path, tips: &mut Vec<(usize, Tip)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => reflogs(logs, &path, tips),
            Ok(kind) if kind.is_file() => {
                let name = path.strip_prefix(logs).unwrap_or(&path).to_string_lossy();
                let (_, name) = called(&name);
                let name = match name.as_str() {
                    "stash" => "stash".to_owned(),
                    other => format!("reflog of {other}"),
                };
                let text = fs::read(&path).unwrap_or_default();
                for line in text.split(|byte| *byte == b'\n') {
                    let ids = line.split(|byte| *byte == b' ').take(2);
                    let ids = ids.filter_map(|hex| ObjectId::from_hex(hex).ok());
                    let ids = ids.filter(|id| !id.is_null());
                    tips.extend(ids.map(|id| (7, Tip { name: name.clone(), id })));
                }
            }
            _ => {}
        }
    }
}

/// For each commit which tip reaches it: the first in their order.
pub(super) fn reached<'a>(
    commits: &[CommitFacts],
    places: &HashMap<ObjectId, usize>,
    tags: &HashMap<ObjectId, TagFacts>,
    tips: &'a [Tip],
) -> Vec<Option<&'a str>> {
    let mut by: Vec<Option<&str>> = vec![None; commits.len()];
    for tip in tips {
        let mut id = tip.id;
        while let Some(tag) = tags.get(&id) {
            id = tag.target;
        }
        let mut open: Vec<usize> = places.get(&id).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            let Some(mark) = by.get_mut(at).filter(|mark| mark.is_none()) else { continue };
            *mark = Some(&tip.name);
            let parents = commits.get(at).map(|commit| commit.parents.as_slice());
            let parents = parents.unwrap_or_default().iter();
            open.extend(parents.filter_map(|parent| places.get(parent).copied()));
        }
    }
    by
}
