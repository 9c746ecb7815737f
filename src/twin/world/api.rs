//! The API: who may come in, where a request leads, what is answered.
//!
//! Called by the edge with the request as it came. The rule it keeps: every answer that says no has
//! the envelope of mintcash-contract.md section 4 with a `requestId`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::mintcash::envelope::Environment;
use crate::twin::switch::Switch;
use crate::twin::world::World;
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::Call;
use crate::twin::world::time::Time;

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The path, as it came.
    pub path: &'a str,
    /// The header `authorization`.
    pub authorization: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Whether the body is a web page.
    pub html: bool,
    /// The body.
    pub body: Vec<u8>,
    /// After how many seconds to come again.
    pub retry_after: Option<u32>,
    /// What becomes of it on the way.
    pub fate: Fate,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// It takes three seconds.
    Slow,
    /// The connection breaks before it.
    Lost,
}

/// What is said when all is well.
pub struct Said {
    /// The body.
    pub body: Value,
    /// Whether something was made just now.
    pub fresh: bool,
}

impl Said {
    fn read(body: Value) -> Self {
        Self { body, fresh: false }
    }
}

impl World {
    /// Answers a request to an environment's API.
    pub fn answer(&mut self, environment: Environment, request: Request<'_>) -> Answer {
        let (time, site) = self.parts(environment);
        let fate = if site.has(Switch::Slow) { Fate::Slow } else { Fate::Arrives };
        let answer = if site.has(Switch::BadGateway) {
            let page = "<html><head><title>502 Bad Gateway</title></head>\
                        <body><h1>502 Bad Gateway</h1></body></html>";
            Answer { status: 502, html: true, body: page.into(), retry_after: None, fate }
        } else {
            site.answer(time, request, fate)
        };
        let cut = answer.fate == Fate::Lost;
        let request_id = serde_json::from_slice::<Value>(&answer.body).ok();
        let request_id = request_id
            .and_then(|body| Some(body.get("details")?.get("requestId")?.as_str()?.to_owned()));
        site.called(Call {
            at: time.now(),
            what: format!("{} {}", request.method, request.path),
            status: (!cut).then_some(answer.status),
            request_id,
        });
        answer
    }
}

impl Site {
    fn answer(&mut self, time: &mut Time, request: Request<'_>, fate: Fate) -> Answer {
        let said = self.admit(request).and_then(|()| self.route(time, request));
        let json = |status, body: &Value, fate| Answer {
            status,
            html: false,
            body: body.to_string().into_bytes(),
            retry_after: (status == 429).then_some(2),
            fate,
        };
        match said {
            Ok(said) => {
                let lost = said.fresh && self.has(Switch::LostAnswer);
                json(200, &said.body, if lost { Fate::Lost } else { fate })
            }
            Err(refusal) => {
                let request_id = format!("req_{}", self.dice.letters(20));
                json(refusal.status, &self.error_body(&refusal, &request_id), fate)
            }
        }
    }

    /// Whether the caller may come in.
    fn admit(&self, request: Request<'_>) -> Result<(), Refusal> {
        if self.has(Switch::RateLimited) {
            return Err(Refusal::new(429, "resource_exhausted", "Too many requests."));
        }
        let known = request.authorization.and_then(credentials).is_some_and(|(public, secret)| {
            public == self.keys.public && secret == self.keys.secret
        });
        if !known || self.has(Switch::KeyRevoked) {
            return Err(Refusal::unauthenticated());
        }
        if self.has(Switch::IpNotAllowed) {
            let code =
                if self.has(Switch::IpCode) { "ip_not_allowed" } else { "permission_denied" };
            let says = "Requests from this address are not allowed.";
            return Err(Refusal::new(403, code, says).because("ip_not_allowed"));
        }
        if self.has(Switch::MerchantDeactivated) {
            return Err(Refusal::new(403, "permission_denied", "The merchant is deactivated."));
        }
        Ok(())
    }

    fn route(&mut self, time: &mut Time, request: Request<'_>) -> Result<Said, Refusal> {
        let path = request.path.split_once('?').map_or(request.path, |(path, _)| path);
        let parts: Vec<String> = path
            .split('/')
            .skip(1)
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (request.method, parts.as_slice()) {
            ("POST", ["payments"]) => self.post_payment(time, request.body),
            ("GET", ["payments", id]) => self.get_payment(id).map(Said::read),
            ("POST", ["payments", id, "refund"]) => self.post_refund(time, id, request.body),
            ("GET", ["payments", id, "refund" | "refunds"]) => self.refunds_of(id).map(Said::read),
            ("GET", ["payments", payment, "refunds", id]) => {
                self.refund(Some(payment), id).map(Said::read)
            }
            ("GET", ["refunds", id]) => self.refund(None, id).map(Said::read),
            ("POST", ["subscriptions"]) => self.post_subscription(time, request.body),
            ("GET", ["subscriptions", id]) => self.get_subscription(id).map(Said::read),
            ("DELETE", ["subscriptions", id]) => self.delete_subscription(time, id),
            ("GET", ["merchant", "api-keys"]) => Ok(Said::read(self.keys_body())),
            (
                _,
                ["payments" | "subscriptions"]
                | ["payments" | "subscriptions" | "refunds", _]
                | ["payments", _, "refund" | "refunds"]
                | ["payments", _, "refunds", _]
                | ["merchant", "api-keys"],
            ) => Err(Refusal::new(405, "unimplemented", "This path has no such method.")),
            _ => Err(Refusal::not_found("path")),
        }
    }

    fn get_payment(&self, id: &str) -> Result<Value, Refusal> {
        let payment = self.payments.get(id).ok_or_else(|| Refusal::not_found("payment"))?;
        Ok(self.payment_body(payment, true))
    }

    fn get_subscription(&self, id: &str) -> Result<Value, Refusal> {
        let found = self.subscriptions.get(id);
        let subscription = found.ok_or_else(|| Refusal::not_found("subscription"))?;
        Ok(self.subscription_body(subscription, true))
    }
}

/// The two halves of HTTP Basic (RFC 7617).
fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, coded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (public, secret) = text.split_once(':')?;
    Some((public.to_owned(), secret.to_owned()))
}
