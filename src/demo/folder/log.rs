//! The shop's logs: requests that it sent to MintCash and events that it took, as JSON Lines.
//!
//! They begin with two weeks of orders that never were, and grow while the demo runs.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::fault::{Change, Fault, Lines};
use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;

const REQUESTS: &str = "requests.jsonl";
const EVENTS: &str = "events.jsonl";

/// The lines that faults put there are in a file of their own, as after a rotation.
const FAULTS: &str = "requests.1.jsonl";

/// How many orders the logs begin with.
const ORDERS: u32 = 12;

/// The two logs, to add to.
#[derive(Clone)]
pub struct Log(Arc<Mutex<Files>>);

struct Files {
    requests: PathBuf,
    events: PathBuf,
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
        })));
        for number in 0..ORDERS {
            let order = Order::past(number, began);
            log.request(&order.request())?;
            // A request whose answer got lost is sent again, byte for byte.
            if number == 4 {
                log.request(&order.request())?;
            }
            log.event(&order.event())?;
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

    /// Adds an event, as it was taken.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn event(&self, envelope: &Value) -> io::Result<()> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&files.events, envelope)
    }
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
            environment: Environment::Live,
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

    /// The id that the provider would have made; always the same for the same order.
    fn payment(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", 1_000 + self.number)
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
            "eventId": format!("00000000-0000-4000-9000-{:012}", 1_000 + self.number),
            "event": "payment.succeeded",
            "type": "payment",
            "apiVersion": "2026-05-01",
            "environment": "live",
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
    let path = folder.join(FAULTS);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for fault in on {
        if let Change::Log(lines) = fault.change {
            add(&path, &broken(lines, began).request())?;
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
        Lines::BothEnvironments => Order { environment: Environment::Test, ..order },
        Lines::TwoIds => Order { external_id: "pay-order-1007-again".into(), ..order },
    }
}
