//! The current step: what it is, what is next, what the checks say, why, how, who has signed.
//!
//! ```text
//!  webhook.signature                                     ✗ failed
//!  Forged requests are refused
//!  → Enter verifies again
//!
//!  the page that asks for a card                         money.rs
//!  ▌ CAUTION of the section
//!  Real money of the step                                money.rs
//!
//!  Due                                                   due.rs
//!  Verification                                          checks.rs
//!  Why / How                                             markdown
//!  What changed / Signatures / Notes                     people.rs
//! ```
//!
//! As long as there is nothing to say about verification, why and how come first; once there is,
//! it is what people look for.

mod checks;
mod due;
mod evidence;
mod money;
mod people;
pub mod roll;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::current::Here;
use crate::app::query::{self, Proceed};
use crate::keys::Action;
use crate::launch::standing::StepState;
use crate::runbook::model::{Severity, SignOff};
use crate::time::spoken;
use crate::ui::ink::{Ink, Page};
use crate::ui::text::safe;
use crate::ui::{markdown, parts, scroll};

/// The widest line that the eye follows back easily.
const MEASURE: usize = 92;

/// Draws the step at hand; how many lines it has.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect, aside: bool) -> usize {
    let Some(here) = model.here() else { return 0 };
    // Two columns stay free for the scrollbar.
    let cells = usize::from(area.width).saturating_sub(2).min(MEASURE);
    let mut page = Page::new(ink, cells);
    let told = checks::has_news(model, &here);
    title(model, &here, told, &mut page);
    money::page(model, &here, usize::from(area.height), &mut page);
    caution(&here, &mut page);
    money::ledger(model, &here, &mut page);
    due::write(model, &here, &mut page);
    people::changes(&here, &mut page);
    roll::write(model, &here, &mut page);
    if told {
        checks::write(model, &here, &mut page);
    }
    page.heading("Why");
    markdown::write(&mut page, &here.step.why);
    page.heading("How");
    markdown::write(&mut page, &here.step.how);
    irreversible(model, &here, &mut page);
    if !told {
        checks::write(model, &here, &mut page);
    }
    if !aside {
        people::write(model, &here, &mut page);
    }
    scroll::lines(ink, frame, area, &page.lines, model.screen.scroll);
    page.lines.len()
}

/// Draws people and notes in a column of their own.
pub fn draw_side(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) {
    let Some(here) = model.here() else { return };
    let mut page = Page::new(ink, usize::from(area.width));
    people::rules(&here, &mut page);
    people::write(model, &here, &mut page);
    scroll::lines(ink, frame, area, &page.lines, 0);
}

/// The state that is shown: what runs here counts at once, before the journal has it.
#[must_use]
pub fn state(model: &Model, here: &Here<'_>) -> StepState {
    if model.work.running(&here.step.id).is_some() {
        return StepState::Running;
    }
    here.standing.map_or(StepState::Open, |standing| standing.state)
}

fn title(model: &Model, here: &Here<'_>, told: bool, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let state = state(model, here);
    let style = theme.state(state);
    let due = here.standing.and_then(|standing| standing.due.as_ref());
    let due = due.and_then(|due| due.word(model.current.now()));
    let due = due.map(|due| format!(", {due}")).unwrap_or_default();
    let word = format!("{} {}{due}", page.ink.glyphs.state(state), state.word());
    page.ends(
        vec![Span::styled(safe(here.step.id.as_str()), theme.muted)],
        vec![Span::styled(word, style)],
    );
    page.para(&here.step.title, theme.strong, 0);
    for saving in model.work.saving(&here.step.id) {
        let text = format!("saving {saving}{}", page.ink.glyphs.ellipsis());
        page.para(&text, theme.accent, 0);
    }
    // What a check says stands below in full, and what is missing behind the arrow.
    let said = match state {
        StepState::Failed | StepState::Unknown => told,
        StepState::Ready | StepState::Running => true,
        // The roll call says it, role by role.
        _ if standing_calls(here) => true,
        StepState::Stale => here.standing.is_some_and(|standing| !standing.changed.is_empty()),
        _ => false,
    };
    if let Some(standing) = here.standing.filter(|_| !said) {
        for reason in &standing.because {
            page.para(reason, style, 0);
        }
    }
    for line in next(model, here) {
        let arrow = Span::styled(page.ink.glyphs.arrow(), theme.accent);
        page.item(arrow, &line, theme.accent, 0);
    }
    let summary = summary(here);
    let dot = format!(" {} ", page.ink.glyphs.dot());
    page.gap();
    page.para(&summary.join(&dot), theme.muted, 0);
}

