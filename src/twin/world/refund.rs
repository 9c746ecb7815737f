//! Refunds: making, ending, reading (mintcash-contract.md section 3.3).

use std::time::Duration;

use serde_json::{Value, json};

use crate::twin::switch::Switch;
use crate::twin::world::keep::{Made, Scope};
use crate::twin::world::order::{amount, currency, needed, object, text};
use crate::twin::world::place::{Paid, Place, Returned};
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::{Movement, Payment, Refund};
use crate::twin::world::time::{Time, What};

use super::api::Said;

/// How long a refund is under way.
const UNDER_WAY: Duration = Duration::from_secs(2);

impl Site {
    /// `POST /payments/{id}/refund`.
    pub(super) fn post_refund(
        &mut self,
        time: &mut Time,
        payment: &str,
        body: &[u8],
    ) -> Result<Said, Refusal> {
        let members = object(body)?;
        let external_id = needed(&members, "externalId")?;
        let wanted = amount(&members)?;
        text(&members, "reason")?;
        let Some(of) = self.payments.get(payment) else {
            return Err(Refusal::not_found("payment"));
        };
        if let Some(code) = text(&members, "currency")?
            && code != of.currency
        {
            currency(&code)?;
            let says = "currency is not the payment's.";
            return Err(Refusal::invalid(says).because("invalidCurrency"));
        }
        let scope = Scope::Refunds(payment.to_owned());
        if let Some(made) = self.made_before(&scope, &external_id, &members)? {
            return self.said_again(&made);
        }
        let amount = self.may_refund(of, wanted)?;
        self.provider_answers()?;
        let id = self.begin_refund(time, payment, &external_id, amount);
        let both = self.refunds.get(&id).cloned().zip(self.payments.get(payment).cloned());
        let both = both.ok_or_else(|| Refusal::not_found("payment"))?;
        let made = Made::Refund(Box::new(both));
        self.keep(scope, &external_id, &members, made.clone());
        Ok(Said { fresh: true, ..self.said_again(&made)? })
    }

    /// How much can be given back now.
    fn may_refund(&self, payment: &Payment, wanted: Option<u64>) -> Result<u64, Refusal> {
        let odd = self.has(Switch::OddRefundCodes);
        let conflict = |says: &str| {
            Refusal::new(409, if odd { "aborted" } else { "failed_precondition" }, says)
        };
        let mut refunds = self.refunds.values().filter(|refund| refund.payment == payment.id);
        if refunds.any(|refund| refund.place.state() == Returned::Pending) {
            return Err(conflict("Another refund of this payment is still running."));
        }
        if !matches!(payment.place.state(), Paid::Succeeded | Paid::PartiallyRefunded) {
            return Err(conflict("Nothing of this payment can be refunded in its state."));
        }
        let left = payment.refundable();
        match wanted {
            Some(cents) if cents > left => {
                let code = if odd { "out_of_range" } else { "invalid_argument" };
                Err(Refusal::new(422, code, "amount is more than what is left."))
            }
            _ => Ok(wanted.unwrap_or(left)),
        }
    }

    fn begin_refund(
        &mut self,
        time: &mut Time,
        payment: &str,
        external_id: &str,
        amount: u64,
    ) -> String {
        let now = time.now();
        let id = self.id("rfn_", now);
        let of = self.payments.get(payment);
        let refund = Refund {
            id: id.clone(),
            payment: payment.to_owned(),
            external_id: external_id.to_owned(),
            place: Place::begin(Returned::Pending, now),
            amount,
            currency: of.map(|payment| payment.currency.clone()).unwrap_or_default(),
            failure: None,
            provider_id: format!("cri_{}", self.dice.letters(16)),
            created_at: now,
        };
        self.refunds.insert(id.clone(), refund);
        if self.has(Switch::RefundsAtOnce) {
            self.refund_ends(time, &id);
        } else {
            time.plan(UNDER_WAY, self.environment, What::RefundEnds(id.clone()));
        }
        id
    }

    /// A refund that is under way ends. One that fails leaves the payment as it is.
    pub(super) fn refund_ends(&mut self, time: &mut Time, id: &str) {
        let now = time.now();
        let fails = self.has(Switch::RefundFails);
        let Some(refund) = self.refunds.get_mut(id) else { return };
        let Some(payment) = self.payments.get_mut(&refund.payment) else { return };
        if fails {
            if refund.place.go(Returned::Failed, now).is_ok() {
                refund.failure = Some("provider_error".to_owned());
                self.tell_refund(time, id, "payment.refund_failed");
            }
            return;
        }
        let all = refund.amount >= payment.refundable();
        let (next, event) = if all {
            (Paid::Refunded, "payment.refunded")
        } else {
            (Paid::PartiallyRefunded, "payment.partially_refunded")
        };
        let may = refund.place.may(Returned::Succeeded) && payment.place.may(next);
        if !may
            || payment.place.go(next, now).is_err()
            || refund.place.go(Returned::Succeeded, now).is_err()
        {
            return;
        }
        payment.refunded += refund.amount;
        self.ledger.push(Movement {
            at: now,
            back: true,
            payment: refund.payment.clone(),
            amount: refund.amount,
            currency: refund.currency.clone(),
        });
        self.tell_refund(time, id, event);
    }

    /// A payment's refunds, newest first. How the list is wrapped is unknown.
    pub(super) fn refunds_of(&self, payment: &str) -> Result<Value, Refusal> {
        let Some(of) = self.payments.get(payment) else {
            return Err(Refusal::not_found("payment"));
        };
        let newest_first = self.refunds.values().rev();
        let list = newest_first.filter(|refund| refund.payment == payment);
        let list: Vec<Value> = list.map(|refund| self.refund_members(refund, of)).collect();
        Ok(json!({ "refunds": list }))
    }

    /// One refund; of that payment, where one is named.
    pub(super) fn refund(&self, payment: Option<&str>, id: &str) -> Result<Value, Refusal> {
        let found = self.refunds.get(id);
        let found = found.filter(|refund| payment.is_none_or(|payment| refund.payment == payment));
        let both = found.and_then(|refund| Some((refund, self.payments.get(&refund.payment)?)));
        let (refund, payment) = both.ok_or_else(|| Refusal::not_found("refund"))?;
        Ok(self.refund_body(refund, payment, true))
    }
}
