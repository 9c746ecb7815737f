use proptest::prelude::*;

use super::*;
use crate::launch::outcome::{Level, Outcome};
use crate::week::panel::{Chart, Notice};
use crate::week::picture::{Between, Reading};
use crate::week::story::{Answer, Attempt, Key, Spot};
use crate::week::{Limits, Span, Window};

const MINUTE: i64 = 60_000;
const START: i64 = 1_764_000_000_000;
/// The time at which panels are made, in minutes.
const NOW: i64 = 3 * 24 * 60;

fn moment(minutes: i64) -> Timestamp {
    Timestamp::from_millis(START + minutes * MINUTE)
}

fn key(id: u64) -> Option<Key> {
    (id > 0).then_some(Key(id))
}

struct World {
    words: Words,
    board: CorrelationBoard,
    reading: Reading,
    lines: u64,
}

impl World {
    fn new() -> Self {
        let mut reading = Reading { lines: 1000, ..Reading::default() };
        reading.holds.events = true;
        reading.holds.requests = true;
        reading.holds.application = true;
        reading.newest = Some(moment(NOW));
        Self { words: Words::default(), board: CorrelationBoard::default(), reading, lines: 0 }
    }

    fn spot(&mut self, file: u32) -> Spot {
        self.lines += 1;
        Spot { file, offset: self.lines }
    }

    fn error(&mut self, side: Side, minutes: i64, status: u16, ids: (u64, u64)) -> Trouble {
        let trouble = Trouble {
            at: moment(minutes),
            side,
            code: Some(self.words.word("invalid_request")),
            status: Some(status),
            request: key(ids.0),
            external: key(ids.1),
            resource: None,
            spot: self.spot(if side == Side::Api { 1 } else { 2 }),
        };
        self.board.trouble(&trouble);
        trouble
    }

    fn api(&mut self, minutes: i64, status: u16, ids: (u64, u64)) {
        self.error(Side::Api, minutes, status, ids);
    }

    fn app(&mut self, minutes: i64, ids: (u64, u64)) {
        self.error(Side::Application, minutes, 0, ids);
    }

    fn story(&mut self, minutes: i64, name: &str, external: u64) -> Story {
        let spot = self.spot(3);
        Story {
            id: Key(spot.offset),
            name: self.words.word(name),
            created: Some(moment(minutes)),
            code: Some(self.words.word("issuer_decline")),
            resource: Some(Key(external + 1_000_000)),
            subscription: None,
            external: key(external),
            card: None,
            attempts: vec![Attempt { at: moment(minutes), answer: Answer::Unsaid, spot }],
            spot,
        }
    }

    fn failed(&mut self, minutes: i64, external: u64) {
        let story = self.story(minutes, "payment.failed", external);
        self.board.add(&story, &self.words);
    }

    fn panel(&self) -> Panel {
        panel(&self.board, &self.words, &self.reading)
    }
}

fn panel(board: &CorrelationBoard, words: &Words, reading: &Reading) -> Panel {
    let now = moment(NOW);
    board.panel(&Frame {
        now,
        window: Window::until(now, Span::Week),
        limits: &Limits::default(),
        switched: None,
        words,
        reading,
    })
}

fn notice<'a>(panel: &'a Panel, key: &str) -> Option<&'a Notice> {
    panel.notices.iter().find(|notice| notice.key == key)
}

fn list<'a>(panel: &'a Panel, title: &str) -> Option<&'a crate::week::panel::List> {
    panel.lists.iter().find(|list| list.title == title)
}

/// Errors that both sides know, the application's line a second later.
fn joined(world: &mut World, count: u64) {
    for number in 1..=count {
        let minutes = i64::try_from(number).unwrap() * 7;
        world.api(minutes, 422, (number, 0));
        world.app(minutes, (number, 10_000 + number));
    }
}

