//! The program: parse, call the library, print a failure, return its exit code.

fn main() {}
