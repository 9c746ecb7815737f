//! Where keys may be sent: to MintCash's own host, to this machine, or to a host that somebody
//! armed by name. Never anywhere because a line in a file says so.

use url::Url;

use crate::checks::CheckContext;
use crate::checks::webhook::target::Target;
use crate::mintcash::client::{LIVE_HOST, SANDBOX_HOST};
use crate::mintcash::envelope::Environment;
use crate::text::Untrusted;

/// A place that the keys of one environment would go to.
#[derive(Clone, Debug)]
pub struct Place {
    /// The API's address, taken apart.
    pub target: Target,
    /// Whose it is.
    pub kind: Kind,
}

/// Whose host it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// MintCash's own, of the keys' environment.
    Own,
    /// This machine.
    Here,
    /// Another one.
    Other,
}

/// The input that names the API of an environment, and its default.
fn input(environment: Environment) -> (&'static str, &'static str, &'static str) {
    match environment {
        Environment::Live => ("api_url", LIVE_HOST, SANDBOX_HOST),
        Environment::Test => ("sandbox_url", SANDBOX_HOST, LIVE_HOST),
    }
}

impl Place {
    /// The place for the keys of an environment.
    ///
    /// # Errors
    /// When no key may go there, armed or not; one sentence.
    pub fn of(context: &CheckContext, environment: Environment) -> Result<Self, String> {
        let (name, own, foreign) = input(environment);
        let url = match context.inputs.url(name) {
            Some(url) => url.clone(),
            None => Url::parse(&format!("https://{own}")).map_err(|error| error.to_string())?,
        };
        let target = Target::of(&url).map_err(|error| format!("{name}: {error}."))?;
        let host = target.host.to_string();
        let host = host.trim_end_matches('.');
        if host == foreign {
            return Err(match environment {
                Environment::Live => format!("{name} is the sandbox; live keys do not go there."),
                Environment::Test => {
                    format!("{name} is the live API; sandbox keys do not go there.")
                }
            });
        }
        if !target.tls && !target.is_loopback() {
            let shown = target.shown();
            return Err(format!("{name} is {shown}: keys do not travel over cleartext HTTP."));
        }
        let own = host == own && url.port_or_known_default() == Some(443);
        let kind = match (own, target.is_loopback()) {
            (true, _) => Kind::Own,
            (_, true) => Kind::Here,
            _ => Kind::Other,
        };
        Ok(Self { target, kind })
    }

    /// What has to be typed before keys go there, if anything has.
    #[must_use]
    pub fn arms(&self) -> Option<String> {
        (self.kind == Kind::Other).then(|| self.target.arms())
    }

    /// Whether keys may go there now.
    #[must_use]
    pub fn is_allowed(&self, context: &CheckContext) -> bool {
        self.kind != Kind::Other || self.target.is_armed(context)
    }

    /// The host, for people.
    #[must_use]
    pub fn host(&self) -> String {
        Untrusted::new(self.target.arms()).line(260)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indexmap::IndexMap;

    use super::*;
    use crate::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
    use crate::time::Timestamp;

    fn context(url: &str, armed: &[&str]) -> CheckContext {
        let value = InputValue::Url(url.parse().unwrap());
        let input = Input { value, origin: ValueOrigin::Default };
        let values = IndexMap::from([("api_url".into(), input)]);
        let inputs = Arc::new(Inputs::new(values, "/".into()));
        let mut context = CheckContext::bare(inputs, "/".into(), Timestamp::from_millis(0));
        context.armed = Arc::new(armed.iter().map(|host| (*host).to_owned()).collect());
        context
    }

    #[test]
    fn live_keys_go_to_the_live_host_this_machine_and_hosts_armed_by_name() {
        let allowed = |url: &str, armed: &[&str]| {
            let context = context(url, armed);
            Place::of(&context, Environment::Live).is_ok_and(|place| place.is_allowed(&context))
        };
        assert!(allowed("https://api.mintcash.me", &[]));
        assert!(allowed("https://API.mintcash.me./v1?x=y", &[]));
        assert!(allowed("http://127.0.0.1:9", &[]));
        assert!(allowed("https://localhost:9", &[]));
        for other in [
            "https://api.mintcash.me:8443",
            "https://api.mintcash.me.example",
            "https://api-mintcash.me",
            "https://mintcash.me",
            "https://me:pw@proxy.example",
        ] {
            assert!(!allowed(other, &["api.mintcash.me.evil"]), "{other}");
        }
        assert!(allowed("https://api.mintcash.test", &["api.mintcash.test"]));
        assert!(allowed("https://api.mintcash.test:8443", &["api.mintcash.test:8443"]));
        for never in ["http://api.mintcash.me", "https://sandbox.mintcash.me", "http://10.0.0.1"] {
            assert!(!allowed(never, &["api.mintcash.me", "sandbox.mintcash.me", "10.0.0.1"]));
        }
    }

    #[test]
    fn without_an_input_the_default_is_mintcash_s_own_host() {
        let context = CheckContext::bare(Arc::default(), "/".into(), Timestamp::from_millis(0));
        let place = Place::of(&context, Environment::Test).unwrap();
        assert_eq!((place.host().as_str(), place.kind), ("sandbox.mintcash.me", Kind::Own));
        assert_eq!(place.arms(), None);
    }
}
