//! The bars of deliveries over time: at the first try, by a retry, not in time.

use super::DeliveryBoard;
use super::facts::{DAY, Facts, events_answer};
use crate::week::boards::Frame;
use crate::week::panel::{Chart, Series, Tone};
use crate::week::window::Window;

/// Draws them over the window.
pub fn of(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Chart {
    let window: Window = frame.window;
    let from = board.minutes.number(window.from());
    let to = board.minutes.number(window.starts(window.buckets()));
    let step = usize::try_from(window.span.step().as_secs() / 60).unwrap_or(1).max(1);
    let mut sums = vec![[0_i32; 4]; window.buckets()];
    let mut witness = (i64::MIN, false);
    for (number, cell) in board.minutes.range(from, to) {
        let day = number.div_euclid(DAY);
        if witness.0 != day {
            witness = (day, events_answer(&board.minutes.sum(day * DAY, (day + 1) * DAY)));
        }
        let answers = cell.answers(witness.1);
        let retried = if witness.1 { (answers.in_time - cell.first).max(0) } else { 0 };
        let first = answers.in_time - retried;
        let unsaid = if witness.1 || answers.in_time > 0 { 0 } else { cell.unsaid() };
        let bucket = usize::try_from(number - from).unwrap_or(0) / step;
        if let Some(bucket) = sums.get_mut(bucket) {
            let parts = [first, retried, answers.bad(), unsaid];
            bucket.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
    }
    let known = facts.all.events() > 0;
    let good = if known { "at the first try" } else { "answered in time" };
    let series = [
        (good, Tone::Good, 0),
        ("by a retry", Tone::Warn, 1),
        ("late or refused", Tone::Bad, 2),
        ("came, answer not known", Tone::Plain, 3),
    ];
    let wanted = |part: usize| match part {
        1 => known,
        3 => facts.all.unsaid > 0,
        _ => facts.all.all() > 0,
    };
    let series: Vec<Series> = series
        .into_iter()
        .filter(|(_, _, part)| wanted(*part))
        .map(|(name, tone, part)| Series {
            name: name.to_owned(),
            tone,
            points: sums
                .iter()
                .map(|bucket| bucket.get(part).copied().map(|sum| f64::from(sum.max(0))))
                .collect(),
            usual: None,
        })
        .collect();
    if series.is_empty() {
        return Chart::None;
    }
    Chart::Stacked { unit: "deliveries".to_owned(), series }
}
