//! Lines of the logs, read again to be shown.
//!
//! Called when a person opens an event or an error. The rules it keeps: what is shown is masked; a
//! line that is not there any more is left out, never replaced by another.

use std::collections::{BTreeMap, BTreeSet};

use super::Quoted;
use super::stream::{Stream, bytes_before};
use crate::events::blocks::Place;
use crate::events::mask::mask_read;
use crate::events::quote::{self, content};
use crate::events::sample::Reading;
use crate::events::source::{Packing, Source};
use crate::scan::Watch;
use crate::week::Spot;

/// The lines at these places, in the order in which they are asked for.
pub(super) fn quote(
    streams: &[Stream],
    spots: &[Spot],
    reading: &Reading,
    watch: &Watch,
) -> Vec<Quoted> {
    let wanted: BTreeSet<Spot> = spots.iter().copied().collect();
    let files: BTreeSet<u32> = wanted.iter().map(|spot| spot.file).collect();
    let mut found: BTreeMap<Spot, Quoted> = BTreeMap::new();
    for file in files {
        let Some(stream) = streams.get(file as usize).filter(|it| it.is_there()) else { continue };
        let own = wanted.iter().filter(|spot| spot.file == file);
        let place = |spot: &Spot| Place { file: 0, offset: spot.offset, within: 0 };
        let places: BTreeSet<Place> = own.map(place).collect();
        let sources = std::slice::from_ref(&stream.source);
        for (place, bytes) in quote::lines(sources, &places, watch) {
            let line = content(&bytes);
            if line.is_empty() {
                continue;
            }
            let spot = Spot { file, offset: place.offset };
            let (text, ids) = mask_read(line, stream.source.roles, reading);
            let (file, line) = (stream.source.shown.clone(), stream.line_number(spot.offset));
            found.insert(spot, Quoted { spot, file, line, text, ids });
        }
    }
    spots.iter().filter_map(|spot| found.get(spot).cloned()).collect()
}

impl Stream {
    /// Whether its bytes can still be read.
    fn is_there(&self) -> bool {
        let source: &Source = &self.source;
        (self.attached || source.held.is_some())
            && (source.packing != Packing::Plain || self.agrees(source))
    }

    /// The number of the line that begins at an offset, from 1.
    fn line_number(&self, offset: u64) -> Option<u64> {
        let after = self.marks.partition_point(|(begin, _)| *begin <= offset);
        let (earlier, last) =
            (self.marks.get(..after.checked_sub(1)?)?, self.marks.get(after - 1)?);
        let before: u64 = earlier.iter().map(|(_, lines)| u64::from(*lines)).sum();
        // Lines that begin in the block, which itself may begin inside a line.
        let begin = last.0.saturating_sub(1);
        let end = offset.saturating_sub(1).max(begin);
        let length = usize::try_from(end - begin).ok()?;
        let passed = bytes_before(&self.source, end, length).ok()??;
        let breaks = memchr::memchr_iter(b'\n', &passed).count() as u64;
        Some(before + breaks + u64::from(last.0 == 0 && offset > 0) + 1)
    }
}
