//! `golive.yaml` and the user file as written: the one source of their keys.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::config::ThemeName;
use crate::events::members::LogMembers;
use crate::runbook::document::{Line, Slug};
use crate::runbook::kinds::{Argv, SecretText, SomeText, UrlText};
use crate::week::Limits;

/// `golive.yaml`: what golive has to know about a merchant's project.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectDoc {
    /// The launch's name.
    #[serde(default)]
    pub launch: Option<SomeText>,
    /// The runbook's file, relative to this file; the built-in one when left out.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, where it has a place")]
    pub runbook: Option<SomeText>,
    /// The journal's file, relative to this file.
    #[serde(default)]
    pub state: Option<SomeText>,
    /// Who may sign, and in which roles.
    #[serde(default)]
    pub people: Vec<PersonDoc>,
    /// Who signs by default.
    #[serde(default)]
    pub signer: Option<Line>,
    /// How the screen looks.
    #[serde(default)]
    pub screen: ScreenDoc,
    /// Where the members of your own logs are, for each input that names a log.
    #[serde(default)]
    pub logs: LogMembers,
    /// What the first week is watched for, and who is told.
    #[serde(default)]
    pub watch: WatchDoc,
    /// The values of the runbook's inputs. Secrets only as references.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, where it has a place")]
    pub inputs: IndexMap<String, Value>,
}

/// What the first week is watched for, and who is told.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WatchDoc {
    /// The lines that must not be crossed.
    pub limits: Limits,
    /// Who is told when one is crossed, and when it is crossed no longer.
    pub alert: AlertDoc,
}

/// Who is told when a threshold is crossed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlertDoc {
    /// A program that gets the alert as JSON on its standard input.
    pub command: Option<Argv>,
    /// A URL that the alert is posted to, or where that URL comes from.
    pub url: Option<AlertUrl>,
    /// A header that is sent along.
    pub header: Option<HeaderDoc>,
}

/// Where an alert is posted to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AlertUrl {
    /// As it stands.
    Plain(UrlText),
    /// As a secret: many such URLs let anybody post who knows them.
    Secret(SecretText),
}

/// A header that is sent along with an alert.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderDoc {
    /// Its name.
    pub name: HeaderName,
    /// Where its value comes from.
    pub value: SecretText,
}

/// The name of a header.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "the name of a header, such as `Authorization`")]
#[serde(transparent)]
pub struct HeaderName(#[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9-]*$"))] pub String);

/// The user's own file: what holds for all launches of one person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserDoc {
    /// The name to sign with.
    #[serde(default)]
    pub signer: Option<Line>,
    /// How the screen looks.
    #[serde(default)]
    pub screen: ScreenDoc,
}

/// A person of the team.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonDoc {
    /// The name to sign with.
    pub name: Line,
    /// The roles in which this person may sign.
    #[serde(default)]
    pub roles: Vec<Slug>,
}

/// How the screen looks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenDoc {
    /// The theme.
    #[serde(default)]
    pub theme: Option<ThemeName>,
    /// Whether to use only ASCII glyphs.
    #[serde(default)]
    pub ascii: Option<bool>,
    /// Whether to start with the mouse on.
    #[serde(default)]
    pub mouse: Option<bool>,
}
