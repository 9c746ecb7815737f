//! Inflating into buffers that are used again.

use std::io::{self, BufRead, Read};

use gix::zlib::{Decompress, Inflate, Status};

use super::delta::Corrupt;

/// Deflate makes at most about 1030 bytes out of one.
const MOST_OUT_OF_ONE: u64 = 1040;

/// Inflates all of `deflated`, which makes `size` bytes, into the first bytes of `out`.
pub(super) fn inflate<'a>(
    state: &mut Inflate,
    deflated: &[u8],
    size: u64,
    out: &'a mut Vec<u8>,
) -> Result<&'a [u8], Corrupt> {
    if size > (deflated.len() as u64 + 16).saturating_mul(MOST_OUT_OF_ONE) {
        return Err(Corrupt("it says that it is larger than it can be"));
    }
    let size = usize::try_from(size).map_err(|_| Corrupt("it is too large"))?;
    if out.len() < size {
        out.resize(size, 0);
    }
    let room = out.get_mut(..size).unwrap_or_default();
    state.reset();
    match state.once(deflated, room) {
        Ok((Status::StreamEnd, _, made)) if made == size => Ok(room),
        Ok(_) => Err(Corrupt("it is not as long as it says")),
        Err(_) => Err(Corrupt("its compressed data is damaged")),
    }
}

/// Inflates piece by piece.
pub(super) struct Inflating<R> {
    input: R,
    state: Decompress,
}

impl<R: BufRead> Inflating<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: Decompress::new() }
    }
}

impl<R: BufRead> Read for Inflating<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        gix::zlib::stream::inflate::read(&mut self.input, &mut self.state, into)
    }
}
