//! Why a correctly signed event is not accepted: by what is accepted instead, by what stands in the
//! way, by whether its answer differs from that to a forgery.

use crate::checks::webhook::diagnosis::{Cause, Situation};
use crate::checks::webhook::matrix::{FORGED, GENUINE, RAW_BODY, TAMPERED, genuine_refused};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::webhook::wall::{Wall, body_says_error, wall};
use crate::checks::{Finding, Level};
use crate::time::spoken;

/// The causes, most telling first.
pub(super) fn causes(transcript: &Transcript, situation: &Situation) -> Vec<Cause> {
    let mut causes = Vec::new();
    if let Some(row) = transcript.accepted(&GENUINE) {
        causes.extend(unknown_type(transcript));
        causes.extend(error_body(row));
        causes.extend(raw_body(transcript));
        causes.extend(forms(transcript));
    } else if genuine_refused(transcript) {
        causes.push(refused(transcript));
    }
    causes.extend(slow(transcript, situation));
    causes
}

/// Correctly signed events are refused: the best explanation there is.
fn refused(transcript: &Transcript) -> Cause {
    if let Some(cause) = accepted_instead(transcript) {
        return cause;
    }
    let rows = || transcript.family(&GENUINE).filter(|row| row.verdict() == Verdict::Refused);
    let walled = rows().find_map(|row| Some((row, wall(row.answer()?)?)));
    if let Some((row, wall)) = walled {
        let apart = differs(row, transcript);
        let by_others = matches!(
            wall,
            Wall::Challenge(_)
                | Wall::Redirect(_)
                | Wall::Csrf
                | Wall::Login
                | Wall::Auth(_)
                | Wall::Crash(_)
        );
        if by_others || !apart {
            return behind(row, &wall, apart);
        }
    }
    if let Some(row) = rows().find(|row| differs(row, transcript)) {
        let message = format!(
            "The signature seems to be right, yet a correctly signed event about a payment that \
             does not exist is refused: it got {}, forgeries get another answer. MintCash repeats \
             such an event for a day.",
            status(row)
        );
        let finding = Finding::new(Level::Advisory, message).at(row.place()).hint(
            "Answer 2xx to every correctly signed event, also to those that the handler does not \
             act on; then verify again.",
        );
        return Cause::new("refused-otherwise", finding);
    }
    let place = rows().next().map(Row::place).unwrap_or_default();
    let finding = Finding::new(
        Level::Blocking,
        "Correctly signed events are refused like forged ones: no real webhook would get through. \
         The handler most likely has another secret than webhook_secret.",
    )
    .at(place)
    .hint(
        "Compare the secret in production with the one from your account manager (rotated? the \
         test one? cut or quoted in an environment file?). Then make sure that it reads x-signature \
         and that nothing in front of it changes the body or drops the header.",
    );
    Cause::new("wrong-secret", finding)
}

/// What the handler accepted in place of the right signature.
fn accepted_instead(transcript: &Transcript) -> Option<Cause> {
    const WAYS: &[(&str, &str, &str, &str)] = &[
        (
            "test-secret",
            "test-secret",
            "The handler still verifies with the test webhook secret: real webhooks are refused.",
            "Give the production handler the live webhook secret.",
        ),
        (
            "secret-with-newline",
            "secret-with-newline",
            "The handler's secret ends in a line end: real webhooks are refused.",
            "Strip white space where the secret is read, or write it without a line end \
             (printf, not echo).",
        ),
        (
            "sha256-prefix",
            "prefix-expected",
            "The handler expects the signature with the prefix sha256=, which MintCash does not \
             send: real webhooks are refused.",
            "Compare x-signature as it is: 64 lower-case hex digits without a prefix.",
        ),
        (
            "base64",
            "base64-expected",
            "The handler expects the signature in base64, MintCash sends hex: real webhooks are \
             refused.",
            "Encode the HMAC as lower-case hex before comparing.",
        ),
        (
            "upper-case",
            "upper-case-expected",
            "The handler expects the signature in upper case, MintCash sends lower case: real \
             webhooks are refused.",
            "Encode the HMAC as lower-case hex before comparing.",
        ),
    ];
    for (id, word, message, hint) in WAYS {
        if let Some(row) = transcript.row(id).filter(|row| row.verdict() == Verdict::Accepted) {
            let finding = Finding::new(Level::Blocking, *message).at(row.place()).hint(*hint);
            return Some(Cause::new(word, finding));
        }
    }
    let row = transcript.accepted(&TAMPERED)?;
    let finding = Finding::new(
        Level::Blocking,
        "A correctly signed event is refused, because the handler signs what it parsed and wrote \
         again instead of what came.",
    )
    .at(row.place());
    Some(Cause::new("reserialised-body", finding))
}

/// Something else answers in the handler's place.
fn behind(row: &Row, wall: &Wall, apart: bool) -> Cause {
    let (word, message) = match wall {
        Wall::Crash(status) if apart => {
            ("crash", format!("The handler falls over on a correctly signed event ({status})."))
        }
        _ => (
            word(wall),
            format!(
                "A correctly signed event does not reach the handler: it is answered by {}.",
                wall.says()
            ),
        ),
    };
    let finding = Finding::new(Level::Blocking, message).at(row.place()).hint(wall.hint());
    Cause::new(word, finding)
}

