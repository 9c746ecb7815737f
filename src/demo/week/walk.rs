//! The weeks as the boards get to know them, as time goes by, without a file in between.
//!
//! Used to walk through many weeks quickly. The rule it keeps: at a moment the boards know what the
//! logs of a live merchant would hold at that moment, and nothing of what comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::demo::week::truth::{Delivery, Event, Failed};
use crate::demo::week::{DAY, Weeks, What};
use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::picture::{Between, Covers, Holds, Reading};
use crate::week::window::Span;
use crate::week::{
    Answer, Attempt, Boards, Hit, Key, Limits, Picture, Side, Spot, Story, Trouble, Window, Words,
};

/// Which logs the merchant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logs {
    /// The log of webhooks says how each was answered.
    pub answers: bool,
    /// There is an access log.
    pub access: bool,
    /// There are logs of the requests and of the application's errors.
    pub errors: bool,
}

impl Logs {
    /// All of them that a merchant needs: webhooks as `golive listen` keeps them, requests, errors.
    pub const ALL: Self = Self { answers: true, access: false, errors: true };
}

/// A walk through weeks.
#[derive(Debug)]
pub struct Walk {
    weeks: Weeks,
    logs: Logs,
    next_day: u32,
    due: BinaryHeap<Reverse<(i64, u64, usize)>>,
    waiting: Vec<Waiting>,
    free: Vec<usize>,
    lines: u64,
    boards: Boards,
    words: Words,
    reading: Reading,
}

#[derive(Debug)]
enum Waiting {
    Nothing,
    Story { whole: Box<Story>, told: usize },
    Trouble(Trouble),
    Hit(Hit),
}

impl Walk {
    /// A walk that stands at the beginning.
    #[must_use]
    pub fn begin(weeks: Weeks, logs: Logs) -> Self {
        let holds = Holds {
            events: true,
            answers: logs.answers || logs.access,
            application: logs.errors,
            requests: logs.errors,
        };
        let oldest = Some(weeks.begins(0));
        Self {
            weeks,
            logs,
            next_day: 0,
            due: BinaryHeap::new(),
            waiting: Vec::new(),
            free: Vec::new(),
            lines: 0,
            boards: Boards::default(),
            words: Words::default(),
            reading: Reading { holds, oldest, ..Reading::default() },
        }
    }

    /// Lets time pass; the boards learn of what happens until then.
    pub fn to(&mut self, now: Timestamp) {
        while self.next_day < self.weeks.plan().days
            && self.weeks.begins(self.next_day).millis() <= now.millis()
        {
            self.take_day();
        }
        while let Some(Reverse((at, _, slot))) = self.due.peek().copied()
            && at <= now.millis()
        {
            self.due.pop();
            self.tell(slot);
            self.reading.newest = Some(Timestamp::from_millis(at));
        }
        let whole = self.reading.newest.zip(self.reading.oldest);
        let whole = whole.map(|(to, from)| Between { from, to });
        let errors = whole.filter(|_| self.logs.errors);
        self.reading.covers = Covers { events: whole, requests: errors, application: errors };
        self.reading.lines = self.lines;
        self.reading.understood = self.lines;
    }

    /// How it stands at this moment.
    #[must_use]
    pub fn picture(&self, now: Timestamp, limits: &Limits, switched: Option<Timestamp>) -> Picture {
        self.boards.picture(&Frame {
            now,
            window: Window::until(now, Span::Day),
            limits,
            switched,
            words: &self.words,
            reading: &self.reading,
        })
    }

    /// The boards, and what is drawn with them.
    #[must_use]
    pub fn parts(&self) -> (&Boards, &Words, &Reading) {
        (&self.boards, &self.words, &self.reading)
    }

    fn take_day(&mut self) {
        let day = self.next_day;
        self.next_day += 1;
        for event in self.weeks.day(day) {
            self.take_event(&event);
        }
        if self.logs.errors {
            for failed in self.weeks.errors(day) {
                self.take_error(&failed);
            }
        }
    }

