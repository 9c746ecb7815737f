//! Whether production's webhook handler has the secret that golive was given: an inert event signed
//! with it is accepted, one signed with another is not.
//!
//! Called by the check when the webhook's host is armed or is this machine. The rule it keeps: what
//! is refused proves nothing by itself, since a handler may have reasons of its own to refuse an
//! event that it does not know.

use std::path::Path;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::checks::webhook::bodies;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::probe::{
    Asks, Built, Condition, Expect, Family, Material, Needs, Probe,
};
use crate::checks::webhook::runner::{self, Run};
use crate::checks::webhook::site;
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::Wire;
use crate::checks::{CheckContext, Effect, Finding, Level, Planned};
use crate::mintcash::envelope::{Environment, InertEvent, probe_id};
use crate::mintcash::signature::{sign, sign_with_key};
use crate::secrets::Secret;

/// What came of it.
#[derive(Debug, Default)]
pub struct Found {
    /// What is to be said.
    pub findings: Vec<Finding>,
    /// In a few words, for the evidence.
    pub says: String,
    /// The probes as a table, when some were sent.
    pub probes: Option<serde_json::Value>,
}

static WRONG: Family = Family { name: "wrong-secret", only_if: None };
static RIGHT: Family = Family { name: "right-secret", only_if: Some(WRONG_REFUSED) };
static OTHER: Family = Family { name: "sandbox-secret", only_if: Some(RIGHT_REFUSED) };

const WRONG_REFUSED: Condition = Condition {
    words: "an event signed with a wrong secret is refused",
    asks: &[Asks::Family(&WRONG)],
    holds: |so_far| so_far.verdict("wrong-secret") == Verdict::Refused,
};
const UNKNOWN_REFUSED: Condition = Condition {
    words: "the unknown event type is refused",
    asks: &[Asks::Probe("right-secret-unknown-type")],
    holds: |so_far| so_far.verdict("right-secret-unknown-type") == Verdict::Refused,
};
const RIGHT_REFUSED: Condition = Condition {
    words: "events signed with webhook_secret are refused",
    asks: &[Asks::Family(&RIGHT)],
    holds: right_refused,
};

fn right_refused(so_far: &Transcript) -> bool {
    so_far.verdict("right-secret-unknown-type") == Verdict::Refused
        && so_far.verdict("right-secret-known-type") == Verdict::Refused
}

/// The probes, in order.
static PROBES: &[Probe] = &[
    Probe {
        id: "wrong-secret",
        what: "POST signed with a wrong secret",
        family: &WRONG,
        expect: Expect::Refused,
        needs: Needs::Arming,
        only_if: None,
        build: |m, _| {
            let body = body(m, InertEvent::Unknown);
            let signature = sign_with_key(m.wrong_secret.as_bytes(), &body).hex();
            Some(Built::signed(signature.into_bytes(), body))
        },
    },
    Probe {
        id: "right-secret-unknown-type",
        what: "POST signed with webhook_secret",
        family: &RIGHT,
        expect: Expect::Accepted,
        needs: Needs::Arming,
        only_if: None,
        build: |m, _| signed(m, m.secret?, InertEvent::Unknown),
    },
    Probe {
        id: "right-secret-known-type",
        what: "POST signed with webhook_secret, of a known type",
        family: &RIGHT,
        expect: Expect::Accepted,
        needs: Needs::Arming,
        only_if: Some(UNKNOWN_REFUSED),
        build: |m, _| signed(m, m.secret?, InertEvent::PaymentCreated),
    },
    Probe {
        id: "sandbox-secret-unknown-type",
        what: "POST signed with test_webhook_secret",
        family: &OTHER,
        expect: Expect::Either,
        needs: Needs::Arming,
        only_if: None,
        build: |m, _| signed(m, m.test_secret?, InertEvent::Unknown),
    },
    Probe {
        id: "sandbox-secret-known-type",
        what: "POST signed with test_webhook_secret, of a known type",
        family: &OTHER,
        expect: Expect::Either,
        needs: Needs::Arming,
        only_if: None,
        build: |m, _| signed(m, m.test_secret?, InertEvent::PaymentCreated),
    },
];

fn body(material: &Material<'_>, event: InertEvent) -> Vec<u8> {
    let event = material.event(event, Environment::Live);
    bodies::write(&bodies::value(&event), bodies::COMPACT)
}

fn signed(material: &Material<'_>, secret: &Secret, event: InertEvent) -> Option<Built> {
    let body = body(material, event);
    let signature = sign(secret, &body).hex().into_bytes();
    Some(Built::signed(signature, body))
}

/// Where the probes would go, when there is such a place.
fn target(context: &CheckContext) -> Option<Target> {
    let target = Target::of(context.inputs.url("webhook_url")?).ok()?;
    site::carries_signed(&target).then_some(target)
}

