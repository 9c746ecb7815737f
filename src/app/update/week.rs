//! The first week: keys, new pictures, lines that were read again.

use std::time::Duration;

use crate::app::dialog::{Dialog, Reading, Subject};
use crate::app::effect::{Ask, Effect, Ticket};
use crate::app::model::Model;
use crate::app::screen::View;
use crate::app::week::{About, Depth, Lines, Row, rows};
use crate::app::work::Tone;
use crate::events::feed::Quoted;
use crate::keys::Action;
use crate::time::Timestamp;
use crate::week::panel::Topic;
use crate::week::{Look, Sight, support};

/// How far back the time range can be moved: no board keeps more.
const KEPT: Duration = Duration::from_secs(35 * 24 * 3600);

/// Does what an action says in the first week; `None` when it is not this view's to do.
pub fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    if model.screen.view != View::Week {
        return None;
    }
    match action {
        Action::Proceed => return Some(enter(model)),
        Action::Back => {
            if !back(model) {
                return None;
            }
        }
        Action::Pane => panel_by(model, 1),
        Action::Next => by(model, 1),
        Action::Previous => by(model, -1),
        Action::PageDown => by(model, page(model)),
        Action::PageUp => by(model, -page(model)),
        Action::First => by(model, isize::MIN),
        Action::Last if model.week.depth == Depth::Board => return Some(live(model)),
        Action::Last => by(model, isize::MAX),
        Action::Earlier => return Some(shift(model, true)),
        Action::Later => return Some(shift(model, false)),
        Action::Live => return Some(live(model)),
        Action::ZoomIn => {
            let span = model.week.look.span.shorter();
            return Some(look(model, Look { span, ..model.week.look }));
        }
        Action::ZoomOut => {
            let span = model.week.look.span.longer();
            return Some(look(model, Look { span, ..model.week.look }));
        }
        Action::Support => return Some(ask_support(model)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Begins to watch when the view is open, and stops when it is not.
pub fn follow(model: &mut Model) -> Option<Effect> {
    if model.week.laying {
        return None;
    }
    let open = model.screen.view == View::Week;
    if open && !model.week.watched {
        model.week.watched = true;
        return Some(Effect::Week(Ask::Open(model.week.look)));
    }
    if !open && model.week.watched && !model.week.kept {
        return Some(close(model));
    }
    None
}

/// Ends the watch; what there is to see is forgotten.
pub fn close(model: &mut Model) -> Effect {
    model.week.watched = false;
    model.week.sight = Sight::default();
    model.week.depth = Depth::Board;
    model.week.look.until = None;
    Effect::Week(Ask::Close)
}

/// What there is to see now; what still comes of a watch that was given up is not.
pub fn see(model: &mut Model, sight: Sight) {
    if model.week.watched {
        model.week.see(sight);
    }
}

/// The lines that were asked for.
pub fn quoted(model: &mut Model, ticket: Ticket, lines: Vec<Quoted>) {
    if let Some((_, about)) = model.week.asked.take_if(|(asked, _)| *asked == ticket) {
        let now = model.current.now();
        let cases = about.cases(&lines, now);
        let text = support::text(&cases, about.total.max(1), now);
        model.dialogs.push(Dialog::Reading(Reading::new(Subject::Support(text))));
        return;
    }
    if let Depth::Lines { quoted, .. } = &mut model.week.depth
        && *quoted == Lines::Asked(ticket)
    {
        *quoted = Lines::Read(lines);
    }
}

/// Goes one deeper.
fn enter(model: &mut Model) -> Vec<Effect> {
    let week = &model.week;
    let about = match &week.depth {
        Depth::Board => {
            if week.picture().is_some() {
                model.week.depth = Depth::Panel { row: 0 };
            }
            return Vec::new();
        }
        Depth::Panel { row } => match week.row(*row) {
            Some(Row::Notice(notice)) => About::from(notice),
            Some(Row::List(_)) => {
                model.week.depth = Depth::List { row: *row, item: 0 };
                return Vec::new();
            }
            None => return Vec::new(),
        },
        Depth::List { row, item } => {
            let item = week.list(*row).and_then(|list| list.items.get(*item));
            let Some(item) = item else { return Vec::new() };
            About::from(item)
        }
        Depth::Lines { .. } => return Vec::new(),
    };
    let ticket = model.work.ticket();
    let spots = about.spots.clone();
    let from = Box::new(std::mem::take(&mut model.week.depth));
    let quoted = if spots.is_empty() { Lines::Read(Vec::new()) } else { Lines::Asked(ticket) };
    model.week.depth = Depth::Lines { about, from, quoted };
    model.screen.scroll = 0;
    if spots.is_empty() {
        return Vec::new();
    }
    vec![Effect::Week(Ask::Quote { ticket, spots })]
}

/// Goes one back; whether there was one.
fn back(model: &mut Model) -> bool {
    model.week.depth = match std::mem::take(&mut model.week.depth) {
        Depth::Board => return false,
        Depth::Panel { .. } => Depth::Board,
        Depth::List { row, .. } => Depth::Panel { row },
        Depth::Lines { from, .. } => *from,
    };
    // What is there may have changed meanwhile.
    model.week.keep();
    true
}

/// Moves what is selected.
fn by(model: &mut Model, lines: isize) {
    let rows = model.week.panel().map_or(0, |panel| rows(panel).count());
    let items = match model.week.depth {
        Depth::List { row, .. } => model.week.list(row).map_or(0, |list| list.items.len()),
        _ => 0,
    };
    let moved = |at: usize, of: usize| at.saturating_add_signed(lines).min(of.saturating_sub(1));
    match &mut model.week.depth {
        Depth::Board => panel_by(model, lines.signum()),
        Depth::Panel { row } => *row = moved(*row, rows),
        Depth::List { item, .. } => *item = moved(*item, items),
        Depth::Lines { .. } => {
            let end = model.screen.layout.body_end();
            model.screen.scroll = model.screen.scroll.saturating_add_signed(lines).min(end);
        }
    }
}

fn page(model: &Model) -> isize {
    match model.week.depth {
        Depth::Board => 1,
        _ => isize::try_from(model.screen.layout.page()).unwrap_or(1),
    }
}

/// Scrolls what is in view, for the wheel.
pub fn scroll(model: &mut Model, lines: isize) {
    if model.week.depth != Depth::Board {
        by(model, lines);
    }
}

fn panel_by(model: &mut Model, by: isize) {
    if !matches!(model.week.depth, Depth::Board | Depth::Panel { .. }) {
        return;
    }
    let at = Topic::ALL.iter().position(|topic| *topic == model.week.topic).unwrap_or(0);
    let count = Topic::ALL.len();
    let next = if by < 0 { at + count - 1 } else { at + 1 } % count;
    model.week.topic = Topic::ALL.get(next).copied().unwrap_or_default();
    if let Depth::Panel { row } = &mut model.week.depth {
        *row = 0;
    }
}

fn live(model: &mut Model) -> Vec<Effect> {
    look(model, Look { until: None, ..model.week.look })
}

/// Moves the time range by half of it.
fn shift(model: &mut Model, back: bool) -> Vec<Effect> {
    let now = model.current.now();
    let Look { span, until } = model.week.look;
    let half = i64::try_from(span.length().as_millis() / 2).unwrap_or(0);
    let to = until.unwrap_or(now).millis() + if back { -half } else { half };
    let earliest = now.millis() - i64::try_from(KEPT.as_millis()).unwrap_or(0);
    let to = Timestamp::from_millis(to.max(earliest));
    look(model, Look { span, until: (to < now).then_some(to) })
}

fn look(model: &mut Model, look: Look) -> Vec<Effect> {
    if look == model.week.look {
        return Vec::new();
    }
    model.week.look = look;
    vec![Effect::Week(Ask::Look(look))]
}

/// Asks for the lines that a support text is made of.
fn ask_support(model: &mut Model) -> Vec<Effect> {
    let Some(about) = model.week.about().filter(|about| !about.spots.is_empty()) else {
        model.toast(Tone::Plain, "There is nothing here to ask MintCash's support about.");
        return Vec::new();
    };
    let ticket = model.work.ticket();
    let spots = about.spots.clone();
    model.week.asked = Some((ticket, about));
    vec![Effect::Week(Ask::Quote { ticket, spots })]
}
