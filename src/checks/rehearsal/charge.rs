//! The charge: one payment on MintCash's page, with the operator's own card.

use async_trait::async_trait;

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{
    Fact, Heard, Kind, Looked, New, Now, Part, Scene, Stand, Wait,
};
use crate::checks::rehearsal::sighting::{Agrees, Sighting, agrees};
use crate::checks::rehearsal::terms::{INPUTS, Terms};
use crate::checks::{CheckReport, Finding, Outcome};
use crate::launch::money::{Act, Ledger, MoneyFact, Stage, Tracked};
use crate::mintcash::body::{text, unwrapped};
use crate::mintcash::call::{Answered, CallError};
use crate::mintcash::event::Event;
use crate::mintcash::money::Minor;
use crate::mintcash::payments::{Card, NewPayment, Payment};
use crate::mintcash::prepared::{Expected, ExternalId, Prepared, Purpose};
use crate::mintcash::status::PaymentStatus;
use crate::text::{Untrusted, visible};
use crate::time::Timestamp;

/// What tells that the charge has worked.
const EVENT: &str = "payment.succeeded";

/// The part.
pub struct ChargePart;

/// The first and only charge of a payment.
pub fn charged(amount: Minor) -> MoneyFact {
    MoneyFact::Charged { amount, number: 1 }
}

/// An event of the first charge.
pub fn event_seen(event: &str, number: u32) -> MoneyFact {
    MoneyFact::EventSeen { event: event.to_owned(), number }
}

/// What an answer about an intent must agree with.
pub fn expected(tracked: &Tracked) -> Option<&Expected> {
    tracked.intent.request.as_ref().map(Prepared::expected)
}

/// The texts by which a line is about one of these intents.
pub fn names_of<'a>(tracked: impl IntoIterator<Item = &'a Tracked>) -> Vec<String> {
    let names = tracked.into_iter().flat_map(|it| {
        let external_id = expected(it).map(|expected| expected.external_id.0.clone());
        external_id.into_iter().chain(it.id().map(str::to_owned))
    });
    names.collect()
}

#[async_trait]
impl Part for ChargePart {
    fn act(&self) -> Act {
        Act::Charge
    }

