//! `watch:` of `golive.yaml`: the limits of the first week, and who is told when one is crossed.
//!
//! Called by `load`. The rule it keeps: where an alert goes may itself be a secret (anybody who
//! knows such a URL may post to it), so no message and no table shows more of it than its host.

use url::{Host, Url};

use crate::config::document::{AlertDoc, AlertUrl, ProjectDoc};
use crate::config::inputs::ValueOrigin;
use crate::config::load::{Read, row};
use crate::config::show::Setting;
use crate::config::values::reference;
use crate::config::{AlertConfig, AlertTarget, WeekConfig};
use crate::runbook::conform::Path as At;
use crate::runbook::problem::Reporter;
use crate::runbook::yaml::Node;
use crate::secrets::SecretRef;

/// How the first week is watched.
pub(super) fn week(project: Option<&Read<'_, ProjectDoc>>) -> WeekConfig {
    project.map_or_else(WeekConfig::default, |read| WeekConfig {
        logs: read.document.logs.clone(),
        limits: read.document.watch.limits.clone(),
        alert: alert(&read.document.watch.alert),
    })
}

fn alert(document: &AlertDoc) -> AlertConfig {
    let url = document.url.as_ref().and_then(|url| match url {
        AlertUrl::Plain(text) => Url::parse(&text.0).ok().map(AlertTarget::Plain),
        AlertUrl::Secret(text) => reference(text).map(AlertTarget::Secret),
    });
    let header = document.header.as_ref();
    AlertConfig {
        command: document.command.as_ref().map(|argv| argv.0.clone()),
        url,
        header: header.and_then(|it| Some((it.name.0.clone(), reference(&it.value)?))),
    }
}

/// Why an alert may not be posted to a URL.
#[must_use]
pub fn fault(url: &Url) -> Option<&'static str> {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Some("an alert's URL must not hold a user name or a password");
    }
    match url.scheme() {
        "https" => None,
        "http" if here => None,
        _ => Some("an alert is posted over https, or over http to this machine"),
    }
}

/// Reports what the shape of the document can not say.
pub(super) fn rules(tree: &Node, report: &mut Reporter<'_>) {
    let Some(alert) = tree.get("watch").and_then(|watch| watch.get("alert")) else { return };
    let watch = At::Root.key("watch");
    let at = watch.key("alert");
    let url = alert.get("url");
    if let Some((node, text)) = url.and_then(|node| Some((node, node.text()?)))
        && text != "prompt"
    {
        let wrong = match Url::parse(text) {
            Ok(url) => fault(&url),
            Err(_) => Some("this is no URL"),
        };
        if let Some(wrong) = wrong {
            let hint = "a URL that is a secret is named: `url: { env: NAME }`";
            report.at(node.place, at.key("url")).hint(hint).done(wrong);
        }
    }
    let prompted = [url, alert.get("header").and_then(|header| header.get("value"))];
    for node in prompted.into_iter().flatten().filter(|node| node.text() == Some("prompt")) {
        let hint = "an alert goes out when nobody is there: name an env, file, command or keyring";
        report.at(node.place, at).hint(hint).done("an alert can not ask for a secret");
    }
    if let Some(entry) = alert.entries().iter().find(|entry| entry.key == "header")
        && url.is_none()
    {
        let hint = "name a `url:`, or take the header out";
        report.at(entry.place, at.key("header")).hint(hint).done("a header goes with a URL");
    }
}

/// What is in force, for `config show`.
pub(super) fn rows(project: Option<&Read<'_, ProjectDoc>>) -> Vec<Setting> {
    let WeekConfig { limits, alert, .. } = week(project);
    let of = |keys: [&str; 3], value: Option<String>, always: bool| {
        let placed = project.and_then(|read| Some((read, read.line(&keys)?)));
        let origin = match placed {
            Some((read, line)) => ValueOrigin::Project(read.layer.path.clone(), Some(line)),
            None => ValueOrigin::Default,
        };
        row(&keys.join("."), value.filter(|_| always || placed.is_some()).map(|it| (it, origin)))
    };
    let limits = serde_json::to_value(limits).unwrap_or_default();
    let limits = limits.as_object().into_iter().flatten();
    let mut rows: Vec<Setting> = limits
        .map(|(key, value)| of(["watch", "limits", key.as_str()], Some(value.to_string()), true))
        .collect();
    let alerts = [
        ("command", alert.command.map(|argv| argv.join(" "))),
        ("url", alert.url.as_ref().map(shown)),
        (
            "header",
            alert.header.map(|(name, value): (String, SecretRef)| format!("{name} from {value}")),
        ),
    ];
    rows.extend(alerts.into_iter().map(|(key, value)| of(["watch", "alert", key], value, false)));
    rows
}

/// As much of where an alert goes as may be shown.
#[must_use]
pub fn shown(target: &AlertTarget) -> String {
    match target {
        AlertTarget::Plain(url) => {
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}://{}{port}/…", url.scheme(), url.host_str().unwrap_or_default())
        }
        AlertTarget::Secret(reference) => reference.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::fault;

    #[rstest]
    #[case("https://hooks.example/x", true)]
    #[case("http://127.0.0.1:9000/x", true)]
    #[case("http://[::1]:9000/x", true)]
    #[case("http://localhost/x", true)]
    #[case("http://hooks.example/x", false)]
    #[case("http://127.0.0.1.example/x", false)]
    #[case("http://localhost.example/x", false)]
    #[case("https://user:word@hooks.example/x", false)]
    #[case("ftp://127.0.0.1/x", false)]
    fn an_alert_goes_over_https_or_stays_on_this_machine(#[case] url: &str, #[case] fine: bool) {
        assert_eq!(fault(&Url::parse(url).unwrap()).is_none(), fine, "{url}");
    }
}
