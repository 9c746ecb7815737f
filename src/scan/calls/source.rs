//! Where an id comes from, and whether that is a bad place.
//!
//! Used by `judge` for each call that sends an `externalId`.

use std::collections::BTreeSet;

use super::body::{Value, short};
use super::program::{At, Program, Way, bare};
use crate::scan::compare::code::Id;
use crate::scan::compare::form::Form;

/// What is wrong, or may be wrong, with where an id comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worry {
    /// It is the customer's id and nothing else: all orders of a customer share it.
    Customer,
    /// The time of the call is in it: every try gets a new one, and two customers may share one.
    Timestamp,
    /// It is the same for all.
    Constant,
    /// It is made anew on every try.
    EveryTry,
    /// It is made in the function that sends, and nothing shows that it is kept.
    NotKept,
}

/// What an id is made of.
#[derive(Clone, Debug, Default)]
struct Made {
    random: bool,
    time: bool,
    fixed: bool,
    customer: bool,
    other: bool,
    fresh_at: Option<Id>,
}

/// Calls and names that are new each time.
const RANDOM: [&str; 26] = [
    "uuid",
    "guid",
    "ulid",
    "nanoid",
    "randomuuid",
    "newguid",
    "random",
    "randombytes",
    "uniqid",
    "tokenhex",
    "urandom",
    "ksuid",
    "cuid",
    "secrets",
    "mtrand",
    "snowflake",
    "objectid",
    "hex",
    "ordereduuid",
    "orderedid",
    "createid",
    "randomint",
    "tokenurlsafe",
    "xid",
    "securerandom",
    "v4",
];

/// What such calls are called on.
const SPACES: [&str; 14] = [
    "uuid",
    "crypto",
    "secrets",
    "random",
    "os",
    "nanoid",
    "self",
    "window",
    "globalthis",
    "ulid",
    "rand",
    "ksuid",
    "xid",
    "shortuuid",
];

/// Packages and classes that make nothing else.
const MAKERS: [&str; 9] =
    ["uuid", "guid", "ulid", "nanoid", "ksuid", "xid", "shortuuid", "securerandom", "ramseyuuid"];

/// Calls and names that tell the time.
const TIME: [&str; 16] = [
    "now",
    "time",
    "microtime",
    "gettime",
    "currenttimemillis",
    "nanotime",
    "ticks",
    "utcnow",
    "tounixtimemilliseconds",
    "tounixtimeseconds",
    "hrtime",
    "perfcounter",
    "unixnano",
    "timens",
    "date",
    "tounixtime",
];

impl Program<'_, '_> {
    /// What to worry about in the values of an id that is sent at `sink`.
    pub fn worries(&self, values: &[Value], sink: Id) -> BTreeSet<Worry> {
        values.iter().filter_map(|value| self.worry(value, sink)).collect()
    }

    fn worry(&self, value: &Value, sink: Id) -> Option<Worry> {
        let mut made = Made::default();
        match value {
            Value::Node(at) => self.made_of(at, &mut made, 0),
            Value::Written(text) => written(text, &mut made),
        }
        if made.random || made.time {
            let fresh = made.fresh_at;
            if fresh.is_some_and(|fresh| self.is_tried_again(fresh, sink)) {
                return Some(Worry::EveryTry);
            }
            if made.time && !made.random {
                return Some(Worry::Timestamp);
            }
            let kept = fresh.is_some_and(|fresh| self.is_kept(fresh, sink));
            let apart = fresh.is_some_and(|fresh| self.closed(self.names.scope(fresh)) == 0);
            return (!kept && !apart).then_some(Worry::NotKept);
        }
        match (made.other, made.customer, made.fixed) {
            (false, true, _) => Some(Worry::Customer),
            (false, false, true) => Some(Worry::Constant),
            _ => None,
        }
    }

    fn made_of(&self, at: &At, made: &mut Made, depth: usize) {
        let (id, way) = at;
        let id = self.peel(*id);
        let next = |id: Id, made: &mut Made| self.made_of(&(id, way.clone()), made, depth + 1);
        if depth > 10 || !self.step() {
            made.other = true;
            return;
        }
        if self.is_text(id) {
            let mut any = false;
            for child in self.code.named(id) {
                let kind = self.code.at(child).kind;
                let plain = kind.contains("content")
                    || kind.contains("fragment")
                    || kind.contains("escape")
                    || kind.ends_with("_start")
                    || kind.ends_with("_end")
                    || kind.starts_with("interpolation_");
                if !plain {
                    any = true;
                    let inner = self
                        .code
                        .named(child)
                        .find(|part| !self.code.at(*part).kind.starts_with("interpolation_"));
                    let wraps = matches!(kind, "template_substitution" | "interpolation");
                    next(if wraps { inner.unwrap_or(child) } else { child }, made);
                }
            }
            made.fixed |= !any;
            return;
        }
        match self.form(id) {
            Form::Literal => made.fixed = true,
            Form::Any(several) => several.iter().for_each(|one| next(*one, made)),
            Form::Binary { left, right, .. } => {
                next(*left, made);
                next(*right, made);
            }
            Form::Call(call) => self.call_made(id, call, way, made, depth),
            Form::Name(_) | Form::Member { .. } | Form::Index { .. } => {
                self.name_made(id, way, made, depth);
            }
            _ => made.other = true,
        }
    }

