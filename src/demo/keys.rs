//! The keys and secrets of the demo: the twin's, and two that were never in use.
//!
//! Made at the start of each demo, worth nothing anywhere else, and treated like real ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::mintcash::envelope::Environment;
use crate::secrets::{Redactor, Secret};
use crate::twin::Handle;

/// The keys and secrets.
#[derive(Clone)]
pub struct Keys {
    /// The live public key.
    pub live_public: Secret,
    /// The live secret key.
    pub live_secret: Secret,
    /// The sandbox's public key.
    pub test_public: Secret,
    /// The sandbox's secret key.
    pub test_secret: Secret,
    /// The signing secret of live webhooks.
    pub webhook: Secret,
    /// The signing secret of the sandbox's webhooks.
    pub test_webhook: Secret,
    /// A webhook secret that is no longer in use.
    pub old_webhook: Secret,
    /// A live key of another pair.
    pub other_live: Secret,
}

impl Keys {
    /// Those of a twin. From here on they are kept out of everything that leaves the program.
    #[must_use]
    pub fn of(twin: &Handle) -> Self {
        let fresh = |prefix: &str| Secret::new(format!("{prefix}{}", Uuid::new_v4().simple()));
        let public = |environment| Secret::new(twin.public_key(environment));
        let keys = Self {
            live_public: public(Environment::Live),
            live_secret: twin.secret_key(Environment::Live),
            test_public: public(Environment::Test),
            test_secret: twin.secret_key(Environment::Test),
            webhook: twin.webhook_secret(Environment::Live),
            test_webhook: twin.webhook_secret(Environment::Test),
            old_webhook: fresh("whsec_old_"),
            other_live: fresh("sk_live_"),
        };
        for secret in [
            &keys.live_secret,
            &keys.test_secret,
            &keys.webhook,
            &keys.test_webhook,
            &keys.old_webhook,
            &keys.other_live,
        ] {
            Redactor::shared().register(secret);
        }
        keys
    }

    /// Each with the name of its input.
    #[must_use]
    pub fn inputs(&self) -> [(&'static str, &Secret); 6] {
        [
            ("live_public_key", &self.live_public),
            ("live_secret_key", &self.live_secret),
            ("test_public_key", &self.test_public),
            ("test_secret_key", &self.test_secret),
            ("webhook_secret", &self.webhook),
            ("test_webhook_secret", &self.test_webhook),
        ]
    }

    /// The text with `{live_secret_key}` and the like replaced by what they stand for. For the files
    /// of a shop in which a secret has leaked, and for nothing else.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let mut filled = text.to_owned();
        for (name, secret) in
            self.inputs().into_iter().chain([("other_live_key", &self.other_live)])
        {
            filled = filled.replace(&format!("{{{name}}}"), secret.expose());
        }
        let base64 = STANDARD.encode(self.live_secret.expose());
        filled.replace("{live_secret_key_base64}", &base64)
    }
}
