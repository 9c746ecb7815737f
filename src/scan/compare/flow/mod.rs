//! Follows MACs through a file: assignments, encodings, fields, helpers, callbacks.
//!
//! Called by `analysis`. Each variable has one value for the whole function that it belongs to; all
//! nodes are evaluated, children first, until nothing changes. The rule it keeps: what it can not
//! follow is no MAC, so that it can miss one but never takes something else for one.

mod call;

use std::collections::HashMap;

use super::calls::{Callee, Calls};
use super::code::Id;
use super::form::Form;
use super::names::{FunctionId, Known, targets};
use super::value::{Atom, Value};
use super::words;

/// After so many rounds whatever still changes is left as it is.
const MOST_ROUNDS: usize = 12;

/// What other files say of functions, by name: what they hand back, with parameters by position.
pub(super) type Elsewhere = HashMap<String, Value>;

/// The values of one file.
pub(super) struct Flow<'a, 't> {
    /// Code, forms and names.
    pub calls: Calls<'a, 't>,
    /// The place of the file.
    pub file: u32,
    /// The functions of other files.
    pub elsewhere: &'a Elsewhere,
    /// The value of each node.
    pub values: Vec<Value>,
    /// What each parameter is given.
    pub given: Vec<Value>,
    /// What each function hands back.
    pub returns: Vec<Value>,
    /// What each call is, and its whole name.
    pub callees: HashMap<Id, (Callee, String)>,
    /// What is written into parameters.
    filled: HashMap<u32, Value>,
    places: Vec<Value>,
    function_at: HashMap<Id, FunctionId>,
    changed: bool,
}

impl<'a, 't> Flow<'a, 't> {
    /// Evaluates a file. `given` says what other files give to its parameters.
    pub fn new(
        calls: Calls<'a, 't>,
        file: u32,
        elsewhere: &'a Elsewhere,
        given: &HashMap<u32, Value>,
    ) -> Self {
        let names = calls.names;
        let functions = names.functions.iter().enumerate();
        let function_at = functions.map(|(at, known)| (known.node, u32::try_from(at).unwrap_or(0)));
        let mut flow = Self {
            calls,
            file,
            elsewhere,
            values: vec![Value::default(); calls.code.len()],
            given: vec![Value::default(); names.params as usize],
            returns: vec![Value::default(); names.functions.len()],
            callees: HashMap::new(),
            filled: HashMap::new(),
            places: vec![Value::default(); names.keys.len()],
            function_at: function_at.skip(1).collect(),
            changed: false,
        };
        for id in calls.code.all() {
            if let Form::Call(call) = flow.form(id) {
                let path = calls.path(call);
                let callee = calls.callee(call, &path);
                flow.callees.insert(id, (callee, path));
            }
        }
        for (param, value) in given {
            if let Some(slot) = flow.given.get_mut(*param as usize) {
                slot.join(value);
            }
        }
        flow.run();
        flow
    }

    fn form(&self, id: Id) -> &'a Form<'t> {
        self.calls.forms.get(id as usize).unwrap_or(&Form::Nothing)
    }

    /// The value of a node.
    pub fn value(&self, id: Id) -> Value {
        self.values.get(id as usize).cloned().unwrap_or_default()
    }

    fn run(&mut self) {
        for known in &self.calls.names.functions {
            for param in &known.params {
                self.bind_place(param.node, &Value::of(Atom::Param(param.id)));
            }
        }
        for _ in 0..MOST_ROUNDS {
            self.changed = false;
            for id in &self.calls.code.inside_out {
                let value = self.evaluate(*id);
                if let Some(slot) = self.values.get_mut(*id as usize) {
                    *slot = value;
                }
            }
            if !self.changed {
                break;
            }
        }
    }

    fn evaluate(&mut self, id: Id) -> Value {
        match self.form(id) {
            Form::Nothing | Form::Me | Form::Literal | Form::Loop | Form::Class(_) => {
                Value::default()
            }
            Form::Name(name) => self.name(id, name),
            Form::Member { of, name } => self.member(id, *of, name),
            Form::Index { of, at } => self.index(*of, *at),
            Form::Binary { op, left, right } => self.binary(op, *left, *right),
            Form::Any(children) => self.any(children),
            Form::Pair { value, .. } => self.value(*value),
            Form::Record(children) => {
                self.fields(id, children);
                self.record(children)
            }
            Form::List(children) => self.list(id, children),
            Form::Call(call) => self.call(id, call),
            Form::Assign { to, value, .. } => {
                let value = self.value(*value);
                self.bind(*to, &value);
                value
            }
            Form::Accumulate { op, to, value } => {
                if !["+=", ".=", "||=", "??=", "<<=", "&&="].contains(op) {
                    return Value::default();
                }
                let value = Value::from_atoms(self.value(*value).atoms().iter().copied());
                self.bind(*to, &value);
                value
            }
            Form::Each { to, of } => {
                let element = self.value(*of).element();
                self.bind(*to, &element);
                Value::default()
            }
            Form::Function(function) => {
                let scope = self.function_at.get(&id).copied().unwrap_or(0);
                let body = function.body.map(|body| self.value(body)).unwrap_or_default();
                self.hand_back(scope, &body);
                Value::default()
            }
            Form::Return(value) => {
                let value = value.map(|value| self.value(value)).unwrap_or_default();
                let mut scope = self.calls.names.scope(id);
                while let Some(open) = self.calls.names.function(scope).filter(|at| at.open) {
                    scope = open.parent;
                }
                self.hand_back(scope, &value);
                Value::default()
            }
            Form::Switch { value, cases } => {
                let matched = self.value(*value);
                if self.calls.grammar.family == 's' {
                    for case in cases {
                        self.bind(*case, &matched);
                    }
                }
                let others: Vec<Id> =
                    self.calls.code.named(id).filter(|child| child != value).collect();
                self.any(&others)
            }
        }
    }

