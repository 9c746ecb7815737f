//! The first week on screen: stories, snapshots of text and style, any picture at any size.

use std::sync::Arc;

use golive::app::demo::{DemoAct, DemoFault, DemoView};
use golive::app::effect::{Ask, Effect, Ticket};
use golive::app::msg::Msg;
use golive::app::{Model, Opening};
use golive::config::{ScreenConfig, ThemeName};
use golive::events::feed::Quoted;
use golive::launch::testing::Walk;
use golive::week::{Look, Picture, Sight, Span};
use proptest::prelude::*;

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

// ---------------------------------------------------------------- stories

fn asks(stage: &Stage) -> Vec<Ask> {
    let asks = stage.asked.iter().filter_map(|effect| match effect {
        Effect::Week(ask) => Some(ask.clone()),
        _ => None,
    });
    asks.collect()
}

#[test]
fn the_logs_are_watched_only_while_the_first_week_is_open() {
    let mut stage = Stage::of(Walk::new(runbook()), Some("Dana Ito"), (120, 40));
    stage.keys("<esc>");
    assert_eq!(asks(&stage), []);
    stage.keys("f").send(seen(pictures::quiet()));
    shows(&stage, "Failed payments");
    stage.keys("<esc>");
    assert_eq!(asks(&stage), [Ask::Open(Look::default()), Ask::Close]);
    // What still comes of it is not taken for the next time's.
    stage.send(seen(pictures::incident())).keys("f");
    shows(&stage, "Reading the logs");
}

/// The panel of a demo whose first week has passed, or not.
fn demo(week_has_passed: bool) -> DemoView {
    let fault = |name, of_week| DemoFault {
        name,
        about: "Something is wrong.",
        caught_by: "failure-codes".to_owned(),
        of_week,
        on: false,
    };
    DemoView {
        control: "http://127.0.0.1:1/".to_owned(),
        folder: "/tmp/demo".to_owned(),
        clock: pictures::now(),
        pages: Vec::new(),
        week_has_passed,
        faults: vec![fault("code-spike", true), fault("key-revoked", false)],
    }
}

#[test]
fn nobody_watches_while_the_demo_lays_its_logs_down_anew() {
    let mut stage = Stage::of(Walk::new(runbook()), Some("Ada Kim"), (80, 24));
    stage.model = Model::new(Opening {
        demo: Some(demo(false)),
        week: None,
        launch: stage.walk.launch.clone(),
        name: "demo".to_owned(),
        world: stage.walk.world.clone(),
        now: stage.walk.now,
        people: team(),
        signer: Some("Ada Kim".to_owned()),
        screen: ScreenConfig::default(),
        read_only: None,
        size: (80, 24),
    });
    stage.keys("<esc>f").send(seen(pictures::quiet()));
    stage.keys("d").keys("code");
    shows(&stage, "Let the first week pass to see it.");
    stage.keys("<enter>");
    let open = Ask::Open(Look::default());
    let kept = "before the week has passed nothing is laid down";
    assert_eq!(asks(&stage), [Ask::Open(Look::default())], "{kept}");

    stage.send(Msg::Demo { act: DemoAct::Week, result: Ok(Box::new(demo(true))) });
    stage.keys("<enter><enter>");
    assert_eq!(asks(&stage), [open.clone(), Ask::Close], "and once is enough");
    shows(&stage, "Laying down the logs of the first week");
    let result = Ok(Box::new(demo(true)));
    stage.send(Msg::Demo { act: DemoAct::Look, result: result.clone() });
    assert_eq!(asks(&stage).len(), 2, "they are not laid down yet");
    let act = DemoAct::Switch { name: "code-spike", on: true };
    stage.send(Msg::Demo { act, result });
    assert_eq!(asks(&stage), [open.clone(), Ask::Close, open]);
    hides(&stage, "Laying down");
}

