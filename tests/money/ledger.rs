//! The ledger on every view, as long as money is out.

use golive::launch::testing::Walk;

use crate::scene::{PAGE, SIZES, book, hides, on, shows, walk};

const VIEWS: [&str; 4] = ["", "p", "o", "t"];

#[test]
fn the_line_stands_on_every_view_at_every_size_until_the_ledger_is_even() {
    for size in SIZES {
        for far in 0..4 {
            let mut stage = on(walk(far), size);
            for keys in VIEWS {
                stage.keys(keys);
                let header: String = stage.screen().lines().take(4).collect();
                let line = match far {
                    0 | 1 => "may still be charged 1.00",
                    2 => "net 1.00",
                    _ => "",
                };
                assert!(header.contains(line), "{size:?} {far} {keys}\n{header}");
                assert_eq!(header.contains("Real money"), far < 3, "{size:?} {far} {keys}");
            }
        }
    }
}

#[test]
fn a_launch_without_real_money_says_nothing_of_it() {
    let mut stage = on(Walk::new(book()), (120, 40));
    for keys in VIEWS {
        stage.keys(keys);
        let screen = stage.screen().replace("Rehearsal with real money", "");
        let screen = screen.replace("Real money moves here", "");
        assert!(!screen.contains("eal money:") && !screen.contains("net 0.00"), "{screen}");
    }
}

#[test]
fn a_read_only_journal_and_money_that_is_out_are_both_said() {
    let mut stage = on(walk(2), (60, 20));
    stage.send(golive::app::msg::Msg::ReadOnly("the disk refused the last write".to_owned()));
    for keys in VIEWS {
        stage.keys(keys);
        shows(&stage, "NOT SAVED");
        shows(&stage, "Real money: charged 1.00 USD");
    }
}

#[test]
fn the_overview_lists_every_intent_with_all_that_is_known_of_it() {
    let mut stage = on(walk(3), (120, 60));
    stage.keys("o");
    let says = crate::scene::words(&stage);
    for part in [
        "charge 1.00 USD: charged",
        "rehearsal.charge, 2026-11-23 10:15 UTC by Dana Ito, card of Noor Haddad, at api.mintcash.me",
        "pay_01JDQ4T9VXK8M2, seen by the event log and golive listen",
        "refund 1.00 USD: refunded",
        "by Sam Okafor",
        "ref_01JDQ59, of pay_01JDQ4T9VXK8M2, seen by the API",
        "charged 1.00 USD, refunded 1.00, net 0.00",
    ] {
        assert!(says.contains(part), "no `{part}` in\n{says}");
    }
    hides(&stage, PAGE);
}

#[test]
fn a_step_shows_its_own_intents_and_no_others() {
    let mut stage = on(walk(3), (120, 60));
    stage.keys("l");
    shows(&stage, "charge 1.00 USD: charged");
    hides(&stage, "refund 1.00 USD: refunded");
    stage.go("rehearsal.refund");
    shows(&stage, "refund 1.00 USD: refunded");
    hides(&stage, "charge 1.00 USD: charged");
    stage.go("webhook.signature");
    hides(&stage, "1.00 USD");
}

#[test]
fn a_request_that_may_have_been_sent_says_how_to_find_out() {
    let stage = on(walk(0), (120, 60));
    shows(&stage, "charge 1.00 USD: may have been sent; verify again to find out");
}

#[test]
fn the_ledger_at_four_sizes() {
    for size in SIZES {
        let mut stage = on(walk(2), size);
        let name = |view: &str| format!("ledger_{view}_{}x{}", size.0, size.1);
        stage.keys("l");
        insta::assert_snapshot!(name("step"), stage.screen());
        insta::assert_snapshot!(name("step_styles"), stage.styles());
        stage.keys("o");
        insta::assert_snapshot!(name("overview"), stage.screen());
        stage.keys("p");
        insta::assert_snapshot!(name("present"), stage.screen());
    }
}
