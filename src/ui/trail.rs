//! The audit trail: every entry of the journal on a line, the selected one in full below.
//!
//! ```text
//!    41  2026-11-23 18:43 UTC  Dana Ito    signed webhook.registered
//!    42  2026-11-23 18:44 UTC  Sam Okafor  verified webhook.endpoint: pass
//! ────────────────────────────────────────────────────────────────────────
//!  entry 42 · 8f3a…   by Sam Okafor (sam on build-1), on screen
//! ```

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Layout, Model};
use crate::launch::event::{Entry, Event, Face};
use crate::launch::standing::StepState;
use crate::ui::ink::{Ink, Page, inset};
use crate::ui::scroll;
use crate::ui::text::{fill, safe};

/// Rows of the selected entry.
const DETAIL: u16 = 6;

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    let area = inset(area, 1);
    let [list, rule, detail] = area.layout(&Split::vertical([
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(DETAIL),
    ]));
    let entries = model.current.launch().entries();
    if entries.is_empty() {
        let text = "Nothing has been recorded yet.";
        frame.render_widget(Line::styled(text, ink.theme.muted), list);
        return Layout { body: Some((list, 0)), ..Layout::default() };
    }
    let selected = entries.len() - 1 - model.screen.trail.min(entries.len() - 1);
    let height = usize::from(list.height);
    let first = selected.saturating_sub(height / 2).min(entries.len().saturating_sub(height));
    let cells = usize::from(list.width).saturating_sub(2);
    for (at, (place, entry)) in list.rows().zip(entries.iter().skip(first)).enumerate() {
        let mut line = row(ink, entry, cells);
        if first + at == selected {
            let missing = cells.saturating_sub(line.width());
            line.spans.push(Span::raw(" ".repeat(missing)));
            line.spans.iter_mut().for_each(|span| span.style = ink.theme.selected);
        }
        frame.render_widget(line, place);
    }
    if entries.len() > height {
        scroll::bar(ink, frame, list, first, entries.len());
    }
    frame.render_widget(ink.rule(usize::from(rule.width)), rule);
    if let Some(entry) = entries.get(selected) {
        let lines = full(ink, entry, usize::from(detail.width));
        scroll::lines(ink, frame, detail, &lines, 0);
    }
    Layout { body: Some((list, entries.len())), ..Layout::default() }
}

fn row(ink: &Ink, entry: &Entry, cells: usize) -> Line<'static> {
    let theme = &ink.theme;
    let name = fill(&safe(&entry.by.name), (cells / 6).clamp(8, 18), ink.glyphs.ellipsis());
    let (what, style) = said(ink, entry);
    let when = if cells >= 90 { entry.at.minute() } else { entry.at.clock() };
    let left = vec![
        Span::styled(format!("{:>5}  ", entry.seq), theme.muted),
        Span::styled(format!("{when}  "), theme.muted),
        Span::styled(format!("{name}  "), theme.plain),
        Span::styled(what, style),
    ];
    ink.ends(left, Vec::new(), cells)
}

/// What happened, in a few words, and its colour.
fn said(ink: &Ink, entry: &Entry) -> (String, ratatui::style::Style) {
    let theme = &ink.theme;
    match &entry.event {
        Event::JournalOpened { launch, .. } => {
            (format!("opened the journal of {}", safe(launch)), theme.muted)
        }
        Event::JournalRecovered { bytes, .. } => {
            (format!("recovered the journal: a torn end of {bytes} bytes was cut off"), theme.warn)
        }
        Event::RunbookPinned { id, .. } => {
            (format!("pinned the runbook {}", safe(id)), theme.muted)
        }
        Event::RunbookTrusted { .. } => ("trusted the runbook's commands".to_owned(), theme.warn),
        Event::HostArmed { host } => (format!("armed {}", safe(host)), theme.warn),
        Event::StepStarted { step, .. } => (format!("started the checks of {step}"), theme.muted),
        Event::CheckResult(result) => (
            format!(
                "{} {}: {}",
                safe(result.check.as_str()),
                result.outcome.word(),
                safe(&result.summary)
            ),
            theme.outcome(result.outcome),
        ),
        Event::StepFinished { step, cancelled: true, .. } => {
            (format!("stopped the checks of {step}"), theme.warn)
        }
        Event::StepFinished { step, .. } => (format!("finished the checks of {step}"), theme.muted),
        Event::StepSigned(record) => {
            let role = record.role.as_ref().map(|role| format!(" as {}", safe(role.as_str())));
            (format!("signed {}{}", record.step, role.unwrap_or_default()), theme.good)
        }
        Event::StepWaived { step, reason, .. } => {
            (format!("waived {step}: {}", safe(reason)), theme.state(StepState::Waived))
        }
        Event::StepSkipped { step, reason, .. } => {
            (format!("marked {step} not applicable: {}", safe(reason)), theme.plain)
        }
        Event::StepReopened { step, reason } => {
            (format!("reopened {step}: {}", safe(reason)), theme.warn)
        }
        Event::CallGiven(_) | Event::HoldLifted { .. } | Event::RollbackCalled { .. } => {
            called(ink, &entry.event)
        }
        Event::ThresholdCrossed(_)
        | Event::ThresholdCleared(_)
        | Event::AlertTaken { .. }
        | Event::AlertSent { .. } => watched(ink, &entry.event),
        Event::Note { step: Some(step), text } => {
            (format!("noted on {step}: {}", safe(text)), theme.plain)
        }
        Event::Note { text, .. } => (format!("noted: {}", safe(text)), theme.plain),
        Event::MoneyConfirmed(it) => (it.sentence(), theme.warn),
        Event::MoneyPrepared(it) => (it.sentence(), theme.bad),
        Event::MoneyAnswered(it) => (it.sentence(), theme.plain),
        Event::MoneyObserved(it) => (it.sentence(), theme.plain),
        Event::ReportExported { format, .. } => {
            (format!("wrote a report as {}", safe(format)), theme.plain)
        }
        Event::Other { kind, .. } => {
            (format!("{}, which this version does not know", safe(kind)), theme.warn)
        }
    }
}

