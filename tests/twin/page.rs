//! The hosted page in a text browser.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use golive::mintcash::envelope::Environment::Live;
use golive::mintcash::payments::{Card, NewPayment};
use golive::twin::{Handle, TestCard};
use tempfile::TempDir;
use url::Url;

use crate::client::{charge, made};
use crate::running::{client, skip, twin};

/// How many choices stand above the field for a number.
const CHOICES: usize = TestCard::ALL.len() - 1;

/// A shop to which browsers come back: says each path that is asked for.
fn shop() -> (Url, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/back", listener.local_addr().unwrap()).parse().unwrap();
    let (say, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nThank you for your order.");
            if say.send(line.trim().to_owned()).is_err() {
                return;
            }
        }
    });
    (url, hear)
}

/// A payment of 49.99 USD that comes back to `back`: its id and its page.
async fn open(handle: &Handle, back: &Url) -> (String, Url) {
    let card = Card::HostedPage { return_url: back.to_string() };
    let prepared = NewPayment { card, ..charge() }.prepare();
    let payment = made(client(handle, Live).charge(&prepared).await).value;
    (payment.id, payment.redirect_url.unwrap().parse().unwrap())
}

/// Presses keys in lynx on a page; whether there is a lynx.
async fn press(page: &Url, keys: Vec<String>) -> bool {
    let page = page.clone();
    let pressed = tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let script = folder.path().join("keys");
        let keys: Vec<String> = keys.iter().map(|key| format!("key {key}\n")).collect();
        std::fs::write(&script, keys.concat()).unwrap();
        let run = Command::new("lynx")
            .arg(format!("-cmd_script={}", script.display()))
            .arg(page.as_str())
            .env("TERM", "vt100")
            .env("HOME", folder.path())
            .env_remove("http_proxy")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        run.is_ok()
    });
    let there = pressed.await.unwrap();
    if !there {
        skip("lynx");
    }
    there
}

fn down(times: usize) -> Vec<String> {
    vec!["Down Arrow".to_owned(); times]
}

fn leave() -> Vec<String> {
    ["^J", "q", "y"].map(str::to_owned).into()
}

fn status(handle: &Handle) -> String {
    handle.snapshot(Live)["payments"][0]["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_browser_pays_and_comes_back_to_the_shop() {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let (back, comes) = shop();
    let (_, page) = open(&handle, &back).await;
    // Over the choices and the field to the button.
    if !press(&page, [down(CHOICES + 1), leave()].concat()).await {
        return;
    }
    assert!(comes.recv_timeout(Duration::from_secs(30)).unwrap().starts_with("GET /back HTTP"));
    assert_eq!(status(&handle), "pending");
    handle.advance(Duration::from_secs(5)).await;
    assert_eq!(status(&handle), "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_browser_chooses_a_card_that_is_declined() {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let (back, comes) = shop();
    let (_, page) = open(&handle, &back).await;
    let third = [down(2), vec!["^J".to_owned()], down(CHOICES - 1), leave()].concat();
    if !press(&page, third).await {
        return;
    }
    comes.recv_timeout(Duration::from_secs(30)).unwrap();
    handle.advance(Duration::from_secs(5)).await;
    let payment = &handle.snapshot(Live)["payments"][0];
    assert_eq!(
        (&payment["status"], &payment["failureCode"]),
        (&"failed".into(), &"insufficient_funds".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_browser_types_the_number_of_a_card() {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let (back, comes) = shop();
    let (_, page) = open(&handle, &back).await;
    let number = TestCard::IssuerDecline.number().unwrap();
    let typed = number.chars().map(String::from).collect();
    if !press(&page, [down(CHOICES), typed, down(1), leave()].concat()).await {
        return;
    }
    comes.recv_timeout(Duration::from_secs(30)).unwrap();
    handle.advance(Duration::from_secs(5)).await;
    assert_eq!(handle.snapshot(Live)["payments"][0]["failureCode"], "issuer_decline");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_merchant_sends_is_text_on_every_page() {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let back: Url = "https://shop.example/?a=%3Cscript%3E&b='\"<b>".parse().unwrap();
    let (id, page) = open(&handle, &back).await;
    handle.pay(Live, &id, TestCard::Success).unwrap();
    let browser =
        golive::https::opener(Duration::from_secs(20)).unwrap().no_proxy().build().unwrap();
    let text = browser.get(page).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("This page is closed: pending"), "{text}");
    assert!(!text.contains("<script") && !text.contains("<b>"), "{text}");
    let board = browser.get(handle.control_url()).send().await.unwrap().text().await.unwrap();
    assert!(board.contains("Simulated on this machine"), "{board}");
    assert!(!board.contains("<script"), "the twin's page runs no script");
}
