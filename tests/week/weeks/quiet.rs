//! A hundred quiet weeks raise nothing.
