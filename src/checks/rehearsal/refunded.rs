//! What reads of a refund and of its payment say, and events that say too much. Pure.
//!
//! Used by `refund`. The rule it keeps: more than was charged is never taken for well.

use crate::checks::rehearsal::report;
use crate::checks::rehearsal::scene::{Fact, Looked, Scene};
use crate::checks::rehearsal::sighting::Sighting;
use crate::checks::{Finding, Level};
use crate::launch::money::{Ledger, MoneyFact, Tracked};
use crate::mintcash::call::{Answered, Call};
use crate::mintcash::money::{Minor, Unit};
use crate::mintcash::payments::Payment;
use crate::mintcash::refunds::Refund;
use crate::mintcash::status::{PaymentStatus, RefundStatus};
use crate::text::Untrusted;
use crate::time::Timestamp;

/// The charge behind a payment, and which of its charges that is.
pub fn charge_of<'a>(ledger: &'a Ledger, payment: &str) -> Option<(&'a Tracked, u32)> {
    let known = ledger.returnable().into_iter().find(|it| it.payment == payment)?;
    Some((ledger.intent(&known.intent)?, known.number))
}

/// What went back of a payment, by its own word.
pub fn given_back(payment: &Payment) -> Minor {
    let all = (payment.status == PaymentStatus::Refunded).then_some(payment.amount);
    payment.refunded.max(all).unwrap_or_default()
}

/// A refund that failed.
pub fn failed(code: Option<String>, at: Option<Timestamp>) -> Fact {
    let code = code.map(|code| Untrusted::new(code).line(60));
    Fact::new(MoneyFact::Failed { code }, at)
}

/// Whether the API says that the refund failed, or is still under way. A state that nobody has
/// documented says neither.
pub fn denies(looked: &Looked) -> bool {
    let refund = looked.state.split(", ").next().unwrap_or_default();
    matches!(RefundStatus::of(refund), RefundStatus::Failed | RefundStatus::Pending)
}

/// An event that says that more went back than was charged.
pub fn too_much(event: &Sighting, scene: &Scene, payment: &str) -> Option<Finding> {
    let charged = scene.ledger.returnable().into_iter().find(|it| it.payment == payment)?.charged;
    let payment = event.data.get("payment").filter(|it| it.is_object()).unwrap_or(&event.data);
    let shown = payment.get("amountRefunded")?;
    let units = [Unit::Major, Unit::Minor];
    let fits = units.into_iter().filter_map(|unit| Minor::read(shown, unit));
    let least = fits.min()?;
    (least > charged).then(|| more_than_charged(&shown.to_string(), charged))
}

fn more_than_charged(refunded: &str, charged: Minor) -> Finding {
    Finding::new(
        Level::Blocking,
        format!("{} was refunded of {charged}.", Untrusted::new(refunded).line(40)),
    )
    .hint("More went back than was charged. Ask your account manager at once, with the id of the payment.")
}

/// What the two reads say together.
pub fn looked(
    refund: Option<Answered<Refund>>,
    payment: Option<Answered<Payment>>,
    scene: &Scene,
) -> Looked {
    let tracked = &scene.tracked;
    let amount = tracked.intent.spend.amount;
    let (mut facts, mut wrong, mut states) = (Vec::new(), Vec::new(), Vec::new());
    let (mut call, mut units) = (None, Vec::new());
    if let Some(Answered { value: refund, call: asked }) = refund {
        match refund.agrees_with(amount) {
            Ok(unit) => units.push(unit),
            Err(mismatch) => {
                let id = mismatch.id.clone();
                wrong.extend(report::mismatched(&mismatch.to_string(), id.as_deref()).findings);
            }
        }
        match &refund.status {
            RefundStatus::Succeeded => {
                facts.push(Fact::new(MoneyFact::Refunded { amount }, None));
            }
            RefundStatus::Failed => facts.push(failed(refund.failure_code.clone(), None)),
            RefundStatus::Pending | RefundStatus::Other(_) => {}
        }
        states.push(Untrusted::new(refund.status.as_str()).line(40));
        call = Some(asked);
    }
    if let Some(Answered { value: payment, call: asked }) = payment {
        units.push(payment.unit);
        let refunded = given_back(&payment);
        if refunded > payment.amount {
            wrong.push(more_than_charged(&refunded.to_string(), payment.amount));
        }
        // What had gone back before, by this launch or by others, and this.
        let of = tracked.intent.of.as_deref().unwrap_or_default();
        let charge = charge_of(&scene.ledger, of);
        let elsewhere = charge.map_or(0, |(charge, number)| charge.returned_elsewhere_of(number).0);
        let others = scene.ledger.refunded_of(of).0.saturating_sub(tracked.refunded().0);
        let before = elsewhere.saturating_add(others);
        if states.is_empty() && refunded.0 >= before.saturating_add(amount.0) {
            facts.push(Fact::new(MoneyFact::Refunded { amount }, None));
        }
        states.push(format!("payment {}", Untrusted::new(payment.status.as_str()).line(40)));
        call = call.or(Some(asked));
    }
    let call = call.unwrap_or_else(|| Call {
        what: "reading the refund".to_owned(),
        host: String::new(),
        tries: Vec::new(),
    });
    // One that says whole units says what was meant.
    let unit = units.iter().find(|unit| **unit == Unit::Major).or(units.first()).copied();
    Looked { state: states.join(", "), facts, wrong, unit, period: None, call }
}
