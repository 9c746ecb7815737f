//! Where MACs are compared, and how.
//!
//! Called by `analysis` once `flow` knows every value. The rule it keeps: only a comparison of a
//! value that comes from a MAC counts, and only one with something that is not written out.

use std::collections::{BTreeSet, HashSet};

use super::by_hand::{self, ByHand};
use super::calls::Callee;
use super::code::Id;
use super::flow::Flow;
use super::form::{Call, Form};
use super::value::{Atom, Origin, Value};
use super::words;

/// How a comparison is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum How {
    /// It stops at the first difference.
    Early(String),
    /// It takes constant time, by a function of this name.
    Constant(String),
    /// It takes constant time, in a loop written by hand.
    ByHand,
    /// It could not be told; why.
    Doubt(String),
}

/// A comparison of a MAC.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Where.
    pub node: Id,
    /// How it is made.
    pub how: How,
    /// The MACs that are compared.
    pub origins: BTreeSet<Origin>,
}

/// A call that takes a MAC to a function that is not in this file.
#[derive(Clone, Debug)]
pub(super) struct Leaves {
    /// The name of the function.
    pub name: String,
    /// What is known of each argument.
    pub args: Vec<Value>,
}

/// What was found in a file.
#[derive(Default)]
pub(super) struct Sites {
    /// Comparisons of MACs.
    pub found: Vec<Found>,
    /// Calls that take a MAC elsewhere.
    pub leaves: Vec<Leaves>,
    /// Constant-time comparisons of values that come from no MAC in sight.
    pub untraced: Vec<Id>,
    /// Calls of other providers' verifiers.
    pub sdk: Vec<(Id, String)>,
}

/// What the operands of a comparison come from.
#[derive(Default)]
struct Operand {
    macs: BTreeSet<Origin>,
    guarded: BTreeSet<Origin>,
    makers: BTreeSet<Origin>,
}

/// Calls that compute a MAC and compare it, both by themselves.
const WHOLE: [&str; 4] =
    ["hmac.verify", "HMAC.verify", "subtle.verify", "sodium_crypto_auth_verify"];

/// Finds the comparisons of a file.
pub(super) fn find(flow: &Flow<'_, '_>) -> Sites {
    let mut finder = Finder { flow, sites: Sites::default() };
    for id in flow.calls.code.all() {
        finder.look(id);
    }
    let mut seen = HashSet::new();
    finder.sites.found.retain(|found| seen.insert((found.node, found.how.clone())));
    finder.sites
}

struct Finder<'f, 'a, 't> {
    flow: &'f Flow<'a, 't>,
    sites: Sites,
}

