//! golive in a terminal of its own, for tests: type keys, wait for what the screen shows, look at
//! the bytes that came and at the modes that were left behind.
//!
//! Each [`Project`] has its own home, configuration, runbook and journal. Nothing waits for time:
//! every wait is for a condition, with a bound that only a broken program reaches.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a terminal that can not be set up fails the test"
)]

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// What only a broken program takes.
pub const BOUND: Duration = Duration::from_secs(60);

/// What ends a frame.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// How many steps the sample runbook has.
pub const STEPS: usize = 12;

/// A merchant's project on this machine.
pub struct Project {
    home: tempfile::TempDir,
}

impl Project {
    /// A project with a runbook of [`STEPS`] steps that one person each has to sign.
    pub fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let project = Self { home };
        let mut runbook = String::from(
            "format: 1\nid: sample\ntitle: Sample launch\nsections:\n  - id: launch\n    title: Launch\n    steps:\n",
        );
        for number in 1..=STEPS {
            runbook.push_str(&format!(
                "      - id: step-{number:02}\n        title: Number {number:02} is ready\n        \
                 why: Somebody forgot number {number:02} once.\n        how: Look at number {number:02}.\n        \
                 severity: blocking\n        sign_off: person\n"
            ));
        }
        std::fs::write(project.path("sample.yaml"), runbook).expect("a runbook");
        std::fs::write(project.path("golive.yaml"), "runbook: sample.yaml\n").expect("a project");
        project
    }

    /// A file of the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The environment of every program of this project, and nothing else.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let home = self.home.path().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        vec![
            ("PATH", path),
            ("HOME", home.clone()),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("USER", "tester".to_owned()),
            ("PS1", "shell$ ".to_owned()),
            ("GOLIVE_AS", "Ada".to_owned()),
            ("GOLIVE_STATE", self.path("state.golive.jsonl").display().to_string()),
        ]
    }

    /// A headless golive.
    pub fn golive(&self, args: &[&str]) -> Command {
        let mut command = Command::new(golive());
        command.args(args).current_dir(self.home.path()).env_clear().envs(self.environment());
        command
    }

    /// golive in a terminal of 80×24.
    pub fn open(&self, args: &[&str]) -> Terminal {
        self.start(golive(), args, &[])
    }

    /// Any program in a terminal of 80×24, with more environment.
    pub fn start(
        &self,
        program: impl AsRef<Path>,
        args: &[&str],
        more: &[(&str, &str)],
    ) -> Terminal {
        let mut command = CommandBuilder::new(program.as_ref());
        command.args(args);
        command.cwd(self.home.path());
        command.env_clear();
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        for (name, value) in more {
            command.env(name, value);
        }
        Terminal::start(command)
    }

    /// What the journal has, one line per record; torn tails count for nothing.
    pub fn journal(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.path("state.golive.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The steps that the journal says are signed.
    pub fn signed(&self) -> Vec<String> {
        let records = self.journal().into_iter();
        records
            .filter(|record| record["kind"] == "step.signed")
            .map(|record| record["data"]["step"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// The binary under test.
pub fn golive() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_golive"))
}

/// What has come from the program so far.
struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

/// A terminal with a program in it.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    hang_up: Arc<AtomicBool>,
    /// The modes that the terminal had before the program started.
    pub before: String,
}

impl Terminal {
    fn start(command: CommandBuilder) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).expect("a pty");
        let before = format!("{:?}", pty.master.get_termios().expect("modes"));
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let writer = pty.master.take_writer().expect("a writer");
        let child = pty.slave.spawn_command(command).expect("the program starts");
        drop(pty.slave);
        let screen = vt100::Parser::new(cells(size.rows), cells(size.cols), 0);
        let seen = Seen { screen, bytes: Vec::new(), ended: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let hang_up = Arc::new(AtomicBool::new(false));
        let (shared, stop) = (Arc::clone(&seen), Arc::clone(&hang_up));
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = shared.0.lock().expect("no panic while seeing");
                seen.bytes.extend_from_slice(&buffer[..read]);
                seen.screen.process(&buffer[..read]);
                let whole = seen.bytes.ends_with(FRAME_END);
                seen.ended = read == 0 || (whole && stop.load(Ordering::SeqCst));
                shared.1.notify_all();
                if seen.ended {
                    return;
                }
            }
        });
        Self { master: Some(pty.master), writer: Some(writer), child, seen, hang_up, before }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("an open terminal");
        writer.write_all(keys.as_bytes()).and_then(|()| writer.flush()).expect("the keys arrive");
    }

    /// Waits until what has been seen is as it should be.
    #[track_caller]
    fn until<T>(&self, what: &str, mut is: impl FnMut(&Seen) -> Option<T>) -> T {
        let began = Instant::now();
        let mut seen = self.seen.0.lock().expect("no panic while seeing");
        loop {
            if let Some(found) = is(&seen) {
                return found;
            }
            let left = BOUND.saturating_sub(began.elapsed());
            assert!(
                !left.is_zero() && !seen.ended,
                "waited for {what}; the program {}; the screen shows\n{}",
                if seen.ended { "ended" } else { "runs" },
                seen.screen.screen().contents()
            );
            seen = self.seen.1.wait_timeout(seen, left).expect("no panic while seeing").0;
        }
    }

    /// Waits until the screen shows this text.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        self.until(text, |seen| seen.screen.screen().contents().contains(text).then_some(()));
    }

    /// Waits until the screen does not show this text any more.
    #[track_caller]
    pub fn shows_no(&self, text: &str) {
        self.until(text, |seen| (!seen.screen.screen().contents().contains(text)).then_some(()));
    }

    /// Waits until this text has been written, wherever it is now. For programs that write line by
    /// line: a full screen writes only the cells that change.
    #[track_caller]
    pub fn wrote(&self, text: &str) {
        self.until(text, |seen| String::from_utf8_lossy(&seen.bytes).contains(text).then_some(()));
    }

    /// What the screen shows now.
    pub fn contents(&self) -> String {
        self.seen.0.lock().expect("no panic while seeing").screen.screen().contents()
    }

    /// How many cells of the screen are in reverse video, and how many have a colour.
    pub fn reversed_and_coloured(&self) -> (usize, usize) {
        let seen = self.seen.0.lock().expect("no panic while seeing");
        let screen = seen.screen.screen();
        let (rows, columns) = screen.size();
        let all =
            (0..u16::from(rows)).flat_map(|row| (0..u16::from(columns)).map(move |c| (row, c)));
        let cells: Vec<_> = all.filter_map(|(row, column)| screen.cell(row, column)).collect();
        let plain = vt100::Color::Default;
        let reversed = cells.iter().filter(|cell| cell.inverse()).count();
        let coloured =
            cells.iter().filter(|c| c.fgcolor() != plain || c.bgcolor() != plain).count();
        (reversed, coloured)
    }

    /// Every byte that came.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.0.lock().expect("no panic while seeing").bytes.clone()
    }

    /// Waits until nothing has come for `span`; the number of bytes so far.
    pub fn settled(&self, span: Duration) -> usize {
        let mut seen = self.seen.0.lock().expect("no panic while seeing");
        let began = Instant::now();
        loop {
            let before = seen.bytes.len();
            let (now, waited) = self.seen.1.wait_timeout(seen, span).expect("no panic");
            seen = now;
            if waited.timed_out() && seen.bytes.len() == before {
                return before;
            }
            assert!(began.elapsed() < BOUND, "the screen never settles");
        }
    }

    /// Gives the terminal another size.
    pub fn resize(&self, cols: u16, rows: u16) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.seen
            .0
            .lock()
            .expect("no panic")
            .screen
            .screen_mut()
            .set_size(cells(rows), cells(cols));
        self.master.as_ref().expect("an open terminal").resize(size).expect("a size");
    }

    /// The modes that the terminal has now.
    pub fn modes(&self) -> String {
        format!("{:?}", self.master.as_ref().and_then(|master| master.get_termios()))
            .trim_start_matches("Some(")
            .trim_end_matches(')')
            .to_owned()
    }

    /// The program's process id.
    pub fn id(&self) -> Pid {
        let id = self.child.process_id().expect("a process");
        Pid::from_raw(i32::try_from(id).expect("a process id")).expect("a process id")
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("the signal arrives");
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                // Everything that it wrote is to be seen before anybody looks.
                let mut seen = self.seen.0.lock().expect("no panic while seeing");
                while !seen.ended && began.elapsed() < BOUND && self.master.is_some() {
                    let wait = self.seen.1.wait_timeout(seen, Duration::from_millis(20));
                    seen = wait.expect("no panic while seeing").0;
                }
                return status;
            }
            assert!(began.elapsed() < BOUND, "it does not end; it shows\n{}", self.contents());
            rest();
        }
    }

    /// Closes the terminal as a closed window does. A key is typed first: the frame that it draws
    /// makes the reader let go. Then the program has time to come to rest, so that it is not the
    /// drawing which notices that the terminal is gone.
    pub fn vanish(&mut self, key: &str) {
        self.hang_up.store(true, Ordering::SeqCst);
        self.keys(key);
        self.until_ended();
        std::thread::park_timeout(Duration::from_millis(300));
        self.writer = None;
        self.master = None;
    }

    fn until_ended(&self) {
        let began = Instant::now();
        let mut seen = self.seen.0.lock().expect("no panic while seeing");
        while !seen.ended {
            assert!(began.elapsed() < BOUND, "nothing comes any more");
            let wait = self.seen.1.wait_timeout(seen, Duration::from_millis(50));
            seen = wait.expect("no panic while seeing").0;
        }
    }

    /// Asserts that the terminal is as the program found it, and that everything it switched on
    /// was switched off again.
    #[track_caller]
    pub fn is_restored(&self) {
        assert_eq!(self.modes(), self.before, "the modes of the terminal");
        let bytes = self.bytes();
        let text = String::from_utf8_lossy(&bytes);
        let pairs = [
            ("alternate screen", "\x1b[?1049h", "\x1b[?1049l"),
            ("bracketed paste", "\x1b[?2004h", "\x1b[?2004l"),
            ("hidden cursor", "\x1b[?25l", "\x1b[?25h"),
            ("kept title", "\x1b[22;2t", "\x1b[23;2t"),
        ];
        for (what, on, off) in pairs {
            let (on, off) = (text.rfind(on), text.rfind(off));
            assert!(on.is_some() && off > on, "{what}: on at {on:?}, off at {off:?}");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _over = self.child.wait();
    }
}

/// A number of rows or columns.
fn cells(number: u16) -> NonZero<u16> {
    NonZero::new(number).expect("a terminal has cells")
}

/// Lets others run for a moment between two looks at something that tells nobody of its change.
pub fn rest() {
    std::thread::park_timeout(Duration::from_millis(5));
}
