//! Words in large letters of half blocks, for the room.

use crate::ui::glyphs::Glyphs;
use crate::ui::text::width;

/// The letters, figures and marks that are cut: three rows of half blocks.
const LETTERS: &[(char, [&str; 3])] = &[
    ('A', ["█▀█", "█▀█", "▀ ▀"]),
    ('B', ["█▀▄", "█▀▄", "▀▀ "]),
    ('C', ["█▀▀", "█  ", "▀▀▀"]),
    ('D', ["█▀▄", "█ █", "▀▀ "]),
    ('E', ["█▀▀", "█▀▀", "▀▀▀"]),
    ('F', ["█▀▀", "█▀▀", "▀  "]),
    ('G', ["█▀▀", "█ █", "▀▀▀"]),
    ('H', ["█ █", "█▀█", "▀ ▀"]),
    ('J', ["  █", "▄ █", "▀▀▀"]),
    ('I', ["█", "█", "▀"]),
    ('K', ["█ █", "█▀▄", "▀ ▀"]),
    ('L', ["█  ", "█  ", "▀▀▀"]),
    ('M', ["█▄ ▄█", "█ ▀ █", "▀   ▀"]),
    ('N', ["█▄ █", "█ ▀█", "▀  ▀"]),
    ('O', ["█▀█", "█ █", "▀▀▀"]),
    ('P', ["█▀█", "█▀▀", "▀  "]),
    ('Q', ["█▀█", "█▄█", "  ▀"]),
    ('R', ["█▀█", "█▀▄", "▀ ▀"]),
    ('S', ["█▀▀", "▀▀█", "▀▀▀"]),
    ('T', ["▀█▀", " █ ", " ▀ "]),
    ('U', ["█ █", "█ █", "▀▀▀"]),
    ('V', ["█ █", "█ █", " ▀ "]),
    ('W', ["█   █", "█ █ █", "▀▀ ▀▀"]),
    ('X', ["█ █", "▄▀▄", "▀ ▀"]),
    ('Y', ["█ █", "▀█▀", " ▀ "]),
    ('Z', ["▀▀█", "▄▀ ", "▀▀▀"]),
    ('0', ["█▀█", "█ █", "▀▀▀"]),
    ('1', ["▄█ ", " █ ", "▀▀▀"]),
    ('2', ["▀▀█", "█▀▀", "▀▀▀"]),
    ('3', ["▀▀█", "▀▀█", "▀▀▀"]),
    ('4', ["█ █", "▀▀█", "  ▀"]),
    ('5', ["█▀▀", "▀▀█", "▀▀▀"]),
    ('6', ["█▀▀", "█▀█", "▀▀▀"]),
    ('7', ["▀▀█", "  █", "  ▀"]),
    ('8', ["█▀█", "█▀█", "▀▀▀"]),
    ('9', ["█▀█", "▀▀█", "▀▀▀"]),
    ('.', [" ", " ", "▀"]),
    (',', [" ", " ", "█"]),
    (':', ["▄", "▄", " "]),
    (';', ["▄", " ", "█"]),
    ('%', ["▀ █", "▄▀ ", "▀ ▀"]),
    ('_', ["   ", "   ", "▀▀▀"]),
    ('\'', ["▀", " ", " "]),
    ('(', ["▄▀", "█ ", " ▀"]),
    (')', ["▀▄", " █", "▀ "]),
    ('/', ["  █", "▄▀ ", "▀  "]),
    ('+', [" ▄ ", "▀█▀", "   "]),
    ('-', ["   ", "▀▀▀", "   "]),
    (' ', ["  ", "  ", "  "]),
];

/// The word in three rows; `None` when it does not fit, has a letter that is not cut, or only
/// ASCII is to be used.
#[must_use]
pub fn lines(word: &str, cells: usize, glyphs: Glyphs) -> Option<Vec<String>> {
    if glyphs.is_ascii() {
        return None;
    }
    let mut rows = vec![String::new(), String::new(), String::new()];
    for ch in word.chars() {
        let (_, letter) = LETTERS.iter().find(|(cut, _)| *cut == ch)?;
        for (row, piece) in rows.iter_mut().zip(letter) {
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(piece);
        }
    }
    rows.iter().all(|row| width(row) <= cells).then_some(rows)
}

/// A text in large capitals, a blank row between its lines; `None` when it needs more lines than
/// that, has a letter that is not cut, or only ASCII is to be used.
#[must_use]
pub fn text(text: &str, cells: usize, most: usize, glyphs: Glyphs) -> Option<Vec<String>> {
    let mut written: Vec<String> = Vec::new();
    for word in text.to_uppercase().split_whitespace() {
        let joined = written.last().map(|line| format!("{line} {word}"));
        let fits = joined.filter(|line| lines(line, cells, glyphs).is_some());
        match (fits, written.last_mut()) {
            (Some(line), Some(last)) => *last = line,
            _ => written.push(word.to_owned()),
        }
    }
    if written.len() > most {
        return None;
    }
    let mut rows = Vec::new();
    for line in &written {
        if !rows.is_empty() {
            rows.push(String::new());
        }
        rows.extend(lines(line, cells, glyphs)?);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::standing::{StepState, VerdictKind};

    #[test]
    fn every_state_and_verdict_can_be_written_large() {
        let verdicts =
            [VerdictKind::Go, VerdictKind::GoWithRisks, VerdictKind::NoGo, VerdictKind::NotYet];
        let words = StepState::ALL.map(StepState::word).into_iter();
        for word in words.chain(verdicts.map(VerdictKind::words)) {
            let rows = lines(&word.to_uppercase(), 76, Glyphs::new(false)).unwrap();
            assert_eq!(rows.len(), 3, "{word}");
            assert!(rows.iter().all(|row| width(row) == width(&rows[0])), "{word}");
        }
    }
}
