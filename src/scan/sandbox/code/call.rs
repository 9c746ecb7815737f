//! Arguments and keys: which calls take a default, which only compare or print, and what a key says
//! about its value.

use super::super::{How, Use, words};
use super::climb::{Step, Verdict, Way, index};
use super::nodes::{head, is_text, last_name, named, same, target_of, unquoted};
use crate::scan::syntax::Node;

/// Calls that look at a text without using it as a value.
const COMPARE: [&str; 36] = [
    "startswith",
    "starts_with",
    "start_with",
    "endswith",
    "ends_with",
    "end_with",
    "includes",
    "include",
    "contains",
    "indexof",
    "match",
    "matches",
    "test",
    "equals",
    "equalsignorecase",
    "strpos",
    "stripos",
    "str_contains",
    "str_starts_with",
    "strncmp",
    "strcmp",
    "strcasecmp",
    "hasprefix",
    "hassuffix",
    "in_array",
    "isequal",
    "compare",
    "compareto",
    "expect",
    "tobe",
    "toequal",
    "search",
    "is",
    "has",
    "eq",
    "preg_match",
];

/// Calls that print, log, or make an error.
const PRINT: [&str; 26] = [
    "log",
    "info",
    "warn",
    "warning",
    "debug",
    "error",
    "errorf",
    "print",
    "println",
    "printf",
    "puts",
    "echo",
    "fatal",
    "fatalf",
    "panic",
    "die",
    "trigger_error",
    "raise",
    "eprintln",
    "__",
    "_e",
    "esc_html__",
    "esc_html_e",
    "writeline",
    "bail",
    "anyhow",
];

/// Calls whose later arguments are defaults, when the first is the name of something.
const LATER: [&str; 32] = [
    "get",
    "setdefault",
    "fetch",
    "lookup",
    "pop",
    "config",
    "conf",
    "setting",
    "settings",
    "option",
    "get_option",
    "getoption",
    "getvalue",
    "getproperty",
    "getattr",
    "getstring",
    "str",
    "string",
    "url",
    "param",
    "parameter",
    "dig",
    "try",
    "nvl",
    "ifnull",
    "requirenonnullelse",
    "firstnonnull",
    "getconfig",
    "data_get",
    "variable_get",
    "input",
    "secret",
];

/// Words in the name of a call whose later arguments are defaults.
const LATER_WORDS: [&str; 7] = ["env", "getenv", "default", "fallback", "or", "coalesce", "else"];

/// Calls whose first argument is a default.
const FIRST: [&str; 18] = [
    "orelse",
    "orelseget",
    "or_else",
    "unwrap_or",
    "unwrap_or_else",
    "map_or",
    "map_or_else",
    "default",
    "default_value",
    "defaultvalue",
    "withdefault",
    "with_default",
    "fallback",
    "getorelse",
    "valueor",
    "defaultto",
    "field",
    "presence_or",
];

/// Keys under which texts for people stand.
const PROSE: [&str; 17] = [
    "placeholder",
    "description",
    "label",
    "help",
    "title",
    "example",
    "examples",
    "comment",
    "message",
    "note",
    "doc",
    "docs",
    "hint",
    "tooltip",
    "pattern",
    "homepage",
    "desc",
];

