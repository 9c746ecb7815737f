//! The subscription: a first success, then, days later, the renewal.

use async_trait::async_trait;
use serde_json::Value;

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::charge::{event_seen, expected, follow, names_of, under_way};
use crate::checks::rehearsal::charges::{charges, interval, number_of, of_period};
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{
    Fact, Heard, Kind, Looked, New, Now, Part, Scene, Stand, Wait,
};
use crate::checks::rehearsal::sighting::{Agrees, Sighting, agrees};
use crate::checks::rehearsal::terms::{INPUTS, Terms};
use crate::checks::{CheckReport, Finding, Outcome};
use crate::launch::money::{Act, Ledger, MoneyFact, Stage, Tracked};
use crate::mintcash::body::{moment, text, unwrapped};
use crate::mintcash::call::CallError;
use crate::mintcash::event::Event;
use crate::mintcash::prepared::{ExternalId, Prepared, Purpose};
use crate::mintcash::status::SubscriptionStatus;
use crate::mintcash::subscriptions::{NewSubscription, Subscription};
use crate::text::{Untrusted, visible};
use crate::time::{Timestamp, spoken};

/// What tells that a charge has worked, the first and each renewal.
const EVENT: &str = "subscription.succeeded";

/// What MintCash does when a renewal fails (mintcash-contract.md section 7).
const DUNNING: &str = "MintCash tries again 1 day after the first failure, then after 3, 5 and 7 \
                       more; after the last one it cancels. An expired card is not tried again \
                       until it is replaced, a lost or stolen one cancels at once. Look at your \
                       card.";

/// The part.
pub struct SubscriptionPart;

#[async_trait]
impl Part for SubscriptionPart {
    fn act(&self) -> Act {
        Act::Subscribe
    }

    fn inputs(&self) -> &'static [&'static str] {
        &INPUTS
    }

    fn now(&self, ledger: &Ledger, terms: &Result<Terms, Vec<Finding>>, host: &str) -> Now {
        let last = ledger.last(Act::Subscribe);
        if let Some(last) = last.filter(|last| !ended_early(last, ledger)) {
            return follow(last, host);
        }
        Now::taking(Act::Subscribe, terms, host)
    }

    fn request(
        &self,
        new: &New,
        terms: &Result<Terms, Vec<Finding>>,
        owner: &str,
        at: Timestamp,
    ) -> Result<Option<Prepared>, String> {
        let terms = terms.as_ref().map_err(|_| "the inputs have changed".to_owned())?;
        let subscription = NewSubscription {
            amount: new.spend.amount,
            currency: new.spend.currency.clone(),
            external_id: ExternalId::fresh(Purpose::Subscription, at),
            interval_days: terms.days,
            payer: terms.payer(owner),
            billing: terms.billing.clone(),
            card: crate::mintcash::payments::Card::HostedPage {
                return_url: terms.return_url.clone(),
            },
        };
        Ok(Some(subscription.prepare()))
    }

    fn wanted(&self, tracked: &Tracked, _ledger: &Ledger) -> Vec<String> {
        names_of([tracked])
    }

    fn hear(&self, event: &Sighting, scene: &Scene) -> Heard {
        let tracked = &scene.tracked;
        let Some(expected) = expected(tracked) else { return Heard::default() };
        let names = ["subscription"];
        let Some(own) = event.about(&names, tracked.id(), &expected.external_id.0) else {
            return Heard::default();
        };
        let mut heard = Heard { own: true, id: text(own, "id"), ..Heard::default() };
        match &event.event {
            Event::SubscriptionCharged => {}
            Event::SubscriptionChargeFailed => {
                heard.facts.extend(failed(own, event.at, tracked));
                return heard;
            }
            Event::SubscriptionCancelled => {
                heard.facts.push(Fact::new(MoneyFact::Cancelled, event.at));
                return heard;
            }
            _ => return Heard::default(),
        }
        let agreement = agrees(expected.amount, own.get("amount"));
        heard.amount = Some(agreement);
        match agreement {
            Agrees::Major | Agrees::Absent => {}
            Agrees::Minor => heard.wrong.push(report::in_cents(event)),
            Agrees::No => {
                let sent = tracked.intent.spend.price();
                heard.wrong.push(report::other_amount(event, &sent, own.get("amount")));
                return heard;
            }
        }
        let number = number_of(tracked, event.at);
        let payment = event.data.get("payment").and_then(|payment| text(payment, "id"));
        let payment = text(own, "paymentId").or(payment).filter(|id| visible(id, 200) == *id);
        let fact = |fact| Fact { fact, at: event.at, payment: payment.clone() };
        heard.facts.push(fact(MoneyFact::Charged { amount: expected.amount, number }));
        heard.facts.push(fact(event_seen(EVENT, number)));
        heard
    }

    async fn look(&self, access: &Access, scene: &Scene) -> Result<Option<Looked>, CallError> {
        let tracked = &scene.tracked;
        let (Some(id), Some(expected)) = (tracked.id(), expected(tracked)) else { return Ok(None) };
        let answer = access.client.subscription(id, expected).await?;
        let facts = facts(&answer.value, scene);
        Ok(Some(Looked {
            state: Untrusted::new(answer.value.status.as_str()).line(40),
            facts,
            wrong: Vec::new(),
            unit: Some(answer.value.unit),
            period: answer.value.period_start.zip(answer.value.period_end),
            call: answer.call,
        }))
    }

    fn stand(&self, scene: &Scene) -> Stand {
        let tracked = &scene.tracked;
        match tracked.stage() {
            Stage::Over => Stand::End(over(tracked)),
            Stage::MaybeSent | Stage::Made => Stand::Wait(unpaid(scene)),
            Stage::Done => paid(scene),
        }
    }

    fn reads(&self, of: &str) -> Vec<String> {
        vec![format!("/subscriptions/{of}")]
    }
}

