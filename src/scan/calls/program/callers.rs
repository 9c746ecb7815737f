//! Who calls whom in a file: the functions that a call enters, the calls that enter a function, what
//! it is handed and what it gives back.
//!
//! Used by whatever follows a value through the functions of its file.

use super::Program;
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};
use crate::scan::compare::names::FunctionId;
use crate::scan::syntax::Language;

impl<'a, 't> Program<'a, 't> {
    /// The call at a node.
    pub fn as_call(&self, id: Id) -> Option<&'a Call<'t>> {
        match self.form(id) {
            Form::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The functions of this file that a call enters.
    pub fn callees(&self, call: &Call<'t>) -> Vec<FunctionId> {
        let own = match call.on.map(|on| self.peel(on)) {
            None => true,
            Some(on) => match self.form(on) {
                Form::Me
                | Form::Name("self" | "cls" | "$this" | "static" | "this" | "parent" | "super") => {
                    true
                }
                Form::Name(name) => {
                    let classes = || self.names.functions.iter();
                    !name.is_empty()
                        && (classes().any(|known| known.class == *name || known.receiver == *name)
                            || self.is_of_class_here(on))
                }
                _ => self.is_of_class_here(on) || self.text(on) == "self.class",
            },
        };
        if !own || call.makes {
            return Vec::new();
        }
        let all = self.names.by_name.get(call.name).map_or(&[][..], Vec::as_slice);
        all.iter().copied().take(4).collect()
    }

    /// Whether the variable holds an object of a class of this file.
    fn is_of_class_here(&self, id: Id) -> bool {
        let Some(slot) = self.slot(id) else { return false };
        self.writes(&slot).iter().any(|write| {
            let made = self.peel(write.value);
            let class = match self.form(made) {
                Form::Call(call) if call.name == "new" => {
                    call.on.map(|on| self.text(on)).unwrap_or_default()
                }
                Form::Call(call) => call.name,
                _ => "",
            };
            !class.is_empty() && self.names.functions.iter().any(|known| known.class == class)
        })
    }

    /// The calls in this file that enter a function.
    pub fn callers(&self, function: FunctionId) -> Vec<Id> {
        let Some(known) = self.names.function(function) else { return Vec::new() };
        let calls = self.calls.get(known.name).map_or(&[][..], Vec::as_slice);
        let enters = |id: &Id| {
            let call = self.as_call(*id);
            call.is_some_and(|call| self.callees(call).contains(&function))
        };
        calls.iter().copied().filter(enters).take(40).collect()
    }

    /// The function whose parameter a name is, with its position and the part that it takes.
    pub fn param(&self, id: Id) -> Option<(FunctionId, usize, &'t str)> {
        let id = self.peel(id);
        let Form::Name(name) = self.form(id) else { return None };
        let plain = name.trim_start_matches('$');
        let mut at = self.names.scope(id);
        for _ in 0..12 {
            let known = self.names.function(at).filter(|_| at != 0)?;
            let found = known
                .params
                .iter()
                .find(|param| param.name.trim_start_matches(['$', '*', '&', '.']) == plain);
            if let Some(param) = found {
                return Some((at, param.position, param.part));
            }
            at = known.parent;
        }
        None
    }

    /// What a call gives to a parameter.
    pub fn argument(&self, call: Id, function: FunctionId, position: usize) -> Option<Id> {
        let call = self.as_call(call)?;
        let known = self.names.function(function)?;
        let param = known.params.iter().find(|param| param.position == position)?;
        let wanted = param.name.trim_start_matches(['$', '*', '&', '.', ':']);
        let by_name = call.args.iter().find_map(|arg| {
            let named = match self.form(*arg) {
                Form::Pair { name, value } => (*name == wanted).then_some(*value),
                _ => None,
            };
            named.or_else(|| {
                let code = self.code;
                let name = code.field(*arg, "name").filter(|_| code.at(*arg).kind == "argument")?;
                let name = code.text(name).trim_end_matches(':');
                (name == wanted).then(|| code.named(*arg).last())?
            })
        });
        by_name.or_else(|| {
            let arg = call.args.get(position).copied()?;
            // Ruby gathers what is named into one hash.
            if self.language == Language::Ruby && matches!(self.form(arg), Form::Pair { .. }) {
                return Some(self.code.at(arg).parent);
            }
            let is_named =
                matches!(self.form(arg), Form::Pair { .. }) && self.language != Language::Php;
            (!is_named).then_some(arg)
        })
    }

    /// What a function hands back.
    pub fn returns(&self, function: FunctionId) -> Vec<Id> {
        let Some(known) = self.names.function(function) else { return Vec::new() };
        let Form::Function(form) = self.form(known.node) else { return Vec::new() };
        let Some(body) = form.body else { return Vec::new() };
        let mut found: Vec<Id> = Vec::new();
        for id in self.code.within(body) {
            if let Form::Return(Some(value)) = self.form(id)
                && self.closed(self.names.scope(id)) == function
            {
                found.push(*value);
            }
        }
        let kind = self.code.at(body).kind;
        let block = matches!(
            kind,
            "statement_block" | "block" | "compound_statement" | "class_body" | "accessor_list"
        );
        if !block {
            found.push(body);
        }
        found.truncate(6);
        found
    }
}
