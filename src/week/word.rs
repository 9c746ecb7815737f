//! Names that come from logs, kept once: events, failure codes, error codes.
//!
//! Used wherever a name would be copied for each line. Failure codes are an open set
//! (mintcash-contract.md section 8), and a log may hold anything, so the rule it keeps: only so many
//! different names are kept, and the rest are one, [`Word::OTHER`].

use rustc_hash::FxHashMap;

use crate::text::visible;

/// So many different names are told apart.
pub const MOST_WORDS: usize = 512;

/// A longer name is cut.
const LONGEST: usize = 64;

/// A name, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(pub u16);

impl Word {
    /// Every name beyond the first [`MOST_WORDS`].
    pub const OTHER: Self = Self(0);
}

/// The names that were seen.
#[derive(Clone, Debug)]
pub struct Words {
    texts: Vec<Box<str>>,
    numbers: FxHashMap<Box<str>, Word>,
}

impl Default for Words {
    fn default() -> Self {
        Self { texts: vec!["other".into()], numbers: FxHashMap::default() }
    }
}

impl Words {
    /// The number of a name; the name is made safe to show.
    pub fn word(&mut self, text: &str) -> Word {
        if let Some(word) = self.numbers.get(text) {
            return *word;
        }
        let number =
            u16::try_from(self.texts.len()).ok().filter(|_| self.texts.len() <= MOST_WORDS);
        let Some(number) = number else { return Word::OTHER };
        let word = Word(number);
        self.texts.push(visible(text, LONGEST).into());
        self.numbers.insert(text.into(), word);
        word
    }

    /// The number of a name that was seen before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Word> {
        self.numbers.get(text).copied()
    }

    /// The name, safe to show.
    #[must_use]
    pub fn text(&self, word: Word) -> &str {
        self.texts.get(usize::from(word.0)).map_or("other", |text| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_and_too_many_are_one() {
        let mut words = Words::default();
        let first = words.word("payment.failed");
        assert_eq!(words.word("payment.failed"), first);
        assert_eq!(words.text(first), "payment.failed");
        for number in 0..2 * MOST_WORDS {
            words.word(&format!("code-{number}"));
        }
        assert_eq!(words.word("one more"), Word::OTHER);
        assert_eq!(words.text(Word::OTHER), "other");
        assert_eq!(words.word("payment.failed"), first);
    }
}
