//! What a condition asks for: that something is missing, that this is production, that this is the
//! sandbox.

use super::super::words;
use super::nodes::{last_name, unquoted};

/// What a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Whether something is missing.
    Missing,
    /// Whether this is production.
    Production,
    /// Whether this is a test environment.
    Sandbox,
    /// Something else.
    Other,
}

/// What is written for nothing.
const NOTHING: [&str; 9] =
    ["\"\"", "''", "``", "null", "nil", "none", "undefined", "0", "string.empty"];

const MISSING: [&str; 13] = [
    "empty(",
    ".nil?",
    ".blank?",
    ".empty?",
    "isnullorempty",
    "isnullorwhitespace",
    "isempty()",
    "isblank(",
    "is_none()",
    "is_empty()",
    "is_err()",
    "is_null(",
    "-z ",
];

const PRESENT: [&str; 11] = [
    "isset(",
    ".present?",
    "defined(",
    "is_some()",
    "is_ok()",
    "let some(",
    "let ok(",
    "haskey(",
    "-n ",
    ".has(",
    "containskey(",
];

const ENVIRONMENT: [&str; 9] = [
    "process.env",
    "getenv",
    "environ",
    "env[",
    "import.meta.env",
    "$_env",
    "$_server",
    "env::var",
    "env.get",
];

/// What a condition asks for, and whether it is turned round.
pub(super) fn read(condition: &str) -> (Asks, bool) {
    let (text, mut negated) = bare(condition);
    let lower = text.to_lowercase();
    if ["&&", "||", " and ", " or "].iter().any(|word| lower.contains(word)) {
        return (by_words(text), negated);
    }
    if lower.contains("err != nil") {
        return (Asks::Missing, negated);
    }
    if lower.starts_with("let ") {
        return (Asks::Missing, !negated);
    }
    if let Some((left, right, unequal)) = sides(text) {
        negated ^= unequal;
        return compared(left, right, negated);
    }
    if MISSING.iter().any(|word| lower.contains(word)) {
        return (Asks::Missing, negated);
    }
    if PRESENT.iter().any(|word| lower.contains(word)) {
        return (Asks::Missing, !negated);
    }
    match by_words(text) {
        Asks::Other if is_plain(&lower) => (Asks::Missing, !negated),
        asks => (asks, negated),
    }
}

/// The word that a condition compares with to find the sandbox: `test` of `env === "test"`.
pub(super) fn selector(condition: &str) -> String {
    let (text, _) = bare(condition);
    let sides = sides(text).map(|(left, right, _)| [left, right]);
    let quoted = sides.into_iter().flatten().find(|side| side.starts_with(['"', '\'', ':']));
    quoted.map_or_else(|| "sandbox".to_owned(), |side| unquoted(side).to_ascii_lowercase())
}

/// Whether a condition for the sandbox holds unless something says otherwise: the switch has the
/// default `true`, or is compared with `false` for a difference.
pub(super) fn holds_by_default(condition: &str) -> bool {
    let lower: String = condition.to_lowercase().split_whitespace().collect();
    let on = [
        ",true)",
        ",'true')",
        ",\"true\")",
        "??true",
        "||true",
        ",1)",
        ",'1')",
        ",\"1\")",
        "oretrue",
    ];
    let unequal = [
        "!='false'",
        "!=\"false\"",
        "!=='false'",
        "!==\"false\"",
        "!==false",
        "!='0'",
        "!=\"0\"",
        "!=='0'",
        "isnotfalse",
    ];
    on.iter().chain(&unequal).any(|text| lower.contains(text))
}

/// Without parentheses and negations.
fn bare(condition: &str) -> (&str, bool) {
    let mut text = condition.trim();
    let mut negated = false;
    loop {
        let before = text;
        for (open, close) in [("(", ")"), ("[[", "]]"), ("[", "]")] {
            let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            if let Some(inside) = inside.filter(|inside| balanced(inside)) {
                text = inside.trim();
            }
        }
        if let Some(rest) = text.strip_prefix("not ") {
            (text, negated) = (rest.trim(), !negated);
        }
        let bang = text.strip_prefix('!').filter(|rest| !rest.starts_with('='));
        if let Some(rest) = bang {
            let alone = sides(rest).is_none() || rest.trim_start().starts_with('(');
            if alone {
                (text, negated) = (rest.trim(), !negated);
            }
        }
        if text == before {
            return (text, negated);
        }
    }
}

