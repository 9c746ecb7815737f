//! `logs` of `golive.yaml`: where the members of the merchant's own logs are.
//!
//! Called while the configuration is loaded. The rule it keeps: a path that leads nowhere for sure
//! is said with its line, before any log is read with it.

use crate::config::document::ProjectDoc;
use crate::config::inputs::ValueOrigin;
use crate::config::layer::Layer;
use crate::config::show::Setting;
use crate::runbook::conform::Path as At;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::Node;
use crate::text::visible;

/// Says what is wrong with the paths.
pub(super) fn rules(tree: &Node, document: &ProjectDoc, report: &mut Reporter<'_>) {
    for fault in document.logs.lint() {
        let node = tree.get("logs").and_then(|logs| logs.get(fault.log)?.get(fault.member));
        let Some(node) = node else { continue };
        let at = At::Root.key("logs");
        let at = at.key(fault.log);
        report.at(node.place, at.key(fault.member)).hint(fault.hint).done(fault.what);
    }
}

/// The paths that are set, each with its line.
pub(super) fn settings(layer: &Layer, tree: &Node, document: &ProjectDoc) -> Vec<Setting> {
    let mut rows = Vec::new();
    for (log, members) in document.logs.all() {
        for (name, path) in members.set() {
            let logs = tree.get("logs").and_then(|logs| logs.get(log));
            let line = logs.and_then(|log| log.entry(name)).map(|entry| entry.place.line);
            rows.push(Setting {
                name: format!("logs.{log}.{name}"),
                value: Some(visible(path, 400)),
                origin: Some(ValueOrigin::Project(layer.path.clone(), line)),
            });
        }
    }
    rows
}
