//! The command line as scripts and CI see it: exit codes, refusals, documents, streams.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test says what is missing")]
#![expect(clippy::string_slice, reason = "a test may take what it knows is there")]

mod calls;
mod support;

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use support::TestEnvironment;

/// Every command line that `--help` knows.
const COMMANDS: [&[&str]; 29] = [
    &[],
    &["init"],
    &["demo"],
    &["verify"],
    &["status"],
    &["sign"],
    &["call"],
    &["lift"],
    &["rollback"],
    &["waive"],
    &["skip"],
    &["reopen"],
    &["note"],
    &["money"],
    &["vantage"],
    &["vantage", "import"],
    &["log"],
    &["journal"],
    &["journal", "verify"],
    &["journal", "repair"],
    &["report"],
    &["scan"],
    &["launches"],
    &["runbook"],
    &["runbook", "validate"],
    &["config"],
    &["config", "show"],
    &["completions"],
    &["man"],
];

#[test]
fn the_help_of_every_command_reads_as_it_always_did() {
    let environment = TestEnvironment::new();
    let mut all = String::new();
    for command in COMMANDS {
        let ran = environment.must(&[command, &["-h"]].concat());
        assert_eq!(ran.err, "");
        all.push_str(&format!("$ golive {} -h\n{}\n", command.join(" "), ran.out));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn no_flag_takes_the_value_of_a_secret() {
    let environment = TestEnvironment::new();
    for command in COMMANDS {
        let help = environment.must(&[command, &["--help"]].concat()).out;
        for line in help.lines().filter(|line| line.trim_start().starts_with("--")) {
            let flag = line.to_lowercase();
            for word in ["secret", "password", "token", "key"] {
                assert!(!flag.contains(word), "golive {command:?}: {line}");
            }
        }
    }
}

#[test]
fn completions_and_manual_pages_are_made_for_every_shell_and_command() {
    let environment = TestEnvironment::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = environment.must(&["completions", shell]).out;
        assert!(script.contains("verify") && script.len() > 1_000, "{shell}");
    }
    for command in COMMANDS {
        let page = environment.must(&[&["man"], command].concat()).out;
        assert!(page.contains(".TH"), "{command:?}: {page}");
    }
    let ran = environment.golive(&["man", "verfy"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("did you mean `verify`?"), "{}", ran.err);
}

#[test]
fn verify_ends_with_0_only_when_checks_were_run_and_all_passed() {
    let environment = TestEnvironment::new();
    environment.write("marker", "");
    assert_eq!(environment.golive(&["verify", "prepare.green"]).code, Some(0));
    assert_eq!(environment.golive(&["verify", "prepare.person"]).code, Some(5), "nothing to run");
    assert_eq!(environment.golive(&["verify", "prepare.program"]).code, Some(5), "not trusted");
    fs::remove_file(environment.project().join("marker")).unwrap();
    assert_eq!(environment.golive(&["verify", "prepare.green"]).code, Some(1));
    assert_eq!(environment.golive(&["verify"]).code, Some(1), "a failure outweighs unknown");
}

#[test]
fn a_trusted_runbooks_commands_run_and_the_trust_is_recorded() {
    let environment = TestEnvironment::new();
    let trusted = environment.must(&["runbook", "trust", "--as", "Ada"]);
    assert!(trusted.err.contains("prepare.program runs"), "{}", trusted.err);
    assert_eq!(environment.golive(&["verify", "prepare.program"]).code, Some(0));
    environment.write("runbook.yaml", &support::RUNBOOK.replace("exit 0", "exit 00"));
    let ran = environment.golive(&["verify", "prepare.program"]);
    assert_eq!(ran.code, Some(5), "another text is not trusted: {}", ran.out);
}

#[test]
fn the_document_of_verify_has_the_shape_that_other_programs_rely_on() {
    let environment = TestEnvironment::new();
    environment.write("marker", "");
    environment.write("blocker", "");
    let ran = environment.golive(&["verify", "--format", "json", "--section", "prepare"]);
    assert_eq!(ran.code, Some(1));
    let mut document = ran.json();
    document["durationMs"] = 0.into();
    document["runbook"]["digest"] = "[digest]".into();
    for step in document["steps"].as_array_mut().unwrap() {
        for check in step["checks"].as_array_mut().unwrap() {
            check["durationMs"] = 0.into();
        }
    }
    insta::assert_snapshot!(format!("{document:#}"));
}

#[test]
fn a_dry_run_prints_what_would_be_done_and_leaves_nothing_behind() {
    let environment = TestEnvironment::new();
    let ran = environment.must(&["verify", "--dry-run"]);
    assert!(ran.out.contains("nothing was sent or recorded"), "{}", ran.out);
    assert!(ran.out.contains("marker"), "{}", ran.out);
    let document = environment.must(&["verify", "--dry-run", "--format", "json"]).json();
    assert_eq!(document["schema"], "golive.plan/1");
    assert_eq!(document["steps"][0]["planned"][0]["effect"], "reads");
    assert!(!environment.state().exists(), "{:?}", environment.files());
}

#[test]
fn arming_a_host_that_no_probe_goes_to_is_refused() {
    let environment = TestEnvironment::new();
    let ran = environment.golive(&["verify", "--arm", "shop.example"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("no signed probe would go to `shop.example`"), "{}", ran.err);
    assert!(!environment.state().exists());
}

#[test]
fn status_says_the_verdict_with_its_exit_code() {
    let mut environment = TestEnvironment::new();
    environment.set("GOLIVE_AS", "Ada");
    let verdict = |environment: &TestEnvironment| {
        let ran = environment.golive(&["status", "--format", "json"]);
        (ran.code, ran.json()["verdict"]["kind"].as_str().unwrap().to_owned())
    };
    assert_eq!(verdict(&environment), (Some(3), "not-yet".into()));
    environment.golive(&["verify", "prepare.green"]);
    assert_eq!(verdict(&environment), (Some(1), "no-go".into()));
    environment.write("marker", "");
    environment.must(&["verify", "prepare.green", "prepare.red"]);
    environment.must(&["sign", "prepare.person", "--evidence", "ticket=T-1"]);
    environment.must(&["waive", "prepare.program", "--reason", "the program is being rewritten"]);
    let (code, kind) = verdict(&environment);
    assert_eq!((code, kind.as_str()), (Some(4), "go-with-risks"));
    environment.must(&["reopen", "prepare.program", "--reason", "it is there again"]);
    environment.must(&["runbook", "trust"]);
    environment.must(&["verify", "prepare.program"]);
    assert_eq!(verdict(&environment), (Some(0), "go".into()));
}

#[test]
fn the_document_of_status_has_the_shape_that_other_programs_rely_on() {
    let environment = TestEnvironment::new();
    environment.must(&["sign", "prepare.person", "--evidence", "ticket=T-1", "--as", "Ada"]);
    let mut document = environment.golive(&["status", "--format", "json"]).json();
    document["runbook"]["digest"] = "[digest]".into();
    assert_eq!(document["journal"]["head"]["hash"].as_str().unwrap().len(), 64);
    document["journal"]["head"]["hash"] = "[hash]".into();
    insta::assert_snapshot!(environment.stable(&format!("{document:#}")));
}

#[test]
fn status_for_people_names_the_verdict_the_next_step_the_command_and_the_head() {
    let environment = TestEnvironment::new();
    let ran = environment.golive(&["status"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn something_unknown_makes_status_end_with_5() {
    let environment = TestEnvironment::new();
    let runbook = support::RUNBOOK.replace("severity: advisory", "severity: blocking");
    environment.write("runbook.yaml", &runbook);
    assert_eq!(environment.golive(&["verify", "prepare.program"]).code, Some(5));
    assert_eq!(environment.golive(&["status"]).code, Some(5));
}

#[test]
fn an_unknown_step_is_refused_with_the_one_that_was_meant() {
    let environment = TestEnvironment::new();
    for (arguments, hint) in [
        (&["sign", "prepare.persn"][..], "did you mean `prepare.person`?"),
        (&["sign", "person"], "did you mean `prepare.person`?"),
        (&["verify", "prepare"], "`prepare` is a section"),
        (&["verify", "--section", "prepar"], "did you mean `prepare`?"),
        (&["verify", "--skip", "zzz"], "`golive runbook show` lists the steps"),
        (&["waive", "switch.ovr", "--reason", "x"], "did you mean `switch.over`?"),
        (&["skip", "switch.ovr", "--reason", "x"], "did you mean `switch.over`?"),
        (&["reopen", "switch.ovr", "--reason", "x"], "did you mean `switch.over`?"),
        (&["note", "switch.ovr", "text"], "did you mean `switch.over`?"),
    ] {
        let ran = environment.golive(&[arguments, &["--as", "Ada"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(hint), "{arguments:?}: {}", ran.err);
    }
    assert!(!environment.state().exists());
}

#[test]
fn nobody_signs_without_a_name() {
    let mut environment = TestEnvironment::new();
    environment.set("USER", "root");
    for arguments in [
        &["sign", "prepare.person", "--evidence", "ticket=T-1"][..],
        &["waive", "prepare.red", "--reason", "x"],
        &["skip", "prepare.red", "--reason", "x"],
        &["reopen", "prepare.red", "--reason", "x"],
        &["note", "hello"],
        &["runbook", "trust"],
    ] {
        for more in [&[][..], &["--no-input"]] {
            let ran = environment.golive(&[arguments, more].concat());
            assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
            assert!(ran.err.contains("--as NAME"), "{arguments:?}: {}", ran.err);
        }
    }
    assert!(!environment.state().exists());
}

#[test]
fn a_signature_names_its_step_its_person_and_the_head() {
    let environment = TestEnvironment::new();
    let arguments = ["sign", "prepare.person", "--evidence", "ticket=T-1", "--as", "Ada"];
    let ran = environment.must(&arguments);
    assert!(ran.out.contains("prepare.person signed by Ada"), "{}", ran.out);
    assert!(ran.out.contains("the step is now ✓ done"), "{}", ran.out);
    let again = environment.golive(&arguments);
    assert_eq!(again.code, Some(1), "signing twice is refused: {}", again.err);
    let note = environment.must(&["note", "all well", "--as", "Bo", "--format", "json"]).json();
    assert_eq!(note["schema"], "golive.record/1");
    assert_eq!(note["entries"][0]["kind"], "note");
    assert_eq!(note["entries"][0]["by"]["name"], "Bo");
    assert_eq!(note["entries"][0]["hash"], note["head"]["hash"]);
}

#[test]
fn evidence_is_asked_for_by_name() {
    let environment = TestEnvironment::new();
    for (evidence, says) in [
        (&[][..], "needs the evidence `ticket`"),
        (&["--evidence", "ticket="], "needs the evidence `ticket`"),
        (&["--evidence", "tiket=T-1"], "did you mean `ticket`?"),
        (&["--evidence", "ticket"], "has no `=`"),
        (&["--evidence", "ticket=1", "--evidence", "ticket=2"], "is given twice"),
    ] {
        let ran =
            environment.golive(&[&["sign", "prepare.person", "--as", "Ada"], evidence].concat());
        assert_eq!(ran.code, Some(2), "{evidence:?}");
        assert!(ran.err.contains(says), "{evidence:?}: {}", ran.err);
    }
}

#[test]
fn an_irreversible_step_is_signed_with_its_phrase_and_behind_its_gate_only() {
    let mut environment = TestEnvironment::new();
    environment.set("GOLIVE_AS", "Ada");
    let ran = environment.golive(&["sign", "switch.over"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--confirm switch.over"), "{}", ran.err);
    let ran = environment.golive(&["sign", "switch.over", "--confirm", "yes"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let ran = environment.golive(&["sign", "switch.over", "--confirm", "switch.over"]);
    assert_eq!(ran.code, Some(1), "its section waits for another: {}", ran.err);
    let ran = environment.golive(&["sign", "prepare.person", "--confirm", "x"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    for step in ["prepare.green", "prepare.red", "prepare.program", "prepare.person"] {
        environment.must(&["skip", step, "--reason", "this shop has none"]);
    }
    environment.must(&["sign", "switch.over", "--confirm", "switch.over"]);
}

#[test]
fn reasons_and_moments_have_to_say_something() {
    let environment = TestEnvironment::new();
    for (arguments, says) in [
        (&["waive", "prepare.red", "--reason", " "][..], "the reason is empty"),
        (&["waive", "prepare.red", "--reason", "x", "--expires", "soon"], "is no moment"),
        (&["waive", "prepare.red", "--reason", "x", "--expires", "2026-11-22"], "is over already"),
        (&["note", " "], "the note has no text"),
        (&["note", "prepare.red"], "the note has no text"),
    ] {
        let ran = environment.golive(&[arguments, &["--as", "Ada"]].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_waiver_ends_when_it_says() {
    let mut environment = TestEnvironment::new();
    let waive =
        ["waive", "prepare.red", "--reason", "until tomorrow", "--expires", "12h", "--as", "Ada"];
    environment.must(&waive);
    let state = |environment: &TestEnvironment| {
        let document = environment.golive(&["status", "--format", "json"]).json();
        document["steps"][1]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&environment), "waived");
    environment.at("2026-11-24T06:00:01Z");
    assert_eq!(state(&environment), "stale");
}

#[test]
fn the_log_is_the_audit_trail_one_record_a_line() {
    let environment = TestEnvironment::new();
    environment.must(&["note", "first", "--as", "Ada"]);
    environment.must(&["note", "prepare.red", "second\u{1b}[2J", "--as", "Bo"]);
    let log = environment.must(&["log", "--format", "json"]).out;
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seqs: Vec<_> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=lines.len() as u64).collect::<Vec<_>>());
    assert_eq!(lines[0]["kind"], "journal.opened");
    let people = environment.must(&["log"]).out;
    assert!(people.contains("Ada") && people.contains("noted: first"), "{people}");
    assert!(!people.contains('\u{1b}'), "{people:?}");
}

#[test]
fn the_journal_is_proved_and_a_damaged_one_ends_with_6() {
    let environment = TestEnvironment::new();
    assert_eq!(environment.golive(&["journal", "verify"]).code, Some(6), "there is none");
    let record = environment.must(&["note", "first", "--as", "Ada", "--format", "json"]).json();
    let head = record["head"]["hash"].as_str().unwrap().to_owned();
    environment.must(&["note", "second", "--as", "Ada"]);
    environment.must(&["journal", "verify"]);
    environment.must(&["journal", "verify", "--expect-head", &head]);
    environment.must(&["journal", "verify", "--expect-head", &head[..12]]);
    let absent = environment.golive(&["journal", "verify", "--expect-head", &"0".repeat(64)]);
    assert_eq!(absent.code, Some(1), "{}", absent.out);
    let document = environment.must(&["journal", "verify", "--format", "json"]).json();
    assert_eq!(
        (document["schema"].as_str(), document["sound"].as_bool()),
        (Some("golive.journal/1"), Some(true))
    );

    let damaged = fs::read_to_string(environment.journal()).unwrap().replace("first", "frist");
    fs::write(environment.journal(), damaged).unwrap();
    assert_eq!(environment.golive(&["journal", "verify"]).code, Some(6));
    for arguments in [&["status"][..], &["log"], &["verify"], &["note", "x", "--as", "Ada"]] {
        let ran = environment.golive(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{arguments:?}");
        assert!(ran.err.contains("can not be trusted"), "{}", ran.err);
    }
}

#[test]
fn a_report_is_written_in_each_format_and_recorded_when_it_goes_to_a_file() {
    let environment = TestEnvironment::new();
    environment.must(&["note", "hello", "--as", "Ada"]);
    let before = fs::read(environment.journal()).unwrap();
    assert!(environment.must(&["report"]).out.starts_with("# "));
    assert!(environment.must(&["report", "--format", "junit"]).out.contains("<testsuites"));
    assert_eq!(environment.must(&["report", "--format", "sarif"]).json()["version"], "2.1.0");
    for arguments in [&["report", "--format", "json"][..], &["--format", "json", "report"]] {
        assert_eq!(environment.must(arguments).json()["schema"], "golive.report/1");
    }
    assert_eq!(fs::read(environment.journal()).unwrap(), before, "standard output changes nothing");
    let ran = environment.must(&["report", "-o", "report.md", "--as", "Ada"]);
    assert_eq!(ran.out, "");
    assert!(environment.project().join("report.md").exists());
    assert!(environment.must(&["log"]).out.contains("wrote a markdown report"));
}

#[test]
fn runbooks_are_validated_shown_and_described() {
    let environment = TestEnvironment::new();
    environment.must(&["runbook", "validate"]);
    environment.must(&["runbook", "validate", "runbook.yaml"]);
    let shown = environment.must(&["runbook", "show"]).out;
    assert!(shown.contains("prepare.person") || shown.contains("A person has looked"), "{shown}");
    let schema = environment.must(&["runbook", "schema"]).json();
    assert_eq!(schema["type"], "object");
    let wrong = support::RUNBOOK.replace("severity: advisory", "severity: advisry");
    let wrong = wrong.replace("requires: [prepare]", "requires: [prepar]");
    environment.write("wrong.yaml", &wrong);
    let ran = environment.golive(&["runbook", "validate", "wrong.yaml"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    for place in ["wrong.yaml:28:19", "wrong.yaml:53:16", "3 problems in wrong.yaml"] {
        assert!(ran.err.contains(place), "all problems with their places: {}", ran.err);
    }
    let ran = environment.golive(&["runbook", "validate", "wrong.yaml", "--format", "json"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.json()["valid"], false);
    for command in [&["status"][..], &["verify"], &["config", "show"]] {
        let ran = environment.golive(&[command, &["--runbook", "wrong.yaml"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{command:?}");
    }
}

#[test]
fn the_configuration_is_shown_with_where_each_value_comes_from() {
    let mut environment = TestEnvironment::new();
    environment.set("GOLIVE_AS", "Ada");
    let shown = environment.must(&["config", "show", "--launch", "other"]).out;
    assert!(shown.contains("--launch") && shown.contains("GOLIVE_AS"), "{shown}");
    let document = environment.must(&["config", "show", "--format", "json"]).json();
    assert_eq!(document["schema"], "golive.config/1");
    environment.write("golive.yaml", "lunch: shop\n");
    let ran = environment.golive(&["config", "show"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("golive.yaml:1"), "{}", ran.err);
}

#[test]
fn every_setting_can_come_from_the_environment() {
    let mut environment = TestEnvironment::new();
    let elsewhere = environment.root().join("elsewhere.jsonl");
    environment.set("GOLIVE_STATE", elsewhere.to_str().unwrap());
    environment.set("GOLIVE_AS", "Ada");
    environment.set("GOLIVE_FORMAT", "json");
    let record = environment.must(&["note", "hello"]).json();
    assert_eq!(record["entries"][0]["by"]["name"], "Ada");
    assert!(elsewhere.exists() && !environment.state().exists());
}

#[test]
fn the_launches_of_this_machine_are_listed() {
    let environment = TestEnvironment::new();
    assert_eq!(environment.must(&["launches"]).out, "");
    environment.must(&["note", "hello", "--as", "Ada"]);
    environment.must(&["note", "hello", "--as", "Ada", "--launch", "second"]);
    let document = environment.must(&["launches", "--format", "json"]).json();
    let names: Vec<_> = document["launches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|launch| launch["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"shop") && names.contains(&"second"), "{names:?}");
}

#[test]
fn init_writes_a_configuration_that_loads_and_never_overwrites_one() {
    let environment = TestEnvironment::bare();
    let ran = environment.golive(&["init"]);
    assert_eq!(ran.code, Some(2), "nobody is there to answer: {}", ran.err);
    assert!(ran.err.contains("golive init --yes"), "{}", ran.err);
    environment.must(&["init", "--yes"]);
    environment.must(&["config", "show"]);
    let written = fs::read_to_string(environment.project().join("golive.yaml")).unwrap();
    let ran = environment.golive(&["init", "--yes"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(fs::read_to_string(environment.project().join("golive.yaml")).unwrap(), written);
}

#[test]
fn the_scan_alone_finds_a_key_and_records_nothing() {
    let environment = TestEnvironment::new();
    let key = "sk_live_9fA3kQ7zW2xLm4Rt8YpB";
    environment.write("src/pay.js", &format!("const key = '{key}';\n"));
    let ran = environment.golive(&["scan"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.out.contains("src/pay.js") && !ran.out.contains(key), "{}", ran.out);
    let ran = environment.golive(&["scan", "src", "--format", "json"]);
    assert_eq!(ran.code, Some(1));
    let document = ran.json();
    assert_eq!(
        (&document["schema"], &document["outcome"]),
        (&"golive.scan/1".into(), &"fail".into())
    );
    assert_eq!(document["findings"][0]["line"], 1);
    let ran = environment.golive(&["scan", "nowhere"]);
    assert_eq!(ran.code, Some(5), "what was not read is not clean: {ran:#?}");
    assert!(!environment.state().exists());
}

#[test]
fn without_a_terminal_the_walk_says_which_command_to_use_instead() {
    let environment = TestEnvironment::new();
    for arguments in [&[][..], &["--no-input"], &["--plain", "--no-input"]] {
        let ran = environment.golive(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.contains("golive status"), "{}", ran.err);
    }
    assert!(!environment.state().exists());
}

#[test]
fn colour_comes_only_when_it_is_wanted() {
    let mut environment = TestEnvironment::new();
    let coloured = |environment: &TestEnvironment, arguments: &[&str]| {
        let ran = environment.golive(arguments);
        format!("{}{}", ran.out, ran.err).contains('\u{1b}')
    };
    assert!(!coloured(&environment, &["status"]));
    assert!(!coloured(&environment, &["sign", "nothing"]));
    assert!(coloured(&environment, &["status", "--color", "always"]));
    assert!(coloured(&environment, &["--bad-flag", "--color", "always"]));
    assert!(!coloured(&environment, &["--bad-flag", "--color=never"]));
    environment.set("NO_COLOR", "1");
    assert!(!coloured(&environment, &["status"]));
    environment.set("GOLIVE_COLOR", "always");
    assert!(coloured(&environment, &["status"]), "what is said to golive itself wins");
    assert!(!coloured(&environment, &["status", "--color", "never"]));
}

#[test]
fn what_is_typed_wrong_ends_with_2_and_no_data() {
    let environment = TestEnvironment::new();
    for arguments in [
        &["--no-such-flag"][..],
        &["nothing"],
        &["sign"],
        &["waive", "prepare.red"],
        &["status", "--format", "xml"],
        &["report", "--format", "human"],
        &["status", "--config", "missing.yaml"],
        &["status", "--launch", "../up"],
    ] {
        let ran = environment.golive(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty());
    }
}

#[test]
fn commands_that_only_read_create_nothing() {
    let environment = TestEnvironment::new();
    let reading: [&[&str]; 13] = [
        &["scan"],
        &["status"],
        &["log"],
        &["report"],
        &["launches"],
        &["config", "show"],
        &["runbook", "show"],
        &["runbook", "validate"],
        &["runbook", "schema"],
        &["journal", "verify"],
        &["verify", "--dry-run"],
        &["completions", "bash"],
        &["man"],
    ];
    let before = environment.files();
    for arguments in reading {
        environment.golive(arguments);
        assert_eq!(environment.files(), before, "golive {arguments:?}");
    }
    environment.must(&["note", "hello", "--as", "Ada"]);
    let lock = support::files_below(&environment.state());
    for path in lock.iter().filter(|path| path.extension().is_some_and(|end| end == "lock")) {
        fs::remove_file(path).unwrap();
    }
    let (files, journal) = (environment.files(), fs::read(environment.journal()).unwrap());
    for arguments in reading {
        environment.golive(arguments);
        assert_eq!(environment.files(), files, "golive {arguments:?}");
        assert_eq!(fs::read(environment.journal()).unwrap(), journal, "golive {arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let environment = TestEnvironment::new();
    for _ in 0..3 {
        environment.must(&["note", "hello", "--as", "Ada"]);
    }
    for arguments in [&["log"][..], &["status"], &["completions", "zsh"]] {
        let mut command = environment.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let code = child.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 3)), "{arguments:?}: {code:?}");
        assert_eq!(said, "", "{arguments:?}");
    }
}
