//! What things look like: a role → a style, for each theme.
//!
//! Sixteen ANSI colours on the terminal's own background and foreground, so that every palette
//! works; what matters less is dim, never grey, what is selected is reversed. One accent. `Mono`
//! has no colour at all: weight and reversal carry the same meaning.

use ratatui::style::{Color, Modifier, Style};

use crate::checks::Outcome;
use crate::config::ThemeName;
use crate::launch::event::Call;
use crate::launch::standing::{StepState, VerdictKind};

/// The styles by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub plain: Style,
    /// What matters less.
    pub muted: Style,
    /// Titles.
    pub strong: Style,
    /// The one accent: keys, what is next, what has the cursor.
    pub accent: Style,
    /// As it should be.
    pub good: Style,
    /// Broken.
    pub bad: Style,
    /// To be looked at.
    pub warn: Style,
    /// Code in running text.
    pub code: Style,
    /// Thin rules.
    pub rule: Style,
    /// The selected row where the keys go.
    pub selected: Style,
    /// The environment badge: this is production.
    pub live: Style,
    /// A banner that nobody may miss.
    pub alarm: Style,
    /// A key in the footer.
    pub key: Style,
}

const fn fg(color: Color) -> Style {
    Style::new().fg(color)
}

impl Theme {
    /// The theme of that name.
    #[must_use]
    pub fn of(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => Self::coloured(Color::Cyan, Color::Yellow),
            ThemeName::Light => Self::coloured(Color::Blue, Color::Magenta),
            ThemeName::HighContrast => Self::high_contrast(),
            ThemeName::Mono => Self::mono(),
        }
    }

    fn coloured(accent: Color, warn: Color) -> Self {
        let plain = Style::new();
        let bold = Modifier::BOLD;
        Self {
            plain,
            muted: plain.add_modifier(Modifier::DIM),
            strong: plain.add_modifier(bold),
            accent: fg(accent),
            good: fg(Color::Green),
            bad: fg(Color::Red).add_modifier(bold),
            warn: fg(warn),
            code: fg(accent),
            rule: plain.add_modifier(Modifier::DIM),
            selected: plain.add_modifier(Modifier::REVERSED),
            live: fg(Color::Red).add_modifier(bold).add_modifier(Modifier::REVERSED),
            alarm: fg(Color::Red).add_modifier(bold).add_modifier(Modifier::REVERSED),
            key: fg(accent).add_modifier(bold),
        }
    }

    fn high_contrast() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            plain,
            muted: plain,
            strong: bold,
            accent: bold.add_modifier(Modifier::UNDERLINED),
            good: fg(Color::Green).add_modifier(Modifier::BOLD),
            bad: fg(Color::Red).add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED),
            warn: bold.add_modifier(Modifier::REVERSED),
            code: bold,
            rule: plain,
            selected: bold.add_modifier(Modifier::REVERSED),
            live: fg(Color::Red).add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED),
            alarm: fg(Color::Red).add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED),
            key: bold,
        }
    }

    fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let reversed = bold.add_modifier(Modifier::REVERSED);
        Self {
            plain,
            muted: plain.add_modifier(Modifier::DIM),
            strong: bold,
            accent: bold,
            good: plain,
            bad: reversed,
            warn: bold.add_modifier(Modifier::UNDERLINED),
            code: bold,
            rule: plain.add_modifier(Modifier::DIM),
            selected: plain.add_modifier(Modifier::REVERSED),
            live: reversed,
            alarm: reversed,
            key: bold,
        }
    }

    /// The style of a step's state.
    #[must_use]
    pub fn state(&self, state: StepState) -> Style {
        match state {
            StepState::Locked | StepState::NotApplicable => self.muted,
            StepState::Open => self.plain,
            StepState::Running | StepState::Waiting | StepState::Ready => self.accent,
            StepState::Failed => self.bad,
            StepState::Unknown | StepState::Waived | StepState::Stale => self.warn,
            StepState::Done => self.good,
        }
    }

    /// The style of a check's outcome.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> Style {
        match outcome {
            Outcome::Pass => self.good,
            Outcome::Fail => self.bad,
            Outcome::Unknown => self.warn,
            Outcome::Waiting => self.accent,
        }
    }

    /// The style of a call at a roll call.
    #[must_use]
    pub fn call(&self, call: Call) -> Style {
        match call {
            Call::Go => self.good,
            Call::Hold => self.warn.add_modifier(Modifier::BOLD),
            Call::NoGo => self.bad,
        }
    }

    /// The style of the verdict.
    #[must_use]
    pub fn verdict(&self, verdict: VerdictKind) -> Style {
        match verdict {
            VerdictKind::Go => self.good.add_modifier(Modifier::BOLD),
            VerdictKind::GoWithRisks => self.warn.add_modifier(Modifier::BOLD),
            VerdictKind::NoGo => self.alarm,
            VerdictKind::NotYet => self.strong,
        }
    }
}
