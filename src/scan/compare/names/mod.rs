//! Functions, scopes and variables of one file: what each name stands for.
//!
//! Made once per file; `flow` keeps one value for each variable that is found here.

mod aliases;

use std::collections::{HashMap, HashSet};

use super::code::{Code, Id, NONE};
use super::form::{Form, last_name};
use super::grammar::Grammar;

/// The place of a function in [`Names::functions`]; 0 is the file itself.
pub(in crate::scan) type FunctionId = u32;

/// The place of a variable.
pub(in crate::scan) type Place = u32;

/// A function of the file.
#[derive(Clone, Debug)]
pub(in crate::scan) struct Known<'t> {
    /// Its node.
    pub node: Id,
    /// Its name; empty when it has none.
    pub name: &'t str,
    /// The class that it is in; empty when in none.
    pub class: &'t str,
    /// What it calls its object, where it has a name of its own for it.
    pub receiver: &'t str,
    /// Its parameters.
    pub params: Vec<Param<'t>>,
    /// The function around it.
    pub parent: FunctionId,
    /// Whether assignments in it are its surrounding's.
    pub open: bool,
}

/// A name that a function gives to an argument or to a part of one.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) struct Param<'t> {
    /// The position of the argument.
    pub position: usize,
    /// The part of the argument, where it is taken apart.
    pub part: &'t str,
    /// The name.
    pub name: &'t str,
    /// Where the name stands.
    pub node: Id,
    /// Its place among all parameters of the file.
    pub id: u32,
}

/// The names of one file.
pub(in crate::scan) struct Names<'t> {
    /// The functions.
    pub functions: Vec<Known<'t>>,
    /// The functions by their name.
    pub by_name: HashMap<&'t str, Vec<FunctionId>>,
    /// The function that each node is in.
    pub scope_of: Vec<FunctionId>,
    /// The variable that each node names.
    pub place_of: Vec<Option<Place>>,
    /// The variables by the function that they belong to and their name.
    pub keys: HashMap<(FunctionId, String), Place>,
    /// The number of parameters.
    pub params: u32,
    /// What a name was called where it was imported from.
    pub aliases: HashMap<&'t str, String>,
    /// Names that are imported from other files of the same source.
    pub siblings: HashSet<&'t str>,
    /// Names that are imported from packages, with the package.
    pub packages: HashMap<&'t str, &'t str>,
}

impl<'t> Names<'t> {
    /// Finds the names of a file.
    pub fn new(code: &Code<'t>, forms: &[Form<'t>], grammar: &Grammar) -> Self {
        let mut finder = Finder { code, forms, grammar, names: Self::empty(code) };
        finder.functions();
        finder.aliases();
        let declared = finder.declared();
        finder.places(&declared);
        finder.names
    }

    fn empty(code: &Code<'t>) -> Self {
        let file = Known {
            node: 0,
            name: "",
            class: "",
            receiver: "",
            params: Vec::new(),
            parent: 0,
            open: false,
        };
        Self {
            functions: vec![file],
            by_name: HashMap::new(),
            scope_of: vec![0; code.len()],
            place_of: vec![None; code.len()],
            keys: HashMap::new(),
            params: 0,
            aliases: HashMap::new(),
            siblings: HashSet::new(),
            packages: HashMap::new(),
        }
    }

    /// The function that a node is in.
    pub fn scope(&self, node: Id) -> FunctionId {
        self.scope_of.get(node as usize).copied().unwrap_or(0)
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> Option<&Known<'t>> {
        self.functions.get(id as usize)
    }

    /// The variable that a node names.
    pub fn place(&self, node: Id) -> Option<Place> {
        self.place_of.get(node as usize).copied().flatten()
    }

    /// The variable of that name that a node sees.
    pub fn seen_from(&self, node: Id, name: &str) -> Option<Place> {
        let mut at = self.scope(node);
        loop {
            if let Some(place) = self.keys.get(&(at, name.to_owned())) {
                return Some(*place);
            }
            at = self.function(at).filter(|_| at != 0)?.parent;
        }
    }

    /// The functions around a node, the nearest first, without the file.
    pub fn around(&self, node: Id) -> impl Iterator<Item = &Known<'t>> {
        let mut at = self.scope(node);
        std::iter::from_fn(move || {
            let known = self.function(at).filter(|_| at != 0)?;
            at = known.parent;
            Some(known)
        })
    }
}

struct Finder<'c, 't> {
    code: &'c Code<'t>,
    forms: &'c [Form<'t>],
    grammar: &'c Grammar,
    names: Names<'t>,
}

/// Names that are declared, each with the function that it is declared in.
type Declared<'t> = HashSet<(FunctionId, &'t str)>;

