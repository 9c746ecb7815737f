//! The look-up of names against a real DNS server.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use golive::checks::webhook::dns::{Found, Resolver};
use golive::checks::webhook::target::LookupFailure;

use crate::dnsmasq::Dnsmasq;

async fn asked(dns: &Dnsmasq, name: &str) -> Result<Found, LookupFailure> {
    let resolver: Resolver = dns.address.to_string().parse().unwrap();
    resolver.look_up(name).await
}

fn addresses(found: &Found) -> Vec<String> {
    found.addresses.iter().map(IpAddr::to_string).collect()
}

#[tokio::test]
async fn every_address_of_both_families_is_found_with_its_alias_and_its_ttl() {
    let records = [
        "--host-record=edge.test,203.0.113.7,2001:db8::7",
        "--host-record=edge.test,203.0.113.8",
        "--cname=shop.test,cdn.test",
        "--cname=cdn.test,edge.test",
    ];
    let Some(dns) = Dnsmasq::start(&records).await else { return };
    let found = asked(&dns, "shop.test").await.unwrap();
    let mut all = addresses(&found);
    all.sort();
    assert_eq!(all, ["2001:db8::7", "203.0.113.7", "203.0.113.8"]);
    assert_eq!(found.aliases, ["cdn.test.", "edge.test."]);
    assert_eq!(found.ttl, Some(60));
    assert_eq!(found.partly, None);
}

#[tokio::test]
async fn a_name_with_one_family_only_is_whole() {
    let Some(dns) = Dnsmasq::start(&["--host-record=shop.test,203.0.113.7"]).await else { return };
    let found = asked(&dns, "shop.test").await.unwrap();
    assert_eq!((addresses(&found), found.partly), (vec!["203.0.113.7".to_owned()], None));
}

#[tokio::test]
async fn no_such_name_no_address_and_a_refusal_are_told_apart() {
    let Some(dns) = Dnsmasq::start(&["--txt-record=empty.test,x"]).await else { return };
    let none = |why: &str| Err(LookupFailure::NoSuchName(why.to_owned()));
    assert_eq!(asked(&dns, "gone.test").await, none("NXDOMAIN"));
    assert_eq!(asked(&dns, "empty.test").await, none("the name has no address"));
    let refused = asked(&dns, "shop.example").await;
    let why = match &refused {
        Err(LookupFailure::NoAnswer(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(why.contains("Refused"), "{why}");
}

#[tokio::test]
async fn a_server_that_is_not_there_or_silent_is_no_answer() {
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let resolver = |address: SocketAddr| address.to_string().parse::<Resolver>().unwrap();
    let (closed, silent) = (resolver(closed), resolver(silent.local_addr().unwrap()));
    let (closed, silent) = tokio::join!(closed.look_up("shop.test"), silent.look_up("shop.test"));
    assert!(matches!(closed, Err(LookupFailure::NoAnswer(_))), "{closed:?}");
    assert!(matches!(silent, Err(LookupFailure::NoAnswer(_))), "{silent:?}");
}
