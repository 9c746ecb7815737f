//! What is said about real money before it moves and while it is out, the same on every face.
//!
//! Used by the confirmations, the ledger line, the overview and `golive money`. Nothing here names
//! a page's address: who may see that is the face's to decide.

use crate::launch::money::{Act, Ledger, Limits, Source, Spend, Stage, Totals, Tracked};
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;
use crate::text::visible;

/// What is said about cards where the runbook has no caution of its own.
pub const OWN_CARD: &str = "Use a card that you own yourself, or your company's card with its \
                            holder beside you. **Never use a customer's card, real or stored, and \
                            never anybody else's.**";

/// How much of a text from outside is shown.
const SHOWN: usize = 120;

/// What people type in place of a name.
const NO_NAMES: [&str; 11] =
    ["me", "mine", "myself", "own", "ok", "yes", "no", "na", "none", "test", "xx"];

/// Takes the name of a card's owner: one by which people know somebody.
///
/// # Errors
/// What is wrong with it, one sentence.
pub fn owner(name: &str) -> Result<(), &'static str> {
    let letters: String =
        name.chars().filter(|ch| ch.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() {
        return Err("Nobody said whose card is to be charged.");
    }
    if letters.chars().count() < 2 || NO_NAMES.contains(&letters.as_str()) {
        return Err("The card's owner has to be named, by the name on the card.");
    }
    Ok(())
}

impl Spend {
    /// What will happen, in a sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let (price, host) = (visible(&self.price(), 40), visible(&self.host, SHOWN));
        match self.act {
            Act::Charge => format!("Charges {price} at {host}; the page asks for a card."),
            Act::Subscribe => format!(
                "Subscribes for {price} at {host}: charged now and again at every renewal; the \
                 page asks for a card."
            ),
            Act::Refund => format!("Refunds {price} at {host}."),
            Act::Cancel => {
                format!("Cancels the subscription at {host}, at once. That can not be undone.")
            }
        }
    }
}

impl Totals {
    /// The sums on one line, the currency once: `charged 1.00 USD, refunded 0.00, net 1.00, may
    /// still be charged 1.00`.
    #[must_use]
    pub fn line(&self) -> String {
        let currency = visible(&self.currency, 12);
        let (charged, refunded, net) = (self.charged, self.refunded, self.net());
        let more = self.more();
        format!("charged {charged} {currency}, refunded {refunded}, net {net}{more}")
    }

    /// The same in fewer words.
    #[must_use]
    pub fn short(&self) -> String {
        format!("net {} {}{}", self.net(), visible(&self.currency, 12), self.more())
    }

    fn more(&self) -> String {
        match self.may_charge {
            Minor(0) => String::new(),
            more => format!(", may still be charged {more}"),
        }
    }
}

