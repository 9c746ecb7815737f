//! One panel: what it asks, how it stands, its chart, its limits, what is wrong.
//!
//! ```text
//! ── Deliveries ───────────────────────────── ✗ fail ──
//! 37 events were never answered
//! ▲ only by a retry: 41 events since 14:20
//! 97.1 % answered in time   95.2 % at the first try
//!   chart
//! ✗ at least 99 % in time: 97.1 %
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::launch::outcome::{Level, Outcome};
use crate::time::Timestamp;
use crate::ui::ink::{Ink, Page};
use crate::ui::text::{safe, width as cells_of};
use crate::ui::week::{cells, chart, funnel, numbers, rows};
use crate::week::panel::{Chart, Limit, Notice, Panel};
use crate::week::{Picture, Window};

/// The fewest lines that a chart is drawn in.
const LEAST: usize = 3;

/// The title: thick when it has the cursor.
pub fn title(ink: &Ink, panel: &Panel, width: usize, selected: bool) -> Line<'static> {
    let theme = &ink.theme;
    let (rule, line) = if selected {
        (ink.glyphs.thick(), theme.accent)
    } else {
        (ink.glyphs.horizontal(), theme.rule)
    };
    let line = cells::level(line);
    let name = format!(" {} ", panel.topic.title());
    let said = theme.outcome(panel.outcome);
    let word = format!(" {} {} ", ink.glyphs.outcome(panel.outcome), panel.outcome.word());
    let used = 4 + cells_of(&name) + cells_of(&word);
    let middle = width.saturating_sub(used);
    let name_style = if selected { theme.key } else { theme.strong };
    let spans = vec![
        Span::styled(rule.repeat(2), line),
        Span::styled(name, name_style),
        Span::styled(rule.repeat(middle), line),
        Span::styled(word, said),
        Span::styled(rule.repeat(2), line),
    ];
    ink.ends(spans, Vec::new(), width)
}

/// Draws it.
pub fn draw(
    ink: &Ink,
    picture: &Picture,
    panel: &Panel,
    selected: bool,
    frame: &mut Frame,
    area: Rect,
) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let mut lines = vec![title(ink, panel, width, selected)];
    lines.extend(body(ink, picture, panel, width, height.saturating_sub(1)));
    for (row, line) in area.rows().zip(lines) {
        frame.render_widget(line, row);
    }
}

/// Everything below the title, in so many lines at most. What is wrong is never left out for a
/// chart; a chart is never left out for a limit that is kept.
pub fn body(
    ink: &Ink,
    picture: &Picture,
    panel: &Panel,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    let airy = height >= 16;
    let sentence = paragraph(ink, panel, width, if height < 8 { 1 } else { 2 });
    let most = (height / 5).clamp(1, 4);
    let mut wrong: Vec<Line<'static>> = current(panel)
        .filter(|notice| !panel.sentence.contains(&notice.short))
        .map(|notice| self::notice(ink, notice, picture.at, width))
        .collect();
    if most == 1 {
        wrong.truncate(1);
    } else if wrong.len() > most {
        let more = wrong.len() - (most - 1);
        wrong.truncate(most - 1);
        wrong.push(Line::styled(format!("  and {more} more"), ink.theme.muted));
    }
    let figures = figures(ink, panel, width, if height < 12 { 1 } else { 2 });
    let fixed = sentence.len() + wrong.len();
    let mut left = height.saturating_sub(fixed + figures.len() + if airy { 2 } else { 0 });
    let most = (height / 7).max(1).min(left.saturating_sub(LEAST).max(1));
    let limits = limits(ink, panel, width, most);
    left = left.saturating_sub(limits.len());
    let drawn = self::chart(ink, picture.window, &panel.chart, width, left);
    let mut lines = sentence;
    lines.extend(wrong);
    if airy {
        lines.push(Line::default());
    }
    lines.extend(figures);
    if airy {
        lines.push(Line::default());
    }
    lines.extend(drawn);
    lines.extend(limits);
    lines.truncate(height);
    lines
}

/// The chart in so many cells and lines.
pub fn chart(
    ink: &Ink,
    window: Window,
    chart: &Chart,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    if height < LEAST {
        return Vec::new();
    }
    match chart {
        Chart::None => Vec::new(),
        Chart::Stacked { series, .. } => {
            let legend = usize::from(height >= 8);
            let mut lines = chart::stacked(ink, window, series, width, height - legend);
            if legend > 0 {
                lines.push(chart::legend(ink, series, width));
            }
            lines
        }
        Chart::Rows { series, .. } => rows::rows(ink, window, series, width, height),
        Chart::Funnel { stages } => funnel::funnel(ink, stages, width, height),
    }
}

fn paragraph(ink: &Ink, panel: &Panel, width: usize, most: usize) -> Vec<Line<'static>> {
    let mut page = Page::new(ink, width);
    let style = match panel.outcome {
        Outcome::Unknown => ink.theme.plain,
        _ => ink.theme.strong,
    };
    page.para(&panel.sentence, style, 0);
    let mut lines = page.lines;
    if lines.len() > most {
        lines.truncate(most - 1);
        let said: usize = lines.iter().map(|line| line.to_string().chars().count() + 1).sum();
        let rest: String = safe(&panel.sentence).chars().skip(said).collect();
        lines.push(Line::styled(ink.cut(&rest, width), style));
    }
    lines
}

