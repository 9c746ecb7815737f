//! Git's deltas: how one object is built from another.

use std::ops::Range;

/// The delta, or what it is applied to, is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corrupt(pub &'static str);

/// One instruction.
pub(super) enum Part<'a> {
    /// These bytes of the base.
    Copy(Range<usize>),
    /// These bytes.
    Insert(&'a [u8]),
}

/// An inflated delta, its header read.
#[derive(Clone, Copy)]
pub(super) struct Delta<'a> {
    /// How many bytes the result has.
    pub result: u64,
    instructions: &'a [u8],
}

const TRUNCATED: Corrupt = Corrupt("its delta ends too early");

impl<'a> Delta<'a> {
    /// Reads the header; `base` is how many bytes the base has.
    pub(super) fn read(bytes: &'a [u8], base: usize) -> Result<Self, Corrupt> {
        let (expected, rest) = size(bytes)?;
        let (result, instructions) = size(rest)?;
        if expected != base as u64 {
            return Err(Corrupt("its delta belongs to another base"));
        }
        Ok(Self { result, instructions })
    }

    /// The instructions in order.
    pub(super) fn parts(&self) -> Parts<'a> {
        Parts { rest: self.instructions }
    }

    /// Builds the result into `out`.
    pub(super) fn apply(&self, base: &[u8], out: &mut Vec<u8>) -> Result<(), Corrupt> {
        let size = usize::try_from(self.result).map_err(|_| Corrupt("it is too large"))?;
        out.clear();
        out.reserve(size);
        let mut parts = self.parts();
        while let Some(part) = parts.next()? {
            let bytes = match part {
                Part::Copy(range) => base.get(range).ok_or(Corrupt("its delta copies too much"))?,
                Part::Insert(bytes) => bytes,
            };
            if out.len() + bytes.len() > size {
                return Err(Corrupt("its delta makes too much"));
            }
            out.extend_from_slice(bytes);
        }
        if out.len() == size { Ok(()) } else { Err(Corrupt("its delta makes too little")) }
    }

    /// Puts into `out` what the result has that its base has not: everything inserted, and of
    /// what is copied `reach` bytes at both ends, so that whatever is not longer than that and
    /// touches a seam is there.
    pub(super) fn changes(
        &self,
        base: &[u8],
        reach: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Corrupt> {
        out.clear();
        let mut parts = self.parts();
        while let Some(part) = parts.next()? {
            match part {
                Part::Insert(bytes) => out.extend_from_slice(bytes),
                Part::Copy(range) => {
                    let bytes = base.get(range).ok_or(Corrupt("its delta copies too much"))?;
                    let ends = bytes.len().checked_sub(reach).filter(|tail| *tail >= reach);
                    let (head, tail) = match ends {
                        Some(tail) => (bytes.get(..reach), bytes.get(tail..)),
                        None => (Some(bytes), None),
                    };
                    out.extend_from_slice(head.unwrap_or_default());
                    out.extend_from_slice(tail.unwrap_or_default());
                }
            }
        }
        Ok(())
    }
}

/// Reads instructions one by one.
pub(super) struct Parts<'a> {
    rest: &'a [u8],
}

impl<'a> Parts<'a> {
    /// The next instruction.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Part<'a>>, Corrupt> {
        let Some((command, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        if *command & 0x80 == 0 {
            if *command == 0 {
                return Err(Corrupt("its delta has an unknown instruction"));
            }
            let (bytes, rest) = rest.split_at_checked(usize::from(*command)).ok_or(TRUNCATED)?;
            self.rest = rest;
            return Ok(Some(Part::Insert(bytes)));
        }
        let mut number = |bits: u8, count: u8| {
            let mut value = 0_usize;
            for place in 0..count {
                if bits & (1 << place) != 0 {
                    let (byte, rest) = self.rest.split_first().ok_or(TRUNCATED)?;
                    self.rest = rest;
                    value |= usize::from(*byte) << (8 * place);
                }
            }
            Ok(value)
        };
        let start = number(*command & 0x0f, 4)?;
        let length = number((*command >> 4) & 0x07, 3)?;
        let length = if length == 0 { 0x10000 } else { length };
        Ok(Some(Part::Copy(start..start + length)))
    }
}

/// A size in groups of seven bits, the lowest first.
fn size(bytes: &[u8]) -> Result<(u64, &[u8]), Corrupt> {
    let mut value = 0_u64;
    let mut rest = bytes;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(TRUNCATED)?;
        rest = after;
        value |= u64::from(*byte & 0x7f) << shift;
        if *byte & 0x80 == 0 {
            return Ok((value, rest));
        }
    }
    Err(Corrupt("its delta has an impossible size"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A delta made of copies (even) and inserts (odd), and what it makes.
    fn encoded(base: &[u8], parts: &[(bool, usize, Vec<u8>)]) -> (Vec<u8>, Vec<u8>) {
        let (mut instructions, mut result) = (Vec::new(), Vec::new());
        for (copy, start, bytes) in parts {
            if *copy && !base.is_empty() {
                let start = start % base.len();
                let length = (base.len() - start).min(bytes.len() * 3 + 1);
                instructions.push(0x80 | 0x03 | 0x30);
                instructions.extend_from_slice(&(start as u16).to_le_bytes());
                instructions.extend_from_slice(&(length as u16).to_le_bytes());
                result.extend_from_slice(&base[start..start + length]);
            } else if !bytes.is_empty() {
                instructions.push(bytes.len() as u8);
                instructions.extend_from_slice(bytes);
                result.extend_from_slice(bytes);
            }
        }
        let mut delta = varint(base.len());
        delta.extend(varint(result.len()));
        delta.extend(instructions);
        (delta, result)
    }

    fn varint(mut value: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while value >= 0x80 {
            out.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    }

    fn holds(bytes: &[u8], needle: &[u8]) -> bool {
        memchr::memmem::find(bytes, needle).is_some()
    }

    proptest! {
        #[test]
        fn what_the_base_has_not_is_in_the_changes(
            base in "[ab]{0,200}",
            parts in prop::collection::vec((any::<bool>(), 0..200_usize, "[ab]{0,20}"), 0..12),
            needle in "[ab]{1,9}",
        ) {
            let parts: Vec<_> =
                parts.into_iter().map(|(copy, at, text)| (copy, at, text.into_bytes())).collect();
            let (bytes, result) = encoded(base.as_bytes(), &parts);
            let delta = Delta::read(&bytes, base.len()).unwrap();
            let mut built = Vec::new();
            delta.apply(base.as_bytes(), &mut built).unwrap();
            prop_assert_eq!(&built, &result);
            let mut changes = Vec::new();
            delta.changes(base.as_bytes(), needle.len() - 1, &mut changes).unwrap();
            if holds(&result, needle.as_bytes()) && !holds(base.as_bytes(), needle.as_bytes()) {
                prop_assert!(holds(&changes, needle.as_bytes()));
            }
        }

        #[test]
        fn damaged_deltas_are_errors_and_never_panics(
            base in prop::collection::vec(any::<u8>(), 0..64),
            bytes in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            if let Ok(delta) = Delta::read(&bytes, base.len()) && delta.result < 1 << 20 {
                let mut out = Vec::new();
                let _damaged_or_not = delta.apply(&base, &mut out);
                let _damaged_or_not = delta.changes(&base, 15, &mut out);
            }
        }
    }
}
