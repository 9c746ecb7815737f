//! Whether an id that is made where it is sent is made anew on every try, or kept.
//!
//! Part of `source`.

use super::program::{Program, bare};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::Form;

impl Program<'_, '_> {
    /// Whether what is made at `fresh` is made anew on every try of what is sent at `sink`.
    pub(super) fn is_tried_again(&self, fresh: Id, sink: Id) -> bool {
        let retries = |id: Id| {
            let node = self.code.at(id);
            let whole = self.text(id);
            let body = self.code.field(id, "body").map(|body| self.code.at(body).start);
            let head = body.and_then(|body| whole.get(..body.saturating_sub(node.start)));
            let head = head.unwrap_or_else(|| whole.get(..whole.len().min(90)).unwrap_or(""));
            let condition = self.code.field(id, "condition").map(|it| self.text(it));
            let plain = bare(&format!("{head}{}", condition.unwrap_or_default()));
            let says = ["retry", "retries", "attempt", "tries", "backoff"]
                .iter()
                .any(|word| plain.contains(word));
            match self.form(id) {
                Form::Loop => {
                    let counted = node.kind == "for_statement" && counts_few(head);
                    let endless = ["whiletrue", "while1", "for"].contains(&plain.as_str());
                    says || counted || endless && self.leaves(id)
                }
                Form::Each { .. } => says || head.contains("range(") || counts_few(head),
                Form::Call(call) => {
                    let name = bare(call.name);
                    ["retry", "backoff", "attempt", "withretries", "executewithretry"]
                        .iter()
                        .any(|word| name.contains(word))
                        || name == "times"
                        || name == "loop"
                        || name.starts_with("execute") && bare(head).contains("policy")
                        || name.starts_with("execute") && bare(head).contains("pipeline")
                }
                _ => false,
            }
        };
        let mut around = self.code.around(fresh);
        if around.any(|outer| retries(outer) && self.holds(outer, sink)) {
            return true;
        }
        // The whole function is tried again, by what stands before it or by `retry` in it.
        let function = self.function_of(sink).filter(|known| self.holds(known.node, fresh));
        let Some(known) = function else { return false };
        let before = self.code.at(known.node).start;
        let parent = self.code.at(self.code.at(known.node).parent);
        let decorated = parent.kind == "decorated_definition";
        let from = if decorated { parent.start } else { before };
        let head = self.code.text.get(from..before).unwrap_or_default();
        let own = self.text(known.node);
        let ruby = own.contains("\n")
            && own.lines().any(|line| {
                let line = line.trim();
                line == "retry" || line.starts_with("retry if") || line.starts_with("retry unless")
            });
        let called = self
            .callers(self.names.scope(sink))
            .into_iter()
            .any(|call| self.code.around(call).any(retries));
        let passed = !known.name.is_empty() && {
            let slot = (0, known.name.to_owned());
            self.takers(&slot).iter().any(|(call, _)| retries(*call))
        };
        // What stands before a function, and annotations that the grammar puts into it.
        let annotated = own.split(known.name).next().filter(|_| !known.name.is_empty());
        let marked = format!("{head}{}", annotated.unwrap_or_default()).to_ascii_lowercase();
        let job = known.name == "perform" && self.code.bare.contains("retry_on");
        marked.contains('@') && (marked.contains("retry") || marked.contains("backoff"))
            || job
            || ruby
            || called
            || passed
    }

    /// Whether a loop is left in its middle, as one that tries is.
    fn leaves(&self, id: Id) -> bool {
        let text = self.text(id);
        text.contains("break") || text.contains("return")
    }

    /// Whether the id is handed to something else before it is sent, so that it may be kept.
    pub(super) fn is_kept(&self, fresh: Id, sink: Id) -> bool {
        let to = self.code.around(fresh).take(6).find_map(|outer| match self.form(outer) {
            Form::Assign { to, .. } => Some(*to),
            _ => None,
        });
        let Some(to) = to else { return false };
        if self.member(to).is_some() && !bare(self.text(to)).starts_with("body") {
            // `order.externalId = …` keeps it.
            let on = bare(self.text(to));
            return [
                "order", "invoice", "this", "self", "record", "row", "payment", "checkout", "cart",
            ]
            .iter()
            .any(|word| on.starts_with(word));
        }
        let Some(slot) = self.slot(to) else { return false };
        const KEEPS: [&str; 13] = [
            "save", "insert", "store", "update", "create", "persist", "execute", "exec", "set",
            "write", "query", "put", "push",
        ];
        let name = slot.1.clone();
        self.code.within(0).filter(|id| *id < sink).any(|id| {
            let Some(call) = self.as_call(id) else { return false };
            let keeps = KEEPS.iter().any(|word| bare(call.name).starts_with(word));
            keeps
                && self.closed(self.names.scope(id)) == self.closed(self.names.scope(sink))
                && !self.holds(id, fresh)
                && !self.holds(id, sink)
                && !self.holds(sink, id)
                && call.args.iter().any(|arg| {
                    let mut within = self.code.within(*arg);
                    within.any(|part| {
                        matches!(self.form(part), Form::Name(found) if found.trim_start_matches('$') == name)
                    })
                })
        })
    }
}

/// Whether the head of a loop counts to a small number that stands there.
fn counts_few(head: &str) -> bool {
    let digits: Vec<&str> =
        head.split(|ch: char| !ch.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    let few = digits
        .last()
        .and_then(|last| last.parse::<u32>().ok())
        .is_some_and(|most| (2..=20).contains(&most));
    few && !head.contains("length")
        && !head.contains("len(")
        && (head.contains('<') || head.contains("range"))
}
