//! Real money in a headless run: what is confirmed by `--spend`, what is held back, what is said.
//!
//! Called by `cli::verify` before anything runs. The rule it keeps: only the exact words that a plan
//! asks for confirm it, and words that could mean two movements confirm neither.

use crate::checks::book::typed;
use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::failure::{Failure, FailureKind};
use crate::launch::money::{Confirmed, OWN_CARD, Spend, owner};
use crate::runbook::model::{Runbook, StepId};
use crate::runbook::nearest::did_you_mean;
use crate::text::visible;

/// A movement of real money that a plan has.
pub type Ask = (StepId, Spend);

/// What `--spend` has to say to confirm a movement.
#[must_use]
pub fn words(spend: &Spend) -> String {
    typed(spend).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

/// Takes what was given on the command line for what a plan asks.
///
/// # Errors
/// When something is given that the plan does not ask for, that could mean two movements, or whose
/// card owner is not named.
pub fn confirm(
    asks: &[Ask],
    given: &[String],
    card_owner: Option<&str>,
) -> Result<Vec<Confirmed>, Failure> {
    let mut confirmed: Vec<Confirmed> = Vec::new();
    for text in given {
        let (step, spend) = meant(asks, text.trim())?;
        let named = spend.act.takes() && !spend.again;
        let card_owner = if named { Some(whose(card_owner)?.to_owned()) } else { None };
        let one = Confirmed { step: step.clone(), spend: spend.clone(), card_owner };
        if !confirmed.contains(&one) {
            confirmed.push(one);
        }
    }
    if card_owner.is_some() && confirmed.iter().all(|it| it.card_owner.is_none()) {
        return Err(Failure::new(
            FailureKind::Usage,
            "--card-owner is given, and no card is charged",
        )
        .hint("Leave it out, or confirm the charge with --spend"));
    }
    Ok(confirmed)
}

/// The one movement that these words mean.
fn meant<'a>(asks: &'a [Ask], text: &str) -> Result<&'a Ask, Failure> {
    let mut fits = asks.iter().filter(|(_, spend)| words(spend) == text);
    match (fits.next(), fits.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let says = format!(
                "`{}` could mean two things: {} for {}, and {} for {}",
                visible(text, 200),
                one.1.sentence(),
                one.0,
                other.1.sentence(),
                other.0
            );
            Err(Failure::new(FailureKind::Usage, says).hint("Verify one of the steps at a time"))
        }
        (None, _) => Err(unknown(asks, text)),
    }
}

fn unknown(asks: &[Ask], text: &str) -> Failure {
    let says =
        format!("nothing that is verified would move real money as `{}`", visible(text, 200));
    let mut failure = Failure::new(FailureKind::Usage, says);
    if asks.is_empty() {
        return failure.hint("Leave --spend out");
    }
    let known: Vec<String> = asks.iter().map(|(_, spend)| words(spend)).collect();
    if let Some(hint) = did_you_mean(text, known.iter().map(String::as_str)) {
        failure = failure.hint(hint);
    }
    for (step, spend) in asks {
        failure = failure.hint(format!(
            "{} for {step} is confirmed by {}",
            spend.sentence(),
            flags(spend)
        ));
    }
    failure
}

fn whose(given: Option<&str>) -> Result<&str, Failure> {
    let Some(name) = given else {
        return Err(Failure::new(FailureKind::Usage, "nobody said whose card is to be charged")
            .hint("--card-owner NAME names the person whose name is on the card")
            .hint(plain(OWN_CARD)));
    };
    owner(name).map_err(|why| {
        Failure::new(FailureKind::Usage, why).hint("--card-owner names the person on the card")
    })?;
    Ok(name)
}

/// The flags that confirm a movement.
pub fn flags(spend: &Spend) -> String {
    let owner = if spend.act.takes() && !spend.again { " --card-owner NAME" } else { "" };
    format!("--spend \"{}\"{owner}", words(spend))
}

/// Says what is about to move and on whose card, and what is held back.
pub fn tell(console: &mut Console, runbook: &Runbook, asks: &[Ask], confirmed: &[Confirmed]) {
    let paint = console.paint_err;
    for it in confirmed {
        console.tell(format!("{} {}", paint.tone(Tone::Bad, "LIVE"), it.spend.says()));
        if let Some(name) = &it.card_owner {
            console.tell(format!("the card is {}'s", visible(name, 120)));
            let own = runbook.section_of(&it.step).and_then(|section| section.caution.as_deref());
            console.tell(plain(own.unwrap_or(OWN_CARD)));
        }
    }
    let is_confirmed =
        |(step, spend): &&Ask| confirmed.iter().any(|it| it.step == *step && it.spend == *spend);
    for (step, spend) in asks.iter().filter(|ask| !is_confirmed(ask)) {
        let says = format!(
            "to {} for {step} is held back; {} confirms it",
            spend.sentence(),
            flags(spend)
        );
        console.tell(says);
    }
}

