//! What the rehearsal's checks say: findings and evidence that all of them share. Pure.

use serde_json::{Value, json};

use crate::checks::rehearsal::access::Access;
use crate::checks::rehearsal::scene::{self, Scene, Wait};
use crate::checks::rehearsal::send::Sent;
use crate::checks::rehearsal::sighting::Sighting;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::launch::money::{Act, MoneyFact, Source, Spend, Tracked};
use crate::mintcash::call::{CallError, Trouble};
use crate::mintcash::error::Kind;
use crate::text::{Untrusted, visible};

/// How much of a text from outside is shown.
const SHOWN: usize = 120;

/// What the thing is called that an act makes.
#[must_use]
pub fn thing(act: Act) -> &'static str {
    match act {
        Act::Charge => "the payment",
        Act::Refund => "the refund",
        Act::Subscribe | Act::Cancel => "the subscription",
    }
}

/// Adds a finding once.
pub fn add(findings: &mut Vec<Finding>, finding: Finding) {
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

/// A report with one finding that says the same and what to do.
#[must_use]
pub fn says(outcome: Outcome, says: impl Into<String>, hint: impl Into<String>) -> CheckReport {
    let level = match outcome {
        Outcome::Fail => Level::Blocking,
        Outcome::Unknown => Level::Advisory,
        Outcome::Pass | Outcome::Waiting => Level::Info,
    };
    let says = says.into();
    let finding = Finding::new(level, &says).hint(hint);
    CheckReport::new(outcome, says).with(finding)
}

/// The run was cancelled; what is on its way stays in the journal.
#[must_use]
pub fn cancelled(scene: &Scene) -> CheckReport {
    let what = thing(scene.tracked.intent.spend.act);
    CheckReport::unknown(format!("Cancelled. The journal keeps {what}; verify again to go on."))
}

/// Something has to be typed before anything is sent.
#[must_use]
pub fn unconfirmed(spend: &Spend) -> CheckReport {
    let what = spend.sentence();
    let hint = "Verify the step on screen and type what it asks for. On the command line `golive \
                verify STEP --dry-run` says the words for `--spend`.";
    if spend.again {
        let says = format!(
            "The answer to a request of an earlier run is not known, and nobody confirmed to {what}."
        );
        return self::says(Outcome::Waiting, says, hint)
            .with(Finding::new(Level::Info, "It is the same request, byte for byte: MintCash makes of it what it made before, and nothing twice."));
    }
    says(Outcome::Unknown, format!("Nothing was sent: nobody confirmed to {what}."), hint)
}

/// The inputs are not fit for it.
#[must_use]
pub fn terms(wrong: &[Finding]) -> CheckReport {
    let first = wrong.first().map(|finding| finding.message.clone()).unwrap_or_default();
    let mut report = CheckReport::unknown(format!("Nothing was sent: {first}"));
    report.findings = wrong.to_vec();
    report
}

/// The journal's money is at another host than the one that is asked now.
#[must_use]
pub fn other_host(tracked: &Tracked, host: &str) -> CheckReport {
    let spend = &tracked.intent.spend;
    let (what, there) = (thing(spend.act), visible(&spend.host, SHOWN));
    says(
        Outcome::Unknown,
        format!("The journal has {what} at {there}, and api_url is {host} now. Nothing was sent."),
        format!(
            "Set api_url back to finish or refund it there. For a rehearsal at {host}, begin a \
             launch of its own with --launch."
        ),
    )
}

/// The bytes of an earlier run must not be sent under other keys.
#[must_use]
pub fn other_keys(tracked: &Tracked) -> CheckReport {
    let request = tracked.intent.request.as_ref();
    let id = request.map(|it| visible(&it.expected().external_id.0, SHOWN)).unwrap_or_default();
    says(
        Outcome::Unknown,
        "A request of an earlier run may have been sent under another key. It is not sent again: \
         in another account it would charge a second time.",
        format!(
            "Verify with the keys of that time. If they are gone, ask your account manager what \
             became of externalId {id}, and begin a launch of its own with --launch."
        ),
    )
}

/// Why the request was not made, or nobody knows whether it was.
#[must_use]
pub fn not_made(sent: &Sent, tracked: &Tracked, access: &Access) -> Option<CheckReport> {
    let trouble = sent.trouble.as_ref()?;
    let (host, act) = (&access.host, tracked.intent.spend.act);
    let what = tracked.intent.spend.sentence();
    let report = match trouble {
        Trouble::Mismatch(mismatch) => mismatched(&mismatch.to_string(), mismatch.id.as_deref()),
        Trouble::Api(said) => {
            let short = said.short();
            let words = said.message.clone().map(|it| format!(": {it}")).unwrap_or_default();
            match said.kind {
                Kind::Declined => says(
                    Outcome::Fail,
                    format!("The card was declined ({short}{words}). No money moved."),
                    "Look at the card and its limits. Verify again to try with a new request.",
                ),
                Kind::Mismatch => says(
                    Outcome::Fail,
                    format!(
                        "{host} knows the externalId of this request with other content ({short}{words})."
                    ),
                    "Nothing new was made. Somebody else used the id, or the request was changed on \
                     its way: ask your account manager, with the ids in the evidence.",
                ),
                Kind::Conflict if act == Act::Refund => says(
                    Outcome::Waiting,
                    format!("{host} does not refund it now ({short}{words})."),
                    "Another refund of the payment still runs, or its state does not allow one. \
                     Verify again in a few minutes.",
                ),
                Kind::TooMuch => says(
                    Outcome::Fail,
                    format!("{host} says that less is left to refund ({short}{words})."),
                    "Somebody refunded a part of it. Verify again: it reads what is left.",
                ),
                Kind::Unavailable | Kind::RateLimited | Kind::Unclear => unclear(&what, &short),
                Kind::Unauthenticated | Kind::Forbidden => {
                    let error = CallError { trouble: trouble.clone(), call: sent.call.clone() };
                    access.explain(&error)
                }
                _ => says(
                    Outcome::Fail,
                    format!("{host} refused to {} ({short}{words}).", act.word()),
                    "Nothing was made. Compare the inputs of the rehearsal with what it says.",
                ),
            }
        }
        other => unclear(&what, &other.says()),
    };
    Some(report)
}

/// The bytes went out, and what came back does not say whether they arrived.
fn unclear(what: &str, why: &str) -> CheckReport {
    says(
        Outcome::Waiting,
        format!("It is not known whether this was done: {what} ({why})."),
        "Verify again and confirm it: the same request is sent once more, byte for byte, which can \
         not be done twice.",
    )
}

/// What came back is not what was asked for.
#[must_use]
pub fn mismatched(how: &str, id: Option<&str>) -> CheckReport {
    let id = id.map(|id| format!(" of {}", visible(id, SHOWN))).unwrap_or_default();
    says(
        Outcome::Fail,
        format!("The answer{id} does not fit the request: {how}."),
        "Do not pay it. The amount was compared in cents and in whole units. Ask your account \
         manager, with this id.",
    )
}

/// What the API says that no waiting mends.
#[must_use]
pub fn no_read(error: &CallError, scene: &Scene, access: &Access) -> CheckReport {
    let what = thing(scene.tracked.intent.spend.act);
    match &error.trouble {
        Trouble::Mismatch(mismatch) => mismatched(&mismatch.to_string(), mismatch.id.as_deref()),
        Trouble::Api(said) if said.kind == Kind::NotFound => says(
            Outcome::Fail,
            format!("{} does not know {what} of the journal ({}).", access.host, said.short()),
            "The keys are those of another account, or api_url is another MintCash. Take those \
             with which it was made.",
        ),
        _ => access.explain(error),
    }
}

/// An event about this that names the sandbox.
#[must_use]
pub fn other_environment(event: &Sighting) -> Finding {
    let environment = visible(event.environment.as_deref().unwrap_or("none"), 40);
    Finding::new(
        Level::Blocking,
        format!("{} came with `environment: {environment}`.", visible(&event.name, 60)),
    )
    .hint("A handler that keeps to it takes no live payment for real. Ask your account manager.")
}

/// An event whose amount is not the one that was sent.
#[must_use]
pub fn other_amount(event: &Sighting, sent: &str, came: Option<&Value>) -> Finding {
    let came = came.map(Value::to_string).unwrap_or_default();
    Finding::new(
        Level::Blocking,
        format!(
            "{} says {} where {sent} was asked for.",
            visible(&event.name, 60),
            Untrusted::new(came).line(40)
        ),
    )
    .hint("It is that amount in neither unit. Ask your account manager before you charge anybody.")
}

/// An event whose amount is in cents.
#[must_use]
pub fn in_cents(event: &Sighting) -> Finding {
    Finding::new(
        Level::Advisory,
        format!("{} writes its amount in cents.", visible(&event.name, 60)),
    )
    .hint("The documentation says whole units. Check that your order shows the right amount.")
}

/// The event came by a way on which nobody verified it.
#[must_use]
pub fn unchecked() -> Finding {
    Finding::new(Level::Advisory, "`golive listen` could not verify the event's signature.")
        .hint("Set webhook_secret, so that it can.")
}

/// A file of events that could not be read.
#[must_use]
pub fn unread(what: &str) -> Finding {
    Finding::new(Level::Advisory, format!("A file of the event log could not be read: {what}."))
        .hint("An event in it is not seen. Check the patterns of event_log and who may read them.")
}

/// The patterns of the event log match nothing.
#[must_use]
pub fn no_files() -> Finding {
    Finding::new(Level::Advisory, "event_log matches no file yet.")
        .hint("Check the patterns in golive.yaml. An event in another file is not seen.")
}

/// The address of a page, where it is one that can be shown.
#[must_use]
pub fn page(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http") && url.host().is_some();
    is_web.then(|| visible(url.as_str(), 2_000))
}

/// Done, and no event tells of it.
#[must_use]
pub fn no_event(scene: &Scene, event: &str, fact: &MoneyFact, done: &str) -> CheckReport {
    let since = scene.since(fact).unwrap_or_default();
    let is_over = since >= scene.delivers_for;
    if is_over && scene.reads {
        return says(
            Outcome::Fail,
            format!("{done}, and no {event} arrived within {}.", crate::time::spoken(since)),
            "MintCash gives up after 24 hours: it does not come any more. Go back to \
             webhook.registered: compare the registered URL with your access log. Your account \
             manager can have the event sent again.",
        );
    }
    if !scene.hears || is_over {
        return says(
            Outcome::Unknown,
            format!("{done}, but there is nowhere to look for {event}."),
            "Set event_log to where your handler writes the events it takes, or let `golive \
             listen` take them, and verify again.",
        );
    }
    says(
        Outcome::Waiting,
        format!("{done}, but {event} has not arrived yet."),
        "MintCash tries again for up to 24 hours: after 30 seconds, 2 and 10 minutes, 1 and 6 \
         hours. Verify again later. If your access log has the request, look at its answer; if \
         not, go back to webhook.registered.",
    )
}

/// The event arrived, and the API says something else: it may be late, and it may be that the event
/// is not true.
#[must_use]
pub fn denied(scene: &Scene, event: &str) -> Wait {
    let what = thing(scene.tracked.intent.spend.act);
    let state = visible(scene.state(), 80);
    let outcome = match state.split(", ").next() {
        Some("failed") => Outcome::Fail,
        _ => Outcome::Unknown,
    };
    Wait {
        kind: scene::Kind::State,
        what: "the API to confirm it".to_owned(),
        report: says(
            outcome,
            format!("{event} arrived, but the API says that {what} is {state}."),
            "One of the two is wrong. Verify again in a few minutes. If it stays so, ask your \
             account manager, with the ids in the evidence, and find out who wrote the event.",
        ),
    }
}

/// By which way each thing was seen, one finding.
#[must_use]
pub fn sources(tracked: &Tracked) -> Option<Finding> {
    let seen: Vec<String> = tracked
        .seen
        .iter()
        .map(|seen| format!("{} ({})", seen.what.fact.sentence(), seen.what.source.words()))
        .collect();
    let first = tracked.seen.first()?;
    let by = first.what.source.words();
    Some(Finding::new(Level::Info, format!("Seen first by {by}; in order: {}.", seen.join(", "))))
}

/// Adds what every report of the rehearsal rests on and can be looked up by.
#[must_use]
pub fn facts(mut report: CheckReport, scene: &Scene, access: &Access) -> CheckReport {
    let tracked = &scene.tracked;
    let spend = &tracked.intent.spend;
    report.findings.extend(sources(tracked));
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            report.evidence.insert(name.to_owned(), value);
        }
    };
    put("host", json!(access.host));
    put("key", json!(access.key));
    put("amount", json!(visible(&spend.price(), 40)));
    put(id_name(spend.act), json!(tracked.id().map(|id| visible(id, SHOWN))));
    put("of", json!(tracked.intent.of.as_deref().map(|id| visible(id, SHOWN))));
    let request = tracked.intent.request.as_ref();
    put("external_id", json!(request.map(|it| visible(&it.expected().external_id.0, SHOWN))));
    put("asked_at", json!(tracked.at.to_string()));
    put("asked_by", json!(visible(&tracked.by.name, SHOWN)));
    put("card_owner", json!(tracked.card_owner.as_deref().map(|it| visible(it, SHOWN))));
    let ids = tracked.answers.iter().flat_map(|answer| &answer.what.request_ids);
    let ids: Vec<String> = ids.map(|id| visible(id, SHOWN)).collect();
    put("request_ids", json!(ids));
    let seen: Vec<Value> = tracked.seen.iter().map(|seen| seen_as_data(tracked, seen)).collect();
    put("seen", json!(seen));
    if let Some(looked) = &scene.looked {
        put("status", json!(looked.state));
        put("read", looked.call.evidence(access.now(None)));
    }
    for total in scene.ledger.totals() {
        let sum = json!({
            "charged": total.charged.to_string(),
            "refunded": total.refunded.to_string(),
            "net": total.net().to_string(),
            "may_charge": total.may_charge.to_string(),
        });
        put(&format!("ledger_{}", visible(&total.currency, 12)), sum);
    }
    report.fact(
        format!("{} at MintCash", thing(spend.act)),
        visible(tracked.id().unwrap_or("none"), SHOWN),
    )
}

fn id_name(act: Act) -> &'static str {
    match act {
        Act::Charge => "payment_id",
        Act::Refund => "refund_id",
        Act::Subscribe | Act::Cancel => "subscription_id",
    }
}

fn seen_as_data(
    tracked: &Tracked,
    seen: &crate::launch::standing::Dated<crate::launch::money::Observation>,
) -> Value {
    let by = match seen.what.source {
        Source::EventLog => "event-log",
        Source::Listener => "listener",
        Source::Api => "api",
    };
    json!({
        "what": seen.what.fact.sentence(),
        "by": by,
        "event_id": seen.what.event_id,
        "payment_id": seen.what.payment,
        "happened_at": seen.what.at.map(|at| at.to_string()),
        "seen_at": seen.at.to_string(),
        "after_s": seen.at.since(tracked.at).as_secs(),
    })
}
