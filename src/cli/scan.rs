//! `golive scan`: the secret scan alone, without a launch; records nothing.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;

use crate::checks::context::ProgressSink;
use crate::checks::{CheckContext, CheckReport, registry};
use crate::cli::args::{Global, Scan};
use crate::cli::console::Console;
use crate::cli::verify::{Shown, Stop, interrupted, show_finding};
use crate::cli::{open, paint};
use crate::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use crate::failure::{Failure, FailureKind, exit};
use crate::launch::outcome::Outcome;
use crate::runbook::model::{CheckName, InputName};
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::text::visible;

/// The check that does it.
const CHECK: &str = "secret-storage";

/// The input that says where to look.
const SOURCE: &str = "source";

/// Runs the command; the exit code is that of a verification.
///
/// # Errors
/// When the configuration can not be used, or somebody stopped the scan.
pub async fn run(console: &mut Console, global: &Global, args: &Scan) -> Result<u8, Failure> {
    let (config, _) = open::config(global).await?;
    let inputs = Arc::new(inputs(&config.inputs, args.path.as_deref())?);
    inputs.warm().await;
    let stop = Stop::on_signals()?;
    let (tell, mut news) = unbounded_channel();
    let context = CheckContext {
        cancel: stop.cancel.clone(),
        progress: ProgressSink::new(move |progress| {
            // The receiver lives as long as the scan.
            let _ = tell.send(progress);
        }),
        ..CheckContext::bare(inputs, config.base.clone(), SystemClock.now())
    };
    let check = registry::find(&CheckName::from(CHECK));
    let check = check.ok_or_else(|| Failure::new(FailureKind::Other, "there is no secret scan"))?;
    let mut shown = Shown::default();
    let mut work = Box::pin(check.run(&context));
    let report = loop {
        tokio::select! {
            biased;
            Some(progress) = news.recv() => shown.progress(console, CHECK, progress),
            report = &mut work => break report,
            () = stop.abandon.cancelled() => return Err(interrupted()),
        }
    };
    print(console, &report);
    if stop.cancel.is_cancelled() {
        return Err(interrupted());
    }
    Ok(match report.outcome {
        Outcome::Pass => exit::OK,
        Outcome::Fail => exit::FAILED,
        Outcome::Unknown | Outcome::Waiting => exit::UNKNOWN,
    })
}

/// The configured inputs, looking at `path` in place of the configured source.
fn inputs(configured: &Inputs, path: Option<&Path>) -> Result<Inputs, Failure> {
    let mut values: indexmap::IndexMap<InputName, Input> =
        configured.iter().map(|(name, input)| (name.clone(), input.clone())).collect();
    if let Some(path) = path {
        let path = std::path::absolute(path).map_err(|error| {
            let says = format!("could not find {}", path.display());
            Failure::new(FailureKind::Usage, says).because(&error)
        })?;
        let origin = ValueOrigin::Flag("PATH".to_owned());
        let value = InputValue::Paths(vec![path]);
        values.insert(InputName::from(SOURCE), Input { value, origin });
    }
    Ok(Inputs::new(values, configured.base().to_owned()))
}

fn print(console: &mut Console, report: &CheckReport) {
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.scan/1",
            "outcome": report.outcome,
            "summary": report.summary,
            "findings": report.findings,
            "evidence": report.evidence,
        }));
        return;
    }
    let (glyph, word, tone) = paint::outcome(Some(report.outcome));
    let paint = console.paint;
    let says = visible(&report.summary, 600);
    console.say(format!("{}  {says}", paint.tone(tone, format!("{glyph} {word}"))));
    for finding in &report.findings {
        show_finding(console, finding);
    }
}
