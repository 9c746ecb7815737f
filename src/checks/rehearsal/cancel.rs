//! The cancellation: the rehearsal's subscription ends, and what is not given back is said.

use async_trait::async_trait;

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::charge::{event_seen, expected, follow, names_of};
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{
    Fact, Heard, Kind, Looked, New, Now, Part, Scene, Stand, Wait,
};
use crate::checks::rehearsal::sighting::Sighting;
use crate::checks::rehearsal::terms::Terms;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::launch::money::{Act, Ledger, MoneyFact, Spend, Stage, Tracked};
use crate::mintcash::call::CallError;
use crate::mintcash::event::Event;
use crate::mintcash::money::Minor;
use crate::mintcash::prepared::Prepared;
use crate::mintcash::status::SubscriptionStatus;
use crate::text::{Untrusted, visible};
use crate::time::Timestamp;

/// What tells that it is cancelled.
const EVENT: &str = "subscription.cancelled";

/// The part.
pub struct CancelPart;

/// The subscription that a cancellation is about.
fn subscription<'a>(ledger: &'a Ledger, of: &str) -> Option<&'a Tracked> {
    let own = |it: &&Tracked| it.intent.spend.act == Act::Subscribe && it.id() == Some(of);
    ledger.intents().iter().find(own)
}

#[async_trait]
impl Part for CancelPart {
    fn act(&self) -> Act {
        Act::Cancel
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["currency"]
    }

    fn now(&self, ledger: &Ledger, _terms: &Result<Terms, Vec<Finding>>, host: &str) -> Now {
        let nothing = |says: &str, hint: &str| {
            Now::Nothing(Box::new(report::says(Outcome::Unknown, says, hint)))
        };
        let Some(subscription) = ledger.last(Act::Subscribe) else {
            return nothing(
                "Nothing was sent: the journal has no subscription of the rehearsal.",
                "Verify rehearsal.subscribe first. No subscriptions in your shop? Mark the step as \
                 not applicable.",
            );
        };
        let id = match (subscription.id(), subscription.stage()) {
            (Some(id), Stage::Done) => id,
            _ => {
                return nothing(
                    "Nothing was sent: the subscription is not paid yet, and only an active or \
                     past due one can be cancelled.",
                    "Verify rehearsal.subscribe first.",
                );
            }
        };
        let own = ledger.about(id).filter(|it| it.intent.spend.act == Act::Cancel);
        if let Some(own) = own.rev().find(|it| it.stage() != Stage::Over) {
            return follow(own, host);
        }
        let spend = &subscription.intent.spend;
        if spend.host != host {
            return Now::Nothing(Box::new(report::other_host(subscription, host)));
        }
        Now::New(New {
            spend: Spend {
                act: Act::Cancel,
                host: host.to_owned(),
                amount: Minor(0),
                currency: spend.currency.clone(),
                again: false,
            },
            of: Some(id.to_owned()),
        })
    }

    fn request(
        &self,
        _new: &New,
        _terms: &Result<Terms, Vec<Finding>>,
        _owner: &str,
        _at: Timestamp,
    ) -> Result<Option<Prepared>, String> {
        Ok(None)
    }

    fn wanted(&self, tracked: &Tracked, ledger: &Ledger) -> Vec<String> {
        let of = tracked.intent.of.clone().unwrap_or_default();
        let mut names = names_of(subscription(ledger, &of));
        names.push(of);
        names
    }

    fn hear(&self, event: &Sighting, scene: &Scene) -> Heard {
        let of = scene.tracked.intent.of.as_deref().unwrap_or_default();
        let external_id = subscription(&scene.ledger, of).and_then(expected);
        let external_id = external_id.map_or("", |expected| expected.external_id.0.as_str());
        let own = event.about(&["subscription"], Some(of), external_id).is_some();
        if !own || event.event != Event::SubscriptionCancelled {
            return Heard::default();
        }
        let facts = vec![
            Fact::new(MoneyFact::Cancelled, event.at),
            Fact::new(event_seen(EVENT, 1), event.at),
        ];
        Heard { own: true, facts, ..Heard::default() }
    }

