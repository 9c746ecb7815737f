//! What a check about events has found out so far, and the report that it makes.
//!
//! The rule it keeps: *pass* is said only by a check that says what it has seen and has no open
//! question; whatever ends a run early leaves one.

use serde_json::{Map, Value};

use crate::checks::webhook::sender::{Sender, Stop};
use crate::checks::webhook::site::Site;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::secrets::Secret;

/// Findings, open questions and evidence.
#[derive(Debug, Default)]
pub struct Case {
    causes: Vec<(&'static str, Finding)>,
    remarks: Vec<Finding>,
    open: Vec<String>,
    passed: Option<String>,
    evidence: Map<String, Value>,
}

impl Case {
    /// Adds a finding with its word for programs, once.
    pub fn found(&mut self, word: &'static str, finding: Finding) {
        if !self.causes.iter().any(|(known, _)| *known == word) {
            self.causes.push((word, finding));
        }
    }

    /// Adds a finding without a word.
    pub fn remark(&mut self, finding: Finding) {
        self.remarks.push(finding);
    }

    /// Says why not everything could be found out, in a sentence that stands alone. The first one
    /// is the summary.
    pub fn open(&mut self, why: impl Into<String>) {
        self.open.push(why.into());
    }

    /// The secret to sign with; where no signed event may be sent, that is said.
    pub fn signing<'s>(&mut self, site: &'s Site) -> Option<&'s Secret> {
        let held_back = |why: Box<Finding>| {
            self.open(format!("Nothing was sent: {}", why.message));
            self.remark(*why);
        };
        site.signing().map_err(held_back).ok()
    }

    /// Says what was seen, for the summary of a pass.
    pub fn passed(&mut self, what: impl Into<String>) {
        self.passed = Some(what.into());
    }

    /// Adds a piece of evidence.
    pub fn evidence(&mut self, name: &str, value: impl Into<Value>) {
        self.evidence.insert(name.to_owned(), value.into());
    }

    /// Whether something was found under this word.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.causes.iter().any(|(known, _)| *known == word)
    }

    /// Drops what was found under this word.
    pub fn forget(&mut self, word: &str) {
        self.causes.retain(|(known, _)| *known != word);
    }

    /// Takes over what another case has found.
    pub fn merge(&mut self, other: Self) {
        for (word, finding) in other.causes {
            self.found(word, finding);
        }
        self.remarks.extend(other.remarks);
        self.open.extend(other.open);
        self.evidence.extend(other.evidence);
    }

    /// Whether nothing was found that could be better.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.causes.iter().all(|(_, finding)| finding.level == Level::Info)
    }

    /// Whether something was found that makes the check fail.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.causes.iter().any(|(_, finding)| finding.level == Level::Blocking)
    }

    /// The report.
    #[must_use]
    pub fn report(mut self, sender: &Sender<'_>, ended: Result<(), Stop>) -> CheckReport {
        match ended {
            Ok(()) => {}
            Err(Stop::Cancelled) => return CheckReport::unknown("Cancelled."),
            Err(Stop::Spent) => self.open("The run's budget of requests is spent."),
            Err(Stop::Unreachable(why)) => self.open(why),
            Err(Stop::Distrusted(finding)) => {
                self.open(finding.message.clone());
                self.remark(*finding);
            }
            Err(Stop::NoCount(why)) => {
                self.open(why.to_string());
                self.remark(Finding::new(Level::Info, why.to_string()).hint(why.hint()));
            }
        }
        self.causes.sort_by_key(|(_, finding)| weight(finding));
        let (outcome, summary) = self.verdict();
        let words: Vec<Value> = self.causes.iter().map(|(word, _)| (*word).into()).collect();
        let site = sender.site();
        let mut report = CheckReport::new(outcome, summary)
            .evidence("url", site.wire.target().shown())
            .evidence("address", sender.address().ip().to_string())
            .evidence("run", site.id.clone())
            .evidence("armed", site.armed)
            .evidence("probes", sender.log())
            .evidence("causes", words);
        report.evidence.extend(self.evidence);
        report.findings = self.causes.into_iter().map(|(_, finding)| finding).collect();
        report.findings.extend(self.remarks);
        report.findings.sort_by_key(weight);
        report
    }

    fn verdict(&self) -> (Outcome, String) {
        let mut blocking = self.causes.iter().filter(|(_, it)| it.level == Level::Blocking);
        if let Some((_, first)) = blocking.next() {
            let more = match blocking.count() {
                0 => String::new(),
                1 => " One more finding.".into(),
                more => format!(" {more} more findings."),
            };
            return (Outcome::Fail, format!("{}{more}", first_sentence(&first.message)));
        }
        match (self.open.first(), &self.passed) {
            (Some(why), _) => (Outcome::Unknown, why.clone()),
            (None, Some(what)) => (Outcome::Pass, what.clone()),
            (None, None) => (Outcome::Unknown, "Nothing was looked at.".into()),
        }
    }
}

/// Where a finding stands: what weighs most comes first.
fn weight(finding: &Finding) -> u8 {
    match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    }
}

fn first_sentence(text: &str) -> String {
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text.to_owned(),
    }
}
