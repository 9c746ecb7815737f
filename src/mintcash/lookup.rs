//! Looks a thing up by an id that somebody has, without knowing anything else of it.
//!
//! Used when a person hands an id in as evidence. What comes back is told as it is written: in
//! which unit an answer writes amounts is unknown (C1 of mintcash-contract.md section 13), and
//! nothing that was sent is here to hold it against. A refund's paths are undocumented
//! (section 3), so that only a list without it shows that there is none.

use serde_json::Value;

use crate::mintcash::body::{moment, text, unwrapped};
use crate::mintcash::call::{Answered, Call, CallError, Strange, Trouble};
use crate::mintcash::client::{Client, Request};
use crate::mintcash::error::Kind;
use crate::mintcash::payments::path;
use crate::mintcash::refunds::RefundPaths;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing<'a> {
    /// A payment.
    Payment,
    /// A subscription.
    Subscription,
    /// A refund, of that payment where it is known.
    Refund(Option<&'a str>),
}

/// What the provider says of it; every text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it stands.
    pub status: Option<String>,
    /// The amount as the answer writes it.
    pub amount: Option<String>,
    /// The currency.
    pub currency: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl Client {
    /// Looks it up; `None` when the provider knows no such thing.
    ///
    /// # Errors
    /// When that could not be found out.
    pub async fn look_up(
        &self,
        thing: Thing<'_>,
        id: &str,
    ) -> Result<(Option<Seen>, Call), CallError> {
        match thing {
            Thing::Payment => self.look_at(&path("/payments/", id)?, "payment", id).await,
            Thing::Subscription => {
                self.look_at(&path("/subscriptions/", id)?, "subscription", id).await
            }
            Thing::Refund(payment) => self.look_up_refund(payment, id).await,
        }
    }

    async fn look_at(
        &self,
        path: &str,
        name: &str,
        id: &str,
    ) -> Result<(Option<Seen>, Call), CallError> {
        match self.send(Request::get(path)).await {
            Ok(answer) => answer.read(|body| Seen::read(&body, name, id)).map(found),
            Err(error) if is_not_there(&error.trouble) => Ok((None, error.call)),
            Err(error) => Err(error),
        }
    }

    /// Tries every path at which a refund may be read, then the payment's list.
    async fn look_up_refund(
        &self,
        payment: Option<&str>,
        id: &str,
    ) -> Result<(Option<Seen>, Call), CallError> {
        let paths = RefundPaths::default();
        let refund = path("", id)?;
        let parent = payment.map(|payment| path("", payment)).transpose()?;
        let mut last = None;
        for template in &paths.one {
            let filled = match &parent {
                Some(parent) => template.replace("{payment}", parent),
                None if template.contains("{payment}") => continue,
                None => template.clone(),
            };
            match self.look_at(&filled.replace("{refund}", &refund), "refund", id).await {
                Ok((None, call)) => last = Some(call),
                // Another answer at one path than the API's own says nothing about the next.
                Err(CallError { trouble: Trouble::Api(error), call })
                    if matches!(error.status, 404 | 405) =>
                {
                    last = Some(call);
                }
                other => return other,
            }
        }
        if let Some(payment) = payment
            && let Ok(listed) = self.refunds(payment, &paths).await
        {
            let own = listed.value.iter().find(|refund| refund.id == id);
            let seen = own.map(|refund| Seen::read(&refund.body, "refund", id)).transpose();
            return match seen {
                Ok(seen) => Ok((seen, listed.call)),
                Err(trouble) => Err(CallError { trouble, call: listed.call }),
            };
        }
        let nowhere =
            || Call { what: "reading the refund".into(), host: String::new(), tries: Vec::new() };
        let trouble = Trouble::NotSent("where refunds can be read is not documented");
        Err(CallError { trouble, call: last.unwrap_or_else(nowhere) })
    }
}

fn found(answer: Answered<Seen>) -> (Option<Seen>, Call) {
    (Some(answer.value), answer.call)
}

/// Whether the API itself says that there is no such thing, and not somebody else at its address.
fn is_not_there(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Api(error) => error.kind == Kind::NotFound && error.is_enveloped(),
        _ => false,
    }
}

impl Seen {
    /// What an answer says of the thing with that id.
    fn read(body: &Value, name: &str, id: &str) -> Result<Self, Trouble> {
        let inner = unwrapped(body, name);
        let strange = |why| Trouble::Strange(Strange { status: 200, html: false, why });
        match text(inner, "id") {
            Some(came) if came == id => {}
            Some(_) => return Err(strange("the answer is about another id")),
            None => return Err(strange("JSON without the id of what was asked for")),
        }
        let member = |name| text(inner, name).map(|text| Untrusted::new(text).line(40));
        Ok(Self {
            status: member("status"),
            amount: member("amount"),
            currency: member("currency"),
            created_at: moment(inner, "createdAt"),
        })
    }
}
