//! The refund: everything that is left of a charge of the rehearsal goes back.
//!
//! Used by `live-refund` for the one-time charge, and by `live-cancel` for the charges of the
//! subscription whose payments MintCash has named.

use async_trait::async_trait;
use serde_json::Value;

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::charge::{
    event_seen, expected, follow, names_of, returned_elsewhere, under_way,
};
use crate::checks::rehearsal::refunded::{charge_of, denies, failed, given_back, looked, too_much};
use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{
    Before, Fact, Heard, Kind, Looked, New, Now, Part, Scene, Stand, Wait,
};
use crate::checks::rehearsal::sighting::{Agrees, Sighting, agrees};
use crate::checks::rehearsal::terms::Terms;
use crate::checks::{CheckReport, Finding, Outcome};
use crate::launch::money::{Act, Ledger, MoneyFact, Returnable, Spend, Stage, Tracked};
use crate::mintcash::body::text;
use crate::mintcash::call::{CallError, Trouble};
use crate::mintcash::error::Kind as ErrorKind;
use crate::mintcash::event::Event;
use crate::mintcash::money::Minor;
use crate::mintcash::prepared::{ExternalId, Prepared, Purpose};
use crate::mintcash::refunds::{NewRefund, RefundAmount, RefundPaths};
use crate::text::visible;
use crate::time::Timestamp;

/// What tells that all of it went back.
const EVENT: &str = "payment.refunded";

/// Which charges are given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The one-time charge.
    Charge,
    /// Those of the subscription.
    Subscription,
}

/// The part.
pub struct RefundPart {
    /// Which charges it gives back.
    pub of: Of,
}

impl RefundPart {
    fn source(&self) -> Act {
        match self.of {
            Of::Charge => Act::Charge,
            Of::Subscription => Act::Subscribe,
        }
    }

    /// The charges that it is about, oldest first.
    fn charges(&self, ledger: &Ledger) -> Vec<Returnable> {
        let source = self.source();
        let own = |it: &Returnable| {
            let charge = ledger.intent(&it.intent);
            charge.is_some_and(|charge| {
                // A subscription that goes on would charge again.
                let ended = self.of == Of::Charge || ledger.is_cancelled(charge);
                charge.intent.spend.act == source && ended
            })
        };
        ledger.returnable().into_iter().filter(own).collect()
    }

    /// A refund that stands: one under way first, then one to be done, then the last one done.
    fn choose(&self, ledger: &Ledger) -> Option<Choice> {
        let charges = self.charges(ledger);
        let refunds = |charge: &Returnable| {
            let of = ledger.about(&charge.payment).filter(|it| it.intent.spend.act == Act::Refund);
            of.filter(|it| it.stage() != Stage::Over).cloned().collect::<Vec<_>>()
        };
        let going = |it: &Tracked| matches!(it.stage(), Stage::MaybeSent | Stage::Made);
        let all: Vec<Tracked> = charges.iter().flat_map(refunds).collect();
        if let Some(going) = all.iter().find(|it| going(it)) {
            return Some(Choice::Standing(Box::new(going.clone())));
        }
        if let Some(left) = charges.iter().find(|it| it.left > Minor(0)) {
            return Some(Choice::Left(left.clone()));
        }
        match all.last() {
            Some(last) => Some(Choice::Standing(Box::new(last.clone()))),
            None => charges.last().cloned().map(Choice::Gone),
        }
    }
}

/// What a refund could be about.
enum Choice {
    Standing(Box<Tracked>),
    Left(Returnable),
    Gone(Returnable),
}

#[async_trait]
impl Part for RefundPart {
    fn act(&self) -> Act {
        Act::Refund
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["currency"]
    }

    fn now(&self, ledger: &Ledger, _terms: &Result<Terms, Vec<Finding>>, host: &str) -> Now {
        let nothing = |report| Now::Nothing(Box::new(report));
        let charge = |it: &Returnable| ledger.intent(&it.intent).cloned();
        match self.choose(ledger) {
            None => nothing(report::says(
                Outcome::Unknown,
                "Nothing was sent: the journal has no charge of the rehearsal to refund.",
                "Verify rehearsal.charge first. If you made the payment in your own checkout, \
                 refund it there and sign with a note.",
            )),
            Some(Choice::Standing(refund)) => follow(&refund, host),
            Some(Choice::Gone(gone)) => nothing(report::says(
                Outcome::Unknown,
                format!(
                    "The payment {} was given back, but not by golive.",
                    visible(&gone.payment, 80)
                ),
                "Look for payment.refunded in your event log, and sign with a note that names it.",
            )),
            Some(Choice::Left(left)) => {
                let Some(charge) = charge(&left) else {
                    return nothing(CheckReport::unknown("The journal has lost the charge."));
                };
                let spend = &charge.intent.spend;
                if spend.host != host {
                    return nothing(report::other_host(&charge, host));
                }
                Now::New(New {
                    spend: Spend {
                        act: Act::Refund,
                        host: host.to_owned(),
                        amount: left.left,
                        currency: spend.currency.clone(),
                        again: false,
                    },
                    of: Some(left.payment),
                })
            }
        }
    }

