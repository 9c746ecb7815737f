//! Scenarios of failed payments, and what holds for any of them.
