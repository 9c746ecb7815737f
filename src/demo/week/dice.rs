//! Chance that follows from a seed.

/// A stream of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "chance needs no last digit"
)]
impl Dice {
    /// The stream of a seed; `stream` tells several of one seed apart.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mix = Self(seed);
        let begin = mix.number();
        Self(begin ^ stream.wrapping_mul(0xd605_bbb5_8c8a_bbfd))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of 128 bits.
    pub fn wide(&mut self) -> u128 {
        (u128::from(self.number()) << 64) | u128::from(self.number())
    }

    /// At least 0, less than 1.
    pub fn share(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that happens with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// At least `from`, less than `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.share() * (to - from).max(0) as f64) as i64
    }

    /// A number around 0 of the standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// A factor around 1 that is now larger, now smaller.
    pub fn around(&mut self, spread: f64) -> f64 {
        (self.normal() * spread - spread * spread / 2.0).exp()
    }

    /// How often something happens that happens this often in the mean.
    pub fn times(&mut self, mean: f64) -> u32 {
        if mean > 60.0 {
            return (self.normal() * mean.sqrt() + mean + 0.5).max(0.0) as u32;
        }
        let (floor, mut product, mut count) = ((-mean).exp(), self.share(), 0);
        while product > floor {
            product *= self.share();
            count += 1;
        }
        count
    }

    /// One of several, each as probable as its weight.
    pub fn pick<T: Copy>(&mut self, among: &[(T, f64)]) -> Option<T> {
        let sum: f64 = among.iter().map(|(_, weight)| weight).sum();
        let mut left = self.share() * sum;
        for (one, weight) in among {
            left -= weight;
            if left < 0.0 {
                return Some(*one);
            }
        }
        among.last().map(|(one, _)| *one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_numbers_and_the_mean_is_met() {
        let draw = |seed| {
            let mut dice = Dice::new(seed, 1);
            (0..2_000).map(|_| dice.times(4.0)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let sum: u32 = draw(7).iter().sum();
        assert!((7_600..8_400).contains(&sum), "{sum}");
    }
}
