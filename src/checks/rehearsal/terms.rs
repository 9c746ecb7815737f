//! The terms of the rehearsal: how much, in which currency, within which caps, who pays.
//!
//! Read from the inputs by `plan` and `run` of each check. The rule it keeps: what is wrong with an
//! input is said by the input's name, and nothing is sent.

use url::Url;

use crate::checks::book::{CHARGE_CAP, LAUNCH_CAP};
use crate::checks::{CheckContext, Finding, Level};
use crate::launch::money::Caps;
use crate::mintcash::money::{Minor, Unit};
use crate::mintcash::payments::{Billing, Payer};
use crate::mintcash::transport::is_this_machine;
use crate::text::visible;

/// The inputs that the terms are read from.
pub const INPUTS: [&str; 10] = [
    "charge_amount",
    "charge_cap",
    "launch_cap",
    "currency",
    "return_url",
    "webhook_url",
    "rehearsal_email",
    "rehearsal_country",
    "rehearsal_postal_code",
    "subscription_days",
];

/// Currencies that do not have two digits after the point. How MintCash counts them is not
/// documented: a hundred times too much is possible.
const OTHER_DIGITS: [&str; 23] = [
    "BHD", "BIF", "CLP", "DJF", "GNF", "IQD", "ISK", "JOD", "JPY", "KMF", "KRW", "KWD", "LYD",
    "OMR", "PYG", "RWF", "TND", "UGX", "UYI", "VND", "VUV", "XAF", "XPF",
];

/// Whose customer the rehearsal is, at MintCash and in the merchant's events.
const CUSTOMER: &str = "golive-rehearsal";

/// How much, and how much at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What is charged at once.
    pub amount: Minor,
    /// ISO 4217.
    pub currency: String,
    /// The most that may be charged.
    pub caps: Caps,
}

/// Everything that a new charge or subscription needs beside the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How much.
    pub price: Price,
    /// Where MintCash writes to.
    pub email: String,
    /// Where the payer lives.
    pub billing: Billing,
    /// Where the browser comes back to.
    pub return_url: String,
    /// Days between two charges of the subscription.
    pub days: u32,
}

impl Terms {
    /// Reads the terms.
    ///
    /// # Errors
    /// What is wrong with them, a finding for each input.
    pub fn of(context: &CheckContext) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader { context, wrong: Vec::new() };
        let price = reader.price();
        let email = reader.email();
        let country = reader.country();
        let postal_code = reader.postal_code();
        let return_url = reader.return_url();
        let days = reader.days();
        match (price, email, country, postal_code, return_url, days, reader.wrong) {
            (
                Some(price),
                Some(email),
                Some(country),
                Some(postal_code),
                Some(url),
                Some(days),
                wrong,
            ) if wrong.is_empty() => {
                let billing = Billing { country, postal_code };
                Ok(Self { price, email, billing, return_url: url, days })
            }
            (.., wrong) => Err(wrong),
        }
    }

    /// Who pays: the card's owner, as typed.
    #[must_use]
    pub fn payer(&self, owner: &str) -> Payer {
        Payer {
            external_id: CUSTOMER.to_owned(),
            email: self.email.clone(),
            name: owner.to_owned(),
        }
    }
}

impl Price {
    /// Reads amount, currency and caps alone: what a charge is held against.
    ///
    /// # Errors
    /// What is wrong with them, a finding for each input.
    pub fn of(context: &CheckContext) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader { context, wrong: Vec::new() };
        reader.price().ok_or(reader.wrong)
    }

    /// Reads the caps alone: what a charge that was asked for before is held against.
    ///
    /// # Errors
    /// What is wrong with them, a finding for each input.
    pub fn caps(context: &CheckContext) -> Result<Caps, Vec<Finding>> {
        let mut reader = Reader { context, wrong: Vec::new() };
        reader.caps().ok_or(reader.wrong)
    }
}

