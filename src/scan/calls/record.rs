//! Objects that are written out: which of their entries is the member.
//!
//! Part of `body`.

use super::body::{Found, Look, Value, is_nothing, over};
use super::program::{At, Way, bare, plain};
use super::text::HOLE;
use super::types::{Sent, speaks_camel};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::Form;
use crate::scan::syntax::Language;

impl Look<'_, '_, '_> {
    pub(super) fn record(&self, id: Id, parts: &[Id], way: &Way, depth: usize) -> Found {
        let mut so_far = Found::Absent(None);
        for part in parts {
            let one = self.part(id, *part, way, depth);
            so_far = over(so_far, one);
        }
        so_far
    }

    /// One entry of an object.
    fn part(&self, record: Id, part: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let code = program.code;
        let kind = code.at(part).kind;
        if kind == "spread_element" || kind.contains("splat") || kind == "variadic_unpacking" {
            let inner = code.named(part).last();
            return match inner {
                Some(inner) => self.look(inner, way, depth + 1),
                None => Found::Absent(None),
            };
        }
        match program.form(part) {
            Form::Pair { name, value } => {
                let key = code.named(part).next().filter(|key| *key != *value);
                if let Some(inner) =
                    key.or(Some(*value)).filter(|it| code.at(*it).kind == "variadic_unpacking")
                {
                    let inner = code.named(inner).last().unwrap_or(inner);
                    return self.look(inner, way, depth + 1);
                }
                let (name, quoted) = match key {
                    Some(key) => self.key_of(record, key, way),
                    // Ruby's `name:` alone.
                    None if name.is_empty() => {
                        (Some(program.text(part).trim_end_matches(':').to_owned()), true)
                    }
                    None => (Some((*name).to_owned()), true),
                };
                let Some(name) = name else {
                    return Found::unclear("one of its names is computed");
                };
                self.named(&name, quoted, (*value, way.clone()))
            }
            Form::Name(name) => self.named(name, true, (part, way.clone())),
            Form::Assign { to, value, .. } => {
                let name = program.text(*to).trim_matches(['[', ']']);
                let quoted = name.contains(['"', '\'']);
                self.named(&plain(name), quoted, (*value, way.clone()))
            }
            _ => Found::Absent(None),
        }
    }

    pub(super) fn named(&self, name: &str, quoted: bool, value: At) -> Found {
        match self.names(name, quoted) {
            Sent::Wanted if is_nothing(self.program.text(self.program.peel(value.0))) => {
                Found::Absent(Some(format!("{name}: {}", self.program.text(value.0))))
            }
            Sent::Wanted => Found::Set(vec![Value::Node(value)]),
            Sent::Unclear => {
                Found::unclear(format!("what `{name}` is called in JSON can not be seen"))
            }
            Sent::Other => Found::Absent(self.sounds(name)),
        }
    }

    /// The name of an entry, and whether it stands there as it is sent.
    fn key_of(&self, record: Id, key: Id, way: &Way) -> (Option<String>, bool) {
        let program = self.program;
        let text = program.text(key);
        let inner = program.peel(key);
        let is_map = program.code.field(program.code.at(record).parent, "type");
        let is_map = is_map.is_some_and(|of| program.code.at(of).kind == "map_type");
        let computed = text.starts_with('[')
            || matches!(program.form(inner), Form::Name(_) | Form::Member { .. })
                && match program.language {
                    Language::Python | Language::Php => true,
                    Language::Go => is_map,
                    _ => false,
                };
        if !computed {
            let quoted = program.language != Language::Go || text.contains(['"', '`']);
            let quoted = quoted && program.code.at(record).kind != "argument_list";
            return (Some(plain(text.trim_matches(':')).trim_end_matches(':').to_owned()), quoted);
        }
        let inner = if text.starts_with('[') {
            program.code.named(key).next().unwrap_or(inner)
        } else {
            inner
        };
        let texts = program.texts(&(inner, way.clone()));
        match texts.as_slice() {
            [only] if !only.contains(HOLE) => (Some(only.clone()), true),
            // A constant of PHP itself.
            _ if program.code.at(inner).kind == "name" => (Some(text.to_owned()), true),
            _ => (None, true),
        }
    }

    /// C#: `new { amount = 1, order.Name }`.
    pub(super) fn anonymous(&self, id: Id) -> Found {
        let code = self.program.code;
        let mut so_far = Found::Absent(None);
        let children: Vec<Id> = code.children(id).collect();
        for (at, child) in children.iter().enumerate() {
            if code.text(*child) != "=" || code.at(*child).named {
                continue;
            }
            let name = at.checked_sub(1).and_then(|before| children.get(before));
            let (Some(name), Some(value)) = (name, children.get(at + 1)) else { continue };
            let value = (*value, Way::new());
            so_far = over(so_far, self.property(code.text(*name), value));
        }
        let shorthand = children.iter().any(|child| {
            let text = code.text(*child);
            code.at(*child).named && (text == self.key || text.ends_with(&format!(".{}", self.key)))
        });
        match so_far {
            Found::Absent(_) if shorthand => Found::Set(vec![Value::Node((id, Way::new()))]),
            other => other,
        }
    }

    /// A property of C# by its own name.
    fn property(&self, name: &str, value: At) -> Found {
        if name != self.key && bare(name) == bare(self.key) {
            return match speaks_camel(self.program.code.text) {
                true => Found::Set(vec![Value::Node(value)]),
                false => Found::unclear(format!("what `{name}` is called in JSON can not be seen")),
            };
        }
        self.named(name, true, value)
    }

    /// C#: `{ ["a"] = b, Name = c, { "d", e } }`.
    pub(super) fn initializer(&self, id: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let code = program.code;
        let mut so_far = Found::Absent(None);
        for child in code.named(id) {
            let one = match code.at(child).kind {
                "assignment_expression" => self.part(id, child, way, depth),
                "initializer_expression" => {
                    let pair: Vec<Id> = code.named(child).collect();
                    match pair.as_slice() {
                        [name, value] => {
                            self.named(&plain(program.text(*name)), true, (*value, way.clone()))
                        }
                        _ => Found::Absent(None),
                    }
                }
                _ => Found::Absent(None),
            };
            so_far = over(so_far, one);
        }
        so_far
    }

    pub(super) fn implicit(&self, id: Id, way: &Way, depth: usize) -> Found {
        let code = self.program.code;
        let list = code.named(id).find(|child| code.at(*child).kind == "initializer_expression");
        let has_arguments = code.named(id).any(|child| {
            code.at(child).kind == "argument_list" && code.named(child).next().is_some()
        });
        match list {
            Some(list) => self.initializer(list, way, depth),
            None if has_arguments => Found::unclear("its constructor could not be followed"),
            None => Found::Absent(None),
        }
    }
}
