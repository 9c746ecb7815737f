//! Fetches the secrets of steps that are to run, before the first of them begins.
//!
//! Called by the faces before they run steps side by side. The rule it keeps: no check asks a server
//! while a secret of a check beside it is still being fetched; what a server gives back of a secret
//! that is not known yet could not be taken out.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::checks::registry;
use crate::config::inputs::Inputs;
use crate::runbook::model::{InputName, StepId};
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::secrets::SecretRef;

/// Fetches what the plan of these steps has named; what can not be had is said by the check that
/// needs it, not here. Ends early when `cancel` fires.
pub async fn secrets(workspace: &SharedWorkspace, steps: &[StepId], cancel: &CancellationToken) {
    let (inputs, names) = needed(workspace, steps);
    let all = async {
        for name in names {
            let _unresolved_is_said_later = inputs.secret(name.as_str()).await;
        }
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        () = all => {}
    }
}

/// The secrets that a program or the keyring gives, of all checks of these steps. The others are
/// known from the start, or typed.
fn needed(workspace: &SharedWorkspace, steps: &[StepId]) -> (Arc<Inputs>, BTreeSet<InputName>) {
    let workspace = lock(workspace);
    let inputs = Arc::clone(&workspace.config.inputs);
    let runbook = workspace.runbook();
    let checks = steps.iter().filter_map(|id| runbook.step(id)).flat_map(|step| &step.verify);
    let names = checks.filter_map(|spec| Some(registry::find(&spec.check)?.inputs(&spec.args)));
    let fetched = |name: &InputName| {
        let reference = inputs.secret_ref(name.as_str());
        matches!(reference, Some(SecretRef::Command(_) | SecretRef::Keyring { .. }))
    };
    let names = names.flatten().filter(fetched).collect();
    (inputs, names)
}
