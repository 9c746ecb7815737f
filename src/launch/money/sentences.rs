//! What happened with real money, in sentences without their subject.
//!
//! Used by the audit trail, `golive log` and reports, so that all of them say the same.

use crate::launch::money::{
    Act, AnswerOutcome, Confirmation, Intent, MoneyAnswer, MoneyFact, Observation, Spend,
};
use crate::text::visible;

/// How much of a text from outside is shown.
const SHOWN: usize = 120;

impl Spend {
    /// What it is, where and how much: `charge 1.00 USD at api.mintcash.me`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let host = visible(&self.host, SHOWN);
        let price = visible(&self.price(), 40);
        let again = if self.again { ", the same request once more" } else { "" };
        match self.act {
            Act::Charge => format!("charge {price} at {host}{again}"),
            Act::Refund => format!("refund {price} at {host}{again}"),
            Act::Subscribe => format!("subscribe for {price} at {host}{again}"),
            Act::Cancel => format!("cancel the subscription at {host}{again}"),
        }
    }
}

impl Confirmation {
    /// What was confirmed.
    #[must_use]
    pub fn sentence(&self) -> String {
        let owner = self.card_owner.as_deref().map(|owner| visible(owner, SHOWN));
        let owner = owner.map(|owner| format!(", on the card of {owner}")).unwrap_or_default();
        format!("confirmed for {}: {}{owner}", self.step, self.spend.sentence())
    }
}

impl Intent {
    /// What is about to be sent.
    #[must_use]
    pub fn sentence(&self) -> String {
        let id = self.request.as_ref().map(|request| &request.expected().external_id.0);
        let id = id.map(|id| format!(", externalId {}", visible(id, SHOWN))).unwrap_or_default();
        format!("is about to {}{id}", self.spend.sentence())
    }
}

impl MoneyAnswer {
    /// What came back.
    #[must_use]
    pub fn sentence(&self) -> String {
        let id = self.id.as_deref().map(|id| format!(" {}", visible(id, SHOWN)));
        let id = id.unwrap_or_default();
        let says = visible(&self.says, 200);
        match self.outcome {
            AnswerOutcome::Made => format!("was answered:{id} {says}"),
            AnswerOutcome::Declined => format!("was declined:{id} {says}"),
            AnswerOutcome::Refused => format!("was refused: {says}"),
            AnswerOutcome::Unclear => format!("has no clear answer: {says}"),
        }
    }
}

impl MoneyFact {
    /// What is known.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Charged { amount, number: 1 } => format!("charged {amount}"),
            Self::Charged { amount, number } => format!("charged {amount}, charge number {number}"),
            Self::Refunded { amount } => format!("refunded {amount}"),
            Self::ReturnedElsewhere { total, .. } => format!("refunded elsewhere, {total} in all"),
            Self::Failed { code: Some(code) } => format!("failed: {}", visible(code, SHOWN)),
            Self::Failed { code: None } => "failed".to_owned(),
            Self::PastDue => "a renewal failed and is to be tried again".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::EventSeen { event, number: 1 } => format!("{} arrived", visible(event, SHOWN)),
            Self::EventSeen { event, number } => {
                format!("{} of charge number {number} arrived", visible(event, SHOWN))
            }
        }
    }
}

impl Observation {
    /// What was seen, and where first.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("saw by {}: {}", self.source.words(), self.fact.sentence())
    }
}
