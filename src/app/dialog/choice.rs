//! A question with a button for yes and one for no; no has the cursor when it opens.

use crokey::KeyCombination;

use crate::app::dialog::Asked;
use crate::app::dialog::form::{Form, FormKey};
use crate::runbook::model::StepId;

/// The questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Leave although something is under way.
    Quit {
        /// The steps whose checks run.
        running: Vec<StepId>,
        /// Whether something waits for the disk.
        saving: bool,
    },
    /// Let the runbook's commands run.
    Trust {
        /// The steps that are to be verified.
        steps: Vec<StepId>,
        /// The commands of those steps, as they would run.
        commands: Vec<String>,
        /// The runbook's digest, short.
        runbook: String,
    },
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is asked.
    pub question: Question,
    /// The buttons.
    pub form: Form,
    /// Why the answer was refused.
    pub error: Option<String>,
}

impl Choice {
    /// The dialog for a question.
    #[must_use]
    pub fn new(question: Question) -> Self {
        let go = match question {
            Question::Quit { .. } => "Stop and leave",
            Question::Trust { .. } => "Let them run",
        };
        let mut form = Form::new(go, Vec::new());
        form.focus = 1;
        Self { question, form, error: None }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        match self.form.key(key) {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => match &self.question {
                Question::Quit { .. } => Asked::Quit,
                Question::Trust { steps, .. } => Asked::Trust { steps: steps.clone() },
            },
        }
    }
}
