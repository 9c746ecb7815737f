//! Where a secret comes from: `{ env: … }`, `{ file: … }`, `{ command: […] }`,
//! `{ keyring: service/user }` or `prompt`.

use std::fmt;
use std::path::PathBuf;

/// A reference to a secret. Safe to print: it names the place, not the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A file, relative to the folder of `golive.yaml`.
    File(PathBuf),
    /// A program and its arguments; its standard output is the value.
    Command(Vec<String>),
    /// An entry of the platform's keyring.
    Keyring {
        /// The service.
        service: String,
        /// The user.
        user: String,
    },
    /// Asked for without echo, kept in memory only.
    Prompt,
}

impl fmt::Display for SecretRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(out, "env {name}"),
            Self::File(path) => write!(out, "file {}", path.display()),
            Self::Command(argv) => write!(out, "command {}", argv.join(" ")),
            Self::Keyring { service, user } => write!(out, "keyring {service}/{user}"),
            Self::Prompt => out.write_str("prompt"),
        }
    }
}
