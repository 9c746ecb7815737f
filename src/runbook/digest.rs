//! What a sign-off vouches for, as one digest: `d1:sha256:…` over a step's requirement.
//!
//! Covers why, how, severity, freshness, checks with arguments, who signs, evidence, and for an
//! irreversible step its blast radius and rollback; not the title, so that a better title voids
//! no sign-off, and not the due times, which are held against the date of each sign-off. `d1` names this recipe: what it covers and how it is written down never changes;
//! another recipe gets another name.

use serde_json::{Map, Value, json};

use crate::digest::Digest;
use crate::runbook::model::{EvidenceSpec, SignOff, Step, StepDigest};

/// The digest of `step`, from everything but its own `digest`, ids and title.
#[must_use]
pub fn of(step: &Step) -> StepDigest {
    let checks: Vec<Value> =
        step.verify.iter().map(|spec| json!({ "check": spec.check, "args": spec.args })).collect();
    let evidence: Vec<Value> = step.evidence.iter().map(evidence).collect();
    let sign_off = match &step.sign_off {
        SignOff::Verified => json!("verified"),
        SignOff::VerifiedOrPerson => json!("verified_or_person"),
        SignOff::Person => json!("person"),
        SignOff::People { people, roles } => json!({ "people": people, "roles": roles }),
        SignOff::RollCall { roles } => json!({ "roll_call": roles }),
    };
    let requirement = json!({
        "why": step.why,
        "how": step.how,
        "severity": step.severity,
        "checks": checks,
        "fresh_for_s": step.fresh_for.map(|span| span.as_secs()),
        "sign_off": sign_off,
        "evidence": evidence,
        "irreversible": step.irreversible,
        "blast_radius": step.blast_radius,
        "rollback": step.rollback,
    });
    let bytes = sorted(&requirement).to_string();
    StepDigest(format!("d1:{}", Digest::of(bytes.as_bytes())))
}

/// One piece of evidence. A member that a document leaves out is left out here as well, so that no
/// document from before that member has another digest.
fn evidence(one: &EvidenceSpec) -> Value {
    let mut said = json!({ "name": one.name, "about": one.about, "required": one.required });
    if let (Some(lookup), Some(members)) = (one.lookup, said.as_object_mut()) {
        members.insert("lookup".into(), json!(lookup));
    }
    said
}

/// The same value with the keys of every map in the order of their bytes.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(b.0));
            Value::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        plain => plain.clone(),
    }
}
