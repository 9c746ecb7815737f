//! What is wrong with a certificate, in an operator's words.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::checks::Level;
use crate::checks::webhook::certificate::CertificateFacts;
use crate::checks::webhook::endpoint::judge::{Ground, Notes};
use crate::checks::webhook::endpoint::look::Seen;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::trust::{Judgement, Problem};
use crate::time::Timestamp;

/// From how many days before its end on a certificate is a risk.
const SOON: i64 = 21;

/// Adds what is wrong with what a server presented.
pub(super) fn judge(
    ground: &Ground<'_>,
    judgement: &Judgement,
    address: SocketAddr,
    notes: &mut Notes,
) {
    let place = &address.to_string();
    for problem in &judgement.problems {
        let (message, hint) = words(ground.target, judgement, problem);
        if *problem == Problem::DemoOnly {
            notes.open(message);
        } else if *problem == Problem::PlatformOnly {
            notes.add(Level::Advisory, message, place, hint);
            notes.open_at(
                address.ip(),
                format!("what certificate {address} really presents, TLS may be opened on the way"),
            );
        } else {
            notes.add(Level::Blocking, message, place, hint);
        }
    }
    if judgement.is_public() && judgement.by_platform == Some(false) {
        notes.info(
            "Mozilla's roots vouch for the certificate, those of this machine do not: they are old \
             or cut down.",
        );
    }
    let Some(leaf) = &judgement.leaf else { return };
    if leaf.must_staple && !judgement.stapled {
        notes.add(
            Level::Advisory,
            "The certificate demands that its OCSP answer comes with it (must-staple), and the \
             server sends none. Strict clients refuse that.",
            place,
            "Turn OCSP stapling on, or get a certificate without must-staple.",
        );
    }
    let days = leaf.days_left(ground.now);
    if !judgement.problems.contains(&Problem::Expired) && days < SOON {
        notes.add(
            Level::Advisory,
            format!("The certificate ends in {days} days, on {}.", leaf.not_after.date()),
            place,
            "Renew it now, and make sure that renewal works by itself.",
        );
    }
}

fn words(target: &Target, judgement: &Judgement, problem: &Problem) -> (String, &'static str) {
    let leaf = judgement.leaf.as_ref();
    let ends = leaf.map(|leaf| leaf.not_after.date()).unwrap_or_default();
    let begins = leaf.map(|leaf| leaf.not_before.date()).unwrap_or_default();
    match problem {
        Problem::Expired => (
            format!("The certificate expired on {ends}."),
            "Renew the certificate and reload the server.",
        ),
        Problem::NotYetValid => (
            format!("The certificate is not valid before {begins}."),
            "Install a certificate that is valid now; check the clock of this machine.",
        ),
        Problem::WrongHost => {
            let names = leaf.map(|leaf| leaf.names.join(", ")).unwrap_or_default();
            let names = if names.is_empty() { "no name at all".to_owned() } else { names };
            (
                format!("The certificate is not for {}: it is for {names}.", target.host),
                "Get a certificate for this name, or register a URL with a name that it has.",
            )
        }
        _ => chain_words(problem, &last_issuer(judgement)),
    }
}

/// What is wrong with who vouches for a certificate, `issuer` being the last one named.
fn chain_words(problem: &Problem, issuer: &str) -> (String, &'static str) {
    match problem {
        Problem::SelfSigned => (
            "The certificate is self-signed: nobody vouches for it.".to_owned(),
            "Get a certificate from a public CA (Let's Encrypt is free).",
        ),
        Problem::MissingIntermediate => (
            format!(
                "The intermediate certificate is missing: the server does not send the one of \
                 \"{issuer}\". Browsers hide this by fetching it, webhook senders do not."
            ),
            "Install the whole chain (fullchain.pem), not only your own certificate.",
        ),
        Problem::UnknownCa => (
            format!(
                "The certificate is issued by \"{issuer}\", for which no public CA vouches: a \
                 private CA, a proxy that intercepts TLS, or an intermediate that is not sent."
            ),
            "Get a certificate from a public CA and install the whole chain (fullchain.pem).",
        ),
        Problem::ExtraCaOnly => (
            format!(
                "Only extra_ca vouches for the certificate, by \"{issuer}\". MintCash will not \
                 trust that CA."
            ),
            "Get a certificate from a public CA before going live.",
        ),
        Problem::DemoOnly => (
            "whether a public CA vouches for the certificate; here only the demo's own root does"
                .to_owned(),
            "",
        ),
        Problem::PlatformOnly => (
            format!(
                "Only roots that were added to this machine vouch for the certificate, issued by \
                 \"{issuer}\": somebody on the way opens TLS, as company proxies do, or the server \
                 has a private CA, which MintCash does not know."
            ),
            "Look from another network. If the certificate is the same there, get one from a \
             public CA.",
        ),
        Problem::ChainOutOfDate => (
            "A certificate above the server's own is out of date.".to_owned(),
            "Install the CA's current chain (fullchain.pem).",
        ),
        Problem::WeakSignature(subject, signature) => (
            format!(
                "The certificate \"{subject}\" is signed with {signature}, which can be forged; \
                 clients refuse it."
            ),
            "Get a new certificate from a public CA.",
        ),
        Problem::Other(why) => (
            format!("The certificate is not accepted: {why}."),
            "Get a new certificate from a public CA.",
        ),
        Problem::Expired | Problem::NotYetValid | Problem::WrongHost => {
            ("The certificate is not accepted.".to_owned(), "Get a new one from a public CA.")
        }
    }
}

/// Who issued the last certificate of the presented chain.
fn last_issuer(judgement: &Judgement) -> String {
    let mut current = judgement.leaf.as_ref();
    // As many steps as there are certificates: a circle ends there.
    for _ in &judgement.above {
        let Some(certificate) = current else { break };
        let above = judgement.above.iter().find(|above| above.subject == certificate.issuer);
        match above {
            Some(above) if !certificate.self_issued => current = Some(above),
            _ => break,
        }
    }
    current.map(|certificate| certificate.issuer.clone()).unwrap_or_default()
}

/// The fingerprints of the keys that the addresses showed, each once; without those of somebody
/// who may stand in between.
pub(in crate::checks::webhook::endpoint) fn keys(seen: &Seen) -> Vec<String> {
    let mut keys: Vec<String> = seen
        .addresses
        .iter()
        .filter_map(|at| Some(&at.post.as_ref()?.handshake.as_ref()?.judgement))
        .filter(|judgement| !judgement.problems.contains(&Problem::PlatformOnly))
        .filter_map(|judgement| judgement.leaf.as_ref())
        .map(|leaf| leaf.key.clone())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The certificate as data.
pub(super) fn evidence(judgement: &Judgement, now: Timestamp) -> Value {
    let facts = |certificate: &CertificateFacts| {
        json!({
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "names": certificate.names,
            "validFrom": certificate.not_before.to_string(),
            "validUntil": certificate.not_after.to_string(),
            "daysLeft": certificate.days_left(now),
            "key": certificate.key,
            "keyKind": certificate.key_kind,
            "signature": certificate.signature,
            "mustStaple": certificate.must_staple,
        })
    };
    let above: Vec<&str> = judgement.above.iter().map(|above| above.subject.as_str()).collect();
    json!({
        "leaf": judgement.leaf.as_ref().map(facts),
        "chain": above,
        "trusted": judgement.is_public(),
        "trustedByThisMachine": judgement.by_platform,
        "stapled": judgement.stapled,
    })
}
