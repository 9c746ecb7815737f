//! The weeks as files of logs that grow, are rotated at midnight and packed later.
//!
//! ```text
//! events.jsonl  events.jsonl.1  events.jsonl.d002.gz  events.jsonl.d003.zst …
//! access.jsonl …  requests.jsonl …  app.jsonl …
//! ```
//!
//! Used by the demo and by tests that read real files. The rule it keeps: what it writes until a
//! moment is what the merchant's programs would have written until then.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::demo::week::dice::Dice;
use crate::demo::week::lines::{self, Dialect, Logger};
use crate::demo::week::truth::{Event, Failed};
use crate::demo::week::{DAY, Weeks, What};
use crate::time::Timestamp;

/// How the merchant writes its logs.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How events look.
    pub dialect: Dialect,
    /// How they are written down.
    pub events: EventLog,
    /// The access log.
    pub access: Access,
    /// How the application writes; `None` where it has no log of errors, nor one of requests.
    pub errors: Option<Logger>,
    /// Whether there are garbage, half lines and late lines, as in life.
    pub rough: bool,
    /// Whether files are rotated at midnight.
    pub rotates: bool,
    /// Whether rotated files are packed.
    pub packed: bool,
    /// What the names of the files end in, `.jsonl`.
    pub suffix: &'static str,
}

impl Style {
    /// The file that is written to.
    #[must_use]
    pub fn file(&self, name: Name) -> String {
        format!("{}{}", name.stem(), self.suffix)
    }
}

/// How events are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventLog {
    /// The body and nothing else.
    Raw,
    /// The records of `golive listen`.
    Listen,
    /// A line of pino with body and answer.
    Pino,
}

/// The access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// There is none.
    None,
    /// nginx's combined format.
    Combined,
    /// JSON.
    Json,
}

/// The files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Webhooks.
    Events,
    /// The access log.
    Access,
    /// Requests.
    Requests,
    /// The application's errors.
    Application,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Events, Self::Access, Self::Requests, Self::Application];

    /// What its file's name begins with.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Access => "access",
            Self::Requests => "requests",
            Self::Application => "app",
        }
    }
}

/// What is written when; the number keeps the order of lines of the same moment.
type Line = Reverse<(i64, u64, Name, String)>;

/// The files of weeks, as far as they are written.
#[derive(Debug)]
pub struct Laid {
    weeks: Weeks,
    style: Style,
    folder: PathBuf,
    next_day: u32,
    rotated: i64,
    due: BinaryHeap<Line>,
    count: u64,
    rest: Option<String>,
    dice: Dice,
}

impl Laid {
    /// Nothing is written yet.
    #[must_use]
    pub fn begin(weeks: Weeks, style: Style, folder: &Path) -> Self {
        let dice = Dice::new(weeks.plan().seed, 0xe0);
        let rotated = weeks.begins(0).millis();
        Self {
            weeks,
            style,
            folder: folder.to_owned(),
            next_day: 0,
            rotated,
            due: BinaryHeap::new(),
            count: 0,
            rest: None,
            dice,
        }
    }

    /// Writes what is written until a moment.
    ///
    /// # Errors
    /// When a file can not be written.
    pub fn to(&mut self, now: Timestamp) -> io::Result<()> {
        loop {
            let midnight = self.rotated + DAY;
            self.append(midnight.min(now.millis()))?;
            if midnight > now.millis() {
                return self.half(now);
            }
            self.rotated = midnight;
            if self.style.rotates {
                self.rotate()?;
            }
        }
    }

    fn append(&mut self, until: i64) -> io::Result<()> {
        while self.next_day < self.weeks.plan().days
            && self.weeks.begins(self.next_day).millis() <= until
        {
            self.take_day();
        }
        let mut texts = Name::ALL.map(|name| (name, String::new()));
        if let (Some(rest), [(_, events), ..]) = (self.rest.take(), &mut texts) {
            *events = rest;
        }
        while self.due.peek().is_some_and(|Reverse((at, ..))| *at < until) {
            let Some(Reverse((_, _, name, line))) = self.due.pop() else { break };
            for (of, text) in &mut texts {
                if *of == name {
                    text.push_str(&line);
                    text.push('\n');
                }
            }
        }
        for (name, text) in texts {
            self.write(name, &text)?;
        }
        Ok(())
    }

    /// The next line stands there in part: its writer is in the middle of it.
    fn half(&mut self, now: Timestamp) -> io::Result<()> {
        let next = self.due.peek().filter(|Reverse((at, _, name, _))| {
            self.style.rough && *name == Name::Events && *at < now.millis() + 60_000
        });
        if next.is_none() {
            return Ok(());
        }
        let Some(Reverse((_, _, _, line))) = self.due.pop() else { return Ok(()) };
        let (begun, rest) = line.split_at_checked(line.len() / 2).unwrap_or((&line, ""));
        self.rest = Some(format!("{rest}\n"));
        self.write(Name::Events, begun)
    }

    fn write(&self, name: Name, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(self.style.file(name));
        File::options().create(true).append(true).open(path)?.write_all(text.as_bytes())
    }