    fn call_made(
        &self,
        id: Id,
        call: &crate::scan::compare::form::Call<'_>,
        way: &Way,
        made: &mut Made,
        depth: usize,
    ) {
        let own = self.callees(call);
        if !own.is_empty() {
            for function in own {
                let mut way = way.clone();
                way.push(super::program::Frame { function, call: id });
                for value in self.returns(function) {
                    self.made_of(&(value, way.clone()), made, depth + 1);
                }
            }
            // Made where the function is called.
            if made.fresh_at.is_some() {
                made.fresh_at = Some(id);
            }
            return;
        }
        let name = bare(call.name);
        let text = bare(self.text(call.callee.or(call.on).unwrap_or(id)));
        let source = self.text(call.callee.or(call.on).unwrap_or(id));
        let root = source.split(['.', ':', '-', '\\', '(']).next().unwrap_or(source);
        // `order.uuid` reads what is there; `uuid.v4()` makes it.
        let is_space = call.on.is_none()
            || root.starts_with(char::is_uppercase)
            || SPACES.contains(&&*bare(root)) && self.param(call.on.unwrap_or(id)).is_none();
        let random = is_space
            && (RANDOM.iter().any(|word| name == *word)
                || name.starts_with("uuid")
                || MAKERS.contains(&&*bare(root)));
        let seeded = matches!(
            name.as_str(),
            "v5" | "uuid5" | "uuid3" | "newsha1" | "nameuuidfrombytes" | "newmd5"
        );
        let hashes =
            ["sha", "md5", "hash", "hmac", "digest"].iter().any(|word| name.contains(word));
        if seeded || hashes && !call.args.is_empty() {
            made.other = true;
        } else if is_time(&name, &text, call.args.len()) {
            made.time = true;
            made.fresh_at = Some(id);
        } else if random && !reads(&name) {
            made.random = true;
            made.fresh_at = Some(id);
        } else if call.on.is_none() && call.args.is_empty() {
            made.other = true;
        } else {
            // `String(x)`, `x.toString()`, `sprintf("order-%s", x)`: what goes in comes out.
            let on = call.on.filter(|on| {
                let text = self.text(*on);
                let upper = text.chars().next().is_some_and(char::is_uppercase);
                let space = upper && text.chars().all(|ch| ch.is_alphanumeric() || ch == '_');
                !space && !["fmt", "strconv", "strings", "str"].contains(&text)
            });
            let parts: Vec<Id> = on.into_iter().chain(call.args.iter().copied()).collect();
            if parts.is_empty() {
                made.other = true;
            }
            let getter = call.args.is_empty() && !rewrites(&name);
            if getter {
                customer_or_other(self.text(id), made);
                return;
            }
            for part in parts {
                self.made_of(&(part, way.clone()), made, depth + 1);
            }
        }
    }

    fn name_made(&self, id: Id, way: &Way, made: &mut Made, depth: usize) {
        let text = self.text(id);
        if let Some((function, position, part)) = self.param(id) {
            match self.bound(way, function, position) {
                Some((arg, rest)) if part.is_empty() => {
                    self.made_of(&(arg, rest), made, depth + 1);
                }
                _ => customer_or_other(text, made),
            }
            return;
        }
        if let Some((of, _)) = self.member(id)
            && self.as_call(self.peel(of)).is_some()
        {
            self.made_of(&(of, way.clone()), made, depth + 1);
            return;
        }
        let slot = self.slot(id);
        let writes = slot.as_ref().map(|slot| self.writes(slot)).unwrap_or_default();
        let writes: Vec<_> =
            writes.iter().filter(|write| !self.holds(write.at, id)).take(3).collect();
        let last = bare(text.rsplit(['.', '>']).next().unwrap_or(text));
        if ["ticks", "now", "utcnow"].contains(&&*last) && text.contains("DateTime") {
            made.time = true;
            made.fresh_at = Some(id);
            return;
        }
        if writes.is_empty() {
            let calls_random = text.starts_with("SecureRandom") || last == "newguid";
            if calls_random {
                made.random = true;
                made.fresh_at = Some(id);
            } else if text.chars().all(|ch| ch.is_ascii_uppercase() || ch == '_') && text.len() > 3
            {
                made.fixed = true;
            } else {
                customer_or_other(text, made);
            }
            return;
        }
        for write in writes {
            if write.part.is_empty() || write.part == "0" {
                self.made_of(&(write.value, way.clone()), made, depth + 1);
            } else {
                customer_or_other(text, made);
            }
        }
    }
}

