//! Everything that the screen shows, and nothing that draws or performs.
//!
//! Made once by `runtime` from an [`Opening`]; changed only by `update` and [`Model::laid_out`];
//! read by `ui`.

use std::time::Duration;

use crate::app::current::{Current, Here};
use crate::app::demo::DemoView;
use crate::app::dialog::{Dialog, Reading, Subject};
use crate::app::layout::Layout;
use crate::app::screen::{Look, Pane, Screen, View};
use crate::app::week::Week;
use crate::app::work::{Toast, Tone, Work};
use crate::config::{PersonConfig, ScreenConfig};
use crate::keys::Keymap;
use crate::launch::Launch;
use crate::launch::since::{SinceYouLeft, since_you_left};
use crate::launch::standing::World;
use crate::runbook::model::StepId;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::Span;

/// What the screen opens with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The launch with everything in its journal.
    pub launch: Launch,
    /// Its name.
    pub name: String,
    /// The world as last looked at.
    pub world: World,
    /// The time.
    pub now: Timestamp,
    /// The people of the team file.
    pub people: Vec<PersonConfig>,
    /// Who signs, as far as known.
    pub signer: Option<String>,
    /// How it looks (`NO_COLOR` makes the theme mono).
    pub screen: ScreenConfig,
    /// Why nothing can be recorded, when nothing can.
    pub read_only: Option<String>,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The demo, where the launch is that of the demo.
    pub demo: Option<DemoView>,
    /// So much time of the first week, where that is what it opens on.
    pub week: Option<Span>,
}

/// Who is at the keyboard, and who else there is.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who signs now.
    pub signer: Option<String>,
    /// The people of the team file.
    pub people: Vec<PersonConfig>,
}

/// The model.
#[derive(Debug)]
pub struct Model {
    /// The launch's name, safe to show.
    pub(crate) name: String,
    pub(crate) current: Current,
    pub(crate) screen: Screen,
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) work: Work,
    pub(crate) who: Who,
    pub(crate) keymap: Keymap,
    pub(crate) read_only: Option<String>,
    /// What happened until the signer opened the screen or took over.
    pub(crate) since: Option<SinceYouLeft>,
    /// The demo, where the launch is that of the demo.
    pub(crate) demo: Option<DemoView>,
    /// The first week.
    pub(crate) week: Week,
}

impl Model {
    /// The screen as it opens: on the next step of the launch, and on a launch that has begun with
    /// what changed since the signer left.
    #[must_use]
    pub fn new(opening: Opening) -> Self {
        let current = Current::new(opening.launch, opening.world, opening.now);
        let next = current.standing().next.as_ref();
        let cursor = next.and_then(|step| current.number_of(step)).unwrap_or(0);
        let look = Look {
            theme: opening.screen.theme,
            ascii: opening.screen.ascii,
            mouse: opening.screen.mouse,
        };
        let since = since_you_left(current.launch(), current.standing(), opening.signer.as_deref());
        let mut model = Self {
            name: visible(&opening.name, 60),
            current,
            screen: Screen {
                view: if opening.week.is_some() { View::Week } else { View::Walk },
                pane: Pane::Outline,
                cursor,
                scroll: 0,
                overview: 0,
                trail: 0,
                look,
                size: opening.size,
                layout: Layout::default(),
            },
            dialogs: Vec::new(),
            work: Work::default(),
            who: Who { signer: opening.signer, people: opening.people },
            keymap: Keymap::standard(),
            read_only: opening.read_only,
            since,
            demo: opening.demo,
            week: Week::new(opening.week),
        };
        model.welcome();
        model
    }

    /// Tells who comes back what happened meanwhile.
    fn welcome(&mut self) {
        if self.screen.view == View::Week {
            return;
        }
        if self.demo.is_some() {
            self.dialogs.push(Dialog::Reading(Reading::new(Subject::Demo)));
        }
        let Some(since) = &self.since else { return };
        if since.is_quiet() {
            let left = since.left.minute();
            self.toast(Tone::Plain, format!("Nothing has changed since {left}"));
        } else {
            self.dialogs.push(Dialog::Reading(Reading::new(Subject::Since)));
        }
    }

    /// Keeps what drawing learned about the screen.
    pub fn laid_out(&mut self, layout: Layout) {
        self.screen.scroll = self.screen.scroll.min(layout.body_end());
        self.screen.layout = layout;
    }

    /// When something on screen next changes by itself: the runtime sends `Msg::Now` then, and
    /// not before.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let now = self.current.now();
        let running = self.work.is_running().then(|| now.plus(Duration::from_secs(1)));
        let toast = self.work.toast.as_ref().and_then(Toast::until);
        [running, toast, self.current.standing().changes_at].into_iter().flatten().min()
    }

    /// The theme, glyphs and mouse in force.
    #[must_use]
    pub fn look(&self) -> Look {
        self.screen.look
    }

    /// The step at hand.
    #[must_use]
    pub fn here(&self) -> Option<Here<'_>> {
        self.current.step(self.screen.cursor)
    }

    /// The id of the step at hand.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        self.here().map(|here| &here.step.id)
    }

    pub(crate) fn toast(&mut self, tone: Tone, text: impl AsRef<str>) {
        let text = visible(text.as_ref(), 400);
        self.work.toast = Some(Toast { tone, text, since: self.current.now() });
    }

    /// Lays dialogs that nobody has asked for by a key just now under the one that is open: what
    /// is being typed there must not end up in them.
    pub(crate) fn interpose(&mut self, dialogs: Vec<Dialog>) {
        if self.dialogs.is_empty() {
            self.dialogs = dialogs;
        } else {
            self.dialogs.splice(0..0, dialogs);
        }
    }

    /// Shows a problem: one line on the last line, more in a dialog.
    pub(crate) fn problem(&mut self, text: String) {
        if text.trim().contains('\n') || text.chars().count() > 100 {
            self.toast(Tone::Bad, text.lines().next().unwrap_or_default());
            self.interpose(vec![Dialog::Reading(Reading::new(Subject::Problem(text)))]);
        } else {
            self.toast(Tone::Bad, text);
        }
    }
}