impl<'t> Finder<'_, 't> {
    fn form(&self, id: Id) -> &Form<'t> {
        self.forms.get(id as usize).unwrap_or(&Form::Nothing)
    }

    /// Whether a function only stands in for one that this PHP does not have, which no supported one
    /// lacks: `if (!function_exists('hash_equals')) { function hash_equals(…) }`.
    fn is_spare(&self, id: Id, name: &str) -> bool {
        let constant = self.grammar.family == 'h' && self.grammar.words.constant.contains(&name);
        constant
            && self.code.around(id).any(|at| {
                let condition = self.code.field(at, "condition");
                condition.is_some_and(|it| self.code.text(it).contains("function_exists"))
            })
    }

    /// Finds the functions, and which of them each node is in.
    fn functions(&mut self) {
        let mut classes: HashMap<Id, &'t str> = HashMap::new();
        let mut own: HashMap<Id, FunctionId> = HashMap::new();
        for id in self.code.all() {
            let parent = self.code.at(id).parent;
            let outer = if parent == NONE { 0 } else { self.names.scope(parent) };
            let scope = own.get(&parent).copied().unwrap_or(outer);
            if let Some(slot) = self.names.scope_of.get_mut(id as usize) {
                *slot = scope;
            }
            match *self.form(id) {
                Form::Class(name) => drop(classes.insert(id, name)),
                Form::Function(function) => {
                    let around = self.code.around(id).take(8).find_map(|at| classes.get(&at));
                    let receiver = self.receiver(id);
                    let class = receiver.map(|(_, class)| class).or(around.copied());
                    let name = match function.name {
                        "" => self.given_name(id),
                        name => name,
                    };
                    let known = Known {
                        node: id,
                        name,
                        class: class.unwrap_or(""),
                        receiver: receiver.map(|(name, _)| name).unwrap_or_default(),
                        params: self.params(function.params),
                        parent: scope,
                        open: function.open,
                    };
                    let at = u32::try_from(self.names.functions.len()).unwrap_or(0);
                    self.names.functions.push(known);
                    own.insert(id, at);
                    if !name.is_empty() && !self.is_spare(id, name) {
                        self.names.by_name.entry(name).or_default().push(at);
                    }
                }
                _ => {}
            }
        }
    }

    /// What a Go method calls its object, and the type of it.
    fn receiver(&self, id: Id) -> Option<(&'t str, &'t str)> {
        let code = self.code;
        let list = code.field(id, "receiver")?;
        let declared = code.named(list).next()?;
        let name = code.text(code.field(declared, "name")?);
        let of = code.text(code.field(declared, "type")?);
        Some((name, of.trim_start_matches(['*', '&']).split('[').next().unwrap_or(of)))
    }

    /// The name of a function that is assigned to one.
    fn given_name(&self, id: Id) -> &'t str {
        let parents = self.code.around(id).take(3);
        for parent in parents {
            match self.form(parent) {
                Form::Assign { to, .. } => return last_name(self.code.text(*to)),
                Form::Pair { name, .. } => return name,
                Form::Any(_) | Form::List(_) => {}
                _ => return "",
            }
        }
        ""
    }

    fn params(&mut self, list: Option<Id>) -> Vec<Param<'t>> {
        let Some(list) = list else { return Vec::new() };
        let mut params = Vec::new();
        let mut position = 0;
        if let Form::Name(name) = *self.form(list) {
            self.param(&mut params, list, 0, "", name);
            return params;
        }
        let children: Vec<Id> = self.code.named(list).collect();
        for child in children {
            let found = self.targets_of_param(child);
            let several = found.iter().all(|(_, part, _)| part.is_empty());
            for (node, part, name) in &found {
                if position == 0 && matches!(*name, "self" | "cls" | "$this") {
                    continue;
                }
                self.param(&mut params, *node, position, part, name);
                position += usize::from(several);
            }
            position += usize::from(!several);
        }
        params
    }

    fn param(
        &mut self,
        into: &mut Vec<Param<'t>>,
        node: Id,
        position: usize,
        part: &'t str,
        name: &'t str,
    ) {
        into.push(Param { position, part, name, node, id: self.names.params });
        self.names.params += 1;
    }

    /// The names in one parameter, each with the part of the argument that it takes.
    fn targets_of_param(&self, child: Id) -> Vec<(Id, &'t str, &'t str)> {
        let code = self.code;
        match self.form(child) {
            Form::Nothing => {
                let fields =
                    code.named(child).filter(|at| matches!(code.at(*at).field, "name" | "pattern"));
                let named: Vec<_> = fields.map(|at| (at, "", code.text(at))).collect();
                let is_name = code.at(child).kind == "implicit_parameter";
                if is_name { vec![(child, "", code.text(child))] } else { named }
            }
            _ => {
                let targets = targets(code, self.forms, child);
                targets.into_iter().map(|(at, part)| (at, part, code.text(at))).collect()
            }
        }
    }

    fn declared(&self) -> Declared<'t> {
        let mut declared = Declared::new();
        for (at, known) in self.names.functions.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(0);
            declared.extend(known.params.iter().map(|param| (at, param.name)));
        }
        for id in self.code.all() {
            let to = match *self.form(id) {
                Form::Assign { to, declares, .. }
                    if declares || self.grammar.assigning_declares =>
                {
                    to
                }
                Form::Each { to, .. } => to,
                Form::Switch { ref cases, .. } => {
                    for case in cases {
                        self.declare(*case, &mut declared);
                    }
                    continue;
                }
                Form::Any(_) if self.code.at(id).kind == "declaration_expression" => id,
                _ => continue,
            };
            self.declare(to, &mut declared);
        }
        declared
    }

    fn declare(&self, to: Id, declared: &mut Declared<'t>) {
        for (node, _) in targets(self.code, self.forms, to) {
            if let Form::Name(name) = *self.form(node) {
                declared.insert((self.closed(self.names.scope(node)), name));
            }
        }
    }

    /// The function itself, or the one around it whose assignments its are.
    fn closed(&self, mut scope: FunctionId) -> FunctionId {
        while let Some(known) = self.names.function(scope).filter(|known| known.open) {
            scope = known.parent;
        }
        scope
    }

    /// Gives every variable its place.
    fn places(&mut self, declared: &Declared<'t>) {
        let mut keys: HashMap<(FunctionId, String), Place> = HashMap::new();
        let mut key_of: Vec<Option<(FunctionId, String)>> = vec![None; self.code.len()];
        for id in self.code.inside_out.iter().copied() {
            let key = match *self.form(id) {
                Form::Name("self" | "cls" | "$this") | Form::Me => Some((0, self.object(id))),
                Form::Name(name) if self.names.around(id).any(|known| known.receiver == name) => {
                    Some((0, self.object(id)))
                }
                Form::Name(name) if name.starts_with('@') => Some((0, name.to_owned())),
                Form::Name(name) => {
                    let scope = self.resolve(self.names.scope(id), name, declared);
                    Some((scope, name.trim_start_matches('$').to_owned()))
                }
                Form::Member { of, name } => {
                    key_of.get(of as usize).cloned().flatten().and_then(|(scope, of)| {
                        match of.as_str() {
                            "" => Some((scope, name.trim_start_matches('$').to_owned())),
                            _ if of.ends_with('.') => Some((scope, format!("{of}{name}"))),
                            _ if of.len() < 200 => Some((scope, format!("{of}.{name}"))),
                            _ => None,
                        }
                    })
                }
                _ => None,
            };
            if let Some(key) = &key
                && !key.1.is_empty()
                && !key.1.ends_with('.')
            {
                let next = u32::try_from(keys.len()).unwrap_or(0);
                let place = *keys.entry(key.clone()).or_insert(next);
                if let Some(slot) = self.names.place_of.get_mut(id as usize) {
                    *slot = Some(place);
                }
            }
            if let Some(slot) = key_of.get_mut(id as usize) {
                *slot = key;
            }
        }
        self.names.keys = keys;
    }

    /// What the fields of the object begin with: its type, in languages whose literals name it.
    fn object(&self, id: Id) -> String {
        if !['g', 's'].contains(&self.grammar.family) {
            return String::new();
        }
        let class = self.names.around(id).map(|known| known.class).find(|class| !class.is_empty());
        class.map(|class| format!("{class}.")).unwrap_or_default()
    }

    /// The function whose variable a name is.
    fn resolve(&self, from: FunctionId, name: &'t str, declared: &Declared<'t>) -> FunctionId {
        let mut at = from;
        loop {
            if declared.contains(&(at, name)) {
                return at;
            }
            let Some(known) = self.names.function(at).filter(|_| at != 0) else { break };
            at = known.parent;
        }
        self.closed(from)
    }
}

