//! The way up from a value to what decides how it is used.

use super::super::{How, Markers, Use, words};
use super::branch::{self, Side};
use super::call;
use super::nodes::{after, head, is_text, last_name, named, operator, place, same, unquoted};
use crate::scan::syntax::Node;

/// What the way up came to.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is used so; the name is what it is the value of.
    Used(Use, Option<String>),
    /// It is compared, logged, shown: not used as a value.
    Unused,
    /// It is one of several that are chosen from, under this key; the name is the whole choice's.
    Chosen(Option<String>, String),
    /// It is given this name; whether something on the way says that it is the sandbox's.
    Named(String, bool),
    /// It is used, and nothing decides about it.
    Plain,
}

/// One step up.
pub(super) enum Step {
    /// It is decided.
    Is(Verdict),
    /// Nothing to say: further up.
    Up,
    /// Nothing decides above this.
    Stop,
}

/// What has been seen on the way.
#[derive(Default)]
pub(super) struct Way {
    /// The name that it was given first.
    pub name: Option<String>,
    /// The key of a choice that it stands under.
    pub key: Option<String>,
    /// Whether it stands in for what is itself the sandbox's.
    pub so: bool,
    /// Whether it is what a function hands back.
    pub returned: bool,
    /// Whether it is no value of the sandbox's but the `true` of a switch.
    pub flag: bool,
}

impl Way {
    /// A fallback, unless what it stands in for is itself the sandbox's.
    pub(super) fn falls_back(&mut self, how: How, subject: &str, child: &Node<'_>) -> Step {
        if self.flag {
            let name = self.name.as_deref().unwrap_or_default();
            let named = [subject, name].into_iter().find(|name| is_switch(name));
            let Some(named) = named else { return Step::Is(Verdict::Unused) };
            let named = Some(head(named.trim(), 60).to_owned());
            return Step::Is(Verdict::Used(Use::Fallback(how), named));
        }
        let bare = without_choices(subject);
        let subject = bare.as_str();
        if words::says_sandbox(subject) && !words::says_default(subject) || is_sandbox_s(child) {
            self.so = true;
            return Step::Up;
        }
        let subject = head(subject.trim(), 60).to_owned();
        let name = Some(subject).filter(|subject| !subject.is_empty()).or(self.name.clone());
        Step::Is(Verdict::Used(Use::Fallback(how), name))
    }
}

/// A subject without the texts in it that are nothing but the name of an environment: those are what
/// is chosen from, not what it is called.
fn without_choices(subject: &str) -> String {
    let quotes = ['"', '\'', '`'];
    let parts: Vec<&str> = subject.split(quotes).collect();
    if parts.len() < 3 {
        return subject.to_owned();
    }
    let kept = parts.into_iter().filter(|part| {
        let part = part.trim();
        !(words::is_other_environment(part) || words::says_production(part) && !part.contains('_'))
    });
    kept.collect::<Vec<_>>().join("'")
}

/// Whether a name is that of a switch to the sandbox.
pub(super) fn is_switch(name: &str) -> bool {
    words::has(name, &["sandbox", "testmode", "sandboxed"])
        || words::has(name, &["test"]) && words::has(name, &["mode"])
}

/// Whether the code around is the sandbox's own: a class or function that is named so.
fn is_sandbox_s(node: &Node<'_>) -> bool {
    node.ancestors().any(|above| {
        let kind = above.kind();
        let holds = kind.contains("class") || kind.contains("function") || kind.contains("method");
        holds
            && above.field("name").is_some_and(|name| {
                words::has(&name.text(), &["sandbox", "mock", "fake", "stub", "simulator"])
            })
    })
}

/// Whether the code around is a test inside production's file.
pub(super) fn is_test(node: &Node<'_>) -> bool {
    node.ancestors().any(|above| {
        matches!(&*above.kind(), "mod_item" | "function_item")
            && above.prev().is_some_and(|before| {
                before.kind() == "attribute_item" && before.text().contains("test")
            })
    })
}

/// Climbs from `start`.
pub(super) fn climb(start: &Node<'_>, markers: &Markers) -> Verdict {
    let verdict = climb_with(start, Way::default(), markers);
    match verdict {
        Verdict::Plain if is_sandbox_s(start) => Verdict::Unused,
        Verdict::Named(name, _) if is_sandbox_s(start) => Verdict::Named(name, true),
        verdict => verdict,
    }
}

/// Climbs from the `true` of what may be a switch.
pub(super) fn climb_flag(start: &Node<'_>, markers: &Markers) -> Verdict {
    climb_with(start, Way { flag: true, ..Way::default() }, markers)
}

fn climb_with(start: &Node<'_>, way: Way, markers: &Markers) -> Verdict {
    let mut way = way;
    let mut child = start.clone();
    while let Some(parent) = child.parent() {
        match step(&parent, &child, &mut way, start, markers) {
            Step::Is(verdict) => return verdict,
            Step::Up => child = parent,
            Step::Stop => break,
        }
    }
    finish(way)
}

