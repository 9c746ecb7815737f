use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{About, Format, escape, json, junit, markdown, sarif};
use crate::launch::decide::Command;
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown};
use crate::launch::outcome::{CheckReport, Finding, Level};
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{EvidenceSpec, Section, Severity, SignOff, Step};

const HEAD: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

fn about(walk: &Walk) -> About<'static> {
    let seq = walk.launch.entries().last().map_or(0, |entry| entry.seq);
    About { launch: "acme | shop", at: walk.now, seq, head: HEAD }
}

/// Two steps that stay, one that goes, and sections that wait.
fn sections(with_old: bool) -> Vec<Section> {
    let people = SignOff::People { people: 2, roles: vec!["engineering".into(), "finance".into()] };
    let reference = EvidenceSpec {
        name: "settlement_reference".to_owned(),
        about: "The bank's reference".to_owned(),
        required: true,
        lookup: None,
    };
    let mut keys = vec![step("keys.live"), step("keys.moved")];
    if with_old {
        keys.push(step("keys.old"));
    }
    let person =
        |id: &str, check: &str| Step { sign_off: SignOff::Person, ..verified(id, &[check]) };
    let hook = vec![
        verified("hook.signature", &["webhook-signature"]),
        person("hook.dedupe", "webhook-dedupe"),
        person("hook.url", "webhook-endpoint"),
        Step { severity: Severity::Advisory, ..verified("hook.prompt", &["latency"]) },
    ];
    let bank = Step { sign_off: people, evidence: vec![reference], ..step("bank.settled") };
    vec![
        section("keys", &[], keys),
        section("hook", &["keys"], hook),
        section("money", &["hook"], vec![step("money.cancel"), step("money.subscribe")]),
        section("bank", &["keys"], vec![bank]),
    ]
}

/// Runs the checks of the section `hook`: one fails, one can not find out and is signed, one is
/// signed and changes.
fn check_hook(walk: &mut Walk) {
    let mut finding = Finding::new(Level::Blocking, "anyone can forge | `payment.succeeded`")
        .at("unsigned request → 200")
        .hint("Answer 401 <before> parsing");
    finding.file = Some("src/hook.js".to_owned());
    let failed = CheckReport::new(Fail, "an unsigned request got 200\u{1b}[2J").with(finding);
    walk.verify("Dana", "hook.signature", &[failed]).unwrap();
    walk.verify("Dana", "hook.dedupe", &[CheckReport::unknown("no observer is configured")])
        .unwrap();
    let noted = walk.signing("hook.dedupe", None, &[], Some("counted the rows by hand"));
    walk.submit("Dana", &noted).unwrap();
    walk.fact("webhook_url", "https://a.example/hook");
    let passed = CheckReport::new(Pass, "TLS 1.3, 92 days left")
        .fact("webhook_url", "https://a.example/hook")
        .evidence("days", 92);
    walk.verify("Dana", "hook.url", &[passed]).unwrap();
    walk.sign("Dana", "hook.url").unwrap();
    walk.fact("webhook_url", "https://b.example/hook");
    walk.verify("Kim", "hook.prompt", &[CheckReport::new(Fail, "p95 is 11 s")]).unwrap();
}

/// A launch in which everything that a report shows has happened.
fn rich() -> Walk {
    let mut walk = Walk::new(runbook(sections(true)));
    walk.sign("Dana", "keys.old").unwrap();
    let mut walk = walk.with_runbook(runbook(sections(false)));
    walk.sign("Dana", "keys.live").unwrap();
    walk.sign("Kim", "keys.moved").unwrap();
    walk.wait(60);
    let reopen = Command::Reopen { step: "keys.moved".into(), reason: "rotated the key".into() };
    walk.submit("Lee", &reopen).unwrap();
    walk.sign("Lee", "keys.moved").unwrap();
    check_hook(&mut walk);

    let given = [("settlement_reference", "SET-4711 [see](http://evil.example)")];
    let signed = walk.signing("bank.settled", Some("finance"), &given, None);
    walk.submit("Kim", &signed).unwrap();
    let expires = Some(walk.now.plus(std::time::Duration::from_secs(86_400)));
    let reason = "no subscriptions before May".to_owned();
    let waive = Command::Waive { step: "money.cancel".into(), reason, expires };
    walk.submit("Lee", &waive).unwrap();
    let reason = "# we sell\n| one-off | things".to_owned();
    walk.submit("Lee", &Command::Skip { step: "money.subscribe".into(), reason }).unwrap();
    let note = |step: Option<&str>, text: &str| Command::Note {
        step: step.map(Into::into),
        text: text.to_owned(),
    };
    walk.submit("Kim", &note(Some("hook.signature"), "asked the backend team")).unwrap();
    walk.submit("Kim", &note(None, "- go-live moved to www.example.com Tuesday")).unwrap();
    walk
}

