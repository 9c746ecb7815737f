//! Loading runbooks: what is refused, and in which words.

use golive::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use golive::runbook::model::{Due, InputName, Origin, ROLLBACK_OWNER, Runbook, SectionId, SignOff};
use golive::runbook::problem::Problems;
use golive::runbook::{self, validate};
use proptest::prelude::*;
use schemars::Schema;
use serde_json::{Map, Value, json};

/// A check as another part of the program might register it.
struct Probe;

#[async_trait::async_trait]
impl Check for Probe {
    fn name(&self) -> &'static str {
        "probe-url"
    }

    fn about(&self) -> &'static str {
        "Asks a URL."
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec!["webhook_url".into()]
    }

    fn args_schema(&self) -> Schema {
        schemars::json_schema!({
            "type": "object",
            "properties": {
                "status": { "type": "integer", "minimum": 100, "maximum": 599 },
                "body": { "type": "string" }
            },
            "additionalProperties": false
        })
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        let sound = args.get("body").is_none_or(|body| body != "[");
        if sound { Vec::new() } else { vec!["`[` is not a regular expression".to_owned()] }
    }

    async fn plan(&self, _: &CheckContext) -> Vec<Planned> {
        Vec::new()
    }

    async fn run(&self, _: &CheckContext) -> CheckReport {
        unreachable!("loading a runbook runs nothing")
    }
}

const CHECKS: &[&dyn Check] = &[&Probe];

fn load(text: &str) -> Result<Runbook, Problems> {
    validate::parse(text, Origin::File("my.yaml".into()), CHECKS)
}

fn refusal(text: &str) -> String {
    match load(text) {
        Err(problems) => problems.to_string(),
        Ok(_) => unreachable!("this runbook is wrong and was loaded:\n{text}"),
    }
}

/// A sound runbook whose one step has these lines more (or others, where a key is repeated).
fn with_step(lines: &str) -> String {
    let mut text = String::from(
        "format: 1\nid: mine\ntitle: Mine\ninputs:\n  webhook_url: { type: url, about: The URL }\n\
         sections:\n  - id: one\n    title: One\n    steps:\n      - id: a\n",
    );
    for (key, line) in [
        ("title", "title: A"),
        ("why", "why: because"),
        ("how", "how: so"),
        ("severity", "severity: blocking"),
        ("sign_off", "sign_off: person"),
    ] {
        if !lines.lines().any(|other| other.starts_with(&format!("{key}:"))) {
            text.push_str(&format!("        {line}\n"));
        }
    }
    for line in lines.lines() {
        text.push_str(&format!("        {line}\n"));
    }
    text
}