    fn take_event(&mut self, event: &Event) {
        let seen = event.deliveries.iter().filter(|delivery| delivery.seen);
        let mut attempts: Vec<Attempt> = seen.map(|delivery| self.attempt(delivery)).collect();
        attempts.sort_unstable();
        if self.logs.access {
            for delivery in event.deliveries.iter().filter(|delivery| delivery.seen) {
                let (status, ms) = delivery.answer.unwrap_or((504, 60_000));
                let at = Timestamp::from_millis(self.clock(delivery.at));
                let hit = Hit { at, status, ms: Some(ms), spot: self.spot() };
                self.wait(delivery.at, Waiting::Hit(hit));
            }
        }
        let done = event.deliveries.iter().find(|it| it.answer.is_some_and(|(it, _)| it == 200));
        if let (Some(code), Some(done), true) = (event.code, done, self.logs.errors)
            && event.name == "payment.failed"
        {
            let trouble = Trouble {
                at: Timestamp::from_millis(self.clock(done.at) + 30),
                side: Side::Application,
                code: Some(self.words.word(code)),
                status: None,
                request: None,
                external: Some(key(event.about.external().as_bytes())),
                resource: Some(Key(low(event.about.id))),
                spot: self.spot(),
            };
            self.wait(done.at + 30, Waiting::Trouble(trouble));
        }
        let Some(first) = attempts.first().copied() else { return };
        let seen = event.deliveries.iter().filter(|delivery| delivery.seen);
        let mut order: Vec<i64> = seen.map(|delivery| delivery.at).collect();
        order.sort_unstable();
        let story = Story {
            id: Key(low(event.id)),
            name: self.words.word(event.name),
            created: Some(Timestamp::from_millis(event.created)),
            code: event.code.map(|code| self.words.word(code)),
            resource: Some(Key(low(event.about.id))),
            subscription: event.about.subscription.map(|id| Key(low(id))),
            external: Some(key(event.about.external().as_bytes())),
            card: event.name.starts_with("payment.").then_some(event.card),
            attempts,
            spot: first.spot,
        };
        let slot = self.place(Waiting::Story { whole: Box::new(story), told: 0 });
        for at in order {
            self.due.push(Reverse((at, self.lines, slot)));
        }
    }

    fn take_error(&mut self, failed: &Failed) {
        let code = Some(self.words.word(failed.code));
        let request = Some(Key(low(failed.request)));
        let external = Some(key(failed.about.external().as_bytes()));
        let at = self.clock(failed.at);
        let api = Trouble {
            at: Timestamp::from_millis(at),
            side: Side::Api,
            code,
            status: Some(failed.status),
            request,
            external,
            resource: None,
            spot: self.spot(),
        };
        self.wait(failed.at, Waiting::Trouble(api));
        if failed.logged {
            let own = Trouble {
                at: Timestamp::from_millis(at + 12),
                side: Side::Application,
                request: request.filter(|_| failed.identified),
                external: external.filter(|_| failed.identified),
                spot: self.spot(),
                ..api
            };
            self.wait(failed.at + 12, Waiting::Trouble(own));
        }
    }

    fn attempt(&mut self, delivery: &Delivery) -> Attempt {
        let answer = match delivery.answer {
            _ if !self.logs.answers => Answer::Unsaid,
            Some((status, ms)) => Answer::Status { status, ms: Some(ms) },
            None => Answer::Nothing,
        };
        let at = Timestamp::from_millis(self.clock(delivery.at));
        Attempt { at, answer, spot: self.spot() }
    }

    /// What the merchant's clock shows.
    fn clock(&self, at: i64) -> i64 {
        let off = self.weeks.plan().at(at).filter_map(|what| match what {
            What::Clock(off) => Some(*off),
            _ => None,
        });
        at + off.sum::<i64>()
    }

    fn spot(&mut self) -> Spot {
        self.lines += 1;
        Spot { file: 0, offset: self.lines * 100 }
    }

    fn place(&mut self, waiting: Waiting) -> usize {
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.waiting.get_mut(slot) {
                    *place = waiting;
                }
                slot
            }
            None => {
                self.waiting.push(waiting);
                self.waiting.len() - 1
            }
        }
    }

    fn wait(&mut self, at: i64, waiting: Waiting) {
        let slot = self.place(waiting);
        self.due.push(Reverse((at, self.lines, slot)));
    }

    fn tell(&mut self, slot: usize) {
        let Some(place) = self.waiting.get_mut(slot) else { return };
        match place {
            Waiting::Nothing => return,
            Waiting::Hit(hit) => self.boards.hit(hit),
            Waiting::Trouble(trouble) => self.boards.trouble(trouble),
            Waiting::Story { whole, told } => {
                if *told > 0 {
                    self.boards.remove(&first(whole, *told), &self.words);
                }
                *told += 1;
                if *told < whole.attempts.len() {
                    self.boards.add(&first(whole, *told), &self.words);
                    return;
                }
                self.boards.add(whole, &self.words);
            }
        }
        *place = Waiting::Nothing;
        self.free.push(slot);
    }
}

/// A story as it was when so many deliveries had come.
fn first(whole: &Story, told: usize) -> Story {
    let attempts = whole.attempts.iter().take(told).copied().collect();
    Story { attempts, ..whole.clone() }
}

fn low(id: u128) -> u64 {
    u64::try_from(id & u128::from(u64::MAX)).unwrap_or(0)
}

fn key(text: &[u8]) -> Key {
    use std::hash::Hasher as _;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text);
    Key(hasher.finish())
}

/// Moments from one to another, so far apart.
pub fn moments(from: Timestamp, to: Timestamp, step: i64) -> impl Iterator<Item = Timestamp> {
    let count = (to.millis() - from.millis()).max(0) / step.clamp(1, DAY);
    (1..=count).map(move |number| Timestamp::from_millis(from.millis() + number * step))
}
