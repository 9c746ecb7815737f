//! What a text may be, with holes for what is not known: URLs, methods, bodies written as text.
//!
//! Used by `request` and `body`. A hole keeps the code that stands there, because its name may say
//! whose address it is.

use super::program::{At, DEEPEST, Frame, Program, Way, plain};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};
use crate::scan::compare::names::FunctionId;

/// Where a hole begins.
pub(super) const HOLE: char = '\u{1}';
/// Where it ends.
pub(super) const END: char = '\u{2}';
/// Stands at the beginning of a hole that a parameter fills.
pub(super) const PARAM: char = '\u{3}';

/// At most so many ways in which a text may read.
const MOST: usize = 8;

/// A text is cut at so many bytes.
const LONGEST: usize = 8 * 1024;

/// A hole for a piece of code.
fn hole(code: &str) -> String {
    let code: String = code.chars().filter(|ch| !ch.is_control()).take(120).collect();
    format!("{HOLE}{code}{END}")
}

impl Program<'_, '_> {
    /// What the text at a node may be.
    pub fn texts(&self, at: &At) -> Vec<String> {
        let mut found = self.texts_within(at.0, &at.1, 0);
        found.truncate(MOST);
        found
    }

    fn texts_within(&self, id: Id, way: &Way, depth: usize) -> Vec<String> {
        let id = self.peel(id);
        if depth > 12 || !self.step() {
            return vec![hole(self.text(id))];
        }
        let next = |id: Id| self.texts_within(id, way, depth + 1);
        if self.is_text(id) {
            return self.template(id, way, depth);
        }
        match self.form(id) {
            Form::Literal => vec![cut(plain(self.text(id)))],
            Form::Name(_) | Form::Member { .. } | Form::Index { .. } => self.named(id, way, depth),
            Form::Any(several) => several.iter().flat_map(|one| next(*one)).take(MOST).collect(),
            Form::Binary { op, left, right } => match *op {
                "+" | "." | "<>" | "/" => join(&next(*left), &next(*right), ""),
                "%" => filled(&next(*left), &[]),
                "||" | "??" | "or" | "?:" => {
                    next(*left).into_iter().chain(next(*right)).take(MOST).collect()
                }
                _ => vec![hole(self.text(id))],
            },
            Form::Call(call) => self.called(id, call, way, depth),
            _ => vec![hole(self.text(id))],
        }
    }

    /// A text with values in it.
    fn template(&self, id: Id, way: &Way, depth: usize) -> Vec<String> {
        let code = self.code;
        let inner = |kind: &str| {
            kind.contains("content")
                || kind.contains("fragment")
                || kind.contains("escape")
                || kind.ends_with("_start")
                || kind.ends_with("_end")
                || kind.starts_with("interpolation_")
        };
        let node = code.at(id);
        let mut built = vec![String::new()];
        let mut copied = node.start;
        for child in code.named(id) {
            let at = code.at(child);
            let raw = code.text.get(copied..at.start).unwrap_or_default();
            if at.kind.contains("string") && self.is_text(child) {
                built = join(&built, &self.texts_within(child, way, depth + 1), "");
            } else if inner(at.kind) {
                let whole = code.text.get(copied..at.end).unwrap_or_default();
                built = join(&built, &[whole.to_owned()], "");
            } else {
                let value = code.named(child).find(|part| !inner(code.at(*part).kind));
                let is_wrapper = matches!(at.kind, "template_substitution" | "interpolation");
                let value = if is_wrapper { value.unwrap_or(child) } else { child };
                let texts = self.texts_within(value, way, depth + 1);
                let raw = raw.strip_suffix('{').unwrap_or(raw);
                built = join(&join(&built, &[raw.to_owned()], ""), &texts, "");
            }
            copied = at.end;
        }
        let rest = code.text.get(copied..node.end).unwrap_or_default();
        let built = join(&built, &[rest.to_owned()], "");
        built.into_iter().map(|text| cut(plain(&text))).collect()
    }

    fn named(&self, id: Id, way: &Way, depth: usize) -> Vec<String> {
        if let Some((function, position, part)) = self.param(id) {
            return match self.bound(way, function, position) {
                Some((arg, rest)) if part.is_empty() => self.texts_within(arg, &rest, depth + 1),
                Some((arg, rest)) => match self.part_of(arg, part) {
                    Some(value) => self.texts_within(value, &rest, depth + 1),
                    None => vec![hole(self.text(id))],
                },
                None => vec![format!("{HOLE}{PARAM}{}{END}", self.text(id))],
            };
        }
        let slot = self.slot(id);
        let writes = slot.as_ref().map(|slot| self.writes(slot)).unwrap_or_default();
        let mut found = Vec::new();
        for write in writes.iter().take(4) {
            if !self.holds(write.at, id) || write.value < id {
                found.extend(self.texts_within(write.value, way, depth + 2));
            }
        }
        if found.is_empty() {
            // `MintCash::BASE`, `Config.BASE`: a constant of this file under its own name.
            let last = self.text(id).rsplit(['.', ':', '>']).next().unwrap_or_default();
            let slot = (0, last.to_owned());
            for write in self.writes(&slot).iter().take(2) {
                found.extend(self.texts_within(write.value, way, depth + 2));
            }
        }
        if found.is_empty() {
            found.push(hole(self.text(id)));
        }
        found.truncate(MOST);
        found
    }

