//! Where the probes go: a URL taken apart, and the addresses behind its host.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::pki_types::ServerName;
use url::{Host, Url};

use crate::checks::CheckContext;
use crate::checks::webhook::public::is_loopback;
use crate::text::Untrusted;

/// How long a name may take to be looked up.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);

/// A URL, taken apart.
#[derive(Clone, Debug)]
pub struct Target {
    /// The URL without user, password and fragment.
    pub url: Url,
    /// The host as it stands in the URL.
    pub host: Host,
    /// The port, the scheme's own when none is named.
    pub port: u16,
    /// Whether it is HTTPS.
    pub tls: bool,
}

/// Why a URL can not be a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a web address (https://host/path)")]
pub struct NotATarget(String);

/// Why a host has no addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupFailure {
    /// The name does not exist or has no address.
    NoSuchName(String),
    /// The resolver did not answer, so that nothing is known about the name.
    NoAnswer(String),
}

impl Target {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// When it is not an http or https URL with a host.
    pub fn of(url: &Url) -> Result<Self, NotATarget> {
        let wrong = || NotATarget(Untrusted::new(url.as_str()).line(200));
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let mut url = url.clone();
        url.set_fragment(None);
        url.set_username("").map_err(|()| wrong())?;
        url.set_password(None).map_err(|()| wrong())?;
        let host = url.host().ok_or_else(wrong)?.to_owned();
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        Ok(Self { url, host, port, tls })
    }

    /// The cleartext twin of an HTTPS target: the same path over plain HTTP on `port`.
    #[must_use]
    pub fn cleartext(&self, port: u16) -> Option<Self> {
        let mut url = self.url.clone();
        url.set_scheme("http").ok()?;
        url.set_port(Some(port)).ok()?;
        Self::of(&url).ok()
    }

    /// The URL, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        Untrusted::new(self.url.as_str()).line(300)
    }

    /// What has to be typed to arm it: the host and, where it is not the scheme's own, the port.
    #[must_use]
    pub fn arms(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_string(),
        }
    }

    /// Path and query, as the request line carries them.
    #[must_use]
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Whether the host names this machine by itself, without being looked up.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Host::Ipv4(address) => is_loopback(IpAddr::V4(*address)),
            Host::Ipv6(address) => is_loopback(IpAddr::V6(*address)),
        }
    }

    /// Whether validly signed probes may go there: armed by somebody, or this machine itself.
    #[must_use]
    pub fn is_armed(&self, context: &CheckContext) -> bool {
        self.is_loopback()
            || context.is_armed(&self.arms())
            || context.is_armed(&self.host.to_string())
    }

    /// The name that the certificate must be for.
    #[must_use]
    pub fn server_name(&self) -> Option<ServerName<'static>> {
        match &self.host {
            Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned()).ok(),
            Host::Ipv4(address) => Some(ServerName::IpAddress(IpAddr::V4(*address).into())),
            Host::Ipv6(address) => Some(ServerName::IpAddress(IpAddr::V6(*address).into())),
        }
    }

    /// Every address of the host by the system's resolver, each once, in its order.
    ///
    /// # Errors
    /// When it has none or the resolver can not say.
    pub async fn addresses(&self) -> Result<Vec<SocketAddr>, LookupFailure> {
        let name = match &self.host {
            Host::Ipv4(address) => return Ok(vec![(*address, self.port).into()]),
            Host::Ipv6(address) => return Ok(vec![(*address, self.port).into()]),
            Host::Domain(name) => name,
        };
        let lookup = tokio::net::lookup_host((name.as_str(), self.port));
        let found = match tokio::time::timeout(LOOKUP_LIMIT, lookup).await {
            Err(_) => {
                return Err(LookupFailure::NoAnswer("the resolver took more than 10 s".into()));
            }
            Ok(Err(error)) => return Err(LookupFailure::of(&error)),
            Ok(Ok(found)) => found,
        };
        let mut addresses = Vec::new();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            return Err(LookupFailure::NoSuchName("the name has no address".into()));
        }
        Ok(addresses)
    }
}

impl LookupFailure {
    /// The resolver's words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::NoSuchName(why) | Self::NoAnswer(why) => why,
        }
    }

    /// Tells a name that does not exist from a resolver that does not answer. The standard library
    /// gives the resolver's words only; these are those of glibc, musl, macOS and Windows.
    fn of(error: &std::io::Error) -> Self {
        let words = Untrusted::new(error.to_string()).line(200);
        let no_such_name = [
            "Name or service not known",
            "No address associated",
            "Name does not resolve",
            "Name has no usable address",
            "nodename nor servname",
            "No such host",
        ];
        if no_such_name.iter().any(|known| words.contains(known)) {
            Self::NoSuchName(words)
        } else {
            Self::NoAnswer(words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        Target::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn a_port_of_its_own_is_part_of_what_has_to_be_armed() {
        assert_eq!(target("https://shop.example/hook?a=b").arms(), "shop.example");
        assert_eq!(target("https://shop.example:443/").arms(), "shop.example");
        assert_eq!(target("https://shop.example:8443/").arms(), "shop.example:8443");
        assert_eq!(target("https://[2001:db8::1]:8443/").arms(), "[2001:db8::1]:8443");
    }

    #[test]
    fn only_names_that_always_mean_this_machine_are_loopback() {
        for url in
            ["http://localhost/", "https://127.0.0.9:1/", "http://[::1]/", "http://a.localhost"]
        {
            assert!(target(url).is_loopback(), "{url}");
        }
        for url in ["http://localhost.example/", "http://10.0.0.1/", "http://lvh.me/"] {
            assert!(!target(url).is_loopback(), "{url}");
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_from_a_resolver_that_does_not_answer() {
        let said = |words: &str| LookupFailure::of(&std::io::Error::other(words.to_owned()));
        let glibc = "failed to lookup address information: ";
        assert!(matches!(
            said(&format!("{glibc}Name or service not known")),
            LookupFailure::NoSuchName(_)
        ));
        assert!(matches!(
            said(&format!("{glibc}Temporary failure in name resolution")),
            LookupFailure::NoAnswer(_)
        ));
    }

    #[test]
    fn credentials_in_the_url_are_not_shown() {
        assert_eq!(target("https://me:pw@shop.example/h#x").shown(), "https://shop.example/h");
    }
}
