//! The way to a running twin, for whoever started it: look, steer, let time pass.
//!
//! Used by `golive demo`, by tests and by the twin's own control page and API, so that all of them
//! do the same things.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::mintcash::envelope::Environment;
use crate::secrets::Secret;
use crate::time::Timestamp;
use crate::twin::Credentials;
use crate::twin::card::TestCard;
use crate::twin::edge::courier::deliverable;
use crate::twin::edge::engine::Engine;
use crate::twin::switch::{Setting, Switch};

/// The way to a running twin.
#[derive(Clone)]
pub struct Handle {
    pub(super) engine: Arc<Engine>,
    live: Url,
    test: Url,
    control: Url,
}

/// A hosted page on which nobody has paid yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPage {
    /// The id of the payment or the subscription.
    pub id: String,
    /// Where the page is.
    pub url: Url,
    /// How much, in the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
}

impl Handle {
    pub(super) fn new(engine: Arc<Engine>, live: Url, test: Url, control: Url) -> Self {
        Self { engine, live, test, control }
    }

    /// Where an environment's API is.
    #[must_use]
    pub fn url(&self, environment: Environment) -> Url {
        match environment {
            Environment::Live => self.live.clone(),
            Environment::Test => self.test.clone(),
        }
    }

    /// Where the page and the API that steer it are.
    #[must_use]
    pub fn control_url(&self) -> Url {
        self.control.clone()
    }

    /// An environment's keys and webhook secret.
    #[must_use]
    pub fn credentials(&self, environment: Environment) -> Credentials {
        self.engine.look(|world| world.site(environment).keys.clone())
    }

    /// An environment's public key.
    #[must_use]
    pub fn public_key(&self, environment: Environment) -> String {
        self.credentials(environment).public
    }

    /// An environment's secret key.
    #[must_use]
    pub fn secret_key(&self, environment: Environment) -> Secret {
        Secret::new(self.credentials(environment).secret)
    }

    /// An environment's webhook secret.
    #[must_use]
    pub fn webhook_secret(&self, environment: Environment) -> Secret {
        Secret::new(self.credentials(environment).webhook)
    }

    /// Sets where an environment's webhooks go from now on, retries of earlier ones included.
    ///
    /// # Errors
    /// When that is another machine, in a sentence.
    pub fn set_webhook(&self, environment: Environment, url: Option<Url>) -> Result<(), String> {
        if let Some(url) = &url {
            deliverable(url)?;
        }
        let url = url.map(String::from);
        self.engine.act(|world| world.parts(environment).1.webhook = url);
        Ok(())
    }

    /// What the virtual clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.act(|world| world.now())
    }

    /// When the next thing falls due on the virtual clock.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.engine.act(|world| world.next_due())
    }

    /// Lets virtual time pass: everything that falls due happens, in order, deliveries included.
    /// When it returns, all of it has happened and nothing is on its way.
    pub async fn advance(&self, by: Duration) {
        // In a task of its own: whoever stops waiting for it must not stop a delivery half-way.
        let engine = Arc::clone(&self.engine);
        let stepped = tokio::spawn(async move { engine.advance(by).await });
        let _ends_with_the_twin = stepped.await;
    }

    /// Lets virtual time pass up to the next thing that falls due, and that happen; whether there
    /// was one.
    pub async fn advance_to_next(&self) -> bool {
        let engine = Arc::clone(&self.engine);
        let stepped = tokio::spawn(async move { engine.advance_to_next().await });
        stepped.await.unwrap_or(false)
    }

    /// How many virtual seconds pass in a real one.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.engine.speed()
    }

    /// Sets how many virtual seconds pass in a real one; 0 stops the clock.
    ///
    /// # Errors
    /// When that is no number from 0 to ten million, in a sentence.
    pub fn set_speed(&self, factor: f64) -> Result<(), String> {
        self.engine.set_speed(factor)
    }

    /// Does what the hosted page's form does.
    ///
    /// # Errors
    /// When there is no such open page, in a sentence.
    pub fn pay(&self, environment: Environment, id: &str, card: TestCard) -> Result<(), String> {
        self.engine.act(|world| {
            let (time, site) = world.parts(environment);
            site.pay(time, id, card)
        })
    }

    /// Puts another card in a subscription's place, as its customer does.
    ///
    /// # Errors
    /// When there is no such running subscription, in a sentence.
    pub fn replace_card(
        &self,
        environment: Environment,
        subscription: &str,
        card: TestCard,
    ) -> Result<(), String> {
        self.engine.act(|world| {
            let (time, site) = world.parts(environment);
            site.replace_card(time, subscription, card)
        })
    }

    /// Delivers an event again, as an operator does on the provider's dashboard.
    ///
    /// # Errors
    /// When there is no such delivery or it is still under way, in a sentence.
    pub fn redeliver(&self, environment: Environment, delivery: usize) -> Result<(), String> {
        self.engine.act(|world| {
            let (time, site) = world.parts(environment);
            site.redeliver(time, delivery)
        })
    }

    /// The hosted pages on which nobody has paid yet.
    #[must_use]
    pub fn open_pages(&self, environment: Environment) -> Vec<OpenPage> {
        let pages = self.engine.act(|world| world.site(environment).open_pages());
        let base = self.url(environment);
        let open = |page: crate::twin::world::page::Page| {
            let url = base.join(&format!("/pay/{}", page.id)).ok()?;
            Some(OpenPage { id: page.id, url, amount: page.amount, currency: page.currency })
        };
        pages.into_iter().filter_map(open).collect()
    }

    /// Turns a switch on or off: `cents`, `live:duplicates`, `renewal-fails-with=card_expired`.
    ///
    /// # Errors
    /// When there is no such switch, in a sentence.
    pub fn switch(&self, name: &str, on: bool) -> Result<(), String> {
        let setting = Setting::read(name)?;
        self.engine.act(|world| world.switch(&setting, on));
        Ok(())
    }

    /// Whether a switch is on in an environment.
    #[must_use]
    pub fn has(&self, environment: Environment, switch: Switch) -> bool {
        self.engine.look(|world| world.site(environment).has(switch))
    }

    /// Everything that an environment holds, as data; amounts in the smallest unit.
    #[must_use]
    pub fn snapshot(&self, environment: Environment) -> Value {
        self.engine.act(|world| world.site(environment).snapshot(world.now()))
    }
}
