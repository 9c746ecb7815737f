//! Reads one check's result out of a document of `golive verify --format json`.
//!
//! The document comes from outside: every text in it is made visible and cut, what is too deep or
//! too much is left out, and a member of another type than it should have is named.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};

use crate::failure::{Failure, FailureKind};
use crate::launch::outcome::{Finding, Outcome};
use crate::text::{Untrusted, visible};
use crate::time::Timestamp;

const SCHEMA: &str = "golive.verify/1";

/// The most bytes of a document.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The most that is kept: characters of a text, members of one value, levels, findings.
const TEXT: usize = 400;
const MEMBERS: usize = 64;
const DEPTH: usize = 8;
const FINDINGS: usize = 32;

/// A result from elsewhere, safe to keep and to show.
pub(super) struct Brought {
    /// The file's name.
    pub file: String,
    /// The vantage that its evidence names.
    pub vantage: String,
    /// When the run began that found it.
    pub looked_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Its line.
    pub summary: String,
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it saw.
    pub evidence: Map<String, Value>,
    /// How long it took.
    pub duration_ms: u64,
}

/// The result of `check` in the file, of the step with that id where several have one.
///
/// # Errors
/// When it can not be read, or is not such a document; names file and member.
pub(super) fn file(path: &Path, step: &str, check: &str) -> Result<Brought, Failure> {
    let shown = visible(&path.display().to_string(), 200);
    let text = text(path).map_err(|error| {
        Failure::new(FailureKind::Other, format!("{shown} can not be read")).because(&error)
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    result(&text, &name, step, check).map_err(|why| {
        Failure::new(FailureKind::Refused, format!("{shown} is not imported: {why}")).hint(
            "It must be what `golive verify webhook.endpoint --vantage NAME --format json` printed",
        )
    })
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    let read = file.take(LONGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read > LONGEST) {
        return Err(std::io::Error::other("it is longer than 4 MiB"));
    }
    Ok(text)
}

fn result(text: &str, file: &str, step: &str, check: &str) -> Result<Brought, String> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("it is no JSON ({error})"))?;
    match document.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => {}
        Some(other) => {
            let other = Untrusted::new(other).line(60);
            return Err(format!("schema: expected {SCHEMA}, found `{other}`"));
        }
        None => return Err(format!("schema: expected {SCHEMA}, found none")),
    }
    let started = document.get("startedAt").and_then(Value::as_str);
    let looked_at = started
        .and_then(|text| Timestamp::parse(text).ok())
        .ok_or("startedAt: expected a date and time")?;
    let (at, found) = find(&document, step, check)?;
    let member = |name: &str| format!("{at}.{name}");
    let outcome = found.get("outcome").cloned().unwrap_or_default();
    let outcome: Outcome = serde_json::from_value(outcome)
        .map_err(|_| format!("{}: expected pass, fail, unknown or waiting", member("outcome")))?;
    let summary = found
        .get("summary")
        .and_then(Value::as_str)
        .ok_or_else(|| format!("{}: expected a text", member("summary")))?;
    let findings = clean(found.get("findings").unwrap_or(&Value::Array(Vec::new())), 0);
    let mut findings: Vec<Finding> = serde_json::from_value(findings)
        .map_err(|_| format!("{}: expected a list of findings", member("findings")))?;
    findings.truncate(FINDINGS);
    let Some(Value::Object(evidence)) = found.get("evidence").map(|value| clean(value, 0)) else {
        return Err(format!("{}: expected an object", member("evidence")));
    };
    let vantage = evidence.get("vantage").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Brought {
        file: Untrusted::new(file).line(120),
        vantage,
        looked_at,
        outcome,
        summary: Untrusted::new(summary).line(TEXT),
        findings,
        evidence,
        duration_ms: found.get("durationMs").and_then(Value::as_u64).unwrap_or(0),
    })
}

