//! Symbols: one cell wide in every terminal, none of them an emoji; and the ASCII set.

use crate::checks::Outcome;
use crate::launch::event::Call;
use crate::launch::standing::StepState;

/// The symbols in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    ascii: bool,
}

impl Glyphs {
    /// Symbols, or ASCII only.
    #[must_use]
    pub fn new(ascii: bool) -> Self {
        Self { ascii }
    }

    /// Whether only ASCII is used.
    #[must_use]
    pub fn is_ascii(self) -> bool {
        self.ascii
    }

    fn pick(self, symbol: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { symbol }
    }

    /// A step's state.
    #[must_use]
    pub fn state(self, state: StepState) -> &'static str {
        match state {
            StepState::Locked => self.pick("◌", "#"),
            StepState::Open => self.pick("○", "o"),
            StepState::Running => self.pick("▸", ">"),
            StepState::Waiting => self.pick("◔", "~"),
            StepState::Failed => self.pick("✗", "!"),
            StepState::Unknown => "?",
            StepState::Ready => self.pick("✎", "="),
            StepState::Done => self.pick("✓", "+"),
            StepState::Waived => self.pick("⚑", "w"),
            StepState::NotApplicable => self.pick("⊘", "-"),
            StepState::Stale => self.pick("↻", "%"),
        }
    }

    /// A check's outcome.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> &'static str {
        self.state(match outcome {
            Outcome::Pass => StepState::Done,
            Outcome::Fail => StepState::Failed,
            Outcome::Unknown => StepState::Unknown,
            Outcome::Waiting => StepState::Waiting,
        })
    }

    /// A call at a roll call.
    #[must_use]
    pub fn call(self, call: Call) -> &'static str {
        match call {
            Call::Go => self.state(StepState::Done),
            Call::Hold => self.pick("■", "H"),
            Call::NoGo => self.state(StepState::Failed),
        }
    }

    /// What comes next, what to do.
    #[must_use]
    pub fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// More than usual.
    #[must_use]
    pub fn up(self) -> &'static str {
        self.pick("▲", "^")
    }

    /// A thick horizontal rule: what has the cursor.
    #[must_use]
    pub fn thick(self) -> &'static str {
        self.pick("━", "=")
    }

    /// A bar that goes on beyond what is drawn.
    #[must_use]
    pub fn goes_on(self) -> &'static str {
        self.pick("»", ">")
    }

    /// A list item.
    #[must_use]
    pub fn bullet(self) -> &'static str {
        self.pick("•", "*")
    }

    /// Between things on one line.
    #[must_use]
    pub fn dot(self) -> &'static str {
        self.pick("·", "|")
    }

    /// The bar at the left of a call-out.
    #[must_use]
    pub fn bar(self) -> &'static str {
        self.pick("▌", "|")
    }

    /// A thin horizontal rule.
    #[must_use]
    pub fn horizontal(self) -> &'static str {
        self.pick("─", "-")
    }

    /// A thin vertical rule.
    #[must_use]
    pub fn vertical(self) -> &'static str {
        self.pick("│", "|")
    }

    /// The scrollbar's thumb.
    #[must_use]
    pub fn thumb(self) -> &'static str {
        self.pick("┃", "#")
    }

    /// What was cut.
    #[must_use]
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "..")
    }

    /// One character of a secret.
    #[must_use]
    pub fn mask(self) -> &'static str {
        self.pick("•", "*")
    }

    /// A full and an empty piece of a progress bar.
    #[must_use]
    pub fn progress(self) -> (&'static str, &'static str) {
        (self.pick("━", "="), self.pick("─", "."))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn every_state_has_a_symbol_of_its_own_one_cell_wide() {
        for ascii in [false, true] {
            let glyphs = Glyphs::new(ascii);
            let set: HashSet<_> = StepState::ALL.map(|state| glyphs.state(state)).into();
            assert_eq!(set.len(), StepState::ALL.len());
            for symbol in set {
                assert_eq!(symbol.width(), 1, "{symbol}");
                assert_eq!(symbol.chars().count(), 1, "{symbol} needs a variation selector");
                assert!(!ascii || symbol.is_ascii(), "{symbol}");
            }
        }
    }
}
