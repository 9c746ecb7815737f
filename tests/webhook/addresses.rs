//! `webhook-endpoint` with names from a real DNS server: every address by itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use golive::checks::webhook::dns::System;
use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::{Check as _, CheckReport, Level, Outcome};
use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::bench::{Bench, QUICK, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::dnsmasq::Dnsmasq;

/// What the system's resolver is made to say; a test asks no real one.
const INSIDE: System = System::Fixed(&[IpAddr::V4(Ipv4Addr::new(127, 0, 0, 5))]);
const NOWHERE: System = System::Fixed(&[]);

async fn look(url: &str, dns: &Dnsmasq, system: System) -> CheckReport {
    let bench = Bench::new(url, &[]).await.arg("resolver", dns.address.to_string());
    WebhookEndpoint::with_limits(QUICK).with_system(system).run(&bench.context).await
}

fn says(report: &CheckReport, level: Level, words: &str) -> bool {
    report.findings.iter().any(|it| it.level == level && it.message.contains(words))
}

fn asked(report: &CheckReport) -> Vec<&str> {
    let entries = report.evidence["addresses"].as_array().unwrap();
    let mut all: Vec<_> = entries.iter().map(|it| it["address"].as_str().unwrap()).collect();
    all.sort_unstable();
    all
}

/// A handler at 127.0.0.1, and its port, on which nothing listens at other addresses.
async fn handler() -> Option<(Counterpart, u16)> {
    let handler = Counterpart::start("sound-node-http.mjs", SECRET)?;
    let port = handler.address.port();
    Some((handler, port))
}

#[tokio::test]
async fn the_configured_resolver_decides_what_is_asked_and_the_difference_is_said() {
    let Some((_handler, port)) = handler().await else { return };
    let records = ["--host-record=edge.test,127.0.0.1", "--cname=shop.test,edge.test"];
    let Some(dns) = Dnsmasq::start(&records).await else { return };
    let url = format!("http://shop.test:{port}/webhooks/mintcash");
    let report = look(&url, &dns, INSIDE).await;
    assert_eq!(asked(&report), ["127.0.0.1"]);
    let gives = format!("It is {} that gives 127.0.0.1 for shop.test.", dns.address);
    assert!(says(&report, Level::Info, &gives), "{}", everything(&report));
    let views = report.evidence["dns"].as_array().unwrap();
    assert_eq!(views[0]["addresses"][0], "127.0.0.5");
    assert_eq!(views[1]["aliases"][0], "edge.test.");
    assert_eq!(views[1]["ttlSeconds"], 60);
    assert!(says(&report, Level::Blocking, "it has an address that is loopback"));
    assert!(report.evidence["addresses"][0]["POST"].as_str().unwrap().starts_with("401"));
}

#[tokio::test]
async fn without_a_configured_resolver_the_report_says_that_only_the_systems_was_asked() {
    let Some((_handler, port)) = handler().await else { return };
    let bench = Bench::new(&format!("http://shop.test:{port}/"), &[]).await;
    let here = System::Fixed(&[IpAddr::V4(Ipv4Addr::LOCALHOST)]);
    let check = WebhookEndpoint::with_limits(QUICK).with_system(here);
    let report = check.run(&bench.context).await;
    assert_eq!(
        report.evidence["dns note"],
        "only the system's resolver was asked: dns_resolver is not set"
    );
    assert_eq!(report.evidence["dns"].as_array().unwrap().len(), 1);
    assert_eq!(report.facts["dns_resolver"], "not set");
}

#[tokio::test]
async fn every_address_is_asked_by_itself_and_the_dead_one_is_named() {
    let Some((_handler, port)) = handler().await else { return };
    let records = ["--host-record=shop.test,127.0.0.1", "--host-record=shop.test,127.0.0.3"];
    let Some(dns) = Dnsmasq::start(&records).await else { return };
    let report = look(&format!("http://shop.test:{port}/"), &dns, NOWHERE).await;
    assert_eq!(asked(&report), ["127.0.0.1", "127.0.0.3"]);
    let dead = report.findings.iter().find(|it| it.message.contains("nothing listens there"));
    let place = dead.and_then(|finding| finding.place.clone());
    assert_eq!(place, Some(format!("127.0.0.3:{port}")), "{}", everything(&report));
}

/// The port at ::1; nothing when this machine has no such address.
async fn on_ipv6(port: u16) -> Option<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await.ok()
}

