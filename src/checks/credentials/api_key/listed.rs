//! What the list of keys says about ours: there, live, active. Pure.

use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::mintcash::api_keys::ApiKey;
use crate::mintcash::key::KeyPair;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// Judges the list that `host` gave to `pair`.
#[must_use]
pub fn judge(keys: &[ApiKey], pair: &KeyPair, host: &str, now: Timestamp) -> CheckReport {
    let ours = |key: &&ApiKey| key.public_key.as_deref().is_some_and(|text| pair.is_public(text));
    let verdicts: Vec<CheckReport> =
        keys.iter().filter(ours).map(|key| of_key(key, host, now)).collect();
    // A key may stand there twice, once as it was; one good entry is enough.
    let best = verdicts.into_iter().min_by_key(|report| match report.outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        _ => 2,
    });
    best.unwrap_or_else(|| not_listed(keys, host))
}

fn not_listed(keys: &[ApiKey], host: &str) -> CheckReport {
    if keys.is_empty() {
        return CheckReport::unknown(format!(
            "{host} accepts the pair, but its list of keys is empty: whether this one is live and \
             active can not be seen."
        ));
    }
    if keys.iter().any(|key| key.public_key.as_deref().is_none_or(is_masked)) {
        return CheckReport::unknown(format!(
            "{host} accepts the pair, but does not show the keys in its list whole: which one is \
             this one can not be seen."
        ));
    }
    let says = format!(
        "{host} accepts the pair, but this public key is not among the {} that it lists.",
        keys.len()
    );
    let hint = "Ask your account manager what becomes of this key. Use one that is listed as live \
                and active.";
    CheckReport::new(Outcome::Fail, &says).with(Finding::new(Level::Blocking, says).hint(hint))
}

/// Whether a key is shown in part only.
fn is_masked(text: &str) -> bool {
    text.chars().any(|ch| matches!(ch, '*' | '•' | '…' | '●')) || text.contains("...")
}

fn of_key(key: &ApiKey, host: &str, now: Timestamp) -> CheckReport {
    let fails = |says: String, hint: &str| {
        CheckReport::new(Outcome::Fail, &says).with(Finding::new(Level::Blocking, says).hint(hint))
    };
    match key.environment.as_deref() {
        None => {
            return CheckReport::unknown(format!(
                "{host} lists the key without its environment: whether it is live can not be seen."
            ));
        }
        Some(environment) if environment.eq_ignore_ascii_case("live") => {}
        Some(environment) => {
            let shown = Untrusted::new(environment).line(40);
            return fails(
                format!("{host} lists the key with the environment \"{shown}\", not \"live\"."),
                "Ask your account manager for live keys.",
            );
        }
    }
    let revoked = match key.revoked_at {
        Some(at) => format!(" It was revoked on {}.", at.date()),
        None => String::new(),
    };
    match (key.is_active, key.is_revoked) {
        (Some(true), false) => CheckReport::new(
            Outcome::Pass,
            format!("{host} accepts the pair and lists it as live and active."),
        ),
        (Some(true), true) => {
            let Some(at) = key.revoked_at.filter(|at| *at > now) else {
                return CheckReport::unknown(format!(
                    "{host} lists the key as active and as revoked: which is so can not be seen."
                ));
            };
            let message = format!("The key is active, but is to be revoked on {}.", at.minute());
            CheckReport::new(
                Outcome::Pass,
                format!("{host} accepts the pair and lists it as live and active."),
            )
            .with(
                Finding::new(Level::Advisory, message)
                    .hint("Have the next key ready where production reads it."),
            )
        }
        (Some(false), _) => fails(
            format!("{host} lists the key as inactive.{revoked}"),
            "Ask your account manager for the pair that took its place, and store both keys.",
        ),
        (None, true) => fails(
            format!("{host} lists the key as revoked.{revoked}"),
            "Ask your account manager for the pair that took its place, and store both keys.",
        ),
        (None, false) => CheckReport::unknown(format!(
            "{host} lists the key without saying whether it is active."
        )),
    }
}