/// A charge that failed: the first, which ends the subscription, or a renewal. Which of the two is
/// told by its moment, for an event may come before the one that it follows.
fn failed(subscription: &Value, at: Option<Timestamp>, tracked: &Tracked) -> Option<Fact> {
    if tracked.charges() > 0 {
        return (number_of(tracked, at) > 1).then(|| Fact::new(MoneyFact::PastDue, at));
    }
    let made = moment(subscription, "createdAt")?;
    let is_first = at?.since(made) < interval(tracked) / 2;
    let code = text(subscription, "failureCode").map(|code| Untrusted::new(code).line(60));
    is_first.then(|| Fact::new(MoneyFact::Failed { code }, at))
}

/// Whether it came to its end before it had renewed, so that another one is needed.
fn ended_early(last: &Tracked, ledger: &Ledger) -> bool {
    last.stage() == Stage::Done && last.charges() < 2 && ledger.is_cancelled(last)
}

/// What a read says. A period that has begun is the first charge; one that begins half an interval
/// or more after a charge that is known is a renewal. A state of `failed` counts before the first charge only,
/// and only when it stays so: one page calls a subscription between two attempts so (C16).
fn facts(subscription: &Subscription, scene: &Scene) -> Vec<Fact> {
    use SubscriptionStatus as S;
    let tracked = &scene.tracked;
    let amount = subscription.amount;
    let inner = unwrapped(&subscription.body, "subscription");
    let charged = |number, at| Fact::new(MoneyFact::Charged { amount, number }, at);
    let start = subscription.period_start;
    let mut facts = Vec::new();
    let was_paid = tracked.charges() > 0 || start.is_some();
    match &subscription.status {
        S::Active | S::PastDue => {
            facts.extend(of_period(subscription, tracked).map(|(n, at)| charged(n, Some(at))));
            if tracked.charges() == 0 && start.is_none() {
                facts.push(charged(1, moment(inner, "createdAt")));
            }
        }
        S::Cancelled if was_paid => {
            facts.extend(of_period(subscription, tracked).map(|(n, at)| charged(n, Some(at))));
        }
        S::Failed if !was_paid && stays(scene) => {
            let code = text(inner, "failureCode").map(|code| Untrusted::new(code).line(60));
            facts.push(Fact::new(MoneyFact::Failed { code }, None));
        }
        S::Created | S::Pending | S::Cancelled | S::Failed | S::Other(_) => {}
    }
    if subscription.status == S::PastDue || (subscription.status == S::Failed && was_paid) {
        facts.push(Fact::new(MoneyFact::PastDue, None));
    }
    if subscription.status == S::Cancelled {
        facts.push(Fact::new(MoneyFact::Cancelled, None));
    }
    facts
}

/// Whether the API has said the same for a while.
fn stays(scene: &Scene) -> bool {
    scene.state() == SubscriptionStatus::Failed.as_str()
        && scene.same_since.elapsed() >= scene.second_look
}

fn over(tracked: &Tracked) -> CheckReport {
    let code = tracked.seen.iter().find_map(|seen| match &seen.what.fact {
        MoneyFact::Failed { code } => code.clone(),
        _ => None,
    });
    let cancelled = tracked.knows(&MoneyFact::Cancelled);
    let why = match (code, cancelled) {
        (Some(code), _) => visible(&code, 60),
        (None, true) => "it was cancelled".to_owned(),
        (None, false) => "no reason given".to_owned(),
    };
    report::says(
        Outcome::Fail,
        format!("The subscription ended before anything was paid: {why}."),
        "A failed first charge ends it. Look at the card. Verify again to start a new one.",
    )
}

fn unpaid(scene: &Scene) -> Wait {
    let price = visible(&scene.tracked.intent.spend.price(), 40);
    let open = matches!(scene.state(), "" | "created");
    match scene.tracked.page().filter(|_| open) {
        Some(_) => Wait {
            kind: Kind::Page,
            what: "somebody to pay".to_owned(),
            report: report::says(
                Outcome::Waiting,
                format!("Nobody has paid the first {price} of the subscription yet."),
                "Open the page that is shown and pay with your own card. Verify again to see the \
                 page again. Nobody is charged who does not pay there.",
            ),
        },
        None => Wait {
            kind: Kind::State,
            what: "the first charge".to_owned(),
            report: report::says(
                Outcome::Waiting,
                format!("The first charge of the subscription is {}.", under_way(scene)),
                "MintCash has not finished it. Verify again in a few minutes.",
            ),
        },
    }
}