    async fn before(
        &self,
        access: &Access,
        ledger: &Ledger,
        new: &New,
    ) -> Result<Before, Box<CheckReport>> {
        let payment = new.of.as_deref().unwrap_or_default();
        let Some((charge, number)) = charge_of(ledger, payment) else {
            return Ok(Before::default());
        };
        // What a subscription has charged is another payment than what was asked for: nothing says
        // what its externalId is.
        let Some(expected) = expected(charge).filter(|_| self.of == Of::Charge) else {
            return Ok(Before::default());
        };
        let read = access.client.payment(payment, expected).await;
        let read = read.map_err(|error| Box::new(unread(&error, access)))?;
        let refunded = given_back(&read.value);
        let fact = returned_elsewhere(refunded, payment, charge, ledger, number);
        let facts = fact.map(|fact| (charge.intent.id.clone(), fact));
        Ok(Before { facts: facts.into_iter().collect() })
    }

    fn request(
        &self,
        new: &New,
        _terms: &Result<Terms, Vec<Finding>>,
        _owner: &str,
        at: Timestamp,
    ) -> Result<Option<Prepared>, String> {
        let refund = NewRefund {
            payment: new.of.clone().unwrap_or_default(),
            external_id: ExternalId::fresh(Purpose::Refund, at),
            // Never more than was confirmed, whatever is left by then.
            amount: RefundAmount::Part(new.spend.amount),
            currency: Some(new.spend.currency.clone()),
            reason: Some("customer_request".to_owned()),
        };
        refund.prepare().map(Some).map_err(|error| error.trouble.says())
    }

    fn wanted(&self, tracked: &Tracked, ledger: &Ledger) -> Vec<String> {
        let payment = tracked.intent.of.clone();
        let charge = payment.as_deref().and_then(|payment| charge_of(ledger, payment));
        let mut names = names_of([tracked].into_iter().chain(charge.map(|(charge, _)| charge)));
        names.extend(payment);
        names
    }

    fn hear(&self, event: &Sighting, scene: &Scene) -> Heard {
        let tracked = &scene.tracked;
        let Event::Refund(name) = &event.event else { return Heard::default() };
        let (Some(expected), Some(payment)) = (expected(tracked), tracked.intent.of.as_deref())
        else {
            return Heard::default();
        };
        let nested = event.data.get("refund").filter(|refund| refund.is_object());
        let bare = text(&event.data, "paymentId").is_some().then_some(&event.data);
        let own = match nested.or(bare) {
            Some(refund) => is_ours(refund, tracked, &expected.external_id.0),
            // The payment alone: it is ours when nothing else can be meant.
            None => {
                text(&event.data, "id").as_deref() == Some(payment)
                    && event.at.is_none_or(|at| at >= minus_a_day(tracked.at))
            }
        };
        if !own {
            return Heard::default();
        }
        let mut heard = Heard { own: true, ..Heard::default() };
        let refund = nested.or(bare);
        let amount = refund.and_then(|refund| refund.get("amount"));
        let agreement = agrees(expected.amount, amount);
        heard.amount = Some(agreement);
        match agreement {
            Agrees::Major | Agrees::Absent => {}
            Agrees::Minor => heard.wrong.push(report::in_cents(event)),
            Agrees::No => {
                let sent = tracked.intent.spend.price();
                heard.wrong.push(report::other_amount(event, &sent, amount));
                return heard;
            }
        }
        heard.wrong.extend(too_much(event, scene, payment));
        match name.as_str() {
            EVENT => {
                let amount = expected.amount;
                heard.facts.push(Fact::new(MoneyFact::Refunded { amount }, event.at));
                heard.facts.push(Fact::new(event_seen(EVENT, 1), event.at));
            }
            "payment.refund_failed" if refund.is_some() => {
                let code = refund.and_then(|it| text(it, "failureCode"));
                heard.facts.push(failed(code, event.at));
            }
            _ => {}
        }
        heard
    }

