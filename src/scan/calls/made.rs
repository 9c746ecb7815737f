//! What a call makes: serialisers, merges, maps, builders, constructors.
//!
//! Used by `body`. What is not known is unclear.

use super::body::{Found, Look, Value, either, over, short};
use super::program::{Way, bare, plain};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::{Call, Form};
use crate::scan::syntax::Language;

/// Calls that hand back what they are given, written in another way.
const REWRITES: [&str; 64] = [
    "stringify",
    "dumps",
    "jsonencode",
    "tojson",
    "generate",
    "serialize",
    "writevalueasstring",
    "writevalueasbytes",
    "marshal",
    "marshalindent",
    "newreader",
    "newbuffer",
    "newbufferstring",
    "ofstring",
    "ofbytearray",
    "create",
    "from",
    "fromvalue",
    "fromobject",
    "encode",
    "tostring",
    "freeze",
    "stringcontent",
    "stringentity",
    "bytearraycontent",
    "httpentity",
    "requestentity",
    "asdict",
    "modeldump",
    "modeldumpjson",
    "toh",
    "toarray",
    "jsonserialize",
    "getbytes",
    "deepcopy",
    "copy",
    "clone",
    "asjson",
    "stringifykeys",
    "deepstringifykeys",
    "symbolizekeys",
    "dup",
    "structuredclone",
    "serializeobject",
    "serializetoutf8bytes",
    "just",
    "of",
    "valueof",
    "tojsonstring",
    "dict",
    "json",
    "nocopy",
    "body",
    "bytes",
    "compact",
    "compactblank",
    "tojsonbytes",
    "build",
    "done",
    "jsonify",
    "fromjson",
    "tomap",
    "streamcontextcreate",
    "fromarray",
];

/// Calls that lay several values over one another.
const MERGES: [&str; 10] = [
    "assign",
    "arraymerge",
    "arrayreplace",
    "merge",
    "deepmerge",
    "extend",
    "defaults",
    "update",
    "with",
    "arraymergerecursive",
];

/// Types that begin without any member.
const EMPTY: [&str; 16] = [
    "HashMap",
    "LinkedHashMap",
    "TreeMap",
    "ConcurrentHashMap",
    "JSONObject",
    "JsonObject",
    "Dictionary",
    "JObject",
    "ExpandoObject",
    "OrderedDict",
    "Map",
    "Hash",
    "stdClass",
    "Object",
    "LinkedMultiValueMap",
    "ArrayObject",
];

/// Calls that begin an object which members are then set on.
const BEGINS: [&str; 9] = [
    "builder",
    "newbuilder",
    "createobjectnode",
    "createobjectbuilder",
    "objectnode",
    "create",
    "default",
    "createbuilder",
    "object",
];

impl<'t> Look<'_, '_, 't> {
    pub(super) fn call(&self, id: Id, call: &Call<'t>, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let own = program.callees(call);
        if !own.is_empty() {
            return self.handed_back(&own, id, way, depth);
        }
        let name = bare(call.name);
        if let Some(found) = self.chain(id, way, depth) {
            return found;
        }
        if program.language == Language::Php && name == "compact" {
            let named = call.args.iter().any(|arg| plain(program.text(*arg)) == self.key);
            let value = || Value::Node((id, way.clone()));
            return if named { Found::Set(vec![value()]) } else { Found::Absent(None) };
        }
        if name == "dict" && call.on.is_none() {
            return self.arguments(call, way, depth);
        }
        if name == "of" && call.args.len() > 1 || name == "ofentries" {
            return self.map_of(call, way);
        }
        if name == "make" && program.language == Language::Go {
            return Found::Absent(None);
        }
        if MERGES.contains(&&*name) {
            let on = call.on.filter(|on| !self.is_space(*on));
            let all: Vec<Id> = on.into_iter().chain(call.args.iter().copied()).collect();
            return self.all(&all, way, depth);
        }
        if call.makes || name == "new" || self.is_constructor(call) {
            return self.constructed(id, call, way, depth);
        }
        if name.contains("format") || name.contains("printf") {
            return self.in_text(id, way);
        }
        if REWRITES.contains(&&*name) || name.starts_with("tojson") || name.ends_with("jsonencode")
        {
            return self.rewritten(call, way, depth);
        }
        // A variable of Ruby that is read by its name alone, or a property.
        if let Some(slot) = program.slot(id).filter(|_| call.args.is_empty()) {
            let later = self.later(&slot, id, way, depth);
            let writes = program.writes(&slot);
            let first = writes.iter().filter(|write| !program.holds(write.at, id));
            let first: Vec<Found> =
                first.map(|write| self.look(write.value, way, depth + 1)).collect();
            if !first.is_empty() {
                return over(either(first), later);
            }
        }
        Found::unclear(format!(
            "what `{}` hands back is not made in this file",
            short(program.text(id))
        ))
    }

