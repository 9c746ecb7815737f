//! Does a server still speak TLS 1.1 or 1.0? A hand-made ClientHello asks for each by itself.
//!
//! rustls speaks neither, so the question is put on a bare connection that ends with the server's
//! first answer; nothing else is ever sent on it. A server that has 1.0 switched on and 1.1 off
//! answers both offers with 1.0, one that has both on takes what is offered.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Host;
use uuid::Uuid;

use std::net::SocketAddr;

/// The newest version that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
}

/// What a server answers to a client that speaks no newer version than the offered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldTls {
    /// It goes along, with this version.
    Speaks(&'static str),
    /// It refuses.
    Refuses,
}

const TLS_1_1: [u8; 2] = [3, 2];
const TLS_1_0: [u8; 2] = [3, 1];

/// Cipher suites of that time: ECDHE, DHE and RSA with AES-CBC, 3DES, and the renegotiation mark.
const SUITES: &[u16] =
    &[0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035, 0xc012, 0x000a, 0x00ff];

impl Offer {
    /// Both, newest first.
    pub const ALL: [Self; 2] = [Self::Tls11, Self::Tls10];

    /// The version's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
        }
    }

    fn bytes(self) -> [u8; 2] {
        match self {
            Self::Tls10 => TLS_1_0,
            Self::Tls11 => TLS_1_1,
        }
    }
}

/// Asks the server at `address`, naming `host` as SNI does.
///
/// # Errors
/// When no connection can be made.
pub async fn ask(address: SocketAddr, host: &Host, offer: Offer) -> std::io::Result<OldTls> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&client_hello(host, offer)).await?;
    let mut head = [0; 11];
    // A server that refuses sends an alert or just hangs up.
    Ok(match stream.read_exact(&mut head).await {
        Ok(_) => read(&head),
        Err(_) => OldTls::Refuses,
    })
}

/// Reads the start of the answer: a handshake record (22) with a ServerHello (2) names the version.
fn read(head: &[u8; 11]) -> OldTls {
    match head {
        [22, 3, _, _, _, 2, _, _, _, major, minor] if [*major, *minor] == TLS_1_1 => {
            OldTls::Speaks("TLS 1.1")
        }
        [22, 3, _, _, _, 2, _, _, _, major, minor] if [*major, *minor] == TLS_1_0 => {
            OldTls::Speaks("TLS 1.0")
        }
        _ => OldTls::Refuses,
    }
}

fn client_hello(host: &Host, offer: Offer) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Host::Domain(name) = host {
        let mut entry = vec![0];
        entry.extend(with_length(name.trim_end_matches('.').as_bytes().to_vec()));
        extension(&mut extensions, 0, with_length(entry));
    }
    // supported_groups: x25519 and the NIST curves; ec_point_formats: uncompressed.
    extension(&mut extensions, 10, with_length(vec![0, 29, 0, 23, 0, 24, 0, 25]));
    extension(&mut extensions, 11, vec![1, 0]);

    let mut hello = offer.bytes().to_vec();
    hello.extend(Uuid::new_v4().into_bytes());
    hello.extend(Uuid::new_v4().into_bytes());
    hello.push(0); // no session to resume
    hello.extend(with_length(SUITES.iter().flat_map(|suite| suite.to_be_bytes()).collect()));
    hello.extend([1, 0]); // no compression
    hello.extend(with_length(extensions));

    let mut handshake = vec![1, 0];
    handshake.extend(with_length(hello));
    let mut record = vec![22, 3, 1];
    record.extend(with_length(handshake));
    record
}

fn extension(out: &mut Vec<u8>, kind: u16, body: Vec<u8>) {
    out.extend(kind.to_be_bytes());
    out.extend(with_length(body));
}

/// The bytes after their number in two bytes; everything here is far shorter than 64 KiB.
fn with_length(bytes: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut out = length.to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_hello_of_an_old_version_counts_as_speaking_it() {
        assert_eq!(read(&[22, 3, 2, 0, 80, 2, 0, 0, 76, 3, 2]), OldTls::Speaks("TLS 1.1"));
        assert_eq!(read(&[22, 3, 1, 0, 80, 2, 0, 0, 76, 3, 1]), OldTls::Speaks("TLS 1.0"));
        assert_eq!(read(&[22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3]), OldTls::Refuses);
        assert_eq!(read(&[21, 3, 2, 0, 2, 2, 70, 0, 0, 0, 0]), OldTls::Refuses);
        assert_eq!(read(b"HTTP/1.1 40"), OldTls::Refuses);
    }

    #[test]
    fn the_lengths_inside_the_hello_add_up() {
        for (offer, version) in [(Offer::Tls10, [3, 1]), (Offer::Tls11, [3, 2])] {
            let hello = client_hello(&Host::Domain("shop.example".into()), offer);
            assert_eq!(usize::from(u16::from_be_bytes([hello[3], hello[4]])), hello.len() - 5);
            assert_eq!(usize::from(u16::from_be_bytes([hello[7], hello[8]])), hello.len() - 9);
            assert_eq!(hello[9..11], version, "{}", offer.name());
        }
    }
}
