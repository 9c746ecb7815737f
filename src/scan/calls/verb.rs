//! By which method a request goes, and whether it is one at all.
//!
//! Part of `request`.

use super::body::{Found, Value};
use super::endpoint::Endpoint;
use super::program::{Program, Way, bare};
use super::request::Request;
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};
use crate::scan::syntax::Language;

/// Members of options that name the method, or that only a POST has.
const VERBS: [&str; 7] = [
    "method",
    "type",
    "verb",
    "CURLOPT_POST",
    "CURLOPT_POSTFIELDS",
    "http",
    "CURLOPT_CUSTOMREQUEST",
];

impl<'t> Request<'t> {
    /// Whether it is a POST.
    pub(super) fn posts(&self, program: &Program<'_, 't>, way: &Way) -> bool {
        if self.chain.iter().any(|id| self.is_other(program, *id, way)) {
            return false;
        }
        let method = self.assigned.iter().filter(|(name, _)| bare(name) == "method");
        self.calls(program).any(|(_, call)| {
            is_named_post(program, call)
                || call.args.iter().take(5).any(|arg| self.says_post(program, call, *arg, way))
        }) || method.into_iter().any(|(_, value)| self.method(program, *value, way) == Some(true))
    }

    /// Whether a call of the chain sends with another method, by its name.
    fn is_other(&self, program: &Program<'_, 't>, id: Id, way: &Way) -> bool {
        const OTHERS: [&str; 7] =
            ["get", "patch", "put", "delete", "getasync", "deleteasync", "head"];
        let Some(call) = program.as_call(id) else { return false };
        OTHERS.contains(&&*bare(call.name))
            && call.args.iter().any(|arg| {
                let texts = program.texts(&(*arg, way.clone()));
                texts.iter().any(|text| Endpoint::of(text).is_some())
            })
    }

    /// Whether an argument says that it is a POST.
    fn says_post(&self, program: &Program<'_, 't>, call: &Call<'t>, arg: Id, way: &Way) -> bool {
        if let Form::Pair { name, value } = program.form(arg) {
            // urllib sends what has data as POST.
            let urllib = *name == "data"
                && ["request", "urlopen"].contains(&&*bare(call.name))
                && program.language == Language::Python;
            let named = matches!(*name, "method" | "verb" | "type");
            return urllib || named && self.method(program, *value, way) == Some(true);
        }
        if self.method(program, arg, way) == Some(true) {
            return true;
        }
        VERBS.iter().any(|option| {
            let Found::Set(values) = self.option(program, arg, option, way) else { return false };
            matches!(*option, "CURLOPT_POST" | "CURLOPT_POSTFIELDS")
                || values.into_iter().any(|value| match value {
                    Value::Node(at) if *option == "http" => {
                        matches!(program.look(&at, "content"), Found::Set(_))
                    }
                    Value::Node((id, way)) => self.method(program, id, &way) == Some(true),
                    Value::Written(_) => false,
                })
        })
    }

    /// Whether a text or a constant is the method POST, or another method.
    pub(super) fn method(&self, program: &Program<'_, 't>, id: Id, way: &Way) -> Option<bool> {
        let id = program.peel(id);
        let is = |text: &str| {
            let bare = bare(text);
            match bare.as_str() {
                "post" | "methodpost" | "httpmethodpost" | "curloptpost" | "requestmethodpost"
                | "curloptpostfields" => Some(true),
                "get" | "put" | "patch" | "delete" | "head" | "methodget" => Some(false),
                _ => None,
            }
        };
        if let Form::Member { name, .. } = program.form(id)
            && let Some(known) = is(name)
        {
            return Some(known);
        }
        if let Form::Name(name) = program.form(id)
            && let Some(known) = is(name)
        {
            return Some(known);
        }
        let literal = program.is_text(id)
            || matches!(program.form(id), Form::Literal | Form::Name(_) | Form::Binary { .. });
        if !literal {
            return None;
        }
        program.texts(&(id, way.clone())).iter().find_map(|text| is(text))
    }

    /// Whether it declares a route of a server: `app.post("/payments", handler)`.
    pub(super) fn is_route(&self, program: &Program<'_, 't>) -> bool {
        const SERVERS: [&str; 18] = [
            "app",
            "router",
            "route",
            "routes",
            "server",
            "fastify",
            "blueprint",
            "bp",
            "r",
            "e",
            "mux",
            "routegroup",
            "group",
            "webapp",
            "restapi",
            "engine",
            "endpoints",
            "paymentsrouter",
        ];
        let Some(call) = self.chain.last().and_then(|last| program.as_call(*last)) else {
            return false;
        };
        let around = program.code.around(self.id).take(3);
        if around
            .into_iter()
            .any(|at| matches!(program.code.at(at).kind, "decorator" | "annotation" | "attribute"))
        {
            return true;
        }
        let name = bare(call.name);
        if name.starts_with("map") && name.ends_with("post") {
            return true;
        }
        // gin and echo; a client of Go says `Post`.
        if program.language == Language::Go && call.name == "POST" {
            return true;
        }
        let root = self.root.map(|root| program.text(root)).unwrap_or_default();
        let last = root.rsplit(['.', '>', ':']).next().unwrap_or(root);
        let is_server = SERVERS.contains(&&*bare(last)) || bare(last).ends_with("router");
        let handles = call
            .args
            .iter()
            .skip(1)
            .any(|arg| matches!(program.form(program.peel(*arg)), Form::Function(_)));
        let sets_request = !self.assigned.is_empty();
        let routes_to = call.args.iter().skip(1).any(|arg| {
            matches!(program.form(*arg), Form::Pair { name: "to" | "controller" | "action", .. })
        });
        routes_to
            || is_server && !call.args.iter().any(|arg| is_object(program, *arg))
            || handles && call.on.is_none() && !sets_request && program.language == Language::Ruby
    }
}

/// Whether a call is a POST by its name.
fn is_named_post(program: &Program<'_, '_>, call: &Call<'_>) -> bool {
    let name = bare(call.name);
    let callee = call.callee.or(call.on).map(|it| program.text(it)).unwrap_or_default();
    name.starts_with("post")
        || name.ends_with("post")
        || bare(callee).ends_with("httppost")
        || callee.ends_with("Net::HTTP::Post")
        || callee.ends_with("HTTP::Post")
}

/// Whether an argument is an object that stands right there.
fn is_object(program: &Program<'_, '_>, arg: Id) -> bool {
    matches!(program.form(program.peel(arg)), Form::Record(_))
}
