//! From comparisons to findings, evidence and an outcome.
//!
//! Called by the check `constant-time`. The rule it keeps: it never says more than that the
//! comparison on this line takes constant time. Which code is deployed it can not see, and it says
//! so.

use serde_json::{Map, Value, json};

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::digest::Digest;
use crate::scan::compare::{Comparison, Comparisons, Concern, Loose, Manner, Spotted};
use crate::scan::syntax::{Language, NoTree};

/// At most so many findings of one kind.
const MOST: usize = 40;

/// Makes the report. `named` says that the merchant said where the handler is, so that all code
/// there is about the webhook.
#[must_use]
pub fn report(found: &Comparisons, named: bool) -> CheckReport {
    let judged = Judged { found, named };
    let (outcome, summary) = judged.verdict();
    let mut report = CheckReport::new(outcome, summary);
    report.findings = judged.findings();
    report.evidence = judged.evidence();
    if !found.digests.is_empty() {
        let all: String =
            found.digests.iter().map(|(file, digest)| format!("{file} {digest}\n")).collect();
        report = report.fact("code that compares signatures", Digest::of(all.as_bytes()).as_str());
    }
    report
}

struct Judged<'a> {
    found: &'a Comparisons,
    named: bool,
}

impl Judged<'_> {
    /// Whose a comparison is, given where the merchant said to look.
    fn concern(&self, concern: Concern) -> Concern {
        match concern {
            Concern::Other if self.named => Concern::Webhook,
            concern => concern,
        }
    }

    fn is_ours(&self, concern: Concern) -> bool {
        matches!(self.concern(concern), Concern::MintCash | Concern::Webhook)
    }

    /// The comparisons that may be those of the handler, those that name MintCash first.
    fn ours(&self, wanted: impl Fn(&Manner) -> bool) -> Vec<&Comparison> {
        let all = self.found.found.iter();
        let mut ours: Vec<_> =
            all.filter(|one| self.is_ours(one.concern) && wanted(&one.manner)).collect();
        ours.sort_by_key(|one| self.concern(one.concern));
        ours
    }

    fn loose(&self) -> Vec<&Loose> {
        let loose = self.found.loose.iter();
        loose.filter(|one| one.verifies && self.is_ours(one.concern)).collect()
    }

    fn verdict(&self) -> (Outcome, String) {
        let early = self.ours(|manner| matches!(manner, Manner::Early(_)));
        let doubt = self.ours(|manner| matches!(manner, Manner::Unknown(_)));
        let constant = self.ours(|manner| matches!(manner, Manner::Constant(_) | Manner::ByHand));
        if let Some(first) = early.first() {
            let more = and_more(early.len() - 1);
            let by = says(&first.manner);
            let summary = format!("the comparison at {} {by}{more}", place(&first.at));
            return (Outcome::Fail, summary);
        }
        if self.found.stopped {
            return (Outcome::Unknown, "it was stopped before its end".to_owned());
        }
        if let Some(first) = doubt.first()
            && let Manner::Unknown(why) = &first.manner
        {
            let summary =
                format!("the comparison at {} could not be judged: {why}", place(&first.at));
            return (Outcome::Unknown, summary);
        }
        if let Some(first) = self.loose().first() {
            let at = place(&first.at);
            let summary = format!(
                "the signature computed at {at} could not be followed to where it is compared"
            );
            return (Outcome::Unknown, summary);
        }
        if let Some(why) = self.unseen() {
            return (Outcome::Unknown, why);
        }
        match constant.first() {
            Some(first) if first.concern == Concern::Other && !self.found.naming.is_empty() => {
                let (at, by) = (place(&first.at), says(&first.manner));
                let file = self.found.naming.first().map_or("", String::as_str);
                let summary = format!(
                    "{file} names MintCash, and no comparison was found that belongs to it; that \
                     at {at} {by}, but may be about something else"
                );
                (Outcome::Unknown, summary)
            }
            Some(first) => {
                let (by, more) = (says(&first.manner), and_more(constant.len() - 1));
                (Outcome::Pass, format!("the comparison at {} {by}{more}", place(&first.at)))
            }
            None => (Outcome::Unknown, self.nothing()),
        }
    }

    /// What could hold a handler and was not read. A large file is generated or a bundle, unless
    /// the merchant says that the handler is there.
    fn unseen(&self) -> Option<String> {
        let large = NoTree::TooLarge.to_string();
        let unread = self.found.unread.iter().filter(|unread| self.named || unread.why != large);
        let unread: Vec<_> = unread.collect();
        let first = unread.first()?;
        let more = and_more(unread.len() - 1);
        Some(format!("{} could not be read: {}{more}", first.what, first.why))
    }

    /// Why there is nothing to judge.
    fn nothing(&self) -> String {
        let read = self.read();
        let others = self.found.found.iter().any(|one| matches!(one.concern, Concern::Provider(_)));
        if others {
            return format!(
                "only comparisons for other providers' webhooks were found, none for MintCash's \
                 x-signature, in {read}"
            );
        }
        if !self.found.found.is_empty() {
            return format!(
                "the comparisons that were found have nothing to do with a webhook, in {read}"
            );
        }
        if !self.found.loose.is_empty() {
            return format!(
                "an HMAC is computed, but where one is compared was not found, in {read}"
            );
        }
        format!("no HMAC is computed, so there is no comparison to judge, in {read}")
    }

    /// `12 files (10 TypeScript, 2 Python)`.
    fn read(&self) -> String {
        let total: u64 = self.found.files.values().sum();
        let files = if total == 1 { "1 file".to_owned() } else { format!("{total} files") };
        let by: Vec<_> = self
            .found
            .files
            .iter()
            .map(|(language, count)| format!("{count} {language}"))
            .collect();
        let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
        let other: Vec<&str> = self.found.other.keys().copied().collect();
        let other = if other.is_empty() {
            String::new()
        } else {
            format!("; files in {} are not read", other.join(", "))
        };
        format!("{files}{by}{other}")
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.found.found.iter().filter_map(|one| self.finding(one)).take(MOST).collect();
        findings.extend(self.loose().into_iter().take(MOST).map(|loose| {
            let message =
                "An HMAC is computed here, and where it is compared could not be followed.";
            located(Level::Advisory, message.to_owned(), &loose.at)
                .hint("Read how it is compared, and sign for it.")
        }));
        findings.extend(self.found.sdk.iter().take(MOST).map(|(at, name)| {
            let message = format!(
                "{name} verifies another provider's webhooks; it proves nothing about MintCash's."
            );
            located(Level::Info, message, at)
        }));
        findings.extend(self.found.untraced.iter().take(MOST).map(|at| {
            let message = "Something is compared in constant time here; that it is a signature \
                           could not be seen.";
            located(Level::Info, message.to_owned(), at)
        }));
        findings.extend(self.found.unread.iter().take(MOST).map(|unread| {
            Finding::new(
                Level::Advisory,
                format!("{} could not be read: {}.", unread.what, unread.why),
            )
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
        if !self.named {
            findings.push(
                Finding::new(Level::Info, "All of `source` was searched for the handler.")
                    .hint("Set inputs.handler_source in golive.yaml to the handler's own files."),
            );
        }
        findings.push(
            Finding::new(Level::Info, "Which code is deployed can not be seen from here.")
                .hint("Make sure that production runs this code."),
        );
        findings
    }

    fn finding(&self, one: &Comparison) -> Option<Finding> {
        let concern = self.concern(one.concern);
        let ours = self.is_ours(one.concern);
        let whose = match concern {
            Concern::MintCash | Concern::Webhook => String::new(),
            Concern::Other => " It does not seem to be a webhook's.".to_owned(),
            Concern::Provider(header) => {
                format!(
                    " It is another provider's: its code names `{header}`, not MintCash's header."
                )
            }
        };
        let (level, message, hint) = match &one.manner {
            Manner::Early(by) => (
                if ours { Level::Blocking } else { Level::Advisory },
                format!(
                    "A computed HMAC is compared by {by}, which stops at the first difference and \
                     so tells by its time how much of a forged signature is right.{whose}"
                ),
                Some(remedy(one.at.language)),
            ),
            Manner::ByHand if ours => (
                Level::Advisory,
                "A computed HMAC is compared by hand, in a loop that runs to its end.".to_owned(),
                Some(remedy(one.at.language)),
            ),
            Manner::Unknown(why) => (
                if ours { Level::Advisory } else { Level::Info },
                format!("How a computed HMAC is compared could not be judged: {why}.{whose}"),
                Some("Read how it is compared, and sign for it.".to_owned()),
            ),
            Manner::Constant(_) | Manner::ByHand => return None,
        };
        let finding = located(level, message, &one.at);
        Some(match hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        })
    }

    fn evidence(&self) -> Map<String, Value> {
        let found = self.found;
        let sites = found.found.iter().take(MOST).map(|one| {
            json!({
                "file": one.at.file,
                "line": one.at.line,
                "language": one.at.language.name(),
                "verdict": match one.manner {
                    Manner::Early(_) => "fail",
                    Manner::Constant(_) | Manner::ByHand => "pass",
                    Manner::Unknown(_) => "unknown",
                },
                "by": match &one.manner {
                    Manner::Early(by) | Manner::Constant(by) => by.as_str(),
                    Manner::ByHand => "a loop by hand",
                    Manner::Unknown(why) => why.as_str(),
                },
                "about": match self.concern(one.concern) {
                    Concern::MintCash => "MintCash".to_owned(),
                    Concern::Webhook => "a webhook".to_owned(),
                    Concern::Other => "something else".to_owned(),
                    Concern::Provider(header) => format!("another provider ({header})"),
                },
                "code": one.at.snippet,
            })
        });
        let mut evidence = Map::new();
        evidence.insert("comparisons".to_owned(), sites.collect());
        let loose = found.loose.iter().take(MOST).map(|one| {
            json!({
                "file": one.at.file,
                "line": one.at.line,
                "seems_to_verify": one.verifies,
                "code": one.at.snippet,
            })
        });
        evidence.insert("hmacs_not_compared".to_owned(), loose.collect());
        evidence.insert("files_read".to_owned(), json!(found.files));
        evidence.insert("files_not_read".to_owned(), json!(found.other));
        evidence.insert("left_out".to_owned(), json!(found.skipped));
        evidence
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

fn says(manner: &Manner) -> String {
    match manner {
        Manner::Early(by) => format!("stops at the first difference ({by})"),
        Manner::Constant(by) => format!("takes constant time ({by})"),
        Manner::ByHand => "takes constant time (a loop written by hand)".to_owned(),
        Manner::Unknown(why) => format!("could not be judged: {why}"),
    }
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(", and {more} more") }
}

/// What to use in that language.
fn remedy(language: Language) -> String {
    let with = match language {
        Language::JavaScript | Language::Tsx | Language::TypeScript => {
            "crypto.timingSafeEqual, after a check that both have the same length"
        }
        Language::Python => "hmac.compare_digest",
        Language::Go => "hmac.Equal",
        Language::Ruby => "Rack::Utils.secure_compare or OpenSSL.secure_compare",
        Language::Php => "hash_equals",
        Language::Java => "MessageDigest.isEqual",
        Language::CSharp => "CryptographicOperations.FixedTimeEquals",
        Language::Rust => "Mac::verify_slice",
        Language::Bash | Language::Hcl => "a function of a library",
    };
    format!("Compare with {with}.")
}
