//! What beside a POST over TLS is answered: the plain HTTP twin, GET and HEAD.

use crate::checks::Level;
use crate::checks::webhook::endpoint::judge::Notes;
use crate::checks::webhook::endpoint::look::{AddressSeen, Seen};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::wire::{NoAnswer, Sent};

/// Adds what the twin, GET and HEAD show.
pub(super) fn judge(seen: &Seen, notes: &mut Notes) {
    if let Some(twin) = &seen.twin {
        for at in &seen.addresses {
            cleartext(twin, at, seen, notes);
        }
    }
    for (name, sent) in [("GET", &seen.get), ("HEAD", &seen.head)] {
        if let Some(sent) = sent {
            read(name, sent, seen, notes);
        }
    }
}

/// The plain HTTP twin: closed or a redirect is right.
fn cleartext(twin: &Target, at: &AddressSeen, seen: &Seen, notes: &mut Notes) {
    let Some(Ok(answer)) = at.cleartext.as_ref().map(|sent| &sent.answer) else { return };
    let place = format!("{} → {} at {}", twin.shown(), answer.status, at.address.ip());
    let hint = "Close port 80 for this path, or redirect it to HTTPS with 308.";
    let same_as_tls = seen
        .addresses
        .iter()
        .filter_map(|at| at.post.as_ref()?.answer.as_ref().ok())
        .any(|other| other.status == answer.status && other.text() == answer.text());
    match answer.status {
        200..=299 => notes.add(
            Level::Blocking,
            "The same path takes a POST over plain HTTP with a 2xx. What is sent there can be read \
             and changed on the way.",
            &place,
            hint,
        ),
        300..=399 => {}
        _ if same_as_tls => notes.add(
            Level::Advisory,
            "The same handler answers over plain HTTP too.",
            &place,
            hint,
        ),
        _ => {}
    }
}

/// GET and HEAD: whatever is answered without falling over is right. MintCash sends neither, but
/// browsers, monitors and crawlers do.
fn read(name: &str, sent: &Sent, seen: &Seen, notes: &mut Notes) {
    let hint = "Answer everything but POST with 405, before any other work.";
    let posted = seen.addresses.iter().filter_map(|at| at.post.as_ref()?.answer.as_ref().ok());
    // 501 says that the server knows no such method, which is a plain no.
    let falls_over = |status| status >= 500 && status != 501;
    match &sent.answer {
        Ok(answer) if falls_over(answer.status) && posted.clone().all(|post| post.status < 500) => {
            notes.add(
                Level::Advisory,
                format!("{name} makes the server fail ({}).", answer.status),
                &format!("{name} → {}", answer.status),
                hint,
            );
        }
        Err(nothing @ (NoAnswer::Timeout(_) | NoAnswer::Closed | NoAnswer::NotHttp)) => notes.add(
            Level::Advisory,
            format!("{name} gets no answer: {}.", nothing.says()),
            name,
            hint,
        ),
        _ => {}
    }
}
