//! The command for people: what it shows, what it warns of, and sending again.

use rustix::process::Signal;
use sha2::{Digest as _, Sha256};

use crate::client::{LIVE_SECRET, PATIENCE, event, records, send, signed};
use crate::counterpart::Counterpart;
use crate::forward::count;
use crate::process::{Process, environment, record};
use crate::support::TestEnvironment;

#[tokio::test(flavor = "multi_thread")]
async fn events_that_the_handler_missed_are_sent_again_byte_by_byte() {
    let Some(handler) = Counterpart::start("../listen/tell.py", "") else { return };
    let environment = environment();
    let to = format!("http://{}", handler.address);
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut odd = event("odd");
    odd.extend(b" \r\n\xff\x00");
    let mut process = Process::start(&environment, &["--forward", &format!("http://{dead}")]);
    for body in [&event("missed"), &odd, &event("missed")] {
        let answer = send(process.address, &signed("/hook", LIVE_SECRET, body)).await;
        assert_eq!(answer.status, 502);
    }
    send(process.address, &signed("/hook", "whsec_of_somebody", &event("forged"))).await;
    // While a listener runs, a person sends again what was missed.
    let nowhere = environment.golive(&["listen", "--resend-failed", "--no-input"]);
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
    assert!(nowhere.err.contains("Give --forward URL"), "{nowhere:?}");
    assert_eq!(count(&handler).await, 0);
    let sent = environment.golive(&["listen", "--resend-failed", "--forward", &to, "--no-input"]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    assert_eq!(count(&handler).await, 2, "each event once, and no forged one: {sent:?}");
    let again = environment.golive(&["listen", "--resend-failed", "--forward", &to, "--no-input"]);
    assert!(again.err.contains("Nothing is to be sent again"), "{again:?}");
    let (received, answered) = records(&record(&environment));
    let resent: Vec<_> = answered.iter().filter(|it| it.resent).collect();
    assert_eq!(resent.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 200]);
    // One by its id, also one that was taken: what reaches the handler is what came.
    let odd_id = &received[1].id;
    let recorder = recorder(environment.root());
    let sent = environment.golive(&[
        "listen",
        "--resend",
        odd_id,
        "--forward",
        &recorder.url,
        "--no-input",
    ]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    let came = recorder.came.recv_timeout(PATIENCE).unwrap();
    let head = String::from_utf8_lossy(&came.0).to_lowercase();
    assert_eq!(Sha256::digest(&came.1), Sha256::digest(&odd));
    let signature = received[1].header("x-signature").next().unwrap();
    assert!(head.starts_with("post /hook http/1.1") && head.contains(signature), "{head}");
    let unknown = environment.golive(&["listen", "--resend", "01X", "--forward", &to]);
    assert_eq!((unknown.code, unknown.err.contains("there is no record 01X")), (Some(2), true));
    process.signal(Signal::TERM);
    process.wait();
}

/// A server that keeps one request.
struct Recorder {
    url: String,
    came: std::sync::mpsc::Receiver<(Vec<u8>, Vec<u8>)>,
}

fn recorder(_folder: &std::path::Path) -> Recorder {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (say, came) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut bytes, mut piece) = (Vec::new(), [0; 4_096]);
        loop {
            let read = stream.read(&mut piece).unwrap();
            bytes.extend_from_slice(&piece[..read]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let (head, body) = (bytes[..end].to_vec(), bytes[end + 4..].to_vec());
            let text = String::from_utf8_lossy(&head).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.unwrap().parse().unwrap() {
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
                say.send((head, body)).unwrap();
                return;
            }
        }
    });
    Recorder { url, came }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_a_line_and_programs_the_records() {
    let environment = environment();
    let mut process = Process::start(&environment, &[]);
    let mailed = String::from_utf8(event("e1")).unwrap().replace("order-1001", "ada@shop.example");
    send(process.address, &signed("/", LIVE_SECRET, mailed.as_bytes())).await;
    send(process.address, &signed("/", "whsec_of_somebody", b"{\"event\":\"\\u001b[2J\"}")).await;
    process.signal(Signal::TERM);
    process.wait();
    let out = process.out.lock().unwrap().clone();
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].starts_with("18:00:00  payment.succeeded"), "{out}");
    assert!(lines[0].contains("live  a…@s…  signed (webhook_secret)  200 by golive"), "{out}");
    assert!(lines[1].contains("^[[2J") && lines[1].contains("signature invalid"), "{out}");
    assert!(!out.contains("ada@"), "{out}");

    let mut process = Process::start(&environment, &["--format", "json"]);
    let body = "{\"a\":\"##vso[task] \u{202e}\u{9b}2J 😀 é\"}";
    send(process.address, &signed("/", LIVE_SECRET, body.as_bytes())).await;
    process.signal(Signal::TERM);
    process.wait();
    let out = process.out.lock().unwrap().clone();
    assert!(out.is_ascii() && !out.contains('#'), "{out}");
    let kept = std::fs::read_to_string(record(&environment)).unwrap();
    let parsed = |text: &str| {
        let line = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        text.lines().map(line).collect::<Vec<_>>()
    };
    assert_eq!(parsed(&out), parsed(&kept)[4..], "the same records");
    assert_eq!(parsed(&out)[0]["body"], body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_risky_about_a_listener_is_said_plainly() {
    let environment = TestEnvironment::bare();
    environment.write("golive.yaml", "launch: shop\n");
    let flags = ["--forward", "http://shop.example/hook"];
    let mut command = environment.command(&["listen", "--listen", "0.0.0.0:0", "--no-input"]);
    let process = Process::run({
        command.args(flags);
        command
    });
    let said = process.said();
    assert!(said.contains("0.0.0.0:0 is not this machine alone"), "{said}");
    assert!(said.contains("signatures are not checked"), "{said}");
    assert!(said.contains("events travel to shop.example in cleartext"), "{said}");
    let refused = environment.golive(&["listen", "--refuse-invalid"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let taken = environment.golive(&["listen", "--listen", "127.0.0.1:0"]);
    assert!(taken.err.contains("listens for"), "one listener at a time: {taken:?}");
    assert_eq!(taken.code, Some(1));
}

#[test]
fn a_secret_that_is_named_and_can_not_be_had_keeps_it_from_starting() {
    let environment = TestEnvironment::bare();
    let text = "launch: shop\ninputs:\n  webhook_secret: { env: NOT_SET_HERE }\n";
    environment.write("golive.yaml", text);
    let ran = environment.golive(&["listen", "--listen", "127.0.0.1:0", "--no-input"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("webhook_secret could not be had"), "{ran:?}");
}
