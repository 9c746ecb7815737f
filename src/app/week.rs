//! The first week as the screen sees it: the latest picture, what time is looked at, and how deep
//! one has looked into it.
//!
//! ```text
//! Board ── Enter ──> Panel ── Enter ──> List ── Enter ──> Lines
//!   four panels       one, large         its items         one thing, and what the logs say
//! ```
//!
//! Owned by the model, changed by `update::week`. The rule it keeps: when a new picture comes, the
//! cursor stays on the thing that it is on, wherever that stands now.

use crate::app::effect::Ticket;
use crate::events::feed::Quoted;
use crate::time::Timestamp;
use crate::week::panel::{Item, List, Notice, Topic};
use crate::week::support::Case;
use crate::week::{Look, Panel, Picture, Sight, Span, Spot};

/// The first week.
#[derive(Debug)]
pub struct Week {
    /// What there is to see.
    pub sight: Sight,
    /// What time is looked at.
    pub look: Look,
    /// The selected panel.
    pub topic: Topic,
    /// How deep one has looked.
    pub depth: Depth,
    /// Whether the logs are watched now.
    pub watched: bool,
    /// Whether they are watched on while another view is open.
    pub kept: bool,
    /// Whether the logs are being laid down anew, and so watched by nobody. The demo's alone.
    pub laying: bool,
    /// The request for the lines of a support text, if one is out.
    pub asked: Option<(Ticket, About)>,
}

/// How deep one has looked.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Depth {
    /// All four panels.
    #[default]
    Board,
    /// One of them, large.
    Panel {
        /// The selected row of [`rows`].
        row: usize,
    },
    /// A list of it.
    List {
        /// The row of the list.
        row: usize,
        /// The selected item.
        item: usize,
    },
    /// One thing and its lines.
    Lines {
        /// What it is.
        about: About,
        /// Where one came from.
        from: Box<Depth>,
        /// The lines as they are read again.
        quoted: Lines,
    },
}

/// The lines that something rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// They are being read again.
    Asked(Ticket),
    /// As far as they are still there.
    Read(Vec<Quoted>),
}

/// One thing that is looked into, as it was when one looked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// When.
    pub at: Option<Timestamp>,
    /// What it is.
    pub what: String,
    /// More of it, a paragraph each.
    pub says: Vec<String>,
    /// Its lines.
    pub spots: Vec<Spot>,
    /// The single things, where it is several: a list, a panel.
    pub items: Vec<Item>,
    /// How many there are of them.
    pub total: u64,
}

impl About {
    /// What MintCash's support is to be asked: each thing, with the ids on its lines.
    #[must_use]
    pub fn cases(&self, lines: &[Quoted], now: Timestamp) -> Vec<Case> {
        let ids = |spots: &[Spot]| {
            let of = lines.iter().filter(|line| spots.contains(&line.spot));
            of.flat_map(|line| line.ids.iter().cloned()).collect::<Vec<_>>()
        };
        if !self.items.is_empty() {
            return self.items.iter().map(|item| Case::of(item, ids(&item.spots))).collect();
        }
        let (at, what) = (self.at.unwrap_or(now), self.what.clone());
        vec![Case { at, what, says: self.says.join(" "), ids: ids(&self.spots) }]
    }
}

impl From<&Notice> for About {
    fn from(notice: &Notice) -> Self {
        let more = [Some(&notice.message), notice.cause.as_ref(), notice.hint.as_ref()];
        Self {
            at: notice.since,
            what: notice.short.clone(),
            says: more.into_iter().flatten().cloned().collect(),
            spots: notice.spots.clone(),
            ..Self::default()
        }
    }
}

impl From<&Item> for About {
    fn from(item: &Item) -> Self {
        Self {
            at: Some(item.at),
            what: item.what.clone(),
            says: vec![item.says.clone()],
            spots: item.spots.clone(),
            items: vec![item.clone()],
            total: 1,
        }
    }
}

/// What can be selected in a panel.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// Something wrong, or worth knowing.
    Notice(&'a Notice),
    /// Things to look into.
    List(&'a List),
}

/// What can be selected in a panel, in the order in which it stands there.
pub fn rows(panel: &Panel) -> impl Iterator<Item = Row<'_>> {
    let lists = panel.lists.iter().filter(|list| list.total > 0);
    panel.notices.iter().map(Row::Notice).chain(lists.map(Row::List))
}

/// A row of a panel, and the one of it that is selected, by what they are instead of where.
enum Mark {
    Notice(String),
    List(String, Option<(Timestamp, String, Option<Spot>)>),
}

