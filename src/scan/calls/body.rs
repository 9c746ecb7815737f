//! Whether a value has a member: followed to where it is built in the same file.
//!
//! Called by `request` for the members of options and by `judge` for `externalId`. What a call makes
//! is in `made`, what is added later in `later`. The rule it keeps: three answers. A value that
//! comes from elsewhere, or that has the member only on some ways, is unclear.

use super::json::{self, InText};
use super::program::{At, DEEPEST, Frame, Program, Way, Write, bare};
use super::types::Sent;
use crate::scan::compare::code::Id;
use crate::scan::compare::form::Form;
use crate::scan::compare::names::FunctionId;
use crate::scan::syntax::Language;

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// This code.
    Node(At),
    /// This text.
    Written(String),
}

/// Why it is unclear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It comes in as a parameter that nobody in sight gives: the function and the name.
    Param(FunctionId, String),
    /// In words.
    Words(String),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The member is there: what it may be.
    Set(Vec<Value>),
    /// It is not; a member that sounds like it, if there is one.
    Absent(Option<String>),
    /// It can not be told.
    Unclear(Why),
}

impl Found {
    /// Unclear, in words.
    pub fn unclear(why: impl Into<String>) -> Self {
        Self::Unclear(Why::Words(why.into()))
    }
}

/// Looks for one member.
pub(super) struct Look<'p, 'a, 't> {
    pub program: &'p Program<'a, 't>,
    pub key: &'p str,
}

/// At most so many assignments of one variable are followed.
const MOST_WRITES: usize = 12;

/// No deeper than so many steps.
const MOST_STEPS: usize = 24;

impl<'a, 't> Program<'a, 't> {
    /// Looks for a member of the value at `at`.
    pub fn look(&self, at: &At, key: &str) -> Found {
        Look { program: self, key }.look(at.0, &at.1, 0)
    }
}

