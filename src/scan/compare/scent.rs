//! Whose webhook a file is about, by the headers and names in it; comments do not count.

use super::code::Code;

/// What a file is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scent {
    /// It names MintCash or its header `x-signature`.
    pub own: bool,
    /// It names another provider's header, and nothing of MintCash.
    pub foreign: Option<&'static str>,
    /// It is about a webhook.
    pub webhook: bool,
}

/// Headers that other providers sign with.
const FOREIGN: [&str; 38] = [
    "x-hub-signature",
    "stripe-signature",
    "x-shopify-hmac",
    "x-slack-signature",
    "x-gitea-signature",
    "x-gogs-signature",
    "x-forgejo-signature",
    "paddle-signature",
    "p_signature",
    "x-razorpay-signature",
    "x-paystack-signature",
    "x-line-signature",
    "svix-signature",
    "webhook-signature",
    "x-twilio-signature",
    "x-square-hmacsha256-signature",
    "x-square-signature",
    "x-wc-webhook-signature",
    "btcpay-sig",
    "x-cc-webhook-signature",
    "x-zm-signature",
    "twitch-eventsub-message-signature",
    "x-intercom-signature",
    "linear-signature",
    "sentry-hook-signature",
    "x-patreon-signature",
    "x-xero-signature",
    "intuit-signature",
    "typeform-signature",
    "x-vercel-signature",
    "travis-signature",
    "x-dropbox-signature",
    "x-trello-webhook",
    "x-signature-ed25519",
    "x-bitbucket-signature",
    "x-gitlab-token",
    "x-adyen-hmac",
    "hmacsignature",
];

/// Finds out what a file is about.
pub(super) fn of(code: &Code<'_>, path: &str) -> Scent {
    let words = code.bare.to_ascii_lowercase();
    let dashed = words.replace('_', "-");
    let path = path.to_ascii_lowercase();
    let own = words.contains("mintcash") || path.contains("mintcash") || names_own_header(&dashed);
    let foreign = FOREIGN.iter().find(|header| dashed.contains(&header.replace('_', "-")));
    Scent {
        own,
        foreign: foreign.copied().filter(|_| !own),
        webhook: words.contains("webhook")
            || dashed.contains("web-hook")
            || ["hook", "callback", "notif", "ipn"].iter().any(|word| path.contains(word)),
    }
}

/// Whether `x-signature` stands there by itself, not as part of a longer name.
fn names_own_header(words: &str) -> bool {
    words.match_indices("x-signature").any(|(at, found)| {
        let before = words.get(..at).and_then(|text| text.chars().next_back());
        let after = words.get(at + found.len()..).and_then(|text| text.chars().next());
        let before_is_cgi = words.get(..at).is_some_and(|text| text.ends_with("http-"));
        let free = |ch: Option<char>| !ch.is_some_and(|ch| ch.is_ascii_alphanumeric() || ch == '-');
        free(after) && (free(before) || before_is_cgi)
    })
}
