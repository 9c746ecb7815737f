//! Proves a journal's chain, for `golive journal verify` and for reports.

use std::fmt;
use std::path::Path;

use crate::journal::Head;
use crate::journal::chain::{End, scan};
use crate::journal::error::JournalError;
use crate::journal::evidence::Store;
use crate::journal::format::Record;
use crate::launch::event::Event;
use crate::text;

/// What a chain proves and what it can not, in words for the person who reads a verification.
pub const WHAT_IT_PROVES: &str = "\
The chain shows that no record before the head was edited, reordered or removed from the middle. \
It does not show that nothing was cut off after the head, nor that the whole file was not written \
anew by somebody who could write it, nor that a name is that of the person. Against that, keep the \
head elsewhere (a ticket, a report, a commit) and give it back with --expect-head.";

/// The fewest digits of a hash that say which record is meant.
const ENOUGH_DIGITS: usize = 12;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// The last record that can be trusted.
    pub head: Head,
    /// The journal's random id; none in an empty file.
    pub journal: Option<String>,
    /// The launch's name; none in an empty file.
    pub launch: Option<String>,
    /// The record that was expected, when it is there.
    pub expected_at: Option<u64>,
    /// How many records are of a kind that this version does not know.
    pub unknown: u64,
    /// What is wrong, one sentence each; empty when all is as it should be.
    pub problems: Vec<String>,
}

impl VerifyReport {
    /// Whether everything that was asked for is so.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many records can be trusted.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.head.seq
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |text: &Option<String>| text::visible(text.as_deref().unwrap_or("-"), 200);
        writeln!(out, "launch   {}", name(&self.launch))?;
        writeln!(out, "journal  {}", name(&self.journal))?;
        writeln!(out, "records  {}", self.records())?;
        writeln!(out, "head     {}", self.head.hash)?;
        if let Some(seq) = self.expected_at {
            let after = self.records().saturating_sub(seq);
            writeln!(out, "expected head is record {seq}; {after} came after it")?;
        }
        if self.unknown > 0 {
            writeln!(out, "{} records are of kinds that a newer golive knows", self.unknown)?;
        }
        for problem in &self.problems {
            writeln!(out, "PROBLEM  {problem}")?;
        }
        let verdict = if self.is_sound() { "The chain is whole." } else { "NOT whole." };
        write!(out, "{verdict} {WHAT_IT_PROVES}")
    }
}

/// Reads a whole journal and proves its chain; changes nothing. With `expect_head` (a record's
/// hash, or at least its first twelve digits) it also fails unless that record is there.
///
/// # Errors
/// When the file can not be read at all.
pub fn verify(path: &Path, expect_head: Option<&str>) -> Result<VerifyReport, JournalError> {
    let found = std::fs::metadata(path).map_err(JournalError::io(path))?;
    if !found.is_file() {
        return Err(JournalError::NotAFile { path: path.to_owned() });
    }
    let bytes = std::fs::read(path).map_err(JournalError::io(path))?;
    let found = scan(&bytes, &Head::empty(), &Store::beside(path));
    let mut report = VerifyReport {
        head: Head::empty(),
        journal: None,
        launch: None,
        expected_at: None,
        unknown: 0,
        problems: Vec::new(),
    };
    for record in &found.records {
        take_in(&mut report, record);
    }
    match &found.end {
        End::Clean if found.records.is_empty() => {
            report
                .problems
                .push("it is empty: nothing was ever recorded, or all of it is gone".into());
        }
        End::Clean => {}
        End::Torn { bytes } => report.problems.push(format!(
            "a write was interrupted: {bytes} bytes after record {} are no whole record. Nothing \
             that was shown as saved is in them; the next record puts them aside",
            report.records()
        )),
        End::Damaged { line, problem } => report.problems.push(format!(
            "line {line} can not be trusted: {problem}. What follows it was not looked at"
        )),
        End::Newer { line, version } => report.problems.push(format!(
            "line {line} is in format {version}: a newer golive has to verify it and what follows"
        )),
    }
    if let Some(expected) = expect_head {
        expect(&mut report, expected, &found.records);
    }
    Ok(report)
}

fn take_in(report: &mut VerifyReport, record: &Record) {
    let entry = &record.entry;
    report.head = Head { seq: entry.seq, hash: entry.hash.clone() };
    if let Event::JournalOpened { journal, launch, .. } = &entry.event {
        report.journal = Some(journal.clone());
        report.launch = Some(launch.clone());
    }
    if !record.is_understood() {
        report.unknown += 1;
    }
    for file in &record.missing {
        report.problems.push(format!(
            "record {}: its evidence {file} is missing or is not what it was",
            entry.seq
        ));
    }
}

fn expect(report: &mut VerifyReport, expected: &str, records: &[Record]) {
    let digits = expected.trim().to_ascii_lowercase();
    if digits.len() < ENOUGH_DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        report.problems.push(format!(
            "`{}` is no head: at least the first {ENOUGH_DIGITS} of its 64 hex digits are needed",
            text::visible(expected, 80)
        ));
        return;
    }
    report.expected_at = records
        .iter()
        .map(|record| &record.entry)
        .find(|entry| entry.hash.starts_with(&digits))
        .map(|entry| entry.seq);
    if report.expected_at.is_none() {
        report.problems.push(format!(
            "the expected head {digits} is not in it: records were cut off, or it is another journal"
        ));
    }
}
