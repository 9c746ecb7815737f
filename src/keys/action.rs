//! Every command of the screen, once: its name, what it does, its group, where it is valid.
//!
//! Read by the keymap, the footer, the help, the palette and the docs. Whether an action makes
//! sense on the step at hand is decided by `app::query::can`.

/// Something that a key can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`about` says what each one does, to the reader and to the user")]
pub enum Action {
    Proceed,
    Verify,
    VerifySection,
    Cancel,
    Sign,
    Lift,
    CallRollback,
    Note,
    Waive,
    Skip,
    Reopen,
    Next,
    Previous,
    NextSection,
    PreviousSection,
    First,
    Last,
    ToOpen,
    PageDown,
    PageUp,
    Right,
    Left,
    Pane,
    Present,
    Overview,
    Trail,
    Since,
    Rollback,
    Week,
    Page,
    Search,
    Palette,
    Help,
    Back,
    Signer,
    Report,
    Copy,
    Theme,
    Glyphs,
    Mouse,
    Repaint,
    Suspend,
    Demo,
    Earlier,
    Later,
    Live,
    ZoomIn,
    ZoomOut,
    Support,
    Quit,
}

/// Groups of actions, in the order in which help shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What changes the launch.
    Doing,
    /// Moving about.
    Moving,
    /// Other views.
    Looking,
    /// In the first week.
    Watching,
    /// Who, how it looks, leaving.
    Session,
}

impl Group {
    /// All groups in order.
    pub const ALL: [Self; 5] =
        [Self::Doing, Self::Moving, Self::Looking, Self::Watching, Self::Session];

    /// The title for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Doing => "On a step",
            Self::Moving => "Moving",
            Self::Looking => "Views",
            Self::Watching => "First week",
            Self::Session => "Session",
        }
    }
}

/// A set of views in which an action is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places(u8);

impl Places {
    /// The walk.
    pub const WALK: Self = Self(1);
    /// The present view.
    pub const PRESENT: Self = Self(2);
    /// The overview.
    pub const OVERVIEW: Self = Self(4);
    /// The audit trail.
    pub const TRAIL: Self = Self(8);
    /// The way back.
    pub const ROLLBACK: Self = Self(16);
    /// The first week.
    pub const WEEK: Self = Self(32);
    /// The views with panes or panels.
    pub const PANES: Self = Self(1 | 32);
    /// The two views that show a step.
    pub const STEP: Self = Self(1 | 2);
    /// Every view.
    pub const ALL: Self = Self(63);

    /// Whether the two sets have a view in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What is said about an action.
struct Said {
    /// In `golive.yaml` and in the palette.
    id: &'static str,
    /// In the footer, one or two words.
    short: &'static str,
    /// In help and docs, one sentence without a period.
    about: &'static str,
    group: Group,
    places: Places,
}

const fn said(
    group: Group,
    places: Places,
    id: &'static str,
    short: &'static str,
    about: &'static str,
) -> Said {
    Said { id, short, about, group, places }
}

impl Action {
    /// Every action, in the order of help.
    pub const ALL: [Self; 50] = [
        Self::Proceed,
        Self::Verify,
        Self::VerifySection,
        Self::Cancel,
        Self::Sign,
        Self::Lift,
        Self::CallRollback,
        Self::Note,
        Self::Waive,
        Self::Skip,
        Self::Reopen,
        Self::Next,
        Self::Previous,
        Self::NextSection,
        Self::PreviousSection,
        Self::First,
        Self::Last,
        Self::ToOpen,
        Self::PageDown,
        Self::PageUp,
        Self::Right,
        Self::Left,
        Self::Pane,
        Self::Present,
        Self::Overview,
        Self::Trail,
        Self::Since,
        Self::Rollback,
        Self::Week,
        Self::Page,
        Self::Search,
        Self::Palette,
        Self::Help,
        Self::Back,
        Self::Signer,
        Self::Report,
        Self::Copy,
        Self::Theme,
        Self::Glyphs,
        Self::Mouse,
        Self::Repaint,
        Self::Suspend,
        Self::Demo,
        Self::Earlier,
        Self::Later,
        Self::Live,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Support,
        Self::Quit,
    ];

