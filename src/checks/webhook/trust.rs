//! Whether MintCash would trust a server's certificate.
//!
//! The chain is built from Mozilla's roots and from the presented certificates only: a missing
//! intermediate is a fault here, although browsers hide it by fetching or remembering it. The
//! verifier lets every handshake go through and keeps its judgement, so that what stands behind a
//! bad certificate can still be looked at; who sends what over such a connection is decided by
//! `wire::Guard`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore};

use crate::checks::demo::DemoGround;
use crate::checks::webhook::certificate::CertificateFacts;
use crate::https;
use crate::https::handshake::{self, Judges, Shown};
use crate::text::Untrusted;
use crate::time::Timestamp;

/// What is wrong with a certificate or its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The server's certificate has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for other names.
    WrongHost,
    /// It vouches for itself.
    SelfSigned,
    /// The certificate between it and a public root was not sent.
    MissingIntermediate,
    /// No public root vouches for its issuer.
    UnknownCa,
    /// Only the extra CA of the runbook's arguments vouches for it.
    ExtraCaOnly,
    /// Only the demo's own root vouches for it, which in the demo is as it should be.
    DemoOnly,
    /// Only roots that were added to this machine vouch for it: a private CA, or somebody on the
    /// way who opens TLS, so that what the server really presents is not seen.
    PlatformOnly,
    /// A certificate above it is expired or not valid yet.
    ChainOutOfDate,
    /// It, or one above it, is signed with a hash that can be forged: its subject, the algorithm.
    WeakSignature(String, String),
    /// Anything else, in the verifier's words.
    Other(String),
}

/// What a server presented and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The server's own certificate, when it could be read.
    pub leaf: Option<CertificateFacts>,
    /// The certificates that were sent above it.
    pub above: Vec<CertificateFacts>,
    /// What is wrong, most telling first; empty when a public client trusts it.
    pub problems: Vec<Problem>,
    /// Whether the roots of this machine vouch for it; `None` when they were not asked.
    pub by_platform: Option<bool>,
    /// Whether an OCSP answer came with it.
    pub stapled: bool,
}

impl Judgement {
    /// Whether a public client trusts it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether it is trusted here: publicly, by the extra CA that the operator named, or in the demo
    /// by its own root.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        let known = [Problem::ExtraCaOnly, Problem::DemoOnly];
        self.problems.iter().all(|problem| known.contains(problem))
    }
}

/// The roots that chains may end in.
#[derive(Clone, Debug)]
pub struct Roots {
    public: Arc<RootCertStore>,
    extra: Option<Arc<RootCertStore>>,
    platform: Option<Arc<RootCertStore>>,
    demo: Option<Arc<RootCertStore>>,
}

/// Why the extra CA can not be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadCa(String);

impl Roots {
    /// Mozilla's roots, and those of a PEM file for tests and staging where one is named.
    ///
    /// # Errors
    /// When the file can not be read or holds no certificate.
    pub fn load(extra_ca: Option<&Path>) -> Result<Self, BadCa> {
        let public = https::public_roots();
        let extra = extra_ca.map(https::roots_of).transpose().map_err(BadCa)?.map(Arc::new);
        Ok(Self { public: Arc::new(public), extra, platform: None, demo: None })
    }

    /// The same, and that of the demo where there is one.
    #[must_use]
    pub fn with_demo(mut self, demo: Option<&DemoGround>) -> Self {
        self.demo = demo.map(|ground| Arc::clone(&ground.roots));
        self
    }

    /// The same, and those of this machine beside them, so that it can be said where these see it
    /// differently. They never make a chain trusted.
    #[must_use]
    pub fn with_platform(mut self) -> Self {
        let store = https::machine_roots();
        self.platform = (!store.is_empty()).then(|| Arc::new(store));
        self
    }
}

/// Judges what a server presents, at one moment, and lets the handshake go on.
#[derive(Debug)]
pub struct Judge {
    roots: Roots,
    now: Timestamp,
    provider: Arc<CryptoProvider>,
    judgement: Mutex<Option<Judgement>>,
}

impl Judge {
    /// A judge for one connection, with the TLS settings that use it. No session is resumed, so
    /// that every handshake shows the certificate.
    ///
    /// # Errors
    /// When the TLS library refuses its own defaults.
    pub fn for_connection(
        roots: &Roots,
        now: Timestamp,
    ) -> Result<(Arc<Self>, Arc<ClientConfig>), TlsError> {
        let provider = https::provider();
        let judge = Arc::new(Self {
            roots: roots.clone(),
            now,
            provider: Arc::clone(&provider),
            judgement: Mutex::new(None),
        });
        let judged = Arc::clone(&judge) as Arc<dyn Judges>;
        let mut config = handshake::settings(judged, provider)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((judge, Arc::new(config)))
    }

