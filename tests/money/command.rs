//! The ledger on the command line and in reports, and what `--spend` refuses.

use std::sync::Arc;

use golive::config::Config;
use golive::journal::Access;
use golive::launch::decide::Command;
use golive::launch::event::RunId;
use golive::launch::money::{Act, MoneyFact, Source, Spend};
use golive::launch::testing::{actor, money};
use golive::mintcash::money::Minor;
use golive::runbook::model::Origin;
use golive::runtime::clock::Clock;
use golive::runtime::workspace::Workspace;
use golive::time::Timestamp;

use crate::scanner::Pixels;
use crate::scene::PAGE;
use crate::support::{NOW, TestEnvironment};

const RUNBOOK: &str = "format: 1
id: shop
title: Shop goes live
sections:
  - id: rehearsal
    title: Rehearsal
    steps:
      - id: charge
        title: One real payment
        why: It finds what no sandbox can.
        how: Pay.
        severity: blocking
        verify:
          - file: { path: marker }
        sign_off: verified
      - id: refund
        title: The payment is refunded
        why: It has to work.
        how: Refund.
        severity: blocking
        verify:
          - file: { path: marker }
        sign_off: verified
";

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A launch in which a charge has come so far: nothing, sent, made, charged, given back.
fn environment(far: usize) -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("runbook.yaml", RUNBOOK);
    if far == 0 {
        return environment;
    }
    let mut workspace = workspace(&environment);
    for command in commands(far) {
        workspace.submit(&actor("Dana Ito"), &command).unwrap();
    }
    environment
}

/// The launch of an environment, as the program itself opens it.
pub fn workspace(environment: &TestEnvironment) -> Workspace {
    let file = environment.write("runbook.yaml", RUNBOOK);
    let runbook = golive::runbook::parse(RUNBOOK, Origin::File(file)).unwrap();
    let config = Config {
        base: environment.project(),
        launch: "shop".into(),
        state: environment.journal(),
        ..Config::default()
    };
    let clock = Arc::new(Still(Timestamp::parse(NOW).unwrap()));
    let (config, runbook) = (Arc::new(config), Arc::new(runbook));
    Workspace::open(config, runbook, clock, Access::Append).unwrap()
}

fn commands(far: usize) -> Vec<Command> {
    let ended = |step: &str, run: &RunId| Command::Finish {
        step: step.into(),
        run: run.clone(),
        cancelled: false,
    };
    let run = RunId("run-1".into());
    let charge = Spend::sample(Act::Charge, 100);
    let about = (Some("Noor Haddad"), None);
    let (sent, intent) = money::sending(&run, "rehearsal.charge", &charge, about);
    let mut all = sent.to_vec();
    all.push(ended("rehearsal.charge", &run));
    if far > 1 {
        all.push(money::made(&intent, "pay_1", Some(PAGE)));
    }
    if far > 2 {
        let fact = MoneyFact::Charged { amount: Minor(100), number: 1 };
        all.push(money::seen(&intent, fact, Source::Listener));
    }
    if far > 3 {
        let run = RunId("run-2".into());
        let refund = Spend::sample(Act::Refund, 100);
        let of = (None, Some("pay_1"));
        let (sent, intent) = money::sending(&run, "rehearsal.refund", &refund, of);
        all.extend(sent);
        all.push(money::made(&intent, "ref_1", None));
        let fact = MoneyFact::Refunded { amount: Minor(100) };
        all.push(money::seen(&intent, fact, Source::Api));
        all.push(ended("rehearsal.refund", &run));
    }
    all
}

#[test]
fn the_ledger_is_told_with_an_exit_code_that_says_whether_it_is_even() {
    for (far, code, says) in [
        (0, 0, "no real money has moved in this launch"),
        (1, 5, "may have been sent; verify again to find out"),
        (2, 5, "may still be charged 1.00"),
        (3, 5, "Real money: charged 1.00 USD, refunded 0.00, net 1.00"),
        (4, 0, "Even: charged 1.00 USD, refunded 1.00, net 0.00"),
    ] {
        let ran = environment(far).golive(&["money"]);
        assert_eq!(ran.code, Some(code), "{far}: {ran:?}");
        assert!(ran.out.contains(says), "{far}: {}", ran.out);
        assert!(!ran.out.contains("pay.mintcash.me"), "{}", ran.out);
    }
}

#[test]
fn the_document_of_the_ledger_has_the_shape_that_other_programs_rely_on() {
    let environment = environment(4);
    let document = environment.golive(&["money", "--format", "json"]).json();
    insta::assert_snapshot!(format!("{document:#}"));
}

#[test]
fn the_page_is_in_the_ledger_only_where_it_was_asked_for() {
    let environment = environment(2);
    let plain = environment.golive(&["money", "--format", "json"]);
    assert!(!plain.out.contains("pay.mintcash.me"), "{}", plain.out);
    let asked = environment.golive(&["money", "--qr", "--format", "json"]).json();
    assert_eq!(asked["intents"][0]["page"], PAGE);
    for command in [&["report"][..], &["report", "--format", "json"], &["status"], &["log"]] {
        let ran = environment.golive(command);
        assert!(!(ran.out + &ran.err).contains("pay.mintcash.me/p"), "{command:?}");
    }
}

