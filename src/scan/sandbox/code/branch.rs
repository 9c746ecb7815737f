//! Branches: which one the sandbox is in, and what the condition asks for.

use super::super::{How, Markers, Use, words};
use super::climb::{Step, Verdict, Way};
use super::condition::{self, Asks};
use super::nodes::{after, head, last_name, named, same, unquoted};
use crate::scan::syntax::Node;

/// The side of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What happens when it holds.
    Then,
    /// What happens when it does not.
    Otherwise,
}

/// One step up through a branch, a case, a block, a class.
pub(super) fn step(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let kind = parent.kind();
    match &*kind {
        "ternary_expression" | "conditional_expression" | "conditional" => {
            ternary(parent, child, way, markers)
        }
        "if_statement" | "if_expression" | "if" | "unless" | "if_modifier" | "unless_modifier"
        | "elif_clause" | "elsif" | "else_if_clause" | "guard_statement" => {
            branch(parent, child, way, markers)
        }
        "switch_default" | "default_statement" | "default_case" | "match_default_expression" => {
            way.falls_back(How::DefaultCase, "", child)
        }
        "switch_case"
        | "case_statement"
        | "expression_case"
        | "switch_block_statement_group"
        | "switch_rule"
        | "switch_section"
        | "case_clause"
        | "when"
        | "match_arm"
        | "switch_expression_arm"
        | "match_conditional_expression"
        | "case_item"
        | "in_clause" => case(parent, child, way),
        "else" if parent.parent().is_some_and(|above| above.kind().starts_with("case")) => {
            way.falls_back(How::DefaultCase, "", child)
        }
        "catch_clause" | "rescue" | "except_clause" | "rescue_modifier" | "rescue_clause" => {
            way.falls_back(How::WhenMissing, "", child)
        }
        "class_definition" => class(parent, way, child),
        "block" | "statement_block" | "statement_list" | "compound_statement"
        | "body_statement" | "program" | "module" => fallthrough(parent, child, way, markers),
        _ => Step::Up,
    }
}

/// Whether a block is one that Ruby hands to a call.
pub(super) fn is_ruby_block(block: &Node<'_>) -> bool {
    block.parent().is_some_and(|above| above.kind() == "call" && above.field("method").is_some())
}

/// Whether the left side of an `or` is a condition, and not a value.
pub(super) fn is_condition(left: &str) -> bool {
    ["&&", "==", " and "].iter().any(|word| left.contains(word))
}

fn ternary(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let parts = named(parent);
    let python = after(parent, child, "if") || parent.children().any(|node| node.kind() == "if");
    let (condition, then, other) = match parts.as_slice() {
        [then, condition, other] if python => (condition, then, other),
        [condition, then, other] => (condition, then, other),
        [condition, other] => {
            if same(other, child) {
                let subject = condition.text().into_owned();
                return way.falls_back(How::Operator("?:".to_owned()), &subject, child);
            }
            return Step::Up;
        }
        _ => return Step::Up,
    };
    if same(condition, child) {
        return Step::Is(Verdict::Unused);
    }
    let text = condition.text().into_owned();
    let (side, beside) =
        if same(then, child) { (Side::Then, other) } else { (Side::Otherwise, then) };
    let beside = beside.text().into_owned();
    if side == Side::Otherwise && (text == beside || text.contains(&beside)) && beside.len() > 3 {
        return way.falls_back(How::WhenMissing, &beside, child);
    }
    on_side(&text, side, Some(&beside), child, way, markers)
}

fn branch(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let kind = parent.kind();
    let Some(condition) = condition_of(parent) else { return Step::Up };
    if same(&condition, child) {
        return Step::Is(Verdict::Unused);
    }
    let side = side_of(parent, child);
    let unless = kind.starts_with("unless");
    let text = condition.text().into_owned();
    let text = if unless { format!("!({text})") } else { text };
    let whole = parent.text().into_owned();
    on_side(&text, side, Some(&whole), child, way, markers)
}

/// The condition of a branch.
fn condition_of<'r>(parent: &Node<'r>) -> Option<Node<'r>> {
    let kind = parent.kind();
    if kind.ends_with("_modifier") {
        return parent.field("condition").or_else(|| named(parent).last().cloned());
    }
    parent.field("condition").or_else(|| named(parent).first().cloned())
}

