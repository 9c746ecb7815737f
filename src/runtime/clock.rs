//! The only reader of the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock. Builds with debug assertions read `GOLIVE_TEST_CLOCK` (a date and time)
/// instead when it is set, so that tests own their time; release builds never do.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        if cfg!(debug_assertions) {
            let fixed = std::env::var("GOLIVE_TEST_CLOCK").ok();
            if let Some(fixed) = fixed.and_then(|text| Timestamp::parse(&text).ok()) {
                return fixed;
            }
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
