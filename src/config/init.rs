//! A first `golive.yaml` from a few answers: the questions, sensible defaults for a project, the
//! text. Called by `golive init`, which does the asking. A secret's value is never asked for, read
//! or written; where it comes from is.

use std::io::{self, Write as _};
use std::path::Path;

use indexmap::IndexMap;
use url::Url;

use crate::config::places;
use crate::failure::{Failure, FailureKind};
use crate::runbook::yaml::{self, Item};

/// Files that often hold a production configuration, looked for in a project.
const CONFIGURATION: &[&str] = &[
    ".env.production",
    ".env.prod",
    ".env",
    "config/production.yml",
    "config/production.yaml",
    "config/production.json",
    "docker-compose.prod.yml",
    "docker-compose.production.yml",
    "deploy/production.yaml",
];

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name under which its answer is given to [`render`].
    pub key: &'static str,
    /// The question itself, one line.
    pub prompt: &'static str,
    /// What an answer looks like, one line.
    pub help: &'static str,
    /// The answer when none is given; empty to leave the value out for now.
    pub default: String,
}

/// Answers by question key.
pub type Answers = IndexMap<&'static str, String>;

const REFERENCE: &str = "env NAME, file PATH, command PROGRAM ARGUMENT…, keyring SERVICE/USER or \
                         prompt; never the value itself";

/// The questions for the project in `folder`, with defaults from what lies there. Looks at names
/// of files only.
#[must_use]
pub fn questions(folder: &Path) -> Vec<Question> {
    let ask = |key, prompt, help, default: &str| Question {
        key,
        prompt,
        help,
        default: default.to_owned(),
    };
    vec![
        ask(
            "launch",
            "Name of this launch",
            "letters, digits, hyphens; its journal is kept under this name",
            &places::name_from(folder),
        ),
        ask(
            "webhook_url",
            "Live webhook URL",
            "the one registered with MintCash, https://…; empty to fill in later",
            "",
        ),
        ask(
            "old_webhook_url",
            "Sandbox webhook URL that is to be retired",
            "https://…; empty when there is none or to fill in later",
            "",
        ),
        ask(
            "webhook_secret",
            "Where the live webhook secret comes from",
            REFERENCE,
            "env MINTCASH_WEBHOOK_SECRET",
        ),
        ask(
            "live_public_key",
            "Where the live public key comes from",
            REFERENCE,
            "env MINTCASH_LIVE_PUBLIC_KEY",
        ),
        ask(
            "live_secret_key",
            "Where the live secret key comes from",
            REFERENCE,
            "env MINTCASH_LIVE_SECRET_KEY",
        ),
        ask(
            "source",
            "Repositories and folders to search for secrets",
            "paths relative to this folder, separated by commas",
            ".",
        ),
        ask(
            "production_config",
            "Files that production is configured from",
            "paths or patterns, separated by commas; empty to fill in later",
            &production_config(folder).join(", "),
        ),
        ask("engineering", "Who signs for engineering", "a name; empty to fill in later", ""),
        ask("finance", "Who signs for finance", "a name; empty to fill in later", ""),
    ]
}

/// Configuration files that are there.
fn production_config(folder: &Path) -> Vec<&'static str> {
    CONFIGURATION.iter().copied().filter(|name| folder.join(name).is_file()).collect()
}

/// Says why an answer can not be taken, so that it can be asked for again.
///
/// # Errors
/// One sentence; it never repeats what was typed for a secret.
pub fn check(key: &str, answer: &str) -> Result<(), String> {
    let answer = answer.trim();
    match key {
        "launch" => places::name_fault(answer)
            .map_or(Ok(()), |fault| Err(format!("this can not be a launch's name: {fault}"))),
        "webhook_url" | "old_webhook_url" if answer.is_empty() => Ok(()),
        "webhook_url" | "old_webhook_url" => match Url::parse(answer) {
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                Err("leave the user name and password out of the URL".to_owned())
            }
            Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(()),
            _ => Err("give a whole URL that begins with https://".to_owned()),
        },
        "webhook_secret" | "live_public_key" | "live_secret_key" => {
            reference(answer).map(drop).ok_or_else(|| {
                format!("say where it comes from: {REFERENCE}. What you typed was not kept")
            })
        }
        _ => Ok(()),
    }
}

/// A reference as YAML: `env NAME` becomes `{ env: NAME }`.
fn reference(answer: &str) -> Option<String> {
    let answer = answer.trim();
    if answer == "prompt" {
        return Some("prompt".to_owned());
    }
    let (kind, rest) = answer.split_once([' ', ':'])?;
    let rest = rest.trim();
    if rest.is_empty() {
        return None;
    }
    match kind {
        "env" => {
            let mut chars = rest.chars();
            let first = chars.next().is_some_and(|ch| ch.is_ascii_alphabetic() || ch == '_');
            let sound = first && chars.all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
            let value = ["sk_live_", "sk_test_", "pk_live_", "pk_test_"];
            let value = value.iter().any(|prefix| rest.starts_with(prefix));
            (sound && !value).then(|| format!("{{ env: {rest} }}"))
        }
        "file" => Some(format!("{{ file: {} }}", scalar(rest))),
        "keyring" => {
            let (service, user) = rest.split_once('/')?;
            let sound = !service.is_empty() && !user.is_empty();
            sound.then(|| format!("{{ keyring: {} }}", scalar(rest)))
        }
        "command" => {
            let argv: Vec<String> = rest.split_whitespace().map(scalar).collect();
            Some(format!("{{ command: [{}] }}", argv.join(", ")))
        }
        _ => None,
    }
}

