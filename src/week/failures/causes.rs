//! What a failure code that became frequent may mean, and what to do.
//!
//! The codes are an open set (mintcash-contract.md section 8), and how a payment was routed can not
//! be seen, so every cause is worded as probable.

/// What several codes at once may mean.
pub const MANY: (&str, &str) = (
    "Several codes grew at once, so probably something of yours changed: keys, a release of the \
     payment form, the data that is sent.",
    "Compare what was deployed or configured shortly before; roll it back if it fits.",
);

/// What it may mean that failed payments grew with no single code.
pub const ALL: (&str, &str) = (
    "No single code explains it, so probably something of yours changed: keys, a release of the \
     payment form, the data that is sent.",
    "Compare what was deployed or configured shortly before; roll it back if it fits.",
);

/// What it may mean that payments stopped succeeding while no more of them fail.
pub const SUCCESSES: (&str, &str) = (
    "As many payments fail as always and far fewer succeed, so probably events of successful \
     payments do not reach the log, or fewer customers get to pay.",
    "Compare with the payments of your shop, and look at the panel of deliveries.",
);

/// What one code may mean.
#[must_use]
pub fn of(code: &str) -> (&'static str, &'static str) {
    match code {
        "provider_error" | "provider_fatal_error" => (
            "Probably trouble at the payment provider or between MintCash and it. Which provider \
             was tried can not be seen.",
            "Ask your account manager, with times and ids of some of these payments.",
        ),
        "issuer_decline" => (
            "Probably on the side of one or more banks that issued the cards, or fraud rules that \
             apply to your payments.",
            "Look whether one card brand or country stands out; ask your account manager.",
        ),
        "insufficient_funds" => (
            "Probably on the customers' side: many accounts are short at the end of a month, or \
             renewals fell together.",
            "Look whether renewals or one price stand out.",
        ),
        "expired" => (
            "Probably payment pages that customers left open or abandoned (the code is not in the \
             documentation that we could read, and is not `card_expired`).",
            "Try the way to the payment page and back yourself, on a phone too.",
        ),
        "card_expired" => {
            ("Probably stored cards that ran out.", "Ask these customers to enter their card anew.")
        }
        "invalid_pan" | "invalid_cvv" => (
            "Probably a change of the payment form, or somebody tries out stolen card numbers.",
            "Look whether few addresses make many tries with small amounts; if so, limit tries and \
             call your account manager.",
        ),
        "antifraud_error" | "lost_or_stolen_card" => (
            "Probably somebody tries out stolen cards, or a fraud rule became stricter.",
            "Look whether few addresses make many tries with small amounts, and call your account \
             manager.",
        ),
        "general_fatal_error" => (
            "Not known: MintCash sends this code, and it is not in the documentation that we \
             could read.",
            "Ask your account manager, with times and ids of some of these payments.",
        ),
        "no code" => (
            "Not known: the events carry no `failureCode`.",
            "Ask your account manager, with times and ids of some of these payments.",
        ),
        _ => (
            "Not known: the code is not in the documentation that we could read.",
            "Ask your account manager what it means, with times and ids of some of these payments.",
        ),
    }
}
