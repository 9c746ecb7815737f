//! Why the API did not give the list: told apart as far as it can be, and no further. Pure.
//!
//! Only a refusal of the API itself that cannot have another reason fails; whatever may come from
//! the network, from the provider's trouble or from where the call was made is *unknown*.

use crate::checks::webhook::certificate::CertificateFacts;
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::mintcash::call::{CallError, Trouble};
use crate::mintcash::error::{ApiError, Kind};
use crate::mintcash::vouch::{Distrust, Presented};
use crate::time::Timestamp;

/// Names why a call to `host` brought no list.
#[must_use]
pub fn explain(error: &CallError, host: &str, now: Timestamp, proxy: Option<&str>) -> CheckReport {
    match &error.trouble {
        Trouble::Api(said) => api(said, host, error.call.tries.len()),
        Trouble::Untrusted(presented) => certificate(presented, host, now),
        Trouble::Redirect(..) => elsewhere(
            format!("{host} could not be asked: {}.", error.trouble.says()),
            "A redirect was not followed: the keys stay here.",
        ),
        Trouble::Strange(strange) if strange.html || strange.status == 511 => elsewhere(
            format!("{host} answered {} with a web page, not as an API.", strange.status),
            "Nothing that such a page says is taken for an answer.",
        ),
        Trouble::Strange(_) | Trouble::TooLong | Trouble::Mismatch(_) => doubt(
            format!(
                "{host} answered otherwise than MintCash's API does: {}.",
                error.trouble.says()
            ),
            "Check that api_url is the API's address, without a path.",
        ),
        Trouble::NotTls | Trouble::Handshake(_) => doubt(
            format!("{host} could not be asked: {}.", error.trouble.says()),
            "A captive portal, a proxy or a firewall may stand between. Try from another network.",
        ),
        trouble => unreachable(format!("{host} could not be asked: {}.", trouble.says()), proxy),
    }
}

/// A report that it could not be found out, with one thing to do.
fn doubt(says: String, hint: impl Into<String>) -> CheckReport {
    let finding = Finding::new(Level::Advisory, &says).hint(hint);
    CheckReport::unknown(says).with(finding)
}

fn fails(says: String, hint: &str) -> CheckReport {
    let finding = Finding::new(Level::Blocking, &says).hint(hint);
    CheckReport::new(Outcome::Fail, says).with(finding)
}

/// The host has no address, or nothing comes back from it.
pub fn unreachable(says: String, proxy: Option<&str>) -> CheckReport {
    let report = doubt(
        says,
        "Check that this machine reaches the Internet: name server, firewall, VPN. This says \
         nothing about the keys.",
    );
    match proxy {
        Some(name) => report.with(
            Finding::new(
                Level::Info,
                format!("{name} names a proxy. Keys are not sent through one, so it was not used."),
            )
            .hint("Verify from a machine that reaches the API directly."),
        ),
        None => report,
    }
}

fn elsewhere(says: String, also: &str) -> CheckReport {
    doubt(
        says,
        format!(
            "A captive portal (hotel, train, guest network) or a proxy may answer in MintCash's \
             place, or api_url is not its API. Log in to the network, or use another. {also}"
        ),
    )
}

fn api(error: &ApiError, host: &str, tries: usize) -> CheckReport {
    let short = error.short();
    let says = match &error.message {
        Some(message) => format!("{short}: {message}"),
        None => short.clone(),
    };
    match error.kind {
        Kind::Unavailable => doubt(
            format!("{host} is in trouble ({short}, {}).", times(tries)),
            "Try again in a few minutes. This says nothing about the keys. If it stays, give \
             MintCash the request id in the evidence.",
        ),
        Kind::RateLimited => doubt(
            format!("{host} limits the rate ({short}, {}).", times(tries)),
            "Try again later. This says nothing about the keys.",
        ),
        Kind::Unauthenticated | Kind::Forbidden if !error.is_enveloped() => doubt(
            format!("{host} answered {short}, but not in the form of MintCash's API."),
            "Something in front of it may have answered: a firewall, a proxy, another server. Try \
             from another network, and check api_url.",
        ),
        Kind::Unauthenticated => fails(
            format!("{host} does not accept this pair ({short})."),
            "MintCash does not say why: a key may be mistyped, cut off or revoked, or belong to \
             another pair. Compare both ends of both keys with your secrets manager. If they are \
             right, ask your account manager whether they were rotated: the old ones stop working \
             at once.",
        ),
        Kind::Forbidden => forbidden(error, host, &says),
        Kind::NotFound => doubt(
            format!("{host} knows no list of keys ({short})."),
            "Check that api_url is the API's address, without a path. Another server may stand \
             there.",
        ),
        _ => doubt(
            format!("{host} answered {says}, which is not documented for this call."),
            "Give MintCash the request id in the evidence.",
        ),
    }
}

