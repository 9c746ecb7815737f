//! A drawn screen → an SVG picture, for the README and for looking at what was drawn.
//!
//! Used by `examples/screenshots.rs`. One rectangle per run of background, one text per run of
//! style, on a fixed grid of cells; two palettes, since the program itself only names colours.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::ui::text::width;

/// Width and height of a cell, and the size of its letters, in pixels.
const CELL: (f32, f32, f32) = (8.4, 18.0, 14.0);
/// Air around the screen.
const MARGIN: f32 = 14.0;

/// The colours of a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Its background.
    pub background: &'static str,
    /// Its text.
    pub foreground: &'static str,
    /// The sixteen ANSI colours.
    pub ansi: [&'static str; 16],
}

/// A dark terminal.
pub const DARK: Palette = Palette {
    background: "#15181e",
    foreground: "#d8dee9",
    ansi: [
        "#15181e", "#e5616b", "#8fc27a", "#e3b868", "#6ea4e0", "#c08bd6", "#5fc1cf", "#d8dee9",
        "#5b6472", "#f0848c", "#a7d694", "#f0cb85", "#8fbcf0", "#d5a6e8", "#84d6e2", "#ffffff",
    ],
};

/// A light terminal.
pub const LIGHT: Palette = Palette {
    background: "#fbfaf7",
    foreground: "#2a2e35",
    ansi: [
        "#2a2e35", "#c22f3d", "#2f7d32", "#9a6b00", "#1f5fb8", "#8a3ba3", "#0b7a8a", "#6b7280",
        "#8a919e", "#d94a57", "#3f9142", "#b27f0a", "#3a78d0", "#a352bb", "#1b93a5", "#ffffff",
    ],
};

/// How a cell looks once reversal is resolved.
#[derive(Clone, PartialEq)]
struct Look {
    fore: String,
    back: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underlined: bool,
}

/// The picture of a screen.
#[must_use]
pub fn picture(buffer: &Buffer, palette: &Palette) -> String {
    let area = buffer.area;
    let (wide, high, size) = CELL;
    let total =
        (f32::from(area.width) * wide + 2.0 * MARGIN, f32::from(area.height) * high + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.1} {:.1}\" \
         font-family=\"'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"{size}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        total.0, total.1, palette.background
    );
    for y in area.top()..area.bottom() {
        row(buffer, y, palette, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

fn row(buffer: &Buffer, y: u16, palette: &Palette, out: &mut String) {
    let mut runs: Vec<(u16, u16, Look, String)> = Vec::new();
    let mut skip = 0;
    for x in buffer.area.left()..buffer.area.right() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let Some(cell) = buffer.cell((x, y)) else { continue };
        let cells = u16::try_from(width(cell.symbol())).unwrap_or(1).max(1);
        skip = cells - 1;
        let look = look(cell, palette);
        let line = is_line(cell.symbol());
        match runs.last_mut() {
            Some((_, used, last, text)) if *last == look && !line && !is_line(text) => {
                *used += cells;
                text.push_str(cell.symbol());
            }
            _ => runs.push((x, cells, look, cell.symbol().to_owned())),
        }
    }
    for (x, cells, look, text) in runs {
        draw(f32::from(x), f32::from(y), f32::from(cells), &look, &text, out);
    }
}

fn look(cell: &Cell, palette: &Palette) -> Look {
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let fore = colour(cell.fg, palette).unwrap_or(palette.foreground).to_owned();
    let back = colour(cell.bg, palette).map(str::to_owned);
    let (fore, back) = if reversed {
        (back.unwrap_or_else(|| palette.background.to_owned()), Some(fore))
    } else {
        (fore, back)
    };
    Look {
        fore,
        back,
        bold: cell.modifier.contains(Modifier::BOLD),
        dim: cell.modifier.contains(Modifier::DIM),
        italic: cell.modifier.contains(Modifier::ITALIC),
        underlined: cell.modifier.contains(Modifier::UNDERLINED),
    }
}

fn draw(x: f32, y: f32, cells: f32, look: &Look, text: &str, out: &mut String) {
    let (wide, high, _) = CELL;
    let left = x * wide + MARGIN;
    let top = y * high + MARGIN;
    let long = cells * wide;
    let opacity = if look.dim { " opacity=\"0.6\"" } else { "" };
    if let Some(back) = &look.back {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{long:.1}\" height=\"{high}\" \
             fill=\"{back}\"{opacity}/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    if text.chars().all(|ch| BLOCKS.contains(&ch)) {
        blocks(left, top, text, look, opacity, out);
        return;
    }
    if is_line(text) {
        let thick = if text == "│" { 1.0 } else { 2.4 };
        let left = left + (wide - thick) / 2.0;
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{thick}\" height=\"{high}\" \
             fill=\"{}\"{opacity}/>",
            look.fore
        );
        return;
    }
    let mut style = String::from(opacity);
    for (on, attribute) in [
        (look.bold, " font-weight=\"bold\""),
        (look.italic, " font-style=\"italic\""),
        (look.underlined, " text-decoration=\"underline\""),
    ] {
        if on {
            style.push_str(attribute);
        }
    }
    let base = top + high * 0.74;
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{base:.1}\" fill=\"{}\"{style} textLength=\"{long:.1}\" \
         xml:space=\"preserve\">{}</text>",
        look.fore,
        escaped(text)
    );
}

/// The blocks that large letters are made of.
const BLOCKS: [char; 4] = [' ', '█', '▀', '▄'];

/// Draws blocks as rectangles, so that large letters have no seams.
fn blocks(left: f32, top: f32, text: &str, look: &Look, opacity: &str, out: &mut String) {
    let (wide, high, _) = CELL;
    for (at, ch) in text.chars().enumerate() {
        let (from, to) = match ch {
            '█' => (0.0, 1.0),
            '▀' => (0.0, 0.5),
            '▄' => (0.5, 1.0),
            _ => continue,
        };
        let x = left + f32::from(u16::try_from(at).unwrap_or(0)) * wide;
        let y = top + from * high;
        // A hair wider than the cell: neighbours meet.
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
             fill=\"{}\"{opacity}/>",
            wide + 0.3,
            (to - from) * high + 0.3,
            look.fore
        );
    }
}

/// Vertical lines are drawn, so that they meet from row to row.
fn is_line(text: &str) -> bool {
    matches!(text, "│" | "┃")
}

fn colour(color: Color, palette: &Palette) -> Option<&'static str> {
    let number = match color {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        _ => return None,
    };
    palette.ansi.get(number).copied()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