    async fn look(&self, access: &Access, scene: &Scene) -> Result<Option<Looked>, CallError> {
        let tracked = &scene.tracked;
        let (Some(id), Some(payment)) = (tracked.id(), tracked.intent.of.as_deref()) else {
            return Ok(None);
        };
        let charge = charge_of(&scene.ledger, payment);
        let read = match charge.and_then(|(charge, _)| expected(charge)) {
            Some(expected) if self.of == Of::Charge => {
                Some(access.client.payment(payment, expected).await?)
            }
            _ => None,
        };
        let refund = access.client.refund_of(payment, id, &RefundPaths::default()).await;
        let refund = match refund {
            Ok(refund) => Some(refund),
            // Where a refund can be read is not documented: the payment tells as well.
            Err(error) if is_no_path(&error) && read.is_some() => None,
            // Nor of a subscription's charge what its payment would say: only the event tells.
            Err(error) if is_no_path(&error) && self.of == Of::Subscription => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(looked(refund, read, scene)))
    }

    fn stand(&self, scene: &Scene) -> Stand {
        let tracked = &scene.tracked;
        let price = visible(&tracked.intent.spend.price(), 40);
        let amount = tracked.intent.spend.amount;
        match tracked.stage() {
            Stage::Over => return Stand::End(over(tracked)),
            Stage::MaybeSent | Stage::Made => {
                let says = format!("The refund of {price} is {}.", under_way(scene));
                let hint = "MintCash has not finished it. Verify again in a few minutes.";
                let report = report::says(Outcome::Waiting, says, hint);
                let what = "MintCash to refund".to_owned();
                return Stand::Wait(Wait { kind: Kind::State, what, report });
            }
            Stage::Done => {}
        }
        if tracked.knows(&event_seen(EVENT, 1)) {
            return match &scene.looked {
                Some(looked) if denies(looked) => Stand::Wait(report::denied(scene, EVENT)),
                Some(_) => Stand::End(done(scene, &price)),
                None => Stand::Wait(Wait {
                    kind: Kind::State,
                    what: "the API to confirm it".to_owned(),
                    report: CheckReport::unknown(format!(
                        "{EVENT} arrived, and the API could not be asked to confirm it."
                    )),
                }),
            };
        }
        let fact = MoneyFact::Refunded { amount };
        let report = report::no_event(scene, EVENT, &fact, &format!("{price} is refunded"));
        match report.outcome {
            Outcome::Fail => Stand::End(report),
            _ => Stand::Wait(Wait { kind: Kind::Event, what: EVENT.to_owned(), report }),
        }
    }

    fn reads(&self, of: &str) -> Vec<String> {
        let paths = RefundPaths::default().one.into_iter();
        let paths = paths.map(|path| path.replace("{payment}", of));
        [format!("/payments/{of}")].into_iter().chain(paths).collect()
    }
}

fn is_ours(refund: &Value, tracked: &Tracked, external_id: &str) -> bool {
    text(refund, "externalId").as_deref() == Some(external_id)
        || (tracked.id().is_some() && text(refund, "id").as_deref() == tracked.id())
}

/// Clocks differ; what is a day older is about something else.
fn minus_a_day(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().saturating_sub(86_400_000))
}

fn is_no_path(error: &CallError) -> bool {
    match &error.trouble {
        Trouble::Api(said) => said.kind == ErrorKind::NotFound || said.status == 405,
        _ => false,
    }
}

fn unread(error: &CallError, access: &Access) -> CheckReport {
    match &error.trouble {
        Trouble::Mismatch(mismatch) => {
            report::mismatched(&mismatch.to_string(), mismatch.id.as_deref())
        }
        Trouble::Api(said) if said.kind == ErrorKind::NotFound => report::says(
            Outcome::Fail,
            format!("{} does not know the payment of the journal ({}).", access.host, said.short()),
            "The keys are those of another account, or api_url is another MintCash. Nothing was \
             sent.",
        ),
        _ => access.explain(error),
    }
}

fn over(tracked: &Tracked) -> CheckReport {
    let code = tracked.seen.iter().find_map(|seen| match &seen.what.fact {
        MoneyFact::Failed { code } => code.clone(),
        _ => None,
    });
    let code = code.map_or_else(|| "no reason given".to_owned(), |code| visible(&code, 60));
    report::says(
        Outcome::Fail,
        format!("The refund failed: {code}. The payment is as it was."),
        "Ask your account manager for the reason, with the ids in the evidence. Verify again to \
         try with a new request.",
    )
}

fn done(scene: &Scene, price: &str) -> CheckReport {
    let seen = scene.tracked.observed(&event_seen(EVENT, 1));
    let by = seen.map_or("the event log", |seen| seen.what.source.words());
    let says = format!(
        "{price} was refunded: {EVENT} came by {by}, and the API says {}.",
        visible(scene.state(), 80)
    );
    let mut report = CheckReport::new(Outcome::Pass, says);
    if let Some(id) = seen.and_then(|seen| seen.what.event_id.clone()) {
        report = report.evidence("event_id", id);
    }
    report
}
