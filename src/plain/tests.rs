use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::checks::{Effect, Planned};
use crate::config::{Config, PersonConfig};
use crate::journal::Access;
use crate::launch::decide::Command;
use crate::launch::event::{Event, RunId};
use crate::launch::money::{Act, Spend};
use crate::launch::testing::{money, runbook, section, step, verified};
use crate::plain::money::Spending;
use crate::qr::Code;
use crate::runbook::model::{EvidenceSpec, Origin, Runbook, Section, SignOff, Step};
use crate::runtime::clock::SystemClock;
use crate::runtime::run::StepPlan;
use crate::runtime::workspace::lock;

fn config(folder: &Path, signer: Option<&str>) -> Config {
    Config {
        base: folder.to_owned(),
        launch: "acme".into(),
        state: folder.join("acme.golive.jsonl"),
        people: vec![PersonConfig { name: "Grace".into(), roles: vec!["finance".into()] }],
        signer: signer.map(str::to_owned),
        ..Config::default()
    }
}

fn sample() -> Arc<Runbook> {
    let settled = Step {
        evidence: vec![EvidenceSpec {
            name: "reference".into(),
            about: "The settlement's reference".into(),
            required: true,
            lookup: None,
        }],
        ..step("money.settled")
    };
    let switch = Step {
        irreversible: true,
        blast_radius: Some("Every customer".into()),
        rollback: Some("Swap the keys back".into()),
        ..step("money.switch")
    };
    let both = Step {
        sign_off: SignOff::People { people: 2, roles: vec!["finance".into()] },
        ..step("money.decision")
    };
    runbook(vec![
        section("keys", &[], vec![step("keys.issued"), step("keys.stored")]),
        section("money", &["keys"], vec![settled, both, switch]),
    ])
}

/// Walks with these answers, one per line; what was said.
fn walk_with(folder: &Path, signer: Option<&str>, answers: &[&str]) -> String {
    walk_on(sample(), folder, signer, answers)
}

fn walk_on(book: Arc<Runbook>, folder: &Path, signer: Option<&str>, answers: &[&str]) -> String {
    let workspace = Workspace::open(
        Arc::new(config(folder, signer)),
        book,
        Arc::new(SystemClock),
        Access::Append,
    )
    .unwrap();
    let mut said = Vec::new();
    let input = answers.iter().map(|answer| format!("{answer}\n")).collect::<String>();
    let talk = Talk::new(input.as_bytes(), &mut said, 80, false);
    let code = over(Walk::new(Arc::new(Mutex::new(workspace)), talk).unwrap().run()).unwrap();
    assert_eq!(code, exit::OK);
    String::from_utf8(said).unwrap()
}

fn events(folder: &Path) -> Vec<Event> {
    let workspace = Workspace::open(
        Arc::new(config(folder, None)),
        sample(),
        Arc::new(SystemClock),
        Access::Read,
    )
    .unwrap();
    workspace.launch().entries().iter().map(|entry| entry.event.clone()).collect()
}

#[test]
fn a_signed_step_is_saved_and_the_walk_goes_on_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let said = walk_with(folder.path(), Some("Ada"), &["sign", ""]);
    assert!(said.contains("Step 1 of 5: Title of keys.issued (keys.issued)"), "{said}");
    assert!(said.contains("Saved: keys.issued signed by Ada (journal entry 3)."), "{said}");
    assert!(said.contains("Step 2 of 5: Title of keys.stored (keys.stored)"), "{said}");
    assert!(matches!(events(folder.path()).last(), Some(Event::StepSigned(_))));
}

#[test]
fn the_end_of_the_input_keeps_what_was_saved_and_the_next_walk_resumes_there() {
    let folder = tempfile::tempdir().unwrap();
    walk_with(folder.path(), Some("Ada"), &["sign", ""]);
    let said = walk_with(folder.path(), Some("Ada"), &[]);
    assert!(said.contains("1 of 5 steps are settled."), "{said}");
    assert!(said.contains("Step 2 of 5"), "{said}");
    assert!(!said.contains("Step 1 of 5"), "{said}");
}

#[test]
fn nothing_is_recorded_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let said = walk_with(folder.path(), None, &["sign", ""]);
    assert!(said.contains("Nothing was signed."), "{said}");
    assert!(events(folder.path()).is_empty());
    let said = walk_with(folder.path(), None, &["sign", "Ada", ""]);
    assert!(said.contains("keys.issued signed by Ada"), "{said}");
}

