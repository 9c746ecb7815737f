//! nginx with TLS in front of a handler, and the certificates for it.
//!
//! nginx listens on a Unix socket, and the test forwards a free port of 127.0.0.1 to it: nobody has
//! to guess a port that is free.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
use tokio::net::{TcpListener, UnixStream};

use crate::counterpart::{exists, skip};

/// A private CA and one certificate for each fault; made once for all tests.
pub fn certificates() -> Option<&'static Path> {
    static MADE: OnceLock<Option<TempDir>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/tls.sh");
        if !exists("openssl") {
            skip("openssl");
            return None;
        }
        let out = Command::new("sh").arg(script).arg(folder.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Some(folder)
    });
    made.as_ref().map(TempDir::path)
}

/// A running nginx.
pub struct Nginx {
    pub address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Serves `location` with the certificate of that name and these extra settings; `None` when
    /// nginx or openssl is missing.
    pub async fn start(certificate: &str, settings: &str, location: &str) -> Option<Self> {
        let certificates = certificates()?;
        let Some(program) = program() else {
            skip("nginx");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let socket = folder.path().join("s");
        let config = folder.path().join("nginx.conf");
        std::fs::write(
            &config,
            written(folder.path(), &socket, certificates, certificate, settings, location),
        )
        .unwrap();
        // The shell ends nginx when this process, and with it the pipe, is gone.
        let script = r#""$0" -c "$1" -e stderr & nginx=$!; cat >/dev/null; kill $nginx; wait"#;
        let child = Command::new("sh")
            .args(["-c", script])
            .arg(program)
            .arg(&config)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ready = async {
            while UnixStream::connect(&socket).await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), ready).await;
        assert!(waited.is_ok(), "nginx did not start");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let socket = socket.clone();
                tokio::spawn(async move {
                    let mut server = UnixStream::connect(&socket).await?;
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        Some(Self { address, child, _folder: folder })
    }

    /// The URL of the webhook by name.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/webhooks/mintcash", self.address.port())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// nginx, which Debian keeps out of an ordinary user's path.
fn program() -> Option<PathBuf> {
    ["nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"]
        .into_iter()
        .find(|program| exists(program))
        .map(PathBuf::from)
}

fn written(
    folder: &Path,
    socket: &Path,
    certificates: &Path,
    certificate: &str,
    settings: &str,
    location: &str,
) -> String {
    let (folder, socket) = (folder.display(), socket.display());
    let certificates = certificates.display();
    format!(
        "daemon off; master_process off; pid {folder}/pid; error_log stderr;
        events {{ worker_connections 512; }}
        http {{
            access_log off;
            client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
            fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/g;
            server {{
                listen unix:{socket} ssl;
                ssl_certificate {certificates}/{certificate}.pem;
                ssl_certificate_key {certificates}/{certificate}.key;
                {settings}
                location / {{ {location} }}
            }}
        }}"
    )
}
