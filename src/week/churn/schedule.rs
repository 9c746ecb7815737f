//! When a failed renewal is tried again, and which try a failure was.
//!
//! Retries come 1, 3, 5 and 7 days after the try before them, so on days 1, 4, 9 and 16
//! (mintcash-contract.md section 7); the last failure cancels. Any two of these days lie a
//! different span apart, so the span between two failures tells which tries they were, even when
//! the events between them were lost.

/// A day, in seconds.
pub(super) const DAY: u32 = 86_400;

/// On which day each try comes, the renewal itself first.
pub(super) const DAYS: [u32; 5] = [0, 1, 4, 9, 16];

/// The number of the last retry.
pub(super) const LAST: usize = 4;

/// A try may come so much earlier or later. MintCash documents no time of day.
pub(super) const TOLERANCE: u32 = DAY / 2;

/// Which tries some failures were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tries {
    /// The last one: 0 for the renewal itself, then 1 to 4.
    pub last: usize,
    /// How many tries before it no event tells of.
    pub lost: usize,
    /// Whether the times fit the schedule; where they do not, the tries are counted.
    pub fits: bool,
    /// When the renewal itself failed, by the schedule.
    pub began: u32,
}

/// Which tries the failures at these times were, oldest first.
pub(super) fn tries(times: &[u32]) -> Tries {
    let first = times.first().copied().unwrap_or(0);
    let fitting = (0..=LAST).find_map(|start| follow(start, times).map(|last| (start, last)));
    match fitting {
        Some((start, last)) => Tries {
            last,
            lost: (last + 1).saturating_sub(times.len()),
            fits: true,
            began: first.saturating_sub(day(start)),
        },
        None => Tries {
            last: times.len().saturating_sub(1).min(LAST),
            lost: 0,
            fits: false,
            began: first,
        },
    }
}

/// The last try when the first of these failures was that try, if all of them fit.
fn follow(start: usize, times: &[u32]) -> Option<usize> {
    times.windows(2).try_fold(start, |from, pair| {
        let [earlier, later] = pair else { return None };
        let span = later.saturating_sub(*earlier);
        (from + 1..=LAST).find(|to| span.abs_diff(day(*to) - day(from)) <= TOLERANCE)
    })
}

/// On which day a try comes, in seconds after the renewal.
pub(super) fn day(try_number: usize) -> u32 {
    DAYS.get(try_number).copied().unwrap_or(16) * DAY
}

/// How long after a try the next one comes; none after the last.
pub(super) fn delay(try_number: usize) -> u32 {
    day(try_number + 1) - day(try_number.min(LAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: &[f64]) -> Tries {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small days")]
        let times: Vec<u32> = days.iter().map(|day| ((100.0 + day) * 86_400.0) as u32).collect();
        tries(&times)
    }

    #[test]
    fn tries_are_told_by_the_days_between_them_even_when_some_were_lost() {
        for (days, last, lost) in [
            (&[0.0][..], 0, 0),
            (&[0.0, 1.0], 1, 0),
            (&[0.0, 1.1, 4.0, 9.2, 16.0], 4, 0),
            (&[0.0, 4.0], 2, 1),
            (&[1.0, 4.0], 2, 1),
            (&[4.0, 9.0], 3, 2),
            (&[9.0, 16.0], 4, 3),
            (&[0.0, 16.0], 4, 3),
            (&[1.0, 16.0], 4, 3),
        ] {
            let tries = at(days);
            assert_eq!((tries.last, tries.lost, tries.fits), (last, lost, true), "{days:?}");
        }
        assert_eq!(at(&[9.0, 16.0]).began, 100 * DAY);
    }

    #[test]
    fn times_that_fit_no_schedule_are_counted() {
        let tries = at(&[0.0, 2.0, 2.5]);
        assert_eq!((tries.last, tries.lost, tries.fits), (2, 0, false));
        assert_eq!(at(&[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]).last, LAST);
    }

    #[test]
    fn delays_are_those_of_the_documentation() {
        assert_eq!([0, 1, 2, 3, 4].map(delay).map(|span| span / DAY), [1, 3, 5, 7, 0]);
    }
}
