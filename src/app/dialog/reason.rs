//! Waive, not applicable, reopen, note: what somebody does in words and in their own name.

use crokey::KeyCombination;

use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, Form, FormKey};
use crate::launch::decide::Command;
use crate::runbook::model::StepId;
use crate::time::Timestamp;

const NAME: &str = "Your name";
const REASON: &str = "Reason";
const UNTIL: &str = "Until";
const NOTE: &str = "Note";

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// Go on without the step.
    Waive,
    /// It does not apply.
    Skip,
    /// What was signed counts no longer.
    Reopen,
    /// A note.
    Note,
    /// The rollback is called.
    Rollback,
}

impl ReasonKind {
    /// The title of the dialog.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Waive => "Waive",
            Self::Skip => "Not applicable",
            Self::Reopen => "Reopen",
            Self::Note => "Note",
            Self::Rollback => "Call the rollback",
        }
    }

    /// What will happen, in one or two sentences.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Waive => {
                "The launch goes on without this step. The verdict names the risk, your reason and \
                 your name until it is done or the waiver ends."
            }
            Self::Skip => {
                "The step no longer counts for this merchant. Your reason and your name stand in \
                 the report."
            }
            Self::Reopen => {
                "Signatures, waiver and results of this step count no longer. They stay in the \
                 audit trail."
            }
            Self::Rollback => {
                "This records that the rollback is called, by you and why; the verdict becomes \
                 NO-GO. Its steps are done by people: begin with the first one."
            }
            Self::Note => "The note stays with the step and stands in the report.",
        }
    }
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Reason {
    /// Which.
    pub kind: ReasonKind,
    /// The step.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// The fields.
    pub form: Form,
    now: Timestamp,
}

impl Reason {
    /// The dialog for a step; `signer` is filled in, `offers` complete another name.
    #[must_use]
    pub fn new(
        kind: ReasonKind,
        (step, title): (&StepId, &str),
        signer: Option<&str>,
        offers: Vec<String>,
        now: Timestamp,
    ) -> Self {
        let name = Field::words(NAME, "who says so", true).offering(offers);
        let name = name.filled(signer.unwrap_or_default());
        let (go, mut fields) = match kind {
            ReasonKind::Waive => (
                "Waive",
                vec![
                    Field::words(REASON, "why it is safe to go on without it", true),
                    Field::words(UNTIL, "optional: 7 days, 12 h or 2026-12-24", false),
                ],
            ),
            ReasonKind::Skip => ("Mark", vec![Field::words(REASON, "why it does not apply", true)]),
            ReasonKind::Reopen => ("Reopen", vec![Field::words(REASON, "what happened", true)]),
            ReasonKind::Rollback => ("Call it", vec![Field::words(REASON, "what happened", true)]),
            ReasonKind::Note => ("Keep", vec![Field::words(NOTE, "what is worth knowing", true)]),
        };
        fields.push(name);
        let (step, title) = (step.clone(), title.to_owned());
        Self { kind, step, title, form: Form::new(go, fields), now }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        match self.form.key(key) {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => match self.command() {
                Ok(command) => {
                    let by = self.form.value(NAME).to_owned();
                    Asked::Record { by, command: Box::new(command) }
                }
                Err(problem) => {
                    self.form.error = Some(problem);
                    Asked::Stay
                }
            },
        }
    }

    fn command(&self) -> Result<Command, String> {
        let step = self.step.clone();
        let reason = self.form.value(REASON).to_owned();
        Ok(match self.kind {
            ReasonKind::Waive => {
                let expires = until(self.form.value(UNTIL), self.now)?;
                Command::Waive { step, reason, expires }
            }
            ReasonKind::Skip => Command::Skip { step, reason },
            ReasonKind::Reopen => Command::Reopen { step, reason },
            ReasonKind::Rollback => Command::CallRollback { step, reason },
            ReasonKind::Note => {
                Command::Note { step: Some(step), text: self.form.value(NOTE).to_owned() }
            }
        })
    }
}

/// Reads when a waiver ends: nothing, a span (`7 days`, `12h`) or a date, which ends with its day.
fn until(text: &str, now: Timestamp) -> Result<Option<Timestamp>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let problem = || format!("`{text}` is no date or span. Write 7 days, 12 h or 2026-12-24.");
    let moment = match span(text) {
        Some(span) => now.plus(span),
        None => Timestamp::parse(&format!("{text}T23:59:59Z"))
            .or_else(|_| Timestamp::parse(text))
            .map_err(|_| problem())?,
    };
    if moment <= now {
        return Err(format!("{} has passed already.", moment.minute()));
    }
    Ok(Some(moment))
}

fn span(text: &str) -> Option<std::time::Duration> {
    let digits = text.find(|ch: char| !ch.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    Some(std::time::Duration::from_secs(number.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_ends_after_a_span_or_with_a_day() {
        let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap();
        let said = |text| until(text, now).map(|moment| moment.map(|moment| moment.to_string()));
        assert_eq!(said(""), Ok(None));
        assert_eq!(said("7 days"), Ok(Some("2026-11-30T18:00:00.000Z".into())));
        assert_eq!(said("12h"), Ok(Some("2026-11-24T06:00:00.000Z".into())));
        assert_eq!(said("2026-12-24"), Ok(Some("2026-12-24T23:59:59.000Z".into())));
        assert!(said("2026-01-01").unwrap_err().contains("has passed"));
        assert!(said("soon").unwrap_err().contains("no date or span"));
    }
}
