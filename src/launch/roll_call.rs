//! Where a roll call stands: which calls count, which lapsed and why, who has still to speak.
//!
//! Used by `assess` for steps that are decided by a roll call; read by every face. A go counts as
//! long as what it vouched for holds: the step's text, the evidence that was agreed, and the
//! verdict as the caller saw it. It lapses with a sentence that says what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::launch::event::{Actor, Call, CallRecord, Card, CardItem};
use crate::launch::fold::StepHistory;
use crate::launch::fold::calls::RoleCall;
use crate::launch::freshness::Freshness;
use crate::launch::outcome::Outcome;
use crate::launch::sentences::calls as sentences;
use crate::launch::standing::{Dated, Named, StepStanding, StepState, Verdict, VerdictKind};
use crate::runbook::model::{Role, Step, StepId};
use crate::text::visible;
use crate::time::Timestamp;

/// The longest sentence of a card, in characters: many of them fit one record.
const SAYS: usize = 160;

/// Where a roll call stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RollCallStanding {
    /// The roles that are asked for, in order, then those that spoke unasked.
    pub roles: Vec<RoleStanding>,
    /// What the meeting decides on: the verdict of everything else.
    pub card: Card,
    /// What was agreed: the evidence of the last go that stands.
    pub evidence: BTreeMap<String, String>,
    /// The irreversible step that was signed on this decision, when and by whom.
    pub acted: Option<(StepId, Timestamp, Actor)>,
}

/// A role at a roll call.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleStanding {
    /// The role.
    pub role: Role,
    /// Whether the step can not be done without it.
    pub required: bool,
    /// Its last call.
    pub call: Option<CallStanding>,
}

/// A role's last call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallStanding {
    /// The call with its author and date.
    pub given: Arc<Dated<CallRecord>>,
    /// Why it stands no longer: lifted, or taken back.
    pub gone: Option<Gone>,
    /// Why a go that stands does not count now.
    pub lapsed: Option<String>,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Gone {
    /// The hold was lifted.
    Lifted(Lifted),
    /// It was taken back with the step, as the sentence says.
    Withdrawn(String),
}

/// That a hold was lifted.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl CallStanding {
    /// What it says now: nothing once it was lifted, taken back or lapsed.
    #[must_use]
    pub fn counts(&self) -> Option<Call> {
        (self.gone.is_none() && self.lapsed.is_none()).then_some(self.given.what.call)
    }

    /// Why it says nothing any more, in a sentence.
    #[must_use]
    pub fn why_not(&self) -> Option<String> {
        match (&self.gone, &self.lapsed) {
            (Some(Gone::Lifted(lifted)), _) => Some(sentences::lifted(lifted)),
            (Some(Gone::Withdrawn(says)), _) | (None, Some(says)) => Some(says.clone()),
            (None, None) => None,
        }
    }
}

impl RoleStanding {
    /// What the role says now; nothing before it called and after its call was lifted, taken back
    /// or lapsed.
    #[must_use]
    pub fn says(&self) -> Option<Call> {
        self.call.as_ref().and_then(CallStanding::counts)
    }

    /// A word for it, the same on every face.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (&self.call, self.says()) {
            (_, Some(call)) => call.word(),
            (None, None) => "no call yet",
            (Some(CallStanding { gone: Some(Gone::Lifted(_)), .. }), None) => "hold lifted",
            (Some(CallStanding { gone: Some(Gone::Withdrawn(_)), .. }), None) => "go taken back",
            (Some(_), None) => "go lapsed",
        }
    }

    /// Who called, and when; empty before anybody did.
    #[must_use]
    pub fn who(&self) -> String {
        let given = self.call.as_ref().map(|call| &call.given);
        given
            .map(|given| format!("{}, {}", super::sentences::name(&given.by), given.at.minute()))
            .unwrap_or_default()
    }

    /// The reason that the caller gave, and what has become of the call since.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let Some(call) = &self.call else { return Vec::new() };
        let reason = call.given.what.reason.as_deref().map(super::sentences::text);
        reason.into_iter().chain(call.why_not()).collect()
    }

    /// The role's line of the table as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let role = visible(self.role.as_str(), 60);
        let further = if self.required { "" } else { " (further role)" };
        let who = self.who();
        let who = if who.is_empty() { who } else { format!(", {who}") };
        let remarks = self.remarks().join(" ");
        let remarks = if remarks.is_empty() { remarks } else { format!(": {remarks}") };
        format!("{role}{further}: {}{who}{remarks}", self.word())
    }
}

