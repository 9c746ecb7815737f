//! The page that asks for a card: its link can be copied, its code can be scanned.

use golive::app::effect::Effect;
use golive::app::msg::Msg;
use golive::checks::Progress;
use golive::launch::event::RunId;
use golive::launch::money::{MoneyFact, Source};
use golive::launch::testing::Walk;
use golive::mintcash::money::Minor;
use golive::qr::Code;
use proptest::prelude::*;
use ratatui::style::Color;

use crate::scanner::{GROUNDS, scan, scan_text};
use crate::scene::{PAGE, SIZES, book, charge, hides, on, shows, walk};
use crate::stage::Stage;

const ABOUT: &str = "Open it and pay with your own card";

/// The screen while a check waits for the page to be paid.
fn waiting(size: (u16, u16), page: &str) -> Stage {
    let mut stage = on(Walk::new(book()), size);
    let progress = Progress::Page { about: ABOUT.to_owned(), url: page.to_owned() };
    let msgs = stage.begin("Dana Ito", &charge(), &RunId("run-live".to_owned()), vec![progress]);
    for msg in msgs {
        stage.send(msg);
    }
    stage.keys("l");
    stage
}

/// Whether something that looks like a code is on the screen.
fn has_code(stage: &Stage) -> bool {
    stage.buffer().content().iter().any(|cell| cell.bg == Color::Indexed(231))
}

/// A link stands on one line from its first letter to its last.
fn has_link(stage: &Stage, link: &str) -> bool {
    stage.screen().lines().any(|line| line.contains(link))
}

#[test]
fn whatever_code_is_shown_can_be_scanned_on_every_ground_at_every_size() {
    let mut seen = Vec::new();
    // Each theme on the grounds that it is for; without colours on every one.
    let [dark, light, grey] = GROUNDS;
    let themes: [&[(u8, u8)]; 4] = [&[dark], &[light], &[grey], &[dark, light]];
    for size in SIZES.into_iter().chain([(79, 30), (160, 45)]) {
        for ascii in [false, true] {
            for (theme, grounds) in themes.into_iter().enumerate() {
                let mut stage = waiting(size, PAGE);
                stage.keys(&"T".repeat(theme)).keys(if ascii { "A" } else { "" }).wait(20);
                for (view, keys) in [("step", ""), ("present", "p"), ("alone", "z")] {
                    stage.keys(keys);
                    for ground in grounds.iter().filter(|_| has_code(&stage)) {
                        let read = scan(stage.buffer(), *ground);
                        let place = format!("{view} {size:?} ascii {ascii} theme {theme}");
                        assert_eq!(read, [PAGE], "{place} on {ground:?}:\n{}", stage.screen());
                        seen.push((view, size, ascii));
                    }
                }
            }
        }
    }
    for claimed in [
        ("alone", (60, 20), false),
        ("alone", (80, 24), false),
        ("step", (120, 40), false),
        ("present", (120, 40), false),
        ("alone", (120, 40), true),
        ("step", (200, 60), false),
        ("step", (200, 60), true),
        ("present", (200, 60), true),
    ] {
        assert!(seen.contains(&claimed), "no code: {claimed:?} in {seen:?}");
    }
}

#[test]
fn the_scanner_sees_a_code_whose_colours_are_turned_as_none() {
    // What the tests above rest on: a code that is light on dark is not read, so that a code which
    // is read has its dark squares dark.
    let code = Code::of(PAGE).unwrap().fitting((200, 100), false).unwrap();
    assert_eq!(scan_text(&code.text(), (0, 255)), [PAGE]);
    assert!(scan_text(&code.text(), (255, 0)).is_empty());
}

#[test]
fn a_code_that_does_not_fit_whole_is_not_shown_and_the_link_is() {
    for size in [(80, 24), (100, 30)] {
        let mut stage = waiting(size, PAGE);
        assert!(!has_code(&stage), "{size:?}\n{}", stage.screen());
        shows(&stage, ABOUT);
        shows(&stage, "z shows its");
        stage.keys("z");
        assert!(has_code(&stage), "{size:?}");
        assert!(has_link(&stage, PAGE), "{size:?}\n{}", stage.screen());
    }
}

#[test]
fn alone_on_the_screen_the_link_begins_a_line_and_is_whole() {
    for size in SIZES {
        let mut stage = waiting(size, PAGE);
        stage.keys("z");
        let screen = stage.screen();
        assert!(screen.lines().any(|line| line == PAGE), "{size:?}\n{screen}");
    }
}

