//! Checks: ask what they would send, have it allowed, start them, follow them, stop them.

use crate::app::dialog::{Arm, Choice, Dialog, Question, SecretPrompt, Signer, Spending};
use crate::app::effect::{Effect, Ticket};
use crate::app::model::Model;
use crate::app::msg::Plans;
use crate::app::query;
use crate::app::work::{LiveRun, Pending, Permit, Then, Tone};
use crate::checks::book::spends;
use crate::checks::{Planned, Progress};
use crate::launch::event::RunId;
use crate::launch::money::Spend;
use crate::runbook::model::{CheckName, InputName, Origin, StepId};
use crate::text::visible;

/// The one check that runs commands; a runbook from a file is trusted before it may.
const RUNS_COMMANDS: &str = "command";

/// Verifies the step at hand.
pub fn step(model: &mut Model) -> Vec<Effect> {
    let Some(step) = model.step().cloned() else { return Vec::new() };
    begin(model, vec![step])
}

/// Verifies all of the section at hand.
pub fn section(model: &mut Model) -> Vec<Effect> {
    let steps = query::section_checks(model);
    begin(model, steps)
}

/// Begins to verify: who, trust, then a plan of what would be sent.
pub fn begin(model: &mut Model, mut steps: Vec<StepId>) -> Vec<Effect> {
    steps.retain(|step| model.work.running(step).is_none() && !model.work.starting.contains(step));
    if steps.is_empty() {
        model.toast(Tone::Plain, "These checks are running already. Cancel them first.");
        return Vec::new();
    }
    let Some(by) = model.who.signer.clone() else {
        let dialog = Signer::new(query::names(model), Some(Then::Verify(steps)));
        model.dialogs.push(Dialog::Signer(dialog));
        return Vec::new();
    };
    let commands = untrusted_commands(model, &steps);
    if !commands.is_empty() {
        let runbook = model.current.runbook().digest.short().to_owned();
        let question = Question::Trust { steps, commands, runbook };
        model.dialogs.push(Dialog::Choice(Choice::new(question)));
        return Vec::new();
    }
    let ticket = model.work.ticket();
    model.work.starting.extend(steps.iter().cloned());
    model.work.pending.insert(ticket, Pending::Plan { by, steps: steps.clone() });
    vec![Effect::Plan { ticket, steps }]
}

/// The commands that these steps would run and that nobody has trusted yet.
fn untrusted_commands(model: &Model, steps: &[StepId]) -> Vec<String> {
    let runbook = model.current.runbook();
    if runbook.origin == Origin::BuiltIn || model.current.launch().is_trusted() {
        return Vec::new();
    }
    steps
        .iter()
        .filter_map(|step| runbook.step(step))
        .flat_map(|step| &step.verify)
        .filter(|spec| spec.check.as_str() == RUNS_COMMANDS)
        .map(|spec| visible(&serde_json::Value::from(spec.args.clone()).to_string(), 300))
        .collect()
}

/// Takes in what would be sent: starts, or asks for what is missing first.
pub fn planned(model: &mut Model, ticket: Ticket, result: Result<Plans, String>) -> Vec<Effect> {
    let Some(Pending::Plan { by, steps }) = model.work.pending.remove(&ticket) else {
        return Vec::new();
    };
    model.work.starting.retain(|step| !steps.contains(step));
    let Plans { planned, prompts, limits } = match result {
        Ok(plans) => plans,
        Err(why) => {
            model.problem(why);
            return Vec::new();
        }
    };
    if !prompts.is_empty() {
        // The last question is asked first in time: it lies on top. The plan is made anew after
        // the one at the bottom.
        let dialogs = prompts.into_iter().enumerate().map(|(at, input)| {
            let then = (at == 0).then(|| Then::Verify(steps.clone()));
            Dialog::Secret(prompt(model, input).then(then))
        });
        let dialogs = dialogs.collect();
        model.interpose(dialogs);
        return Vec::new();
    }
    let asks: Vec<_> = steps.iter().flat_map(|step| spends_of(step, &planned)).collect();
    let permit =
        Permit { steps, spends: asks.len(), asks: asks.into(), limits, ..Permit::default() };
    let planned: Vec<_> = planned.into_iter().map(|(_, check, plan)| (check, plan)).collect();
    let mut hosts: Vec<String> = planned.iter().filter_map(|(_, plan)| plan.arms.clone()).collect();
    hosts.sort();
    hosts.dedup();
    let question = if hosts.is_empty() {
        let mut permit = permit;
        let Some(ask) = permit.asks.pop_front() else { return start(model, by, permit) };
        spending(model, ask, permit)
    } else {
        Dialog::Arm(Box::new(Arm::new(permit, planned, hosts)))
    };
    model.interpose(vec![question]);
    Vec::new()
}

