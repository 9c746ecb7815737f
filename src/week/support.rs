//! The text for MintCash's support: what happened, when, and the ids to find it by.
//!
//! Made by `checks::first_week::support` from items and the lines that they rest on; the screen
//! copies it, `golive watch --support` prints it. The rules it keeps: it can be sent as it is; times
//! are in UTC; it holds ids, codes, statuses and times, and nothing that names a person or lets
//! anybody in.

use crate::text::visible;
use crate::time::Timestamp;
use crate::week::panel::Item;

/// Something that MintCash is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// When.
    pub at: Timestamp,
    /// What it is: `API error 422, invalid_amount`.
    pub what: String,
    /// How it stands.
    pub says: String,
    /// The ids on its lines, on both sides where there are two, each with its name.
    pub ids: Vec<(&'static str, String)>,
}

impl Case {
    /// An item with the ids of its lines.
    #[must_use]
    pub fn of(item: &Item, ids: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self {
            at: item.at,
            what: item.what.clone(),
            says: item.says.clone(),
            ids: ids.into_iter().collect(),
        }
    }
}

/// The names of ids, as MintCash's documentation has them, in the order in which they are written.
const ORDER: [&str; 3] = ["requestId", "externalId", "eventId"];

/// The text about these cases, of `total` that there are.
#[must_use]
pub fn text(cases: &[Case], total: u64, written: Timestamp) -> String {
    if cases.is_empty() {
        return format!(
            "Nothing to ask MintCash about: as of {}, the logs hold no failure that is not \
             explained.\n",
            written.minute()
        );
    }
    let count = total.max(cases.len() as u64);
    let these = match (count, cases.len() as u64) {
        (1, _) => "this case".to_owned(),
        (count, shown) if count == shown => format!("these {count} cases"),
        (count, shown) => format!("these cases, {shown} of {count}"),
    };
    let mut text = format!(
        "To the support of MintCash\n\n\
         Could you tell us the reason for {these}?\n\
         Environment: live. All times are UTC. Written {}.\n",
        written.minute()
    );
    for (place, case) in cases.iter().enumerate() {
        text.push_str(&about(place + 1, case));
    }
    text
}

/// One case: a line with time and name, then one for each id.
fn about(number: usize, case: &Case) -> String {
    let mut lines = vec![format!("{number}. {}", visible(&case.what, 120))];
    let mut say = |name: &str, value: &str| {
        let line = format!("   {name:<12} {value}");
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    say("time", &case.at.to_string());
    for (name, value) in &case.ids {
        let moment = (*name == "time").then(|| Timestamp::parse(value).ok()).flatten();
        if let Some(moment) = moment {
            // The same moment is said once; the other side's clock may differ.
            say(if moment == case.at { "time" } else { "also at" }, &moment.to_string());
        }
    }
    let known = ORDER.iter().flat_map(|name| case.ids.iter().filter(move |id| id.0 == *name));
    let others = case.ids.iter().filter(|(name, _)| !ORDER.contains(name) && *name != "time");
    for (name, value) in known.chain(others) {
        say(name, &shareable(value));
    }
    if !case.says.is_empty() {
        say("state", &visible(&case.says, 200));
    }
    format!("\n{}\n", lines.join("\n"))
}

/// An id that may leave the house; of what looks like more than an id, only that it was there.
fn shareable(value: &str) -> String {
    let secret = ["sk_", "whsec_", "bearer "];
    let lower = value.to_ascii_lowercase();
    let is_secret = secret.iter().any(|mark| lower.contains(mark));
    let names_somebody = value.contains('@') || value.trim().contains(char::is_whitespace);
    if is_secret || names_somebody || is_card_number(value) {
        "(left out: it may be more than an id)".to_owned()
    } else {
        visible(value, 120)
    }
}

/// Whether a text is 13 to 19 digits whose last one checks the others, as of a card (Luhn).
fn is_card_number(value: &str) -> bool {
    let plain = value.chars().filter(|char| !matches!(char, ' ' | '-'));
    let digits: Option<Vec<u32>> = plain.map(|char| char.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (13..=19).contains(&digits.len())) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(ids: &[(&'static str, &str)]) -> Case {
        Case {
            at: Timestamp::parse("2026-11-25T14:20:30.123Z").unwrap(),
            what: "API error 422, invalid_amount".to_owned(),
            says: "the application log has it too".to_owned(),
            ids: ids.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        }
    }

    fn written() -> Timestamp {
        Timestamp::parse("2026-11-26T08:00:00Z").unwrap()
    }

    #[test]
    fn it_can_be_sent_as_it_is() {
        let ids = [
            ("time", "2026-11-25T15:20:30.123+01:00"),
            ("externalId", "ord-10017"),
            ("requestId", "req_8Zk2"),
            ("time", "2026-11-25T14:20:31Z"),
            ("externalId", "ord-10017"),
            ("id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ];
        assert_eq!(
            text(&[case(&ids)], 1, written()),
            "To the support of MintCash\n\n\
             Could you tell us the reason for this case?\n\
             Environment: live. All times are UTC. Written 2026-11-26 08:00 UTC.\n\n\
             1. API error 422, invalid_amount\n   \
                time         2026-11-25T14:20:30.123Z\n   \
                also at      2026-11-25T14:20:31.000Z\n   \
                requestId    req_8Zk2\n   \
                externalId   ord-10017\n   \
                id           0f8fad5b-d9cb-469f-a165-70867728950e\n   \
                state        the application log has it too\n"
        );
    }

    #[test]
    fn an_id_that_is_an_address_a_card_or_a_key_is_left_out() {
        for value in [
            "jane.doe@example.com",
            "Jane Doe",
            "4111111111111111",
            "4111-1111-1111-1111",
            "sk_live_abcdefgh",
            "whsec_abc",
        ] {
            let text = text(&[case(&[("externalId", value)])], 1, written());
            assert!(!text.contains(value), "{text}");
            assert!(text.contains("left out"), "{text}");
        }
        let kept = text(&[case(&[("externalId", "20261125001")])], 1, written());
        assert!(kept.contains("20261125001"));
    }

    #[test]
    fn it_says_when_there_are_more_and_when_there_is_nothing() {
        let two = [case(&[]), case(&[])];
        assert!(text(&two, 40, written()).contains("these cases, 2 of 40?"));
        assert!(text(&two, 2, written()).contains("these 2 cases?"));
        assert!(text(&[], 0, written()).starts_with("Nothing to ask"));
    }

    #[test]
    fn control_characters_of_a_log_do_not_get_through() {
        let text = text(&[case(&[("requestId", "req\u{1b}[2J")])], 1, written());
        assert!(!text.contains('\u{1b}'));
    }
}
