//! Ids of the provider's in the evidence: seen there, or said to be not looked up, never just typed.

use std::collections::BTreeMap;

use crate::launch::decide::{Refusal, words};
use crate::launch::lookup::{Looked, LookedUp};
use crate::runbook::model::{EvidenceSpec, Lookup, Step};
use crate::text::visible;

/// Adds to the evidence what was seen of each id in it, or that it was not looked up and why.
///
/// # Errors
/// When the provider does not know an id, or it was not asked and nobody answers for that.
pub(super) fn add(
    step: &Step,
    kept: &mut BTreeMap<String, String>,
    looked_up: &LookedUp,
) -> Result<(), Refusal> {
    for spec in &step.evidence {
        let (Some(lookup), Some(value)) = (spec.lookup, kept.get(&spec.name)) else { continue };
        let looked = looked_up.found.get(&spec.name).filter(|looked| looked.id() == value);
        let shown = visible(value, 80);
        let (name, text) = match looked {
            Some(Looked::Seen { says, .. }) => (format!("{}.seen", spec.name), says.clone()),
            Some(Looked::NotThere { says, .. }) => {
                return Err(Refusal::new(
                    format!("MintCash has no {} `{shown}`: {says}.", lookup.word()),
                    "Copy the id from the event or from the answer to your request. Live ids only.",
                ));
            }
            Some(Looked::Unknown { why, .. }) => not_looked_up(spec, lookup, looked_up, why)?,
            None => not_looked_up(spec, lookup, looked_up, "nobody has asked")?,
        };
        kept.insert(name, words::text("what was seen", &text)?);
    }
    Ok(())
}

/// An id that nobody could look up counts when the signer says why that is acceptable.
fn not_looked_up(
    spec: &EvidenceSpec,
    lookup: Lookup,
    looked_up: &LookedUp,
    why: &str,
) -> Result<(String, String), Refusal> {
    let reason = looked_up.without.as_deref().filter(|reason| !reason.trim().is_empty());
    let Some(reason) = reason else {
        return Err(Refusal::new(
            format!("`{}` could not be looked up at MintCash: {why}.", spec.name),
            format!(
                "Sign again once the {} can be read. Or say why you sign without, in the field \
                 `Not looked up` or with --not-looked-up REASON. The report will name you for it.",
                lookup.word()
            ),
        ));
    };
    let reason = words::reason(reason)?;
    Ok((format!("{}.not_looked_up", spec.name), format!("{reason} ({why})")))
}
