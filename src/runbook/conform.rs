//! Holds a tree against a JSON Schema and says every place where it does not fit.
//!
//! The schemas come from the Rust types that the values are read into (`schemars`), so what is
//! accepted here and what serde reads are one thing. Understands what `schemars` writes: `$ref`,
//! `type`, `properties`, `required`, `additionalProperties`, `items`, `enum`, `const`, `oneOf`,
//! `anyOf`, `allOf`, `pattern` and limits.

use regex::Regex;
use schemars::Schema;
use serde_json::{Map, Value};

use crate::runbook::describe::{either, list};
use crate::runbook::nearest::did_you_mean;
pub use crate::runbook::path::Path;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::{Entry, Item, Node};

/// Holds values against one schema.
pub struct Conform<'s> {
    pub(super) root: &'s Value,
}

impl<'s> Conform<'s> {
    /// Against `schema`.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        Self { root: schema.as_value() }
    }

    /// Reports every place of `node` that does not fit.
    pub fn check(&self, node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
        self.node(self.root, node, path, report);
    }

    fn node(&self, schema: &Value, node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
        let schema = self.resolve(schema);
        let Some(rules) = schema.as_object() else { return };
        for part in list(rules, "allOf") {
            self.node(part, node, path, report);
        }
        let branches: Vec<&Value> = list(rules, "anyOf").chain(list(rules, "oneOf")).collect();
        if !branches.is_empty() {
            self.one_of(&branches, node, path, report);
            return;
        }
        if let Some(words) = self.words(rules) {
            self.word(&words, node, path, report);
            return;
        }
        let fixed = rules.get("const").is_none_or(|only| only == &node.to_json());
        if !fixed {
            let draft = report.at(node.place, path).shows(node);
            let expected = self.describe_rules(rules).unwrap_or_default();
            draft.expected(expected).done(format!("{} can not be this", name(path)));
            return;
        }
        if !self.fits_type(rules, node) {
            self.wrong_type(rules, node, path, report);
            return;
        }
        match &node.item {
            Item::Map(_) => self.map(rules, node, path, report),
            Item::List(nodes) => {
                self.length(rules, nodes.len(), node, path, report);
                if let Some(items) = rules.get("items") {
                    for (index, element) in nodes.iter().enumerate() {
                        self.node(items, element, &path.index(index), report);
                    }
                }
            }
            Item::Text(text) => self.text(rules, text, node, path, report),
            Item::Number(number) => self.limits(rules, number.as_f64(), node, path, report),
            Item::Null | Item::Bool(_) => {}
        }
    }

    /// Of several possible forms, the one that the value is meant to have.
    fn one_of(&self, all: &[&Value], node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
        let fitting: Vec<&Value> = all
            .iter()
            .copied()
            .filter(|branch| {
                let rules = self.resolve(branch).as_object();
                rules.is_some_and(|rules| self.may_fit(rules, node))
            })
            .collect();
        match fitting.as_slice() {
            [] => {
                let expected = self.describe_forms(all);
                let mut draft = report.at(node.place, path).expected(expected).shows(node);
                if let Some(text) = node.text() {
                    let words: Vec<&str> = all.iter().flat_map(|one| self.all_words(one)).collect();
                    draft = draft.maybe_hint(did_you_mean(text, words));
                }
                draft.done(format!("{} can not be this", name(path)));
            }
            [only] => self.node(only, node, path, report),
            several => self.best_of(several, node, path, report),
        }
    }

    /// Of several forms of the same type, the first that fits altogether, or else the one that has
    /// a key of the value.
    fn best_of(&self, forms: &[&Value], node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
        let sound = forms.iter().any(|form| {
            let mut trial = Reporter::new("", "");
            self.node(form, node, path, &mut trial);
            trial.is_empty()
        });
        if sound {
            return;
        }
        let keys = |form: &Value| -> Vec<String> {
            let properties = self.resolve(form).get("properties").and_then(Value::as_object);
            properties.into_iter().flat_map(Map::keys).cloned().collect()
        };
        let meant = |form: &&&Value| keys(form).iter().any(|key| node.get(key).is_some());
        if let Some(form) = forms.iter().find(meant) {
            self.node(form, node, path, report);
            return;
        }
        let all: Vec<String> = forms.iter().flat_map(|form| keys(form)).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let typed = node.entries().first();
        let hint = typed.and_then(|entry| did_you_mean(&entry.key, all.iter().copied()));
        let place = typed.map_or(node.place, |entry| entry.place);
        let draft = report.at(place, path).expected(format!("a map with {}", either(&all)));
        let draft = match typed {
            Some(entry) => draft.found(format!("`{}`", entry.key)),
            None => draft.shows(node),
        };
        draft.maybe_hint(hint).done(format!("{} can not be this", name(path)));
    }

    /// Whether the value has the type of these rules and, for text, is one of its words.
    fn may_fit(&self, rules: &Map<String, Value>, node: &Node) -> bool {
        let mut forms = list(rules, "anyOf").chain(list(rules, "oneOf")).peekable();
        if forms.peek().is_some() {
            let fits = |rules: &Map<String, Value>| self.may_fit(rules, node);
            return forms.any(|form| self.resolve(form).as_object().is_some_and(fits));
        }
        match (self.words(rules), node.text()) {
            (Some(words), Some(text)) => words.contains(&text),
            (Some(_), None) => false,
            (None, _) => self.fits_type(rules, node),
        }
    }

    fn fits_type(&self, rules: &Map<String, Value>, node: &Node) -> bool {
        let types: Vec<&str> = match rules.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ if rules.contains_key("properties") => vec!["object"],
            _ if rules.contains_key("const") => {
                return rules.get("const") == Some(&node.to_json());
            }
            _ => return true,
        };
        types.iter().any(|kind| match &node.item {
            Item::Null => *kind == "null",
            Item::Bool(_) => *kind == "boolean",
            Item::Number(number) => {
                *kind == "number" || (*kind == "integer" && (number.is_i64() || number.is_u64()))
            }
            Item::Text(_) => *kind == "string",
            Item::List(_) => *kind == "array",
            Item::Map(_) => *kind == "object",
        })
    }

    fn wrong_type(
        &self,
        rules: &Map<String, Value>,
        node: &Node,
        path: &Path<'_>,
        report: &mut Reporter<'_>,
    ) {
        let expected = match path {
            Path::Root => Some("a map: one `key: value` per line".to_owned()),
            _ => self.describe_rules(rules),
        };
        let expected = expected.unwrap_or_else(|| "another kind of value".to_owned());
        let wants_text = matches!(rules.get("type"), Some(Value::String(kind)) if kind == "string");
        let hint = match &node.item {
            Item::Null if matches!(path, Path::Root) => Some("the file is empty".to_owned()),
            Item::Null => Some("write a value, or remove the key".to_owned()),
            Item::Number(_) | Item::Bool(_) if wants_text => {
                Some("put it in quotes to make it text".to_owned())
            }
            Item::Text(_) if rules.get("type").is_some_and(|kind| kind == "array") => {
                Some("write a list: `[first, second]`, or one `- item` per line".to_owned())
            }
            _ => None,
        };
        let draft = report.at(node.place, path).expected(expected).shows(node);
        draft.maybe_hint(hint).done(format!("{} has the wrong type", name(path)));
    }

    fn map(
        &self,
        rules: &Map<String, Value>,
        node: &Node,
        path: &Path<'_>,
        report: &mut Reporter<'_>,
    ) {
        let none = Map::new();
        let properties = rules.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let rest = rules.get("additionalProperties");
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        for entry in node.entries() {
            let below = path.key(&entry.key);
            let by_pattern = patterns.into_iter().flatten().find_map(|(pattern, schema)| {
                Regex::new(pattern).is_ok_and(|it| it.is_match(&entry.key)).then_some(schema)
            });
            if let Some(schema) = properties.get(&entry.key).or(by_pattern) {
                self.node(schema, &entry.value, &below, report);
            } else if rest == Some(&Value::Bool(false)) {
                unknown_key(entry, properties, patterns.is_some(), path, report);
            } else if let Some(schema) = rest {
                self.node(schema, &entry.value, &below, report);
            }
        }
        for key in list(rules, "required").filter_map(Value::as_str) {
            if node.get(key).is_none() {
                let expected = properties.get(key).and_then(|schema| self.describe(schema));
                let about = properties.get(key).and_then(|schema| self.about(schema));
                let mut draft = report.at(node.place, path).maybe_hint(about);
                if let Some(expected) = expected {
                    draft = draft.expected(format!("`{key}:` with {expected}"));
                }
                draft.done(format!("the key `{key}` is missing{}", within(path)));
            }
        }
    }

    fn word(&self, words: &[&str], node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
        let text = node.text();
        if text.is_some_and(|text| words.contains(&text)) {
            return;
        }
        let hint = text.and_then(|text| did_you_mean(text, words.iter().copied()));
        report
            .at(node.place, path)
            .expected(either(words))
            .shows(node)
            .maybe_hint(hint)
            .done(format!("{} can not be this", name(path)));
    }

    fn text(
        &self,
        rules: &Map<String, Value>,
        text: &str,
        node: &Node,
        path: &Path<'_>,
        report: &mut Reporter<'_>,
    ) {
        let least = rules.get("minLength").and_then(Value::as_u64).unwrap_or(0);
        if least > 0 && text.trim().is_empty() {
            report.at(node.place, path).expected("text").done(format!("{} is empty", name(path)));
            return;
        }
        let Some(pattern) = rules.get("pattern").and_then(Value::as_str) else { return };
        if Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(text)) {
            let expected = self.describe_rules(rules).unwrap_or_else(|| pattern.to_owned());
            report
                .at(node.place, path)
                .expected(expected)
                .shows(node)
                .done(format!("{} is not written as it must be", name(path)));
        }
    }

    fn length(
        &self,
        rules: &Map<String, Value>,
        count: usize,
        node: &Node,
        path: &Path<'_>,
        report: &mut Reporter<'_>,
    ) {
        let least = rules.get("minItems").and_then(Value::as_u64).unwrap_or(0);
        if (count as u64) < least {
            let expected = format!("at least {least}");
            let draft = report.at(node.place, path).expected(expected).shows(node);
            draft.done(format!("{} has too few elements", name(path)));
        }
    }

    fn limits(
        &self,
        rules: &Map<String, Value>,
        number: Option<f64>,
        node: &Node,
        path: &Path<'_>,
        report: &mut Reporter<'_>,
    ) {
        let limit = |key: &str| rules.get(key).and_then(Value::as_f64);
        let Some(number) = number else { return };
        let wrong = limit("minimum").is_some_and(|least| number < least)
            || limit("maximum").is_some_and(|most| number > most);
        if wrong {
            let expected = self.describe_rules(rules).unwrap_or_default();
            let draft = report.at(node.place, path).expected(expected).shows(node);
            draft.done(format!("{} is out of range", name(path)));
        }
    }
}

