//! Lets a check read and write the journal's book of money in the middle of its run.
//!
//! Made by `runtime::run` for each check. What it writes goes the same way as everything else: under
//! the journal's lock, decided by the launch, on disk before it returns, told to the face.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use crate::checks::book::Keeper;
use crate::events::received::FILE;
use crate::failure::Failure;
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry};
use crate::launch::money::Ledger;
use crate::runtime::run::{RunNews, submit};
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::secrets::{Fingerprint, Secret};

/// The journal of a workspace, on behalf of somebody.
pub(super) struct WorkspaceKeeper {
    workspace: SharedWorkspace,
    writes: Option<Writes>,
}

struct Writes {
    by: Actor,
    tell: Box<dyn Fn(Vec<Entry>) + Send + Sync>,
}

impl WorkspaceKeeper {
    /// One that writes as `by` and tells what was written.
    pub(super) fn new(
        workspace: &SharedWorkspace,
        by: &Actor,
        tell: &(impl Fn(RunNews) + Send + Sync + Clone + 'static),
    ) -> Self {
        let tell = tell.clone();
        let tell = Box::new(move |entries| tell(RunNews::Entries(entries)));
        let writes = Some(Writes { by: by.clone(), tell });
        Self { workspace: Arc::clone(workspace), writes }
    }

    /// One that reads only.
    pub(super) fn reading(workspace: &SharedWorkspace) -> Self {
        Self { workspace: Arc::clone(workspace), writes: None }
    }
}

#[async_trait]
impl Keeper for WorkspaceKeeper {
    async fn ledger(&self) -> Result<Ledger, String> {
        let workspace = Arc::clone(&self.workspace);
        let read = move || lock(&workspace).look_up(|launch| launch.ledger().clone());
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|_| "reading the journal broke off".to_owned())?.map_err(|it| says(&it))
    }

    async fn submit(&self, command: Command) -> Result<(), String> {
        let Some(writes) = &self.writes else { return Err("a plan writes nothing".to_owned()) };
        let written = submit(&self.workspace, &writes.by, command).await;
        (writes.tell)(written.map_err(|it| says(&it))?);
        Ok(())
    }

    fn fingerprint(&self, secret: &Secret) -> String {
        Fingerprint::of(secret, lock(&self.workspace).fingerprint_key()).to_string()
    }

    fn received(&self) -> PathBuf {
        lock(&self.workspace).config.state.with_file_name(FILE)
    }
}

fn says(failure: &Failure) -> String {
    match failure.hints.first() {
        Some(hint) => format!("{} {hint}", failure.message),
        None => failure.message.clone(),
    }
}
