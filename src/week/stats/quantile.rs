//! Quantiles of a handful of numbers.

/// The value below which that share of the numbers lies; zero where there are none.
#[must_use]
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let last = values.len() - 1;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place among a few thousand numbers"
    )]
    let place = ((last as f64) * share.clamp(0.0, 1.0)).floor() as usize;
    let (_, value, _) = values.select_nth_unstable_by(place.min(last), f64::total_cmp);
    *value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wild_number_does_not_move_the_median() {
        assert!((quantile(&mut [1.0, 2.0, 3.0, 4.0, 1e9], 0.5) - 3.0).abs() < f64::EPSILON);
        assert!((quantile(&mut [5.0, 1.0], 0.0) - 1.0).abs() < f64::EPSILON);
        assert!(quantile(&mut [], 0.5).abs() < f64::EPSILON);
    }
}
