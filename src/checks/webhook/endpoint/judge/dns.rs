//! What it means when resolvers do not agree.
//!
//! MintCash sees a name as the public DNS shows it. A resolver that the operator named counts as a
//! view on that; the system's own may show what holds inside a network only.

use std::net::IpAddr;

use crate::checks::Level;
use crate::checks::webhook::dns::{Dns, Found, SYSTEM, View};
use crate::checks::webhook::endpoint::judge::Notes;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::{LookupFailure, Target};

/// Adds what the resolvers say differently, or do not say.
pub(super) fn judge(target: &Target, dns: &Dns, notes: &mut Notes) {
    let answered = dns.others.iter().any(|view| view.answer.is_ok());
    for view in &dns.others {
        match &view.answer {
            Ok(found) => compare(target, &dns.system, &view.by, found, notes),
            Err(LookupFailure::NoAnswer(why)) if answered => {
                notes.info(format!("{} gave no answer about {} ({why}).", view.by, target.host));
            }
            Err(LookupFailure::NoAnswer(why)) => notes.open(format!(
                "{} gave no answer about {} ({why}), so that the public addresses are not known",
                view.by, target.host
            )),
            Err(LookupFailure::NoSuchName(why)) if answered => notes.open(format!(
                "the resolvers do not agree whether {} exists: {} says no ({why})",
                target.host, view.by
            )),
            Err(LookupFailure::NoSuchName(why)) => notes.add(
                Level::Blocking,
                format!(
                    "The name {} exists inside this network only: the system's resolver knows it, \
                     {} does not ({why}).",
                    target.host, view.by
                ),
                &target.host.to_string(),
                "Publish the name in the public DNS, or register a URL with a name that is there.",
            ),
        }
    }
}

fn compare(target: &Target, system: &View, by: &str, found: &Found, notes: &mut Notes) {
    if let Some(why) = &found.partly {
        notes.open(format!("{by} does not say all about {} ({why})", target.host));
    }
    match &system.answer {
        Ok(own) if own.is_same(found) => {}
        Ok(own) => {
            let (here, there) = (own.shown(), found.shown());
            let host = &target.host;
            notes.info(match (is_public(own), is_public(found)) {
                (false, true) => format!(
                    "Split horizon: inside this network {host} leads to {here}, by {by} to \
                     {there}. The public addresses were asked."
                ),
                (true, true) => format!(
                    "{SYSTEM} and {by} give different addresses for {host}: {here} and {there}. \
                     Names in a CDN do that. Those of {by} were asked."
                ),
                (_, false) => format!("It is {by} that gives {there} for {host}."),
            });
        }
        Err(LookupFailure::NoSuchName(why)) => {
            notes.info(format!("{by} knows {}, {SYSTEM} does not ({why}).", target.host));
        }
        Err(LookupFailure::NoAnswer(why)) => {
            notes.info(format!("{by} knows {}, {SYSTEM} gave no answer ({why}).", target.host));
        }
    }
}

fn is_public(found: &Found) -> bool {
    found.addresses.iter().all(|address: &IpAddr| not_public(*address).is_none())
}
