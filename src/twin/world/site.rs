//! One environment: keys, switches and everything that it holds.

use std::collections::VecDeque;

use indexmap::IndexMap;

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::Credentials;
use crate::twin::card::TestCard;
use crate::twin::switch::{Switch, Switches};
use crate::twin::world::dice::Dice;
use crate::twin::world::keep::Keep;
use crate::twin::world::post::Post;
use crate::twin::world::things::{Call, Customer, Movement, Payment, Refund, Subscription};

/// How many requests are remembered, to be shown.
const CALLS: usize = 500;

/// An environment.
#[derive(Clone, Debug)]
pub struct Site {
    /// Which.
    pub environment: Environment,
    /// Its keys and its webhook secret.
    pub keys: Credentials,
    /// Where its API is, without a slash at the end.
    pub base: String,
    /// What it does otherwise than usual.
    pub switches: Switches,
    /// Where its webhooks go.
    pub webhook: Option<String>,
    /// When the merchant was made.
    pub since: Timestamp,
    pub(super) dice: Dice,
    pub(super) customers: IndexMap<String, Customer>,
    pub(super) tokens: IndexMap<String, TestCard>,
    pub(super) payments: IndexMap<String, Payment>,
    pub(super) refunds: IndexMap<String, Refund>,
    pub(super) subscriptions: IndexMap<String, Subscription>,
    pub(super) kept: Keep,
    pub(super) ledger: Vec<Movement>,
    pub(super) calls: VecDeque<Call>,
    /// How many requests it got.
    pub(super) called: u64,
    /// Its webhooks.
    pub post: Post,
}

impl Site {
    /// An environment in which nothing has happened yet. Each test card has a token of its own.
    pub fn new(environment: Environment, keys: Credentials, seed: u64, since: Timestamp) -> Self {
        let stream = match environment {
            Environment::Live => 1,
            Environment::Test => 2,
        };
        let cards = TestCard::ALL.into_iter().filter(|card| card.number().is_some());
        Self {
            environment,
            keys,
            base: String::new(),
            switches: Switches::default(),
            webhook: None,
            since,
            dice: Dice::new(seed, stream),
            customers: IndexMap::new(),
            tokens: cards.map(|card| (token_of(card), card)).collect(),
            payments: IndexMap::new(),
            refunds: IndexMap::new(),
            subscriptions: IndexMap::new(),
            kept: Keep::new(),
            ledger: Vec::new(),
            calls: VecDeque::new(),
            called: 0,
            post: Post::default(),
        }
    }

    /// Whether a switch is on.
    pub fn has(&self, switch: Switch) -> bool {
        self.switches.has(switch)
    }

    /// An id as the dialect writes it: bare UUIDs as seen, prefixed ones as documented (C3).
    pub(super) fn id(&mut self, prefix: &str, now: Timestamp) -> String {
        if self.has(Switch::Documented) {
            return format!("{prefix}{}", self.dice.ulid(now));
        }
        self.dice.uuid()
    }

    /// Remembers a request.
    pub(super) fn called(&mut self, call: Call) {
        self.called += 1;
        if self.calls.len() >= CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    /// The page of a payment or a subscription.
    pub fn page_url(&self, id: &str) -> String {
        format!("{}/pay/{id}", self.base)
    }
}

/// The token that a test card always has: `tok_twin_success`.
pub fn token_of(card: TestCard) -> String {
    format!("tok_twin_{}", card.name().replace('-', "_"))
}