    fn inputs(&self) -> &'static [&'static str] {
        // Beside the days of the subscription all of them go into the request.
        INPUTS.split_last().map_or(&[], |(_, rest)| rest)
    }

    fn now(&self, ledger: &Ledger, terms: &Result<Terms, Vec<Finding>>, host: &str) -> Now {
        if let Some(last) = ledger.last(Act::Charge) {
            return follow(last, host);
        }
        Now::taking(Act::Charge, terms, host)
    }

    fn request(
        &self,
        new: &New,
        terms: &Result<Terms, Vec<Finding>>,
        owner: &str,
        at: Timestamp,
    ) -> Result<Option<Prepared>, String> {
        let terms = terms.as_ref().map_err(|_| "the inputs have changed".to_owned())?;
        let payment = NewPayment {
            amount: new.spend.amount,
            currency: new.spend.currency.clone(),
            external_id: ExternalId::fresh(Purpose::Payment, at),
            payer: terms.payer(owner),
            billing: terms.billing.clone(),
            card: Card::HostedPage { return_url: terms.return_url.clone() },
            description: None,
        };
        Ok(Some(payment.prepare()))
    }

    fn wanted(&self, tracked: &Tracked, _ledger: &Ledger) -> Vec<String> {
        names_of([tracked])
    }

    fn hear(&self, event: &Sighting, scene: &Scene) -> Heard {
        let tracked = &scene.tracked;
        let Some(expected) = expected(tracked) else { return Heard::default() };
        let own = event.about(&["payment"], tracked.id(), &expected.external_id.0);
        let (Some(own), Event::Payment(name)) = (own, &event.event) else {
            return Heard::default();
        };
        let mut heard = Heard { own: true, id: text(own, "id"), ..Heard::default() };
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
        match name.as_str() {
            EVENT => {
                heard.facts.push(Fact::new(charged(expected.amount), event.at));
                heard.facts.push(Fact::new(event_seen(EVENT, 1), event.at));
            }
            "payment.failed" => heard.facts.push(failed(own, event.at)),
            "payment.voided" => heard.facts.push(voided(scene, event.at)),
            _ => {}
        }
        heard
    }

    async fn look(&self, access: &Access, scene: &Scene) -> Result<Option<Looked>, CallError> {
        let tracked = &scene.tracked;
        let (Some(id), Some(expected)) = (tracked.id(), expected(tracked)) else { return Ok(None) };
        let answer = access.client.payment(id, expected).await?;
        Ok(Some(looked(answer, tracked, &scene.ledger)))
    }

    fn stand(&self, scene: &Scene) -> Stand {
        let tracked = &scene.tracked;
        let price = visible(&tracked.intent.spend.price(), 40);
        let amount = tracked.intent.spend.amount;
        match tracked.stage() {
            Stage::Over => return Stand::End(over(tracked)),
            Stage::MaybeSent | Stage::Made => {
                let says = format!("Nobody has paid {price} yet.");
                let hint = "Open the page that is shown and pay with your own card. Verify again \
                            to see the page again. Nobody is charged who does not pay there.";
                let what = "somebody to pay".to_owned();
                let kind = match tracked.page() {
                    Some(_) if scene.state() != PaymentStatus::Pending.as_str() => Kind::Page,
                    _ => Kind::State,
                };
                let report = match kind {
                    Kind::Page => report::says(Outcome::Waiting, says, hint),
                    _ => report::says(
                        Outcome::Waiting,
                        format!("The payment of {price} is {}.", under_way(scene)),
                        "MintCash has not finished it. Verify again in a few minutes.",
                    ),
                };
                return Stand::Wait(Wait { kind, what, report });
            }
            Stage::Done => {}
        }
        if tracked.knows(&event_seen(EVENT, 1)) {
            return match &scene.looked {
                Some(_) if is_paid(scene.state()) => Stand::End(done(scene, &price)),
                Some(_) => Stand::Wait(report::denied(scene, EVENT)),
                None => Stand::Wait(Wait {
                    kind: Kind::State,
                    what: "the API to confirm it".to_owned(),
                    report: CheckReport::unknown(format!(
                        "{EVENT} arrived, and the API could not be asked to confirm it."
                    )),
                }),
            };
        }
        let report = report::no_event(scene, EVENT, &charged(amount), &format!("{price} is paid"));
        match report.outcome {
            Outcome::Fail => Stand::End(report),
            _ => Stand::Wait(Wait { kind: Kind::Event, what: EVENT.to_owned(), report }),
        }
    }

    fn reads(&self, of: &str) -> Vec<String> {
        vec![format!("/payments/{of}")]
    }
}

/// What an intent that is not over asks for now: the same request again, or to be followed.
pub fn follow(last: &Tracked, host: &str) -> Now {
    if last.intent.spend.host != host {
        return Now::Nothing(Box::new(report::other_host(last, host)));
    }
    match last.stage() {
        Stage::MaybeSent => Now::Again(Box::new(last.clone())),
        _ => Now::Follow(Box::new(last.clone())),
    }
}

/// Whether a payment in that state was paid, whatever became of it since (C17, C18).
fn is_paid(state: &str) -> bool {
    use PaymentStatus as S;
    matches!(
        PaymentStatus::of(state),
        S::Succeeded | S::PartiallyRefunded | S::Refunded | S::Voided
    )
}

/// The state of a thing that is neither paid nor failed.
pub fn under_way(scene: &Scene) -> String {
    match scene.state() {
        "" => "on its way".to_owned(),
        state => visible(state, 40),
    }
}

/// What ended without money, and what to do.
fn over(tracked: &Tracked) -> CheckReport {
    let code = tracked.seen.iter().find_map(|seen| match &seen.what.fact {
        MoneyFact::Failed { code } => Some(code.clone()),
        _ => None,
    });
    let code = code.flatten().map(|code| visible(&code, 60));
    let (says, hint) = match code.as_deref() {
        Some("expired") => (
            "The payment ran out: nobody paid on its page (expired).".to_owned(),
            "Verify again to make a new one, and pay it at once.",
        ),
        Some(code) => (
            format!("The payment failed: {code}. No money moved."),
            "Look at the card. Ask your account manager if the code says nothing to you. Verify \
             again to try with a new request.",
        ),
        None => (
            "The payment failed, and MintCash does not say why. No money moved.".to_owned(),
            "Ask your account manager, with the id of the payment. Verify again to try with a new \
             request.",
        ),
    };
    report::says(Outcome::Fail, says, hint)
}

