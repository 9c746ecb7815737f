//! What the handler accepts in place of the right signature, and what that means: one entry for
//! each guess of [`matrix::cause`](crate::checks::webhook::matrix::CAUSE).

use crate::checks::webhook::diagnosis::Cause;
use crate::checks::webhook::matrix::{CAUSE, UNSIGNED, differs, rewritten_accepted};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::checks::{Finding, Level};

/// A guess that was right.
struct Guess {
    /// The probe's id.
    probe: &'static str,
    /// The cause's word.
    word: &'static str,
    /// What the handler does, as a sentence.
    says: &'static str,
    /// What to do.
    hint: &'static str,
}

const fn guess(
    probe: &'static str,
    word: &'static str,
    says: &'static str,
    hint: &'static str,
) -> Guess {
    Guess { probe, word, says, hint }
}

const WHITE_SPACE: &str = "Strip white space where the secret is read, or write it without a line end (printf, not echo).";
const QUOTES: &str =
    "Take the quotes off where the secret is set: env files of Docker and systemd keep them.";
const AS_TEXT: &str =
    "Use the secret as it is, as UTF-8 text: MintCash's key is neither base64 nor hex.";
const HEADER: &str = "Read the header x-signature, and nothing else.";
const HEX: &str = "Encode the HMAC as lower-case hex before comparing.";
const SHA256: &str =
    "Compute HMAC-SHA256 once, with the secret as key and the raw body as message.";
const RAW_ONLY: &str = "Sign the raw body and nothing else: MintCash signs no URL and no time.";
const READ_FIRST: &str = "Read the raw body before anything else does: a parser that comes first \
                          leaves nothing. express.raw() or a verify callback in Node, php://input \
                          read once, request.body.rewind in Rack, a caching request in Java.";
const UNTOUCHED: &str = "Find what changes the body before it is verified (a gateway, a proxy, a \
                         plugin, the handler) and let it through untouched.";

/// By secret first; where two fit, the first one is named.
const GUESSES: &[Guess] = &[
    guess(
        "test-secret",
        "test-secret",
        "The handler still verifies with the test webhook secret",
        "Give the production handler the live webhook secret.",
    ),
    guess(
        "secret-with-newline",
        "secret-with-newline",
        "The handler's secret ends in a line end",
        WHITE_SPACE,
    ),
    guess(
        "secret-with-crlf",
        "secret-with-newline",
        "The handler's secret ends in a line end of Windows (CR LF)",
        WHITE_SPACE,
    ),
    guess(
        "secret-with-space",
        "secret-with-space",
        "The handler's secret ends in a space",
        WHITE_SPACE,
    ),
    guess(
        "secret-in-quotes",
        "secret-in-quotes",
        "The handler's secret has quotes around it",
        QUOTES,
    ),
    guess(
        "secret-in-single-quotes",
        "secret-in-quotes",
        "The handler's secret has single quotes around it",
        QUOTES,
    ),
    guess(
        "secret-without-prefix",
        "secret-without-prefix",
        "The handler takes whsec_ off the secret",
        "Use the whole secret as key, with its prefix.",
    ),
    guess(
        "secret-base64-decoded",
        "secret-base64-decoded",
        "The handler decodes the secret from base64",
        AS_TEXT,
    ),
    guess(
        "secret-base64-encoded",
        "secret-base64-encoded",
        "The handler's secret is encoded in base64",
        "Encode it once only: Kubernetes' stringData takes it plain, data takes base64 of it.",
    ),
    guess(
        "secret-hex-decoded",
        "secret-hex-decoded",
        "The handler decodes the secret from hex",
        AS_TEXT,
    ),
    guess(
        "sha256-prefix",
        "prefix-expected",
        "The handler expects the signature with the prefix sha256=, which MintCash does not send",
        "Compare x-signature as it is: 64 lower-case hex digits without a prefix.",
    ),
    guess(
        "base64",
        "base64-expected",
        "The handler expects the signature in base64, MintCash sends hex",
        HEX,
    ),
    guess(
        "upper-case",
        "upper-case-expected",
        "The handler expects the signature in upper case, MintCash sends lower case",
        HEX,
    ),
    guess(
        "timestamped",
        "timestamp-expected",
        "The handler expects a time in the signature (t=…,v1=…), as another provider sends it",
        RAW_ONLY,
    ),
    guess(
        "standard-webhook",
        "standard-webhook-expected",
        "The handler verifies by the Standard Webhooks (webhook-id, webhook-timestamp, \
         webhook-signature), which MintCash does not follow",
        "Compute the signature yourself, or with an SDK for MintCash.",
    ),
    guess(
        "as-x-mintcash-signature",
        "header-name",
        "The handler reads X-MintCash-Signature, MintCash sends x-signature",
        HEADER,
    ),
    guess(
        "as-mintcash-signature",
        "header-name",
        "The handler reads MintCash-Signature, MintCash sends x-signature",
        HEADER,
    ),
    guess(
        "as-x-webhook-signature",
        "header-name",
        "The handler reads X-Webhook-Signature, MintCash sends x-signature",
        HEADER,
    ),
    guess(
        "as-signature",
        "header-name",
        "The handler reads Signature, MintCash sends x-signature",
        HEADER,
    ),
    guess(
        "as-x_signature",
        "header-name",
        "The handler reads X_Signature, with an underscore; MintCash sends x-signature",
        HEADER,
    ),
    guess(
        "as-x-hub-signature-256",
        "header-name",
        "The handler reads X-Hub-Signature-256, as GitHub sends it; MintCash sends x-signature",
        HEADER,
    ),
    guess("hmac-sha1", "sha1-expected", "The handler computes HMAC-SHA1", SHA256),
    guess("hmac-sha512", "sha512-expected", "The handler computes HMAC-SHA512", SHA256),
    guess("hmac-twice", "signed-twice", "The handler signs the signature once more", SHA256),
    guess(
        "plain-sha256",
        "plain-hash",
        "The handler hashes secret and body without HMAC",
        "Use your language's HMAC: what the handler computes can be extended by a forger.",
    ),
    guess(
        "empty-message",
        "empty-body-signed",
        "The handler signs an empty body: the bytes are gone when the signature is computed. Any \
         body passes with the signature of nothing",
        READ_FIRST,
    ),
    guess(
        "object-message",
        "object-signed",
        "The handler signs the text [object Object]: it turns the parsed body into a string",
        READ_FIRST,
    ),
    guess(
        "url-and-body",
        "url-signed",
        "The handler signs the URL and the body, as other providers do",
        RAW_ONLY,
    ),
    guess("path-and-body", "url-signed", "The handler signs the path and the body", RAW_ONLY),
    guess(
        "base64-message",
        "base64-body",
        "The handler signs the body in base64, as a gateway hands it over",
        "Decode the body first (isBase64Encoded on AWS), then sign its bytes.",
    ),
    guess(
        "line-end-added",
        "body-changed",
        "A line end is added to the body before it is verified",
        UNTOUCHED,
    ),
    guess(
        "indented",
        "body-changed",
        "The JSON is written again, indented by two, before it is verified",
        UNTOUCHED,
    ),
    guess(
        "indented-by-four",
        "body-changed",
        "The JSON is written again, indented by four, before it is verified",
        UNTOUCHED,
    ),
];

