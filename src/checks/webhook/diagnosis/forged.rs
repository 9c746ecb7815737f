//! Which forgeries were accepted, and what kind of verification lets exactly those through.

use crate::checks::webhook::diagnosis::Cause;
use crate::checks::webhook::diagnosis::raw;
use crate::checks::webhook::matrix::{
    COMPRESSED_FORGED, FLIPPED, FORGED, MALFORMED, NEAR, TRAILING, UNSIGNED, rewritten_accepted,
};
use crate::checks::webhook::probe::Expect;
use crate::checks::webhook::transcript::{Came, Row, Transcript, Verdict};
use crate::checks::webhook::wall::body_says_error;
use crate::checks::webhook::wire::NoAnswer;
use crate::checks::{Finding, Level};

const VERIFY: &str = "Compute HMAC-SHA256 over the raw body with the webhook secret, compare it \
                      with x-signature in constant time, and answer 401 before parsing anything.";

/// The causes, one for each way in.
pub(super) fn causes(transcript: &Transcript) -> Vec<Cause> {
    let unsigned = transcript.accepted(&UNSIGNED);
    let forged = transcript.accepted(&FORGED);
    let not_hex = transcript.row("not-hex").filter(|row| row.verdict() == Verdict::Accepted);
    let mut causes = Vec::new();
    match (unsigned, forged, not_hex) {
        (Some(row), Some(_), _) => causes.push(no_verification(row)),
        (Some(row), None, Some(_)) | (None, None, Some(row)) => causes.push(malformed(row)),
        (Some(row), None, None) => causes.push(only_when_present(row)),
        (None, Some(row), _) => causes.push(forged_cause(row)),
        (None, None, None) => {}
    }
    if not_hex.is_none() {
        causes.extend(transcript.accepted(&MALFORMED).map(two_signatures));
        causes.extend(partly_compared(transcript));
    }
    let covers_body = causes.iter().all(|cause| cause.word != "body-not-covered");
    causes.extend(transcript.accepted(&FLIPPED).filter(|_| covers_body).map(flipped));
    causes.extend(rewritten_accepted(transcript).map(|row| rewritten(row, transcript)));
    causes.extend(transcript.accepted(&COMPRESSED_FORGED).map(compressed));
    let again = transcript.row("no-signature-again");
    causes.extend(again.filter(|row| row.verdict() == Verdict::Accepted).map(intermittent));
    causes.extend(crash(transcript));
    causes.extend(death(transcript));
    causes
}

fn blocking(word: &'static str, row: &Row, message: &str, hint: &str) -> Cause {
    let mut message = message.to_owned();
    if row.answer().is_some_and(body_says_error) {
        message.push_str(
            " The body speaks of an error, but MintCash reads the status only: a 2xx is delivered.",
        );
    }
    Cause::new(word, Finding::new(Level::Blocking, message).at(row.place()).hint(hint))
}

/// What a 2xx to a forgery means. Only the status is seen, not whether the handler acts.
fn two_xx(seen: &str, verifies: &str, harm: &str) -> String {
    format!(
        "{seen} For MintCash a 2xx is delivered. Either the handler {verifies}, and if it acts on \
         such a request, {harm}; or it hides that it has refused, and a real event that it refuses \
         so is never sent again."
    )
}

fn no_verification(row: &Row) -> Cause {
    if row.answer().is_some_and(body_says_error) {
        return Cause::new(
            "error-body",
            Finding::new(
                Level::Blocking,
                "Forged requests get a 2xx with an error in the body. MintCash reads the status \
                 only: it counts as delivered and is never sent again.",
            )
            .at(row.place())
            .hint("Answer 401, not 200, when the signature is wrong."),
        );
    }
    blocking(
        "no-verification",
        row,
        &two_xx(
            "Requests without a signature and with a made-up one get a 2xx.",
            "does not verify",
            "anyone can forge a payment.succeeded",
        ),
        VERIFY,
    )
}

fn only_when_present(row: &Row) -> Cause {
    blocking(
        "only-when-present",
        row,
        &two_xx(
            "A request without a signature gets a 2xx, one with a wrong signature does not.",
            "verifies only where there is a signature",
            "anyone can forge a payment.succeeded by leaving it out",
        ),
        "Answer 401 when x-signature is missing or empty, before anything else.",
    )
}

fn forged_cause(row: &Row) -> Cause {
    match row.probe.id {
        "other-body" => blocking(
            "body-not-covered",
            row,
            &two_xx(
                "A request with the signature of another body gets a 2xx.",
                "does not verify the body",
                "anyone who has seen one webhook can forge all others",
            ),
            VERIFY,
        ),
        _ => blocking(
            "presence-only",
            row,
            &two_xx(
                "A request with a made-up signature gets a 2xx, one without a signature does not.",
                "asks for a signature and does not verify it",
                "anyone can forge a payment.succeeded",
            ),
            VERIFY,
        ),
    }
}

fn malformed(row: &Row) -> Cause {
    blocking(
        "malformed-accepted",
        row,
        &two_xx(
            "A signature that is none (not hex, or not of the right length) gets a 2xx, only a \
             well-formed wrong one is refused.",
            "lets through what can not be compared",
            "anyone can forge a payment.succeeded",
        ),
        "Answer 401 when x-signature is not 64 hex digits, and whenever comparing fails.",
    )
}

