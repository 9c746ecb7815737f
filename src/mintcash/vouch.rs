//! Who vouches for the certificate of the host that is about to get a key.
//!
//! Used by the transport for every handshake. A key travels only when a public CA, or a CA that
//! the operator named, vouches for exactly this host. A CA that only this machine trusts is what a
//! proxy that reads along looks like: the handshake is ended, and the reason is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::ServerCertVerifier as _;
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};

use crate::https;
use crate::https::handshake::{self, Judges, Shown};
use crate::text::Untrusted;
use crate::time::Timestamp;

/// Why a certificate was not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// By this machine's clock it has expired.
    Expired,
    /// By this machine's clock it is not valid yet.
    NotYetValid,
    /// It is for other names.
    OtherName,
    /// Only a CA that this machine trusts, and the public does not, vouches for it.
    MachineOnly,
    /// Nobody known vouches for it.
    Nobody,
    /// Anything else, in the library's words.
    Other(String),
}

/// What a host presented, and why it was not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The host's own certificate, DER.
    pub certificate: Vec<u8>,
    /// Why it was not trusted; `None` when it was.
    pub distrust: Option<Distrust>,
}

/// Judges what a host presents at one moment, and ends the handshake with one that is not trusted.
#[derive(Debug)]
pub(super) struct Voucher {
    trusted: Vec<Arc<WebPkiServerVerifier>>,
    machine: RootCertStore,
    provider: Arc<CryptoProvider>,
    now: Timestamp,
    seen: Mutex<Option<Presented>>,
}

impl Voucher {
    /// A voucher that trusts the public roots and `extra`, with the TLS settings that use it.
    pub(super) fn new(
        extra: Option<RootCertStore>,
        now: Timestamp,
    ) -> Result<(Arc<Self>, ClientConfig), String> {
        let provider = https::provider();
        let mut trusted = Vec::new();
        for roots in std::iter::once(https::public_roots()).chain(extra) {
            let provider = Arc::clone(&provider);
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
            trusted.push(verifier.build().map_err(|error| error.to_string())?);
        }
        let voucher = Arc::new(Self {
            trusted,
            machine: https::machine_roots(),
            provider: Arc::clone(&provider),
            now,
            seen: Mutex::new(None),
        });
        let judge = Arc::clone(&voucher) as Arc<dyn Judges>;
        let config = handshake::settings(judge, provider).map_err(|error| error.to_string())?;
        Ok((voucher, config))
    }

    /// What the host presented last.
    pub(super) fn presented(&self) -> Option<Presented> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what was presented, before another handshake.
    pub(super) fn forget(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn moment(&self) -> UnixTime {
        let millis = u64::try_from(self.now.millis()).unwrap_or(0);
        UnixTime::since_unix_epoch(Duration::from_millis(millis))
    }

    /// Why none of the trusted roots vouches for it.
    fn distrust(
        &self,
        error: &Error,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
    ) -> Distrust {
        use CertificateError as Bad;
        match error {
            Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
                Distrust::Expired
            }
            Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
                Distrust::NotYetValid
            }
            Error::InvalidCertificate(
                Bad::NotValidForName | Bad::NotValidForNameContext { .. },
            ) => Distrust::OtherName,
            Error::InvalidCertificate(Bad::UnknownIssuer) if self.machine_vouches(leaf, above) => {
                Distrust::MachineOnly
            }
            Error::InvalidCertificate(Bad::UnknownIssuer) => Distrust::Nobody,
            other => {
                let words = Untrusted::new(other.to_string()).line(200);
                // A certificate that vouches for itself says that it is a CA.
                if words.contains("CaUsedAsEndEntity") {
                    return Distrust::Nobody;
                }
                Distrust::Other(words)
            }
        }
    }

    fn machine_vouches(&self, leaf: &CertificateDer<'_>, above: &[CertificateDer<'_>]) -> bool {
        let algorithms = self.provider.signature_verification_algorithms.all;
        ParsedCertificate::try_from(leaf).is_ok_and(|parsed| {
            let roots = &self.machine;
            let moment = self.moment();
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, above, moment, algorithms)
                .is_ok()
        })
    }
}

impl Judges for Voucher {
    fn decide(&self, shown: &Shown<'_>) -> Result<(), Error> {
        let Shown { leaf, above, host, stapled } = *shown;
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let mut verdict = Err(unknown.clone());
        for verifier in &self.trusted {
            let said = verifier.verify_server_cert(leaf, above, host, stapled, self.moment());
            let said = said.map(|_| ());
            // That one root does not know it says less than what another finds wrong with it.
            if said.as_ref().err() != Some(&unknown) {
                verdict = said;
                if verdict.is_ok() {
                    break;
                }
            }
        }
        let distrust = verdict.as_ref().err();
        let distrust = distrust.map(|error| self.distrust(error, leaf, above));
        let presented = Presented { certificate: leaf.to_vec(), distrust };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(presented);
        verdict
    }
}
