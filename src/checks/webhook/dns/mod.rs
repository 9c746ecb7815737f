//! The addresses behind a name, as the system's resolver and as other resolvers see them.
//!
//! Called by `webhook-endpoint`. MintCash sees a name as the public DNS shows it, which inside a
//! merchant's network may be something else (split horizon). No resolver is asked that nobody
//! named: beside the system's only those of the configuration.

mod resolver;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Host;

use crate::checks::Progress;
use crate::checks::context::ProgressSink;
use crate::checks::webhook::target::{LookupFailure, Target};

pub use resolver::{NotAResolver, Resolver};

/// The name of the look-up among the probes.
pub const LOOKUP: &str = "DNS look-up, A and AAAA";

/// What the system's resolver is called.
pub const SYSTEM: &str = "the system's resolver";

/// Where the system's view comes from.
#[derive(Clone, Copy, Debug, Default)]
pub enum System {
    /// From the system's resolver.
    #[default]
    Real,
    /// Addresses in its place, so that a test asks nobody; none means that there is no such name.
    Fixed(&'static [IpAddr]),
}

/// What one resolver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which resolver.
    pub by: String,
    /// What it says.
    pub answer: Result<Found, LookupFailure>,
}

/// The addresses that a resolver gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Each once, in order.
    pub addresses: Vec<IpAddr>,
    /// The names that the name stands for, in order (CNAME); the system's resolver does not say.
    pub aliases: Vec<String>,
    /// For how many seconds the answer holds; the system's resolver does not say.
    pub ttl: Option<u32>,
    /// Why one of A and AAAA got no answer while the other did.
    pub partly: Option<String>,
}

/// What all resolvers say of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// The system's resolver.
    pub system: View,
    /// Those that the configuration names.
    pub others: Vec<View>,
}

/// The resolvers that a look-up of the target asks; none for an address, and the system's alone
/// for names that never leave this machine.
#[must_use]
pub fn asked<'a>(target: &Target, others: &'a [Resolver]) -> Option<&'a [Resolver]> {
    match target.host {
        Host::Domain(_) if target.is_loopback() => Some(&[]),
        Host::Domain(_) => Some(others),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Asks all resolvers at once; `None` when the target is an address.
pub async fn look_up(
    target: &Target,
    system: System,
    others: &[Resolver],
    progress: &ProgressSink,
) -> Option<Dns> {
    let others = asked(target, others)?;
    let Host::Domain(name) = &target.host else { return None };
    let system = async {
        let begin = Instant::now();
        let answer = system.addresses(target).await;
        let answer = answer.map(|addresses| Found { addresses, ..Found::default() });
        said(View { by: SYSTEM.to_owned(), answer }, begin.elapsed(), progress)
    };
    let others = others.iter().map(|resolver| async move {
        let begin = Instant::now();
        let view = View { by: resolver.to_string(), answer: resolver.look_up(name).await };
        said(view, begin.elapsed(), progress)
    });
    let (system, others) = tokio::join!(system, join_all(others));
    Some(Dns { system, others })
}

impl System {
    async fn addresses(self, target: &Target) -> Result<Vec<IpAddr>, LookupFailure> {
        match self {
            Self::Real => {
                let addresses = target.addresses().await?;
                Ok(addresses.iter().map(SocketAddr::ip).collect())
            }
            Self::Fixed([]) => Err(LookupFailure::NoSuchName("the name has no address".into())),
            Self::Fixed(addresses) => Ok(addresses.to_vec()),
        }
    }
}

fn said(view: View, took: Duration, progress: &ProgressSink) -> View {
    let says = match &view.answer {
        Ok(found) => found.shown(),
        Err(LookupFailure::NoSuchName(why)) => format!("no such name ({why})"),
        Err(LookupFailure::NoAnswer(why)) => format!("no answer ({why})"),
    };
    progress.say(Progress::Probe {
        name: LOOKUP.to_owned(),
        says: format!("{says} by {}", view.by),
        good: None,
        took,
    });
    view
}

impl Dns {
    /// The addresses to look at: what the configured resolvers see, as far as they answer, else
    /// what the system's sees.
    ///
    /// # Errors
    /// Why there is none: when no resolver knows the name, or none can say.
    pub fn addresses(&self) -> Result<Vec<IpAddr>, LookupFailure> {
        let mut addresses = Vec::new();
        for found in self.others.iter().filter_map(|view| view.answer.as_ref().ok()) {
            for address in &found.addresses {
                if !addresses.contains(address) {
                    addresses.push(*address);
                }
            }
        }
        if addresses.is_empty() {
            let found = self.system.answer.clone().map_err(|why| self.worst(why))?;
            addresses = found.addresses;
        }
        Ok(addresses)
    }

    /// A resolver that gave no answer outweighs one that knows no such name.
    fn worst(&self, system: LookupFailure) -> LookupFailure {
        let silent = |view: &&View| matches!(view.answer, Err(LookupFailure::NoAnswer(_)));
        match (&system, self.others.iter().find(silent)) {
            (LookupFailure::NoSuchName(_), Some(View { by, answer: Err(why) })) => {
                LookupFailure::NoAnswer(format!("{by}: {}", why.words()))
            }
            _ => system,
        }
    }

    /// Every view, the system's first.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.system).chain(&self.others)
    }

    /// All of it as data.
    #[must_use]
    pub fn evidence(&self) -> Value {
        self.views().map(View::evidence).collect()
    }
}

