//! `golive sign STEP`: puts a person's name under a step.

use std::collections::BTreeMap;

use crate::cli::args::Sign;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{ask, record, roll, signer, steps};
use crate::failure::{Failure, FailureKind};
use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::launch::lookup::{Looked, LookedUp};
use crate::runbook::model::{EvidenceSpec, Role, Step};
use crate::runbook::nearest::did_you_mean;
use crate::runtime::lookup;
use crate::secrets::SecretRef;
use crate::text::visible;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub async fn run(console: &mut Console, mut opened: Opened, args: &Sign) -> Result<(), Failure> {
    let step = steps::step(&opened.runbook, &args.step)?.clone();
    about_look_ups(&step, args)?;
    let given = given(&step, &args.evidence)?;
    if step.sign_off.is_roll_call() {
        let says = format!("{} is decided by a roll call", step.id);
        return Err(Failure::new(FailureKind::Usage, says)
            .hint(format!("golive call go --role ROLE --step {}", step.id)));
    }
    let by = signer::who_signs(console, &opened.config)?;
    // What was agreed at the roll call stands; the launch takes it from there.
    let mut evidence = agreed(&opened, &step);
    evidence.extend(given);
    ask_for_evidence(console, &step, &mut evidence)?;
    confirm(console, &opened, &step, args.confirm.as_deref())?;
    let role = args.role.as_deref().map(Role::from);
    let in_role = role.as_ref().map_or_else(String::new, |role| format!(" ({role})"));
    let said = format!("{} signed by {}{}", step.id, by.name, visible(&in_role, 80));
    let mut command = Command::Sign {
        step: step.id.clone(),
        role,
        evidence,
        note: args.note.clone(),
        seen: step.digest.clone(),
        looked_up: LookedUp { without: args.not_looked_up.clone(), ..LookedUp::default() },
    };
    look_up(console, &opened, args, &mut command).await?;
    record::submit(console, &mut opened, &by, &command, Some(&step.id), &said)
}

/// Whether the flags about look-ups have anything to be about.
fn about_look_ups(step: &Step, args: &Sign) -> Result<(), Failure> {
    let given = args.not_looked_up.is_some() || !args.arm.is_empty();
    if !given || step.evidence.iter().any(|spec| spec.lookup.is_some()) {
        return Ok(());
    }
    let says = format!("{} asks for no id that is looked up at MintCash", step.id);
    Err(Failure::new(FailureKind::Usage, says).hint("Leave --not-looked-up and --arm out"))
}

/// Looks up at the provider what the evidence names; says what was seen.
async fn look_up(
    console: &mut Console,
    opened: &Opened,
    args: &Sign,
    command: &mut Command,
) -> Result<(), Failure> {
    let Opened { config, runbook, workspace } = opened;
    if !lookup::is_needed(runbook, command) {
        return Ok(());
    }
    for name in ["live_public_key", "live_secret_key"] {
        let typed = config.inputs.secret_ref(name) == Some(&SecretRef::Prompt);
        if typed && config.inputs.known(name).is_none() && console.may_ask {
            let secret = ask::secret(console, &format!("{name} (not shown): "))?;
            config.inputs.answer(name, secret).await;
        }
    }
    let (armed, now) = (args.arm.iter().cloned().collect(), workspace.clock().now());
    lookup::complete(config, runbook, now, &armed, command).await;
    if let Command::Sign { looked_up, .. } = command {
        for (name, looked) in &looked_up.found {
            if let Looked::Seen { says, .. } = looked {
                console.tell(format!("{}: {}", visible(name, 60), visible(says, 300)));
            }
        }
    }
    Ok(())
}

