//! A client that sends one byte a second, and whether others are served meanwhile.
//!
//! The rules it keeps: one connection, unsigned; the question whether it holds up others is asked
//! first, with the host reserved, and answered within seconds, so that a handler that can be held
//! up is not held up for other checks. Afterwards the slow one goes on beside them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use crate::checks::webhook::case::Case;
use crate::checks::webhook::odd_events::junk;
use crate::checks::webhook::sender::{Came, Kind, Sender, Stop, Wish};
use crate::checks::webhook::wire::reserved::{Reserved, Trickle};
use crate::checks::webhook::wire::{Guard, NoAnswer};
use crate::checks::{Finding, Level};
use crate::time::{Timestamp, spoken};

static SLOW: Kind =
    Kind::unsigned("slow", "POST without a signature, one byte a second, at most 15 seconds")
        .wishing(Wish::Any);
static BESIDE: Kind = Kind::unsigned("beside-slow", "POST without a signature, meanwhile");
static AFTER: Kind = Kind::unsigned(
    "after-slow",
    "POST without a signature, at least twice, once the slow client has hung up",
);

/// Everything that may be sent, in order.
pub(super) static KINDS: [&Kind; 3] = [&SLOW, &BESIDE, &AFTER];

/// What became of a request beside the slow one.
enum Beside {
    /// It was answered.
    Served,
    /// It got something else than an answer.
    Unanswered(Came),
    /// There was no answer in time; this came once the slow one had been ended.
    HeldUp(Came),
}

/// The slow client.
pub(super) struct Slow<'a> {
    pub sender: &'a Sender<'a>,
    pub trickle: Trickle,
    pub now: Timestamp,
    /// How long the handler usually takes to refuse.
    pub usual: Duration,
    pub case: &'a mut Case,
}

