//! How webhook handlers compare signatures: does it take constant time?
//!
//! Called by the check `constant-time`. [`compare_paths`] reads the source below some paths, finds
//! where a MAC is computed (`grammar`), follows it through the code (`flow`, across files in
//! `project`) to where it is compared (`sites`), and says of each comparison how it is made. The
//! rule it keeps: three answers. What it could not follow is unknown, and a comparison counts only
//! when a value that comes from a MAC takes part in it, so that checks for null, for a length or of
//! names do not count.

mod analysis;
mod by_hand;
mod calls;
pub(in crate::scan) mod code;
mod flow;
pub(in crate::scan) mod form;
pub(in crate::scan) mod grammar;
pub(in crate::scan) mod names;
mod project;
mod scent;
mod sites;
mod value;
pub(in crate::scan) mod walk;
pub(in crate::scan) mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::analysis::{Analysis, Line, Spot};
use self::grammar::Grammar;
use self::project::Project;
use self::sites::How;
use self::value::Origin;
use self::walk::{Source, Sources};
use crate::digest::Digest;
use crate::scan::leak::Unread;
use crate::scan::syntax::Language;
use crate::scan::watch::Watch;
use crate::text::Untrusted;

/// How a comparison is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It stops at the first difference; by what.
    Early(String),
    /// It takes constant time; by what.
    Constant(String),
    /// It takes constant time, in a loop written by hand.
    ByHand,
    /// It could not be told; why.
    Unknown(String),
}

/// Whose comparison it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// The code names MintCash or its header.
    MintCash,
    /// It is about a webhook or a signature.
    Webhook,
    /// It is about something else.
    Other,
    /// It is about another provider's webhook; its header.
    Provider(&'static str),
}

/// A line of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spotted {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The language.
    pub language: Language,
    /// The code, on one line, fit to be shown.
    pub snippet: String,
}

/// A comparison of a MAC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Where.
    pub at: Spotted,
    /// How.
    pub manner: Manner,
    /// Whose.
    pub concern: Concern,
}

/// A MAC that is computed, and whose comparison was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loose {
    /// Where it is computed.
    pub at: Spotted,
    /// Whether the code around it seems to verify something, rather than to sign.
    pub verifies: bool,
    /// Whose.
    pub concern: Concern,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Comparisons {
    /// Comparisons of MACs.
    pub found: Vec<Comparison>,
    /// MACs without a comparison.
    pub loose: Vec<Loose>,
    /// Constant-time comparisons of values that come from no MAC in sight.
    pub untraced: Vec<Spotted>,
    /// Files that name MintCash or its header.
    pub naming: Vec<String>,
    /// Calls of other providers' verifiers, with their names.
    pub sdk: Vec<(Spotted, String)>,
    /// The number of files read, by language.
    pub files: BTreeMap<&'static str, u64>,
    /// Files in languages that are not read, by language.
    pub other: BTreeMap<&'static str, u64>,
    /// Folders and kinds of files that were left out, with how often.
    pub skipped: BTreeMap<String, u64>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Files that were looked into and that could not be parsed as a whole.
    pub broken: Vec<String>,
    /// The digest of each file with a comparison or a MAC in it.
    pub digests: BTreeMap<String, Digest>,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Reads the source below `paths` and judges how MACs are compared in it. Paths are shown relative
/// to `base`. Blocks; call it from a thread that may.
#[must_use]
pub fn compare_paths(paths: &[PathBuf], base: &Path, watch: &Watch) -> Comparisons {
    let sources = walk::read(paths, base, watch, |language| Grammar::of(language).is_some());
    let mut found = compare(&sources.files, watch);
    let Sources { skipped, other, unread, .. } = sources;
    found.skipped = skipped;
    found.other = other;
    found.unread.extend(unread);
    found.stopped = watch.stopped();
    found
}

/// Judges the text of one file.
#[must_use]
pub fn compare_text(name: &str, language: Language, text: &str) -> Comparisons {
    let file = Source { shown: name.to_owned(), language, text: text.to_owned() };
    compare(&[file], &Watch::idle())
}

fn compare(files: &[Source], watch: &Watch) -> Comparisons {
    let project = project::analyse_all(files, watch);
    let mut found = Comparisons::default();
    for file in files {
        *found.files.entry(file.language.name()).or_default() += 1;
    }
    for (at, why) in &project.failed {
        if let Some(file) = files.get(*at) {
            found.unread.push(Unread::new(file.shown.clone(), why.to_string()));
        }
    }
    let mut defined: BTreeMap<&str, usize> = BTreeMap::new();
    for analysis in project.analyses.values() {
        let names: BTreeSet<&str> =
            analysis.functions.iter().map(|one| one.name.as_str()).collect();
        for name in names {
            *defined.entry(name).or_default() += 1;
        }
    }
    let gather = Gather { files, project: &project, defined };
    gather.comparisons(&mut found);
    gather.loose(&mut found);
    gather.digests(&mut found);
    found
}

struct Gather<'a> {
    files: &'a [Source],
    project: &'a Project,
    /// In how many files a function of that name is defined.
    defined: BTreeMap<&'a str, usize>,
}

