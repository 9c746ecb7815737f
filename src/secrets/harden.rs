//! Keeps secrets in memory out of core files and out of other programs' reach.
//!
//! Called once by `main`, before anything else. Claims no more than it does: copies in the buffers
//! of TLS and in the memory of helper programs remain.

/// Switches core files off and, on Linux, makes the process's memory unreadable for other programs
/// of the same user. Best effort: where the system refuses, the program runs as before.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
