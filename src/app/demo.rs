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

impl DemoView {
    /// The names of the faults that are on.
    pub fn on(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.faults.iter().filter(|fault| fault.on).map(|fault| fault.name)
    }
}