    /// The part of an object that stands right there.
    fn part_of(&self, id: Id, part: &str) -> Option<Id> {
        let Form::Record(parts) = self.form(self.peel(id)) else { return None };
        parts.iter().find_map(|one| match self.form(*one) {
            Form::Pair { name, value } if *name == part => Some(*value),
            Form::Name(name) if *name == part => Some(*one),
            _ => None,
        })
    }

    fn called(&self, id: Id, call: &Call<'_>, way: &Way, depth: usize) -> Vec<String> {
        let next = |id: Id| self.texts_within(id, way, depth + 1);
        let own = self.callees(call);
        if !own.is_empty() && way.len() < DEEPEST {
            let mut found = Vec::new();
            for function in own.into_iter().take(2) {
                let mut way = way.clone();
                way.push(Frame { function, call: id });
                for value in self.returns(function) {
                    found.extend(self.texts_within(value, &way, depth + 1));
                }
            }
            found.truncate(MOST);
            if !found.is_empty() {
                return found;
            }
        }
        let name = call.name.to_ascii_lowercase();
        let reads = ["env", "fetch", "config", "setting", "property", "lookup", "option"];
        if reads.iter().any(|word| name.contains(word)) || name == "get" {
            return vec![hole(self.text(id))];
        }
        let on = call.on.map(next).unwrap_or_default();
        let args: Vec<Vec<String>> = call.args.iter().take(5).map(|arg| next(*arg)).collect();
        if name.contains("format") || name.contains("printf") {
            let place = |text: &String| text.contains('%') || text.contains('{');
            let rest = |from: usize| args.get(from..).unwrap_or_default().to_vec();
            if on.iter().any(place) {
                return filled(&on, &rest(0));
            }
            for (at, texts) in args.iter().enumerate() {
                if texts.iter().any(place) {
                    return filled(texts, &rest(at + 1));
                }
            }
        }
        // `new URL(path, base)`, `base.resolve(path)`, `urljoin(base, path)`: one behind the other,
        // in whichever order makes an address.
        let mut found: Vec<String> = Vec::new();
        let mut all: Vec<&Vec<String>> = args.iter().collect();
        let chained = call.on.is_some_and(|on| self.as_call(self.peel(on)).is_some());
        let joins = ["join", "resolve", "concat", "append", "path", "segment", "url", "uri"];
        if !on.is_empty() && (chained || joins.iter().any(|word| name.contains(word))) {
            let first =
                all.iter().fold(vec![String::new()], |so_far, texts| join(&so_far, texts, "/"));
            found.extend(join(&on, &first, "/"));
            if args.is_empty() {
                found.extend(on);
            }
        }
        if name == "url" || name == "uri" {
            all.reverse();
        }
        let joined =
            all.iter().fold(vec![String::new()], |so_far, texts| join(&so_far, texts, "/"));
        if args.len() > 1 {
            found.extend(joined);
        }
        found.extend(args.into_iter().flatten());
        found.truncate(MOST);
        if found.is_empty() {
            found.push(hole(self.text(id)));
        }
        found
    }

    /// What a parameter is on this way, and the way there.
    pub fn bound(&self, way: &Way, function: FunctionId, position: usize) -> Option<At> {
        let at = way.iter().rposition(|frame| frame.function == function)?;
        let frame = way.get(at)?;
        let arg = self.argument(frame.call, function, position)?;
        Some((arg, way.get(..at).unwrap_or_default().to_vec()))
    }
}

fn cut(mut text: String) -> String {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// Each of the first with each of the second behind it.
fn join(first: &[String], second: &[String], between: &str) -> Vec<String> {
    let mut joined = Vec::new();
    for one in first.iter().take(MOST) {
        for other in second.iter().take(MOST) {
            let between = if one.is_empty() || one.ends_with('/') || other.starts_with('/') {
                ""
            } else {
                between
            };
            joined.push(cut(format!("{one}{between}{other}")));
        }
    }
    if second.is_empty() {
        joined.extend(first.iter().cloned());
    }
    joined.truncate(MOST);
    joined
}

/// A format with its values, those that are not given as holes.
fn filled(formats: &[String], values: &[Vec<String>]) -> Vec<String> {
    formats.iter().map(|format| fill(format, values)).collect()
}

fn fill(format: &str, values: &[Vec<String>]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut value =
        || values.next().and_then(|texts| texts.first().cloned()).unwrap_or_else(|| hole(""));
    let mut chars = format.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '%' if chars.peek() == Some(&'%') => {
                out.push('%');
                chars.next();
            }
            '%' => {
                while chars.peek().is_some_and(|ch| "0123456789.$-+#(".contains(*ch)) {
                    chars.next();
                }
                while chars.peek().is_some_and(|ch| ch.is_alphanumeric() || "_)".contains(*ch)) {
                    let last = chars.next();
                    if last.is_some_and(|ch| "sdvqxfi".contains(ch)) && !out.ends_with('(') {
                        break;
                    }
                }
                out.push_str(&value());
            }
            '{' if chars
                .clone()
                .take(40)
                .take_while(|ch| *ch != '}')
                .all(|ch| ch.is_alphanumeric() || "_.:".contains(ch))
                && chars.clone().take(40).any(|ch| ch == '}') =>
            {
                while chars.next().is_some_and(|ch| ch != '}') {}
                out.push_str(&value());
            }
            _ => out.push(ch),
        }
    }
    out
}
