//! Where code creates payments, subscriptions and refunds, and whether it sends an `externalId`.
//!
//! Called by the check `external-id-calls`. [`call_paths`] reads the source below some paths, finds
//! the requests (`request`), follows their bodies to where they are built (`body`), and says of each
//! whether it sends the id and where that comes from (`source`). Nodes, forms and names are those of
//! `compare`. The rule it keeps: three answers. What it could not follow is unclear, with the reason.

mod body;
mod endpoint;
mod json;
mod judge;
mod later;
mod made;
mod payload;
mod program;
mod record;
mod request;
mod retry;
mod shell;
mod source;
mod text;
mod types;
mod verb;
mod whose;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use self::endpoint::Endpoint;
use self::judge::{Adders, Judged};
use self::program::Program;
pub use self::source::Worry;
use self::types::Types;
use self::whose::Naming;
pub use self::whose::Whose;
use super::compare::code::{Code, Id};
use super::compare::form::forms;
use super::compare::grammar::Grammar;
use super::compare::names::Names;
use super::compare::walk::{self, Source};
use super::compare::{Spotted, shown};
use crate::digest::Digest;
use crate::scan::leak::Unread;
use crate::scan::syntax::{Language, NoTree};
use crate::scan::watch::Watch;
use crate::text::Untrusted;

/// Whether a call sends the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sends {
    /// It does.
    Yes {
        /// The code that the id comes from.
        from: String,
        /// What may be wrong with that.
        worries: Vec<Worry>,
    },
    /// It does not.
    No {
        /// A member that sounds like it.
        alike: Option<String>,
        /// Whether it sends a body at all.
        body: bool,
    },
    /// That can not be told; why.
    Unclear(String),
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSite {
    /// Where.
    pub at: Spotted,
    /// Which of the three.
    pub endpoint: Endpoint,
    /// Whether it sends the id.
    pub sends: Sends,
    /// Whose API it is for.
    pub whose: Whose,
    /// Whether it sends a header for the same purpose, which MintCash does not have.
    pub header: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct CallSites {
    /// The calls, those for others too.
    pub found: Vec<CallSite>,
    /// Files that name MintCash.
    pub naming: Vec<String>,
    /// The number of files read, by language.
    pub files: BTreeMap<&'static str, u64>,
    /// Files in languages that are not read, by language.
    pub other: BTreeMap<&'static str, u64>,
    /// Folders and kinds of files that were left out, with how often.
    pub skipped: BTreeMap<String, u64>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Files with a call, or that name MintCash, and that could not be parsed as a whole.
    pub broken: Vec<String>,
    /// The digest of each file with a call in it.
    pub digests: BTreeMap<String, Digest>,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Whether files of that language are read.
fn is_read(language: Language) -> bool {
    let code = Grammar::of(language).is_some() && language != Language::Rust;
    code || language == Language::Bash
}

/// Reads the source below `paths` and judges the calls in it. Paths are shown relative to `base`.
/// Blocks; call it from a thread that may.
#[must_use]
pub fn call_paths(paths: &[PathBuf], base: &Path, watch: &Watch) -> CallSites {
    let sources = walk::read(paths, base, watch, is_read);
    let mut found = calls(&sources.files, watch);
    found.skipped = sources.skipped;
    found.other = sources.other;
    found.unread.extend(sources.unread);
    found.stopped = watch.stopped();
    found
}

/// Judges the text of one file.
#[must_use]
pub fn call_text(name: &str, language: Language, text: &str) -> CallSites {
    let file = Source { shown: name.to_owned(), language, text: text.to_owned() };
    calls(&[file], &Watch::idle())
}

/// What a file says when it may hold a call.
fn hints(text: &str) -> bool {
    ["payments", "subscriptions", "refund"].iter().any(|word| text.contains(word))
}

/// What a file says when the class of a body, or a function that adds the id, may stand in it.
fn serves(text: &str) -> bool {
    let plain = text.to_ascii_lowercase();
    plain.contains("externalid") || plain.contains("external_id")
}

fn calls(files: &[Source], watch: &Watch) -> CallSites {
    let mut found = CallSites::default();
    for file in files {
        *found.files.entry(file.language.name()).or_default() += 1;
    }
    watch.begin("following calls", None, "files");
    let mut types = Types::default();
    let mut adders = Adders::new();
    for file in files.iter().filter(|file| hints(&file.text) || serves(&file.text)) {
        if watch.stopped() {
            return found;
        }
        offered(file, &mut types, &mut adders);
    }
    for file in files {
        if watch.stopped() {
            return found;
        }
        watch.advance(1, file.text.len() as u64);
        if file.text.to_ascii_lowercase().contains("mintcash") {
            found.naming.push(file.shown.clone());
        }
        if hints(&file.text)
            && let Err(why) = in_file(file, &types, &adders, &mut found)
        {
            found.unread.push(Unread::new(file.shown.clone(), why.to_string()));
        }
    }
    found
}

/// Notes what other files may use: types, and functions that speak of the id.
fn offered(file: &Source, types: &mut Types, adders: &mut Adders) {
    let Some(grammar) = Grammar::of(file.language) else { return };
    let Ok(tree) = file.language.parse(&file.text) else { return };
    let code = Code::new(&tree, &file.text);
    types.add(&code, file.language);
    if serves(&file.text) {
        let forms = forms(&code, grammar);
        let names = Names::new(&code, &forms, grammar);
        let functions = names.functions.iter().filter(|known| known.node != 0);
        let adding = functions.filter(|known| serves(code.text(known.node)));
        adders.extend(adding.map(|known| known.name.to_owned()));
    }
}

fn in_file(
    file: &Source,
    types: &Types,
    adders: &Adders,
    found: &mut CallSites,
) -> Result<(), NoTree> {
    let tree = file.language.parse(&file.text)?;
    let code = Code::new(&tree, &file.text);
    let naming = Naming::of(&code.bare, &file.shown);
    let judged = match Grammar::of(file.language) {
        Some(grammar) => {
            let forms = forms(&code, grammar);
            let names = Names::new(&code, &forms, grammar);
            let program = Program::new(&code, &forms, &names, file.language, types);
            judge::judge(&program, naming, adders)
        }
        None => shell::judge(&code, &file.text, naming),
    };
    let broken = code.all().any(|id| code.at(id).broken);
    if broken && (naming.own || !judged.is_empty()) {
        found.broken.push(file.shown.clone());
    }
    if !judged.is_empty() {
        found.digests.insert(file.shown.clone(), Digest::of(file.text.as_bytes()));
    }
    let mut seen: BTreeSet<(Id, Endpoint)> = BTreeSet::new();
    for Judged { node, endpoint, sends, whose, header } in judged {
        if seen.insert((node, endpoint)) {
            let at = spotted(file, &code, node);
            found.found.push(CallSite { at, endpoint, sends: fit(sends), whose, header });
        }
    }
    Ok(())
}

/// The words fit to be shown.
fn fit(sends: Sends) -> Sends {
    match sends {
        Sends::Yes { from, worries } => Sends::Yes { from: shown(&from), worries },
        Sends::No { alike, body } => Sends::No { alike: alike.map(|name| shown(&name)), body },
        Sends::Unclear(why) => Sends::Unclear(Untrusted::new(why).line(200)),
    }
}

fn spotted(file: &Source, code: &Code<'_>, node: Id) -> Spotted {
    let at = code.at(node);
    let line = file.text.lines().nth(at.line.saturating_sub(1) as usize).unwrap_or_default();
    Spotted {
        file: file.shown.clone(),
        line: at.line,
        language: file.language,
        snippet: shown(line.trim()),
    }
}
