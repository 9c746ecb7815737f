//! What a program can find out by itself: the [`Check`] trait, its context, the registry.
//!
//! Called by `runtime::run` on behalf of every face. A check gets its inputs, does its work, says
//! each probe as it finishes and hands back a [`CheckReport`]; it never prints, never reads the
//! configuration itself and never decides about a step. One folder per runbook section, one file
//! per check; to add a check, write the file and add one line to [`registry`].

pub mod book;
pub mod context;
pub mod credentials;
pub mod demo;
pub mod first_week;
pub mod generic;
pub mod idempotency;
pub mod logs;
pub mod observer;
pub mod registry;
pub mod rehearsal;
pub mod vantage;
pub mod webhook;

use std::collections::BTreeSet;

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};

use crate::launch::money::Spend;
pub use crate::launch::outcome::{CheckReport, Finding, Level, Outcome};
use crate::runbook::model::InputName;
use crate::text::visible;
pub use context::{Cancelled, CheckContext, Progress};

/// What verifying can do to the world (design.md section 4), from nothing to money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing leaves this machine, or read-only calls.
    Reads,
    /// Requests that a correct handler must refuse.
    Refusable,
    /// A validly signed but inert event; needs arming.
    Harmless,
    /// Changes state; the test environment only.
    Stateful,
    /// A real charge; needs a typed confirmation.
    Money,
}

impl Effect {
    /// The word for it, the same on every face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Refusable => "refusable",
            Self::Harmless => "harmless",
            Self::Stateful => "stateful",
            Self::Money => "money",
        }
    }
}

/// Something that a check would do, for `--dry-run` and for the question before an armed probe.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Planned {
    /// What it can do to the world.
    pub effect: Effect,
    /// What it is, in words: `POST without a signature`.
    pub what: String,
    /// To where: a URL, a folder, a command.
    pub target: String,
    /// The host that must be armed before it is sent, where it must.
    pub arms: Option<String>,
    /// The real money that it moves, which somebody has to confirm by typing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<Spend>,
}

/// What goes out once the hosts of a plan are armed, one sentence for each kind, for the question
/// before it: signed events, and keys to a host that is not MintCash's own.
#[must_use]
pub fn arming(planned: &[&Planned]) -> Vec<String> {
    let hosts = |keys: bool| {
        let asks = |effect| matches!(effect, Effect::Reads | Effect::Stateful);
        let armed = planned.iter().filter(|plan| asks(plan.effect) == keys);
        let hosts: BTreeSet<_> = armed.filter_map(|plan| plan.arms.as_deref()).collect();
        let shown: Vec<_> = hosts.into_iter().map(|host| visible(host, 120)).collect();
        (!shown.is_empty()).then(|| shown.join(" and "))
    };
    let events = hosts(false).map(|hosts| {
        format!("This sends validly signed events to {hosts}. They are inert, but a handler can not tell.")
    });
    let keys = hosts(true).map(|hosts| {
        format!("This sends your API keys to {hosts}, which is not a host of MintCash.")
    });
    events.into_iter().chain(keys).collect()
}

/// A check, as registered.
#[async_trait]
pub trait Check: Send + Sync {
    /// Its name in `runbook.yaml`, `webhook-signature`.
    fn name(&self) -> &'static str;

    /// What it verifies, in one sentence for the docs table and the schema.
    fn about(&self) -> &'static str;

    /// The strongest effect that it can have.
    fn effect(&self) -> Effect;

    /// The inputs that it reads; those in force become facts of its result.
    fn inputs(&self, args: &Map<String, Value>) -> Vec<InputName>;

    /// The JSON Schema of its arguments in `runbook.yaml`.
    fn args_schema(&self) -> Schema;

    /// Says what is wrong with the arguments, one sentence each; empty when nothing is.
    fn lint(&self, args: &Map<String, Value>) -> Vec<String>;

    /// Lists what [`run`](Self::run) would do now, in order, without doing it.
    async fn plan(&self, context: &CheckContext) -> Vec<Planned>;

    /// Does it. Ends early with an *unknown* report when `context.cancel` fires.
    async fn run(&self, context: &CheckContext) -> CheckReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_a_host_is_armed_it_is_said_whether_events_or_keys_go_there() {
        let plan = |effect, arms: Option<&str>| Planned {
            effect,
            what: "something".into(),
            target: "somewhere".into(),
            arms: arms.map(str::to_owned),
            spend: None,
        };
        let hook = [Effect::Harmless, Effect::Refusable].map(|it| plan(it, Some("shop.example")));
        let [hook, forged] = &hook;
        let keys = plan(Effect::Reads, Some("api.shop.example"));
        let files = plan(Effect::Reads, None);
        let events = "This sends validly signed events to shop.example. They are inert, but a \
                      handler can not tell.";
        let secrets =
            "This sends your API keys to api.shop.example, which is not a host of MintCash.";
        assert_eq!(arming(&[hook, forged, &files]), [events]);
        assert_eq!(arming(&[&keys, &files]), [secrets]);
        assert_eq!(arming(&[hook, &keys]), [events, secrets]);
        assert!(arming(&[&files]).is_empty());
    }
}
