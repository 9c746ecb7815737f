//! A merchant's project with the logs of a made-up week.

use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use golive::demo::week::lay::{Access, EventLog};
use golive::demo::week::lines::{Dialect, Logger};
use golive::demo::week::{HOUR, Laid, Plan, Size, Style, Weeks, What};
use golive::time::Timestamp;

use crate::support::{Ran, TestEnvironment};

/// What only something broken takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A Monday.
const BEGIN: &str = "2026-11-02T00:00:00Z";

/// The day and the hour at which the handler begins to answer 500, and for how many hours.
pub const BREAKS: (u32, i64) = (9, 12);
const LASTS: f64 = 4.0;

/// The step that asks whether deliveries are answered.
pub const STEP: &str = "first-week.delivery";

/// A project, its logs and its clock.
pub struct Shop {
    pub world: TestEnvironment,
    plan: Plan,
    laid: Laid,
    pub now: Timestamp,
}

impl Shop {
    /// Ten quiet days, then some hours of 500. `more` is added to golive.yaml.
    pub fn new(more: &str) -> Self {
        Self::with("logs/app*", more)
    }

    /// The same with another pattern for the log of the application.
    pub fn with(application: &str, more: &str) -> Self {
        let mut world = TestEnvironment::bare();
        let inputs = format!(
            "launch: shop\ninputs:\n  event_log: ['logs/events*']\n  request_log: \
             ['logs/requests*']\n  application_log: ['{application}']\n"
        );
        world.write("golive.yaml", &format!("{inputs}{more}"));
        let logs = world.project().join("logs");
        std::fs::create_dir(&logs).unwrap();
        let begin = Timestamp::parse(BEGIN).unwrap();
        let from = f64::from(BREAKS.0) * 24.0 + BREAKS.1 as f64;
        let mut plan =
            Plan::quiet(Size::Medium, 7, begin, 14).with(What::Answers(500), from, LASTS);
        plan.merchant.per_day = 240.0;
        plan.merchant.subscribers = 20;
        let style = Style {
            dialect: Dialect::Real,
            events: EventLog::Listen,
            access: Access::None,
            errors: Some(Logger::Pino),
            rough: false,
            rotates: false,
            packed: false,
            suffix: ".jsonl",
        };
        let laid = Laid::begin(Weeks::of(plan.clone()), style, &logs);
        let now = begin;
        world.at(&now.to_string());
        Self { world, plan, laid, now }
    }

    /// Lets the logs grow until that day and hour, and moves the clock there.
    pub fn until(&mut self, day: u32, hour: i64) {
        self.now = self.moment(day, hour);
        self.laid.to(self.now).unwrap();
        self.world.at(&self.now.to_string());
    }

    /// Lets the logs grow until that minute of a day, and moves the clock there.
    pub fn until_minute(&mut self, day: u32, minute: i64) {
        self.now = Timestamp::from_millis(self.moment(day, 0).millis() + minute * 60_000);
        self.laid.to(self.now).unwrap();
        self.world.at(&self.now.to_string());
    }

    /// Moves the clock alone.
    pub fn clock(&mut self, minutes: i64) {
        self.now = Timestamp::from_millis(self.now.millis() + minutes * 60_000);
        self.world.at(&self.now.to_string());
    }

    pub fn moment(&self, day: u32, hour: i64) -> Timestamp {
        Timestamp::from_millis(self.plan.begins(day) + hour * HOUR)
    }

    /// In the middle of the quiet days.
    pub fn quiet(&mut self) {
        self.until(BREAKS.0, BREAKS.1 - 1);
    }

    /// An hour and a half into what is planted.
    pub fn broken(&mut self) {
        self.until(BREAKS.0, BREAKS.1 + 2);
    }

    pub fn once(&self, flags: &[&str]) -> Ran {
        self.world.golive(&[&["watch", "--once"], flags].concat())
    }

    /// The kinds of the journal's records, in order: of those that are whole, as it can be written to.
    pub fn kinds(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.world.journal()).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let lines = text[..whole].lines().map(|line| serde_json::from_str(line).unwrap());
        lines.map(|line: serde_json::Value| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// How many records of a kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|other| *other == kind).count()
    }

    pub fn folder(&self) -> PathBuf {
        self.world.project()
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The program as it watches; killed when dropped.
pub struct Watching {
    pub child: Child,
    pub out: Arc<Mutex<String>>,
    pub err: Arc<Mutex<String>>,
}

impl Watching {
    pub fn start(shop: &Shop, flags: &[&str]) -> Self {
        Self::run(shop.world.command(&[&["watch"], flags].concat()))
    }

    /// Starts the screen on a terminal of its own.
    pub fn screen(shop: &Shop) -> Self {
        let program = shop.world.command(&["watch"]);
        let mut command = std::process::Command::new("script");
        let run = format!("{} watch", program.get_program().display());
        command.args(["-qfec", &run, "/dev/null"]).current_dir(shop.folder()).env_clear();
        let variables = program.get_envs();
        command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        command.env("TERM", "xterm-256color").env("SHELL", "/bin/sh");
        Self::run(command)
    }

    fn run(mut command: std::process::Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = read(child.stdout.take().unwrap());
        let err = read(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    pub fn says(&self, text: &str) -> bool {
        self.out.lock().unwrap().contains(text) || self.err.lock().unwrap().contains(text)
    }

    /// Sends a signal and waits for the end; the exit code.
    pub fn end(mut self, signal: rustix::process::Signal) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

fn read(from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&text);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut text = into.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}
