//! The check `webhook-odd-events`: what real life sends beside ordinary events does not break the
//! handler.
//!
//! `events` are odd but genuine, and must be taken; `junk` is what anyone may send, and must be
//! refused without harm; `slow` is a client that trickles. Only what loses events or lets anyone
//! stop the handler fails the check; the rest is an advisory.

mod events;
mod junk;
mod slow;

use std::time::Duration;

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::checks::generic::arguments;
use crate::checks::webhook::case::Case;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::sender::{self, Sender, Stop};
use crate::checks::webhook::site::{Args, Site};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::wire::reserved::Trickle;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use crate::runbook::model::InputName;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookOddEvents {
    limits: Limits,
    trickle: Trickle,
}

impl WebhookOddEvents {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(
        Limits::PRODUCTION,
        Trickle { every: Duration::from_secs(1), most: Duration::from_secs(15) },
    );

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits, trickle: Trickle) -> Self {
        Self { limits, trickle }
    }

    async fn probe(
        &self,
        context: &CheckContext,
        sender: &Sender<'_>,
        case: &mut Case,
    ) -> Result<(), Stop> {
        let signing = sender.site().signing();
        let baseline = junk::baseline(sender, context.now).await?;
        if baseline.is_accepted() {
            case.open(
                "A request without a signature is accepted, so that nothing more was sent. \
                 webhook-signature says what that means.",
            );
            return Ok(());
        }
        let local = sender.site().wire.target().is_loopback();
        let (stalled, go_on) = oneshot::channel();
        let mut slow_case = Case::default();
        let slow = slow::Slow {
            sender,
            trickle: self.trickle,
            now: context.now,
            usual: baseline.took,
            case: &mut slow_case,
        };
        let others = async {
            let _the_slow_one_has_begun = go_on.await;
            let events = match &signing {
                Ok(secret) => events::send(sender, secret, context.now, case).await?,
                Err(why) => {
                    case.open(format!("Only unsigned junk was sent: {}", why.message));
                    case.remark((**why).clone());
                    events::Taken::default()
                }
            };
            if events.stopped {
                return Ok((events.accepted, 0));
            }
            let junk = junk::Junks { sender, usual: &baseline, after: &events };
            let junk = junk.send(context.now, case).await?;
            if let Ok(secret) = signing
                && local
                && !case.has_failed()
            {
                events::send_junk(sender, secret, case).await?;
            }
            Ok::<_, Stop>((events.accepted, junk))
        };
        let (slow, others) = tokio::join!(slow.send(stalled), others);
        // One end of a handler is told once: by the probe after which it was seen first.
        if case.has("stopped-by-event") || case.has("stopped-by-junk") {
            slow_case.forget("stopped-by-hang-up");
        }
        case.merge(slow_case);
        let (events, junk) = others?;
        slow?;
        case.passed(if case.is_clean() {
            format!(
                "Nothing odd breaks the handler: {events} odd events accepted, {junk} kinds of junk \
                 refused, a slow client holds up nobody."
            )
        } else {
            "Nothing odd breaks the handler; the findings say what could be better.".to_owned()
        });
        Ok(())
    }
}

#[async_trait]
impl Check for WebhookOddEvents {
    fn name(&self) -> &'static str {
        "webhook-odd-events"
    }

    fn about(&self) -> &'static str {
        "unknown types, late and oddly shaped events are accepted; junk, huge and slow requests are \
         refused and harm nobody"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        ["webhook_url", "webhook_secret"].map(InputName::from).into()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let target = context.inputs.url("webhook_url").and_then(|url| Target::of(url).ok());
        let local = target.is_some_and(|target| target.is_loopback());
        let mut kinds = vec![&junk::BASELINE];
        kinds.extend(slow::KINDS);
        kinds.extend(events::kinds());
        kinds.extend(junk::kinds(local));
        kinds.extend(local.then(events::junk_kind));
        sender::plan(context, &kinds)
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let site = match Site::of(context, self.limits).await {
            Ok(site) => site,
            Err(why) => return CheckReport::unknown(why),
        };
        let sender = Sender::new(&site, context);
        let mut case = Case::default();
        let ended = self.probe(context, &sender, &mut case).await;
        case.report(&sender, ended)
    }
}
