//! The sentences that say why something stands as it does, in an operator's words.
//!
//! Used by the rest of `launch`. Everything that people or the world wrote is made visible here,
//! so that no face has to.

pub(super) mod calls;

use crate::launch::crossing::CrossedRecord;
use crate::launch::due::DueTime;
use crate::launch::event::{Actor, CheckResult};
use crate::launch::fold::StepHistory;
use crate::launch::standing::{
    Change, Dated, Exemption, ExemptionKind, Missing, Running, Signature,
};
use crate::runbook::model::{Role, Runbook, SectionId, Step};
use crate::text::visible;
use crate::time::{Timestamp, spoken};

const NAME: usize = 60;
const VALUE: usize = 120;
const TEXT: usize = 2_000;

/// A person's name.
pub(super) fn name(actor: &Actor) -> String {
    visible(&actor.name, NAME)
}

/// Free text that somebody wrote.
pub(super) fn text(text: &str) -> String {
    visible(text.trim(), TEXT)
}

/// `3 steps`, `1 step`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Roles, as a list.
pub(super) fn roles(roles: &[Role]) -> String {
    list(&roles.iter().map(|role| visible(role.as_str(), NAME)).collect::<Vec<_>>())
}

/// What changed, as a list.
pub(super) fn changed(changes: &[Change]) -> String {
    let said = changes.iter().map(|change| {
        let [what, was, is] =
            [&change.what, &change.was, &change.is].map(|text| visible(text, VALUE));
        format!("{what} changed from {was} to {is}")
    });
    list(&said.collect::<Vec<_>>())
}

/// Sections that have to be complete first.
pub(super) fn locked(
    runbook: &Runbook,
    waits_for: &[SectionId],
    open: impl Fn(&SectionId) -> usize,
) -> String {
    let sections = waits_for.iter().map(|id| {
        let title = runbook.section(id).map_or(id.as_str(), |section| &section.title);
        format!("{} ({} open)", visible(title, NAME), count(open(id), "step", "steps"))
    });
    format!("Has to be complete first: {}.", list(&sections.collect::<Vec<_>>()))
}

/// What a check last said.
pub(super) fn result(result: &Dated<CheckResult>, verb: &str) -> String {
    let CheckResult { check, summary, .. } = &result.what;
    let check = visible(check.as_str(), NAME);
    format!("{check} {verb} at {}: {}", result.at.minute(), end(&text(summary)))
}

/// A result that is too old, or rests on what has changed since.
pub(super) fn stale_result(
    result: &Dated<CheckResult>,
    step: &Step,
    changes: &[Change],
    now: Timestamp,
) -> String {
    let check = visible(result.what.check.as_str(), NAME);
    let when = result.at.minute();
    if !changes.is_empty() {
        return format!(
            "{check} last ran at {when}; since then {}. Verify again.",
            changed(changes)
        );
    }
    match step.fresh_for {
        Some(span) if now >= result.at => format!(
            "{check} last ran at {when}, {} ago; its result holds for {}. Verify again.",
            spoken(now.since(result.at)),
            spoken(span)
        ),
        _ => format!(
            "{check} is said to have run at {when}, which is in the future: a clock was changed. \
             Verify again."
        ),
    }
}

/// The step's text or checks are not those that were signed.
pub(super) fn redefined(signature: &Signature, step: &Step, history: &StepHistory) -> String {
    let who = name(&signature.by);
    let when = signature.at.minute();
    let under = if signature.what.step == step.id {
        String::new()
    } else {
        format!(" as {}", visible(signature.what.step.as_str(), NAME))
    };
    format!(
        "{who} signed{under} at {when}; since then {}. It needs signing again.",
        edited(history)
    )
}

/// That, and as far as known when and by whom, the runbook changed the step.
pub(super) fn edited(history: &StepHistory) -> String {
    match &history.redefined {
        Some((at, by)) => format!(
            "the runbook changed what this step asks for (new version in use since {}, begun by {})",
            at.minute(),
            name(by)
        ),
        None => "the runbook changed what this step asks for".to_owned(),
    }
}

/// A check's result belongs to an earlier text of the step.
pub(super) fn outdated_result(result: &Dated<CheckResult>, history: &StepHistory) -> String {
    let check = visible(result.what.check.as_str(), NAME);
    let when = result.at.minute();
    format!("{check} last ran at {when}; since then {}. Verify again.", edited(history))
}

/// Something that was vouched for is not so any more.
pub(super) fn since_signed(signature: &Signature, changes: &[Change]) -> String {
    format!(
        "{} signed at {}; since then {}.",
        name(&signature.by),
        signature.at.minute(),
        changed(changes)
    )
}

/// A signature of a step without checks is too old.
pub(super) fn signature_too_old(signature: &Signature, step: &Step, now: Timestamp) -> String {
    let span = step.fresh_for.map(spoken).unwrap_or_default();
    format!(
        "{} signed at {}, {} ago; a signature here holds for {span}.",
        name(&signature.by),
        signature.at.minute(),
        spoken(now.since(signature.at)),
    )
}