    #[rustfmt::skip]
    const fn said(self) -> Said {
        use Group::{Doing, Looking, Moving, Session, Watching};
        use Places as P;
        match self {
            Self::Proceed => said(Doing, P::ALL, "proceed", "go on", "Do the next sensible thing on this step: verify it, sign it, or go on to the next"),
            Self::Verify => said(Doing, P::STEP, "verify", "verify", "Run the checks of this step"),
            Self::VerifySection => said(Doing, P::STEP, "verify-section", "verify section", "Run all checks of this section"),
            Self::Cancel => said(Doing, P::STEP, "cancel", "cancel", "Stop the checks that run"),
            Self::Sign => said(Doing, P::STEP, "sign", "sign", "Sign this step; at a roll call, say go, hold or no-go"),
            Self::Lift => said(Doing, P::STEP, "lift", "lift hold", "Lift a hold, for a reason, in your name"),
            Self::CallRollback => said(Doing, P::ROLLBACK, "call-rollback", "call it", "Call the rollback, from its card, for a reason, in your name"),
            Self::Note => said(Doing, P::STEP, "note", "note", "Write a note on this step"),
            Self::Waive => said(Doing, P::STEP, "waive", "waive", "Go on without this step, for a reason, in your name"),
            Self::Skip => said(Doing, P::STEP, "not-applicable", "n/a", "Say that this step does not apply to this merchant"),
            Self::Reopen => said(Doing, P::STEP, "reopen", "reopen", "Make signatures, waiver and results of this step count no longer"),
            Self::Next => said(Moving, P::ALL, "next", "next", "Next step, or one line down"),
            Self::Previous => said(Moving, P::ALL, "previous", "previous", "Previous step, or one line up"),
            Self::NextSection => said(Moving, P::STEP, "next-section", "next section", "First step of the next section"),
            Self::PreviousSection => said(Moving, P::STEP, "previous-section", "previous section", "First step of this section or of the one before"),
            Self::First => said(Moving, P::ALL, "first", "first", "To the top"),
            Self::Last => said(Moving, P::ALL, "last", "last", "To the bottom"),
            Self::ToOpen => said(Moving, P::STEP, "to-open", "what is next", "To the step that is next in this launch"),
            Self::PageDown => said(Moving, P::ALL, "page-down", "scroll", "Scroll down"),
            Self::PageUp => said(Moving, P::ALL, "page-up", "scroll up", "Scroll up"),
            Self::Right => said(Moving, P::STEP, "right", "into the step", "Into the step, to scroll it; next step when presenting"),
            Self::Left => said(Moving, P::STEP, "left", "outline", "Back to the outline; previous step when presenting"),
            Self::Pane => said(Moving, P::PANES, "pane", "other pane", "Change between outline and step; next panel of the first week"),
            Self::Present => said(Looking, P::ALL, "present", "present", "This step alone, for the room"),
            Self::Overview => said(Looking, P::ALL, "overview", "overview", "Verdict, blockers, risks and all sections"),
            Self::Trail => said(Looking, P::ALL, "trail", "audit trail", "Everything that happened, by whom and when"),
            Self::Since => said(Looking, P::ALL, "since", "since you left", "What changed since you left"),
            Self::Rollback => said(Looking, P::ALL, "rollback", "rollback", "The way back: its steps, who owns it, where it stands"),
            Self::Week => said(Looking, P::ALL, "first-week", "first week", "The first week: deliveries, failed payments, subscriptions and errors, by your logs"),
            Self::Page => said(Looking, P::STEP, "page", "page alone", "The page that asks for a card, alone: its link and its QR code"),
            Self::Search => said(Looking, P::ALL, "search", "search", "Find a step"),
            Self::Palette => said(Looking, P::ALL, "palette", "commands", "Find a command"),
            Self::Help => said(Looking, P::ALL, "help", "help", "All keys"),
            Self::Back => said(Looking, P::ALL, "back", "back", "Back; close what is open"),
            Self::Signer => said(Session, P::ALL, "signer", "who signs", "Change who signs"),
            Self::Report => said(Session, P::ALL, "report", "report", "Write the report as Markdown next to golive.yaml"),
            Self::Copy => said(Session, P::ALL, "copy-head", "copy head", "Copy the journal's head, to be kept elsewhere"),
            Self::Theme => said(Session, P::ALL, "theme", "theme", "Next theme: dark, light, high contrast, mono"),
            Self::Glyphs => said(Session, P::ALL, "glyphs", "glyphs", "Symbols or plain ASCII"),
            Self::Mouse => said(Session, P::ALL, "mouse", "mouse", "Mouse on or off (off leaves selecting text to the terminal)"),
            Self::Repaint => said(Session, P::ALL, "repaint", "repaint", "Draw the screen anew"),
            Self::Suspend => said(Session, P::ALL, "suspend", "suspend", "Leave to the shell; fg comes back"),
            Self::Demo => said(Session, P::ALL, "demo", "demo", "In `golive demo`: pay pages, step the clock, switch faults"),
            Self::Earlier => said(Watching, P::WEEK, "earlier", "earlier", "Move the time range back"),
            Self::Later => said(Watching, P::WEEK, "later", "later", "Move the time range forward"),
            Self::Live => said(Watching, P::WEEK, "live", "live", "The time range moves on with the clock again"),
            Self::ZoomIn => said(Watching, P::WEEK, "zoom-in", "zoom in", "Less time, in finer steps"),
            Self::ZoomOut => said(Watching, P::WEEK, "zoom-out", "zoom out", "More time, in coarser steps"),
            Self::Support => said(Watching, P::WEEK, "support-text", "support text", "A text for MintCash's support about what is selected: ids and times, no personal data"),
            Self::Quit => said(Session, P::ALL, "quit", "quit", "Leave; everything recorded is kept"),
        }
    }

    /// The name in configuration and palette, `verify-section`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.said().id
    }

    /// The name in the footer, one or two words.
    #[must_use]
    pub fn short(self) -> &'static str {
        self.said().short
    }

    /// What it does, one sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.said().about
    }

    /// Its group.
    #[must_use]
    pub fn group(self) -> Group {
        self.said().group
    }

    /// The views in which it is valid.
    #[must_use]
    pub fn places(self) -> Places {
        self.said().places
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_action_is_listed_once_under_its_own_name() {
        let ids: HashSet<_> = Action::ALL.iter().map(|action| action.id()).collect();
        assert_eq!(ids.len(), Action::ALL.len());
        // The last variant's number tells how many there are.
        assert_eq!(Action::Quit as usize + 1, Action::ALL.len());
    }
}
