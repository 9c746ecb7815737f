//! Which forgeries were accepted, and what kind of verification lets exactly those through.

use crate::checks::webhook::diagnosis::Cause;
use crate::checks::webhook::matrix::{FORGED, NEAR, TAMPERED, UNSIGNED};
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
    let mut causes = Vec::new();
    match (unsigned, forged) {
        (Some(row), Some(_)) => causes.push(no_verification(row)),
        (Some(row), None) => causes.push(only_when_present(row)),
        (None, Some(row)) => causes.push(forged_cause(row)),
        (None, None) => {}
    }
    causes.extend(transcript.accepted(&NEAR).map(near_cause));
    causes.extend(transcript.accepted(&TAMPERED).map(tampered_cause));
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
        "two-signatures" => blocking(
            "two-signatures",
            row,
            "A request with two x-signature headers gets past the verification. Anyone can forge a \
             payment.succeeded.",
            "Refuse requests with more than one x-signature header.",
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

fn near_cause(row: &Row) -> Cause {
    match row.probe.id {
        "trailing-byte" => blocking(
            "trailing-bytes",
            row,
            "A signature with something after it is accepted: only its beginning is compared.",
            "Compare the whole header with the whole signature, lengths included.",
        ),
        _ => blocking(
            "prefix-compare",
            row,
            "A shortened signature is accepted: only as much is compared as was sent. A forger \
             needs to guess one character.",
            "Compare the whole header with the whole signature (crypto.timingSafeEqual, \
             hmac.compare_digest), not with startsWith.",
        ),
    }
}

fn tampered_cause(row: &Row) -> Cause {
    let how = match row.probe.id {
        "rewritten-compact" => "without spaces, as JSON.stringify does",
        "rewritten-spaced" => "with spaces, as Python's json.dumps does",
        "rewritten-sorted" => "with sorted keys",
        "rewritten-sorted-spaced" => "with sorted keys and spaces",
        _ => {
            return blocking(
                "body-not-covered",
                row,
                "A body with one bit changed is accepted with the signature of the original. A \
                 forger can change amounts and ids.",
                VERIFY,
            );
        }
    };
    let message = format!(
        "The signature is computed over re-serialised JSON ({how}), not over the raw body. Real \
         webhooks are refused as soon as MintCash writes a number or a name in another way."
    );
    blocking(
        "reserialised-body",
        row,
        &message,
        "Verify the bytes as they came: express.raw() or a verify callback in Node, \
         request.get_data() in Flask, request.body in Django, before any JSON parser.",
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
    .hint("Compare lengths first: crypto.timingSafeEqual throws when they differ. Answer 401.");
    Some(Cause::new("crash-on-forged", finding))
}

/// A handler that closed the connection on a forged request and then could not be reached any more.
fn death(transcript: &Transcript) -> Option<Cause> {
    let nothing = |row: &&Row| row.verdict() == Verdict::Nothing;
    let row = transcript.rows.iter().find(nothing)?;
    let next = transcript.rows.iter().filter(nothing).nth(1)?;
    let died = matches!(row.came, Came::Nothing(NoAnswer::Closed))
        && matches!(next.came, Came::Nothing(NoAnswer::Refused | NoAnswer::Closed));
    died.then(|| {
        let finding = Finding::new(
            Level::Advisory,
            "After a forged request nothing answers any more: it seems to have ended the handler.",
        )
        .at(row.place())
        .hint(
            "Look at the server's log. crypto.timingSafeEqual throws when lengths differ: compare \
             them first, then verify again.",
        );
        Cause::new("died-on-forged", finding)
    })
}
