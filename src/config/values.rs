//! The values of inputs: from `golive.yaml`, the environment and the runbook's defaults to typed
//! ones with their origin.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use url::Url;

use crate::config::inputs::{Input, InputValue, Observer, ValueOrigin};
use crate::config::layer::{Layer, lines_of};
use crate::config::sources::Sources;
use crate::failure::FailureKind;
use crate::runbook::conform::Path as At;
use crate::runbook::kinds::{self, ObserverText, SecretText};
use crate::runbook::model::{InputKind, InputName, InputSpec, Runbook};
use crate::runbook::nearest::did_you_mean;
use crate::runbook::problem::{Problems, Reporter};
use crate::runbook::yaml::{Item, Node, Place};
use crate::secrets::SecretRef;

/// What an environment variable for an input begins with.
const PREFIX: &str = "GOLIVE_INPUT_";

/// How a secret is named.
const REFERENCE: &str = "`{ env: NAME }`, `{ file: PATH }`, `{ command: [program, argument] }`, \
                         `{ keyring: service/user }` or `prompt`";

/// Where relative paths begin.
#[derive(Clone, Copy)]
pub struct Folders<'a> {
    /// The folder that they are relative to.
    pub base: &'a Path,
    /// What `~/` means.
    pub home: Option<&'a Path>,
}

impl Folders<'_> {
    /// The path made absolute, without `.` in it.
    #[must_use]
    pub fn absolute(&self, text: &str) -> PathBuf {
        let path = match (text.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ if text == "~" => self.home.unwrap_or(self.base).to_owned(),
            _ => self.base.join(text),
        };
        path.components().collect()
    }
}

/// The defaults that the runbook gives.
pub fn defaults(runbook: &Runbook, folders: Folders<'_>, into: &mut IndexMap<InputName, Input>) {
    for (name, spec) in &runbook.inputs {
        let value = spec.default.as_ref().and_then(|json| typed(spec.kind, json, folders));
        if let Some(value) = value {
            into.insert(name.clone(), Input { value, origin: ValueOrigin::Default });
        }
    }
}

/// The values of `golive.yaml`; what is wrong with them is reported.
pub fn project(
    layer: &Layer,
    tree: &Node,
    runbook: &Runbook,
    folders: Folders<'_>,
    report: &mut Reporter<'_>,
    into: &mut IndexMap<InputName, Input>,
) {
    let at = At::Root.key("inputs");
    for entry in tree.get("inputs").map(Node::entries).unwrap_or_default() {
        let at = at.key(&entry.key);
        let name = InputName::from(entry.key.as_str());
        let spec = runbook.inputs.get(&name);
        let open = spec.is_some_and(|spec| spec.kind != InputKind::Secret);
        for line in lines_of(entry) {
            if open {
                report.unveil(line);
            } else {
                report.veil(line);
            }
        }
        let Some(spec) = spec else {
            let known: Vec<&str> = runbook.inputs.keys().map(InputName::as_str).collect();
            report
                .at(entry.place, at)
                .expected(format!("one of {}", known.join(", ")))
                .found(format!("`{}`", entry.key))
                .maybe_hint(did_you_mean(&entry.key, known.iter().copied()))
                .done("the runbook has no such input");
            continue;
        };
        if entry.value.item == Item::Null {
            report
                .at(entry.place, at)
                .hint("write a value, or remove the line")
                .done(format!("`{}` has no value", entry.key));
            continue;
        }
        if spec.kind == InputKind::Secret && is_literal(&entry.value) {
            literal(&entry.value, at, report);
            continue;
        }
        let before = report.count();
        kinds::check(spec.kind, &entry.value, &at, report);
        if report.count() == before
            && let Some(value) = typed(spec.kind, &entry.value.to_json(), folders)
        {
            let origin = ValueOrigin::Project(layer.path.clone(), Some(entry.place.line));
            into.insert(name, Input { value, origin });
        }
    }
}

/// A secret's value in place of a reference.
fn is_literal(node: &Node) -> bool {
    match &node.item {
        Item::Text(text) => text != "prompt",
        Item::Bool(_) | Item::Number(_) | Item::List(_) => true,
        Item::Null | Item::Map(_) => false,
    }
}

fn literal(node: &Node, at: At<'_>, report: &mut Reporter<'_>) {
    let hint = node.text().and_then(|text| did_you_mean(text, ["prompt"]));
    let rotate = "take the value out; rotate the secret if this file was ever shared or committed";
    report
        .at(node.place, at)
        .expected(REFERENCE)
        .found("a value; it is not shown here")
        .hint(hint.unwrap_or_else(|| rotate.to_owned()))
        .done("a secret must not stand in this file; name where it comes from");
}

