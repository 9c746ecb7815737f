//! Requests in a file: what is called with a URL, by which method, and with which body.
//!
//! Called by `judge`. A request is a chain of calls (`client.post(url).send(body)`) with what is
//! done to the variable that holds it (`req.body = …`). The rule it keeps: a request counts when the
//! URL ends in one of the three paths and the method is POST; a route of a server is none.

use super::body::{Found, Value};
use super::endpoint::{Endpoint, waits};
use super::program::{At, Program, Slot, Way, bare};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};

/// A request as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Request<'t> {
    /// The outermost call.
    pub id: Id,
    /// The calls of the chain, the innermost first.
    pub chain: Vec<Id>,
    /// What the innermost is called on.
    pub root: Option<Id>,
    /// The calls that are made on the variable that holds it.
    pub held: Vec<Id>,
    /// The values that are assigned to members of that variable.
    pub assigned: Vec<(&'t str, Id)>,
}

/// What a request is on one way to it.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Which call.
    pub endpoint: Endpoint,
    /// The URL, with holes.
    pub url: String,
    /// Its body.
    pub body: BodyAt,
}

/// Where the body is.
#[derive(Clone, Debug)]
pub(super) enum BodyAt {
    /// Here.
    At(At),
    /// There is none.
    None,
    /// It could not be found.
    Unseen,
}

/// Members of options that hold a URL.
const URLS: [&str; 9] = [
    "url",
    "uri",
    "path",
    "pathname",
    "endpoint",
    "CURLOPT_URL",
    "requestUri",
    "RequestUri",
    "route",
];

/// All requests of a file, whatever they are about.
pub(super) fn requests<'t>(program: &Program<'_, 't>) -> Vec<Request<'t>> {
    let code = program.code;
    let mut found = Vec::new();
    for id in code.all() {
        if program.as_call(id).is_none() || is_link(program, id) || sets_curl(program, id) {
            continue;
        }
        let mut chain = Vec::new();
        let mut at = id;
        let mut root = None;
        for _ in 0..40 {
            let Some(call) = program.as_call(at) else { break };
            chain.push(at);
            let Some(on) = call.on.map(|on| program.peel(on)) else { break };
            root = Some(on);
            at = on;
            while let Form::Member { of, .. } = program.form(at) {
                at = program.peel(*of);
            }
        }
        chain.reverse();
        let (held, assigned) = held(program, id, &chain);
        // `xhr.open(method, url)` is the request, not `new XMLHttpRequest()`.
        let opens = |id: &Id| program.as_call(*id).is_some_and(|call| call.name == "open");
        if !chain.iter().any(opens) && held.iter().any(opens) {
            continue;
        }
        found.push(Request { id, chain, root, held, assigned });
    }
    found
}

/// Whether it sets an option of a handle of curl that this function has made.
fn sets_curl(program: &Program<'_, '_>, id: Id) -> bool {
    let Some(call) = program.as_call(id).filter(|call| call.name.starts_with("curl_")) else {
        return false;
    };
    let slot = call.args.first().and_then(|handle| program.slot(program.peel(*handle)));
    slot.is_some_and(|slot| {
        let mut made = program.writes(&slot).iter();
        made.any(|write| program.text(write.value).contains("curl_init"))
    })
}

/// Whether a further call is made on what this one hands back.
fn is_link(program: &Program<'_, '_>, id: Id) -> bool {
    let mut at = id;
    for parent in program.code.around(id).take(6) {
        match program.form(parent) {
            Form::Call(call) => return call.on == Some(at) || call.callee == Some(at),
            Form::Member { of, .. } if *of == at => at = parent,
            Form::Any(_) => at = parent,
            _ => {
                let kind = program.code.at(parent).kind;
                if kind.contains("parenthes") || kind.contains("await") {
                    at = parent;
                } else {
                    return false;
                }
            }
        }
    }
    false
}

