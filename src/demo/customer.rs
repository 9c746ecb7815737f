//! The simulated customer: pays whatever hosted page is open, as the operator of a rehearsal would
//! with a card of their own.
//!
//! Runs beside `golive demo --check`. On the screen nobody pays by themselves: the demo's panel has
//! the pages.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::demo::Demo;
use crate::demo::fault::{Change, Whim};
use crate::mintcash::envelope::Environment;
use crate::twin::TestCard;

/// How often the customer looks.
const EVERY: Duration = Duration::from_millis(100);

/// Pays pages until `stop` fires.
pub async fn pay(demo: Arc<Demo>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let card = card(&demo);
        for page in demo.twin().open_pages(Environment::Live) {
            // A page that has gone meanwhile needs nobody.
            let _gone = demo.twin().pay(Environment::Live, &page.id, card);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn card(demo: &Demo) -> TestCard {
    let whim = demo.on().into_iter().find_map(|fault| match fault.change {
        Change::Customer(whim) => Some(whim),
        _ => None,
    });
    match whim {
        None => TestCard::Success,
        Some(Whim::CardDeclined) => TestCard::IssuerDecline,
        Some(Whim::Leaves) => TestCard::Abandoned,
    }
}
