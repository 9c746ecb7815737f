//! Searches what is too large to be held at once.

use std::io::{self, Read};

use super::{Detector, Found};

/// So much is searched at a time.
const PIECE: usize = 1024 * 1024;

/// So much of the last piece is looked at again with the next: more than a key and what is around
/// it.
const OVERLAP: usize = 8 * 1024;

impl Detector {
    /// Searches everything that `reader` gives, through `buffer`. `each` is told the bytes as they
    /// come and says whether to go on. Positions count from the beginning of the reader.
    ///
    /// # Errors
    /// When reading fails; what was found before is lost.
    pub(crate) fn search_stream(
        &self,
        reader: &mut dyn Read,
        buffer: &mut Vec<u8>,
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> io::Result<Found> {
        let mut all = Found::default();
        let (mut held, mut base) = (0, 0_u64);
        loop {
            buffer.resize(OVERLAP + PIECE, 0);
            let got = fill(reader, buffer.get_mut(held..).unwrap_or_default())?;
            let end = held + got;
            let last = end < buffer.len();
            let fresh = buffer.get(held..end).unwrap_or_default();
            let go_on = each(fresh);
            // An anchor in the last stretch is left to the next piece, where all of it is seen.
            let limit = if last { end } else { end - OVERLAP / 2 };
            let found = self.search(buffer.get(..end).unwrap_or_default());
            let skip = if base == 0 { 0 } else { OVERLAP / 2 };
            all.anchored |= found.anchored;
            all.placeholders += found.placeholders;
            let fits = |at: u64| at >= skip as u64 && at < limit as u64;
            all.hits.extend(found.hits.into_iter().filter(|hit| fits(hit.at)).map(|mut hit| {
                hit.at += base;
                hit
            }));
            if last || !go_on {
                return Ok(all);
            }
            buffer.copy_within(end - OVERLAP..end, 0);
            base += (end - OVERLAP) as u64;
            held = OVERLAP;
        }
    }
}

/// Reads until `into` is full or there is no more.
fn fill(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = into.get_mut(filled..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
