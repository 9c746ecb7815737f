//! Present: the current step alone, for the room.
//!
//! ```text
//!                     ✗ FAILED
//!
//!      Forged requests are refused
//!
//!      An unsigned request got 200. Anyone can forge a payment.
//!
//!      webhook.signature                       step 7 of 23
//! ```
//!
//! A terminal has one size of letters, so large means: the state in letters of blocks, wide
//! margins, open lines, few words. Values are never shown here that are not shown in the walk.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};

use crate::app::current::Here;
use crate::app::page::{self, OpenPage};
use crate::app::query;
use crate::app::{Layout, Model};
use crate::checks::{Level, Outcome};
use crate::launch::event::Call;
use crate::launch::standing::{RollCallStanding, StepState};
use crate::ui::ink::{Ink, Page};
use crate::ui::text::safe;
use crate::ui::{banner, markdown, parts, qr, scroll, step};

/// The widest text; the room reads short lines.
const MEASURE: u16 = 76;

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    let Some(here) = model.here() else { return Layout::default() };
    let measure = MEASURE.min(area.width.saturating_sub(8));
    if let Some(open) = page::of(model, &here.step.id) {
        return self::open(ink, &open, frame, area);
    }
    let column = area.centered_horizontally(Constraint::Length(measure));
    let mut page = Page::new(ink, usize::from(measure).saturating_sub(2));
    content(model, &here, &mut page, area.height);
    // What fits stands in the middle; what does not scrolls.
    let rows = u16::try_from(page.lines.len()).unwrap_or(u16::MAX);
    let column = if rows < column.height {
        column.centered_vertically(Constraint::Length(rows))
    } else {
        column
    };
    scroll::lines(ink, frame, column, &page.lines, model.screen.scroll);
    Layout { body: Some((column, page.lines.len())), ..Layout::default() }
}

/// A page that somebody has to open is what the room looks at: large, with its link, and with
/// nothing beside it.
fn open(ink: &Ink, open: &OpenPage, frame: &mut Frame, area: Rect) -> Layout {
    let cells = usize::from(area.width);
    let mut about = Page::new(ink, cells.saturating_sub(2).min(usize::from(MEASURE)));
    about.para(&open.about, ink.theme.strong, 0);
    let lines = qr::page(ink, &open.url, about.lines, (cells, usize::from(area.height)));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let column = area.centered_vertically(Constraint::Length(rows));
    for (row, line) in column.rows().zip(&lines) {
        frame.render_widget(line.clone().centered(), row);
    }
    Layout { body: Some((column, lines.len())), ..Layout::default() }
}

fn content(model: &Model, here: &Here<'_>, page: &mut Page<'_>, height: u16) {
    let ink = page.ink;
    let theme = ink.theme;
    let state = step::state(model, here);
    let (mark, word, style) = headline(here, state, ink);
    let large = (height >= 24).then(|| banner::lines(&word, page.width, ink.glyphs)).flatten();
    match large {
        Some(lines) => {
            page.lines.extend(lines.into_iter().map(|line| Line::styled(line, style)));
        }
        None => page.line(Line::styled(format!("{mark} {word}").trim_start().to_owned(), style)),
    }
    page.gap();
    page.line(Line::default());
    page.para(&here.step.title, theme.strong, 0);
    page.line(Line::default());
    let roll = here.standing.and_then(|standing| standing.roll_call.as_ref());
    if let Some(roll) = roll {
        called(roll, page, height);
    }
    for found in said(here).into_iter().filter(|_| roll.is_none()) {
        page.para(&found, theme.plain, 0);
        page.line(Line::default());
    }
    if here.step.irreversible {
        let (parts, _) = query::point_of_no_return(model, here);
        parts::write(&parts, page);
        page.line(Line::default());
    }
    if let Some(caution) = &here.section.caution {
        page.line(Line::styled("CAUTION", theme.warn));
        markdown::write(page, caution);
        page.line(Line::default());
    }
    page.para(&here.step.why, theme.plain, 0);
    page.line(Line::default());
    signatures(here, page);
    due(model, here, page);
    let place = format!("{} of {}", here.number + 1, model.current.len());
    page.gap();
    page.ends(
        vec![Span::styled(safe(&here.section.title), theme.muted)],
        vec![Span::styled(place, theme.muted)],
    );
}

/// What stands above all: at a roll call what stops it or the verdict, else the state.
fn headline(
    here: &Here<'_>,
    state: StepState,
    ink: &Ink,
) -> (&'static str, String, ratatui::style::Style) {
    let standing = here.standing.filter(|_| here.step.sign_off.is_roll_call());
    let roll = standing.and_then(|standing| Some((standing, standing.roll_call.as_ref()?)));
    match roll {
        Some((standing, _)) if standing.is_refused() => {
            (ink.glyphs.call(Call::NoGo), "NO-GO".to_owned(), ink.theme.call(Call::NoGo))
        }
        Some((standing, _)) if standing.is_held() => {
            (ink.glyphs.call(Call::Hold), "HOLD".to_owned(), ink.theme.call(Call::Hold))
        }
        Some((_, roll)) => {
            let verdict = roll.card.verdict;
            ("", verdict.words().to_owned(), ink.theme.verdict(verdict))
        }
        None => (ink.glyphs.state(state), state.word().to_uppercase(), ink.theme.state(state)),
    }
}

/// The roll call for the room: the verdict and its names, then each role. Where not both are in
/// view, who says what comes first.
fn called(roll: &RollCallStanding, page: &mut Page<'_>, height: u16) {
    page.heading("The verdict to decide on");
    step::roll::verdict(&roll.card, page);
    if height < 24 {
        step::roll::table(roll, page);
        page.heading("The verdict names");
        step::roll::card(&roll.card, page);
    } else {
        step::roll::card(&roll.card, page);
        step::roll::table(roll, page);
    }
    page.line(Line::default());
}

/// What the checks say, as few words as there are.
fn said(here: &Here<'_>) -> Vec<String> {
    let Some(standing) = here.standing else { return Vec::new() };
    let results = standing.checks.iter().filter_map(|check| check.last.as_ref());
    let mut said = Vec::new();
    for result in results.filter(|result| result.what.outcome != Outcome::Pass) {
        said.push(result.what.summary.clone());
        let blocking = result.what.findings.iter().filter(|found| found.level == Level::Blocking);
        said.extend(blocking.take(2).map(|found| found.message.clone()));
    }
    if said.is_empty() && standing.state != StepState::Done {
        said.clone_from(&standing.because);
    }
    said
}

/// The next due time, or the one that is over.
fn due(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let Some(due) = here.standing.and_then(|standing| standing.due.as_ref()) else { return };
    let Some(word) = due.word(model.current.now()) else { return };
    let time = due.over().map(|(time, _)| time).or_else(|| due.next());
    let time = time.map(|time| format!(": {}, {}", time.label, time.at.minute()));
    let (state, style) = match due.over() {
        Some(_) => (StepState::Stale, page.ink.theme.warn),
        None => (StepState::Open, page.ink.theme.muted),
    };
    let mark = Span::styled(page.ink.glyphs.state(state), style);
    page.item(mark, &format!("{word}{}", time.unwrap_or_default()), style, 0);
}

fn signatures(here: &Here<'_>, page: &mut Page<'_>) {
    let Some(standing) = here.standing else { return };
    let theme = page.ink.theme;
    for signature in &standing.signatures {
        let mark = Span::styled(page.ink.glyphs.outcome(Outcome::Pass), theme.good);
        let text = format!("{}  {}", signature.by.name, signature.at.minute());
        page.item(mark, &text, theme.strong, 0);
    }
}
