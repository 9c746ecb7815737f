//! The calls of one step: the last of each role, and what has become of it.
//!
//! Part of the fold. A hold or a no-go stands whatever else happens to the step: only a lifting or
//! another call of the same role ends it, a reopening does not.

use std::sync::Arc;

use crate::launch::event::{Actor, Call, CallRecord};
use crate::launch::roll_call::{Gone, Lifted};
use crate::launch::signers;
use crate::launch::standing::Dated;
use crate::runbook::model::{Role, StepId};
use crate::time::Timestamp;

/// What the journal says about the calls of one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    /// The last call of each role, in the order in which the roles first spoke.
    pub roles: Vec<RoleCall>,
    /// The irreversible step that was signed on these calls, when and by whom.
    pub acted: Option<(StepId, Timestamp, Actor)>,
}

/// The last call of a role.
#[derive(Clone, Debug)]
pub(crate) struct RoleCall {
    /// The caller's name as it is compared.
    pub person: String,
    /// The call.
    pub given: Arc<Dated<CallRecord>>,
    /// Why it stands no longer, when it does not.
    pub gone: Option<Gone>,
}

impl Calls {
    /// The calls that stand, whether they count or not.
    pub fn standing(&self) -> impl Iterator<Item = &RoleCall> {
        self.roles.iter().filter(|one| one.gone.is_none())
    }

    /// Whether somebody holds or says no-go.
    pub fn stop(&self) -> bool {
        self.standing().any(|one| one.given.what.call != Call::Go)
    }

    /// Takes in a call.
    pub fn give(&mut self, given: Dated<CallRecord>) {
        let person = signers::person(&given.by.name);
        let call = RoleCall { person, given: Arc::new(given), gone: None };
        let same = |one: &RoleCall| one.given.what.role == call.given.what.role;
        match self.roles.iter().position(same) {
            Some(place) => self.roles.splice(place..=place, [call]).for_each(drop),
            None => self.roles.push(call),
        }
    }

    /// Takes in that the hold of a role was lifted.
    pub fn lift(&mut self, role: &Role, lifted: Lifted) {
        let held = self.roles.iter_mut().find(|one| &one.given.what.role == role);
        if let Some(held) = held.filter(|one| one.gone.is_none() && one.given.what.call != Call::Go)
        {
            held.gone = Some(Gone::Lifted(lifted));
        }
    }

    /// Takes back what was said for going on; holds and no-goes stay.
    pub fn withdraw_goes(&mut self, says: &str) {
        let goes = self.roles.iter_mut().filter(|one| one.given.what.call == Call::Go);
        for go in goes.filter(|one| one.gone.is_none()) {
            go.gone = Some(Gone::Withdrawn(says.to_owned()));
        }
    }
}
