//! Does what the demo's panel asks for.

use std::time::Duration;

use async_trait::async_trait;

use crate::app::demo::{DemoAct, DemoFault, DemoPage, DemoView};
use crate::demo::fault::Change;
use crate::demo::{Demo, catalogue};
use crate::mintcash::envelope::Environment;
use crate::runtime::guest::Host;
use crate::twin::TestCard;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[async_trait]
impl Host for Demo {
    fn view(&self) -> DemoView {
        let twin = self.twin();
        let sides = [("live", Environment::Live), ("sandbox", Environment::Test)];
        let pages = sides.into_iter().flat_map(|(side, at)| {
            twin.open_pages(at).into_iter().map(move |page| DemoPage {
                id: page.id,
                url: page.url.to_string(),
                amount: format!("{}.{:02} {}", page.amount / 100, page.amount % 100, page.currency),
                side,
            })
        });
        let on = self.on();
        let is_on = |name| on.iter().any(|fault| fault.name == name);
        DemoView {
            control: twin.control_url().to_string(),
            folder: self.folder().display().to_string(),
            clock: twin.now(),
            week_has_passed: self.week_has_passed(),
            pages: pages.collect(),
            faults: catalogue::all()
                .map(|fault| DemoFault {
                    name: fault.name,
                    about: fault.about,
                    caught_by: fault.check.to_owned(),
                    of_week: matches!(fault.change, Change::Week(_)),
                    on: is_on(fault.name),
                })
                .collect(),
        }
    }

    fn clear(&self) {
        if self.is_temporary() {
            let _what_stays_goes_with_the_next_demo = std::fs::remove_dir_all(self.folder());
        }
    }

    async fn act(&self, act: DemoAct) -> Result<DemoView, String> {
        match act {
            DemoAct::Look => {}
            DemoAct::Pay { id, works } => self.pay(&id, works)?,
            DemoAct::Day => self.twin().advance(DAY).await,
            DemoAct::Next => {
                if !self.twin().advance_to_next().await {
                    return Err("Nothing is due at MintCash.".to_owned());
                }
            }
            DemoAct::Week => self.pass_week().map_err(|failure| failure.message)?,
            DemoAct::Switch { name, on } => {
                self.switch(name, on).await.map_err(|failure| failure.message)?;
            }
        }
        Ok(self.view())
    }
}

impl Demo {
    fn pay(&self, id: &str, works: bool) -> Result<(), String> {
        let card = if works { TestCard::Success } else { TestCard::IssuerDecline };
        let paid = [Environment::Live, Environment::Test].map(|at| self.twin().pay(at, id, card));
        let [live, test] = paid;
        live.or(test)
    }
}
