//! One file, from its text to the calls in it.
//!
//! Called by `mod` for every file that may hold one. Requests in functions that take the path or
//! the body as a parameter are judged for each call of these functions in the file.

use std::collections::BTreeSet;

use super::body::{Found, Value, Why};
use super::program::{DEEPEST, Frame, Program, Way, bare};
use super::request::{BodyAt, Reading, Request, requests};
use super::source;
use super::whose::{Naming, Whose};
use super::{Endpoint, Sends, Worry};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::Form;

/// The member.
pub(super) const KEY: &str = "externalId";

/// A call as judged.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub node: Id,
    pub endpoint: Endpoint,
    pub sends: Sends,
    pub whose: Whose,
    pub header: bool,
}

/// Functions, by name, that are defined in some file and that speak of the id.
pub(super) type Adders = BTreeSet<String>;

/// Clients of HTTP, which add nothing to a body.
const CLIENTS: [&str; 24] = [
    "axios",
    "fetch",
    "got",
    "ky",
    "undici",
    "request",
    "superagent",
    "needle",
    "requests",
    "httpx",
    "aiohttp",
    "http",
    "urllib",
    "faraday",
    "httparty",
    "restclient",
    "excon",
    "nethttp",
    "unirest",
    "resty",
    "client",
    "session",
    "curl",
    "resttemplate",
];

/// Judges the requests of a file.
pub(super) fn judge(program: &Program<'_, '_>, naming: Naming, adders: &Adders) -> Vec<Judged> {
    let mut judge = Judge { program, naming, adders, found: Vec::new(), covered: BTreeSet::new() };
    let all = requests(program);
    let (wrapped, direct): (Vec<_>, Vec<_>) =
        all.iter().partition(|one| judge.is_wrapper_call(one));
    for request in direct {
        judge.expand(request, &Way::new());
    }
    for request in wrapped {
        if !judge.covered.contains(&request.id) {
            judge.expand(request, &Way::new());
        }
    }
    let mut found = judge.found;
    found.sort_by_key(|one| (one.node, one.endpoint, rank(&one.sends)));
    found.dedup_by_key(|one| (one.node, one.endpoint));
    found
}

/// What is sure before what is not, and what is wrong before what is right.
fn rank(sends: &Sends) -> u8 {
    match sends {
        Sends::No { .. } => 0,
        Sends::Yes { .. } => 1,
        Sends::Unclear(_) => 2,
    }
}

struct Judge<'p, 'a, 't> {
    program: &'p Program<'a, 't>,
    naming: Naming,
    adders: &'p Adders,
    found: Vec<Judged>,
    /// Calls that are judged by what they enter.
    covered: BTreeSet<Id>,
}

impl<'t> Judge<'_, '_, 't> {
    /// Whether the request is a call of a function of this file.
    fn is_wrapper_call(&self, request: &Request<'t>) -> bool {
        request.chain.iter().any(|id| {
            let call = self.program.as_call(*id);
            call.is_some_and(|call| !self.program.callees(call).is_empty())
        })
    }

    fn expand(&mut self, request: &Request<'t>, way: &Way) {
        let program = self.program;
        program.begin();
        let outermost = way.first().map_or(request.id, |frame| frame.call);
        match request.read(program, way) {
            Some(reading) => {
                let found = self.sends(request, &reading, way);
                if let Err(function) = found {
                    let callers = program.callers(function);
                    if !callers.is_empty() && way.len() < DEEPEST {
                        self.for_each(request, way, function, &callers);
                        return;
                    }
                }
                let sends = match found {
                    Ok(sends) => sends,
                    Err(function) => Sends::Unclear(self.parameter(function, "…")),
                };
                self.push(request, &reading, outermost, sends);
            }
            None if way.len() < DEEPEST && request.waits(program, way) => {
                let around = program.names.around(outermost).find(|known| !known.name.is_empty());
                let Some(known) = around else { return };
                let at = program.names.functions.iter().position(|one| one.node == known.node);
                let Some(function) = at.and_then(|at| u32::try_from(at).ok()) else { return };
                let callers = program.callers(function);
                self.for_each(request, way, function, &callers);
            }
            None => {}
        }
    }

