//! The screen, walked with keys: stories, snapshots, themes, sizes.
//!
//! A story is a string of keys on a [`Stage`](stage::Stage): the real model, launch rules and draw
//! functions with a journal in memory. `INSTA_UPDATE=always cargo test --test screen` writes the
//! snapshots anew; read the difference before you keep it.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod cutover;
mod due;
mod stage;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use golive::app::Model;
use golive::app::effect::Effect;
use golive::app::msg::Msg;
use golive::checks::{CheckReport, Effect as Reach, Finding, Level, Outcome, Planned, Progress};
use golive::config::ThemeName;
use golive::keys::{Action, Keymap};
use golive::launch::event::{Event, RunId};
use golive::launch::standing::StepState;
use golive::launch::testing::{Walk, large_runbook};
use golive::runbook::model::{CheckName, Origin, StepId};
use golive::secrets::Secret;
use proptest::prelude::*;
use stage::{Stage, decided, forged, forged_probes, midway, rehearsed, runbook};

const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (200, 60)];

fn open(size: (u16, u16)) -> Stage {
    let mut stage = Stage::of(midway(), Some("Dana Ito"), size);
    stage.keys("<esc>");
    stage
}

fn fresh() -> Stage {
    Stage::new(runbook(), (100, 40))
}

fn state(stage: &Stage, step: &str) -> StepState {
    stage.walk.state(step).unwrap()
}

#[track_caller]
fn shows(stage: &Stage, text: &str) {
    let screen = stage.screen();
    assert!(screen.contains(text), "no `{text}` on\n{screen}");
}

#[track_caller]
fn hides(stage: &Stage, text: &str) {
    let screen = stage.screen();
    assert!(!screen.contains(text), "`{text}` on\n{screen}");
}

// ---------------------------------------------------------------- stories

#[test]
fn typing_a_name_signs_a_step() {
    let mut stage = fresh();
    stage.go("webhook.registered").keys("<enter>").text("Dana Ito").keys("<enter>");
    stage.text("Ines, by phone").keys("<tab>").text("https://pay.example/hook").keys("<enter>");
    assert_eq!(state(&stage, "webhook.registered"), StepState::Done);
    shows(&stage, "Signed webhook.registered as Dana Ito");
    shows(&stage, "registered url: https://pay.example/hook");
}

#[test]
fn a_held_enter_signs_nothing() {
    let mut stage = fresh();
    stage.go("webhook.registered").keys(&"<enter>".repeat(40));
    assert_eq!(state(&stage, "webhook.registered"), StepState::Ready);
    shows(&stage, "Your name is needed.");
}

#[test]
fn the_first_letter_of_the_signer_is_completed() {
    let mut stage = fresh();
    stage.go("credentials.no-test-keys").keys("<enter>d<enter><enter>");
    assert_eq!(state(&stage, "credentials.no-test-keys"), StepState::Done);
    shows(&stage, "as Dana Ito");
}

#[test]
fn an_irreversible_step_shows_what_can_go_wrong_and_wants_a_phrase_typed() {
    let mut stage = Stage::of(decided(), Some("Dana Ito"), (100, 60));
    stage.keys("<esc>").go("cutover.switch").keys("<enter>");
    shows(&stage, "This can not be taken back");
    shows(&stage, "Every customer who pays from now on");
    shows(&stage, "Stop new payments first");
    shows(&stage, "GO WITH RISKS, decided in cutover.decision");
    shows(&stage, "engineering: Dana Ito said go");
    shows(&stage, "Risk accepted: webhook.signature: Noor Haddad waived it");
    shows(&stage, "Noor Haddad, +49 30 555");
    stage.text("Dana Ito").keys("<enter>").text("9:04 UTC").keys("<enter>");
    assert_eq!(state(&stage, "cutover.switch"), StepState::Ready);
    stage.send(Msg::Paste("cutover.switch".to_owned())).keys("<enter>");
    assert_eq!(state(&stage, "cutover.switch"), StepState::Ready);
    shows(&stage, "Type cutover.switch");
    stage.text("cutover.switch").keys("<enter>");
    assert_eq!(state(&stage, "cutover.switch"), StepState::Done);
}

