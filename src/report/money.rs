//! The ledger of real money as a report and `golive money` hold it.
//!
//! Made by `report::build` and by `cli::money`. The rule it keeps: no page's address and no request's
//! body stands in it. Card owners do: they signed for it.

use serde::Serialize;

use crate::launch::money::{Act, Ledger, Stage, Totals, Tracked};
use crate::report::build::clean;
use crate::time::Timestamp;

/// The ledger.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MoneyPart {
    /// Whether no money is out and none can still move.
    pub even: bool,
    /// What each currency adds up to.
    pub totals: Vec<TotalsPart>,
    /// Every request, oldest first.
    pub intents: Vec<IntentPart>,
}

/// What a currency adds up to; amounts as text, `1.00`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TotalsPart {
    /// ISO 4217.
    pub currency: String,
    /// Taken from cards.
    pub charged: String,
    /// Given back.
    pub refunded: String,
    /// What has not been given back.
    pub net: String,
    /// What may still be taken.
    pub may_charge: String,
    /// The same in words.
    #[serde(skip)]
    pub says: String,
}

/// A request that moves money, with what came of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntentPart {
    /// Its id in the journal.
    pub id: String,
    /// For which step.
    pub step: String,
    /// What.
    pub act: Act,
    /// Where.
    pub host: String,
    /// How much.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// When it was written down.
    pub at: Timestamp,
    /// Who had it sent.
    pub by: String,
    /// Whose card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_owner: Option<String>,
    /// MintCash's id of what was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mintcash_id: Option<String>,
    /// The id of what is refunded or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// How far it is: `maybe-sent`, `made`, `done`, `over`.
    pub stage: &'static str,
    /// The same in words.
    pub says: String,
    /// The ids of the calls, for MintCash's support.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
    /// What was seen of it.
    pub seen: Vec<SeenPart>,
    /// What it is, in words.
    #[serde(skip)]
    pub what: String,
}

/// Something that was seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenPart {
    /// What.
    pub says: String,
    /// Where first.
    pub source: &'static str,
    /// The id of the event, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// When it was written down.
    pub at: Timestamp,
}

impl MoneyPart {
    /// The ledger as it stands.
    #[must_use]
    pub fn new(ledger: &Ledger) -> Self {
        Self {
            even: ledger.is_even(),
            totals: ledger.totals().iter().map(totals).collect(),
            intents: ledger.intents().iter().map(|it| intent(ledger, it)).collect(),
        }
    }

    /// The ledger, unless nothing is in it.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Option<Self> {
        (!ledger.intents().is_empty()).then(|| Self::new(ledger))
    }
}

fn totals(totals: &Totals) -> TotalsPart {
    TotalsPart {
        currency: clean(&totals.currency),
        charged: totals.charged.to_string(),
        refunded: totals.refunded.to_string(),
        net: totals.net().to_string(),
        may_charge: totals.may_charge.to_string(),
        says: clean(&totals.line()),
    }
}

fn intent(ledger: &Ledger, tracked: &Tracked) -> IntentPart {
    let intent = &tracked.intent;
    let seen = tracked.seen.iter().map(|it| SeenPart {
        says: clean(&it.what.fact.sentence()),
        source: it.what.source.words(),
        event_id: it.what.event_id.as_deref().map(clean),
        at: it.at,
    });
    let requests = tracked.answers.iter().flat_map(|answer| &answer.what.request_ids);
    IntentPart {
        id: clean(&intent.id.0),
        step: clean(intent.step.as_str()),
        act: intent.spend.act,
        host: clean(&intent.spend.host),
        amount: intent.spend.amount.to_string(),
        currency: clean(&intent.spend.currency),
        at: tracked.at,
        by: clean(&tracked.by.name),
        card_owner: tracked.card_owner.as_deref().map(clean),
        mintcash_id: tracked.id().map(clean),
        of: intent.of.as_deref().map(clean),
        stage: match tracked.stage() {
            Stage::MaybeSent => "maybe-sent",
            Stage::Made => "made",
            Stage::Done => "done",
            Stage::Over => "over",
        },
        says: ledger.stage_words(tracked).to_owned(),
        request_ids: requests.map(|id| clean(id)).collect(),
        seen: seen.collect(),
        what: clean(&tracked.what()),
    }
}
