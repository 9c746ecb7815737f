//! What is looked at and how: view, pane, cursor, scroll, theme. Owned by the model.

use crate::app::layout::Layout;
use crate::config::ThemeName;
use crate::keys::Places;

/// The views; exactly one is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Outline and step.
    #[default]
    Walk,
    /// The current step alone, for the room.
    Present,
    /// Verdict and sections.
    Overview,
    /// The audit trail.
    Trail,
    /// The way back.
    Rollback,
    /// The first week.
    Week,
}

impl View {
    /// The same as a place of the keymap.
    #[must_use]
    pub fn place(self) -> Places {
        match self {
            Self::Walk => Places::WALK,
            Self::Present => Places::PRESENT,
            Self::Overview => Places::OVERVIEW,
            Self::Trail => Places::TRAIL,
            Self::Rollback => Places::ROLLBACK,
            Self::Week => Places::WEEK,
        }
    }
}

/// The panes of the walk; one of them has the keys, and on a small screen it is the one shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// Sections and steps.
    #[default]
    Outline,
    /// The current step.
    Step,
}

/// How it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The theme.
    pub theme: ThemeName,
    /// Only ASCII glyphs.
    pub ascii: bool,
    /// Mouse reporting is on.
    pub mouse: bool,
}

/// What is looked at and how.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The view.
    pub view: View,
    /// The pane with the keys.
    pub pane: Pane,
    /// The number of the current step.
    pub cursor: usize,
    /// Lines scrolled away in the step, or in the way back.
    pub scroll: usize,
    /// Lines scrolled away in the overview.
    pub overview: usize,
    /// The selected entry of the audit trail, counted from the newest.
    pub trail: usize,
    /// How it looks.
    pub look: Look,
    /// Columns and rows.
    pub size: (u16, u16),
    /// What the last frame looked like.
    pub layout: Layout,
}

/// From this many columns on, outline and step stand side by side.
pub const WIDE: u16 = 80;

impl Screen {
    /// Whether outline and step stand side by side.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.size.0 >= WIDE
    }
}

/// The next theme in the order of the key that changes it.
#[must_use]
pub fn next_theme(theme: ThemeName) -> ThemeName {
    match theme {
        ThemeName::Dark => ThemeName::Light,
        ThemeName::Light => ThemeName::HighContrast,
        ThemeName::HighContrast => ThemeName::Mono,
        ThemeName::Mono => ThemeName::Dark,
    }
}

/// A theme's name for people.
#[must_use]
pub fn theme_word(theme: ThemeName) -> &'static str {
    match theme {
        ThemeName::Dark => "dark",
        ThemeName::Light => "light",
        ThemeName::HighContrast => "high contrast",
        ThemeName::Mono => "mono",
    }
}
