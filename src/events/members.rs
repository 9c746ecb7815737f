//! Where the members of a merchant's own log lines are: `logs` in `golive.yaml`.
//!
//! Used by [`sample`](super::sample) before it looks for the usual names, by
//! [`own_shape`](super::own_shape) around a reader of envelopes, and for what `fields` of
//! `external-id-log` does not say. A path names members from
//! the outside to the inside, `req.body.eventId`; a text on the way that holds JSON is looked into.

use schemars::JsonSchema;
use serde::Deserialize;

use super::source::Role;

/// The paths for each kind of log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogMembers {
    /// For the logs of webhooks.
    pub event_log: Members,
    /// For the access logs of the webhook endpoint.
    pub delivery_log: Members,
    /// For the logs of requests to MintCash.
    pub request_log: Members,
    /// For the logs of your application's errors.
    pub application_log: Members,
}

/// The paths of the members that a merchant's log has elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Members {
    /// When the line was written.
    pub time: Option<String>,
    /// The envelope of the event, an object or a text that holds one. What stands in it counts; the
    /// other paths to an event's members are for lines without one.
    pub envelope: Option<String>,
    /// The event's id.
    pub event_id: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// When MintCash made the event.
    pub created_at: Option<String>,
    /// `test` or `live`.
    pub environment: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<String>,
    /// How long the answer took, in milliseconds.
    pub ms: Option<String>,
    /// How long the answer took, in seconds.
    pub seconds: Option<String>,
    /// The URL or path.
    pub url: Option<String>,
    /// The failure code of a payment, or the code of an error.
    pub code: Option<String>,
    /// The `requestId` of an error.
    pub request_id: Option<String>,
    /// The `externalId`.
    pub external_id: Option<String>,
    /// MintCash's id of the payment, refund or subscription.
    pub resource_id: Option<String>,
    /// MintCash's id of the subscription.
    pub subscription_id: Option<String>,
}

impl LogMembers {
    /// The paths for a log of that kind.
    #[must_use]
    pub fn of(&self, role: Role) -> &Members {
        match role {
            Role::Events => &self.event_log,
            Role::Deliveries => &self.delivery_log,
            Role::Requests => &self.request_log,
            Role::Application => &self.application_log,
        }
    }

    /// Each kind of log by its name, with its paths.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Members); 4] {
        [
            ("event_log", &self.event_log),
            ("delivery_log", &self.delivery_log),
            ("request_log", &self.request_log),
            ("application_log", &self.application_log),
        ]
    }

    /// What is wrong with the paths.
    #[must_use]
    pub fn lint(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (log, members) in self.all() {
            let is_broken = |path: &str| path.split('.').any(|part| part.trim().is_empty());
            let broken = members.set().filter(|(_, path)| is_broken(path));
            faults.extend(broken.map(|(member, _)| Fault {
                log,
                member,
                what: "this is no path: a part of it is empty",
                hint: "name the members from the outside to the inside: req.body.eventId",
            }));
            if members.ms.is_some() && members.seconds.is_some() {
                faults.push(Fault {
                    log,
                    member: "seconds",
                    what: "how long an answer took is said twice, as `ms` and as `seconds`",
                    hint: "keep the one that the log has",
                });
            }
        }
        faults
    }
}

/// Something wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of log, by its name under `logs`.
    pub log: &'static str,
    /// The member, by its name under it.
    pub member: &'static str,
    /// What is wrong.
    pub what: &'static str,
    /// What to do.
    pub hint: &'static str,
}

impl Members {
    /// The paths that are given, each with its name in `golive.yaml`.
    pub fn set(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("time", &self.time),
            ("envelope", &self.envelope),
            ("event_id", &self.event_id),
            ("event", &self.event),
            ("created_at", &self.created_at),
            ("environment", &self.environment),
            ("status", &self.status),
            ("ms", &self.ms),
            ("seconds", &self.seconds),
            ("url", &self.url),
            ("code", &self.code),
            ("request_id", &self.request_id),
            ("external_id", &self.external_id),
            ("resource_id", &self.resource_id),
            ("subscription_id", &self.subscription_id),
        ];
        all.into_iter().filter_map(|(name, path)| Some((name, path.as_deref()?)))
    }

    /// Whether none is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}