/// What was said at a roll call, and that a rollback was called.
fn called(ink: &Ink, event: &Event) -> (String, ratatui::style::Style) {
    let theme = &ink.theme;
    match event {
        Event::CallGiven(call) => {
            let reason = call.reason.as_ref().map(|why| format!(": {}", safe(why)));
            let (word, role) = (call.call.word(), safe(call.role.as_str()));
            let says =
                format!("said {word} to {} for {role}{}", call.step, reason.unwrap_or_default());
            (says, theme.call(call.call))
        }
        Event::HoldLifted { step, role, whose, reason } => {
            let (whose, role) = (safe(whose), safe(role.as_str()));
            let says = format!("lifted the hold of {whose} ({role}) on {step}: {}", safe(reason));
            (says, theme.plain)
        }
        Event::RollbackCalled { step, reason, .. } => {
            (format!("called the rollback of {step}: {}", safe(reason)), theme.bad)
        }
        _ => (String::new(), theme.plain),
    }
}

/// What a watch found, and whom it told.
fn watched(ink: &Ink, event: &Event) -> (String, ratatui::style::Style) {
    let theme = &ink.theme;
    match event {
        Event::ThresholdCrossed(it) => {
            (format!("found {} over a threshold: {}", it.step, safe(&it.message)), theme.bad)
        }
        Event::ThresholdCleared(it) => {
            (format!("found {} no longer over {}", it.step, safe(&it.key)), theme.good)
        }
        Event::AlertTaken { of, .. } => (format!("took over the alert of entry {of}"), theme.muted),
        Event::AlertSent { of, failed: None, .. } => (format!("alerted entry {of}"), theme.muted),
        Event::AlertSent { of, failed: Some(why), .. } => {
            (format!("could not alert entry {of}: {}", safe(why)), theme.warn)
        }
        _ => (String::new(), theme.plain),
    }
}

/// The selected entry in full: its words, its author, its hash.
fn full(ink: &Ink, entry: &Entry, cells: usize) -> Vec<Line<'static>> {
    let theme = &ink.theme;
    let mut page = Page::new(ink, cells);
    let (what, style) = said(ink, entry);
    page.para(&what, style, 0);
    if let Event::StepSigned(record) = &entry.event {
        for (name, value) in &record.evidence {
            page.para(&format!("{}: {}", safe(name), safe(value)), theme.plain, 0);
        }
        if let Some(note) = &record.note {
            page.para(note, theme.plain, 0);
        }
    }
    if let Event::CallGiven(call) = &entry.event {
        let saw = &call.saw;
        let risks = saw.risks.iter().map(|risk| safe(risk.step.as_str())).collect::<Vec<_>>();
        let risks =
            if risks.is_empty() { String::new() } else { format!(": {}", risks.join(", ")) };
        page.para(&format!("saw {}{risks}", saw.verdict.words()), theme.plain, 0);
        for (name, value) in &call.evidence {
            page.para(&format!("{}: {}", safe(name), safe(value)), theme.plain, 0);
        }
    }
    let via = match entry.by.via {
        Face::Screen => "on screen",
        Face::Plain => "in the plain walk",
        Face::Command => "by command",
    };
    let account = match (&entry.by.user, &entry.by.host) {
        (Some(user), Some(host)) => format!(", as {user} on {host}"),
        _ => String::new(),
    };
    let author = format!("{}{account}, {via}, {}", entry.by.name, entry.at);
    page.para(&author, theme.muted, 0);
    page.para(&format!("entry {}  {}", entry.seq, entry.hash), theme.muted, 0);
    page.lines
}