#[test]
fn the_page_can_be_copied_and_scanned_from_the_terminal() {
    let environment = environment(2);
    let ran = environment.golive(&["money", "--qr", "--color", "always"]);
    assert!(ran.out.lines().any(|line| line == PAGE), "{}", ran.out);
    for ground in [0, 255] {
        assert_eq!(scan(&ran.out, ground), [PAGE], "on {ground}:\n{}", ran.out);
    }
    // Without colours it is right where letters are light.
    let ran = environment.golive(&["money", "--qr"]);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    assert_eq!(scan(&ran.out, 0), [PAGE], "{}", ran.out);
    assert!(ran.err.contains("--color always"), "{}", ran.err);
    let ran = environment.golive(&["status", "--color", "always"]);
    assert!(!ran.out.contains(PAGE));
}

/// What a scanner reads on a terminal of that ground that shows this output.
fn scan(output: &str, ground: u8) -> Vec<String> {
    let mut terminal = vt100::Parser::new(60.try_into().unwrap(), 100.try_into().unwrap(), 0);
    terminal.process(output.replace('\n', "\r\n").as_bytes());
    let screen = terminal.screen();
    let shade = |color: vt100::Color, otherwise: u8| match color {
        vt100::Color::Idx(16) => 0,
        vt100::Color::Idx(231) => 255,
        _ => otherwise,
    };
    let pixels = Pixels::of(100, 60, |column, row| {
        let at = (u16::try_from(row).unwrap(), u16::try_from(column).unwrap());
        let cell = screen.cell(at.0, at.1).unwrap();
        let glyph = cell.contents().chars().next().unwrap_or(' ');
        (glyph, shade(cell.fgcolor(), 255 - ground), shade(cell.bgcolor(), ground))
    });
    pixels.read()
}

#[test]
fn status_names_the_ledger_as_long_as_it_is_not_even() {
    let ran = environment(3).golive(&["status"]);
    assert!(ran.out.contains("Real money: charged 1.00 USD"), "{}", ran.out);
    let document = environment(3).golive(&["status", "--format", "json"]).json();
    assert_eq!(document["realMoney"]["even"], false);
    assert_eq!(document["realMoney"]["totals"][0]["net"], "1.00");
    let even = environment(4).golive(&["status"]);
    assert!(!even.out.contains("Real money"), "{}", even.out);
    let none = environment(0).golive(&["status", "--format", "json"]).json();
    assert!(none.get("realMoney").is_none());
}

#[test]
fn the_report_has_the_ledger_with_card_owners_and_where_it_was_seen() {
    let environment = environment(4);
    let report = environment.must(&["report"]).out;
    for says in [
        "## Real money",
        "In all: charged 1.00 USD, refunded 1.00, net 0.00",
        "charge 1.00 USD for `rehearsal.charge`: charged.",
        "on the card of Noor Haddad",
        "charged 1.00, seen by golive listen",
        "refunded 1.00, seen by the API",
    ] {
        assert!(report.contains(says), "no `{says}` in\n{report}");
    }
    let document = environment.must(&["report", "--format", "json"]).json();
    assert_eq!(document["realMoney"]["even"], true);
    assert_eq!(document["realMoney"]["intents"][0]["cardOwner"], "Noor Haddad");
    let uneven = self::environment(3).must(&["report"]).out;
    assert!(uneven.contains("**Not even: money is out, or may still move**"), "{uneven}");
    assert!(!self::environment(0).must(&["report"]).out.contains("## Real money"));
}

#[test]
fn the_audit_trail_tells_what_was_done_with_money() {
    let log = environment(4).must(&["log"]).out;
    for says in [
        "confirmed for rehearsal.charge: charge 1.00 USD at api.mintcash.me, on the card of Noor",
        "is about to charge 1.00 USD at api.mintcash.me",
        "saw by golive listen: charged 1.00",
    ] {
        assert!(log.contains(says), "no `{says}` in\n{log}");
    }
}

#[test]
fn money_that_no_plan_moves_can_not_be_confirmed() {
    let environment = environment(0);
    environment.write("marker", "");
    for (arguments, says) in [
        (&["--spend", "api.mintcash.me 1.00 USD"][..], "Leave --spend out"),
        (&["--spend", "yes"], "nothing that is verified would move real money as `yes`"),
        (&["--card-owner", "Dana Ito"], "--card-owner is given, and no card is charged"),
    ] {
        for more in [&[][..], &["--dry-run"]] {
            let ran = environment.golive(&[&["verify"], arguments, more].concat());
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        }
    }
    assert!(!environment.state().exists(), "nothing was run");
}
