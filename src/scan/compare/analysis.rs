//! One file, from its text to the comparisons in it.

use std::collections::{BTreeSet, HashMap};

use super::calls::{Callee, Calls};
use super::code::{Code, Id};
use super::flow::{Elsewhere, Flow};
use super::form;
use super::grammar::Grammar;
use super::names::{FunctionId, Names};
use super::scent::{self, Scent};
use super::sites::{self, Found, How, Leaves};
use super::value::{Origin, Value};
use super::words;
use crate::scan::syntax::{Language, NoTree};

/// What a file has to say.
#[derive(Default)]
pub(super) struct Analysis {
    /// Comparisons of MACs.
    pub sites: Vec<Spot>,
    /// Where MACs are computed.
    pub origins: Vec<Computed>,
    /// Constant-time comparisons of values that come from no MAC in sight.
    pub untraced: Vec<Line>,
    /// Calls of other providers' verifiers, with their names.
    pub sdk: Vec<(Line, String)>,
    /// What is handed to functions elsewhere.
    pub leaves: Vec<Leaves>,
    /// Its functions.
    pub functions: Vec<Offered>,
    /// What it is about.
    pub scent: Scent,
    /// The functions that it calls, by name.
    pub calls: BTreeSet<String>,
    /// Lines that could not be parsed.
    pub broken: Vec<u32>,
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// Its text, or that of the whole expression where it is longer than a line.
    pub text: String,
}

/// A comparison.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// Where.
    pub line: Line,
    /// How.
    pub how: How,
    /// Of which MACs.
    pub origins: BTreeSet<Origin>,
}

/// A place where a MAC is computed.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    /// What it is known by.
    pub origin: Origin,
    /// Where.
    pub line: Line,
    /// Whether the functions around it seem to verify something.
    pub verifies: bool,
}

/// A function that other files may call.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    /// Its name.
    pub name: String,
    /// What it hands back, parameters by position.
    pub returns: Value,
    /// Its parameters: position and id.
    pub params: Vec<(usize, u32)>,
}

/// Analyses one file.
pub(super) fn analyse(
    file: u32,
    language: Language,
    path: &str,
    text: &str,
    elsewhere: &Elsewhere,
    given: &HashMap<u32, Value>,
) -> Result<Analysis, NoTree> {
    let Some(grammar) = Grammar::of(language) else { return Ok(Analysis::default()) };
    let tree = language.parse(text)?;
    let code = Code::new(&tree, text);
    let forms = form::forms(&code, grammar);
    let names = Names::new(&code, &forms, grammar);
    let web_crypto_hmac = code.bare.contains("HMAC");
    let calls = Calls { code: &code, forms: &forms, grammar, names: &names, web_crypto_hmac };
    let flow = Flow::new(calls, file, elsewhere, given);
    let found = sites::find(&flow);
    let look = Look { code: &code, names: &names, path };
    let found = sites::Sites { found: look.without_fallbacks(&found.found), ..found };
    let sites = found.found.iter().filter(|site| !look.is_test(site.node));
    let functions = names.functions.iter().enumerate().skip(1);
    Ok(Analysis {
        sites: sites.map(|site| look.spot(site)).collect(),
        origins: look.origins(&flow),
        untraced: found.untraced.iter().map(|id| look.line(*id)).collect(),
        sdk: found.sdk.iter().map(|(id, name)| (look.line(*id), name.clone())).collect(),
        leaves: found.leaves,
        functions: functions
            .filter(|(_, known)| !known.name.is_empty())
            .map(|(at, known)| Offered {
                name: known.name.to_owned(),
                returns: flow.summary(FunctionId::try_from(at).unwrap_or(0)),
                params: known.params.iter().map(|param| (param.position, param.id)).collect(),
            })
            .collect(),
        scent: scent::of(&code, path),
        calls: flow
            .callees
            .values()
            .filter_map(|(_, path)| path.rsplit('.').next())
            .filter(|name| name.len() > 5)
            .map(str::to_owned)
            .collect(),
        broken: code.all().filter(|id| code.at(*id).broken).map(|id| code.at(id).line).collect(),
    })
}

struct Look<'a, 't> {
    code: &'a Code<'t>,
    names: &'a Names<'t>,
    path: &'a str,
}