/// The handler as it must be for exactly this to be accepted.
pub(super) fn accepted_instead(transcript: &Transcript) -> Option<Cause> {
    let found = |accepts: fn(&Row, &Transcript) -> bool| {
        GUESSES.iter().find_map(|guess| {
            let row = transcript.row(guess.probe)?;
            accepts(row, transcript).then_some((guess, row))
        })
    };
    if let Some((guess, row)) = found(|row, _| row.verdict() == Verdict::Accepted) {
        return Some(named(guess, row));
    }
    if let Some(row) = transcript.row("secret-trimmed").filter(|row| fits(row, transcript)) {
        return Some(own_secret(row));
    }
    if let Some((guess, row)) = found(|row, transcript| is_of_form(row) && fits(row, transcript)) {
        return Some(named(guess, row));
    }
    let row = rewritten_accepted(transcript)?;
    let finding = Finding::new(
        Level::Blocking,
        "A correctly signed event is refused, because what is signed is what was parsed and \
         written again instead of what came.",
    )
    .at(row.place());
    Some(Cause::new("reserialised-body", finding))
}

/// Whether a guess is the right one: it is accepted, or refused for another reason than forgeries
/// are, so that the signature was not at fault.
fn fits(row: &Row, transcript: &Transcript) -> bool {
    let unlike_unsigned = || {
        let status = |row: &Row| row.answer().map(|answer| answer.status);
        transcript.family(&UNSIGNED).all(|other| status(other) != status(row))
    };
    let stands_out = |row: &Row| {
        row.verdict() == Verdict::Refused
            && row.answer().is_some_and(|answer| answer.status < 500)
            && differs(row, transcript)
    };
    // Something that has begun to refuse everything in another way tells nothing of a guess.
    let is_rare = || transcript.family(&CAUSE).filter(|row| stands_out(row)).count() <= 2;
    row.verdict() == Verdict::Accepted || stands_out(row) && unlike_unsigned() && is_rare()
}

/// Whether a guess looks like MintCash's own signature and differs in its value only, so that no
/// answer about its form can be mistaken for one about its value.
fn is_of_form(row: &Row) -> bool {
    row.probe.family.name == CAUSE.name
        && (row.probe.id.contains("secret") || row.probe.id.ends_with("-message"))
}

fn named(guess: &Guess, row: &Row) -> Cause {
    let message = format!("{}: real webhooks are refused.", guess.says);
    let finding = Finding::new(Level::Blocking, message).at(row.place()).hint(guess.hint);
    Cause::new(guess.word, finding)
}

/// The handler's secret is fine; it is ours that is not.
fn own_secret(row: &Row) -> Cause {
    let finding = Finding::new(
        Level::Advisory,
        "The handler's secret is webhook_secret without the white space or quotes around it. It is \
         this check's copy that has them, so what is signed with it is refused.",
    )
    .at(row.place())
    .hint("Mend the reference webhook_secret in golive.yaml, then verify again.");
    Cause::new("own-secret-untrimmed", finding)
}
