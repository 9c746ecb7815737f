//! What was typed on the screen reaches the journal: for its own step and run, in the signer's name.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::app::effect::Effect;
use golive::app::msg::Msg;
use golive::launch::event::Event;
use golive::launch::money::{Act, Confirmed};
use golive::runtime::display::Display;
use golive::runtime::perform::Performer;
use golive::runtime::workspace::lock;
use ratatui::Frame;
use ratatui::layout::Size;

use crate::command::workspace;
use crate::scene::{charge, spend};
use crate::support::TestEnvironment;

/// A display on which nothing is shown.
struct Nowhere;

impl Display for Nowhere {
    fn draw(&mut self, _paint: &mut dyn FnMut(&mut Frame<'_>)) -> std::io::Result<()> {
        Ok(())
    }

    fn forget(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn size(&self) -> std::io::Result<Size> {
        Ok(Size::new(80, 24))
    }

    fn mouse(&mut self, _on: bool) -> std::io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _text: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) {}

    fn enter(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn stop_job(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_was_typed_is_recorded_for_its_step_before_any_check_of_it_runs() {
    let environment = TestEnvironment::new();
    let workspace = Arc::new(Mutex::new(workspace(&environment)));
    let (messages, mut heard) = tokio::sync::mpsc::channel(64);
    let mut performer = Performer::new(Arc::clone(&workspace), messages);
    let card_owner = Some("Noor Haddad".to_owned());
    let confirmed = Confirmed { step: charge(), spend: spend(Act::Charge), card_owner };
    let steps = vec![charge(), "rehearsal.refund".into()];
    let verify = Effect::Verify {
        by: "Dana Ito".to_owned(),
        steps,
        armed: Vec::new(),
        confirmed: vec![confirmed.clone()],
    };
    performer.perform(verify, &mut Nowhere);
    let mut ended = 0;
    while ended < 2 {
        let msg = tokio::time::timeout(Duration::from_secs(60), heard.recv()).await;
        if let Msg::RunEnded { error, .. } = msg.unwrap().unwrap() {
            assert_eq!(error, None);
            ended += 1;
        }
    }
    let workspace = lock(&workspace);
    let entries = workspace.launch().entries();
    let typed: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::MoneyConfirmed(it) => Some((entry, it.as_ref())),
            _ => None,
        })
        .collect();
    let [(entry, it)] = typed.as_slice() else { panic!("{typed:?}") };
    assert_eq!(entry.by.name, "Dana Ito");
    assert_eq!((&it.step, &it.spend), (&confirmed.step, &confirmed.spend));
    assert_eq!(it.card_owner, confirmed.card_owner);
    let result = entries.iter().find_map(|later| match &later.event {
        Event::CheckResult(result) if result.run == it.run => Some(later.seq),
        _ => None,
    });
    assert!(result.unwrap() > entry.seq);
}