#[test]
fn what_the_launch_refuses_is_said_in_its_words_and_the_walk_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let said = walk_with(
        folder.path(),
        Some("Ada"),
        &["goto", "money.settled", "sign", "R-1", "", "list"],
    );
    assert!(said.contains("Not done: `money.settled` cannot be signed before"), "{said}");
    assert!(said.contains("3. money.settled: locked"), "{said}");
}

#[test]
fn evidence_roles_and_the_phrase_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let sign_keys = ["sign", "", "sign", ""];
    walk_with(folder.path(), Some("Ada"), &sign_keys);
    let said = walk_with(
        folder.path(),
        Some("Ada"),
        &["sign", "SET-7", "", "sign", "", "", "as", "1", "sign", ""],
    );
    assert!(said.contains("Evidence reference (required). The settlement's reference:"), "{said}");
    assert!(said.contains("In the role finance, as golive.yaml says."), "{said}");
    assert!(said.contains("money.decision signed as finance by Grace"), "{said}");
    let said = walk_with(folder.path(), Some("Ada"), &["sign", "", "yes"]);
    assert!(said.contains("Every customer") && said.contains("Swap the keys back"), "{said}");
    assert!(said.contains("That is not it. Nothing was signed."), "{said}");
    let said = walk_with(folder.path(), Some("Ada"), &["sign", "", "money.switch"]);
    assert!(said.contains("5 of 5 steps are settled") || said.contains("is now done"), "{said}");
}

#[test]
fn waiving_skipping_reopening_and_notes_ask_for_words() {
    let folder = tempfile::tempdir().unwrap();
    let answers = [
        "waive",
        "the manager sent them by post",
        "yesterday",
        "3 days",
        "skip",
        "they are kept by the provider",
        "goto",
        "1",
        "reopen",
        "they were revoked",
        "note",
        "asked for new ones",
        "log",
        "quit",
    ];
    let said = walk_with(folder.path(), Some("Ada"), &answers);
    assert!(said.contains("That is no date or span."), "{said}");
    for saved in [
        "Saved: keys.issued waived by Ada",
        "Saved: keys.stored marked as not applicable by Ada",
        "Saved: keys.issued reopened by Ada",
        "Saved: note on keys.issued by Ada",
        "Ada noted on keys.issued: asked for new ones",
        "Everything is saved. Journal head: entry",
    ] {
        assert!(said.contains(saved), "{saved}: {said}");
    }
}

#[test]
fn a_screen_reader_gets_one_line_at_a_time_and_no_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let said = walk_with(folder.path(), Some("Ada"), &["list", "sign", "", "quit"]);
    assert!(!said.contains('\x1b') && !said.contains('\r'), "{said:?}");
    assert!(said.lines().all(|line| line.chars().count() <= 90), "{said}");
}

#[test]
fn what_another_program_signs_is_said_before_the_next_question() {
    let folder = tempfile::tempdir().unwrap();
    walk_with(folder.path(), Some("Ada"), &["sign", ""]);
    walk_with(folder.path(), Some("Grace"), &["sign", ""]);
    let said = walk_with(folder.path(), Some("Ada"), &[]);
    assert!(said.contains("Grace signed keys.stored"), "{said}");
}

fn args(text: &str) -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_str(text).unwrap()
}

/// A runbook from a file: a step verified by a file, and one verified by a command.
fn checked() -> Arc<Runbook> {
    let mut file = verified("keys.file", &["file"]);
    let mut command = verified("keys.command", &["command"]);
    for (step, text) in
        [(&mut file, r#"{"path":"there.txt"}"#), (&mut command, r#"{"argv":["true"]}"#)]
    {
        for spec in &mut step.verify {
            spec.args = args(text);
        }
    }
    let mut book = runbook(vec![section("keys", &[], vec![file, command])]);
    Arc::make_mut(&mut book).origin = Origin::File("team.yaml".into());
    book
}

#[test]
fn a_check_says_what_it_will_do_and_what_it_found_and_its_result_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let said = walk_on(checked(), folder.path(), Some("Ada"), &["verify"]);
    assert!(said.contains("Verifying will:") && said.contains("there.txt"), "{said}");
    assert!(said.contains("file: fail."), "{said}");
    assert!(said.contains("keys.file is now failed."), "{said}");
    std::fs::write(folder.path().join("there.txt"), "here").unwrap();
    let said = walk_on(checked(), folder.path(), Some("Ada"), &["verify"]);
    assert!(said.contains("State: failed"), "the result was kept: {said}");
    assert!(said.contains("keys.file is now done."), "{said}");
    assert!(said.contains("Step 2 of 2"), "{said}");
}

#[test]
fn a_command_of_a_runbook_from_a_file_runs_only_once_it_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let answers = ["goto", "2", "verify", "", "verify", "trust"];
    let said = walk_on(checked(), folder.path(), Some("Ada"), &answers);
    assert!(said.contains("wants to run on this machine:"), "{said}");
    let (before, after) = said.split_once("Saved: runbook trusted by Ada").unwrap();
    assert!(before.contains("command: unknown."), "{before}");
    assert!(after.contains("keys.command is now done."), "{after}");
}