/// 403 has two documented reasons, and its wording may or may not say which (C13).
fn forbidden(error: &ApiError, host: &str, says: &str) -> CheckReport {
    const ALLOW: &str = "Verify from a machine of production. If this is one, have your account \
                         manager add its address to the key's allow list: payments would be \
                         refused in the same way.";
    let says_so = error.has_reason("ip_not_allowed");
    let address = says_so
        || error.mentions(&["ip", "allowlist", "whitelist"])
        || error.has_reason("allow list");
    let merchant = error.mentions(&["deactivat", "inactiv", "suspend", "disabled"])
        || error.has_reason("not active");
    let role = error.mentions(&["role"]);
    match (address, merchant, role) {
        (true, false, false) => doubt(
            match says_so {
                true => format!("{host} refuses calls from this address ({says})."),
                false => format!(
                    "{host} refuses the pair here, in words that speak of an address or of a list \
                     ({says})."
                ),
            },
            ALLOW,
        ),
        (false, true, false) => fails(
            format!("{host} refuses the pair, and names the merchant's state ({says})."),
            "Ask your account manager to activate the merchant account.",
        ),
        (false, false, true) => fails(
            format!("{host} refuses the pair for its role ({says})."),
            "Ask your account manager for keys with the merchant role.",
        ),
        _ => doubt(
            format!("{host} refuses the pair here ({says}), and does not say why."),
            format!(
                "Two reasons are documented. The key's IP allow list does not hold this address: \
                 {ALLOW} Or the merchant account is deactivated: ask your account manager."
            ),
        ),
    }
}

fn times(tries: usize) -> String {
    match tries {
        1 => "asked once".into(),
        more => format!("asked {more} times"),
    }
}

fn certificate(presented: &Presented, host: &str, now: Timestamp) -> CheckReport {
    let facts = CertificateFacts::of(&presented.certificate);
    let clock = now.minute();
    let (from, until, names, issuer) = match &facts {
        Some(facts) => (
            facts.not_before.minute(),
            facts.not_after.minute(),
            facts.names.join(", "),
            facts.issuer.clone(),
        ),
        None => Default::default(),
    };
    const CLOCK: &str = "Check the clock of this machine first. If it is right, something else may \
                         answer in MintCash's place. Nothing was sent.";
    const PORTAL: &str = "A captive portal or a proxy may answer in MintCash's place. Log in to \
                          the network, or use another. Nothing was sent.";
    let (says, hint) = match presented.distrust.as_ref() {
        Some(Distrust::Expired) => (
            format!(
                "By this machine's clock ({clock}) the certificate of {host} expired on {until}."
            ),
            CLOCK,
        ),
        Some(Distrust::NotYetValid) => (
            format!(
                "By this machine's clock ({clock}) the certificate of {host} is not valid before \
                 {from}."
            ),
            CLOCK,
        ),
        Some(Distrust::OtherName) => {
            (format!("What answers as {host} has a certificate for {names}."), PORTAL)
        }
        Some(Distrust::MachineOnly) => (
            format!(
                "Only a CA that this machine trusts, \"{issuer}\", vouches for {host}, no public one."
            ),
            "A proxy that reads the traffic looks like this; it would have read the keys. Verify \
             from a network without it. Nothing was sent.",
        ),
        Some(Distrust::Nobody) => (
            format!("No public CA vouches for the certificate of {host}; \"{issuer}\" issued it."),
            PORTAL,
        ),
        Some(Distrust::Other(why)) => {
            (format!("The certificate of {host} can not be trusted ({why})."), PORTAL)
        }
        None => (format!("The certificate of {host} can not be trusted."), PORTAL),
    };
    doubt(says, hint)
        .evidence("certificate_issuer", issuer)
        .evidence("certificate_names", names)
        .evidence("certificate_valid", format!("{from} to {until}"))
}
