//! The panel: sentence, numbers, funnel, limit.

use super::View;
use super::tally::Tally;
use crate::launch::outcome::{Level, Outcome};
use crate::week::panel::{Chart, Figure, Limit, Panel, Stage, Tone, Topic, Unit};
use crate::week::stats::surely_above;
use crate::week::when::{percent, real};

/// With fewer decided renewals no share is said.
pub(super) const ENOUGH: u64 = 10;

/// With fewer hits nothing is an alarm.
pub(super) const CLUSTER: u64 = 5;

impl View<'_> {
    /// The panel.
    pub(super) fn panel(self) -> Panel {
        let notices = self.notices();
        let outcome = match notices.iter().any(|notice| notice.level == Level::Blocking) {
            true => Outcome::Fail,
            false => Outcome::Pass,
        };
        let mut panel = Panel {
            topic: Topic::Churn,
            outcome,
            sentence: self.sentence(),
            figures: self.figures(),
            chart: Chart::Funnel { stages: self.stages() },
            limits: vec![self.limit()],
            notices,
            lists: Vec::new(),
        };
        let tally = &self.tally;
        let lost = tally.lost + tally.stopped() + tally.cut + tally.ended + tally.silent;
        let totals = [tally.at_risk_after.iter().sum(), lost, tally.recovered()];
        let totals = totals.map(|count: u64| count * self.one_in);
        panel.lists = self.lists.shown(totals, self.frame.words, self.until);
        panel
    }

    /// A count of what is followed, scaled to all.
    fn all(&self, count: u64) -> u64 {
        count.saturating_mul(self.one_in)
    }

    fn sentence(&self) -> String {
        let tally = &self.tally;
        let about = if self.one_in > 1 { "about " } else { "" };
        let seen = self.all(tally.seen);
        let noun = if seen == 1 { "subscription" } else { "subscriptions" };
        let mut says = match tally.past_due {
            0 => format!("None of {about}{seen} {noun} past due"),
            some => format!("{} of {about}{seen} {noun} past due", self.all(some)),
        };
        let parts = [
            (self.all(tally.soon), "within 2 days of being cancelled"),
            (self.all(tally.recovered()), "came back"),
            (self.all(tally.lost), "lost after all retries"),
            (self.all(tally.silent), "should be cancelled by now, and no event says so"),
            (self.all(tally.stopped()), "stopped at once"),
            (self.all(tally.cut), "cancelled without a retry"),
        ];
        for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
            says.push_str(&format!(", {count} {what}"));
        }
        says
    }

    fn figures(&self) -> Vec<Figure> {
        let tally = &self.tally;
        let counts = [
            ("subscriptions_seen", "subscriptions seen", tally.seen),
            ("subscriptions_active", "paid now", tally.active),
            ("subscriptions_past_due", "past due now", tally.past_due),
            ("dunning_paused", "past due, waiting for a new card", tally.paused),
            ("dunning_renewals_failed", "renewals that failed", first(tally)),
            ("dunning_lost", "lost after all retries", tally.lost),
            ("dunning_silent", "should be cancelled, no event says so", tally.silent),
            ("dunning_ended", "cancelled between retries", tally.ended),
            ("cancelled_without_retry", "cancelled without a retry, unexplained", tally.cut),
            ("cancelled_voluntarily", "cancelled while nothing had failed", tally.left),
            (
                "first_charge_failed",
                "first charge failed, as far as the logs tell",
                tally.failed_first,
            ),
            ("dunning_retries_overdue", "retries overdue, of the last 4 days", tally.overdue.hits),
            ("dunning_events_missing", "failures that no event tells of", tally.missing),
        ];
        let figure = |name, title: &str, value| Figure {
            name,
            label: None,
            title: title.to_owned(),
            value,
            unit: Unit::Count,
            over: Some("last 35 days".to_owned()),
        };
        let mut figures: Vec<Figure> = counts
            .into_iter()
            .map(|(name, title, count)| figure(name, title, real(self.all(count))))
            .collect();
        for (after, count) in tally.recovered_after.iter().enumerate() {
            let mut one = figure(
                "dunning_recovered",
                &format!("came back at retry {}", after + 1),
                real(self.all(*count)),
            );
            if after + 1 > super::schedule::LAST {
                "came back after the last retry".clone_into(&mut one.title);
            }
            one.label = Some(("attempt", (after + 1).to_string()));
            figures.push(one);
        }
        for (code, count) in &tally.stopped {
            let code = code.map_or("none", |code| self.frame.words.text(code));
            let mut one =
                figure("dunning_stopped", &format!("stopped by {code}"), real(self.all(*count)));
            one.label = Some(("code", code.to_owned()));
            figures.push(one);
        }
        if tally.decided.all >= ENOUGH {
            let share = real(tally.decided.hits) / real(tally.decided.all);
            let mut one =
                figure("dunning_lost_share", "lost, of those whose retries are over", share);
            one.unit = Unit::Ratio;
            figures.push(one);
        }
        figures
    }

    fn stages(&self) -> Vec<Stage> {
        let tally = &self.tally;
        let note = |after: usize| {
            let of = |counts: &[u64; 5]| counts.get(after).copied().unwrap_or(0);
            let parts =
                [(of(&tally.recovered_after), "came back"), (of(&tally.at_risk_after), "wait")];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let parts: Vec<_> =
                parts.map(|(count, what)| format!("{} {what}", self.all(count))).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        };
        let stage = |name: &str, count, tone, note| Stage {
            name: name.to_owned(),
            count: self.all(count),
            tone,
            note,
        };
        let [first, one, two, three, _] = tally.failed_at;
        let stopped = match tally.stopped() {
            0 => None,
            some => Some(format!("{} more stopped at once", self.all(some))),
        };
        vec![
            stage("paid once", tally.ever_active, Tone::Good, None),
            stage("past due", first, Tone::Warn, note(0)),
            stage("retry 1 failed", one, Tone::Warn, note(1)),
            stage("retry 2 failed", two, Tone::Warn, note(2)),
            stage("retry 3 failed", three, Tone::Warn, note(3)),
            stage("lost after retry 4", tally.lost, Tone::Bad, stopped),
        ]
    }

    /// The line that the share of the lost must not cross.
    fn limit(&self) -> Limit {
        let most = self.frame.limits.lost_percent;
        let decided = self.tally.decided;
        let (stands, crossed) = match decided.all {
            0 => ("no round of retries is over yet".to_owned(), None),
            all if all < ENOUGH => (format!("{} of {all}, too few to say", decided.hits), None),
            all => {
                let share = percent(decided.hits, all);
                let stands = format!("{} of {all} ({share})", decided.hits);
                (stands, Some(self.is_lost_share_crossed()))
            }
        };
        Limit {
            key: "lost_percent".to_owned(),
            says: format!("at most {most} % lost after all retries"),
            stands,
            crossed,
        }
    }

    /// Whether surely more are lost at the last try than the limit allows.
    pub(super) fn is_lost_share_crossed(&self) -> bool {
        let decided = self.tally.decided;
        decided.all >= ENOUGH
            && decided.hits >= CLUSTER
            && surely_above(decided.hits, decided.all, self.frame.limits.lost_percent / 100.0)
    }
}

/// Renewals that failed.
fn first(tally: &Tally) -> u64 {
    tally.failed_at.first().copied().unwrap_or(0)
}
