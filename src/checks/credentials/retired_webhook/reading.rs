//! What one address's answer says about the old URL: retired, or why not.
//!
//! Used by `judge`. The rule it keeps: only what no event can get past is retired. What may come
//! back, or is only hidden from here, is open.

use std::borrow::Cow;

use crate::checks::Level;
use crate::checks::credentials::retired_webhook::beside::Beside;
use crate::checks::credentials::retired_webhook::look::AddressSeen;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::wall::{Wall, wall};
use crate::checks::webhook::wire::{Answer, NoAnswer};
use crate::secrets::Redactor;
use crate::text::{Untrusted, visible};
use crate::time::spoken;

const FROM_ELSEWHERE: &str = "Take the name out of DNS, or verify from another network.";
const SWITCH_OFF: &str = "Take the route out, or answer 410 there.";
const KEPT: &str = "To retire it, take the route out or answer 410. If you keep it for \
                               the sandbox, keep it away from production data, and sign with a \
                               note that says how you know.";

/// What an answer says.
pub(super) enum Reading {
    /// No event gets in there; what it does, after `it`.
    Retired(String),
    /// Something may still take events.
    Open(Level, String, &'static str),
}

/// Reads what came back from one address.
pub(super) fn read(at: &AddressSeen, old: &Target, live: Option<&Target>) -> Reading {
    let Some(sent) = &at.post else {
        let what = not_public(at.address.ip()).unwrap_or("not public");
        return open(
            format!("It has an address that is {what}, where nothing was sent."),
            FROM_ELSEWHERE,
        );
    };
    match &sent.answer {
        Err(nothing) => unanswered(nothing),
        Ok(answer) => match answer.status {
            410 => Reading::Retired("answers 410".into()),
            404 => not_found(at, answer, old),
            200..=299 => accepted(answer),
            300..=399 => redirect(answer, old, live),
            _ => refused(answer),
        },
    }
}

fn open(message: impl Into<String>, hint: &'static str) -> Reading {
    Reading::Open(Level::Info, message.into(), hint)
}

fn unanswered(nothing: &NoAnswer) -> Reading {
    match nothing {
        NoAnswer::Refused => Reading::Retired("refuses connections".into()),
        NoAnswer::ConnectTimeout(_) => open(
            "No connection comes about. A firewall may hide it from here only and let MintCash in.",
            FROM_ELSEWHERE,
        ),
        NoAnswer::Unreachable(why) => {
            open(format!("No way leads there from here ({why})."), FROM_ELSEWHERE)
        }
        NoAnswer::TlsVersion | NoAnswer::NotTls | NoAnswer::Handshake(_) => Reading::Open(
            Level::Advisory,
            format!(
                "No safe connection comes about: {}. That retires nothing: once it is repaired, \
                 it takes events again.",
                nothing.says()
            ),
            SWITCH_OFF,
        ),
        NoAnswer::Timeout(limit) => open(
            format!("It takes the request and does not answer within {}.", spoken(*limit)),
            KEPT,
        ),
        NoAnswer::Closed => open("It closes the connection without an answer.", KEPT),
        NoAnswer::NotHttp => open("Something answers there that is not HTTP.", SWITCH_OFF),
        NoAnswer::NotTrusted | NoAnswer::BudgetSpent | NoAnswer::Cancelled => {
            open(format!("It was not asked: {}.", nothing.says()), "Verify again.")
        }
    }
}

/// 404 retires a path when the server says the same of one that nobody has. A handler that hides
/// behind 404 mostly words it in its own way.
fn not_found(at: &AddressSeen, answer: &Answer, old: &Target) -> Reading {
    let nowhere = at.nowhere.as_ref().and_then(|sent| sent.answer.as_ref().ok());
    let hint = "Answer 410 there: it leaves no doubt.";
    match nowhere {
        None => open(
            "It answers 404; what the server says of a path that nobody has could not be compared.",
            hint,
        ),
        Some(nowhere) if is_alike(answer, nowhere, old) => Reading::Retired("answers 404".into()),
        Some(nowhere) => open(
            format!(
                "It answers 404, but otherwise than a path that nobody has (which gets {}): a \
                 handler that hides behind 404 would do that.",
                nowhere.status
            ),
            hint,
        ),
    }
}

fn accepted(answer: &Answer) -> Reading {
    let status = answer.status;
    if answer.header("content-type").is_some_and(|kind| kind.contains("text/html")) {
        return open(
            format!(
                "It answers {status} with a web page, as a front end or a parked domain does. \
                 What else happens can not be seen."
            ),
            KEPT,
        );
    }
    open(format!("It answers {status} to an event that nobody signed."), KEPT)
}

fn redirect(answer: &Answer, old: &Target, live: Option<&Target>) -> Reading {
    let status = answer.status;
    let location = answer.header("location").unwrap_or_default();
    let to = old.url.join(&location).ok().and_then(|url| Target::of(&url).ok());
    let Some(to) = to else {
        let shown = Untrusted::new(location.as_str()).line(200);
        return open(format!("It answers {status} and leads nowhere (`{shown}`)."), SWITCH_OFF);
    };
    // Parsed as a URL, a secret would be written otherwise than it came, and not be recognised.
    let shown = match Redactor::shared().clean(&location) {
        Cow::Borrowed(_) => to.shown(),
        Cow::Owned(clean) => visible(&clean, 200),
    };
    match Beside::by_name(&to, live) {
        Beside::Url => Reading::Open(
            Level::Blocking,
            format!(
                "It redirects to the live webhook URL ({status}). Whoever follows that brings \
                 sandbox events to production."
            ),
            SWITCH_OFF,
        ),
        Beside::Host => Reading::Open(
            Level::Advisory,
            format!("It redirects to {shown} ({status}), on the host of the live webhook."),
            "Set old_webhook_url to where it leads and verify again, or answer 410 there.",
        ),
        Beside::NoLive | Beside::Apart | Beside::Addresses(_) => open(
            format!("It redirects to {shown} ({status}), which was not followed."),
            "Set old_webhook_url to where it leads and verify again, or answer 410 there.",
        ),
    }
}

fn refused(answer: &Answer) -> Reading {
    let status = answer.status;
    match wall(answer) {
        None => open(
            format!(
                "A handler is still there: it refuses an event that nobody signed with {status}. \
                 What it does with a signed one can not be seen."
            ),
            KEPT,
        ),
        Some(Wall::Method) => open(
            format!("It takes no POST ({status}), but something still answers at that path."),
            SWITCH_OFF,
        ),
        Some(Wall::RateLimit) => open("It limits the rate (429).", "Wait and verify again."),
        Some(other) => open(
            format!("It is answered by {}. What is behind that can not be seen.", other.says()),
            KEPT,
        ),
    }
}

/// Whether two answers are one page, said of two paths.
fn is_alike(answer: &Answer, nowhere: &Answer, old: &Target) -> bool {
    let kind = |answer: &Answer| answer.header("content-type");
    answer.status == nowhere.status
        && kind(answer) == kind(nowhere)
        && gist(answer, old.url.path()) == gist(nowhere, old.url.path())
}

/// The words of a path that nobody has.
const OURS: [&str; 2] = ["golive", "probe"];

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|ch: char| !ch.is_alphanumeric())
}