impl RollCallStanding {
    /// The roles that hold.
    #[must_use]
    pub fn held(&self) -> Vec<Role> {
        self.standing(Call::Hold).map(|(role, _)| role.clone()).collect()
    }

    /// The calls of that kind which count, with their roles.
    pub fn standing(&self, call: Call) -> impl Iterator<Item = (&Role, &CallStanding)> {
        self.roles.iter().filter_map(move |role| {
            let given = role.call.as_ref()?;
            (given.counts() == Some(call)).then_some((&role.role, given))
        })
    }

    /// The roles that are asked for and have not said go.
    #[must_use]
    pub fn missing(&self) -> Vec<Role> {
        let lacks = |role: &&RoleStanding| {
            role.required && role.call.as_ref().and_then(CallStanding::counts) != Some(Call::Go)
        };
        self.roles.iter().filter(lacks).map(|role| role.role.clone()).collect()
    }
}

/// The roll call of a step, its history and the verdict of everything else.
pub(super) struct Look<'a> {
    /// The step.
    pub step: &'a Step,
    /// What is known of it.
    pub history: &'a StepHistory,
    /// Ages and facts.
    pub freshness: &'a Freshness<'a>,
    /// The verdict of everything else.
    pub card: Card,
}

impl Look<'_> {
    /// Where it stands.
    pub fn standing(self) -> RollCallStanding {
        let calls = &self.history.calls;
        let goes = calls.standing().filter(|one| one.given.what.call == Call::Go);
        let last = goes.max_by_key(|one| one.given.seq);
        let evidence = last.map(|one| one.given.what.evidence.clone()).unwrap_or_default();
        let asked = self.step.sign_off.is_roll_call().then(|| self.step.sign_off.roles());
        let asked = asked.unwrap_or_default();
        let of = |role: &Role| calls.roles.iter().find(|one| &one.given.what.role == role);
        let further = calls.roles.iter().map(|one| &one.given.what.role);
        let further = further.filter(|role| !asked.contains(role));
        let roles = asked.iter().map(|role| (role, true)).chain(further.map(|role| (role, false)));
        let roles = roles.map(|(role, required)| RoleStanding {
            role: role.clone(),
            required,
            call: of(role).map(|one| self.call(one, last)),
        });
        let roles = roles.collect();
        RollCallStanding { roles, evidence, acted: calls.acted.clone(), card: self.card }
    }

    fn call(&self, one: &RoleCall, last: Option<&RoleCall>) -> CallStanding {
        let stands = one.gone.is_none() && one.given.what.call == Call::Go;
        let lapsed = stands.then(|| self.lapse(&one.given, last)).flatten();
        CallStanding { given: Arc::clone(&one.given), gone: one.gone.clone(), lapsed }
    }

    /// Why a go does not count any more.
    fn lapse(&self, go: &Dated<CallRecord>, last: Option<&RoleCall>) -> Option<String> {
        if go.what.step_digest != self.step.digest {
            return Some(sentences::redefined(go, self.history));
        }
        let changed = self.freshness.changes_since(&go.what.facts);
        if !changed.is_empty() {
            return Some(sentences::since(go, &super::sentences::changed(&changed)));
        }
        if self.step.verify.is_empty() && self.freshness.is_too_old(go.at) {
            return Some(sentences::too_old(go, self.step, self.freshness.now));
        }
        let unknown = self
            .history
            .results
            .iter()
            .flatten()
            .find(|result| result.what.outcome == Outcome::Unknown && result.seq > go.seq);
        if let Some(result) = unknown {
            let says = super::sentences::result(result, "could not find out");
            return Some(sentences::since(go, &says));
        }
        if let Some(other) = last.filter(|last| last.given.what.evidence != go.what.evidence) {
            return Some(sentences::agreed_otherwise(go, &other.given));
        }
        // What has been acted on is no longer a question of the verdict.
        if self.history.calls.acted.is_some() {
            return None;
        }
        worse(&go.what.saw, &self.card).map(|says| sentences::since(go, &says))
    }
}

