//! From what was seen to a report.
//!
//! Called by the check. The rule it keeps: what was seen once is said as seen, never as promised.

use serde_json::{Map, Value};

use super::rounds::{Part, word};
use crate::checks::{CheckReport, Finding, Level, Outcome};

/// Makes the report.
pub(super) fn conclude(parts: &[Part], host: &str) -> CheckReport {
    let outcome = Outcome::of_all(parts.iter().map(|part| part.outcome));
    let decides = parts.iter().filter(|part| part.outcome == outcome);
    let says: Vec<&str> = decides.map(|part| part.says.as_str()).collect();
    let summary = match outcome {
        Outcome::Pass => format!(
            "seen at {host}: the same body created nothing new, another body was refused, ten at \
             once created one; payments, subscriptions and refunds"
        ),
        _ => format!("at {host}: {}", says.join("; ")),
    };
    let mut report = CheckReport::new(outcome, summary);
    report.findings = parts.iter().flat_map(|part| part.findings.iter().cloned()).collect();
    report.findings.sort_by_key(|finding| match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
    if outcome != Outcome::Pass {
        let seen = parts.iter().filter(|part| part.outcome == Outcome::Pass);
        let seen = seen.map(|part| Finding::new(Level::Info, format!("Seen: {}.", part.says)));
        report.findings.extend(seen);
    }
    report.findings.push(
        Finding::new(
            Level::Info,
            "This shows what the sandbox did in this run, with your keys. What happens to requests \
             at once is not documented, and your own code was not tried.",
        )
        .hint("Look at your own calls in `idempotency.external-id` and at your log."),
    );
    for part in parts {
        let rounds: Map<String, Value> = part
            .evidence
            .iter()
            .map(|(round, answers)| ((*round).to_owned(), answers.clone()))
            .collect();
        if !rounds.is_empty() {
            report = report.evidence(word(part.purpose), rounds);
        }
    }
    report.evidence("api", host)
}
