//! The simulated operator: walks the runbook as a team would, so that a program can see whether the
//! demo is sound and each fault is caught.
//!
//! Called by `golive demo --check` and by tests. The rules it keeps: it runs each check as the screen
//! would, one step after the other; it signs only what a careful person would sign, with evidence
//! that says that it is simulated; and it marks as not applicable what can not hold on loopback.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::checks::book::spends;
use crate::config::Config;
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::launch::event::{Call, CheckResult, Face};
use crate::launch::lookup::LookedUp;
use crate::launch::outcome::Outcome;
use crate::launch::standing::{StepStanding, StepState, VerdictKind};
use crate::runbook::model::{EvidenceSpec, Role, Step, StepId};
use crate::runtime::actor;
use crate::runtime::run::{Confirmed, RunNews, RunRequest, plan_steps, run_step};
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::twin::Handle;

/// The step that loopback can not prove.
const PLACE: &str = "webhook.endpoint";

/// The step that the first real event confirms; until then somebody signs for it.
const REGISTERED: &str = "webhook.registered";

/// The step that makes MintCash send it.
const CHARGE: &str = "rehearsal.charge";

/// The step that also gives back what a subscription has charged.
const CANCEL: &str = "rehearsal.cancel";

/// How often that is tried.
const MOST_REFUNDS: u32 = 4;

/// Why it is left out.
pub const NOT_HERE: &str = "simulated: a loopback address can not show that MintCash reaches it";

/// Whose card the simulated customer pays with.
const CARD_OWNER: &str = "Simulated Cardholder";

/// Longer than a subscription of the rehearsal takes to renew, and than MintCash tries to deliver an
/// event.
const INTERVAL: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// How often a step may say the same before it is left waiting.
const IN_VAIN: usize = 2;

/// The simulated operator.
pub struct Operator {
    workspace: SharedWorkspace,
    config: Arc<Config>,
    twin: Handle,
}

/// What came of one step.
pub struct Walked {
    /// The step.
    pub step: Step,
    /// What its checks said, the last time.
    pub results: Vec<CheckResult>,
    /// Why the launch did not take a signature, where it did not.
    pub refused: Option<String>,
    /// What the check of an earlier step says anew, now that this one is done.
    pub confirms: Option<(StepId, Vec<CheckResult>)>,
    /// Whether it was marked as not applicable, because it can not hold on loopback.
    pub is_left_out: bool,
}

impl Operator {
    /// An operator for an opened demo.
    #[must_use]
    pub fn new(workspace: SharedWorkspace, config: Arc<Config>, twin: Handle) -> Self {
        Self { workspace, config, twin }
    }

    /// Verifies a step, lets time pass while it waits, and signs it where that is right.
    ///
    /// # Errors
    /// When the journal can not be written.
    pub async fn walk(
        &self,
        step: &Step,
        cancel: &CancellationToken,
        tell: impl Fn(RunNews) + Send + Sync + Clone + 'static,
    ) -> Result<Walked, Failure> {
        let mut walked = Walked {
            step: step.clone(),
            results: Vec::new(),
            refused: None,
            confirms: None,
            is_left_out: false,
        };
        if let Some(why) = self.leaves_alone(step) {
            walked.refused = Some(why);
            return Ok(walked);
        }
        let mut refunds = 0;
        if !step.verify.is_empty() {
            let mut said = Vec::new();
            loop {
                walked.results = self.verify(step, cancel, tell.clone()).await?;
                let outcomes = walked.results.iter().map(|result| result.outcome);
                let says: Vec<_> = walked.results.iter().map(|it| it.summary.clone()).collect();
                let waits = Outcome::of_all(outcomes) == Outcome::Waiting;
                let before = said.iter().filter(|it| **it == says).count();
                said.push(says);
                if !waits || before >= IN_VAIN || cancel.is_cancelled() {
                    break;
                }
                // What is due at once first, then a renewal.
                if before > 0 || !self.twin.advance_to_next().await {
                    self.twin.advance(INTERVAL).await;
                }
            }
        }
        // What the subscription has charged is given back payment by payment.
        while step.id.as_str() == CANCEL
            && !cancel.is_cancelled()
            && !self.confirmed(step).await?.is_empty()
            && refunds < MOST_REFUNDS
        {
            refunds += 1;
            walked.results = self.verify(step, cancel, tell.clone()).await?;
        }
        if cancel.is_cancelled() {
            return Ok(walked);
        }
        walked.refused = self.settle(step).await?;
        if step.id.as_str() == CHARGE {
            walked.confirms = self.confirm_registration(cancel, tell).await?;
        }
        let state = self.standing(step).map(|standing| standing.state);
        walked.is_left_out = state == Some(StepState::NotApplicable);
        Ok(walked)
    }

    async fn verify(
        &self,
        step: &Step,
        cancel: &CancellationToken,
        tell: impl Fn(RunNews) + Send + Sync + Clone + 'static,
    ) -> Result<Vec<CheckResult>, Failure> {
        let by = actor::named(self.name(None), Face::Command);
        let confirmed = self.confirmed(step).await?;
        let step = step.id.clone();
        let request = RunRequest { by, step, armed: BTreeSet::new(), confirmed };
        let ran = run_step(Arc::clone(&self.workspace), request, cancel.clone(), tell).await;
        match ran {
            Err(failure) if failure.kind == FailureKind::Refused => Ok(Vec::new()),
            ran => ran,
        }
    }

