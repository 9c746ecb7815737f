//! `golive watch --follow` and `--metrics ADDR`: follows the logs without a screen until stopped.
//!
//! Each change of the sentence, each threshold that is crossed or cleared and each trouble is a
//! line on standard output, or a JSON line. The rule it keeps: nothing but a signal ends it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch::Receiver;

use crate::cli::args::{Global, Watch as Args};
use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::cli::verify::Stop;
use crate::cli::watch::logs;
use crate::cli::{open, paint};
use crate::failure::{Failure, FailureKind, exit};
use crate::journal::Access;
use crate::launch::event::Face;
use crate::runtime::clock::Clock;
use crate::runtime::crossings::{Crossings, News};
use crate::runtime::metrics;
use crate::runtime::metrics::server::{Scrape, Server};
use crate::runtime::watcher::Watcher;
use crate::runtime::workspace::lock;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::sight::Sight;
use crate::week::{Look, Picture};

/// Runs the command until somebody stops it.
///
/// # Errors
/// When the launch can not be opened, or the address not be listened on.
pub async fn run(console: &mut Console, global: &Global, args: &Args) -> Result<u8, Failure> {
    let opened = open::launch(console, global, Access::Append).await?;
    let stop = Stop::on_signals()?;
    let (set, week) = (logs(&opened.config), Arc::clone(&opened.config.week));
    let clock = Arc::clone(opened.workspace.clock());
    let workspace = Arc::new(Mutex::new(opened.workspace));
    let look = Look { span: args.span, until: None };
    let switched = lock(&workspace).launch().switched_at();
    let started = Watcher::start(set, week, switched, look, Arc::clone(&clock));
    let (watcher, mut sight) = started.map_err(|error| {
        Failure::new(FailureKind::Other, "the logs can not be watched").because(&error)
    })?;
    let server = match args.metrics {
        Some(address) => Some(serve(console, address, &sight, &clock).await?),
        None => None,
    };
    let (tell, mut news) = unbounded_channel();
    let told = Arc::new(move |new| {
        // The receiver lives as long as the watch.
        let _ = tell.send(new);
    });
    let mut crossings = Crossings::new(&workspace, Face::Command, told);
    let mut shown = Shown::default();
    loop {
        tokio::select! {
            biased;
            () = stop.cancel.cancelled() => break,
            Some(new) = news.recv() => shown.news(console, clock.now(), &new),
            changed = sight.changed() => {
                if changed.is_err() {
                    return Err(Failure::new(FailureKind::Other, "watching the logs broke off"));
                }
                let seen = sight.borrow_and_update().clone();
                shown.sight(console, clock.now(), &seen);
                if let Some(picture) = seen.picture {
                    crossings.take(&picture).await;
                    watcher.switched(lock(&workspace).launch().switched_at());
                }
            }
        }
    }
    drop(watcher);
    if let Some(server) = server {
        server.stop().await;
    }
    crossings.close(&stop.abandon).await;
    while let Ok(new) = news.try_recv() {
        shown.news(console, clock.now(), &new);
    }
    Ok(exit::OK)
}

/// Serves the metrics, and says where.
async fn serve(
    console: &mut Console,
    address: SocketAddr,
    sight: &Receiver<Sight>,
    clock: &Arc<dyn Clock>,
) -> Result<Server, Failure> {
    let (sight, clock) = (sight.clone(), Arc::clone(clock));
    let scrape: Scrape = Arc::new(move || {
        let picture = sight.borrow().picture.clone();
        metrics::text(picture.as_deref(), clock.now())
    });
    let started = Server::start(address, scrape).await.map_err(|error| {
        Failure::new(FailureKind::Other, format!("{address} can not be listened on"))
            .because(&error)
            .hint("Take another port with --metrics :PORT")
    })?;
    let address = started.address();
    console.tell(format!("metrics at http://{address}/metrics"));
    if !address.ip().is_loopback() {
        let says = "anybody who reaches this address can read how many payments fail";
        console.tell(format!("{} {says}", console.paint_err.tone(Tone::Warn, "warning:")));
    }
    Ok(started)
}

/// What was shown last, so that only changes are.
#[derive(Default)]
struct Shown {
    sentence: String,
    trouble: Option<String>,
}

impl Shown {
    fn sight(&mut self, console: &mut Console, now: Timestamp, sight: &Sight) {
        if sight.trouble != self.trouble {
            self.trouble.clone_from(&sight.trouble);
            if let Some(why) = &self.trouble {
                line(console, now, "trouble", Tone::Bad, why, json!({}));
            }
        }
        if let Some(picture) = sight.picture.as_ref().filter(|it| it.sentence != self.sentence) {
            self.sentence.clone_from(&picture.sentence);
            self.picture(console, picture);
        }
    }

    fn picture(&self, console: &mut Console, picture: &Picture) {
        let (_, _, tone) = paint::outcome(Some(picture.outcome()));
        let more = json!({ "outcome": picture.outcome() });
        line(console, picture.at, "state", tone, &self.sentence, more);
    }

    fn news(&self, console: &mut Console, now: Timestamp, news: &News) {
        let (kind, tone, more) = match news {
            News::Crossed { step, topic, key, message } => {
                let more = json!({ "step": step, "topic": topic, "key": key, "message": message });
                ("crossed", Tone::Bad, more)
            }
            News::Cleared { step, topic, key } => {
                ("cleared", Tone::Good, json!({ "step": step, "topic": topic, "key": key }))
            }
            News::NotAlerted(_) => ("not-alerted", Tone::Warn, json!({})),
            News::NotRecorded(_) => ("not-recorded", Tone::Bad, json!({})),
        };
        line(console, now, kind, tone, &says(news), more);
    }
}

/// Writes one line.
fn line(console: &mut Console, at: Timestamp, kind: &str, tone: Tone, says: &str, mut more: Value) {
    let says = visible(says, 1_000);
    if console.is_json() {
        let mut value =
            json!({ "schema": "golive.watch-line/1", "at": at, "kind": kind, "says": says });
        if let (Some(members), Some(more)) = (value.as_object_mut(), more.as_object_mut()) {
            members.append(more);
        }
        console.say(value.to_string());
    } else {
        let when = console.paint.tone(Tone::Quiet, at.to_string());
        console.say(format!("{when} {}", console.paint.tone(tone, says)));
    }
    console.flush();
}

/// News in one sentence.
pub fn says(news: &News) -> String {
    let place = |step: &Option<_>, topic: &crate::week::panel::Topic| match step {
        Some(step) => format!("{step}"),
        None => format!("{} (no step asks for it, nothing is recorded)", topic.check()),
    };
    match news {
        News::Crossed { step, topic, message, .. } => {
            format!("threshold crossed, {}: {message}", place(step, topic))
        }
        News::Cleared { step, topic, key } => {
            format!("no longer over its threshold, {}: {key}", place(step, topic))
        }
        News::NotAlerted(why) => format!("not alerted: {why}"),
        News::NotRecorded(why) => format!("not recorded: {why}"),
    }
}