impl Look<'_, '_, '_> {
    pub(super) fn look(&self, id: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let id = program.peel(id);
        if depth > MOST_STEPS || !program.step() {
            return Found::unclear("it is built in too many steps");
        }
        let kind = program.code.at(id).kind;
        match kind {
            "anonymous_object_creation_expression" => return self.anonymous(id),
            "initializer_expression" => return self.initializer(id, way, depth),
            "argument_list" => {
                let parts: Vec<Id> = program.code.named(id).collect();
                return self.record(id, &parts, way, depth);
            }
            "implicit_object_creation_expression" => return self.implicit(id, way, depth),
            "method_definition" | "spread_element" => return Found::unclear("it is a function"),
            _ => {}
        }
        match program.form(id) {
            Form::Record(parts) => self.record(id, parts, way, depth),
            Form::List(parts) if kind.contains("array") && program.language == Language::Php => {
                self.record(id, parts, way, depth)
            }
            Form::Literal if is_nothing(program.text(id)) => Found::Absent(None),
            Form::Literal => self.in_text(id, way),
            _ if program.is_text(id) => self.in_text(id, way),
            Form::Name(_) | Form::Member { .. } | Form::Index { .. } => {
                self.variable(id, way, depth)
            }
            Form::Binary { op, left, right } => match *op {
                "||" | "??" | "or" | "?:" => self.any(&[*left, *right], way, depth),
                "&&" | "and" => self.perhaps(*right, way, depth),
                "|" => self.all(&[*left, *right], way, depth),
                "+" if program.language == Language::Php => self.all(&[*left, *right], way, depth),
                _ => self.in_text(id, way),
            },
            Form::Any(several) if !several.is_empty() => self.any(several, way, depth),
            Form::Assign { value, .. } => self.look(*value, way, depth + 1),
            Form::Call(call) => self.call(id, call, way, depth),
            _ => Found::unclear(format!("`{}` could not be followed", short(program.text(id)))),
        }
    }

    /// One of these.
    pub(super) fn any(&self, several: &[Id], way: &Way, depth: usize) -> Found {
        either(several.iter().map(|one| self.look(*one, way, depth + 1)))
    }

    /// All of these together, later ones over earlier ones.
    pub(super) fn all(&self, several: &[Id], way: &Way, depth: usize) -> Found {
        let mut so_far = Found::Absent(None);
        for one in several {
            let found = match self.program.form(*one) {
                Form::Pair { name, value } => self.named(name, true, (*value, way.clone())),
                _ => self.look(*one, way, depth + 1),
            };
            so_far = over(so_far, found);
        }
        so_far
    }

    /// What is there under a condition only.
    fn perhaps(&self, id: Id, way: &Way, depth: usize) -> Found {
        match self.look(id, way, depth + 1) {
            Found::Set(_) => Found::unclear("it is there under a condition only"),
            other => other,
        }
    }

    pub(super) fn in_text(&self, id: Id, way: &Way) -> Found {
        let texts = self.program.texts(&(id, way.clone()));
        either(texts.iter().map(|text| match json::member(text, self.key) {
            InText::There(value) => Found::Set(vec![Value::Written(value)]),
            InText::NotThere => Found::Absent(None),
            InText::Unclear => Found::unclear("its text is put together from parts"),
        }))
    }

    /// What a name that stands where members are named says; `quoted` when it is a text.
    pub(super) fn names(&self, written: &str, quoted: bool) -> Sent {
        if quoted {
            return if written == self.key { Sent::Wanted } else { Sent::Other };
        }
        let sent = self.program.types.sent(written, self.key);
        match self.program.language {
            _ if written == self.key && sent != Sent::Other => Sent::Wanted,
            Language::Go | Language::CSharp | Language::Java | Language::Python => sent,
            _ if written == self.key => Sent::Wanted,
            _ => Sent::Other,
        }
    }

    pub(super) fn sounds(&self, written: &str) -> Option<String> {
        let alike = bare(written) == bare(self.key) && written != self.key
            || ["idempotencykey", "referenceid", "merchantreference"].contains(&&*bare(written));
        alike.then(|| written.to_owned())
    }

    fn variable(&self, id: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let slot = program.slot(id);
        let later = slot.as_ref().map(|slot| self.later(slot, id, way, depth));
        if let Some(Found::Set(values)) = later {
            return Found::Set(values);
        }
        let first = self.first(id, way, depth);
        match (later, first) {
            (_, Found::Set(values)) => Found::Set(values),
            (Some(Found::Unclear(why)), _) => Found::Unclear(why),
            (Some(Found::Absent(Some(other))), Found::Absent(None)) => Found::Absent(Some(other)),
            (_, first) => first,
        }
    }

    /// What a variable is when it gets its value.
    fn first(&self, id: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let slot = program.slot(id);
        // Go: `json.NewEncoder(&buf).Encode(body)` writes into a variable.
        let takers = slot.as_ref().map(|slot| program.takers(slot)).unwrap_or_default();
        for (call, _) in takers {
            let encodes = program.as_call(*call).is_some_and(|call| call.name == "NewEncoder");
            let written = encodes.then(|| program.call_on(*call)).flatten();
            if let Some(value) = written.and_then(|it| program.as_call(it)?.args.first().copied()) {
                return self.look(value, way, depth + 1);
            }
        }
        let writes = slot.as_ref().map(|slot| program.writes(slot)).unwrap_or_default();
        let here = program.closed(program.names.scope(id));
        let same = |at: Id| program.closed(program.names.scope(at)) == here;
        let before =
            |write: &&Write<'_>| !(program.holds(write.at, id) || same(write.at) && write.at > id);
        let mut writes: Vec<&Write<'_>> = writes.iter().filter(before).collect();
        // What is surely written last hides what was written before.
        let last = writes
            .iter()
            .rposition(|write| same(write.at) && !program.is_conditional(write.at, id));
        let certain = last.is_some();
        if let Some(last) = last {
            writes.drain(..last);
        }
        let mut found: Vec<Found> = Vec::new();
        for write in writes.into_iter().take(MOST_WRITES) {
            found.push(match write.part {
                "" | "0" => self.look(write.value, way, depth + 1),
                part => self.part_then(write.value, part, way, depth),
            });
        }
        if let Some((function, position, part)) = program.param(id).filter(|_| !certain) {
            found.push(match program.bound(way, function, position) {
                Some((arg, rest)) if part.is_empty() => self.look(arg, &rest, depth + 1),
                Some((arg, rest)) => self.part_then(arg, part, &rest, depth),
                None if way.iter().any(|frame| frame.function == function) => {
                    self.not_given(way, function)
                }
                None => Found::Unclear(Why::Param(function, program.text(id).to_owned())),
            });
        }
        if !found.is_empty() {
            return either(found);
        }
        let name = short(program.text(id));
        match program.member(id) {
            Some((of, part)) => match self.part_then(of, &part, way, depth) {
                Found::Unclear(why @ Why::Param(..)) => Found::Unclear(why),
                Found::Unclear(_) => Found::unclear(format!("`{name}` is not made in this file")),
                other => other,
            },
            None => Found::unclear(format!("`{name}` is not made in this file")),
        }
    }

    /// A parameter that a call does not give, so that its default stands, or nothing.
    fn not_given(&self, way: &Way, function: FunctionId) -> Found {
        let program = self.program;
        let frame = way.iter().rev().find(|frame| frame.function == function);
        let call = frame.and_then(|frame| program.as_call(frame.call));
        let spread = call.is_some_and(|call| {
            call.args.iter().any(|arg| {
                let kind = program.code.at(*arg).kind;
                kind.contains("spread") || kind.contains("splat") || kind.contains("unpacking")
            })
        });
        match spread {
            true => Found::unclear("its arguments are not known one by one"),
            false => Found::Absent(None),
        }
    }

    /// Looks in a part of a value.
    fn part_then(&self, of: Id, part: &str, way: &Way, depth: usize) -> Found {
        if depth > MOST_STEPS {
            return Found::unclear("it is built in too many steps");
        }
        let parts = Look { program: self.program, key: part }.look(of, way, depth + 1);
        match parts {
            Found::Set(values) => either(values.iter().map(|value| match value {
                Value::Node((id, way)) => self.look(*id, way, depth + 1),
                Value::Written(_) => Found::unclear("it is a part of a text"),
            })),
            Found::Absent(_) => Found::unclear(format!("`{part}` is not given in this file")),
            Found::Unclear(why) => Found::Unclear(why),
        }
    }

    /// What functions of this file hand back.
    pub(super) fn handed_back(
        &self,
        functions: &[FunctionId],
        call: Id,
        way: &Way,
        depth: usize,
    ) -> Found {
        let mut found = Vec::new();
        for function in functions {
            let mut way = way.clone();
            way.push(Frame { function: *function, call });
            for value in self.program.returns(*function) {
                found.push(self.look(value, &way, depth + 1));
            }
        }
        if found.is_empty() || way.len() >= DEEPEST {
            return Found::unclear("a function that builds it could not be followed");
        }
        either(found)
    }
}

