//! What a call hands back, and what it hands over: the part of [`Flow`] that deals with calls.

use super::super::calls::Callee;
use super::super::code::Id;
use super::super::form::{Call, Form};
use super::super::names::FunctionId;
use super::super::value::{Atom, Origin, Value};
use super::super::words;
use super::Flow;

impl<'t> Flow<'_, 't> {
    pub(super) fn call(&mut self, id: Id, call: &Call<'t>) -> Value {
        let Some((callee, path)) = self.callees.get(&id).cloned() else { return Value::default() };
        let origin = Origin { file: self.file, node: id };
        let receiver = call.on.map(|on| self.value(on)).unwrap_or_default();
        self.fill(call, &path, &receiver, origin);
        let callbacks = self.callbacks(call, &receiver);
        if self.filled_argument(call, &path).is_some() {
            return Value::default();
        }
        match callee {
            Callee::Here(functions) => self.call_here(call, &functions),
            Callee::Mac => Value::of(Atom::Mac(origin)),
            Callee::Maker => Value::of(Atom::Maker(origin)),
            Callee::Constant
            | Callee::Early
            | Callee::EarlyMethod
            | Callee::Sdk
            | Callee::Measure => Value::default(),
            _ if self.calls.grammar.words.verify.contains(&call.name) && makes(&receiver) => {
                Value::default()
            }
            _ if callbacks.is_some() => {
                let mut value = callbacks.unwrap_or_default();
                if words::keeps(call.name) {
                    value.join(&self.of_receiver(&receiver, call.name));
                }
                value
            }
            _ if path == "hash_final" => self.finished(call),
            _ if call.on.is_some() && !receiver.is_empty() => {
                let mut value = self.of_receiver(&receiver.element(), call.name);
                // `"".join(mac)` and the like are seen from the other side below.
                if callee == Callee::Rewrite && !makes(&receiver) {
                    value.join(&self.arguments(call));
                }
                value
            }
            Callee::Rewrite => self.arguments(call),
            _ if call.name == "new" || call.makes => {
                let makers = self.arguments(call);
                Value::from_atoms(makers.atoms().iter().copied().filter(|atom| is_maker(*atom)))
            }
            _ => self.call_elsewhere(call, &path),
        }
    }

    fn arguments(&self, call: &Call<'t>) -> Value {
        let mut value = Value::default();
        for arg in &call.args {
            let argument = self.value(*arg).element();
            value.join(&argument);
            if call.tokens {
                value.join(&self.captured(*arg));
            }
        }
        value.map(|atom, out| match atom {
            Atom::Guarded(origin) => out.push(Atom::Mac(origin)),
            _ => out.push(atom),
        })
    }

    /// `format!("sha256={mac}")`: the names inside the text.
    fn captured(&self, text: Id) -> Value {
        let code = self.calls.code;
        let mut value = Value::default();
        let is_text = code.at(text).kind == "string_literal";
        for piece in code.text(text).split('{').skip(1).take(if is_text { 16 } else { 0 }) {
            let name = piece.split(['}', ':']).next().unwrap_or_default();
            let place = self.calls.names.seen_from(text, name);
            if let Some(known) = place.and_then(|place| self.places.get(place as usize)) {
                value.join(known);
            }
        }
        value
    }

    fn finished(&self, call: &Call<'t>) -> Value {
        self.arguments(call).map(|atom, out| {
            if let Atom::Maker(origin) = atom {
                out.push(Atom::Mac(origin));
            }
        })
    }

    /// Takes into account what a call writes into its receiver or an argument.
    fn fill(&mut self, call: &Call<'t>, path: &str, receiver: &Value, origin: Origin) {
        if let Some(on) = call.on.filter(|_| words::absorbs(call.name) && !makes(receiver)) {
            let taken = self.arguments(call);
            let plain = taken.atoms().iter().copied().filter(|atom| !is_maker(*atom));
            self.bind(on, &Value::from_atoms(plain));
        }
        if let ("write" | "writeln", true, Some(to)) = (call.name, call.tokens, call.args.first()) {
            let written = self.arguments(call);
            self.bind(*to, &Value::from_atoms(written.atoms().iter().copied()));
        }
        let Some(to) = self.filled_argument(call, path) else { return };
        let mut filled = self.arguments(call);
        if makes(receiver) {
            filled = self.of_receiver(receiver, call.name);
        } else if matches!(self.callees.get(&origin.node), Some((Callee::Mac, _))) {
            filled = Value::of(Atom::Mac(origin));
        }
        self.fill_argument(to, &Value::from_atoms(filled.atoms().iter().copied()));
    }

    /// The argument that a call writes its result into, where it does.
    fn filled_argument(&self, call: &Call<'t>, path: &str) -> Option<Id> {
        let fills = self.calls.grammar.words.fills;
        let (_, to) = fills.iter().find(|(name, _)| words::is_one_of(path, &[name]))?;
        call.args.get(*to).copied().filter(|_| call.args.len() > 1)
    }

    /// Writes a value into an argument; where that is a parameter, its callers see it as well.
    fn fill_argument(&mut self, to: Id, value: &Value) {
        let mut to = to;
        for _ in 0..4 {
            match self.form(to) {
                Form::Call(call) if ["Slice", "AsSpan", "AsMemory"].contains(&call.name) => {
                    let Some(on) = call.on else { break };
                    to = on;
                }
                Form::Any(children) if children.len() == 1 => {
                    let Some(child) = children.first() else { break };
                    to = *child;
                }
                _ => break,
            }
        }
        let names = self.calls.names;
        let place = names.place(to);
        for known in names.around(to) {
            let params = known.params.iter().filter(|param| names.place(param.node) == place);
            for param in params.filter(|_| place.is_some()) {
                self.changed |= self.filled.entry(param.id).or_default().join(value);
            }
        }
        self.bind(to, value);
    }

    /// Gives callbacks among the arguments what they are called with; what they hand back.
    fn callbacks(&mut self, call: &Call<'t>, receiver: &Value) -> Option<Value> {
        let mut found: Option<Value> = None;
        for arg in &call.args {
            let Some(function) = self.function_at.get(arg).copied() else { continue };
            let Some(known) = self.calls.names.function(function) else { continue };
            let every = ["reduce", "inject", "fold", "each_with_index", "zip"].contains(&call.name);
            let taking = if every { usize::MAX } else { 1 };
            let element = receiver.element();
            for param in known.params.iter().filter(|param| param.position < taking) {
                self.give(param.id, param.node, &element.part(param.part));
            }
            let returns = self.returns.get(function as usize).cloned().unwrap_or_default();
            found.get_or_insert_default().join(&returns);
        }
        found
    }

    /// Calls a function of this file.
    fn call_here(&mut self, call: &Call<'t>, functions: &[FunctionId]) -> Value {
        let mut value = Value::default();
        let names = self.calls.names;
        for function in functions {
            let Some(known) = names.function(*function) else { continue };
            let given: Vec<(u32, Value)> = known
                .params
                .iter()
                .map(|param| {
                    (param.id, self.argument(call, param.position, param.name).part(param.part))
                })
                .collect();
            for (param, argument) in known.params.iter().zip(&given) {
                self.give(param.id, param.node, &argument.1);
            }
            let returns = self.returns.get(*function as usize).cloned().unwrap_or_default();
            value.join(&substitute(&returns, |param| {
                given.iter().find(|(id, _)| *id == param).map(|(_, value)| value)
            }));
            for param in &known.params {
                let Some(filled) = self.filled.get(&param.id).cloned() else { continue };
                let filled = substitute(&filled, |id| {
                    given.iter().find(|(known, _)| *known == id).map(|(_, value)| value)
                });
                if let Some(to) = call.args.get(param.position) {
                    self.fill_argument(*to, &filled);
                }
            }
            if words::rewrites(known.name) && value.is_empty() {
                value.join(&self.arguments(call));
            }
        }
        value
    }

    fn call_elsewhere(&self, call: &Call<'t>, path: &str) -> Value {
        let name = path.rsplit('.').next().unwrap_or(path);
        let Some(returns) = self.elsewhere.get(name) else { return Value::default() };
        if call.on.is_some() && !words_of_a_mac(name) {
            return Value::default();
        }
        let args: Vec<Value> = call.args.iter().map(|arg| self.value(*arg)).collect();
        substitute(returns, |position| args.get(position as usize))
    }

    /// The argument for a parameter: the one with its name, or the one at its position.
    fn argument(&self, call: &Call<'t>, position: usize, name: &str) -> Value {
        let named = call.args.iter().find(|arg| {
            let argument = self.calls.code.at(**arg).field;
            argument != "block"
                && matches!(self.form(**arg), Form::Pair { name: known, .. } if *known == name)
        });
        let at = named.or_else(|| call.args.get(position));
        at.map(|arg| self.value(*arg)).unwrap_or_default()
    }
}

