//! Reading configuration and code for traces of the sandbox: test keys, the sandbox's host, and
//! whatever falls back to one of them.
//!
//! Called by the check `production-config`. [`gather`] finds the files, [`judge`] reads one as what
//! it is, and hands back [`Mark`]s: what is there, on which line, by which rule. The rule it keeps:
//! a file that could not be read as what it is comes back as such, never as one in which nothing
//! was found, and no key is in anything that it hands back.

mod code;
mod docker;
pub mod file;
pub mod gather;
mod json;
mod lines;
pub mod marker;
pub(crate) mod pattern;
mod settings;
mod substitution;
mod toml;
mod tree;
mod words;
mod yaml;

use crate::scan::syntax::NoTree;
use file::Format;
pub use marker::{Looks, Markers, Wanted, What};

/// What a file is to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Half {
    /// Production is configured from it: whatever it holds is used.
    Production,
    /// It is source code: what counts is what it falls back to.
    Source,
}

/// How a value comes to be used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// It is the value.
    Value,
    /// It is taken when another is missing, in this way.
    Fallback(How),
    /// It stands where production's own value belongs.
    ForProduction,
    /// It stands under a name that says that it is the sandbox's.
    NamedSo,
    /// It stands beside the live one, or in a list of what is allowed.
    Listed,
    /// It selects the sandbox.
    Switch,
    /// Where it stands could not be understood.
    Unclear,
}

/// The ways of falling back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// An operator: `||`, `??`, `or`.
    Operator(String),
    /// The other branch of a condition: `else`, the end of a ternary.
    OtherBranch,
    /// An assignment under the condition that there is nothing.
    WhenMissing,
    /// The default branch of a `switch`, `case` or `match`.
    DefaultCase,
    /// The default that a call takes: `getenv(…, default)`.
    Argument(String),
    /// The default of a parameter.
    Parameter,
    /// The default in a substitution: `${VAR:-default}`.
    Substitution(String),
    /// A name that says default: `DEFAULT_URL`, `default:`.
    Named(String),
    /// The default of a field of a configuration type.
    Field,
    /// The first value, which a condition then replaces.
    FirstValue,
    /// What an image sets: `ENV`, `ARG`.
    Image,
    /// A switch that is on unless told otherwise.
    Flag,
}

/// Something found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The line, from 1.
    pub line: u64,
    /// What is there.
    pub what: What,
    /// How it comes to be used.
    pub used: Use,
    /// The variable or setting that it is the value of, as far as that can be told.
    pub name: Option<String>,
    /// How it is written: `raw`, `base64`.
    pub written: &'static str,
    /// The line of the alias that brings it here, in YAML.
    pub through: Option<u64>,
}

impl Use {
    /// The name of the rule.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Fallback(how) => how.rule(),
            Self::ForProduction => "in-production-s-place",
            Self::NamedSo => "beside-production",
            Self::Listed => "listed",
            Self::Switch => "switch",
            Self::Unclear => "not-understood",
        }
    }
}

impl How {
    fn rule(&self) -> &'static str {
        match self {
            Self::Operator(_) => "fallback-operator",
            Self::OtherBranch => "fallback-branch",
            Self::WhenMissing => "fallback-when-missing",
            Self::DefaultCase => "fallback-default-case",
            Self::Argument(_) => "fallback-argument",
            Self::Parameter => "fallback-parameter",
            Self::Substitution(_) => "fallback-substitution",
            Self::Named(_) => "fallback-named-default",
            Self::Field => "fallback-field",
            Self::FirstValue => "fallback-first-value",
            Self::Image => "fallback-image",
            Self::Flag => "fallback-flag",
        }
    }
}

/// What reading one file came to.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// What was found, in the order of the lines.
    pub marks: Vec<Mark>,
    /// Why the file was not understood as what its name says, where it was not.
    pub not_understood: Option<String>,
    /// Why the file was read line by line, where nothing in it has to do with the provider.
    pub by_line: Option<String>,
    /// Values of other environments that were passed over.
    pub passed_over: u64,
    /// What the file takes from elsewhere: `env_file: prod.env`.
    pub refers_to: Vec<String>,
    /// Encrypted values, which nobody can read without the key.
    pub encrypted: u64,
    /// Names for the sandbox's values that other files may use.
    pub exports: Vec<Export>,
}

/// A name that stands for one of the sandbox's values in other files too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The name: `SANDBOX_URL`, `HOSTS`.
    pub name: String,
    /// The key of the sandbox's part, where the name is that of a choice.
    pub key: Option<String>,
    /// What it stands for.
    pub what: What,
}

/// Reads `text` for uses of names that other files have given to the sandbox's values.
#[must_use]
pub fn judge_uses(text: &str, format: Format, exports: &[Export], markers: &Markers) -> Vec<Mark> {
    let Format::Code(language) = format else { return Vec::new() };
    code::judge_uses(text, language, exports, markers)
}

/// Reads `text` as `format`.
#[must_use]
pub fn judge(text: &str, format: Format, half: Half, markers: &Markers) -> Judged {
    let mut judged = match format {
        Format::Code(language) => {
            code::judge(text, language, markers).unwrap_or_else(|why| unparsed(text, why, markers))
        }
        Format::Markup => code::judge_markup(text, markers),
        Format::OtherCode => other_code(text, markers),
        _ => settings::judge(text, format, markers),
    };
    if half == Half::Source && !format.is_code() {
        judged.marks.retain(|mark| matches!(mark.used, Use::Fallback(_)));
        judged.not_understood = None;
        judged.encrypted = 0;
    }
    judged.marks.sort_by_key(|mark| mark.line);
    judged.marks.dedup();
    judged
}

/// Code in a language that has no grammar here: what is outside comments is said, not judged.
fn other_code(text: &str, markers: &Markers) -> Judged {
    let mut judged = settings::judge(text, Format::Text, markers);
    for mark in &mut judged.marks {
        if !matches!(mark.used, Use::Fallback(_)) {
            mark.used = Use::Unclear;
        }
    }
    if judged.marks.iter().any(|mark| mark.used == Use::Unclear) {
        judged.not_understood = Some("its language is not one that is read".to_owned());
    }
    judged
}

fn unparsed(text: &str, why: NoTree, markers: &Markers) -> Judged {
    let mut judged = other_code(text, markers);
    judged.not_understood = Some(why.to_string());
    judged
}

/// The line, from 1, that the byte at `at` is on.
fn line_at(text: &str, at: usize) -> u64 {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    1 + memchr::memchr_iter(b'\n', before).count() as u64
}

/// A name from a file, safe to show: no control characters, no key.
#[must_use]
pub fn shown(name: &str, markers: &Markers) -> String {
    let mut out = String::new();
    let mut from = 0;
    for hit in markers.search(name) {
        if matches!(hit.what, What::Key { .. }) {
            out.push_str(name.get(from..hit.at).unwrap_or_default());
            out.push('…');
            from = hit.end;
        }
    }
    out.push_str(name.get(from..).unwrap_or_default());
    crate::text::Untrusted::new(out).line(80)
}
