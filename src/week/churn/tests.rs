use proptest::prelude::*;

use super::*;
use crate::launch::outcome::Outcome;
use crate::time::Timestamp;
use crate::week::picture::Reading;
use crate::week::story::{Answer, Attempt, Key, Spot};
use crate::week::{Limits, Span, Window};

const HOUR: i64 = 3_600_000;
const START: i64 = 1_764_000_000_000;

struct World {
    words: Words,
    board: ChurnBoard,
    stories: Vec<Story>,
}

impl World {
    fn new() -> Self {
        Self { words: Words::default(), board: ChurnBoard::default(), stories: Vec::new() }
    }

    fn story(&mut self, sub: u64, hours: i64, name: &str, code: &str) -> Story {
        let at = Timestamp::from_millis(START + hours * HOUR);
        let id = self.stories.len() as u64;
        let spot = Spot { file: 0, offset: id };
        Story {
            id: Key(id),
            name: self.words.word(name),
            created: Some(at),
            code: (code != "-").then(|| self.words.word(code)),
            resource: Some(Key(sub.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
            subscription: None,
            external: None,
            card: Some(true),
            attempts: vec![Attempt { at, answer: Answer::Unsaid, spot }],
            spot,
        }
    }

    fn tell(&mut self, sub: u64, hours: i64, name: &str, code: &str) {
        let story = self.story(sub, hours, name, code);
        self.board.add(&story, &self.words);
        self.stories.push(story);
    }

    fn paid(&mut self, sub: u64, hours: i64) {
        self.tell(sub, hours, "subscription.succeeded", "-");
    }

    fn failed(&mut self, sub: u64, hours: i64, code: &str) {
        self.tell(sub, hours, "subscription.failed", code);
    }

    fn cancelled(&mut self, sub: u64, hours: i64) {
        self.tell(sub, hours, "subscription.cancelled", "-");
    }

    fn panel(&self, hours: i64) -> Panel {
        panel(&self.board, &self.words, hours)
    }
}

fn panel(board: &ChurnBoard, words: &Words, hours: i64) -> Panel {
    let now = Timestamp::from_millis(START + hours * HOUR);
    let mut reading = Reading::default();
    reading.holds.events = true;
    board.panel(&Frame {
        now,
        window: Window::until(now, Span::Week),
        limits: &Limits::default(),
        switched: None,
        words,
        reading: &reading,
    })
}

fn figure(panel: &Panel, name: &str) -> f64 {
    panel.figures.iter().find(|figure| figure.name == name).map_or(-1.0, |figure| figure.value)
}

fn notice<'a>(panel: &'a Panel, key: &str) -> Option<&'a crate::week::panel::Notice> {
    panel.notices.iter().find(|notice| notice.key == key)
}

/// Subscribers whose renewals mostly work; some fail, and come back at a retry.
fn sound(world: &mut World, subs: u64) {
    for sub in 0..subs {
        let hour = i64::try_from(sub % 100).unwrap();
        world.paid(sub, hour);
        let renewal = 7 * 24 + hour;
        match sub % 20 {
            0 => {
                world.failed(sub, renewal, "insufficient_funds");
                world.paid(sub, renewal + 24);
            }
            1 => {
                world.failed(sub, renewal, "issuer_decline");
                world.failed(sub, renewal + 24, "issuer_decline");
                world.paid(sub, renewal + 4 * 24);
            }
            2 => world.failed(sub, renewal, "card_expired"),
            3 => {
                world.failed(sub, renewal, "lost_or_stolen_card");
                world.cancelled(sub, renewal);
            }
            4 => world.cancelled(sub, hour + 50),
            _ => world.paid(sub, renewal),
        }
    }
}

#[test]
fn a_sound_month_passes_and_every_number_is_told() {
    let mut world = World::new();
    sound(&mut world, 400);
    let panel = world.panel(14 * 24);
    assert_eq!(panel.outcome, Outcome::Pass, "{panel:#?}");
    assert!(panel.notices.is_empty(), "{:#?}", panel.notices);
    assert_eq!(figure(&panel, "subscriptions_seen"), 400.0);
    assert_eq!(figure(&panel, "subscriptions_past_due"), 20.0, "expired cards wait");
    assert_eq!(figure(&panel, "cancelled_voluntarily"), 20.0);
    assert_eq!(figure(&panel, "dunning_stopped"), 20.0);
    let recovered: Vec<f64> = panel
        .figures
        .iter()
        .filter(|figure| figure.name == "dunning_recovered")
        .map(|figure| figure.value)
        .collect();
    assert_eq!(recovered, [20.0, 20.0, 0.0, 0.0, 0.0]);
    let crate::week::panel::Chart::Funnel { stages } = &panel.chart else { panic!() };
    let counts: Vec<u64> = stages.iter().map(|stage| stage.count).collect();
    assert_eq!(counts, [400, 80, 20, 0, 0, 0]);
    assert_eq!(
        panel.sentence,
        "20 of 400 subscriptions past due, 40 came back, 20 stopped at once"
    );
}