#[test]
fn golive_watch_goes_on_watching_behind_another_view() {
    let mut stage = watch(pictures::quiet(), (120, 40), ThemeName::Dark);
    stage.keys("<esc>o").send(seen(pictures::incident())).keys("f");
    shows(&stage, "issuer_decline up since 14:20");
    assert_eq!(asks(&stage), [Ask::Open(Look::default())]);
}

#[test]
fn the_time_range_is_zoomed_moved_and_let_go_again() {
    let mut stage = watch(pictures::quiet(), (120, 40), ThemeName::Dark);
    stage.keys("+h");
    let earlier = asks(&stage).pop().unwrap();
    let Ask::Look(look) = earlier else { panic!("{earlier:?}") };
    assert_eq!(look.span, Span::SixHours);
    assert_eq!(
        look.until.map(golive::time::Timestamp::minute),
        Some("2026-11-25 11:52 UTC".into())
    );
    shows(&stage, "6 h until 2026-11-25 11:52 UTC");
    stage.keys("l");
    assert_eq!(asks(&stage).pop(), Some(Ask::Look(Look { span: Span::SixHours, until: None })));
    stage.keys("h0");
    shows(&stage, "6 h, live");
    let moved = asks(&stage).len();
    stage.keys("0----").keys(&"-".repeat(9));
    assert_eq!(asks(&stage).len(), moved + 3, "beyond the longest there is nothing to ask for");
    shows(&stage, "28 days, live");
}

#[test]
fn the_cursor_stays_on_its_thing_when_others_come_in_above_it() {
    let mut stage = watch(pictures::incident(), (120, 40), ThemeName::Dark);
    stage.keys("<enter>jj<enter>jj<enter>");
    shows(&stage, "10:22 UTC");
    stage.keys("<esc>");
    let mut later = pictures::incident();
    let list = &mut later.panels[0].lists[0];
    for minute in 40..45 {
        let mut item = list.items[0].clone();
        item.at = golive::time::Timestamp::from_millis(item.at.millis() + minute * 60_000);
        list.items.insert(0, item);
    }
    stage.send(seen(later)).keys("<enter>");
    shows(&stage, "10:22 UTC");
}

#[test]
fn a_list_that_is_gone_leads_back_to_its_panel() {
    let mut stage = watch(pictures::incident(), (120, 40), ThemeName::Dark);
    stage.keys("<enter>jj<enter>j").send(seen(pictures::quiet()));
    shows(&stage, "Nothing here to look into.");
    stage.keys("<enter><esc>");
    shows(&stage, "Failed payments");
}

#[test]
fn lines_that_are_gone_are_not_made_up() {
    let mut stage = watch(pictures::incident(), (120, 40), ThemeName::Dark);
    stage.keys("<enter><enter>");
    let ticket = asked(&stage);
    stage.send(Msg::WeekQuoted { ticket: Ticket(ticket.0 + 7), lines: both_lines() });
    shows(&stage, "Reading its lines again.");
    stage.send(Msg::WeekQuoted { ticket, lines: Vec::new() });
    shows(&stage, "Its lines are not in the logs any more.");
    hides(&stage, "evt_8f3a21");
}

#[test]
fn the_support_text_has_the_ids_of_both_sides_and_is_copied_with_a_key() {
    let mut stage = watch(pictures::incident(), (120, 40), ThemeName::Dark);
    stage.keys("<enter>jj<enter>c");
    let ticket = asked(&stage);
    stage.send(Msg::WeekQuoted { ticket, lines: both_lines() }).keys("c");
    let Some(Effect::Copy { text }) = stage.asked.last() else { panic!("{:?}", stage.asked) };
    for id in ["req_77aa01", "order-7731", "evt_8f3a21"] {
        assert!(text.contains(id), "no {id} in\n{text}");
    }
}

