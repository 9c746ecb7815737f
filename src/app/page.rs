//! The page on which a card is to be typed: from the check that runs, or from the ledger.
//!
//! Asked by `update` and `ui`. The rule it keeps: a page is shown as long as it can be paid, also
//! after a restart, and not a moment longer.

use crate::app::model::Model;
use crate::launch::money::Stage;
use crate::runbook::model::StepId;

/// A page that somebody has to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPage {
    /// For which step.
    pub step: StepId,
    /// What it is for, in a few words.
    pub about: String,
    /// Its address; untrusted text.
    pub url: String,
}

/// The page of a step, if one is open.
#[must_use]
pub fn of(model: &Model, step: &StepId) -> Option<OpenPage> {
    let live = model.work.running(step).and_then(|run| run.page.clone());
    let live = live.filter(|(_, url)| !is_over(model, url));
    let kept = || {
        let page = model.current.launch().ledger().open_page(step);
        page.map(|(what, url)| (format!("To {what}, open"), url.to_owned()))
    };
    let (about, url) = live.or_else(kept)?;
    Some(OpenPage { step: step.clone(), about, url })
}

/// The page to show alone: that of the step at hand or, when it has none, of a step whose checks
/// run.
#[must_use]
pub fn at_hand(model: &Model) -> Option<OpenPage> {
    let here = model.step().and_then(|step| of(model, step));
    here.or_else(|| model.work.runs.keys().find_map(|step| of(model, step)))
}

/// Whether the ledger knows that nothing is to be paid on this page any more.
fn is_over(model: &Model, url: &str) -> bool {
    let intents = model.current.launch().ledger().intents().iter();
    let mut of_page = intents.filter(|it| it.page() == Some(url));
    of_page.any(|it| matches!(it.stage(), Stage::Done | Stage::Over))
}
