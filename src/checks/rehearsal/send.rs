//! Sends what an intent says and writes down what came back.
//!
//! The only place from which the rehearsal sends something that moves money. The rules it keeps:
//! the intent is on disk before, its bytes are the ones that go out, and what came back is written
//! down even when nobody waits for it any more. Only what is certain counts as refused.

use crate::checks::book::Book;
use crate::checks::rehearsal::access::Access;
use crate::launch::event::RunId;
use crate::launch::money::{Act, AnswerOutcome, Intent, MoneyAnswer};
use crate::mintcash::call::{Call, CallError, Trouble};
use crate::mintcash::client::Client;
use crate::mintcash::error::Kind;
use crate::mintcash::payments::Charge;
use crate::mintcash::status::{PaymentStatus, SubscriptionStatus};
use crate::mintcash::subscriptions::Cancelled;
use crate::text::{Untrusted, visible};

/// What came back.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What it amounts to.
    pub outcome: AnswerOutcome,
    /// Why there is nothing, where there is nothing.
    pub trouble: Option<Trouble>,
    /// The call.
    pub call: Call,
    id: Option<String>,
    page: Option<String>,
    says: String,
}

/// Sends an intent's request and writes the answer down. `again` says that the same bytes may have
/// been sent before.
///
/// # Errors
/// Why the answer could not be written down, for the operator.
pub async fn send(
    access: &Access,
    book: &Book,
    intent: &Intent,
    again: bool,
) -> Result<Sent, String> {
    let sent = request(&access.client, intent, again).await?;
    book.answered(sent.answer(intent, book.run())).await?;
    Ok(sent)
}

async fn request(client: &Client, intent: &Intent, again: bool) -> Result<Sent, String> {
    let act = intent.spend.act;
    let body = || intent.request.as_ref().ok_or("the journal has no request to send");
    let sent = match act {
        Act::Charge => match client.charge(body()?).await {
            Ok(Charge::Made(answer)) => {
                let payment = answer.value;
                let page =
                    payment.redirect_url.filter(|_| payment.status == PaymentStatus::Created);
                Sent::made(payment.id, page, payment.status.as_str(), answer.call)
            }
            Ok(Charge::Declined(answer)) => Sent {
                says: answer.value.short(),
                trouble: Some(Trouble::Api(Box::new(answer.value))),
                ..Sent::nothing(AnswerOutcome::Declined, answer.call)
            },
            Err(error) => Sent::failed(error, again),
        },
        Act::Subscribe => match client.subscribe(body()?).await {
            Ok(answer) => {
                let made = answer.value;
                let page = made.redirect_url.filter(|_| made.status == SubscriptionStatus::Created);
                Sent::made(made.id, page, made.status.as_str(), answer.call)
            }
            Err(error) => Sent::failed(error, again),
        },
        Act::Refund => match client.refund(body()?).await {
            Ok(answer) => {
                Sent::made(answer.value.id, None, answer.value.status.as_str(), answer.call)
            }
            Err(error) => Sent::failed(error, again),
        },
        Act::Cancel => {
            let id = intent.of.clone().ok_or("the journal does not say what to cancel")?;
            match client.cancel(&id).await {
                Ok(Cancelled::Now(call)) => Sent::made(id, None, "cancelled", call),
                Ok(Cancelled::Already(_, call)) => {
                    Sent::made(id, None, "it was cancelled already", call)
                }
                Err(error) => Sent::failed(error, again),
            }
        }
    };
    Ok(sent)
}

impl Sent {
    /// What came back, in a few words.
    #[must_use]
    pub fn says(&self) -> String {
        let id = self.id.as_deref().map(|id| format!("{}: ", visible(id, 80)));
        format!("{}{}", id.unwrap_or_default(), visible(&self.says, 200))
    }

    fn nothing(outcome: AnswerOutcome, call: Call) -> Self {
        Self { outcome, trouble: None, call, id: None, page: None, says: String::new() }
    }

