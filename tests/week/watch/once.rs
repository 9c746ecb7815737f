//! `golive watch --once`.

use golive::demo::week::lines::PERSONAL;

use super::shop::{BREAKS, STEP, Shop};

fn delivery(document: &serde_json::Value) -> &serde_json::Value {
    &document["panels"][0]
}

#[test]
fn a_crossed_threshold_is_said_in_words_and_json_with_exit_code_1() {
    let mut shop = Shop::new("");
    shop.broken();
    let ran = shop.once(&[]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.out.contains("CROSSED"), "{}", ran.out);
    assert!(ran.out.contains("logs/events.jsonl:"), "no place is named: {}", ran.out);
    let ran = shop.once(&["--format", "json"]);
    assert_eq!(ran.code, Some(1));
    let document = ran.json();
    assert_eq!(document["schema"], "golive.watch/1");
    assert_eq!(document["launch"], "shop");
    assert_eq!(document["outcome"], "fail");
    assert_eq!(document["crossed"][0]["topic"], "delivery-rate");
    assert_eq!(delivery(&document)["outcome"], "fail");
    let place = &delivery(&document)["notices"][0]["places"][0];
    assert_eq!(place["file"], "logs/events.jsonl", "{document:#}");
    assert!(place["line"].as_u64().unwrap() > 1, "{place}");
    for personal in PERSONAL {
        assert!(!ran.out.contains(personal), "{personal} is in the document");
    }
    assert_eq!(shop.kinds(), Vec::<String>::new(), "to look writes nothing");
}

#[test]
fn a_quiet_week_passes_what_its_logs_can_answer() {
    let mut shop = Shop::new("");
    shop.quiet();
    let ran = shop.once(&["--format", "json"]);
    let document = ran.json();
    assert_eq!(delivery(&document)["outcome"], "pass", "{document:#}");
    let all = document["panels"].as_array().unwrap().iter().all(|it| it["outcome"] == "pass");
    assert_eq!(ran.code, Some(if all { 0 } else { 5 }), "{document:#}");
    assert_eq!(document["crossed"], serde_json::json!([]));
}

#[test]
fn without_logs_it_is_unknown_with_exit_code_5() {
    let shop = Shop::new("");
    let ran = shop.once(&["--format", "json"]);
    assert_eq!((ran.code, &ran.json()["outcome"]), (Some(5), &"unknown".into()), "{ran:#?}");
}

#[test]
fn a_past_moment_is_judged_as_if_no_later_line_had_been_written() {
    let mut shop = Shop::new("");
    shop.quiet();
    let then = shop.once(&["--format", "json"]).json();
    let at = shop.now.to_string();
    shop.broken();
    let ran = shop.once(&["--format", "json", "--at", &at]);
    let again = ran.json();
    assert_eq!(again["at"], then["at"]);
    for (place, panel) in then["panels"].as_array().unwrap().iter().enumerate() {
        let other = &again["panels"][place];
        assert_eq!(other["figures"], panel["figures"]);
        assert_eq!(other["notices"], panel["notices"]);
    }
    assert_eq!(again["reading"]["newest"], then["reading"]["newest"]);
    assert_eq!(again["reading"]["undated"], then["reading"]["undated"]);
    assert_eq!(shop.once(&[]).code, Some(1), "and now it is crossed");
}