    /// Whether the receiver of a call is only where the function comes from.
    fn is_space(&self, on: Id) -> bool {
        let program = self.program;
        let is_variable = program.slot(on).is_some_and(|slot| {
            !program.writes(&slot).is_empty() && slot.0 != 0 || program.param(on).is_some()
        });
        !is_variable && is_space(program.text(on))
    }

    fn rewritten(&self, call: &Call<'t>, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let subject = call
            .args
            .iter()
            .copied()
            .find(|arg| !matches!(program.form(program.peel(*arg)), Form::Pair { .. }));
        let media = |arg: Id| {
            let text = program.text(program.peel(arg)).to_ascii_lowercase();
            let constant = program.text(program.peel(arg)) == "JSON";
            text.contains("mediatype") || text.contains("utf") || constant
        };
        let on = call.on.filter(|on| !self.is_space(*on));
        let subject = match (subject, on) {
            // OkHttp 3 takes the type first.
            (Some(first), _) if media(first) && call.args.len() > 1 => call.args.get(1).copied(),
            (Some(first), Some(on)) if media(first) => Some(on),
            (Some(first), _) => Some(first),
            (None, on) => on,
        };
        match subject {
            Some(subject) => self.look(subject, way, depth + 1),
            None if call.args.is_empty() => Found::unclear("an empty call makes it"),
            None => self.arguments(call, way, depth),
        }
    }

    /// `a.put("x", 1).put("y", 2)`, `builder().x(1).build()`.
    fn chain(&self, id: Id, way: &Way, depth: usize) -> Option<Found> {
        let program = self.program;
        let mut at = id;
        let mut links = 0;
        let mut root = None;
        for _ in 0..60 {
            let call = program.as_call(at)?;
            if let Some(found) = self.sets(call, way) {
                return Some(found);
            }
            if REWRITES.contains(&&*bare(call.name)) && !call.args.is_empty() {
                return None;
            }
            let Some(on) = call.on.map(|on| program.peel(on)) else {
                root = Some(at);
                break;
            };
            links += 1;
            if program.as_call(on).is_none() {
                root = Some(at);
                break;
            }
            at = on;
        }
        let begin = program.as_call(root?)?;
        let name = bare(begin.name);
        let begins = BEGINS.contains(&&*name) && begin.args.is_empty()
            || begin.makes && begin.args.is_empty();
        if begins && links > 0 && root != Some(id) {
            let made = if begin.makes {
                self.constructed(root?, begin, way, depth)
            } else {
                Found::Absent(None)
            };
            return Some(made);
        }
        // `map.put(…).put(…)` on a variable.
        let on = begin.on.filter(|on| program.slot(*on).is_some())?;
        let puts = ["put", "set", "add", "with"].iter().any(|verb| name.starts_with(verb));
        (puts && begin.args.len() == 2).then(|| self.look(on, way, depth + 1))
    }

    /// Arguments by name, as members.
    fn arguments(&self, call: &Call<'t>, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let mut so_far = Found::Absent(None);
        for arg in &call.args {
            let one = match program.form(*arg) {
                Form::Pair { name, value } => self.named(name, true, (*value, way.clone())),
                _ if program.code.at(*arg).kind.contains("splat") => {
                    match program.code.named(*arg).last() {
                        Some(inner) => self.look(inner, way, depth + 1),
                        None => Found::Absent(None),
                    }
                }
                _ => self.look(*arg, way, depth + 1),
            };
            so_far = over(so_far, one);
        }
        so_far
    }

    /// `Map.of("a", 1, "b", 2)`, `Map.ofEntries(entry("a", 1))`.
    fn map_of(&self, call: &Call<'t>, way: &Way) -> Found {
        let program = self.program;
        let mut so_far = Found::Absent(None);
        let entries = call.args.iter().filter_map(|arg| program.as_call(program.peel(*arg)));
        let entries: Vec<&[Id]> =
            entries.filter(|it| bare(it.name) == "entry").map(|it| it.args.as_slice()).collect();
        let pairs = call.args.chunks(2).filter(|_| entries.is_empty());
        for pair in pairs.chain(entries.iter().copied()) {
            let [key, value] = pair else { continue };
            let key = program.texts(&(*key, way.clone()));
            let name = key.first().cloned().unwrap_or_default();
            so_far = over(so_far, self.named(&name, true, (*value, way.clone())));
        }
        so_far
    }

