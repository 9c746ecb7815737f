//! What a name says: matching paths of calls against the tables, and what names give away.

/// Whether the path ends in one of the patterns.
pub(super) fn is_one_of(path: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| ends_in(path, pattern))
}

/// Whether the last segments of a path match those of a pattern.
fn ends_in(path: &str, pattern: &str) -> bool {
    let mut segments = path.rsplit('.');
    pattern.rsplit('.').all(|wanted| segments.next().is_some_and(|segment| fits(segment, wanted)))
}

fn fits(segment: &str, wanted: &str) -> bool {
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(rest), Some(_)) => {
            let inner = rest.strip_suffix('*').unwrap_or(rest);
            segment.to_ascii_lowercase().contains(&inner.to_ascii_lowercase())
        }
        (Some(end), None) => segment.ends_with(end),
        (None, Some(start)) => segment.starts_with(start),
        (None, None) => segment == wanted,
    }
}

/// A path as all languages would write it: `OpenSSL::HMAC` → `OpenSSL.HMAC`.
pub(in crate::scan) fn dotted(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut chars = path.chars().filter(|ch| !ch.is_whitespace() && *ch != '$').peekable();
    while let Some(ch) = chars.next() {
        if matches!((ch, chars.peek()), ('?' | '!' | '&', Some('-' | '.'))) {
            continue;
        }
        let separates = match (ch, chars.peek()) {
            (':', Some(':')) | ('-', Some('>')) => {
                chars.next();
                true
            }
            ('.' | '\\', _) => true,
            _ => false,
        };
        match separates {
            true if out.is_empty() || out.ends_with('.') => {}
            true => out.push('.'),
            false => out.push(ch),
        }
    }
    out
}

/// Whether a function of that name makes a MAC, when nothing else is known of it.
pub(super) fn names_a_mac(name: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    let verbs =
        ["compute", "calculate", "calc", "create", "generate", "make", "build", "to", "do", "sign"];
    let rest = verbs.iter().find_map(|verb| plain.strip_prefix(verb)).unwrap_or(&plain);
    let Some(rest) = rest.strip_prefix("hmac") else { return false };
    !compares(rest) && !["key", "secret", "header", "config"].iter().any(|no| rest.contains(no))
}

/// Whether the name says that the function compares or verifies something.
pub(super) fn compares(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    const VERBS: [&str; 14] = [
        "compar", "verif", "equal", "valid", "check", "match", "same", "safe", "secure", "authent",
        "constant", "timing", "is_", "assert",
    ];
    VERBS.iter().any(|verb| plain.contains(verb)) || plain == "eq" || plain.ends_with("_eq")
}

/// Whether the name says that the function makes something to be sent.
pub(super) fn signs(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    if compares(&plain) {
        return false;
    }
    const VERBS: [&str; 9] =
        ["generate", "create", "build", "make", "send", "request", "fetch", "deliver", "dispatch"];
    plain.starts_with("sign") && !plain.starts_with("signature")
        || VERBS.iter().any(|verb| plain.contains(verb))
        || plain.contains("_sign")
        || name.contains("Sign") && !name.contains("Signature")
}

/// Whether the name says that the function is at the receiving end of a webhook.
pub(super) fn receives(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    const NOUNS: [&str; 7] = ["hook", "callback", "notif", "ipn", "signature", "receive", "handle"];
    NOUNS.iter().any(|noun| plain.contains(noun))
}

/// Whether a function of that name hands back its argument written in another way.
pub(super) fn rewrites(path: &str) -> bool {
    const PARTS: [&str; 40] = [
        "hex",
        "base64",
        "b64",
        "encode",
        "decode",
        "bytes",
        "string",
        "str",
        "lower",
        "upper",
        "trim",
        "strip",
        "format",
        "printf",
        "concat",
        "join",
        "from",
        "buffer",
        "array",
        "utf8",
        "copy",
        "slice",
        "substr",
        "pack",
        "escape",
        "list",
        "zip",
        "enumerate",
        "reversed",
        "vec",
        "blob",
        "wrap",
        "clone",
        "promise",
        "split",
        "plode",
        "replace",
        "partition",
        "reverse",
        "cast",
    ];
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain = name.to_ascii_lowercase();
    let own = ["some", "ok", "pipe", "some", "iter", "all", "resolve", "must", "ord", "chr", "map"];
    (PARTS.iter().any(|part| plain.contains(part)) || own.contains(&plain.as_str()))
        && !compares(&plain)
}

/// Whether the method or property of that name measures a value rather than handing it back.
pub(super) fn measures(name: &str) -> bool {
    const NAMES: [&str; 44] = [
        "length",
        "len",
        "Len",
        "Length",
        "byteLength",
        "size",
        "Size",
        "bytesize",
        "Count",
        "LongLength",
        "strlen",
        "mb_strlen",
        "count",
        "sizeof",
        "typeof",
        "isset",
        "empty",
        "is_null",
        "is_string",
        "is_none",
        "is_some",
        "is_ok",
        "is_err",
        "is_empty",
        "isEmpty",
        "IsNullOrEmpty",
        "IsNullOrWhiteSpace",
        "isBlank",
        "isNotBlank",
        "isNotEmpty",
        "empty?",
        "nil?",
        "blank?",
        "present?",
        "any?",
        "isArray",
        "isBuffer",
        "isinstance",
        "GetType",
        "getClass",
        "hashCode",
        "GetHashCode",
        "IsEmpty",
        "capacity",
    ];
    NAMES.contains(&name)
}

/// Whether a method that takes a callback hands back what it is called on.
pub(super) fn keeps(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "map_err",
        "or_else",
        "unwrap_or_else",
        "ok_or_else",
        "inspect",
        "inspect_err",
        "filter",
        "catch",
        "finally",
        "tap",
        "sort",
        "orElseThrow",
        "orElseGet",
        "each",
        "also",
        "expect",
    ];
    NAMES.contains(&name)
}

/// Whether a method of that name takes its arguments into its receiver.
pub(super) fn absorbs(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "append",
        "Append",
        "AppendFormat",
        "push",
        "push_str",
        "add",
        "Add",
        "extend",
        "concat",
        "WriteString",
        "WriteByte",
        "insert",
        "unshift",
        "format",
        "put",
    ];
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_from_their_end() {
        assert!(is_one_of("node.crypto.createHmac", &["createHmac"]));
        assert!(is_one_of("OpenSSL.HMAC.hexdigest", &["HMAC.hexdigest"]));
        assert!(!is_one_of("myhmac.New", &["hmac.New"]));
        assert!(is_one_of("HMACSHA512.HashData", &["HMACSHA*.HashData"]));
        assert!(is_one_of("<Hmac<Sha256>asMac>.new_from_slice", &["*Hmac*.new_from_slice"]));
        assert_eq!(dotted("\\OpenSSL::HMAC . hexdigest"), "OpenSSL.HMAC.hexdigest");
        assert_eq!(dotted("$this->a?->b"), "this.a.b");
    }

    #[test]
    fn a_name_that_verifies_makes_no_mac() {
        assert!(names_a_mac("hmacSha256Hex") && names_a_mac("compute_hmac"));
        assert!(!names_a_mac("verifyHmac") && !names_a_mac("hmacIsValid"));
        assert!(!names_a_mac("hmacHeader"));
        assert!(rewrites("Buffer.from") && !rewrites("compareStrings"));
        assert!(signs("signRequest") && !signs("verifySignature") && !signs("signature"));
    }
}
