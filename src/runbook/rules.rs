//! What is wrong with a runbook that only shows when the whole document is seen: ids that repeat,
//! references to nothing, circles, checks that do not exist, rules that can not be kept.
//!
//! Works on the tree, not on the values, so that it also speaks about a document whose shape is
//! wrong elsewhere.

mod due;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::checks::Check;
use crate::runbook::conform::{Conform, Path};
use crate::runbook::kinds;
use crate::runbook::model::InputKind;
use crate::runbook::nearest::did_you_mean;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::{Item, Node};

/// Reports what is wrong with the whole.
pub fn check(root: &Node, checks: &[&dyn Check], report: &mut Reporter<'_>) {
    inputs(root, report);
    let sections = root.get("sections").map(Node::list).unwrap_or_default();
    let at = Path::Root.key("sections");
    unique(sections, "id", &at, "sections", report);
    requires(sections, &at, report);
    let ids = step_ids(sections);
    let mut former: HashMap<&str, usize> = HashMap::new();
    for (number, section) in sections.iter().enumerate() {
        let at = at.index(number);
        let at = at.key("steps");
        let steps = section.get("steps").map(Node::list).unwrap_or_default();
        unique(steps, "id", &at, "steps", report);
        for (index, step) in steps.iter().enumerate() {
            let at = at.index(index);
            renamed(step, &at, &ids, &mut former, report);
            completion(step, &at, report);
            irreversible(step, &at, report);
            evidence(step, &at, report);
            due::check(sections, (number, index), &at, report);
            let used = step.get("verify").map(Node::list).unwrap_or_default();
            let below = at.key("verify");
            for (index, one) in used.iter().enumerate() {
                check_use(one, &below.index(index), root, checks, report);
            }
        }
    }
}

/// Inputs: a prefix is for secrets, a default is not, and it has the kind that is declared.
fn inputs(root: &Node, report: &mut Reporter<'_>) {
    let at = Path::Root.key("inputs");
    for entry in root.get("inputs").map(Node::entries).unwrap_or_default() {
        let at = at.key(&entry.key);
        let kind = entry.value.get("type").map(Node::to_json);
        let kind = kind.and_then(|kind| serde_json::from_value::<InputKind>(kind).ok());
        let Some(kind) = kind else { continue };
        if let Some(prefix) = entry.value.entry("prefix")
            && kind != InputKind::Secret
        {
            report
                .at(prefix.place, at.key("prefix"))
                .hint("remove `prefix`, or make the type `secret`")
                .done("only a secret has a prefix");
        }
        let Some(default) = entry.value.entry("default") else { continue };
        if kind == InputKind::Secret {
            report.veil(default.value.place.line);
            report
                .at(default.place, at.key("default"))
                .hint("remove it; `golive.yaml` says where the secret comes from")
                .done("a secret has no default");
        } else if default.value.item != Item::Null {
            kinds::check(kind, &default.value, &at.key("default"), report);
        }
    }
}

/// Two elements of a list with one id.
fn unique(nodes: &[Node], key: &str, at: &Path<'_>, all: &str, report: &mut Reporter<'_>) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let Some((id, place)) = node.get(key).and_then(|id| Some((id.text()?, id.place))) else {
            continue;
        };
        if let Some(first) = seen.insert(id, place.line) {
            report
                .at(place, at.index(index).key(key))
                .hint(match key {
                    "id" => {
                        "give one of them another id; an id that was signed is never used again"
                    }
                    _ => "give one of them another name",
                })
                .done(format!("two {all} have the {key} `{id}` (the first on line {first})"));
        }
    }
}

/// `requires`: to sections that are there, not to itself, not in a circle.
fn requires(sections: &[Node], at: &Path<'_>, report: &mut Reporter<'_>) {
    let id = |section: &Node| section.get("id").and_then(Node::text).map(str::to_owned);
    let ids: Vec<String> = sections.iter().filter_map(id).collect();
    let mut graph: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, section) in sections.iter().enumerate() {
        let at = at.index(index);
        let at = at.key("requires");
        let Some(own) = id(section) else { continue };
        let mut listed = HashSet::new();
        let required = section.get("requires").map(Node::list).unwrap_or_default();
        for (index, node) in required.iter().enumerate() {
            let Some(name) = node.text() else { continue };
            let at = at.index(index);
            if name == own {
                report.at(node.place, at).done(format!("the section `{own}` requires itself"));
            } else if !ids.iter().any(|id| id == name) {
                let known: Vec<&str> = ids.iter().map(String::as_str).collect();
                report
                    .at(node.place, at)
                    .expected(format!("one of {}", known.join(", ")))
                    .found(format!("`{name}`"))
                    .maybe_hint(did_you_mean(name, known.iter().copied()))
                    .done("there is no section with this id");
            } else if !listed.insert(name) {
                report.at(node.place, at).done(format!("`{name}` is listed twice"));
            } else {
                graph.entry(own.clone()).or_default().push(name.to_owned());
            }
        }
    }
    if let Some(circle) = circle(&graph) {
        let first = circle.first().cloned().unwrap_or_default();
        let place = sections.iter().enumerate().find(|(_, one)| id(one).as_ref() == Some(&first));
        if let Some((index, section)) = place {
            let at = at.index(index);
            let node = section.get("requires").unwrap_or(section);
            report
                .at(node.place, at.key("requires"))
                .hint("take one of them out; none of these sections could ever be opened")
                .done(format!("sections require each other in a circle: {}", circle.join(" → ")));
        }
    }
}