#[test]
fn a_waiver_has_a_reason_a_name_and_an_end() {
    let mut stage = open((100, 40));
    stage.go("webhook.signature").keys("W");
    shows(&stage, "The launch goes on without this step");
    stage.keys("<enter>");
    shows(&stage, "Reason is needed.");
    stage.text("Fixed in build 214, live tonight").keys("<tab>").text("12 h").keys("<enter>");
    assert_eq!(state(&stage, "webhook.signature"), StepState::Waived);
    shows(&stage, "2026-11-23 22:29 UTC: Fixed in build 214");

    stage.wait(13 * 3_600);
    assert_eq!(state(&stage, "webhook.signature"), StepState::Failed);
    shows(&stage, "✗ failed");
}

#[test]
fn a_step_that_does_not_apply_and_one_that_is_reopened() {
    let mut stage = open((100, 40));
    stage.go("credentials.no-test-keys").keys("R").text("A key came back").keys("<enter>");
    assert_eq!(state(&stage, "credentials.no-test-keys"), StepState::Ready);
    stage.keys("X").text("No config files in production").keys("<enter>");
    assert_eq!(state(&stage, "credentials.no-test-keys"), StepState::NotApplicable);
    shows(&stage, "No config files in production");
}

#[test]
fn a_failing_check_names_what_is_wrong_and_can_not_be_signed() {
    let mut stage = fresh();
    stage.reports.insert("webhook.signature".into(), (forged_probes(), vec![forged()]));
    stage.go("webhook.signature").keys("<enter>");
    shows(&stage, "✗ failed");
    shows(&stage, "✗ no signature");
    shows(&stage, "accepted with 200");
    shows(&stage, "Answer 401 when the header is missing");
    stage.keys("s");
    hides(&stage, "type your name");
    shows(&stage, "have to pass first");
}

#[test]
fn what_a_check_could_not_find_out_is_signed_only_with_words() {
    let mut stage = open((100, 40));
    stage.go("webhook.dedupe").keys("s").text("Dana Ito").keys("<enter><enter>");
    shows(&stage, "Note is needed.");
    stage.text("Counted the orders by hand").keys("<enter>");
    assert_eq!(state(&stage, "webhook.dedupe"), StepState::Done);
}

#[test]
fn what_a_signature_rests_on_changes_and_the_step_is_stale() {
    let mut stage = Stage::of(rehearsed(), Some("Dana Ito"), (100, 40));
    stage.keys("<esc>");
    stage.walk.fact("webhook_url", "https://pay.acme.example/v2/hooks");
    let mut walk = stage.walk.clone();
    walk.fact("commit of .", "0000000");
    stage.send(Msg::World(walk.world.clone()));
    stage.go("credentials.secret-storage");
    shows(&stage, "↻ stale");
    shows(&stage, "commit of .");
    shows(&stage, "was 4f9d2c1");
    shows(&stage, "now 0000000");
}

#[test]
fn a_signature_counts_once_the_disk_has_it() {
    let mut stage = fresh();
    stage.hold = true;
    stage.go("credentials.no-test-keys").keys("<enter>d<enter><enter>");
    shows(&stage, "saving Dana Ito's signature");
    shows(&stage, "saving");
    hides(&stage, "Signed credentials.no-test-keys");
    stage.answer();
    shows(&stage, "Signed credentials.no-test-keys as Dana Ito");
    hides(&stage, "saving Dana");
}

#[test]
fn what_could_not_be_saved_comes_back_with_its_words_and_the_reason() {
    let mut stage = fresh();
    stage.refuse = Some("No space left on the disk. Free some, then try again.".to_owned());
    stage.go("webhook.registered").keys("n").text("Ask Ines first").keys("<enter>");
    shows(&stage, "No space left on the disk");
    shows(&stage, "Ask Ines first");
    stage.keys("<enter>");
    shows(&stage, "Note kept");
}

#[test]
fn whoever_comes_back_reads_what_happened_meanwhile() {
    let mut stage = Stage::of(midway(), Some("Noor Haddad"), (100, 40));
    shows(&stage, "Since you left");
    shows(&stage, "You were here last on 2026-11-23 10:20 UTC.");
    shows(&stage, "Sam Okafor marked credentials.old-webhook not");
    shows(&stage, "Dana Ito verified webhook.signature: fail");
    shows(&stage, "NO-GO");
    stage.keys("<esc>");
    hides(&stage, "Since you left");
    stage.keys("u");
    shows(&stage, "Since you left");
}