struct Reader<'a> {
    context: &'a CheckContext,
    wrong: Vec<Finding>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.context.inputs.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    fn wrong<T>(&mut self, name: &str, says: &str, hint: &str) -> Option<T> {
        let finding = Finding::new(Level::Advisory, format!("{name} {says}."));
        self.wrong.push(finding.at(name).hint(hint));
        None
    }

    fn amount(&mut self, name: &str, default: &str) -> Option<Minor> {
        let text = self.text(name).unwrap_or(default).to_owned();
        match Minor::read(&text.as_str().into(), Unit::Major) {
            Some(amount) if amount.0 > 0 => Some(amount),
            Some(_) => self.wrong(name, "is nothing", "Write an amount, such as 1.00."),
            None => {
                let says = format!("is no amount: {}", visible(&text, 40));
                self.wrong(name, &says, "Write it with two digits after the point, such as 1.00.")
            }
        }
    }

    fn price(&mut self) -> Option<Price> {
        let currency = self.currency();
        let amount = self.amount("charge_amount", "1.00");
        let caps = self.caps();
        let (amount, caps) = (amount?, caps?);
        if amount > caps.charge {
            let says = format!("({amount}) is more than charge_cap allows ({})", caps.charge);
            return self.wrong("charge_amount", &says, "Take a smaller amount.");
        }
        Some(Price { amount, currency: currency?, caps })
    }

    fn caps(&mut self) -> Option<Caps> {
        let charge = self.amount("charge_cap", CHARGE_CAP);
        let launch = self.amount("launch_cap", LAUNCH_CAP);
        Some(Caps { charge: charge?, launch: launch? })
    }

    fn currency(&mut self) -> Option<String> {
        let text = self.text("currency").unwrap_or("USD").to_owned();
        if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let says = format!("is no currency: {}", visible(&text, 40));
            return self.wrong("currency", &says, "Write three capital letters, such as USD.");
        }
        if OTHER_DIGITS.contains(&text.as_str()) {
            let says = format!("is {text}, which has no hundredths");
            return self.wrong(
                "currency",
                &says,
                "How MintCash counts it is not documented; it may charge a hundred times too \
                 much. Rehearse in another currency, or ask your account manager.",
            );
        }
        Some(text)
    }

    fn email(&mut self) -> Option<String> {
        let Some(text) = self.text("rehearsal_email").map(str::to_owned) else {
            return self.wrong(
                "rehearsal_email",
                "is not set",
                "Set it in golive.yaml to an address that you read: MintCash writes to it.",
            );
        };
        let is_plain = text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic());
        let parts = text.split_once('@').filter(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
        });
        if !is_plain || parts.is_none() {
            let says = format!("is no e-mail address: {}", visible(&text, 60));
            return self.wrong("rehearsal_email", &says, "Write it as name@host.example.");
        }
        Some(text)
    }

    fn country(&mut self) -> Option<String> {
        let Some(text) = self.text("rehearsal_country").map(str::to_owned) else {
            return self.wrong(
                "rehearsal_country",
                "is not set",
                "Set it to the country of the card's billing address, as two letters: US.",
            );
        };
        if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let says = format!("is no country: {}", visible(&text, 40));
            return self.wrong(
                "rehearsal_country",
                &says,
                "Write two capital letters, such as US.",
            );
        }
        Some(text)
    }

    fn postal_code(&mut self) -> Option<String> {
        let Some(text) = self.text("rehearsal_postal_code").map(str::to_owned) else {
            return self.wrong(
                "rehearsal_postal_code",
                "is not set",
                "Set it to the postal code of the card's billing address.",
            );
        };
        let allowed = |ch: char| ch.is_ascii_alphanumeric() || ch == ' ' || ch == '-';
        if text.len() > 16 || !text.chars().all(allowed) {
            let says = format!("is no postal code: {}", visible(&text, 40));
            return self.wrong(
                "rehearsal_postal_code",
                &says,
                "Write it in quotes, as on a letter.",
            );
        }
        Some(text)
    }

    /// The page that the browser comes back to: the one that is set, or the front page of the host
    /// that takes the webhooks.
    fn return_url(&mut self) -> Option<String> {
        let inputs = &self.context.inputs;
        let front = |url: &Url| {
            let mut front = url.clone();
            front.set_path("/");
            front.set_query(None);
            front.set_fragment(None);
            front
        };
        let url = inputs.url("return_url").cloned();
        let Some(url) = url.or_else(|| inputs.url("webhook_url").map(front)) else {
            return self.wrong(
                "return_url",
                "is not set",
                "Set it to a page of your shop: the browser comes back there after the payment.",
            );
        };
        let is_web = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_web || !is_bare || url.as_str().len() > 1_000 {
            let says = format!("is no web page: {}", visible(url.as_str(), 80));
            return self.wrong("return_url", &says, "Write it as https://shop.example/thanks.");
        }
        Some(url.to_string())
    }

    fn days(&mut self) -> Option<u32> {
        let text = self.text("subscription_days").unwrap_or("7").to_owned();
        match text.parse() {
            Ok(days) if (1..=3_660).contains(&days) => Some(days),
            _ => {
                let says = format!("is no number of days: {}", visible(&text, 40));
                self.wrong("subscription_days", &says, "Write the interval in days, such as \"7\".")
            }
        }
    }
}