/// The nodes that an assignment to `to` gives values to, each with the part of the value that it
/// gets: a name, a position, or nothing for all of it.
pub(in crate::scan) fn targets<'t>(
    code: &Code<'t>,
    forms: &[Form<'t>],
    to: Id,
) -> Vec<(Id, &'t str)> {
    const POSITIONS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
    let mut found = Vec::new();
    let mut open = vec![(to, "")];
    while let Some((at, part)) = open.pop() {
        if found.len() > 64 {
            break;
        }
        match forms.get(at as usize).unwrap_or(&Form::Nothing) {
            Form::Name(_) | Form::Member { .. } | Form::Index { .. } => found.push((at, part)),
            Form::Any(children) => open.extend(children.iter().rev().map(|child| (*child, part))),
            Form::List(children)
                if code.at(at).kind == "expression_list" && children.len() == 1 =>
            {
                open.extend(children.iter().map(|child| (*child, part)));
            }
            Form::List(children) => {
                let positions = POSITIONS.iter().chain(std::iter::repeat(&"?"));
                let parts: Vec<_> = children.iter().copied().zip(positions.copied()).collect();
                open.extend(parts.into_iter().rev());
            }
            Form::Record(children) => {
                open.extend(children.iter().rev().map(|child| (*child, code.text(*child))));
            }
            Form::Pair { name, value } => open.push((*value, name)),
            Form::Assign { to, .. } => open.push((*to, part)),
            // `Ok(value)`, `Some(value)`: a pattern.
            Form::Call(call) if call.args.len() == 1 => {
                open.extend(call.args.iter().map(|arg| (*arg, part)));
            }
            _ => {}
        }
    }
    found
}
