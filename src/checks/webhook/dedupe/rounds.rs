//! Sends the copies, round by round, and says what their answers and effects mean.
//!
//! The rules it keeps: a copy counts as refused only when another one was accepted, and never for a
//! rate limit, a gateway's shortage or a connection without an answer, which say nothing about
//! copies; a count of effects says
//! something only when the first copy has moved it; the first round that fails is the last one.

use serde_json::{Value, json};

use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::sender::{Came, Kind, Post, Sender, Stop, Wish, tally};
use crate::checks::webhook::watch::{COUNT_EVENTS, Watch};
use crate::checks::webhook::wire::NoAnswer;
use crate::checks::webhook::wire::reserved::Reserved;
use crate::checks::{Finding, Level};
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::secrets::Secret;
use crate::time::{Timestamp, spoken};

static FIRST: Kind = Kind::signed("first-copy", "correctly signed payment.created of amount 0");
static SECOND: Kind = Kind::signed("second-copy", "the same event again");
static THIRD: Kind =
    Kind::signed("third-copy", "the same event once more, if effect_count moved after the second");
static OTHER: Kind =
    Kind::signed("other-event", "payment.pending of the same payment, an event of its own")
        .wishing(Wish::Any);
static FIVE: Kind = Kind::signed("five-at-once", "five copies of a fresh event at once");
static FIVE_AGAIN: Kind =
    Kind::signed("five-again", "the fresh event once more, if one of five copies was refused");
static FIFTY: Kind = Kind::signed("fifty-at-once", "fifty copies of a fresh event at once");
static FIFTY_AGAIN: Kind =
    Kind::signed("fifty-again", "the fresh event once more, if one of fifty copies was refused");

/// Everything that may be sent, in order.
pub(super) static KINDS: [&Kind; 8] =
    [&FIRST, &SECOND, &THIRD, &OTHER, &FIVE, &FIVE_AGAIN, &FIFTY, &FIFTY_AGAIN];

/// What the rounds work with.
pub(super) struct Rounds<'a> {
    pub sender: &'a Sender<'a>,
    pub secret: &'a Secret,
    pub alone: &'a Reserved<'a>,
    pub watch: Option<Watch>,
    pub now: Timestamp,
    pub case: &'a mut Case,
}

/// Copies that race each other.
struct Race {
    kind: &'static Kind,
    again: &'static Kind,
    copies: usize,
    words: &'static str,
}

