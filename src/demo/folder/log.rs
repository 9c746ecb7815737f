//! The shop's logs: requests that it sent to MintCash and events that it took, as JSON Lines.
//!
//! They begin with two weeks of trials in the sandbox that never were, and grow while the demo runs.
//! An event that the shop takes is kept as `golive listen` before it would keep it: with its body as
//! it came, so that its signature can be verified again.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::fault::{Change, Fault, Lines};
use crate::events::received::{Answered, By, Received, Record, Signature, Values};
use crate::mintcash::envelope::Environment;
use crate::mintcash::signature::HEADER;
use crate::time::Timestamp;

const REQUESTS: &str = "requests.jsonl";
const EVENTS: &str = "events.jsonl";
const OLD_EVENTS: &str = "events.1.jsonl";

/// The lines that faults put there are in a file of their own, as after a rotation.
const FAULTS: &str = "requests.1.jsonl";
const EVENTS_OF_FAULTS: &str = "events.2.jsonl";

/// How many orders the logs begin with.
const ORDERS: u32 = 12;

/// The two logs, to add to.
#[derive(Clone)]
pub struct Log(Arc<Mutex<Files>>);

struct Files {
    requests: PathBuf,
    events: PathBuf,
    old_events: PathBuf,
}

impl Log {
    /// The logs in this folder, with their first lines.
    ///
    /// # Errors
    /// When they can not be written.
    pub fn begin(folder: &Path, began: Timestamp) -> io::Result<Self> {
        let log = Self(Arc::new(Mutex::new(Files {
            requests: folder.join(REQUESTS),
            events: folder.join(EVENTS),
            old_events: folder.join(OLD_EVENTS),
        })));
        for number in 0..ORDERS {
            let order = Order::past(number, began);
            log.request(&order.request())?;
            // A request whose answer got lost is sent again, byte for byte.
            if number == 4 {
                log.request(&order.request())?;
            }
            log.old_event(&order.event())?;
        }
        Ok(log)
    }

    /// Adds a request with its answer.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn request(&self, line: &Value) -> io::Result<()> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&files.requests, line)
    }

    /// Adds an envelope to the events of old.
    fn old_event(&self, envelope: &Value) -> io::Result<()> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&files.old_events, envelope)
    }

    /// Adds an event that was taken: the request as it came, and that it was answered with 200.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn taken(&self, taken: &Taken<'_>) -> io::Result<()> {
        let id = ulid::Ulid::generate().to_string();
        let Taken { at, path, signature, raw, event } = taken;
        let member = |at: &str| event.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let header = |name: &str, value: &str| (name.to_owned(), Values::One(value.to_owned()));
        let headers = [header("content-type", "application/json"), header(HEADER, signature)];
        let received = Received {
            id: id.clone(),
            received_at: *at,
            method: None,
            path: (*path).to_owned(),
            signature: Signature::Valid,
            signed_with: Some("webhook_secret".to_owned()),
            event_id: member("/eventId"),
            event: member("/event"),
            environment: member("/environment"),
            external_id: member("/data/externalId"),
            headers: headers.into_iter().collect(),
            body: Some((*raw).to_owned()),
            body_base64: None,
            incomplete: None,
        };
        let answered = Answered {
            id,
            answered_at: *at,
            status: 200,
            ms: 0,
            by: By::Upstream,
            problem: None,
            resent: false,
        };
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in [Record::Received(Box::new(received)), Record::Answered(answered)] {
            add(&files.events, &serde_json::to_value(record)?)?;
        }
        Ok(())
    }

    /// Adds an event as a shop writes it that keeps no bodies.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn noted(&self, envelope: &Value) -> io::Result<()> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&files.events, envelope)
    }
}

/// An event that was taken.
pub struct Taken<'a> {
    /// When.
    pub at: Timestamp,
    /// The path of the webhook.
    pub path: &'a str,
    /// The signature, as it came.
    pub signature: &'a str,
    /// The body, as it came.
    pub raw: &'a str,
    /// The same, parsed.
    pub event: &'a Value,
}

