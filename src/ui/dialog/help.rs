//! Help, generated from the keymap, and the legend of states.

use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::query;
use crate::app::screen::View;
use crate::keys::{Action, Group};
use crate::launch::standing::StepState;
use crate::ui::ink::Page;
use crate::ui::text::{fill, width};

/// Writes it; what has nothing to do now is muted.
pub(super) fn write(model: &Model, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let keys_of = |action: Action| {
        let keys: Vec<_> = model.keymap.keys_of(action).map(|key| key.to_string()).collect();
        keys.join("  ")
    };
    let column = Action::ALL.map(|action| width(&keys_of(action))).into_iter().max().unwrap_or(0);
    // What the view at hand has of its own comes first.
    let first = (model.screen.view == View::Week).then_some(Group::Watching);
    let others = Group::ALL.into_iter().filter(|group| Some(*group) != first);
    for group in first.into_iter().chain(others) {
        page.heading(group.title());
        for action in Action::ALL.into_iter().filter(|action| action.group() == group) {
            let now = query::can(model, action);
            let keys = fill(&keys_of(action), column + 2, page.ink.glyphs.ellipsis());
            let style = if now { theme.plain } else { theme.muted };
            let key = Span::styled(keys, if now { theme.key } else { theme.muted });
            let about = [(action.about().to_owned(), style)];
            page.spans(&about, &Line::from(key), &" ".repeat(column + 2));
        }
    }
    page.heading("States");
    for state in StepState::ALL {
        let mark = Span::styled(page.ink.glyphs.state(state), theme.state(state));
        let text = format!("{}  {}", fill(state.word(), 14, ""), meaning(state));
        page.item(mark, &text, theme.plain, 0);
    }
}

fn meaning(state: StepState) -> &'static str {
    match state {
        StepState::Locked => "a section it depends on is not complete",
        StepState::Open => "nothing has happened yet",
        StepState::Running => "its checks run",
        StepState::Waiting => "a check waits for something outside",
        StepState::Failed => "a check failed",
        StepState::Unknown => "a check could not find out",
        StepState::Ready => "signing is all that is missing",
        StepState::Done => "complete",
        StepState::Waived => "somebody answers for going on without it",
        StepState::NotApplicable => "not this merchant's business",
        StepState::Stale => "was complete; what it rests on has changed",
    }
}
