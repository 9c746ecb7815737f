//! What a line of a log says about the use of one `externalId`.
//!
//! Used while a log is read, and again for the lines that a finding quotes. The rules it keeps:
//! what the provider's documentation leaves open (mintcash-contract.md section 11.2) is not
//! compared; what a merchant's log calls by several names is one thing here; ids that golive itself
//! makes are none of the merchant's.

use std::borrow::Cow;

use crate::events::amount::{Amount, Unit};
use crate::events::fields::Found;
use crate::events::json::Raw;
use crate::events::record::{Call, Environment, Event, Request, Said, Signature, environment};
use crate::events::shape::Thing;
use crate::time::Timestamp;

/// What golive's own ids begin with.
pub const OWN: &[u8] = b"golive-";

/// What an id was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A payment.
    Payment,
    /// A refund.
    Refund,
    /// A subscription.
    Subscription,
    /// The line does not say.
    Unclear,
}

/// By what a customer is told from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// By the merchant's id of the customer.
    Id,
    /// By the e-mail address, where there is no id.
    Email,
    /// It is a refund: by the payment that it belongs to.
    Payment,
}

/// How far a thing had come, by that line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Not to an end.
    Open,
    /// The customer was charged.
    Succeeded,
    /// The customer was not charged.
    Failed,
    /// The money went back, or a part of it.
    Refunded,
    /// MintCash refused it: the id is used for something else.
    Conflict,
}

/// One use of an id.
#[derive(Clone, Debug)]
pub struct Usage<'a> {
    /// The id.
    pub id: Cow<'a, [u8]>,
    /// For what.
    pub kind: Kind,
    /// Where.
    pub environment: Option<Environment>,
    /// Whether it stands in a request; else MintCash said it in an event.
    pub is_request: bool,
    /// The amount, where it is known what it is the amount of.
    pub amount: Option<(Amount, Unit)>,
    /// The currency.
    pub currency: Option<Cow<'a, [u8]>>,
    /// The customer.
    pub who: Option<(Basis, Cow<'a, [u8]>)>,
    /// The order, and whether it is only a description.
    pub order: Option<(bool, Cow<'a, [u8]>)>,
    /// When.
    pub time: Option<Timestamp>,
    /// How far it had come.
    pub end: End,
}

/// What a line that uses no id says about itself, for the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// A request that creates something was sent without an id.
    WithoutId,
    /// A request that MintCash did not take: nothing came of it.
    Refused,
    /// An event that nobody signed.
    Forged,
    /// An id of golive's own.
    Own,
    /// Nothing about ids.
    Silent,
}

/// Hands every use of an id on a line to `take`; what the line is when there is none.
pub fn usages<'a>(said: &Said<'a>, take: &mut impl FnMut(Usage<'a>)) -> Option<Unused> {
    match said {
        Said::Event(event) => of_event(event, take),
        Said::Request(request) => of_request(request, take),
        _ => Some(Unused::Silent),
    }
}

fn of_event<'a>(event: &Event<'a>, take: &mut impl FnMut(Usage<'a>)) -> Option<Unused> {
    if event.signature == Signature::Forged {
        return Some(Unused::Forged);
    }
    let name = event.name.text().unwrap_or_default();
    let (kind, end) = match name.as_ref() {
        b"payment.succeeded" => (Kind::Payment, End::Succeeded),
        b"payment.failed" | b"payment.voided" => (Kind::Payment, End::Failed),
        b"payment.refunded" | b"payment.partially_refunded" | b"payment.refund_failed" => {
            return of_refund(event, name != &b"payment.refund_failed"[..], take);
        }
        b"subscription.succeeded" | b"subscription.payment_succeeded" => {
            (Kind::Subscription, End::Succeeded)
        }
        name if name.starts_with(b"payment.") => (Kind::Payment, End::Open),
        name if name.starts_with(b"subscription.") => (Kind::Subscription, End::Open),
        _ => return Some(Unused::Silent),
    };
    let inner = match kind {
        Kind::Subscription => event.data.subscription,
        _ => event.data.payment,
    };
    let inner = within(inner);
    give(in_event(event, inner.as_ref().unwrap_or(&event.data), kind, end), take)
}