impl Slow<'_> {
    /// Sends; tells `stalled` when others may go on.
    pub async fn send(mut self, stalled: oneshot::Sender<()>) -> Result<(), Stop> {
        let wire = &self.sender.site().wire;
        let slow = wire.slow().await?;
        let alone = wire.reserve().await?;
        let (begun, cut) = (Arc::new(Notify::new()), Notify::new());
        let request = self.sender.request(&junk::ordinary(&SLOW, self.now));
        let trickling =
            slow.send(self.sender.address(), &request, Guard::Open, self.trickle, &begun);
        let trickling = async {
            let sent = tokio::select! {
                sent = trickling => Some(sent),
                () = cut.notified() => None,
            };
            begun.notify_one();
            sent
        };
        let beside = async {
            begun.notified().await;
            let beside = self.ask_beside(&alone, &cut).await;
            drop(alone);
            let _nobody_waits = stalled.send(());
            beside
        };
        let (sent, beside) = tokio::join!(trickling, beside);
        match beside? {
            Beside::Served => {}
            Beside::Unanswered(came) => {
                self.case.open(format!("Beside a slow request, another got {}.", came.says()));
            }
            Beside::HeldUp(after) => {
                self.judge_held_up(&after);
                return Ok(());
            }
        }
        let Some(sent) = sent else { return Ok(()) };
        if matches!(sent.answer, Err(NoAnswer::Cancelled)) {
            return Err(Stop::Cancelled);
        }
        let came = Came { kind: &SLOW, answer: sent.answer, took: sent.took };
        self.sender.keep(&came);
        self.judge(&came);
        // Where the handler ended it, there was nobody to hang up on.
        let hung_up = matches!(came.answer, Err(NoAnswer::Timeout(_)));
        if hung_up { self.hang_up().await } else { Ok(()) }
    }

    /// Whether the handler has outlived the client that hung up in the middle of a body: two answers
    /// in a row say that it has, two requests in a row without one that it has not.
    async fn hang_up(self) -> Result<(), Stop> {
        let mut lost = None;
        let mut before: Option<bool> = None;
        let stopped = loop {
            let after = self.sender.send(None, &junk::ordinary(&AFTER, self.now)).await?;
            let answered = after.answer.is_ok();
            if !answered {
                lost = Some(after);
            }
            if before == Some(answered) {
                break !answered;
            }
            before = Some(answered);
        };
        let Some(after) = lost else { return Ok(()) };
        let (level, what) = if stopped {
            (Level::Blocking, "nobody answers any more")
        } else {
            (Level::Advisory, "a request got no answer")
        };
        let message = format!(
            "After a client hung up in the middle of a body, {what} ({}): the handler has stopped. A \
             bad line is enough for that.",
            after.says()
        );
        let finding = Finding::new(level, message).at(after.place()).hint(
            "Reading the body fails when the client hangs up: catch that error where the body is \
             read.",
        );
        self.case.found("stopped-by-hang-up", finding);
        Ok(())
    }

    /// Asks for an ordinary answer while the slow one is under way. When there is none in time, ends
    /// the slow one and asks once more.
    async fn ask_beside(&self, alone: &Reserved<'_>, cut: &Notify) -> Result<Beside, Stop> {
        let limit = self.sender.site().wire.limits().near;
        let post = junk::ordinary(&BESIDE, self.now);
        let asked = tokio::time::timeout(limit, self.sender.ask(Some(alone), &post)).await;
        if let Ok(came) = asked {
            let came = came?;
            self.sender.keep(&came);
            let served = came.answer.is_ok();
            return Ok(if served { Beside::Served } else { Beside::Unanswered(came) });
        }
        let answer = Err(NoAnswer::Timeout(limit));
        self.sender.keep(&Came { kind: &BESIDE, answer, took: limit });
        cut.notify_one();
        let post = junk::ordinary(&AFTER, self.now);
        self.sender.send(Some(alone), &post).await.map(Beside::HeldUp)
    }

    /// The slow one was ended because nobody else had an answer.
    fn judge_held_up(self, after: &Came) {
        let limit = self.sender.site().wire.limits().near;
        let at_once = after.answer.is_ok() && after.took < limit;
        if !at_once || self.usual >= limit / 2 {
            self.case.open(format!(
                "A request got no answer within {} while a slow one was under way; whether that one \
                 was the reason could not be found out.",
                spoken(limit)
            ));
            return;
        }
        let message = format!(
            "One slow client holds up everybody: while its body trickled in, another request had no \
             answer within {}; once it was gone, that took {}. Anyone can keep MintCash's events out \
             with a single connection.",
            spoken(limit),
            spoken(after.took)
        );
        let finding = Finding::new(Level::Blocking, message)
            .at(format!("{}: no answer", BESIDE.what))
            .hint(
                "Serve requests side by side (workers, threads, an event loop), or let a proxy that \
                 reads whole bodies first, such as nginx, stand before the handler.",
            );
        self.case.found("slow-client-blocks", finding);
    }

    fn judge(&mut self, came: &Came) {
        if came.is_accepted() {
            let message = "A slow request without a signature is accepted. webhook-signature says \
                           more.";
            let finding = Finding::new(Level::Advisory, message).at(came.place());
            self.case.found("junk-accepted", finding);
        } else if came.is_crash() && came.status().is_some() {
            let message = format!("A slow request makes the handler fall over ({}).", came.says());
            let finding = Finding::new(Level::Advisory, message)
                .at(came.place())
                .hint("Answer 408, or close the connection, when a body does not come.");
            self.case.found("crash-on-slow-body", finding);
        } else if let Err(NoAnswer::Timeout(after)) = &came.answer {
            let message = format!(
                "After {} the handler still waited for a body that came byte by byte. Nobody was \
                 held up by it.",
                spoken(*after)
            );
            let finding = Finding::new(Level::Info, message).at(came.place()).hint(
                "Many such connections can use up what the server has. Limit how long a body may \
                 take, in the proxy or the server.",
            );
            self.case.found("slow-body-waits", finding);
        } else if let Err(nothing) = &came.answer
            && !came.is_crash()
        {
            self.case.open(format!("A slow request could not be sent: {}.", nothing.says()));
        }
    }
}
