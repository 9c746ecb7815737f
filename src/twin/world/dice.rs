//! Everything that the twin makes up, in an order that follows from the seed.
//!
//! Ids, keys and secrets of the twin. The rule it keeps: the same seed gives the same ones, so that
//! a rehearsal can be repeated; nothing here is a secret of anyone.

use ulid::Ulid;
use uuid::Builder;

use crate::time::Timestamp;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A stream of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed; `stream` tells the environments apart.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mix = Self(seed);
        let begin = mix.next();
        Self(begin ^ stream.wrapping_mul(0xd605_bbb5_8c8a_bbfd))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn wide(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    /// A UUID of version 4.
    pub fn uuid(&mut self) -> String {
        Builder::from_random_bytes(self.wide().to_be_bytes()).into_uuid().to_string()
    }

    /// A ULID.
    pub fn ulid(&mut self, at: Timestamp) -> String {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        Ulid::from_parts(millis, self.wide()).to_string()
    }

    /// Letters and digits.
    pub fn letters(&mut self, count: usize) -> String {
        let mut text = String::with_capacity(count);
        for _ in 0..count {
            let place = usize::try_from(self.next() % 62).unwrap_or(0);
            text.push(char::from(LETTERS.get(place).copied().unwrap_or(b'0')));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_ids_again_and_each_stream_its_own() {
        let draw = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            [dice.uuid(), dice.letters(16), dice.ulid(Timestamp::from_millis(0))]
        };
        assert_eq!(draw(7, 0), draw(7, 0));
        assert_ne!(draw(7, 0), draw(7, 1));
        assert_ne!(draw(7, 0), draw(8, 0));
        assert_eq!(draw(7, 0)[0].as_bytes()[14], b'4');
    }
}
