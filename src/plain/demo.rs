//! The demo's panel, line by line: pay a page with a test card, let time pass, let the first week
//! pass, switch a fault.
//!
//! Only the walk of `golive demo --plain` has it. The rows are those of the screen's panel.

use std::io::{BufRead, Write};
use std::sync::Arc;

use crate::app::demo::{DemoAct, DemoView};
use crate::app::dialog::PanelRow;
use crate::app::update::demo::rows;
use crate::plain::talk::Ended;
use crate::plain::walk::{Walk, place_of};
use crate::runtime::guest::Host;

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Shows the panel and does what is chosen, until nothing is.
    pub(super) fn demo(&mut self) -> Result<(), Ended> {
        let Some(host) = self.host.clone() else { return Ok(()) };
        let mut listed: Vec<PanelRow> = Vec::new();
        loop {
            let view = host.view();
            let acts = acts(&view);
            if acts != listed {
                self.say_panel(&view, &acts)?;
                listed = acts;
            }
            let question = "What is to happen? (a number; a fault by its name; faults: list them; \
                            Enter: go back)";
            let answer = self.talk.ask(question)?;
            if answer.is_empty() {
                return Ok(());
            }
            if answer == "faults" {
                self.say_faults(&view)?;
                continue;
            }
            let act = match chosen(&view, &listed, &answer) {
                Ok(act) => act,
                Err(says) => {
                    self.talk.say(says)?;
                    continue;
                }
            };
            let done = self.runtime.block_on(Arc::clone(&host).act(act.clone()));
            match done {
                Ok(view) => self.talk.say(came_of(&act, &view))?,
                Err(why) => self.talk.say(format!("Not done: {why}"))?,
            }
        }
    }

    /// Asks whether the simulated customer pays the page that will ask for a card: while checks run
    /// nothing else can be asked for.
    pub(super) fn ask_customer(&mut self) -> Result<Option<bool>, Ended> {
        let question = "A page will ask for the card. Type pay to have a simulated customer pay with \
                        a card that works, decline for one that is declined; Enter: you open the page \
                        yourself:";
        loop {
            match self.talk.ask(question)?.as_str() {
                "pay" => return Ok(Some(true)),
                "decline" => return Ok(Some(false)),
                "" => return Ok(None),
                other => self.talk.say(format!("`{other}` is none of these."))?,
            }
        }
    }

    fn say_panel(&mut self, view: &DemoView, acts: &[PanelRow]) -> Result<(), Ended> {
        self.talk.pause()?;
        self.talk.say("The demo. Everything here is simulated on this machine.")?;
        self.talk.say(format!("MintCash's clock: {}", view.clock.minute()))?;
        let on: Vec<&str> = view.on().collect();
        if !on.is_empty() {
            self.talk.say(format!("Faults that are on: {}", on.join(", ")))?;
        }
        for (number, row) in acts.iter().enumerate() {
            let aside = if row.aside.is_empty() { "" } else { ", " };
            self.talk.say_at(2, format!("{}. {}{aside}{}", number + 1, row.text, row.aside))?;
        }
        Ok(())
    }

    fn say_faults(&mut self, view: &DemoView) -> Result<(), Ended> {
        for fault in &view.faults {
            let on = if fault.on { "on, " } else { "" };
            let (name, check) = (fault.name, &fault.caught_by);
            let says = fault.says(view);
            self.talk.say_at(2, format!("- {name} ({on}caught by {check}): {says}"))?;
        }
        Ok(())
    }
}

/// Has the simulated customer pay a page; what came of it.
pub async fn pay(host: &Arc<dyn Host>, url: &str, works: bool) -> String {
    let page = host.view().pages.into_iter().find(|page| page.url == url);
    let Some(page) = page else { return "The simulated customer finds no such page.".to_owned() };
    let act = DemoAct::Pay { id: page.id, works };
    match host.act(act.clone()).await {
        Ok(view) => format!("The simulated customer was there. {}", came_of(&act, &view)),
        Err(why) => format!("The simulated customer could not pay: {why}"),
    }
}

/// What can be done beside switching faults.
fn acts(view: &DemoView) -> Vec<PanelRow> {
    let is_fault = |row: &PanelRow| matches!(row.act, DemoAct::Switch { .. });
    rows(view).into_iter().filter(|row| !is_fault(row)).collect()
}

/// What an answer asks for.
fn chosen(view: &DemoView, listed: &[PanelRow], answer: &str) -> Result<DemoAct, String> {
    if let Ok(number) = answer.parse::<usize>() {
        let row = number.checked_sub(1).and_then(|place| listed.get(place));
        return row
            .map(|row| row.act.clone())
            .ok_or_else(|| format!("`{answer}` is none of these."));
    }
    let names: Vec<&str> = view.faults.iter().map(|fault| fault.name).collect();
    let place = place_of(("fault", "faults"), &names, answer)?;
    let fault = view.faults.get(place).ok_or_else(|| format!("There is no fault `{answer}`."))?;
    Ok(DemoAct::Switch { name: fault.name, on: !fault.on })
}

/// What has happened.
fn came_of(act: &DemoAct, view: &DemoView) -> String {
    let clock = format!("MintCash's clock: {}.", view.clock.minute());
    match act {
        DemoAct::Look => clock,
        DemoAct::Pay { works: true, .. } => "Paid with a card that works.".to_owned(),
        DemoAct::Pay { works: false, .. } => "Tried with a card that is declined.".to_owned(),
        DemoAct::Day | DemoAct::Next => format!("Time has passed. {clock}"),
        DemoAct::Week => {
            "The first week has passed: the logs of three weeks that end now are laid \
                          down. `first-week` shows them."
                .to_owned()
        }
        DemoAct::Switch { name, on } => {
            let fault = view.faults.iter().find(|fault| fault.name == *name);
            match fault.filter(|_| *on) {
                Some(fault) => {
                    let (says, check) = (fault.says(view), &fault.caught_by);
                    format!("{name} is on now. {says} {check} catches it.")
                }
                None => format!("{name} is off now."),
            }
        }
    }
}