impl Card {
    /// The card of a verdict over these steps.
    pub(super) fn of<'a>(
        verdict: &Verdict,
        step: impl Fn(&StepId) -> Option<&'a StepStanding>,
    ) -> Self {
        let items = |named: &[Named]| {
            let items = named.iter().map(|named| CardItem {
                step: named.step.clone(),
                state: step(&named.step).map_or(StepState::Open, |step| step.state),
                says: visible(&named.says, SAYS),
                owner: named.owner.clone(),
            });
            items.collect::<Vec<_>>()
        };
        Self {
            verdict: verdict.kind,
            blockers: items(&verdict.blockers),
            risks: items(&verdict.risks),
            unknowns: items(&verdict.unknowns),
            open: [items(&verdict.holds), items(&verdict.open)].concat(),
            left_out: 0,
        }
    }

    /// A card without anything on it, for a step that nobody decides on any more.
    pub(super) fn empty() -> Self {
        Self {
            verdict: VerdictKind::NotYet,
            blockers: Vec::new(),
            risks: Vec::new(),
            unknowns: Vec::new(),
            open: Vec::new(),
            left_out: 0,
        }
    }

    /// Whether a go may be said to it.
    #[must_use]
    pub fn allows_go(&self) -> bool {
        matches!(self.verdict, VerdictKind::Go | VerdictKind::GoWithRisks)
    }

    /// The card with at most so many entries in each list, and how many were left out.
    pub(super) fn cut(mut self, most: usize) -> Self {
        for list in [&mut self.blockers, &mut self.risks, &mut self.unknowns, &mut self.open] {
            self.left_out += list.len().saturating_sub(most);
            list.truncate(most);
        }
        self
    }
}

/// What is worse on the card now than on the card that was seen: the first new blocker, hold, open
/// step, unknown or risk, in a clause. A risk that was seen in a graver state is nothing new.
pub(super) fn worse(saw: &Card, now: &Card) -> Option<String> {
    let lists = [
        (&now.blockers, &saw.blockers, "blocks"),
        (&now.unknowns, &saw.unknowns, "could not be found out"),
        (&now.open, &saw.open, "is not settled"),
        (&now.risks, &saw.risks, "is a risk that was not on the card"),
    ];
    for (now, saw, what) in lists {
        let new = now.iter().find(|item| !saw.iter().any(|seen| covers(seen, item)));
        if let Some(item) = new {
            return Some(sentences::new_item(item, what));
        }
    }
    None
}

/// Whether who saw the one has seen what the other says.
fn covers(seen: &CardItem, now: &CardItem) -> bool {
    if seen.step != now.step {
        return false;
    }
    match now.state {
        // Somebody answers for it: for the same thing, or for something seen worse than that.
        StepState::Waived | StepState::Done => {
            (seen.says == now.says && seen.owner == now.owner)
                || !matches!(seen.state, StepState::Waived | StepState::Done)
        }
        state => gravity(seen.state) >= gravity(state),
    }
}

/// How bad a state is on a card. What runs is no worse than it was before.
fn gravity(state: StepState) -> u8 {
    match state {
        StepState::Waived | StepState::Done | StepState::NotApplicable => 0,
        StepState::Running => 1,
        StepState::Locked
        | StepState::Open
        | StepState::Ready
        | StepState::Stale
        | StepState::Waiting => 2,
        StepState::Unknown => 3,
        StepState::Failed => 4,
    }
}
