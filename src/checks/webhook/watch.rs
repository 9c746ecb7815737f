//! Sees how far the count of effects moves by what is sent.
//!
//! Used by the checks that must tell a handler that acts from one that only answers. The rule it
//! keeps: a movement counts only between two moments of rest, with the host reserved, so that
//! nothing else of ours can have caused it.

use crate::checks::observer::{EffectCount, NoCount, Patience};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::sender::Stop;
use crate::checks::{CheckContext, Finding, Level};

/// The count of effects, and where it stood last.
#[derive(Debug)]
pub struct Watch {
    count: EffectCount,
    last: u64,
}

impl Watch {
    /// Waits until the count is at rest. `None` when there is no observer or it can not be read,
    /// which the case is told.
    ///
    /// # Errors
    /// When the run was cancelled.
    pub async fn begin(
        context: &CheckContext,
        patience: Patience,
        case: &mut Case,
    ) -> Result<Option<Self>, Stop> {
        let Some(count) = EffectCount::of(context, patience) else {
            case.remark(
                Finding::new(Level::Info, "No effect_count is set, so effects cannot be seen.").hint(
                    "Set inputs.effect_count in golive.yaml to a URL or a program that gives the \
                     number of events that the handler has taken, for instance the rows of the \
                     table that keeps their ids.",
                ),
            );
            return Ok(None);
        };
        match count.at_rest().await {
            Ok(last) => Ok(Some(Self { count, last })),
            Err(NoCount::Cancelled) => Err(Stop::Cancelled),
            Err(why) => {
                case.open(why.to_string());
                case.remark(Finding::new(Level::Info, why.to_string()).hint(why.hint()));
                Ok(None)
            }
        }
    }

    /// Waits for a movement by `expected`, then for rest; says by how much the count has moved.
    ///
    /// # Errors
    /// When it can not be read, does not come to rest, or has become smaller.
    pub async fn moved(&mut self, expected: u64) -> Result<u64, Stop> {
        let (from, expected) = (self.last, self.last.saturating_add(expected));
        let settled = self.count.settled(expected).await?;
        let to = settled.count;
        self.last = to;
        let by = to.checked_sub(from).ok_or(NoCount::Fell { from, to })?;
        if settled.still { Ok(by) } else { Err(NoCount::Restless { from, to }.into()) }
    }

    /// Where the count stands.
    #[must_use]
    pub fn stands(&self) -> u64 {
        self.last
    }
}

/// What to do when an accepted event does not move the count.
pub const COUNT_EVENTS: &str = "Let effect_count count every event that the handler has taken, whatever its type, for instance \
     the rows of the table that keeps their ids. The event that was sent is a payment.created of \
     amount 0.";
