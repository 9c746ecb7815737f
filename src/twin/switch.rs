//! What the twin does otherwise than usual: the readings of the documentation, and faults.
//!
//! Named at the start and switched while the twin runs, by the same kebab-case names. The rule it
//! keeps: a switch that is off is the default of mintcash-contract.md section 15, so that a twin
//! without switches is the likeliest MintCash.

use std::collections::BTreeSet;

use crate::mintcash::envelope::Environment;

/// What kind of thing a switch changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Another reading of what the documentation leaves open.
    Reading,
    /// What goes wrong with webhooks.
    Webhook,
    /// What goes wrong with the API and with charges.
    Api,
}

impl Group {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Reading, Self::Webhook, Self::Api];

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Reading => "Readings of the documentation",
            Self::Webhook => "Faults of webhooks",
            Self::Api => "Faults of the API and of charges",
        }
    }
}

/// Makes the enum of switches from one list.
macro_rules! switches {
    ($($group:ident { $($name:ident = $text:literal: $about:literal;)+ })+) => {
        /// A switch.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Switch {
            $($(#[doc = $about] $name,)+)+
        }

        impl Switch {
            /// All, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)+)+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$name => $text,)+)+ }
            }

            /// What it does, one sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $($(Self::$name => $about,)+)+ }
            }

            /// What kind of thing it changes.
            #[must_use]
            pub fn group(self) -> Group {
                match self { $($(Self::$name)|+ => Group::$group,)+ }
            }
        }
    };
}

switches! {
    Reading {
        Documented = "documented-payloads": "Webhooks as documented in place of as seen: prefixed ids, numeric expiry, cardToken, dates.";
        Cents = "cents": "Answers write amounts in the smallest unit in place of major units.";
        Wrapped = "wrapped": "Creating answers `{payment, redirectUrl}` and the like in place of a flat body.";
        WrappedReads = "wrapped-reads": "Reading wraps its answer too.";
        SubscriptionPaymentNames = "subscription-payment-names": "Events are called `subscription.payment_succeeded` and `subscription.payment_failed`.";
        RefundType = "refund-type": "Refund events say `type: refund`.";
        RefundPair = "refund-pair": "Refund events carry `{payment, refund}` in place of the payment with the refund in it.";
        Decline499 = "decline-499": "A declined charge by token answers 499 in place of 200 with `failed`.";
        PaymentCreated = "payment-created-event": "Sends `payment.created`.";
        RetryFromFirst = "retry-from-first": "Webhook retries count from the first attempt, not from the one before.";
        StrictCustomer = "strict-customer": "A customer with `externalId`, `email` and `name` is needed.";
        BillingRequired = "billing-required": "A billing address with country and postal code is needed.";
        ReplayCurrent = "replay-shows-current": "A repeated request answers the state now, not the one at creation.";
        LooseComparison = "loose-comparison": "A repeated request is compared by amount, currency and customer alone.";
        RefundIdsPerMerchant = "refund-ids-per-merchant": "A refund's `externalId` counts for the merchant, not for its payment.";
        OddRefundCodes = "odd-refund-codes": "Refused refunds carry other codes: `aborted` with 409, `out_of_range` with 422.";
        RefundsAtOnce = "refunds-at-once": "A refund is over when it is answered.";
        SubscriptionPayments = "subscription-payment-events": "Charges of subscriptions send `payment.*` too.";
        FinalSendsBoth = "final-failure-sends-both": "The last failed retry sends a failed and a cancelled event.";
        CardTokenInLookups = "card-token-in-lookups": "Reading a payment gives its `cardToken`.";
        CancelAgainConflicts = "cancel-again-conflicts": "Cancelling what is cancelled answers 409 in place of 200.";
        BareErrors = "bare-errors": "Errors have empty `details`, as the reference's samples do.";
        IpCode = "ip-code": "An address that is not allowed is refused with the code `ip_not_allowed`.";
        CallbackUrl = "callback-url": "Webhooks go to a create's `callbackUrl` where it has one.";
        Pretty = "pretty-printed": "Webhook bodies are indented, and signed as they are sent.";
    }
    Webhook {
        Duplicates = "duplicates": "Every event is delivered twice.";
        Reordering = "reordering": "Every other event about a thing is held back for 20 seconds, so that later ones come first.";
        Late = "late-delivery": "Every event comes ten minutes late.";
        WrongEnvironment = "wrong-environment": "Events name the other environment, correctly signed.";
        BadSignature = "bad-signature": "Events are signed with another secret.";
        UppercaseSignature = "uppercase-signature": "Signatures are in upper case.";
        UnsignedPing = "unsigned-ping": "Every event is preceded by an unsigned `{\"ping\":true}`.";
        NonJson = "non-json-body": "Every event is preceded by an unsigned body that is no JSON.";
        UnknownFailureCode = "unknown-failure-code": "Failures carry a code that no page names.";
        MissingCard = "missing-card": "Events leave `card` out.";
        NoWebhooks = "no-webhooks": "Nothing is delivered, although payments go on.";
        CancelWithoutEvent = "cancel-without-event": "Cancelled subscriptions send no event.";
    }
    Api {
        KeyRevoked = "key-revoked": "The keys are revoked: 401.";
        KeyInactive = "key-inactive": "The list of keys says that the keys are not active.";
        IpNotAllowed = "ip-not-allowed": "The caller's address is not on the list: 403.";
        MerchantDeactivated = "merchant-deactivated": "The merchant is deactivated: 403.";
        ProviderUnreachable = "provider-unreachable": "What creates something answers 503, and nothing is created.";
        ProviderNotConfigured = "provider-not-configured": "What creates something answers 500, and nothing is created.";
        BadGateway = "bad-gateway": "Everything answers 502 with a web page, and nothing is done.";
        RateLimited = "rate-limited": "Everything answers 429 and asks for two seconds.";
        Slow = "slow": "Answers take three seconds.";
        LostAnswer = "lost-answer": "What creates something does so, and the connection breaks before the first answer.";
        DoubleCharge = "double-charge": "`externalId` is ignored: a repeated request charges again.";
        RefundFails = "refund-fails": "Refunds fail at the provider.";
        RenewalFails = "renewal-fails-with": "Renewals fail; `=CODE` says how, insufficient_funds if left out.";
    }
}