    fn hand_back(&mut self, scope: FunctionId, value: &Value) {
        if let Some(returns) = self.returns.get_mut(scope as usize) {
            self.changed |= returns.join(value);
        }
    }

    fn name(&self, id: Id, name: &str) -> Value {
        let place = self.calls.names.place(id);
        let mut value =
            place.and_then(|at| self.places.get(at as usize)).cloned().unwrap_or_default();
        if self.calls.grammar.names_call {
            value.join(&self.property(name));
        }
        value
    }

    /// What a function without parameters hands back, where it is called like a variable.
    fn property(&self, name: &str) -> Value {
        let known = self.calls.names.by_name.get(name).into_iter().flatten();
        let mut value = Value::default();
        for id in known.take(4) {
            let plain = self.calls.names.function(*id).is_some_and(|known| known.params.is_empty());
            if let Some(returns) = self.returns.get(*id as usize).filter(|_| plain) {
                value.join(returns);
            }
        }
        value
    }

    fn member(&self, id: Id, of: Id, name: &str) -> Value {
        let mut value = self.name(id, "");
        if words::measures(name) {
            return value;
        }
        value.join(&self.of_receiver(&self.value(of).part(name), name));
        if matches!(self.form(of), Form::Me | Form::Name("self" | "cls" | "$this")) {
            value.join(&self.property(name));
        }
        value
    }

    fn index(&self, of: Id, at: Option<Id>) -> Value {
        let whole = self.value(of);
        let mut value = match at.map(|at| (at, self.form(at))) {
            Some((at, Form::Literal)) => {
                let text = self.calls.code.text(at).trim_matches(['"', '\'', ':', '`']);
                whole.part(text)
            }
            _ => whole.element(),
        };
        // A table of digits, asked with bits of a MAC, gives a MAC in hex.
        if let Some(at) = at {
            let table = self.calls.code.text(of).to_ascii_lowercase();
            let bits = matches!(self.form(at), Form::Binary { .. });
            if bits || table.contains("hex") || table.contains("digit") {
                value.join(&self.value(at));
            }
        }
        value
    }

    fn binary(&mut self, op: &str, left: Id, right: Id) -> Value {
        const JOINS: [&str; 14] =
            ["+", ".", "||", "&&", "??", "or", "and", "<<", "%", "&", ">>", ">>>", "*", "?:"];
        if !JOINS.contains(&op) {
            return Value::default();
        }
        if op == "<<" && self.calls.grammar.family == 'r' {
            let taken = Value::from_atoms(self.value(right).atoms().iter().copied());
            self.bind(left, &taken);
        }
        let mut value = self.value(left);
        value.join(&self.value(right));
        value
    }

    fn any(&self, children: &[Id]) -> Value {
        let mut value = Value::default();
        for child in children {
            value.join(&self.value(*child));
        }
        value
    }

    /// A literal of a type of this file gives its fields their values.
    fn fields(&mut self, id: Id, children: &[Id]) {
        let code = self.calls.code;
        if !["literal_value", "field_initializer_list"].contains(&code.at(id).kind) {
            return;
        }
        let literal = code.at(id).parent;
        let named = code.field(literal, "type").or_else(|| code.field(literal, "name"));
        let mut of = named.map(|name| code.text(name)).unwrap_or_default();
        if of == "Self" {
            of = self
                .calls
                .names
                .around(id)
                .map(|known| known.class)
                .find(|class| !class.is_empty())
                .unwrap_or(of);
        }
        for child in children {
            let Form::Pair { name, .. } = self.form(*child) else { continue };
            let key = (0, format!("{of}.{name}"));
            if let Some(place) = self.calls.names.keys.get(&key).copied() {
                let value = self.value(*child);
                if let Some(slot) = self.places.get_mut(place as usize) {
                    self.changed |= slot.join(&value);
                }
            }
        }
    }