/// A text as YAML, in quotes where it would be read as something else.
fn scalar(text: &str) -> String {
    let safe = text.chars().all(|ch| ch.is_alphanumeric() || "-_./:@+= ".contains(ch));
    let plain = safe
        && text.starts_with(char::is_alphanumeric)
        && matches!(yaml::read(text), (Some(node), faults)
            if faults.is_empty() && node.item == Item::Text(text.to_owned()));
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// The text of `golive.yaml` for these answers; a missing one counts as left out.
#[must_use]
pub fn render(answers: &Answers) -> String {
    let answer = |key: &str| answers.get(key).map(|text| text.trim()).unwrap_or_default();
    let list = |key: &str| {
        let parts = answer(key).split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(scalar).collect::<Vec<_>>().join(", ")
    };
    let url = |key: &str, example: &str| match answer(key) {
        "" => format!("# {key}: {example}"),
        url => format!("{key}: {}", scalar(url)),
    };
    let secret = |key: &str| match reference(answer(key)) {
        Some(reference) => format!("{key}: {reference}"),
        None => format!("# {key}: {{ env: NAME }}"),
    };
    let configured = match list("production_config") {
        none if none.is_empty() => "# production_config: [.env.production]".to_owned(),
        files => format!("production_config: [{files}]"),
    };
    let source = match list("source") {
        none if none.is_empty() => ".".to_owned(),
        folders => folders,
    };
    format!(
        "\
# What golive has to know about this project. Commit it: it holds no secret, only where each one
# comes from. `golive config show` prints what is in force and why; `golive` starts the walk.

# The launch's name; its journal is kept under it.
{launch}

# Who may sign, and in which roles. The decision to go live needs both roles, by two people.
{people}

inputs:
  # The live endpoint, exactly as registered with MintCash.
  {webhook_url}
  # The one that was used with the sandbox.
  {old_url}

  # Secrets are named, never written here:
  #   {{ env: NAME }}, {{ file: PATH }}, {{ command: [program, argument] }},
  #   {{ keyring: service/user }}, or prompt to be asked each time.
  {webhook_secret}
  {public_key}
  {secret_key}
  # The sandbox's own, so that they can be looked for where production is configured.
  # test_webhook_secret: {{ env: NAME }}
  # test_secret_key: {{ env: NAME }}

  # Searched for secrets, git history too. `.` is the folder of this file.
  source: [{source}]
  # Where the code of the webhook handler is, when it is only a part of that.
  # handler_source: [src/webhooks]

  # The files that production is configured from.
  {configured}

  # A URL or command that prints how many effects the webhook handler has had, so that
  # repeated events can be counted.
  # effect_count: {{ command: [psql, -tAc, select count(*) from orders] }}
",
        launch = match answer("launch") {
            "" => "# launch: my-shop".to_owned(),
            name => format!("launch: {}", scalar(name)),
        },
        webhook_url = url("webhook_url", "https://shop.example/webhooks/mintcash"),
        old_url = url("old_webhook_url", "https://staging.shop.example/webhooks/mintcash"),
        people = people(answer("engineering"), answer("finance")),
        webhook_secret = secret("webhook_secret"),
        public_key = secret("live_public_key"),
        secret_key = secret("live_secret_key"),
    )
}

/// The people, as far as they are known.
fn people(engineering: &str, finance: &str) -> String {
    if engineering.is_empty() && finance.is_empty() {
        return "# people:\n#   - { name: Ada Lovelace, roles: [engineering] }\n#   - { name: Luca \
                Pacioli, roles: [finance] }"
            .to_owned();
    }
    if engineering.eq_ignore_ascii_case(finance) {
        let name = scalar(engineering);
        return format!("people:\n  - {{ name: {name}, roles: [engineering, finance] }}");
    }
    let row = |name: &str, role: &str| {
        let shown = if name.is_empty() { "Somebody".to_owned() } else { scalar(name) };
        let off = if name.is_empty() { "# " } else { "" };
        format!("  {off}- {{ name: {shown}, roles: [{role}] }}")
    };
    format!("people:\n{}\n{}", row(engineering, "engineering"), row(finance, "finance"))
}

/// Writes the text to `path`, where no file may be yet.
///
/// # Errors
/// When there is a file, or it can not be written.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(FailureKind::Usage, format!("{} is already there", path.display()))
                .hint("edit it, or move it away to begin anew")
        }
        _ => Failure::new(FailureKind::Other, format!("{} can not be written", path.display()))
            .because(&error),
    })
}
