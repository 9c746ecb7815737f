//! The first week, line by line: what `golive watch --once` prints, which thresholds the launch
//! knows to be crossed, the text for MintCash's support.
//!
//! The rule it keeps: to look records nothing and alerts nobody; it is said what does.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::checks::Progress;
use crate::checks::context::ProgressSink;
use crate::checks::first_week::support::{cases, support};
use crate::checks::logs::log_set;
use crate::events::feed::Feed;
use crate::events::received;
use crate::failure::{Failure, FailureKind};
use crate::plain::talk::{Ended, Talk};
use crate::plain::verify::Beat;
use crate::plain::walk::Walk;
use crate::runtime::glance::{Asked, Glance};
use crate::runtime::workspace::lock;
use crate::scan::Watch;
use crate::week::prose::{self, Manner};
use crate::week::{Picture, Span, Window};

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Shows the first week, over as much time as is asked for.
    pub(super) fn first_week(&mut self) -> Result<(), Ended> {
        let (mut feed, mut span) = (self.feed(), Span::default());
        loop {
            let Some((read, glance)) = self.glance(feed, span)? else { return Ok(()) };
            feed = read;
            self.say_glance(&glance)?;
            let cases = cases(&glance.picture);
            loop {
                let answer = self.talk.ask(&question(cases))?;
                if answer.is_empty() {
                    return Ok(());
                }
                if let Some(other) = Span::named(&answer) {
                    span = other;
                    break;
                }
                if answer == "support" && cases > 0 {
                    self.talk.pause()?;
                    let letter = support(&feed, &glance.picture, &Watch::idle());
                    letter.lines().try_for_each(|line| self.talk.say(line))?;
                    self.talk.pause()?;
                } else {
                    self.talk.say(format!("`{answer}` is none of these."))?;
                }
            }
        }
    }

    /// The logs of this launch, nothing of them read yet.
    fn feed(&self) -> Feed {
        let workspace = lock(&self.workspace);
        let config = &workspace.config;
        let received = config.state.with_file_name(received::FILE);
        Feed::new(log_set(&config.inputs, &config.base, &config.week, Some(&received)))
    }

    /// Reads what is new; `None` when that was stopped, or can not be done, which is said.
    fn glance(&mut self, mut feed: Feed, span: Span) -> Result<Option<(Feed, Glance)>, Ended> {
        let asked = {
            let workspace = lock(&self.workspace);
            let now = workspace.clock().now();
            Asked {
                now,
                window: Window::until(now, span),
                limits: workspace.config.week.limits.clone(),
                switched: workspace.launch().switched_at(),
            }
        };
        let (tell, mut news) = mpsc::unbounded_channel();
        let cancel = CancellationToken::new();
        let sink = ProgressSink::new(move |progress| {
            // The receiver lives as long as the reading.
            let _ = tell.send(progress);
        });
        let watch = Watch::new(cancel.clone(), sink);
        self.talk.say("Reading the logs. Ctrl-C stops it.")?;
        self.prompting.store(false, Ordering::SeqCst);
        let talk = &mut self.talk;
        let ended = self.runtime.block_on(async {
            let mut work = tokio::task::spawn_blocking(move || {
                let glance = Glance::take(&mut feed, &asked, &watch);
                (feed, glance)
            });
            let mut beat = Beat::default();
            loop {
                tokio::select! {
                    biased;
                    ended = &mut work => return Ok::<_, Ended>(ended),
                    Some(progress) = news.recv() => say_progress(talk, &mut beat, &progress)?,
                    _ = tokio::signal::ctrl_c(), if !cancel.is_cancelled() => cancel.cancel(),
                }
            }
        });
        self.prompting.store(true, Ordering::SeqCst);
        let failed = |why: String| {
            Failure::new(FailureKind::Other, format!("the logs can not be read: {why}"))
        };
        match ended? {
            Ok(_) if cancel.is_cancelled() => self.talk.say("Stopped.").map(|()| None),
            Ok((feed, Ok(glance))) => Ok(Some((feed, glance))),
            Ok((_, Err(error))) => self.talk.trouble(&failed(error.to_string())).map(|()| None),
            Err(broke) => self.talk.trouble(&failed(broke.to_string())).map(|()| None),
        }
    }

    fn say_glance(&mut self, glance: &Glance) -> Result<(), Ended> {
        let launch = lock(&self.workspace).config.launch.clone();
        let manner = Manner {
            glyphs: None,
            marks: false,
            columns: Some(self.talk.width()),
            place: &|spot| glance.place(spot),
        };
        self.talk.pause()?;
        for line in prose::lines(&launch, &glance.picture, &manner) {
            self.talk.say_hanging(line.text().trim_end(), line.hang.unwrap_or(6))?;
        }
        self.talk.pause()?;
        self.say_crossed(&glance.picture)
    }

    /// Says which thresholds the journal knows to be crossed, and that this look adds none.
    fn say_crossed(&mut self, picture: &Picture) -> Result<(), Ended> {
        let (says, unknown) = {
            let workspace = lock(&self.workspace);
            let open: Vec<_> = workspace.launch().crossed().map(Arc::clone).collect();
            let is_known = |topic: &str, key: &str| {
                open.iter().any(|it| it.what.topic.as_str() == topic && it.what.key == key)
            };
            let new = picture.crossed().filter(|(it, notice)| !is_known(it.check(), &notice.key));
            let says = open.iter().map(|it| format!("{}: {}", it.what.step, it.sentence()));
            (says.collect::<Vec<_>>(), new.count())
        };
        if !says.is_empty() {
            self.talk.say("In the journal as crossed:")?;
            says.iter().try_for_each(|says| self.talk.say_at(2, says))?;
        }
        if unknown > 0 {
            let these =
                if unknown == 1 { "1 crossed threshold is" } else { "crossed thresholds are" };
            let count = if unknown == 1 { String::new() } else { format!("{unknown} ") };
            self.talk.say(format!(
                "{count}{these} not in the journal: to look records nothing. `golive watch \
                 --once --record` does, and alerts."
            ))?;
        }
        Ok(())
    }
}

/// What can be asked for after a look.
fn question(cases: u64) -> String {
    let spans = Span::ALL.map(Span::word).join(", ");
    let support = match cases {
        0 => String::new(),
        1 => " support: the text about 1 case for MintCash's support;".to_owned(),
        cases => format!(" support: the text about {cases} cases for MintCash's support;"),
    };
    format!("Look again over {spans};{support} Enter: go back:")
}

fn say_progress<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    beat: &mut Beat,
    progress: &Progress,
) -> Result<(), Ended> {
    match progress {
        Progress::Work { doing, done, of, unit } if beat.is_due() => {
            let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
            talk.say_at(2, format!("{doing}: {done}{of} {unit}"))
        }
        _ => Ok(()),
    }
}