/// Markdown as one line of plain words.
fn plain(text: &str) -> String {
    let words = text.replace("**", "");
    visible(&words.split_whitespace().collect::<Vec<_>>().join(" "), 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::money::Act;

    const CHARGE: &str = "api.mintcash.me 1.00 USD";

    fn asks(acts: &[Act]) -> Vec<Ask> {
        let ask = |act: &Act| (StepId::from(act.word()), Spend::sample(*act, 100));
        acts.iter().map(ask).collect()
    }

    fn given(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    fn says(failure: &Failure) -> String {
        failure.to_string()
    }

    #[test]
    fn a_charge_is_confirmed_by_its_exact_words_and_its_cards_owner() {
        let asks = asks(&[Act::Charge]);
        let confirmed = confirm(&asks, &given(CHARGE), Some("Dana Ito")).unwrap();
        let [only] = confirmed.as_slice() else { panic!("{confirmed:?}") };
        assert_eq!((&only.step, &only.spend), (&asks[0].0, &asks[0].1));
        assert_eq!(only.card_owner.as_deref(), Some("Dana Ito"));
        let twice = [CHARGE.to_owned(), CHARGE.to_owned()];
        assert_eq!(confirm(&asks, &twice, Some("Dana Ito")).unwrap(), confirmed, "once is once");
    }

    #[test]
    fn nothing_given_confirms_nothing() {
        assert_eq!(confirm(&asks(&[Act::Charge, Act::Refund]), &[], None).unwrap(), []);
    }

    #[test]
    fn words_that_the_plan_does_not_ask_for_are_refused_with_those_that_it_does() {
        for text in [
            "api.mintcash.me",
            "api.mintcash.me 1.00",
            "api.mintcash.me 1.0 USD",
            "api.mintcash.me 1.00 EUR",
            "api.mintcash.com 1.00 USD",
            "api.mintcash.me  1.00 USD",
            "API.mintcash.me 1.00 USD",
            "",
            "yes",
        ] {
            let failure =
                confirm(&asks(&[Act::Charge]), &given(text), Some("Dana Ito")).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage, "{text}");
            let says = says(&failure);
            let hint = "is confirmed by --spend \"api.mintcash.me 1.00 USD\" --card-owner NAME";
            assert!(says.contains(hint), "{text}: {says}");
        }
        let failure = confirm(&[], &given(CHARGE), Some("Dana Ito")).unwrap_err();
        assert!(says(&failure).contains("Leave --spend out"), "{failure}");
    }

    #[test]
    fn a_charge_without_a_card_owner_with_a_name_is_refused() {
        for name in [None, Some(""), Some("me"), Some("x")] {
            let failure = confirm(&asks(&[Act::Charge]), &given(CHARGE), name).unwrap_err();
            assert!(says(&failure).contains("--card-owner"), "{name:?}: {failure}");
        }
        let none = confirm(&asks(&[Act::Charge]), &given(CHARGE), None).unwrap_err();
        assert!(says(&none).contains("Never use a customer's card"), "{none}");
        assert!(!says(&none).contains("**"), "{none}");
    }

    #[test]
    fn a_card_owner_without_a_charge_is_refused() {
        for spend in [given(CHARGE), Vec::new()] {
            let failure = confirm(&asks(&[Act::Refund]), &spend, Some("Dana Ito")).unwrap_err();
            assert!(says(&failure).contains("no card is charged"), "{failure}");
        }
    }

    #[test]
    fn words_that_could_mean_a_refund_or_a_charge_confirm_neither() {
        let asks = asks(&[Act::Charge, Act::Refund]);
        let failure = confirm(&asks, &given(CHARGE), Some("Dana Ito")).unwrap_err();
        let says = says(&failure);
        assert!(says.contains("could mean two things: charge 1.00 USD"), "{says}");
        assert!(says.contains("refund 1.00 USD"), "{says}");
        assert!(says.contains("one of the steps at a time"), "{says}");
    }

    #[test]
    fn what_is_sent_once_more_is_confirmed_by_its_host_and_names_nobody() {
        let (step, spend) = asks(&[Act::Charge]).remove(0);
        let asks = vec![(step, Spend { again: true, ..spend })];
        let confirmed = confirm(&asks, &given("api.mintcash.me"), None).unwrap();
        assert_eq!(confirmed[0].card_owner, None);
        assert!(confirm(&asks, &given(CHARGE), None).is_err());
    }
}