    /// `x` becomes `x.1`; what was `x.1` is packed with gzip, or with zstd every other time.
    fn rotate(&mut self) -> io::Result<()> {
        let day = (self.rotated - self.weeks.begins(0).millis()) / DAY;
        for name in Name::ALL {
            let file = self.style.file(name);
            let (path, first) = (self.folder.join(&file), self.folder.join(format!("{file}.1")));
            if first.exists() {
                let (bytes, kept) = match (self.style.packed, day % 2) {
                    (false, _) => (fs::read(&first)?, format!("{file}.d{day:03}")),
                    (true, 0) => (gzip(&first)?, format!("{file}.d{day:03}.gz")),
                    (true, _) => (zstd(&first)?, format!("{file}.d{day:03}.zst")),
                };
                fs::write(self.folder.join(kept), bytes)?;
                fs::remove_file(&first)?;
            }
            if path.exists() {
                fs::rename(&path, &first)?;
            }
        }
        Ok(())
    }

    fn take_day(&mut self) {
        let day = self.next_day;
        self.next_day += 1;
        for event in self.weeks.day(day) {
            self.take_event(&event);
        }
        if let Some(logger) = self.style.errors {
            for failed in self.weeks.errors(day) {
                self.take_error(&failed, logger);
            }
        }
        if self.style.rough {
            self.take_garbage(self.weeks.begins(day).millis());
        }
    }

    fn take_event(&mut self, event: &Event) {
        let dialect = self.style.dialect;
        for delivery in event.deliveries.iter().filter(|delivery| delivery.seen) {
            let at = Timestamp::from_millis(self.clock(delivery.at));
            let done = delivery.at + delivery.answer.map_or(10_000, |(_, ms)| i64::from(ms));
            match self.style.events {
                EventLog::Raw => {
                    let line = lines::envelope(event, dialect);
                    self.line(delivery.at, Name::Events, line);
                }
                EventLog::Pino => {
                    let line = lines::handled(event, delivery, at, dialect);
                    self.line(done, Name::Events, line);
                }
                EventLog::Listen => {
                    let records = lines::received(event, delivery, at, dialect);
                    self.line(delivery.at, Name::Events, records.received);
                    if let Some((_, answered)) = records.answered {
                        self.line(done, Name::Events, answered);
                    }
                }
            }
            let (status, ms) = delivery.answer.unwrap_or((499, 10_000));
            let ended = Timestamp::from_millis(self.clock(done));
            match self.style.access {
                Access::None => {}
                Access::Combined => {
                    self.line(
                        done,
                        Name::Access,
                        lines::combined(ended, lines::PATH, "POST", status),
                    );
                }
                Access::Json => {
                    let line = lines::access_json(ended, lines::PATH, "POST", status, ms);
                    self.line(done, Name::Access, line);
                }
            }
        }
        self.take_consequences(event);
    }

    /// What else is written of an event: the request before it, and that its failure was noticed.
    fn take_consequences(&mut self, event: &Event) {
        let (Some(logger), dialect) = (self.style.errors, self.style.dialect) else { return };
        if event.name == "payment.pending" || event.code == Some("expired") {
            let asked = event.created - if event.card { 15_000 } else { 1_800_000 };
            let line = lines::request_done(&event.about, self.moment(asked), dialect);
            self.line(asked, Name::Requests, line);
        }
        let done = event.deliveries.iter().find(|it| it.answer.is_some_and(|(it, _)| it == 200));
        if let Some(done) = done.filter(|_| event.name == "payment.failed") {
            let at = done.at + 30;
            let line = lines::failure_logged(event, self.moment(at), logger, dialect);
            self.line(at, Name::Application, line);
        }
    }

    fn take_error(&mut self, failed: &Failed, logger: Logger) {
        let line = lines::request_failed(failed, self.moment(failed.at));
        self.line(failed.at, Name::Requests, line);
        if failed.logged {
            let at = failed.at + 12;
            let line = lines::error_logged(failed, self.moment(at), logger);
            self.line(at, Name::Application, line);
        }
    }

    /// A day's share of what else stands in logs.
    fn take_garbage(&mut self, midnight: i64) {
        for _ in 0..self.dice.times(3.0) {
            let at = self.dice.between(midnight, midnight + DAY);
            let shown = self.moment(at);
            self.line(at, Name::Application, "Server listening on port 3000".to_owned());
            self.line(
                at,
                Name::Application,
                "    at Object.<anonymous> (/app/x.js:1:7)".to_owned(),
            );
            self.line(at, Name::Events, r#"{"ping":true}"#.to_owned());
            self.line(
                at,
                Name::Events,
                r#"{"eventId":"cut short","event":"payment.suc"#.to_owned(),
            );
            self.line(at, Name::Access, lines::combined(shown, "/robots.txt", "GET", 404));
        }
    }

    fn line(&mut self, at: i64, name: Name, line: String) {
        let of = match name {
            Name::Access => self.style.access != Access::None,
            Name::Requests | Name::Application => self.style.errors.is_some(),
            Name::Events => true,
        };
        if !of {
            return;
        }
        self.count += 1;
        // A log collector is behind now and then.
        let late = self.style.rough && self.dice.happens(0.01);
        let at = if late { at + self.dice.between(0, 90_000) } else { at };
        self.due.push(Reverse((at, self.count, name, line)));
    }

    fn moment(&self, at: i64) -> Timestamp {
        Timestamp::from_millis(self.clock(at))
    }

    /// What the merchant's clock shows.
    fn clock(&self, at: i64) -> i64 {
        let off = self.weeks.plan().at(at).filter_map(|what| match what {
            What::Clock(off) => Some(*off),
            _ => None,
        });
        at + off.sum::<i64>()
    }
}

fn gzip(path: &Path) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&fs::read(path)?)?;
    packer.finish()
}

fn zstd(path: &Path) -> io::Result<Vec<u8>> {
    zstd::encode_all(fs::read(path)?.as_slice(), 1)
}
