//! Commands about real money: nothing is prepared that nobody confirmed, that goes over a cap, or
//! beside something of the same kind of which nobody knows what came of it.

use crate::launch::decide::{Case, Refusal, words};
use crate::launch::event::{Event, RunId};
use crate::launch::money::{
    self, Act, Caps, Confirmation, EXPECTED_CHARGES, Intent, Ledger, MoneyAnswer, Observation,
    Stage, Tracked,
};
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;
use crate::text::visible;

impl Case<'_> {
    /// Records that somebody typed what is about to happen.
    pub(super) fn confirm(&self, it: &Confirmation) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        self.current_run(&it.step, &it.run)?;
        if it.spend.act.takes() && !it.spend.again {
            let owner = it.card_owner.as_deref().unwrap_or_default();
            money::owner(owner).map_err(|why| {
                Refusal::new(why, "Charge only a card whose owner agrees, and name that person.")
            })?;
            words::name(owner)?;
        }
        Ok(vec![Event::MoneyConfirmed(Box::new(it.clone()))])
    }

    /// Writes down a request that moves money, before it is sent.
    pub(super) fn prepare(&self, intent: &Intent, caps: Caps) -> Result<Vec<Event>, Refusal> {
        self.current_run(&intent.step, &intent.run)?;
        self.is_new(intent)?;
        is_what_it_says(intent)?;
        self.confirmed(intent)?;
        self.nothing_under_way(intent)?;
        self.is_about_something(intent)?;
        self.within(intent, caps)?;
        Ok(vec![Event::MoneyPrepared(Box::new(intent.clone()))])
    }

    /// Records what came back.
    pub(super) fn answered(&self, answer: &MoneyAnswer) -> Result<Vec<Event>, Refusal> {
        match self.launch.ledger().intent(&answer.intent) {
            Some(_) => Ok(vec![Event::MoneyAnswered(Box::new(answer.clone()))]),
            None => Err(unknown_intent()),
        }
    }

    /// Records what was seen; nothing when it is known already.
    pub(super) fn observed(&self, seen: &Observation) -> Result<Vec<Event>, Refusal> {
        match self.launch.ledger().intent(&seen.intent) {
            Some(tracked) if tracked.knows(&seen.fact) => Ok(Vec::new()),
            Some(_) => Ok(vec![Event::MoneyObserved(Box::new(seen.clone()))]),
            None => Err(unknown_intent()),
        }
    }

    fn current_run(&self, step: &StepId, run: &RunId) -> Result<(), Refusal> {
        self.step(step)?;
        let history = self.launch.history().step(step);
        if history.is_some_and(|history| history.is_current(run)) {
            return Ok(());
        }
        Err(Refusal::new(
            format!("This run of `{step}` counts no longer; no money is moved for it."),
            "Verify again.",
        ))
    }

    /// Whether exactly this was typed for this run, and not used by it yet.
    fn confirmed(&self, intent: &Intent) -> Result<(), Refusal> {
        let ledger = self.launch.ledger();
        let wanted = &intent.spend;
        let typed = ledger.confirmations().iter().filter(|it| it.what.run == intent.run);
        let typed = typed.filter(|it| it.what.spend == *wanted).count();
        let used = ledger.intents().iter().map(|it| &it.intent);
        let used = used.filter(|it| it.run == intent.run && it.spend == *wanted).count();
        if typed > used {
            return Ok(());
        }
        Err(Refusal::new(
            format!("Nobody confirmed for this run to {}.", wanted.sentence()),
            "Verify the step again and type what it asks for.",
        ))
    }

    /// Whether neither the intent nor its `externalId` is in the journal already.
    fn is_new(&self, intent: &Intent) -> Result<(), Refusal> {
        let key = |it: &Intent| Some(it.request.as_ref()?.expected().external_id.clone());
        let same = |it: &&Tracked| {
            it.intent.id == intent.id || key(intent).is_some_and(|id| key(&it.intent) == Some(id))
        };
        match self.launch.ledger().intents().iter().find(same) {
            None => Ok(()),
            Some(_) => Err(Refusal::new(
                "This request is in the journal already.",
                "Verify the step again: it sends the request that is there.",
            )),
        }
    }

    /// Whether what is given back was charged, and what is cancelled was begun, by this launch; no
    /// more is given back than is left.
    fn is_about_something(&self, intent: &Intent) -> Result<(), Refusal> {
        let ledger = self.launch.ledger();
        let of = intent.of.as_deref().unwrap_or_default();
        let spend = &intent.spend;
        let shown = visible(of, 80);
        match spend.act {
            Act::Charge | Act::Subscribe => Ok(()),
            Act::Refund => {
                let left = ledger.left_of(of);
                if spend.amount <= left {
                    return Ok(());
                }
                Err(Refusal::new(
                    format!(
                        "{} can not be refunded of {shown}: {left} is left of what this launch \
                         charged by it.",
                        spend.price()
                    ),
                    "Verify the step again.",
                ))
            }
            Act::Cancel => {
                let own = |it: &&Tracked| it.intent.spend.act == Act::Subscribe;
                match ledger.intents().iter().filter(own).any(|it| it.id() == Some(of)) {
                    true => Ok(()),
                    false => Err(Refusal::new(
                        format!("The subscription {shown} was not begun by this launch."),
                        "golive cancels no subscription of somebody else.",
                    )),
                }
            }
        }
    }

    /// Whether nothing of the same kind is under way, which a second request would double.
    fn nothing_under_way(&self, intent: &Intent) -> Result<(), Refusal> {
        let ledger = self.launch.ledger();
        let same =
            |it: &&Tracked| it.intent.spend.act == intent.spend.act && it.intent.of == intent.of;
        let holds = |it: &&Tracked| match it.stage() {
            Stage::MaybeSent | Stage::Made => true,
            Stage::Over => false,
            // What was charged and given back in full is at its end; so is a cancelled
            // subscription, and a refund, after which there may be another one.
            Stage::Done => match it.intent.spend.act {
                Act::Charge => !is_given_back(ledger, it),
                Act::Subscribe => !ledger.is_cancelled(it),
                Act::Refund => false,
                Act::Cancel => true,
            },
        };
        let Some(other) = ledger.intents().iter().filter(same).find(holds) else { return Ok(()) };
        let what = other.intent.spend.sentence();
        let at = other.at.minute();
        Err(match other.stage() {
            Stage::MaybeSent => Refusal::new(
                format!("What was begun at {at} may have been sent: {what}."),
                "Verify the step that began it: it sends the same request again, which can not \
                 charge twice.",
            ),
            _ => Refusal::new(
                format!("There is one already, since {at}: {what}."),
                "Refund or cancel it first; a second one would charge the card again.",
            ),
        })
    }

    fn within(&self, intent: &Intent, caps: Caps) -> Result<(), Refusal> {
        let spend = &intent.spend;
        if !spend.act.takes() {
            return Ok(());
        }
        let currency = visible(&spend.currency, 12);
        if spend.amount > caps.charge {
            return Err(Refusal::new(
                format!(
                    "{} {currency} is more than `charge_cap` allows at once ({}).",
                    spend.amount, caps.charge
                ),
                "Take a smaller amount, or raise `charge_cap` in golive.yaml.",
            ));
        }
        // Whatever the currency: a cap that began anew with each would be none.
        let totals = self.launch.ledger().totals();
        let so_far = totals.iter().fold(0_u64, |all, it| {
            all.saturating_add(it.charged.0).saturating_add(it.may_charge.0)
        });
        let times = if spend.act == Act::Subscribe { EXPECTED_CHARGES } else { 1 };
        let all = Minor(so_far.saturating_add(spend.amount.0.saturating_mul(times)));
        if all <= caps.launch {
            return Ok(());
        }
        let counted = match totals.iter().all(|it| it.currency == spend.currency) {
            true => "",
            false => " (all currencies counted together)",
        };
        Err(Refusal::new(
            format!(
                "With it, this launch would charge {all} {currency}{counted}; `launch_cap` allows \
                 {}.",
                caps.launch
            ),
            "Take a smaller amount, or raise `launch_cap` in golive.yaml. Refunds do not lower \
             what was charged.",
        ))
    }
}

/// Whether everything that it charged went back.
fn is_given_back(ledger: &Ledger, charge: &Tracked) -> bool {
    let refunded = charge.id().map_or(Minor(0), |id| ledger.refunded_of(id));
    let returned = refunded.0.saturating_add(charge.returned_elsewhere().0);
    returned >= charge.charged().0
}

/// Whether a request asks for what was typed, and can be kept in the journal as it is.
fn is_what_it_says(intent: &Intent) -> Result<(), Refusal> {
    match intent.mismatch() {
        None => Ok(()),
        Some(why) => Err(Refusal::new(
            format!("This request is not sent: {why}."),
            "Correct the inputs of the rehearsal in golive.yaml and verify again.",
        )),
    }
}

fn unknown_intent() -> Refusal {
    Refusal::new("The journal has no such request.", "Verify the step again.")
}
