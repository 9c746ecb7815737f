//! Nothing moves real money but host, amount and card owner, typed whole and by hand.

use crokey::KeyCombination;
use crokey::crossterm::event::{KeyCode, KeyModifiers};
use golive::app::demo::DemoView;
use golive::app::effect::Effect;
use golive::app::msg::{Msg, Plans};
use golive::app::{Model, Opening, update};
use golive::checks::{Effect as Reach, Planned};
use golive::config::ScreenConfig;
use golive::launch::money::{Act, Confirmed, Limits, Spend};
use golive::launch::testing::Walk;
use proptest::prelude::*;

use crate::scene::{
    HOST, SIZES, book, charge, hides, on, planned, shows, spend, stage, verified, walk, words,
};
use crate::stage::{Stage, parse};

/// The screen with the dialog for one charge open.
fn asked(size: (u16, u16)) -> Stage {
    let mut stage = stage(size);
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>");
    stage
}

fn confirmed() -> Confirmed {
    let card_owner = Some("Noor Haddad".to_owned());
    Confirmed { step: charge(), spend: spend(Act::Charge), card_owner }
}

#[test]
fn a_charge_is_confirmed_by_host_amount_and_card_owner_typed_in_full() {
    let mut stage = asked((100, 40));
    stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>");
    assert_eq!(verified(&stage), None, "nobody said whose card it is");
    stage.text("Noor Haddad").keys("<enter>");
    assert_eq!(verified(&stage), Some(vec![confirmed()]));
}

#[test]
fn enter_alone_confirms_nothing() {
    let mut stage = asked((100, 40));
    stage.keys(&"<enter>".repeat(40));
    assert_eq!(verified(&stage), None);
    shows(&stage, "Type api.mintcash.me to go on.");
    stage.keys(&"<tab><enter>".repeat(3));
    assert_eq!(verified(&stage), None);
}

#[test]
fn another_host_another_amount_and_another_currency_confirm_nothing() {
    for (host, amount) in [
        ("api.mintcash.com", "1.00 USD"),
        ("mintcash.me", "1.00 USD"),
        (HOST, "1.00"),
        (HOST, "100 USD"),
        (HOST, "1.00 EUR"),
        (HOST, "10.00 USD"),
        (HOST, "yes"),
    ] {
        let mut stage = asked((100, 40));
        stage.text(host).keys("<tab>").text(amount).keys("<tab>").text("Noor Haddad");
        stage.keys("<enter><enter><enter>");
        assert_eq!(verified(&stage), None, "{host} {amount}");
        shows(&stage, "to go on.");
    }
}

#[test]
fn what_is_pasted_confirms_nothing_and_says_so() {
    let mut stage = asked((100, 40));
    for text in [HOST, "1.00 USD", "Noor Haddad\n"] {
        stage.send(Msg::Paste(text.to_owned())).keys("<tab>");
    }
    stage.keys("<up><enter>");
    assert_eq!(verified(&stage), None);
    let mut stage = asked((100, 40));
    stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>");
    stage.send(Msg::Paste("Noor Haddad".to_owned()));
    shows(&stage, "Type it by hand; pasting does not confirm.");
    stage.keys("<enter>");
    assert_eq!(verified(&stage), None, "a pasted owner is nobody's word");
}

#[test]
fn a_card_owner_without_a_name_is_asked_for_again() {
    for name in ["x", "me", "-", "n/a"] {
        let mut stage = asked((100, 40));
        stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>").text(name);
        stage.keys("<enter>");
        assert_eq!(verified(&stage), None, "{name}");
        shows(&stage, "card");
        stage.keys("<C-u>").text("Noor Haddad").keys("<enter>");
        assert_eq!(verified(&stage), Some(vec![confirmed()]), "{name}");
    }
}

#[test]
fn leaving_the_question_runs_nothing_at_all() {
    for keys in ["<esc>", "<C-c>", "<up><up><enter>"] {
        let mut stage = asked((100, 40));
        stage.keys(keys);
        hides(&stage, "charge a real card");
        assert_eq!(verified(&stage), None, "{keys}");
    }
}

