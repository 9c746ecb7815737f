//! The time axis: which bucket a column shows, and where the times stand.

use ratatui::text::{Line, Span};

use crate::time::Timestamp;
use crate::ui::ink::Ink;
use crate::ui::week::numbers;
use crate::week::{Span as Time, Window};

/// Buckets laid over columns: each column shows at least one bucket, each bucket at least one
/// column or shares one.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// The time range.
    pub window: Window,
    /// Columns.
    pub columns: usize,
}

impl Grid {
    /// The buckets of a column. Where there are more than columns, as many go together everywhere,
    /// but for the oldest, so that no column is higher only because it holds more of them.
    fn buckets(&self, column: usize) -> std::ops::Range<usize> {
        let buckets = self.window.buckets();
        let columns = self.columns.max(1);
        let together = buckets.div_ceil(columns).max(1);
        let bars = buckets.div_ceil(together);
        let later = bars - (column * bars / columns).min(bars - 1);
        let end = buckets - (later - 1) * together;
        end.saturating_sub(together)..end
    }

    /// What a column shows of a series: its buckets put together; `None` where none is known.
    pub fn column(
        &self,
        points: &[Option<f64>],
        column: usize,
        together: fn(f64, f64) -> f64,
    ) -> Option<f64> {
        let buckets = self.buckets(column);
        let length = buckets.len();
        let known = points.iter().skip(buckets.start).take(length).flatten();
        known.copied().filter(|point| point.is_finite()).reduce(together)
    }

    fn column_of(&self, at: Timestamp) -> Option<usize> {
        let from = self.window.from().millis();
        let step = i64::try_from(self.window.span.step().as_millis()).ok()?;
        let length = step.saturating_mul(i64::try_from(self.window.buckets()).ok()?);
        let offset = usize::try_from(at.millis().checked_sub(from)?).ok()?;
        let length = usize::try_from(length).ok().filter(|length| offset < *length)?;
        Some(offset * self.columns / length)
    }

    /// The axis, with the times in it; nothing is drawn where nothing is known.
    pub fn line(&self, ink: &Ink, known: impl Fn(usize) -> bool) -> Line<'static> {
        let rule = ink.glyphs.horizontal();
        let mut cells: Vec<(String, bool)> = (0..self.columns)
            .map(|column| (if known(column) { rule } else { " " }.to_owned(), false))
            .collect();
        for (column, label) in self.labels() {
            for (offset, ch) in label.chars().enumerate() {
                if let Some(cell) = cells.get_mut(column + offset) {
                    *cell = (ch.to_string(), true);
                }
            }
        }
        let style = |is_label: bool| if is_label { ink.theme.muted } else { ink.theme.rule };
        let mut line = Line::default();
        for (text, is_label) in cells {
            match line.spans.last_mut() {
                Some(last) if last.style == style(is_label) => {
                    last.content.to_mut().push_str(&text);
                }
                _ => line.spans.push(Span::styled(text, style(is_label))),
            }
        }
        line
    }

    /// The times that have room, each with the column in which it begins.
    fn labels(&self) -> Vec<(usize, String)> {
        let days = matches!(self.window.span, Time::Week | Time::FourWeeks);
        let steps: &[i64] = match self.window.span {
            Time::Hour => &[10, 20, 30],
            Time::SixHours => &[60, 120, 180],
            Time::Day => &[180, 360, 720],
            Time::Week => &[1440, 2880, 5760],
            Time::FourWeeks => &[2880, 5760, 10_080],
        };
        let minutes = i64::try_from(self.window.span.length().as_secs() / 60).unwrap_or(1).max(1);
        let columns = i64::try_from(self.columns).unwrap_or(0);
        // A time takes five cells and wants three of the line between it and the next.
        let fits = |step: &&i64| **step * columns / minutes >= 8;
        let Some(step) = steps.iter().find(fits) else { return Vec::new() };
        let step = step * 60_000;
        let from = self.window.from().millis();
        let first = from + (-from).rem_euclid(step);
        let mut labels = Vec::new();
        let mut at = first;
        while let Some(column) = self.column_of(Timestamp::from_millis(at)) {
            let moment = Timestamp::from_millis(at);
            let label = if days { numbers::day(moment) } else { numbers::hour(moment) };
            if column + label.len() <= self.columns {
                labels.push((column, label));
            }
            at += step;
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_is_in_some_column_however_narrow_or_wide() {
        let to = Timestamp::parse("2026-11-25T14:20:30Z").unwrap();
        for span in Time::ALL {
            for columns in [1, 7, 60, 96, 168, 190] {
                let grid = Grid { window: Window::until(to, span), columns };
                for bucket in 0..grid.window.buckets() {
                    let mut points = vec![Some(0.0); grid.window.buckets()];
                    points[bucket] = Some(1.0);
                    let seen = (0..columns).any(|c| grid.column(&points, c, f64::max) == Some(1.0));
                    assert!(seen, "{span:?} {columns} {bucket}");
                }
            }
        }
    }
}