/// Compares with the snapshot of this name, whatever the program's version is.
macro_rules! assert_report {
    ($report:expr) => {
        insta::with_settings!({ filters => vec![(r"golive \d+\.\d+\.\d+", "golive [version]")] }, {
            insta::assert_snapshot!($report)
        });
    };
}

#[test]
fn the_markdown_report_says_everything_that_has_to_be_handed_over() {
    let walk = rich();
    assert_report!(markdown(&walk.launch, &walk.standing(), &about(&walk)));
}

#[test]
fn the_json_report_keeps_its_shape() {
    let walk = rich();
    assert_report!(json(&walk.launch, &walk.standing(), &about(&walk)));
}

#[test]
fn the_junit_report_has_one_case_per_step() {
    let walk = rich();
    let xml = junit(&walk.launch, &walk.standing(), &about(&walk));
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let cases: usize = read.test_suites.iter().map(|suite| suite.test_cases.len()).sum();
    assert_eq!(cases, walk.standing().steps.len());
    assert_report!(xml);
}

/// The launch with findings in files: one at a line, one in history, one without a file.
fn found() -> Walk {
    let mut walk = rich();
    let at = |level, message: &str, file: &str, line| {
        let mut finding = Finding::new(level, message).hint("Read it from the manager.");
        finding.file = Some(file.to_owned());
        finding.line = line;
        finding
    };
    let mut old = at(Level::Advisory, "a live key is in git history", "old name#1.env", Some(3));
    old.commit = Some("0123abcd".repeat(5));
    let report = CheckReport::new(Fail, "a key is in the source")
        .with(at(Level::Blocking, "the live key is in a file", "config/prod.env", Some(12)))
        .with(old)
        .with(Finding::new(Level::Info, "chats can not be seen"));
    walk.verify("Dana", "hook.signature", &[report]).unwrap();
    walk
}

#[test]
fn the_sarif_report_has_each_finding_with_a_file_at_its_line() {
    let walk = found();
    let text = sarif(&walk.launch, &walk.standing(), &about(&walk));
    let read: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
    let results = read.runs[0].results.as_ref().unwrap();
    let places = results.iter().map(|result| {
        let place = result.locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
        let uri = place.artifact_location.as_ref().unwrap().uri.clone().unwrap();
        (uri, place.region.as_ref().and_then(|region| region.start_line))
    });
    let places: Vec<_> = places.collect();
    let expected = [("config/prod.env", Some(12)), ("old%20name%231.env", Some(3))];
    assert_eq!(places, expected.map(|(uri, line)| (uri.to_owned(), line)));
    assert_report!(text);
}

#[test]
fn in_sarif_a_finding_that_somebody_answers_for_is_suppressed_and_keeps_its_fingerprint() {
    let mut walk = found();
    let read = |walk: &Walk| -> serde_json::Value {
        serde_json::from_str(&sarif(&walk.launch, &walk.standing(), &about(walk))).unwrap()
    };
    let before = read(&walk);
    let before = &before["runs"][0]["results"][0];
    assert_eq!(before["suppressions"], serde_json::Value::Null);
    walk.submit(
        "Kim",
        &Command::Waive {
            step: "hook.signature".into(),
            reason: "the key is revoked".to_owned(),
            expires: None,
        },
    )
    .unwrap();
    let after = read(&walk);
    let after = &after["runs"][0]["results"][0];
    let why = after["suppressions"][0]["justification"].as_str().unwrap();
    assert!(why.contains("Kim") && why.contains("the key is revoked"), "{why}");
    assert_eq!(after["partialFingerprints"], before["partialFingerprints"]);
}

#[test]
fn no_report_shows_a_percentage_or_a_control_character() {
    let walk = rich();
    for format in Format::ALL {
        let document =
            super::document::Document::new(&walk.launch, &walk.standing(), &about(&walk));
        let text = format.render(&document);
        // The one that SARIF gives the root of the source is a name.
        assert!(!text.replace("%SRCROOT%", "").contains('%'), "{}", format.name());
        assert!(!text.chars().any(|ch| ch.is_control() && ch != '\n'), "{}", format.name());
        assert!(text.ends_with('\n'));
        assert_eq!(Format::named(format.name()), Some(format));
    }
}

