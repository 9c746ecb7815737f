//! Reads single lines of a log again, by their places.
//!
//! Called to show what stands on the lines that a finding names. While a log is read only hashes
//! are kept; what a person gets to see is read again. The rule it keeps: a line that is not there
//! any more is left out, never replaced by another.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use super::blocks::{LONGEST_LINE, Place};
use super::source::{From, Packing, Source};
use crate::scan::Watch;

/// The lines at these places.
#[must_use]
pub fn lines(
    sources: &[Source],
    places: &BTreeSet<Place>,
    watch: &Watch,
) -> BTreeMap<Place, Vec<u8>> {
    let mut found = BTreeMap::new();
    for (index, source) in sources.iter().enumerate() {
        let own: Vec<Place> =
            places.iter().filter(|place| place.file as usize == index).copied().collect();
        if own.is_empty() || watch.stopped() {
            continue;
        }
        let _what_can_not_be_read_is_left_out = match source.packing {
            Packing::Plain => plain(source, &own, &mut found),
            Packing::Gzip | Packing::Zstd => packed(source, &own, &mut found, watch),
        };
    }
    found
}

fn plain(
    source: &Source,
    places: &[Place],
    found: &mut BTreeMap<Place, Vec<u8>>,
) -> io::Result<()> {
    let file = source.file()?;
    for place in places {
        let from = From { file: Arc::clone(&file), offset: place.offset };
        let mut file = BufReader::with_capacity(4096, from);
        found.insert(*place, line(&mut file)?);
    }
    Ok(())
}

fn packed(
    source: &Source,
    places: &[Place],
    found: &mut BTreeMap<Place, Vec<u8>>,
    watch: &Watch,
) -> io::Result<()> {
    let mut unpacked = BufReader::new(source.unpacked()?);
    let mut at = 0;
    for place in places {
        let mut left = place.offset.saturating_sub(at);
        while left > 0 && !watch.stopped() {
            let step = left.min(1 << 20);
            let passed = io::copy(&mut unpacked.by_ref().take(step), &mut io::sink())?;
            if passed == 0 {
                return Ok(());
            }
            left -= passed;
        }
        let bytes = line(&mut unpacked)?;
        at = place.offset + bytes.len() as u64;
        found.insert(*place, bytes);
    }
    Ok(())
}

/// One line, with its end.
fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST_LINE as u64 + 4).read_until(b'\n', &mut bytes)?;
    Ok(bytes)
}

/// A quoted line as it was handed over when the log was read: without its end, without a mark at
/// the beginning of the file.
#[must_use]
pub fn content(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}
