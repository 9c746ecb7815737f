//! The dialog before signed probes leave: what goes out, check by check, and to where.
//!
//! The dialogs' `mod.rs` calls it. The rule it keeps: what it is about stands first and fits a small
//! terminal, so that many acts are counted by check and effect, and only bursts are named.

use indexmap::IndexMap;
use ratatui::text::{Line, Span};

use crate::app::dialog::Arm;
use crate::checks::{Effect, Planned, arming};
use crate::runbook::model::CheckName;
use crate::ui::dialog::Sheet;
use crate::ui::dialog::ask::with_form;
use crate::ui::ink::{Ink, Page};
use crate::ui::text::{fill, safe, width};

/// How many planned acts are listed one by one; more are counted.
const LISTED: usize = 6;

/// How many bursts and how many targets are named.
const NAMED: usize = 4;

/// The cells of a column of numbers.
const COLUMN: usize = 11;

/// The dialog's text.
pub(super) fn sheet(ink: &Ink, dialog: &Arm, cells: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    let planned = || dialog.planned.iter().map(|(_, planned)| planned);
    for says in arming(&planned().collect::<Vec<_>>()) {
        page.para(&says, ink.theme.strong, 0);
    }
    let mut targets: Vec<_> =
        planned().filter(|it| it.arms.is_some()).map(|it| &it.target).collect();
    targets.sort();
    targets.dedup();
    for target in targets.into_iter().take(NAMED) {
        let arrow = Span::styled(ink.glyphs.arrow(), ink.theme.accent);
        page.item(arrow, target, ink.theme.plain, 0);
    }
    page.gap();
    if dialog.planned.len() <= LISTED {
        planned().for_each(|planned| act(planned, &mut page));
    } else {
        counted(&dialog.planned, &mut page);
        bursts(&dialog.planned, &mut page);
    }
    with_form("Send signed probes", ink.theme.warn, &dialog.form, page)
}

fn act(planned: &Planned, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let style = match planned.effect {
        Effect::Reads => theme.muted,
        Effect::Refusable => theme.plain,
        Effect::Harmless | Effect::Stateful => theme.warn,
        Effect::Money => theme.bad,
    };
    page.ends(
        vec![Span::styled(safe(&planned.what), theme.plain)],
        vec![Span::styled(planned.effect.word(), style)],
    );
}

/// A table: how many acts of which effect each check plans. Checks that only read are left out,
/// unless they read with what has to be armed.
fn counted(planned: &[(CheckName, Planned)], page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let mut checks: IndexMap<&CheckName, Vec<&Planned>> = IndexMap::new();
    for (check, planned) in planned {
        checks.entry(check).or_default().push(planned);
    }
    checks
        .retain(|_, acts| acts.iter().any(|act| act.effect > Effect::Reads || act.arms.is_some()));
    let effects =
        [Effect::Money, Effect::Stateful, Effect::Harmless, Effect::Refusable, Effect::Reads];
    let of = |acts: &[&Planned], effect| acts.iter().filter(|act| act.effect == effect).count();
    let columns: Vec<_> = effects
        .into_iter()
        .filter(|effect| checks.values().any(|acts| of(acts, *effect) > 0))
        .collect();
    let room = page.width.saturating_sub(columns.len() * COLUMN);
    let names =
        checks.keys().map(|check| width(check.as_str())).max().unwrap_or(0).max(7).min(room);
    let head: String = columns.iter().map(|effect| format!("{:>COLUMN$}", effect.word())).collect();
    page.line(Line::styled(format!("{}{head}", fill("at most", names, "")), theme.muted));
    for (check, acts) in &checks {
        let name = fill(&safe(check.as_str()), names, page.ink.glyphs.ellipsis());
        let mut spans = vec![Span::styled(name, theme.plain)];
        for effect in &columns {
            let style = match effect {
                Effect::Reads | Effect::Refusable => theme.plain,
                Effect::Harmless | Effect::Stateful => theme.warn,
                Effect::Money => theme.bad,
            };
            spans.push(match of(acts, *effect) {
                0 => Span::styled(format!("{:>COLUMN$}", "-"), theme.muted),
                number => Span::styled(format!("{number:>COLUMN$}"), style),
            });
        }
        page.line(Line::from(spans));
    }
    if checks.values().flatten().any(|act| act.effect == Effect::Harmless) {
        let says = "Harmless ones are correctly signed; refusable ones a correct handler refuses.";
        page.para(says, theme.muted, 0);
    }
}

/// Acts that reach the handler many at a time.
fn bursts(planned: &[(CheckName, Planned)], page: &mut Page<'_>) {
    let bursts = planned.iter().filter(|(_, act)| act.what.contains(" at once"));
    let said: Vec<_> =
        bursts.map(|(_, act)| act.what.replace(" at once", "")).take(NAMED).collect();
    if !said.is_empty() {
        page.gap();
        page.para(&format!("At once: {}.", said.join("; ")), page.ink.theme.plain, 0);
    }
}
