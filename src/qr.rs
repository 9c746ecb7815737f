//! A link as a QR code: squares, and rows of text that show them.
//!
//! Used by the screen, by `plain` and by `golive money --qr`. The rule it keeps: a square that has to
//! be dark is never left to the terminal's own colours alone. The glyphs stand for the *light*
//! squares, so that a face with colours paints both, and one without is right on a dark terminal.

use qrcode::{Color, EcLevel, QrCode};

use crate::text::visible;

/// The light squares around the code that scanners ask for.
const QUIET: usize = 4;

/// The fewest with which they still read it.
const NARROW: usize = 2;

/// A code: so many squares in a row, which of them are dark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

/// A code as it fits somewhere: how much light is around it, and in which glyphs it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    code: Code,
    quiet: usize,
    ascii: bool,
}

/// The upper and the lower half of a cell, or the whole of two cells: whether each is dark.
pub type Cell = (&'static str, bool, bool);

impl Code {
    /// The code of a link. `None` for what is no web address in plain ASCII, and for what is too
    /// long for any code: nobody is sent by a picture to where the text does not say.
    #[must_use]
    pub fn of(link: &str) -> Option<Self> {
        let is_link = link.starts_with("https://") || link.starts_with("http://");
        let plain = link.is_ascii() && !link.contains(' ') && visible(link, link.len()) == link;
        if !is_link || !plain {
            return None;
        }
        let least = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
        // As much correction as there is room for without more squares.
        let better = [EcLevel::H, EcLevel::Q, EcLevel::M].into_iter();
        let better =
            better.filter_map(|level| QrCode::with_version(link, least.version(), level).ok());
        let code = better.into_iter().next().unwrap_or(least);
        let side = code.width();
        let dark = code.into_colors().into_iter().map(|it| it == Color::Dark).collect();
        Some(Self { side, dark })
    }

    /// The code as large as fits into so many columns and rows; `None` where it does not.
    #[must_use]
    pub fn fitting(self, (columns, rows): (usize, usize), ascii: bool) -> Option<Picture> {
        let fits = |quiet: &usize| {
            let squares = self.side + 2 * quiet;
            let (wide, high) =
                if ascii { (squares * 2, squares) } else { (squares, squares.div_ceil(2)) };
            wide <= columns && high <= rows
        };
        let quiet = [QUIET, NARROW].into_iter().find(fits)?;
        Some(Picture { code: self, quiet, ascii })
    }

    /// Whether a square is dark; everything around the code is light.
    fn is_dark(&self, column: Option<usize>, row: Option<usize>) -> bool {
        let (Some(column), Some(row)) = (column, row) else { return false };
        column < self.side && self.dark.get(row * self.side + column).copied().unwrap_or(false)
    }
}

impl Picture {
    /// How many squares a side has, with the light around it.
    fn squares(&self) -> usize {
        self.code.side + 2 * self.quiet
    }

    /// How many columns it takes.
    #[must_use]
    pub fn columns(&self) -> usize {
        if self.ascii { self.squares() * 2 } else { self.squares() }
    }

    /// How many rows it takes.
    #[must_use]
    pub fn rows(&self) -> usize {
        if self.ascii { self.squares() } else { self.squares().div_ceil(2) }
    }

    /// The cells of a row, from left to right. A cell of ASCII is two columns wide.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<Cell> {
        let dark = |column: usize, row: usize| {
            self.code.is_dark(column.checked_sub(self.quiet), row.checked_sub(self.quiet))
        };
        let cell = |column: usize| {
            if self.ascii {
                let dark = dark(column, row);
                return (if dark { "  " } else { "##" }, dark, dark);
            }
            let (upper, lower) = (dark(column, row * 2), dark(column, row * 2 + 1));
            let glyph = match (upper, lower) {
                (false, false) => "█",
                (false, true) => "▀",
                (true, false) => "▄",
                (true, true) => " ",
            };
            (glyph, upper, lower)
        };
        (0..self.squares()).map(cell).collect()
    }

    /// The rows as text without colours, right on a dark terminal.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let row = |row| self.row(row).into_iter().map(|(glyph, ..)| glyph).collect();
        (0..self.rows()).map(row).collect()
    }

    /// The rows with colours of their own, for a stream: black on white, whatever the terminal's.
    #[must_use]
    pub fn painted(&self) -> Vec<String> {
        // A solid cell needs no glyph that fills it: its ground is painted instead.
        let row = |row| {
            let mut out = String::new();
            for (glyph, upper, lower) in self.row(row) {
                if upper == lower {
                    let ground = if upper { BLACK } else { WHITE };
                    out.push_str(&format!("\x1b[38;5;{ground};48;5;{ground}m{glyph}"));
                } else {
                    out.push_str(&format!("\x1b[38;5;{WHITE};48;5;{BLACK}m{glyph}"));
                }
            }
            out.push_str("\x1b[0m");
            out
        };
        (0..self.rows()).map(row).collect()
    }
}

/// Black in the palette of 256 colours, which no theme changes.
pub const BLACK: u8 = 16;

/// White in the palette of 256 colours, which no theme changes.
pub const WHITE: u8 = 231;
