//! Secrets that stand in the command line of a reference itself: in `golive.yaml`, and in the list of
//! processes of this machine while it runs. Such a command is not run.

use crate::checks::credentials::storage::reference::commands;
use crate::secrets::{Redactor, Secret};

/// Flags whose value is a secret.
const FLAGS: &[&str] = &[
    "token",
    "auth-token",
    "access-token",
    "password",
    "passwd",
    "pass",
    "passphrase",
    "master-password",
    "session",
    "api-key",
    "secret-key",
    "client-secret",
];

/// How tokens of secrets managers and keys of the provider begin.
const BEGINNINGS: &[&str] =
    &["sk_live_", "sk_test_", "hvs.", "hvb.", "dp.st.", "dp.pt.", "dp.ct.", "ops_ey", "eyJ"];

/// Parts of a variable's name that say that it holds a secret.
const NAMES: &[&str] = &["TOKEN", "PASSWORD", "PASSPHRASE", "SECRET", "SESSION", "API_KEY"];

/// What kind of secret stands in a command line, if one does; it is registered with the redactor, so
/// that nothing shows it from now on.
#[must_use]
pub fn in_command(argv: &[String]) -> Option<&'static str> {
    let mut words: Vec<&str> = argv.iter().map(String::as_str).collect();
    let inner = commands(argv);
    words.extend(inner.iter().flatten().map(String::as_str));
    let (found, secret) = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1).copied();
        key_in(word).or_else(|| of_flag(word, next)).or_else(|| of_variable(word))
    })?;
    Redactor::shared().register(&Secret::new(secret.to_owned()));
    Some(found)
}

/// Whether a secret's value stands in a command line.
#[must_use]
pub fn holds(argv: &[String], registered: &Secret) -> bool {
    // The redactor knows every spelling of what is registered, and says so by taking it out.
    let shown = Redactor::shared();
    shown.register(registered);
    argv.iter().any(|word| shown.clean(word) != word.as_str())
}

fn key_in(word: &str) -> Option<(&'static str, &str)> {
    let begins = BEGINNINGS.iter().find_map(|begin| word.find(begin).map(|at| (begin, at)))?;
    let text = word.get(begins.1..)?;
    let long = text.len() >= begins.0.len() + Secret::SHORTEST;
    let end =
        text.find(|ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'')).unwrap_or(text.len());
    long.then_some(("a key or token", text.get(..end)?))
}

fn of_flag<'a>(word: &'a str, next: Option<&'a str>) -> Option<(&'static str, &'a str)> {
    let flag = word.strip_prefix('-')?.trim_start_matches('-');
    let (name, value) = match flag.split_once('=') {
        Some((name, value)) => (name, value),
        None => (flag, next?),
    };
    let is_secret = FLAGS.contains(&name) && is_literal(value) && !value.starts_with('-');
    is_secret.then_some(("the value of a flag for a password or token", value))
}

fn of_variable(word: &str) -> Option<(&'static str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name =
        name.chars().all(|ch| ch.is_ascii_uppercase() || ch.is_ascii_digit() || ch == '_');
    let is_secret = is_name && NAMES.iter().any(|part| name.contains(part)) && is_literal(value);
    is_secret.then_some(("a variable with a secret", value))
}

/// Whether a value is written out rather than taken from somewhere.
fn is_literal(value: &str) -> bool {
    let taken = ["$", "@", "/", "./", "~", "op://", "env:", "file:", "vault:"];
    value.len() >= Secret::SHORTEST && !taken.iter().any(|begin| value.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> bool {
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        in_command(&argv).is_some()
    }

    #[test]
    fn a_secret_in_the_command_line_is_found_wherever_it_stands() {
        for line in [
            "echo sk_live_9fQ2xLr7Tz0Kp",
            "bw get password x --session c2Vzc2lvbi1rZXk=",
            "infisical secrets get X --token=st.1234567",
            "env VAULT_TOKEN=hvs.CAESIJ1234567 vault kv get x",
            "env BW_SESSION=abcdefgh bw get password x",
            "lpass show --password hunter22",
        ] {
            assert!(found(line), "{line}");
        }
        let script = ["sh", "-c", "VAULT_TOKEN=abcdefgh vault kv get x"].map(str::to_owned);
        assert!(in_command(&script).is_some());
    }

    #[test]
    fn names_and_places_of_secrets_are_no_secrets() {
        for line in [
            "op read op://shop/mintcash/secret-key",
            "aws secretsmanager get-secret-value --secret-id mintcash/secret-key --query SecretString",
            "gcloud secrets versions access latest --secret=mintcash-secret-key",
            "az keyvault secret show --name mintcash-token --query value",
            "bw get password mintcash --session $BW_SESSION",
            "doppler secrets get MINTCASH_SECRET_KEY --plain",
            "vault kv get -field=sk_live_key secret/mintcash",
            "env AWS_PROFILE=production aws ssm get-parameter --name /mintcash/secret",
            "pass show shop/sk_live_",
        ] {
            assert!(!found(line), "{line}");
        }
    }

    #[test]
    fn a_value_in_any_word_of_the_command_line_is_seen() {
        let secret = Secret::new("whsec-canary-of-literal".into());
        let argv = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(holds(&argv("printf whsec-canary-of-literal"), &secret));
        assert!(!holds(&argv("op read op://a/b/c"), &secret));
    }
}