impl Look<'_, '_> {
    fn line(&self, id: Id) -> Line {
        let node = self.code.at(id);
        let text = self.code.text;
        let begin = text.get(..node.start).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
        let rest = text.get(begin..).unwrap_or_default();
        let end = rest.find('\n').unwrap_or(rest.len()).max((node.end - begin).min(300));
        let shown = text.get(begin..begin + end).or_else(|| rest.lines().next());
        let words: Vec<&str> = shown.unwrap_or_default().split_whitespace().collect();
        Line { number: node.line, text: words.join(" ") }
    }

    fn spot(&self, found: &Found) -> Spot {
        Spot { line: self.line(found.node), how: self.how(found), origins: found.origins.clone() }
    }

    /// A judgement holds only where the code around it could be read.
    fn how(&self, found: &Found) -> How {
        let lost = match found.how {
            How::Early(_) => self
                .code
                .around(found.node)
                .any(|at| self.code.at(at).broken && self.code.at(at).kind == "ERROR"),
            How::Constant(_) | How::ByHand => {
                let around = self.names.around(found.node).last().map(|known| known.node);
                let all = around.map_or(0..0, |function| {
                    function..function.saturating_add(self.code.at(function).size)
                });
                all.into_iter().any(|at| self.code.at(at).broken)
            }
            How::Doubt(_) => false,
        };
        match lost {
            true => How::Doubt("the code around it could not be parsed".to_owned()),
            false => found.how.clone(),
        }
    }

    /// Where one branch compares in constant time and the other does not, such as for old versions
    /// of a language, it can not be told which of them runs.
    fn without_fallbacks(&self, found: &[Found]) -> Vec<Found> {
        let constant = found.iter().filter(|one| matches!(one.how, How::Constant(_)));
        let constant: Vec<&Found> = constant.take(50).collect();
        let judged = found.iter().map(|one| {
            let is_fallback = |other: &&Found| {
                !other.origins.is_disjoint(&one.origins) && self.excludes(one.node, other.node)
            };
            match (&one.how, constant.iter().copied().find(is_fallback)) {
                (How::Early(by), Some(other)) => {
                    let line = self.code.at(other.node).line;
                    let why = format!(
                        "it is by {by}, and another branch compares in constant time on line {line}"
                    );
                    Found { how: How::Doubt(why), ..one.clone() }
                }
                _ => one.clone(),
            }
        });
        judged.collect()
    }

    /// Whether two nodes stand in different branches of one choice.
    fn excludes(&self, one: Id, other: Id) -> bool {
        let code = self.code;
        let mut below = one;
        for at in code.around(one) {
            let holds =
                |id: Id, inner: Id| id <= inner && inner < id.saturating_add(code.at(id).size);
            if holds(at, other) {
                let beside = code.children(at).find(|child| holds(*child, other)).unwrap_or(at);
                let chooses = ["if", "try", "begin", "unless", "ternary", "conditional"];
                return chooses.iter().any(|word| code.at(at).kind.contains(word))
                    && code.at(below).field != "condition"
                    && code.at(beside).field != "condition";
            }
            below = at;
        }
        false
    }

    fn is_test(&self, node: Id) -> bool {
        self.names.around(node).any(|known| {
            let name = known.name.to_ascii_lowercase();
            ["tests", "test"].contains(&known.class)
                || name.starts_with("test_")
                || known.name.starts_with("Test") && self.path.ends_with(".go")
        })
    }

    fn origins(&self, flow: &Flow<'_, '_>) -> Vec<Computed> {
        let made = flow
            .callees
            .iter()
            .filter(|(_, (callee, _))| matches!(callee, Callee::Mac | Callee::Maker));
        let mut origins: Vec<Computed> = made
            .filter(|(id, _)| !self.is_test(**id))
            .map(|(id, _)| Computed {
                origin: Origin { file: flow.file, node: *id },
                line: self.line(*id),
                verifies: self.verifies(*id),
            })
            .collect();
        origins.sort_by_key(|computed| computed.origin);
        origins
    }

    /// Whether the functions around a node seem to verify rather than to sign.
    fn verifies(&self, node: Id) -> bool {
        let around: Vec<&str> = self
            .names
            .around(node)
            .map(|known| known.name)
            .filter(|name| !name.is_empty())
            .collect();
        match around.first() {
            None => words::receives(self.path) && !words::signs(self.path),
            Some(nearest) if words::signs(nearest) => false,
            Some(_) => {
                around.iter().any(|name| words::compares(name) || words::receives(name))
                    || around.iter().any(|name| name.to_ascii_lowercase().contains("expected"))
            }
        }
    }
}
