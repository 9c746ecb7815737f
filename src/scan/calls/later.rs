//! What is added to a value after it was made: `body.externalId = …`, `map.put("externalId", …)`.
//!
//! Used by `body`. Only what stands before the value is used counts, and what stands under a
//! condition counts as unclear.

use super::body::{Found, Look, Value, over};
use super::program::{Frame, Program, Slot, Way, bare, plain};
use super::types::{Sent, lower_first};
use crate::scan::compare::code::{Id, NONE};
use crate::scan::compare::form::{Call, Form};
use crate::scan::syntax::Language;

/// So many calls that are handed a variable are looked at, the nearest ones.
const MOST_CALLS: usize = 32;

/// Methods that set a member by its name.
const SETTERS: [&str; 17] = [
    "put",
    "add",
    "set",
    "append",
    "with",
    "addproperty",
    "setproperty",
    "store",
    "field",
    "property",
    "offsetset",
    "setdefault",
    "putifabsent",
    "tryadd",
    "prop",
    "entry",
    "addfield",
];

/// Methods that take over all members of another value.
const TAKERS: [&str; 8] =
    ["update", "merge", "putall", "assign", "addall", "extend", "reversemerge", "deepmerge"];

impl Look<'_, '_, '_> {
    /// What is added to a variable before it is used at `id`.
    pub(super) fn later(&self, slot: &Slot, id: Id, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let mut found = Found::Absent(None);
        for (at, one) in self.additions(slot, id, way, depth) {
            let one = match one {
                Found::Set(values) if !program.comes_before(at, id) => {
                    drop(values);
                    continue;
                }
                Found::Set(values) if program.is_conditional(at, id) => {
                    if program.asks_for(at, id, self.key) {
                        Found::Set(values)
                    } else {
                        Found::unclear("it is added under a condition only")
                    }
                }
                other => other,
            };
            found = over(found, one);
        }
        found
    }

    fn additions(&self, slot: &Slot, id: Id, way: &Way, depth: usize) -> Vec<(Id, Found)> {
        let program = self.program;
        let mut found = Vec::new();
        for member in program.members(slot) {
            let name = member.rsplit('.').next().unwrap_or(member);
            let sent = self.names_member(name);
            if sent == Sent::Other {
                if let Some(other) = self.sounds(name) {
                    found.push((NONE, Found::Absent(Some(other))));
                }
                continue;
            }
            for write in program.writes(&(slot.0, member.clone())) {
                let one = match sent {
                    Sent::Wanted => Found::Set(vec![Value::Node((write.value, way.clone()))]),
                    _ => Found::unclear(format!("what `{name}` is called in JSON can not be seen")),
                };
                found.push((write.at, one));
            }
        }
        for call_id in program.calls_on(slot).iter().take(MOST_CALLS * 8) {
            let Some(call) = program.as_call(*call_id) else { continue };
            if let Some(one) = self.sets(call, way) {
                found.push((*call_id, one));
            } else if TAKERS.contains(&&*bare(call.name))
                && !program.holds(*call_id, id)
                && depth < 12
            {
                let one = self.all(&call.args, way, depth + 1);
                if *call_id < id && !matches!(one, Found::Absent(None)) {
                    found.push((*call_id, one));
                }
            }
        }
        for write in program.merged(slot).iter().filter(|write| write.at < id && depth < 12) {
            let one = self.look(write.value, way, depth + 1);
            if !matches!(one, Found::Absent(None)) {
                found.push((write.at, one));
            }
        }
        self.handed_on(slot, id, way, depth, &mut found);
        found
    }

    /// What calls that are handed the variable do to it.
    fn handed_on(
        &self,
        slot: &Slot,
        id: Id,
        way: &Way,
        depth: usize,
        found: &mut Vec<(Id, Found)>,
    ) {
        let program = self.program;
        let takers = program.takers(slot).iter().rev().filter(|(call, _)| *call < id);
        for (call_id, position) in takers.take(MOST_CALLS).filter(|_| depth <= 8) {
            let Some(call) = program.as_call(*call_id) else { continue };
            if bare(call.name) == "assign" && *position == 0 {
                let rest = call.args.get(1..).unwrap_or_default();
                let one = self.all(rest, way, depth + 1);
                if !matches!(one, Found::Absent(None)) {
                    found.push((*call_id, one));
                }
            }
            let says = bare(call.name);
            if program.callees(call).is_empty()
                && (says.contains("externalid") || says.contains("idempot"))
            {
                let why = format!("`{}` of another file may add it", call.name);
                found.push((*call_id, Found::unclear(why)));
            }
            for function in program.callees(call) {
                let Some(known) = program.names.function(function) else { continue };
                let param = known.params.iter().find(|param| param.position == *position);
                let Some(param) = param else { continue };
                let name = param.name.trim_start_matches(['$', '&', '*']).to_owned();
                let mut inner = way.clone();
                inner.push(Frame { function, call: *call_id });
                for (_, one) in self.additions(&(function, name), NONE, &inner, depth + 4) {
                    if matches!(one, Found::Set(_)) {
                        found.push((*call_id, one));
                    }
                }
            }
        }
    }

    /// What a member that is assigned to is called in JSON.
    fn names_member(&self, name: &str) -> Sent {
        match self.program.language {
            Language::Go | Language::CSharp | Language::Java => self.names(name, false),
            Language::Python if name != self.key => self.names(name, false),
            _ => self.names(name, true),
        }
    }

    /// What a call of a method sets the member to, if it sets it.
    pub(super) fn sets(&self, call: &Call<'_>, way: &Way) -> Option<Found> {
        let program = self.program;
        let name = bare(call.name);
        match call.args.as_slice() {
            [key, value, ..] if SETTERS.contains(&&*name) || name.starts_with("add") => {
                let key = program.peel(*key);
                let key_text = match program.form(key) {
                    Form::Literal => plain(program.text(key)),
                    _ if program.is_text(key) => plain(program.text(key)),
                    Form::Name(_) | Form::Member { .. } => {
                        program.texts(&(key, way.clone())).first().cloned().unwrap_or_default()
                    }
                    _ => return None,
                };
                let found = self.named(&key_text, true, (*value, way.clone()));
                matches!(found, Found::Set(_) | Found::Absent(Some(_))).then_some(found)
            }
            [value] => {
                let field = ["set", "with", "add", "Set", "With", "Add"]
                    .iter()
                    .find_map(|verb| call.name.strip_prefix(verb))
                    .unwrap_or(call.name);
                let field = field.trim_start_matches('_');
                let lower = lower_first(field);
                let sent = program.types.sent(&lower, self.key);
                if bare(field) != bare(self.key) && sent != Sent::Wanted {
                    return None;
                }
                let value = Value::Node((*value, way.clone()));
                Some(match sent {
                    _ if lower == self.key && sent != Sent::Other => Found::Set(vec![value]),
                    Sent::Wanted => Found::Set(vec![value]),
                    Sent::Unclear => {
                        Found::unclear(format!("what `{field}` is called in JSON can not be seen"))
                    }
                    Sent::Other => Found::Absent(self.sounds(field)),
                })
            }
            _ => None,
        }
    }
}

