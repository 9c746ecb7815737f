//! Builds the program's HTTP clients: which roots they trust, no redirect followed, one user agent.
//!
//! Called by the check `http` and by `mintcash::transport`. The rule it keeps: a client never goes
//! where it was not sent, and whoever builds one says whether it may use a proxy.

pub mod handshake;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::text::Untrusted;

/// How the program calls itself.
pub const USER_AGENT: &str = concat!("golive/", env!("CARGO_PKG_VERSION"));

/// The variables that name a proxy for HTTPS, in the order in which programs look at them.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The implementation of TLS's algorithms.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Mozilla's roots.
#[must_use]
pub fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The roots that this machine trusts; one that can not be read leaves the others.
#[must_use]
pub fn machine_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _one_unreadable_root_leaves_the_others = roots.add(certificate);
    }
    roots
}

/// The roots of a PEM file, for tests and staging.
///
/// # Errors
/// When the file can not be read or holds something else than CAs; one sentence.
pub fn roots_of(path: &Path) -> Result<RootCertStore, String> {
    let shown = Untrusted::new(path.display().to_string()).line(200);
    let certificates = CertificateDer::pem_file_iter(path)
        .map_err(|error| format!("extra_ca {shown} can not be read: {error}"))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let added = certificate.map(|certificate| roots.add(certificate));
        if !matches!(added, Ok(Ok(()))) {
            return Err(format!("extra_ca {shown} holds something else than CAs in PEM"));
        }
    }
    if roots.is_empty() {
        return Err(format!("extra_ca {shown} holds no certificate"));
    }
    Ok(roots)
}

/// A client that takes its TLS settings from `tls`, follows no redirect and gives up after `limit`.
pub fn builder(tls: ClientConfig, limit: Duration) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .timeout(limit)
        .user_agent(USER_AGENT)
}

/// A client that trusts what this machine and the public trust, and uses the proxy that the
/// environment names, as other programs here do. For requests without secrets.
///
/// # Errors
/// When the libraries refuse their own defaults; the reason.
pub fn open(limit: Duration) -> Result<Client, String> {
    opener(limit)?.build().map_err(|error| error.to_string())
}

/// The settings of [`open`], for who changes one of them.
///
/// # Errors
/// When the libraries refuse their own defaults; the reason.
pub fn opener(limit: Duration) -> Result<ClientBuilder, String> {
    let mut roots = machine_roots();
    roots.extend(public_roots().roots);
    let tls = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(builder(tls, limit))
}

/// The variable that names a proxy for HTTPS, if one is set. Its value may hold a password.
#[must_use]
pub fn proxy_variable() -> Option<&'static str> {
    PROXIES.into_iter().find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
