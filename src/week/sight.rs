//! What there is to see of the first week now: the latest picture, how far reading is, what is in
//! the way. Kept up by `runtime::watcher`.

use std::sync::Arc;

use crate::week::picture::Picture;

/// What there is to see; always the latest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// The picture; none until the first full pass is over.
    pub picture: Option<Arc<Picture>>,
    /// How far the first full pass is, as long as it goes on.
    pub pass: Option<Pass>,
    /// Why the logs can not be read, where that is so.
    pub trouble: Option<String>,
}

/// How far a full pass is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Bytes read.
    pub done: u64,
    /// Bytes in all, where that is known.
    pub of: Option<u64>,
}

impl Pass {
    /// How much is read, in percent, where that is known.
    #[must_use]
    pub fn percent(self) -> Option<u64> {
        let of = self.of.filter(|of| *of > 0)?;
        Some(u64::try_from(u128::from(self.done) * 100 / u128::from(of)).unwrap_or(100).min(100))
    }
}
