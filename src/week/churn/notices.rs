//! What is wrong with the subscriptions, or worth knowing.
//!
//! The rule it keeps: a threshold is crossed only by many, and by more of them than chance
//! explains; one or two are worth knowing, no more.

use std::time::Duration;

use super::schedule::TOLERANCE;
use super::show::CLUSTER;
use super::{View, moment, seconds};
use crate::launch::outcome::Level;
use crate::time::spoken;
use crate::week::panel::Notice;
use crate::week::stats::surely_above;
use crate::week::when::percent;

/// Customers who leave on the very day of a failure are fewer than this share.
const MANY_CUT: f64 = 0.1;

/// Retries that do not come are fewer than this share, where only single events are lost.
const MANY: f64 = 0.2;

/// The same where no code tells which failures are tried again: those with an expired card are not.
const MANY_UNSAID: f64 = 0.5;

/// Fewer are worth knowing, no more.
const SOME: u64 = 3;

impl View<'_> {
    /// All of them, most important first.
    pub(super) fn notices(&self) -> Vec<Notice> {
        let all = [
            self.cuts(),
            self.overdue(),
            self.lost(),
            self.charged_after(),
            self.silent(),
            self.missing(),
            self.no_news(),
            self.unclear(),
            self.sampled(),
        ];
        let mut all: Vec<Notice> = all.into_iter().flatten().collect();
        all.sort_by_key(|notice| match notice.level {
            Level::Blocking => 0,
            Level::Advisory => 1,
            Level::Info => 2,
        });
        all
    }

    fn cuts(&self) -> Option<Notice> {
        let cuts = self.tally.recent_cuts;
        let is_crossed = cuts.hits >= CLUSTER && surely_above(cuts.hits, cuts.all, MANY_CUT);
        let level = level(is_crossed, cuts.hits)?;
        let mut notice = Notice::new(
            level,
            "cancelled-without-retry",
            format!("{} cancelled without a retry", cuts.hits),
            format!(
                "{} of {} failed renewals that ended in the last 7 days were cancelled without a \
                 single retry in the logs, and no code explains it.",
                cuts.hits, cuts.all
            ),
        );
        notice.cause = Some(
            "Your own code cancels when a renewal fails, or the events of the retries did not \
             reach you."
                .to_owned(),
        );
        notice.hint = Some(
            "Search your code for what it does on subscription.failed, and compare the \
             subscription's status at MintCash with your events."
                .to_owned(),
        );
        notice.spots = self.lists.cuts();
        Some(notice)
    }

    fn overdue(&self) -> Option<Notice> {
        let overdue = self.tally.overdue;
        let mostly_unsaid = self.tally.overdue_unsaid * 2 > overdue.hits;
        let many = if mostly_unsaid { MANY_UNSAID } else { MANY };
        let is_crossed = overdue.hits >= CLUSTER && surely_above(overdue.hits, overdue.all, many);
        let level = level(is_crossed, overdue.hits)?;
        let mut notice = Notice::new(
            level,
            "retries-overdue",
            format!("{} retries of renewals overdue", overdue.hits),
            format!(
                "Of {} retries that fell due in the last 4 days, no event tells of {}, more than \
                 12 h after their time.",
                overdue.all, overdue.hits
            ),
        );
        notice.cause = Some(
            "The events of these retries were lost on their way, or the retries were not made."
                .to_owned(),
        );
        notice.hint = Some(
            "Read the status of some of these subscriptions at MintCash. When they were charged, \
             ask for the events to be sent again; when not, tell your account manager."
                .to_owned(),
        );
        notice.spots = self.lists.overdue();
        Some(notice)
    }

    fn lost(&self) -> Option<Notice> {
        if !self.is_lost_share_crossed() {
            return None;
        }
        let decided = self.tally.decided;
        let share = percent(decided.hits, decided.all);
        let mut notice = Notice::new(
            Level::Blocking,
            "lost-share",
            format!("{share} of past due subscriptions lost"),
            format!(
                "{} of {} renewals whose retries are over were lost after the last one ({share}); \
                 your limit is {} %.",
                decided.hits, decided.all, self.frame.limits.lost_percent
            ),
        );
        notice.cause =
            Some("Customers do not learn in time that their card has to be updated.".to_owned());
        notice.hint = Some(
            "Write to them yourself after the first failure, with a link to update the card."
                .to_owned(),
        );
        Some(notice)
    }

    fn charged_after(&self) -> Option<Notice> {
        let count = self.tally.charged_after;
        (count > 0).then(|| {
            let mut notice = Notice::new(
                Level::Advisory,
                "charged-after-cancelled",
                format!("{count} charged after being cancelled"),
                format!("{count} subscriptions were charged after the event that cancelled them."),
            );
            notice.hint = Some(
                "Look at each: is the customer to be refunded, or did your system mix up two \
                 subscriptions?"
                    .to_owned(),
            );
            notice
        })
    }

    fn silent(&self) -> Option<Notice> {
        let count = self.tally.silent;
        let mut notice = Notice::new(
            level(false, count)?,
            "never-cancelled",
            format!("{count} past their last retry"),
            format!(
                "{count} subscriptions should be cancelled by now, by the schedule or by their \
                 code, and no event says so."
            ),
        );
        notice.cause = Some("The event was lost on its way.".to_owned());
        notice.hint = Some(
            "Read their status at MintCash, and take access away where they are cancelled."
                .to_owned(),
        );
        Some(notice)
    }

    fn missing(&self) -> Option<Notice> {
        let count = self.tally.missing;
        let mut notice = Notice::new(
            level(false, count)?,
            "dunning-events-missing",
            format!("{count} events of retries missing"),
            format!(
                "By the days between them, {count} more renewals and retries must have failed than \
                 events tell of."
            ),
        );
        notice.cause = Some("These events were lost, or are older than the logs.".to_owned());
        notice.hint =
            Some("Your account manager can have events sent again from the dashboard.".to_owned());
        Some(notice)
    }

    /// Retries fell due since the last event, of whatever kind: nobody knows of them.
    fn no_news(&self) -> Option<Notice> {
        let now = seconds(self.frame.now);
        let silence = now.saturating_sub(self.until);
        (silence > TOLERANCE && self.tally.past_due > 0).then(|| {
            let since = moment(self.until);
            let span = spoken(Duration::from_secs(u64::from(silence)));
            let mut notice = Notice::new(
                Level::Info,
                "no-news",
                format!("no event for {span}"),
                format!(
                    "The last event came {}, {span} ago. What became of the subscriptions past due \
                     since then is not known.",
                    since.minute()
                ),
            );
            notice.since = Some(since);
            notice
        })
    }

    fn unclear(&self) -> Option<Notice> {
        (self.unclear > 0).then(|| {
            let mut notice = Notice::new(
                Level::Advisory,
                "subscription-not-named",
                format!("{} subscription events name no subscription", self.unclear),
                format!(
                    "{} events of subscriptions do not say of which one, or when; they do not \
                     count.",
                    self.unclear
                ),
            );
            notice.hint = Some(
                "Log the whole body, or name the member under logs.event_log.subscription_id in \
                 golive.yaml."
                    .to_owned(),
            );
            notice
        })
    }

    fn sampled(&self) -> Option<Notice> {
        (self.one_in > 1).then(|| {
            Notice::new(
                Level::Info,
                "subscriptions-sampled",
                format!("one in {} subscriptions followed", self.one_in),
                format!(
                    "There are too many subscriptions to follow each: one in {} is followed, chosen \
                     by chance, and the numbers are scaled up.",
                    self.one_in
                ),
            )
        })
    }
}

/// How much a count weighs: nothing when there are none.
fn level(is_crossed: bool, count: u64) -> Option<Level> {
    match count {
        0 => None,
        _ if is_crossed => Some(Level::Blocking),
        count if count >= SOME => Some(Level::Advisory),
        _ => Some(Level::Info),
    }
}
