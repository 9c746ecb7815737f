//! Reads the input `effect_count`: how many effects the merchant's webhook handler has had.
//!
//! Used by the checks that must see from outside what a handler did, not only what it answered.
//! The rules it keeps: a URL is asked with one GET, over HTTPS or on this machine, without
//! following a redirect; a command runs without a shell, as the operator wrote it in
//! `golive.yaml`; time and size are bounded; a number that came to nothing is an error in words,
//! never a zero.
//!
//! Handlers queue, so that an effect may come after the answer. [`EffectCount::settled`] reads
//! again every 250 ms, waits up to 10 s for the number that is expected, and then until nothing
//! has moved for 2 s, or for twice as long as the slowest effect so far took to show, whichever is
//! longer. What comes later than that is not seen.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use crate::checks::webhook::public::is_loopback;
use crate::checks::{CheckContext, Effect, Planned};
use crate::config::inputs::{InputValue, Observer};
use crate::https;
use crate::process::{self, Leftovers, NotEnded};
use crate::runbook::model::InputName;
use crate::text::Untrusted;

/// The name of the input.
pub const INPUT: &str = "effect_count";

/// How long one reading may take.
const READING: Duration = Duration::from_secs(10);

/// The most bytes that a number may come in.
const MOST_OUTPUT: usize = 64 * 1024;

/// How long effects are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The longest wait for a number that is expected.
    pub arrive: Duration,
    /// How long nothing must move for the number to count as settled.
    pub quiet: Duration,
    /// The pause between two readings.
    pub every: Duration,
}

impl Patience {
    /// The times against production.
    pub const PRODUCTION: Self = Self {
        arrive: Duration::from_secs(10),
        quiet: Duration::from_secs(2),
        every: Duration::from_millis(250),
    };
}

/// The merchant's count of effects, and how to read it.
#[derive(Debug)]
pub struct EffectCount {
    source: Observer,
    folder: PathBuf,
    patience: Patience,
    /// How long the slowest effect that was waited for took to show.
    slowest: Duration,
    cancel: CancellationToken,
}

/// A count after it was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The last number that was read.
    pub count: u64,
    /// Whether it had stopped moving.
    pub still: bool,
}

/// Why there is no number. Safe to show: made visible, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCount {
    /// The run was cancelled.
    #[error("Cancelled.")]
    Cancelled,
    /// The source could not be asked, or did not answer as it should.
    #[error("effect_count could not be read: {0}.")]
    Unread(String),
    /// What came is not a number.
    #[error("effect_count gave no number but `{0}`.")]
    NotANumber(String),
    /// The number goes on moving.
    #[error("effect_count does not come to rest: it moved from {from} to {to}.")]
    Restless {
        /// The first number.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// The number became smaller.
    #[error("effect_count fell from {from} to {to}.")]
    Fell {
        /// The number before.
        from: u64,
        /// The number after.
        to: u64,
    },
}

impl NoCount {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Cancelled => "Verify again.",
            Self::Unread(_) => {
                "Try what stands under inputs.effect_count in golive.yaml by hand: an https address \
                 that answers 200, or a program that ends with 0."
            }
            Self::NotANumber(_) => {
                "Let it give one whole number and nothing else: 12, or {\"count\": 12}."
            }
            Self::Restless { .. } => {
                "Verify while no other events come in, or let it count only what has not been there \
                 before."
            }
            Self::Fell { .. } => {
                "Let it count something that only grows, in a store that is not emptied meanwhile."
            }
        }
    }
}

impl EffectCount {
    /// The observer of this merchant; `None` when `golive.yaml` names none.
    #[must_use]
    pub fn of(context: &CheckContext, patience: Patience) -> Option<Self> {
        let InputValue::Observer(source) = &context.inputs.get(INPUT)?.value else { return None };
        Some(Self {
            source: source.clone(),
            folder: context.inputs.base().to_owned(),
            patience,
            slowest: Duration::ZERO,
            cancel: context.cancel.clone(),
        })
    }

    /// The input, for [`Check::inputs`](crate::checks::Check::inputs).
    #[must_use]
    pub fn input() -> InputName {
        InputName::from(INPUT)
    }

