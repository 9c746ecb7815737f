//! Sends each event twice, once as live and once as of the sandbox, and says what the difference
//! means.
//!
//! The rules it keeps: without the live twin accepted, a refusal says nothing; a 2xx to the sandbox
//! event fails the check only when the count of effects shows that it was acted on, and passes only
//! when the same count has moved by the live twin.

use subtle::ConstantTimeEq as _;

use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::sender::{Came, Kind, Post, Sender, Stop, Wish};
use crate::checks::webhook::watch::{COUNT_EVENTS, Watch};
use crate::checks::webhook::wire::reserved::Reserved;
use crate::checks::{Finding, Level};
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::mintcash::signature;
use crate::secrets::Secret;
use crate::time::Timestamp;

static LIVE_UNKNOWN: Kind =
    Kind::signed("live-unknown-type", "correctly signed live event of an unknown type");
static TEST_UNKNOWN: Kind =
    Kind::signed("test-unknown-type", "the same kind of event of the sandbox").wishing(Wish::Any);
static LIVE_CREATED: Kind =
    Kind::signed("live-created", "correctly signed live payment.created of amount 0");
static TEST_CREATED: Kind =
    Kind::signed("test-created", "correctly signed payment.created of the sandbox")
        .wishing(Wish::Any);
static TEST_SECRET: Kind = Kind::signed(
    "test-secret",
    "payment.created of the sandbox, signed with the test webhook secret",
)
.wishing(Wish::Refused);

static TEST_AGAIN: Kind =
    Kind::signed("test-again", "the sandbox event once more, if effect_count moved after it")
        .wishing(Wish::Any);
static NOBODYS_SECRET: Kind = Kind::unsigned(
    "nobodys-secret",
    "the same, signed with a made-up secret, if the one with the test secret was accepted",
);

/// Everything that may be sent, in order.
pub(super) fn kinds(test_secret: bool) -> Vec<&'static Kind> {
    let mut kinds: Vec<&'static Kind> =
        vec![&LIVE_UNKNOWN, &TEST_UNKNOWN, &LIVE_CREATED, &TEST_CREATED];
    kinds.extend([&TEST_SECRET, &NOBODYS_SECRET].into_iter().filter(|_| test_secret));
    kinds.push(&TEST_AGAIN);
    kinds
}

/// What the pairs are sent with.
pub(super) struct Pairs<'a> {
    pub sender: &'a Sender<'a>,
    pub secret: &'a Secret,
    pub alone: &'a Reserved<'a>,
    pub watch: Option<Watch>,
    pub now: Timestamp,
    pub case: &'a mut Case,
}

/// A live event and its twin of the sandbox.
struct Pair {
    event: InertEvent,
    live: Came,
    test: Came,
    /// By how much each has moved the count, where that can be seen.
    effects: Option<(u64, u64)>,
}

