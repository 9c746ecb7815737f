//! The one list of checks: the loader, the schema, the docs and `verify` all read it.

use crate::checks::Check;
use crate::checks::credentials::api_key::ApiKeyCheck;
use crate::checks::credentials::production_config::ProductionConfig;
use crate::checks::credentials::retired_webhook::RetiredWebhook;
use crate::checks::credentials::secret_storage::SecretStorage;
use crate::checks::first_week::WeekCheck;
use crate::checks::generic::{command::Command, file::File, http::Http};
use crate::checks::idempotency::external_id_calls::ExternalIdCalls;
use crate::checks::idempotency::external_id_log::ExternalIdLog;
use crate::checks::idempotency::replay::IdempotentReplay;
use crate::checks::rehearsal::{LiveCheck, Rules};
use crate::checks::webhook::constant_time::ConstantTime;
use crate::checks::webhook::dedupe::WebhookDedupe;
use crate::checks::webhook::endpoint::WebhookEndpoint;
use crate::checks::webhook::environment::WebhookEnvironment;
use crate::checks::webhook::latency::WebhookLatency;
use crate::checks::webhook::live_event::LiveEvent;
use crate::checks::webhook::odd_events::WebhookOddEvents;
use crate::checks::webhook::signature::WebhookSignature;
use crate::runbook::model::CheckName;
use crate::week::panel::Topic;

/// All checks, in the order of the documentation: the provider's by section, then the generic ones.
const ALL: &[&dyn Check] = &[
    // credentials
    &ApiKeyCheck::PRODUCTION,
    &SecretStorage,
    &ProductionConfig,
    &RetiredWebhook::PRODUCTION,
    // webhook
    &LiveEvent,
    &WebhookEndpoint::PRODUCTION,
    &WebhookSignature::PRODUCTION,
    &ConstantTime,
    &WebhookEnvironment::PRODUCTION,
    &WebhookDedupe::PRODUCTION,
    &WebhookLatency::PRODUCTION,
    &WebhookOddEvents::PRODUCTION,
    // idempotency
    &ExternalIdCalls,
    &ExternalIdLog,
    &IdempotentReplay::PRODUCTION,
    // rehearsal
    &LiveCheck::charge(Rules::PRODUCTION),
    &LiveCheck::refund(Rules::PRODUCTION),
    &LiveCheck::subscription(Rules::PRODUCTION),
    &LiveCheck::cancel(Rules::PRODUCTION),
    // first week
    &WeekCheck { topic: Topic::DeliveryRate },
    &WeekCheck { topic: Topic::FailureCodes },
    &WeekCheck { topic: Topic::Churn },
    &WeekCheck { topic: Topic::RequestCorrelation },
    // generic
    &Http,
    &Command,
    &File,
];

/// All checks.
#[must_use]
pub fn all() -> &'static [&'static dyn Check] {
    ALL
}

/// The check of that name.
#[must_use]
pub fn find(name: &CheckName) -> Option<&'static dyn Check> {
    all().iter().copied().find(|check| check.name() == name.as_str())
}
