//! Where the members of a merchant's own log lines are: `logs` in `golive.yaml`.
//!
//! Used by [`sample`](super::sample) before it looks for the usual names. A path names members from
//! the outside to the inside, `req.body.eventId`; a text on the way that holds JSON is looked into.

use schemars::JsonSchema;
use serde::Deserialize;

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
    /// The envelope of the event, an object or a text that holds one.
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
