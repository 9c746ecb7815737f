//! `curl` in scripts.
//!
//! Called by `mod` for shell scripts, which have no forms. Variables are filled in as text.

use std::collections::BTreeMap;

use super::body::Value;
use super::endpoint::Endpoint;
use super::json::{self, InText};
use super::judge::{Judged, KEY};
use super::text::{END, HOLE};
use super::whose::Naming;
use super::{Sends, Worry};
use crate::scan::compare::code::{Code, Id};

/// Options of `curl` that give a body.
const BODIES: [&str; 8] = [
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--json",
    "--data-ascii",
    "--post-data",
    "--body-data",
];

/// A word of a command without its quotes, as the shell takes it.
fn word(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.trim().chars();
    let mut quote = None;
    while let Some(ch) = chars.next() {
        match (quote, ch) {
            (None, '\'' | '"') => quote = Some(ch),
            (Some(open), _) if ch == open => quote = None,
            (Some('"'), '\\') => match chars.next() {
                Some(next @ ('"' | '$' | '\\' | '`')) => out.push(next),
                Some(next) => out.extend(['\\', next]),
                None => out.push('\\'),
            },
            (None, '\\') => out.extend(chars.next()),
            _ => out.push(ch),
        }
    }
    out
}

/// Judges the calls of `curl` in a script. `text` is what the file says; the tree may have other
/// characters where it is not ASCII.
pub(super) fn judge(code: &Code<'_>, text: &str, naming: Naming) -> Vec<Judged> {
    let mut script = Script { code, text, variables: BTreeMap::new() };
    script.read_variables();
    let mut found = Vec::new();
    for id in code.all().filter(|id| code.at(*id).kind == "command") {
        if let Some(judged) = script.command(id, naming) {
            found.push(judged);
        }
    }
    found
}

struct Script<'a, 't> {
    code: &'a Code<'t>,
    text: &'a str,
    variables: BTreeMap<String, String>,
}

impl Script<'_, '_> {
    fn of(&self, id: Id) -> &str {
        let node = self.code.at(id);
        self.text.get(node.start..node.end).unwrap_or_default()
    }

    fn read_variables(&mut self) {
        for id in self.code.all() {
            if self.code.at(id).kind != "variable_assignment" {
                continue;
            }
            let name = self.code.field(id, "name").map(|name| self.of(name).to_owned());
            let value = self.code.field(id, "value").map(|value| self.of(value).to_owned());
            if let (Some(name), Some(value)) = (name, value) {
                self.variables.insert(name, value);
            }
        }
    }

