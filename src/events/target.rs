//! Which call of MintCash's API a logged request is, and in which environment.
//!
//! Used by [`record`](super::record). The rules it keeps: a request to another company's host is
//! none of ours, whatever its path looks like; a path alone is taken for MintCash's, since a log
//! of requests to MintCash mostly leaves the host out; an environment is only said where the host
//! says it.

use std::borrow::Cow;

use super::record::{Call, Environment};

/// The hosts that are MintCash's.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// Those of the live environment.
    pub live: Vec<String>,
    /// Those of the sandbox.
    pub test: Vec<String>,
}

impl Default for Hosts {
    fn default() -> Self {
        let one = |host: &str| vec![host.to_owned()];
        Self { live: one("api.mintcash.me"), test: one("sandbox.mintcash.me") }
    }
}

/// What a request's target says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aim<'a> {
    pub call: Call<'a>,
    pub environment: Option<Environment>,
}

/// Reads a URL or path and the method, where there is one. `None` when it is not MintCash's.
pub(super) fn aim<'a>(target: &'a [u8], method: Option<&[u8]>, hosts: &Hosts) -> Option<Aim<'a>> {
    let (host, path) = split(target);
    let environment = match host {
        None => None,
        Some(host) => whose(host, hosts)?,
    };
    let end = path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let path = path.get(..end)?;
    let mut parts = path.split(|byte| *byte == b'/').rev().filter(|part| !part.is_empty());
    let creates = method.is_none_or(|method| method.eq_ignore_ascii_case(b"POST"));
    let call = match (parts.next()?, parts.next(), parts.next()) {
        _ if !creates => Call::Other,
        (b"payments", ..) => Call::Payment,
        (b"subscriptions", ..) => Call::Subscription,
        (b"refund" | b"refunds", Some(id), Some(b"payments")) => {
            let is_template = id.starts_with(b"{") || id.starts_with(b":") || id.starts_with(b"<");
            Call::Refund((!is_template).then_some(id))
        }
        _ => Call::Other,
    };
    Some(Aim { call, environment })
}

/// The host of a URL without its port, and the path; no host for a path alone.
fn split(target: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let Some(scheme) = memchr::memmem::find(target, b"://") else { return (None, target) };
    let rest = target.get(scheme + 3..).unwrap_or_default();
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    let host = authority.rsplit(|byte| *byte == b'@').next().unwrap_or(authority);
    (Some(host), path)
}

/// The environment of a host: `None` for another company's, `Some(None)` for one of this machine or
/// network, which may be a proxy or a twin.
fn whose(host: &[u8], hosts: &Hosts) -> Option<Option<Environment>> {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let is = |list: &[String]| {
        list.iter().any(|known| *known == host || host.split(':').next() == Some(known))
    };
    match (is(&hosts.live), is(&hosts.test)) {
        (true, false) => return Some(Some(Environment::Live)),
        (false, true) => return Some(Some(Environment::Test)),
        (true, true) => return Some(None),
        (false, false) => {}
    }
    let name: Cow<'_, str> = host.rsplit_once(':').map_or(Cow::Borrowed(&*host), |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name.into()
        } else {
            host.as_str().into()
        }
    });
    let inside = !name.contains('.')
        || name.starts_with('[')
        || name.parse::<std::net::Ipv4Addr>().is_ok()
        || [".local", ".internal", ".localhost", ".svc", ".lan"]
            .iter()
            .any(|end| name.ends_with(end));
    (inside || name.contains("mintcash")).then_some(None)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("POST", "https://api.mintcash.me/payments", Some((Call::Payment, Some(Environment::Live))))]
    #[case("post", "https://sandbox.mintcash.me/payments/?x=1", Some((Call::Payment, Some(Environment::Test))))]
    #[case("POST", "/subscriptions", Some((Call::Subscription, None)))]
    #[case("POST", "/payments/pmt_1/refund", Some((Call::Refund(Some(b"pmt_1")), None)))]
    #[case("POST", "/payments/{paymentId}/refund", Some((Call::Refund(None), None)))]
    #[case("GET", "/payments/pmt_1", Some((Call::Other, None)))]
    #[case("DELETE", "https://api.mintcash.me/subscriptions/s1", Some((Call::Other, Some(Environment::Live))))]
    #[case("POST", "http://127.0.0.1:4010/payments", Some((Call::Payment, None)))]
    #[case("POST", "http://egress:8080/mintcash/payments", Some((Call::Payment, None)))]
    #[case("POST", "https://api.stripe.com/v1/subscriptions", None)]
    #[case("POST", "https://checkout.adyen.com/payments", None)]
    fn a_target_says_which_call_it_is_and_where(
        #[case] method: &str,
        #[case] target: &str,
        #[case] wanted: Option<(Call<'_>, Option<Environment>)>,
    ) {
        let aim = aim(target.as_bytes(), Some(method.as_bytes()), &Hosts::default());
        assert_eq!(aim.map(|aim| (aim.call, aim.environment)), wanted);
    }
}
