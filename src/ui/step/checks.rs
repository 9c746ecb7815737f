//! Verification: each check with its last result, its findings, and the probes as they finish.

use std::time::Duration;

use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::current::Here;
use crate::app::work::{LiveRun, ProbeLine, WorkLine};
use crate::checks::{Finding, Level, Outcome};
use crate::launch::standing::CheckStanding;
use crate::time::{Timestamp, spoken};
use crate::ui::ink::Page;
use crate::ui::step::evidence;
use crate::ui::text::{fill, safe, width};

/// Whether there is a result or a run to tell about.
#[must_use]
pub fn has_news(model: &Model, here: &Here<'_>) -> bool {
    model.work.runs.contains_key(&here.step.id)
        || here.standing.is_some_and(|standing| {
            standing.running.is_some() || standing.checks.iter().any(|check| check.last.is_some())
        })
}

/// Writes it.
pub fn write(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    if here.step.verify.is_empty() {
        return;
    }
    page.heading("Verification");
    let live = model.work.running(&here.step.id);
    // What happens now stands above what has ended.
    if live.is_some() {
        run(model, here, page);
    }
    let idle = match model.work.runs.get(&here.step.id) {
        Some(run) if !run.ended => "running",
        Some(_) => "stopped",
        None => "not run yet",
    };
    if let Some(standing) = here.standing {
        for check in &standing.checks {
            // While it runs, the last result would only be taken for the new one.
            let fresh = live
                .is_none_or(|run| check.last.as_ref().is_some_and(|last| last.what.run == run.run));
            result(check, fresh, idle, page);
        }
        elsewhere(model, here, page);
    }
    if live.is_none() {
        run(model, here, page);
    }
}

/// The run of the step, as it is or as it was: how long it takes, what it is at, its probes.
fn run(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let Some(run) = model.work.runs.get(&here.step.id) else { return };
    if !run.ended {
        let took = model.current.now().since(run.since);
        let word = if run.cancelling { "stopping" } else { "running" };
        let arrow = Span::styled(page.ink.glyphs.bullet(), page.ink.theme.accent);
        let text = format!("{word} for {}", spoken(took));
        page.item(arrow, &text, page.ink.theme.accent, 0);
    }
    if let Some(work) = run.work.as_ref().filter(|_| !run.ended) {
        progress(work, model.current.now(), page);
    }
    probes(run, page);
}

/// A run of another program, or one that was interrupted.
fn elsewhere(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let running = here.standing.and_then(|standing| standing.running.as_ref());
    let Some(running) = running.filter(|_| model.work.running(&here.step.id).is_none()) else {
        return;
    };
    let (by, at) = (safe(&running.by.name), running.at.minute());
    if running.interrupted {
        let text = format!("A run that {by} started {at} was interrupted.");
        page.para(&text, page.ink.theme.warn, 0);
    } else {
        let text = format!("{by} started a run {at}, elsewhere on this machine.");
        page.para(&text, page.ink.theme.accent, 0);
    }
}

/// A check's last result, or where it is (`idle`) when there is none.
fn result(check: &CheckStanding, fresh: bool, idle: &'static str, page: &mut Page<'_>) {
    let ink = page.ink;
    let theme = ink.theme;
    let name = Span::styled(safe(check.check.as_str()), theme.plain);
    let Some(last) = check.last.as_ref().filter(|_| fresh) else {
        let mark = Span::styled(format!("{} ", ink.glyphs.bullet()), theme.muted);
        page.ends(vec![mark, name], vec![Span::styled(idle, theme.muted)]);
        return;
    };
    let result = &last.what;
    let style = if check.stale { theme.warn } else { theme.outcome(result.outcome) };
    let mark = Span::styled(format!("{} ", ink.glyphs.outcome(result.outcome)), style);
    let word = if check.stale {
        format!("stale {}", result.outcome.word())
    } else {
        result.outcome.word().to_owned()
    };
    let when =
        format!("{}  {}", spoken(Duration::from_millis(result.duration_ms)), last.at.minute());
    let cells = mark.width() + name.width() + width(&word) + width(&when) + 4;
    if cells <= page.width {
        let when = Span::styled(format!("  {when}"), theme.muted);
        page.ends(vec![mark, name], vec![Span::styled(word, style), when]);
    } else {
        page.ends(vec![mark, name], vec![Span::styled(word, style)]);
        page.para(&when.replacen("  ", ", ", 1), theme.muted, 2);
    }
    if let Some(summary) = result.own_summary() {
        let style = if result.outcome == Outcome::Pass { theme.plain } else { theme.strong };
        page.para(summary, style, 2);
    }
    for found in &result.findings {
        finding(found, page);
    }
    for (name, value) in &result.evidence {
        evidence::write(name, value, 2, page);
    }
}

