//! A scanner of QR codes over a screen: its cells become pixels as a terminal paints them, and a
//! decoder that shares no code with the one who drew them reads the pixels.

use ratatui::buffer::Buffer;
use ratatui::style::Color;

/// The pixels of a cell, in the proportion of a terminal's font.
const CELL: (usize, usize) = (4, 8);

/// The grounds of terminals: what no colour is painted on, and what letters have without one.
pub const GROUNDS: [(u8, u8); 3] = [(0, 220), (255, 30), (40, 200)];

/// A picture of grey pixels.
pub struct Pixels {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Pixels {
    /// A picture of so many cells, each painted with a glyph in one grey on another.
    pub fn of(columns: usize, rows: usize, cell: impl Fn(usize, usize) -> (char, u8, u8)) -> Self {
        let (width, height) = (columns * CELL.0, rows * CELL.1);
        let mut grey = vec![0; width * height];
        for row in 0..rows {
            for column in 0..columns {
                let (glyph, letter, ground) = cell(column, row);
                for y in 0..CELL.1 {
                    for x in 0..CELL.0 {
                        let at = (row * CELL.1 + y) * width + column * CELL.0 + x;
                        grey[at] = if inked(glyph, x, y) { letter } else { ground };
                    }
                }
            }
        }
        Self { width, height, grey }
    }

    /// Everything that a scanner reads on it.
    pub fn read(&self) -> Vec<String> {
        let pixel = |x, y| self.grey[y * self.width + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, pixel);
        let grids = image.detect_grids();
        grids.into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }
}

/// Whether a glyph has ink at a pixel of its cell.
fn inked(glyph: char, x: usize, y: usize) -> bool {
    match glyph {
        ' ' => false,
        '█' => true,
        '▀' => y < CELL.1 / 2,
        '▄' => y >= CELL.1 / 2,
        // Letters are thin, and never reach the edge of their cell.
        _ => {
            (1..CELL.0 - 1).contains(&x)
                && (2..CELL.1 - 2).contains(&y)
                && (x + y).is_multiple_of(2)
        }
    }
}

/// Everything that a scanner reads on a screen with that ground.
pub fn scan(buffer: &Buffer, (ground, letter): (u8, u8)) -> Vec<String> {
    let area = buffer.area;
    let shade = |color: Color, otherwise: u8| match color {
        Color::Reset => otherwise,
        Color::Indexed(16) | Color::Black => 0,
        Color::Indexed(231) => 255,
        _ => 128,
    };
    // What a hand holds a phone over: the code and what is around it.
    let painted: Vec<(u16, u16)> = (0..area.height)
        .flat_map(|row| (0..area.width).map(move |column| (column, row)))
        .filter(|at| buffer[*at].bg == Color::Indexed(231))
        .collect();
    let span = |of: fn(&(u16, u16)) -> u16, end: u16| {
        let (least, most) = (painted.iter().map(of).min(), painted.iter().map(of).max());
        (least.unwrap_or(0).saturating_sub(6), (most.unwrap_or(0) + 7).min(end))
    };
    let (columns, rows) = (span(|at| at.0, area.width), span(|at| at.1, area.height));
    let wide = |(from, to): (u16, u16)| usize::from(to - from);
    let pixels = Pixels::of(wide(columns), wide(rows), |column, row| {
        let at = (u16::try_from(column).unwrap() + columns.0, u16::try_from(row).unwrap() + rows.0);
        let cell = &buffer[at];
        let (mut fg, mut bg) = (shade(cell.fg, letter), shade(cell.bg, ground));
        if cell.modifier.contains(ratatui::style::Modifier::REVERSED) {
            (fg, bg) = (bg, fg);
        }
        (cell.symbol().chars().next().unwrap_or(' '), fg, bg)
    });
    pixels.read()
}

/// Everything that a scanner reads in lines of text that nothing colours.
pub fn scan_text(lines: &[String], (ground, letter): (u8, u8)) -> Vec<String> {
    let rows: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0) + 4;
    let pixels = Pixels::of(columns, rows.len() + 2, |column, row| {
        let held = row.checked_sub(1).and_then(|row| rows.get(row));
        let glyph = column.checked_sub(2).and_then(|column| held?.get(column));
        (glyph.copied().unwrap_or(' '), letter, ground)
    });
    pixels.read()
}
