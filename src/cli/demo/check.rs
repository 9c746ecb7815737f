//! `golive demo --check`: a simulated operator and a simulated customer walk the runbook; the
//! document is that of `verify`, and a table says which check caught which fault.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

use crate::cli::args::Demo as Args;
use crate::cli::console::Console;
use crate::cli::paint::{Tone, pad};
use crate::cli::steps;
use crate::cli::verify::{Ran, Report, Shown, Stop, interrupted, show};
use crate::config::Flags;
use crate::demo::fault::Fault;
use crate::demo::operator::{Operator, Walked};
use crate::demo::{Demo, customer, verdict};
use crate::failure::{Failure, exit};
use crate::runbook::model::{Runbook, Step};
use crate::runtime::workspace::{SharedWorkspace, lock};

/// What the steps of the first week begin with: before them the week passes.
const FIRST_WEEK: &str = "first-week.";

/// Walks and prints; the exit code is that of `verify`.
///
/// # Errors
/// When a step is not known or the journal can not be written.
pub async fn run(console: &mut Console, demo: &Arc<Demo>, args: &Args) -> Result<u8, Failure> {
    let opened = demo.open(Flags::default()).await?;
    let runbook = Arc::clone(&opened.runbook);
    let steps = chosen(&runbook, args)?;
    let workspace: SharedWorkspace = Arc::new(Mutex::new(opened.workspace));
    let operator =
        Operator::new(Arc::clone(&workspace), Arc::clone(&opened.config), demo.twin().clone());
    let mut report = Report::begin("demo", &runbook, lock(&workspace).clock().now());
    let stop = Stop::on_signals()?;
    let leaves = CancellationToken::new();
    let customer = tokio::spawn(customer::pay(Arc::clone(demo), leaves.clone()));
    let walked = walk(console, demo, &operator, &steps, &stop).await;
    leaves.cancel();
    let _the_customer_has_left = customer.await;
    let mut walked = walked?;
    confirm(&mut walked);
    report.steps = walked.iter().zip(&steps).map(|(walked, step)| ran(walked, step)).collect();
    report.interrupted = stop.cancel.is_cancelled();
    let caught: Vec<_> =
        demo.on().into_iter().map(|fault| (fault, judge(fault, &walked))).collect();
    let words = operator.verdict().words();
    let extra = [
        ("simulated", Value::Bool(true)),
        ("verdict", Value::from(words)),
        ("faults", caught.iter().map(|(fault, found)| json_of(fault, *found)).collect()),
    ];
    report.print_with(console, &lock(&workspace).head(), extra);
    if !console.is_json() {
        console.say(format!("verdict {words} (simulated: shop, MintCash and money)"));
        table(console, &caught);
    }
    if report.interrupted {
        return Err(interrupted());
    }
    // What loopback can not show was marked as not applicable, and is no open question here.
    report.steps.retain(|ran| {
        !walked.iter().any(|walked| walked.is_left_out && walked.step.id == ran.step.id)
    });
    Ok(if report.steps.is_empty() { exit::OK } else { report.exit_code() })
}

/// The steps to walk: those that are named, or all.
fn chosen<'a>(runbook: &'a Runbook, args: &Args) -> Result<Vec<&'a Step>, Failure> {
    let mut sections = Vec::new();
    for typed in &args.section {
        sections.push(&steps::section(runbook, typed)?.id);
    }
    let wanted = |step: &&Step| {
        let section = runbook.section_of(&step.id).map(|section| &section.id);
        sections.is_empty() || section.is_some_and(|section| sections.contains(&section))
    };
    Ok(runbook.steps().filter(wanted).collect())
}

/// Walks the steps one after the other, as far as nobody stops it.
async fn walk(
    console: &mut Console,
    demo: &Demo,
    operator: &Operator,
    steps: &[&Step],
    stop: &Stop,
) -> Result<Vec<Walked>, Failure> {
    let mut all = Vec::new();
    for step in steps {
        if stop.cancel.is_cancelled() {
            break;
        }
        let is_after = step.id.as_str().starts_with(FIRST_WEEK);
        if is_after && !all.iter().any(|it: &Walked| it.step.id.as_str().starts_with(FIRST_WEEK)) {
            demo.pass_week()?;
        }
        let mut shown = Shown::of(console, &[step]);
        let (tell, mut news) = unbounded_channel();
        // The receiver lives as long as the walk.
        let tell = move |new| drop(tell.send(new));
        let mut walking = std::pin::pin!(operator.walk(step, &stop.cancel, tell));
        let walked = loop {
            tokio::select! {
                biased;
                Some(new) = news.recv() => shown.take(console, new),
                walked = &mut walking => break walked?,
                () = stop.abandon.cancelled() => return Err(interrupted()),
            }
        };
        while let Ok(new) = news.try_recv() {
            shown.take(console, new);
        }
        show(console, &ran(&walked, step));
        all.push(walked);
    }
    Ok(all)
}

/// Puts what an earlier step's check has said anew in place of what it said first.
fn confirm(walked: &mut [Walked]) {
    let anew: Vec<_> = walked.iter_mut().filter_map(|it| it.confirms.take()).collect();
    for (step, results) in anew {
        if let Some(earlier) = walked.iter_mut().find(|it| it.step.id == step) {
            earlier.results = results;
        }
    }
}

fn ran<'s>(walked: &Walked, step: &'s Step) -> Ran<'s> {
    Ran { step, results: walked.results.clone(), refused: walked.refused.clone() }
}

/// Whether a fault was caught; `None` when its step was not walked.
fn judge(fault: &Fault, walked: &[Walked]) -> Option<bool> {
    let walked = walked.iter().find(|walked| walked.step.id.as_str() == fault.step)?;
    let result = walked.results.iter().find(|result| result.check.as_str() == fault.check)?;
    Some(verdict::is_caught(fault, result.outcome, &result.findings))
}

fn json_of(fault: &Fault, caught: Option<bool>) -> Value {
    json!({
        "name": fault.name,
        "about": fault.about,
        "step": fault.step,
        "check": fault.check,
        "expected": fault.caught,
        "caught": caught,
    })
}

/// Fault → caught by.
fn table(console: &mut Console, caught: &[(&Fault, Option<bool>)]) {
    let paint = console.paint;
    let widest = caught.iter().map(|(fault, _)| fault.name.len()).max().unwrap_or_default();
    for (fault, found) in caught {
        let (glyph, word, tone) = match found {
            Some(true) => ("✓", "caught by", Tone::Good),
            Some(false) => ("✗", "NOT caught by", Tone::Bad),
            None => ("·", "not tried:", Tone::Quiet),
        };
        let name = pad(fault.name, widest);
        let says = format!("{word} {} ({})", fault.check, fault.step);
        console.say(format!("{} {name}  {says}", paint.tone(tone, glyph)));
    }
}