/// The first circle, from a section back to itself.
fn circle(graph: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let mut clear: HashSet<&str> = HashSet::new();
    for start in graph.keys() {
        let mut trail: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((here, next)) = trail.last().copied() {
            let target = graph.get(here).and_then(|targets| targets.get(next));
            if let Some(last) = trail.last_mut() {
                last.1 += 1;
            }
            match target {
                None => {
                    clear.insert(here);
                    trail.pop();
                }
                Some(target) if clear.contains(target.as_str()) => {}
                Some(target) => {
                    if let Some(from) = trail.iter().position(|(name, _)| name == target) {
                        let names = trail.iter().skip(from).map(|(name, _)| (*name).to_owned());
                        return Some(names.chain([target.clone()]).collect());
                    }
                    trail.push((target, 0));
                }
            }
        }
    }
    None
}

/// The full ids of all steps.
fn step_ids(sections: &[Node]) -> HashSet<String> {
    let mut ids = HashSet::new();
    for section in sections {
        let Some(own) = section.get("id").and_then(Node::text) else { continue };
        for step in section.get("steps").map(Node::list).unwrap_or_default() {
            if let Some(id) = step.get("id").and_then(Node::text) {
                ids.insert(format!("{own}.{id}"));
            }
        }
    }
    ids
}

/// `renamed_from`: ids that are free now, each claimed once.
fn renamed<'n>(
    step: &'n Node,
    at: &Path<'_>,
    ids: &HashSet<String>,
    former: &mut HashMap<&'n str, usize>,
    report: &mut Reporter<'_>,
) {
    let at = at.key("renamed_from");
    let list = step.get("renamed_from").map(Node::list).unwrap_or_default();
    for (index, node) in list.iter().enumerate() {
        let Some(old) = node.text() else { continue };
        if ids.contains(old) {
            report
                .at(node.place, at.index(index))
                .expected("the id of a step that is no longer there")
                .done(format!("`{old}` is still the id of a step, so it was not renamed"));
        }
        if let Some(first) = former.insert(old, node.place.line) {
            report
                .at(node.place, at.index(index))
                .hint("sign-offs can carry over to one step only")
                .done(format!("`{old}` was already claimed on line {first}"));
        }
    }
}

/// `sign_off`: something can complete the step, and its roles can be filled.
fn completion(step: &Node, at: &Path<'_>, report: &mut Reporter<'_>) {
    let Some(sign_off) = step.get("sign_off") else { return };
    let at = at.key("sign_off");
    let word = sign_off.text().filter(|word| word.starts_with("verified"));
    if let Some(word) = word
        && step.get("verify").map(Node::list).unwrap_or_default().is_empty()
    {
        report
            .at(sign_off.place, at)
            .hint("name a check in `verify`, or let a `person` sign")
            .done(format!("nothing can complete this step: `{word}` needs a check"));
    }
    let roles = sign_off.get("roles").map(Node::list).unwrap_or_default();
    let people = sign_off.get("people").and_then(|people| people.to_json().as_u64());
    if let Some(people) = people
        && roles.len() as u64 > people
    {
        let place = sign_off.get("roles").map_or(sign_off.place, |roles| roles.place);
        report
            .at(place, at.key("roles"))
            .expected(format!("at most {people}, one for each person"))
            .found(format!("{} roles", roles.len()))
            .done("more roles than people");
    }
    let hint = "raise `people` to ask for more people; a role is listed once";
    each_role_once(roles, &at.key("roles"), hint, report);
    let called = sign_off.get("roll_call").map(Node::list).unwrap_or_default();
    each_role_once(called, &at.key("roll_call"), "a role is called once", report);
}

fn each_role_once(roles: &[Node], at: &Path<'_>, hint: &str, report: &mut Reporter<'_>) {
    let mut seen = HashSet::new();
    for (index, role) in roles.iter().enumerate() {
        if let Some(name) = role.text()
            && !seen.insert(name)
        {
            report
                .at(role.place, at.index(index))
                .hint(hint)
                .done(format!("the role `{name}` is listed twice"));
        }
    }
}