fn unknown_key(
    entry: &Entry,
    properties: &Map<String, Value>,
    named_freely: bool,
    path: &Path<'_>,
    report: &mut Reporter<'_>,
) {
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    let draft = report
        .at(entry.place, path.key(&entry.key))
        .found(format!("`{}`", entry.key))
        .maybe_hint(did_you_mean(&entry.key, known.iter().copied()));
    if named_freely {
        let draft = draft.expected("lower-case letters, digits and underscores");
        draft.done(format!("`{}` can not be a name{}", entry.key, within(path)));
        return;
    }
    let expected = match known.as_slice() {
        [] => "no keys".to_owned(),
        known => format!("one of {}", known.join(", ")),
    };
    draft.expected(expected).done(format!("unknown key `{}`{}", entry.key, within(path)));
}

/// The last part of a path, as the subject of a sentence.
fn name(path: &Path<'_>) -> String {
    match path {
        Path::Root => "the document".to_owned(),
        Path::Key(_, key) => format!("`{key}`"),
        Path::Index(above, _) => format!("an element of {}", name(above)),
    }
}

fn within(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Index(Path::Key(_, key), _) => {
            format!(
                " in {}",
                match *key {
                    "sections" => "this section".to_owned(),
                    "steps" => "this step".to_owned(),
                    key => format!("an element of `{key}`"),
                }
            )
        }
        other => format!(" in {}", name(other)),
    }
}