fn word(wall: &Wall) -> &'static str {
    match wall {
        Wall::Challenge(_) => "waf",
        Wall::Redirect(_) => "redirect",
        Wall::Csrf => "csrf",
        Wall::Login => "login",
        Wall::Auth(_) => "authentication",
        Wall::NotFound => "not-found",
        Wall::Method => "method",
        Wall::MediaType => "media-type",
        Wall::RateLimit => "rate-limit",
        Wall::Gateway(_) => "gateway",
        Wall::Crash(_) => "crash",
        Wall::Page(_) => "page",
    }
}

/// Whether an answer can be told from those that forgeries get: by its status, or by its body
/// where all forgeries get the same one.
fn differs(row: &Row, transcript: &Transcript) -> bool {
    let Some(answer) = row.answer() else { return false };
    let forged: Vec<_> = transcript.family(&FORGED).filter_map(Row::answer).collect();
    if forged.is_empty() {
        return false;
    }
    if forged.iter().all(|other| other.status != answer.status) {
        return true;
    }
    let alike: Vec<_> = forged.iter().filter(|other| other.status == answer.status).collect();
    let Some(first) = alike.first().map(|other| other.text()) else { return false };
    alike.len() > 1 && alike.iter().all(|other| other.text() == first) && answer.text() != first
}

/// Oddly written bodies with their own right signature are refused.
fn raw_body(transcript: &Transcript) -> Option<Cause> {
    let row = transcript.family(&RAW_BODY).find(|row| row.verdict() == Verdict::Refused)?;
    if transcript.accepted(&TAMPERED).is_some() {
        return None; // already named, with the way in which it is written again
    }
    if transcript.verdict("genuine-again") != Verdict::Accepted {
        let finding = Finding::new(
            Level::Advisory,
            "The endpoint answers now one way, now another, to correctly signed events.",
        )
        .at(row.place())
        .hint("Look for an instance with another release or another secret, then verify again.");
        return Some(Cause::new("flapping", finding));
    }
    if differs(row, transcript) && status(row) < 500 {
        let finding = Finding::new(
            Level::Advisory,
            "A correctly signed body in valid but unusual JSON is refused, though not as forgeries \
             are: the parser or the validation behind the signature is too strict.",
        )
        .at(row.place())
        .hint("Accept every valid JSON: white space, \\u escapes, 1.0, any order of keys.");
        return Some(Cause::new("strict-parser", finding));
    }
    let finding = Finding::new(
        Level::Blocking,
        "The signature is not computed over the raw body: a correctly signed body in valid but \
         unusual JSON is refused. Either the handler signs what it parsed and wrote again, or \
         something in front of it changes the body.",
    )
    .at(row.place())
    .hint("Verify the bytes as they came, before any JSON parser and without decoding them.");
    Some(Cause::new("raw-body", finding))
}

fn unknown_type(transcript: &Transcript) -> Option<Cause> {
    let row = transcript.row("genuine-unknown-type")?;
    (row.verdict() == Verdict::Refused).then(|| {
        let finding = Finding::new(
            Level::Advisory,
            "An event of an unknown type is refused, so MintCash would repeat it for a day.",
        )
        .at(row.place())
        .hint("Answer 2xx to correctly signed events of types that the handler does not know.");
        Cause::new("unknown-type-refused", finding)
    })
}

fn error_body(row: &Row) -> Option<Cause> {
    row.answer().is_some_and(body_says_error).then(|| {
        let finding = Finding::new(
            Level::Advisory,
            "A correctly signed event gets a 2xx with an error in the body. MintCash reads the \
             status only: it counts as delivered and is never sent again.",
        )
        .at(row.place())
        .hint("Answer 5xx when the event could not be kept, so that MintCash sends it again.");
        Cause::new("error-body-on-genuine", finding)
    })
}

fn forms(transcript: &Transcript) -> Vec<Cause> {
    let info = |id: &str, word, message: &str| {
        let row = transcript.row(id).filter(|row| row.verdict() == Verdict::Accepted)?;
        Some(Cause::new(word, Finding::new(Level::Info, message).at(row.place())))
    };
    [
        info(
            "upper-case",
            "upper-case-accepted",
            "The signature is accepted in upper case too. MintCash sends lower case; no harm in it.",
        ),
        info(
            "sha256-prefix",
            "prefix-accepted",
            "The signature is accepted with the prefix sha256= too. MintCash sends none; no harm \
             in it.",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Correctly signed events are answered too late for MintCash, or nearly.
fn slow(transcript: &Transcript, situation: &Situation) -> Option<Cause> {
    let asked = |row: &&Row| !matches!(row.verdict(), Verdict::NotSent);
    let rows = || transcript.family(&GENUINE).chain(transcript.family(&RAW_BODY)).filter(asked);
    let row = rows().max_by_key(|row| row.took)?;
    if transcript.is_late(row) {
        let message = format!(
            "A correctly signed event is answered after {}. MintCash stops waiting at {} and sends \
             it again.",
            spoken(row.took),
            spoken(transcript.limit)
        );
        let finding = Finding::new(Level::Blocking, message)
            .at(row.place())
            .hint("Put the event into a queue and answer 2xx at once; do the work afterwards.");
        return Some(Cause::new("slow", finding));
    }
    (row.answer().is_some() && row.took >= situation.near).then(|| {
        let message = format!(
            "A correctly signed event is answered after {}, close to the {} that MintCash waits.",
            spoken(row.took),
            spoken(transcript.limit)
        );
        let finding = Finding::new(Level::Advisory, message)
            .at(row.place())
            .hint("Put the event into a queue and answer 2xx at once; do the work afterwards.");
        Cause::new("nearly-slow", finding)
    })
}

fn status(row: &Row) -> u16 {
    row.answer().map_or(0, |answer| answer.status)
}
