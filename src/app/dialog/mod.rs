//! Dialogs: what is asked, what has been typed, what the answer means.
//!
//! They lie on a stack; the one on top has the keys. Each takes a key and says what it [`Asked`]
//! for; `app::update::dialog` does it. A dialog that leads to something outward or final never has
//! its confirming button under the cursor when it opens, takes no paste where typing is the
//! confirmation, and so can not be triggered by keys that were meant for something else.

pub mod arm;
pub mod call;
pub mod choice;
pub mod demo;
pub mod finder;
pub mod form;
pub mod lift;
pub mod masked;
pub mod page;
pub mod reading;
pub mod reason;
pub mod sign;
pub mod signer;
pub mod spend;

use crokey::KeyCombination;

use crate::app::demo::DemoAct;
use crate::app::work::{Permit, Then};
use crate::keys::Action;
use crate::launch::decide::Command;
use crate::runbook::model::{InputName, StepId};
use crate::secrets::Secret;

pub use arm::Arm;
pub use call::Call;
pub use choice::{Choice, Question};
pub use demo::{Panel, PanelRow};
pub use finder::{Finder, Found};
pub use form::{Field, FieldKind, Form, FormKey};
pub use lift::Lift;
pub use masked::SecretPrompt;
pub use page::PageAlone;
pub use reading::{Reading, Subject};
pub use reason::{Reason, ReasonKind};
pub use sign::Sign;
pub use signer::Signer;
pub use spend::Spending;

/// A dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Sign a step.
    Sign(Box<Sign>),
    /// Say go, hold or no-go.
    Call(Box<Call>),
    /// Lift a hold.
    Lift(Box<Lift>),
    /// Waive, mark as not applicable, reopen, note: things that need words.
    Reason(Box<Reason>),
    /// Who signs.
    Signer(Signer),
    /// What would be sent, and to which host; typed to allow it.
    Arm(Box<Arm>),
    /// What real money is about to move; typed to allow it.
    Spend(Box<Spending>),
    /// A page that somebody has to open, alone on the screen.
    Page(PageAlone),
    /// A question with one button for yes and one for no.
    Choice(Choice),
    /// A secret to be typed.
    Secret(SecretPrompt),
    /// Find a step or a command.
    Finder(Finder),
    /// The demo's panel.
    Demo(Box<Panel>),
    /// Something to read: help, since you left, a problem.
    Reading(Reading),
}

/// What a dialog asks `update` to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Nothing, or nothing but to be drawn again.
    Stay,
    /// To be closed.
    Close,
    /// To record something; it is kept until the disk has answered.
    Record {
        /// In whose name.
        by: String,
        /// What.
        command: Box<Command>,
    },
    /// That this person signs from now on.
    BeSigner {
        /// The name.
        name: String,
        /// What to go on with.
        then: Option<Then>,
    },
    /// That checks run with what has been allowed, once nothing is left to be asked.
    Verify(Box<Permit>),
    /// That the runbook's commands may run, and then the checks of these steps.
    Trust {
        /// The steps.
        steps: Vec<StepId>,
    },
    /// That a secret be kept.
    Answer {
        /// For which input.
        input: InputName,
        /// The secret.
        secret: Secret,
    },
    /// To put a text on the clipboard: what it is called, and the text.
    Copy(&'static str, String),
    /// To search anew: what was typed has changed.
    Search,
    /// To go to a step.
    GoTo(usize),
    /// To do what a key would.
    Do(Action),
    /// That something be done with the demo.
    Demo(DemoAct),
    /// To leave.
    Quit,
}

impl Dialog {
    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        match self {
            Self::Sign(dialog) => dialog.key(key),
            Self::Call(dialog) => dialog.key(key),
            Self::Lift(dialog) => dialog.key(key),
            Self::Reason(dialog) => dialog.key(key),
            Self::Signer(dialog) => dialog.key(key),
            Self::Arm(dialog) => dialog.key(key),
            Self::Spend(dialog) => dialog.key(key),
            Self::Page(dialog) => dialog.key(key),
            Self::Choice(dialog) => dialog.key(key),
            Self::Secret(dialog) => dialog.key(key),
            Self::Finder(dialog) => dialog.key(key),
            Self::Demo(dialog) => dialog.key(key),
            Self::Reading(dialog) => dialog.key(key),
        }
    }

    /// Takes pasted text: it goes where text is typed and never confirms anything.
    pub fn paste(&mut self, text: &str) -> Asked {
        match self {
            Self::Sign(dialog) => dialog.form.paste(text),
            Self::Call(dialog) => dialog.paste(text),
            Self::Lift(dialog) => dialog.form.paste(text),
            Self::Reason(dialog) => dialog.form.paste(text),
            Self::Signer(dialog) => dialog.form.paste(text),
            Self::Arm(dialog) => dialog.form.paste(text),
            Self::Spend(dialog) => dialog.paste(),
            Self::Secret(dialog) => dialog.paste(text),
            Self::Finder(dialog) => return dialog.paste(text),
            Self::Demo(dialog) => return dialog.paste(text),
            Self::Choice(_) | Self::Reading(_) | Self::Page(_) => {}
        }
        Asked::Stay
    }

    /// Shows why what it asked for was refused.
    pub fn refuse(&mut self, why: String) {
        match self {
            Self::Sign(dialog) => dialog.refuse(why),
            Self::Call(dialog) => dialog.form.error = Some(why),
            Self::Lift(dialog) => dialog.form.error = Some(why),
            Self::Reason(dialog) => dialog.form.error = Some(why),
            Self::Signer(dialog) => dialog.form.error = Some(why),
            Self::Arm(dialog) => dialog.form.error = Some(why),
            Self::Spend(dialog) => dialog.form.error = Some(why),
            Self::Choice(dialog) => dialog.error = Some(why),
            Self::Secret(dialog) => dialog.error = Some(why),
            Self::Demo(dialog) => dialog.error = Some(why),
            Self::Finder(_) | Self::Reading(_) | Self::Page(_) => {}
        }
    }
}
