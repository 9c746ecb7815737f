//! Reads the lines of records and logs, one at a time, compressed ones too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use ignore::WalkBuilder;
use memchr::memmem;
use tokio_util::sync::CancellationToken;

use crate::checks::webhook::live_event::Sources;
use crate::scan::sandbox::pattern::Pattern;
use crate::text::Untrusted;

/// A longer line is no event, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Lines looked at.
    pub lines: u64,
    /// Files read to their end.
    pub files: u64,
    /// What could not be read, one sentence each.
    pub troubles: Vec<String>,
}

/// Takes a line, with a function that says where it stands.
pub(super) type Take<'a> = dyn FnMut(&[u8], &dyn Fn() -> String) + 'a;

/// Hands every line that may be an event to `take`: of the logs first, of the records last.
pub(super) fn all(sources: &Sources, cancel: &CancellationToken, take: &mut Take<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut paths = Vec::new();
    for glob in &sources.globs {
        let found = matching(glob, &sources.base);
        if found.is_empty() {
            let shown = Untrusted::new(glob.as_str()).line(200);
            reading.troubles.push(format!("No file matches the event_log {shown}."));
        }
        paths.extend(found);
    }
    paths.extend(sources.records.clone());
    paths.sort();
    paths.dedup();
    for path in paths {
        let shown = path.strip_prefix(&sources.base).unwrap_or(&path).display().to_string();
        let shown = Untrusted::new(shown).line(200);
        match lines(&path, &shown, cancel, &mut reading.lines, take) {
            Ok(()) => reading.files += 1,
            Err(error) => {
                let why = Untrusted::new(error.to_string()).line(200);
                reading.troubles.push(format!("{shown} could not be read to its end: {why}."));
            }
        }
    }
    reading
}

/// The files that a pattern names.
fn matching(glob: &str, base: &Path) -> Vec<PathBuf> {
    let Ok(pattern) = Pattern::new(glob, base) else { return Vec::new() };
    let mut walk = WalkBuilder::new(&pattern.root);
    walk.standard_filters(false).max_depth(pattern.depth);
    let found = walk.build().filter_map(Result::ok).map(ignore::DirEntry::into_path);
    found.filter(|path| pattern.matches(path) && path.is_file()).collect()
}

fn lines(
    path: &Path,
    shown: &str,
    cancel: &CancellationToken,
    count: &mut u64,
    take: &mut Take<'_>,
) -> io::Result<()> {
    let mut reader = opened(path)?;
    let live = memmem::Finder::new(b"live");
    let (mut line, mut number) = (Vec::new(), 0_u64);
    while !cancel.is_cancelled() {
        line.clear();
        if reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        *count += 1;
        // Events of the sandbox are told, so that they are looked for as well.
        if live.find(&line).is_some() || memmem::find(&line, b"test").is_some() {
            take(&line, &|| format!("{shown}:{number}"));
        }
    }
    Ok(())
}

/// The file, unpacked where it is packed.
fn opened(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::new(File::open(path)?);
    let begins = file.fill_buf()?;
    if begins.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(file))));
    }
    if begins.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Box::new(BufReader::new(zstd::stream::read::Decoder::new(file)?)));
    }
    Ok(Box::new(file))
}