#[test]
fn one_key_changes_who_signs_and_the_name_stays_in_sight() {
    let mut stage = fresh();
    shows(&stage, "Dana Ito signs");
    stage.keys("w2");
    shows(&stage, "Sam Okafor signs");
    stage.keys("w").text("Robin").keys("<enter>");
    shows(&stage, "Robin signs");
    for keys in ["p", "o", "t", "<tab>"] {
        stage.keys(keys);
        shows(&stage, "Robin signs");
    }
}

#[test]
fn checks_that_nobody_signs_for_ask_who_it_is_first() {
    let mut stage = Stage::of(Walk::new(runbook()), None, (100, 40));
    stage.keys("<esc>");
    shows(&stage, "nobody signs yet");
    stage.reports.insert(
        "webhook.endpoint".into(),
        (vec![], vec![CheckReport::new(Outcome::Pass, "sound")]),
    );
    stage.go("webhook.endpoint").keys("<enter>1");
    assert_eq!(state(&stage, "webhook.endpoint"), StepState::Ready);
    assert!(
        stage
            .asked
            .iter()
            .any(|effect| { matches!(effect, Effect::Verify { by, .. } if by == "Dana Ito") })
    );
}

#[test]
fn signed_probes_leave_only_after_their_host_was_typed() {
    let mut stage = fresh();
    let planned = |what: &str, effect, arms| planned("webhook-signature", what, effect, arms);
    stage.planned = vec![
        planned("POST without a signature", Reach::Refusable, None),
        planned("POST signed and inert", Reach::Harmless, Some("pay.acme.example")),
    ];
    let verified = |stage: &Stage| {
        stage.asked.iter().find_map(|effect| match effect {
            Effect::Verify { armed, .. } => Some(armed.clone()),
            _ => None,
        })
    };
    stage.go("webhook.signature").keys("<enter>");
    shows(&stage, "POST signed and inert");
    shows(&stage, "harmless");
    shows(&stage, "https://pay.acme.example/hooks");
    stage.keys("<enter><enter><enter>").send(Msg::Paste("pay.acme.example\n".to_owned()));
    stage.keys("<enter>");
    assert_eq!(verified(&stage), None, "Enter and a paste are no confirmation");
    stage.text("pay.acme.exampl").keys("<enter>");
    assert_eq!(verified(&stage), None, "a name that is not whole is none");
    stage.text("e").keys("<enter>");
    assert_eq!(verified(&stage), Some(vec!["pay.acme.example".to_owned()]));
}

#[test]
fn a_summary_that_a_finding_says_again_is_shown_once() {
    for (message, times) in [("It is open. Close it.", 1), ("The door is open.", 2)] {
        let mut stage = fresh();
        let finding = Finding::new(Level::Blocking, message);
        let report = CheckReport::new(Outcome::Fail, "It is open.").with(finding);
        stage.reports.insert("webhook.signature".into(), (vec![], vec![report]));
        stage.go("webhook.signature").keys("<enter>");
        assert_eq!(stage.screen().matches(" open.").count(), times, "{}", stage.screen());
    }
}

/// Something that a check plans to send to the handler.
fn planned(check: &str, what: &str, effect: Reach, arms: Option<&str>) -> (CheckName, Planned) {
    let (what, arms) = (what.to_owned(), arms.map(str::to_owned));
    let target = "https://pay.acme.example/hooks".to_owned();
    (check.into(), Planned { effect, what, target, arms, spend: None })
}

#[test]
fn what_arming_a_host_means_is_seen_whole_on_a_small_screen() {
    let mut stage = Stage::new(runbook(), (80, 24));
    let arms = Some("pay.acme.example");
    for check in ["webhook-endpoint", "webhook-signature", "webhook-dedupe", "webhook-latency"] {
        let forged = planned(check, "POST without a signature", Reach::Refusable, None);
        let signed = planned(check, "correctly signed event", Reach::Harmless, arms);
        stage.planned.extend(std::iter::repeat_n(forged, 18));
        stage.planned.extend(std::iter::repeat_n(signed, 9));
    }
    let burst = planned("webhook-dedupe", "fifty copies at once", Reach::Harmless, arms);
    stage.planned.push(burst);
    stage.go("webhook.signature").keys("<enter>");
    insta::assert_snapshot!("arm_80x24", stage.screen());
}