#[test]
fn errors_that_both_sides_know_pass_and_one_key_leads_to_both_lines() {
    let mut world = World::new();
    joined(&mut world, 40);
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass, "{:#?}", panel.notices);
    assert_eq!(panel.sentence, "40 errors known on both sides");
    assert!(panel.notices.is_empty(), "{:#?}", panel.notices);
    let list = list(&panel, "API errors known on both sides").unwrap();
    let files: Vec<u32> = list.items[0].spots.iter().map(|spot| spot.file).collect();
    assert_eq!((list.total, files), (40, vec![1, 2]));
    let Chart::Stacked { series, .. } = &panel.chart else { panic!() };
    let sum = |points: &[Option<f64>]| points.iter().flatten().sum::<f64>();
    let sums: Vec<f64> = series.iter().map(|series| sum(&series.points)).collect();
    assert_eq!(sums, [40.0, 0.0, 0.0]);
}

#[test]
fn no_error_on_either_side_passes_when_both_were_read() {
    let mut world = World::new();
    assert_eq!(world.panel().outcome, Outcome::Pass);
    world.reading.lines = 0;
    assert_eq!(world.panel().outcome, Outcome::Unknown);
}

#[test]
fn api_errors_that_the_application_swallows_fail_when_they_are_many() {
    for (count, level, outcome) in [
        (1, Level::Info, Outcome::Pass),
        (4, Level::Advisory, Outcome::Pass),
        (30, Level::Blocking, Outcome::Fail),
    ] {
        let mut world = World::new();
        joined(&mut world, 40);
        for number in 0..count {
            world.api(500 + number, 422, (5_000 + number.unsigned_abs(), 0));
        }
        let panel = world.panel();
        let found = notice(&panel, "api-errors-unknown").unwrap();
        assert_eq!((found.level, panel.outcome), (level, outcome), "{count}: {found:#?}");
        assert!(!found.spots.is_empty());
        let list = list(&panel, "API errors unknown to the application").unwrap();
        assert_eq!(list.total, count.unsigned_abs());
    }
}