/// A value that is handed to a call.
pub(super) fn argument(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let Some(call) = parent.parent() else { return Step::Up };
    let start = call.range().start;
    let long = parent.range().start.saturating_sub(start);
    let text = call.text();
    let callee = text.get(..long).unwrap_or_default().trim().to_owned();
    let name = last_name(&callee);
    let lower = name.to_ascii_lowercase();
    let arguments = named(parent);
    let place = index(parent, child);
    if COMPARE.contains(&lower.as_str()) || lower.starts_with("assert") {
        return Step::Is(Verdict::Unused);
    }
    let prints = PRINT.contains(&lower.as_str()) || lower.ends_with("error");
    if prints || lower.ends_with("exception") || callee.starts_with("console.") {
        return Step::Is(Verdict::Unused);
    }
    if let Some(key) = named_argument(child) {
        return under_key(&key, child, way);
    }
    let first = arguments.first().map(|first| first.text().into_owned()).unwrap_or_default();
    if place > 0 && is_part_of_receiver(&callee, child) {
        return way.falls_back(How::Argument(name), &first, child);
    }
    let options = matches!(&*child.kind(), "object" | "dictionary" | "hash");
    if options && way.key.is_some() {
        return Step::Up;
    }
    if lower == "env" && child.kind() == "keyword_argument" {
        let subject = way.name.clone().unwrap_or_default();
        return way.falls_back(How::Argument(name), &subject, child);
    }
    if lower == "define" && place == 1 {
        way.name.get_or_insert_with(|| unquoted(&first).to_owned());
        return Step::Up;
    }
    if FIRST.contains(&lower.as_str()) && place == 0 {
        let option = target_of(child).filter(|_| callee.starts_with("z.") || lower == "default");
        let subject = option.unwrap_or_else(|| head(&callee, 60).to_owned());
        return way.falls_back(How::Argument(name), &subject, child);
    }
    if place > 0 && takes_default(&callee, &lower, &first, arguments.len()) {
        return way.falls_back(How::Argument(name), &first, child);
    }
    if lower == "lookup" || lower == "coalesce" || lower == "try" {
        return Step::Up;
    }
    match key_before(&lower, &arguments, place) {
        Some(key) => under_key(&key, child, way),
        None => Step::Up,
    }
}

/// Whether a choice is asked and one of its own parts stands in for the answer:
/// `URLS.get(mode, URLS["sandbox"])`.
fn is_part_of_receiver(callee: &str, child: &Node<'_>) -> bool {
    let receiver = callee.rsplit_once('.').map_or("", |(receiver, _)| receiver);
    let text = child.text();
    let rest = text.strip_prefix(receiver).filter(|_| !receiver.is_empty());
    rest.is_some_and(|rest| rest.starts_with(['[', '.']))
}

/// Whether the later arguments of a call are defaults.
fn takes_default(callee: &str, lower: &str, first: &str, count: usize) -> bool {
    let by_word = words::has(callee.rsplit(['.', ':', '>']).next().unwrap_or(callee), &LATER_WORDS)
        || lower.contains("ordefault")
        || lower.contains("getenv");
    if by_word {
        return true;
    }
    let flag = matches!(lower, "string" | "stringvar" | "str" | "url" | "text")
        && words::has(callee, &["flag", "flags", "env", "viper", "pflag", "environ", "config"])
        && count > 1;
    let read = words::has(first, &["env", "getenv", "environ"]);
    let is_key = !first.contains("://") && !first.contains('{') && (read || !first.contains('('));
    flag || lower != "string" && LATER.contains(&lower) && is_key
}

/// The name of a named argument: `url: "…"` in C# and PHP.
fn named_argument(child: &Node<'_>) -> Option<String> {
    let is_argument = child.kind() == "argument";
    let parts = named(child);
    let name = parts.first().filter(|_| is_argument && parts.len() > 1)?;
    let text = name.text();
    let colon =
        child.text().get(text.len()..).is_some_and(|rest| rest.trim_start().starts_with(':'));
    (colon || text.ends_with(':')).then(|| text.trim_end_matches(':').to_owned())
}

