//! Whether a share is surely above a line, given how few were counted.

use statrs::function::beta::checked_beta_reg;

use crate::week::when::real;

/// How likely it is that at least `hits` of `all` come about, when each does with a probability of
/// `share` (the exact binomial tail).
#[must_use]
pub fn at_least(hits: u64, all: u64, share: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > all || share <= 0.0 {
        return 0.0;
    }
    if share >= 1.0 {
        return 1.0;
    }
    checked_beta_reg(real(hits), real(all - hits) + 1.0, share).unwrap_or(1.0)
}

/// Whether the true share is above the line but for one chance in ten thousand: the lower bound of
/// Clopper and Pearson. One of five is not surely above 1 %.
#[must_use]
pub fn surely_above(hits: u64, all: u64, line: f64) -> bool {
    all > 0 && at_least(hits, all, line) < 1e-4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_the_binomial_distribution() {
        assert!((at_least(1, 5, 0.01) - (1.0 - 0.99_f64.powi(5))).abs() < 1e-12);
        assert!((at_least(5, 5, 0.5) - 0.5_f64.powi(5)).abs() < 1e-12);
        assert!((at_least(0, 5, 0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn small_numbers_are_never_surely_above_a_line() {
        assert!(!surely_above(1, 5, 0.01));
        assert!(!surely_above(0, 0, 0.01));
        assert!(!surely_above(2, 20, 0.01));
        assert!(surely_above(5, 5, 0.01));
        assert!(surely_above(40, 1000, 0.01));
        assert!(!surely_above(12, 1000, 0.01));
    }
}