#[test]
fn a_whole_section_is_verified_at_once_and_each_step_says_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("there.txt"), "here").unwrap();
    let said = walk_on(checked(), folder.path(), Some("Ada"), &["section", "trust"]);
    assert!(said.contains("- file: 1 act") && said.contains("- command: 1 act"), "{said}");
    assert!(said.contains("keys.file is now done."), "{said}");
    assert!(said.contains("keys.command is now done."), "{said}");
}

/// A runbook with a roll call before a switch.
fn called() -> Arc<Runbook> {
    let piece = |name: &str| EvidenceSpec {
        name: name.into(),
        about: "What was agreed".into(),
        required: true,
        lookup: None,
    };
    let decision = Step {
        sign_off: SignOff::RollCall { roles: vec!["engineering".into(), "finance".into()] },
        evidence: vec![piece("switch_time"), piece("rollback_owner")],
        ..step("cut.decision")
    };
    let switch = Step {
        irreversible: true,
        blast_radius: Some("Every customer".into()),
        rollback: Some("Swap the keys back".into()),
        evidence: vec![piece("rollback_owner")],
        ..step("cut.switch")
    };
    runbook(vec![section("cut", &[], vec![decision, switch])])
}

#[test]
fn the_roll_call_is_walked_line_by_line_down_to_the_rollback() {
    let folder = tempfile::tempdir().unwrap();
    let walk = |who: &str, answers: &[&str]| walk_on(called(), folder.path(), Some(who), answers);
    let said = walk("Ada", &["call", "engineering", "go", "9:00", "Noor", "", "quit"]);
    assert!(said.contains("The verdict to decide on:"), "{said}");
    assert!(said.contains("engineering: no call yet"), "{said}");
    assert!(said.contains("Saved: engineering says go to cut.decision by Ada"), "{said}");
    // Grace has one role in golive.yaml; a hold takes a reason and shows who can lift it.
    let said = walk("Grace", &["call", "hold", "the bank is closed", "quit"]);
    assert!(said.contains("In the role finance, as golive.yaml says."), "{said}");
    assert!(said.contains("cut.decision is now waiting."), "{said}");
    assert!(said.contains("Held: cut.decision: Grace (finance) holds: the bank is"), "{said}");
    let said = walk("Ada", &["goto", "cut.switch", "sign", "", "", "cut.switch", "quit"]);
    assert!(said.contains("Not done: `cut.switch` rests on `cut.decision`"), "{said}");
    let said = walk("Ada", &["goto", "1", "lift", "it has opened", "quit"]);
    assert!(said.contains("Saved: the hold of finance lifted by Ada"), "{said}");
    let said = walk("Grace", &["goto", "1", "call", "go", "", "", "", "quit"]);
    assert!(said.contains("Enter keeps: 9:00"), "{said}");
    assert!(said.contains("cut.decision is now done."), "{said}");
    let said = walk("Ada", &["goto", "cut.switch", "sign", "", "", "cut.switch", "quit"]);
    assert!(said.contains("GO, decided in cut.decision"), "{said}");
    assert!(said.contains("finance: Grace said go"), "{said}");
    assert!(said.contains("cut.switch is now done."), "{said}");
    let said = walk("Ada", &["rollback", "no", "quit"]);
    assert!(said.contains("Who owns the rollback:\n  Noor"), "{said}");
    assert!(said.contains("The rollback was not called."), "{said}");
    let said = walk("Ada", &["rollback", "rollback", "no event arrives", "quit"]);
    assert!(said.contains("Saved: rollback of cut.switch called by Ada"), "{said}");
    assert!(said.contains("Verdict: NO-GO."), "{said}");
}

