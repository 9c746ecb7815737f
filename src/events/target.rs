//! Which call of MintCash's API a logged request is, and in which environment.
//!
//! Used by [`record`](super::record). The rules it keeps: a request to another company's host is
//! none of ours, whatever its path looks like; a path alone is taken for MintCash's, since a log
//! of requests to MintCash mostly leaves the host out; an environment is only said where the host
//! says it.

use std::borrow::Cow;

use super::record::{Call, Environment};

/// The hosts that are MintCash's.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// It went to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elsewhere;

/// What a request's target says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aim<'a> {
    pub call: Call<'a>,
    pub environment: Option<Environment>,
}

/// What a log says of where a request went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Target<'a> {
    pub url: Option<&'a [u8]>,
    pub path: Option<&'a [u8]>,
    /// A host that may as well be the machine that writes the log: it only counts when it is
    /// MintCash's.
    pub host: Option<&'a [u8]>,
    pub method: Option<&'a [u8]>,
}

/// Whether it went to MintCash, and there to which call; `None` when the log does not say.
pub(super) fn aim<'a>(target: Target<'a>, hosts: &Hosts) -> Option<Result<Aim<'a>, Elsewhere>> {
    let (host, in_url) = target.url.map_or((None, None), |url| {
        let (host, path) = split(url);
        (host, Some(path))
    });
    let mut environment = None;
    if let Some(host) = host {
        match whose(host, hosts) {
            Some(known) => environment = known,
            None => return Some(Err(Elsewhere)),
        }
    } else if let Some(host) = target.host {
        environment = own(host, hosts).flatten();
    }
    let creates = target.method.is_none_or(|method| method.eq_ignore_ascii_case(b"POST"));
    let calls = [in_url, target.path].into_iter().flatten();
    let named = calls.filter_map(call).find(|call| *call != Call::Other);
    match named {
        Some(call) => {
            let call = if creates { call } else { Call::Other };
            Some(Ok(Aim { call, environment }))
        }
        None if target.url.is_none() && target.path.is_none() => None,
        None => Some(Ok(Aim { call: Call::Other, environment })),
    }
}

/// Whose a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// MintCash's.
    MintCash,
    /// One of this machine or network, which may be a proxy or a twin.
    Inside,
    /// Another company's.
    Elsewhere,
}

/// What a URL or a path says of a call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aimed<'a> {
    /// Whose its host is; `None` for a path alone.
    pub whose: Option<Whose>,
    /// Whether the path is one of the API's.
    pub is_call: bool,
    /// The id in the path.
    pub resource: Option<&'a [u8]>,
}

/// Reads a URL or a path for a call of the API.
pub(super) fn aimed<'a>(target: &'a [u8], hosts: &Hosts) -> Aimed<'a> {
    let (host, path) = split(target);
    let whose = host.map(|host| match (own(host, hosts), whose(host, hosts)) {
        (Some(_), _) => Whose::MintCash,
        (None, Some(_)) if host.to_ascii_lowercase().windows(8).any(|it| it == b"mintcash") => {
            Whose::MintCash
        }
        (None, Some(_)) => Whose::Inside,
        (None, None) => Whose::Elsewhere,
    });
    let end = path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let parts = path.get(..end).unwrap_or(path).split(|byte| *byte == b'/');
    let mut parts = parts.filter(|part| !part.is_empty()).peekable();
    let mut aimed = Aimed { whose, is_call: false, resource: None };
    while let Some(part) = parts.next() {
        match part {
            b"payments" | b"subscriptions" | b"refunds" => {
                aimed.is_call = true;
                let id = parts.peek().copied().filter(|id| !matches!(id, [b'{' | b':' | b'<', ..]));
                aimed.resource = aimed.resource.or(id);
            }
            b"api-keys" => aimed.is_call = true,
            _ => {}
        }
    }
    aimed
}

/// Whose a host is that stands alone, if it is MintCash's: it may as well be the name of the
/// machine that writes the log.
pub(super) fn host(host: &[u8], hosts: &Hosts) -> Option<Whose> {
    own(host, hosts).map(|_| Whose::MintCash)
}

/// The call that a path is; `None` for an empty one.
fn call(path: &[u8]) -> Option<Call<'_>> {
    let end = path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let path = path.get(..end)?;
    let mut parts = path.split(|byte| *byte == b'/').rev().filter(|part| !part.is_empty());
    Some(match (parts.next()?, parts.next(), parts.next()) {
        (b"payments", ..) => Call::Payment,
        (b"subscriptions", ..) => Call::Subscription,
        (b"refund" | b"refunds", Some(id), Some(b"payments")) => {
            let is_template = id.starts_with(b"{") || id.starts_with(b":") || id.starts_with(b"<");
            Call::Refund((!is_template).then_some(id))
        }
        _ => Call::Other,
    })
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

/// The environment of a host that is MintCash's; `Some(None)` for one that is both.
fn own(host: &[u8], hosts: &Hosts) -> Option<Option<Environment>> {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let is = |list: &[String]| {
        list.iter().any(|known| *known == host || host.split(':').next() == Some(known))
    };
    match (is(&hosts.live), is(&hosts.test)) {
        (true, false) => Some(Some(Environment::Live)),
        (false, true) => Some(Some(Environment::Test)),
        (true, true) => Some(None),
        (false, false) => None,
    }
}

/// The environment of a host: `None` for another company's, `Some(None)` for one of this machine or
/// network, which may be a proxy or a twin.
fn whose(host: &[u8], hosts: &Hosts) -> Option<Option<Environment>> {
    if let Some(known) = own(host, hosts) {
        return Some(known);
    }
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
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
        #[case] url: &str,
        #[case] wanted: Option<(Call<'_>, Option<Environment>)>,
    ) {
        let method = Some(method.as_bytes());
        let mut target = Target { method, ..Target::default() };
        match url.contains("://") {
            true => target.url = Some(url.as_bytes()),
            false => target.path = Some(url.as_bytes()),
        }
        let aim = aim(target, &Hosts::default()).unwrap();
        assert_eq!(aim.map(|aim| (aim.call, aim.environment)).ok(), wanted);
    }

    #[test]
    fn a_base_and_a_path_are_one_target_and_a_machine_s_name_is_none() {
        let (url, path) = (Some(&b"https://sandbox.mintcash.me"[..]), Some(&b"/payments"[..]));
        let with = |url, host| aim(Target { url, path, host, method: None }, &Hosts::default());
        let wanted = |environment| Some(Ok(Aim { call: Call::Payment, environment }));
        assert_eq!(with(url, None), wanted(Some(Environment::Test)));
        assert_eq!(with(None, Some(b"api.mintcash.me")), wanted(Some(Environment::Live)));
        assert_eq!(with(None, Some(b"web-1.shop.example")), wanted(None));
        assert_eq!(aim(Target::default(), &Hosts::default()), None);
    }

    #[test]
    fn hosts_of_this_launch_are_known_with_their_ports() {
        let hosts = Hosts { live: vec!["127.0.0.1:41".into()], test: vec!["127.0.0.1:42".into()] };
        let url = Some(&b"http://127.0.0.1:42/payments"[..]);
        let aim = aim(Target { url, ..Target::default() }, &hosts).unwrap().unwrap();
        assert_eq!(aim.environment, Some(Environment::Test));
    }
}
