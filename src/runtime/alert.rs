//! Tells somebody outside that a threshold was crossed: runs a program, or posts to a URL.
//!
//! Called by `runtime::crossings`. Both get the same document, `golive.alert/1`, which holds no
//! secret and nobody's personal data. A failure is handed back as a sentence and is never more than
//! that. No shell, no redirect, and no more of a URL in any text than its host.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::watch::{fault, shown};
use crate::config::{AlertConfig, AlertTarget, Config};
use crate::https;
use crate::launch::crossing::Way;
use crate::process::{self, Leftovers, Limits};
use crate::secrets::resolve;
use crate::text::Untrusted;

/// How long the program may take.
const PROGRAM: Duration = Duration::from_secs(30);

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(10);

/// How long is waited before each further try. All tries together end well before
/// `launch::crossing::LEASE`.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];

/// Tells whoever `golive.yaml` names.
#[derive(Clone, Debug)]
pub struct Alerter {
    config: AlertConfig,
    base: PathBuf,
}

/// What came of sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Who was reached.
    pub reached: Vec<Way>,
    /// Who could not be reached, and why.
    pub failed: Option<String>,
}

impl Alerter {
    /// The one that is configured; `None` where nobody is to be told.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        let alert = &config.week.alert;
        (!alert.is_empty()).then(|| Self { config: alert.clone(), base: config.base.clone() })
    }

    /// Sends a document to everybody who is named and was not reached before.
    pub async fn send(&self, document: &Value, before: &[Way], cancel: &CancellationToken) -> Sent {
        let body = document.to_string().into_bytes();
        let (ran, posted) = tokio::join!(
            async {
                let argv = self.config.command.as_ref();
                let argv = argv.filter(|_| !before.contains(&Way::Command))?;
                Some((Way::Command, self.run(argv, body.clone(), cancel).await))
            },
            async {
                let target = self.config.url.as_ref();
                let target = target.filter(|_| !before.contains(&Way::Url))?;
                Some((Way::Url, self.post(target, body.clone(), cancel).await))
            },
        );
        let (mut reached, mut wrong) = (Vec::new(), Vec::new());
        for (way, ended) in [ran, posted].into_iter().flatten() {
            match ended {
                Ok(()) => reached.push(way),
                Err(why) => wrong.push(why),
            }
        }
        Sent { reached, failed: (!wrong.is_empty()).then(|| wrong.join("; ")) }
    }

    async fn run(
        &self,
        argv: &[String],
        body: Vec<u8>,
        cancel: &CancellationToken,
    ) -> Result<(), String> {
        let program = Untrusted::new(argv.first().cloned().unwrap_or_default()).line(120);
        let limits = Limits { time: PROGRAM, output: 0, leftovers: Leftovers::Leave };
        let ended = process::feed(argv, &self.base, body, limits, cancel).await;
        match ended.map(|ended| ended.code) {
            Ok(Some(0)) | Err(process::NotEnded::Open) => Ok(()),
            Ok(Some(code)) => {
                Err(format!("the alert command {program} ended with exit code {code}"))
            }
            Ok(None) => Err(format!("the alert command {program} was ended by a signal")),
            Err(why) => Err(format!("the alert command {program} {why}")),
        }
    }

    async fn post(
        &self,
        target: &AlertTarget,
        body: Vec<u8>,
        cancel: &CancellationToken,
    ) -> Result<(), String> {
        let place = shown(target);
        let said = |why: String| format!("the alert could not be posted to {place}: {why}");
        let url = self.url(target).await.map_err(said)?;
        let header = self.header().await.map_err(said)?;
        let client = client(&url).map_err(said)?;
        let mut pauses = PAUSES.into_iter();
        loop {
            let tried = tokio::select! {
                tried = try_once(&client, &url, header.as_ref(), &body) => tried,
                () = cancel.cancelled() => return Err(said("stopped".to_owned())),
            };
            let Err((why, again)) = tried else { return Ok(()) };
            let Some(pause) = pauses.next().filter(|_| again) else { return Err(said(why)) };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => return Err(said(why)),
            }
        }
    }

    async fn url(&self, target: &AlertTarget) -> Result<Url, String> {
        let url = match target {
            AlertTarget::Plain(url) => url.clone(),
            AlertTarget::Secret(reference) => {
                let secret = resolve::resolve(reference, &self.base).await;
                let secret = secret.map_err(|why| why.reason)?;
                Url::parse(secret.expose())
                    .map_err(|_| "what it is kept in is no URL".to_owned())?
            }
        };
        fault(&url).map_or(Ok(url), |wrong| Err(wrong.to_owned()))
    }

    async fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, String> {
        let Some((name, reference)) = &self.config.header else { return Ok(None) };
        let secret =
            resolve::resolve(reference, &self.base).await.map_err(|why| why.to_string())?;
        let unfit = |_| format!("the value of {name} can not stand in a header");
        let mut value = HeaderValue::from_str(secret.expose()).map_err(unfit)?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.map_err(|_| "this can not be the name of a header".to_owned())?;
        Ok(Some((name, value)))
    }
}

/// A proxy is only for what leaves this machine.
fn client(url: &Url) -> Result<Client, String> {
    let builder = https::opener(REQUEST)?;
    let builder = if url.scheme() == "http" { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| error.without_url().to_string())
}

/// Posts once; why it did not arrive, and whether trying again may help.
async fn try_once(
    client: &Client,
    url: &Url,
    header: Option<&(HeaderName, HeaderValue)>,
    body: &[u8],
) -> Result<(), (String, bool)> {
    let mut request = client.post(url.clone()).body(body.to_vec());
    request = request.header("content-type", "application/json");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let status = match request.send().await {
        Ok(answer) => answer.status(),
        Err(error) if error.is_timeout() => return Err(("no answer in time".to_owned(), true)),
        Err(error) if error.is_connect() => return Err(("no connection".to_owned(), true)),
        Err(error) => return Err((error.without_url().to_string(), true)),
    };
    if status.is_success() {
        return Ok(());
    }
    let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    let again = status.is_server_error() || passing.contains(&status);
    Err((format!("it answered {}", status.as_u16()), again))
}
