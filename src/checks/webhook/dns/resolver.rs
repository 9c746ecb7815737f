//! One DNS server that the configuration names, asked directly.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::checks::webhook::dns::Found;
use crate::checks::webhook::target::LookupFailure;
use crate::text::Untrusted;

/// How long a server may take for one try; there are two.
const TRY: Duration = Duration::from_secs(3);

/// How long the whole look-up may take.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);

/// A DNS server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolver(SocketAddr);

/// Why a text names no DNS server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a DNS server, such as 192.0.2.53 or 192.0.2.53:5353")]
pub struct NotAResolver(String);

/// What came of one question.
enum Came {
    Addresses {
        addresses: Vec<IpAddr>,
        aliases: Vec<String>,
        ttl: u32,
    },
    /// The name is there, but not with this kind of address.
    Nothing,
    NoSuchName,
    Silence(String),
}

impl Resolver {
    /// The servers in a list that is separated by commas or blanks.
    ///
    /// # Errors
    /// At the first that is none.
    pub fn list(text: &str) -> Result<Vec<Self>, NotAResolver> {
        let parts = text.split(|ch: char| ch == ',' || ch.is_whitespace());
        parts.filter(|part| !part.is_empty()).map(str::parse).collect()
    }

    /// The addresses that it gives for a name, A and AAAA.
    ///
    /// # Errors
    /// When it knows no such name, or can not say.
    pub async fn look_up(&self, name: &str) -> Result<Found, LookupFailure> {
        let limited = tokio::time::timeout(LOOKUP_LIMIT, self.ask_both(name));
        limited.await.unwrap_or_else(|_| Err(LookupFailure::NoAnswer("no answer in 10 s".into())))
    }

    async fn ask_both(&self, name: &str) -> Result<Found, LookupFailure> {
        let silent = |why: &dyn fmt::Display| LookupFailure::NoAnswer(words(why));
        let mut name = Name::from_ascii(name).map_err(|error| silent(&error))?;
        name.set_fqdn(true);
        let resolver = self.client().map_err(|error| silent(&error))?;
        let (v4, v6) = tokio::join!(
            ask(&resolver, &name, RecordType::A),
            ask(&resolver, &name, RecordType::AAAA)
        );
        together([("A", v4), ("AAAA", v6)])
    }

    fn client(&self) -> Result<TokioResolver, NetError> {
        let connection = |mut config: ConnectionConfig| {
            config.port = self.0.port();
            config
        };
        let connections =
            vec![connection(ConnectionConfig::udp()), connection(ConnectionConfig::tcp())];
        let server = NameServerConfig::new(self.0.ip(), true, connections);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options = builder.options_mut();
        options.timeout = TRY;
        options.attempts = 1;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        builder.build()
    }
}

async fn ask(resolver: &TokioResolver, name: &Name, kind: RecordType) -> Came {
    let lookup = match resolver.lookup(name.clone(), kind).await {
        Ok(lookup) => lookup,
        Err(NetError::Dns(DnsError::NoRecordsFound(nothing))) => {
            return match nothing.response_code {
                ResponseCode::NXDomain => Came::NoSuchName,
                ResponseCode::NoError => Came::Nothing,
                other => Came::Silence(words(&other)),
            };
        }
        Err(NetError::Dns(DnsError::ResponseCode(code))) => return Came::Silence(words(&code)),
        Err(NetError::Timeout) => return Came::Silence("no answer in time".into()),
        Err(other) => return Came::Silence(words(&other)),
    };
    let (mut addresses, mut aliases, mut ttl) = (Vec::new(), Vec::new(), u32::MAX);
    for record in lookup.answers() {
        match &record.data {
            RData::A(address) => addresses.push(IpAddr::V4(address.0)),
            RData::AAAA(address) => addresses.push(IpAddr::V6(address.0)),
            RData::CNAME(alias) => aliases.push(words(&alias.0)),
            _ => continue,
        }
        ttl = ttl.min(record.ttl);
    }
    if addresses.is_empty() { Came::Nothing } else { Came::Addresses { addresses, aliases, ttl } }
}

/// What the answers for A and AAAA say together.
fn together(answers: [(&str, Came); 2]) -> Result<Found, LookupFailure> {
    let (mut found, mut silent, mut exists) = (Found::default(), Vec::new(), false);
    for (kind, answer) in answers {
        match answer {
            Came::Addresses { addresses, aliases, ttl } => {
                for address in addresses {
                    if !found.addresses.contains(&address) {
                        found.addresses.push(address);
                    }
                }
                if found.aliases.is_empty() {
                    found.aliases = aliases;
                }
                found.ttl = Some(found.ttl.unwrap_or(ttl).min(ttl));
            }
            Came::Nothing => exists = true,
            Came::NoSuchName => {}
            Came::Silence(why) => silent.push(format!("{kind}: {why}")),
        }
    }
    match (found.addresses.is_empty(), silent.is_empty()) {
        (false, true) => Ok(found),
        (false, false) => Ok(Found { partly: Some(silent.join(", ")), ..found }),
        (true, false) => Err(LookupFailure::NoAnswer(silent.join(", "))),
        (true, true) if exists => Err(LookupFailure::NoSuchName("the name has no address".into())),
        (true, true) => Err(LookupFailure::NoSuchName("NXDOMAIN".into())),
    }
}

fn words(said: &dyn fmt::Display) -> String {
    Untrusted::new(said.to_string()).line(200)
}

impl FromStr for Resolver {
    type Err = NotAResolver;

    fn from_str(text: &str) -> Result<Self, NotAResolver> {
        let alone = |ip: IpAddr| SocketAddr::new(ip, 53);
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let address = text.parse().or_else(|_| bare.parse().map(alone));
        address.map(Self).map_err(|_| NotAResolver(Untrusted::new(text).line(80)))
    }
}

impl fmt::Display for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_address_with_or_without_a_port() {
        let shown = |text| {
            Resolver::list(text)
                .map(|list| list.iter().map(Resolver::to_string).collect::<Vec<_>>())
        };
        assert_eq!(
            shown("192.0.2.53, [::1]:5353 2001:db8::53,[::1]").unwrap(),
            ["192.0.2.53:53", "[::1]:5353", "[2001:db8::53]:53", "[::1]:53"]
        );
        assert!(shown("dns.example").is_err());
        assert!(shown("https://192.0.2.53/dns-query").is_err());
    }

    #[test]
    fn one_kind_of_address_without_an_answer_is_kept_in_mind() {
        let some = |address: &str| Came::Addresses {
            addresses: vec![address.parse().unwrap()],
            aliases: Vec::new(),
            ttl: 60,
        };
        let partly = together([("A", some("1.1.1.1")), ("AAAA", Came::Silence("SERVFAIL".into()))]);
        assert_eq!(partly.unwrap().partly.as_deref(), Some("AAAA: SERVFAIL"));
        let none = together([("A", Came::Nothing), ("AAAA", Came::Silence("SERVFAIL".into()))]);
        assert!(matches!(none, Err(LookupFailure::NoAnswer(_))));
        let only = together([("A", some("1.1.1.1")), ("AAAA", Came::Nothing)]).unwrap();
        assert_eq!((only.partly, only.ttl), (None, Some(60)));
    }
}
