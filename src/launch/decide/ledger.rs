//! Commands about the launch as a whole: its journal, its runbook, hosts that may be probed.

use crate::launch::decide::{Case, Refusal};
use crate::launch::event::Event;
use crate::text::visible;

impl Case<'_> {
    /// Opens a journal; one that is open already stays as it is.
    pub(super) fn open(&self, journal: &str, launch: &str, program: &str) -> Vec<Event> {
        if self.launch.journal_id().is_some() {
            return Vec::new();
        }
        vec![Event::JournalOpened {
            journal: journal.to_owned(),
            launch: launch.to_owned(),
            program: program.to_owned(),
        }]
    }

    /// Pins the loaded runbook unless it is the one pinned last.
    pub(super) fn pin(&self) -> Vec<Event> {
        let runbook = self.launch.runbook();
        if self.launch.pinned() == Some(&runbook.digest) {
            return Vec::new();
        }
        let steps = runbook.steps().map(|step| (step.id.clone(), step.digest.clone())).collect();
        vec![Event::RunbookPinned { id: runbook.id.clone(), digest: runbook.digest.clone(), steps }]
    }

    /// Trusts the commands of the loaded runbook.
    pub(super) fn trust(&self) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        if self.launch.is_trusted() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::RunbookTrusted { digest: self.launch.runbook().digest.clone() }])
    }

    /// Arms a host; every arming is recorded, also of one that was armed before.
    pub(super) fn arm(&self, host: &str) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let shown = visible(host, 255);
        if host.is_empty() || shown != host || host.chars().any(char::is_whitespace) {
            return Err(Refusal::new(
                format!("`{shown}` is not a host."),
                "Type the host as it stands in the URL, for example pay.example.com.",
            ));
        }
        Ok(vec![Event::HostArmed { host: host.to_owned() }])
    }
}
