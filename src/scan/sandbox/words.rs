//! The words that names are made of, and which of them speak of the sandbox, of production, of a
//! default.
//!
//! Used by everything here that has to tell `MINTCASH_SANDBOX_URL` from `MINTCASH_URL`.

/// What a test environment is called.
const SANDBOX: [&str; 20] = [
    "sandbox",
    "sandboxed",
    "sbx",
    "test",
    "tests",
    "testing",
    "testmode",
    "staging",
    "dev",
    "devel",
    "develop",
    "development",
    "debug",
    "demo",
    "qa",
    "uat",
    "mock",
    "fake",
    "nonprod",
    "preprod",
];

/// What production is called.
const PRODUCTION: [&str; 5] = ["production", "prod", "live", "livemode", "release"];

/// What a default is called.
const DEFAULT: [&str; 4] = ["default", "defaults", "fallback", "dflt"];

/// The names of environments other than production, as sections and files are called after them.
const OTHER_ENVIRONMENTS: [&str; 16] = [
    "development",
    "dev",
    "test",
    "testing",
    "tests",
    "staging",
    "stage",
    "local",
    "sandbox",
    "qa",
    "uat",
    "ci",
    "preview",
    "deploy-preview",
    "branch-deploy",
    "demo",
];

/// The words of a name in lower case: `useSandboxURL` and `USE_SANDBOX_URL` have the same three.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, ch) in chars.iter().enumerate() {
        if !ch.is_alphanumeric() {
            push(&mut words, &mut word);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        let begins = ch.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
        if begins {
            push(&mut words, &mut word);
        }
        word.extend(ch.to_lowercase());
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn any(name: &str, of: &[&str]) -> bool {
    words(name).iter().any(|word| of.contains(&word.as_str()))
}

/// Whether a name speaks of a test environment.
#[must_use]
pub fn says_sandbox(name: &str) -> bool {
    let words = words(name);
    let negated = words.windows(2).any(|pair| {
        let [first, second] = pair else { return false };
        matches!(first.as_str(), "non" | "not" | "pre") && PRODUCTION.contains(&second.as_str())
    });
    let sandbox = name.to_ascii_lowercase().contains("sandbox");
    sandbox || negated || words.iter().any(|word| SANDBOX.contains(&word.as_str()))
}

/// Whether a name speaks of production, and not of a test environment beside it.
#[must_use]
pub fn says_production(name: &str) -> bool {
    any(name, &PRODUCTION) && !says_sandbox(name)
}

/// Whether a name says that it is what is taken when nothing else is there.
#[must_use]
pub fn says_default(name: &str) -> bool {
    any(name, &DEFAULT)
}

/// Whether one of the words is this one.
#[must_use]
pub fn has(name: &str, wanted: &[&str]) -> bool {
    any(name, wanted)
}

/// Whether it is the name of an environment other than production, as a whole.
#[must_use]
pub fn is_other_environment(name: &str) -> bool {
    OTHER_ENVIRONMENTS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words_however_they_are_written() {
        for name in ["useSandboxURL", "USE_SANDBOX_URL", "use-sandbox-url", "UseSandbox.URL"] {
            assert_eq!(words(name), ["use", "sandbox", "url"], "{name}");
        }
        assert_eq!(words("HTTPServer2Test"), ["http", "server2", "test"]);
    }

    #[test]
    fn a_word_inside_another_says_nothing() {
        for name in ["contest", "latest_url", "attestation", "delivery", "olive", "productId"] {
            assert!(!says_sandbox(name) && !says_production(name), "{name}");
        }
        assert!(says_sandbox("nonProd") && says_sandbox("NON_PRODUCTION"));
        assert!(says_production("isLive") && !says_production("liveOrTest"));
    }
}