/// The check's result and where it stands: in the step of that id, else in the only step that has
/// one.
fn find<'d>(document: &'d Value, step: &str, check: &str) -> Result<(String, &'d Value), String> {
    let steps = document.get("steps").and_then(Value::as_array).ok_or("steps: expected a list")?;
    let mut found = Vec::new();
    for (at, entry) in steps.iter().enumerate() {
        let checks = entry.get("checks").and_then(Value::as_array);
        for (number, result) in checks.into_iter().flatten().enumerate() {
            if result.get("check").and_then(Value::as_str) == Some(check) {
                let own = entry.get("id").and_then(Value::as_str) == Some(step);
                found.push((own, format!("steps[{at}].checks[{number}]"), result));
            }
        }
    }
    let one = match found.iter().position(|(own, ..)| *own) {
        Some(own) => Some(found.swap_remove(own)),
        None if found.len() == 1 => found.pop(),
        None => None,
    };
    match one {
        Some((_, at, result)) => Ok((at, result)),
        None if found.is_empty() => Err(format!("steps: none has a result of {check}")),
        None => Err(format!("steps: several have a result of {check}, and none is {step}")),
    }
}

/// The value with every text safe, and no more of it than is kept.
fn clean(value: &Value, depth: usize) -> Value {
    match value {
        _ if depth >= DEPTH => Value::Null,
        Value::String(text) => Value::String(Untrusted::new(text.as_str()).line(TEXT)),
        Value::Array(items) => {
            items.iter().take(MEMBERS).map(|item| clean(item, depth + 1)).collect()
        }
        Value::Object(members) => members
            .iter()
            .take(MEMBERS)
            .map(|(name, value)| (Untrusted::new(name.as_str()).line(80), clean(value, depth + 1)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "schema": SCHEMA,
            "startedAt": "2026-11-23T17:50:00.000Z",
            "steps": [
                { "id": "webhook.signature", "checks": [ { "check": "webhook-signature" } ] },
                { "id": "webhook.endpoint", "checks": [ {
                    "check": "webhook-endpoint",
                    "outcome": "pass",
                    "summary": "Public HTTPS\u{202e}\u{1b}[2J",
                    "findings": [ { "level": "info", "message": "a\rb" } ],
                    "evidence": { "vantage": "ci", "deep": "x\u{9b}" },
                    "durationMs": 12
                } ] }
            ]
        })
    }

    fn read(document: &Value) -> Result<Brought, String> {
        result(&document.to_string(), "result.json", "webhook.endpoint", "webhook-endpoint")
    }

    #[test]
    fn nothing_hidden_in_the_document_survives() {
        let brought = read(&document()).unwrap();
        assert_eq!(brought.summary, "Public HTTPS<U+202E>^[[2J");
        assert_eq!(brought.findings[0].message, "a^Mb");
        assert_eq!(brought.evidence["deep"], "x<U+009B>");
        assert_eq!((brought.vantage.as_str(), brought.duration_ms), ("ci", 12));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_member() {
        let said = |pointer: &str, value: Value| {
            let mut document = document();
            *document.pointer_mut(pointer).unwrap() = value;
            read(&document).err().unwrap()
        };
        assert_eq!(said("/schema", json!("x/2")), "schema: expected golive.verify/1, found `x/2`");
        assert_eq!(said("/startedAt", json!(5)), "startedAt: expected a date and time");
        assert_eq!(said("/steps", json!({})), "steps: expected a list");
        assert_eq!(
            said("/steps/1/checks/0/check", json!("other")),
            "steps: none has a result of webhook-endpoint"
        );
        assert_eq!(
            said("/steps/1/checks/0/outcome", json!("green")),
            "steps[1].checks[0].outcome: expected pass, fail, unknown or waiting"
        );
        assert_eq!(
            said("/steps/1/checks/0/evidence", json!([])),
            "steps[1].checks[0].evidence: expected an object"
        );
    }

    #[test]
    fn deep_and_wide_values_are_cut_off() {
        let mut deep = json!("x");
        for _ in 0..50 {
            deep = json!([deep]);
        }
        let mut document = document();
        document["steps"][1]["checks"][0]["evidence"]["deep"] = deep;
        document["steps"][1]["checks"][0]["evidence"]["wide"] = json!(vec![1; 5_000]);
        let brought = read(&document).unwrap();
        assert_eq!(brought.evidence["wide"].as_array().unwrap().len(), MEMBERS);
        assert!(brought.evidence["deep"].to_string().len() < 40);
    }
}
