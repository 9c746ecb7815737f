//! The way back: its steps, who owns it, where it stands; for the moment when it is needed.
//!
//! ```text
//!  ROLLBACK
//!
//!  Switch the keys and the traffic          cutover.switch
//!
//!  Where it stands
//!  Signed by Dana Ito at 2026-11-23 18:00 UTC.
//!
//!  Who owns the rollback
//!  Noor Haddad, +49 30 555
//!
//!  Steps of the rollback
//!   1. …
//! ```

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};

use crate::app::query;
use crate::app::{Layout, Model};
use crate::keys::Action;
use crate::launch::cutover;
use crate::ui::ink::{Ink, Page};
use crate::ui::text::safe;
use crate::ui::{banner, parts, scroll};

/// The widest text; whoever reads it is in a hurry.
const MEASURE: u16 = 80;

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    let measure = MEASURE.min(area.width.saturating_sub(4));
    let column = area.centered_horizontally(Constraint::Length(measure));
    let mut page = Page::new(ink, usize::from(measure).saturating_sub(2));
    let Some(step) = query::irreversible(model) else {
        page.para("Nothing in this runbook needs a way back.", ink.theme.plain, 0);
        scroll::lines(ink, frame, column, &page.lines, 0);
        return Layout::default();
    };
    let (runbook, standing) = (model.current.runbook(), model.current.standing());
    let stands = standing.step(&step.id);
    let called = stands.is_some_and(|stands| stands.rolled_back.is_some());
    let style = if called { ink.theme.alarm } else { ink.theme.bad };
    let word = if called { "ROLLBACK CALLED" } else { "ROLLBACK" };
    match banner::lines(word, page.width, ink.glyphs).filter(|_| area.height >= 24) {
        Some(large) => {
            page.lines.extend(large.into_iter().map(|line| Line::styled(line, ink.theme.bad)));
        }
        None => page.line(Line::styled(format!(" {word} "), style)),
    }
    page.gap();
    page.ends(
        vec![Span::styled(safe(&step.title), ink.theme.strong)],
        vec![Span::styled(safe(step.id.as_str()), ink.theme.muted)],
    );
    if query::can(model, Action::CallRollback) {
        let key = model.keymap.hint(Action::CallRollback);
        let arrow = Span::styled(ink.glyphs.arrow(), ink.theme.accent);
        page.item(arrow, &format!("{key} calls it, in your name"), ink.theme.accent, 0);
    }
    parts::write(&cutover::rollback_card(runbook, standing, step), &mut page);
    scroll::lines(ink, frame, column, &page.lines, model.screen.scroll);
    Layout { body: Some((column, page.lines.len())), ..Layout::default() }
}