fn is_time(name: &str, callee: &str, args: usize) -> bool {
    TIME.contains(&name) && args == 0
        || name == "microtime"
        || name == "date" && (callee.ends_with("date") || args <= 1)
        || name == "strftime"
        || callee.ends_with("datenow")
        || callee.ends_with("timetime")
        || callee.ends_with("datetimenow")
}

/// Whether a call of that name reads something that is there.
fn reads(name: &str) -> bool {
    ["get", "find", "load", "fetch", "read", "for"].iter().any(|word| name.starts_with(word))
}

/// Whether a call of that name hands back its receiver in another form.
fn rewrites(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "tostring",
        "tos",
        "toi",
        "string",
        "str",
        "hex",
        "trim",
        "strip",
        "downcase",
        "lower",
        "upcase",
        "format",
        "encode",
        "int",
        "replace",
        "toisostring",
        "gettime",
        "valueof",
        "unix",
        "unixnano",
        "unixmilli",
        "toepochmilli",
        "tof",
        "value",
    ];
    NAMES.contains(&name)
}

/// Whether a name is the customer's id, whole.
fn customer_or_other(text: &str, made: &mut Made) {
    const WHO: [&str; 8] =
        ["customer", "user", "account", "client", "buyer", "member", "payer", "subscriber"];
    let plain = bare(text);
    let plain = plain.strip_prefix("this").or_else(|| plain.strip_prefix("req")).unwrap_or(&plain);
    let plain = plain.strip_prefix("request").unwrap_or(plain).trim_start_matches("current");
    let ids = ["id", "uid", "uuid", "email", "externalid", "getid", "pk", "guid", "reference"];
    let is = WHO.iter().any(|who| {
        plain.strip_prefix(who).is_some_and(|rest| {
            let rest = rest.strip_prefix("get").unwrap_or(rest);
            ids.contains(&rest)
        })
    });
    match is {
        true => made.customer = true,
        false => made.other = true,
    }
}

/// A value in text: JSON, or a script's.
fn written(text: &str, made: &mut Made) {
    let plain = text.to_ascii_lowercase();
    let hole = plain.contains('\u{1}');
    let random = ["uuid", "random", "openssl rand", "uniqid", "nanoid", "guid", "ulid"];
    // A place that `printf` fills.
    if matches!(plain.trim_matches('"'), "%s" | "%d") {
        made.other = true;
    } else if random.iter().any(|word| plain.contains(word)) {
        made.random = true;
        made.other |= hole;
    } else if plain.contains("date +") || plain.contains("$(date") || plain.contains("now(") {
        made.time = true;
    } else if hole {
        let code: String = text.chars().filter(|ch| !ch.is_control() && *ch != '"').collect();
        customer_or_other(&code, made);
    } else if plain.contains('$') {
        customer_or_other(text.trim_matches(['"', '$', '{', '}', '\'']), made);
    } else {
        made.fixed = true;
    }
}

/// The code of a value, for people.
pub(super) fn shown(program: &Program<'_, '_>, values: &[Value]) -> String {
    let texts: BTreeSet<String> = values
        .iter()
        .map(|value| match value {
            Value::Node((id, _)) => short(program.text(*id)),
            Value::Written(text) => short(&text.replace(['\u{1}', '\u{2}', '\u{3}'], "")),
        })
        .collect();
    texts.into_iter().collect::<Vec<_>>().join(" or ")
}

/// What to worry about in an id that is written as text.
pub(super) fn of_text(value: &Value) -> Vec<Worry> {
    let mut made = Made::default();
    if let Value::Written(text) = value {
        written(text, &mut made);
    }
    let worry = match (made.random, made.time, made.customer, made.other, made.fixed) {
        (true, ..) => Some(Worry::NotKept),
        (_, true, ..) => Some(Worry::Timestamp),
        (_, _, true, false, _) => Some(Worry::Customer),
        (_, _, false, false, true) => Some(Worry::Constant),
        _ => None,
    };
    worry.into_iter().collect()
}