fn side_of(parent: &Node<'_>, child: &Node<'_>) -> Side {
    let kind = child.kind();
    let otherwise =
        matches!(&*kind, "else_clause" | "else" | "elif_clause" | "elsif" | "else_if_clause")
            || after(parent, child, "else");
    if otherwise { Side::Otherwise } else { Side::Then }
}

/// What it means to stand on this side of a condition. `beside` is what stands on the other.
pub(super) fn on_side(
    condition: &str,
    side: Side,
    beside: Option<&str>,
    child: &Node<'_>,
    way: &mut Way,
    markers: &Markers,
) -> Step {
    let (asks, negated) = condition::read(condition);
    let holds = (side == Side::Then) != negated;
    match (asks, holds) {
        (Asks::Missing, true) => way.falls_back(How::WhenMissing, condition, child),
        (Asks::Production, true) => {
            let name = way.name.clone();
            Step::Is(Verdict::Used(Use::ForProduction, name))
        }
        (Asks::Sandbox, true) if condition::holds_by_default(condition) => {
            let name = Some(head(condition.trim(), 60).to_owned());
            Step::Is(Verdict::Used(Use::Fallback(How::Flag), name))
        }
        (Asks::Sandbox, true) => Step::Is(Verdict::Chosen(None, condition::selector(condition))),
        (Asks::Production | Asks::Sandbox, false) => way.falls_back(How::OtherBranch, "", child),
        (Asks::Other, _) => {
            let live = beside.is_some_and(|text| {
                markers.has_live_host(text) || words::says_production(head(text, 200))
            });
            if side == Side::Otherwise && live {
                way.falls_back(How::OtherBranch, "", child)
            } else {
                Step::Up
            }
        }
        (Asks::Missing, false) => Step::Up,
    }
}

/// A case of a `switch` or `match`.
fn case(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let parts = named(parent);
    let start = child.range().start;
    let separator = parent
        .children()
        .find(|node| !node.is_named() && matches!(&*node.text(), ":" | "=>" | "->" | ")" | "then"));
    let end = separator.map(|node| node.range().start);
    let is_label = end.is_some_and(|end| start < end)
        || end.is_none() && parts.first().is_some_and(|first| same(first, child));
    if is_label {
        return Step::Is(Verdict::Unused);
    }
    let labels: Vec<String> = parts
        .iter()
        .filter(|part| match end {
            Some(end) => part.range().start < end,
            None => part.range().start < start && part.kind().contains("pattern"),
        })
        .map(|part| part.text().trim().trim_start_matches("case ").trim().to_owned())
        .collect();
    let before = parent.prev().map(|node| node.text().trim().to_owned());
    let falls_in = before.is_some_and(|text| text == "default:");
    let default = |label: &String| {
        matches!(label.as_str(), "default" | "_" | "*" | "None" | "nil" | "null")
            || label.starts_with("Err(")
            || label.starts_with("Nothing")
    };
    if falls_in || labels.iter().any(default) || labels.is_empty() {
        return way.falls_back(How::DefaultCase, "", child);
    }
    let said = |label: &String| words::says_production(unquoted(label));
    if labels.iter().all(said) {
        return Step::Is(Verdict::Used(Use::ForProduction, way.name.clone()));
    }
    if labels.iter().any(|label| words::says_sandbox(unquoted(label))) {
        let label = labels.iter().find(|label| words::says_sandbox(unquoted(label)));
        let label = label.map(|label| last_name(unquoted(label))).unwrap_or_default();
        return Step::Is(Verdict::Chosen(None, label.to_ascii_lowercase()));
    }
    Step::Up
}

/// A field of a class that is filled from the configuration.
fn class(parent: &Node<'_>, way: &mut Way, child: &Node<'_>) -> Step {
    let bases = parent.field("superclasses").map(|bases| bases.text().into_owned());
    let bases = bases.unwrap_or_default();
    let decorated = parent.parent().is_some_and(|above| {
        above.kind() == "decorated_definition" && {
            let text = above.text();
            ["dataclass", "define", "attr.s", "frozen"]
                .iter()
                .any(|word| head(&text, 80).contains(word))
        }
    });
    let filled = decorated
        || words::has(&bases, &["settings", "model", "config", "configuration", "struct"]);
    match (&way.name, filled) {
        (Some(name), true) => {
            let name = name.clone();
            match way.falls_back(How::Field, &name, child) {
                Step::Up => Step::Stop,
                step => step,
            }
        }
        _ => Step::Stop,
    }
}