/// A refund's event holds the payment, the refund, or both (mintcash-contract.md section 11.2). Of
/// a flat one it is not known whose id and amount it carries.
fn of_refund<'a>(
    event: &Event<'a>,
    is_back: bool,
    take: &mut impl FnMut(Usage<'a>),
) -> Option<Unused> {
    let end = if is_back { End::Refunded } else { End::Open };
    let (payment, refund) = (within(event.data.payment), within(event.data.refund));
    let mut unused = Some(Unused::Silent);
    if let Some(refund) = &refund {
        unused = give(in_event(event, refund, Kind::Refund, End::Open), take);
    }
    if let Some(payment) = &payment {
        unused = give(in_event(event, payment, Kind::Payment, end), take);
    }
    if payment.is_none() {
        let is_refund = refund.is_none() && event.data.payment_id.is_some();
        let kind = if is_refund { Kind::Refund } else { Kind::Unclear };
        let end = if is_refund { End::Open } else { end };
        let flat = in_event(event, &event.data, kind, end);
        unused = give(flat.map(|flat| Usage { amount: None, ..flat }), take);
    }
    unused
}

fn within(raw: Option<Raw<'_>>) -> Option<Thing<'_>> {
    Thing::read(&mut raw.filter(|raw| raw.is_object())?.cursor()).ok()
}

fn give<'a>(usage: Option<Usage<'a>>, take: &mut impl FnMut(Usage<'a>)) -> Option<Unused> {
    let Some(usage) = usage else { return Some(Unused::Silent) };
    if usage.id.starts_with(OWN) {
        return Some(Unused::Own);
    }
    take(usage);
    None
}

fn in_event<'a>(event: &Event<'a>, thing: &Thing<'a>, kind: Kind, end: End) -> Option<Usage<'a>> {
    Some(Usage {
        id: thing.external_id?.some_text()?,
        kind,
        environment: event.environment,
        is_request: false,
        amount: amount(thing).map(|amount| (amount, Unit::Major)),
        currency: thing.currency.and_then(Raw::some_text),
        who: if kind == Kind::Refund { parent(thing) } else { customer(thing) },
        order: order(thing),
        time: event.created_at.or(event.received_at).and_then(moment),
        end,
    })
}

fn of_request<'a>(request: &Request<'a>, take: &mut impl FnMut(Usage<'a>)) -> Option<Unused> {
    let body = &request.body;
    let (kind, refunded) = match request.call {
        Call::Payment => (Kind::Payment, None),
        Call::Subscription => (Kind::Subscription, None),
        Call::Refund(payment) => (Kind::Refund, payment),
        Call::Unclear => (Kind::Unclear, None),
        Call::Other => return Some(Unused::Silent),
    };
    // 400 and the like: MintCash took nothing, so nothing is kept under the id. A refund's 409
    // says that another one is still running.
    match request.answered {
        Some(400 | 401 | 403 | 404 | 422 | 429) => return Some(Unused::Refused),
        Some(409) if kind == Kind::Refund => return Some(Unused::Refused),
        _ => {}
    }
    if let Some(fields) = request.fields.as_ref().filter(|it| it.external_id.is_some()) {
        return give(of_fields(request, fields, kind), take);
    }
    let Some(id) = body.external_id.and_then(Raw::some_text) else {
        return Some(if request.is_body { Unused::WithoutId } else { Unused::Silent });
    };
    let who = match kind {
        Kind::Refund => refunded.map(|id| (Basis::Payment, id.into())).or_else(|| parent(body)),
        _ => customer(body),
    };
    let usage = Usage {
        id,
        kind,
        environment: request.environment,
        is_request: true,
        amount: amount(body).map(|amount| (amount, unit(amount, request.is_body))),
        currency: body.currency.and_then(Raw::some_text),
        who,
        order: order(body),
        time: request.at.and_then(moment),
        end: end(request),
    };
    give(Some(with_fields(usage, request.fields.as_ref())), take)
}

/// The same where the merchant's paths say of other members than the id where they stand.
fn with_fields<'a>(usage: Usage<'a>, fields: Option<&Found>) -> Usage<'a> {
    let Some(fields) = fields else { return usage };
    let amount = text(&fields.amount).and_then(|text| Amount::parse(&text));
    let said = fields.environment.as_deref().and_then(|raw| environment(Raw::of(raw)?));
    let time = fields.time.as_deref().and_then(|raw| moment(Raw::of(raw)?));
    Usage {
        environment: said.or(usage.environment),
        amount: amount.map(|amount| (amount, unit(amount, false))).or(usage.amount),
        currency: text(&fields.currency).or(usage.currency),
        who: text(&fields.customer).map(|who| (Basis::Id, who)).or(usage.who),
        order: text(&fields.intent).map(|order| (false, order)).or(usage.order),
        time: time.or(usage.time),
        ..usage
    }
}

