//! The due times of a step: who looked at each, and which is next.
//!
//! ```text
//!  Due
//!  ✓ T+1 h    2026-11-23 11:00 UTC   Dana Ito, 2026-11-23 10:58 UTC
//!  ↻ T+24 h   2026-11-24 10:00 UTC   overdue
//!  ○ T+72 h   2026-11-26 10:00 UTC   ahead
//! ```

use ratatui::text::Span;

use crate::app::Model;
use crate::app::current::Here;
use crate::launch::standing::{DueNow, DueStanding, StepState};
use crate::ui::ink::Page;
use crate::ui::text::{fill, safe, width};

/// Writes it.
pub fn write(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let Some(due) = here.standing.and_then(|standing| standing.due.as_ref()) else { return };
    let now = model.current.now();
    page.heading("Due");
    times(due, now, page);
    let theme = page.ink.theme;
    if let Some(says) = due.clock(now) {
        page.para(&says, theme.warn, 0);
    }
    if due.early {
        let next = due.next().map_or("", |next| next.label.as_str());
        page.para(&format!("A signature counts for {next} already."), theme.muted, 0);
    }
}

/// One row for each time.
fn times(due: &DueStanding, now: crate::time::Timestamp, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let labels = due.times.iter().map(|time| width(&time.label)).max().unwrap_or(0);
    for (number, time) in due.times.iter().enumerate() {
        let over = matches!(due.now, DueNow::Over { time, .. } if time == number);
        let (state, style) = match &time.looked {
            _ if over => (StepState::Stale, theme.warn),
            Some(_) => (StepState::Done, theme.good),
            None if time.at <= now => (StepState::NotApplicable, theme.muted),
            None => (StepState::Open, theme.muted),
        };
        let label = fill(&safe(&time.label), labels, page.ink.glyphs.ellipsis());
        let says = due.says(number, now);
        let at = time.at.minute();
        let mark = Span::styled(page.ink.glyphs.state(state), style);
        let text = if over { theme.warn } else { theme.plain };
        let when = format!(" {label}  {at}");
        let wide = 1 + width(&when) + 2 + width(&says) <= page.width;
        let mut row = vec![mark, Span::styled(when, text)];
        if wide {
            row.push(Span::styled(format!("  {says}"), text));
        }
        page.ends(row, Vec::new());
        if !wide {
            page.para(&says, theme.muted, 2);
        }
    }
}
