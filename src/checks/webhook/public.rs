//! Whether an address can be reached from the Internet.
//!
//! The tables are IANA's special-purpose registries (iana-ipv4-special-registry and
//! iana-ipv6-special-registry, RFC 6890 and its updates), cut down to what is not globally
//! reachable, with multicast added. A test holds them against the whole registries. Used by `webhook-endpoint` and by every probe that must not
//! go to a private place.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of IPv4 that are not public: first address, prefix length, what it is.
const V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network (RFC 791)"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private (RFC 1918)"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared by a carrier's NAT (RFC 6598)"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local (RFC 3927)"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private (RFC 1918)"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved for protocols (RFC 6890)"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay, withdrawn (RFC 7526)"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private (RFC 1918)"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for benchmarks (RFC 2544)"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast (RFC 5771)"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved (RFC 1112)"),
];

/// Ranges inside those of [`V4`] that are public all the same.
const V4_PUBLIC: &[Ipv4Addr] = &[Ipv4Addr::new(192, 0, 0, 9), Ipv4Addr::new(192, 0, 0, 10)];

/// Ranges of IPv6 that are not public.
const V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (Ipv6Addr::LOCALHOST, 128, "loopback"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "translated locally (RFC 8215)"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 63, "discarded (RFC 6666)"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "reserved for protocols (RFC 2928)"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "for documentation (RFC 3849)"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4, withdrawn (RFC 7526)"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "for documentation (RFC 9637)"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "segment routing (RFC 9602)"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private (unique local, RFC 4193)"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local (RFC 4291)"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local, withdrawn (RFC 3879)"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast (RFC 4291)"),
];

/// Ranges inside 2001::/23 that are public all the same (AMT, AS112, ORCHIDv2, drone ids).
const V6_PUBLIC: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 1), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 2), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 3), 128),
    (Ipv6Addr::new(0x2001, 3, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2001, 4, 0x112, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 0), 28),
    (Ipv6Addr::new(0x2001, 0x30, 0, 0, 0, 0, 0, 0), 28),
];

/// NAT64: what a resolver of an IPv6-only network makes of an IPv4 address (RFC 6052).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Why an address is not public; `None` when it is. Addresses that carry an IPv4 address (mapped,
/// NAT64) are judged by that one.
#[must_use]
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => v4_not_public(v4),
        IpAddr::V6(v6) => match carried(v6) {
            Some(v4) => v4_not_public(v4),
            None => v6_not_public(v6),
        },
    }
}

/// Whether the address leads to this machine; an IPv4 one mapped into IPv6 counts.
#[must_use]
pub fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn v4_not_public(address: Ipv4Addr) -> Option<&'static str> {
    if V4_PUBLIC.contains(&address) {
        return None;
    }
    let bits = u32::from(address);
    let within = |first: Ipv4Addr, length: u32| (bits ^ u32::from(first)) >> (32 - length) == 0;
    V4.iter().find(|(first, length, _)| within(*first, *length)).map(|(_, _, what)| *what)
}

fn v6_not_public(address: Ipv6Addr) -> Option<&'static str> {
    if V6_PUBLIC.iter().any(|(first, length)| v6_within(address, *first, *length)) {
        return None;
    }
    if let Some((_, _, what)) =
        V6.iter().find(|(first, length, _)| v6_within(address, *first, *length))
    {
        return Some(what);
    }
    let global = v6_within(address, Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    (!global).then_some("not assigned to anybody (outside 2000::/3)")
}

fn v6_within(address: Ipv6Addr, first: Ipv6Addr, length: u32) -> bool {
    (u128::from(address) ^ u128::from(first)) >> (128 - length) == 0
}

fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if v6_within(address, NAT64.0, NAT64.1) {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("10.1.2.3")]
    #[case("100.64.0.1")]
    #[case("100.127.255.255")]
    #[case("127.8.8.8")]
    #[case("169.254.169.254")]
    #[case("172.31.255.255")]
    #[case("192.0.0.1")]
    #[case("192.168.1.1")]
    #[case("198.19.0.1")]
    #[case("203.0.113.7")]
    #[case("224.0.0.1")]
    #[case("255.255.255.255")]
    #[case("0.0.0.0")]
    #[case("::")]
    #[case("::1")]
    #[case("::ffff:192.168.0.1")]
    #[case("64:ff9b::10.0.0.1")]
    #[case("64:ff9b:1::1")]
    #[case("2001::1")]
    #[case("2001:db8::1")]
    #[case("2002:a00:1::")]
    #[case("3fff:fff::1")]
    #[case("5f00::1")]
    #[case("fd12::1")]
    #[case("fe80::1")]
    #[case("ff02::1")]
    #[case("4000::1")]
    fn special_addresses_are_not_public(#[case] address: IpAddr) {
        assert!(not_public(address).is_some());
    }

    #[rstest]
    #[case("1.1.1.1")]
    #[case("100.63.255.255")]
    #[case("100.128.0.0")]
    #[case("172.15.255.255")]
    #[case("172.32.0.0")]
    #[case("192.0.0.9")]
    #[case("198.17.255.255")]
    #[case("198.20.0.0")]
    #[case("223.255.255.255")]
    #[case("2606:4700::1111")]
    #[case("2001:4860:4860::8888")]
    #[case("2001:200::1")]
    #[case("64:ff9b::1.1.1.1")]
    #[case("::ffff:8.8.8.8")]
    fn ordinary_addresses_are_public(#[case] address: IpAddr) {
        assert_eq!(not_public(address), None);
    }

    /// IANA's registries of special-purpose addresses, every row with what its column "Globally
    /// Reachable" says, and multicast, which has registries of its own. The most specific row
    /// counts. Where the column says N/A (6to4, Teredo, ORCHID) the range is withdrawn or a tunnel,
    /// at which no server is to be found. Left out are the two ranges that carry an IPv4 address
    /// (::ffff:0:0/96 and 64:ff9b::/96): they are judged by that one.
    const REGISTRY: &[(&str, bool)] = &[
        ("0.0.0.0/8", false),
        ("0.0.0.0/32", false),
        ("10.0.0.0/8", false),
        ("100.64.0.0/10", false),
        ("127.0.0.0/8", false),
        ("169.254.0.0/16", false),
        ("172.16.0.0/12", false),
        ("192.0.0.0/24", false),
        ("192.0.0.0/29", false),
        ("192.0.0.8/32", false),
        ("192.0.0.9/32", true),
        ("192.0.0.10/32", true),
        ("192.0.0.170/32", false),
        ("192.0.0.171/32", false),
        ("192.0.2.0/24", false),
        ("192.31.196.0/24", true),
        ("192.52.193.0/24", true),
        ("192.88.99.0/24", false),
        ("192.88.99.2/32", false),
        ("192.168.0.0/16", false),
        ("192.175.48.0/24", true),
        ("198.18.0.0/15", false),
        ("198.51.100.0/24", false),
        ("203.0.113.0/24", false),
        ("224.0.0.0/4", false),
        ("240.0.0.0/4", false),
        ("255.255.255.255/32", false),
        ("0.0.0.0/0", true),
        ("::1/128", false),
        ("::/128", false),
        ("64:ff9b:1::/48", false),
        ("100::/64", false),
        ("100:0:0:1::/64", false),
        ("2001::/23", false),
        ("2001::/32", false),
        ("2001:1::1/128", true),
        ("2001:1::2/128", true),
        ("2001:1::3/128", true),
        ("2001:2::/48", false),
        ("2001:3::/32", true),
        ("2001:4:112::/48", true),
        ("2001:10::/28", false),
        ("2001:20::/28", true),
        ("2001:30::/28", true),
        ("2001:db8::/32", false),
        ("2002::/16", false),
        ("2620:4f:8000::/48", true),
        ("3fff::/20", false),
        ("5f00::/16", false),
        ("fc00::/7", false),
        ("fe80::/10", false),
        ("ff00::/8", false),
        ("2000::/3", true),
        ("::/0", false),
    ];

    fn row(text: &str) -> (IpAddr, usize) {
        let (first, length) = text.split_once('/').unwrap();
        (first.parse().unwrap(), length.parse().unwrap())
    }

    /// The bits of an address as a text of zeros and ones: nothing here computes as the code does.
    fn bits(address: IpAddr) -> String {
        match address {
            IpAddr::V4(v4) => v4.octets().iter().map(|octet| format!("{octet:08b}")).collect(),
            IpAddr::V6(v6) => v6.octets().iter().map(|octet| format!("{octet:08b}")).collect(),
        }
    }

    /// What the registry says; addresses that carry an IPv4 address are that one.
    fn registered(address: IpAddr) -> bool {
        let own = bits(address);
        let carried = ["::ffff:0:0", "64:ff9b::"]
            .iter()
            .any(|prefix| own.len() == 128 && own[..96] == bits(prefix.parse().unwrap())[..96]);
        if carried {
            let number = u32::from_str_radix(&own[96..], 2).unwrap();
            return registered(Ipv4Addr::from(number).into());
        }
        let within = |(text, _): &&(&str, bool)| {
            let (first, length) = row(text);
            let first = bits(first);
            first.len() == own.len() && first[..length] == own[..length]
        };
        let rows = REGISTRY.iter().filter(within);
        rows.max_by_key(|(text, _)| row(text).1).unwrap().1
    }

    /// The last address of a range.
    fn last(text: &str) -> IpAddr {
        let (first, length) = row(text);
        match first {
            IpAddr::V4(v4) => {
                Ipv4Addr::from(u32::from(v4) | u32::MAX.checked_shr(length as u32).unwrap_or(0))
                    .into()
            }
            IpAddr::V6(v6) => {
                let rest = u128::MAX.checked_shr(length as u32).unwrap_or(0);
                Ipv6Addr::from(u128::from(v6) | rest).into()
            }
        }
    }

    fn beside(address: IpAddr) -> Vec<IpAddr> {
        match address {
            IpAddr::V4(v4) => {
                let number = u32::from(v4);
                [number.saturating_sub(1), number, number.saturating_add(1)]
                    .map(|number| Ipv4Addr::from(number).into())
                    .into()
            }
            IpAddr::V6(v6) => {
                let number = u128::from(v6);
                [number.saturating_sub(1), number, number.saturating_add(1)]
                    .map(|number| Ipv6Addr::from(number).into())
                    .into()
            }
        }
    }

    #[test]
    fn at_both_ends_of_every_range_of_the_registry_the_answer_is_the_registrys() {
        for (text, _) in REGISTRY {
            for end in [row(text).0, last(text)] {
                for address in beside(end) {
                    assert_eq!(not_public(address).is_none(), registered(address), "{address}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_address_is_public_exactly_when_the_registry_says_so(
            at in 0..REGISTRY.len(),
            v4 in any::<u32>(),
            v6 in any::<u128>(),
        ) {
            // Anywhere, and inside a range of the registry, which chance alone would rarely hit.
            let (first, length) = row(REGISTRY[at].0);
            let inside: IpAddr = match first {
                IpAddr::V4(first) => {
                    let rest = u32::MAX.checked_shr(length as u32).unwrap_or(0);
                    Ipv4Addr::from(u32::from(first) | v4 & rest).into()
                }
                IpAddr::V6(first) => {
                    let rest = u128::MAX.checked_shr(length as u32).unwrap_or(0);
                    Ipv6Addr::from(u128::from(first) | v6 & rest).into()
                }
            };
            let mapped = Ipv4Addr::from(v4).to_ipv6_mapped();
            let translated = Ipv6Addr::from(u128::from(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0)) | u128::from(v4));
            let all: [IpAddr; 5] = [
                inside,
                Ipv4Addr::from(v4).into(),
                Ipv6Addr::from(v6).into(),
                mapped.into(),
                translated.into(),
            ];
            for address in all {
                prop_assert_eq!(not_public(address).is_none(), registered(address), "{}", address);
            }
        }
    }
}
