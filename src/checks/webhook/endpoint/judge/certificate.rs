//! What is wrong with a certificate, in an operator's words.

use serde_json::{Value, json};

use crate::checks::Level;
use crate::checks::webhook::certificate::CertificateFacts;
use crate::checks::webhook::endpoint::judge::Notes;
use crate::checks::webhook::endpoint::look::Seen;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::trust::{Judgement, Problem};
use crate::time::Timestamp;

/// From how many days before its end on a certificate is a risk.
const SOON: i64 = 21;

/// Adds what is wrong with what a server presented.
pub(super) fn judge(
    target: &Target,
    judgement: &Judgement,
    place: &str,
    now: Timestamp,
    notes: &mut Notes,
) {
    for problem in &judgement.problems {
        let (message, hint) = words(target, judgement, problem);
        notes.add(Level::Blocking, message, place, hint);
    }
    let Some(leaf) = &judgement.leaf else { return };
    let days = leaf.days_left(now);
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
    let issuer = last_issuer(judgement);
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
        Problem::ChainOutOfDate => (
            "A certificate above the server's own is out of date.".to_owned(),
            "Install the CA's current chain (fullchain.pem).",
        ),
        Problem::Other(why) => (
            format!("The certificate is not accepted: {why}."),
            "Get a new certificate from a public CA.",
        ),
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

/// The fingerprints of the keys that the addresses showed, each once.
pub(super) fn keys(seen: &Seen) -> Vec<String> {
    let mut keys: Vec<String> = seen
        .addresses
        .iter()
        .filter_map(|at| at.post.as_ref()?.handshake.as_ref()?.judgement.leaf.as_ref())
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
        })
    };
    let above: Vec<&str> = judgement.above.iter().map(|above| above.subject.as_str()).collect();
    json!({
        "leaf": judgement.leaf.as_ref().map(facts),
        "chain": above,
        "trusted": judgement.is_public(),
    })
}
