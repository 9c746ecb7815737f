//! What a certificate says about itself, by x509-parser.
//!
//! Facts only, every text in them made visible; whether to trust it is decided in `trust`.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};
use x509_parser::der_parser::oid;
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::oid_registry::{OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS, Oid};
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;

use crate::text::Untrusted;
use crate::time::Timestamp;

/// The longest name that is kept.
const NAME_LIMIT: usize = 120;

/// The TLS feature extension (RFC 7633), and its value when it is must-staple alone.
const TLS_FEATURE: Oid<'static> = oid!(1.3.6.1.5.5.7.1.24);
const ECDSA_WITH_SHA1: Oid<'static> = oid!(1.2.840.10045.4.1);
const STATUS_REQUEST: &[u8] = &[0x30, 3, 2, 1, 5];

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whom it is about: the common name, or everything when it has none.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The names and addresses it is for.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The fingerprint of its public key, `sha256:` and 64 hex digits over the SPKI. Survives a
    /// renewal that keeps the key.
    pub key: String,
    /// What kind of key that is: `RSA 2048`, `EC 256`.
    pub key_kind: String,
    /// How it is signed, by the algorithm's name.
    pub signature: String,
    /// Whether it demands that its OCSP answer comes with it (must-staple).
    pub must_staple: bool,
    /// Whether it names itself as its issuer.
    pub self_issued: bool,
    /// Whether it says where its issuer's certificate can be had, as those of public CAs do.
    pub names_issuer_url: bool,
}

impl CertificateFacts {
    /// Reads a DER certificate; `None` when it is not one.
    #[must_use]
    pub fn of(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let seconds = |at: i64| Timestamp::from_millis(at.saturating_mul(1_000));
        Some(Self {
            subject: shown(certificate.subject()),
            issuer: shown(certificate.issuer()),
            names: names(&certificate),
            not_before: seconds(certificate.validity().not_before.timestamp()),
            not_after: seconds(certificate.validity().not_after.timestamp()),
            key: format!("sha256:{}", hex::encode(Sha256::digest(certificate.public_key().raw))),
            key_kind: key_kind(&certificate),
            signature: signature(&certificate.signature_algorithm.algorithm),
            must_staple: certificate
                .extensions()
                .iter()
                .any(|extension| extension.oid == TLS_FEATURE && extension.value == STATUS_REQUEST),
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            names_issuer_url: certificate.extensions().iter().any(|extension| {
                match extension.parsed_extension() {
                    ParsedExtension::AuthorityInfoAccess(access) => access
                        .iter()
                        .any(|entry| entry.access_method == OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS),
                    _ => false,
                }
            }),
        })
    }

    /// Whether it is signed with a hash that can be forged.
    #[must_use]
    pub fn is_weakly_signed(&self) -> bool {
        let signature = self.signature.to_lowercase();
        signature.contains("sha1") || signature.contains("md5")
    }

    /// Whole days from `now` until it expires; negative once it has.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        (self.not_after.millis() - now.millis()).div_euclid(86_400_000)
    }
}

fn key_kind(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(key)) => format!("EC {}", key.key_size()),
        _ => signature(&certificate.public_key().algorithm.algorithm),
    }
}

/// An algorithm's name, or its number where it has none that is known.
fn signature(oid: &Oid<'_>) -> String {
    if *oid == ECDSA_WITH_SHA1 {
        return "ecdsa-with-SHA1".to_owned(); // the registry has those with SHA-2 only
    }
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

fn shown(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().find_map(|part| part.as_str().ok());
    let text = common.map_or_else(|| name.to_string(), str::to_owned);
    Untrusted::new(text).line(NAME_LIMIT)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let written = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(Untrusted::new(*name).line(NAME_LIMIT)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(written).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(octets).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|octets| Ipv6Addr::from(octets).to_string())
}
