//! Overview: the verdict and why, then each section with its count.
//!
//! ```text
//! NO-GO
//!
//! Blocking
//!   ✗ webhook.signature   an unsigned request got 200
//! Risks accepted
//!   ⚑ idempotency.unique  …                                Dana Ito
//!
//! Real money
//!   ✓ charge 1.00 USD: charged
//!     rehearsal.charge, 2026-11-23 10:20 UTC by Dana Ito, card of Dana Ito, …
//!
//! Due
//!   ↻ first-week.delivery   overdue 2 h  (T+24 h)
//!
//! Sections
//!   Credentials           ✓✓○○   2 of 4
//! ```
//!
//! Only the rows in view are made.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{Layout, Model};
use crate::launch::standing::{Named, StepState};
use crate::ui::ink::{Ink, Page, inset};
use crate::ui::text::{fill, safe};
use crate::ui::{banner, money, scroll};

/// A row of the overview.
enum Row<'a> {
    Blank,
    Large(String),
    Title(&'static str, usize),
    Named(&'a Named, StepState),
    Section(usize),
    Said(Line<'static>),
}

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    let area = inset(area, if area.width >= 100 { 4 } else { 2 });
    let rows = rows(model, ink, usize::from(area.width));
    let height = usize::from(area.height);
    let first = model.screen.overview.min(rows.len().saturating_sub(height));
    let cells = usize::from(area.width).saturating_sub(2).min(120);
    for (place, row) in area.rows().zip(rows.iter().skip(first)) {
        frame.render_widget(line(model, ink, row, cells), place);
    }
    if rows.len() > height {
        scroll::bar(ink, frame, area, first, rows.len());
    }
    Layout { body: Some((area, rows.len())), ..Layout::default() }
}

fn rows<'a>(model: &'a Model, ink: &Ink, cells: usize) -> Vec<Row<'a>> {
    let standing = model.current.standing();
    let verdict = &standing.verdict;
    let mut rows = vec![Row::Blank];
    let word = verdict.kind.words();
    match banner::lines(word, cells, ink.glyphs).filter(|_| model.screen.size.1 >= 30) {
        Some(large) => rows.extend(large.into_iter().map(Row::Large)),
        None => rows.push(Row::Large(word.to_owned())),
    }
    let mut list = |title, named: &'a [Named], state| {
        if !named.is_empty() {
            rows.extend([Row::Blank, Row::Title(title, named.len())]);
            rows.extend(named.iter().map(|named| Row::Named(named, state)));
        }
    };
    list("Blocking", &verdict.blockers, StepState::Failed);
    list("Held", &verdict.holds, StepState::Waiting);
    list("Could not be found out", &verdict.unknowns, StepState::Unknown);
    list("Risks", &verdict.risks, StepState::Waived);
    money(model, ink, cells, &mut rows);
    due(model, ink, cells, &mut rows);
    rows.extend([Row::Blank, Row::Title("Sections", standing.sections.len())]);
    rows.extend((0..standing.sections.len()).map(Row::Section));
    let mut list = |title, named: &'a [Named], state| {
        if !named.is_empty() {
            rows.extend([Row::Blank, Row::Title(title, named.len())]);
            rows.extend(named.iter().map(|named| Row::Named(named, state)));
        }
    };
    list("Open", &verdict.open, StepState::Open);
    rows
}

/// The steps that are overdue, and those that have a due time to come.
fn due(model: &Model, ink: &Ink, cells: usize, rows: &mut Vec<Row<'_>>) {
    let all = model.current.standing().due();
    if all.is_empty() {
        return;
    }
    rows.extend([Row::Blank, Row::Title("Due", all.len())]);
    let now = model.current.now();
    let column = (cells / 3).clamp(20, 34);
    for (step, due) in all {
        let over = due.over();
        let style = ink.theme.state(step.state);
        let says = if over.is_some() { ink.theme.warn } else { ink.theme.muted };
        let time = over.map(|(time, _)| time).or_else(|| due.next());
        let label = time.map(|time| format!("  ({})", safe(&time.label))).unwrap_or_default();
        let id = fill(&safe(step.id.as_str()), column, ink.glyphs.ellipsis());
        rows.push(Row::Said(Line::from(vec![
            Span::styled(format!("  {} ", ink.glyphs.state(step.state)), style),
            Span::styled(format!("{id}  "), ink.theme.plain),
            Span::styled(format!("{}{label}", due.word(now).unwrap_or_default()), says),
        ])));
    }
}

