//! From calls to findings, evidence and an outcome.
//!
//! Called by the check `external-id-calls`. The rule it keeps: it says what stands in the code, not
//! what runs. One call that surely sends no id fails the check, one that can not be told leaves it
//! unknown, and no call at all is unknown too.

use serde_json::{Map, Value, json};

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::digest::Digest;
use crate::scan::calls::{CallSite, CallSites, Sends, Whose, Worry};
use crate::scan::compare::Spotted;
use crate::scan::syntax::NoTree;

/// At most so many findings of one kind.
const MOST: usize = 40;

/// Makes the report.
#[must_use]
pub fn report(found: &CallSites) -> CheckReport {
    let judged = Judged { found };
    let (outcome, summary) = judged.verdict();
    let mut report = CheckReport::new(outcome, summary);
    report.findings = judged.findings();
    report.evidence = judged.evidence();
    if !found.digests.is_empty() {
        let all: String =
            found.digests.iter().map(|(file, digest)| format!("{file} {digest}\n")).collect();
        report = report.fact("code that calls MintCash", Digest::of(all.as_bytes()).as_str());
    }
    report
}

struct Judged<'a> {
    found: &'a CallSites,
}

impl Judged<'_> {
    fn of(&self, whose: Whose) -> impl Iterator<Item = &CallSite> {
        self.found.found.iter().filter(move |site| site.whose == whose)
    }

    fn verdict(&self) -> (Outcome, String) {
        let own: Vec<&CallSite> = self.of(Whose::MintCash).collect();
        let lacking: Vec<_> =
            own.iter().filter(|it| matches!(it.sends, Sends::No { .. })).collect();
        let unclear: Vec<_> =
            own.iter().filter(|it| matches!(it.sends, Sends::Unclear(_))).collect();
        if let Some(first) = lacking.first() {
            let more = and_more(lacking.len() - 1);
            let call = first.endpoint.words();
            let summary = format!("{call} at {} sends no externalId{more}", place(&first.at));
            return (Outcome::Fail, summary);
        }
        if self.found.stopped {
            return (Outcome::Unknown, "it was stopped before its end".to_owned());
        }
        if let Some(first) = unclear.first()
            && let Sends::Unclear(why) = &first.sends
        {
            let call = first.endpoint.words();
            let more = and_more(unclear.len() - 1);
            let summary = format!(
                "whether {call} at {} sends an externalId could not be told: {why}{more}",
                place(&first.at)
            );
            return (Outcome::Unknown, summary);
        }
        if let Some(why) = self.unseen() {
            return (Outcome::Unknown, why);
        }
        match own.len() {
            0 => (Outcome::Unknown, self.nothing()),
            1 => (
                Outcome::Pass,
                format!("the one call that was found sends an externalId, in {}", self.read()),
            ),
            all => (
                Outcome::Pass,
                format!("all {all} calls that were found send an externalId, in {}", self.read()),
            ),
        }
    }

    /// What could hold a call and was not read.
    fn unseen(&self) -> Option<String> {
        let large = NoTree::TooLarge.to_string();
        let unread: Vec<_> =
            self.found.unread.iter().filter(|unread| unread.why != large).collect();
        let first = unread.first()?;
        let more = and_more(unread.len() - 1);
        Some(format!("{} could not be read: {}{more}", first.what, first.why))
    }

    /// Why there is nothing to judge.
    fn nothing(&self) -> String {
        let read = self.read();
        let perhaps = self.of(Whose::Perhaps).count();
        if let Some(first) = self.of(Whose::Perhaps).next() {
            let more = and_more(perhaps - 1);
            return format!(
                "{} is called at {}, and nothing there says that it is MintCash's{more}, in {read}",
                first.endpoint.words(),
                place(&first.at)
            );
        }
        if self.of(Whose::Other).next().is_some() {
            return format!("only calls of other hosts were found, none of MintCash's, in {read}");
        }
        if let Some(first) = self.found.naming.first() {
            return format!(
                "no call that creates something was found, though {first} names MintCash; the \
                 calls may be in a library or built at run time, in {read}"
            );
        }
        format!(
            "no call that creates something was found, in {read}; they may be in another repository or a library"
        )
    }

    /// `12 files (10 TypeScript, 2 Python)`.
    fn read(&self) -> String {
        let total: u64 = self.found.files.values().sum();
        let files = if total == 1 { "1 file".to_owned() } else { format!("{total} files") };
        let by = self.found.files.iter();
        let by: Vec<_> = by.map(|(language, count)| format!("{count} {language}")).collect();
        let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
        let other: Vec<&str> = self.found.other.keys().copied().collect();
        let other = match other.is_empty() {
            true => String::new(),
            false => format!("; files in {} are not read", other.join(", ")),
        };
        format!("{files}{by}{other}")
    }

    fn findings(&self) -> Vec<Finding> {
        let own: Vec<&CallSite> = self.of(Whose::MintCash).collect();
        let mut findings: Vec<Finding> =
            own.iter().flat_map(|site| of_site(site)).take(MOST).collect();
        findings.extend(self.of(Whose::Perhaps).take(MOST).map(|site| {
            let message = format!(
                "This could be {} of MintCash; nothing here says whose API it is. It {}.",
                site.endpoint.words(),
                does(&site.sends)
            );
            located(Level::Info, message, &site.at).hint("Look whether it is.")
        }));
        findings.extend(self.found.unread.iter().take(MOST).map(|unread| {
            let message = format!("{} could not be read: {}.", unread.what, unread.why);
            Finding::new(Level::Advisory, message)
        }));
        findings.extend(self.found.broken.iter().take(MOST).map(|file| {
            Finding::new(Level::Info, format!("Parts of {file} could not be parsed."))
                .at(file.clone())
        }));
        findings.sort_by_key(|finding| match finding.level {
            Level::Blocking => 0,
            Level::Advisory => 1,
            Level::Info => 2,
        });
        let note = "Calls that a library makes, or that are built at run time, can not be seen \
                    here, nor which code is deployed.";
        findings.push(
            Finding::new(Level::Info, note).hint("Make sure that `source` has all code that pays."),
        );
        findings
    }

    fn evidence(&self) -> Map<String, Value> {
        let sites = self.found.found.iter().filter(|site| site.whose != Whose::Other).take(200);
        let sites = sites.map(|site| {
            json!({
                "file": site.at.file,
                "line": site.at.line,
                "language": site.at.language.name(),
                "call": site.endpoint.words(),
                "verdict": match &site.sends {
                    Sends::Yes { .. } => "sends",
                    Sends::No { .. } => "does not send",
                    Sends::Unclear(_) => "unknown",
                },
                "id": match &site.sends {
                    Sends::Yes { from, .. } => json!(from),
                    _ => Value::Null,
                },
                "why": match &site.sends {
                    Sends::Unclear(why) => json!(why),
                    _ => Value::Null,
                },
                "for": if site.whose == Whose::MintCash { "MintCash" } else { "not said" },
                "code": site.at.snippet,
            })
        });
        let mut evidence = Map::new();
        evidence.insert("calls".to_owned(), sites.collect());
        let others = self.of(Whose::Other).count();
        evidence.insert("calls_of_others".to_owned(), json!(others));
        evidence.insert("files_read".to_owned(), json!(self.found.files));
        evidence.insert("files_not_read".to_owned(), json!(self.found.other));
        evidence.insert("left_out".to_owned(), json!(self.found.skipped));
        evidence
    }
}

