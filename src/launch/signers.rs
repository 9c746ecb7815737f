//! Who has signed and who still has to: different people, each role filled by one of them.
//!
//! Used by `assess` and `decide`. Names are compared as people read them, so that `dana ` and
//! `Dana` are one person.

use unicode_normalization::UnicodeNormalization;

use crate::launch::fold::Signed;
use crate::launch::standing::{Missing, Signature};
use crate::runbook::model::{Role, SignOff};

/// A name as it is compared: compatibility characters unified, case folded, spaces collapsed.
#[must_use]
pub fn person(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).nfc().collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two names are the same person.
#[must_use]
pub fn same_person(one: &str, other: &str) -> bool {
    one == other || person(one) == person(other)
}

/// Signatures sorted into those that count and those that do not, each with the reason.
pub(super) struct Sorted {
    /// One per person.
    pub counted: Vec<Signature>,
    /// The others.
    pub lapsed: Vec<(Signature, String)>,
}

/// Sorts signatures: `reason` says why one does not count any more. When a person signed more than
/// once, the last that counts stands.
pub(super) fn sort(signed: &[Signed], reason: impl Fn(&Signed) -> Option<String>) -> Sorted {
    let mut counted: Vec<(&str, Signature)> = Vec::new();
    let mut lapsed = Vec::new();
    for one in signed {
        let signature = &one.signature;
        if let Some(why) = reason(one) {
            lapsed.push((signature.clone(), why));
            continue;
        }
        if let Some(place) = counted.iter().position(|(person, _)| *person == one.person) {
            let (_, replaced) = counted.remove(place);
            lapsed.push((replaced, super::sentences::signed_again(signature)));
        }
        counted.push((&one.person, signature.clone()));
    }
    Sorted { counted: counted.into_iter().map(|(_, signature)| signature).collect(), lapsed }
}

/// How many different people gave these signatures.
pub(super) fn people<'a>(signatures: impl Iterator<Item = &'a Signature>) -> usize {
    signatures.map(|s| person(&s.by.name)).collect::<std::collections::BTreeSet<_>>().len()
}

/// Who still has to sign, given the signatures that count, and whether checks could not find out
/// what a person may vouch for (`unknown`).
pub(super) fn missing(rule: &SignOff, counted: &[Signature], unknown: bool) -> Missing {
    let wanted = rule.roles();
    let filled = |role: &&Role| counted.iter().any(|s| s.what.role.as_ref() == Some(*role));
    let roles: Vec<Role> = wanted.iter().filter(|role| !filled(role)).cloned().collect();
    let in_roles = wanted.len() - roles.len();
    let needed = match rule {
        SignOff::VerifiedOrPerson => usize::from(unknown),
        _ => usize::from(rule.people()).max(wanted.len()),
    };
    let others = counted.len().saturating_sub(in_roles).min(needed - wanted.len());
    Missing { people: needed - in_roles - others, roles }
}

/// The signature that fills this role.
pub(super) fn in_role<'a>(role: &Role, counted: &'a [Signature]) -> Option<&'a Signature> {
    counted.iter().find(|signature| signature.what.role.as_ref() == Some(role))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::same_person;

    #[rstest]
    #[case("Dana", " dana  ", true)]
    #[case("Dana  Scully", "dana scully", true)]
    #[case("José", "JOSE\u{301}", true)]
    #[case("Ｄａｎａ", "Dana", true)]
    #[case("Dana", "Dan", false)]
    #[case("Dana S", "DanaS", false)]
    fn names_are_compared_as_people_read_them(
        #[case] one: &str,
        #[case] other: &str,
        #[case] same: bool,
    ) {
        assert_eq!(same_person(one, other), same);
    }
}
