//! What a create asks for, read strictly (mintcash-contract.md section 3).
//!
//! Used by `create` and `refund`. The rule it keeps: whatever the documentation demands is demanded
//! here, with the documented error; what it leaves open is let through, or is a switch.

use serde_json::{Map, Value};
use url::Url;

use crate::twin::card::TestCard;
use crate::twin::switch::Switch;
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::Customer;

/// Currencies with two decimals. MintCash names three of them; its list is unknown, and what
/// currencies without decimals would do is too, so those are refused.
const CURRENCIES: [&str; 28] = [
    "USD", "EUR", "GBP", "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "HKD",
    "HUF", "ILS", "INR", "MXN", "MYR", "NOK", "NZD", "PLN", "RON", "SAR", "SEK", "SGD", "THB",
    "TRY", "ZAR",
];

/// The most that is taken at once, so that sums stay sums.
const MOST: u64 = 1_000_000_000_000;

/// How the card is come by.
#[derive(Clone, Debug)]
pub enum How {
    /// The customer types it on the page and comes back to this URL.
    Page(String),
    /// It was stored.
    Token(String, TestCard),
}

/// A payment or a subscription to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// The idempotency key.
    pub external_id: String,
    /// Who pays, without MintCash's id.
    pub customer: Customer,
    /// Where the payer lives.
    pub billing: Value,
    /// How the card is come by.
    pub how: How,
    /// Where webhooks go, if that is switched on.
    pub callback_url: Option<String>,
}

/// The body as an object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Refusal::invalid("The body is not a JSON object.")),
        Err(_) => Err(Refusal::invalid("The body is not JSON.")),
    }
}

/// A member that is text; absent and null are nothing.
pub fn text(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::invalid(format!("{name} is not a string."))),
    }
}

/// A member that has to be text.
pub fn needed(body: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    let missing = || Refusal::invalid(format!("{name} is missing."));
    text(body, name)?.filter(|text| !text.is_empty()).ok_or_else(missing)
}

/// An amount in the smallest unit; absent and null are nothing.
pub fn amount(body: &Map<String, Value>) -> Result<Option<u64>, Refusal> {
    let wrong = |says: &str| Refusal::invalid(says).because("invalidAmount");
    let number = match body.get("amount") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(Refusal::invalid("amount is not a number.")),
    };
    let whole = number.as_u64().or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
        format!("{number:.0}").parse().ok()
    });
    match whole {
        Some(0) => Err(wrong("amount is not positive.")),
        Some(cents) if cents > MOST => Err(wrong("amount is too large.")),
        Some(cents) => Ok(Some(cents)),
        None if number.as_f64().is_some_and(|number| number < 0.0) => {
            Err(wrong("amount is not positive."))
        }
        None => Err(wrong("amount is finer than one cent.")),
    }
}

/// A currency that is taken.
pub fn currency(code: &str) -> Result<(), Refusal> {
    if CURRENCIES.contains(&code) {
        return Ok(());
    }
    Err(Refusal::invalid("currency is not supported.").because("invalidCurrency"))
}

impl Site {
    /// Reads a payment or a subscription to be made.
    pub(super) fn order(&self, body: &Map<String, Value>) -> Result<Order, Refusal> {
        let missing = || Refusal::invalid("amount is missing.");
        let amount = amount(body)?.ok_or_else(missing)?;
        let code = needed(body, "currency")?;
        currency(&code)?;
        let external_id = needed(body, "externalId")?;
        let customer = self.customer_of(body)?;
        let billing = self.billing_of(body)?;
        let how = self.how(body)?;
        text(body, "description")?;
        if body.get("metadata").is_some_and(|it| !it.is_object() && !it.is_null()) {
            return Err(Refusal::invalid("metadata is not an object."));
        }
        let callback_url = address(body, "callbackUrl")?;
        Ok(Order { amount, currency: code, external_id, customer, billing, how, callback_url })
    }

    fn customer_of(&self, body: &Map<String, Value>) -> Result<Customer, Refusal> {
        let empty = Map::new();
        let given = match body.get("customer") {
            None | Some(Value::Null) => &empty,
            Some(Value::Object(members)) => members,
            Some(_) => return Err(Refusal::invalid("customer is not an object.")),
        };
        if self.has(Switch::StrictCustomer) {
            for name in ["externalId", "email", "name"] {
                needed(given, name).map_err(|_| {
                    Refusal::invalid(format!("customer.{name} is missing or no string."))
                })?;
            }
        }
        Ok(Customer {
            id: String::new(),
            external_id: text(given, "externalId")?,
            email: text(given, "email")?,
            name: text(given, "name")?,
            phone: text(given, "phone")?,
        })
    }

    fn billing_of(&self, body: &Map<String, Value>) -> Result<Value, Refusal> {
        let given = match body.get("billing") {
            None | Some(Value::Null) => Value::Null,
            Some(Value::Object(members)) => Value::Object(members.clone()),
            Some(_) => return Err(Refusal::invalid("billing is not an object.")),
        };
        let has = |name| given.get(name).is_some_and(Value::is_string);
        if self.has(Switch::BillingRequired) && !(has("country") && has("postalCode")) {
            return Err(Refusal::invalid("billing with country and postalCode is missing."));
        }
        Ok(given)
    }

    /// What both a token and a return URL mean is not documented; here the token counts.
    fn how(&self, body: &Map<String, Value>) -> Result<How, Refusal> {
        let back = address(body, "returnUrl")?;
        if let Some(token) = text(body, "cardToken")? {
            return match self.tokens.get(&token) {
                Some(card) => Ok(How::Token(token, *card)),
                None => Err(Refusal::invalid("cardToken is not an active card of this merchant.")
                    .because("invalidCardToken")),
            };
        }
        let missing = || Refusal::invalid("returnUrl is missing.").because("missingReturnUrl");
        back.map(How::Page).ok_or_else(missing)
    }
}

/// A member that is the address of a web page.
fn address(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    let Some(given) = text(body, name)? else { return Ok(None) };
    match Url::parse(&given) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(given)),
        _ => Err(Refusal::invalid(format!("{name} is not an http or https URL."))),
    }
}
