//! Whether the process that began a run of checks still lives, so that a dead run is told from a
//! slow one.
//!
//! Called by `Workspace` whenever it looks around or writes. The rule: *gone* and *alive* are said
//! only of a process whose number means the same here as where it was written down (this boot of
//! this machine, this namespace), and whose start tells it from a later one with the same number.
//! Of everything else nothing is known.

use std::sync::LazyLock;

use crate::launch::event::Process;

/// What is known of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It runs, or is stopped.
    Alive,
    /// It has ended.
    Gone,
    /// It runs on another machine or in another container, or this system does not tell.
    Unknown,
}

/// This process; nothing where the system gives no way to tell it from others later.
#[must_use]
pub fn own() -> Option<Process> {
    static OWN: LazyLock<Option<Process>> = LazyLock::new(platform::own);
    OWN.clone()
}

/// Whether a process still lives.
#[must_use]
pub fn life(process: &Process) -> Life {
    match own() {
        Some(own) if own.place == process.place => platform::life(process),
        _ => Life::Unknown,
    }
}

#[cfg(target_os = "linux")]
mod platform {
    //! By `/proc` and by a signal that is not sent.

    use std::fs;

    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    use super::Life;
    use crate::digest::Digest;
    use crate::launch::event::Process;

    pub(super) fn own() -> Option<Process> {
        let pid = std::process::id();
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // Otherwise `/proc` belongs to another namespace, and its numbers are not ours.
        let seen = stat.split(' ').next()?.parse::<u32>().ok()?;
        let (_, started) = parse(&stat)?;
        (seen == pid).then_some(Process { pid, started, place: place()? })
    }

    /// Where process numbers and start times mean what they mean here: not the names themselves,
    /// which are nobody's business, but a digest of them.
    fn place() -> Option<String> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let pids = fs::read_link("/proc/self/ns/pid").ok()?;
        // Missing before Linux 5.6, where there is only one.
        let times = fs::read_link("/proc/self/ns/time").unwrap_or_default();
        let said = format!("{}\n{}\n{}", boot.trim(), pids.display(), times.display());
        Some(Digest::of(said.as_bytes()).short().to_owned())
    }

    pub(super) fn life(process: &Process) -> Life {
        let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
        let Some(pid) = pid else { return Life::Unknown };
        let exists = || test_kill_process(pid) != Err(Errno::SRCH);
        if !exists() {
            return Life::Gone;
        }
        let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid)).ok();
        match stat.as_deref().and_then(parse) {
            Some((_, started)) if started != process.started => Life::Gone,
            // It has ended, and only its parent has not asked how.
            Some(('Z' | 'X', _)) => Life::Gone,
            Some(_) => Life::Alive,
            None if !exists() => Life::Gone,
            None => Life::Unknown,
        }
    }

    /// State and start, in clock ticks since the machine started (proc_pid_stat(5)); the name in
    /// parentheses may hold anything.
    fn parse(stat: &str) -> Option<(char, u64)> {
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?.chars().next()?;
        Some((state, fields.nth(18)?.parse().ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::parse;

        #[test]
        fn a_name_with_parentheses_and_spaces_moves_no_field() {
            let line = "4711 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20";
            assert_eq!(parse(line), Some(('S', 987_654)));
            assert_eq!(parse("4711 (a) S 1"), None);
            assert_eq!(parse(""), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Nothing is known.

    use super::Life;
    use crate::launch::event::Process;

    pub(super) fn own() -> Option<Process> {
        None
    }

    pub(super) fn life(_: &Process) -> Life {
        Life::Unknown
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, kill_process};

    use super::{Life, life, own};
    use crate::launch::event::Process;

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").spawn().unwrap()
    }

    /// The process as it would have written itself down.
    fn of(child: &Child) -> Process {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let started = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap();
        Process { pid: child.id(), started: started.parse().unwrap(), ..own().unwrap() }
    }

    fn signal(child: &Child, signal: Signal) {
        kill_process(Pid::from_child(child), signal).unwrap();
    }

    #[test]
    fn this_process_lives() {
        assert_eq!(life(&own().unwrap()), Life::Alive);
    }

    #[test]
    fn a_stopped_process_lives_and_a_killed_one_is_gone_even_before_it_is_waited_for() {
        let mut child = sleeper();
        let process = of(&child);
        assert_eq!(life(&process), Life::Alive);
        signal(&child, Signal::STOP);
        assert_eq!(life(&process), Life::Alive);
        signal(&child, Signal::KILL);
        while life(&process) != Life::Gone {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert_eq!(life(&process), Life::Gone);
    }

    #[test]
    fn another_process_with_the_same_number_is_not_taken_for_it() {
        let mut child = sleeper();
        let process = of(&child);
        let before = Process { started: process.started - 1, ..process.clone() };
        assert_eq!(life(&before), Life::Gone);
        let elsewhere = Process { place: "another machine".into(), ..process };
        assert_eq!(life(&elsewhere), Life::Unknown);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(life(&elsewhere), Life::Unknown, "its number may mean something else there");
    }

    #[test]
    fn no_number_whatever_is_trouble() {
        for pid in [0, 1, u32::MAX, i32::MAX as u32] {
            let _ = life(&Process { pid, ..own().unwrap() });
        }
    }
}
