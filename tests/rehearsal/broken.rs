//! Broken off at every step, and lied to.