/// Whether a method of that name is likely to make a MAC, whatever it is called on.
fn words_of_a_mac(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    let parts = ["sign", "hmac", "mac", "digest", "hash", "expected", "comput", "calc"];
    parts.iter().any(|part| plain.contains(part))
}

fn is_maker(atom: Atom) -> bool {
    matches!(atom, Atom::Maker(_))
}

fn makes(value: &Value) -> bool {
    value.atoms().iter().any(|atom| is_maker(*atom))
}

/// A value in which parameters are replaced by what they were given.
fn substitute<'v>(value: &Value, given: impl Fn(u32) -> Option<&'v Value>) -> Value {
    value.map(|atom, out| match atom {
        Atom::Param(param) => match given(param) {
            Some(value) => out.extend(value.atoms().iter().copied()),
            None => out.push(atom),
        },
        Atom::Yield(param) | Atom::YieldGuarded(param) => {
            let guarded = matches!(atom, Atom::YieldGuarded(_));
            for inner in given(param).map(Value::atoms).into_iter().flatten() {
                out.extend(match *inner {
                    Atom::Maker(origin) if guarded => Some(Atom::Guarded(origin)),
                    Atom::Maker(origin) => Some(Atom::Mac(origin)),
                    Atom::Param(outer) if guarded => Some(Atom::YieldGuarded(outer)),
                    Atom::Param(outer) => Some(Atom::Yield(outer)),
                    _ => None,
                });
            }
        }
        own => out.push(own),
    })
}