    fn for_each(&mut self, request: &Request<'t>, way: &Way, function: u32, callers: &[Id]) {
        for call in callers {
            if way.iter().any(|frame| frame.call == *call) {
                continue;
            }
            let before = self.found.len();
            let mut longer = vec![Frame { function, call: *call }];
            longer.extend(way.iter().copied());
            self.expand(request, &longer);
            let unseen = |one: &Judged| matches!(one.sends, Sends::Unclear(_));
            let added = self.found.get(before..).unwrap_or_default();
            if !added.is_empty() && !added.iter().all(unseen) {
                self.covered.insert(self.whole(*call));
            }
        }
    }

    /// The outermost call of the chain that a call is in.
    fn whole(&self, id: Id) -> Id {
        let mut at = id;
        for parent in self.program.code.around(id).take(8) {
            match self.program.form(parent) {
                Form::Call(call) if call.on == Some(at) || call.callee == Some(at) => at = parent,
                Form::Member { of, .. } if *of == at => at = parent,
                _ => break,
            }
        }
        if self.program.as_call(at).is_some() { at } else { id }
    }

    fn push(&mut self, request: &Request<'t>, reading: &Reading, node: Id, sends: Sends) {
        let program = self.program;
        let near = format!(
            "{} {}",
            program.near(request.root, request.id),
            program.near(program.as_call(node).and_then(|call| call.on), node)
        );
        let root = request.root.map(|root| program.text(root)).unwrap_or_default();
        let name = request
            .chain
            .last()
            .and_then(|last| program.as_call(*last))
            .map_or("", |call| call.name);
        let global = matches!(root, "axios" | "$" | "window" | "jQuery" | "ky" | "$http")
            || root.is_empty()
                && matches!(name, "fetch" | "axios" | "$fetch" | "useFetch" | "ofetch");
        let based = ["baseURL", "prefixUrl", "baseUrl"];
        let global = global && !based.iter().any(|word| program.code.bare.contains(word));
        let whose = self.naming.judge(&reading.url, &near, global);
        let text = program.text(request.id).to_ascii_lowercase();
        let header = text.contains("idempotency-key") || text.contains("idempotency_key");
        self.found.push(Judged { node, endpoint: reading.endpoint, sends, whose, header });
    }

    /// What a request sends; the function whose callers decide, where they do.
    fn sends(&self, request: &Request<'t>, reading: &Reading, way: &Way) -> Result<Sends, u32> {
        let program = self.program;
        let body = match &reading.body {
            BodyAt::At(at) => at,
            BodyAt::None => return Ok(Sends::No { alike: None, body: false }),
            BodyAt::Unseen => {
                return Ok(Sends::Unclear("where its body is could not be seen".to_owned()));
            }
        };
        let found = program.look(body, KEY);
        Ok(match found {
            Found::Set(values) => {
                let values: Vec<Value> = values;
                let worries: BTreeSet<Worry> = program.worries(&values, request.id);
                let from = source::shown(program, &values);
                let _ = way;
                Sends::Yes { from, worries: worries.into_iter().collect() }
            }
            Found::Absent(alike) => match self.may_be_added(request) {
                Some(why) => Sends::Unclear(why),
                None => Sends::No { alike, body: true },
            },
            Found::Unclear(Why::Param(function, name)) => {
                if !program.callers(function).is_empty() && way.len() < DEEPEST {
                    return Err(function);
                }
                Sends::Unclear(self.parameter(function, &name))
            }
            Found::Unclear(Why::Words(why)) => Sends::Unclear(why),
        })
    }

    /// Why a function of another file may add the id on its way.
    fn may_be_added(&self, request: &Request<'t>) -> Option<String> {
        let program = self.program;
        let call = program.as_call(*request.chain.last()?)?;
        let root = request.root.map(|root| program.text(root)).unwrap_or_default();
        let first = root.split(['.', '-', ':']).next().unwrap_or(root);
        if CLIENTS.contains(&&*bare(first)) {
            return None;
        }
        let own = program.names.by_name.contains_key(call.name);
        let known = self.adders.contains(call.name) && !own;
        known.then(|| format!("a function `{}` of another file may add it", call.name))
    }

    fn parameter(&self, function: u32, name: &str) -> String {
        let known = self.program.names.function(function);
        let of = known.map(|known| known.name).filter(|name| !name.is_empty());
        match of {
            Some(of) => format!("the body comes in as the parameter `{name}` of `{of}`"),
            None => format!("the body comes in as the parameter `{name}`"),
        }
    }
}
