//! A link as a QR code on the screen, black on white whatever the theme.
//!
//! Drawn by the step, by the present view and by the page alone. The rule it keeps: what is shown
//! can be scanned; where it does not fit whole it is not shown at all, and the link stands alone.
//! Its colours are those of the 256 that no theme changes, also where nothing else has a colour.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use crate::qr::{BLACK, Code, Picture, WHITE};
use crate::ui::ink::Ink;
use crate::ui::text::{safe, width};

/// The rows of a link's code in so many columns and rows; `None` where it does not fit.
#[must_use]
pub fn lines(ink: &Ink, url: &str, room: (usize, usize)) -> Option<Vec<Line<'static>>> {
    let picture = Code::of(url)?.fitting(room, ink.glyphs.is_ascii())?;
    Some((0..picture.rows()).map(|row| line(&picture, row)).collect())
}

fn line(picture: &Picture, row: usize) -> Line<'static> {
    let colour = |dark: bool| Color::Indexed(if dark { BLACK } else { WHITE });
    let spans = picture.row(row).into_iter().map(|(glyph, upper, lower)| {
        let style = if upper == lower {
            // Painted whole, so that no gap between the rows shows the terminal's ground.
            Style::reset().fg(colour(upper)).bg(colour(upper))
        } else {
            Style::reset().fg(colour(false)).bg(colour(true))
        };
        Span::styled(glyph, style)
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// A link on lines as wide as there is room, unbroken where it fits; broken between characters and
/// never cut where it does not.
#[must_use]
pub fn link(ink: &Ink, url: &str, cells: usize) -> Vec<Line<'static>> {
    let shown: Vec<char> = safe(url).chars().collect();
    let rows = shown.chunks(cells.max(1)).map(|row| row.iter().collect::<String>());
    rows.map(|row| Line::styled(row, ink.theme.accent)).collect()
}

/// A page to open, in so many columns and rows: what it is for, its code as far as there is room,
/// its link. The link comes first, the code next, the words last.
#[must_use]
pub fn page(
    ink: &Ink,
    url: &str,
    about: Vec<Line<'static>>,
    (columns, rows): (usize, usize),
) -> Vec<Line<'static>> {
    let link = link(ink, url, columns);
    let left = rows.saturating_sub(link.len());
    let mut out = Vec::new();
    let code = lines(ink, url, (columns, left));
    let left = left.saturating_sub(code.as_ref().map_or(0, Vec::len));
    if left > about.len() {
        out.extend(about);
        out.push(Line::default());
    }
    if let Some(code) = code {
        out.extend(code);
        if left > 3 {
            out.push(Line::default());
        }
    }
    out.extend(link);
    out
}

/// Whether a link stands whole on one line of so many cells.
#[must_use]
pub fn is_whole(url: &str, cells: usize) -> bool {
    width(&safe(url)) <= cells
}
