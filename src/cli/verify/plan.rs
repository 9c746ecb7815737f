//! What a verification would do: for `--dry-run`, for arming, for secrets that must be typed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::checks::Effect;
use crate::checks::book::spends;
use crate::cli::console::Console;
use crate::cli::paint::{self, Tone, pad};
use crate::cli::verify::spend::{Ask, flags, words};
use crate::failure::{Failure, FailureKind};
use crate::launch::money::Spend;
use crate::runbook::model::{InputName, Runbook, Step, StepId};
use crate::runbook::nearest::did_you_mean;
use crate::runtime::run::{StepPlan, plan_steps};
use crate::runtime::workspace::SharedWorkspace;
use crate::text::visible;

/// What would be done.
pub struct Plan {
    planned: Vec<StepPlan>,
    /// The secrets that have to be typed first.
    pub asks: Vec<InputName>,
}

/// Plans these steps as if no host were armed, so that every host that could be is known.
///
/// # Errors
/// When a step is not known.
pub async fn make(workspace: &SharedWorkspace, steps: &[&Step]) -> Result<Plan, Failure> {
    let ids: Vec<_> = steps.iter().map(|step| step.id.clone()).collect();
    let (planned, asks) = plan_steps(workspace, &ids, &BTreeSet::new()).await?;
    Ok(Plan { planned, asks })
}

impl Plan {
    /// Every host to which validly signed probes would go, with their number.
    fn hosts(&self) -> BTreeMap<&str, usize> {
        let mut hosts = BTreeMap::new();
        for (_, _, planned) in &self.planned {
            if let Some(host) = &planned.arms {
                *hosts.entry(host.as_str()).or_default() += 1;
            }
        }
        hosts
    }

    /// Every movement of real money, each once, with its step.
    pub fn spends(&self) -> Vec<Ask> {
        let mut steps: Vec<&StepId> = self.planned.iter().map(|(step, ..)| step).collect();
        steps.dedup();
        let of = |step: &StepId| {
            let own = self.planned.iter().filter(move |(id, ..)| id == step);
            let own = spends(own.map(|(.., planned)| planned));
            own.into_iter().map(|spend| (step.clone(), spend)).collect::<Vec<_>>()
        };
        steps.into_iter().flat_map(of).collect()
    }

    /// Hosts that would have to be armed and are not, with the number of probes for each.
    pub fn held_back<'a>(&'a self, armed: &BTreeSet<String>) -> Vec<(&'a str, usize)> {
        self.hosts().into_iter().filter(|(host, _)| !armed.contains(*host)).collect()
    }

    /// Makes sure that what is armed is what was meant.
    ///
    /// # Errors
    /// When a host is armed to which no probe would go.
    pub fn knows_hosts(&self, armed: &[String]) -> Result<(), Failure> {
        let hosts = self.hosts();
        let unknown = armed.iter().find(|host| !hosts.contains_key(host.as_str()));
        if let Some(host) = unknown {
            let says = format!("no signed probe would go to `{}`", visible(host, 120));
            let failure = Failure::new(FailureKind::Usage, says);
            let names: Vec<_> = hosts.keys().copied().collect();
            return Err(match did_you_mean(host, names.iter().copied()) {
                Some(hint) => failure.hint(hint),
                None if names.is_empty() => failure.hint("Leave --arm out"),
                None => failure.hint(format!("Hosts that can be armed: {}", names.join(", "))),
            });
        }
        Ok(())
    }

    /// Prints what would be done, and does none of it.
    pub fn print(&self, console: &mut Console, runbook: &Runbook, steps: &[&Step]) {
        if console.is_json() {
            let steps: Vec<_> = steps.iter().map(|step| self.step_json(step)).collect();
            console.document(&json!({
                "schema": "golive.plan/1",
                "runbook": { "id": runbook.id, "digest": runbook.digest },
                "steps": steps,
                "asks": self.asks,
            }));
            return;
        }
        let paint = console.paint;
        for step in steps {
            let title = visible(&step.title, 200);
            console.say(format!("{}  {title}", paint.tone(Tone::Strong, step.id.as_str())));
            if step.verify.is_empty() {
                console.say("  for people; nothing is run");
            }
            let mut place = None;
            for (_, check, planned) in self.of(step) {
                if place != Some((check, &planned.target)) {
                    place = Some((check, &planned.target));
                    let target = visible(&planned.target, 200);
                    console.say(format!("  {check} → {target}"));
                }
                let arms = planned.arms.as_ref();
                let arms = arms.map_or_else(String::new, |host| format!("  (needs --arm {host})"));
                console.say(format!(
                    "    {} {}{arms}",
                    paint.tone(Tone::Quiet, pad(planned.effect.word(), 9)),
                    visible(&planned.what, 200),
                ));
                if let Some(spend) = &planned.spend {
                    let live = paint.tone(Tone::Bad, "LIVE");
                    console.say(format!("              {live} {}", spend.says()));
                    console.say(format!("              needs {}", flags(spend)));
                }
            }
        }
        for name in &self.asks {
            console.say(format!("asks for {name}"));
        }
        let outward = self
            .planned
            .iter()
            .filter(|(_, _, plan)| matches!(plan.effect, Effect::Harmless | Effect::Stateful));
        let outward = outward.count();
        let money = match self.spends().len() {
            0 => String::new(),
            moves => format!(", {} of real money", paint::count(moves, "movement")),
        };
        console.say(format!(
            "{} planned, {outward} validly signed{money}; nothing was sent or recorded",
            paint::count(self.planned.len(), "act")
        ));
    }

    fn of<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = &'a StepPlan> {
        self.planned.iter().filter(|(id, _, _)| id == &step.id)
    }

    fn step_json(&self, step: &Step) -> Value {
        let planned = self.of(step).map(|(_, check, planned)| {
            let mut value = json!({
                "check": check,
                "effect": planned.effect,
                "what": planned.what,
                "target": planned.target,
                "arms": planned.arms,
            });
            if let (Some(spend), Some(members)) = (&planned.spend, value.as_object_mut()) {
                members.insert("spend".to_owned(), spend_json(spend));
            }
            value
        });
        json!({ "id": step.id, "planned": planned.collect::<Vec<_>>() })
    }
}

/// A movement of real money, with the words that confirm it.
fn spend_json(spend: &Spend) -> Value {
    json!({
        "act": spend.act,
        "host": spend.host,
        "amount": spend.amount.to_string(),
        "currency": spend.currency,
        "again": spend.again,
        "cardOwner": spend.act.takes() && !spend.again,
        "confirm": words(spend),
    })
}