fn done(scene: &Scene, price: &str) -> CheckReport {
    let seen = scene.tracked.observed(&event_seen(EVENT, 1));
    let by = seen.map_or("the event log", |seen| seen.what.source.words());
    let now = match scene.state() {
        "" | "succeeded" => String::new(),
        state => format!("; it is {} now", visible(state, 40)),
    };
    let says = format!("{price} was paid: {EVENT} came by {by}, and the API confirms it{now}.");
    let mut report = CheckReport::new(Outcome::Pass, says);
    if let Some(id) = seen.and_then(|seen| seen.what.event_id.clone()) {
        report = report.evidence("event_id", id);
    }
    report
}

fn failed(payment: &serde_json::Value, at: Option<Timestamp>) -> Fact {
    let code = text(payment, "failureCode").map(|code| Untrusted::new(code).line(60));
    Fact::new(MoneyFact::Failed { code }, at)
}

/// A void before the charge ends it without money; after it, the money is given back.
fn voided(scene: &Scene, at: Option<Timestamp>) -> Fact {
    let amount = scene.tracked.intent.spend.amount;
    let fact = match scene.tracked.knows(&charged(amount)) {
        true => MoneyFact::ReturnedElsewhere { total: amount, number: 1 },
        false => MoneyFact::Failed { code: Some("voided".to_owned()) },
    };
    Fact::new(fact, at)
}

/// What a read of the payment says.
pub fn looked(answer: Answered<Payment>, tracked: &Tracked, ledger: &Ledger) -> Looked {
    use PaymentStatus as S;
    let Answered { value: payment, call } = answer;
    let inner = unwrapped(&payment.body, "payment");
    let mut facts = Vec::new();
    let mut wrong = Vec::new();
    match &payment.status {
        S::Succeeded | S::PartiallyRefunded | S::Refunded => {
            facts.push(Fact::new(charged(payment.amount), None));
        }
        S::Failed => facts.push(failed(inner, None)),
        S::Voided if tracked.charges() > 0 => {
            let total = payment.amount;
            facts.push(Fact::new(MoneyFact::ReturnedElsewhere { total, number: 1 }, None));
        }
        S::Voided => {
            facts.push(Fact::new(MoneyFact::Failed { code: Some("voided".to_owned()) }, None));
        }
        S::Created | S::Pending | S::Authorized | S::Other(_) => {}
    }
    let all = (payment.status == S::Refunded).then_some(payment.amount);
    let refunded = payment.refunded.max(all).unwrap_or_default();
    if refunded > payment.amount {
        wrong.push(
            Finding::new(
                crate::checks::Level::Blocking,
                format!("{refunded} was refunded of a payment of {}.", payment.amount),
            )
            .hint("Ask your account manager at once, with the id of the payment."),
        );
    }
    facts.extend(returned_elsewhere(refunded, &payment.id, tracked, ledger, 1));
    Looked {
        state: Untrusted::new(payment.status.as_str()).line(40),
        facts,
        wrong,
        unit: Some(payment.unit),
        period: None,
        call,
    }
}

/// What others gave back of a payment. Nothing can be said while a refund of this launch is on its
/// way: it may be a part of it.
pub fn returned_elsewhere(
    refunded: Minor,
    payment: &str,
    tracked: &Tracked,
    ledger: &Ledger,
    number: u32,
) -> Option<Fact> {
    let own = ledger.refunded_of(payment);
    let total = Minor(refunded.0.saturating_sub(own.0));
    let is_news = total > tracked.returned_elsewhere_of(number);
    (is_news && ledger.refunding_of(payment) == Minor(0))
        .then(|| Fact::new(MoneyFact::ReturnedElsewhere { total, number }, None))
}
