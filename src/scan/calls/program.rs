//! One file as a program: its nodes, who writes to each variable, who calls what.
//!
//! Made once per file by `mod`; `text` and `body` follow values with it. The rule it keeps: it says
//! what the file says and never guesses what other files do.

mod callers;

use std::cell::Cell;
use std::collections::HashMap;

use super::types::Types;
use crate::scan::compare::code::{Code, Id, NONE};
use crate::scan::compare::form::{Call, Form};
use crate::scan::compare::names::{FunctionId, Known, Names, Place, targets};
use crate::scan::syntax::Language;

/// A variable or a member of one: the function that it belongs to, and its path.
pub(super) type Slot = (FunctionId, String);

/// One assignment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write<'t> {
    /// Where.
    pub at: Id,
    /// The value.
    pub value: Id,
    /// Which part of the value; empty for all of it.
    pub part: &'t str,
}

/// A call that a function is entered by: what its parameters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The function.
    pub function: FunctionId,
    /// The call.
    pub call: Id,
}

/// The calls by which a place is reached, the outermost first.
pub(super) type Way = Vec<Frame>;

/// A value: its node, and by which calls it is reached.
pub(super) type At = (Id, Way);

/// At most so many calls deep.
pub(super) const DEEPEST: usize = 4;

/// At most so many steps for one request on one way.
const MOST_STEPS: u32 = 20_000;

/// A file.
pub(super) struct Program<'a, 't> {
    /// The nodes.
    pub code: &'a Code<'t>,
    /// Their forms.
    pub forms: &'a [Form<'t>],
    /// The names.
    pub names: &'a Names<'t>,
    /// The language.
    pub language: Language,
    /// The types of all files.
    pub types: &'a Types,
    slots: HashMap<Place, Slot>,
    writes: HashMap<Slot, Vec<Write<'t>>>,
    members: HashMap<Slot, Vec<String>>,
    calls_on: HashMap<Slot, Vec<Id>>,
    calls: HashMap<&'t str, Vec<Id>>,
    takes: HashMap<Slot, Vec<(Id, usize)>>,
    merged: HashMap<Slot, Vec<Write<'t>>>,
    steps: Cell<u32>,
}

