//! How the value of an input is written, by its kind: the same for a runbook's `default` and for
//! `golive.yaml`.

use std::path::PathBuf;

use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use url::Url;

use crate::runbook::conform::{Conform, Path};
use crate::runbook::model::InputKind;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::Node;

/// A URL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "an absolute URL, such as `https://shop.example/webhooks/mintcash`")]
#[serde(transparent)]
pub struct UrlText(
    #[schemars(regex(pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://[^/\s]\S*$"))]
    pub String,
);

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "an amount in quotes, such as `\"5.00\"`")]
#[serde(transparent)]
pub struct AmountText(#[schemars(regex(pattern = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"))] pub String);

/// Some text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "text")]
#[serde(transparent)]
pub struct SomeText(#[schemars(length(min = 1))] pub String);

/// A keyring entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "service/user")]
#[serde(transparent)]
pub struct KeyringText(#[schemars(regex(pattern = r"^[^/]+/.+$"))] pub String);

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "a list of a program and its arguments, such as `[op, read, op://shop/key]`")]
#[serde(transparent)]
pub struct Argv(#[schemars(length(min = 1))] pub Vec<String>);

/// The name of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "the name of an environment variable, such as `MINTCASH_SECRET_KEY`")]
#[serde(transparent)]
pub struct EnvName(#[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"))] pub String);

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretText {
    /// An environment variable.
    Env(EnvName),
    /// A file that holds nothing else.
    File(PathBuf),
    /// A program; what it prints is the value.
    Command(Argv),
    /// An entry of the platform's keyring.
    Keyring(KeyringText),
    /// Asked for, without echo, each time.
    Prompt,
}

/// Where a number of effects can be read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ObserverText {
    /// A URL whose answer is the number.
    Url(UrlText),
    /// A program that prints the number.
    Command(Argv),
}

/// The schema of a value of this kind.
#[must_use]
pub fn shape(kind: InputKind) -> Schema {
    match kind {
        InputKind::Url => schema_for!(UrlText),
        InputKind::Secret => schema_for!(SecretText),
        InputKind::Paths | InputKind::Globs => schema_for!(Vec<SomeText>),
        InputKind::Text => schema_for!(SomeText),
        InputKind::Amount => schema_for!(AmountText),
        InputKind::Observer => schema_for!(ObserverText),
    }
}

/// Reports where `node` is not a value of this kind.
pub fn check(kind: InputKind, node: &Node, path: &Path<'_>, report: &mut Reporter<'_>) {
    let schema = shape(kind);
    let conform = Conform::new(&schema);
    let mut trial = Reporter::new("", "");
    conform.check(node, path, &mut trial);
    if !trial.is_empty() {
        conform.check(node, path, report);
        return;
    }
    let url = match kind {
        InputKind::Url => Some(node),
        InputKind::Observer => node.get("url"),
        _ => None,
    };
    let Some((node, text)) = url.and_then(|node| Some((node, node.text()?))) else { return };
    match Url::parse(text) {
        Err(error) => {
            let draft = report.at(node.place, path).expected("an absolute URL");
            draft.done(format!("this is not a URL: {error}"));
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            report.veil(node.place.line);
            let draft = report.at(node.place, path).hint("take `user:password@` out of the URL");
            draft.done("this URL carries a user name or a password");
        }
        Ok(_) => {}
    }
}