impl Ledger {
    /// Whether no money is out and none can still move.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.totals().iter().all(Totals::is_even)
    }

    /// The line that stands on every view as long as money is out or may still move, in ever fewer
    /// words; empty when neither.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let uneven: Vec<Totals> = self.totals().into_iter().filter(|it| !it.is_even()).collect();
        if uneven.is_empty() {
            return Vec::new();
        }
        let line = |words: fn(&Totals) -> String| {
            let said: Vec<_> = uneven.iter().map(words).collect();
            format!("Real money: {}", said.join("; "))
        };
        vec![line(Totals::line), line(Totals::short)]
    }

    /// The line in full.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        self.lines().into_iter().next()
    }

    /// What is said once everything that was charged is back: `charged 1.00 USD, refunded 1.00, net
    /// 0.00`. `None` as long as it is not, or when nothing was charged.
    #[must_use]
    pub fn settled(&self) -> Option<String> {
        let moved = |it: &Totals| it.charged > Minor(0);
        let moved: Vec<_> = self.totals().into_iter().filter(moved).collect();
        let said = || moved.iter().map(Totals::line).collect::<Vec<_>>().join("; ");
        (self.is_even() && !moved.is_empty()).then(said)
    }

    /// What the ledger says so far, for the question before more is added.
    #[must_use]
    pub fn so_far(&self) -> String {
        let said: Vec<_> = self.totals().iter().map(Totals::line).collect();
        if said.is_empty() {
            return "So far no real money has moved in this launch.".to_owned();
        }
        format!("So far in this launch: {}.", said.join("; "))
    }

    /// What may be charged and what of it is left, before that is; `None` when nothing is set or
    /// nothing is charged.
    #[must_use]
    pub fn allows(&self, spend: &Spend, limits: Limits) -> Option<String> {
        if !spend.act.takes() || spend.again {
            return None;
        }
        let currency = visible(&spend.currency, 12);
        // Whatever the currency, as the launch counts it.
        let used = self.totals().iter().fold(0_u64, |all, it| {
            all.saturating_add(it.charged.0).saturating_add(it.may_charge.0)
        });
        let at_once = limits.charge.map(|cap| format!("At most {cap} {currency} at once."));
        let in_all = limits.launch.map(|cap| {
            let left = Minor(cap.0.saturating_sub(used));
            format!("Of {cap} {currency} for the whole launch, {left} are left before this.")
        });
        let said: Vec<_> = at_once.into_iter().chain(in_all).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// For a request that is sent once more: which one it is, and that it can not charge twice.
    #[must_use]
    pub fn again(&self, step: &StepId, spend: &Spend) -> Option<String> {
        if !spend.again {
            return None;
        }
        let from = self
            .standing(step, spend.act)
            .map(|it| format!(" of {} by {}", it.at.minute(), visible(&it.by.name, SHOWN)));
        Some(format!(
            "It is the same request{}, sent once more, byte for byte: MintCash does it once, \
             however often it comes. It can not charge twice.",
            from.unwrap_or_default()
        ))
    }

    /// How far an intent is, in words.
    #[must_use]
    pub fn stage_words(&self, tracked: &Tracked) -> &'static str {
        match (tracked.stage(), tracked.intent.spend.act) {
            (Stage::MaybeSent, _) => "may have been sent; verify again to find out",
            (Stage::Made, Act::Charge | Act::Subscribe) => "made, not paid yet",
            (Stage::Made, Act::Refund) => "made, not refunded yet",
            (Stage::Made, Act::Cancel) => "asked for, not cancelled yet",
            (Stage::Done, Act::Charge) => "charged",
            (Stage::Done, Act::Subscribe) if self.is_cancelled(tracked) => {
                "charged, and cancelled since"
            }
            (Stage::Done, Act::Subscribe) if tracked.charges() > 1 => "renewed, and goes on",
            (Stage::Done, Act::Subscribe) => "charged, and goes on",
            (Stage::Done, Act::Refund) => "refunded",
            (Stage::Done, Act::Cancel) => "cancelled",
            (Stage::Over, _) => "over; no money moved",
        }
    }

    /// The intents of a step, oldest first.
    pub fn of_step<'a>(&'a self, step: &'a StepId) -> impl Iterator<Item = &'a Tracked> {
        self.intents().iter().filter(move |it| it.intent.step == *step)
    }

    /// The page on which a card is still to be typed for a step: what it is for, and its address.
    #[must_use]
    pub fn open_page(&self, step: &StepId) -> Option<(String, &str)> {
        let own = self.intents().iter().rev().filter(|it| it.intent.step == *step);
        own.into_iter().find_map(|it| Some((it.what(), it.open_page()?)))
    }
}

impl Tracked {
    /// What it is: `charge 1.00 USD`.
    #[must_use]
    pub fn what(&self) -> String {
        let spend = &self.intent.spend;
        let price = visible(&spend.price(), 40);
        match spend.act {
            Act::Charge | Act::Refund => format!("{} {price}", spend.act.word()),
            Act::Subscribe => format!("subscribe for {price}"),
            Act::Cancel => "cancel the subscription".to_owned(),
        }
    }

    /// When it was, by whom, on whose card, under which id and where it was seen, in a few words
    /// each. Without the page's address.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        let mut said = vec![format!("{} by {}", self.at.minute(), visible(&self.by.name, SHOWN))];
        said.extend(self.card_owner.as_deref().map(|it| format!("card of {}", visible(it, SHOWN))));
        said.push(format!("at {}", visible(&self.intent.spend.host, SHOWN)));
        said.extend(self.id().map(|id| visible(id, SHOWN)));
        said.extend(self.intent.of.as_deref().map(|id| format!("of {}", visible(id, SHOWN))));
        said.extend(self.sources().map(|it| format!("seen by {it}")));
        said
    }

    /// Where it was seen, each place once.
    fn sources(&self) -> Option<String> {
        let order = [Source::EventLog, Source::Listener, Source::Api];
        let seen = |source: &Source| self.seen.iter().any(|it| it.what.source == *source);
        let words: Vec<_> = order.into_iter().filter(seen).map(Source::words).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }

    /// The page on which the card is still to be typed.
    #[must_use]
    pub fn open_page(&self) -> Option<&str> {
        self.page().filter(|_| self.stage() == Stage::Made)
    }
}
