//! Carries the news of running checks to the event loop.
//!
//! A check must never wait for the screen, so it hands its news to a queue without a bound; the
//! queue stays short because of repeated "so many of so many" only the latest is kept. What began,
//! what a probe found and what ended is never dropped, and stays in order.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::app::msg::Msg;
use crate::checks::Progress;

/// Forwards until every sender is gone or the loop is over.
pub async fn forward(mut from: mpsc::UnboundedReceiver<Msg>, to: mpsc::Sender<Msg>) {
    let mut waiting = VecDeque::new();
    let mut open = true;
    while open || !waiting.is_empty() {
        tokio::select! {
            news = from.recv(), if open => match news {
                Some(news) => push(&mut waiting, news),
                None => open = false,
            },
            place = to.reserve(), if !waiting.is_empty() => match (place, waiting.pop_front()) {
                (Ok(place), Some(news)) => place.send(news),
                _ => return,
            },
        }
    }
}

/// Adds news; a measure of work takes the place of an older one of the same check.
fn push(waiting: &mut VecDeque<Msg>, news: Msg) {
    if let Some((run, check)) = measured(&news)
        && let Some(older) =
            waiting.iter_mut().rev().find(|older| measured(older) == Some((run, check)))
    {
        *older = news;
        return;
    }
    waiting.push_back(news);
}

fn measured(
    news: &Msg,
) -> Option<(&crate::launch::event::RunId, &crate::runbook::model::CheckName)> {
    match news {
        Msg::Progress { run, check, progress: Progress::Work { .. } } => Some((run, check)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::launch::event::RunId;

    fn progress(progress: Progress) -> Msg {
        Msg::Progress { run: RunId("r".into()), check: "c".into(), progress }
    }

    fn work(done: u64) -> Msg {
        progress(Progress::Work { doing: "reading".into(), done, of: None, unit: "files" })
    }

    fn probe(name: &str) -> Msg {
        progress(Progress::Probe {
            name: name.into(),
            says: "refused".into(),
            good: Some(true),
            took: Duration::ZERO,
        })
    }

    #[tokio::test]
    async fn a_flood_of_work_is_one_message_and_no_probe_is_lost() {
        let (send, from) = mpsc::unbounded_channel();
        let (to, mut received) = mpsc::channel(1);
        send.send(probe("first")).unwrap();
        for done in 0..100_000 {
            send.send(work(done)).unwrap();
        }
        send.send(probe("last")).unwrap();
        drop(send);
        let forwarding = tokio::spawn(forward(from, to));
        let mut all = Vec::new();
        while let Some(msg) = received.recv().await {
            all.push(msg);
            tokio::task::yield_now().await;
        }
        forwarding.await.unwrap();
        assert_eq!(all.iter().filter(|msg| **msg == probe("first")).count(), 1);
        assert_eq!(all.last(), Some(&probe("last")));
        assert!(all.contains(&work(99_999)), "the latest measure arrives");
        assert!(all.len() < 50_000, "older measures are left out, {} came", all.len());
    }
}
