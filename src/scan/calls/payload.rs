//! Which value of a request is its body.
//!
//! Part of `request`: options by name or in an object, what stands behind the URL, what is set or
//! written on the variable that holds the request.

use super::body::{Found, Value, is_nothing};
use super::endpoint::waits;
use super::program::{Program, Way, bare, plain};
use super::request::{BodyAt, Request};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};
use crate::scan::syntax::Language;

/// Members of options that hold a body.
const BODIES: [&str; 11] = [
    "json",
    "body",
    "data",
    "payload",
    "content",
    "form_params",
    "CURLOPT_POSTFIELDS",
    "form",
    "Content",
    "params",
    "json_body",
];

/// Calls that give a request its body.
const BODY_CALLS: [&str; 22] = [
    "body",
    "bodyvalue",
    "send",
    "setbody",
    "json",
    "addjsonbody",
    "addbody",
    "setentity",
    "write",
    "post",
    "bodyjson",
    "withbody",
    "end",
    "entity",
    "setformdata",
    "content",
    "syncbody",
    "addparameter",
    "addstringbody",
    "sendjson",
    "withjson",
    "data",
];

/// Members of options that say that an object is options, and no body.
const OPTIONS: [&str; 14] = [
    "method",
    "headers",
    "json",
    "body",
    "data",
    "form_params",
    "auth",
    "timeout",
    "searchParams",
    "responseType",
    "http",
    "CURLOPT_POSTFIELDS",
    "query",
    "payload",
];

impl<'t> Request<'t> {
    /// The body.
    pub(super) fn body(&self, program: &Program<'_, 't>, way: &Way, url_at: Id) -> BodyAt {
        for (name, value) in self.assigned.iter().rev() {
            if BODIES.contains(name) || matches!(*name, "body" | "Content" | "Body") {
                return BodyAt::At((*value, way.clone()));
            }
        }
        if let Some(found) = self.context(program, way) {
            return found;
        }
        let mut unseen = false;
        for (id, call) in self.calls(program) {
            // Options by name, or in an object.
            if call.name == "curl_setopt"
                && let [_, option, value] = call.args.as_slice()
                && program.text(*option).trim() == "CURLOPT_POSTFIELDS"
            {
                return BodyAt::At((*value, way.clone()));
            }
            for name in BODIES {
                for arg in &call.args {
                    let found = match program.form(*arg) {
                        Form::Pair { name: own, value } if *own == name => {
                            return BodyAt::At((*value, way.clone()));
                        }
                        Form::Pair { .. } => continue,
                        _ if program.code.at(*arg).kind == "argument" && {
                            let own = program.code.field(*arg, "name");
                            own.is_some_and(|own| program.text(own) == name)
                        } =>
                        {
                            return BodyAt::At((*arg, way.clone()));
                        }
                        _ if self.is_options(program, *arg, way, call) => {
                            self.option(program, *arg, name, way)
                        }
                        _ => continue,
                    };
                    match found {
                        Found::Set(values) => {
                            if let Some(Value::Node(at)) = values.into_iter().next() {
                                return BodyAt::At(at);
                            }
                        }
                        Found::Unclear(_) => unseen = true,
                        Found::Absent(_) => {}
                    }
                }
            }
            if let Some(found) = self.body_argument(program, id, call, way, url_at) {
                return BodyAt::At((found, way.clone()));
            }
        }
        if unseen || !self.is_whole(program) { BodyAt::Unseen } else { BodyAt::None }
    }

    /// PHP: the body in a stream context.
    fn context(&self, program: &Program<'_, 't>, way: &Way) -> Option<BodyAt> {
        for (_, call) in self.calls(program) {
            for arg in &call.args {
                if let Found::Set(values) = self.option(program, *arg, "http", way)
                    && let Some(Value::Node(inner)) = values.into_iter().next()
                    && let Found::Set(values) = program.look(&inner, "content")
                    && let Some(Value::Node(at)) = values.into_iter().next()
                {
                    return Some(BodyAt::At(at));
                }
            }
        }
        None
    }