fn add(path: &Path, line: &Value) -> io::Result<()> {
    let mut file = fs::File::options().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// A request that was sent, as it stands in the log.
#[must_use]
pub fn request(
    at: Timestamp,
    environment: Environment,
    path: &str,
    body: &Value,
    status: u16,
    answer: &Value,
) -> Value {
    let environment = match environment {
        Environment::Live => "live",
        Environment::Test => "test",
    };
    json!({
        "at": at,
        "environment": environment,
        "method": "POST",
        "path": path,
        "body": body,
        "status": status,
        "response": answer,
    })
}

/// An order of the shop.
struct Order {
    number: u32,
    at: Timestamp,
    external_id: String,
    customer: u32,
    /// In cents.
    amount: u64,
    currency: &'static str,
    environment: Environment,
    /// Whether it is the second payment of the order.
    again: bool,
}

impl Order {
    fn past(number: u32, began: Timestamp) -> Self {
        let hours = i64::from(ORDERS - number) * 28;
        Self {
            number,
            at: Timestamp::from_millis(began.millis() - hours * 3_600_000),
            external_id: format!("pay-order-{}", 1_000 + number),
            customer: number % 7,
            amount: 499 + u64::from(number) * 150,
            currency: "USD",
            environment: Environment::Test,
            again: false,
        }
    }

    fn body(&self) -> Value {
        json!({
            "amount": self.amount,
            "currency": self.currency,
            "externalId": self.external_id,
            "returnUrl": format!("https://shop.example/thanks/{}", 1_000 + self.number),
            "customer": self.customer(),
            "metadata": { "order": format!("order-{}", 1_000 + self.number) },
        })
    }

    fn customer(&self) -> Value {
        json!({
            "externalId": format!("customer-{}", 70 + self.customer),
            "email": format!("customer-{}@shop.example", 70 + self.customer),
            "name": format!("Customer {}", 70 + self.customer),
        })
    }

    /// The ids that the provider would have made; always the same for the same payment.
    fn id(&self, of: &str) -> String {
        let number = 1_000 + self.number + if self.again { 500 } else { 0 };
        format!("00000000-0000-4000-{of}-{number:012}")
    }

    fn payment(&self) -> String {
        self.id("8000")
    }

    fn request(&self) -> Value {
        let answer = json!({ "id": self.payment(), "status": "created" });
        request(self.at, self.environment, "/payments", &self.body(), 200, &answer)
    }

    fn event(&self) -> Value {
        let cents = self.amount % 100;
        let amount = format!("{}.{cents:02}", self.amount / 100);
        let amount: serde_json::Number =
            serde_json::from_str(&amount).unwrap_or_else(|_| self.amount.into());
        json!({
            "eventId": self.id("9000"),
            "event": "payment.succeeded",
            "type": "payment",
            "apiVersion": "2026-05-01",
            "environment": "test",
            "createdAt": self.at.plus(Duration::from_secs(40)),
            "data": {
                "id": self.payment(),
                "externalId": self.external_id,
                "status": "succeeded",
                "amount": amount,
                "currency": self.currency,
                "failureCode": null,
                "failureMessage": null,
                "customer": self.customer(),
            },
        })
    }
}

/// Writes the lines of the faults that are on, each breaking a rule with an order that is there.
pub fn write_faults(folder: &Path, on: &[&Fault], began: Timestamp) -> io::Result<()> {
    let (requests, events) = (folder.join(FAULTS), folder.join(EVENTS_OF_FAULTS));
    for path in [&requests, &events] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    for fault in on {
        if let Change::Log(lines) = fault.change {
            let order = broken(lines, began);
            add(&requests, &order.request())?;
            if lines == Lines::TwoIds {
                add(&events, &order.event())?;
            }
        }
    }
    Ok(())
}

fn broken(lines: Lines, began: Timestamp) -> Order {
    let order = Order::past(7, began);
    match lines {
        Lines::TwoCustomers => Order { customer: order.customer + 1, number: 90, ..order },
        Lines::TwoAmounts => Order { amount: order.amount + 100, ..order },
        Lines::TwoCurrencies => Order { currency: "EUR", ..order },
        Lines::BothEnvironments => Order { environment: Environment::Live, ..order },
        Lines::TwoIds => Order { external_id: "pay-order-1007-again".into(), again: true, ..order },
    }
}