fn finding(found: &Finding, page: &mut Page<'_>) {
    let ink = page.ink;
    let theme = ink.theme;
    let (mark, style) = match found.level {
        Level::Blocking => (ink.glyphs.outcome(Outcome::Fail), theme.bad),
        Level::Advisory => ("!", theme.warn),
        Level::Info => (ink.glyphs.bullet(), theme.muted),
    };
    page.item(Span::styled(mark, style), &found.message, theme.plain, 2);
    if let Some(place) = place(found) {
        page.para(&place, theme.muted, 4);
    }
    if let Some(hint) = &found.hint {
        let arrow = Span::styled(ink.glyphs.arrow(), theme.accent);
        page.item(arrow, hint, theme.plain, 4);
    }
}

fn place(found: &Finding) -> Option<String> {
    let mut said = Vec::new();
    said.extend(found.place.clone());
    if found.place.is_none() {
        said.extend(match (&found.file, found.line) {
            (Some(file), Some(line)) => Some(format!("{file}:{line}")),
            (file, _) => file.clone(),
        });
        let short = |commit: &String| commit.chars().take(12).collect::<String>();
        said.extend(found.commit.as_ref().map(|commit| format!("commit {}", short(commit))));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// Narrower than this, name and outcome of a probe take a line each.
const NARROW: usize = 60;

/// The probes, each on a line: sign, name, what came of it, time.
fn probes(run: &LiveRun, page: &mut Page<'_>) {
    if run.probes.is_empty() {
        return;
    }
    let longest = run.probes.iter().map(|probe| width(&probe.name)).max().unwrap_or(0);
    let says = run.probes.iter().map(|probe| width(&probe.says)).max().unwrap_or(0);
    // Sign, gaps and time take sixteen cells; a long answer gives way before a long name does.
    let column = longest.min((page.width * 2 / 5).max(page.width.saturating_sub(says + 16)));
    for line in &run.probes {
        probe(line, column, page);
    }
}

fn probe(line: &ProbeLine, column: usize, page: &mut Page<'_>) {
    let ink = page.ink;
    let theme = ink.theme;
    let (mark, style) = match line.good {
        Some(true) => (ink.glyphs.outcome(Outcome::Pass), theme.good),
        Some(false) => (ink.glyphs.outcome(Outcome::Fail), theme.bad),
        None => (ink.glyphs.bullet(), theme.muted),
    };
    if page.width < NARROW {
        page.item(Span::styled(mark, style), &line.name, theme.plain, 2);
        let says = format!("{}, {}", line.says, spoken(line.took));
        page.para(&says, theme.muted, 4);
        return;
    }
    let name = fill(&safe(&line.name), column, ink.glyphs.ellipsis());
    let says = if line.good == Some(false) { theme.strong } else { theme.muted };
    page.ends(
        vec![
            Span::raw("  "),
            Span::styled(mark, style),
            Span::raw(format!(" {name}  ")),
            Span::styled(safe(&line.says), says),
        ],
        vec![Span::styled(spoken(line.took), theme.muted)],
    );
}

/// Long work: a bar where the end is known, units and rate.
fn progress(work: &WorkLine, now: Timestamp, page: &mut Page<'_>) {
    let ink = page.ink;
    let theme = ink.theme;
    let elapsed = now.since(work.since).as_secs();
    let rate = work.done.checked_div(elapsed).filter(|rate| *rate > 0);
    let mut said = match work.of {
        Some(of) => format!("{} of {} {}", grouped(work.done), grouped(of), safe(work.unit)),
        None => format!("{} {}", grouped(work.done), safe(work.unit)),
    };
    if let Some(rate) = rate {
        said.push_str(&format!("  {}/s", grouped(rate)));
    }
    let (full, empty) = ink.glyphs.progress();
    let mut spans = vec![Span::raw("  "), Span::raw(format!("{}  ", safe(&work.doing)))];
    if let Some(of) = work.of.filter(|of| *of > 0) {
        let cells = 16;
        let done = usize::try_from(work.done.min(of).saturating_mul(cells) / of).unwrap_or(0);
        let rest = usize::try_from(cells).unwrap_or(0).saturating_sub(done);
        spans.push(Span::styled(full.repeat(done), theme.accent));
        spans.push(Span::styled(empty.repeat(rest), theme.rule));
    }
    page.ends(spans, vec![Span::styled(said, theme.muted)]);
    page.line(Line::default());
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out.replace('\u{202f}', " ")
}
