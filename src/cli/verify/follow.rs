//! Shows a run as it goes, on standard error: each probe when it finishes, long work on a line
//! that is written over.

use std::time::{Duration, Instant};

use crate::checks::Progress;
use crate::cli::console::Console;
use crate::cli::paint::{Tone, pad};
use crate::launch::event::Event;
use crate::runbook::model::Step;
use crate::runtime::run::RunNews;
use crate::text::visible;
use crate::time::spoken;

/// A line that is written over changes no more often than this.
const BEAT: Duration = Duration::from_millis(100);

/// The cells of a probe's time.
const TIME: usize = 10;

/// What is shown of runs.
#[derive(Default)]
pub struct Shown {
    last: Option<Instant>,
    /// The width of the column that names the check, where several run side by side.
    names: Option<usize>,
}

impl Shown {
    /// Says which steps are verified.
    pub fn of(console: &mut Console, steps: &[&Step]) -> Self {
        let paint = console.paint_err;
        for step in steps.iter().filter(|step| !step.verify.is_empty()) {
            let title = visible(&step.title, 200);
            console.tell(format!("{}  {title}", paint.tone(Tone::Strong, step.id.as_str())));
        }
        let checks = || steps.iter().flat_map(|step| &step.verify);
        let widest = checks().map(|spec| spec.check.as_str().len()).max();
        Self { last: None, names: widest.filter(|_| checks().count() > 1) }
    }

    /// Shows what is new.
    pub fn take(&mut self, console: &mut Console, news: RunNews) {
        match news {
            RunNews::Started { .. } => {}
            RunNews::Progress { check, progress } => {
                self.progress(console, check.as_str(), progress);
            }
            RunNews::Entries(entries) => {
                for entry in entries {
                    if let Event::CheckResult(result) = entry.event {
                        self.last = None;
                        let says = format!("  {} {}", result.check, result.outcome.word());
                        console.progress(&says);
                    }
                }
            }
        }
    }

    /// Shows how far a check is.
    pub fn progress(&mut self, console: &mut Console, check: &str, progress: Progress) {
        let check = self.names.map_or_else(String::new, |width| format!("{}  ", pad(check, width)));
        match progress {
            Progress::Probe { name, says, good, took } => {
                let (glyph, tone) = match good {
                    Some(true) => ("✓", Tone::Good),
                    Some(false) => ("✗", Tone::Bad),
                    None => ("·", Tone::Quiet),
                };
                let paint = console.paint_err;
                console.tell(format!(
                    "  {} {}{}  {} → {}",
                    paint.tone(tone, glyph),
                    paint.tone(Tone::Quiet, &check),
                    paint.tone(Tone::Quiet, pad(&spoken(took), TIME)),
                    visible(&name, 80),
                    visible(&says, 200),
                ));
            }
            Progress::Page { about, url } => {
                console.tell(format!("  {check}{}", visible(&about, 200)));
                // Alone on its line, so that it can be copied whole.
                console.tell(visible(&url, 4_000));
                console.tell("  `golive money --qr` shows it as a QR code");
            }
            Progress::Work { doing, done, of, unit } => {
                if self.last.is_none_or(|last| last.elapsed() >= BEAT) {
                    self.last = Some(Instant::now());
                    let of = of.map_or_else(String::new, |of| format!(" of {of}"));
                    console
                        .progress(&format!("  {check}{}: {done}{of} {unit}", visible(&doing, 80)));
                }
            }
        }
    }
}
