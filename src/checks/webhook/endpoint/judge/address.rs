//! What one address gave, and what that means: public, reachable, in time, past every wall.

use crate::checks::Level;
use crate::checks::webhook::endpoint::judge::{Ground, Notes, certificate};
use crate::checks::webhook::endpoint::look::{AddressSeen, Seen};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::is_loopback;
use crate::checks::webhook::wall::{Wall, wall};
use crate::checks::webhook::wire::{Answer, NoAnswer, Sent};
use crate::time::spoken;

const QUEUE: &str = "Put the event into a queue and answer at once; do the work afterwards.";

/// Adds what one address shows.
pub(super) fn judge(at: &AddressSeen, seen: &Seen, ground: &Ground<'_>, notes: &mut Notes) {
    if ground.demo && is_loopback(at.address.ip()) {
        notes.open(
            "a loopback address can not show that MintCash reaches the endpoint; in the demo nothing \
             can",
        );
    } else if let Some(what) = at.special {
        notes.add(
            Level::Blocking,
            format!(
                "{} is not public: it has an address that is {what}. MintCash can not reach it.",
                ground.target.host
            ),
            &at.address.ip().to_string(),
            "Give the name public addresses only (A and AAAA), or register another URL.",
        );
    }
    old_tls(at, notes);
    let Some(sent) = &at.post else { return };
    let place = at.address.to_string();
    if let Some(handshake) = &sent.handshake {
        certificate::judge(ground, &handshake.judgement, at.address, notes);
    }
    match &sent.answer {
        Err(nothing) => no_answer(nothing, at, seen, ground.limits, notes),
        Ok(answer) => {
            in_time(sent, &place, ground.limits, notes);
            answered(answer, &place, notes);
        }
    }
}

/// MintCash demands HTTPS and says no more, so that an old version beside a new one is a risk and
/// no failure; without a new one no sender of today gets through.
fn old_tls(at: &AddressSeen, notes: &mut Notes) {
    let place = at.address.ip().to_string();
    let speaks = at.speaks();
    let hint = "Allow TLS 1.2 and 1.3 only (nginx: ssl_protocols TLSv1.2 TLSv1.3;).";
    if speaks.is_empty() {
        return;
    }
    let versions = speaks.join(" and ");
    if at.post.as_ref().is_some_and(|sent| sent.handshake.is_some()) {
        let message = format!(
            "The server still accepts {versions}, withdrawn as unsafe (RFC 8996). MintCash does \
             not say that it minds: a risk, no failure."
        );
        notes.add(Level::Advisory, message, &place, hint);
    } else {
        let message = format!(
            "The server speaks no newer version than {versions}, withdrawn as unsafe (RFC 8996). \
             Senders of today need TLS 1.2 or 1.3."
        );
        notes.add(Level::Blocking, message, &place, hint);
    }
}

fn no_answer(
    nothing: &NoAnswer,
    at: &AddressSeen,
    seen: &Seen,
    limits: &Limits,
    notes: &mut Notes,
) {
    let (address, place) = (at.address.ip(), at.address.to_string());
    let family = if at.address.is_ipv6() { "IPv6" } else { "IPv4" };
    let beside = at.address.is_ipv6()
        && seen.addresses.iter().any(|other| other.address.is_ipv4() && other.answered());
    if let Some((message, hint)) = dead(nothing, at, limits) {
        if beside {
            notes.add(
                Level::Blocking,
                format!(
                    "Dead IPv6: IPv4 answers, this does not. {message} Whether MintCash delivers \
                     over IPv6 is not documented; a sender that tries it first loses events."
                ),
                &place,
                "Serve the webhook over IPv6 too, or take the AAAA record out of DNS.",
            );
        } else {
            notes.add(Level::Blocking, message, &place, hint);
        }
        return;
    }
    match nothing {
        NoAnswer::ConnectTimeout(_) | NoAnswer::Unreachable(_) if at.from.is_none() => {
            notes.open_at(
                address,
                format!(
                    "{address} was not reached: this machine has no way out over {family}, which \
                     says nothing about the endpoint"
                ),
            );
        }
        NoAnswer::ConnectTimeout(_) | NoAnswer::Unreachable(_) => {
            let why = match nothing {
                NoAnswer::Unreachable(why) => {
                    format!("{place} can not be reached from here: {why}")
                }
                _ => format!(
                    "nothing came back from {place}: a firewall, here or there, drops the packets"
                ),
            };
            if beside {
                notes.add(
                    Level::Advisory,
                    "IPv4 answers, the IPv6 address does not. Either this network has no working \
                     IPv6, or the address is dead. Whether MintCash delivers over IPv6 is not \
                     documented.",
                    &place,
                    "Open another IPv6 site from here. When that works, serve the webhook over \
                     IPv6 too, or take the AAAA record out of DNS.",
                );
            }
            notes.open_at(address, why);
        }
        NoAnswer::TlsVersion | NoAnswer::Handshake(_) => {} // old TLS only, said already
        _ => notes.open(format!("{place} was not asked: {}", nothing.says())),
    }
}