/// The movements of real money that a step's checks plan.
fn spends_of(step: &StepId, planned: &[(StepId, CheckName, Planned)]) -> Vec<(StepId, Spend)> {
    let own = planned.iter().filter(|(id, ..)| id == step).map(|(.., plan)| plan);
    spends(own).into_iter().map(|spend| (step.clone(), spend)).collect()
}

/// Goes on with what has been allowed: asks about the next movement of real money, or starts when
/// nothing is left to ask.
pub fn go_on(model: &mut Model, mut permit: Permit) -> Vec<Effect> {
    let Some(ask) = permit.asks.pop_front() else {
        let by = model.who.signer.clone().unwrap_or_default();
        return start(model, by, permit);
    };
    let question = spending(model, ask, permit);
    model.dialogs.push(question);
    Vec::new()
}

fn spending(model: &Model, (step, spend): (StepId, Spend), permit: Permit) -> Dialog {
    let runbook = model.current.runbook();
    let title = runbook.step(&step).map(|step| step.title.clone()).unwrap_or_default();
    let caution = runbook.section_of(&step).and_then(|section| section.caution.clone());
    Dialog::Spend(Box::new(Spending::new((step, title), spend, caution, permit)))
}

fn prompt(model: &Model, input: InputName) -> SecretPrompt {
    let spec = model.current.runbook().inputs.get(&input);
    let about = spec.map(|spec| visible(&spec.about, 300)).unwrap_or_default();
    let prefix = spec.and_then(|spec| spec.prefix.clone());
    SecretPrompt::new(input, about, prefix)
}

/// Starts the checks.
fn start(model: &mut Model, by: String, permit: Permit) -> Vec<Effect> {
    let Permit { steps, armed, confirmed, .. } = permit;
    model.work.starting.extend(steps.iter().cloned());
    vec![Effect::Verify { by, steps, armed, confirmed }]
}

/// Stops the checks of the step at hand or, when none run there, all of them.
pub fn cancel(model: &mut Model) -> Vec<Effect> {
    let here = model.step().cloned();
    let runs = &mut model.work.runs;
    let is_here = here.as_ref().and_then(|step| runs.get(step)).is_some_and(|run| !run.ended);
    let mut effects = Vec::new();
    for (step, run) in runs.iter_mut() {
        if !run.ended && !run.cancelling && (!is_here || Some(step) == here.as_ref()) {
            run.cancelling = true;
            effects.push(Effect::Cancel { run: run.run.clone() });
        }
    }
    effects
}

/// The checks of a step began.
pub fn started(model: &mut Model, step: StepId, run: RunId) {
    model.work.starting.retain(|starting| *starting != step);
    let since = model.current.now();
    model.work.runs.insert(step, LiveRun::new(run, since));
}

/// A check says how far it is; another run's word is dropped.
pub fn progress(model: &mut Model, run: &RunId, check: CheckName, progress: Progress) {
    let now = model.current.now();
    let live = model.work.runs.values_mut().find(|live| live.run == *run && !live.ended);
    if let Some(live) = live {
        live.take(check, progress, now);
    }
}

/// The checks of a step are over.
pub fn ended(model: &mut Model, step: &StepId, run: &RunId, error: Option<String>) {
    let live = model.work.runs.get_mut(step).filter(|live| live.run == *run);
    match live {
        Some(live) => {
            live.ended = true;
            live.work = None;
        }
        // It could not even begin.
        None => model.work.starting.retain(|starting| starting != step),
    }
    if let Some(error) = error {
        model.problem(error);
    }
}