/// What else is done to the variable that a request is kept in, or that it is made on.
fn held<'t>(program: &Program<'_, 't>, id: Id, chain: &[Id]) -> (Vec<Id>, Vec<(&'t str, Id)>) {
    let code = program.code;
    let kept = code.around(id).take(4).find_map(|parent| match program.form(parent) {
        Form::Assign { to, .. } => Some(*to),
        _ => None,
    });
    let kept = kept.map(|to| match program.form(to) {
        Form::List(parts) => parts.first().copied().unwrap_or(to),
        _ => to,
    });
    let made_on = chain.first().and_then(|first| program.as_call(*first)?.on);
    let made_on = made_on.filter(|on| {
        program.slot(*on).is_some_and(|slot| {
            let here = program.names.scope(id);
            let made_here = !program.writes(&slot).is_empty();
            made_here && program.closed(slot.0) == program.closed(here)
        })
    });
    let mut calls = Vec::new();
    let mut assigned = Vec::new();
    for node in [kept, made_on].into_iter().flatten() {
        let Some(slot) = program.slot(node) else { continue };
        if program.param(node).is_some() && kept != Some(node) {
            continue;
        }
        let here = program.closed(program.names.scope(id));
        for call in program.calls_on(&slot) {
            if program.closed(program.names.scope(*call)) == here && !chain.contains(call) {
                calls.push(*call);
            }
        }
        calls.extend(streams(program, &slot));
        for (call, at) in program.takers(&slot) {
            let sets =
                program.as_call(*call).is_some_and(|call| call.name.starts_with("curl_setopt"));
            if sets && *at == 0 && !chain.contains(call) {
                calls.push(*call);
            }
        }
        for member in program.members(&slot) {
            for write in program.writes(&(slot.0, member.clone())) {
                let name = written_member(program, write.at);
                assigned.push((name, write.value));
            }
        }
    }
    // C#: `new HttpRequestMessage(…) { Content = … }`.
    for link in chain {
        let list = code.named(*link).find(|at| code.at(*at).kind == "initializer_expression");
        for inner in list.into_iter().flat_map(|list| code.named(list)) {
            if let Form::Assign { value, .. } = program.form(inner) {
                assigned.push((written_member(program, inner), *value));
            }
        }
    }
    in_blocks(program, chain, &mut calls, &mut assigned);
    (calls, assigned)
}