impl Gather<'_> {
    fn each(&self) -> impl Iterator<Item = (&Source, &Analysis)> {
        self.project.analyses.iter().filter_map(|(at, one)| Some((self.files.get(*at)?, one)))
    }

    fn comparisons(&self, found: &mut Comparisons) {
        for (file, analysis) in self.each() {
            for spot in &analysis.sites {
                found.found.push(Comparison {
                    at: spotted(file, &spot.line),
                    manner: manner(&spot.how),
                    concern: self.concern(analysis, spot),
                });
            }
            found.untraced.extend(analysis.untraced.iter().map(|line| spotted(file, line)));
            let sdk = analysis.sdk.iter();
            found.sdk.extend(sdk.map(|(line, name)| (spotted(file, line), name.clone())));
            if analysis.scent.own {
                found.naming.push(file.shown.clone());
            }
            if !analysis.broken.is_empty() {
                found.broken.push(file.shown.clone());
            }
        }
    }

    /// Whose a comparison is: what its file is about, the files where its MACs are computed, and
    /// those that call into it.
    fn concern(&self, analysis: &Analysis, spot: &Spot) -> Concern {
        let others = spot.origins.iter();
        let others = others.filter_map(|o| self.project.analyses.get(&(o.file as usize)));
        let scents: Vec<_> =
            std::iter::once(analysis).chain(others).map(|one| &one.scent).collect();
        let callers: Vec<_> = self.callers(analysis).map(|one| &one.scent).collect();
        let foreign = scents.iter().find_map(|scent| scent.foreign);
        if scents.iter().chain(&callers).any(|scent| scent.own) {
            Concern::MintCash
        } else if let Some(header) = foreign {
            Concern::Provider(header)
        } else if scents.iter().chain(&callers).any(|scent| scent.webhook) {
            Concern::Webhook
        } else {
            Concern::Other
        }
    }

    /// The files that call a function of that one, by a name that no other file has.
    fn callers<'s>(&'s self, of: &'s Analysis) -> impl Iterator<Item = &'s Analysis> {
        let own: BTreeSet<&str> = of.functions.iter().map(|one| one.name.as_str()).collect();
        let names: Vec<&str> = own
            .into_iter()
            .filter(|name| name.len() > 5 && self.defined.get(name).copied() == Some(1))
            .collect();
        let others = self.project.analyses.values().filter(move |one| !std::ptr::eq(*one, of));
        others.filter(move |one| names.iter().any(|name| one.calls.contains(*name)))
    }

    fn loose(&self, found: &mut Comparisons) {
        let sites = self.project.analyses.values().flat_map(|analysis| &analysis.sites);
        let compared: BTreeSet<Origin> =
            sites.flat_map(|spot| spot.origins.iter().copied()).collect();
        for (file, analysis) in self.each() {
            for computed in analysis.origins.iter().filter(|one| !compared.contains(&one.origin)) {
                let scent = &analysis.scent;
                found.loose.push(Loose {
                    at: spotted(file, &computed.line),
                    verifies: computed.verifies,
                    concern: match scent.foreign {
                        _ if scent.own => Concern::MintCash,
                        Some(header) => Concern::Provider(header),
                        None if scent.webhook => Concern::Webhook,
                        None => Concern::Other,
                    },
                });
            }
        }
    }

    fn digests(&self, found: &mut Comparisons) {
        for (file, analysis) in self.each() {
            if !analysis.sites.is_empty() || !analysis.origins.is_empty() {
                found.digests.insert(file.shown.clone(), Digest::of(file.text.as_bytes()));
            }
        }
    }
}

fn spotted(file: &Source, line: &Line) -> Spotted {
    Spotted {
        file: file.shown.clone(),
        line: line.number,
        language: file.language,
        snippet: shown(&line.text),
    }
}

fn manner(how: &How) -> Manner {
    match how {
        How::Early(by) => Manner::Early(Untrusted::new(by).line(80)),
        How::Constant(by) => Manner::Constant(Untrusted::new(by).line(80)),
        How::ByHand => Manner::ByHand,
        How::Doubt(why) => Manner::Unknown(Untrusted::new(why).line(200)),
    }
}

/// Code fit to be shown: secrets that are known are taken out, and whatever is long and without a
/// space between quotes, because that may be one that is not known.
pub(in crate::scan) fn shown(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let quote = tail.chars().next().unwrap_or('"');
        let inner = tail.get(1..).unwrap_or_default();
        let Some(end) = inner.find(quote) else {
            rest = tail;
            break;
        };
        let (text, after) = inner.split_at(end);
        let hide = text.len() >= 20
            && !text.contains(' ')
            && !text.to_ascii_lowercase().contains("signature");
        out.push(quote);
        out.push_str(if hide { "…" } else { text });
        out.push(quote);
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    Untrusted::new(out).line(200)
}
