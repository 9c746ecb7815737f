//! Hashes ids to 64 bits, fast and well enough that different ids stay different.
//!
//! Called for every id of every line. A multiplication to 128 bits whose halves are folded together
//! mixes 16 bytes at a time. `FxHasher` mixes its seed in only at the end, so that two ids that
//! collide under one seed collide under all. The rule it keeps: among ids that nobody has made to
//! collide, a collision is as unlikely as 64 bits make it: one in 40,000 among thirty million.

const ONE: u64 = 0x9e37_79b9_7f4a_7c15;
const TWO: u64 = 0xd6e8_feb8_6659_fd93;
const THREE: u64 = 0xa076_1d64_78bd_642f;

/// The hash of a text under a seed.
#[inline]
pub(super) fn hash(seed: u64, text: &[u8]) -> u64 {
    let mut state = fold(seed ^ ONE, TWO);
    let mut rest = text;
    while let Some((chunk, more)) = rest.split_first_chunk::<16>() {
        if more.is_empty() {
            break;
        }
        let (low, high) = halves(*chunk);
        state = fold(low ^ THREE ^ state, high ^ TWO);
        rest = more;
    }
    // What is left is 1 to 16 bytes, or nothing at all.
    let (low, high) = match rest.first_chunk::<16>() {
        Some(chunk) => halves(*chunk),
        None => ends(rest),
    };
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let mixed = fold(low ^ THREE ^ state, high ^ TWO ^ length.wrapping_mul(ONE));
    fold(mixed ^ state, ONE)
}

#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one).wrapping_mul(u128::from(other));
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    let low = product as u64;
    low ^ u64::try_from(product >> 64).unwrap_or(0)
}

#[inline]
fn halves(bytes: [u8; 16]) -> (u64, u64) {
    let all = u128::from_le_bytes(bytes);
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    let low = all as u64;
    (low, u64::try_from(all >> 64).unwrap_or(0))
}

/// Less than 16 bytes as two numbers.
#[inline]
fn ends(rest: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    let one = |at: usize| rest.get(at).map_or(0, |byte| u64::from(*byte) + 1);
    (one(0) | one(1) << 16 | one(2) << 32, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Ids as they are: numbered, prefixed, in hexadecimal, of all lengths.
    fn ids() -> impl Iterator<Item = String> {
        let numbered = (0..100_000).flat_map(|n| {
            [
                format!("{n}"),
                format!("order-{n:08}"),
                format!("{n:032x}"),
                format!("{:08x}-0000-4000-8000-{n:012x}", n * 7),
                format!("pmt_01J{n:023}"),
            ]
        });
        numbered.chain((0..400).map(|n| "a".repeat(n)))
    }

    #[test]
    fn different_ids_stay_different_in_each_half_of_the_hash() {
        let hashes: Vec<u64> = ids().map(|id| hash(7, id.as_bytes())).collect();
        let different: HashSet<u64> = hashes.iter().copied().collect();
        let ids: HashSet<String> = ids().collect();
        assert_eq!(different.len(), ids.len());
        // Half a million things in 2^32 places: some 29 meet, if they are spread evenly.
        for shift in [0, 16, 32] {
            let half: HashSet<u64> = different.iter().map(|it| it >> shift & 0xffff_ffff).collect();
            let met = different.len() - half.len();
            assert!(met < 60, "{met} meet in the half at {shift}");
        }
    }

    #[test]
    fn every_bit_of_an_id_and_of_the_seed_changes_half_of_the_hash() {
        let id = b"5a0c1f0e-7d55-4a3b-9d35-0f5a8e3b2c11";
        for bit in 0..id.len() * 8 {
            let mut other = *id;
            other[bit / 8] ^= 1 << (bit % 8);
            let flips = (hash(1, id) ^ hash(1, &other)).count_ones();
            assert!((12..=52).contains(&flips), "bit {bit}: {flips}");
        }
        for bit in 0..64 {
            let flips = (hash(1, id) ^ hash(1 ^ 1 << bit, id)).count_ones();
            assert!((12..=52).contains(&flips), "seed {bit}: {flips}");
        }
    }
}