fn standing_calls(here: &Here<'_>) -> bool {
    let locked = here.standing.is_some_and(|standing| standing.state == StepState::Locked);
    here.standing.is_some_and(|standing| standing.roll_call.is_some()) && !locked
}

/// What to do now, with the key for it.
fn next(model: &Model, here: &Here<'_>) -> Vec<String> {
    let enter = model.keymap.hint(Action::Proceed);
    if model.read_only.is_some() {
        return Vec::new();
    }
    if model.work.starting.contains(&here.step.id) {
        return vec!["starting the checks".into()];
    }
    let state = state(model, here);
    match query::proceed(model, here) {
        Proceed::Verify => {
            let again = matches!(
                state,
                StepState::Failed | StepState::Unknown | StepState::Stale | StepState::Waiting
            );
            let mut next =
                vec![format!("{enter} verifies it{}", if again { " again" } else { "" })];
            if query::can(model, Action::Sign) {
                let sign = model.keymap.hint(Action::Sign);
                next.push(format!("{sign} signs for it, saying how you know"));
            }
            next
        }
        Proceed::Sign | Proceed::ToOpen if here.step.sign_off.is_roll_call() => calls(model, here),
        Proceed::Sign => vec![format!("{enter} signs it: {}", wanted(here))],
        Proceed::Wait if state == StepState::Running => {
            vec![format!("{} stops the checks", model.keymap.hint(Action::Cancel))]
        }
        Proceed::ToOpen | Proceed::Wait => Vec::new(),
    }
}

/// Which keys speak at a roll call.
fn calls(model: &Model, here: &Here<'_>) -> Vec<String> {
    let mut next = Vec::new();
    if query::can(model, Action::Lift) {
        next.push(format!("{} lifts a hold", model.keymap.hint(Action::Lift)));
    }
    if query::can(model, Action::Sign) {
        let key = model.keymap.hint(Action::Sign);
        let missing = here.standing.map(|standing| standing.missing.roles.clone());
        let roles = missing.unwrap_or_default();
        let roles: Vec<_> = roles.iter().map(|role| safe(role.as_str())).collect();
        let of =
            if roles.is_empty() { String::new() } else { format!(" for {}", roles.join(", ")) };
        next.push(format!("{key} says go, hold or no-go{of}"));
    }
    next
}

/// Who is wanted, in words.
fn wanted(here: &Here<'_>) -> String {
    let missing = here.standing.map(|standing| standing.missing.clone()).unwrap_or_default();
    let roles: Vec<_> = missing.roles.iter().map(|role| safe(role.as_str())).collect();
    let people = match missing.people {
        0 | 1 => "one person".to_owned(),
        more => format!("{more} different people"),
    };
    if roles.is_empty() { people } else { format!("{people}, as {}", roles.join(" and ")) }
}

/// The step's rules on one line.
fn summary(here: &Here<'_>) -> Vec<String> {
    let step = here.step;
    let mut said = vec![match step.severity {
        Severity::Blocking => "blocking".to_owned(),
        Severity::Advisory => "advisory".to_owned(),
    }];
    said.push(match (&step.sign_off, step.verify.len()) {
        (SignOff::Verified | SignOff::VerifiedOrPerson, _) => {
            "a passing check completes it".to_owned()
        }
        (SignOff::Person, 0) => "a person signs it".to_owned(),
        (SignOff::Person, _) => "checked, then a person signs it".to_owned(),
        (SignOff::People { people, .. }, _) => format!("{people} people sign it"),
        (SignOff::RollCall { .. }, _) => "decided by a roll call".to_owned(),
    });
    if let Some(fresh) = step.fresh_for {
        said.push(format!("fresh for {}", spoken(fresh)));
    }
    if step.irreversible {
        said.push("can not be taken back".to_owned());
    }
    said
}

fn caution(here: &Here<'_>, page: &mut Page<'_>) {
    let Some(caution) = &here.section.caution else { return };
    page.gap();
    let bar = Span::styled(format!("{} ", page.ink.glyphs.bar()), page.ink.theme.warn);
    let width = page.width.saturating_sub(2);
    let mut inner = Page::new(page.ink, width);
    inner.line(Line::styled("CAUTION", page.ink.theme.warn));
    markdown::write(&mut inner, caution);
    let lines = inner.lines.into_iter().filter(|line| line.width() > 0);
    page.lines.extend(lines.map(|mut line| {
        line.spans.insert(0, bar.clone());
        line
    }));
}

fn irreversible(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let (parts, _) = query::point_of_no_return(model, here);
    parts::write(&parts, page);
}