#[test]
fn a_sound_runbook_loads_with_everything_it_says() {
    let runbook = load(&with_step(
        "verify: [probe-url, { probe-url: { status: 204 } }]\nfresh_for: 36h\nsign_off: { people: 2, \
         roles: [engineering] }\nevidence: [{ name: proof, about: The proof, required: true }]",
    ))
    .unwrap();
    let step = runbook.steps().next().unwrap();
    assert_eq!(step.id.as_str(), "one.a");
    assert_eq!(step.verify[1].args.get("status"), Some(&json!(204)));
    assert_eq!(step.fresh_for.unwrap().as_secs(), 36 * 3600);
    assert_eq!(step.sign_off.people(), 2);
    assert!(step.evidence[0].required);
    let either = load(&with_step(
        "verify: [probe-url]\nsign_off: verified_or_person\n\
         evidence: [{ name: proof, about: The proof, required: true }]",
    ));
    let called = load(&with_step("sign_off: { roll_call: [engineering, finance] }")).unwrap();
    let sign_off = &called.steps().next().unwrap().sign_off;
    assert!(sign_off.is_roll_call());
    assert_eq!((sign_off.people(), sign_off.roles().len()), (2, 2));
    let shown = runbook::show::lines(&called).join("\n");
    assert!(shown.contains("roll call, each says go: engineering, finance"), "{shown}");
    assert_eq!(either.unwrap().steps().next().unwrap().sign_off, SignOff::VerifiedOrPerson);
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_text() {
    let text = "\
format: 2
id: My Runbook
title: Mine
sections:
  - id: one
    titel: One
    requires: [two, thre]
    steps:
      - id: a
        title: 5
        why: because
        how: so
        severity: blokking
        verify: [prob-url]
        fresh_for: 1 day
        sign_off: { people: 0 }
      - id: a
        title: Again
        why: because
        how: so
        severity: blocking
        sign_off: somebody
  - id: two
    title: Two
    requires: [one]
    steps: []
  - id: three
    title: Three
    steps:
      - id: c
        title: C
        why: because
        how: so
        severity: blocking
        sign_off: person
";
    insta::assert_snapshot!(refusal(text));
}

#[test]
fn what_cannot_be_kept_is_refused_in_plain_words() {
    let cases = [
        "irreversible: true",
        "irreversible: true\nblast_radius: all\nrollback: none\nsign_off: verified\nverify: [probe-url]",
        "rollback: go back",
        "sign_off: verified",
        "sign_off: verified\nverify: [probe-url]\nevidence: [{ name: a, about: b, required: true }]",
        "sign_off: { people: 1, roles: [engineering, finance] }",
        "sign_off: { people: 3, roles: [finance, finance] }",
        "sign_off: { roll_call: [] }",
        "sign_off: { roll_call: [finance, finance] }",
        "sign_off: { roll_call: [Finance] }",
        "sign_off: { roll_call: [finance], people: 2 }",
        "sign_off: { rollcall: [finance] }",
        "irreversible: true\nblast_radius: all\nrollback: none\nsign_off: { roll_call: [finance] }",
        "evidence: [{ name: a, about: b }, { name: a, about: c }]",
        "renamed_from: [one.a, old]",
        "verify: [{ probe-url: { statuss: 200 } }]",
        "verify: [{ probe-url: { status: 99 } }]",
        "verify: [{ probe-url: { body: \"[\" } }]",
        "verify: [{ probe-url: {}, other: {} }]",
        "verify: probe-url",
        "severity:",
        "how: \"\"",
        "owner: me",
        "title: A\ntitle: B",
        "why: !shout because",
        "why: &x because",
        "title: 1_000\nwhy: 0o17",
        "sign_off: verified_or_person",
        "irreversible: true\nblast_radius: all\nrollback: none\nsign_off: verified_or_person\nverify: [probe-url]",
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|lines| {
            format!("----- {}\n{}", lines.replace('\n', " ⏎ "), refusal(&with_step(lines)))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn text_that_is_no_yaml_is_refused_with_its_place() {
    let cases = [
        "",
        "just text",
        "- a list",
        "format: 1\n\tid: x\n",
        "title: \"open\nformat: 1\n",
        "title: a: b\n",
        "sections: [\n",
        "format: 1\n---\nformat: 1\n",
        "? [a]\n: b\n",
    ];
    let said: Vec<String> =
        cases.iter().map(|text| format!("----- {text:?}\n{}", refusal(text))).collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn sections_that_wait_for_each_other_are_refused() {
    let section = |id: &str, needs: &str| {
        format!(
            "  - id: {id}\n    title: T\n    requires: [{needs}]\n    steps:\n      - {{ id: s, title: \
             T, why: w, how: h, severity: advisory, sign_off: person }}\n"
        )
    };
    let head = "format: 1\nid: mine\ntitle: Mine\nsections:\n";
    let text = format!("{head}{}{}{}", section("a", "c"), section("b", "a"), section("c", "b"));
    let said = refusal(&text);
    assert!(said.contains("in a circle: a → c → b → a"), "{said}");
    let own = refusal(&format!("{head}{}", section("a", "a")));
    assert!(own.contains("the section `a` requires itself"), "{own}");
    let diamond = format!(
        "{head}{}{}{}{}",
        section("a", ""),
        section("b", "a"),
        section("c", "a"),
        section("d", "b, c")
    );
    load(&diamond).unwrap();
}

/// Sections `first` (steps `switch`, `seen`, `called`) and `week`, whose step has this `due`;
/// `first` requires these.
fn with_due(due: &str, requires: &str) -> String {
    let step = |id: &str, more: &str| {
        format!(
            "      - id: {id}\n        title: T\n        why: w\n        how: h\n        severity: \
             advisory\n{more}"
        )
    };
    let section = |id: &str, needs: &str| {
        format!("  - id: {id}\n    title: T\n    requires: [{needs}]\n    steps:\n")
    };
    let person = "        sign_off: person\n";
    [
        "format: 1\nid: mine\ntitle: Mine\ninputs:\n  webhook_url: { type: url, about: U }\nsections:\n",
        &section("first", requires),
        &step("switch", person),
        &step("seen", "        verify: [probe-url]\n        sign_off: verified\n"),
        &step("called", "        sign_off: { roll_call: [engineering] }\n"),
        &section("week", ""),
        &step("rate", &format!("        due: {due}\n{person}")),
        &step("after", person),
    ]
    .concat()
}

#[test]
fn due_times_count_from_a_signature_that_comes_before() {
    let runbook = load(&with_due("{ after: first.switch, at: [30m, 1h, 72h, 7d] }", "")).unwrap();
    let step = runbook.step(&"week.rate".into()).unwrap();
    let due = step.due.as_ref().unwrap();
    assert_eq!(due.after.as_str(), "first.switch");
    let spans: Vec<u64> = due.at.iter().map(|at| at.span.as_secs() / 60).collect();
    assert_eq!(spans, [30, 60, 72 * 60, 7 * 24 * 60]);
    let shown = runbook::show::lines(&runbook).join("\n");
    assert!(shown.contains("due at T+30 min, T+1 h, T+72 h, T+7 d after first.switch"), "{shown}");
    let digest = |times: &str| {
        let text = with_due(&format!("{{ after: first.switch, at: {times} }}"), "");
        load(&text).unwrap().step(&"week.rate".into()).unwrap().digest.clone()
    };
    assert_eq!(digest("[1h]"), digest("[2h, 3d]"), "another time takes back no signature");
    let built_in = runbook::builtin();
    let due: Vec<&Due> = built_in.steps().filter_map(|step| step.due.as_ref()).collect();
    assert!(due.iter().all(|due| due.after.as_str() == "cutover.switch"));
    let labels: std::collections::BTreeSet<_> = due.iter().map(|due| due.labels()).collect();
    assert!(labels.contains("T+1 h, T+24 h, T+72 h, T+7 d"), "{labels:?}");
}

#[test]
fn a_due_that_can_not_come_or_does_not_ascend_is_refused_at_its_place() {
    let cases = [
        ("{ after: first.swich, at: [1h] }", ""),
        ("{ after: switch, at: [1h] }", ""),
        ("{ after: week.rate, at: [1h] }", ""),
        ("{ after: week.after, at: [1h] }", ""),
        ("{ after: first.switch, at: [1h] }", "week"),
        ("{ after: first.seen, at: [1h] }", ""),
        ("{ after: first.called, at: [1h] }", ""),
        ("{ after: first.switch, at: [24h, 1h, 7d, 2d] }", ""),
        ("{ after: first.switch, at: [60m, 1h] }", ""),
        ("{ after: first.switch, at: [0h] }", ""),
        ("{ after: first.switch, at: [] }", ""),
        ("{ after: first.switch, at: 1h }", ""),
        ("{ after: first.switch, at: [1w] }", ""),
        ("{ after: first.switch }", ""),
        ("{ at: [1h] }", ""),
        ("{ after: first.switch, at: [1h], every: 1h }", ""),
        ("1h", ""),
    ];
    let said = cases
        .iter()
        .map(|(due, needs)| format!("----- {due} {needs}\n{}", refusal(&with_due(due, needs))));
    let said: Vec<String> = said.collect();
    insta::assert_snapshot!(said.join("\n\n"));
    let text = with_due("{ after: first.switch, at: [1h] }", "");
    let once = text.replacen("        sign_off: person\n      - id: after", "        irreversible: \
        true\n        blast_radius: b\n        rollback: r\n        sign_off: person\n      - id: after", 1);
    assert!(refusal(&once).contains("an irreversible step is done once"), "{}", refusal(&once));
    let called = text.replacen(
        "        sign_off: person\n      - id: after",
        "        sign_off: { \
        roll_call: [finance] }\n      - id: after",
        1,
    );
    assert!(refusal(&called).contains("a roll call is held once"), "{}", refusal(&called));
}

#[test]
fn a_check_needs_its_inputs_declared() {
    let text = with_step("verify: [probe-url]").replace("webhook_url:", "other_url:");
    let said = refusal(&text);
    assert!(said.contains("probe-url reads the input `webhook_url`"), "{said}");
}

#[test]
fn problems_are_data_too() {
    let problems = load(&with_step("owner: me")).unwrap_err();
    let found = problems.to_json();
    assert_eq!(found[0]["file"], "my.yaml");
    assert_eq!(found[0]["line"], 16);
    assert_eq!(found[0]["column"], 9);
    assert_eq!(found[0]["path"], "sections[0].steps[0].owner");
    assert_eq!(found[0]["found"], "`owner`");
}

#[test]
fn a_runbooks_text_cannot_move_the_cursor() {
    let runbook =
        load(&with_step("title: \"A\\e[2J\"\nhow: \"one\\ttab\\nred\\e[31m\\u202e\"")).unwrap();
    let step = runbook.steps().next().unwrap();
    assert_eq!(step.title, "A^[[2J");
    assert_eq!(step.how, "one    tab\nred^[[31m<U+202E>");
    let said = refusal(&with_step("severity: \"\\e[2Jx\""));
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_steps_digest_is_the_same_for_ever_and_covers_the_requirement_only() {
    let digest =
        |lines: &str| load(&with_step(lines)).unwrap().steps().next().unwrap().digest.clone();
    let full = "verify: [{ probe-url: { status: 204, body: ok } }]\nfresh_for: 24h\nsign_off: { \
                people: 2, roles: [engineering] }\nevidence: [{ name: proof, about: The proof }]";
    // The recipe `d1` is part of journals on disk: these two values never change.
    assert_eq!(
        digest("").as_str(),
        "d1:sha256:4eb49144d6e739735d9f9096cd431b9cdcf3363c683cc1a951099a032a8a7cde"
    );
    assert_eq!(
        digest(full).as_str(),
        "d1:sha256:4839529276e7824b4ae04f7081542eb8961f36172564f2d0016e50586384094b"
    );
    assert_eq!(digest("title: Better words"), digest(""));
    assert_eq!(
        digest("verify: [{ probe-url: { body: ok, status: 204 } }]"),
        digest("verify: [{ probe-url: { status: 204, body: ok } }]"),
        "the order of arguments means nothing"
    );
    assert_eq!(digest("how: |\n  so\n"), digest("how: so"), "nor does the way of quoting");
    for other in [
        "why: another",
        "how: another",
        "severity: advisory",
        "fresh_for: 1h",
        "sign_off: { people: 1 }",
        "sign_off: { roll_call: [engineering] }",
        "verify: [probe-url]",
        "evidence: [{ name: proof, about: The proof }]",
        "irreversible: true\nblast_radius: all\nrollback: none",
    ] {
        assert_ne!(digest(other), digest(""), "{other}");
    }
}

#[test]
fn the_built_in_runbook_is_whole() {
    let runbook = runbook::builtin();
    let ids: Vec<&str> = runbook.steps().map(|step| step.id.as_str()).collect();
    insta::assert_snapshot!(ids.join("\n"));
    let rehearsal = runbook.section(&"rehearsal".into()).unwrap();
    let caution = rehearsal.caution.as_deref().unwrap();
    assert!(caution.contains("Never use a customer's card"), "{caution}");
    for step in runbook.steps() {
        assert!(step.how.lines().count() <= 26, "{} is too long for a screen", step.id);
        for line in step.how.lines() {
            assert!(line.chars().count() <= 84, "{}: {line}", step.id);
        }
    }
    let switch = runbook.step(&"cutover.switch".into()).unwrap();
    assert!(switch.irreversible && switch.rollback.is_some() && switch.blast_radius.is_some());
    let decision = runbook.step(&"cutover.decision".into()).unwrap();
    assert!(decision.sign_off.is_roll_call() && decision.sign_off.people() == 2);
    for step in [decision, switch] {
        let owner = step.evidence.iter().find(|spec| spec.name == ROLLBACK_OWNER).unwrap();
        assert!(owner.required, "{}", step.id);
    }
    let gates: Vec<_> = runbook
        .sections
        .iter()
        .map(|section| section.requires.iter().map(SectionId::as_str).collect::<Vec<_>>())
        .collect();
    assert_eq!(gates[3], ["credentials", "webhook", "idempotency"]);
    assert_eq!((&gates[4][..], &gates[5][..]), (&["rehearsal"][..], &["cutover"][..]));
}

#[test]
fn the_schema_knows_the_checks_and_their_arguments() {
    let schema = runbook::schema::with_checks(CHECKS).to_value();
    let uses = &schema["$defs"]["CheckUse"]["anyOf"];
    assert_eq!(uses[0]["oneOf"][0]["const"], "probe-url");
    assert_eq!(uses[1]["properties"]["probe-url"]["properties"]["status"]["maximum"], 599);
    assert_eq!(schema["properties"]["format"]["const"], 1);
    let step = &schema["$defs"]["StepDoc"];
    assert_eq!(step["additionalProperties"], false);
    assert!(step["properties"]["why"].to_string().contains("class of mistake"), "{step}");
}

/// A runbook of very many steps, as the benchmarks use one.
fn large(steps: usize) -> String {
    let mut text = String::from("format: 1\nid: large\ntitle: Large\nsections:\n");
    for step in 0..steps {
        if step % 100 == 0 {
            text.push_str(&format!("  - id: s{}\n    title: Part\n    steps:\n", step / 100));
        }
        text.push_str(&format!(
            "      - id: n{step}\n        title: Step {step}\n        why: because\n        how: |\n          \
             do it\n        severity: blocking\n        sign_off: person\n"
        ));
    }
    text
}

#[test]
fn ten_thousand_steps_load() {
    assert_eq!(load(&large(10_000)).unwrap().steps().count(), 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_whatever_makes_the_loader_panic(text in any::<String>()) {
        let _ = load(&text);
    }

    #[test]
    fn no_yaml_like_text_makes_the_loader_panic(text in "([-?:,\\[\\]{}#&*!|>'\"%@` \\n\\ta-c0]|format: 1\\n|  - id: ){0,60}") {
        let _ = load(&text);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_cut_or_changed_runbook_makes_the_loader_panic(
        at in 0..40_000usize, removed in 0..40usize, put in "[-:{}\\[\\]\"'\\n #&*!|>a]{0,3}"
    ) {
        let mut chars: Vec<char> = runbook::BUILT_IN.chars().collect();
        let at = at.min(chars.len());
        let end = (at + removed).min(chars.len());
        chars.splice(at..end, put.chars());
        let text: String = chars.into_iter().collect();
        if let Err(problems) = load(&text) {
            prop_assert!(!problems.list.is_empty());
            let lines = text.split('\n').count();
            prop_assert!(problems.list.iter().all(|one| one.line >= 1 && one.line <= lines + 1));
            let _ = problems.to_string();
        }
    }
}
