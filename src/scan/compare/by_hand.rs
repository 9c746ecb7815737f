//! Comparisons written by hand: whether a loop over the elements runs to its end.
//!
//! Used by `sites`. `result |= a[i] ^ b[i]` without a way out of the loop takes constant time;
//! `if (a[i] != b[i]) return false` does not.

use super::calls::Calls;
use super::code::Id;
use super::form::Form;

/// What a comparison of elements amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByHand {
    /// All elements are compared.
    Whole,
    /// The loop ends at a difference.
    Leaves,
    /// The loop runs to its end, but does not do the same for each element.
    Branches,
    /// It is no such comparison.
    No,
}

/// `a[i] == b[i]` in a loop.
pub(super) fn of_elements(calls: &Calls<'_, '_>, id: Id, left: Id, right: Id) -> ByHand {
    if !is_element(calls, left) && !is_element(calls, right) {
        return ByHand::No;
    }
    let collects = |at: &Id| match form(calls, *at) {
        Form::Accumulate { op, .. } => ["|=", "&=", "+=", "^="].contains(op),
        _ => false,
    };
    match loop_around(calls, id) {
        ByHand::Whole if !calls.code.around(id).take(3).any(|at| collects(&at)) => ByHand::Branches,
        found => found,
    }
}

/// `a[i] ^ b[i]`, whose results are collected.
pub(super) fn of_mixed(calls: &Calls<'_, '_>, id: Id) -> ByHand {
    let collects = |at: &Id| match form(calls, *at) {
        Form::Accumulate { op, .. } => ["|=", "+="].contains(op),
        Form::Binary { op, .. } => ["|", "+"].contains(op),
        Form::Call(call) => ["bitwise_or", "sum", "any", "BitOr"].contains(&call.name),
        _ => false,
    };
    if !calls.code.around(id).take(6).any(|at| collects(&at)) {
        return ByHand::No;
    }
    match loop_around(calls, id) {
        ByHand::No => ByHand::Whole,
        found => found,
    }
}

fn form<'a, 't>(calls: &Calls<'a, 't>, id: Id) -> &'a Form<'t> {
    calls.forms.get(id as usize).unwrap_or(&Form::Nothing)
}

fn is_element(calls: &Calls<'_, '_>, mut id: Id) -> bool {
    for _ in 0..6 {
        match form(calls, id) {
            Form::Index { at, .. } => {
                return at.is_some_and(|at| !matches!(form(calls, at), Form::Literal));
            }
            Form::Call(call) => {
                let names =
                    ["charCodeAt", "codePointAt", "charAt", "at", "ord", "getbyte", "byteAt"];
                if call.name == "ord" && call.on.is_none() {
                    return true;
                }
                return names.contains(&call.name);
            }
            Form::Any(children) => match children.as_slice() {
                [child] => id = *child,
                _ => return false,
            },
            _ => return false,
        }
    }
    false
}

/// The nearest loop around, and whether something leaves it.
fn loop_around(calls: &Calls<'_, '_>, id: Id) -> ByHand {
    let code = calls.code;
    let is_loop = |at: Id| {
        let kind = code.at(at).kind;
        matches!(form(calls, at), Form::Loop | Form::Each { .. })
            && (kind.contains("for")
                || kind.contains("while")
                || kind.contains("until")
                || kind.contains("loop")
                || kind == "do_statement")
    };
    // A callback for each element, or for two of them, is a loop as well.
    let found = code
        .around(id)
        .take(40)
        .find(|at| is_loop(*at) || matches!(form(calls, *at), Form::Function(_)));
    let Some(mut found) = found else { return ByHand::No };
    if let Form::Function(function) = form(calls, found)
        && !function.open
    {
        return ByHand::No;
    }
    if code.at(found).kind == "range_clause" || code.at(found).kind == "for_clause" {
        found = code.at(found).parent;
    }
    let leaves = code.within(found).any(|at| {
        let node = code.at(at);
        node.named
            && ["return", "break", "throw", "raise"].iter().any(|way| node.kind.starts_with(way))
    });
    if leaves || ends_by_condition(calls, found, id) { ByHand::Leaves } else { ByHand::Whole }
}

/// Whether the loop goes on only while what is collected shows no difference.
fn ends_by_condition(calls: &Calls<'_, '_>, found: Id, id: Id) -> bool {
    let code = calls.code;
    let collected = code.around(id).take(6).find_map(|at| match form(calls, at) {
        Form::Accumulate { to, .. } | Form::Assign { to, .. } => Some(code.text(*to)),
        _ => None,
    });
    let Some(collected) = collected else { return false };
    let conditions = code.within(found).filter(|at| code.at(*at).field == "condition");
    let mut named = conditions.flat_map(|condition| code.within(condition));
    named.any(|at| code.at(at).size == 1 && code.text(at) == collected)
}
