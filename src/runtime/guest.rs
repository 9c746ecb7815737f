//! What the screen is a guest of: the demo, which does what its panel asks for.
//!
//! Implemented by `demo`, called by `runtime::perform`. A real launch has none.

use async_trait::async_trait;

use crate::app::demo::{DemoAct, DemoView};

/// The demo behind a screen.
#[async_trait]
pub trait Host: Send + Sync {
    /// How it stands, without waiting.
    fn view(&self) -> DemoView;

    /// Clears away what would stay behind, since a signal is about to end the program.
    fn clear(&self);

    /// Does what the panel asks for; how it stands then.
    ///
    /// # Errors
    /// Why it can not be done, one sentence.
    async fn act(&self, act: DemoAct) -> Result<DemoView, String>;
}
