//! Which logs the first week is read from: the inputs, put together for the feed.
//!
//! Called by the four checks, by `golive watch` and by the screen, so that all of them read the
//! same lines.

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

/// The inputs with the logs, each with what it is a log of.
pub const LOGS: [(&str, Role); 4] = [
    ("event_log", Role::Events),
    ("delivery_log", Role::Deliveries),
    ("request_log", Role::Requests),
    ("application_log", Role::Application),
];

/// The logs that the inputs name, and where `golive listen` records, if that file is there.
#[must_use]
pub fn log_set(inputs: &Inputs, base: &Path, week: &WeekConfig, received: Option<&Path>) -> LogSet {
    let of = |(name, role): (&str, Role)| match inputs.get(name).map(|it| &it.value) {
        Some(InputValue::Globs(globs)) => globs.iter().map(|glob| (role, glob.clone())).collect(),
        _ => Vec::new(),
    };
    let mut globs: Vec<(Role, String)> = LOGS.into_iter().flat_map(of).collect();
    let recorded = received.filter(|path| path.exists()).and_then(Path::to_str);
    globs.extend(recorded.map(|path| (Role::Events, globset::escape(path))));
    LogSet {
        base: base.to_owned(),
        globs,
        reading: Reading {
            record: record::Reading { hosts: hosts(inputs), fields: Fields::default() },
            members: week.logs.clone(),
            webhook_path: inputs.url("webhook_url").map(|url| url.path().to_owned()),
        },
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