/// A value that is handed back after branches that handed back something else.
fn fallthrough(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let last = named(parent).last().is_some_and(|last| same(last, child));
    let implicit = last
        && way.name.is_none()
        && parent.parent().is_some_and(|above| {
            matches!(&*above.kind(), "function_item" | "method" | "singleton_method")
        });
    if !(way.returned && child.kind().starts_with("return") || implicit || is_return(child)) {
        return Step::Up;
    }
    for before in child.prev_all() {
        let kind = before.kind().into_owned();
        let inner = (kind == "expression_statement").then(|| named(&before).into_iter().next());
        let before = inner.flatten().unwrap_or(before);
        let kind = before.kind();
        let is_branch = matches!(
            &*kind,
            "if_statement" | "if_expression" | "if" | "unless" | "if_modifier" | "unless_modifier"
        );
        if !is_branch || !before.text().contains("return") {
            continue;
        }
        let Some(condition) = condition_of(&before) else { continue };
        let text = condition.text().into_owned();
        let text = if kind.starts_with("unless") { format!("!({text})") } else { text };
        let whole = before.text().into_owned();
        match on_side(&text, Side::Otherwise, Some(&whole), child, way, markers) {
            Step::Is(Verdict::Used(Use::ForProduction, _)) | Step::Up | Step::Stop => {}
            step => return step,
        }
    }
    Step::Up
}

fn is_return(child: &Node<'_>) -> bool {
    child.kind() == "expression_statement"
        && named(child).first().is_some_and(|first| first.kind() == "return_expression")
}

/// What becomes of a first value that another assignment in a branch replaces.
pub(super) fn first_value(
    declaration: &Node<'_>,
    name: &str,
    child: &Node<'_>,
    markers: &Markers,
) -> Option<Verdict> {
    let wanted = last_name(name);
    let holder = declaration.ancestors().find(|above| {
        let kind = above.kind();
        kind.contains("function")
            || kind.contains("method")
            || kind.contains("class")
            || above.parent().is_none()
    })?;
    let others = holder.dfs().filter(|node| {
        matches!(
            &*node.kind(),
            "assignment_expression" | "assignment" | "assignment_statement" | "variable_assignment"
        ) && !same(node, declaration)
    });
    for other in others {
        let target = other.field("left").or_else(|| named(&other).into_iter().next());
        let Some(target) = target.filter(|target| last_name(&target.text()) == wanted) else {
            continue;
        };
        if target.range().start < declaration.range().start {
            continue;
        }
        if let Some(verdict) = replaced(&other, child, &holder, markers) {
            return Some(verdict);
        }
    }
    None
}

/// What the condition around an assignment says about the value before it.
fn replaced(
    other: &Node<'_>,
    child: &Node<'_>,
    holder: &Node<'_>,
    markers: &Markers,
) -> Option<Verdict> {
    let mut below = other.clone();
    while let Some(above) = below.parent() {
        let both = above.range().contains(&child.range().start);
        if same(&above, holder) || both {
            return None;
        }
        let kind = above.kind();
        let branch = kind.starts_with("if") || kind.starts_with("unless");
        if branch && let Some(condition) = condition_of(&above) {
            let side = match side_of(&above, &below) {
                Side::Then => Side::Otherwise,
                Side::Otherwise => Side::Then,
            };
            let text = condition.text().into_owned();
            let text = if kind.starts_with("unless") { format!("!({text})") } else { text };
            let whole = other.text().into_owned();
            return match on_side(&text, side, Some(&whole), child, &mut Way::default(), markers) {
                Step::Is(Verdict::Used(Use::Fallback(_), name)) => {
                    Some(Verdict::Used(Use::Fallback(How::FirstValue), name))
                }
                Step::Is(verdict) => Some(verdict),
                _ => None,
            };
        }
        below = above;
    }
    None
}