#[test]
fn no_subscription_event_is_unknown_and_says_what_to_do() {
    let world = World::new();
    let panel = world.panel(24);
    assert_eq!(panel.outcome, Outcome::Unknown);
    assert!(panel.notices[0].hint.as_ref().unwrap().contains("not applicable"));
}

#[test]
fn cancelling_on_the_first_failure_is_found_as_a_bug_and_one_alone_is_not() {
    for (count, level) in [(1, Level::Info), (3, Level::Advisory), (25, Level::Blocking)] {
        let mut world = World::new();
        sound(&mut world, 200);
        for sub in 1000..1000 + count {
            world.paid(sub, 20);
            world.failed(sub, 7 * 24 + 100, "insufficient_funds");
            world.cancelled(sub, 7 * 24 + 100);
        }
        let panel = world.panel(13 * 24);
        let found = notice(&panel, "cancelled-without-retry").unwrap();
        assert_eq!(found.level, level, "{count}: {found:#?}");
        let outcome = if count == 25 { Outcome::Fail } else { Outcome::Pass };
        assert_eq!(panel.outcome, outcome);
        assert!(!found.spots.is_empty());
    }
}

#[test]
fn retries_that_do_not_come_are_found_when_other_events_do() {
    let mut world = World::new();
    sound(&mut world, 200);
    for sub in 1000..1030 {
        world.paid(sub, 20);
        world.failed(sub, 13 * 24, "insufficient_funds");
    }
    let quiet = world.panel(40 * 24);
    assert!(notice(&quiet, "retries-overdue").is_none(), "the logs end before the retries");
    assert!(notice(&quiet, "no-news").is_some());
    world.paid(5000, 15 * 24);
    let panel = world.panel(15 * 24);
    let found = notice(&panel, "retries-overdue").unwrap();
    assert_eq!((found.level, panel.outcome), (Level::Blocking, Outcome::Fail), "{found:#?}");
    assert_eq!(found.spots.len(), 5);
}

#[test]
fn one_retry_that_was_lost_is_no_alarm() {
    let mut world = World::new();
    sound(&mut world, 200);
    world.paid(1000, 20);
    world.failed(1000, 9 * 24, "insufficient_funds");
    world.paid(5000, 11 * 24);
    let panel = world.panel(11 * 24);
    assert_eq!(panel.outcome, Outcome::Pass);
    assert_eq!(notice(&panel, "retries-overdue").unwrap().level, Level::Info);
}

#[test]
fn more_lost_than_the_limit_is_crossed_only_by_many() {
    for (count, crossed) in [(4, None), (30, Some(true))] {
        let mut world = World::new();
        for sub in 0..count {
            world.paid(sub, 0);
            for day in [7, 8, 11, 16, 23] {
                world.failed(sub, day * 24, "insufficient_funds");
            }
            world.cancelled(sub, 23 * 24);
        }
        world.paid(5000, 25 * 24);
        let panel = world.panel(25 * 24);
        assert_eq!(panel.limits[0].crossed, crossed, "{panel:#?}");
        assert_eq!(panel.outcome == Outcome::Fail, crossed == Some(true));
        assert_eq!(figure(&panel, "dunning_lost"), f64::from(u32::try_from(count).unwrap()));
    }
}

#[test]
fn those_with_the_fewest_days_to_go_come_first() {
    let mut world = World::new();
    for sub in 0..5 {
        world.paid(sub, 0);
        let day = 7 + i64::try_from(sub).unwrap();
        world.failed(sub, day * 24, "insufficient_funds");
        world.failed(sub, day * 24 + 24, "insufficient_funds");
    }
    let panel = world.panel(12 * 24);
    let list = &panel.lists[0];
    assert_eq!((list.title.as_str(), list.total), ("past due", 5));
    let mut ordered = list.items.clone();
    ordered.sort_by_key(|item| item.at);
    assert_eq!(ordered, list.items);
    assert!(list.items[0].says.contains("cancelled in 11 days"), "{}", list.items[0].says);
}

