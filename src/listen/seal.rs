//! Whose signature a request carries.
//!
//! Used by the exchange for every request. The rule it keeps: the raw bytes are verified, before
//! anything looks into them; a request is valid only with exactly one signature that fits.

use hyper::header::HeaderMap;

use crate::events::received::Signature;
use crate::mintcash::envelope::Environment;
use crate::mintcash::signature;
use crate::secrets::Secret;

/// The inputs that hold the secrets, by environment.
pub const LIVE: &str = "webhook_secret";
/// The one of the sandbox.
pub const TEST: &str = "test_webhook_secret";

/// The secrets to verify with.
#[derive(Clone, Debug, Default)]
pub struct Seals {
    /// The one of the live webhook.
    pub live: Option<Secret>,
    /// The one of the sandbox webhook.
    pub test: Option<Secret>,
}

impl Seals {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.is_none() && self.test.is_none()
    }

    /// What is known of the signature of a body that says that it is of `environment`, and the
    /// input whose secret it was made with. Where the secret of that environment is not known, a
    /// signature that fits no other is unchecked, not invalid.
    #[must_use]
    pub fn judge(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        environment: Option<&str>,
    ) -> (Signature, Option<&'static str>) {
        if self.is_empty() {
            return (Signature::Unchecked, None);
        }
        let mut given = headers.get_all(signature::HEADER).iter();
        let Some(first) = given.next() else { return (Signature::Missing, None) };
        if given.next().is_some() {
            return (Signature::Invalid, None);
        }
        let fits = |secret: &Option<Secret>| {
            secret.as_ref().is_some_and(|secret| signature::verify(secret, body, first.as_bytes()))
        };
        for (secret, name) in [(&self.live, LIVE), (&self.test, TEST)] {
            if fits(secret) {
                return (Signature::Valid, Some(name));
            }
        }
        let unknown = match environment {
            Some("live") => self.of(Environment::Live).is_none(),
            Some("test") => self.of(Environment::Test).is_none(),
            _ => false,
        };
        (if unknown { Signature::Unchecked } else { Signature::Invalid }, None)
    }

    fn of(&self, environment: Environment) -> Option<&Secret> {
        match environment {
            Environment::Live => self.live.as_ref(),
            Environment::Test => self.test.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn signed(by: &[&str], body: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for by in by {
            let hex = signature::sign(&secret(by), body).hex();
            headers.append(signature::HEADER, HeaderValue::from_str(&hex).unwrap());
        }
        headers
    }

    #[test]
    fn a_signature_is_valid_under_one_secret_and_that_is_named() {
        let both = Seals { live: Some(secret("whsec_live")), test: Some(secret("whsec_test")) };
        let live = Seals { test: None, ..both.clone() };
        let (body, none) = (b"{\"a\": 1}".as_slice(), None);
        let of = |seals: &Seals, by: &[&str]| seals.judge(&signed(by, body), body, none);
        assert_eq!(of(&both, &["whsec_live"]), (Signature::Valid, Some(LIVE)));
        assert_eq!(of(&both, &["whsec_test"]), (Signature::Valid, Some(TEST)));
        assert_eq!(of(&live, &["whsec_test"]), (Signature::Invalid, None));
        assert_eq!(of(&both, &[]), (Signature::Missing, None));
        assert_eq!(of(&both, &["whsec_live", "whsec_live"]), (Signature::Invalid, None));
        assert_eq!(of(&Seals::default(), &["whsec_live"]), (Signature::Unchecked, None));
        let other = both.judge(&signed(&["whsec_live"], b"{}"), body, none);
        assert_eq!(other, (Signature::Invalid, None));
    }

    #[test]
    fn what_no_known_secret_can_tell_is_unchecked() {
        let live = Seals { live: Some(secret("whsec_live")), test: None };
        let headers = signed(&["whsec_test"], b"{}");
        assert_eq!(live.judge(&headers, b"{}", Some("test")), (Signature::Unchecked, None));
        assert_eq!(live.judge(&headers, b"{}", Some("live")), (Signature::Invalid, None));
        assert_eq!(live.judge(&HeaderMap::new(), b"{}", Some("test")).0, Signature::Missing);
    }
}