#[test]
fn a_charge_can_be_left_out_and_the_rest_goes_on_without_it() {
    let mut stage = asked((100, 40));
    stage.keys("<up><right>");
    shows(&stage, "leave it out");
    stage.keys("<enter>");
    assert_eq!(verified(&stage), Some(Vec::new()));
}

#[test]
fn what_was_typed_before_it_is_left_out_does_not_count() {
    let mut stage = asked((100, 40));
    stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>").text("Noor Haddad");
    stage.keys("<up><up><up><right><enter>");
    assert_eq!(verified(&stage), Some(Vec::new()));
}

#[test]
fn each_movement_of_a_section_is_asked_about_by_itself() {
    let mut stage = stage((100, 40));
    let refund = spend(Act::Refund);
    stage.planned = vec![planned(&spend(Act::Charge)), planned(&refund)];
    stage.keys("V");
    shows(&stage, "1 of 2");
    stage.keys("<up><right><enter>");
    assert_eq!(verified(&stage), None, "the second has not been answered");
    shows(&stage, "2 of 2");
    shows(&stage, "give real money back");
    hides(&stage, "Card owner");
    stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>");
    let step = "rehearsal.refund".into();
    let expected = Confirmed { step, spend: refund, card_owner: None };
    assert_eq!(verified(&stage), Some(vec![expected]));
}

#[test]
fn leaving_the_second_question_takes_the_first_answer_back() {
    let mut stage = stage((100, 40));
    stage.planned = vec![planned(&spend(Act::Charge)), planned(&spend(Act::Refund))];
    stage.keys("V").text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>");
    stage.text("Noor Haddad").keys("<enter>");
    shows(&stage, "2 of 2");
    stage.keys("<esc>");
    assert_eq!(verified(&stage), None);
    assert!(stage.asked.iter().all(|it| !matches!(it, Effect::Verify { .. })));
}

#[test]
fn a_request_that_is_sent_again_says_which_one_it_is_and_that_it_charges_once() {
    let mut stage = on(walk(0), (100, 40));
    let again = Spend { again: true, ..spend(Act::Charge) };
    stage.planned = vec![planned(&again)];
    stage.keys("<enter>");
    let says = words(&stage);
    assert!(says.contains("the same request of 2026-11-23 10:15 UTC by Dana Ito"), "{says}");
    assert!(says.contains("It can not charge twice."), "{says}");
    hides(&stage, "Card owner");
    hides(&stage, "Amount");
    stage.keys("<enter><enter>");
    assert_eq!(verified(&stage), None, "not by Enter either");
    stage.text(HOST).keys("<enter>");
    let expected = Confirmed { step: charge(), spend: again, card_owner: None };
    assert_eq!(verified(&stage), Some(vec![expected]));
}

#[test]
fn hosts_are_armed_and_secrets_typed_before_money_is_asked_about() {
    let mut stage = stage((100, 40));
    let signed = Planned {
        effect: Reach::Harmless,
        what: "signed event".to_owned(),
        target: "https://pay.acme.example/hooks".to_owned(),
        arms: Some("pay.acme.example".to_owned()),
        spend: None,
    };
    stage.planned = vec![("live-charge".into(), signed), planned(&spend(Act::Charge))];
    stage.prompts = vec!["live_secret_key".into()];
    stage.keys("<enter>").text("sk_live_canary").keys("<enter>");
    shows(&stage, "To host");
    hides(&stage, "charge a real card");
    stage.text("pay.acme.example").keys("<enter>");
    shows(&stage, "charge a real card");
    stage.text(HOST).keys("<enter>").text("1.00 USD").keys("<enter>").text("Noor Haddad");
    stage.keys("<enter>");
    let verify = stage.asked.iter().find_map(|effect| match effect {
        Effect::Verify { armed, confirmed, .. } => Some((armed.clone(), confirmed.clone())),
        _ => None,
    });
    assert_eq!(verify, Some((vec!["pay.acme.example".to_owned()], vec![confirmed()])));
}

#[test]
fn a_question_that_comes_late_does_not_take_keys_meant_for_another_dialog() {
    let mut stage = stage((100, 40));
    stage.hold = true;
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>").keys("n").text("api.");
    stage.answer().text("note");
    shows(&stage, "api.note");
    stage.keys("<esc>");
    shows(&stage, "charge a real card");
    hides(&stage, "api.note");
}