    fn record(&self, children: &[Id]) -> Value {
        let mut value = Value::default();
        for child in children {
            let own = self.value(*child);
            match self.form(*child) {
                Form::Pair { name, .. } | Form::Name(name) => add_part(&mut value, name, &own),
                _ => drop(value.join(&own)),
            }
        }
        value
    }

    fn list(&self, id: Id, children: &[Id]) -> Value {
        if let ([one], "expression_list") = (children, self.calls.code.at(id).kind) {
            return self.value(*one);
        }
        let mut value = Value::default();
        for (position, child) in children.iter().enumerate().take(64) {
            let own = self.value(*child);
            match self.form(*child) {
                Form::Pair { name, .. } if !name.is_empty() => add_part(&mut value, name, &own),
                _ => add_part(&mut value, &position.to_string(), &own),
            }
        }
        value
    }

    /// What a method or a property without further meaning makes of what it is called on.
    fn of_receiver(&self, receiver: &Value, name: &str) -> Value {
        let words = &self.calls.grammar.words;
        let finishes = words.finish.contains(&name);
        let guards = words.guarded.contains(&name);
        receiver.map(|atom, out| match atom {
            Atom::Maker(origin) if guards => out.push(Atom::Guarded(origin)),
            Atom::Maker(origin) if finishes => out.push(Atom::Mac(origin)),
            Atom::Guarded(origin) if name == "unwrap" => out.push(Atom::Guarded(origin)),
            Atom::Guarded(origin) => out.push(Atom::Mac(origin)),
            Atom::Param(param) if guards => out.extend([atom, Atom::YieldGuarded(param)]),
            Atom::Param(param) if finishes => out.extend([atom, Atom::Yield(param)]),
            Atom::YieldGuarded(param) => out.push(Atom::Yield(param)),
            _ => out.push(atom),
        })
    }

    fn give(&mut self, param: u32, node: Id, value: &Value) {
        if value.is_empty() {
            return;
        }
        let own = Atom::Param(param);
        let value = value.map(|atom, out| out.extend((atom != own).then_some(atom)));
        if let Some(given) = self.given.get_mut(param as usize) {
            self.changed |= given.join(&value);
        }
        // Its parts are told apart in the function; the whole is only known by its parameter.
        let parts = Value::from_atoms(value.atoms().iter().copied());
        if parts != value {
            let mut only = value.clone();
            only = only.without_whole();
            self.bind_place(node, &only);
        }
    }

    fn bind(&mut self, to: Id, value: &Value) {
        if value.is_empty() {
            return;
        }
        for (node, part) in targets(self.calls.code, self.calls.forms, to) {
            // In Go what a call hands back comes first, and then whether it went well.
            let second = !part.is_empty() && part != "0" && self.calls.grammar.family == 'g';
            if second && !value.has_parts() {
                continue;
            }
            let value = if part.is_empty() { value.clone() } else { value.part(part) };
            match self.form(node) {
                Form::Index { of, at } => {
                    let literal = at.filter(|at| matches!(self.form(*at), Form::Literal));
                    let mut into = Value::default();
                    match literal {
                        Some(at) => {
                            let name = self.calls.code.text(at).trim_matches(['"', '\'', ':', '`']);
                            add_part(&mut into, name, &value);
                        }
                        None => drop(into.add(value.atoms().iter().copied())),
                    }
                    self.bind_place(*of, &into);
                }
                _ => self.bind_place(node, &value),
            }
        }
    }

    fn bind_place(&mut self, node: Id, value: &Value) {
        let place = self.calls.names.place(node);
        if let Some(slot) = place.and_then(|place| self.places.get_mut(place as usize)) {
            self.changed |= slot.join(value);
        }
    }

    /// What a function hands back, in terms that another file can use.
    pub fn summary(&self, function: FunctionId) -> Value {
        let names = self.calls.names;
        let Some(known) = names.function(function) else { return Value::default() };
        let returns = self.returns.get(function as usize).cloned().unwrap_or_default();
        let position = |param| position_of(known, param);
        returns.map(|atom, out| {
            out.extend(match atom {
                Atom::Param(param) => position(param).map(Atom::Param),
                Atom::Yield(param) => position(param).map(Atom::Yield),
                Atom::YieldGuarded(param) => position(param).map(Atom::YieldGuarded),
                own => Some(own),
            });
        })
    }
}

fn position_of(known: &Known<'_>, param: u32) -> Option<u32> {
    let param = known.params.iter().find(|one| one.id == param && one.part.is_empty())?;
    u32::try_from(param.position).ok()
}

fn add_part(value: &mut Value, name: &str, part: &Value) {
    for atom in part.atoms() {
        value.add_part(name, *atom);
    }
}