/// A check cannot find out something that the signer did not know of.
pub(super) fn unknown_since(signature: &Signature, result: &Dated<CheckResult>) -> String {
    format!(
        "{} signed at {}, not knowing what {} said at {}: {}",
        name(&signature.by),
        signature.at.minute(),
        visible(result.what.check.as_str(), NAME),
        result.at.minute(),
        end(&text(&result.what.summary))
    )
}

/// A signature from before the step was due again.
pub(super) fn signed_before_due(signature: &Signature, now: Timestamp) -> String {
    let (who, when) = (name(&signature.by), signature.at.minute());
    if signature.at > now {
        return format!(
            "{who} is said to have signed at {when}, which is in the future: a clock was changed."
        );
    }
    format!("{who} signed at {when}, before it was due again.")
}

/// A result from before the step was due again.
pub(super) fn result_before_due(result: &Dated<CheckResult>, now: Timestamp) -> String {
    let check = visible(result.what.check.as_str(), NAME);
    let when = result.at.minute();
    if result.at > now {
        return format!(
            "{check} is said to have run at {when}, which is in the future: a clock was changed. \
             Verify again."
        );
    }
    format!("{check} last ran at {when}, before it was due again. Verify again.")
}

/// Since when a step is due, for the first time or again.
pub(super) fn due_since(time: &DueTime, since: Timestamp, again: bool) -> String {
    let (label, when) = (&time.label, since.minute());
    match again {
        _ if since > time.at => {
            format!("Reopened at {when}: it has to be looked at again ({label}).")
        }
        true => format!("Due again since {when} ({label})."),
        false => format!("Due since {when} ({label})."),
    }
}

/// The same person signed again.
pub(super) fn signed_again(newer: &Signature) -> String {
    format!("{} signed again at {}.", name(&newer.by), newer.at.minute())
}

/// A step was reopened.
pub(super) fn reopened(by: &Actor, at: Timestamp, reason: &str) -> String {
    format!("{} reopened the step at {}: {}", name(by), at.minute(), end(&text(reason)))
}

/// A threshold that is crossed.
pub(super) fn crossed(open: &Dated<CrossedRecord>) -> String {
    let topic = visible(open.what.topic.as_str(), NAME);
    let since = open.since().minute();
    format!("{topic} is over its threshold since {since}: {}", end(&text(&open.what.message)))
}

/// Why a crossed threshold reopens a step.
pub(super) fn reopens(record: &CrossedRecord) -> String {
    format!("a threshold was crossed: {}", text(&record.message))
}

/// People vouch for what a check could not find out.
pub(super) fn signed_unknown(who: &[String], result: &Dated<CheckResult>) -> String {
    format!(
        "{} signed although {} could not find out: {}",
        list(who),
        visible(result.what.check.as_str(), NAME),
        end(&text(&result.what.summary))
    )
}

/// An exemption in force.
pub(super) fn exempted(exemption: &Exemption) -> String {
    let who = name(&exemption.by);
    let when = exemption.at.minute();
    let reason = end(&text(&exemption.reason));
    match (exemption.kind, exemption.expires) {
        (ExemptionKind::Waived, Some(end)) => {
            format!("{who} waived it at {when}, until {}: {reason}", end.minute())
        }
        (ExemptionKind::Waived, None) => format!("{who} waived it at {when}: {reason}"),
        (ExemptionKind::NotApplicable, _) => {
            format!("{who} marked it not applicable at {when}: {reason}")
        }
    }
}

/// An exemption that ran out, or that belongs to an earlier text of the step.
pub(super) fn exemption_over(
    exemption: &Exemption,
    history: &StepHistory,
    ran_out: bool,
) -> String {
    let who = name(&exemption.by);
    let when = exemption.at.minute();
    let did = match exemption.kind {
        ExemptionKind::Waived => "waived it",
        ExemptionKind::NotApplicable => "marked it not applicable",
    };
    match exemption.expires {
        Some(end) if ran_out => format!("{who} {did} at {when}; that ended at {}.", end.minute()),
        _ => format!("{who} {did} at {when}; since then {}.", edited(history)),
    }
}

/// A run that goes on, or was interrupted.
pub(super) fn running(run: &Running) -> String {
    let who = name(&run.by);
    let when = run.at.minute();
    if run.interrupted {
        format!("The checks that {who} began at {when} were interrupted. Verify again.")
    } else {
        format!("{who} began its checks at {when}.")
    }
}

/// Who still has to sign.
pub(super) fn missing(missing: &Missing) -> String {
    let people = count(missing.people, "person has", "people have");
    match missing.roles.as_slice() {
        [] => format!("{people} to sign."),
        wanted => format!("{people} to sign, as {}.", roles(wanted)),
    }
}

/// The text as a sentence.
fn end(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…', ')']) { text.to_owned() } else { format!("{text}.") }
}
