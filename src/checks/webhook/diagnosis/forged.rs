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
        "Requests without a signature and with a made-up one are accepted: nothing is verified. \
         Anyone can forge a payment.succeeded.",
        VERIFY,
    )
}

fn only_when_present(row: &Row) -> Cause {
    blocking(
        "only-when-present",
        row,
        "The signature is verified only when there is one: a request without it is accepted. \
         Anyone can forge a payment.succeeded by leaving it out.",
        "Answer 401 when x-signature is missing or empty, before anything else.",
    )
}

fn forged_cause(row: &Row) -> Cause {
    match row.probe.id {
        "other-body" => blocking(
            "body-not-covered",
            row,
            "The signature of another body is accepted: the body is not what is verified. Anyone \
             who has seen one webhook can forge all others.",
            VERIFY,
        ),
        _ => blocking(
            "presence-only",
            row,
            "A made-up signature is accepted: the handler asks for one but does not verify it. \
             Anyone can forge a payment.succeeded.",
            VERIFY,
        ),
    }
}

fn malformed(row: &Row) -> Cause {
    blocking(
        "malformed-accepted",
        row,
        "A signature that is none (not hex, or not of the right length) is accepted, only a \
         well-formed wrong one is refused: what can not be compared is let through. Anyone can \
         forge a payment.succeeded.",
        "Answer 401 when x-signature is not 64 hex digits, and whenever comparing fails.",
    )
}

fn two_signatures(row: &Row) -> Cause {
    blocking(
        "two-signatures",
        row,
        "A request with two x-signature headers gets past the verification. Anyone can forge a \
         payment.succeeded.",
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
        "A body with one bit changed is accepted with the signature of the original. A forger can \
         change amounts and ids.",
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
        "A compressed request with a made-up signature is accepted: what is compressed is not \
         verified. Anyone can forge a payment.succeeded.",
        "Verify the signature of every request, or answer 415 to Content-Encoding.",
    )
}

fn intermittent(row: &Row) -> Cause {
    blocking(
        "intermittent",
        row,
        "A request without a signature was refused at first and accepted later: not every instance \
         behind this address verifies.",
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
        "Compare lengths first: crypto.timingSafeEqual throws when they differ. Answer 401."
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
            "Look at the server's log. crypto.timingSafeEqual throws when lengths differ: compare \
             them first, then verify again.",
        );
        Cause::new("died-on-forged", finding)
    })
}