/// The ledger of real money: every intent, and what it adds up to.
fn money(model: &Model, ink: &Ink, cells: usize, rows: &mut Vec<Row<'_>>) {
    let ledger = model.current.launch().ledger();
    let intents = ledger.intents();
    if intents.is_empty() {
        return;
    }
    rows.extend([Row::Blank, Row::Title(money::title(model), intents.len())]);
    // Two columns stay free for the scrollbar, two are the indent.
    let mut page = Page::new(ink, cells.saturating_sub(4).min(118));
    intents.iter().for_each(|tracked| money::intent(ledger, tracked, true, &mut page));
    match (ledger.line(), ledger.settled()) {
        (Some(line), _) => page.para(&money::titled(model, &line), ink.theme.warn, 0),
        (None, Some(settled)) => page.para(&settled, ink.theme.muted, 0),
        (None, None) => {}
    }
    rows.extend(page.lines.into_iter().map(|mut line| {
        line.spans.insert(0, Span::raw("  "));
        Row::Said(line)
    }));
}

fn line(model: &Model, ink: &Ink, row: &Row<'_>, cells: usize) -> Line<'static> {
    let theme = &ink.theme;
    match row {
        Row::Blank => Line::default(),
        Row::Said(line) => line.clone(),
        Row::Large(text) => {
            let kind = model.current.standing().verdict.kind;
            Line::styled(text.clone(), theme.verdict(kind))
        }
        Row::Title(title, count) => Line::from(vec![
            Span::styled(*title, theme.muted),
            Span::styled(format!("  {count}"), theme.muted),
        ]),
        Row::Named(named, kind) => self::named(model, ink, named, *kind, cells),
        Row::Section(number) => section(model, ink, *number, cells),
    }
}

fn named(model: &Model, ink: &Ink, named: &Named, kind: StepState, cells: usize) -> Line<'static> {
    let theme = &ink.theme;
    let number = model.current.number_of(&named.step);
    let here = number.and_then(|number| model.current.step(number));
    let state = here.and_then(|here| here.standing).map_or(kind, |standing| standing.state);
    let style = theme.state(state);
    let column = (cells / 3).clamp(20, 34);
    let id = fill(&safe(named.step.as_str()), column, ink.glyphs.ellipsis());
    let owner = named.owner.as_deref().map(safe).unwrap_or_default();
    ink.ends(
        vec![
            Span::styled(format!("  {} ", ink.glyphs.state(state)), style),
            Span::styled(format!("{id}  "), theme.plain),
            Span::styled(safe(&named.says), theme.muted),
        ],
        vec![Span::styled(owner, theme.strong)],
        cells,
    )
}

fn section(model: &Model, ink: &Ink, number: usize, cells: usize) -> Line<'static> {
    let theme = &ink.theme;
    let section = model.current.runbook().sections.get(number);
    let standing = model.current.standing().sections.get(number);
    let (Some(section), Some(standing)) = (section, standing) else { return Line::default() };
    let column = (cells / 3).clamp(20, 34);
    let title = fill(&safe(&section.title), column, ink.glyphs.ellipsis());
    let mut left = vec![Span::raw("    "), Span::styled(format!("{title}  "), theme.plain)];
    let first = model.current.first_of(number).unwrap_or(0);
    let states = model.current.standing().steps.iter().skip(first).take(section.steps.len());
    for step in states.take(cells / 3) {
        left.push(Span::styled(ink.glyphs.state(step.state), theme.state(step.state)));
    }
    let waits: Vec<_> = standing.waits_for.iter().map(|id| safe(id.as_str())).collect();
    if !waits.is_empty() {
        left.push(Span::styled(format!("  waits for {}", waits.join(", ")), theme.muted));
    }
    let count = format!("{} of {}", standing.settled, standing.steps);
    ink.ends(left, vec![Span::styled(count, theme.muted)], cells)
}