/// One step whose check moves real money, and the plan of it.
fn charging(folder: &Path) -> (Arc<Mutex<Workspace>>, Step, Vec<StepPlan>) {
    let step = verified("rehearsal.charge", &["live-charge"]);
    let caution = Some("Use your own card. **Never a customer's.**".to_owned());
    let section = Section { caution, ..section("rehearsal", &[], vec![step.clone()]) };
    let config = Arc::new(config(folder, Some("Ada")));
    let clock = Arc::new(SystemClock);
    let workspace = Workspace::open(config, runbook(vec![section]), clock, Access::Append).unwrap();
    let planned = Planned {
        effect: Effect::Money,
        what: "charge".into(),
        target: "https://api.mintcash.me".into(),
        arms: None,
        spend: Some(Spend::sample(Act::Charge, 100)),
    };
    let plans = vec![(step.id.clone(), "live-charge".into(), planned)];
    (Arc::new(Mutex::new(workspace)), step, plans)
}

/// What comes of these answers to the question before a charge, and what was said.
fn confirming(answers: &[&str]) -> (Spending, String) {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, step, plans) = charging(folder.path());
    let mut said = Vec::new();
    let input = answers.iter().map(|answer| format!("{answer}\n")).collect::<String>();
    let talk = Talk::new(input.as_bytes(), &mut said, 80, false);
    let mut walk = Walk::new(workspace, talk).unwrap();
    let spending = walk.spend(&[step], &plans).unwrap();
    drop(walk);
    (spending, String::from_utf8(said).unwrap())
}

#[test]
fn a_charge_is_confirmed_by_the_same_words_as_on_the_screen() {
    let (spending, said) = confirming(&["api.mintcash.me", "1.00 USD", "Dana Ito", ""]);
    let [only] = spending.confirmed.as_slice() else { panic!("{said}") };
    assert_eq!(only.card_owner.as_deref(), Some("Dana Ito"));
    assert_eq!(only.spend, Spend::sample(Act::Charge, 100));
    assert!(!spending.code);
    for says in [
        "LIVE, real money, for rehearsal.charge. Charges 1.00 USD at api.mintcash.me;",
        "So far no real money has moved in this launch.",
        "Use your own card. **Never a customer's.**",
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
}

#[test]
fn an_answer_that_is_not_the_word_leaves_the_charge_out() {
    for answers in [
        &["", "", "", ""][..],
        &["yes", "1.00 USD", "Dana Ito", ""],
        &["api.mintcash.com", "1.00 USD", "Dana Ito", ""],
        &["api.mintcash.me", "1.00", "Dana Ito", ""],
        &["api.mintcash.me", "1.00 EUR", "Dana Ito", ""],
        &["api.mintcash.me", "1.00 USD", "", ""],
        &["api.mintcash.me", "1.00 USD", "me", ""],
    ] {
        let (spending, said) = confirming(answers);
        assert_eq!(spending.confirmed, [], "{answers:?}: {said}");
        assert!(said.contains("That is left out."), "{said}");
    }
}

#[test]
fn the_page_of_what_was_made_is_said_again_after_a_restart_with_its_code_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let page = "https://pay.mintcash.me/p/pay_01JDQ4T9VXK8M2?lang=en";
    let (workspace, step, _) = charging(folder.path());
    let run = RunId("run-1".into());
    let charge = Spend::sample(Act::Charge, 100);
    let about = (Some("Dana Ito"), None);
    let (commands, intent) = money::sending(&run, "rehearsal.charge", &charge, about);
    let finish = Command::Finish { step: step.id.clone(), run, cancelled: false };
    let by = crate::launch::testing::actor("Ada");
    for command in commands.into_iter().chain([money::made(&intent, "pay_1", Some(page)), finish]) {
        lock(&workspace).submit(&by, &command).unwrap();
    }
    let mut said = Vec::new();
    let talk = Talk::new(&b"qr\nq\n"[..], &mut said, 40, false);
    over(Walk::new(workspace, talk).unwrap().run()).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(said.lines().any(|line| line == page), "the link is not whole: {said}");
    let picture = Code::of(page).unwrap().fitting((40, 99), false).unwrap().text().join("\n");
    assert!(said.contains(&picture), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("charge 1.00 USD: made, not paid yet."), "{said}");
    let line = "Real money: charged 0.00 USD";
    assert!(said.matches(line).count() >= 2, "at every prompt: {said}");
    assert!(!said.contains('\x1b'), "{said:?}");
}