#[test]
fn how_far_reading_is_and_why_it_can_not_be_done_is_said() {
    let mut stage = watch(pictures::quiet(), (80, 24), ThemeName::Dark);
    let pass = Some(golive::week::Pass { done: 480_000_000, of: Some(1_200_000_000) });
    stage.send(Msg::Week(Sight { picture: None, pass, trouble: None }));
    shows(&stage, "480 MB of 1.2 GB, 40 %");
    let trouble = Some("the logs can not be read: no space left".to_owned());
    stage.send(Msg::Week(Sight { picture: None, pass: None, trouble }));
    shows(&stage, "no space left");
}

#[test]
fn nothing_but_a_key_or_a_picture_draws_the_first_week() {
    let mut stage = watch(pictures::quiet(), (120, 40), ThemeName::Dark);
    stage.wait(60);
    assert_eq!(stage.model.wakes_at(), None);
}

#[test]
fn good_and_bad_are_told_apart_without_colour() {
    let mut stage = watch(pictures::incident(), (120, 40), ThemeName::Mono);
    stage.keys("<enter>");
    let screen = stage.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let axis = rows.iter().position(|row| row.contains("15:00─")).unwrap();
    let bars = |row: &&str| row.contains('█') || row.contains('▀');
    assert!(bars(&rows[axis - 1]), "what is good stands on the axis\n{screen}");
    assert!(bars(&rows[axis + 1]), "what is bad hangs from it\n{screen}");
    stage.send(seen(pictures::quiet()));
    let screen = stage.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let axis = rows.iter().position(|row| row.contains("15:00─")).unwrap();
    assert!(
        !rows[axis + 1].trim_start().starts_with(['█', '▀']) || rows[axis + 1].contains("at the")
    );
}

// ---------------------------------------------------------------- any picture at any size

mod any {
    use golive::launch::outcome::{Level, Outcome};
    use golive::time::Timestamp;
    use golive::week::panel::{
        Chart, Figure, Item, Limit, List, Notice, Panel, Series, Stage, Tone, Topic, Unit,
    };
    use golive::week::picture::{Reading, SourceState};
    use golive::week::{Look, Picture, Span};
    use proptest::prelude::*;
    use proptest::sample::select;

    fn text() -> impl Strategy<Value = String> {
        select(vec!["", "issuer_decline", "支払いが失敗しました", "e\u{301}é", "x"])
            .prop_flat_map(|base| (0usize..40).prop_map(move |times| base.repeat(times)))
    }

    fn number() -> impl Strategy<Value = f64> {
        select(vec![0.0, 0.001, 0.5, 1.0, 7.0, 412.0, 1e6, 1e18, f64::MAX])
    }

    fn at() -> impl Strategy<Value = Timestamp> {
        (0i64..4_000_000_000_000).prop_map(Timestamp::from_millis)
    }

    fn tone() -> impl Strategy<Value = Tone> {
        select(vec![Tone::Good, Tone::Warn, Tone::Bad, Tone::Plain])
    }

    fn series() -> impl Strategy<Value = Series> {
        let points = prop::collection::vec(prop::option::of(number()), 0..200);
        (text(), tone(), points, prop::option::of(number()))
            .prop_map(|(name, tone, points, usual)| Series { name, tone, points, usual })
    }

    fn chart() -> impl Strategy<Value = Chart> {
        let series = || prop::collection::vec(series(), 0..6);
        let many = series().prop_map(|few| few.iter().cycle().take(512).cloned().collect());
        let stage = (text(), any::<u64>(), tone(), prop::option::of(text()))
            .prop_map(|(name, count, tone, note)| Stage { name, count, tone, note });
        prop_oneof![
            Just(Chart::None),
            series().prop_map(|series| Chart::Stacked { unit: "events".into(), series }),
            series().prop_map(|series| Chart::Rows { unit: "failures".into(), series }),
            many.prop_map(|series| Chart::Rows { unit: "failures".into(), series }),
            prop::collection::vec(stage, 0..12).prop_map(|stages| Chart::Funnel { stages }),
        ]
    }

