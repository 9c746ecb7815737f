//! Reading logs, and `external-id-log` over them: every violation with both lines, sound logs
//! without any, the same result however the work is cut.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is missing"
)]

mod memory;
mod reference;
mod shapes;
mod sound;
#[path = "../support/traffic.rs"]
mod traffic;
mod violations;

use std::fs;
use std::path::Path;

use golive::checks::idempotency::external_id_log::{About, Question, answer};
use golive::checks::{CheckReport, Level};
use golive::events::blocks::Cut;
use golive::events::fields::Fields;
use golive::events::members::LogMembers;
use golive::events::record::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::scan::Watch;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with logs, and how they are asked.
pub struct Logs {
    /// Where they are.
    pub folder: TempDir,
    /// How they are asked.
    pub question: Question,
}

impl Logs {
    /// A folder without logs, and patterns for files that begin with `requests` and `events`.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let question = Question {
            base: folder.path().to_owned(),
            globs: vec![
                (Role::Requests, "requests*".to_owned()),
                (Role::Events, "events*".to_owned()),
            ],
            reading: Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: LogMembers::default(),
            about: None,
            cut: Cut { threads: 2, ..Cut::default() },
            memory: None,
        };
        Self { folder, question }
    }

    /// Logs of these requests and events, each named only when it has lines.
    pub fn of(requests: &[Value], events: &[Value]) -> Self {
        let mut logs = Self::empty();
        logs.question.globs.clear();
        for (role, name, lines) in
            [(Role::Requests, "requests.jsonl", requests), (Role::Events, "events.jsonl", events)]
        {
            if !lines.is_empty() {
                logs.file(name, text(lines));
                logs.question.globs.push((role, name.to_owned()));
            }
        }
        logs
    }

    /// Writes a file.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Asks only one of the questions.
    pub fn about(mut self, about: About) -> Self {
        self.question.about = Some(about);
        self
    }

    /// What the check says.
    pub fn answer(&self) -> CheckReport {
        answer(&self.question, &Watch::idle())
    }
}

/// The lines of a log.
pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A logged `POST /payments`.
pub fn payment(id: &str, amount: u64, customer: &str, order: &str) -> Value {
    json!({
        "time": "2026-11-23T10:00:00Z", "method": "POST", "url": "https://api.mintcash.me/payments",
        "status": 200,
        "body": {
            "amount": amount, "currency": "USD", "externalId": id,
            "customer": {"externalId": customer, "email": format!("{customer}@example.com"), "name": "N"},
            "metadata": {"order_id": order}, "returnUrl": "https://shop.example/thanks"
        }
    })
}

/// A delivered event in the form that is really sent.
pub fn event(name: &str, id: &str, amount: f64, customer: &str) -> Value {
    json!({
        "eventId": format!("e-{name}-{id}"), "event": name, "type": "payment",
        "apiVersion": "2026-05-01", "environment": "live", "createdAt": "2026-11-23T10:00:09.123Z",
        "data": {
            "id": "0f8fad5b-d9cb-469f-a165-70867728950e", "externalId": id, "status": "succeeded",
            "amount": amount, "currency": "USD", "providerTransactionId": "cpi_x",
            "failureCode": null, "failureMessage": null, "amountRefunded": 0,
            "amountRefundable": amount,
            "customer": {"id": "7c9e6679", "externalId": customer,
                "email": format!("{customer}@example.com"), "name": "N", "phone": null},
            "billingAddress": {"country": "DE", "postalCode": "10115"},
            "card": {"brand": "visa", "last4": "0000", "first6": "441239", "mask": "441239******0000",
                "expMonth": "03", "expYear": "35"}
        }
    })
}

/// A value changed at a path of members.
pub fn with(mut value: Value, path: &[&str], to: Value) -> Value {
    let mut at = &mut value;
    for part in path {
        at = &mut at[*part];
    }
    *at = to;
    value
}

/// What was found with a place, `LEVEL PLACE`, in the order in which it is shown.
pub fn found(report: &CheckReport) -> Vec<String> {
    let level = |level| match level {
        Level::Blocking => "fail",
        Level::Advisory => "advisory",
        Level::Info => "info",
    };
    report
        .findings
        .iter()
        .filter_map(|one| Some(format!("{} {}", level(one.level), one.place.as_deref()?)))
        .collect()
}

/// The summary and all messages.
pub fn messages(report: &CheckReport) -> String {
    let all = report.findings.iter().map(|one| one.message.as_str());
    std::iter::once(report.summary.as_str()).chain(all).collect::<Vec<_>>().join("\n")
}
