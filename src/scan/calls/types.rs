//! Which name a field of a type has in JSON, over all files: struct tags, annotations, attributes.
//!
//! Used by `body`, because the class of a body often stands in a file of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::program::bare;
use crate::scan::compare::code::{Code, Id};
use crate::scan::syntax::Language;

/// What a member is called in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// By the name that is looked for.
    Wanted,
    /// By another one.
    Other,
    /// That can not be seen.
    Unclear,
}

/// A type with fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Type {
    /// Its fields in order, with their names in JSON, where that can be seen.
    pub fields: Vec<(String, Option<String>)>,
    /// Whether its constructor takes the fields in their order.
    pub positional: bool,
    /// Whether it has fields that do not stand here, from another type.
    pub more: bool,
    /// The fields that are given a value when nobody gives one.
    pub given: BTreeSet<String>,
    /// The parameters of a constructor that stands in it, in order.
    pub constructor: Option<Vec<String>>,
}

/// The types of all files.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    by_name: BTreeMap<String, Vec<Type>>,
    /// The names in JSON of each field, whatever type it is of.
    sent: BTreeMap<String, BTreeSet<Option<String>>>,
}

impl Types {
    /// Notes the types of a file.
    pub fn add(&mut self, code: &Code<'_>, language: Language) {
        for id in code.all() {
            // Go: a type without a name, where it is used.
            if (language, code.at(id).kind) == (Language::Go, "struct_type")
                && code.at(code.at(id).parent).kind != "type_spec"
            {
                for (field, json) in go_fields(code, id).fields {
                    self.sent.entry(field).or_default().insert(json);
                }
                continue;
            }
            let found = match (language, code.at(id).kind) {
                (Language::Go, "type_spec") => go(code, id),
                (Language::Java, "class_declaration" | "record_declaration") => java(code, id),
                (
                    Language::CSharp,
                    "class_declaration"
                    | "record_declaration"
                    | "struct_declaration"
                    | "record_struct_declaration",
                ) => csharp(code, id),
                (Language::Python, "class_definition") => python(code, id),
                _ => None,
            };
            let Some((name, found)) = found else { continue };
            for (field, json) in &found.fields {
                self.sent.entry(field.clone()).or_default().insert(json.clone());
            }
            self.by_name.entry(name).or_default().push(found);
        }
    }

    /// The type of that name, where there is one and no more.
    pub fn get(&self, name: &str) -> Option<&Type> {
        match self.by_name.get(name)?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// What a field of some type is called in JSON.
    pub fn sent(&self, field: &str, wanted: &str) -> Sent {
        let Some(names) = self.sent.get(field) else {
            return if bare(field) == bare(wanted) { Sent::Unclear } else { Sent::Other };
        };
        let is = |name: &Option<String>| name.as_deref() == Some(wanted);
        if names.iter().all(is) {
            Sent::Wanted
        } else if names.contains(&None) && bare(field) == bare(wanted) || names.iter().any(is) {
            Sent::Unclear
        } else {
            Sent::Other
        }
    }
}

impl Type {
    /// The place of the field that is called so in JSON.
    pub fn place(&self, wanted: &str) -> Option<usize> {
        self.fields.iter().position(|(_, json)| json.as_deref() == Some(wanted))
    }