impl Switch {
    /// The switch with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|switch| switch.name() == name)
    }
}

/// The switches of one environment that are on.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    on: BTreeSet<Switch>,
    renewal_code: Option<String>,
}

impl Switches {
    /// Whether one is on.
    #[must_use]
    pub fn has(&self, switch: Switch) -> bool {
        self.on.contains(&switch)
    }

    /// How renewals fail, if that is switched on.
    #[must_use]
    pub fn renewal_code(&self) -> Option<&str> {
        let code = self.renewal_code.as_deref().unwrap_or("insufficient_funds");
        self.has(Switch::RenewalFails).then_some(code)
    }

    /// Those that are on, as they would be written.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.on.iter().map(|switch| match self.renewal_code() {
            Some(code) if *switch == Switch::RenewalFails => format!("{}={code}", switch.name()),
            _ => switch.name().to_owned(),
        })
    }

    /// Turns one on or off.
    pub fn set(&mut self, setting: &Setting, on: bool) {
        if on {
            self.on.insert(setting.switch);
            if setting.switch == Switch::RenewalFails {
                self.renewal_code.clone_from(&setting.value);
            }
        } else {
            self.on.remove(&setting.switch);
        }
    }
}

/// A switch as it is written: `cents`, `live:duplicates`, `renewal-fails-with=card_expired`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The environment that it is about; both when left out.
    pub environment: Option<Environment>,
    /// The switch.
    pub switch: Switch,
    /// What stands after `=`.
    pub value: Option<String>,
}

impl Setting {
    /// Reads one.
    ///
    /// # Errors
    /// When there is no such switch; a sentence that says which there are.
    pub fn read(text: &str) -> Result<Self, String> {
        let (environment, rest) = match text.split_once(':') {
            Some(("live", rest)) => (Some(Environment::Live), rest),
            Some(("test" | "sandbox", rest)) => (Some(Environment::Test), rest),
            _ => (None, text),
        };
        let (name, value) = match rest.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (rest, None),
        };
        let shown = crate::text::Untrusted::new(text).line(80);
        let Some(switch) = Switch::named(name) else {
            let names: Vec<&str> = Switch::ALL.iter().map(|switch| switch.name()).collect();
            return Err(format!("There is no switch {shown}. There are: {}.", names.join(", ")));
        };
        let is_code = |code: &str| {
            !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        match value {
            Some(code) if switch != Switch::RenewalFails || !is_code(code) => {
                Err(format!("{shown}: only renewal-fails-with takes a value, a failure code."))
            }
            _ => Ok(Self { environment, switch, value: value.map(str::to_owned) }),
        }
    }

    /// Whether it is about an environment.
    #[must_use]
    pub fn concerns(&self, environment: Environment) -> bool {
        self.environment.is_none_or(|only| only == environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_read_with_its_environment_and_its_value() {
        for switch in Switch::ALL {
            assert_eq!(Switch::named(switch.name()), Some(*switch));
        }
        let setting = Setting::read("live:renewal-fails-with=card_expired").unwrap();
        assert_eq!(setting.switch, Switch::RenewalFails);
        assert!(setting.concerns(Environment::Live) && !setting.concerns(Environment::Test));
        let mut switches = Switches::default();
        switches.set(&setting, true);
        assert_eq!(switches.renewal_code(), Some("card_expired"));
        assert_eq!(switches.names().collect::<Vec<_>>(), ["renewal-fails-with=card_expired"]);
        switches.set(&setting, false);
        assert_eq!(switches.renewal_code(), None);
        for wrong in ["", "nonsense", "cents=1", "renewal-fails-with=", "moon:cents"] {
            assert!(Setting::read(wrong).is_err(), "{wrong}");
        }
    }
}