    fn made(id: String, page: Option<String>, says: &str, call: Call) -> Self {
        if visible(&id, usize::MAX / 8) != id {
            return Self {
                says: format!("an id that can not be kept: {}", visible(&id, 80)),
                ..Self::nothing(AnswerOutcome::Unclear, call)
            };
        }
        Self {
            id: Some(id),
            page,
            says: Untrusted::new(says).line(80),
            ..Self::nothing(AnswerOutcome::Made, call)
        }
    }

    fn failed(error: CallError, again: bool) -> Self {
        let outcome = outcome(&error, again);
        let (trouble, call) = (error.trouble, error.call);
        // What was made for another amount exists: its id must not get lost.
        let id = match &trouble {
            Trouble::Mismatch(mismatch) if outcome == AnswerOutcome::Made => mismatch.id.clone(),
            _ => None,
        };
        let says = trouble.says();
        Self { id, says, trouble: Some(trouble), ..Self::nothing(outcome, call) }
    }

    fn answer(&self, intent: &Intent, run: Option<&RunId>) -> MoneyAnswer {
        let ids = self.call.tries.iter().filter_map(|one| one.request_id.clone());
        MoneyAnswer {
            intent: intent.id.clone(),
            run: run.cloned(),
            outcome: self.outcome,
            id: self.id.clone(),
            page: self.page.clone(),
            request_ids: ids.collect(),
            says: visible(&self.says, 200),
        }
    }
}

/// What an error amounts to. A refusal says that nothing was made only when it is the answer to the
/// one time that the request was ever sent.
fn outcome(error: &CallError, again: bool) -> AnswerOutcome {
    let only_once = !again && error.call.tries.len() == 1;
    match &error.trouble {
        Trouble::Api(said) => match said.kind {
            Kind::Declined => AnswerOutcome::Declined,
            Kind::Invalid
            | Kind::Unauthenticated
            | Kind::Forbidden
            | Kind::NotFound
            | Kind::Conflict
            | Kind::TooMuch
            | Kind::Refused
                if only_once =>
            {
                AnswerOutcome::Refused
            }
            _ => AnswerOutcome::Unclear,
        },
        Trouble::Mismatch(mismatch) if mismatch.member != "externalId" && mismatch.id.is_some() => {
            AnswerOutcome::Made
        }
        // What never left this machine: the one try was not even made.
        Trouble::NotSent(_) if !again => AnswerOutcome::Refused,
        _ => AnswerOutcome::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mintcash::call::Try;
    use crate::mintcash::error::ApiError;

    fn error(status: u16, code: &str, tries: usize) -> CallError {
        let one = Try {
            took: std::time::Duration::ZERO,
            address: None,
            status: None,
            request_id: None,
            skew: None,
            problem: None,
        };
        let call = Call { what: "POST".into(), host: "h".into(), tries: vec![one; tries] };
        let said = ApiError::read(status, &json!({"code": code}));
        CallError { trouble: Trouble::Api(Box::new(said)), call }
    }

    #[test]
    fn a_refusal_ends_an_intent_only_when_nothing_was_sent_before_it() {
        for (status, code) in [
            (400, "invalid_argument"),
            (401, "unauthenticated"),
            (403, "permission_denied"),
            (404, "not_found"),
            (409, "failed_precondition"),
            (422, "out_of_range"),
        ] {
            assert_eq!(outcome(&error(status, code, 1), false), AnswerOutcome::Refused, "{code}");
            assert_eq!(outcome(&error(status, code, 2), false), AnswerOutcome::Unclear, "{code}");
            assert_eq!(outcome(&error(status, code, 1), true), AnswerOutcome::Unclear, "{code}");
        }
        for (status, code) in [
            (500, "internal"),
            (502, ""),
            (503, "unavailable"),
            (429, "resource_exhausted"),
            (499, "canceled"),
            (409, "already_exists"),
        ] {
            assert_eq!(outcome(&error(status, code, 1), false), AnswerOutcome::Unclear, "{code}");
        }
        assert_eq!(outcome(&error(499, "aborted", 3), true), AnswerOutcome::Declined);
    }
}