    /// Whether a field may be called so in JSON, though it can not be seen.
    pub fn may_have(&self, wanted: &str) -> bool {
        let unclear = |(field, json): &(String, Option<String>)| {
            json.is_none() && bare(field) == bare(wanted)
        };
        self.more || self.fields.iter().any(unclear)
    }
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    let at = text.find(['"', '\''])?;
    let rest = text.get(at + 1..)?;
    rest.split(['"', '\'']).next()
}

fn go(code: &Code<'_>, id: Id) -> Option<(String, Type)> {
    let name = code.text(code.field(id, "name")?);
    let body = code.field(id, "type").filter(|body| code.at(*body).kind == "struct_type")?;
    Some((name.to_owned(), go_fields(code, body)))
}

fn go_fields(code: &Code<'_>, body: Id) -> Type {
    let mut found = Type::default();
    let Some(list) = code.named(body).next() else { return found };
    for field in code.named(list).filter(|field| code.at(*field).kind == "field_declaration") {
        let names = code.named(field).filter(|at| code.at(*at).kind == "field_identifier");
        let names: Vec<&str> = names.map(|at| code.text(at)).collect();
        if names.is_empty() {
            found.more = true;
            continue;
        }
        let tag = code.field(field, "tag").map(|tag| code.text(tag)).unwrap_or_default();
        let json = tag.split_once("json:").and_then(|(_, rest)| quoted(rest));
        let json = json.and_then(|json| json.split(',').next()).filter(|json| !json.is_empty());
        for name in names {
            let json = json.unwrap_or(name);
            found.fields.push((name.to_owned(), Some(json.to_owned())));
        }
    }
    found
}

/// The name in JSON that an annotation or attribute gives.
fn annotated(text: &str) -> Option<&str> {
    const GIVE: [&str; 6] = [
        "JsonProperty",
        "SerializedName",
        "JsonPropertyName",
        "JsonbProperty",
        "Json(",
        "DataMember",
    ];
    let at = GIVE.iter().find_map(|name| text.find(name))?;
    let rest = text.get(at..)?;
    let end = rest.find(')').unwrap_or(rest.len());
    quoted(rest.get(..end)?)
}

fn java(code: &Code<'_>, id: Id) -> Option<(String, Type)> {
    let name = code.text(code.field(id, "name")?);
    let mut found = Type { more: code.field(id, "superclass").is_some(), ..Type::default() };
    if let Some(parameters) = code.field(id, "parameters") {
        found.positional = true;
        for parameter in code.named(parameters) {
            let name = code.field(parameter, "name").map(|name| code.text(name));
            let Some(name) = name else { continue };
            let json = annotated(code.text(parameter)).unwrap_or(name);
            found.fields.push((name.to_owned(), Some(json.to_owned())));
        }
    }
    let body = code.field(id, "body")?;
    for member in code.named(body) {
        match code.at(member).kind {
            "field_declaration" => {
                let declarator = code.field(member, "declarator");
                let name = declarator.and_then(|it| code.field(it, "name"));
                let Some(name) = name.map(|name| code.text(name)) else { continue };
                let json = annotated(code.text(member)).unwrap_or(name);
                found.fields.push((name.to_owned(), Some(json.to_owned())));
                if declarator.is_some_and(|it| code.field(it, "value").is_some()) {
                    found.given.insert(name.to_owned());
                }
            }
            "constructor_declaration" => found.constructor = parameters(code, member),
            _ => {}
        }
    }
    let all_args = code.text(id).split("class ").next().unwrap_or_default();
    if all_args.contains("@AllArgsConstructor") || all_args.contains("@Value") {
        found.positional = true;
    }
    Some((name.to_owned(), found))
}

fn parameters(code: &Code<'_>, function: Id) -> Option<Vec<String>> {
    let list = code.field(function, "parameters")?;
    let names = code.named(list).filter_map(|one| code.field(one, "name"));
    Some(names.map(|name| code.text(name).to_owned()).collect())
}

fn csharp(code: &Code<'_>, id: Id) -> Option<(String, Type)> {
    let name = code.text(code.field(id, "name")?);
    let more = code.named(id).any(|child| code.at(child).kind == "base_list");
    let mut found = Type { more, ..Type::default() };
    let camel = |name: &str| speaks_camel(code.text).then(|| lower_first(name));
    let list = code
        .field(id, "parameters")
        .or_else(|| code.named(id).find(|child| code.at(*child).kind == "parameter_list"));
    if let Some(list) = list {
        found.positional = true;
        for parameter in code.named(list) {
            let Some(name) = code.field(parameter, "name").map(|name| code.text(name)) else {
                continue;
            };
            let json = annotated(code.text(parameter)).map(str::to_owned).or_else(|| camel(name));
            found.fields.push((name.to_owned(), json));
        }
    }
    let body = code.field(id, "body");
    for member in body.into_iter().flat_map(|body| code.named(body)) {
        match code.at(member).kind {
            "property_declaration" => {
                let Some(name) = code.field(member, "name").map(|name| code.text(name)) else {
                    continue;
                };
                let json = annotated(code.text(member)).map(str::to_owned).or_else(|| camel(name));
                found.fields.push((name.to_owned(), json));
                let last = code.named(member).last();
                let value = last.filter(|last| {
                    !matches!(code.at(*last).kind, "accessor_list" | "identifier")
                        && !matches!(
                            code.text(*last),
                            "\"\"" | "null" | "null!" | "default!" | "string.Empty"
                        )
                });
                if value.is_some() {
                    found.given.insert(name.to_owned());
                }
            }
            "constructor_declaration" => found.constructor = parameters(code, member),
            _ => {}
        }
    }
    Some((name.to_owned(), found))
}

/// Whether the names of properties begin in lower case in JSON, by what the file calls.
pub(super) fn speaks_camel(text: &str) -> bool {
    ["CamelCase", "AsJsonAsync", "JsonContent.Create", "JsonSerializerDefaults.Web", "AddJsonBody"]
        .iter()
        .any(|word| text.contains(word))
}

pub(super) fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn python(code: &Code<'_>, id: Id) -> Option<(String, Type)> {
    let name = code.text(code.field(id, "name")?);
    let bases = code.field(id, "superclasses").map(|bases| code.text(bases)).unwrap_or_default();
    let known = ["BaseModel", "TypedDict", "Struct", "()", "object"];
    let more = !bases.is_empty() && !known.iter().any(|known| bases.contains(known));
    let mut found = Type { more, positional: bases.is_empty(), ..Type::default() };
    let body = code.field(id, "body")?;
    // An alias generator makes names that can not be seen here.
    let generated = code.text(body).contains("alias_generator");
    for statement in code.named(body) {
        if code.at(statement).kind == "function_definition" {
            let is_init = code.field(statement, "name").map(|it| code.text(it)) == Some("__init__");
            if is_init {
                return None;
            }
            continue;
        }
        let assignment = code
            .within(statement)
            .take(3)
            .find(|at| code.at(*at).kind == "assignment" && code.field(*at, "type").is_some());
        let Some(assignment) = assignment else { continue };
        let Some(field) = code.field(assignment, "left").map(|left| code.text(left)) else {
            continue;
        };
        let value = code.field(assignment, "right").map(|right| code.text(right));
        let alias = value.and_then(|value| {
            let at = value.find("alias")?;
            quoted(value.get(at..)?)
        });
        let json = match alias {
            Some(alias) => Some(alias.to_owned()),
            None if generated => None,
            None => Some(field.to_owned()),
        };
        found.fields.push((field.to_owned(), json));
        let default = value.is_some_and(|value| value.contains("default"))
            || value.is_some_and(|value| !value.contains("alias") && value != "None");
        if default {
            found.given.insert(field.to_owned());
        }
    }
    (!found.fields.is_empty()).then(|| (name.to_owned(), found))
}
