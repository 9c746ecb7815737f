//! What taking a secret from there proves. Pure: told by the reference alone, nothing is run.
//!
//! The rule it keeps: a program is a secrets manager only when it is a known one and is asked for a
//! secret; one that prints a file or a variable proves nothing about where that came from.

use crate::secrets::SecretRef;

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A secrets manager, by name.
    Manager(&'static str),
    /// A file that is encrypted where it lies, and what with.
    Encrypted(&'static str),
    /// The configuration of the platform that production runs on, by name.
    Platform(&'static str),
    /// The keyring of this machine.
    Keyring,
    /// A program that prints what is in a file or a variable.
    Printed {
        /// The program.
        program: String,
    },
    /// A program that is not known, or that is not asked for a secret.
    Unknown {
        /// The program.
        program: String,
    },
    /// A file.
    File,
    /// A variable of the environment.
    Environment,
    /// Somebody's keyboard.
    Typed,
}

/// How a known program is asked for a secret: its name, the words that must be among its
/// arguments, in order, and what it is.
type Known = (&'static str, &'static [&'static str], Kept);

const KNOWN: &[Known] = &[
    ("op", &["read"], Kept::Manager("1Password")),
    ("op", &["item", "get"], Kept::Manager("1Password")),
    ("vault", &["kv", "get"], Kept::Manager("HashiCorp Vault")),
    ("vault", &["read"], Kept::Manager("HashiCorp Vault")),
    ("bao", &["kv", "get"], Kept::Manager("OpenBao")),
    ("bao", &["read"], Kept::Manager("OpenBao")),
    ("aws", &["secretsmanager", "get-secret-value"], Kept::Manager("AWS Secrets Manager")),
    ("aws", &["ssm", "get-parameter"], Kept::Manager("AWS Parameter Store")),
    ("gcloud", &["secrets", "versions", "access"], Kept::Manager("Google Secret Manager")),
    ("az", &["keyvault", "secret", "show"], Kept::Manager("Azure Key Vault")),
    ("doppler", &["secrets", "get"], Kept::Manager("Doppler")),
    ("infisical", &["secrets", "get"], Kept::Manager("Infisical")),
    ("akeyless", &["get-secret-value"], Kept::Manager("Akeyless")),
    ("conjur", &["variable", "get"], Kept::Manager("Conjur")),
    ("chamber", &["read"], Kept::Manager("chamber (AWS Parameter Store)")),
    ("berglas", &["access"], Kept::Manager("berglas (Google Cloud)")),
    ("bw", &["get"], Kept::Manager("Bitwarden")),
    ("rbw", &["get"], Kept::Manager("Bitwarden")),
    ("bws", &["secret", "get"], Kept::Manager("Bitwarden Secrets Manager")),
    ("lpass", &["show"], Kept::Manager("LastPass")),
    ("dcli", &["read"], Kept::Manager("Dashlane")),
    ("keepassxc-cli", &["show"], Kept::Manager("KeePassXC")),
    ("pass", &[], Kept::Manager("pass")),
    ("gopass", &[], Kept::Manager("gopass")),
    ("security", &["find-generic-password"], Kept::Keyring),
    ("security", &["find-internet-password"], Kept::Keyring),
    ("secret-tool", &["lookup"], Kept::Keyring),
    ("keyring", &["get"], Kept::Keyring),
    ("sops", &["-d"], Kept::Encrypted("SOPS")),
    ("sops", &["--decrypt"], Kept::Encrypted("SOPS")),
    ("sops", &["decrypt"], Kept::Encrypted("SOPS")),
    ("gpg", &["-d"], Kept::Encrypted("GnuPG")),
    ("gpg", &["--decrypt"], Kept::Encrypted("GnuPG")),
    ("age", &["-d"], Kept::Encrypted("age")),
    ("age", &["--decrypt"], Kept::Encrypted("age")),
    ("ansible-vault", &["view"], Kept::Encrypted("ansible-vault")),
    ("systemd-creds", &["decrypt"], Kept::Encrypted("systemd-creds")),
    ("kubectl", &["get"], Kept::Platform("Kubernetes")),
    ("heroku", &["config:get"], Kept::Platform("Heroku")),
];

/// Programs that print a file, a variable or their own arguments.
const PRINTERS: &[&str] = &[
    "cat", "bat", "tac", "head", "tail", "less", "more", "sed", "awk", "gawk", "grep", "egrep",
    "rg", "cut", "tr", "jq", "yq", "base64", "xxd", "strings", "echo", "printf", "printenv", "env",
    "source", ".", "type", "dotenv",
];

/// Programs that only start another one, with how many arguments of their own they take.
const STARTERS: &[(&str, usize)] =
    &[("env", 0), ("sudo", 0), ("nice", 0), ("timeout", 1), ("exec", 0), ("command", 0)];

const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ksh", "fish"];

impl Kept {
    /// What a reference leads to.
    #[must_use]
    pub fn of(reference: &SecretRef) -> Self {
        match reference {
            SecretRef::Env(_) => Self::Environment,
            SecretRef::File(_) => Self::File,
            SecretRef::Keyring { .. } => Self::Keyring,
            SecretRef::Prompt => Self::Typed,
            SecretRef::Command(argv) => {
                let commands = commands(argv);
                let kept: Vec<Self> = commands.iter().map(|words| of_command(words)).collect();
                // In a pipeline what it comes from counts, not what is made of it on the way.
                let telling =
                    |kept: &&Self| !matches!(kept, Self::Printed { .. } | Self::Unknown { .. });
                let first = kept.iter().find(telling).or(kept.first());
                first.cloned().unwrap_or(Self::Unknown { program: String::new() })
            }
        }
    }

    /// What that proves, in words that follow the reference.
    #[must_use]
    pub fn proves(&self) -> String {
        match self {
            Self::Manager(name) => format!("{name} handed it out when asked: it is kept there"),
            Self::Encrypted(with) => {
                format!("it lies in a file that {with} encrypts; who has the key can read it")
            }
            Self::Platform(name) => format!(
                "it is in the configuration of {name}: production can have it from there, and so \
                 can who may read that"
            ),
            Self::Keyring => "the keyring of this machine holds it; production has it from \
                              elsewhere"
                .into(),
            Self::Printed { program } => format!(
                "{program} prints a file or a variable: proves nothing about where it is kept"
            ),
            Self::Unknown { program } => format!(
                "{program} handed it out when asked; whether that is a secrets manager is not known"
            ),
            Self::File => "a file on this machine holds it in plain text".into(),
            Self::Environment => {
                "whatever started golive set it; where it is kept can not be seen".into()
            }
            Self::Typed => "somebody typed it; where it is kept can not be seen".into(),
        }
    }
}

/// The commands of an argv, each as its words: the one behind `env` or `sudo`, and those of a
/// script that a shell is given.
#[must_use]
pub fn commands(argv: &[String]) -> Vec<Vec<String>> {
    let words = behind_starters(argv);
    let Some(program) = words.first() else { return vec![argv.to_vec()] };
    if SHELLS.contains(&base_name(program)) {
        let script = words.iter().skip(1).skip_while(|word| !is_script_flag(word)).nth(1);
        if let Some(script) = script {
            let parts = script.split(['|', ';', '&', '\n', '(', ')', '`']);
            let parts = parts.map(|part| {
                let words = part.split_whitespace();
                let bare = |word: &str| word.trim_matches(['"', '\'']).to_owned();
                behind_starters(&words.map(bare).collect::<Vec<_>>()).to_vec()
            });
            return parts.filter(|words| !words.is_empty()).collect();
        }
    }
    vec![words.to_vec()]
}

/// `-c` and what people put with it, such as `-euc`.
fn is_script_flag(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}

fn behind_starters(argv: &[String]) -> &[String] {
    let mut words = argv;
    while let Some((program, rest)) = words.split_first() {
        let Some((_, own)) = STARTERS.iter().find(|(name, _)| *name == base_name(program)) else {
            break;
        };
        let is_own = |word: &&String| word.starts_with('-') || word.contains('=');
        let skipped = rest.iter().take_while(is_own).count() + own;
        match rest.get(skipped..) {
            Some(behind) if !behind.is_empty() => words = behind,
            // `env` alone prints the environment.
            _ => break,
        }
    }
    words
}

fn base_name(program: &str) -> &str {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn of_command(words: &[String]) -> Kept {
    let Some((program, arguments)) = words.split_first() else {
        return Kept::Unknown { program: String::new() };
    };
    let name = base_name(program);
    let known = KNOWN
        .iter()
        .find(|(program, asked, _)| *program == name && stands_in_order(asked, arguments));
    match known {
        Some((.., kept)) => kept.clone(),
        None if PRINTERS.contains(&name) => Kept::Printed { program: name.to_owned() },
        None => Kept::Unknown { program: name.to_owned() },
    }
}

/// Whether the words stand among the arguments, in that order, before a `--` that starts another
/// program.
fn stands_in_order(words: &[&str], arguments: &[String]) -> bool {
    let mut own = arguments.iter().take_while(|argument| *argument != "--");
    words.iter().all(|word| own.any(|argument| argument == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &str) -> Kept {
        let argv = line.split(' ').map(str::to_owned).collect();
        Kept::of(&SecretRef::Command(argv))
    }

    fn script(script: &str) -> Kept {
        Kept::of(&SecretRef::Command(["sh", "-c", script].map(str::to_owned).into()))
    }

    #[test]
    fn managers_are_known_by_program_and_by_what_they_are_asked_for() {
        for (line, name) in [
            ("op read op://shop/mintcash/secret-key", "1Password"),
            ("/usr/local/bin/op item get mintcash --fields key", "1Password"),
            ("vault kv get -field=key secret/mintcash", "HashiCorp Vault"),
            ("bao kv get -field=key secret/mintcash", "OpenBao"),
            (
                "aws --profile p secretsmanager get-secret-value --secret-id x",
                "AWS Secrets Manager",
            ),
            ("gcloud secrets versions access latest --secret=x", "Google Secret Manager"),
            ("az keyvault secret show --vault-name v --name n", "Azure Key Vault"),
            ("doppler secrets get X --plain", "Doppler"),
            ("infisical secrets get X --plain", "Infisical"),
            ("pass show shop/mintcash", "pass"),
            ("gopass show -o shop/mintcash", "gopass"),
            ("bw get password mintcash", "Bitwarden"),
            ("chamber read shop key -q", "chamber (AWS Parameter Store)"),
            ("env AWS_PROFILE=p timeout 5 op read op://a/b/c", "1Password"),
        ] {
            assert_eq!(kept(line), Kept::Manager(name), "{line}");
        }
        assert_eq!(script("vault kv get secret/x | jq -r .key"), Kept::Manager("HashiCorp Vault"));
        assert_eq!(kept("security find-generic-password -w -s x"), Kept::Keyring);
        assert_eq!(kept("secret-tool lookup service x"), Kept::Keyring);
        assert_eq!(kept("sops -d secrets.yaml"), Kept::Encrypted("SOPS"));
    }

    #[test]
    fn what_only_prints_proves_nothing() {
        for line in ["cat key.txt", "echo something", "printenv KEY", "/bin/grep KEY .env", "env"] {
            assert!(matches!(kept(line), Kept::Printed { .. }), "{line}: {:?}", kept(line));
        }
        for it in ["cat key.txt", ". ./.env; echo $KEY", "grep KEY .env | cut -d= -f2"] {
            assert!(matches!(script(it), Kept::Printed { .. }), "{it}: {:?}", script(it));
        }
        assert!(kept("cat x").proves().contains("proves nothing"));
    }

    #[test]
    fn a_known_program_that_is_not_asked_for_a_secret_is_no_manager() {
        for line in [
            "aws s3 cp s3://bucket/key -",
            "op --version",
            "op run -- printenv KEY",
            "doppler run -- printenv KEY",
            "./get-key.sh",
            "operator read x",
        ] {
            assert!(matches!(kept(line), Kept::Unknown { .. }), "{line}: {:?}", kept(line));
        }
    }
}
