//! What a listener shows on the terminal: one line for each event, records for programs.

use crate::cli::args::Listen;
use crate::cli::console::Console;
use crate::cli::paint::{Tone, pad};
use crate::events::received::{By, Signature};
use crate::listen::{Done, Handle, News, Options};
use crate::text::Untrusted;

/// Says what will be done, before the listener starts.
pub fn head(console: &mut Console, args: &Listen, options: &Options) {
    let paint = console.paint_err;
    let mut warn = |says: String| {
        console.tell(format!("{} {says}", paint.tone(Tone::Warn, "warning:")));
    };
    if !args.listen.ip().is_loopback() {
        let tls = if options.tls.is_some() { "" } else { ", without TLS" };
        warn(format!(
            "{} is not this machine alone: whoever reaches it can post here{tls}.",
            args.listen
        ));
    }
    if options.seals.is_empty() {
        warn("no webhook_secret is set: signatures are not checked.".into());
    }
    if let Some(upstream) = &options.upstream {
        let target = upstream.target();
        if !target.tls && !target.is_loopback() {
            let host = Untrusted::new(target.arms()).line(260);
            warn(format!("events travel to {host} in cleartext."));
        }
    }
}

/// Says that it listens.
pub fn ready(console: &mut Console, args: &Listen, handle: &Handle) {
    let scheme = if args.tls_cert.is_some() { "https" } else { "http" };
    console.tell(format!("Listening on {scheme}://{}", handle.address()));
    console.tell(format!("  records: {}", handle.record().display()));
    console.tell(match &args.forward {
        Some(url) => format!("  forwards to {}", Untrusted::new(url.as_str()).line(200)),
        None => "  forwards to nobody and answers 200 (--forward URL hands events on)".to_owned(),
    });
    console.tell("Ctrl-C stops it.");
}

/// Shows what happened.
pub fn news(console: &mut Console, news: News) {
    let paint = console.paint_err;
    match news {
        News::Recorded(line) if console.is_json() => {
            console.say(ascii(&line));
            console.flush();
        }
        News::Recorded(_) => {}
        News::Trouble(says) => {
            let says = Untrusted::new(says).line(400);
            console.tell(format!("{} {says}", paint.tone(Tone::Bad, "trouble:")));
        }
        News::Done(done) => {
            if let Some(why) = &done.lost {
                console.tell(format!(
                    "{} {} could not be recorded: {why}. It was answered 500 and not handed on, so \
                     that MintCash sends it again.",
                    paint.tone(Tone::Bad, "NOT RECORDED:"),
                    done.event.as_deref().unwrap_or("a request"),
                ));
            } else if !console.is_json() {
                let line = line(console, &done);
                console.say(line);
                console.flush();
            }
        }
    }
}

fn line(console: &Console, done: &Done) -> String {
    let paint = console.paint;
    let what = match &done.event {
        Some(event) => event.clone(),
        None => format!("{} {}", done.method, done.path),
    };
    let environment = done.environment.as_deref().unwrap_or("-");
    let external = done.external_id.as_deref().map_or_else(|| "-".to_owned(), masked);
    let (tone, seal) = match (done.signature, done.signed_with.as_deref()) {
        (Signature::Valid, Some(with)) => (Tone::Good, format!("signed ({with})")),
        (Signature::Valid, None) => (Tone::Good, "signed".to_owned()),
        (Signature::Invalid, _) => (Tone::Bad, "signature invalid".to_owned()),
        (Signature::Missing, _) => (Tone::Bad, "not signed".to_owned()),
        (Signature::Unchecked, _) => (Tone::Warn, "signature unchecked".to_owned()),
    };
    let status = match done.status {
        200..=299 => paint.tone(Tone::Good, done.status.to_string()),
        _ => paint.tone(Tone::Bad, done.status.to_string()),
    };
    let by = match (done.by, &done.problem) {
        (By::Upstream, _) => String::new(),
        (By::Golive, Some(problem)) => format!(" ({problem})"),
        (By::Golive, None) => " by golive".to_owned(),
    };
    let (at, ms) = (done.at.clock(), done.ms);
    let seal = paint.tone(tone, seal);
    let (what, environment) = (pad(&what, 24), pad(environment, 4));
    format!("{at}  {what}  {environment}  {external}  {seal}  {status}{by}  {ms} ms  {}", done.id)
}

/// The same JSON without a character that a terminal or a CI system obeys.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for ch in json.chars() {
        if ch.is_ascii() && !ch.is_ascii_control() && ch != '#' {
            out.push(ch);
        } else {
            for unit in ch.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// An id that may be somebody's address, without most of it.
fn masked(id: &str) -> String {
    let Some((name, host)) = id.split_once('@') else { return id.to_owned() };
    let first = |text: &str| text.chars().take(1).collect::<String>();
    format!("{}…@{}…", first(name), first(host))
}