impl Week {
    /// The first week as it is before anything is known; `open` when it is what golive opens on.
    #[must_use]
    pub fn new(open: Option<Span>) -> Self {
        Self {
            sight: Sight::default(),
            look: Look { span: open.unwrap_or_default(), until: None },
            topic: Topic::default(),
            depth: Depth::Board,
            watched: false,
            kept: open.is_some(),
            laying: false,
            asked: None,
        }
    }

    /// The picture, once there is one.
    #[must_use]
    pub fn picture(&self) -> Option<&Picture> {
        self.sight.picture.as_deref()
    }

    /// The selected panel.
    #[must_use]
    pub fn panel(&self) -> Option<&Panel> {
        self.picture().map(|picture| picture.panel(self.topic))
    }

    /// A row of the selected panel.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<Row<'_>> {
        rows(self.panel()?).nth(row)
    }

    /// The list in a row of the selected panel.
    #[must_use]
    pub fn list(&self, row: usize) -> Option<&List> {
        match self.row(row)? {
            Row::List(list) => Some(list),
            Row::Notice(_) => None,
        }
    }

    /// Takes in what there is to see now; the cursor stays on what it is on.
    pub fn see(&mut self, sight: Sight) {
        let mark = self.mark();
        self.sight = sight;
        if let Some(mark) = mark {
            self.find(&mark);
        }
        self.keep();
    }

    fn mark(&self) -> Option<Mark> {
        match &self.depth {
            Depth::Panel { row } => Some(match self.row(*row)? {
                Row::Notice(notice) => Mark::Notice(notice.key.clone()),
                Row::List(list) => Mark::List(list.title.clone(), None),
            }),
            Depth::List { row, item } => {
                let list = self.list(*row)?;
                let item = list.items.get(*item).map(identity);
                Some(Mark::List(list.title.clone(), item))
            }
            Depth::Board | Depth::Lines { .. } => None,
        }
    }

    fn find(&mut self, mark: &Mark) {
        let Some(panel) = self.panel() else { return };
        let found = rows(panel).position(|row| match (row, mark) {
            (Row::Notice(notice), Mark::Notice(key)) => notice.key == *key,
            (Row::List(list), Mark::List(title, _)) => list.title == *title,
            _ => false,
        });
        let at = found.and_then(|row| {
            let Mark::List(_, Some(marked)) = mark else { return None };
            self.list(row)?.items.iter().position(|item| identity(item) == *marked)
        });
        match (&mut self.depth, found) {
            (Depth::Panel { row }, Some(found)) => *row = found,
            (Depth::List { row, item }, Some(found)) => {
                *row = found;
                *item = at.unwrap_or(*item);
            }
            // Nothing is left of the list that one was in.
            (Depth::List { row, .. }, None) => self.depth = Depth::Panel { row: *row },
            _ => {}
        }
    }

    /// Keeps the cursor on something that is there.
    pub fn keep(&mut self) {
        let count = self.panel().map_or(0, |panel| rows(panel).count());
        let items = match self.depth {
            Depth::List { row, .. } => self.list(row).map_or(0, |list| list.items.len()),
            _ => 0,
        };
        match &mut self.depth {
            Depth::Panel { row } => *row = (*row).min(count.saturating_sub(1)),
            Depth::List { item, .. } => *item = (*item).min(items.saturating_sub(1)),
            Depth::Board | Depth::Lines { .. } => {}
        }
    }

    /// What is selected, for the support text: a thing, or the panel.
    #[must_use]
    pub fn about(&self) -> Option<About> {
        match &self.depth {
            Depth::Lines { about, .. } => Some(about.clone()),
            Depth::List { row, item } => self.list(*row)?.items.get(*item).map(About::from),
            Depth::Panel { row } => match self.row(*row) {
                Some(Row::Notice(notice)) => Some(About::from(notice)),
                Some(Row::List(list)) => Some(of_list(list)),
                None => self.panel().map(of_panel),
            },
            Depth::Board => self.panel().map(of_panel),
        }
    }
}

/// So many things of a panel or list are named in a support text.
const NAMED: usize = 10;

fn of_list(list: &List) -> About {
    let items: Vec<Item> = list.items.iter().take(NAMED).cloned().collect();
    About {
        at: list.items.first().map(|item| item.at),
        what: format!("{}: {}", list.title, list.total),
        says: Vec::new(),
        spots: items.iter().flat_map(|item| item.spots.iter().copied()).collect(),
        total: list.total,
        items,
    }
}

/// A panel's most pressing list.
fn of_panel(panel: &Panel) -> About {
    let list = panel.lists.iter().find(|list| !list.items.is_empty());
    list.map(of_list).unwrap_or_default()
}

/// What an item is, wherever it stands.
fn identity(item: &Item) -> (Timestamp, String, Option<Spot>) {
    (item.at, item.what.clone(), item.spots.first().copied())
}