    /// Looks at the first real event, which confirms that the webhook is registered.
    async fn confirm_registration(
        &self,
        cancel: &CancellationToken,
        tell: impl Fn(RunNews) + Send + Sync + Clone + 'static,
    ) -> Result<Option<(StepId, Vec<CheckResult>)>, Failure> {
        let registered = lock(&self.workspace).runbook().step(&REGISTERED.into()).cloned();
        let Some(step) = registered else { return Ok(None) };
        let results = self.verify(&step, cancel, tell).await?;
        Ok(Some((step.id, results)))
    }

    /// Why a careful person moves no more money for now: the first charge is not understood yet.
    fn leaves_alone(&self, step: &Step) -> Option<String> {
        let launch = lock(&self.workspace).standing();
        let charge = launch.steps.iter().find(|it| it.id.as_str() == CHARGE)?;
        let is_after = step.id.as_str() != CHARGE
            && step.id.as_str().split('.').next() == CHARGE.split('.').next();
        let is_unclear =
            matches!(charge.state, StepState::Failed | StepState::Waiting | StepState::Unknown);
        (is_after && is_unclear)
            .then(|| format!("{CHARGE} is {} and comes first", charge.state.word()))
    }

    /// What the checks would do with the twin's money, confirmed.
    async fn confirmed(&self, step: &Step) -> Result<Vec<Confirmed>, Failure> {
        let ids = [step.id.clone()];
        let (planned, _) = plan_steps(&self.workspace, &ids, &BTreeSet::new()).await?;
        let confirmed = spends(planned.iter().map(|(_, _, planned)| planned)).into_iter();
        let confirmed = confirmed.map(|spend| Confirmed {
            step: step.id.clone(),
            card_owner: spend.act.takes().then(|| CARD_OWNER.to_owned()),
            spend,
        });
        Ok(confirmed.collect())
    }

    /// Signs, or marks as not applicable; why the launch did not take it, if it did not.
    async fn settle(&self, step: &Step) -> Result<Option<String>, Failure> {
        let Some(standing) = self.standing(step) else { return Ok(None) };
        if step.id.as_str() == PLACE && standing.state == StepState::Unknown {
            let skip = Command::Skip { step: step.id.clone(), reason: NOT_HERE.to_owned() };
            return self.record(self.name(None), skip).await;
        }
        let is_to_come = step.id.as_str() == REGISTERED && standing.state == StepState::Unknown;
        let is_signable = matches!(standing.state, StepState::Ready | StepState::Open)
            || is_to_come
            || standing.state == StepState::Stale && standing.missing.people > 0;
        if !is_signable || standing.missing.is_empty() {
            return Ok(None);
        }
        let mut roles: Vec<Option<Role>> =
            standing.missing.roles.iter().cloned().map(Some).collect();
        if roles.is_empty() {
            roles.push(None);
        }
        for role in roles {
            if let (true, Some(role)) = (step.sign_off.is_roll_call(), &role) {
                if let Some(refused) = self.say_go(step, role).await? {
                    return Ok(Some(refused));
                }
                continue;
            }
            let sign = Command::Sign {
                step: step.id.clone(),
                evidence: evidence(step),
                note: Some("simulated: signed by the demo's operator".to_owned()),
                seen: step.digest.clone(),
                role: role.clone(),
                looked_up: LookedUp::default(),
            };
            if let Some(refused) = self.record(self.name(role.as_ref()), sign).await? {
                return Ok(Some(refused));
            }
        }
        Ok(None)
    }

    /// Says go at the roll call, in the role's name, to the verdict as it stands.
    async fn say_go(&self, step: &Step, role: &Role) -> Result<Option<String>, Failure> {
        let stands = self.standing(step).and_then(|standing| standing.roll_call);
        let Some(stands) = stands else { return Ok(None) };
        let call = Command::Call {
            step: step.id.clone(),
            role: role.clone(),
            call: Call::Go,
            reason: None,
            evidence: evidence(step),
            seen: step.digest.clone(),
            saw: Box::new(stands.card),
        };
        self.record(self.name(Some(role)), call).await
    }

    fn standing(&self, step: &Step) -> Option<StepStanding> {
        let standing = lock(&self.workspace).standing();
        standing.steps.into_iter().find(|standing| standing.id == step.id)
    }

    /// Who signs in a role: the person of the team file who has it.
    fn name(&self, role: Option<&Role>) -> &str {
        let has = |person: &&crate::config::PersonConfig| {
            role.is_none_or(|role| person.roles.contains(role))
        };
        self.config.people.iter().find(has).map_or("Ada Kim", |person| &person.name)
    }

    /// Records a command; the launch's no, if it says one.
    async fn record(&self, name: &str, command: Command) -> Result<Option<String>, Failure> {
        let (workspace, by) = (Arc::clone(&self.workspace), actor::named(name, Face::Command));
        let written = tokio::task::spawn_blocking(move || lock(&workspace).submit(&by, &command));
        let written = written.await.unwrap_or_else(|_| {
            Err(Failure::new(FailureKind::State, "writing the journal broke off"))
        });
        match written {
            Ok(_) => Ok(None),
            Err(no) if no.kind == FailureKind::Refused => Ok(Some(no.message)),
            Err(failure) => Err(failure),
        }
    }

    /// The verdict as it stands.
    #[must_use]
    pub fn verdict(&self) -> VerdictKind {
        lock(&self.workspace).standing().verdict.kind
    }
}

/// Evidence that says that it is none.
fn evidence(step: &Step) -> BTreeMap<String, String> {
    let required = step.evidence.iter().filter(|spec| spec.required);
    required.map(|EvidenceSpec { name, .. }| (name.clone(), format!("simulated {name}"))).collect()
}
