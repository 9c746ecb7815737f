//! `golive watch --once`: reads the logs, prints how the first week stands, ends.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::checks::Progress;
use crate::checks::context::ProgressSink;
use crate::checks::first_week::support::support;
use crate::cli::args::{Global, Watch as Args};
use crate::cli::console::Console;
use crate::cli::open;
use crate::cli::verify::Stop;
use crate::cli::watch::{document, follow, human, logs};
use crate::events::feed::Feed;
use crate::failure::{Failure, FailureKind, exit};
use crate::journal::Access;
use crate::launch::event::Face;
use crate::launch::outcome::Outcome;
use crate::runtime::crossings::Crossings;
use crate::runtime::glance::{Asked, Glance};
use crate::scan::Watch;
use crate::week::{Picture, Window};

/// Runs the command; the exit code says how the first week stands.
///
/// # Errors
/// When the launch can not be opened or the logs not be read.
pub async fn run(console: &mut Console, global: &Global, args: &Args) -> Result<u8, Failure> {
    let access = if args.record { Access::Append } else { Access::Read };
    let opened = open::launch(console, global, access).await?;
    let stop = Stop::on_signals()?;
    let now = args.at.unwrap_or_else(|| opened.workspace.clock().now());
    let asked = Asked {
        now,
        window: Window::until(now, args.span),
        limits: opened.config.week.limits.clone(),
        switched: opened.workspace.launch().switched_at().filter(|at| *at <= now),
    };
    let feed = Feed::new(logs(&opened.config)).until(args.at);
    let (glance, letter) = read(console, feed, asked, args.support, &stop.cancel).await?;
    if args.record {
        record(console, opened.workspace, &glance.picture, &stop.abandon).await;
    }
    if let Some(letter) = &letter {
        console.data(letter);
    } else if console.is_json() {
        console.document(&document::of(&opened.config.launch, &glance));
    } else {
        human::show(console, &opened.config.launch, opened.config.screen.ascii, &glance);
    }
    Ok(exit_code(&glance.picture))
}

/// What the exit code is, as for `verify`.
fn exit_code(picture: &Picture) -> u8 {
    match picture.outcome() {
        _ if picture.crossed().next().is_some() => exit::FAILED,
        Outcome::Fail => exit::FAILED,
        Outcome::Pass => exit::OK,
        Outcome::Unknown | Outcome::Waiting => exit::UNKNOWN,
    }
}

/// Reads everything in a thread that may block, saying how far it is: how it stands, and the text
/// for MintCash's support, where it is asked for.
async fn read(
    console: &mut Console,
    feed: Feed,
    asked: Asked,
    letter: bool,
    cancel: &CancellationToken,
) -> Result<(Glance, Option<String>), Failure> {
    let (tell, mut news) = tokio::sync::mpsc::unbounded_channel();
    let sink = ProgressSink::new(move |progress| {
        // The receiver lives as long as the pass.
        let _ = tell.send(progress);
    });
    let watch = Watch::new(cancel.clone(), sink);
    let mut work = tokio::task::spawn_blocking(move || pass(feed, &asked, letter, &watch));
    let broke = |_| Failure::new(FailureKind::Other, "reading the logs broke off");
    let seen = loop {
        tokio::select! {
            biased;
            ended = &mut work => break ended.map_err(broke)?,
            Some(progress) = news.recv() => {
                if let Progress::Work { doing, .. } = progress {
                    console.progress(&doing);
                }
            }
        }
    };
    if cancel.is_cancelled() {
        return Err(Failure::new(FailureKind::Interrupted, "interrupted; nothing was recorded"));
    }
    seen.map_err(|error| {
        Failure::new(FailureKind::Other, "the logs can not be read").because(&error)
    })
}

fn pass(
    mut feed: Feed,
    asked: &Asked,
    letter: bool,
    watch: &Watch,
) -> std::io::Result<(Glance, Option<String>)> {
    let glance = Glance::take(&mut feed, asked, watch)?;
    let letter = letter.then(|| support(&feed, &glance.picture, watch));
    Ok((glance, letter))
}

/// Records and alerts what is crossed, and says so.
async fn record(
    console: &mut Console,
    workspace: crate::runtime::workspace::Workspace,
    picture: &Picture,
    hurry: &CancellationToken,
) {
    let workspace = Arc::new(Mutex::new(workspace));
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = {
        let told = Arc::clone(&told);
        Arc::new(move |news| told.lock().unwrap_or_else(PoisonError::into_inner).push(news))
    };
    let mut crossings = Crossings::new(&workspace, Face::Command, tell).once();
    crossings.take(picture).await;
    crossings.close(hurry).await;
    let told = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
    for news in told {
        console.tell(follow::says(&news));
    }
}
