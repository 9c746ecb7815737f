//! `due`: times that ascend, counted from a signature that can be there before the step is done.

use std::time::Duration;

use crate::runbook::conform::Path;
use crate::runbook::document::Span;
use crate::runbook::nearest::did_you_mean;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::{Item, Node};

/// Reports what is wrong with the `due` of one step, by the numbers of its section and of itself.
pub(super) fn check(
    sections: &[Node],
    (section, step): (usize, usize),
    at: &Path<'_>,
    report: &mut Reporter<'_>,
) {
    let Some(own) = sections.get(section).and_then(|section| steps(section).get(step)) else {
        return;
    };
    let Some(due) = own.entry("due") else { return };
    let at = at.key("due");
    if own.get("sign_off").is_some_and(|sign_off| sign_off.get("roll_call").is_some()) {
        let draft = report.at(due.place, at).hint("put `due` on the steps that are watched");
        draft.done("a roll call is held once, it is not looked at again");
    }
    if own.get("irreversible").is_some_and(|flag| flag.item == Item::Bool(true)) {
        let draft = report.at(due.place, at).hint("put `due` on the steps that come after it");
        draft.done("an irreversible step is done once, it is not looked at again");
    }
    if let Some(node) = due.value.get("after") {
        after(sections, (section, step), node, &at.key("after"), report);
    }
    times(due.value.get("at").map(Node::list).unwrap_or_default(), &at.key("at"), report);
}

fn steps(section: &Node) -> &[Node] {
    section.get("steps").map(Node::list).unwrap_or_default()
}

fn id(node: &Node) -> &str {
    node.get("id").and_then(Node::text).unwrap_or_default()
}

/// The step that the times count from: there, signed by people, and before this one.
fn after(
    sections: &[Node],
    own: (usize, usize),
    node: &Node,
    at: &Path<'_>,
    report: &mut Reporter<'_>,
) {
    // What is no full id at all has been said already.
    let Some(name) = node.text().filter(|name| name.contains('.')) else { return };
    let all = sections.iter().enumerate().flat_map(|(number, section)| {
        let step =
            move |(index, step)| (format!("{}.{}", id(section), id(step)), number, index, step);
        steps(section).iter().enumerate().map(step)
    });
    let all: Vec<(String, usize, usize, &Node)> = all.collect();
    let Some((_, section, step, target)) = all.iter().find(|(id, ..)| id == name) else {
        let known = all.iter().map(|(id, ..)| id.as_str());
        report
            .at(node.place, at)
            .expected("the full id of a step that stands before this one")
            .found(format!("`{name}`"))
            .maybe_hint(did_you_mean(name, known))
            .done("there is no step with this id");
        return;
    };
    let draft = report.at(node.place, at).expected("a step that is done before this one");
    if (*section, *step) == own {
        draft.done(format!("`{name}` would have to be done before itself"));
        return;
    }
    if (*section, *step) > own {
        draft.done(format!("`{name}` stands after this step, so it is not done before it"));
        return;
    }
    let here = sections.get(own.0).map(id).unwrap_or_default();
    if sections.get(*section).is_some_and(|section| waits_for(sections, section, here)) {
        draft.done(format!(
            "`{name}` can not be done before this step: its section requires `{here}`"
        ));
        return;
    }
    let sign_off = target.get("sign_off");
    let word = sign_off.and_then(Node::text).unwrap_or_default();
    if word.starts_with("verified") || sign_off.is_some_and(|it| it.get("roll_call").is_some()) {
        draft
            .expected("a step that a person or several people sign")
            .done(format!("nobody signs `{name}`, so there is no moment to count from"));
    }
}

/// Whether a section requires another one, directly or through others.
fn waits_for(sections: &[Node], section: &Node, wanted: &str) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let mut queue: Vec<&Node> = vec![section];
    while let Some(section) = queue.pop() {
        let required = section.get("requires").map(Node::list).unwrap_or_default();
        for name in required.iter().filter_map(Node::text) {
            if name == wanted {
                return true;
            }
            if !seen.contains(&name) {
                seen.push(name);
                queue.extend(sections.iter().filter(|section| id(section) == name));
            }
        }
    }
    false
}

/// The times: each later than the one before it.
fn times(list: &[Node], at: &Path<'_>, report: &mut Reporter<'_>) {
    let mut before: Option<(Duration, &str)> = None;
    for (index, node) in list.iter().enumerate() {
        let written = node.text().map(|text| (Span(text.to_owned()), text));
        let Some((span, text)) = written.and_then(|(span, text)| Some((span.duration()?, text)))
        else {
            continue;
        };
        if let Some((last, said)) = before.filter(|(last, _)| span <= *last) {
            let draft =
                report.at(node.place, at.index(index)).expected("the times in ascending order");
            let says = if span == last {
                format!("`{text}` is the same time as `{said}` before it")
            } else {
                format!("`{text}` is earlier than `{said}` before it")
            };
            draft.done(says);
        }
        before = before.filter(|(last, _)| *last >= span).or(Some((span, text)));
    }
}