/// What a block is given does what a variable does: `post(url) { |req| req.body = … }`.
fn in_blocks<'t>(
    program: &Program<'_, 't>,
    chain: &[Id],
    calls: &mut Vec<Id>,
    assigned: &mut Vec<(&'t str, Id)>,
) {
    for link in chain {
        let Some(call) = program.as_call(*link) else { continue };
        for arg in &call.args {
            if !matches!(program.form(*arg), Form::Function(_)) {
                continue;
            }
            for inner in program.code.within(*arg) {
                match program.form(inner) {
                    Form::Assign { value, .. } => {
                        assigned.push((written_member(program, inner), *value));
                    }
                    Form::Call(call) if call.on.is_some() && !call.args.is_empty() => {
                        calls.push(inner);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What is written to a stream of a connection: `con.getOutputStream().write(bytes)`.
fn streams(program: &Program<'_, '_>, slot: &Slot) -> Vec<Id> {
    let opens = program
        .calls_on(slot)
        .iter()
        .filter(|id| program.as_call(**id).is_some_and(|call| bare(call.name).contains("stream")));
    let mut found = Vec::new();
    for open in opens {
        found.extend(program.call_on(*open));
        let to = program.code.around(*open).take(6).find_map(|at| match program.form(at) {
            Form::Assign { to, .. } => Some(*to),
            _ => None,
        });
        if let Some(slot) = to.and_then(|to| program.slot(to)) {
            found.extend(program.calls_on(&slot));
        }
    }
    found
}

/// The last name of what is assigned to.
fn written_member<'t>(program: &Program<'_, 't>, assign: Id) -> &'t str {
    let Form::Assign { to, .. } = program.form(assign) else { return "" };
    let text = program.text(program.peel(*to));
    let last = text.rsplit(['.', '>', '[']).next().unwrap_or(text);
    last.trim_matches([']', '"', '\'', ':', ' '])
}

impl<'t> Request<'t> {
    /// What it is on a way; `None` when it is no POST to one of the three.
    pub fn read(&self, program: &Program<'_, 't>, way: &Way) -> Option<Reading> {
        if self.is_route(program) {
            return None;
        }
        let (endpoint, url, url_at) = self.url(program, way)?;
        if !self.posts(program, way) {
            return None;
        }
        let body = self.body(program, way, url_at);
        Some(Reading { endpoint, url, body })
    }

    /// Whether a parameter stands in its URL or its method, so that its callers say what it is.
    pub fn waits(&self, program: &Program<'_, 't>, way: &Way) -> bool {
        self.texts(program, way).iter().any(|(_, texts)| texts.iter().any(|text| waits(text)))
    }

    /// The calls of the chain, and those on the variable that set something and send nothing.
    pub(super) fn calls<'p>(
        &'p self,
        program: &'p Program<'_, 't>,
    ) -> impl Iterator<Item = (Id, &'p Call<'t>)> {
        const SENDS: [&str; 12] = [
            "post",
            "get",
            "put",
            "patch",
            "delete",
            "request",
            "head",
            "execute",
            "exec",
            "do",
            "postasync",
            "postasjsonasync",
        ];
        let held = self.held.iter().filter(|id| {
            program.as_call(**id).is_some_and(|call| !SENDS.contains(&&*bare(call.name)))
        });
        let ids = self.chain.iter().chain(held).copied();
        ids.filter_map(|id| Some((id, program.as_call(id)?)))
    }

    /// Whether a variable holds another request, which is judged where it is made.
    fn is_request(&self, program: &Program<'_, 't>, arg: Id) -> bool {
        let arg = program.peel(arg);
        if !matches!(program.form(arg), Form::Name(_)) {
            return false;
        }
        let Some(slot) = program.slot(arg) else { return false };
        program.writes(&slot).iter().any(|write| {
            let value = match program.form(program.peel(write.value)) {
                Form::List(parts) => parts.first().copied().unwrap_or(write.value),
                _ => program.peel(write.value),
            };
            let Some(call) = program.as_call(value) else { return false };
            let name = bare(call.name);
            let makes_text = [
                "format", "printf", "join", "url", "uri", "create", "parse", "concat", "resolve",
                "path", "append", "strip", "trim", "replace", "str", "env", "get", "encode", "tos",
            ];
            program.callees(call).is_empty() && !makes_text.iter().any(|word| name.contains(word))
                || name.contains("request")
                || name.contains("open")
        })
    }

    /// Every text that may be its URL, with its node.
    fn texts(&self, program: &Program<'_, 't>, way: &Way) -> Vec<(Id, Vec<String>)> {
        let mut found = Vec::new();
        let read = |id: Id| (id, program.texts(&(id, way.clone())));
        for (_, call) in self.calls(program) {
            for arg in call.args.iter().take(5) {
                match program.form(*arg) {
                    Form::Pair { name, value } if URLS.contains(name) => found.push(read(*value)),
                    Form::Pair { .. } | Form::Function(_) => {}
                    _ if self.is_request(program, *arg) => {}
                    _ => found.push(read(*arg)),
                }
            }
            for arg in call.args.iter().take(4) {
                for name in URLS {
                    if let Found::Set(values) = self.option(program, *arg, name, way) {
                        for value in values {
                            if let Value::Node((id, way)) = value {
                                found.push((id, program.texts(&(id, way))));
                            }
                        }
                    }
                }
            }
        }
        for (name, value) in &self.assigned {
            if URLS.contains(name) {
                found.push((*value, program.texts(&(*value, way.clone()))));
            }
        }
        // `"…/payments".PostJsonAsync(body)`.
        if let Some(root) = self.root.filter(|root| program.as_call(*root).is_none()) {
            found.push((root, program.texts(&(root, way.clone()))));
        } else if let Some(first) = self.chain.first() {
            let last = self.chain.last().filter(|last| *last != first);
            if let Some(call) = last.and_then(|last| program.as_call(*last)) {
                let on = call.on.unwrap_or(*first);
                found.push((on, program.texts(&(on, way.clone()))));
            }
        }
        found
    }

    /// A member of an argument that holds options.
    pub(super) fn option(
        &self,
        program: &Program<'_, 't>,
        arg: Id,
        name: &str,
        way: &Way,
    ) -> Found {
        let inner = program.peel(arg);
        let plain = matches!(
            program.form(inner),
            Form::Record(_) | Form::Name(_) | Form::List(_) | Form::Member { .. }
        ) || program.as_call(inner).is_some_and(|call| {
            matches!(&*bare(call.name), "streamcontextcreate" | "assign" | "arraymerge" | "merge")
        });
        if !plain {
            return Found::Absent(None);
        }
        program.look(&(arg, way.clone()), name)
    }

    fn url(&self, program: &Program<'_, 't>, way: &Way) -> Option<(Endpoint, String, Id)> {
        let mut best: Option<(Endpoint, String, Id)> = None;
        for (id, texts) in self.texts(program, way) {
            for text in texts {
                let Some(endpoint) = Endpoint::of(&text) else { continue };
                // The longest says most about whose address it is.
                if best.as_ref().is_none_or(|(_, known, _)| known.len() < text.len()) {
                    best = Some((endpoint, text, id));
                }
            }
        }
        best
    }
}
