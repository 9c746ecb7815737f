use super::*;
use crate::week::story::{Key, Side, Spot, Trouble};

const HOUR: i64 = 3_600_000;

fn mention(minutes: i64, request: u64, external: u64, resource: u64) -> Mention {
    let key = |id: u64| (id > 0).then_some(Key(id));
    Mention::of_trouble(&Trouble {
        at: moment(minutes),
        side: Side::Api,
        code: None,
        status: Some(422),
        request: key(request),
        external: key(external),
        resource: key(resource),
        spot: Spot { file: 0, offset: minutes.unsigned_abs() },
    })
}

fn moment(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_764_000_000_000 + minutes * 60_000)
}

fn always() -> Ground {
    Ground::of(None, None, moment(1_000_000))
}

fn found(one: Mention, others: &[Mention]) -> Match {
    matched(&one, &Index::of(others), always())
}

#[test]
fn the_same_id_is_a_partner_and_a_request_id_comes_before_any_other() {
    let others = [mention(0, 0, 7, 0), mention(1, 5, 8, 0), mention(2, 0, 0, 9)];
    assert_eq!(found(mention(3, 5, 7, 0), &others), Match::Has(By::Request(5), 1));
    assert_eq!(found(mention(3, 6, 7, 0), &others), Match::Has(By::External(7), 0));
    assert_eq!(found(mention(3, 0, 0, 9), &others), Match::Has(By::Resource(9), 2));
    assert_eq!(found(mention(3, 9, 5, 7), &others), Match::None, "kinds of ids are told apart");
    assert_eq!(found(mention(3, 0, 0, 0), &others), Match::NoId);
}

#[test]
fn a_partner_is_the_nearest_and_no_further_than_a_day_and_two_hours() {
    let others = [mention(0, 0, 7, 0), mention(600, 0, 7, 0), mention(700, 0, 7, 0)];
    assert_eq!(found(mention(640, 0, 7, 0), &others), Match::Has(By::External(7), 1));
    assert_eq!(found(mention(-60, 0, 7, 0), &others), Match::Has(By::External(7), 0));
    assert_eq!(found(mention(700 + 26 * 60, 0, 7, 0), &others), Match::Has(By::External(7), 2));
    assert_eq!(found(mention(701 + 26 * 60, 0, 7, 0), &others), Match::None);
}

#[test]
fn a_partner_that_may_still_come_or_stands_where_no_log_is_is_not_missed() {
    let none = Index::of(&[]);
    let covered = Some(Between { from: moment(100), to: moment(200) });
    let ground = Ground::of(covered, None, moment(300));
    for (minutes, expected) in
        [(99, Match::Unsure), (100, Match::None), (195, Match::None), (196, Match::Unsure)]
    {
        assert_eq!(matched(&mention(minutes, 1, 0, 0), &none, ground), expected, "{minutes}");
    }
    let let_go = Ground::of(None, Some(moment(0)), moment(9_000));
    assert_eq!(matched(&mention(1_559, 1, 0, 0), &none, let_go), Match::Unsure);
    assert_eq!(matched(&mention(1_560, 1, 0, 0), &none, let_go), Match::None);
    assert_eq!(matched(&mention(8_996, 1, 0, 0), &none, let_go), Match::Unsure, "too young");
}

#[test]
fn what_a_log_repeats_is_one_error() {
    let one = [mention(0, 5, 7, 0), mention(1, 5, 7, 0), mention(2, 5, 0, 0)];
    assert_eq!(distinct(&one).len(), 1);
    let tries =
        [mention(0, 0, 7, 0), mention(30, 0, 7, 0), mention(80, 0, 7, 0), mention(200, 0, 7, 0)];
    assert_eq!(distinct(&tries).len(), 2, "each within an hour of the one before");
    let unnamed = [mention(0, 0, 0, 0), mention(1, 0, 0, 0)];
    assert_eq!(distinct(&unnamed).len(), 2);
    assert_eq!(APART_MS, 26 * HOUR);
}
