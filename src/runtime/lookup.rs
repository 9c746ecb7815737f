//! Looks up at the provider what a signer hands in as evidence, before the signature is recorded.
//!
//! Called by every face with the evidence of a signature; its result travels in the command. The
//! rule it keeps: the keys go only where `api-key` may send them, and an answer that was not had is
//! never taken for one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::checks::credentials::api_key::configured;
use crate::checks::credentials::api_key::place::{Kind, Place};
use crate::checks::{CheckContext, Level};
use crate::config::Config;
use crate::launch::decide::Command;
use crate::launch::lookup::Looked;
use crate::mintcash::call::Call;
use crate::mintcash::client::Client;
use crate::mintcash::envelope::Environment;
use crate::mintcash::lookup::{Seen, Thing};
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::Settings;
use crate::runbook::model::{EvidenceSpec, Lookup, Runbook, Step};
use crate::time::Timestamp;

/// How long the API may take to answer one try.
const PATIENCE: Duration = Duration::from_secs(15);

/// A person waits for the answer: two tries.
const TRIES: u32 = 2;

/// What has to be looked up before a command may be submitted: the names and ids in the evidence of
/// a signature.
#[must_use]
pub fn is_needed(runbook: &Runbook, command: &Command) -> bool {
    let Command::Sign { step, evidence, .. } = command else { return false };
    runbook.step(step).is_some_and(|step| ids(step, evidence).next().is_some())
}

/// Looks up what the evidence of a signature names, and puts it into the command.
pub async fn complete(
    config: &Config,
    runbook: &Runbook,
    now: Timestamp,
    armed: &BTreeSet<String>,
    command: &mut Command,
) {
    let Command::Sign { step, evidence, looked_up, .. } = command else { return };
    let Some(step) = runbook.step(step) else { return };
    looked_up.found = look_up(config, step, evidence, now, armed).await;
}

/// The evidence that names a thing of the provider's.
fn ids<'a>(
    step: &'a Step,
    evidence: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'a EvidenceSpec, Lookup, &'a str)> {
    step.evidence.iter().filter_map(|spec| {
        let id = evidence.get(&spec.name)?.trim();
        spec.lookup.filter(|_| !id.is_empty()).map(|lookup| (spec, lookup, id))
    })
}

async fn look_up(
    config: &Config,
    step: &Step,
    evidence: &BTreeMap<String, String>,
    now: Timestamp,
    armed: &BTreeSet<String>,
) -> BTreeMap<String, Looked> {
    let wanted: Vec<_> = ids(step, evidence).collect();
    let mut found = BTreeMap::new();
    if wanted.is_empty() {
        return found;
    }
    let mut context = CheckContext::bare(Arc::clone(&config.inputs), config.base.clone(), now);
    context.armed = Arc::new(armed.clone());
    let client = client(&context).await;
    let payment = wanted.iter().find(|(_, lookup, _)| *lookup == Lookup::Payment);
    let payment = payment.map(|(_, _, id)| *id);
    for (spec, lookup, id) in wanted {
        let thing = match lookup {
            Lookup::Payment => Thing::Payment,
            Lookup::Subscription => Thing::Subscription,
            Lookup::Refund => Thing::Refund(payment),
        };
        let looked = match &client {
            Ok(client) => one(client, thing, id, now).await,
            Err(why) => Looked::Unknown { id: id.to_owned(), why: why.clone() },
        };
        found.insert(spec.name.clone(), looked);
    }
    found
}

/// A client of the live API with the live keys, or why there is none.
async fn client(context: &CheckContext) -> Result<Client, String> {
    let bare = |says: &str| says.trim_end_matches('.').to_owned();
    let live = configured(context, Environment::Live).await;
    let Some(keys) = live.pair() else {
        let first = live.faults(Level::Blocking).into_iter().chain(live.missing()).next();
        return Err(first.map_or_else(
            || "there are no live keys to ask with".into(),
            |finding| bare(&finding.message),
        ));
    };
    let place = Place::of(context, Environment::Live).map_err(|says| bare(&says))?;
    if !place.is_allowed(context) {
        let host = place.host();
        return Err(format!("api_url is {host}, which is not armed (golive sign … --arm {host})"));
    }
    let addresses = match place.kind {
        Kind::Here => Vec::new(),
        Kind::Own | Kind::Other => {
            let looked_up = place.target.addresses().await;
            looked_up.map_err(|failure| format!("{}: {}", place.host(), failure.words()))?
        }
    };
    let settings = Settings { addresses, total: PATIENCE, ..Settings::production(context.now) };
    let retry = RetryRules { tries: TRIES, ..RetryRules::PRODUCTION };
    Client::new(&place.target.url, keys, retry, settings).map_err(str::to_owned)
}

async fn one(client: &Client, thing: Thing<'_>, id: &str, now: Timestamp) -> Looked {
    let id_of = || id.to_owned();
    match client.look_up(thing, id).await {
        Ok((Some(seen), call)) => Looked::Seen { id: id_of(), says: says(&seen, &call, now) },
        Ok((None, call)) => {
            let request =
                call.request_id().map_or_else(String::new, |id| format!(", request {id}"));
            Looked::NotThere { id: id_of(), says: format!("{} answered 404{request}", call.host) }
        }
        Err(error) => {
            let at = if error.call.host.is_empty() {
                String::new()
            } else {
                format!("{}: ", error.call.host)
            };
            Looked::Unknown { id: id_of(), why: format!("{at}{}", error.trouble.says()) }
        }
    }
}

/// What was seen, in one line: the state, the amount as the answer writes it, and the call.
fn says(seen: &Seen, call: &Call, now: Timestamp) -> String {
    let status = seen.status.as_deref().unwrap_or("no status");
    let amount = match (&seen.amount, &seen.currency) {
        (Some(amount), Some(currency)) => format!(", amount {amount} {currency} as written there"),
        (Some(amount), None) => format!(", amount {amount} as written there"),
        (None, _) => String::new(),
    };
    let made = seen.created_at.map_or_else(String::new, |at| format!(", made {at}"));
    let request = call.request_id().map_or_else(String::new, |id| format!(", request {id}"));
    format!("{status}{amount}{made}; read {now} at {}{request}", call.host)
}