#[tokio::test]
async fn a_dead_ipv6_beside_a_live_ipv4_is_named_and_a_live_one_is_not() {
    let Some((handler, port)) = handler().await else { return };
    let Some(dns) = Dnsmasq::start(&["--host-record=shop.test,127.0.0.1,::1"]).await else {
        return;
    };
    let Some(free) = on_ipv6(port).await else {
        eprintln!("SKIPPED: this machine has no ::1");
        return;
    };
    drop(free);
    let url = format!("http://shop.test:{port}/webhooks/mintcash");
    let report = look(&url, &dns, NOWHERE).await;
    assert_eq!(asked(&report), ["127.0.0.1", "::1"]);
    assert!(says(&report, Level::Blocking, "Dead IPv6: IPv4 answers, this does not."));
    assert!(says(
        &report,
        Level::Blocking,
        "Whether MintCash delivers over IPv6 is not documented"
    ));

    let listener = on_ipv6(port).await.unwrap();
    let address = handler.address;
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = tokio::net::TcpStream::connect(address).await?;
            tokio::spawn(
                async move { tokio::io::copy_bidirectional(&mut client, &mut server).await },
            );
        }
        Ok::<_, std::io::Error>(())
    });
    let report = look(&url, &dns, NOWHERE).await;
    assert!(!says(&report, Level::Blocking, "Dead IPv6"), "{}", everything(&report));
    for entry in report.evidence["addresses"].as_array().unwrap() {
        assert!(entry["POST"].as_str().unwrap().starts_with("401"), "{entry}");
    }
}

#[rstest]
#[case::known_to_nobody(NOWHERE, "gone.test", Outcome::Fail, "The name gone.test does not exist")]
#[case::inside_only(INSIDE, "gone.test", Outcome::Fail, "exists inside this network only")]
#[case::not_answered(NOWHERE, "shop.example", Outcome::Unknown, "could not be looked up")]
#[tokio::test]
async fn a_name_that_somebody_does_not_know_is_told_from_one_that_nobody_could_look_up(
    #[case] system: System,
    #[case] host: &str,
    #[case] outcome: Outcome,
    #[case] words: &str,
) {
    let Some(dns) = Dnsmasq::start(&[]).await else { return };
    let report = look(&format!("http://{host}:9/"), &dns, system).await;
    assert_eq!(report.outcome, outcome, "{}", everything(&report));
    let said = everything(&report);
    assert!(said.contains(words), "{said}");
}

#[tokio::test]
async fn a_resolver_that_is_no_address_is_said_before_anything_is_sent() {
    let bench = Bench::new("https://shop.test/", &[]).await.arg("resolver", "dns.example");
    let report = WebhookEndpoint::PRODUCTION.run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("`dns.example` is not the address of a DNS server"));
    let lint = WebhookEndpoint::PRODUCTION.lint(&bench.context.args);
    assert!(matches!(&lint[..], [only] if only.contains("dns.example")), "{lint:?}");
    assert!(bench.probes().is_empty());
}

/// Answers the first request of its address only when every address has been asked.
async fn together(listener: TcpListener, all: Arc<Barrier>) -> std::io::Result<()> {
    let mut first = true;
    loop {
        let (mut client, _) = listener.accept().await?;
        let mut head = [0; 4096];
        let read = client.read(&mut head).await?;
        assert!(read > 0);
        if std::mem::take(&mut first) {
            all.wait().await;
        }
        client.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").await?;
    }
}

#[tokio::test]
async fn all_addresses_are_asked_side_by_side() {
    let records = ["1", "2", "3"].map(|last| format!("--host-record=shop.test,127.0.0.{last}"));
    let Some(dns) = Dnsmasq::start(&records.each_ref().map(String::as_str)).await else { return };
    let all = Arc::new(Barrier::new(3));
    let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = first.local_addr().unwrap().port();
    let mut listeners = vec![first];
    for last in [2, 3] {
        listeners.push(TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), port)).await.unwrap());
    }
    for listener in listeners {
        tokio::spawn(together(listener, Arc::clone(&all)));
    }
    let report = look(&format!("http://shop.test:{port}/"), &dns, NOWHERE).await;
    let entries = report.evidence["addresses"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    for entry in entries {
        assert!(entry["POST"].as_str().unwrap().starts_with("401"), "{entry}");
    }
}