/// One of these, which is not known.
pub(super) fn either(found: impl IntoIterator<Item = Found>) -> Found {
    let mut set = Vec::new();
    let mut absent = None;
    let mut unclear = None;
    for one in found {
        match one {
            Found::Set(values) => set.extend(values),
            Found::Absent(other) => absent = Some(absent.flatten().or(other)),
            Found::Unclear(why) => unclear = Some(why),
        }
    }
    match (set.is_empty(), absent, unclear) {
        (_, _, Some(why)) => Found::Unclear(why),
        (false, None, None) => Found::Set(set),
        (true, Some(other), None) => Found::Absent(other),
        (false, Some(_), None) => Found::unclear("it is there on some ways only"),
        (true, None, None) => Found::unclear("nothing builds it in this file"),
    }
}

/// The second laid over the first.
pub(super) fn over(first: Found, second: Found) -> Found {
    match (first, second) {
        (_, Found::Set(values)) | (Found::Set(values), _) => Found::Set(values),
        (_, Found::Unclear(why)) | (Found::Unclear(why), _) => Found::Unclear(why),
        (Found::Absent(one), Found::Absent(other)) => Found::Absent(one.or(other)),
    }
}

/// Whether a value is none.
pub(super) fn is_nothing(text: &str) -> bool {
    let none = ["null", "undefined", "None", "nil", "NULL", "\"\"", "''", "``", "string.Empty"];
    none.contains(&text.trim())
}

/// Code on one line, short.
pub(super) fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(50).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
