//! What the world looks like now, as far as it can be told without running a check.
//!
//! Called by `Workspace::look_around` every few seconds, so everything here is cheap: inputs as
//! they stand in the configuration, secrets only once something has resolved them.

use serde_json::{Map, Value};

use crate::checks::Check;
use crate::config::Config;
use crate::config::inputs::{InputValue, Inputs, Observer};
use crate::launch::event::Facts;
use crate::runbook::model::{InputName, Runbook};
use crate::scan;
use crate::secrets::Fingerprint;
use crate::text::visible;

/// What is said of an input that has no value.
const NOT_SET: &str = "not set";

/// Every input of the runbook by its name, secrets as fingerprints with `key`, and the commit that
/// is checked out in each source.
#[must_use]
pub fn facts(config: &Config, runbook: &Runbook, key: &str) -> Facts {
    let inputs = runbook.inputs.keys();
    let inputs = inputs.filter_map(|name| Some((name.0.clone(), said(&config.inputs, name, key)?)));
    let sources =
        ["source", "handler_source"].into_iter().flat_map(|name| config.inputs.paths(name));
    let commits = sources.filter_map(|path| {
        let shown = visible(&path.to_string_lossy(), 300);
        Some((format!("commit of {shown}"), scan::commit_of(path)?))
    });
    inputs.chain(commits).collect()
}

/// The inputs that a check reads, as they stand now: what its result rests on. An input without a
/// value is a fact too, so that giving it one later makes the result stale.
#[must_use]
pub fn inputs_of(
    check: &dyn Check,
    args: &Map<String, Value>,
    inputs: &Inputs,
    key: &str,
) -> Facts {
    let names = check.inputs(args).into_iter();
    names.filter_map(|name| Some((name.0.clone(), said(inputs, &name, key)?))).collect()
}

/// One input as a fact, or that it has no value.
fn said(inputs: &Inputs, name: &InputName, key: &str) -> Option<String> {
    match inputs.get(name.as_str()) {
        None => Some(NOT_SET.to_owned()),
        Some(_) => of(inputs, name.as_str(), key),
    }
}

/// One input as a fact; `None` for a secret that nothing has resolved yet.
fn of(inputs: &Inputs, name: &str, key: &str) -> Option<String> {
    Some(match &inputs.get(name)?.value {
        InputValue::Secret(_) => Fingerprint::of(&inputs.known(name)?, key).to_string(),
        InputValue::Paths(paths) => {
            let texts = paths.iter().map(|path| path.display().to_string());
            texts.collect::<Vec<_>>().join(", ")
        }
        InputValue::Globs(globs) => globs.join(", "),
        InputValue::Text(text) | InputValue::Amount(text) => text.clone(),
        InputValue::Url(url) | InputValue::Observer(Observer::Url(url)) => url.to_string(),
        InputValue::Observer(Observer::Command(argv)) => argv.join(" "),
    })
}
