//! What the world looks like now, as far as it can be told without running a check.
//!
//! Called by `Workspace::look_around` every few seconds, so everything here is cheap: inputs as
//! they stand in the configuration, secrets only once something has resolved them.

use crate::checks::Check;
use crate::config::Config;
use crate::config::inputs::{InputValue, Inputs, Observer};
use crate::launch::event::Facts;
use crate::secrets::Fingerprint;
use serde_json::{Map, Value};

/// What is said of an input that has no value.
const NOT_SET: &str = "not set";

/// Every input in force by its name, secrets as fingerprints with `key`.
#[must_use]
pub fn facts(config: &Config, key: &str) -> Facts {
    let inputs = config.inputs.iter();
    inputs
        .filter_map(|(name, _)| Some((name.0.clone(), of(&config.inputs, name.as_str(), key)?)))
        .collect()
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
    names
        .filter_map(|name| {
            let says = match inputs.get(name.as_str()) {
                None => Some(NOT_SET.to_owned()),
                Some(_) => of(inputs, name.as_str(), key),
            };
            Some((name.0, says?))
        })
        .collect()
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
