//! Checks: ask what they would send, have it allowed, start them, follow them, stop them.

use crate::app::dialog::{Arm, Choice, Dialog, Question, SecretPrompt, Signer};
use crate::app::effect::{Effect, Ticket};
use crate::app::model::Model;
use crate::app::msg::Plans;
use crate::app::query;
use crate::app::work::{LiveRun, Pending, Then, Tone};
use crate::checks::Progress;
use crate::launch::event::RunId;
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
    let (planned, prompts) = match result {
        Ok(plan) => plan,
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
    let mut hosts: Vec<String> = planned.iter().filter_map(|(_, plan)| plan.arms.clone()).collect();
    hosts.sort();
    hosts.dedup();
    if hosts.is_empty() {
        return start(model, by, steps, Vec::new());
    }
    model.interpose(vec![Dialog::Arm(Box::new(Arm::new(steps, planned, hosts)))]);
    Vec::new()
}

fn prompt(model: &Model, input: InputName) -> SecretPrompt {
    let spec = model.current.runbook().inputs.get(&input);
    let about = spec.map(|spec| visible(&spec.about, 300)).unwrap_or_default();
    let prefix = spec.and_then(|spec| spec.prefix.clone());
    SecretPrompt::new(input, about, prefix)
}

/// Starts the checks.
pub fn start(model: &mut Model, by: String, steps: Vec<StepId>, armed: Vec<String>) -> Vec<Effect> {
    model.work.starting.extend(steps.iter().cloned());
    vec![Effect::Verify { by, steps, armed }]
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
