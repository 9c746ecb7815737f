//! Words in large letters of half blocks, for the room.

use crate::ui::glyphs::Glyphs;
use crate::ui::text::width;

/// The letters that the words of states and verdicts are made of: three rows of half blocks.
const LETTERS: &[(char, [&str; 3])] = &[
    ('A', ["█▀█", "█▀█", "▀ ▀"]),
    ('B', ["█▀▄", "█▀▄", "▀▀ "]),
    ('C', ["█▀▀", "█  ", "▀▀▀"]),
    ('D', ["█▀▄", "█ █", "▀▀ "]),
    ('E', ["█▀▀", "█▀▀", "▀▀▀"]),
    ('F', ["█▀▀", "█▀▀", "▀  "]),
    ('G', ["█▀▀", "█ █", "▀▀▀"]),
    ('H', ["█ █", "█▀█", "▀ ▀"]),
    ('I', ["█", "█", "▀"]),
    ('K', ["█ █", "█▀▄", "▀ ▀"]),
    ('L', ["█  ", "█  ", "▀▀▀"]),
    ('N', ["█▄ █", "█ ▀█", "▀  ▀"]),
    ('O', ["█▀█", "█ █", "▀▀▀"]),
    ('P', ["█▀█", "█▀▀", "▀  "]),
    ('R', ["█▀█", "█▀▄", "▀ ▀"]),
    ('S', ["█▀▀", "▀▀█", "▀▀▀"]),
    ('T', ["▀█▀", " █ ", " ▀ "]),
    ('U', ["█ █", "█ █", "▀▀▀"]),
    ('V', ["█ █", "█ █", " ▀ "]),
    ('W', ["█   █", "█ █ █", "▀▀ ▀▀"]),
    ('Y', ["█ █", "▀█▀", " ▀ "]),
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