    /// The text with variables that the script sets filled in.
    fn filled(&self, text: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (head, tail) = rest.split_at(at);
            out.push_str(head);
            let inner = tail.get(1..).unwrap_or_default();
            let (name, after) = match inner.strip_prefix('{') {
                Some(braced) => braced.split_once('}').unwrap_or((braced, "")),
                None => {
                    let end = inner.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_');
                    inner.split_at(end.unwrap_or(inner.len()))
                }
            };
            let plain = name.split([':', '-', '=', '?', '%', '#', '/']).next().unwrap_or(name);
            match self.variables.get(plain).filter(|_| depth < 4 && !plain.is_empty()) {
                Some(value) => {
                    let value = word(value);
                    let fills = if value.starts_with("$(") {
                        value.clone()
                    } else {
                        self.filled(&value, depth + 1)
                    };
                    out.push_str(&fills);
                }
                None => {
                    out.push('$');
                    if inner.starts_with('{') {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    } else {
                        out.push_str(name);
                    }
                }
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// What a word of a command reads as, with holes for what is not known.
    fn url(&self, raw: &str) -> String {
        let filled = self.filled(&word(raw), 0);
        let mut out = String::new();
        let mut rest = filled.as_str();
        while let Some(at) = rest.find('$') {
            let (head, tail) = rest.split_at(at);
            out.push_str(head);
            let inner = tail.get(1..).unwrap_or_default();
            let end = match inner.chars().next() {
                Some('{') => inner.find('}').map_or(inner.len(), |at| at + 1),
                Some('(') => inner.rfind(')').map_or(inner.len(), |at| at + 1),
                _ => inner
                    .find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_')
                    .unwrap_or(inner.len()),
            };
            let (name, after) = inner.split_at(end);
            out.push(HOLE);
            out.push_str(name.trim_matches(['{', '}']));
            out.push(END);
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn command(&self, id: Id, naming: Naming) -> Option<Judged> {
        let code = self.code;
        let words: Vec<Id> = code.named(id).collect();
        let name = self.of(*words.first()?);
        if !matches!(name, "curl" | "wget") && !name.ends_with("/curl") {
            return None;
        }
        let raw: Vec<&str> = words.iter().skip(1).map(|word| self.of(*word)).collect();
        let mut url = None;
        let mut body: Option<String> = None;
        let mut method: Option<String> = None;
        let mut header = false;
        let mut at = 0;
        while let Some(one) = raw.get(at) {
            let next = raw.get(at + 1).copied().unwrap_or_default();
            let (option, value) = one
                .split_once('=')
                .filter(|(head, _)| head.starts_with("--"))
                .unwrap_or((one, next));
            let joined = value != next || next.is_empty();
            if BODIES.contains(&option) {
                body = Some(value.to_owned());
                at += usize::from(!joined);
            } else if matches!(option, "-X" | "--request" | "--method") {
                method = Some(word(value));
                at += usize::from(!joined);
            } else if let Some(verb) = one.strip_prefix("-X").filter(|verb| !verb.is_empty()) {
                method = Some(word(verb));
            } else if matches!(option, "-H" | "--header") {
                header |= value.to_ascii_lowercase().contains("idempotency-key");
                at += usize::from(!joined);
            } else if matches!(*one, "-G" | "--get") {
                method = Some("GET".to_owned());
            } else {
                let text = self.url(one);
                if Endpoint::of(&text).is_some() {
                    url = Some(text);
                }
            }
            at += 1;
        }
        let url = url?;
        let endpoint = Endpoint::of(&url)?;
        let posts =
            method.as_deref().map_or(body.is_some(), |method| method.eq_ignore_ascii_case("POST"));
        if !posts {
            return None;
        }
        let whose = naming.judge(&url, "", false);
        let sends = match body {
            Some(body) => self.sends(id, &body),
            None => Sends::No { alike: None, body: false },
        };
        Some(Judged { node: id, endpoint, sends, whose, header })
    }

    /// What a body sends.
    fn sends(&self, command: Id, raw: &str) -> Sends {
        let raw = word(raw);
        let text = if let Some(file) = raw.strip_prefix('@') {
            match self.heredoc(command).filter(|_| file == "-") {
                Some(text) => text,
                None => return Sends::Unclear(format!("the body is read from `{file}`")),
            }
        } else {
            self.filled(&raw, 0)
        };
        let Some(from) =
            text.find('{').filter(|at| text.get(..*at).is_some_and(|head| !head.ends_with('$')))
        else {
            return Sends::Unclear("the body is not put together in this script".to_owned());
        };
        // A JSON text, or one in a here-document or a `jq` program.
        match json::member(text.get(from..).unwrap_or_default(), KEY) {
            InText::There(value) => self.source(command, &value, &text),
            InText::NotThere => Sends::No { alike: alike(&text), body: true },
            InText::Unclear => {
                match text.get(from..).map(|rest| json::member(&closed(rest), KEY)) {
                    Some(InText::There(value)) => self.source(command, &value, &text),
                    _ => Sends::Unclear("the body is put together from parts".to_owned()),
                }
            }
        }
    }

    fn source(&self, command: Id, value: &str, text: &str) -> Sends {
        let value = value.trim_matches(['\'', ' ']);
        if super::body::is_nothing(value) {
            return Sends::No { alike: Some(format!("externalId: {value}")), body: true };
        }
        // `jq --arg id "$(uuidgen)" '{externalId: $id}'`.
        let name = value.trim_matches(['"', '$', '{', '}']);
        let arg = text
            .split_once(&format!("--arg {name} "))
            .map(|(_, rest)| rest.lines().next().unwrap_or(rest));
        let from = arg.and_then(|rest| rest.split("'{").next()).unwrap_or(value);
        let filled = self.filled(from, 0);
        let made = Value::Written(filled.clone());
        let looped = self.code.around(command).find(|at| {
            matches!(
                self.code.at(*at).kind,
                "for_statement" | "while_statement" | "c_style_for_statement"
            )
        });
        let inside = looped.is_some_and(|outer| {
            let text = self.of(outer);
            let makes = text.contains("uuidgen") || text.contains("date +");
            makes && ["break", "try", "tries", "attempt"].iter().any(|word| text.contains(word))
        });
        let mut worries = super::source::of_text(&made);
        if inside && (worries.contains(&Worry::NotKept) || worries.contains(&Worry::Timestamp)) {
            worries = vec![Worry::EveryTry];
        }
        Sends::Yes { from: super::body::short(&filled), worries }
    }

    /// The here-document of a command.
    fn heredoc(&self, command: Id) -> Option<String> {
        let code = self.code;
        let around =
            code.around(command).take(3).find(|at| code.at(*at).kind == "redirected_statement")?;
        let body = code.within(around).find(|at| code.at(*at).kind == "heredoc_body")?;
        Some(self.filled(self.of(body), 0))
    }
}

/// The text with the braces closed that a shell's quoting left open.
fn closed(text: &str) -> String {
    format!("{text}}}")
}

fn alike(text: &str) -> Option<String> {
    ["external_id", "externalID", "ExternalId", "external-id", "idempotencyKey"]
        .iter()
        .find(|name| text.contains(**name))
        .map(|name| (*name).to_owned())
}
