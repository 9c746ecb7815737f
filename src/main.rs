//! The program: parse, call the library, print a failure, return its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(golive::cli::run(std::env::args_os()))
}