impl View {
    fn evidence(&self) -> Value {
        let mut entry = match &self.answer {
            Ok(found) => json!({
                "by": self.by,
                "addresses": found.addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>(),
            }),
            Err(LookupFailure::NoSuchName(why)) => json!({ "by": self.by, "noSuchName": why }),
            Err(LookupFailure::NoAnswer(why)) => json!({ "by": self.by, "noAnswer": why }),
        };
        if let (Ok(found), Some(members)) = (&self.answer, entry.as_object_mut()) {
            if !found.aliases.is_empty() {
                members.insert("aliases".into(), found.aliases.clone().into());
            }
            if let Some(ttl) = found.ttl {
                members.insert("ttlSeconds".into(), ttl.into());
            }
            if let Some(why) = &found.partly {
                members.insert("partly".into(), why.clone().into());
            }
        }
        entry
    }
}

impl Found {
    /// The addresses in a line.
    #[must_use]
    pub fn shown(&self) -> String {
        let addresses: Vec<_> = self.addresses.iter().map(IpAddr::to_string).collect();
        addresses.join(", ")
    }

    /// Whether both give the same addresses, in whatever order.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let within = |a: &Self, b: &Self| a.addresses.iter().all(|one| b.addresses.contains(one));
        within(self, other) && within(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(addresses: &[&str]) -> Result<Found, LookupFailure> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Ok(Found { addresses, ..Found::default() })
    }

    fn dns(system: Result<Found, LookupFailure>, other: Result<Found, LookupFailure>) -> Dns {
        let other = View { by: "192.0.2.1:53".into(), answer: other };
        Dns { system: View { by: SYSTEM.into(), answer: system }, others: vec![other] }
    }

    #[test]
    fn the_configured_resolver_says_where_to_look_and_the_systems_steps_in() {
        let outside = dns(found(&["10.0.0.7"]), found(&["1.1.1.1"]));
        assert_eq!(outside.addresses().unwrap(), ["1.1.1.1".parse::<IpAddr>().unwrap()]);
        let silent = LookupFailure::NoAnswer("SERVFAIL".into());
        let inside = dns(found(&["10.0.0.7"]), Err(silent));
        assert_eq!(inside.addresses().unwrap(), ["10.0.0.7".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn a_name_is_unknown_to_all_only_when_all_have_answered() {
        let none = || Err(LookupFailure::NoSuchName("NXDOMAIN".into()));
        let silent = || Err(LookupFailure::NoAnswer("SERVFAIL".into()));
        assert!(matches!(dns(none(), none()).addresses(), Err(LookupFailure::NoSuchName(_))));
        assert!(matches!(dns(none(), silent()).addresses(), Err(LookupFailure::NoAnswer(_))));
        assert!(matches!(dns(silent(), none()).addresses(), Err(LookupFailure::NoAnswer(_))));
    }
}
