//! The lines that programs write of an event, a delivery or an error, in their own shapes.
//!
//! Used by [`lay`](super::lay). The rule it keeps: the personal data on them is planted, so that it
//! can be looked for wherever it must not turn up ([`PERSONAL`]).

use indexmap::IndexMap;
use ulid::Ulid;

use crate::demo::week::truth::{Delivery, Event, Failed, Thing, uuid};
use crate::events::received::{Answered, By, Received, Record, Signature, Values};
use crate::time::Timestamp;

/// Texts that stand on the lines as personal data, each of them part of one.
pub const PERSONAL: [&str; 5] =
    ["@private-mail.example", "Quillfeather", "441239", "4242424242424242", "+1555"];

/// The path of the webhook.
pub const PATH: &str = "/webhooks/mintcash";

/// How MintCash's events look (mintcash-contract.md section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As they are documented.
    Documented,
    /// As they were seen.
    Real,
}

/// The body of an event.
#[must_use]
pub fn envelope(event: &Event, dialect: Dialect) -> String {
    let id = match dialect {
        Dialect::Real => uuid(event.id),
        Dialect::Documented => format!("evt_{}", Ulid(event.id)),
    };
    let kind = event.name.split('.').next().unwrap_or("payment");
    let created = Timestamp::from_millis(event.created);
    let data =
        if kind == "subscription" { charge(event, dialect) } else { payment(event, dialect) };
    format!(
        r#"{{"eventId":"{id}","event":"{}","type":"{kind}","apiVersion":"2026-05-01","environment":"live","createdAt":"{created}","data":{data}}}"#,
        event.name
    )
}

fn thing_id(thing: &Thing, prefix: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Real => uuid(thing.id),
        Dialect::Documented => format!("{prefix}_{}", Ulid(thing.id)),
    }
}

fn amount(cents: u32) -> String {
    match cents % 100 {
        0 => (cents / 100).to_string(),
        rest => format!("{}.{rest:02}", cents / 100).trim_end_matches('0').to_owned(),
    }
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), |text| format!("\"{text}\""))
}

fn customer(thing: &Thing, dialect: Dialect) -> String {
    let number = thing.customer;
    let (id, phone) = match dialect {
        Dialect::Real => (uuid(u128::from(number) << 70 | 7), "null".to_owned()),
        Dialect::Documented => (format!("cust_{number:026}"), format!("\"+1555{number:07}\"")),
    };
    format!(
        r#"{{"id":"{id}","externalId":"customer-{number}","email":"c{number}@private-mail.example","name":"Ida Quillfeather {number}","phone":{phone}}}"#
    )
}