    /// Whether an argument is options rather than a body.
    fn is_options(&self, program: &Program<'_, 't>, arg: Id, way: &Way, call: &Call<'t>) -> bool {
        let name = bare(call.name);
        let inner = program.peel(arg);
        if !matches!(program.form(inner), Form::Record(_) | Form::Name(_) | Form::List(_)) {
            return false;
        }
        let web = [Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Php];
        let fetches = ["request", "curlsetoptarray", "got", "axios", "ky", "ofetch", "ajax"];
        let fetches = web.contains(&program.language)
            && (fetches.contains(&&*name) || name.starts_with("fetch") || name.ends_with("fetch"));
        fetches
            || OPTIONS
                .iter()
                .any(|option| matches!(self.option(program, arg, option, way), Found::Set(_)))
    }

    /// The body among the arguments of a call.
    fn body_argument(
        &self,
        program: &Program<'_, 't>,
        id: Id,
        call: &Call<'t>,
        way: &Way,
        url_at: Id,
    ) -> Option<Id> {
        let name = bare(call.name);
        let is_url = |arg: &Id| *arg == url_at || program.holds(*arg, url_at);
        let url = call.args.iter().position(is_url);
        let is_method = |arg: &Id| self.method(program, *arg, way).is_some();
        let skips = |arg: &Id| {
            let inner = program.peel(*arg);
            let text = program.text(inner);
            matches!(program.form(*arg), Form::Pair { .. } | Form::Function(_))
                || is_method(arg)
                || text.contains("application/json")
                || text.ends_with(".class")
                || text.starts_with("typeof")
                || is_nothing(text)
                || ["true", "false", "True", "False"].contains(&text)
                || [
                    "ctx",
                    "context",
                    "headers",
                    "auth",
                    "$headers",
                    "ct",
                    "cancellationToken",
                    "kwargs",
                ]
                .contains(&text)
                || matches!(
                    &*bare(text),
                    "requestcontext" | "rcontext" | "contextbackground" | "reqcontext"
                )
        };
        let only_url =
            ["append", "path", "segment", "uri", "url"].iter().any(|it| name.contains(it));
        if let Some(url) = url.filter(|_| !only_url) {
            let rest = call.args.get(url + 1..).unwrap_or_default();
            let bare_hash = program.language == Language::Ruby
                && matches!(rest.first().map(|arg| program.form(*arg)), Some(Form::Pair { name, .. })
                    if !OPTIONS.contains(name) && !BODIES.contains(name));
            if let (true, Some(arg)) = (bare_hash, rest.first()) {
                return Some(program.code.at(*arg).parent);
            }
            let first = rest.iter().copied().find(|arg| !skips(arg))?;
            if self.is_options(program, first, way, call) {
                return None;
            }
            return Some(first);
        }
        let gives = BODY_CALLS.contains(&&*name)
            || name.starts_with("post")
            || name.contains("body") && !call.args.is_empty();
        let own = self.chain.contains(&id) || self.held.contains(&id);
        if !gives || !own {
            return None;
        }
        // `getOutputStream().write(bytes)`.
        call.args.iter().copied().find(|arg| {
            !skips(arg) && !matches!(program.form(program.peel(*arg)), Form::Literal)
                || program.text(program.peel(*arg)).starts_with(['{', '"', '\''])
                    && program.text(program.peel(*arg)).contains('{')
        })
    }

    /// Whether all of the request stands there, so that no body means none is sent.
    fn is_whole(&self, program: &Program<'_, 't>) -> bool {
        let Some(call) = self.chain.last().and_then(|last| program.as_call(*last)) else {
            return false;
        };
        let posts = ["post", "fetch", "postasync", "postjson", "request", "axios", "got"];
        let named = posts.contains(&&*bare(call.name));
        let clear = call.args.iter().all(|arg| match program.form(program.peel(*arg)) {
            Form::Name(_) | Form::Function(_) => {
                program.texts(&(*arg, Way::new())).iter().all(|text| !waits(text))
            }
            _ => !program.code.at(*arg).kind.contains("splat"),
        });
        let text = plain(program.text(self.id));
        named && clear && self.chain.len() == 1 && !text.contains("...")
    }
}
