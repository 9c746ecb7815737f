//! What is counted of the deliveries of one minute.

use crate::week::days::Tally;
use crate::week::story::{Answer, Story};

/// How deliveries were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// 2xx within 10 s.
    pub in_time: i32,
    /// Too late, or the caller hung up before the answer (499 in nginx).
    pub late: i32,
    /// With 5xx.
    pub broken: i32,
    /// With any other status.
    pub refused: i32,
    /// Never.
    pub nothing: i32,
}

impl Answers {
    /// Counts one; nothing where it is not known how it was answered.
    pub fn count(&mut self, answer: Answer, sign: i32) {
        let place = match answer {
            Answer::Unsaid => return,
            Answer::Nothing => &mut self.nothing,
            Answer::Status { status: 500.., .. } => &mut self.broken,
            Answer::Status { status: 200..300, .. } if answer.delivered() == Some(true) => {
                &mut self.in_time
            }
            Answer::Status { status: 200..300 | 499, .. } => &mut self.late,
            Answer::Status { .. } => &mut self.refused,
        };
        *place += sign;
    }

    /// All that were not answered 2xx in time.
    #[must_use]
    pub fn bad(&self) -> i32 {
        self.late + self.broken + self.refused + self.nothing
    }

    fn take(&mut self, other: &Self) {
        self.in_time += other.in_time;
        self.late += other.late;
        self.broken += other.broken;
        self.refused += other.refused;
        self.nothing += other.nothing;
    }
}

/// What became of an event, as far as the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Delivered at the first try.
    First,
    /// Delivered by a retry.
    Retried,
    /// Not delivered yet.
    Open,
    /// It came, and the log does not say how it was answered.
    Heard,
    /// It came more than once, and the log does not say how it was answered.
    Repeated,
}

impl Course {
    /// The course of an event.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        let mut known = story.attempts.iter().filter_map(|attempt| attempt.answer.delivered());
        match known.next() {
            Some(true) => Self::First,
            Some(false) if known.any(|delivered| delivered) => Self::Retried,
            Some(false) => Self::Open,
            None if story.attempts.len() > 1 => Self::Repeated,
            None => Self::Heard,
        }
    }
}

/// One minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Deliveries of known events.
    pub story: Answers,
    /// Deliveries of an access log. They are the same ones seen from elsewhere, so the two are
    /// never added.
    pub hits: Answers,
    /// Events by their course, at the minute of their first delivery.
    pub first: i32,
    /// Delivered by a retry.
    pub retried: i32,
    /// Not delivered yet.
    pub open: i32,
    /// Came, and it is not said how they were answered.
    pub heard: i32,
    /// The same, and came more than once.
    pub repeated: i32,
}

impl Cell {
    /// Counts an event.
    pub fn course(&mut self, course: Course, sign: i32) {
        let place = match course {
            Course::First => &mut self.first,
            Course::Retried => &mut self.retried,
            Course::Open => &mut self.open,
            Course::Heard => &mut self.heard,
            Course::Repeated => &mut self.repeated,
        };
        *place += sign;
    }

    /// Events, at the minute in which each first came.
    #[must_use]
    pub fn events(&self) -> i32 {
        self.answered() + self.unsaid()
    }

    /// Events of which it is known how they were answered.
    #[must_use]
    pub fn answered(&self) -> i32 {
        self.first + self.retried + self.open
    }

    /// Events of which that is not known.
    #[must_use]
    pub fn unsaid(&self) -> i32 {
        self.heard + self.repeated
    }

    /// How deliveries were answered, by the best witness: where events carry answers, these, and of
    /// the access log only what it saw fail beyond them (a proxy answers 502 for an application
    /// that is down and logs nothing); else the access log.
    #[must_use]
    pub fn answers(&self, events_answer: bool) -> Answers {
        if !events_answer {
            return self.hits;
        }
        let beyond = |hits: i32, story: i32| (hits - story).max(0);
        Answers {
            late: self.story.late + beyond(self.hits.late, self.story.late),
            broken: self.story.broken
                + beyond(self.hits.broken, self.story.broken + self.story.nothing),
            ..self.story
        }
    }
}

impl Tally for Cell {
    fn take(&mut self, other: &Self) {
        self.story.take(&other.story);
        self.hits.take(&other.hits);
        self.first += other.first;
        self.retried += other.retried;
        self.open += other.open;
        self.heard += other.heard;
        self.repeated += other.repeated;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, ms: u32) -> Answer {
        Answer::Status { status, ms: Some(ms) }
    }

    #[test]
    fn a_slow_200_and_a_caller_that_hung_up_are_late() {
        let mut answers = Answers::default();
        for one in [answer(200, 10_001), answer(499, 10_000), answer(204, 10_000)] {
            answers.count(one, 1);
        }
        assert_eq!(answers, Answers { in_time: 1, late: 2, ..Answers::default() });
    }

    #[test]
    fn an_access_log_beside_an_event_log_adds_only_what_the_other_could_not_see() {
        let mut cell = Cell::default();
        for _ in 0..10 {
            cell.story.count(answer(200, 5), 1);
            cell.hits.count(answer(200, 5), 1);
        }
        cell.story.count(answer(500, 5), 1);
        cell.hits.count(answer(500, 5), 1);
        cell.hits.count(answer(502, 5), 1);
        cell.hits.count(answer(401, 5), 1);
        let both = Answers { in_time: 10, broken: 2, ..Answers::default() };
        assert_eq!(cell.answers(true), both);
        assert_eq!(cell.answers(false), Answers { refused: 1, ..both });
    }
}
