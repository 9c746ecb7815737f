//! What was made under which `externalId` (mintcash-contract.md section 5).
//!
//! Used by every create before it makes something. The rule it keeps: the same key with the same
//! payload gives back what was made, with another payload `already_exists`, and nothing is made.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::twin::switch::Switch;
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::{Payment, Refund, Subscription};

/// Which creates share a namespace. Whether payments and subscriptions share one is unknown; here
/// they do not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `POST /payments`.
    Payments,
    /// `POST /subscriptions`.
    Subscriptions,
    /// `POST /payments/{id}/refund` of this payment.
    Refunds(String),
}

/// What was made, as it was then.
#[derive(Clone, Debug)]
pub enum Made {
    /// A payment, and whether it was answered with 499.
    Payment(Box<Payment>, bool),
    /// A subscription.
    Subscription(Box<Subscription>),
    /// A refund with its payment.
    Refund(Box<(Refund, Payment)>),
}

/// What is kept of a create.
#[derive(Clone, Debug)]
pub struct Kept {
    payload: Value,
    made: Made,
}

/// What is kept, by scope and key.
pub type Keep = IndexMap<(Scope, String), Kept>;

impl Site {
    /// What the same request has made before.
    pub(super) fn made_before(
        &self,
        scope: &Scope,
        external_id: &str,
        body: &Map<String, Value>,
    ) -> Result<Option<Made>, Refusal> {
        if self.has(Switch::DoubleCharge) {
            return Ok(None);
        }
        let key = (scope.clone(), external_id.to_owned());
        match self.kept.get(&key) {
            Some(kept) if self.same(&kept.payload, body) => Ok(Some(kept.made.clone())),
            Some(_) => Err(Refusal::already_exists()),
            None if self.is_used_elsewhere(&key) => Err(Refusal::already_exists()),
            None => Ok(None),
        }
    }

    /// Whether another payment's refund has this key, where that counts (C10).
    fn is_used_elsewhere(&self, (scope, external_id): &(Scope, String)) -> bool {
        let is_refund = |scope: &Scope| matches!(scope, Scope::Refunds(_));
        self.has(Switch::RefundIdsPerMerchant)
            && is_refund(scope)
            && self.kept.keys().any(|(other, id)| is_refund(other) && id == external_id)
    }

    /// Keeps what was made.
    pub(super) fn keep(
        &mut self,
        scope: Scope,
        external_id: &str,
        body: &Map<String, Value>,
        made: Made,
    ) {
        let kept = Kept { payload: payload(body), made };
        self.kept.insert((scope, external_id.to_owned()), kept);
    }

    fn same(&self, before: &Value, body: &Map<String, Value>) -> bool {
        let now = payload(body);
        if !self.has(Switch::LooseComparison) {
            return *before == now;
        }
        let named = |body: &Value| {
            let customer = body.get("customer").and_then(|it| it.get("externalId")).cloned();
            (body.get("amount").cloned(), body.get("currency").cloned(), customer)
        };
        named(before) == named(&now)
    }
}

/// A body without what makes no difference: the order of members, null for absent, 5.0 for 5.
fn payload(body: &Map<String, Value>) -> Value {
    let mut members = body.clone();
    members.retain(|_, value| !value.is_null());
    if let Ok(Some(amount)) = crate::twin::world::order::amount(body) {
        members.insert("amount".into(), json!(amount));
    }
    Value::Object(members)
}
