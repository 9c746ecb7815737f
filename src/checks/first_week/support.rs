//! Gathers what MintCash's support is asked about, from the picture and the lines behind it.
//!
//! Called by `golive watch --support` for all of it, and by the screen for what is chosen. What
//! the text holds and does not hold is decided in [`week::support`](crate::week::support).

use crate::events::feed::{Feed, Quoted};
use crate::scan::Watch;
use crate::time::Timestamp;
use crate::week::panel::{Item, Tone, Topic};
use crate::week::support::{Case, text};
use crate::week::{Picture, Spot};

/// So many cases are one letter.
pub const MOST_CASES: usize = 25;

/// The questions whose failures are MintCash's to explain.
const ASKED: [Topic; 2] = [Topic::RequestCorrelation, Topic::Churn];

/// The text about everything that is wrong in the picture, newest first. Blocks: lines are read
/// again.
#[must_use]
pub fn support(feed: &Feed, picture: &Picture, watch: &Watch) -> String {
    let (items, total) = wrong(picture);
    let spots: Vec<Spot> = items.iter().flat_map(|item| item.spots.iter().copied()).collect();
    support_text(&items, total, &feed.quote(&spots, watch), picture.at)
}

/// The text about these items, of `total` that there are; `quoted` are their lines, as far as they
/// are still there.
#[must_use]
pub fn support_text(items: &[Item], total: u64, quoted: &[Quoted], written: Timestamp) -> String {
    let cases: Vec<Case> = items
        .iter()
        .map(|item| {
            let lines =
                item.spots.iter().filter_map(|spot| quoted.iter().find(|line| line.spot == *spot));
            Case::of(item, lines.flat_map(|line| line.ids.clone()))
        })
        .collect();
    text(&cases, total, written)
}

/// How many cases there are to ask about.
#[must_use]
pub fn cases(picture: &Picture) -> u64 {
    wrong(picture).1
}

/// What is wrong, newest first, and how much of it there is.
fn wrong(picture: &Picture) -> (Vec<Item>, u64) {
    let lists = ASKED.iter().flat_map(|topic| &picture.panel(*topic).lists);
    let bad = lists.flat_map(|list| &list.items).filter(|item| item.tone == Tone::Bad);
    let mut items: Vec<Item> = bad.cloned().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    let total = items.len() as u64;
    items.truncate(MOST_CASES);
    (items, total)
}