impl Program<'_, '_> {
    /// Whether what is done at `at` is done when `id` is reached: before it, or in another function.
    pub fn comes_before(&self, at: Id, id: Id) -> bool {
        if at == NONE || id == NONE || at < id {
            return true;
        }
        self.closed(self.names.scope(at)) != self.closed(self.names.scope(id))
    }

    /// The choice that `at` stands in and `id` does not.
    fn choice(&self, at: Id, id: Id) -> Option<Id> {
        const CHOICES: [&str; 17] = [
            "if_statement",
            "if",
            "unless",
            "elsif",
            "if_modifier",
            "unless_modifier",
            "else",
            "else_clause",
            "switch_statement",
            "switch_case",
            "case",
            "when",
            "ternary_expression",
            "conditional",
            "expression_switch_statement",
            "match_statement",
            "catch_clause",
        ];
        let mut around = self.code.around(at);
        around.find(|outer| CHOICES.contains(&self.code.at(*outer).kind) && !self.holds(*outer, id))
    }

    /// Whether `at` is done under a condition only, seen from `id`.
    pub fn is_conditional(&self, at: Id, id: Id) -> bool {
        at != NONE && self.choice(at, id).is_some()
    }

    /// Whether that condition asks whether the member is there already.
    pub fn asks_for(&self, at: Id, id: Id, key: &str) -> bool {
        let Some(choice) = self.choice(at, id) else { return false };
        let condition = self.code.field(choice, "condition");
        condition.is_some_and(|condition| bare(self.text(condition)).contains(&bare(key)))
    }
}
