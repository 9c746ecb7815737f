//! Lets somebody judge the certificate that a host presents, in the middle of a TLS handshake.
//!
//! Used by whoever judges certificates by rules of its own: the provider's voucher, the webhook
//! checks. The rule it keeps: who judges decides about the certificate alone; that the host has its
//! key is always verified.

use std::fmt::Debug;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

/// What a host presents in a handshake.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The host's own certificate.
    pub leaf: &'a CertificateDer<'a>,
    /// Those that it sent beside it.
    pub above: &'a [CertificateDer<'a>],
    /// The name by which it was asked.
    pub host: &'a ServerName<'a>,
    /// The stapled answer of OCSP, empty when there is none.
    pub stapled: &'a [u8],
}

/// Somebody who decides whether a handshake goes on.
pub trait Judges: Debug + Send + Sync {
    /// Decides, by what is shown.
    ///
    /// # Errors
    /// When the handshake must end.
    fn decide(&self, shown: &Shown<'_>) -> Result<(), Error>;
}

/// TLS 1.2 and 1.3 with these algorithms, where `judge` decides.
///
/// # Errors
/// When the TLS library refuses its own defaults.
pub fn settings(
    judge: Arc<dyn Judges>,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig, Error> {
    let asking = Arc::new(Asking { judge, provider: Arc::clone(&provider) });
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(asking)
        .with_no_client_auth())
}

/// Asks the judge about the certificate, and nobody about the signatures.
#[derive(Debug)]
struct Asking {
    judge: Arc<dyn Judges>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Asking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (leaf, above, host) = (end_entity, intermediates, server_name);
        self.judge.decide(&Shown { leaf, above, host, stapled: ocsp_response })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
