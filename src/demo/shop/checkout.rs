//! The shop's checkout, as far as the demo needs it: one order that was tried in the sandbox.
//!
//! Sends what a shop sends: an `externalId` that belongs to the order, and a line in the log of
//! requests.

use crate::demo::folder::{Log, request};
use crate::demo::keys::Keys;
use crate::mintcash::client::Client;
use crate::mintcash::envelope::Environment;
use crate::mintcash::key::KeyPair;
use crate::mintcash::money::Minor;
use crate::mintcash::payments::{Billing, Card, Charge, NewPayment, Payer};
use crate::mintcash::prepared::ExternalId;
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::Settings;
use crate::time::Timestamp;
use crate::twin::{Handle, TestCard};
use url::Url;

/// What the order costs, in cents: enough for many small refunds.
const PRICE: u64 = 10_000;

/// Pays an order in the sandbox, with a test card; the id of the payment.
///
/// # Errors
/// When the twin does not take it; in words.
pub async fn trial(
    twin: &Handle,
    keys: &Keys,
    log: &Log,
    returns: &Url,
    now: Timestamp,
) -> Result<String, String> {
    let pair = KeyPair::of(keys.test_public.clone(), keys.test_secret.clone());
    let pair = pair.ok_or("the sandbox's keys are no pair")?;
    let api = twin.url(Environment::Test);
    let client = Client::new(&api, pair, RetryRules::PRODUCTION, Settings::production(now))?;
    let order = NewPayment {
        amount: Minor(PRICE),
        currency: "USD".to_owned(),
        external_id: ExternalId("test-pay-order-1".to_owned()),
        payer: Payer {
            external_id: "customer-1".to_owned(),
            email: "trial@shop.example".to_owned(),
            name: "Trial Customer".to_owned(),
        },
        billing: Billing { country: "US".to_owned(), postal_code: "10001".to_owned() },
        card: Card::HostedPage { return_url: returns.to_string() },
        description: None,
    };
    let prepared = order.prepare();
    let payment = match client.charge(&prepared).await {
        Ok(Charge::Made(answered)) => answered.value,
        Ok(Charge::Declined(_)) => return Err("the sandbox declined the order".to_owned()),
        Err(error) => return Err(error.trouble.says()),
    };
    let body = serde_json::from_str(prepared.body()).unwrap_or_default();
    let answer = serde_json::json!({ "id": payment.id });
    let line = request(now, Environment::Test, prepared.path(), &body, 200, &answer);
    log.request(&line).map_err(|error| error.to_string())?;
    twin.pay(Environment::Test, &payment.id, TestCard::Success)?;
    Ok(payment.id)
}