    /// Where the number comes from, for people: the URL without query and credentials, or the
    /// program without its arguments.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.source {
            Observer::Url(url) => shown_url(url),
            Observer::Command(argv) => {
                Untrusted::new(argv.first().map_or("", String::as_str)).line(120)
            }
        }
    }

    /// What reading it is, for a plan.
    #[must_use]
    pub fn planned(&self) -> Planned {
        let (what, target) = match &self.source {
            Observer::Url(url) => ("GET the count of effects", shown_url(url)),
            Observer::Command(argv) => {
                ("run the program that counts effects", Untrusted::new(argv.join(" ")).line(200))
            }
        };
        let what = format!("{what}, before and after what is sent");
        Planned { effect: Effect::Reads, what, target, arms: None, spend: None }
    }

    /// Reads the number once.
    ///
    /// # Errors
    /// When there is none, with what came instead.
    pub async fn read(&self) -> Result<u64, NoCount> {
        let read = async {
            match &self.source {
                Observer::Url(url) => get(url).await,
                Observer::Command(argv) => self.run(argv).await,
            }
        };
        let bytes = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(NoCount::Cancelled),
            bytes = read => bytes?,
        };
        number(&bytes)
    }

    /// Waits until the number has not moved for the quiet period.
    ///
    /// # Errors
    /// When it can not be read, or does not come to rest although nothing is sent.
    pub async fn at_rest(&self) -> Result<u64, NoCount> {
        let from = self.read().await?;
        let Settled { count, still } = self.stay(from, Instant::now()).await?;
        if still { Ok(count) } else { Err(NoCount::Restless { from, to: count }) }
    }

    /// Waits until the number is at least `expected`, but not for ever, and then until it has not
    /// moved for the quiet period. To be called as soon as what should move it has been sent.
    ///
    /// # Errors
    /// When it can not be read.
    pub async fn settled(&mut self, expected: u64) -> Result<Settled, NoCount> {
        let begin = Instant::now();
        let mut count = self.read().await?;
        while count < expected && begin.elapsed() < self.patience.arrive {
            self.pause().await?;
            count = self.read().await?;
        }
        if count >= expected {
            self.slowest = self.slowest.max(begin.elapsed()).min(self.patience.arrive);
        }
        self.stay(count, begin).await
    }

    /// Reads on until the number has stayed the same for the quiet period, and says whether it has.
    async fn stay(&self, mut count: u64, begin: Instant) -> Result<Settled, NoCount> {
        let quiet = self.patience.quiet.max(self.slowest * 2);
        let most = self.patience.arrive * 2 + quiet * 2;
        let mut since = Instant::now();
        while since.elapsed() < quiet {
            if begin.elapsed() > most {
                return Ok(Settled { count, still: false });
            }
            self.pause().await?;
            let now = self.read().await?;
            if now != count {
                (count, since) = (now, Instant::now());
            }
        }
        Ok(Settled { count, still: true })
    }

    async fn pause(&self) -> Result<(), NoCount> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(NoCount::Cancelled),
            () = tokio::time::sleep(self.patience.every) => Ok(()),
        }
    }

    async fn run(&self, argv: &[String]) -> Result<Vec<u8>, NoCount> {
        let limits =
            process::Limits { time: READING, output: MOST_OUTPUT, leftovers: Leftovers::Kill };
        let failed = |why: String| NoCount::Unread(format!("{} {why}", self.shown()));
        let ended = process::run(argv, &self.folder, limits, &self.cancel).await;
        let ended = ended.map_err(|error| match error {
            NotEnded::Cancelled => NoCount::Cancelled,
            other => failed(other.to_string()),
        })?;
        match ended.code {
            Some(0) if ended.cut => Err(failed("wrote more than a number".into())),
            Some(0) => Ok(ended.stdout),
            Some(code) => Err(failed(match last_line(&ended.stderr) {
                Some(said) => format!("ended with {code} and said: {said}"),
                None => format!("ended with {code}"),
            })),
            None => Err(failed("was ended by a signal".into())),
        }
    }
}

fn shown_url(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _has_no_host = url.set_username("").and(url.set_password(None));
    Untrusted::new(url.as_str()).line(200)
}

async fn get(url: &Url) -> Result<Vec<u8>, NoCount> {
    let shown = shown_url(url);
    let failed = |why: &str| NoCount::Unread(format!("{shown} {why}"));
    let local = is_local(url);
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err(failed("is neither https nor on this machine"));
    }
    let mut builder = https::opener(READING).map_err(|why| failed(&why))?;
    if local {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(|error| failed(&reason(&error)))?;
    let asked = client.get(url.clone()).header("accept", "application/json, text/plain").send();
    let mut response = asked.await.map_err(|error| failed(&reason(&error)))?;
    let status = response.status();
    if !status.is_success() {
        return Err(failed(&format!("answered {}", status.as_u16())));
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failed(&reason(&error)))? {
        body.extend_from_slice(&piece);
        if body.len() > MOST_OUTPUT {
            return Err(failed("answered with more than a number"));
        }
    }
    Ok(body)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => is_loopback(address.into()),
        Some(Host::Ipv6(address)) => is_loopback(address.into()),
        None => false,
    }
}

/// The innermost cause, safe to show: `connection refused` rather than `error sending request`.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("did not answer within {} s", READING.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!("could not be asked ({})", Untrusted::new(cause.to_string()).line(160))
}

/// Reads `12`, or the JSON `{"count": 12}`.
fn number(bytes: &[u8]) -> Result<u64, NoCount> {
    let came = || match Untrusted::from_bytes(bytes.trim_ascii()).line(60) {
        nothing if nothing.is_empty() => NoCount::NotANumber("(nothing)".into()),
        something => NoCount::NotANumber(something),
    };
    let value: Value = serde_json::from_slice(bytes.trim_ascii()).map_err(|_| came())?;
    let count = value.get("count").unwrap_or(&value);
    count.as_u64().ok_or_else(came)
}

fn last_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(Untrusted::new(line.trim()).line(120))
}

#[cfg(test)]
mod tests;
