//! Going on without a step, taking things back, notes.

use std::io::{BufRead, Write};

use crate::launch::decide::Command;
use crate::plain::talk::Ended;
use crate::plain::walk::{Here, Walk};
use crate::runtime::workspace::lock;
use crate::time::Timestamp;

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Goes on without the step at hand, in the operator's name.
    pub(super) fn waive(&mut self, here: &Here) -> Result<(), Ended> {
        let step = here.step.id.clone();
        self.talk.say(format!("You take responsibility for going on without {step}."))?;
        let Some(reason) = self.ask_reason("Why can the launch go on without it?")? else {
            return Ok(());
        };
        let now = lock(&self.workspace).clock().now();
        let expires = loop {
            let answer = self.talk.ask("Until when? (2026-12-24, 12h, 3 days; Enter: no end)")?;
            if answer.is_empty() {
                break None;
            }
            match Timestamp::read_end(&answer, now) {
                Ok(moment) => break Some(moment),
                Err(says) => self.talk.say(says)?,
            }
        };
        let said = format!("{step} waived");
        self.record(&Command::Waive { step, reason, expires }, &said).map(drop)
    }

    /// Marks the step at hand as not applicable.
    pub(super) fn skip(&mut self, here: &Here) -> Result<(), Ended> {
        let Some(reason) = self.ask_reason("Why does it not apply?")? else { return Ok(()) };
        let step = here.step.id.clone();
        let said = format!("{step} marked as not applicable");
        self.record(&Command::Skip { step, reason }, &said).map(drop)
    }

    /// Takes back everything that counts for the step at hand.
    pub(super) fn reopen(&mut self, here: &Here) -> Result<(), Ended> {
        let says = "Sign-offs, waiver and results of this step will no longer count.";
        self.talk.say(says)?;
        let Some(reason) = self.ask_reason("Why?")? else { return Ok(()) };
        let step = here.step.id.clone();
        let said = format!("{step} reopened");
        self.record(&Command::Reopen { step, reason }, &said).map(drop)
    }

    /// Writes a note on the step at hand.
    pub(super) fn note(&mut self, here: &Here) -> Result<(), Ended> {
        let text = self.talk.ask(&format!("Note on {} (Enter: none):", here.step.id))?;
        if text.is_empty() {
            return Ok(());
        }
        let step = here.step.id.clone();
        let said = format!("note on {step}");
        self.record(&Command::Note { step: Some(step), text }, &said).map(drop)
    }

    fn ask_reason(&mut self, question: &str) -> Result<Option<String>, Ended> {
        let reason = self.talk.ask(&format!("{question} (Enter: leave it)"))?;
        if reason.is_empty() {
            self.talk.say("Nothing was recorded.")?;
            return Ok(None);
        }
        Ok(Some(reason))
    }
}
