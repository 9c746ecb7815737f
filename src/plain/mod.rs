//! The same walk as numbered prompts, without an alternate screen.