#[test]
fn what_the_runbook_says_about_cards_is_in_view_while_the_fields_are_filled() {
    for size in SIZES {
        let mut stage = asked(size);
        for (at, text) in [HOST, "1.00 USD", "Noor Haddad"].into_iter().enumerate() {
            let says = words(&stage);
            for caution in [
                "LIVE: charge a real card",
                "Charges 1.00 USD at api.mintcash.me; the page asks for a card.",
                "Never use a customer's card, real or stored, and never anybody else's.",
            ] {
                assert!(
                    says.contains(caution),
                    "no `{caution}` at field {at} of {size:?}:\n{says}"
                );
            }
            stage.text(text).keys("<tab>");
        }
    }
}

#[test]
fn a_section_without_a_caution_of_its_own_has_one_all_the_same() {
    let mut book = golive::runbook::model::Runbook::clone(&book());
    book.sections.iter_mut().for_each(|section| section.caution = None);
    let mut stage = on(Walk::new(std::sync::Arc::new(book)), (100, 40));
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>");
    assert!(words(&stage).contains("Never use a customer's card"), "{}", stage.screen());
}

#[test]
fn the_terms_are_in_the_question() {
    let mut stage = asked((100, 40));
    let says = words(&stage);
    for part in [
        "Charges 1.00 USD at api.mintcash.me; the page asks for a card.",
        "At most 5.00 USD at once. Of 20.00 USD for the whole launch, 20.00 are left before this.",
        "So far no real money has moved in this launch.",
    ] {
        assert!(says.contains(part), "no `{part}` in {says}");
    }
    stage.keys("<esc>");
    let mut stage = on(walk(3), (100, 40));
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>");
    let says = words(&stage);
    assert!(says.contains("19.00 are left before this."), "{says}");
    assert!(says.contains("charged 1.00 USD, refunded 1.00, net 0.00."), "{says}");
    // Caps that nobody set are not made up.
    let mut stage = on(Walk::new(book()), (100, 40));
    stage.limits = Limits::default();
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>");
    assert!(!words(&stage).contains("At most"), "{}", stage.screen());
}