#[test]
fn probes_that_need_no_arming_can_be_sent_alone() {
    let mut stage = fresh();
    let arms = Some("pay.acme.example");
    stage.planned = vec![planned("webhook-signature", "POST signed", Reach::Harmless, arms)];
    stage.go("webhook.signature").keys("<enter><up><right><enter>");
    let armed = stage.asked.iter().find_map(|effect| match effect {
        Effect::Verify { armed, .. } => Some(armed.len()),
        _ => None,
    });
    assert_eq!(armed, Some(0));
}

#[test]
fn a_secret_is_asked_for_masked_and_the_checks_go_on() {
    let mut stage = fresh();
    stage.prompts = vec!["live_secret_key".into(), "webhook_secret".into()];
    stage.reports.insert(
        "credentials.secret-storage".into(),
        (vec![], vec![CheckReport::new(Outcome::Pass, "clean")]),
    );
    stage.go("credentials.secret-storage").keys("<enter>");
    shows(&stage, "The signing secret of the live webhook");
    stage.text("canary-webhook").keys("<enter>");
    stage.text("sk_live_canary");
    shows(&stage, "begins with sk_live_, as it should");
    hides(&stage, "canary");
    assert!(!format!("{:?}", stage.model).contains("canary"));
    stage.keys("<enter>");
    assert_eq!(state(&stage, "credentials.secret-storage"), StepState::Ready);
    let secret = Secret::new("sk_live_canary".to_owned());
    let input = "live_secret_key".into();
    assert!(stage.asked.contains(&Effect::Answer { input, secret }));
}

