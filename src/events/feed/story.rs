//! Puts the lines about one event together to its story.
//!
//! Used for every event, by the first pass and while following. The rules it keeps: the story
//! depends on which lines there are, never on their order or their files; a delivery that two logs
//! tell of is one attempt; what comes long after an event was delivered is a repetition by hand,
//! counted and not part of the story.

use super::heard::Heard;
use crate::events::spill::{MOST_OF_ONE, Record as _};
use crate::time::Timestamp;
use crate::week::{Answer, Attempt, Story};

/// Two lines about the same delivery are written within this time.
const NEAR_MS: i64 = 2_000;

/// A slow answer keeps the lines of one delivery apart, but never for longer than this: the first
/// retry comes after 30 s.
const SLOWEST_MS: i64 = 15_000;

/// MintCash gives up after 24 h. A delivery that comes this long after an event was delivered is
/// a repetition by hand.
pub const SETTLED_MS: i64 = 26 * 3_600_000;

/// The story that the lines tell, how many deliveries there were beside the first, and when it was
/// settled: when an attempt came that was not surely refused. The lines are in order.
pub fn of(lines: &[Heard]) -> Option<(Story, u64, Option<Timestamp>)> {
    let first = lines.first()?;
    let mut attempts = attempts(lines);
    let repeated = attempts.len().saturating_sub(1) as u64;
    let settled = attempts.iter().find(|it| it.answer.delivered() != Some(false));
    let settled = settled.map(|attempt| attempt.at);
    if let Some(settled) = settled {
        attempts.retain(|attempt| attempt.at.millis() - settled.millis() <= SETTLED_MS);
    }
    attempts.truncate(Story::MOST_ATTEMPTS);
    let story = Story {
        id: first.id,
        name: first.name,
        created: lines.iter().filter_map(|line| line.created).min(),
        code: lines.iter().find_map(|line| line.code),
        resource: lines.iter().find_map(|line| line.resource),
        subscription: lines.iter().find_map(|line| line.subscription),
        external: lines.iter().find_map(|line| line.external),
        card: lines.iter().find_map(|line| line.card),
        attempts,
        spot: first.spot,
    };
    Some((story, repeated, settled))
}

/// The deliveries that lines in order tell of, oldest first.
///
/// Lines with an answer make attempts: those of the same status within two seconds one. A line
/// that has no answer belongs to the attempt that is nearest, if one is within two seconds and the
/// time that its answer took; else it is an attempt of its own.
fn attempts(lines: &[Heard]) -> Vec<Attempt> {
    let attempt = |line: &Heard| Attempt { at: line.at, answer: line.answer, spot: line.spot };
    if let [one] = lines {
        return vec![attempt(one)];
    }
    let mut all: Vec<Attempt> = Vec::with_capacity(lines.len());
    for line in lines {
        let Answer::Status { status, ms } = line.answer else { continue };
        let same = all.iter_mut().rev().find_map(|known| match &mut known.answer {
            Answer::Status { status: answered, ms } if *answered == status => {
                (line.at.millis() - known.at.millis() <= NEAR_MS).then_some(ms)
            }
            _ => None,
        });
        match same {
            Some(known) => *known = known.or(ms),
            None => all.push(attempt(line)),
        }
    }
    for wanted in [Answer::Nothing, Answer::Unsaid] {
        for line in lines.iter().filter(|line| line.answer == wanted) {
            if !all.iter().any(|known| is_near(known, line.at)) {
                all.push(attempt(line));
            }
        }
    }
    all.sort_unstable();
    all
}

fn is_near(known: &Attempt, at: Timestamp) -> bool {
    let took = match known.answer {
        Answer::Status { ms: Some(ms), .. } => i64::from(ms).min(SLOWEST_MS),
        _ => 0,
    };
    (known.at.millis() - at.millis()).abs() <= NEAR_MS + took
}

/// Adds lines to those that are known: in order, each once, and of too many the first.
pub fn merge(lines: &mut Vec<Heard>, more: impl IntoIterator<Item = Heard>) {
    for line in more {
        if let Some(same) = lines.iter_mut().find(|known| known.is_same(&line)) {
            *same = (*same).min(line);
            continue;
        }
        let at = lines.partition_point(|known| *known < line);
        lines.insert(at, line);
    }
    lines.truncate(MOST_OF_ONE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::week::{Key, Spot, Word};

    fn line(at: i64, answer: Answer) -> Heard {
        Heard {
            id: Key(1),
            at: Timestamp::from_millis(at),
            answer,
            name: Word(1),
            created: None,
            code: None,
            resource: None,
            subscription: None,
            external: None,
            card: None,
            spot: Spot { file: 0, offset: at.unsigned_abs() },
        }
    }

    fn status(status: u16) -> Answer {
        Answer::Status { status, ms: None }
    }

    fn told(lines: &[Heard]) -> Vec<(i64, Answer)> {
        let mut known = Vec::new();
        merge(&mut known, lines.iter().rev().copied());
        let (story, ..) = of(&known).unwrap();
        story.attempts.iter().map(|attempt| (attempt.at.millis(), attempt.answer)).collect()
    }

    #[test]
    fn a_delivery_that_two_logs_tell_of_is_one_attempt() {
        let both = [line(1_000, Answer::Unsaid), line(2_500, status(200))];
        assert_eq!(told(&both), [(2_500, status(200))]);
        let slow = Answer::Status { status: 200, ms: Some(9_000) };
        let both = [line(1_000, Answer::Unsaid), line(10_500, slow)];
        assert_eq!(told(&both), [(10_500, slow)]);
        let both = [line(1_000, status(200)), line(1_200, slow)];
        assert_eq!(told(&both), [(1_000, slow)]);
        let both = [line(1_000, Answer::Unsaid), line(1_900, Answer::Nothing)];
        assert_eq!(told(&both), [(1_900, Answer::Nothing)]);
    }

    #[test]
    fn a_retry_is_an_attempt_of_its_own() {
        let tries = [line(0, status(500)), line(30_000, status(500)), line(150_000, status(200))];
        assert_eq!(told(&tries).len(), 3);
        let tries = [line(0, Answer::Unsaid), line(30_000, Answer::Unsaid)];
        assert_eq!(told(&tries).len(), 2);
        let tries = [line(0, status(500)), line(1_000, status(200))];
        assert_eq!(told(&tries).len(), 2);
    }

    #[test]
    fn what_comes_a_day_after_the_delivery_is_counted_and_no_attempt() {
        let (story, repeated, settled) =
            of(&[line(0, status(200)), line(SETTLED_MS + 1, status(500))]).unwrap();
        assert_eq!((story.attempts.len(), repeated), (1, 1));
        assert_eq!(settled, Some(Timestamp::from_millis(0)));
        let (story, repeated, settled) =
            of(&[line(0, status(500)), line(SETTLED_MS + 1, status(200))]).unwrap();
        assert_eq!((story.attempts.len(), repeated), (2, 1));
        assert_eq!(settled, Some(Timestamp::from_millis(SETTLED_MS + 1)));
    }
}
