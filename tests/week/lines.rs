//! Lines that a real nginx writes, read as a delivery log.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use golive::events::fields::Fields;
use golive::events::mask;
use golive::events::members::LogMembers;
use golive::events::record;
use golive::events::sample::{self, Reading, Room, Told};
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::week::Words;

use crate::watch::shop::until;

/// An nginx that logs every request in three formats.
struct Nginx {
    folder: tempfile::TempDir,
    child: Child,
    /// Takes what is proxied and never answers.
    silent: UnixListener,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _it_may_be_gone = self.child.kill();
        let _so_that_it_is_no_zombie = self.child.wait();
    }
}

fn program() -> Option<PathBuf> {
    let known =
        ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"];
    known.into_iter().map(PathBuf::from).find(|path| path.exists())
}

impl Nginx {
    fn start() -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var_os("CI").is_none(), "nginx is missing, and CI needs it");
            eprintln!("SKIPPED: nginx is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let silent = UnixListener::bind(root.join("silent")).unwrap();
        let config = root.join("nginx.conf");
        fs::write(&config, CONFIG.replace("ROOT", root.to_str().unwrap())).unwrap();
        let child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .args(["-e", "stderr"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Self { folder, child, silent };
        until("nginx listens", || UnixStream::connect(nginx.folder.path().join("s")).is_ok());
        Some(nginx)
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(self.folder.path().join("s")).unwrap()
    }

    /// Sends a request and waits for its answer.
    fn ask(&self, method: &str, target: &str, agent: &str) {
        let mut stream = self.connect();
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: {agent}\r\n\
             Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }

    /// Sends a request and goes away before it is answered.
    fn give_up(&self, target: &str) {
        let mut stream = self.connect();
        write!(stream, "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").unwrap();
        let (mut proxied, _) = self.silent.accept().unwrap();
        let mut some = [0; 4];
        proxied.read_exact(&mut some).unwrap();
        drop(stream);
        until("nginx has noticed", || self.log("combined.log").contains(" 499 "));
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

const CONFIG: &str = r#"
daemon off;
master_process off;
pid ROOT/pid;
error_log stderr;
events {}
http {
    client_body_temp_path ROOT/b; proxy_temp_path ROOT/p; fastcgi_temp_path ROOT/f;
    uwsgi_temp_path ROOT/u; scgi_temp_path ROOT/c;
    log_format json escape=json '{"time":"$time_iso8601","request":"$request","status":"$status",'
        '"request_time":"$request_time","http_user_agent":"$http_user_agent","remote_addr":"$remote_addr"}';
    log_format parts escape=json '{"msec":"$msec","request_method":"$request_method",'
        '"request_uri":"$request_uri","status":$status,"request_time":$request_time,"agent":"$http_user_agent"}';
    log_format named '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent" rt=$request_time';
    access_log ROOT/combined.log combined;
    access_log ROOT/json.log json;
    access_log ROOT/parts.log parts;
    access_log ROOT/named.log named;
    server {
        listen unix:ROOT/s;
        location = /webhooks/mintcash { return 200 "ok"; }
        location = /webhooks/mintcash/ { return 503; }
        location = /checkout { return 200 "ok"; }
        location = /slow { proxy_pass http://unix:ROOT/silent; }
    }
}
"#;

fn reading(path: &str) -> Reading {
    Reading {
        record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
        members: LogMembers::default(),
        webhook_path: Some(path.into()),
    }
}

/// The statuses of the deliveries in a log, and whether each says how long it took.
fn hits(log: &str, path: &str) -> Vec<(u16, bool)> {
    let mut room = Room::new(Arc::new(Mutex::new(Words::default())), 1);
    let reading = reading(path);
    let tell = |line: &str| sample::read(line.as_bytes(), Role::Deliveries, &reading, &mut room);
    let told = log.lines().map(tell).inspect(|told| {
        assert!(!matches!(told, Told::Garbage | Told::Undated), "{told:?} in\n{log}");
    });
    told.filter_map(|told| match told {
        Told::Hit { status, ms, .. } => Some((status, ms.is_some_and(|ms| ms < 60_000))),
        _ => None,
    })
    .collect()
}

#[test]
fn every_delivery_that_nginx_logs_is_counted_and_nothing_else() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.ask("POST", "/webhooks/mintcash", "MintCash/1 \"quoted\" \\ back");
    nginx.ask("POST", "/webhooks/mintcash/?try=2", "x");
    nginx.ask("GET", "/webhooks/mintcash", "x");
    nginx.ask("POST", "/checkout", "x");
    nginx.ask("POST", "/webhooks/mintcash", "golive/0.1.0");
    until("all is logged", || nginx.log("named.log").lines().count() == 5);
    // One line of combined says no duration, and none is made up.
    let wanted = |timed: bool| vec![(200, timed), (503, timed)];
    let path = "/webhooks/mintcash";
    assert_eq!(hits(&nginx.log("combined.log"), path), wanted(false));
    assert_eq!(hits(&nginx.log("json.log"), path), wanted(true));
    assert_eq!(hits(&nginx.log("named.log"), path), wanted(true));
    assert_eq!(hits(&nginx.log("parts.log"), path), wanted(true));
    for name in ["combined.log", "json.log", "parts.log", "named.log"] {
        for line in nginx.log(name).lines() {
            let (shown, _) = mask::mask(line.as_bytes(), Role::Deliveries);
            assert!(!shown.contains("MintCash/1") && !shown.contains("unix:"), "{shown}");
        }
    }
}

#[test]
fn a_delivery_whose_sender_went_away_is_one_that_was_not_answered() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.give_up("/slow");
    let of = |name: &str| hits(&nginx.log(name), "/slow");
    until("all is logged", || !nginx.log("named.log").is_empty());
    assert_eq!(of("combined.log"), [(499, false)]);
    assert_eq!(of("json.log"), [(499, true)]);
}