impl<'t> Finder<'_, '_, 't> {
    fn form(&self, id: Id) -> &Form<'t> {
        self.flow.calls.forms.get(id as usize).unwrap_or(&Form::Nothing)
    }

    fn look(&mut self, id: Id) {
        match self.form(id).clone() {
            Form::Binary { op, left, right } => self.binary(id, op, left, right),
            Form::Call(call) => self.call(id, &call),
            Form::Switch { value, cases } => self.switch(id, value, &cases),
            _ => {}
        }
    }

    fn found(&mut self, node: Id, how: How, origins: BTreeSet<Origin>) {
        self.sites.found.push(Found { node, how, origins });
    }

    fn binary(&mut self, id: Id, op: &str, left: Id, right: Id) {
        if op == "^" {
            return self.mixed(id, left, right);
        }
        const EARLY: [&str; 10] =
            ["==", "===", "!=", "!==", "<=>", "<>", "in", "not in", "is", "is not"];
        let op = op.split_whitespace().collect::<Vec<_>>().join(" ");
        if !EARLY.contains(&op.as_str()) || op == "is" && self.flow.calls.grammar.family == 'c' {
            return;
        }
        let (one, other) = (self.operand(left), self.operand(right));
        if !one.is_mac() && !other.is_mac() || self.is_written(left) || self.is_written(right) {
            return;
        }
        let guarded = !one.guarded.is_empty() || !other.guarded.is_empty();
        let origins: BTreeSet<Origin> = one.all().chain(other.all()).collect();
        let how = if guarded && self.flow.calls.grammar.family == 's' {
            How::Constant("CtOutput::eq".to_owned())
        } else if one.is_mac() && other.is_mac() && one.macs.is_disjoint(&other.macs) {
            How::Doubt("both sides are MACs that are computed here".to_owned())
        } else {
            match by_hand::of_elements(&self.flow.calls, id, left, right) {
                ByHand::Whole => How::ByHand,
                ByHand::Branches => {
                    How::Doubt("a loop by hand that runs to its end, but branches".to_owned())
                }
                ByHand::Leaves | ByHand::No => How::Early(format!("`{op}`")),
            }
        };
        self.found(id, how, origins);
    }

    /// `a ^ b` of elements: part of a comparison by hand when its results are collected.
    fn mixed(&mut self, id: Id, left: Id, right: Id) {
        let (one, other) = (self.operand(left), self.operand(right));
        let origins: BTreeSet<Origin> = one.all().chain(other.all()).collect();
        if origins.is_empty() {
            return;
        }
        match by_hand::of_mixed(&self.flow.calls, id) {
            ByHand::Whole => self.found(id, How::ByHand, origins),
            ByHand::Leaves => {
                let how = How::Early("a loop that ends at the first difference".to_owned());
                self.found(id, how, origins);
            }
            ByHand::No | ByHand::Branches => {}
        }
    }

    fn switch(&mut self, id: Id, value: Id, cases: &[Id]) {
        if ['s', 'p'].contains(&self.flow.calls.grammar.family) {
            return;
        }
        let subject = self.operand(value);
        let cases: Vec<Id> = cases.iter().copied().filter(|case| !self.is_written(*case)).collect();
        let of_cases = cases.iter().flat_map(|case| self.operand(*case).all().collect::<Vec<_>>());
        let of_cases: BTreeSet<Origin> = of_cases.collect();
        let compared = subject.is_mac() && !cases.is_empty()
            || !of_cases.is_empty() && !self.is_written(value);
        if compared {
            let origins = subject.all().chain(of_cases).collect();
            self.found(id, How::Early("a choice of cases".to_owned()), origins);
        }
    }

    fn call(&mut self, id: Id, call: &Call<'t>) {
        let Some((callee, path)) = self.flow.callees.get(&id).cloned() else { return };
        let receiver = call.on.map(|on| self.operand(on)).unwrap_or_default();
        let args: Vec<Operand> = call.args.iter().map(|arg| self.operand(*arg)).collect();
        let of_args: BTreeSet<Origin> = args.iter().flat_map(Operand::all).collect();
        let all: BTreeSet<Origin> = receiver.all().chain(of_args.iter().copied()).collect();
        let verify = self.flow.calls.grammar.words.verify;
        if verify.contains(&call.name) && !receiver.makers.is_empty() {
            return self.found(id, How::Constant(call.name.to_owned()), receiver.makers);
        }
        if call.tokens && self.tokens(id, call, &of_args) {
            return;
        }
        match callee {
            Callee::Constant if words::is_one_of(&path, &WHOLE) => {
                self.found(id, How::Constant(short(&path)), all);
            }
            Callee::Constant if !all.is_empty() => {
                self.found(id, How::Constant(short(&path)), all);
            }
            Callee::Constant => self.sites.untraced.push(id),
            Callee::Sdk => self.sites.sdk.push((id, short(&path))),
            Callee::Early if !of_args.is_empty() && self.compares_unknown(&call.args) => {
                self.found(id, How::Early(format!("`{}`", short(&path))), of_args);
            }
            Callee::EarlyMethod if !all.is_empty() => {
                self.early_method(id, call, &path, &receiver, all);
            }
            Callee::Other | Callee::Rewrite if !of_args.is_empty() => {
                self.leaves(id, call, &path, of_args);
            }
            Callee::Other => self.leaves_with_names(call, &path),
            _ => {}
        }
    }

    fn early_method(
        &mut self,
        id: Id,
        call: &Call<'t>,
        path: &str,
        receiver: &Operand,
        origins: BTreeSet<Origin>,
    ) {
        let has_callback = call.args.iter().any(|arg| matches!(self.form(*arg), Form::Function(_)));
        let other_is_written = match call.on {
            Some(on) if !receiver.is_mac() => self.is_written(on),
            _ => call.args.iter().all(|arg| self.is_written(*arg)),
        };
        if has_callback || call.args.is_empty() || other_is_written {
            return;
        }
        let how = if !receiver.guarded.is_empty() && call.name == "equals" {
            How::Constant("HashCode.equals".to_owned())
        } else if !receiver.is_mac() && self.sides(&call.args) > 1 && words::compares(call.name) {
            How::Doubt(format!("`{}` is not in the files that were read", short(path)))
        } else {
            How::Early(format!("`{}`", call.name))
        };
        self.found(id, how, origins);
    }

    /// The number of arguments that are neither written out nor a constant of a type.
    fn sides(&self, args: &[Id]) -> usize {
        let code = self.flow.calls.code;
        let is_constant = |arg: &Id| {
            code.text(*arg).starts_with(char::is_uppercase) && !code.text(*arg).contains('(')
        };
        args.iter().filter(|arg| !self.is_written(**arg) && !is_constant(arg)).count()
    }

    /// A MAC that is handed to a function that is not in this file.
    fn leaves(&mut self, id: Id, call: &Call<'t>, path: &str, origins: BTreeSet<Origin>) {
        let name = path.rsplit('.').next().unwrap_or(path).to_owned();
        if words::compares(&name) && !self.flow.elsewhere.contains_key(&name) {
            let why = format!("`{}` is not in the files that were read", short(path));
            self.found(id, How::Doubt(why), origins);
        }
        self.leaves_with_names(call, path);
    }

    /// Notes what a call gives to a function elsewhere.
    fn leaves_with_names(&mut self, call: &Call<'t>, path: &str) {
        let name = path.rsplit('.').next().unwrap_or(path).to_owned();
        let args: Vec<Value> = call.args.iter().map(|arg| self.resolved(*arg)).collect();
        if args.iter().any(|arg| !arg.is_empty()) {
            self.sites.leaves.push(Leaves { name, args });
        }
    }

    /// What is known of an argument, without parameters.
    fn resolved(&self, id: Id) -> Value {
        let operand = self.operand(id);
        let macs = operand.macs.into_iter().map(Atom::Mac);
        let guarded = operand.guarded.into_iter().map(Atom::Guarded);
        Value::from_atoms(macs.chain(guarded).chain(operand.makers.into_iter().map(Atom::Maker)))
    }

    /// A macro that compares, told by its tokens; whether it was one.
    fn tokens(&mut self, id: Id, call: &Call<'t>, origins: &BTreeSet<Origin>) -> bool {
        const TESTS: [&str; 6] =
            ["assert", "debug_assert", "ensure", "matches", "require", "ensure_eq"];
        let code = self.flow.calls.code;
        if !TESTS.contains(&call.name) {
            return false;
        }
        let words = &self.flow.calls.grammar.words;
        let tokens: Vec<&str> = code.within(id).map(|token| code.text(token)).collect();
        let constant = tokens
            .iter()
            .find(|token| words.constant.contains(token) || words.verify.contains(token));
        let makers: BTreeSet<Origin> =
            call.args.iter().flat_map(|arg| self.operand(*arg).makers).collect();
        if let Some(name) = constant
            && !(origins.is_empty() && makers.is_empty())
        {
            let origins = origins.iter().copied().chain(makers).collect();
            self.found(id, How::Constant((*name).to_owned()), origins);
        } else if let Some(op) = tokens.iter().find(|token| ["==", "!="].contains(*token))
            && !origins.is_empty()
            && !tokens.iter().any(|token| words::measures(token))
        {
            self.found(id, How::Early(format!("`{op}`")), origins.clone());
        }
        true
    }

    /// Whether one of the values is neither a MAC nor written out.
    fn compares_unknown(&self, args: &[Id]) -> bool {
        args.len() > 1 && args.iter().take(2).all(|arg| !self.is_written(*arg))
    }

    /// Whether the value stands in the code: text, a number, nothing.
    fn is_written(&self, id: Id) -> bool {
        let code = self.flow.calls.code;
        let mut at = id;
        for _ in 0..8 {
            match self.form(at) {
                Form::Literal => return true,
                Form::Name(name) => {
                    return ["undefined", "None", "nil", "NULL", "null"].contains(name);
                }
                Form::Member { name, .. } => return ["Empty", "EMPTY"].contains(name),
                Form::Any(children) => match children.as_slice() {
                    [child] => at = *child,
                    children => {
                        return !children.is_empty()
                            && children
                                .iter()
                                .all(|child| matches!(self.form(*child), Form::Literal));
                    }
                },
                Form::Nothing => {
                    let text = code.text(at).trim_start_matches('-');
                    return !text.is_empty() && text.len() < 20 && text.parse::<f64>().is_ok();
                }
                _ => return false,
            }
        }
        false
    }

    /// What a value comes from, with parameters followed to what they are given.
    fn operand(&self, id: Id) -> Operand {
        let mut operand = Operand::default();
        let value = self.flow.value(id);
        let mut open: Vec<(Atom, Want)> =
            value.atoms().iter().map(|atom| (*atom, Want::Own)).collect();
        let mut seen = HashSet::new();
        while let Some((atom, want)) = open.pop() {
            if !seen.insert((atom, want)) || seen.len() > 200 {
                continue;
            }
            match (atom, want) {
                (Atom::Mac(origin), _) => drop(operand.macs.insert(origin)),
                (Atom::Guarded(origin), Want::Own) | (Atom::Maker(origin), Want::Guarded) => {
                    operand.guarded.insert(origin);
                }
                (Atom::Guarded(origin), _) | (Atom::Maker(origin), Want::Yield) => {
                    operand.macs.insert(origin);
                }
                (Atom::Maker(origin), Want::Own) => drop(operand.makers.insert(origin)),
                (Atom::Param(param), want) => self.follow(param, want, &mut open),
                (Atom::Yield(param), _) => self.follow(param, Want::Yield, &mut open),
                (Atom::YieldGuarded(param), _) => self.follow(param, Want::Guarded, &mut open),
            }
        }
        operand
    }

    fn follow(&self, param: u32, want: Want, open: &mut Vec<(Atom, Want)>) {
        let given = self.flow.given.get(param as usize);
        let atoms = given.map(Value::atoms).into_iter().flatten().copied();
        open.extend(
            atoms
                .filter(|atom| want == Want::Own || !matches!(atom, Atom::Mac(_)))
                .map(|atom| (atom, want)),
        );
    }
}

/// What is wanted of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Want {
    /// The value itself.
    Own,
    /// What it yields.
    Yield,
    /// The same, guarded.
    Guarded,
}

impl Operand {
    fn is_mac(&self) -> bool {
        !self.macs.is_empty() || !self.guarded.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = Origin> + use<> {
        self.macs.iter().chain(&self.guarded).copied().collect::<Vec<_>>().into_iter()
    }
}

/// The last two names of a path.
fn short(path: &str) -> String {
    let mut names: Vec<&str> = path.rsplit('.').take(2).collect();
    names.reverse();
    names.join(".")
}