#[test]
fn more_subscriptions_than_are_followed_are_a_sample_and_that_is_said() {
    let mut world = World::new();
    let words = &mut world.words;
    let name = words.word("subscription.succeeded");
    let template = World::new().story(0, 0, "x", "-");
    let many = u64::try_from(3 * roll::MOST_SUBSCRIPTIONS).unwrap();
    for sub in 0..many {
        let resource = Some(Key(sub.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let story = Story { name, resource, ..template.clone() };
        world.board.add(&story, &world.words);
    }
    let (held, _) = world.board.roll.held();
    assert!(held <= roll::MOST_SUBSCRIPTIONS);
    let panel = world.panel(24);
    assert!(notice(&panel, "subscriptions-sampled").is_some());
    let seen = figure(&panel, "subscriptions_seen");
    let real = f64::from(u32::try_from(many).unwrap());
    assert!((seen / real - 1.0).abs() < 0.02, "{seen} of {real}");
}

#[test]
fn failures_that_no_event_tells_of_are_said_unless_they_are_older_than_the_logs() {
    let renewal = 5 * 24;
    for (begin, expected) in [(0, 10.0), (renewal + 24, 0.0)] {
        let mut world = World::new();
        world.paid(9000, begin);
        for sub in 0..5 {
            world.failed(sub, renewal + 4 * 24, "insufficient_funds");
            world.failed(sub, renewal + 9 * 24, "insufficient_funds");
        }
        let panel = world.panel(renewal + 9 * 24);
        assert_eq!(figure(&panel, "dunning_events_missing"), expected);
        let level = notice(&panel, "dunning-events-missing").map(|notice| notice.level);
        assert_eq!(level, (expected > 0.0).then_some(Level::Advisory));
    }
}

#[test]
fn old_events_are_forgotten() {
    let mut world = World::new();
    sound(&mut world, 100);
    world.paid(7777, 100 * 24);
    assert_eq!(world.board.roll.held(), (1, 0));
    assert_eq!(figure(&world.panel(100 * 24), "subscriptions_seen"), 1.0);
}

/// Events of a few subscriptions at random.
fn events() -> impl Strategy<Value = Vec<(u64, i64, usize, usize)>> {
    prop::collection::vec((0..12_u64, 0..40 * 24_i64, 0..6_usize, 0..5_usize), 0..120)
}

fn world(events: &[(u64, i64, usize, usize)]) -> World {
    let names = [
        "subscription.succeeded",
        "subscription.failed",
        "subscription.payment_failed",
        "subscription.cancelled",
        "payment.succeeded",
        "subscription.succeeded",
    ];
    let codes = ["-", "insufficient_funds", "card_expired", "lost_or_stolen_card", "odd"];
    let mut world = World::new();
    for (sub, hours, name, code) in events {
        world.tell(*sub, *hours, names[*name], codes[*code]);
    }
    world
}

proptest! {
    #[test]
    fn order_and_threads_change_nothing(events in events(), seed in any::<u64>()) {
        let world = world(&events);
        let expected = world.panel(41 * 24);
        let mut stories = world.stories.clone();
        stories.sort_by_key(|story| (story.id.0 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut boards = [ChurnBoard::default(), ChurnBoard::default(), ChurnBoard::default()];
        for (place, story) in stories.iter().enumerate() {
            boards[place % 3].add(story, &world.words);
        }
        let [mut all, one, two] = boards;
        all.merge(one);
        all.merge(two);
        prop_assert_eq!(panel(&all, &world.words, 41 * 24), expected);
    }

    #[test]
    fn what_is_removed_was_never_there(events in events(), more in events()) {
        let mut world = world(&events);
        let before = world.panel(41 * 24);
        let kept = world.stories.len();
        for (sub, hours, name, _) in &more {
            // Within what the others span: it is judged as of the newest, since the oldest.
            let all = events.iter().map(|event| event.1);
            let (first, last) = (all.clone().min().unwrap_or(0), all.max().unwrap_or(0));
            let hours = (*hours).clamp(first, last);
            let name = ["subscription.failed", "subscription.succeeded"][*name % 2];
            world.tell(*sub, hours, name, "issuer_decline");
        }
        let added: Vec<Story> = world.stories.drain(kept..).collect();
        for story in added.iter().rev() {
            world.board.remove(story, &world.words);
        }
        if !events.is_empty() {
            prop_assert_eq!(world.panel(41 * 24), before);
        }
        let left: Vec<Story> = world.stories.drain(..).collect();
        for story in &left {
            world.board.remove(story, &world.words);
        }
        prop_assert_eq!(world.board.roll.held(), (0, 0));
    }
}