/// Two days in which the application logged all of them would hide a day in which it logs none.
#[test]
fn api_errors_that_are_swallowed_since_yesterday_are_not_hidden_by_the_days_before() {
    let mut world = World::new();
    joined(&mut world, 40);
    for number in 0..4 {
        world.api(NOW - 600 - number, 422, (500 + u64::try_from(number).unwrap(), 0));
    }
    let few = world.panel();
    assert_eq!(few.outcome, Outcome::Pass, "four are too few: {:#?}", few.notices);
    for number in 4..6 {
        world.api(NOW - 600 - number, 422, (500 + u64::try_from(number).unwrap(), 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Fail, "{:#?}", panel.notices);
    let unknown = notice(&panel, "api-errors-unknown").unwrap();
    assert!(unknown.message.starts_with("Of 6 errors"), "{}", unknown.message);
    assert!(unknown.message.contains("the last 2"), "{}", unknown.message);
    assert_eq!(unknown.spots.len(), 5);
    assert!(panel.limits[0].stands.contains("of the last 2"), "{:?}", panel.limits);
}

#[test]
fn what_a_client_overcomes_by_trying_again_is_no_alarm() {
    let mut world = World::new();
    joined(&mut world, 40);
    for number in 0..200 {
        let status = [503, 429, 409, 404, 500, 499][usize::try_from(number).unwrap() % 6];
        world.api(500 + number, status, (5_000 + number.unsigned_abs(), 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass);
    assert_eq!(notice(&panel, "api-errors-overcome").unwrap().level, Level::Info);
    assert!(notice(&panel, "api-errors-unknown").is_none());
    assert_eq!(list(&panel, "API errors that were overcome").unwrap().total, 200);
}

#[test]
fn a_declined_card_is_no_error_of_the_application() {
    let mut world = World::new();
    joined(&mut world, 10);
    for number in 0..500 {
        world.failed(number, 20_000 + number.unsigned_abs());
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass);
    assert!(panel.notices.is_empty(), "{:#?}", panel.notices);
    assert_eq!(list(&panel, "failed payments and renewals").unwrap().total, 500);
}

#[test]
fn ids_of_the_applications_own_are_said_to_be_that_and_fail_nothing() {
    let mut world = World::new();
    for number in 1..=60 {
        let minutes = i64::try_from(number).unwrap();
        world.api(minutes, 422, (number, 10_000 + number));
        world.app(minutes, (700_000 + number, 10_000 + number));
        world.app(minutes, (800_000 + number, 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass, "{:#?}", panel.notices);
    let found = notice(&panel, "application-errors-unknown").unwrap();
    assert_eq!(found.level, Level::Advisory);
    assert!(found.cause.as_ref().unwrap().contains("its own"), "{found:#?}");
}

#[test]
fn errors_without_an_id_are_the_hole_that_is_named() {
    let mut world = World::new();
    joined(&mut world, 10);
    for number in 0..7 {
        world.app(number, (0, 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass);
    assert_eq!(notice(&panel, "application-errors-without-id").unwrap().level, Level::Advisory);
    assert_eq!(list(&panel, "application errors without an id").unwrap().total, 7);
    assert_eq!(panel.sentence, "10 errors known on both sides, 7 without an id");
}

#[test]
fn a_missing_side_is_unknown_and_names_its_input() {
    let mut world = World::new();
    for number in 0..50 {
        world.api(number, 422, (number.unsigned_abs() + 1, 0));
    }
    world.reading.holds.application = false;
    let alone = world.panel();
    assert_eq!(alone.outcome, Outcome::Unknown, "{}", alone.sentence);
    let hint = notice(&alone, "no-application-log").unwrap().hint.clone().unwrap();
    assert!(hint.contains("inputs.application_log"));

    let mut world = World::new();
    world.reading.holds.requests = false;
    world.app(5, (3, 0));
    let without = world.panel();
    assert_eq!(without.outcome, Outcome::Unknown, "{}", without.sentence);
    assert!(notice(&without, "no-request-log").is_some());
    world.reading.holds.events = false;
    assert_eq!(world.panel().outcome, Outcome::Unknown);
}

#[test]
fn with_events_alone_errors_are_joined_by_external_id() {
    let mut world = World::new();
    world.reading.holds.requests = false;
    for number in 1..20 {
        let minutes = i64::try_from(number).unwrap();
        world.failed(minutes, number);
        world.app(minutes + 1, (0, number));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass, "{}", panel.sentence);
    let list = list(&panel, "application errors explained by an event").unwrap();
    let files: Vec<u32> = list.items[0].spots.iter().map(|spot| spot.file).collect();
    assert_eq!((list.total, files), (19, vec![2, 3]));
}

#[test]
fn what_happened_before_the_other_log_begins_is_not_held_against_it() {
    let mut world = World::new();
    joined(&mut world, 10);
    for number in 0..60 {
        world.api(-2_000 + number, 422, (5_000 + number.unsigned_abs(), 0));
    }
    assert_eq!(world.panel().outcome, Outcome::Fail, "seen red without knowing what it covers");
    world.reading.covers.application = Some(Between { from: moment(0), to: moment(NOW) });
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass, "{:#?}", panel.notices);
}

#[test]
fn a_few_errors_that_have_no_partner_and_none_that_has_are_too_few_to_pass() {
    let mut world = World::new();
    for number in 1..4 {
        world.api(number, 422, (number.unsigned_abs(), 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Unknown);
    assert!(panel.sentence.contains("too few to say"), "{}", panel.sentence);
}

#[test]
fn api_errors_without_any_id_can_not_be_joined_and_do_not_pass() {
    let mut world = World::new();
    for number in 0..50 {
        world.api(number, 422, (0, 0));
        world.app(number, (number.unsigned_abs() + 1, 0));
    }
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Unknown, "{:#?}", panel.notices);
    assert_eq!(notice(&panel, "api-errors-without-id").unwrap().level, Level::Advisory);
}

#[test]
fn a_young_error_waits_for_its_partner() {
    let mut world = World::new();
    joined(&mut world, 40);
    for number in 0..30 {
        world.api(NOW - 2, 422, (5_000 + number, 0));
    }
    assert!(notice(&world.panel(), "api-errors-unknown").is_none());
    world.reading.newest = Some(moment(NOW + 10));
    assert!(notice(&world.panel(), "api-errors-unknown").is_none(), "the future is not there yet");
}

#[test]
fn more_errors_than_are_kept_are_the_newest_and_that_is_said() {
    let mut world = World::new();
    let many = u64::try_from(kept::MOST).unwrap() + 1000;
    for number in 1..=many {
        let seconds = i64::try_from(number).unwrap();
        let trouble = Trouble {
            at: Timestamp::from_millis(START + seconds * 1000),
            side: Side::Api,
            code: None,
            status: Some(422),
            request: Some(Key(number)),
            external: None,
            resource: None,
            spot: Spot { file: 1, offset: number },
        };
        world.board.trouble(&trouble);
        world.board.trouble(&Trouble {
            side: Side::Application,
            spot: Spot { file: 2, offset: number },
            ..trouble
        });
    }
    assert_eq!(world.board.api.len(), kept::MOST);
    let panel = world.panel();
    assert_eq!(panel.outcome, Outcome::Pass, "{:#?}", panel.notices);
    assert!(notice(&panel, "errors-let-go").is_some());
}

/// Errors and failures of a few ids at random: which side, when, ids.
fn events() -> impl Strategy<Value = Vec<(u8, i64, u64, u64)>> {
    prop::collection::vec((0..3_u8, 0..NOW, 0..9_u64, 0..9_u64), 0..80)
}

fn take(board: &mut CorrelationBoard, words: &Words, what: &Fact) {
    match what {
        Fact::Error(trouble) => board.trouble(trouble),
        Fact::Failed(story) => board.add(story, words),
    }
}

enum Fact {
    Error(Trouble),
    Failed(Story),
}

fn facts(world: &mut World, events: &[(u8, i64, u64, u64)]) -> Vec<Fact> {
    let fact = |world: &mut World, (kind, minutes, one, two): (u8, i64, u64, u64)| match kind {
        0 => Fact::Error(world.error(Side::Api, minutes, 422, (one, two))),
        1 => Fact::Error(world.error(Side::Application, minutes, 0, (one, two))),
        _ => Fact::Failed(world.story(minutes, "payment.failed", two)),
    };
    let facts: Vec<Fact> = events.iter().map(|event| fact(world, *event)).collect();
    world.board = CorrelationBoard::default();
    facts
}

proptest! {
    #[test]
    fn order_and_threads_change_nothing(events in events(), seed in any::<u64>()) {
        let mut world = World::new();
        let facts = facts(&mut world, &events);
        for fact in &facts {
            take(&mut world.board, &world.words, fact);
        }
        let mut order: Vec<usize> = (0..facts.len()).collect();
        order.sort_by_key(|place| (*place as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut boards = [CorrelationBoard::default(), CorrelationBoard::default()];
        for (turn, place) in order.into_iter().enumerate() {
            take(&mut boards[turn % 2], &world.words, &facts[place]);
        }
        let [mut all, other] = boards;
        all.merge(other);
        prop_assert_eq!(panel(&all, &world.words, &world.reading), world.panel());
    }

    #[test]
    fn a_failure_that_is_removed_was_never_there(events in events(), more in events()) {
        let mut world = World::new();
        let facts = facts(&mut world, &events);
        for fact in &facts {
            take(&mut world.board, &world.words, fact);
        }
        let before = world.panel();
        let stories: Vec<Story> = more
            .iter()
            .map(|(_, minutes, _, two)| world.story(*minutes, "subscription.failed", *two))
            .collect();
        for story in &stories {
            world.board.add(story, &world.words);
        }
        for story in &stories {
            world.board.remove(story, &world.words);
        }
        prop_assert_eq!(world.panel(), before);
    }
}