fn finish(way: Way) -> Verdict {
    match (way.name, way.key) {
        (name, Some(key)) => Verdict::Chosen(name, key),
        (Some(name), None) => Verdict::Named(name, way.so),
        (None, None) if way.so => Verdict::Unused,
        (None, None) => Verdict::Plain,
    }
}

fn step(
    parent: &Node<'_>,
    child: &Node<'_>,
    way: &mut Way,
    start: &Node<'_>,
    markers: &Markers,
) -> Step {
    let kind = parent.kind();
    match &*kind {
        "import_statement"
        | "import_from_statement"
        | "import_spec"
        | "use_declaration"
        | "literal_type"
        | "type_annotation"
        | "regex"
        | "jsx_text"
        | "throw_statement"
        | "throw_expression"
        | "raise_statement"
        | "assert_statement"
        | "echo_statement"
        | "comparison_operator"
        | "test_operator" => Step::Is(Verdict::Unused),
        "default_parameter"
        | "typed_default_parameter"
        | "assignment_pattern"
        | "object_assignment_pattern"
        | "optional_parameter"
        | "keyword_parameter"
        | "required_parameter"
        | "simple_parameter"
        | "property_promotion_parameter"
        | "parameter" => parameter(parent, child, way),
        "binary_expression" | "boolean_operator" | "binary" | "binary_operation"
        | "binary_operator" | "list" => binary(parent, child, way, markers),
        "expansion" => expansion(parent, child, way),
        "arguments" | "argument_list" | "function_arguments" | "annotation_argument_list" => {
            call::argument(parent, child, way)
        }
        "block" | "do_block" if branch::is_ruby_block(parent) => call::block(parent, way),
        "token_tree" => call::tokens(parent, child, way),
        "pair"
        | "array_element_initializer"
        | "keyed_element"
        | "object_elem"
        | "keyword_argument"
        | "element_value_pair"
        | "field_initializer"
        | "pair_pattern"
        | "jsx_attribute"
        | "enum_assignment"
        | "initializer_expression"
        | "enum_constant" => call::pair(parent, child, way),
        "expression_statement" if same(child, start) && is_text(&child.kind()) => {
            let arm = parent.parent().is_some_and(|above| above.kind() == "switch_rule");
            if arm { Step::Up } else { Step::Is(Verdict::Unused) }
        }
        "return_statement" | "return" | "return_expression" => {
            way.returned = true;
            Step::Up
        }
        other if is_function(other) => function(parent, way),
        other if is_naming(other) => naming(parent, child, way, markers),
        _ => branch::step(parent, child, way, markers),
    }
}

fn parameter(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let first = named(parent).into_iter().next();
    if first.as_ref().is_some_and(|first| same(first, child)) {
        return Step::Up;
    }
    let named = ["name", "pattern", "left"].iter().find_map(|field| parent.field(field));
    let name = named.or(first).map(|name| name.text().into_owned());
    way.falls_back(How::Parameter, &name.unwrap_or_default(), child)
}

fn binary(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let Some(operator) = operator(parent) else { return Step::Up };
    let operands = named(parent);
    let right = operands.len() > 1 && operands.last().is_some_and(|last| same(last, child));
    let left = operands.first().map(|left| left.text().into_owned()).unwrap_or_default();
    match operator.as_str() {
        "||" | "or" if right && parent.kind() == "list" => {
            branch::on_side(&left, Side::Otherwise, None, child, way, markers)
        }
        "||" | "??" | "or" | "?:" if right => {
            if branch::is_condition(&left) {
                return branch::on_side(&left, Side::Otherwise, None, child, way, markers);
            }
            way.falls_back(How::Operator(operator), &left, child)
        }
        "&&" | "and" if right => branch::on_side(&left, Side::Then, None, child, way, markers),
        "=" | "==" | "===" | "!=" | "!==" | "<>" | "=~" | "!~" | "in" | "<" | ">" | "<=" | ">="
        | "instanceof" => Step::Is(Verdict::Unused),
        _ => Step::Up,
    }
}

/// `${VAR:-…}` in a shell.
fn expansion(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let variable = named(parent).first().map(|name| name.text().into_owned()).unwrap_or_default();
    let takes = [":-", "-", ":=", "="].iter().any(|token| after(parent, child, token));
    if takes {
        return way.falls_back(How::Substitution(variable.clone()), &variable, child);
    }
    Step::Is(Verdict::Unused)
}

fn is_function(kind: &str) -> bool {
    matches!(
        kind,
        "function_declaration"
            | "function_definition"
            | "method_declaration"
            | "method_definition"
            | "function_item"
            | "method"
            | "singleton_method"
            | "constructor_declaration"
            | "local_function_statement"
    )
}

