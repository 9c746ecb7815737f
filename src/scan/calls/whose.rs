//! Whose API a request is for: MintCash's, another provider's, the merchant's own, or nobody says.

use super::endpoint::{host, is_bare};
use super::program::Program;
use crate::scan::compare::code::Id;

/// Whose API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// MintCash's: the host, a name or the file says so.
    MintCash,
    /// The path is right, and nothing says whose it is.
    Perhaps,
    /// Somebody else's.
    Other,
}

/// Names of other providers.
const OTHERS: [&str; 26] = [
    "stripe",
    "adyen",
    "paypal",
    "braintree",
    "squareup",
    "mollie",
    "klarna",
    "razorpay",
    "paystack",
    "worldpay",
    "gocardless",
    "paddle",
    "xendit",
    "midtrans",
    "flutterwave",
    "mercadopago",
    "yookassa",
    "tinkoff",
    "iyzico",
    "payu",
    "coinbase",
    "checkoutcom",
    "authorizenet",
    "lemonsqueezy",
    "chargebee",
    "recurly",
];

/// Beginnings of MintCash's keys; other providers have the same, so that they only count where no
/// other provider is named.
const KEYS: [&str; 4] = ["pk_live_", "sk_live_", "pk_test_", "sk_test_"];

/// What a file says of whose API it calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Naming {
    /// It names MintCash, or its path does.
    pub own: bool,
    /// It has the beginning of a key in it, and names no other provider.
    keys: bool,
}

impl Naming {
    /// Reads the text of a file without its comments.
    pub fn of(text: &str, path: &str) -> Self {
        let words = text.to_ascii_lowercase();
        let own = says_own(&words) || says_own(&path.to_ascii_lowercase());
        let keys = KEYS.iter().any(|key| words.contains(key)) && !says_other(&words);
        Self { own, keys }
    }

    /// Whose API the URL is of, by its text, by what the call stands in, and by the file.
    pub fn judge(self, url: &str, near: &str, direct: bool) -> Whose {
        let url = url.to_ascii_lowercase();
        let near = near.to_ascii_lowercase();
        if says_own(&url) {
            return Whose::MintCash;
        }
        if let Some(host) = host(&url) {
            let local = ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"];
            if !local.contains(&host) {
                return Whose::Other;
            }
        }
        if says_other(&url) {
            return Whose::Other;
        }
        if says_own(&near) {
            return Whose::MintCash;
        }
        // `fetch('/payments')` goes to the server that the page came from.
        if says_other(&near) || direct && is_bare(&url) {
            return Whose::Other;
        }
        if self.own || self.keys { Whose::MintCash } else { Whose::Perhaps }
    }
}

fn says_own(words: &str) -> bool {
    words.contains("mintcash") || words.contains("mint_cash") || words.contains("mint-cash")
}

fn says_other(words: &str) -> bool {
    OTHERS.iter().any(|name| words.contains(name))
}

impl Program<'_, '_> {
    /// What a call is called on, and the functions and classes that it stands in.
    pub(super) fn near(&self, root: Option<Id>, id: Id) -> String {
        let root = root.map(|root| self.text(root)).unwrap_or_default();
        let root: String = root.chars().take(200).collect();
        format!("{root} {}", self.surroundings(id).join(" "))
    }
}
