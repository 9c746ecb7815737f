//! The certificates of the shop: a root of the demo's own, an intermediate, and a certificate for
//! this machine; and the bad ones that a fault can put in its place.

use std::sync::{Arc, PoisonError, RwLock};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::demo::fault::Paper;
use crate::https;
use crate::time::Timestamp;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Shows what the shop presents now; can be changed while it serves.
#[derive(Debug)]
pub struct Papers {
    roots: Arc<RootCertStore>,
    sound: Arc<CertifiedKey>,
    bad: Vec<(Paper, Arc<CertifiedKey>)>,
    shown: RwLock<Arc<CertifiedKey>>,
}

type Made<T> = Result<T, rcgen::Error>;

impl Papers {
    /// New ones, valid at this moment.
    ///
    /// # Errors
    /// When the libraries refuse; in words.
    pub fn make(now: Timestamp) -> Result<Self, String> {
        let maker = Maker::new(now).map_err(|error| error.to_string())?;
        let make = |leaf: Leaf, chain: Chain| {
            let made = maker.leaf(leaf, chain).map_err(|error| error.to_string())?;
            certified(made)
        };
        let here = Leaf { names: &["127.0.0.1", "localhost"], from: -30, to: 60 };
        let sound = make(here, Chain::Whole)?;
        let bad = vec![
            (Paper::Expired, make(Leaf { from: -120, to: -30, ..here }, Chain::Whole)?),
            (Paper::OtherName, make(Leaf { names: &["shop.example"], ..here }, Chain::Whole)?),
            (Paper::Alone, make(here, Chain::Alone)?),
            (Paper::SelfSigned, make(here, Chain::None)?),
            (Paper::EndsSoon, make(Leaf { to: 5, ..here }, Chain::Whole)?),
        ];
        let mut roots = RootCertStore::empty();
        roots.add(maker.root.clone()).map_err(|error| error.to_string())?;
        Ok(Self { roots: Arc::new(roots), shown: RwLock::new(Arc::clone(&sound)), sound, bad })
    }

    /// The root that vouches for the sound one.
    #[must_use]
    pub fn roots(&self) -> &Arc<RootCertStore> {
        &self.roots
    }

    /// Presents a bad one from the next connection on, or the sound one again.
    pub fn show(&self, paper: Option<Paper>) {
        let bad = paper.and_then(|paper| self.bad.iter().find(|(is, _)| *is == paper));
        let shown = bad.map_or(&self.sound, |(_, key)| key);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(shown);
    }
}

impl ResolvesServerCert for Papers {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn certified(
    (chain, key): (Vec<CertificateDer<'static>>, KeyPair),
) -> Result<Arc<CertifiedKey>, String> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let made = CertifiedKey::from_der(chain, key, &https::provider());
    made.map(Arc::new).map_err(|error| error.to_string())
}

/// A certificate for a server: its names, and from which day to which it is valid, counted from
/// now.
#[derive(Clone, Copy)]
struct Leaf {
    names: &'static [&'static str],
    from: i64,
    to: i64,
}

/// What is sent above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chain {
    /// The intermediate.
    Whole,
    /// Nothing, though an intermediate has signed it.
    Alone,
    /// Nothing: it has signed itself.
    None,
}

/// Who makes them.
struct Maker {
    now: Timestamp,
    root: CertificateDer<'static>,
    above: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Maker {
    fn new(now: Timestamp) -> Made<Self> {
        let mut root = named("golive demo root (simulated)", &[])?;
        authority(&mut root, now, 3_650);
        let key = KeyPair::generate()?;
        let root_certificate = root.self_signed(&key)?.der().clone();
        let root = Issuer::new(root, key);
        let mut above = named("golive demo intermediate (simulated)", &[])?;
        authority(&mut above, now, 1_800);
        let key = KeyPair::generate()?;
        let certificate = above.signed_by(&key, &root)?.der().clone();
        let issuer = Issuer::new(above, key);
        Ok(Self { now, root: root_certificate, above: certificate, issuer })
    }

    fn leaf(&self, leaf: Leaf, chain: Chain) -> Made<(Vec<CertificateDer<'static>>, KeyPair)> {
        let name = leaf.names.last().copied().unwrap_or_default();
        let mut params = named(name, leaf.names)?;
        valid(&mut params, self.now, leaf.from, leaf.to);
        params.key_usages.push(KeyUsagePurpose::DigitalSignature);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        params.use_authority_key_identifier_extension = true;
        params.custom_extensions.push(issuer_is_at());
        let key = KeyPair::generate()?;
        let made = match chain {
            Chain::None => params.self_signed(&key)?,
            Chain::Whole | Chain::Alone => params.signed_by(&key, &self.issuer)?,
        };
        let mut sent = vec![made.der().clone()];
        if chain == Chain::Whole {
            sent.push(self.above.clone());
        }
        Ok((sent, key))
    }
}

fn named(name: &str, names: &[&str]) -> Made<CertificateParams> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

fn authority(params: &mut CertificateParams, now: Timestamp, days: i64) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    params.key_usages.push(KeyUsagePurpose::CrlSign);
    valid(params, now, -900, days);
}

/// Valid from one day to another, counted from now.
fn valid(params: &mut CertificateParams, now: Timestamp, from: i64, to: i64) {
    let day = |days: i64| {
        let date = Timestamp::from_millis(now.millis() + days * DAY).date();
        let mut parts = date.split('-');
        let mut next = || parts.next().and_then(|part| part.parse::<i32>().ok()).unwrap_or(1);
        let (year, month, day) = (next(), next(), next());
        date_time_ymd(year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
    };
    params.not_before = day(from);
    params.not_after = day(to);
}

/// Where the issuer's certificate would be, as public CAs say it (RFC 5280 section 4.2.2.1). The
/// name never resolves, and nobody here asks for it.
fn issuer_is_at() -> CustomExtension {
    let place = b"http://ca.invalid/intermediate.cer";
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap_or(0);
    let ca_issuers = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let mut access = ca_issuers.to_vec();
    access.extend([0x86, length(place)]);
    access.extend(place);
    let mut inner = vec![0x30, length(&access)];
    inner.extend(access);
    let mut content = vec![0x30, length(&inner)];
    content.extend(inner);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}
