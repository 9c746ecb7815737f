//! Roll calls and decisions in Markdown.

use std::fmt::{self, Write};

use crate::report::document::{DecisionPart, NamedPart, RolePart, RollCallPart};
use crate::report::escape::{code, markdown as text};

/// Who said what, for the table of a section: `Dana (finance: go)`.
pub(super) fn callers(roll: &RollCallPart) -> Vec<String> {
    let said = roll.roles.iter().filter_map(|role| {
        let by = role.by.as_ref()?;
        Some(format!("{} ({}: {})", text(by), text(&role.role), role.says))
    });
    said.collect()
}

pub(super) fn roll_call(out: &mut String, roll: &RollCallPart) -> fmt::Result {
    writeln!(out, "- Roll call on the verdict {}:", roll.verdict.words())?;
    roll.roles.iter().try_for_each(|role| self::role(out, role))?;
    agreed(out, &roll.evidence)
}

fn role(out: &mut String, role: &RolePart) -> fmt::Result {
    let further = if role.required { "" } else { " (further role)" };
    write!(out, "  - {}{further}: **{}**", text(&role.role), role.says)?;
    if let (Some(by), Some(at)) = (&role.by, role.at) {
        write!(out, ", {} at {}", text(by), at.minute())?;
    }
    if let Some(account) = &role.account {
        write!(out, ", account {}", text(account))?;
    }
    if let Some(entry) = role.entry {
        write!(out, ", journal entry {entry}")?;
    }
    if let Some(saw) = role.saw {
        write!(out, ", seeing {}", saw.words())?;
    }
    writeln!(out)?;
    role.remarks.iter().try_for_each(|says| writeln!(out, "    - {}", text(says)))?;
    role.risks.iter().try_for_each(|risk| self::risk(out, "    ", risk))
}

/// The decision that an irreversible step was signed on.
pub(super) fn decision(out: &mut String, decision: &DecisionPart) -> fmt::Result {
    let verdict = decision.verdict.map(|kind| format!(": {}", kind.words())).unwrap_or_default();
    writeln!(out, "  - Rests on {}{verdict}", code(&decision.step))?;
    if let Some(without) = &decision.without {
        writeln!(out, "    - {}", text(without))?;
    }
    decision.goes.iter().try_for_each(|go| writeln!(out, "    - Go: {}", text(go)))?;
    decision.risks.iter().try_for_each(|risk| self::risk(out, "    ", risk))?;
    let evidence = decision.evidence.iter();
    evidence
        .map(|(name, value)| (text(name), text(value)))
        .try_for_each(|(name, value)| writeln!(out, "    - Agreed {name}: {value}"))
}

fn risk(out: &mut String, indent: &str, risk: &NamedPart) -> fmt::Result {
    let owner = match &risk.owner {
        Some(owner) => format!("{} answers for it", text(owner)),
        None => "nobody answers for it".to_owned(),
    };
    writeln!(out, "{indent}- Risk {}: {} ({owner})", code(&risk.step), text(&risk.says))
}

fn agreed(out: &mut String, evidence: &std::collections::BTreeMap<String, String>) -> fmt::Result {
    evidence
        .iter()
        .try_for_each(|(name, value)| writeln!(out, "  - Agreed {}: {}", text(name), text(value)))
}