/// Lists what would be sent.
#[must_use]
pub fn plan(context: &CheckContext) -> Vec<Planned> {
    let Some(target) = target(context) else { return Vec::new() };
    if context.inputs.secret_ref("webhook_secret").is_none() {
        return Vec::new();
    }
    let arms = site::arms(&target);
    let mut planned = runner::plan(PROBES, &target.shown(), arms.as_deref(), true);
    if let Some(wrong) = planned.first_mut() {
        wrong.effect = Effect::Refusable;
    }
    planned
}

/// Finds out whether the handler has the secret.
pub async fn ask(
    context: &CheckContext,
    secret: Option<&Secret>,
    test_secret: Option<&Secret>,
    extra_ca: Option<&Path>,
) -> Found {
    let not_tried = |why: String, hint: String| Found {
        findings: vec![
            Finding::new(
                Level::Info,
                format!(
                    "Whether the webhook handler has this webhook_secret was not tried: {why}."
                ),
            )
            .hint(hint),
        ],
        says: format!("not tried: {why}"),
        probes: None,
    };
    let Some(secret) = secret else {
        return not_tried("it could not be had".into(), "Name in golive.yaml where it is.".into());
    };
    let Some(target) = target(context) else {
        let hint = "Set webhook_url to the https address of the live webhook.";
        return not_tried("webhook_url leads to no place for it".into(), hint.into());
    };
    if !target.is_armed(context) {
        let arms = target.arms();
        let hint = format!("Arm it: type its name on screen, or verify with --arm {arms}");
        return not_tried(format!("{arms} is not armed"), hint);
    }
    match send(context, target, secret, test_secret, extra_ca).await {
        Ok(transcript) => judge(&transcript),
        Err(why) => not_tried(why, "See what webhook-endpoint says about it.".into()),
    }
}

async fn send(
    context: &CheckContext,
    target: Target,
    secret: &Secret,
    test_secret: Option<&Secret>,
    extra_ca: Option<&Path>,
) -> Result<Transcript, String> {
    let roots = Roots::load(extra_ca).map_err(|error| error.to_string())?;
    let addresses = tokio::select! {
        () = context.cancel.cancelled() => return Err("cancelled".into()),
        found = target.addresses() => found.map_err(|failure| {
            let (LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) = failure;
            format!("its host was not found ({why})")
        })?,
    };
    let url = target.url.clone();
    let wire = Wire::new(target, roots, Limits::PRODUCTION, context);
    let material = Material {
        secret: Some(secret),
        test_secret: test_secret.filter(|test| *test != secret),
        wrong_secret: Zeroizing::new(format!("golive-wrong-secret-{}", Uuid::new_v4())),
        now: context.now,
        url: &url,
    };
    let id = probe_id(context.now);
    let progress = &context.progress;
    let mut transcript = Transcript::default();
    for address in addresses {
        let run = Run { wire: &wire, address, material: &material, armed: true, id: &id, progress };
        transcript = runner::send_all(PROBES, &run).await;
        if transcript.answered() > 0 {
            break;
        }
    }
    Ok(transcript)
}

/// What the answers mean.
fn judge(transcript: &Transcript) -> Found {
    let (level, says, hint) = if transcript.accepted(&WRONG).is_some() {
        (
            Level::Advisory,
            "the webhook handler accepts events that are signed with a wrong secret, so what it has \
             can not be seen",
            "See webhook.signature: anyone can forge events.",
        )
    } else if let Some(row) = transcript.accepted(&RIGHT) {
        let place = row.place();
        let message = "The webhook handler has this webhook_secret: it accepts what is signed with it, and \
                       refuses what is signed with a wrong one.";
        return Found {
            findings: vec![Finding::new(Level::Info, message).at(place)],
            says: "in use: the webhook handler accepts what is signed with it, and refuses what is not"
                .into(),
            probes: Some(transcript.evidence()),
        };
    } else if transcript.accepted(&OTHER).is_some() {
        (
            Level::Blocking,
            "the webhook handler has the webhook secret of the sandbox, not webhook_secret",
            "Set the live secret in production. MintCash's live events are refused until then.",
        )
    } else if right_refused(transcript) {
        (
            Level::Advisory,
            "the webhook handler refuses events that are signed with webhook_secret: it has another \
             secret, or refuses these events for another reason",
            "See what webhook-signature says about the cause.",
        )
    } else {
        (
            Level::Info,
            "the webhook handler did not answer so that it could be seen which webhook secret it has",
            "See what webhook-signature says about it.",
        )
    };
    let place = transcript.rows.iter().rfind(|row| row.verdict() != Verdict::NotSent);
    let mut finding = Finding::new(level, format!("{}.", capital(says))).hint(hint);
    finding.place = place.map(Row::place);
    Found { findings: vec![finding], says: says.to_owned(), probes: Some(transcript.evidence()) }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