/// A function that does nothing but hand the value back stands for it.
fn function(parent: &Node<'_>, way: &mut Way) -> Step {
    let implicit = parent.kind() == "function_item" || parent.kind() == "method";
    let name = parent.field("name").map(|name| name.text().into_owned()).unwrap_or_default();
    if !(way.returned || implicit) || name.is_empty() || way.key.is_some() {
        return Step::Stop;
    }
    if words::says_default(&name) && !words::says_sandbox(&name) {
        let used = Use::Fallback(How::Named(name.clone()));
        return Step::Is(Verdict::Used(used, Some(name)));
    }
    if way.name.is_some() {
        return Step::Stop;
    }
    if words::says_production(&name) {
        return Step::Is(Verdict::Used(Use::ForProduction, Some(name)));
    }
    way.name = Some(name);
    Step::Stop
}

fn is_naming(kind: &str) -> bool {
    matches!(
        kind,
        "variable_declarator"
            | "assignment_expression"
            | "assignment"
            | "assignment_statement"
            | "short_var_declaration"
            | "augmented_assignment_expression"
            | "augmented_assignment"
            | "operator_assignment"
            | "variable_assignment"
            | "const_spec"
            | "var_spec"
            | "const_item"
            | "static_item"
            | "let_declaration"
            | "public_field_definition"
            | "field_definition"
            | "property_element"
            | "const_element"
            | "property_declaration"
            | "attribute"
    )
}

/// A value that is given a name.
fn naming(parent: &Node<'_>, child: &Node<'_>, way: &mut Way, markers: &Markers) -> Step {
    let parts = named(parent);
    let Some(target) = parent.field("name").or_else(|| parent.field("left")).or_else(|| {
        let kind = parent.kind();
        let identifier = |part: &&Node<'_>| part.kind().contains("identifier");
        let first = parts.iter().find(identifier).filter(|_| kind == "property_declaration");
        first.or(parts.first()).cloned()
    }) else {
        return Step::Up;
    };
    if same(&target, child) || target.range().contains(&child.range().start) {
        let subscript = child.kind().contains("string") || is_text(&child.kind());
        return if subscript { Step::Is(Verdict::Unused) } else { Step::Stop };
    }
    let grandparent = parent.parent().map(|node| node.kind().into_owned()).unwrap_or_default();
    if grandparent == "initializer_expression" || grandparent == "hash" {
        return call::under_key(&target.text(), child, way);
    }
    if parent.kind() == "attribute" && grandparent != "body" {
        return call::under_key(&target.text(), child, way);
    }
    let name = target.text().into_owned();
    let last = last_name(&name);
    if ["||=", "??=", "or="].iter().any(|token| after(parent, child, token)) {
        return way.falls_back(How::Operator("||=".to_owned()), &name, child);
    }
    let accessors = named(parent).iter().any(|part| part.kind() == "accessor_list");
    if accessors && after(parent, child, "=") {
        return way.falls_back(How::Field, &name, child);
    }
    if parent.kind() == "attribute"
        && let Step::Is(verdict) = terraform(parent, &last, child, way)
    {
        return Step::Is(verdict);
    }
    if way.name.is_none() && way.key.is_none() && !way.so {
        if words::has(&last, &["allow", "allowed", "allowlist", "whitelist", "csp", "origins"]) {
            return Step::Is(Verdict::Unused);
        }
        if words::says_default(&last) && !words::says_sandbox(&last) {
            return Step::Is(Verdict::Used(Use::Fallback(How::Named(last.clone())), Some(last)));
        }
        if words::says_production(&last) && !is_flag(child) {
            return Step::Is(Verdict::Used(Use::ForProduction, Some(last)));
        }
        if let Some(verdict) = branch::first_value(parent, &name, child, markers) {
            return match verdict {
                Verdict::Chosen(..) => {
                    way.so = true;
                    way.name = Some(last);
                    Step::Up
                }
                verdict => Step::Is(verdict),
            };
        }
    }
    way.name.get_or_insert(last);
    Step::Up
}

/// Whether a value is a whole expression that decides by itself, so that the name says nothing.
fn is_flag(child: &Node<'_>) -> bool {
    matches!(&*child.kind(), "binary_expression" | "comparison_operator" | "binary")
}

/// `variable "url" { default = … }`.
fn terraform(parent: &Node<'_>, name: &str, child: &Node<'_>, way: &mut Way) -> Step {
    let block = parent.ancestors().find(|above| above.kind() == "block");
    let Some(block) = block.filter(|_| name == "default") else { return Step::Up };
    let parts = named(&block);
    if parts.first().is_none_or(|first| first.text() != "variable") {
        return Step::Up;
    }
    let label = parts.get(1).map(|label| unquoted(&label.text()).to_owned()).unwrap_or_default();
    way.falls_back(How::Named("default".to_owned()), &label, child)
}

/// The place of an argument, counted from 0.
pub(super) fn index(parent: &Node<'_>, child: &Node<'_>) -> usize {
    place(parent, child).unwrap_or(0)
}
