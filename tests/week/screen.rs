//! The first week on screen: stories, snapshots of text and style, any picture at any size.

use std::sync::Arc;

use golive::app::effect::{Ask, Effect, Ticket};
use golive::app::msg::Msg;
use golive::app::{Model, Opening};
use golive::config::{ScreenConfig, ThemeName};
use golive::events::feed::Quoted;
use golive::launch::testing::Walk;
use golive::week::{Look, Picture, Sight, Span};

use crate::pictures;
use crate::stage::{Stage, runbook, team};

const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (200, 60)];

/// The screen of `golive watch`, with this picture.
fn watch(picture: Picture, size: (u16, u16), theme: ThemeName) -> Stage {
    let mut walk = Walk::new(runbook());
    walk.now = pictures::now();
    let mut stage = Stage::of(walk.clone(), Some("Dana Ito"), size);
    stage.model = Model::new(Opening {
        demo: None,
        week: Some(Span::Day),
        launch: walk.launch.clone(),
        name: "acme".to_owned(),
        world: walk.world.clone(),
        now: walk.now,
        people: team(),
        signer: Some("Dana Ito".to_owned()),
        screen: ScreenConfig { theme, ..ScreenConfig::default() },
        read_only: None,
        size,
    });
    stage.send(Msg::Resize { width: size.0, height: size.1 });
    stage.send(seen(picture));
    stage
}

fn seen(picture: Picture) -> Msg {
    Msg::Week(Sight { picture: Some(Arc::new(picture)), ..Sight::default() })
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

/// The last request for lines.
fn asked(stage: &Stage) -> Ticket {
    let last = stage.asked.iter().rev().find_map(|effect| match effect {
        Effect::Week(Ask::Quote { ticket, .. }) => Some(*ticket),
        _ => None,
    });
    last.unwrap()
}

/// The two sides of one failure, as the logs have it: masked.
fn both_lines() -> Vec<Quoted> {
    let line = |offset, file: &str, line, text: &str, ids: &[(&'static str, &str)]| Quoted {
        spot: pictures::spot(offset),
        file: file.to_owned(),
        line: Some(line),
        text: text.to_owned(),
        ids: ids.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    };
    vec![
        line(
            100,
            "logs/webhooks.jsonl",
            48_211,
            r#"{"eventId":"evt_8f3a21","event":"payment.failed","createdAt":"2026-11-25T10:20:00Z","data":{"id":"pay_19c2","externalId":"order-7731","failureCode":"issuer_decline","customer":{"email":"***","name":"***"}}}"#,
            &[
                ("time", "2026-11-25T10:20:00Z"),
                ("eventId", "evt_8f3a21"),
                ("externalId", "order-7731"),
                ("id", "pay_19c2"),
            ],
        ),
        line(
            900,
            "logs/app.log",
            1_204,
            r#"{"level":"error","msg":"charge failed","requestId":"req_77aa01","externalId":"order-7731"}"#,
            &[("time", "2026-11-25T10:20:01Z"), ("requestId", "req_77aa01")],
        ),
    ]
}

// ---------------------------------------------------------------- snapshots

#[test]
fn the_first_week_at_four_sizes() {
    for size in SIZES {
        for (name, picture) in [
            ("quiet", pictures::quiet()),
            ("incident", pictures::incident()),
            ("nothing", pictures::nothing()),
        ] {
            let stage = watch(picture, size, ThemeName::Dark);
            insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), stage.screen());
        }
    }
}

#[test]
fn the_incident_in_every_theme_at_four_sizes() {
    for size in SIZES {
        for (name, theme) in
            [("dark", ThemeName::Dark), ("light", ThemeName::Light), ("mono", ThemeName::Mono)]
        {
            let stage = watch(pictures::incident(), size, theme);
            let name = format!("incident_{}x{}_{name}", size.0, size.1);
            insta::assert_snapshot!(name, stage.styles());
        }
    }
}

#[test]
fn one_looks_into_a_panel_a_list_and_a_thing() {
    for size in SIZES {
        let place = format!("{}x{}", size.0, size.1);
        let mut stage = watch(pictures::incident(), size, ThemeName::Dark);
        stage.keys("<enter>");
        insta::assert_snapshot!(format!("panel_{place}"), stage.screen());
        stage.keys("jj<enter>jjj");
        insta::assert_snapshot!(format!("list_{place}"), stage.screen());
        stage.keys("kkk<enter>");
        shows(&stage, "Reading its lines again.");
        let ticket = asked(&stage);
        stage.send(Msg::WeekQuoted { ticket, lines: both_lines() });
        insta::assert_snapshot!(format!("lines_{place}"), stage.screen());
        stage.keys("c");
        let ticket = asked(&stage);
        stage.send(Msg::WeekQuoted { ticket, lines: both_lines() });
        insta::assert_snapshot!(format!("support_{place}"), stage.screen());
    }
}

#[test]
fn ascii_reaches_the_first_week() {
    for size in SIZES {
        let mut stage = watch(pictures::incident(), size, ThemeName::Mono);
        stage.keys("A");
        let screen = stage.screen();
        let odd: String = screen.chars().filter(|ch| !ch.is_ascii() && *ch != '—').collect();
        assert!(odd.is_empty(), "{odd}\n{screen}");
        insta::assert_snapshot!(format!("ascii_{}x{}", size.0, size.1), screen);
    }
}
