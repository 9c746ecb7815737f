//! What a schema asks for, in words: the "expected" of a problem.

use serde_json::{Map, Value};

use crate::runbook::conform::Conform;

impl Conform<'_> {
    /// Follows `$ref` into `$defs`.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        for _ in 0..16 {
            let Some(target) = schema.get("$ref").and_then(Value::as_str) else { break };
            let found = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            let Some(found) = found else { break };
            schema = found;
        }
        schema
    }

    /// The words of an `enum` or a textual `const`.
    pub(super) fn words<'a>(&self, rules: &'a Map<String, Value>) -> Option<Vec<&'a str>> {
        let only = rules.get("const").and_then(Value::as_str).map(|word| vec![word]);
        let several = rules.get("enum").and_then(Value::as_array);
        only.or_else(|| several.map(|words| words.iter().filter_map(Value::as_str).collect()))
    }

    pub(super) fn all_words<'a>(&'a self, schema: &'a Value) -> Vec<&'a str> {
        let Some(rules) = self.resolve(schema).as_object() else { return Vec::new() };
        let nested = list(rules, "anyOf").chain(list(rules, "oneOf"));
        let below = nested.flat_map(|one| self.all_words(one));
        self.words(rules).into_iter().flatten().chain(below).collect()
    }

    /// What a schema asks for, in words.
    pub(super) fn describe(&self, schema: &Value) -> Option<String> {
        self.describe_rules(self.resolve(schema).as_object()?)
    }

    /// Several forms, in words.
    pub(super) fn describe_forms(&self, forms: &[&Value]) -> String {
        let only_words = |form: &&Value| {
            self.resolve(form).as_object().is_some_and(|rules| self.words(rules).is_some())
        };
        if forms.iter().all(only_words) {
            let words: Vec<&str> = forms.iter().flat_map(|one| self.all_words(one)).collect();
            return either(&words);
        }
        let said: Vec<String> = forms.iter().filter_map(|one| self.describe(one)).collect();
        said.join(", or ")
    }

    pub(super) fn describe_rules(&self, rules: &Map<String, Value>) -> Option<String> {
        let branches: Vec<&Value> = list(rules, "anyOf").chain(list(rules, "oneOf")).collect();
        if !branches.is_empty() {
            return Some(self.describe_forms(&branches));
        }
        if let Some(words) = self.words(rules) {
            return Some(either(&words));
        }
        if let Some(Value::String(title)) = rules.get("title") {
            return Some(title.clone());
        }
        if let Some(value) = rules.get("const") {
            return Some(value.to_string());
        }
        let kind = match rules.get("type")? {
            Value::String(kind) => kind.as_str(),
            Value::Array(kinds) => kinds.iter().find_map(Value::as_str)?,
            _ => return None,
        };
        Some(match kind {
            "string" => "text".to_owned(),
            "array" => "a list".to_owned(),
            "object" => match rules.get("properties").and_then(Value::as_object) {
                Some(map) if !map.is_empty() && map.len() <= 4 => {
                    let keys: Vec<&str> = map.keys().map(String::as_str).collect();
                    format!("a map with {}", keys.join(", "))
                }
                _ => "a map".to_owned(),
            },
            "boolean" => "true or false".to_owned(),
            "null" => return None,
            number => {
                let what = if number == "integer" { "a whole number" } else { "a number" };
                let limit = |key: &str| rules.get(key).filter(|limit| limit.is_number());
                match (limit("minimum"), limit("maximum")) {
                    (Some(least), Some(most)) => format!("{what} from {least} to {most}"),
                    (Some(least), None) => format!("{what}, at least {least}"),
                    (None, Some(most)) => format!("{what}, at most {most}"),
                    (None, None) => what.to_owned(),
                }
            }
        })
    }

    /// The first line of a schema's own description.
    pub(super) fn about(&self, schema: &Value) -> Option<String> {
        let about = schema.get("description")?.as_str()?;
        Some(about.lines().next()?.to_owned())
    }
}

/// The elements under a keyword of a schema.
pub(super) fn list<'a>(
    rules: &'a Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'a Value> {
    rules.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The words of a choice: `blocking or advisory`.
pub(super) fn either(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
