//! Why a correctly signed event is not accepted: by what is accepted instead, by what stands in the
//! way, by whether its answer differs from that to a forgery.

use crate::checks::webhook::diagnosis::cause::accepted_instead;
use crate::checks::webhook::diagnosis::{Cause, Situation, raw, slow};
use crate::checks::webhook::matrix::{GENUINE, differs, genuine_refused};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::webhook::wall::{Wall, body_says_error, says_unsigned, wall};
use crate::checks::{Finding, Level};

/// The causes, most telling first.
pub(super) fn causes(transcript: &Transcript, situation: &Situation) -> Vec<Cause> {
    let mut causes = Vec::new();
    if let Some(row) = transcript.accepted(&GENUINE) {
        causes.extend(unknown_type(transcript));
        causes.extend(error_body(row));
        causes.extend(raw::cause(transcript));
        causes.extend(forms(transcript));
        causes.extend(compressed(transcript));
    } else if genuine_refused(transcript) {
        causes.push(refused(transcript));
    }
    causes.extend(slow::cause(transcript, situation));
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
    as_forged(&rows().collect::<Vec<_>>())
}

/// Nothing tells correctly signed events from forged ones, and no guess was right.
fn as_forged(rows: &[&Row]) -> Cause {
    let place = rows.first().map(|row| row.place()).unwrap_or_default();
    if rows.iter().any(|row| row.answer().is_some_and(says_unsigned)) {
        let finding = Finding::new(
            Level::Blocking,
            "Correctly signed events are refused as if they had no signature, and the answer says \
             so. Either something in front of the handler drops or renames the header x-signature, \
             or the handler looks for another one.",
        )
        .at(place)
        .hint(
            "Log the names of the headers that reach the handler. Let the proxy pass x-signature on \
             (nginx: no proxy_set_header X-Signature), and read exactly that one.",
        );
        return Cause::new("signature-not-seen", finding);
    }
    let finding = Finding::new(
        Level::Blocking,
        "Correctly signed events are refused like forged ones: no real webhook would get through. \
         The handler most likely has another secret than webhook_secret; or something changes the \
         body, or drops the header, on its way.",
    )
    .at(place)
    .hint(
        "Compare the secret in production with the one from your account manager (rotated? the \
         test one? cut?). Then log what reaches the handler: the length of the body and the header \
         x-signature.",
    );
    Cause::new("refused-as-forged", finding)
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

/// Whether an event that travels compressed was verified; whether MintCash ever compresses is not
/// known.
fn compressed(transcript: &Transcript) -> Option<Cause> {
    let row = transcript.row("gzip").filter(|row| row.answer().is_some())?;
    let about = |word, level, message: &str| {
        Some(Cause::new(word, Finding::new(level, message).at(row.place())))
    };
    let forged_fell = transcript.row("forged-gzip").is_some_and(|row| status(row) >= 500);
    match (row.verdict(), status(row)) {
        (Verdict::Accepted, _) => about(
            "gzip-decoded",
            Level::Info,
            "A compressed event is decoded first and verified by what it holds. Whether MintCash \
             ever compresses is not known.",
        ),
        (_, 500..=599) if !forged_fell => about(
            "gzip-crash",
            Level::Advisory,
            "The handler falls over on a correctly signed event that is compressed. Whether \
             MintCash ever compresses is not known; 415 or 401 would be an answer.",
        ),
        _ => None,
    }
}

fn status(row: &Row) -> u16 {
    row.answer().map_or(0, |answer| answer.status)
}