impl<'a, 't> Program<'a, 't> {
    /// Reads a file.
    pub fn new(
        code: &'a Code<'t>,
        forms: &'a [Form<'t>],
        names: &'a Names<'t>,
        language: Language,
        types: &'a Types,
    ) -> Self {
        let slots = names.keys.iter().map(|(slot, place)| (*place, slot.clone())).collect();
        let mut program = Self {
            code,
            forms,
            names,
            language,
            types,
            slots,
            writes: HashMap::new(),
            members: HashMap::new(),
            calls_on: HashMap::new(),
            calls: HashMap::new(),
            takes: HashMap::new(),
            merged: HashMap::new(),
            steps: Cell::new(0),
        };
        program.index();
        program
    }

    fn index(&mut self) {
        let code = self.code;
        for id in code.all() {
            match self.form(id) {
                Form::Assign { to, value, .. }
                | Form::Accumulate { op: "??=" | "||=", to, value } => {
                    self.assign(id, *to, *value);
                }
                Form::Accumulate { op: "+=" | "|=", to, value } => {
                    if let Some(slot) = self.slot(*to) {
                        let write = Write { at: id, value: *value, part: "" };
                        self.merged.entry(slot).or_default().push(write);
                    }
                }
                Form::Call(call) => self.call(id, call),
                _ if matches!(code.at(id).kind, "const_element" | "property_declaration") => {
                    let mut children = code.named(id);
                    if let (Some(to), Some(value)) = (
                        code.field(id, "name").or_else(|| children.next()),
                        code.field(id, "value").or_else(|| code.named(id).last()),
                    ) && to != value
                        && !matches!(code.at(value).kind, "accessor_list" | "identifier")
                    {
                        let slot = (0, code.text(to).to_owned());
                        self.writes.entry(slot).or_default().push(Write {
                            at: id,
                            value,
                            part: "",
                        });
                    }
                }
                _ => {}
            }
        }
    }

    fn assign(&mut self, at: Id, to: Id, value: Id) {
        let mut found = targets(self.code, self.forms, to);
        if found.is_empty() {
            found.push((to, ""));
        }
        for (node, part) in found {
            let Some(slot) = self.slot(node) else { continue };
            if let Some((of, _)) = slot.1.rsplit_once('.') {
                let of = (slot.0, of.to_owned());
                self.members.entry(of).or_default().push(slot.1.clone());
            }
            self.writes.entry(slot).or_default().push(Write { at, value, part });
        }
    }

    fn call(&mut self, id: Id, call: &Call<'t>) {
        self.calls.entry(call.name).or_default().push(id);
        if let Some(slot) = call.on.and_then(|on| self.slot(on)) {
            self.calls_on.entry(slot).or_default().push(id);
        }
        for (at, arg) in call.args.iter().enumerate() {
            if let Some(slot) = self.slot(self.peel(*arg)) {
                self.takes.entry(slot).or_default().push((id, at));
            }
        }
    }

    /// Begins a request: it may be followed for so many steps, so that no code takes for ever.
    pub fn begin(&self) {
        self.steps.set(MOST_STEPS);
    }

    /// Takes one step; `false` when there are none left.
    pub fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// The form of a node.
    pub fn form(&self, id: Id) -> &'a Form<'t> {
        const NOTHING: &Form<'static> = &Form::Nothing;
        self.forms.get(id as usize).unwrap_or(NOTHING)
    }

    /// The text of a node.
    pub fn text(&self, id: Id) -> &'t str {
        self.code.text(id)
    }

    /// The node without what only stands around it: parentheses, `await`, `&`, casts.
    pub fn peel(&self, id: Id) -> Id {
        let mut at = id;
        for _ in 0..12 {
            let kind = self.code.at(at).kind;
            if matches!(kind, "as_expression" | "satisfies_expression" | "non_null_expression") {
                at = self.code.named(at).next().unwrap_or(at);
                continue;
            }
            match self.form(at) {
                Form::Any(inner) if !self.is_text(at) => match inner.as_slice() {
                    [only] => at = *only,
                    _ => break,
                },
                Form::List(inner)
                    if inner.len() == 1 && self.code.at(at).kind == "expression_list" =>
                {
                    at = inner.first().copied().unwrap_or(at);
                }
                _ => break,
            }
        }
        at
    }

    /// Whether a node is text with values in it.
    pub fn is_text(&self, id: Id) -> bool {
        let kind = self.code.at(id).kind;
        matches!(
            kind,
            "string"
                | "template_string"
                | "encapsed_string"
                | "heredoc"
                | "heredoc_body"
                | "interpolated_string_expression"
                | "concatenated_string"
                | "chained_string"
        )
    }

    /// What a member is called when `id` reads one, and of what: `of.name`, `of["name"]`.
    pub fn member(&self, id: Id) -> Option<(Id, String)> {
        match self.form(id) {
            Form::Member { of, name } => Some((*of, name.trim_start_matches('$').to_owned())),
            Form::Index { of, at } => {
                let at = self.peel((*at)?);
                let literal = matches!(self.form(at), Form::Literal);
                literal.then(|| (*of, plain(self.text(at))))
            }
            // Ruby reads members by calling them.
            Form::Call(call) if call.args.is_empty() && self.language == Language::Ruby => {
                Some((call.on?, call.name.to_owned()))
            }
            _ => None,
        }
    }

    /// The variable, or member of one, that a node stands for.
    pub fn slot(&self, id: Id) -> Option<Slot> {
        let id = self.peel(id);
        match self.form(id) {
            Form::Me | Form::Name("self" | "cls" | "$this" | "static") => Some((0, String::new())),
            Form::Name(name) => {
                let place = self.names.place(id).and_then(|place| self.slots.get(&place));
                match place {
                    Some(slot) => Some(slot.clone()),
                    None => {
                        let around = self.names.around(id).find(|known| known.receiver == *name)?;
                        Some((0, format!("{}.", around.class)))
                    }
                }
            }
            Form::Call(call) if call.args.is_empty() && call.on.is_none() => {
                let named = self.language == Language::Ruby && !call.name.is_empty();
                named.then(|| (self.names.scope(id), call.name.to_owned()))
            }
            _ => {
                let (of, name) = self.member(id)?;
                let (scope, of) = self.slot(of)?;
                if of.len() > 200 {
                    return None;
                }
                Some(match of.as_str() {
                    "" => (scope, name),
                    _ if of.ends_with('.') => (scope, format!("{of}{name}")),
                    _ => (scope, format!("{of}.{name}")),
                })
            }
        }
    }

    /// The assignments to a variable.
    pub fn writes(&self, slot: &Slot) -> &[Write<'t>] {
        self.writes.get(slot).map_or(&[], Vec::as_slice)
    }

    /// What is merged into a variable by an operator.
    pub fn merged(&self, slot: &Slot) -> &[Write<'t>] {
        self.merged.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The call whose receiver is this node.
    pub fn call_on(&self, id: Id) -> Option<Id> {
        self.code.around(id).take(4).find(|parent| {
            let call = self.as_call(*parent);
            call.is_some_and(|call| call.on.is_some_and(|on| self.peel(on) == id))
        })
    }

    /// The members of a variable that are assigned to.
    pub fn members(&self, slot: &Slot) -> &[String] {
        self.members.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The calls of methods of a variable.
    pub fn calls_on(&self, slot: &Slot) -> &[Id] {
        self.calls_on.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The calls that are handed a variable, with its position.
    pub fn takers(&self, slot: &Slot) -> &[(Id, usize)] {
        self.takes.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The function itself, or the one around it whose assignments its are.
    pub fn closed(&self, mut scope: FunctionId) -> FunctionId {
        while let Some(known) = self.names.function(scope).filter(|known| known.open) {
            scope = known.parent;
        }
        scope
    }

    /// The function around a node.
    pub fn function_of(&self, id: Id) -> Option<&Known<'t>> {
        self.names.function(self.names.scope(id)).filter(|_| self.names.scope(id) != 0)
    }

    /// The names of the functions and classes around a node.
    pub fn surroundings(&self, id: Id) -> Vec<&'t str> {
        self.names.around(id).flat_map(|known| [known.name, known.class]).collect()
    }

    /// Whether `inner` is in `outer`.
    pub fn holds(&self, outer: Id, inner: Id) -> bool {
        outer != NONE && inner >= outer && inner < outer.saturating_add(self.code.at(outer).size)
    }
}

/// A literal without its quotes and prefixes: `f"a"` → `a`, `:name` → `name`.
pub(super) fn plain(text: &str) -> String {
    let bare = text.trim();
    for quotes in ["\"\"\"", "'''"] {
        if let Some((_, rest)) = bare.split_once(quotes)
            && let Some(inner) = rest.strip_suffix(quotes)
        {
            return inner.to_owned();
        }
    }
    let Some(at) = bare.find(['"', '\'', '`']) else {
        return bare.trim_start_matches(':').to_owned();
    };
    let (head, tail) = bare.split_at(at);
    let is_prefix =
        head.len() <= 3 && head.chars().all(|ch| ch.is_ascii_alphabetic() || "@$:".contains(ch));
    let quote = tail.chars().next().unwrap_or('"');
    let inner = tail.get(1..).and_then(|rest| rest.strip_suffix(quote));
    match inner {
        Some(inner) if is_prefix => inner.to_owned(),
        _ => bare.to_owned(),
    }
}

/// A name with nothing left but its letters and digits, in lower case.
pub(super) fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|ch| ch.to_ascii_lowercase()).collect()
}
