//! What another URL and the live one have in common: the whole URL, the host, an address.
//!
//! Used by the check for the old URL before anything is asked, and by `judge` for the URL that a
//! redirect leads to.

use std::net::{IpAddr, SocketAddr};

use crate::checks::webhook::target::Target;

/// What the two have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// No live URL is known, so that nothing can be compared.
    NoLive,
    /// Nothing that is known.
    Apart,
    /// Addresses, under two names.
    Addresses(Vec<IpAddr>),
    /// The host.
    Host,
    /// Everything: it is the live URL.
    Url,
}

impl Beside {
    /// Compares what needs no look-up.
    pub fn by_name(other: &Target, live: Option<&Target>) -> Self {
        match live {
            None => Self::NoLive,
            Some(live) if is_same_url(other, live) => Self::Url,
            Some(live) if host(other) == host(live) => Self::Host,
            Some(_) => Self::Apart,
        }
    }

    /// The same when the addresses of both hosts are known.
    pub fn or_by_address(self, other: &[SocketAddr], live: &[SocketAddr]) -> Self {
        if self != Self::Apart {
            return self;
        }
        let mut shared: Vec<IpAddr> = Vec::new();
        for ip in other.iter().map(SocketAddr::ip) {
            if live.iter().any(|at| at.ip() == ip) && !shared.contains(&ip) {
                shared.push(ip);
            }
        }
        if shared.is_empty() { Self::Apart } else { Self::Addresses(shared) }
    }
}

/// Whether two URLs are one: scheme, host, port, path and query.
fn is_same_url(one: &Target, other: &Target) -> bool {
    let parts = |target: &Target| (target.tls, host(target), target.port, target.path());
    parts(one) == parts(other)
}

/// The host as names are compared: without the dot of the root.
fn host(target: &Target) -> String {
    target.host.to_string().trim_end_matches('.').to_lowercase()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;

    const LIVE: &str = "https://shop.example/webhooks/mintcash";

    fn target(url: &str) -> Target {
        Target::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[rstest]
    #[case::the_same(LIVE, Beside::Url)]
    #[case::written_otherwise("https://SHOP.example.:443/webhooks/mintcash#old", Beside::Url)]
    #[case::another_path("https://shop.example/webhooks/test", Beside::Host)]
    #[case::another_query("https://shop.example/webhooks/mintcash?env=test", Beside::Host)]
    #[case::another_port("https://shop.example:8443/webhooks/mintcash", Beside::Host)]
    #[case::cleartext("http://shop.example/webhooks/mintcash", Beside::Host)]
    #[case::another_host("https://test.shop.example/webhooks/mintcash", Beside::Apart)]
    fn the_same_url_the_same_host_and_another_host_are_told_apart(
        #[case] url: &str,
        #[case] expected: Beside,
    ) {
        assert_eq!(Beside::by_name(&target(url), Some(&target(LIVE))), expected);
        assert_eq!(Beside::by_name(&target(url), None), Beside::NoLive);
    }

    #[test]
    fn one_address_behind_two_names_is_seen_whatever_the_port() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let old = [at("192.0.2.1:443"), at("192.0.2.2:443"), at("192.0.2.1:443")];
        let by_address = |live: &[SocketAddr]| Beside::Apart.or_by_address(&old, live);
        assert_eq!(
            by_address(&[at("192.0.2.9:8443"), at("192.0.2.1:8443")]),
            Beside::Addresses(vec![at("192.0.2.1:443").ip()])
        );
        assert_eq!(by_address(&[at("192.0.2.9:443")]), Beside::Apart);
        assert_eq!(Beside::Host.or_by_address(&old, &old), Beside::Host);
    }
}