#[test]
fn a_runbook_from_a_file_is_trusted_before_its_commands_run() {
    let mut foreign = golive::runbook::model::Runbook::clone(&runbook());
    foreign.origin = Origin::File("runbook.yaml".into());
    for step in foreign.sections.iter_mut().flat_map(|section| &mut section.steps) {
        for spec in &mut step.verify {
            spec.check = "command".into();
            spec.args.insert("run".to_owned(), serde_json::json!(["rm", "-rf", "/srv"]));
        }
    }
    let mut stage = Stage::new(Arc::new(foreign), (100, 40));
    stage.keys("<esc>").go("webhook.endpoint").keys("<enter>");
    shows(&stage, "Trust this runbook?");
    shows(&stage, r#"["rm","-rf","/srv"]"#);
    stage.keys("<enter>");
    assert!(stage.asked.is_empty(), "the safe answer is the one under the cursor");
    stage.reports.insert(
        "webhook.endpoint".into(),
        (vec![], vec![CheckReport::new(Outcome::Pass, "sound")]),
    );
    stage.keys("<enter><left><enter>");
    assert!(stage.walk.launch.is_trusted());
    assert_eq!(state(&stage, "webhook.endpoint"), StepState::Ready);
}

#[test]
fn probes_appear_as_they_finish_and_a_run_can_be_stopped() {
    let mut stage = Stage::new(runbook(), (140, 40));
    let (step, run) = (StepId::from("webhook.signature"), RunId("run-a".to_owned()));
    stage.go("webhook.signature");
    for msg in stage.begin("Dana Ito", &step, &run, forged_probes().split_off(3)) {
        stage.send(msg);
    }
    shows(&stage, "▸ running");
    shows(&stage, "signed with a wrong secret");
    shows(&stage, "39 ms");
    let work = Progress::Work {
        doing: "reading history".into(),
        done: 50_000,
        of: Some(100_000),
        unit: "objects",
    };
    let check = "webhook-signature".into();
    stage.send(Msg::Progress { run: run.clone(), check, progress: work.clone() });
    stage.wait(10);
    let check = "webhook-signature".into();
    stage.send(Msg::Progress { run: run.clone(), check, progress: work });
    shows(&stage, "50 000 of 100 000 objects  5 000/s");
    stage.keys("c");
    assert_eq!(stage.asked.last(), Some(&Effect::Cancel { run: run.clone() }));
    shows(&stage, "stopping for 10 s");

    // News of a run that nobody knows is dropped.
    let check = "webhook-signature".into();
    let late = stage::probe("late probe", "from another run", true, 1);
    stage.send(Msg::Progress { run: RunId("run-b".to_owned()), check, progress: late });
    hides(&stage, "late probe");

    stage.keys("q");
    shows(&stage, "will be stopped");
    stage.keys("<enter>");
    assert!(!stage.asked.contains(&Effect::Quit), "staying is under the cursor");
    for msg in stage.end("Dana Ito", &step, &run) {
        stage.send(msg);
    }
    stage.keys("q");
    assert_eq!(stage.asked.last(), Some(&Effect::Quit));
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut stage = open((100, 40));
    let before = stage.screen();
    let ticket = golive::app::effect::Ticket(999);
    stage.send(Msg::Submitted { ticket, result: Err("stale".to_owned()) });
    stage.send(Msg::Planned { ticket, result: Err("stale".to_owned()) });
    assert_eq!(stage.screen(), before);
}

#[test]
fn a_question_that_comes_late_waits_until_the_open_dialog_is_closed() {
    let mut stage = fresh();
    stage.hold = true;
    stage.prompts = vec!["live_secret_key".into()];
    stage.go("credentials.secret-storage").keys("<enter>").keys("n").text("my no");
    stage.answer().text("te");
    shows(&stage, "my note");
    stage.keys("<esc>");
    shows(&stage, "A secret is needed");
}

#[test]
fn a_journal_that_can_not_be_written_is_unmissable_and_nothing_can_be_signed() {
    let mut stage = fresh();
    let why = "the disk refused the last write. Restart golive when it is repaired.";
    stage.send(Msg::ReadOnly(why.to_owned()));
    for keys in ["", "p", "o", "t"] {
        stage.keys(keys);
        shows(&stage, "NOT SAVED  the disk refused the last write");
    }
    stage.keys("<esc>s");
    hides(&stage, "type your name");
    shows(&stage, "read-only");
}

#[test]
fn what_others_sign_appears_by_itself() {
    let mut stage = fresh();
    let entries = stage.walk.sign("Sam Okafor", "credentials.no-test-keys").unwrap();
    stage.send(Msg::Entries(entries));
    shows(&stage, "Sam Okafor signed credentials.no-test-keys");
}

#[test]
fn the_search_finds_steps_and_the_palette_finds_commands() {
    let mut stage = fresh();
    stage.keys("/").text("forged").keys("<enter>");
    shows(&stage, "webhook.signature");
    stage.keys(":").text("audit").keys("<enter>");
    shows(&stage, "pinned the runbook");
}

#[test]
fn the_audit_trail_leads_to_the_step_of_an_entry() {
    let mut stage = open((100, 40));
    stage.keys("tkkkk");
    shows(&stage, "entry 15");
    stage.keys("<enter>");
    shows(&stage, "webhook.signature");
    shows(&stage, "✗ failed");
}

#[test]
fn the_mouse_is_off_until_asked_for_and_then_selects_and_scrolls() {
    let mut stage = open((100, 40));
    stage.keys("m");
    assert_eq!(stage.asked.last(), Some(&Effect::Mouse { on: true }));
    shows(&stage, "mouse on");
    stage.send(Msg::Click { column: 10, row: 6 });
    shows(&stage, "credentials.no-test-keys");
    let before = stage.screen();
    stage.send(Msg::Wheel { column: 80, row: 10, lines: 3 });
    assert_ne!(stage.screen(), before);
}

#[test]
fn help_names_every_action_with_its_key() {
    let mut stage = Stage::new(runbook(), (120, 80));
    stage.keys("?");
    let keymap = Keymap::standard();
    for action in Action::ALL {
        let about = action.about().split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        shows(&stage, &about);
        shows(&stage, &keymap.hint(action));
    }
}

#[test]
fn every_key_in_the_footer_does_something() {
    let mut stage = open((200, 40));
    for number in 0..12 {
        stage.keys("g").keys(&"j".repeat(number));
        for action in golive::app::query::footer(&stage.model) {
            assert!(golive::app::query::can(&stage.model, action), "{action:?}");
        }
    }
}

#[test]
fn an_idle_screen_asks_to_be_woken_only_when_something_will_change() {
    let mut stage = Stage::new(runbook(), (100, 40));
    stage.wait(60);
    assert_eq!(stage.model.wakes_at(), None);
    stage.keys("T");
    assert!(stage.model.wakes_at().is_some(), "the message leaves by itself");
    stage.wait(9);
    assert_eq!(stage.model.wakes_at(), None);
    let drawn = stage.draws;
    assert_eq!(stage.draws, drawn);
}

#[test]
fn control_characters_of_others_are_shown_and_not_obeyed() {
    let mut stage = open((100, 40));
    let step = Some(StepId::from("webhook.signature"));
    let text = "\u{1b}[2J\u{202e}gone".to_owned();
    // The launch takes no such name; a journal that was written by something else may hold it.
    let entry = stage.walk.record("Ev\u{1b}il", Event::Note { step, text });
    stage.send(Msg::Entries(vec![entry])).go("webhook.signature").keys("lG");
    shows(&stage, "^[[2J<U+202E>gone");
    assert!(!stage.screen().chars().any(|ch| ch.is_control() && ch != '\n'));
}

// ---------------------------------------------------------------- sizes, themes

#[test]
fn a_screen_too_small_says_so_and_the_keys_still_work() {
    let mut stage = open((59, 20));
    shows(&stage, "golive needs 60x20");
    stage.keys("q");
    assert_eq!(stage.asked.last(), Some(&Effect::Quit));
    stage.send(Msg::Resize { width: 60, height: 20 });
    hides(&stage, "golive needs");
}

/// The words and symbols of every state, in a theme without colour and in ASCII.
#[test]
fn mono_and_ascii_still_tell_all_states_apart() {
    for ascii in [false, true] {
        let mut stage = Stage::new(runbook(), (120, 60));
        stage.keys("TTT");
        assert_eq!(stage.model.look().theme, ThemeName::Mono);
        if ascii {
            stage.keys("A");
        }
        stage.keys("?").keys(&"<space>".repeat(9));
        let screen = stage.screen();
        let signs: HashSet<String> = StepState::ALL
            .map(|state| {
                let at = format!(" {} ", state.word());
                let line = screen
                    .lines()
                    .rfind(|line| line.contains(&at))
                    .unwrap_or_else(|| panic!("{} is missing:\n{screen}", state.word()));
                line.trim_matches(['│', '|', ' ']).chars().next().unwrap().to_string()
            })
            .into();
        assert_eq!(signs.len(), StepState::ALL.len(), "{screen}");
        if ascii {
            assert!(screen.is_ascii(), "{screen}");
        }
        for cell in stage.buffer().content() {
            assert_eq!(cell.fg, ratatui::style::Color::Reset);
            assert_eq!(cell.bg, ratatui::style::Color::Reset);
        }
    }
}

#[test]
fn ascii_reaches_every_view() {
    let mut stage = open((120, 40));
    stage.keys("A");
    for keys in ["", "p", "o", "t", "<esc>/", "<esc>w", "<esc>?"] {
        stage.keys(keys);
        let screen = stage.screen();
        let odd: String = screen.chars().filter(|ch| !ch.is_ascii()).collect();
        let of_the_runbook = ['…', '—', '→'];
        let odd = odd.replace(of_the_runbook, "");
        assert!(odd.is_empty(), "{odd} after {keys}\n{screen}");
    }
}

#[test]
fn every_theme_keeps_to_the_terminals_own_background() {
    for theme in 0..4 {
        let mut stage = open((120, 40));
        stage.keys(&"T".repeat(theme));
        for keys in ["", "p", "o", "t", "<esc>s"] {
            stage.keys(keys);
            for cell in stage.buffer().content() {
                assert_eq!(cell.bg, ratatui::style::Color::Reset);
            }
        }
    }
}

#[test]
fn the_walk_at_four_sizes() {
    for size in SIZES {
        let mut stage = open(size);
        stage.go("webhook.signature");
        let name = format!("walk_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name.clone(), stage.screen());
        insta::assert_snapshot!(format!("{name}_styles"), stage.styles());
    }
}

#[test]
fn the_walk_in_every_theme() {
    for (turns, theme) in ["dark", "light", "high-contrast", "mono"].into_iter().enumerate() {
        let mut stage = open((80, 24));
        stage.go("webhook.signature").keys(&"T".repeat(turns)).wait(10);
        insta::assert_snapshot!(format!("theme_{theme}"), stage.styles());
    }
}

#[test]
fn the_other_views_at_two_sizes() {
    for size in [(60, 20), (80, 24), (120, 40)] {
        let mut stage = open(size);
        stage.go("webhook.signature");
        for (view, keys) in [("present", "p"), ("overview", "o"), ("trail", "t")] {
            stage.keys(keys);
            insta::assert_snapshot!(format!("{view}_{}x{}", size.0, size.1), stage.screen());
        }
    }
}

#[test]
fn the_dialogs_at_two_sizes() {
    for size in [(60, 20), (100, 40)] {
        let mut stage = open(size);
        stage.go("webhook.registered");
        let dialogs = [
            ("sign", "s"),
            ("waive", "W"),
            ("note", "n"),
            ("signer", "w"),
            ("search", "/"),
            ("palette", ":"),
            ("help", "?"),
            ("since", "u"),
        ];
        for (dialog, keys) in dialogs {
            stage.keys(keys);
            insta::assert_snapshot!(format!("{dialog}_{}x{}", size.0, size.1), stage.screen());
            stage.keys("<esc>");
        }
    }
}

#[test]
fn ten_thousand_steps_draw_as_fast_as_twenty() {
    let time = |steps| {
        let mut stage = Stage::new(large_runbook(steps), (200, 60));
        stage.keys("<esc>");
        let fastest = (0..30).map(|_| {
            let begun = std::time::Instant::now();
            stage.keys("j");
            begun.elapsed()
        });
        fastest.min().unwrap()
    };
    let (few, many) = (time(40), time(10_000));
    assert!(many < few * 3 + Duration::from_millis(5), "{few:?} → {many:?}");
}

fn any_keys() -> impl Strategy<Value = Vec<(u8, u16, u16)>> {
    prop::collection::vec((any::<u8>(), 0u16..=300, 0u16..=100), 1..60)
}

const PRESSED: &[&str] = &[
    "j", "k", "J", "K", "g", "G", ".", "<space>", "b", "l", "h", "<tab>", "p", "o", "t", "u", "/",
    ":", "?", "<esc>", "<enter>", "v", "V", "c", "s", "n", "W", "X", "R", "w", "T", "A", "m", "y",
    "e", "B", "L", "f", "+", "0", "<C-l>", "q", "d", "支", "<back>", "<left>", "<right>", "<up>",
    "<down>", "1", "<C-u>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_and_no_size_make_it_panic(acts in any_keys()) {
        let mut stage = open((80, 24));
        stage.reports.insert("webhook.signature".into(), (forged_probes(), vec![forged()]));
        for (act, width, height) in acts {
            match PRESSED.get(usize::from(act)) {
                Some(keys) => stage.keys(keys),
                None if act < 100 => stage.send(Msg::Resize { width, height }),
                None if act < 120 => stage.send(Msg::Click { column: width, row: height }),
                None if act < 140 => stage.send(Msg::Wheel { column: width, row: height, lines: -3 }),
                None if act < 160 => stage.send(Msg::Paste("支払い \u{1b}[2J\r\nx".to_owned())),
                None => stage.keys(PRESSED[usize::from(act) % PRESSED.len()]),
            };
        }
    }
}

#[test]
fn a_dialog_on_the_smallest_screen_loses_no_words() {
    let mut stage = open((60, 20));
    stage.go("webhook.signature").keys("W");
    let said = stage.screen().replace(['│', '\n'], " ");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("your reason and your name until it is done or the waiver ends."),
        "{said}"
    );
}

#[test]
fn every_size_can_be_drawn() {
    let mut stage = open((80, 24));
    for width in (0..=300).step_by(23).chain([0, 1, 59, 60, 61, 79, 80, 149, 150, 300]) {
        for height in [0, 1, 2, 3, 5, 19, 20, 21, 24, 60, 100] {
            stage.send(Msg::Resize { width, height });
            stage.keys("s").keys("<esc>");
        }
    }
}

// ---------------------------------------------------------------- what is generated

#[test]
fn the_pictures_in_the_readme_are_up_to_date() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for (name, svg) in stage::pictures::all() {
        let kept = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(kept == svg, "{name} is out of date: cargo run --example screenshots");
    }
}

#[test]
fn a_model_opens_without_a_single_step() {
    let empty = golive::launch::testing::runbook(Vec::new());
    let mut stage = Stage::new(empty, (80, 24));
    shows(&stage, "This runbook has no steps.");
    stage.keys("jkJKgG.vscnWXRpot/<enter><esc>");
    let _: &Model = &stage.model;
}
