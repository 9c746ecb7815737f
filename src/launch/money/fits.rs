//! Whether a request asks for what its intent says, in bytes that the journal can keep.
//!
//! Asked by `launch::decide` before an intent is written down, and by the checks before the bytes
//! of an earlier run are sent again: a journal may come from another machine. The rule it keeps:
//! what was typed, what is shown and what is sent are the same.

use serde_json::Value;

use crate::launch::money::{Act, Intent};
use crate::mintcash::prepared::{Prepared, segment};
use crate::text::visible;

/// How long a body may be, in bytes: a journal keeps so much in one line.
const LONGEST: usize = 4_096;

/// What the journal does not keep as it is.
const HIDDEN: &str = "it has invisible or control characters in it";

impl Intent {
    /// What is wrong with it, in a few words; nothing when it can be sent.
    #[must_use]
    pub fn mismatch(&self) -> Option<String> {
        let hidden = |text: &String| visible(text, usize::MAX / 8) != *text;
        if self.of.as_ref().is_some_and(hidden) {
            return Some(HIDDEN.to_owned());
        }
        let Some(request) = &self.request else {
            return (self.spend.act != Act::Cancel || self.of.is_none())
                .then(|| "it has no body".to_owned());
        };
        not_kept(request).or_else(|| self.other_path(request)).or_else(|| self.other_body(request))
    }

    fn other_path(&self, request: &Prepared) -> Option<String> {
        let path = request.path();
        let fits = match self.spend.act {
            Act::Charge => path == "/payments",
            Act::Subscribe => path == "/subscriptions",
            Act::Refund => {
                let payment = self.of.as_deref().and_then(segment);
                payment.is_some_and(|id| path == format!("/payments/{id}/refund"))
            }
            Act::Cancel => false,
        };
        (!fits).then(|| format!("{} does not {}", visible(path, 80), self.spend.act.word()))
    }

    fn other_body(&self, request: &Prepared) -> Option<String> {
        let Ok(body) = serde_json::from_str::<Value>(request.body()) else {
            return Some("its body is no JSON".to_owned());
        };
        let (expected, spend) = (request.expected(), &self.spend);
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        if text("externalId") != Some(expected.external_id.0.as_str()) {
            return Some("its body has another externalId".to_owned());
        }
        if spend.amount.0 == 0 {
            return Some("it is about no money".to_owned());
        }
        let amount = body.get("amount");
        // A refund without an amount gives back everything that is left.
        let is_amount = amount.and_then(Value::as_u64) == Some(spend.amount.0)
            || (spend.act == Act::Refund && amount.is_none());
        if !is_amount || expected.amount != spend.amount {
            return Some(format!("its body is not about {}", visible(&spend.price(), 40)));
        }
        let is_currency = match spend.act {
            Act::Charge | Act::Subscribe => text("currency") == Some(spend.currency.as_str()),
            Act::Refund | Act::Cancel => true,
        };
        if !is_currency {
            return Some(format!("its body is not about {}", visible(&spend.price(), 40)));
        }
        // The rehearsal knows no card: who pays types it on MintCash's page.
        let on_page = text("returnUrl").is_some() && body.get("cardToken").is_none();
        (spend.act.takes() && !on_page)
            .then(|| "its body charges a card without MintCash's page".to_owned())
    }
}

/// The journal makes hidden characters visible: bytes that have some would not come back from it
/// as they were sent.
fn not_kept(request: &Prepared) -> Option<String> {
    let shown = |text: &str| visible(text, usize::MAX / 8) == text;
    if !shown(request.path()) || !shown(request.body()) {
        return Some(HIDDEN.to_owned());
    }
    (request.body().len() > LONGEST).then(|| format!("it is longer than {LONGEST} bytes"))
}

#[cfg(test)]
mod tests {
    use crate::launch::event::RunId;
    use crate::launch::money::{Act, Intent, IntentId, Spend};
    use crate::mintcash::payments::{Billing, Card, NewPayment, Payer};
    use crate::mintcash::prepared::ExternalId;

    fn intent(card: Card) -> Intent {
        let spend = Spend::sample(Act::Charge, 100);
        let payment = NewPayment {
            amount: spend.amount,
            currency: spend.currency.clone(),
            external_id: ExternalId("golive-pay-1".to_owned()),
            payer: Payer {
                external_id: "golive-rehearsal".to_owned(),
                email: "ada@shop.example".to_owned(),
                name: "Ada".to_owned(),
            },
            billing: Billing { country: "US".to_owned(), postal_code: "94105".to_owned() },
            card,
            description: None,
        };
        Intent {
            id: IntentId("1".to_owned()),
            step: "rehearsal.charge".into(),
            run: RunId("1".to_owned()),
            spend,
            of: None,
            key: None,
            request: Some(payment.prepare()),
        }
    }

    #[test]
    fn a_stored_card_is_never_charged_whoever_wrote_the_journal() {
        let page = Card::HostedPage { return_url: "https://shop.example/".to_owned() };
        assert_eq!(intent(page).mismatch(), None);
        let stored = Card::Saved { card_token: "tok_of_a_customer".to_owned() };
        assert!(
            intent(stored).mismatch().is_some_and(|why| why.contains("without MintCash's page"))
        );
    }
}
