//! What can be looked into of deliveries: events that wait, that came late, that were refused.

use super::facts::Facts;
use super::undelivered::{Stage, Undelivered};
use super::{Came, DeliveryBoard};
use crate::time::{Timestamp, spoken};
use crate::week::boards::Frame;
use crate::week::limits::RETRIES;
use crate::week::newest::Newest;
use crate::week::panel::{Item, List, Tone};
use crate::week::story::Answer;
use crate::week::when::when;
use std::time::Duration;

/// The lists that are not empty, most pressing first.
pub fn of(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Vec<List> {
    let given_up = |stage: &Stage| *stage == Stage::GivenUp;
    let mut pressing: Vec<&(Undelivered, Stage)> =
        facts.open.iter().filter(|(_, stage)| !given_up(stage)).collect();
    pressing.sort_by_key(|(one, stage)| (weight(stage), one.begun));
    let over = facts.open.iter().rev().filter(|(_, stage)| given_up(stage));
    let waiting = u64::try_from(pressing.len()).unwrap_or(0);
    let lists = [
        list("not delivered yet", waiting, pressing.into_iter().map(|it| undelivered(it, frame))),
        list("given up", facts.given_up, over.map(|it| undelivered(it, frame))),
        list(
            "late or refused",
            bad_total(facts),
            board.bad.iter().map(|(at, spot, (name, answer))| {
                let what = name.map_or("delivery", |name| frame.words.text(name)).to_owned();
                Item { at, what, says: answered(*answer), tone: Tone::Bad, spots: vec![spot] }
            }),
        ),
        list(
            "only delivered by a retry",
            facts.all.retried,
            came(&board.retried, frame, |one| {
                format!("delivered {} after the first try, {} tries", span(one.after), one.times)
            }),
        ),
        list(
            "came late or more than once",
            u64::try_from(board.doubtful.iter().count()).unwrap_or(0),
            came(&board.doubtful, frame, |one| match one.times {
                1 => format!("came {} after it was made", span(one.after)),
                times => format!("came {times} times"),
            }),
        ),
    ];
    lists.into_iter().filter(|list| list.total > 0).collect()
}

fn bad_total(facts: &Facts) -> u64 {
    super::facts::natural(facts.all.answers.bad())
}

fn list(title: &str, total: u64, items: impl Iterator<Item = Item>) -> List {
    List { title: title.to_owned(), total, items: items.take(List::MOST).collect() }
}

fn came<'a>(
    newest: &'a Newest<Came>,
    frame: &'a Frame<'_>,
    says: impl Fn(&Came) -> String + 'a,
) -> impl Iterator<Item = Item> + 'a {
    newest.iter().map(move |(at, spot, one)| Item {
        at,
        what: frame.words.text(one.name).to_owned(),
        says: says(one),
        tone: Tone::Warn,
        spots: vec![spot],
    })
}

fn span(millis: i64) -> String {
    spoken(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}

fn weight(stage: &Stage) -> u8 {
    match stage {
        Stage::Last { .. } => 0,
        Stage::Over { .. } => 1,
        Stage::Early { .. } => 2,
        Stage::GivenUp => 3,
    }
}

/// How a delivery was answered, in words.
fn answered(answer: Answer) -> String {
    match answer {
        Answer::Unsaid => "answer not known".to_owned(),
        Answer::Nothing => "not answered".to_owned(),
        Answer::Status { status, ms: Some(ms) } if ms > Answer::IN_TIME_MS => {
            format!("answered {status} after {}", span(i64::from(ms)))
        }
        Answer::Status { status: 499, .. } => "MintCash hung up before the answer (499)".to_owned(),
        Answer::Status { status, .. } => format!("refused with {status}"),
    }
}

fn undelivered((one, stage): &(Undelivered, Stage), frame: &Frame<'_>) -> Item {
    let at = |moment: Timestamp| when(moment, frame.now);
    let next = match stage {
        Stage::Early { next } => format!("next at about {}", at(*next)),
        Stage::Last { next } => format!("last listed try at about {}", at(*next)),
        Stage::Over { gives_up } => format!("no try listed, given up at {}", at(*gives_up)),
        Stage::GivenUp => "given up".to_owned(),
    };
    let early = matches!(stage, Stage::Early { .. });
    let spots = if one.first.spot == one.last.spot {
        vec![one.last.spot]
    } else {
        vec![one.last.spot, one.first.spot]
    };
    Item {
        at: one.begun,
        what: frame.words.text(one.name).to_owned(),
        says: format!(
            "try {} of {} {}, {next}",
            one.tries,
            RETRIES.len(),
            answered(one.last.answer)
        ),
        tone: if early { Tone::Warn } else { Tone::Bad },
        spots,
    }
}