/// What a definite end of the request shows, with what to do; `None` when it leaves the question
/// open or was said already.
fn dead(nothing: &NoAnswer, at: &AddressSeen, limits: &Limits) -> Option<(String, &'static str)> {
    let old = !at.speaks().is_empty();
    Some(match nothing {
        NoAnswer::Refused => (
            "The connection is refused: nothing listens there.".to_owned(),
            "Start the server, open the port, or take the address out of DNS.",
        ),
        NoAnswer::TlsVersion | NoAnswer::Handshake(_) if old => return None,
        NoAnswer::TlsVersion => (
            "The server and this program have no TLS version in common; 1.2 or 1.3 is needed."
                .to_owned(),
            "Allow TLS 1.2 and 1.3.",
        ),
        NoAnswer::Handshake(why) => (
            format!("The TLS handshake fails: {why}."),
            "Look at the server's TLS settings and at what it logs for this moment.",
        ),
        NoAnswer::NotTls => (
            "The server does not speak TLS on this port.".to_owned(),
            "Turn TLS on for this port, or correct the port in webhook_url.",
        ),
        NoAnswer::Timeout(_) => (
            format!(
                "No answer: it was waited {}, MintCash stops at {} and sends the event again.",
                spoken(limits.total),
                spoken(limits.provider)
            ),
            QUEUE,
        ),
        NoAnswer::Closed => (
            "The connection is closed before an answer comes.".to_owned(),
            "Look for a crash in the handler, or a proxy that gives up on it.",
        ),
        NoAnswer::NotHttp => {
            ("What comes back is not HTTP.".to_owned(), "Correct the port in webhook_url.")
        }
        NoAnswer::ConnectTimeout(_)
        | NoAnswer::Unreachable(_)
        | NoAnswer::NotTrusted
        | NoAnswer::BudgetSpent
        | NoAnswer::Cancelled => return None,
    })
}

fn in_time(sent: &Sent, place: &str, limits: &Limits, notes: &mut Notes) {
    if sent.took >= limits.provider {
        let message = format!(
            "An answer takes {}. MintCash stops waiting at {} and sends the event again.",
            spoken(sent.took),
            spoken(limits.provider)
        );
        notes.add(Level::Blocking, message, place, QUEUE);
    } else if sent.took >= limits.near {
        let message = format!(
            "An answer takes {}, close to the {} that MintCash waits.",
            spoken(sent.took),
            spoken(limits.provider)
        );
        notes.add(Level::Advisory, message, place, QUEUE);
    }
}

fn answered(answer: &Answer, address: &str, notes: &mut Notes) {
    let place = format!("POST without a signature → {} at {address}", answer.status);
    if answer.is_success() {
        notes.add(
            Level::Advisory,
            "A POST without a signature gets a 2xx.",
            &place,
            "See what webhook-signature says.",
        );
        return;
    }
    let Some(wall) = wall(answer) else { return };
    let hint = wall.hint();
    match &wall {
        Wall::RateLimit => notes.open("the endpoint limits the rate (429)"),
        Wall::Redirect(to) => notes.add(
            Level::Blocking,
            format!(
                "The endpoint redirects to {to}. MintCash counts only a 2xx as delivered, and does \
                 not say that it follows redirects."
            ),
            &place,
            hint,
        ),
        Wall::Gateway(_) | Wall::Method | Wall::Challenge(_) | Wall::Csrf | Wall::Login => notes
            .add(
                Level::Blocking,
                format!("A POST does not reach the handler: it is answered by {}.", wall.says()),
                &place,
                hint,
            ),
        Wall::NotFound | Wall::Auth(_) | Wall::MediaType | Wall::Crash(_) | Wall::Page(_) => notes
            .add(
                Level::Advisory,
                format!("A POST without a signature is answered by {}.", wall.says()),
                &place,
                hint,
            ),
    }
}
