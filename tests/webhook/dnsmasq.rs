//! A DNS server on loopback that knows the names that a test gives it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::UdpSocket;

use crate::counterpart::skip;

/// A running dnsmasq.
pub struct Dnsmasq {
    pub address: SocketAddr,
    child: Child,
}

impl Dnsmasq {
    /// Serves `test` with these records (options of dnsmasq); other names it refuses to look up.
    /// `None` when dnsmasq is missing.
    pub async fn start(records: &[&str]) -> Option<Self> {
        let Some(program) = program() else {
            skip("dnsmasq");
            return None;
        };
        loop {
            // dnsmasq takes no port 0. Where somebody takes the port in between, it ends at once.
            let port = free_port();
            let mut child = spawn(&program, port, records);
            let address = (Ipv4Addr::LOCALHOST, port).into();
            if answers(address, &mut child).await {
                return Some(Self { address, child });
            }
        }
    }
}

impl Drop for Dnsmasq {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        if std::net::UdpSocket::bind(address).is_ok() {
            return address.port();
        }
    }
}

fn spawn(program: &PathBuf, port: u16, records: &[&str]) -> Child {
    // The shell ends dnsmasq when this process, and with it the pipe, is gone; a dnsmasq that ends
    // by itself ends the shell.
    let script = r#"exec 3<&0; "$@" 3<&- & dns=$!
        (cat <&3 >/dev/null; kill $dns) 2>/dev/null & wait $dns"#;
    Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(program)
        .args(["--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--pid-file="])
        .args(["--no-resolv", "--no-hosts", "--bind-interfaces", "--listen-address=127.0.0.1"])
        .args(["--local=/test/", "--local-ttl=60", "--user="])
        .arg(format!("--port={port}"))
        .args(records)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Asks for any name until something comes back; false when dnsmasq has ended.
async fn answers(address: SocketAddr, child: &mut Child) -> bool {
    let query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04test\x00\x00\x01\x00\x01";
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(address).await.unwrap();
    let mut answer = [0; 512];
    while child.try_wait().unwrap().is_none() {
        let asked = socket.send(query).await.is_ok();
        let soon = Duration::from_millis(if asked { 200 } else { 20 });
        if let Ok(Ok(_)) = tokio::time::timeout(soon, socket.recv(&mut answer)).await {
            return true;
        }
    }
    false
}

/// dnsmasq, which Debian keeps out of an ordinary user's path.
fn program() -> Option<PathBuf> {
    let there = |program: &&str| {
        let mut ask = Command::new(program);
        ask.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    ["dnsmasq", "/usr/sbin/dnsmasq", "/usr/local/sbin/dnsmasq"]
        .into_iter()
        .find(there)
        .map(PathBuf::from)
}