    fn notice() -> impl Strategy<Value = Notice> {
        let level = select(vec![Level::Blocking, Level::Advisory, Level::Info]);
        let times = (prop::option::of(at()), prop::option::of(at()));
        (level, text(), text(), times, prop::option::of(text())).prop_map(
            |(level, short, message, (since, until), cause)| Notice {
                since,
                until,
                cause,
                ..Notice::new(level, short.clone(), short, message)
            },
        )
    }

    fn list() -> impl Strategy<Value = List> {
        let item = (at(), text(), text(), tone()).prop_map(|(at, what, says, tone)| Item {
            at,
            what,
            says,
            tone,
            spots: Vec::new(),
        });
        (text(), any::<u64>(), prop::collection::vec(item, 0..200))
            .prop_map(|(title, total, items)| List { title, total, items })
    }

    fn panel(topic: Topic) -> impl Strategy<Value = Panel> {
        let outcome =
            select(vec![Outcome::Pass, Outcome::Fail, Outcome::Unknown, Outcome::Waiting]);
        let unit = select(vec![Unit::Count, Unit::Ratio, Unit::Seconds, Unit::Days]);
        let figure = (text(), number(), unit, prop::option::of(text())).prop_map(
            |(title, value, unit, over)| Figure {
                name: "n",
                label: None,
                title,
                value,
                unit,
                over,
            },
        );
        let limit = (text(), text(), prop::option::of(any::<bool>()))
            .prop_map(|(says, stands, crossed)| Limit { key: "k".into(), says, stands, crossed });
        (
            (outcome, text(), chart()),
            prop::collection::vec(figure, 0..8),
            prop::collection::vec(limit, 0..5),
            prop::collection::vec(notice(), 0..30),
            prop::collection::vec(list(), 0..4),
        )
            .prop_map(
                move |((outcome, sentence, chart), figures, limits, notices, lists)| Panel {
                    topic,
                    outcome,
                    sentence,
                    figures,
                    chart,
                    limits,
                    notices,
                    lists,
                },
            )
    }

    fn reading() -> impl Strategy<Value = Reading> {
        let source = (text(), text(), any::<bool>()).prop_map(|(shown, state, good)| SourceState {
            shown,
            role: "webhooks",
            state,
            good,
        });
        let sources = prop::collection::vec(source, 0..6);
        (sources, any::<u64>(), prop::option::of(at()), prop::collection::vec(text(), 0..3))
            .prop_map(|(sources, lines, newest, problems)| Reading {
                sources,
                lines,
                garbage: lines,
                too_long: lines,
                newest,
                problems,
                ..Reading::default()
            })
    }

    pub fn picture() -> impl Strategy<Value = Picture> {
        let panels = (
            panel(Topic::DeliveryRate),
            panel(Topic::FailureCodes),
            panel(Topic::Churn),
            panel(Topic::RequestCorrelation),
        );
        let look = (select(Span::ALL.to_vec()), prop::option::of(at()));
        (at(), look, text(), panels, reading()).prop_map(
            |(now, (span, until), sentence, panels, reading)| Picture {
                at: now,
                window: Look { span, until }.window(now),
                switched: None,
                sentence,
                panels: panels.into(),
                reading,
            },
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_picture_is_drawn_at_any_size_and_no_key_breaks_it(
        first in any::picture(),
        second in any::picture(),
        keys in "[jklh+0cyTAq.]{0,12}",
        (width, height) in (0u16..260, 0u16..90),
    ) {
        let mut stage = watch(first, (80, 24), ThemeName::Mono);
        stage.send(Msg::Resize { width, height });
        for step in ["<enter>", "j<enter>", "jj", "<enter>", "<tab>", "<esc>"] {
            stage.keys(step);
        }
        stage.keys(&keys.replace('q', "")).send(seen(second)).keys("<esc><esc><tab><enter>");
        for size in SIZES {
            stage.send(Msg::Resize { width: size.0, height: size.1 });
            let screen = stage.screen();
            prop_assert!(screen.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= usize::from(size.0)));
        }
    }
}