impl Rounds<'_> {
    /// Sends all rounds, as far as it makes sense.
    pub async fn all(&mut self) -> Result<(), Stop> {
        let payment = Envelope::inert(InertEvent::PaymentCreated, Environment::Live, self.now);
        let Some(unit) = self.in_turn(&payment).await? else { return Ok(()) };
        self.other_event(&payment, unit).await?;
        let five = Race { kind: &FIVE, again: &FIVE_AGAIN, copies: 5, words: "Five" };
        let fifty = Race { kind: &FIFTY, again: &FIFTY_AGAIN, copies: 50, words: "Fifty" };
        for race in [five, fifty] {
            if self.case.has_failed() {
                return Ok(());
            }
            self.at_once(&race, unit).await?;
        }
        if self.watch.is_none() {
            self.case.open(
                "Every copy of an event was answered with 2xx. Whether the copies had one effect \
                 cannot be seen from outside.",
            );
        }
        self.case.passed(
            "The same event had one effect: sent again, five times at once and fifty times at once.",
        );
        Ok(())
    }

    /// One copy after the other. Says by how much one event moves the count (0 when that can not
    /// be seen), or nothing when the rounds end here.
    async fn in_turn(&mut self, payment: &Envelope) -> Result<Option<u64>, Stop> {
        let first = self.send(&FIRST, payment).await?;
        if !first.is_accepted() {
            self.case.open(format!(
                "A correctly signed event was not accepted (it was {}), so that nothing can be \
                 said of copies. webhook-signature says why.",
                first.says()
            ));
            return Ok(None);
        }
        let unit = self.moved(1).await?;
        self.judge_unit(unit);
        let unit = unit.unwrap_or(0);
        let second = self.send(&SECOND, payment).await?;
        let moved = self.moved(0).await?;
        self.note("one after the other", &[&first, &second], moved.map(|moved| moved + unit));
        self.judge_second(&first, &second);
        if let Some(moved @ 1..) = moved {
            // A movement that comes once can be anybody's.
            self.send(&THIRD, payment).await?;
            if self.moved(0).await? == Some(0) {
                self.case.open(format!(
                    "effect_count moved by {moved} after the second copy of an event, but not after \
                     a third: something else may have moved it. Verify again while no other events \
                     come in."
                ));
                return Ok(None);
            }
            let message = format!(
                "The same event had its effect twice: the second copy moved effect_count by \
                 {moved}. MintCash delivers at least once, so a payment would ship or be credited \
                 twice."
            );
            let finding = Finding::new(Level::Blocking, message).at(second.place()).hint(
                "Store eventId under a unique index in the same transaction as the effect. When it \
                 is there already, answer 2xx and do nothing.",
            );
            self.case.found("effect-twice", finding);
        }
        Ok((!self.case.has_failed()).then_some(unit))
    }

    /// Whether the count can be built on.
    fn judge_unit(&mut self, unit: Option<u64>) {
        match unit {
            None | Some(1) => {}
            Some(0) => {
                let message = "An accepted event did not move effect_count, so that effects of \
                               copies would not be seen.";
                self.case.open(message);
                self.case.remark(Finding::new(Level::Info, message).hint(COUNT_EVENTS));
            }
            Some(more) => {
                let message = format!(
                    "One event moved effect_count by {more}, so that it cannot be told from two."
                );
                self.case.open(message.clone());
                self.case.remark(
                    Finding::new(Level::Info, message)
                        .hint("Let effect_count count one for each event that the handler takes."),
                );
            }
        }
    }

    fn judge_second(&mut self, first: &Came, second: &Came) {
        let limit = self.sender.site().wire.limits().provider;
        let timed_out = matches!(second.answer, Err(NoAnswer::Timeout(_)));
        if (timed_out || second.took >= limit) && first.took < limit {
            let message = format!(
                "The second copy of an event is answered too late ({}, the first one took {}). \
                 MintCash stops waiting at {} and sends it again for a day.",
                if timed_out { second.says() } else { spoken(second.took) },
                spoken(first.took),
                spoken(limit)
            );
            let finding = Finding::new(Level::Blocking, message)
                .at(second.place())
                .hint("Look eventId up before anything else, and answer at once when it is there.");
            self.case.found("duplicate-slow", finding);
        } else if second.is_turned_away() || second.is_gone() {
            self.case.open(format!(
                "The second copy did not get through ({}), which says nothing about copies.",
                second.says()
            ));
        } else if !second.is_accepted() {
            self.case.found("duplicate-refused", refused(second));
        }
    }

    /// Another event of the same payment is no copy.
    async fn other_event(&mut self, payment: &Envelope, unit: u64) -> Result<(), Stop> {
        let fresh = Envelope::inert(InertEvent::PaymentCreated, Environment::Live, self.now);
        let mut other = Envelope { event_id: fresh.event_id, ..payment.clone() };
        other.event = "payment.pending".into();
        other.data.status = "pending".into();
        let came = self.send(&OTHER, &other).await?;
        let moved = self.moved(unit).await?;
        self.note("another event of the same payment", &[&came], moved);
        let lost = match moved {
            _ if came.is_turned_away() || came.is_gone() => return Ok(()),
            _ if !came.is_accepted() => format!("was not accepted (it was {})", came.says()),
            Some(0) if unit > 0 => "had no effect".to_owned(),
            _ => return Ok(()),
        };
        let message = format!(
            "A second event of the same payment {lost}. If the handler recognises copies by the \
             payment instead of by eventId, everything after the first event of a payment is lost."
        );
        self.case.open(format!(
            "A second event of the same payment {lost}; whether the handler tells it from a copy \
             is not known."
        ));
        let finding = Finding::new(Level::Advisory, message).at(came.place()).hint(
            "Recognise copies by eventId alone. If the handler takes payment.pending for nothing to \
             act on, that is right: say so when you sign.",
        );
        self.case.found("same-payment", finding);
        Ok(())
    }

    /// Copies that race each other.
    async fn at_once(&mut self, race: &Race, unit: u64) -> Result<(), Stop> {
        let event = Envelope::inert(InertEvent::PaymentCreated, Environment::Live, self.now);
        let post = self.post(race.kind, &event);
        let came = self.sender.race(self.alone, &vec![post; race.copies]).await?;
        self.sender.keep_many(race.kind, &came, &tally(&came));
        let moved = self.moved(unit).await?;
        self.note(race.words, &came.iter().collect::<Vec<_>>(), moved);
        self.judge_effects(race, &came, unit, moved);
        let accepted = came.iter().filter(|came| came.is_accepted()).count();
        let turned_away = came.iter().filter(|came| came.is_turned_away()).count();
        let handled = came.iter().filter(|came| came.answer.is_ok()).count() - turned_away;
        if accepted == 0 || handled < 2 {
            self.case.open(format!(
                "{} copies of one event at once: {}. That is too little to tell what copies do to \
                 each other.",
                race.words,
                tally(&came)
            ));
        }
        if turned_away > 0 {
            self.case.found("turned-away", turned_away_finding(race, &came, turned_away));
        }
        if accepted + turned_away < came.len() {
            self.once_more(race, &event, &came).await?;
        }
        Ok(())
    }

    fn judge_effects(&mut self, race: &Race, came: &[Came], unit: u64, moved: Option<u64>) {
        let Some(moved) = moved.filter(|_| unit > 0) else { return };
        let place = format!("{} → {}", race.kind.what, tally(came));
        if moved > unit {
            let message = format!(
                "{} copies of one event at once moved effect_count by {moved} in place of {unit}. \
                 Copies that arrive together both find nothing and both act.",
                race.words
            );
            let finding = Finding::new(Level::Blocking, message).at(place).hint(
                "A look-up before the insert is not enough: only a unique index on eventId, in the \
                 same transaction as the effect, decides.",
            );
            self.case.found("race", finding);
        } else if moved < unit {
            let message = format!("{} copies of one event at once had no effect.", race.words);
            self.case.open(message.clone());
            let finding = Finding::new(Level::Advisory, message).at(place).hint(
                "Look into the handler's log: each copy may have waited for another to act. An event \
                 that is answered with 2xx and had no effect is lost.",
            );
            self.case.found("no-effect", finding);
        }
    }

    /// Sends an event again of which copies at once were refused, as MintCash would.
    async fn once_more(
        &mut self,
        race: &Race,
        event: &Envelope,
        before: &[Came],
    ) -> Result<(), Stop> {
        let came = self.send(race.again, event).await?;
        if came.is_turned_away() || came.is_gone() {
            self.case
                .open(format!("An event sent once more did not get through ({}).", came.says()));
        } else if came.is_accepted() {
            // No answer at all is a want of room; an answer is what the handler makes of a copy.
            let answered = |copy: &&Came| copy.answer.is_ok() && !copy.is_turned_away();
            let refused = before.iter().filter(answered).any(|copy| !copy.is_accepted());
            let level = if refused { Level::Blocking } else { Level::Advisory };
            let message = format!(
                "{} copies of one event at once were not all answered with 2xx ({}). MintCash counts \
                 each such answer as a failed delivery and sends the event again. Sent once more \
                 afterwards, it was accepted.",
                race.words,
                tally(before)
            );
            let finding = Finding::new(level, message).at(came.place()).hint(
                "When the unique index says that eventId is there already, answer 2xx instead of \
                 an error.",
            );
            self.case.found("copies-at-once-refused", finding);
        } else {
            self.case.found("duplicate-refused", refused(&came));
        }
        Ok(())
    }

    fn post(&self, kind: &'static Kind, event: &Envelope) -> Post {
        Post::signed(kind, write(&value(event), COMPACT), self.secret)
    }

    async fn send(&self, kind: &'static Kind, event: &Envelope) -> Result<Came, Stop> {
        self.sender.send(Some(self.alone), &self.post(kind, event)).await
    }

    /// By how much the count has moved; nothing without an observer.
    async fn moved(&mut self, expected: u64) -> Result<Option<u64>, Stop> {
        match &mut self.watch {
            Some(watch) => watch.moved(expected).await.map(Some),
            None => Ok(None),
        }
    }

    fn note(&mut self, round: &str, came: &[&Came], moved: Option<u64>) {
        let copies = came.len();
        let accepted = came.iter().filter(|came| came.is_accepted()).count();
        let name = format!("round: {}", round.to_lowercase());
        let moved = moved.map_or(Value::Null, Value::from);
        self.case
            .evidence(&name, json!({ "sent": copies, "accepted": accepted, "effects": moved }));
    }
}

fn refused(came: &Came) -> Finding {
    let message = format!(
        "A copy of an event that was accepted before is not: it was {}. MintCash counts that as not \
         delivered and sends the event again for a day.",
        came.says()
    );
    Finding::new(Level::Blocking, message)
        .at(came.place())
        .hint("When eventId is there already, answer 2xx and do nothing.")
}

fn turned_away_finding(race: &Race, came: &[Came], turned_away: usize) -> Finding {
    let message = format!(
        "{turned_away} of {} copies at once were turned away. That is no answer about copies: \
         MintCash would send such an event again, the first time after 30 seconds.",
        race.copies
    );
    Finding::new(Level::Advisory, message)
        .at(format!("{} → {}", race.kind.what, tally(came)))
        .hint("If real webhooks can meet this rate limit or shortage, give their path more room.")
}