/// What there is to say of a call.
fn of_site(site: &CallSite) -> Vec<Finding> {
    let call = site.endpoint.words();
    let mut findings = Vec::new();
    match &site.sends {
        Sends::No { alike, body } => {
            let mut message = match body {
                true => format!("{call} is sent without an externalId at the top of its body."),
                false => format!("{call} is sent without a body, so without an externalId."),
            };
            message.push_str(
                " When its answer gets lost, nobody can ask again without creating a second one.",
            );
            if let Some(alike) = alike {
                message.push_str(&format!(" `{alike}` is not it."));
            }
            if site.header {
                message.push_str(" MintCash has no header for it.");
            }
            findings.push(located(Level::Blocking, message, &site.at).hint(
                "Make an id before the first try, store it with the order, and send it as \
                 externalId with every try.",
            ));
        }
        Sends::Unclear(why) => {
            let message = format!("Whether {call} sends an externalId could not be told: {why}.");
            let hint = "Read it, and sign for it.";
            findings.push(located(Level::Advisory, message, &site.at).hint(hint));
        }
        Sends::Yes { from, worries } => {
            findings.extend(worries.iter().map(|worry| {
                let (says, hint) = words(*worry);
                located(
                    Level::Advisory,
                    format!("{call} takes its externalId from `{from}`. {says}"),
                    &site.at,
                )
                .hint(hint)
            }));
        }
    }
    findings
}

/// What a worry means, and what to do.
fn words(worry: Worry) -> (&'static str, &'static str) {
    match worry {
        Worry::Customer => (
            "It seems to be the customer's id alone: the second order gets the first one's payment, or 409.",
            "Take the id of the order, with a beginning that says what it is for.",
        ),
        Worry::Timestamp => (
            "The time of the call is in it: a second try gets another id and can charge again, and \
             two orders at the same moment can share one.",
            "Take the id of the order, or make an id once and store it with the order.",
        ),
        Worry::Constant => (
            "It is the same for every call: only the first creates something.",
            "Take the id of the order.",
        ),
        Worry::EveryTry => (
            "It is made anew on every try: each try can charge.",
            "Make it before the loop, or outside of the function that is tried again.",
        ),
        Worry::NotKept => (
            "It is made where it is sent, and nothing here shows that it is stored: after a crash \
             nobody knows it.",
            "Look whether it is stored with the order before the request is sent, and used again \
             when it is tried again.",
        ),
    }
}

fn does(sends: &Sends) -> String {
    match sends {
        Sends::Yes { .. } => "sends an externalId".to_owned(),
        Sends::No { .. } => "sends no externalId".to_owned(),
        Sends::Unclear(why) => format!("could not be told: {why}"),
    }
}

fn located(level: Level, message: String, at: &Spotted) -> Finding {
    let mut finding = Finding::new(level, message).at(format!("{}: {}", place(at), at.snippet));
    finding.file = Some(at.file.clone());
    finding.line = Some(u64::from(at.line));
    finding
}

fn place(at: &Spotted) -> String {
    format!("{}:{}", at.file, at.line)
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(", and {more} more") }
}