fn two_signatures(row: &Row) -> Cause {
    blocking(
        "two-signatures",
        row,
        &two_xx(
            "A request with two x-signature headers, none of them right, gets a 2xx.",
            "lets two headers past its verification",
            "anyone can forge a payment.succeeded",
        ),
        "Refuse requests with more than one x-signature header.",
    )
}

/// What is compared of the signature, when it is not all of it.
fn partly_compared(transcript: &Transcript) -> Option<Cause> {
    const WHOLE: &str = "Compare the whole header with the whole signature, lengths included \
                         (crypto.timingSafeEqual, hmac.compare_digest, hash_equals).";
    let (word, row, message) = match (transcript.accepted(&NEAR), transcript.accepted(&TRAILING)) {
        (Some(row), Some(_)) => (
            "beginning-only",
            row,
            "A shortened signature is accepted, and one with something after it: only the beginning \
             is compared. A forger needs to guess no more than that.",
        ),
        (Some(row), None) => (
            "prefix-compare",
            row,
            "A shortened signature is accepted: only as much is compared as was sent. A forger \
             needs to guess one character.",
        ),
        (None, Some(row)) => (
            "trailing-bytes",
            row,
            "A signature with something after it is accepted: only its beginning is compared.",
        ),
        (None, None) => return None,
    };
    Some(blocking(word, row, message, WHOLE))
}

fn flipped(row: &Row) -> Cause {
    blocking(
        "body-not-covered",
        row,
        &two_xx(
            "A body with one bit changed gets a 2xx with the signature of the original.",
            "does not verify the body",
            "a forger can change amounts and ids",
        ),
        VERIFY,
    )
}

fn rewritten(row: &Row, transcript: &Transcript) -> Cause {
    let how = raw::serialiser(transcript).unwrap_or("in another way");
    let unknown = if raw::is_unknown_dialect(transcript) {
        " Its escapes and numbers are those of no encoder that is known here."
    } else {
        ""
    };
    let message = format!(
        "The signature is computed over re-serialised JSON (written again {how}), not over the raw \
         body.{unknown} Real webhooks are refused as soon as MintCash writes a number or a name in \
         another way. It is the handler that does so, or something in front of it."
    );
    blocking(
        "reserialised-body",
        row,
        &message,
        "Verify the bytes as they came: express.raw() or a verify callback in Node, \
         request.get_data() in Flask, request.body in Django, php://input in PHP, request.body.read \
         in Rack, before any JSON parser.",
    )
}

fn compressed(row: &Row) -> Cause {
    blocking(
        "compressed-unverified",
        row,
        &two_xx(
            "A compressed request with a made-up signature gets a 2xx.",
            "does not verify what is compressed",
            "anyone can forge a payment.succeeded",
        ),
        "Verify the signature of every request, or answer 415 to Content-Encoding.",
    )
}

fn intermittent(row: &Row) -> Cause {
    blocking(
        "intermittent",
        row,
        "A request without a signature was refused at first and got a 2xx later. Most likely not \
         every instance behind this address verifies.",
        "Look for an instance with an older release or without the webhook secret.",
    )
}

/// A handler that falls over on a malformed signature instead of refusing it.
fn crash(transcript: &Transcript) -> Option<Cause> {
    let fell = |row: &&Row| {
        row.probe.expect == Expect::Refused
            && row.verdict() == Verdict::Refused
            && row.answer().is_some_and(|answer| answer.status >= 500)
    };
    let row = transcript.rows.iter().find(fell)?;
    let finding = Finding::new(
        Level::Advisory,
        "The handler falls over on a forged request instead of refusing it.",
    )
    .at(row.place())
    .hint(if row.probe.family.name == COMPRESSED_FORGED.name {
        "Verify before anything is parsed, and survive what is no JSON. Answer 401 or 415."
    } else {
        "A missing header, one that is null or None, or one of another length most likely makes the \
         comparison throw. Look at these first, and answer 401."
    });
    Some(Cause::new("crash-on-forged", finding))
}

/// A handler that closed the connection on a forged request and then could not be reached any more.
fn death(transcript: &Transcript) -> Option<Cause> {
    let rows = |is: fn(&Came) -> bool| transcript.rows.iter().filter(move |row| is(&row.came));
    let mut closed = rows(|came| matches!(came, Came::Nothing(NoAnswer::Closed)));
    let refused = rows(|came| matches!(came, Came::Nothing(NoAnswer::Refused))).next();
    let (first, second) = (closed.next()?, closed.next());
    let died = refused.is_some() || second.is_some() && transcript.stopped.is_some();
    let which = match second {
        None => "After a forged request nothing answers any more: it",
        Some(_) => "After forged requests nothing answers any more: one of those under way then",
    };
    died.then(|| {
        let message = format!("{which} seems to have ended the handler.");
        let finding = Finding::new(Level::Advisory, message).at(first.place()).hint(
            "Look at the server's log. A header that is missing (null, None), empty or of another \
             length can make the comparison throw: look at that first, then verify again.",
        );
        Cause::new("died-on-forged", finding)
    })
}