#[test]
fn the_question_at_four_sizes() {
    for size in SIZES {
        let mut stage = asked(size);
        stage.text("api.mint");
        let name = format!("spend_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name.clone(), stage.screen());
        insta::assert_snapshot!(format!("{name}_styles"), stage.styles());
    }
}

#[test]
fn the_question_has_no_colour_where_none_is_wanted_and_no_symbol_where_only_ascii_is() {
    let mut stage = stage((80, 24));
    stage.keys("TTTA");
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<enter>");
    for cell in stage.buffer().content() {
        assert_eq!((cell.fg, cell.bg), Default::default());
    }
    let screen = stage.screen();
    let inside = screen.lines().filter(|line| line.starts_with([' ', '|', '+']));
    let odd: String = inside.flat_map(str::chars).filter(|ch| !ch.is_ascii()).collect();
    assert!(odd.replace(['—', '…'], "").is_empty(), "{odd}\n{screen}");
    insta::assert_snapshot!("spend_mono_ascii_80x24_styles", stage.styles());
}

/// The strokes that confirm, of which some are left out and among which others are put.
fn strokes() -> impl Strategy<Value = Vec<Stroke>> {
    let right: Vec<Stroke> = HOST
        .chars()
        .map(Stroke::Type)
        .chain([Stroke::Keys("<enter>")])
        .chain("1.00 USD".chars().map(Stroke::Type))
        .chain([Stroke::Keys("<enter>")])
        .chain("Bo".chars().map(Stroke::Type))
        .chain([Stroke::Keys("<enter>")])
        .collect();
    let letters = right.iter().filter(|it| matches!(it, Stroke::Type(_))).count();
    let other = prop_oneof![
        Just(Stroke::Keys("<enter>")),
        Just(Stroke::Keys("<tab>")),
        Just(Stroke::Keys("<up>")),
        Just(Stroke::Keys("<down>")),
        Just(Stroke::Keys("<left>")),
        Just(Stroke::Keys("<right>")),
        Just(Stroke::Keys("<space>")),
        Just(Stroke::Keys("<C-u>")),
        Just(Stroke::Paste(HOST)),
        Just(Stroke::Paste("1.00 USD")),
        Just(Stroke::Paste("Noor Haddad")),
    ];
    let gone = prop::collection::hash_set(0..letters, 1..4);
    let put = prop::collection::vec((0..right.len(), other), 0..12);
    (gone, put).prop_map(move |(gone, put)| {
        let mut typed = 0;
        let mut strokes = Vec::new();
        for (at, stroke) in right.iter().enumerate() {
            strokes.extend(put.iter().filter(|(place, _)| *place == at).map(|(_, it)| *it));
            if matches!(stroke, Stroke::Type(_)) {
                typed += 1;
                if gone.contains(&(typed - 1)) {
                    continue;
                }
            }
            strokes.push(*stroke);
        }
        strokes.extend([Stroke::Keys("<enter>"); 3]);
        strokes
    })
}

#[derive(Clone, Copy, Debug)]
enum Stroke {
    Type(char),
    Keys(&'static str),
    Paste(&'static str),
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn fewer_letters_than_there_are_to_type_never_move_money(strokes in strokes()) {
        let mut model = question();
        for stroke in &strokes {
            let msgs = match stroke {
                Stroke::Type(letter) => vec![Msg::Key(letter_key(*letter))],
                Stroke::Keys(keys) => parse(keys).into_iter().map(Msg::Key).collect(),
                Stroke::Paste(text) => vec![Msg::Paste((*text).to_owned())],
            };
            for effect in msgs.into_iter().flat_map(|msg| update(&mut model, msg)) {
                let moves = matches!(
                    &effect,
                    Effect::Verify { confirmed, .. } if !confirmed.is_empty()
                );
                prop_assert!(!moves, "confirmed by {strokes:?}");
            }
        }
    }
}

fn letter_key(letter: char) -> KeyCombination {
    KeyCombination::one_key(KeyCode::Char(letter), KeyModifiers::NONE).normalized()
}

/// The model with the question open, without a screen to draw it on.
fn question() -> Model {
    let mut stage = Stage::new(book(), (80, 24));
    let keys = parse("<esc>/rehearsal.charge<enter><enter>").into_iter().map(Msg::Key);
    let asked: Vec<_> = keys.flat_map(|key| update(&mut stage.model, key)).collect();
    let [Effect::Plan { ticket, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    let (check, plan) = planned(&spend(Act::Charge));
    let plans = Plans { planned: vec![(charge(), check, plan)], ..Plans::default() };
    let planned = Msg::Planned { ticket: *ticket, result: Ok(plans) };
    assert!(update(&mut stage.model, planned).is_empty());
    stage.model
}

#[test]
fn the_strokes_of_the_property_are_those_that_confirm_when_none_is_left_out() {
    let mut model = question();
    let mut effects = Vec::new();
    for letters in [HOST, "1.00 USD", "Bo"] {
        for letter in letters.chars() {
            effects.extend(update(&mut model, Msg::Key(letter_key(letter))));
        }
        for key in parse("<enter>") {
            effects.extend(update(&mut model, Msg::Key(key)));
        }
    }
    let [Effect::Verify { confirmed, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(confirmed[0].card_owner.as_deref(), Some("Bo"));
}

#[test]
fn the_demo_does_not_call_simulated_money_live() {
    let mut stage = stage((100, 40));
    stage.model = Model::new(Opening {
        launch: stage.walk.launch.clone(),
        name: "demo".to_owned(),
        world: stage.walk.world.clone(),
        now: stage.walk.now,
        people: Vec::new(),
        signer: Some("Ada Kim".to_owned()),
        screen: ScreenConfig::default(),
        read_only: None,
        demo: Some(DemoView {
            control: "http://127.0.0.1:1/".to_owned(),
            folder: "/tmp/demo".to_owned(),
            clock: stage.walk.now,
            pages: Vec::new(),
            week_has_passed: false,
            faults: Vec::new(),
        }),
        size: (100, 40),
        week: None,
    });
    stage.planned = vec![planned(&spend(Act::Charge))];
    stage.keys("<esc>").go("rehearsal.charge").keys("<enter>");
    shows(&stage, "DEMO: charge a simulated card");
    shows(&stage, "So far no simulated money has moved in this launch.");
    assert!(!words(&stage).contains("LIVE"), "{}", stage.screen());
}
