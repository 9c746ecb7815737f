//! Who acts, as the journal records it: the name given, the account and the machine.

use crate::launch::event::{Actor, Face};

/// The person of that name, at this machine, through that face.
#[must_use]
pub fn named(name: &str, via: Face) -> Actor {
    Actor { name: name.to_owned(), user: account(), host: machine(), via }
}

/// The account's name. A hint for the audit, not a proof: it comes from the environment.
fn account() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable)
}

/// The machine's name.
#[must_use]
pub fn machine() -> Option<String> {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let told = told.ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    told.or_else(|| ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(variable))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
