//! Real money, line by line: confirmed word by word, the ledger, the page that asks for a card.
//!
//! What is typed and what is said is that of the screen (`checks::book`, `launch::money`). The rule it
//! keeps: an answer that is not the whole word leaves the movement out, and the rest goes on.

use std::io::{BufRead, Write};

use crate::checks::book::{limits, spends, typed};
use crate::launch::money::{Confirmed, OWN_CARD, Spend, owner};
use crate::plain::talk::{Ended, Talk};
use crate::plain::walk::{Here, Walk};
use crate::qr::Code;
use crate::runbook::model::{Step, StepId};
use crate::runtime::run::StepPlan;
use crate::runtime::workspace::lock;

/// What has been confirmed, and whether a code is wanted with the page.
#[derive(Default)]
pub struct Spending {
    /// What has been confirmed.
    pub confirmed: Vec<Confirmed>,
    /// Whether the page is to be shown as a code, too.
    pub code: bool,
    /// In the demo, whether the simulated customer pays, and with a card that works.
    pub pays: Option<bool>,
}

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Asks for each movement of real money whether it may happen.
    pub(super) fn spend(&mut self, steps: &[Step], plans: &[StepPlan]) -> Result<Spending, Ended> {
        let mut spending = Spending::default();
        for step in steps {
            let own = plans.iter().filter(|(id, ..)| *id == step.id);
            for spend in spends(own.map(|(.., planned)| planned)) {
                match self.confirm(&step.id, spend)? {
                    Some(confirmed) => spending.confirmed.push(confirmed),
                    None => self.talk.say("That is left out.")?,
                }
            }
        }
        let page = spending.confirmed.iter().any(|it| it.spend.act.takes());
        if page && self.host.is_some() {
            spending.pays = self.ask_customer()?;
        } else if page {
            let question = "A page will ask for the card. Type qr to have it as a QR code, too; \
                            Enter shows the link alone:";
            spending.code = self.talk.ask(question)? == "qr";
        }
        Ok(spending)
    }

    /// Has one movement typed; `None` when it is left out.
    fn confirm(&mut self, step: &StepId, spend: Spend) -> Result<Option<Confirmed>, Ended> {
        self.terms(step, &spend)?;
        for (label, text) in typed(&spend) {
            let answer = self.talk.ask(&format!("{label}: type {text}; Enter leaves it out:"))?;
            if answer != text {
                if !answer.is_empty() {
                    self.talk.say(format!("That is not {text}."))?;
                }
                return Ok(None);
            }
        }
        let mut card_owner = None;
        if spend.act.takes() && !spend.again {
            let answer = self.talk.ask("Card owner: type whose name is on the card:")?;
            if let Err(why) = owner(&answer) {
                self.talk.say(why)?;
                return Ok(None);
            }
            card_owner = Some(answer);
        }
        Ok(Some(Confirmed { step: step.clone(), spend, card_owner }))
    }

    /// Says what will happen and on what terms.
    fn terms(&mut self, step: &StepId, spend: &Spend) -> Result<(), Ended> {
        let (terms, caution) = {
            let workspace = lock(&self.workspace);
            let ledger = workspace.launch().ledger();
            let terms: Vec<String> = [
                ledger.again(step, spend),
                ledger.allows(spend, limits(&workspace.config.inputs)),
                Some(ledger.so_far()),
            ]
            .into_iter()
            .flatten()
            .collect();
            let section = workspace.runbook().section_of(step);
            let caution = section.and_then(|section| section.caution.clone());
            (terms, caution.unwrap_or_else(|| OWN_CARD.to_owned()))
        };
        self.talk.pause()?;
        let live = if self.host.is_some() { "DEMO" } else { "LIVE" };
        self.say_of_money(&format!("{live}, real money, for {step}. {}", spend.says()))?;
        terms.iter().try_for_each(|says| self.say_of_money(says))?;
        if spend.act.takes() {
            self.talk.say_text("Caution", &caution)?;
        }
        Ok(())
    }

    /// Says something about real money, which in the demo is simulated.
    pub(super) fn say_of_money(&mut self, text: &str) -> Result<(), Ended> {
        if self.host.is_none() {
            return self.talk.say(text);
        }
        let simulated = [("Real money", "Simulated money"), ("real money", "simulated money")];
        let text =
            simulated.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        self.talk.say(text)
    }

    /// Says how the ledger stands, as long as it is not even.
    pub(super) fn say_ledger(&mut self) -> Result<(), Ended> {
        let line = lock(&self.workspace).launch().ledger().line();
        line.map_or(Ok(()), |line| self.say_of_money(&line))
    }

    /// Says what was done with real money at a step, and the page that still asks for a card.
    pub(super) fn say_money_of(&mut self, step: &StepId) -> Result<(), Ended> {
        let (said, page) = {
            let workspace = lock(&self.workspace);
            let ledger = workspace.launch().ledger();
            let said: Vec<String> = ledger
                .of_step(step)
                .map(|it| {
                    let details = it.details().join(", ");
                    format!("Real money: {}: {}. {details}", it.what(), ledger.stage_words(it))
                })
                .collect();
            let page = ledger.open_page(step).map(|(what, url)| (what, url.to_owned()));
            (said, page)
        };
        said.iter().try_for_each(|says| self.say_of_money(says))?;
        if let Some((what, url)) = page {
            self::page(&mut self.talk, &format!("To {what}, open"), &url)?;
        }
        Ok(())
    }

    /// Shows the page of the step at hand as a code.
    pub(super) fn say_code(&mut self, here: &Here) -> Result<(), Ended> {
        let page = {
            let workspace = lock(&self.workspace);
            let page = workspace.launch().ledger().open_page(&here.step.id);
            page.map(|(_, url)| url.to_owned())
        };
        match page {
            Some(url) => code(&mut self.talk, &url),
            None => self.talk.say("No page of this step asks for a card now."),
        }
    }
}

/// Says a page: what it is for, and its link alone on a line, never broken.
pub fn page<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    about: &str,
    url: &str,
) -> Result<(), Ended> {
    talk.say(format!("{about}:"))?;
    talk.say(url)
}

/// Shows a link as a code, made for light letters on a dark ground.
pub fn code<R: BufRead, W: Write>(talk: &mut Talk<R, W>, url: &str) -> Result<(), Ended> {
    let room = (talk.width(), usize::MAX);
    let Some(picture) = Code::of(url).and_then(|code| code.fitting(room, talk.is_ascii())) else {
        return talk.say("The QR code does not fit here; the link has to do.");
    };
    talk.draw(&picture.text())?;
    talk.say(
        "The code is made for light letters on a dark ground. `golive money --qr --color always` \
         paints it black on white.",
    )
}