#[test]
fn a_file_far_from_the_project_has_a_whole_address_in_sarif() {
    let mut walk = rich();
    let mut finding = Finding::new(Level::Blocking, "a test key");
    finding.file = Some("/etc/shop/prod key.env".to_owned());
    let found = CheckReport::new(crate::launch::outcome::Outcome::Fail, "found").with(finding);
    walk.verify("Kim", "hook.signature", &[found]).unwrap();
    let text = sarif(&walk.launch, &walk.standing(), &about(&walk));
    assert!(text.contains("\"uri\": \"file:///etc/shop/prod%20key.env\""), "{text}");
}

#[test]
fn no_report_shows_a_secret_that_got_into_the_journal() {
    let secret = "sk_live_Q7vJ2mX9pL4wT8zR3bN6cY1d";
    crate::secrets::Redactor::shared().register(&crate::secrets::Secret::new(secret.to_owned()));
    let mut walk = rich();
    let text = format!("the key is {secret}");
    walk.submit("Kim", &Command::Note { step: Some("keys.live".into()), text }).unwrap();
    let mut finding = Finding::new(Level::Blocking, format!("{secret} is in a file"));
    finding.file = Some("a.env".to_owned());
    let leaking = CheckReport::new(Pass, format!("found {secret}"))
        .with(finding)
        .evidence("nested", serde_json::json!([{ "deep": secret }]))
        .fact("key", secret);
    walk.verify("Kim", "hook.signature", &[leaking]).unwrap();
    for report in [markdown, json, junit, sarif] {
        let text = report(&walk.launch, &walk.standing(), &about(&walk));
        assert!(!text.contains("Q7vJ2mX9pL4wT8zR3bN6cY1d"), "{text}");
        assert!(text.contains(HEAD) && text.contains("hook.signature"));
    }
}

#[test]
fn in_junit_only_what_is_done_passes() {
    let mut walk = rich();
    walk.check("Dana", "hook.signature", Unknown).unwrap();
    let xml = junit(&walk.launch, &walk.standing(), &about(&walk));
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    for case in read.test_suites.iter().flat_map(|suite| &suite.test_cases) {
        let id = case.name.as_str().into();
        let done =
            walk.standing().step(&id).unwrap().state == crate::launch::standing::StepState::Done;
        let passed = matches!(case.status, quick_junit::TestCaseStatus::Success { .. });
        assert_eq!(passed, done, "{id}");
    }
}

/// All of Markdown but typographic quotes.
fn every_extension() -> Options {
    Options::all() - Options::ENABLE_SMART_PUNCTUATION
}

/// What Markdown readers see: the text, and whether anything but text came out.
fn seen(markdown: &str) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut other = Vec::new();
    for event in Parser::new_ext(markdown, every_extension()) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::Start(Tag::Paragraph) | Event::End(_) => {}
            event => other.push(format!("{event:?}")),
        }
    }
    (text, other)
}

#[test]
fn what_would_be_markup_is_text() {
    for text in [
        "- a",
        "+ a",
        "1. a",
        "12) a",
        "# a",
        "> a",
        "a | b",
        "`a`",
        "``a",
        "*a*",
        "_a_",
        "~~a~~",
        "[a](b)",
        "![a](b)",
        "<b>a</b>",
        "<https://a.b>",
        "&lt;",
        "---",
        "===",
        "\\*a",
        "$a$",
        "[^1]: a",
        "{#id}",
        "a^b^",
    ] {
        assert_eq!(seen(&escape::markdown(text)), (text.to_owned(), vec![]));
    }
    assert_eq!(escape::markdown("see https://a.b and WWW.a.b"), "see https\\://a.b and WWW\\.a.b");
}

#[test]
fn a_code_span_of_nothing_but_spaces_keeps_them() {
    let page = format!("x {}", escape::code("  "));
    assert!(Parser::new(&page).any(|event| event == Event::Code("  ".into())));
}

proptest! {
    #[test]
    fn any_text_comes_out_as_itself(text in "[ -~]{1,40}") {
        let (text_seen, other) = seen(&escape::markdown(&text));
        prop_assert_eq!(text_seen, text.trim());
        prop_assert_eq!(other, Vec::<String>::new());
    }

    #[test]
    fn any_text_stays_in_its_table_cell(text in "[ -~]{0,40}") {
        let page = format!("| a | b |\n| --- | --- |\n| {} | end |\n", escape::markdown(&text));
        let cells = Parser::new_ext(&page, every_extension())
            .filter(|event| matches!(event, Event::Start(Tag::TableCell)))
            .count();
        prop_assert_eq!(cells, 4);
    }

    #[test]
    fn any_text_stays_in_its_code_span(text in "[ -~]{1,40}") {
        let spans: Vec<_> = Parser::new(&format!("x {}", escape::code(&text)))
            .filter_map(|event| match event { Event::Code(code) => Some(code.to_string()), _ => None })
            .collect();
        prop_assert_eq!(spans, [text]);
    }
}
