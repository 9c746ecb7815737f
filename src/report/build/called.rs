//! Roll calls and decisions in the document.

use super::{account, clean, clean_texts};
use crate::launch::event::{CardItem, DecisionRecord};
use crate::launch::standing::{RoleStanding, RollCallStanding};
use crate::report::document::{DecisionPart, NamedPart, RolePart, RollCallPart};

pub(super) fn roll_call(roll: &RollCallStanding) -> RollCallPart {
    RollCallPart {
        verdict: roll.card.verdict,
        roles: roll.roles.iter().map(role).collect(),
        evidence: clean_texts(&roll.evidence),
    }
}

fn role(role: &RoleStanding) -> RolePart {
    let given = role.call.as_ref().map(|call| &call.given);
    let saw = given.map(|given| &given.what.saw);
    RolePart {
        role: clean(role.role.as_str()),
        required: role.required,
        says: role.word(),
        by: given.map(|given| clean(&given.by.name)),
        account: given.and_then(|given| account(&given.by)),
        at: given.map(|given| given.at),
        entry: given.map(|given| given.seq),
        remarks: role.remarks().iter().map(|says| clean(says)).collect(),
        saw: saw.map(|saw| saw.verdict),
        risks: saw.map(|saw| items(&saw.risks)).unwrap_or_default(),
    }
}

pub(super) fn decision(record: &DecisionRecord) -> DecisionPart {
    let goes = record.goes.iter();
    DecisionPart {
        step: clean(record.step.as_str()),
        verdict: record.verdict,
        goes: goes.map(|go| clean(&format!("{}: {}", go.role, go.by))).collect(),
        risks: items(&record.risks),
        evidence: clean_texts(&record.evidence),
        without: record.without.as_deref().map(clean),
    }
}

fn items(items: &[CardItem]) -> Vec<NamedPart> {
    let parts = items.iter().map(|item| NamedPart {
        step: clean(item.step.as_str()),
        says: clean(&item.says),
        owner: item.owner.as_deref().map(clean),
    });
    parts.collect()
}
