//! Scenarios of deliveries, and what holds for any of them.