    /// What was presented, once the server has shown it.
    #[must_use]
    pub fn judgement(&self) -> Option<Judgement> {
        self.judgement.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        stapled: bool,
    ) -> Judgement {
        let facts = CertificateFacts::of(leaf);
        let chain: Vec<_> = above.iter().filter_map(|der| CertificateFacts::of(der)).collect();
        let (mut problems, mut by_platform) = (Vec::new(), None);
        // The chain is judged at a moment at which the leaf is valid, so that an expired leaf does
        // not hide what else is wrong.
        let mut moment = self.now;
        if let Some(facts) = &facts {
            if self.now > facts.not_after {
                problems.push(Problem::Expired);
                moment = facts.not_after;
            } else if self.now < facts.not_before {
                problems.push(Problem::NotYetValid);
                moment = facts.not_before;
            }
        }
        match ParsedCertificate::try_from(leaf) {
            Err(error) => problems.push(Problem::Other(words(&error))),
            Ok(parsed) => {
                if verify_server_name(&parsed, host).is_err() {
                    problems.push(Problem::WrongHost);
                }
                let verify = |roots: &RootCertStore| {
                    verify_server_cert_signed_by_trust_anchor(
                        &parsed,
                        roots,
                        above,
                        unix(moment),
                        self.provider.signature_verification_algorithms.all,
                    )
                };
                by_platform = self.roots.platform.as_ref().map(|roots| verify(roots).is_ok());
                if let Err(error) = verify(&self.roots.public) {
                    problems.extend(weak_signature(facts.as_ref(), &chain));
                    let by = |it: &Option<Arc<_>>| it.as_ref().is_some_and(|r| verify(r).is_ok());
                    let problem = if by(&self.roots.extra) {
                        Problem::ExtraCaOnly
                    } else if by(&self.roots.demo) {
                        Problem::DemoOnly
                    } else if by_platform == Some(true) {
                        Problem::PlatformOnly
                    } else {
                        chain_problem(&error, facts.as_ref(), &chain)
                    };
                    // At another moment than now the chain's dates say nothing about it.
                    if moment == self.now || problem != Problem::ChainOutOfDate {
                        problems.push(problem);
                    }
                }
            }
        }
        Judgement { leaf: facts, above: chain, problems, by_platform, stapled }
    }
}

/// The first signature of the chain that can be forged. A root's own vouches for nothing, and one
/// that no way to a root needs does no harm, so that this is asked of bad chains only.
fn weak_signature(leaf: Option<&CertificateFacts>, above: &[CertificateFacts]) -> Option<Problem> {
    let mut chain = leaf.into_iter().chain(above);
    let weak = chain.find(|it| it.is_weakly_signed() && !it.self_issued)?;
    Some(Problem::WeakSignature(weak.subject.clone(), weak.signature.clone()))
}

/// Names what is wrong with a chain that leads to no root.
fn chain_problem(
    error: &TlsError,
    leaf: Option<&CertificateFacts>,
    above: &[CertificateFacts],
) -> Problem {
    use CertificateError as E;
    if leaf.is_some_and(|leaf| leaf.self_issued) {
        return Problem::SelfSigned;
    }
    match error {
        TlsError::InvalidCertificate(
            E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. },
        ) => Problem::ChainOutOfDate,
        TlsError::InvalidCertificate(E::UnknownIssuer) => {
            let top = above.iter().chain(leaf).find(|certificate| {
                !above.iter().any(|other| other.subject == certificate.issuer)
                    || certificate.self_issued
            });
            // A self-issued certificate at the top is a root that nobody knows. Without one the
            // chain just ends; public CAs say in each certificate where the next one is.
            match top {
                Some(top) if !top.self_issued && top.names_issuer_url => {
                    Problem::MissingIntermediate
                }
                _ => Problem::UnknownCa,
            }
        }
        other => Problem::Other(words(other)),
    }
}

fn words(error: &TlsError) -> String {
    Untrusted::new(error.to_string()).line(200)
}

fn unix(at: Timestamp) -> UnixTime {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    UnixTime::since_unix_epoch(Duration::from_millis(millis))
}

impl Judges for Judge {
    fn decide(&self, shown: &Shown<'_>) -> Result<(), TlsError> {
        let judgement = self.judge(shown.leaf, shown.above, shown.host, !shown.stapled.is_empty());
        *self.judgement.lock().unwrap_or_else(PoisonError::into_inner) = Some(judgement);
        Ok(())
    }
}