    /// A call of a name that begins in upper case makes an object of it, where `new` is not used.
    fn is_constructor(&self, call: &Call<'t>) -> bool {
        let upper = call.name.chars().next().is_some_and(char::is_uppercase);
        upper && self.program.language == Language::Python
    }

    fn constructed(&self, id: Id, call: &Call<'t>, way: &Way, depth: usize) -> Found {
        let program = self.program;
        let code = program.code;
        let of = match call.on {
            Some(on) if bare(call.name) == "new" => program.text(on),
            _ => call.name,
        };
        let of = of.rsplit(['.', ':', '\\']).next().unwrap_or(of);
        let list = code.named(id).find(|child| code.at(*child).kind == "initializer_expression");
        let initial = list.map(|list| self.initializer(list, way, depth));
        if let Some(found @ (Found::Set(_) | Found::Unclear(_))) = initial {
            return found;
        }
        let inner = code.named(id).find(|child| code.at(*child).kind == "class_body");
        if let Some(inner) = inner {
            return self.double_braces(inner, way);
        }
        let by_name = self.by_name(call, way, depth);
        if let Some(found) = by_name {
            return found;
        }
        if EMPTY.contains(&of) {
            let first = call.args.iter().find(|arg| {
                !matches!(code.at(**arg).kind, "decimal_integer_literal" | "integer_literal")
                    && !program.text(**arg).contains("Comparer")
            });
            return match first {
                Some(first) => self.look(*first, way, depth + 1),
                None => initial.unwrap_or(Found::Absent(None)),
            };
        }
        if REWRITES.contains(&&*bare(of)) {
            return self.rewritten(call, way, depth);
        }
        let Some(known) = program.types.get(of) else {
            return Found::unclear(format!("the type `{of}` is not among these files"));
        };
        let place = known.place(self.key);
        let field = place.and_then(|at| known.fields.get(at)).map(|(field, _)| field.as_str());
        let from_constructor = known.constructor.as_ref().and_then(|params| {
            let named =
                |param: &String| bare(param) == bare(self.key) || Some(param.as_str()) == field;
            params.iter().position(named)
        });
        let at = from_constructor.or(place.filter(|_| known.positional));
        match at.and_then(|at| call.args.get(at)) {
            Some(value) => self.named(self.key, true, (*value, way.clone())),
            None if known.may_have(self.key) => {
                Found::unclear(format!("what `{of}` sends can not be seen as a whole"))
            }
            None if field.is_some_and(|field| known.given.contains(field)) => {
                Found::unclear(format!("`{of}` may give it a value of its own"))
            }
            None if !call.args.is_empty() && place.is_some() && known.constructor.is_some() => {
                Found::unclear(format!("the constructor of `{of}` could not be followed"))
            }
            None => Found::Absent(None),
        }
    }

    /// Members that are given to a constructor by their names.
    fn by_name(&self, call: &Call<'t>, way: &Way, depth: usize) -> Option<Found> {
        let program = self.program;
        let mut found = None;
        for arg in &call.args {
            let one = match program.form(*arg) {
                Form::Pair { name, value } => {
                    let exact = program.language == Language::Python;
                    self.named(name, !exact, (*value, way.clone()))
                }
                _ if program.code.at(*arg).kind.contains("splat") => {
                    let inner = program.code.named(*arg).last()?;
                    self.look(inner, way, depth + 1)
                }
                _ => continue,
            };
            if !matches!(one, Found::Absent(None)) {
                found = Some(match found {
                    Some(before) => over(before, one),
                    None => one,
                });
            }
        }
        found
    }

    /// Java: `new HashMap<>() {{ put("a", 1); }}`.
    fn double_braces(&self, inner: Id, way: &Way) -> Found {
        let program = self.program;
        let calls = program.code.within(inner).filter_map(|id| program.as_call(id));
        calls.filter_map(|call| self.sets(call, way)).fold(Found::Absent(None), over)
    }
}

/// Whether the receiver of a call is only where the function comes from.
fn is_space(text: &str) -> bool {
    let last =
        text.rsplit(['.', ':', '\\']).next().unwrap_or(text).trim_start_matches(['$', '_', '@']);
    let upper = last.chars().next().is_some_and(char::is_uppercase);
    let known = [
        "json",
        "orjson",
        "ujson",
        "simplejson",
        "lodash",
        "bytes",
        "strings",
        "jackson",
        "objectmapper",
        "mapper",
        "gson",
        "serializer",
        "jsonserializer",
        "encoder",
        "oj",
        "copy",
        "dataclasses",
        "attr",
        "humps",
        "qs",
        "querystring",
        "om",
        "jsonmapper",
        "",
    ];
    upper || known.contains(&bare(last).as_str())
}
