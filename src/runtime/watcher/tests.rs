//! The watcher over logs that do what a test tells them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::*;
use crate::runtime::clock::SystemClock;
use crate::week::boards::Frame;
use crate::week::picture::Reading;
use crate::week::{Boards, Span, Words};

/// What only a broken watcher takes.
const BOUND: Duration = Duration::from_secs(20);

/// What the test holds of the logs.
#[derive(Default)]
struct Inside {
    lines: AtomicU64,
    passes: AtomicUsize,
    pictures: AtomicUsize,
    over: AtomicUsize,
}

/// Logs whose lines are numbers; the first pass lasts until it is stopped when `endless`.
struct Told {
    inside: Arc<Inside>,
    changes: Receiver<bool>,
    wake: Sender<bool>,
    endless: bool,
}

impl Logs for Told {
    fn catch_up(&mut self, _now: Timestamp, watch: &Watch) -> io::Result<bool> {
        self.inside.passes.fetch_add(1, Ordering::SeqCst);
        watch.begin("reading", Some(100), "bytes");
        while self.endless && !watch.stopped() {
            watch.advance(1, 1);
            std::thread::yield_now();
        }
        Ok(true)
    }

    fn wait(&mut self, most: Duration) -> bool {
        self.changes.recv_timeout(most).unwrap_or(false)
    }

    fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let wake = self.wake.clone();
        Box::new(move || {
            let _the_watcher_is_over = wake.send(false);
        })
    }

    fn picture(
        &self,
        now: Timestamp,
        window: Window,
        limits: &Limits,
        switched: Option<Timestamp>,
    ) -> Picture {
        self.inside.pictures.fetch_add(1, Ordering::SeqCst);
        let lines = self.inside.lines.load(Ordering::SeqCst);
        let reading = Reading { lines, ..Reading::default() };
        let words = Words::default();
        let frame = Frame { now, window, limits, switched, words: &words, reading: &reading };
        Boards::default().picture(&frame)
    }

    fn quote(&self, spots: &[Spot], _watch: &Watch) -> Vec<Quoted> {
        let quoted = |spot: &Spot| Quoted {
            spot: *spot,
            file: "shop.log".to_owned(),
            line: Some(1),
            text: "{}".to_owned(),
            ids: Vec::new(),
        };
        spots.iter().map(quoted).collect()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.inside.over.store(1, Ordering::SeqCst);
    }
}

struct Watched {
    watcher: Option<Watcher>,
    sight: watch::Receiver<Sight>,
    inside: Arc<Inside>,
    change: Sender<bool>,
}

fn start(endless: bool) -> Watched {
    let (change, changes) = mpsc::channel();
    let inside = Arc::new(Inside::default());
    let logs = Told { inside: Arc::clone(&inside), changes, wake: change.clone(), endless };
    let clock = Arc::new(SystemClock);
    let week = Arc::new(WeekConfig::default());
    let (watcher, sight) = Watcher::over(logs, week, None, Look::default(), clock).unwrap();
    Watched { watcher: Some(watcher), sight, inside, change }
}

impl Watched {
    async fn sees(&mut self, what: impl Fn(&Sight) -> bool) -> Sight {
        let seen = self.sight.wait_for(|sight| what(sight));
        tokio::time::timeout(BOUND, seen).await.unwrap().unwrap().clone()
    }

    async fn lines(&mut self, lines: u64) {
        self.sees(|it| it.picture.as_ref().is_some_and(|it| it.reading.lines == lines)).await;
    }
}

#[tokio::test]
async fn what_is_written_is_seen_and_the_newest_always_arrives() {
    let mut watched = start(false);
    watched.lines(0).await;
    for lines in 1..=2_000 {
        watched.inside.lines.store(lines, Ordering::SeqCst);
        watched.change.send(true).unwrap();
    }
    watched.lines(2_000).await;
    let passes = watched.inside.passes.load(Ordering::SeqCst);
    assert!(passes < 100, "{passes} passes for a flood of changes");
}

#[tokio::test]
async fn another_time_range_is_seen_without_reading_anything_again() {
    let mut watched = start(false);
    watched.lines(0).await;
    let passes = watched.inside.passes.load(Ordering::SeqCst);
    let until = Timestamp::parse("2026-11-25T14:20:00Z").unwrap();
    let watcher = watched.watcher.as_ref().unwrap();
    watcher.look(Look { span: Span::Hour, until: Some(until) });
    let wanted = Window::until(until, Span::Hour);
    watched.sees(|it| it.picture.as_ref().is_some_and(|it| it.window == wanted)).await;
    assert_eq!(watched.inside.passes.load(Ordering::SeqCst), passes);
}

#[tokio::test]
async fn a_quiet_log_is_not_drawn_again_and_again() {
    let mut watched = start(false);
    watched.lines(0).await;
    let spots = [Spot { file: 0, offset: 7 }];
    for _ in 0..5 {
        let quoted = watched.watcher.as_ref().unwrap().quote(spots.to_vec()).await.unwrap();
        assert_eq!(quoted.first().map(|it| it.spot), spots.first().copied());
    }
    assert_eq!(watched.inside.pictures.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn whoever_leaves_in_the_middle_of_a_full_pass_ends_it() {
    let mut watched = start(true);
    watched.sees(|sight| sight.pass.is_some() && sight.picture.is_none()).await;
    watched.watcher = None;
    let over = async {
        while watched.inside.over.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, over).await.unwrap();
    assert!(watched.sight.borrow().picture.is_none(), "half a pass is no picture");
}