/// The key that stands before a value in `Map.of("test", "…")`, `set("test", "…")`.
fn key_before(lower: &str, arguments: &[Node<'_>], place: usize) -> Option<String> {
    let pairs = matches!(lower, "of" | "put" | "set" | "add" | "entry" | "setproperty" | "pair");
    if !pairs || place.is_multiple_of(2) {
        return None;
    }
    let key = arguments.get(place - 1)?.text().into_owned();
    Some(unquoted(&key).to_owned())
}

/// A Ruby block: `ENV.fetch("URL") { … }`.
pub(super) fn block(parent: &Node<'_>, way: &mut Way) -> Step {
    let Some(call) = parent.parent() else { return Step::Up };
    let Some(method) = call.field("method") else { return Step::Up };
    let method = method.text().into_owned();
    let subject = call.field("arguments").map(|list| list.text().into_owned()).unwrap_or_default();
    let takes = matches!(
        method.as_str(),
        "fetch" | "config_accessor" | "mattr_accessor" | "cattr_accessor" | "default" | "presence"
    );
    if takes {
        return way.falls_back(How::Argument(method), &subject, parent);
    }
    Step::Up
}

/// The inside of a Rust macro or attribute, which is not parsed any further.
pub(super) fn tokens(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let name = |node: &Node<'_>| node.text().into_owned();
    if let Some(before) = child.prev() {
        let lower = name(&before).to_ascii_lowercase();
        if FIRST.contains(&lower.as_str()) && child.kind() == "token_tree" {
            return way.falls_back(How::Argument(name(&before)), "", child);
        }
        if before.text() == "="
            && let Some(key) = before.prev()
        {
            return under_key(&key.text(), child, way);
        }
    }
    let printed = parent.parent().is_some_and(|above| {
        above.kind() == "macro_invocation"
            && above.children().next().is_some_and(|first| {
                let called = last_name(&first.text()).to_ascii_lowercase();
                PRINT.contains(&called.as_str()) || called.starts_with("assert")
            })
    });
    if printed { Step::Is(Verdict::Unused) } else { Step::Up }
}

/// A value under a key.
pub(super) fn pair(parent: &Node<'_>, child: &Node<'_>, way: &mut Way) -> Step {
    let parts = named(parent);
    let (Some(key), true) = (parts.first(), parts.len() > 1) else { return Step::Up };
    let kind = parent.kind();
    if kind == "initializer_expression" {
        let nested = parent.parent().is_some_and(|above| above.kind() == "initializer_expression");
        if !nested || parts.len() != 2 {
            return Step::Up;
        }
    }
    if same(key, child) {
        let reference = !is_text(&child.kind());
        return if reference { Step::Up } else { Step::Is(Verdict::Unused) };
    }
    if kind == "pair_pattern" {
        return Step::Up;
    }
    let flag = kind == "keyed_element" && key.text() == "Value" && is_flag_literal(parent);
    if flag {
        return way.falls_back(How::Field, "", child);
    }
    under_key(&key.text(), child, way)
}

/// `&cli.StringFlag{Value: …}`.
fn is_flag_literal(pair: &Node<'_>) -> bool {
    let literal = pair.ancestors().find(|above| above.kind() == "composite_literal");
    literal.is_some_and(|literal| head(&literal.text(), 60).contains("Flag"))
}

/// What a key says about its value.
pub(super) fn under_key(key: &str, child: &Node<'_>, way: &mut Way) -> Step {
    let key = unquoted(key.trim_matches(['[', ']', ' '])).to_owned();
    let last = last_name(&key);
    if words::has(&last, &PROSE) {
        return Step::Is(Verdict::Unused);
    }
    let default = words::says_default(&last) || matches!(key.as_str(), "_" | "*");
    if default && !words::says_sandbox(&last) {
        let subject = option_of(child).unwrap_or_default();
        return way.falls_back(How::Named(last), &subject, child);
    }
    if words::says_sandbox(&last) {
        way.key.get_or_insert(last);
        return Step::Up;
    }
    if way.key.is_none() && words::says_production(&last) {
        return Step::Is(Verdict::Used(Use::ForProduction, Some(last)));
    }
    way.name.get_or_insert(last);
    Step::Up
}

/// What an option that has a default is called: the key of its object, the first argument of its
/// call.
fn option_of(child: &Node<'_>) -> Option<String> {
    let above: Vec<Node<'_>> = child.ancestors().take(5).collect();
    let list = above.iter().take(2).find(|node| node.kind().contains("argument"));
    let first = list.and_then(|list| {
        let list = if list.kind() == "keyword_argument" { list.parent()? } else { list.clone() };
        named(&list).into_iter().next().filter(|first| is_text(&first.kind()))
    });
    if let Some(first) = first {
        return Some(unquoted(&first.text()).to_owned());
    }
    above.iter().zip(above.iter().skip(1)).skip(1).find_map(|(node, parent)| {
        let holds = matches!(
            &*parent.kind(),
            "pair"
                | "array_element_initializer"
                | "keyword_argument"
                | "assignment"
                | "argument_list"
        );
        let key = named(parent).into_iter().next().filter(|key| holds && !same(key, node))?;
        Some(unquoted(&key.text()).to_owned())
    })
}