/// What a page says without what differs each time: the path, numbers, ids.
fn gist(answer: &Answer, path: &str) -> String {
    let text = answer.text();
    let mut words: Vec<&str> = Vec::new();
    for word in words_of(&text) {
        let of_path = words_of(path).any(|part| part == word) || OURS.contains(&word);
        let varies = word.chars().any(|ch| ch.is_ascii_digit());
        if !word.is_empty() && !of_path && !varies {
            words.push(word);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;

    fn old() -> Target {
        Target::of(&Url::parse("https://shop.example/hooks/mintcash-test").unwrap()).unwrap()
    }

    #[rstest]
    #[case::express(
        "<pre>Cannot POST /hooks/mintcash-test</pre>",
        "<pre>Cannot POST /hooks/golive-probe-01KAW3Q</pre>"
    )]
    #[case::spring(
        r#"{"timestamp":"2026-11-23T18:00:01.123Z","status":404,"path":"/hooks/mintcash-test"}"#,
        r#"{"timestamp":"2026-11-23T18:00:02.007Z","status":404,"path":"/hooks/golive-probe-01KA"}"#
    )]
    #[case::with_an_id("not found, request 7f3a9c", "not found, request 1b22e0")]
    #[case::empty("", "")]
    fn one_page_about_two_paths_is_recognised(#[case] here: &str, #[case] nowhere: &str) {
        let (here, nowhere) = (Answer::of(404, &[], here), Answer::of(404, &[], nowhere));
        assert!(is_alike(&here, &nowhere, &old()));
    }

    #[rstest]
    #[case::in_its_own_words(Answer::of(404, &[], r#"{"error":"invalid signature"}"#))]
    #[case::without_words(Answer::of(404, &[], ""))]
    #[case::of_another_kind(Answer::of(404, &[("content-type", "text/plain")], "Not Found"))]
    fn a_handler_that_hides_behind_404_is_not_taken_for_a_missing_path(#[case] here: Answer) {
        let nowhere = Answer::of(404, &[("content-type", "text/html")], "Not Found");
        assert!(!is_alike(&here, &nowhere, &old()));
        assert!(!is_alike(&nowhere, &Answer::of(200, &[], ""), &old()));
    }
}