#[test]
fn one_key_copies_the_link_and_one_closes_the_page() {
    let mut stage = waiting((80, 24), PAGE);
    stage.keys("zy");
    assert_eq!(stage.asked.last(), Some(&Effect::Copy { text: PAGE.to_owned() }));
    stage.keys("<esc>");
    shows(&stage, "rehearsal.charge");
}

#[test]
fn a_link_that_is_too_long_for_a_line_is_never_cut() {
    let long = format!("https://pay.mintcash.me/p/{}", "a1B2".repeat(40));
    let mut stage = waiting((60, 20), &long);
    stage.keys("z");
    let screen = stage.screen().replace('\n', "");
    assert!(screen.contains(&long), "{screen}");
}

#[test]
fn a_link_that_would_deceive_has_no_code_and_is_shown_as_it_is() {
    for link in
        ["https://pay.mintcash.me/\u{202e}x", "javascript:alert(1)", "https://münt.example/"]
    {
        let mut stage = waiting((120, 40), link);
        stage.keys("z");
        assert!(!has_code(&stage), "{link}");
        assert!(!stage.screen().contains('\u{202e}'));
    }
}

#[test]
fn after_a_restart_the_page_of_what_was_made_is_there_again() {
    let mut stage = on(walk(1), (120, 40));
    shows(&stage, "To charge 1.00 USD, open");
    assert!(has_code(&stage));
    assert_eq!(scan(stage.buffer(), GROUNDS[0]), [PAGE]);
    stage.keys("p");
    assert_eq!(scan(stage.buffer(), GROUNDS[1]), [PAGE]);
    // A request of which nobody knows whether it arrived has none.
    let stage = on(walk(0), (120, 40));
    assert!(!has_code(&stage));
}

#[test]
fn a_page_that_has_been_paid_is_not_shown_any_more() {
    let mut stage = on(walk(2), (120, 40));
    assert!(!has_code(&stage));
    hides(&stage, PAGE);
    stage.keys("z");
    hides(&stage, PAGE);
}

#[test]
fn a_page_that_is_paid_while_it_stands_alone_says_so() {
    let mut stage = on(walk(1), (120, 40));
    stage.keys("z");
    assert!(has_code(&stage));
    let intent = stage.walk.launch.ledger().intents()[0].intent.id.clone();
    let before = stage.walk.launch.entries().len();
    let fact = MoneyFact::Charged { amount: Minor(100), number: 1 };
    stage.walk.seen(&intent, fact, Source::Listener).unwrap();
    let entries = stage.walk.launch.entries()[before..].to_vec();
    stage.send(Msg::Entries(entries));
    assert!(!has_code(&stage));
    shows(&stage, "This page is not open any more.");
    shows(&stage, "charge 1.00 USD: charged");
}

#[test]
fn a_check_that_still_waits_does_not_keep_a_paid_page_on_the_screen() {
    let mut stage = on(walk(1), (120, 40));
    let progress = Progress::Page { about: ABOUT.to_owned(), url: PAGE.to_owned() };
    let run = RunId("run-live".to_owned());
    for msg in stage.begin("Dana Ito", &charge(), &run, vec![progress]) {
        stage.send(msg);
    }
    shows(&stage, ABOUT);
    assert!(has_code(&stage));
    let intent = stage.walk.launch.ledger().intents()[0].intent.id.clone();
    let before = stage.walk.launch.entries().len();
    let fact = MoneyFact::Charged { amount: Minor(100), number: 1 };
    stage.walk.seen(&intent, fact, Source::Listener).unwrap();
    let entries = stage.walk.launch.entries()[before..].to_vec();
    stage.send(Msg::Entries(entries));
    hides(&stage, ABOUT);
    assert!(!has_code(&stage));
    shows(&stage, "running");
}

#[test]
fn the_page_at_four_sizes() {
    for size in SIZES {
        let mut stage = waiting(size, PAGE);
        for (view, keys) in [("page_step", ""), ("page_present", "p"), ("page_alone", "z")] {
            stage.keys(keys);
            let name = format!("{view}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, stage.screen());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_link_that_has_a_code_is_what_the_code_says(path in "[a-zA-Z0-9_/?=&.-]{1,120}") {
        let link = format!("https://pay.mintcash.me/{path}");
        for ascii in [false, true] {
            let code = Code::of(&link).unwrap().fitting((400, 200), ascii).unwrap();
            let rows = code.text();
            prop_assert!(rows.iter().all(|row| row.chars().count() == code.columns()));
            if !ascii {
                prop_assert_eq!(scan_text(&rows, (0, 255)), std::slice::from_ref(&link));
            }
        }
    }
}
