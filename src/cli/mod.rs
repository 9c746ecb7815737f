//! The command line: clap types in `args`, one file per command.