/// Where a subscription stands that has charged once or more.
fn paid(scene: &Scene) -> Stand {
    let tracked = &scene.tracked;
    let amount = tracked.intent.spend.amount;
    let wait_for = |report: CheckReport, what: &str| match report.outcome {
        Outcome::Fail => Stand::End(report),
        _ => Stand::Wait(Wait { kind: Kind::Event, what: what.to_owned(), report }),
    };
    if !tracked.knows(&event_seen(EVENT, 1)) {
        let fact = MoneyFact::Charged { amount, number: 1 };
        return wait_for(report::no_event(scene, EVENT, &fact, "The first charge is paid"), EVENT);
    }
    let renewal = MoneyFact::Charged { amount, number: 2 };
    if tracked.knows(&renewal) {
        if !tracked.knows(&event_seen(EVENT, 2)) {
            let report = report::no_event(scene, EVENT, &renewal, "The renewal is paid");
            return wait_for(report, "subscription.succeeded of the renewal");
        }
        return match &scene.looked {
            Some(_) if has_renewed(scene.state()) => Stand::End(renewed(scene)),
            Some(_) => Stand::Wait(report::denied(scene, EVENT)),
            None => Stand::Wait(Wait {
                kind: Kind::State,
                what: "the API to confirm it".to_owned(),
                report: CheckReport::unknown(format!(
                    "{EVENT} arrived twice, and the API could not be asked to confirm it."
                )),
            }),
        };
    }
    if scene.ledger.is_cancelled(tracked) {
        return Stand::End(report::says(
            Outcome::Fail,
            "The subscription was cancelled before it renewed.",
            "Nothing has shown that renewals reach you. Verify again to start a new one, and let \
             it renew before you cancel.",
        ));
    }
    if scene.looked.is_none() {
        let report = CheckReport::unknown("The API could not be asked about the subscription.");
        let what = "the API".to_owned();
        return Stand::Wait(Wait { kind: Kind::State, what, report });
    }
    Stand::Wait(Wait {
        kind: Kind::Days,
        what: "the renewal".to_owned(),
        report: not_renewed(scene),
    })
}

/// Whether a subscription in that state can have renewed, whatever became of it since.
fn has_renewed(state: &str) -> bool {
    use SubscriptionStatus as S;
    matches!(SubscriptionStatus::of(state), S::Active | S::PastDue | S::Cancelled)
}

/// The renewal has not come: when it is due, or why it is late.
fn not_renewed(scene: &Scene) -> CheckReport {
    let tracked = &scene.tracked;
    let price = visible(&tracked.intent.spend.price(), 40);
    if tracked.knows(&MoneyFact::PastDue) || scene.state() == "past_due" {
        let since = scene.since(&MoneyFact::PastDue).map(spoken);
        let since = since.map(|since| format!(" {since} ago")).unwrap_or_default();
        return report::says(
            Outcome::Waiting,
            format!("The renewal failed{since}; the subscription is past due."),
            DUNNING,
        );
    }
    let first = charges(tracked).into_iter().find_map(|(_, at)| at);
    let end = scene.looked.as_ref().and_then(|looked| looked.period).map(|(_, end)| end);
    let due = end.or_else(|| Some(first?.plus(interval(tracked))));
    let (when, hint) = match due {
        Some(due) if due > scene.now => (
            format!("is due at {}, in {}", due.minute(), spoken(due.since(scene.now))),
            "Close golive if you like. Verify again after that; nothing new is sent.",
        ),
        Some(due) => (
            format!("was due at {}, {} ago", due.minute(), spoken(scene.now.since(due))),
            "At which time of the day renewals run is not documented. Verify again later. After a \
             day, ask your account manager.",
        ),
        None => (
            "is due one interval after the first charge".to_owned(),
            "Verify again after that; nothing new is sent.",
        ),
    };
    let says = format!("The first charge of {price} is paid; the renewal {when}.");
    report::says(Outcome::Waiting, says, hint)
}

fn renewed(scene: &Scene) -> CheckReport {
    let tracked = &scene.tracked;
    let seen = |number| tracked.observed(&event_seen(EVENT, number));
    let by = seen(2).map_or("the event log", |seen| seen.what.source.words());
    let late = match tracked.knows(&MoneyFact::PastDue) {
        true => ", after a first attempt that failed",
        false => "",
    };
    let says = format!(
        "The subscription started and renewed{late}: the renewal's {EVENT} came by {by}, and the \
         API says {}.",
        under_way(scene)
    );
    let mut report = CheckReport::new(Outcome::Pass, says);
    for (name, number) in [("first_event_id", 1), ("renewal_event_id", 2)] {
        if let Some(id) = seen(number).and_then(|seen| seen.what.event_id.clone()) {
            report = report.evidence(name, id);
        }
    }
    report
}
