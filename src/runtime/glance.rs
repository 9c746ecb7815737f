//! One glance at the first week: reads what is new in the logs, draws the picture, and looks up the
//! lines that it rests on.
//!
//! Called by `golive watch --once` and by the walk line by line. It watches nothing and records
//! nothing. Blocks.

use std::collections::HashMap;
use std::io;

use crate::events::feed::{Feed, Quoted};
use crate::scan::Watch;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::{Limits, Picture, Spot, Window};

/// So many lines are looked up again to say where they stand.
const QUOTED: usize = 200;

/// So many lines of one thing are.
const EACH: usize = 3;

/// What is to be judged.
pub struct Asked {
    /// The moment as at which it is judged.
    pub now: Timestamp,
    /// The time that the charts show.
    pub window: Window,
    /// The limits.
    pub limits: Limits,
    /// When traffic was switched to live, where that is known.
    pub switched: Option<Timestamp>,
}

/// How the first week stood, and where the lines stand that this rests on.
pub struct Glance {
    /// The picture.
    pub picture: Picture,
    /// The lines, by their place.
    pub lines: HashMap<Spot, Quoted>,
}

impl Glance {
    /// Takes one.
    ///
    /// # Errors
    /// When facts found no room.
    pub fn take(feed: &mut Feed, asked: &Asked, watch: &Watch) -> io::Result<Self> {
        feed.catch_up(asked.now, watch)?;
        let picture = feed.picture(asked.now, asked.window, &asked.limits, asked.switched);
        let mut spots: Vec<Spot> = Vec::new();
        let notices = picture.panels.iter().flat_map(|panel| &panel.notices);
        let lists = picture.panels.iter().flat_map(|panel| &panel.lists);
        spots.extend(notices.flat_map(|notice| notice.spots.iter().take(EACH)));
        spots.extend(lists.flat_map(|list| &list.items).flat_map(|item| &item.spots));
        spots.truncate(QUOTED);
        spots.sort_unstable();
        spots.dedup();
        let lines = feed.quote(&spots, watch).into_iter().map(|line| (line.spot, line)).collect();
        Ok(Self { picture, lines })
    }

    /// Where a line stands: its file, and its number where that is known.
    #[must_use]
    pub fn place(&self, spot: &Spot) -> Option<String> {
        let line = self.lines.get(spot)?;
        let number = line.line.map_or_else(String::new, |number| format!(":{number}"));
        Some(format!("{}{number}", visible(&line.file, 200)))
    }
}
