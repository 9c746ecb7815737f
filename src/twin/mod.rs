//! The rehearsal twin: a simulation of MintCash on this machine, after mintcash-contract.md.
//!
//! Started by `golive twin`, by `golive demo` and by tests.

pub mod card;

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use serde_json::Value;
use url::Url;

use crate::failure::{Failure, FailureKind};
use crate::mintcash::envelope::Environment;
use crate::secrets::Secret;
use crate::time::Timestamp;

pub use card::TestCard;

/// How a twin is started.
#[derive(Clone)]
pub struct Options {
    /// The port of the live API; 0 for any.
    pub live_port: u16,
    /// The port of the sandbox.
    pub sandbox_port: u16,
    /// The port of the page and the API that steer it.
    pub control_port: u16,
    /// Everything that is made up follows from it.
    pub seed: u64,
    /// What the virtual clock says at the beginning.
    pub start: Timestamp,
    /// How many virtual seconds pass in a real one; 0 for a clock that is only stepped.
    pub speed: f64,
    /// Switches that are on from the beginning, by name: `cents`, `live:duplicates`,
    /// `renewal-fails-with=card_expired`.
    pub switches: Vec<String>,
    /// Where live webhooks go.
    pub webhook: Option<Url>,
    /// Where webhooks of the sandbox go.
    pub test_webhook: Option<Url>,
    /// Roots that deliveries over https trust beside the public ones.
    pub roots: Option<RootCertStore>,
}

impl Options {
    /// Any ports, seed 1, a clock that is only stepped, nothing switched on.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            live_port: 0,
            sandbox_port: 0,
            control_port: 0,
            seed: 1,
            start,
            speed: 0.0,
            switches: Vec::new(),
            webhook: None,
            test_webhook: None,
            roots: None,
        }
    }
}

/// A running twin; ends when it is dropped.
pub struct Twin(Handle);

/// The way to a running twin.
#[derive(Clone)]
pub struct Handle(Arc<Options>);

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

impl Twin {
    /// Starts a twin.
    ///
    /// # Errors
    /// When a port is taken, a switch has no such name or a webhook leads to another machine.
    #[expect(clippy::unused_async, reason = "the shape comes first")]
    pub async fn start(options: Options) -> Result<Self, Failure> {
        Ok(Self(Handle(Arc::new(options))))
    }

    /// The way to it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.0.clone()
    }

    /// Ends it and waits until it is gone.
    #[expect(clippy::unused_async, reason = "the shape comes first")]
    pub async fn stop(self) {}
}

impl Handle {
    /// Where an environment's API is.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn url(&self, environment: Environment) -> Url {
        let port = match environment {
            Environment::Live => self.0.live_port,
            Environment::Test => self.0.sandbox_port,
        };
        here(port)
    }

    /// Where the page and the API that steer it are.
    #[must_use]
    pub fn control_url(&self) -> Url {
        here(self.0.control_port)
    }

    /// An environment's public key.
    #[must_use]
    pub fn public_key(&self, _environment: Environment) -> String {
        String::new()
    }

    /// An environment's secret key.
    #[must_use]
    pub fn secret_key(&self, _environment: Environment) -> Secret {
        Secret::new(String::new())
    }

    /// An environment's webhook secret.
    #[must_use]
    pub fn webhook_secret(&self, _environment: Environment) -> Secret {
        Secret::new(String::new())
    }

    /// Sets where an environment's webhooks go.
    ///
    /// # Errors
    /// When that is another machine, in a sentence.
    pub fn set_webhook(&self, _environment: Environment, _url: Option<Url>) -> Result<(), String> {
        Ok(())
    }

    /// What the virtual clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.start
    }

    /// Lets virtual time pass: everything that falls due happens, in order, deliveries included.
    #[expect(clippy::unused_async, reason = "the shape comes first")]
    pub async fn advance(&self, _by: Duration) {}

    /// Does what the hosted page's form does.
    ///
    /// # Errors
    /// When there is no such open page, in a sentence.
    pub fn pay(&self, _environment: Environment, _id: &str, _card: TestCard) -> Result<(), String> {
        Ok(())
    }

    /// The hosted pages on which nobody has paid yet.
    #[must_use]
    pub fn open_pages(&self, _environment: Environment) -> Vec<OpenPage> {
        Vec::new()
    }

    /// Turns a switch on or off: `cents`, `live:duplicates`, `renewal-fails-with=card_expired`.
    ///
    /// # Errors
    /// When there is no such switch, in a sentence.
    pub fn switch(&self, _name: &str, _on: bool) -> Result<(), String> {
        Ok(())
    }

    /// Everything that an environment holds, as data.
    #[must_use]
    pub fn snapshot(&self, _environment: Environment) -> Value {
        Value::Null
    }
}

fn here(port: u16) -> Url {
    let url = Url::parse(&format!("http://127.0.0.1:{port}"));
    url.unwrap_or_else(|_| unreachable!("a loopback address is a URL"))
}

/// Says that the twin could not start.
#[must_use]
pub fn failed(message: String) -> Failure {
    Failure::new(FailureKind::Other, message)
}
