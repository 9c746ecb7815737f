//! The hosted page, without its looks: what can be paid, paying, running out.
//!
//! Called by the edge for the form and for the control API, and by the clock. The rule it keeps: a
//! page is used once.

use std::time::Duration;

use crate::twin::card::TestCard;
use crate::twin::world::place::{Paid, Subscribed};
use crate::twin::world::site::Site;
use crate::twin::world::time::Time;

/// How long a page stays open. MintCash's is unknown.
pub const LIFETIME: Duration = Duration::from_secs(3_600);

/// A hosted page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The payment or the subscription.
    pub id: String,
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// Days between two charges, for a subscription.
    pub every: Option<u32>,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// Where the payment or the subscription stands.
    pub status: &'static str,
    /// Whether nobody has paid yet.
    pub open: bool,
}

impl Site {
    /// The page of a payment or a subscription that has one.
    pub fn page(&self, id: &str) -> Option<Page> {
        if let Some(payment) = self.payments.get(id) {
            return Some(Page {
                id: id.to_owned(),
                amount: payment.amount,
                currency: payment.currency.clone(),
                every: None,
                return_url: payment.return_url.clone()?,
                status: payment.place.name(),
                open: payment.place.state() == Paid::Created,
            });
        }
        let subscription = self.subscriptions.get(id)?;
        Some(Page {
            id: id.to_owned(),
            amount: subscription.amount,
            currency: subscription.currency.clone(),
            every: Some(subscription.interval_days),
            return_url: subscription.return_url.clone()?,
            status: subscription.place.name(),
            open: subscription.place.state() == Subscribed::Created,
        })
    }

    /// The pages on which nobody has paid yet.
    pub fn open_pages(&self) -> Vec<Page> {
        let ids = self.payments.keys().chain(self.subscriptions.keys());
        ids.filter_map(|id| self.page(id)).filter(|page| page.open).collect()
    }

    /// Does what the page's form does.
    pub fn pay(&mut self, time: &mut Time, id: &str, card: TestCard) -> Result<(), String> {
        let shown = crate::text::Untrusted::new(id).line(80);
        let page = self.page(id).ok_or_else(|| format!("There is no page of {shown}."))?;
        if !page.open {
            return Err(format!("The page of {shown} is closed: {}.", page.status));
        }
        if card == TestCard::Abandoned {
            self.page_ends(time, id);
            return Ok(());
        }
        let token = self.stored(card);
        if self.subscriptions.contains_key(id) {
            self.begin_first_charge(time, id, &token, card);
            return Ok(());
        }
        if let Some(payment) = self.payments.get_mut(id) {
            payment.token = Some(token);
        }
        self.under_way(time, id, card);
        Ok(())
    }

    /// A page that nobody has paid on runs out.
    pub(super) fn page_ends(&mut self, time: &mut Time, id: &str) {
        if !self.page(id).is_some_and(|page| page.open) {
            return;
        }
        if self.payments.contains_key(id) {
            self.fail(time, id, "expired");
        } else {
            self.not_charged(time, id, "expired");
        }
    }
}