/// What is wrong or worth a look now, worst first.
pub fn current(panel: &Panel) -> impl Iterator<Item = &Notice> {
    let of = |level: Level| {
        let notices = panel.notices.iter();
        notices.filter(move |notice| notice.until.is_none() && notice.level == level)
    };
    of(Level::Blocking).chain(of(Level::Advisory))
}

/// A notice in one line.
pub fn notice(ink: &Ink, notice: &Notice, now: Timestamp, width: usize) -> Line<'static> {
    let (mark, style) = sign(ink, notice);
    let mut text = notice.short.clone();
    match (notice.since, notice.until) {
        (_, Some(until)) => text.push_str(&format!(", over since {}", numbers::moment(until, now))),
        (Some(since), None) if !text.contains("since") => {
            text.push_str(&format!(", since {}", numbers::moment(since, now)));
        }
        _ => {}
    }
    let spans = vec![
        Span::styled(format!("{mark} "), cells::level(style)),
        Span::styled(safe(&text), cells::level(style)),
    ];
    ink.ends(spans, Vec::new(), width)
}

fn sign(ink: &Ink, notice: &Notice) -> (&'static str, ratatui::style::Style) {
    let theme = &ink.theme;
    match (notice.until, notice.level) {
        (Some(_), _) => (ink.glyphs.outcome(Outcome::Pass), theme.muted),
        (None, Level::Blocking) => (ink.glyphs.outcome(Outcome::Fail), theme.bad),
        (None, Level::Advisory) => (ink.glyphs.up(), theme.warn),
        (None, Level::Info) => (ink.glyphs.bullet(), theme.muted),
    }
}

/// The figures side by side, as many as there is room for.
pub fn figures(ink: &Ink, panel: &Panel, width: usize, most: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let plain = panel.figures.iter().filter(|figure| figure.label.is_none());
    for figure in plain {
        let over = figure.over.as_deref().map(|over| format!(", {over}")).unwrap_or_default();
        let value = numbers::figure(figure);
        let title = format!(" {}{over}", safe(&figure.title));
        let wide = cells_of(&value) + cells_of(&title);
        let joins = lines.last().is_some_and(|line| line.width() + 3 + wide <= width);
        if !joins && (lines.len() == most || wide > width) {
            break;
        }
        if !joins {
            lines.push(Line::default());
        }
        let Some(line) = lines.last_mut() else { break };
        if joins {
            line.spans.push(Span::raw("   "));
        }
        line.spans.push(Span::styled(value, ink.theme.strong));
        line.spans.push(Span::styled(title, ink.theme.muted));
    }
    lines
}

fn stands(ink: &Ink, limit: &Limit) -> (&'static str, ratatui::style::Style) {
    let outcome = match limit.crossed {
        Some(true) => Outcome::Fail,
        Some(false) => Outcome::Pass,
        None => Outcome::Unknown,
    };
    (ink.glyphs.outcome(outcome), cells::level(ink.theme.outcome(outcome)))
}

/// A limit in one line.
fn limit(ink: &Ink, limit: &Limit, width: usize) -> Line<'static> {
    ink.ends(limit_spans(ink, limit), Vec::new(), width)
}

fn limit_spans(ink: &Ink, limit: &Limit) -> Vec<Span<'static>> {
    let (mark, style) = stands(ink, limit);
    let said = if limit.crossed == Some(true) { style } else { ink.theme.plain };
    vec![
        Span::styled(format!("{mark} "), style),
        Span::styled(format!("{}: ", safe(&limit.says)), ink.theme.muted),
        Span::styled(safe(&limit.stands), said),
    ]
}

/// The limits in so many lines, the crossed ones first; the last line takes of those that are left
/// what fits, and says how many do not.
fn limits(ink: &Ink, panel: &Panel, width: usize, most: usize) -> Vec<Line<'static>> {
    let crossed = panel.limits.iter().filter(|limit| limit.crossed == Some(true));
    let others = panel.limits.iter().filter(|limit| limit.crossed != Some(true));
    let all: Vec<&Limit> = crossed.chain(others).collect();
    let alone = if all.len() <= most { all.len() } else { most.saturating_sub(1) };
    let (alone, rest) = all.split_at(alone.min(all.len()));
    let mut lines: Vec<_> = alone.iter().map(|limit| self::limit(ink, limit, width)).collect();
    let cells = |spans: &[Span<'_>]| spans.iter().map(Span::width).sum::<usize>();
    let (mut spans, mut left) = (Vec::new(), rest.len());
    for limit in rest {
        let next = limit_spans(ink, limit);
        let more = if left > 1 { "   +9 more".len() } else { 0 };
        if !spans.is_empty() {
            if cells(&spans) + 3 + cells(&next) + more > width {
                break;
            }
            spans.push(Span::raw("   "));
        }
        spans.extend(next);
        left -= 1;
    }
    if left > 0 {
        spans.push(Span::styled(format!("   +{left} more"), ink.theme.muted));
    }
    if !spans.is_empty() {
        lines.push(ink.ends(spans, Vec::new(), width));
    }
    lines
}