/// An irreversible step is signed by a person who has seen what it does and how to go back.
fn irreversible(step: &Node, at: &Path<'_>, report: &mut Reporter<'_>) {
    let flag = step.entry("irreversible");
    let set = flag.filter(|entry| entry.value.item == Item::Bool(true));
    for key in ["blast_radius", "rollback"] {
        match (set, step.entry(key)) {
            (Some(flag), None) => report
                .at(flag.place, at)
                .hint(match key {
                    "rollback" => "say how to take it back as far as possible",
                    _ => "say what can go wrong, and for whom",
                })
                .done(format!("an irreversible step needs `{key}`")),
            (None, Some(entry)) => report
                .at(entry.place, at.key(key))
                .hint("add `irreversible: true`, or move the text into `how`")
                .done(format!("`{key}` is only shown on an irreversible step")),
            _ => {}
        }
    }
    let sign_off = step.get("sign_off");
    if let (Some(_), Some(node)) = (set, sign_off)
        && node.text().is_some_and(|word| word.starts_with("verified"))
    {
        report
            .at(node.place, at.key("sign_off"))
            .expected("person, or { people: … }")
            .done("an irreversible step is signed by people, not by a check alone");
    }
    if let (Some(_), Some(node)) = (set, sign_off)
        && node.get("roll_call").is_some()
    {
        report
            .at(node.place, at.key("sign_off"))
            .expected("person, or { people: … }")
            .hint("make the roll call a step of its own, before this one")
            .done("an irreversible step is signed, not called");
    }
}

/// Evidence: each name once, and somebody there to hand it in.
fn evidence(step: &Node, at: &Path<'_>, report: &mut Reporter<'_>) {
    let at = at.key("evidence");
    let list = step.get("evidence").map(Node::list).unwrap_or_default();
    unique(list, "name", &at, "pieces of evidence", report);
    let verified = step.get("sign_off").and_then(Node::text) == Some("verified");
    for (index, one) in list.iter().enumerate() {
        if let Some(required) = one.entry("required")
            && verified
            && required.value.item == Item::Bool(true)
        {
            report
                .at(required.place, at.index(index).key("required"))
                .hint("let a `person` sign this step, or do not require the evidence")
                .done("nobody signs a `verified` step, so nobody can hand this in");
        }
    }
}

/// A check that exists, with arguments that it takes and inputs that the runbook declares.
fn check_use(
    node: &Node,
    at: &Path<'_>,
    root: &Node,
    checks: &[&dyn Check],
    report: &mut Reporter<'_>,
) {
    let (name, place, args) = match (&node.item, node.entries()) {
        (Item::Text(name), _) => (name.as_str(), node.place, None),
        (_, [only]) => (only.key.as_str(), only.place, Some(&only.value)),
        (_, [_, second, ..]) => {
            let draft = report.at(second.place, at).expected("one check in each element");
            draft.hint("begin a new `- ` element").done("two checks in one element of `verify`");
            return;
        }
        _ => return,
    };
    let Some(check) = checks.iter().find(|check| check.name() == name) else {
        let known: Vec<&str> = checks.iter().map(|check| check.name()).collect();
        report
            .at(place, at)
            .expected(format!("one of {}", known.join(", ")))
            .found(format!("`{name}`"))
            .maybe_hint(did_you_mean(name, known.iter().copied()))
            .done(format!("there is no check `{name}`"));
        return;
    };
    let at = at.key(name);
    let empty = Node { item: Item::Map(Vec::new()), place };
    let given = args.filter(|args| args.item != Item::Null).unwrap_or(&empty);
    let before = report.count();
    Conform::new(&check.args_schema()).check(given, &at, report);
    let Value::Object(args) = given.to_json() else { return };
    if report.count() == before {
        for complaint in check.lint(&args) {
            report.at(given.place, at).done(format!("{name}: {complaint}"));
        }
        undeclared(*check, &args, place, &at, root, report);
    }
}

/// Inputs that a check reads and the runbook does not declare: nobody could give them a value.
fn undeclared(
    check: &dyn Check,
    args: &Map<String, Value>,
    place: crate::runbook::yaml::Place,
    at: &Path<'_>,
    root: &Node,
    report: &mut Reporter<'_>,
) {
    let declared = root.get("inputs").map(Node::entries).unwrap_or_default();
    let missing: Vec<String> = check
        .inputs(args)
        .into_iter()
        .filter(|name| !declared.iter().any(|entry| entry.key == name.as_str()))
        .map(|name| format!("`{name}`"))
        .collect();
    if !missing.is_empty() {
        report
            .at(place, at)
            .hint("declare it under `inputs`, so that `golive.yaml` can give it a value")
            .done(format!("{} reads the input {}", check.name(), missing.join(", ")));
    }
}