    async fn look(&self, access: &Access, scene: &Scene) -> Result<Option<Looked>, CallError> {
        let of = scene.tracked.intent.of.as_deref().unwrap_or_default();
        let Some(expected) = subscription(&scene.ledger, of).and_then(expected) else {
            return Ok(None);
        };
        let answer = access.client.subscription(of, expected).await?;
        let cancelled = answer.value.status == SubscriptionStatus::Cancelled;
        let facts = cancelled.then(|| Fact::new(MoneyFact::Cancelled, None));
        Ok(Some(Looked {
            state: Untrusted::new(answer.value.status.as_str()).line(40),
            facts: facts.into_iter().collect(),
            wrong: Vec::new(),
            unit: None,
            period: answer.value.period_start.zip(answer.value.period_end),
            call: answer.call,
        }))
    }

    fn stand(&self, scene: &Scene) -> Stand {
        let tracked = &scene.tracked;
        if tracked.stage() != Stage::Done {
            let report = report::says(
                Outcome::Waiting,
                format!("The subscription is still {}.", visible(scene.state(), 40)),
                "Verify again: cancelling once more is safe.",
            );
            let what = "MintCash to cancel".to_owned();
            return Stand::Wait(Wait { kind: Kind::State, what, report });
        }
        if !tracked.knows(&event_seen(EVENT, 1)) {
            let fact = MoneyFact::Cancelled;
            let report = report::no_event(scene, EVENT, &fact, "The subscription is cancelled");
            return match report.outcome {
                Outcome::Fail => Stand::End(report),
                _ => Stand::Wait(Wait { kind: Kind::Event, what: EVENT.to_owned(), report }),
            };
        }
        match &scene.looked {
            Some(looked) if looked.state == SubscriptionStatus::Cancelled.as_str() => {
                Stand::End(done(scene))
            }
            Some(looked) => Stand::Wait(Wait {
                kind: Kind::State,
                what: "the API to say cancelled".to_owned(),
                report: report::says(
                    Outcome::Fail,
                    format!("{EVENT} arrived, but the API says {}.", visible(&looked.state, 40)),
                    "It may charge again. Ask your account manager at once.",
                ),
            }),
            None => Stand::Wait(Wait {
                kind: Kind::State,
                what: "the API to confirm it".to_owned(),
                report: CheckReport::unknown(format!(
                    "{EVENT} arrived, and the API could not be asked to confirm it."
                )),
            }),
        }
    }

    fn reads(&self, of: &str) -> Vec<String> {
        vec![format!("/subscriptions/{of}")]
    }
}

fn done(scene: &Scene) -> CheckReport {
    let seen = scene.tracked.observed(&event_seen(EVENT, 1));
    let by = seen.map_or("the event log", |seen| seen.what.source.words());
    let says =
        format!("The subscription is cancelled: {EVENT} came by {by}, and the API confirms it.");
    let mut report = CheckReport::new(Outcome::Pass, says);
    if let Some(id) = seen.and_then(|seen| seen.what.event_id.clone()) {
        report = report.evidence("event_id", id);
    }
    report
}

/// Says what of the rehearsal has not been given back.
pub fn what_is_left(mut report: CheckReport, ledger: &Ledger) -> CheckReport {
    for total in ledger.totals().iter().filter(|total| !total.is_even()) {
        let currency = visible(&total.currency, 12);
        let hint = "Nothing is refunded by itself. Verify rehearsal.refund for the one-time \
                    charge, and this step once more for those of the subscription: it asks for \
                    each whose payment MintCash has named in an event. Where it has not, refund in \
                    the dashboard and note how.";
        report.findings.push(
            Finding::new(
                Level::Advisory,
                format!(
                    "{} {currency} of the rehearsal is not refunded ({} charged, {} given back).",
                    total.net(),
                    total.charged,
                    total.refunded
                ),
            )
            .hint(hint),
        );
    }
    let unnamed = ledger.intents().iter().filter(|it| it.intent.spend.act == Act::Subscribe);
    let unnamed: usize = unnamed.map(|it| it.charges().saturating_sub(it.payments().len())).sum();
    if unnamed > 0 {
        report.findings.push(Finding::new(
            Level::Info,
            format!(
                "{unnamed} charges of the subscription have no known payment id, so golive can not \
                 refund them. Which member of an event names it is not documented."
            ),
        ));
    }
    report
}
