//! Events in every file in which they may stand.