/// The values of `GOLIVE_INPUT_…`; what is wrong with them comes back.
pub fn environment(
    sources: &Sources,
    runbook: &Runbook,
    into: &mut IndexMap<InputName, Input>,
) -> Vec<Problems> {
    let mut wrong = Vec::new();
    let folders = Folders { base: &sources.cwd, home: sources.home.as_deref() };
    for variable in sources.env.keys().filter(|name| name.starts_with(PREFIX)) {
        let Some(text) = sources.var(variable) else { continue };
        let name = variable.strip_prefix(PREFIX).unwrap_or_default().to_lowercase();
        let name = InputName(name);
        let mut report = Reporter::new(variable, text);
        let value = from_variable(&name, text, runbook, &mut report);
        match report.finish(FailureKind::Config) {
            Err(problems) => wrong.push(problems),
            Ok(()) => {
                let value =
                    value.and_then(|(spec, node)| typed(spec.kind, &node.to_json(), folders));
                if let Some(value) = value {
                    let origin = ValueOrigin::Environment(variable.clone());
                    into.insert(name, Input { value, origin });
                }
            }
        }
    }
    wrong
}

fn from_variable<'r>(
    name: &InputName,
    text: &str,
    runbook: &'r Runbook,
    report: &mut Reporter<'_>,
) -> Option<(&'r InputSpec, Node)> {
    let place = Place { line: 1, column: 1, width: text.chars().count().max(1) };
    let Some(spec) = runbook.inputs.get(name) else {
        report.conceal();
        let hint = nearest_variable(name, runbook);
        report.at(place, "").maybe_hint(hint).done("the runbook has no such input");
        return None;
    };
    if spec.kind == InputKind::Secret {
        report.conceal();
        report
            .at(place, "")
            .hint(format!("unset it, and write in golive.yaml: `{name}: {{ env: YOUR_VARIABLE }}`"))
            .done(format!("{name} is a secret and is taken by reference only"));
        return None;
    }
    let plain = |text: &str| Node { item: Item::Text(text.to_owned()), place };
    let node = match spec.kind {
        InputKind::Paths | InputKind::Globs => {
            let parts = std::env::split_paths(text);
            let parts = parts.filter_map(|part| part.to_str().map(plain)).collect();
            Node { item: Item::List(parts), place }
        }
        InputKind::Observer => {
            let entry =
                crate::runbook::yaml::Entry { key: "url".into(), place, value: plain(text) };
            Node { item: Item::Map(vec![entry]), place }
        }
        _ => plain(text),
    };
    kinds::check(spec.kind, &node, &At::Root, report);
    Some((spec, node))
}

fn nearest_variable(name: &InputName, runbook: &Runbook) -> Option<String> {
    let known = runbook.inputs.keys().map(InputName::as_str);
    let near = crate::runbook::nearest::nearest(name.as_str(), known)?;
    Some(format!("did you mean `{PREFIX}{}`?", near.to_uppercase()))
}

/// The typed value of sound JSON; nothing when it is not sound.
fn typed(kind: InputKind, json: &serde_json::Value, folders: Folders<'_>) -> Option<InputValue> {
    Some(match kind {
        InputKind::Url => InputValue::Url(Url::parse(json.as_str()?).ok()?),
        InputKind::Text => InputValue::Text(json.as_str()?.to_owned()),
        InputKind::Amount => InputValue::Amount(json.as_str()?.to_owned()),
        InputKind::Globs => InputValue::Globs(read(json)?),
        InputKind::Paths => {
            let paths: Vec<String> = read(json)?;
            InputValue::Paths(paths.iter().map(|path| folders.absolute(path)).collect())
        }
        InputKind::Secret => InputValue::Secret(reference(&read(json)?)?),
        InputKind::Observer => InputValue::Observer(match read(json)? {
            ObserverText::Url(url) => Observer::Url(Url::parse(&url.0).ok()?),
            ObserverText::Command(argv) => Observer::Command(argv.0),
        }),
    })
}

/// Where a secret comes from; nothing when it is not sound.
pub fn reference(text: &SecretText) -> Option<SecretRef> {
    Some(match text {
        SecretText::Env(name) => SecretRef::Env(name.0.clone()),
        SecretText::File(path) => SecretRef::File(path.clone()),
        SecretText::Command(argv) => SecretRef::Command(argv.0.clone()),
        SecretText::Keyring(entry) => {
            let (service, user) = entry.0.split_once('/')?;
            SecretRef::Keyring { service: service.to_owned(), user: user.to_owned() }
        }
        SecretText::Prompt => SecretRef::Prompt,
    })
}

fn read<T: DeserializeOwned>(json: &serde_json::Value) -> Option<T> {
    serde_json::from_value(json.clone()).ok()
}