impl Pairs<'_> {
    /// Sends everything and judges it.
    pub async fn all(&mut self) -> Result<(), Stop> {
        let unknown = self.unknown().await?;
        let created = self.created().await?;
        let telling = [&created, &unknown].into_iter().find(|pair| pair.live.is_accepted());
        let Some(telling) = telling else {
            self.case.open(format!(
                "A correctly signed live event was not accepted (it was {}), so that a refusal of \
                 sandbox events says nothing. webhook-signature says why.",
                created.live.says()
            ));
            return Ok(());
        };
        self.judge(telling).await?;
        // A handler that ignores unknown types may do so before it looks at the environment.
        if unknown.effects.is_some_and(|(_, by_test)| by_test > 0) {
            self.judge(&unknown).await?;
        }
        Ok(())
    }

    /// The pair of an unknown type, counted together: the live one can have had one effect, what is
    /// more than that the other one had.
    async fn unknown(&mut self) -> Result<Pair, Stop> {
        let event = InertEvent::Unknown;
        let live = self.send(&LIVE_UNKNOWN, event, Environment::Live, self.secret).await?;
        let test = self.send(&TEST_UNKNOWN, event, Environment::Test, self.secret).await?;
        let may = u64::from(live.is_accepted());
        let moved = self.moved(0).await?;
        let effects = moved.map(|moved| (moved.min(may), moved.saturating_sub(may)));
        Ok(Pair { event, live, test, effects })
    }

    /// The pair of payment.created, each counted by itself, and with its second half the event that
    /// is signed with the sandbox's secret: neither may have an effect.
    async fn created(&mut self) -> Result<Pair, Stop> {
        let event = InertEvent::PaymentCreated;
        let live = self.send(&LIVE_CREATED, event, Environment::Live, self.secret).await?;
        let by_live = self.moved(u64::from(live.is_accepted())).await?;
        let test = self.send(&TEST_CREATED, event, Environment::Test, self.secret).await?;
        self.test_secret(&test).await?;
        let by_test = self.moved(0).await?;
        Ok(Pair { event, live, test, effects: by_live.zip(by_test) })
    }

    async fn judge(&mut self, pair: &Pair) -> Result<(), Stop> {
        let test = &pair.test;
        match pair.effects {
            Some((_, by_test @ 1..)) if !self.moves_again(pair.event).await? => {
                self.case.open(format!(
                    "effect_count moved by {by_test} after a sandbox event that was {}, but not when \
                     one was sent again: something else may have moved it. Verify again while no \
                     other events come in.",
                    test.says()
                ));
            }
            Some((_, by_test @ 1..)) => {
                let what = match by_test {
                    1 => "A correctly signed event of the sandbox had an effect: it moved",
                    _ => "Events of the sandbox had an effect: they moved",
                };
                let message = format!(
                    "{what} effect_count by {by_test}. A test payment is taken for a real one."
                );
                self.case.found("acts-on-test", blocking(message, test));
            }
            _ if test.is_refused() => self.refused(test),
            _ if test.is_turned_away() => self.case.open(format!(
                "The sandbox event was turned away (it was {}), which may be another answer next \
                 time.",
                test.says()
            )),
            Some((1.., 0)) if test.is_accepted() => {
                self.case.passed("A sandbox event is answered with 2xx and has no effect.");
                let message = "A sandbox event is answered with 2xx and ignored: a live twin moved \
                               effect_count, it did not.";
                self.case
                    .found("test-ignored", Finding::new(Level::Info, message).at(test.place()));
            }
            effects if test.is_accepted() => self.unseen(test, effects.is_some()),
            effects => self.fell_over(test, matches!(effects, Some((1.., 0)))),
        }
        Ok(())
    }

    /// Whether another sandbox event moves the count too: a movement that comes once can be anybody's.
    async fn moves_again(&mut self, event: InertEvent) -> Result<bool, Stop> {
        self.send(&TEST_AGAIN, event, Environment::Test, self.secret).await?;
        Ok(self.moved(0).await?.is_some_and(|moved| moved > 0))
    }

    fn refused(&mut self, test: &Came) {
        self.case.passed(format!(
            "Sandbox events are {}, the same events as live ones are accepted.",
            test.says()
        ));
        let message = "The sandbox event is refused, as MintCash's documentation shows. MintCash \
                       repeats a refused event for up to a day; that does no harm.";
        self.case.found("test-refused", Finding::new(Level::Info, message).at(test.place()));
    }

    /// 2xx, and nobody can see what was done.
    fn unseen(&mut self, test: &Came, has_observer: bool) {
        self.case.open(
            "A correctly signed sandbox event got a 2xx. Whether the handler acted on it or \
             ignored it cannot be seen from outside.",
        );
        let message = "A correctly signed event of the sandbox got a 2xx, like a live one. Either \
                       the handler ignores it, which is right, or it takes a test payment for a real \
                       one.";
        let hint = if has_observer {
            COUNT_EVENTS
        } else {
            "Read the handler: `environment` must be compared with \"live\" before anything is \
             done. Or answer 400 to sandbox events, or set effect_count, and verify again."
        };
        let finding = Finding::new(Level::Advisory, message).at(test.place()).hint(hint);
        self.case.found("test-accepted", finding);
    }

    /// Neither accepted nor refused.
    fn fell_over(&mut self, test: &Came, seen_still: bool) {
        let message = format!(
            "The handler falls over on a sandbox event ({}), while it accepts the same event as a \
             live one.",
            test.says()
        );
        if seen_still {
            self.case.passed("A sandbox event is not accepted and has no effect.");
        } else {
            self.case.open(format!(
                "The handler falls over on a sandbox event ({}); whether it acted before cannot be \
                 seen.",
                test.says()
            ));
        }
        let finding = Finding::new(Level::Advisory, message)
            .at(test.place())
            .hint("Refuse it with 400 on purpose: an error of the server looks like an outage.");
        self.case.found("test-crash", finding);
    }

    /// A sandbox event as the sandbox signs it: production must not know that secret.
    /// The twin is the same event, signed with the live secret.
    async fn test_secret(&mut self, twin: &Came) -> Result<(), Stop> {
        let secrets = &self.sender.site().secrets;
        let Some(secret) = &secrets.test else {
            match &secrets.test_missing {
                Some(why) => self.case.open(why.clone()),
                None => self.case.remark(
                    Finding::new(
                        Level::Info,
                        "No test_webhook_secret is set, so it was not tried whether production \
                         accepts what is signed with it.",
                    )
                    .hint("Set inputs.test_webhook_secret in golive.yaml to a reference to it."),
                ),
            }
            return Ok(());
        };
        if is_same(secret, self.secret) {
            let message = "webhook_secret and test_webhook_secret are the same. Whether MintCash \
                           gives each environment one of its own is not documented.";
            let finding = Finding::new(Level::Info, message).hint(
                "Ask your account manager whether live has a signing secret of its own, and make \
                 sure that one of the two was not pasted twice.",
            );
            self.case.found("same-secret", finding);
            return Ok(());
        }
        let event = InertEvent::PaymentCreated;
        let came = self.send(&TEST_SECRET, event, Environment::Test, secret).await?;
        if came.is_accepted() && self.accepts_nobodys_secret().await? {
            self.case.open(
                "An event signed with a made-up secret is accepted, like one signed with the test \
                 secret, so that the latter says nothing. webhook-signature says what that means.",
            );
        } else if came.is_accepted() {
            let message = "An event signed with the sandbox's secret is accepted in production. Who \
                           has the test secret can send events that count.";
            let finding = Finding::new(Level::Blocking, message).at(came.place()).hint(
                "Where webhook-signature finds that forged events are accepted, that is the reason. \
                 Otherwise production must verify with the live secret alone: look for a list of \
                 secrets, or a fallback to the test one.",
            );
            self.case.found("test-secret-accepted", finding);
        } else if came.is_crash() && came.status().is_some() && twin.is_accepted() {
            let message = format!(
                "What is signed with the sandbox's secret is not accepted, but {} instead of refused; \
                 the same event signed with the live secret is {}.",
                came.says(),
                twin.says()
            );
            let finding = Finding::new(Level::Info, message).at(came.place());
            self.case.found("test-secret-crash", finding.hint("Answer 401 to a wrong signature."));
        } else if !came.is_refused() {
            self.case.open(format!(
                "The event signed with the test secret was neither accepted nor refused (it was {}).",
                came.says()
            ));
        }
        Ok(())
    }

    /// Whether nobody's secret is as good as any.
    async fn accepts_nobodys_secret(&self) -> Result<bool, Stop> {
        let secret = Secret::new(format!("golive-wrong-secret-{}", uuid::Uuid::new_v4()));
        let event = InertEvent::PaymentCreated;
        let came = self.send(&NOBODYS_SECRET, event, Environment::Test, &secret).await?;
        Ok(came.is_accepted())
    }

    async fn send(
        &self,
        kind: &'static Kind,
        event: InertEvent,
        environment: Environment,
        secret: &Secret,
    ) -> Result<Came, Stop> {
        let event = Envelope::inert(event, environment, self.now);
        let post = Post::signed(kind, write(&value(&event), COMPACT), secret);
        self.sender.send(Some(self.alone), &post).await
    }

    async fn moved(&mut self, expected: u64) -> Result<Option<u64>, Stop> {
        match &mut self.watch {
            Some(watch) => watch.moved(expected).await.map(Some),
            None => Ok(None),
        }
    }
}

fn blocking(message: String, test: &Came) -> Finding {
    Finding::new(Level::Blocking, message).at(test.place()).hint(
        "Compare `environment` with \"live\" right after the signature, before anything is done. \
         Then look for orders that sandbox events have already fulfilled.",
    )
}

/// Whether two secrets sign alike, in constant time.
fn is_same(one: &Secret, other: &Secret) -> bool {
    let sign = |secret| signature::sign(secret, b"golive: are these the same?").bytes();
    sign(one).ct_eq(&sign(other)).into()
}
