//! Which logs are read, and how: the inputs and `logs` of `golive.yaml`, put together.
//!
//! Called by the checks that read a merchant's logs, by `golive watch` and by the screen, so that
//! all of them read the same lines in the same way.

use std::path::Path;

use url::Url;

use crate::config::WeekConfig;
use crate::config::inputs::{InputValue, Inputs};
use crate::events::feed::LogSet;
use crate::events::fields::Fields;
use crate::events::record;
use crate::events::sample::Reading;
use crate::events::source::Role;
use crate::events::target::Hosts;

/// The log of webhooks.
pub const EVENTS: (&str, Role) = ("event_log", Role::Events);

/// The inputs with the logs, each with what it is a log of.
pub const LOGS: [(&str, Role); 4] = [
    EVENTS,
    ("delivery_log", Role::Deliveries),
    ("request_log", Role::Requests),
    ("application_log", Role::Application),
];

/// The logs that the inputs name, and where `golive listen` records, if that file is there.
#[must_use]
pub fn log_set(inputs: &Inputs, base: &Path, week: &WeekConfig, received: Option<&Path>) -> LogSet {
    let mut globs = globs(inputs, &LOGS);
    globs.extend(records(received));
    LogSet { base: base.to_owned(), globs, reading: reading(inputs, week) }
}

/// The patterns of these logs.
#[must_use]
pub fn globs(inputs: &Inputs, logs: &[(&str, Role)]) -> Vec<(Role, String)> {
    let of = |(name, role): &(&str, Role)| match inputs.get(name).map(|it| &it.value) {
        Some(InputValue::Globs(globs)) => globs.iter().map(|glob| (*role, glob.clone())).collect(),
        _ => Vec::new(),
    };
    logs.iter().flat_map(of).collect()
}

/// The pattern that matches what `golive listen` records, if that file is there.
#[must_use]
pub fn records(received: Option<&Path>) -> Option<(Role, String)> {
    let recorded = received.filter(|path| path.exists()).and_then(Path::to_str);
    recorded.map(|path| (Role::Events, globset::escape(path)))
}

/// How their lines are read.
#[must_use]
pub fn reading(inputs: &Inputs, week: &WeekConfig) -> Reading {
    Reading {
        record: record::Reading { hosts: hosts(inputs), fields: Fields::default() },
        members: week.logs.clone(),
        webhook_path: inputs.url("webhook_url").map(|url| url.path().to_owned()),
    }
}

/// MintCash's own hosts, and those of this launch.
#[must_use]
pub fn hosts(inputs: &Inputs) -> Hosts {
    let mut hosts = Hosts::default();
    let named = |name| inputs.url(name).and_then(host);
    hosts.live.extend(named("api_url"));
    hosts.test.extend(named("sandbox_url"));
    hosts
}

fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_ascii_lowercase();
    Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
}