/// The text that a path leads to.
fn text<'a>(raw: &Option<Vec<u8>>) -> Option<Cow<'a, [u8]>> {
    let text = Raw::of(raw.as_deref()?)?.some_text()?;
    Some(Cow::Owned(text.into_owned()))
}

/// The amount of a request is in the smallest unit, unless the line is no body or it is a fraction.
fn unit(amount: Amount, is_body: bool) -> Unit {
    match (amount.is_fraction(), is_body) {
        (true, _) => Unit::Major,
        (false, true) => Unit::Minor,
        (false, false) => Unit::Unclear,
    }
}

fn end(request: &Request<'_>) -> End {
    let status = request.answer.status.and_then(Raw::text);
    match (request.answered, status.as_deref()) {
        (Some(409), _) => End::Conflict,
        (Some(499), _) | (_, Some(b"failed" | b"voided" | b"cancelled")) => End::Failed,
        (_, Some(b"succeeded" | b"active")) => End::Succeeded,
        (_, Some(b"refunded" | b"partially_refunded")) => End::Refunded,
        _ => End::Open,
    }
}

/// A use whose members stand where the merchant's paths say.
fn of_fields<'a>(request: &Request<'a>, fields: &Found, kind: Kind) -> Option<Usage<'a>> {
    let bare = Usage {
        id: text(&fields.external_id)?,
        kind,
        environment: request.environment,
        is_request: true,
        amount: None,
        currency: None,
        who: None,
        order: None,
        time: request.at.and_then(moment),
        end: end(request),
    };
    Some(with_fields(bare, Some(fields)))
}

fn amount(thing: &Thing<'_>) -> Option<Amount> {
    Amount::parse(&thing.amount?.text()?)
}

fn customer<'a>(thing: &Thing<'a>) -> Option<(Basis, Cow<'a, [u8]>)> {
    if let Some(id) = thing.customer.and_then(Raw::some_text) {
        return Some((Basis::Id, id));
    }
    let email = thing.email.and_then(Raw::some_text)?;
    let lower = email.trim_ascii().to_ascii_lowercase();
    Some((Basis::Email, if lower == *email { email } else { Cow::Owned(lower) }))
}

fn parent<'a>(thing: &Thing<'a>) -> Option<(Basis, Cow<'a, [u8]>)> {
    Some((Basis::Payment, thing.payment_id.and_then(Raw::some_text)?))
}

/// The order, or a description that has a number in it: one without stands on every order.
fn order<'a>(thing: &Thing<'a>) -> Option<(bool, Cow<'a, [u8]>)> {
    if let Some(order) = thing.order.and_then(Raw::some_text) {
        return Some((false, order));
    }
    let text = thing.description.filter(|raw| raw.is_string()).and_then(Raw::some_text)?;
    text.iter().any(u8::is_ascii_digit).then_some((true, text))
}

/// A date and time, or seconds or milliseconds since 1970.
fn moment(raw: Raw<'_>) -> Option<Timestamp> {
    let text = raw.text()?;
    let text = std::str::from_utf8(&text).ok()?;
    if raw.is_string() && text.contains('T') {
        return Timestamp::parse(text).ok();
    }
    let number: f64 = text.parse().ok()?;
    let millis = if number > 1e11 { number } else { number * 1000.0 };
    (1e12..5e12).contains(&millis).then(|| Timestamp::from_millis(millis as i64))
}