/// What was agreed at the roll call that an irreversible step rests on, as far as it asks for it.
fn agreed(opened: &Opened, step: &Step) -> BTreeMap<String, String> {
    let decision = cutover::decision_of(&opened.runbook, &step.id);
    let standing = opened.workspace.standing();
    let stands = decision.filter(|_| step.irreversible).and_then(|step| standing.step(&step.id));
    let agreed = stands.and_then(|stands| stands.roll_call.as_ref()).map(|roll| &roll.evidence);
    let asked = |name: &String| step.evidence.iter().any(|spec| spec.name == *name);
    let agreed = agreed.into_iter().flatten().filter(|(name, _)| asked(name));
    agreed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The evidence from the flags.
pub(super) fn given(step: &Step, flags: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut evidence = BTreeMap::new();
    for flag in flags {
        let Some((name, value)) = flag.split_once('=') else {
            let says = format!("--evidence `{}` has no `=`", visible(flag, 80));
            return Err(Failure::new(FailureKind::Usage, says).hint("Write --evidence NAME=VALUE"));
        };
        let names = || step.evidence.iter().map(|spec| spec.name.as_str());
        if !names().any(|known| known == name) {
            let says = format!("{} asks for no evidence `{}`", step.id, visible(name, 80));
            let failure = Failure::new(FailureKind::Usage, says);
            let all = names().collect::<Vec<_>>().join(", ");
            return Err(match did_you_mean(name, names()) {
                Some(hint) => failure.hint(hint),
                None if all.is_empty() => failure.hint("Write it with --note"),
                None => failure.hint(format!("it asks for {all}")),
            });
        }
        if evidence.insert(name.to_owned(), value.trim().to_owned()).is_some() {
            let says = format!("--evidence `{name}` is given twice");
            return Err(Failure::new(FailureKind::Usage, says));
        }
    }
    Ok(evidence)
}

/// Asks for what the step requires and the flags did not give.
pub(super) fn ask_for_evidence(
    console: &mut Console,
    step: &Step,
    evidence: &mut BTreeMap<String, String>,
) -> Result<(), Failure> {
    let lacks = |spec: &&EvidenceSpec| {
        spec.required && evidence.get(&spec.name).is_none_or(String::is_empty)
    };
    let missing: Vec<_> = step.evidence.iter().filter(lacks).cloned().collect();
    for spec in missing {
        if !console.may_ask {
            let says = format!("{} needs the evidence `{}`", step.id, spec.name);
            return Err(Failure::new(FailureKind::Usage, says).hint(format!(
                "{}: give --evidence {}=…",
                visible(&spec.about, 200),
                spec.name
            )));
        }
        let about = visible(&spec.about, 200);
        let answer = ask::line(console, &format!("{} ({about}): ", spec.name))?;
        evidence.insert(spec.name, answer);
    }
    Ok(())
}

/// Has the phrase of an irreversible step typed, after showing what can go wrong.
fn confirm(
    console: &mut Console,
    opened: &Opened,
    step: &Step,
    given: Option<&str>,
) -> Result<(), Failure> {
    let Some(phrase) = step.phrase() else {
        if given.is_some() {
            let says = format!("{} can be taken back and asks for no phrase", step.id);
            return Err(Failure::new(FailureKind::Usage, says).hint("Leave --confirm out"));
        }
        return Ok(());
    };
    let typed = match given {
        Some(typed) => typed.to_owned(),
        None if console.may_ask => {
            console.tell(format!("{} can not be taken back.", step.id));
            roll::tell(console, &roll::point_of_no_return(opened, &step.id));
            ask::line(console, &format!("Type {phrase} to sign it: "))?
        }
        None => {
            let says = format!("{} can not be taken back and needs its phrase", step.id);
            return Err(Failure::new(FailureKind::Usage, says)
                .hint(format!("Give --confirm {phrase} when you mean it")));
        }
    };
    if typed.trim() == phrase {
        return Ok(());
    }
    let says = format!("that is not the phrase of {}; nothing was recorded", step.id);
    Err(Failure::new(FailureKind::Refused, says).hint(format!("The phrase is `{phrase}`")))
}