#[test]
fn recording_reopens_the_step_once_and_the_standing_says_why() {
    let mut shop = Shop::new("");
    shop.quiet();
    shop.world.golive(&["verify", STEP, "--as", "Dana"]);
    let state = |shop: &Shop| {
        let status = shop.world.golive(&["status", "--format", "json"]).json();
        let steps = status["steps"].as_array().unwrap().clone();
        steps.into_iter().find(|step| step["id"] == STEP).unwrap()
    };
    assert_eq!(state(&shop)["checks"][0]["outcome"], "pass", "{:#}", state(&shop));
    shop.broken();
    let ran = shop.once(&["--record"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains(&format!("threshold crossed, {STEP}")), "{ran:#?}");
    let step = state(&shop);
    assert_eq!(step["checks"][0]["outcome"], serde_json::Value::Null, "{step:#}");
    assert!(step["because"].to_string().contains("over its threshold since"), "{step:#}");
    let (crossed, reopened) = (shop.count("threshold.crossed"), shop.count("step.reopened"));
    assert!(crossed >= 1 && reopened == 1, "{:?}", shop.kinds());
    assert_eq!(step["crossed"].as_array().unwrap().len(), crossed);
    shop.once(&["--record"]);
    assert_eq!(shop.count("threshold.crossed"), crossed);
    let log = shop.world.must(&["log"]).out;
    assert!(log.contains("golive watch") && log.contains("over a threshold"), "{log}");
    shop.world.must(&["journal", "verify"]);
}

#[test]
fn what_is_over_is_recorded_as_over() {
    let mut shop = Shop::new("");
    shop.broken();
    shop.once(&["--record"]);
    let crossed = shop.count("threshold.crossed");
    assert!(crossed >= 1);
    shop.until(BREAKS.0 + 4, 0);
    shop.once(&["--record"]);
    assert_eq!(shop.count("threshold.cleared"), crossed, "{:?}", shop.kinds());
    let state = shop.world.golive(&["status", "--format", "json"]).json();
    let steps = state["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == STEP).unwrap();
    assert_eq!(step["crossed"], serde_json::json!([]), "{step:#}");
}

#[test]
fn a_log_that_is_not_there_is_no_log_without_errors() {
    let mut shop = Shop::with("logs/no-such-file*", "");
    shop.until(BREAKS.0 + 4, 0);
    let document = shop.once(&["--format", "json"]).json();
    let errors = &document["panels"][3];
    assert_eq!(errors["topic"], "request-correlation");
    assert_eq!(document["crossed"], serde_json::json!([]), "{errors:#}");
    assert_ne!(errors["outcome"], "fail", "{:#}\n{:#}", errors["notices"], document["reading"]);
}

#[test]
fn the_text_for_support_holds_ids_and_no_personal_data() {
    let mut shop = Shop::new("");
    shop.broken();
    let text = shop.once(&["--support"]).out;
    assert!(
        text.contains("To the support of MintCash") || text.contains("Nothing to ask"),
        "{text}"
    );
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{personal} is in the text");
    }
}

#[test]
fn a_limit_or_an_alert_that_can_not_be_is_refused_at_its_line() {
    for (more, line, says) in [
        (
            "watch:\n  limits: { delivered_percent: 101 }\n",
            7,
            "`delivered_percent` is out of range",
        ),
        ("watch:\n  limits: { delivered: 99 }\n", 7, "unknown key `delivered`"),
        ("watch:\n  alert: { url: 'http://hooks.example/s3cret-path' }\n", 7, "over https"),
        ("watch:\n  alert:\n    url: prompt\n", 8, "can not ask for a secret"),
        ("watch:\n  alert:\n    header: { name: A, value: { env: T } }\n", 8, "goes with a URL"),
    ] {
        let ran = Shop::new(more).once(&[]);
        assert_eq!(ran.code, Some(2), "{more}: {ran:#?}");
        assert!(ran.err.contains(says), "{more}: {}", ran.err);
        assert!(ran.err.contains(&format!("golive.yaml:{line}:")), "{more}: {}", ran.err);
        assert!(!ran.err.contains("s3cret-path"), "{}", ran.err);
    }
}

#[test]
fn the_limits_and_who_is_alerted_are_shown_with_where_they_come_from() {
    let more = "watch:\n  limits: { delivered_percent: 99.5 }\n  alert:\n    command: [page, ops]\n    \
                url: https://hooks.example/s3cret-path\n    header: { name: X-Token, value: { env: \
                TOKEN } }\n";
    let shown = Shop::new(more).world.must(&["config", "show"]).out;
    let row = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("watch.limits.delivered_percent").contains("99.5"), "{shown}");
    assert!(row("watch.limits.delivered_percent").ends_with("golive.yaml:7"), "{shown}");
    assert!(row("watch.limits.first_try_percent").ends_with("default"), "{shown}");
    assert!(row("watch.alert.command").contains("page ops"), "{shown}");
    assert!(row("watch.alert.url").contains("https://hooks.example/…"), "{shown}");
    assert!(row("watch.alert.header").contains("X-Token from env TOKEN"), "{shown}");
    assert!(!shown.contains("s3cret-path"), "{shown}");
}

/// What a cron job leaves over an incident of four hours and the day after it.
#[test]
fn a_cron_job_records_and_clears_each_crossing_once_and_alerts_both_once() {
    let mut shop =
        Shop::new("watch:\n  alert:\n    command: [sh, -c, 'it=$(cat); echo \"$it\" >> alerts']\n");
    shop.quiet();
    let told = |kind: &str, text: &str| {
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut keys: Vec<String> = records
            .filter(|it: &serde_json::Value| it["kind"] == kind || it["state"] == kind)
            .map(|it| it["data"]["key"].as_str().or(it["key"].as_str()).unwrap().to_owned())
            .collect();
        keys.sort();
        keys
    };
    // Every five minutes where it begins, more rarely where it ends.
    for minute in [5, 10, 15, 20, 25, 120, 240, 250, 260, 280, 300, 360, 720, 1_560] {
        shop.until_minute(BREAKS.0, BREAKS.1 * 60 + minute);
        shop.once(&["--record"]);
    }
    let journal = std::fs::read_to_string(shop.world.journal()).unwrap();
    let alerts = std::fs::read_to_string(shop.folder().join("alerts")).unwrap();
    let crossed = told("threshold.crossed", &journal);
    let mut once = crossed.clone();
    once.dedup();
    assert!(!once.is_empty() && once == crossed, "a crossing was recorded twice: {crossed:?}");
    assert_eq!(told("threshold.cleared", &journal), crossed);
    assert_eq!(told("crossed", &alerts), crossed);
    assert_eq!(told("cleared", &alerts), crossed);
}
