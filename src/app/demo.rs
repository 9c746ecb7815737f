//! The demo as the screen sees it: what is simulated, which pages wait for a card, which faults
//! there are. Pure data; `golive demo` alone has it.
//!
//! The panel asks with a [`DemoAct`], `runtime` has it done and answers with a [`DemoView`].

use crate::time::Timestamp;

/// What the panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoView {
    /// The page of the simulated MintCash.
    pub control: String,
    /// The folder with the shop's files.
    pub folder: String,
    /// What MintCash's clock says, which is stepped.
    pub clock: Timestamp,
    /// Hosted pages on which nobody has paid yet.
    pub pages: Vec<DemoPage>,
    /// Whether the first week has been let pass.
    pub week_has_passed: bool,
    /// Every fault.
    pub faults: Vec<DemoFault>,
}

/// A hosted page that waits for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPage {
    /// The id of the payment or subscription.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// How much, `4.99 USD`.
    pub amount: String,
    /// On which side of the simulation, `live` or `sandbox`.
    pub side: &'static str,
}

/// A fault, on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFault {
    /// Its name.
    pub name: &'static str,
    /// What is wrong, one sentence.
    pub about: &'static str,
    /// The step and the check that catch it.
    pub caught_by: String,
    /// Whether it is in the logs of the first week, and so seen only once that has passed.
    pub of_week: bool,
    /// Whether it is on.
    pub on: bool,
}

/// What the panel asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoAct {
    /// How it stands.
    Look,
    /// Pay a page with a card that works, or with one that is declined.
    Pay {
        /// The page.
        id: String,
        /// Whether the card works.
        works: bool,
    },
    /// Let a day pass at MintCash.
    Day,
    /// Let time pass at MintCash until the next thing is due.
    Next,
    /// Let the first week pass: lay down its logs.
    Week,
    /// Switch a fault.
    Switch {
        /// Its name.
        name: &'static str,
        /// On or off.
        on: bool,
    },
}

impl DemoFault {
    /// Where it is caught, in a few words.
    #[must_use]
    pub fn caught_in(&self) -> String {
        let week = if self.of_week { "first week, " } else { "" };
        format!("{week}{}", self.caught_by)
    }

    /// What is wrong, and what has to happen before it can be seen.
    #[must_use]
    pub fn says(&self, view: &DemoView) -> String {
        if self.of_week && !view.week_has_passed {
            format!("{} Let the first week pass to see it.", self.about)
        } else {
            self.about.to_owned()
        }
    }
}

impl DemoView {
    /// Whether this lays down the logs of the first week.
    #[must_use]
    pub fn lays_week(&self, act: &DemoAct) -> bool {
        let of_week = |name: &str| self.faults.iter().any(|it| it.name == name && it.of_week);
        match act {
            DemoAct::Week => true,
            DemoAct::Switch { name, .. } => self.week_has_passed && of_week(name),
            DemoAct::Look | DemoAct::Pay { .. } | DemoAct::Day | DemoAct::Next => false,
        }
    }

    /// The names of the faults that are on.
    pub fn on(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.faults.iter().filter(|fault| fault.on).map(|fault| fault.name)
    }
}