fn card(event: &Event, dialect: Dialect) -> String {
    let last4 = event.about.customer % 10_000;
    match dialect {
        _ if !event.card => "null".to_owned(),
        Dialect::Real => format!(
            r#"{{"brand":"visa","first6":"441239","last4":"{last4:04}","mask":"441239******{last4:04}","expMonth":"03","expYear":"35"}}"#
        ),
        Dialect::Documented => {
            format!(r#"{{"brand":"visa","last4":"{last4:04}","expMonth":3,"expYear":2035}}"#)
        }
    }
}

fn payment(event: &Event, dialect: Dialect) -> String {
    let about = &event.about;
    let status = event.name.split('.').nth(1).unwrap_or("pending");
    let amount = amount(about.cents);
    let subscription = about.subscription.map_or_else(String::new, |id| {
        format!(r#","subscriptionId":"{}""#, subscription_id(id, dialect))
    });
    let created = Timestamp::from_millis(event.created);
    let documented = match dialect {
        Dialect::Real => String::new(),
        Dialect::Documented => format!(
            r#","cardToken":"tok_{}","createdAt":"{created}","updatedAt":"{created}""#,
            Ulid(about.id.rotate_left(9))
        ),
    };
    format!(
        r#"{{"id":"{}","externalId":"{}","status":"{status}","amount":{amount},"currency":"USD","providerTransactionId":"cpi_{:016x}","failureCode":{},"failureMessage":null,"amountRefunded":0,"amountRefundable":{amount},"customer":{},"billingAddress":{{"country":"US","postalCode":"10001","name":null,"line1":null,"line2":null,"city":null,"state":null}},"card":{}{subscription}{documented}}}"#,
        thing_id(about, "pmt", dialect),
        about.external(),
        about.id >> 64,
        quoted(event.code),
        customer(about, dialect),
        card(event, dialect),
    )
}

fn subscription_id(id: u128, dialect: Dialect) -> String {
    match dialect {
        Dialect::Real => uuid(id),
        Dialect::Documented => format!("sub_{}", Ulid(id)),
    }
}

/// The subscription of an event; its members are not documented (section 11.2).
fn charge(event: &Event, dialect: Dialect) -> String {
    let about = &event.about;
    let status = match event.name {
        "subscription.succeeded" => "active",
        "subscription.cancelled" => "cancelled",
        _ => "past_due",
    };
    format!(
        r#"{{"id":"{}","externalId":"{}","status":"{status}","amount":{},"currency":"USD","billingIntervalDays":30,"customer":{},"failureCode":{},"failureMessage":null}}"#,
        subscription_id(about.id, dialect),
        about.external(),
        amount(about.cents),
        customer(about, dialect),
        quoted(event.code),
    )
}

/// What `golive listen` writes of a delivery; the second line and its moment where it was answered.
#[must_use]
pub fn received(event: &Event, delivery: &Delivery, at: Timestamp, dialect: Dialect) -> Records {
    let random = event.id ^ u128::from(delivery.at.unsigned_abs());
    let id = Ulid::from_parts(u64::try_from(at.millis()).unwrap_or(0), random).to_string();
    let body = envelope(event, dialect);
    let headers = IndexMap::from([
        ("content-type".to_owned(), Values::One("application/json".to_owned())),
        ("x-signature".to_owned(), Values::One("0f".repeat(32))),
    ]);
    let event_id = match dialect {
        Dialect::Real => uuid(event.id),
        Dialect::Documented => format!("evt_{}", Ulid(event.id)),
    };
    let received = Record::Received(Box::new(Received {
        id: id.clone(),
        received_at: at,
        method: None,
        path: PATH.to_owned(),
        signature: Signature::Valid,
        signed_with: Some("webhook_secret".to_owned()),
        event_id: Some(event_id),
        event: Some(event.name.to_owned()),
        environment: Some("live".to_owned()),
        external_id: Some(event.about.external()),
        headers,
        body: Some(body),
        body_base64: None,
        incomplete: None,
    }));
    let answered = delivery.answer.map(|(status, ms)| {
        let answered_at = Timestamp::from_millis(at.millis() + i64::from(ms));
        let (ms, by) = (u64::from(ms), By::Upstream);
        let record = Answered { id, answered_at, status, ms, by, problem: None, resent: false };
        (answered_at, json(&Record::Answered(record)))
    });
    Records { received: json(&received), answered }
}

/// The two lines of a delivery.
#[derive(Clone, Debug)]
pub struct Records {
    /// That it came.
    pub received: String,
    /// That it was answered, and when.
    pub answered: Option<(Timestamp, String)>,
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

/// What a handler in Node writes of a delivery with pino, when it has answered.
#[must_use]
pub fn handled(event: &Event, delivery: &Delivery, at: Timestamp, dialect: Dialect) -> String {
    let (status, ms) = delivery.answer.unwrap_or((499, 10_000));
    let level = if status < 300 { 30 } else { 50 };
    format!(
        r#"{{"level":{level},"time":"{at}","pid":41,"hostname":"shop-1","req":{{"method":"POST","url":"{PATH}","body":{}}},"res":{{"statusCode":{status}}},"responseTime":{ms},"msg":"request completed"}}"#,
        envelope(event, dialect)
    )
}

/// A line of nginx's combined format.
#[must_use]
pub fn combined(at: Timestamp, path: &str, method: &str, status: u16) -> String {
    format!(
        r#"203.0.113.9 - - [{}] "{method} {path} HTTP/1.1" {status} 12 "-" "MintCash-Webhooks/1""#,
        clf(at)
    )
}

/// A line of a JSON access log as people set it up in nginx.
#[must_use]
pub fn access_json(at: Timestamp, path: &str, method: &str, status: u16, ms: u32) -> String {
    format!(
        r#"{{"time_iso8601":"{}","remote_addr":"203.0.113.9","request_method":"{method}","request_uri":"{path}","status":{status},"request_time":{}.{:03}}}"#,
        at,
        ms / 1_000,
        ms % 1_000
    )
}

/// A moment as access logs write it: `25/Nov/2026:15:16:51 +0000`.
fn clf(at: Timestamp) -> String {
    let date = at.date();
    let (year, rest) = date.split_once('-').unwrap_or(("1970", "01-01"));
    let (month, day) = rest.split_once('-').unwrap_or(("01", "01"));
    let names =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month =
        month.parse::<usize>().ok().and_then(|month| names.get(month - 1)).unwrap_or(&"Jan");
    format!("{day}/{month}/{year}:{} +0000", at.clock())
}

/// What a client writes of a request that MintCash answered with an error.
#[must_use]
pub fn request_failed(failed: &Failed, at: Timestamp) -> String {
    let Failed { status, code, request, about, .. } = failed;
    format!(
        r#"{{"at":"{at}","environment":"live","method":"POST","url":"https://api.mintcash.me/payments","body":{{"amount":{},"currency":"USD","externalId":"{}","customer":{{"externalId":"customer-{}","email":"c{}@private-mail.example","name":"Ida Quillfeather"}}}},"status":{status},"response":{{"code":"{code}","message":"the request failed","details":{{"requestId":"req_{request:032x}"}}}}}}"#,
        about.cents,
        about.external(),
        about.customer,
        about.customer,
    )
}

/// What it writes of a request that was answered well.
#[must_use]
pub fn request_done(about: &Thing, at: Timestamp, dialect: Dialect) -> String {
    format!(
        r#"{{"at":"{at}","environment":"live","method":"POST","url":"https://api.mintcash.me/payments","body":{{"amount":{},"currency":"USD","externalId":"{}","returnUrl":"https://shop.example/thanks","customer":{{"externalId":"customer-{}","email":"c{}@private-mail.example","name":"Ida Quillfeather"}}}},"status":200,"response":{{"id":"{}","status":"created"}}}}"#,
        about.cents,
        about.external(),
        about.customer,
        about.customer,
        thing_id(about, "pmt", dialect),
    )
}

/// How an application writes its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logger {
    /// Node with pino.
    Pino,
    /// Python with structlog.
    Structlog,
}

/// What the application writes of an error of the API.
#[must_use]
pub fn error_logged(failed: &Failed, at: Timestamp, logger: Logger) -> String {
    let Failed { status, code, request, about, identified, .. } = failed;
    let external = about.external();
    match (logger, identified) {
        (Logger::Pino, true) => format!(
            r#"{{"level":50,"time":{},"pid":41,"hostname":"shop-1","err":{{"type":"MintCashError","message":"the request failed","status":{status},"code":"{code}","details":{{"requestId":"req_{request:032x}"}}}},"externalId":"{external}","email":"c{}@private-mail.example","msg":"MintCash refused a payment"}}"#,
            at.millis(),
            about.customer
        ),
        (Logger::Pino, false) => format!(
            r#"{{"level":50,"time":{},"pid":41,"hostname":"shop-1","err":{{"type":"MintCashError","message":"the request failed","status":{status},"code":"{code}"}},"msg":"MintCash refused a payment"}}"#,
            at.millis()
        ),
        (Logger::Structlog, true) => format!(
            r#"{{"event":"mintcash.error","level":"error","timestamp":"{at}","status_code":{status},"code":"{code}","request_id":"req_{request:032x}","external_id":"{external}","customer":"Ida Quillfeather"}}"#
        ),
        (Logger::Structlog, false) => format!(
            r#"{{"event":"mintcash.error","level":"error","timestamp":"{at}","status_code":{status},"code":"{code}","customer":"Ida Quillfeather"}}"#
        ),
    }
}

/// What the application writes when it hears of a failed payment.
#[must_use]
pub fn failure_logged(event: &Event, at: Timestamp, logger: Logger, dialect: Dialect) -> String {
    let (external, code) = (event.about.external(), event.code.unwrap_or("none"));
    let id = thing_id(&event.about, "pmt", dialect);
    match logger {
        Logger::Pino => format!(
            r#"{{"level":50,"time":{},"pid":41,"hostname":"shop-1","externalId":"{external}","paymentId":"{id}","failureCode":"{code}","card":"4242424242424242","msg":"MintCash: payment failed"}}"#,
            at.millis()
        ),
        Logger::Structlog => format!(
            r#"{{"event":"payment failed","level":"error","timestamp":"{at}","provider":"mintcash","external_id":"{external}","payment_id":"{id}","failure_code":"{code}","email":"someone@private-mail.example"}}"#
        ),
    }
}