/// Whether no parenthesis closes that was not opened.
fn balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for ch in text.chars() {
        match ch {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The two sides of a comparison, and whether it asks for a difference.
fn sides(text: &str) -> Option<(&str, &str, bool)> {
    let operators = [
        ("!==", true),
        ("===", false),
        ("!=", true),
        ("==", false),
        (" is not ", true),
        (" is ", false),
        (" = ", false),
        (" -eq ", false),
        (".equals(", false),
        (".equalsIgnoreCase(", false),
        (".eql?(", false),
    ];
    operators.iter().find_map(|(operator, unequal)| {
        let (left, right) = text.split_once(operator)?;
        let right = if operator.ends_with('(') { right.trim_end_matches(')') } else { right };
        Some((left.trim(), right.trim(), *unequal))
    })
}

fn compared(left: &str, right: &str, negated: bool) -> (Asks, bool) {
    let nothing = |side: &str| NOTHING.contains(&side.to_lowercase().as_str());
    if nothing(left) || nothing(right) {
        return (Asks::Missing, negated);
    }
    let quoted = |side: &str| side.starts_with(['"', '\'', ':']);
    let (value, subject) =
        if quoted(left) && !quoted(right) { (left, right) } else { (right, left) };
    let plain = unquoted(value).to_lowercase();
    let off = matches!(plain.as_str(), "false" | "no" | "off");
    let name = if quoted(value) { unquoted(value).to_owned() } else { last_name(value) };
    match by_words(&name) {
        Asks::Other => (by_words(subject), negated ^ off),
        asks => (asks, negated),
    }
}

fn by_words(text: &str) -> Asks {
    if words::says_production(text) {
        Asks::Production
    } else if words::says_sandbox(text) || words::has(text, &["local", "localhost"]) {
        Asks::Sandbox
    } else {
        Asks::Other
    }
}

/// Whether a condition is nothing but a value that may be there or not.
fn is_plain(lower: &str) -> bool {
    let simple = lower.chars().all(|ch| ch.is_alphanumeric() || "_.$->[]'\"?@".contains(ch));
    simple || ENVIRONMENT.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("process.env.NODE_ENV === 'production'", Asks::Production, false)]
    #[case("(process.env.NODE_ENV !== 'production')", Asks::Production, true)]
    #[case("!isProduction", Asks::Production, true)]
    #[case("'yes' === $this->testmode", Asks::Sandbox, false)]
    #[case("test_mode == 'live'", Asks::Production, false)]
    #[case("mode == Mode.LIVE", Asks::Production, false)]
    #[case("env == \"test\"", Asks::Sandbox, false)]
    #[case("this.sandbox === false", Asks::Sandbox, true)]
    #[case("\"live\".equals(mode)", Asks::Production, false)]
    #[case("url == \"\"", Asks::Missing, false)]
    #[case("not url", Asks::Missing, false)]
    #[case("url", Asks::Missing, true)]
    #[case("process.env.URL", Asks::Missing, true)]
    #[case("url is None", Asks::Missing, false)]
    #[case("url is not None", Asks::Missing, true)]
    #[case("err != nil", Asks::Missing, false)]
    #[case("!ok", Asks::Missing, false)]
    #[case("[ -z \"$URL\" ]", Asks::Missing, false)]
    #[case("[ -n \"$URL\" ]", Asks::Missing, true)]
    #[case("[ \"$ENV\" = \"production\" ]", Asks::Production, false)]
    #[case("let Ok(url) = env::var(\"URL\")", Asks::Missing, true)]
    #[case("string.IsNullOrEmpty(url)", Asks::Missing, false)]
    #[case("Rails.env.production?", Asks::Production, false)]
    #[case("amount > 5", Asks::Other, false)]
    fn conditions_are_read(#[case] text: &str, #[case] asks: Asks, #[case] negated: bool) {
        assert_eq!(read(text), (asks, negated), "{text}");
    }
}
