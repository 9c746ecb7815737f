//! Faults in the step `webhook.signature`: what is accepted that was forged, what is refused that
//! is genuine, and how the code compares.

use crate::demo::fault::Caught::Fails;
use crate::demo::fault::{Change, Edit, Fault, Flaw};

/// The checks that can not say much where everything genuine is refused.
const REFUSED: &[&str] = &[
    "secret-storage",
    "webhook-environment",
    "webhook-dedupe",
    "webhook-latency",
    "webhook-odd-events",
];

const fn fault(
    name: &'static str,
    about: &'static str,
    flaw: Flaw,
    minds: &'static [&'static str],
) -> Fault {
    Fault {
        name,
        about,
        change: Change::Handler(flaw),
        step: "webhook.signature",
        check: "webhook-signature",
        caught: Fails,
        minds,
    }
}

const fn code(
    name: &'static str,
    about: &'static str,
    file: &'static str,
    find: &'static str,
    put: &'static str,
) -> Fault {
    Fault {
        name,
        about,
        change: Change::Source(Edit { file, find, put }),
        step: "webhook.signature",
        check: "constant-time",
        caught: Fails,
        minds: &[],
    }
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    fault("unsigned-accepted", "The signature is checked only when there is one.", Flaw::AcceptsUnsigned, &["webhook-odd-events", "webhook-endpoint", "webhook-latency"]),
    fault("nothing-verified", "No signature is checked at all.", Flaw::VerifiesNothing, &["secret-storage", "webhook-environment", "webhook-odd-events", "webhook-endpoint", "webhook-latency"]),
    fault("presence-only", "Any signature will do, as long as there is one.", Flaw::PresenceOnly, &["secret-storage", "webhook-environment"]),
    fault("prefix-accepted", "Only as much of the signature is compared as was sent.", Flaw::ComparesPrefix, &[]),
    fault("malformed-accepted", "A signature that is no hex makes the check fail open.", Flaw::AcceptsMalformed, &[]),
    fault("body-reserialised", "The signature is checked over the body as written again.", Flaw::Reserialises, &["webhook-odd-events", "webhook-dedupe", "webhook-environment"]),
    fault("old-secret", "The handler has a secret that is no longer in use.", Flaw::OldSecret, REFUSED),
    fault("sandbox-secret", "The handler has the sandbox's secret.", Flaw::SandboxSecret, REFUSED),
    fault("line-end-in-secret", "The handler's secret ends in a line end.", Flaw::LineEndInSecret, REFUSED),
    fault("other-header", "The handler looks for the signature in another header.", Flaw::OtherHeader, REFUSED),
    fault("upper-case-expected", "The handler expects the hex digits in upper case.", Flaw::UpperCaseOnly, REFUSED),
    fault("base-sixty-four-expected", "The handler expects the signature in base64.", Flaw::ExpectsBase64, REFUSED),
    fault("plain-hash", "The handler computes a plain SHA-256 over secret and body, no HMAC.", Flaw::PlainHash, REFUSED),
    code("compares-with-equals", "The source compares the signature with ===, which tells how much of it is right.", "server/webhook.mjs", "expected.length === received.length && timingSafeEqual(expected, received)", "expected.toString() === received.toString()"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue::webhook::SIGNED;

    #[test]
    fn the_two_lists_of_signed_checks_are_one() {
        let without: Vec<_> = SIGNED.iter().filter(|it| **it != "webhook-signature").collect();
        assert_eq!(without, REFUSED.iter().collect::<Vec<_>>());
    }
}
