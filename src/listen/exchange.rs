//! One request: taken in whole, written down, handed on, answered.
//!
//! Called by the server for every request. The order is the promise: the record is on disk before
//! anybody is told that the event has arrived, so that no event that was answered with 2xx is lost.
//!
//! ```text
//! read the body ─> verify ─> record, fsync ─┬─> forward ─> record the answer ─> the same answer
//!                                    └ fails ┴─> 500, and MintCash sends it again
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::http::request;
use hyper::{Method, Request, Response, StatusCode, Version};
use serde_json::Value;
use tokio_util::task::TaskTracker;
use ulid::Ulid;
use uuid::Uuid;

use crate::events::received::{Answered, By, Received, Record};
use crate::listen::forward::Upstream;
use crate::listen::headers;
use crate::listen::news::{Done, News, Tell};
use crate::listen::seal::Seals;
use crate::listen::writer::Writer;
use crate::secrets::Redactor;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// How much of a body that is too long is still read, so that its sender reads the answer.
const DRAINED: usize = 32 * 1024 * 1024;

/// The longest member of a body that is named beside it, in characters.
const LONGEST: usize = 300;

/// What every request of a listener shares.
pub(super) struct Shared {
    pub(super) writer: Writer,
    pub(super) upstream: Option<Upstream>,
    pub(super) seals: Seals,
    pub(super) refuse_invalid: bool,
    pub(super) most_body: usize,
    pub(super) body_limit: Duration,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) tell: Tell,
    /// Requests that are under way.
    pub(super) tasks: TaskTracker,
}

/// The answer as it goes out.
type Outgoing = Response<Full<Bytes>>;

/// Why a body is not there in full.
enum Lacks {
    /// It is longer than allowed.
    TooLong,
    /// It did not come in time.
    Slow,
    /// The connection broke.
    Broken,
}

/// A request that is there in full.
struct Taken {
    head: request::Parts,
    body: Result<Bytes, Lacks>,
    at: Timestamp,
    since: Instant,
}

impl Shared {
    /// Serves one request. What follows the body goes on even when the client hangs up.
    pub(super) async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Outgoing {
        let (head, body) = request.into_parts();
        let body = self.read(body).await;
        let taken = Taken { head, body, at: (self.clock)(), since: Instant::now() };
        let tasks = self.tasks.clone();
        let served = tasks.spawn(async move { self.take(taken).await });
        served.await.unwrap_or_else(|_| own(500, "golive failed\n"))
    }

    async fn read(&self, mut body: Incoming) -> Result<Bytes, Lacks> {
        let whole = async {
            let mut bytes = Vec::new();
            let mut seen = 0_usize;
            let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
            if announced > DRAINED {
                return Err(Lacks::TooLong);
            }
            while let Some(frame) = body.frame().await {
                let data = frame.map_err(|_| Lacks::Broken)?.into_data().unwrap_or_default();
                seen = seen.saturating_add(data.len());
                if seen <= self.most_body {
                    bytes.extend_from_slice(&data);
                } else if seen > DRAINED {
                    break;
                }
            }
            if seen > self.most_body { Err(Lacks::TooLong) } else { Ok(Bytes::from(bytes)) }
        };
        tokio::time::timeout(self.body_limit, whole).await.unwrap_or(Err(Lacks::Slow))
    }

    async fn take(&self, taken: Taken) -> Outgoing {
        let received = self.describe(&taken);
        if let Err(why) = self.write(&Record::Received(Box::new(received.clone()))).await {
            let answer = self.answered(&received, &taken, 500, By::Golive, None);
            (self.tell)(News::Done(Box::new(Done::of(&received, &answer, Some(why)))));
            return closing(own(500, "golive could not record this event; send it again\n"));
        }
        let (answer, by, problem) = self.answer(&taken, &received).await;
        let status = answer.status().as_u16();
        let answered = self.answered(&received, &taken, status, by, problem);
        // The event itself is safe by now; its answer stays what it is.
        let noted = self.write(&Record::Answered(answered.clone())).await;
        if let Err(why) = noted {
            let says = format!("the answer to {} could not be recorded: {why}", received.id);
            (self.tell)(News::Trouble(says));
        }
        (self.tell)(News::Done(Box::new(Done::of(&received, &answered, None))));
        answer
    }

    /// What the client is told, whose answer it is, and what went wrong.
    async fn answer(&self, taken: &Taken, received: &Received) -> (Outgoing, By, Option<String>) {
        let mine = |status, text: &'static str| (own(status, text), By::Golive, None);
        let body = match &taken.body {
            Ok(body) => body.clone(),
            Err(Lacks::TooLong) => {
                let (answer, by, problem) = mine(413, "this body is too long\n");
                return (closing(answer), by, problem);
            }
            Err(Lacks::Slow | Lacks::Broken) => {
                let (answer, by, problem) = mine(408, "this body did not come in time\n");
                return (closing(answer), by, problem);
            }
        };
        if self.refuse_invalid && received.signature != crate::events::received::Signature::Valid {
            return mine(401, "the signature is not valid\n");
        }
        let Some(upstream) = &self.upstream else {
            if taken.head.method == Method::POST {
                return mine(200, "recorded\n");
            }
            let (mut answer, by, problem) = mine(405, "webhooks are posted\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return (answer, by, problem);
        };
        let mut head = taken.head.clone();
        head.version = Version::HTTP_11;
        match upstream.send(head, body).await {
            Ok((mut head, body)) => {
                headers::travel_on(&mut head.headers);
                head.version = Version::HTTP_11;
                (Response::from_parts(head, Full::new(body)), By::Upstream, None)
            }
            Err(why) => {
                let text = match why.status() {
                    504 => "the handler behind golive did not answer in time\n",
                    _ => "the handler behind golive could not be reached\n",
                };
                (own(why.status(), text), By::Golive, Some(why.says()))
            }
        }
    }

    async fn write(&self, record: &Record) -> Result<(), String> {
        let line = serde_json::to_vec(record).map_err(|error| error.to_string())?;
        self.writer.write(line.clone()).await?;
        (self.tell)(News::Recorded(String::from_utf8_lossy(&line).into_owned()));
        Ok(())
    }

    fn answered(
        &self,
        received: &Received,
        taken: &Taken,
        status: u16,
        by: By,
        problem: Option<String>,
    ) -> Answered {
        Answered {
            id: received.id.clone(),
            answered_at: (self.clock)(),
            status,
            ms: u64::try_from(taken.since.elapsed().as_millis()).unwrap_or(u64::MAX),
            by,
            problem,
            resent: false,
        }
    }

    /// The record of a request.
    fn describe(&self, taken: &Taken) -> Received {
        let head = &taken.head;
        let clean = |text: &str| Redactor::shared().clean(text).into_owned();
        let millis = u64::try_from(taken.at.millis()).unwrap_or(0);
        let bytes = taken.body.as_deref().unwrap_or_default();
        let json = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        let member = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str)?;
            Some(clean(text).chars().take(LONGEST).collect::<String>())
        };
        let environment = member(json.get("environment"));
        let (signature, signed_with) = match &taken.body {
            Ok(body) => self.seals.judge(&head.headers, body, environment.as_deref()),
            Err(_) => (crate::events::received::Signature::Unchecked, None),
        };
        let kept = kept(&taken.body);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        Received {
            id: Ulid::from_parts(millis, Uuid::new_v4().as_u128()).to_string(),
            received_at: taken.at,
            method: (head.method != Method::POST).then(|| head.method.to_string()),
            path: clean(path),
            signature,
            signed_with: signed_with.map(str::to_owned),
            event_id: member(json.get("eventId")),
            event: member(json.get("event")),
            environment,
            external_id: member(json.get("data").and_then(|data| data.get("externalId"))),
            headers: headers::written(&head.headers),
            body: kept.text,
            body_base64: kept.base64,
            incomplete: kept.incomplete.map(str::to_owned),
        }
    }
}

/// A body as it is written down.
#[derive(Default)]
struct Kept {
    text: Option<String>,
    base64: Option<String>,
    incomplete: Option<&'static str>,
}

/// The body as it stands in a record: exactly, or said to be not.
fn kept(body: &Result<Bytes, Lacks>) -> Kept {
    let lacks = |why| Kept { incomplete: Some(why), ..Kept::default() };
    let bytes = match body {
        Ok(bytes) => bytes,
        Err(Lacks::TooLong) => return lacks("it was too long"),
        Err(Lacks::Slow) => return lacks("it did not come in time"),
        Err(Lacks::Broken) => return lacks("the connection broke"),
    };
    let text = String::from_utf8_lossy(bytes);
    let clean = Redactor::shared().clean(&text);
    if clean != text {
        let text = Some(clean.into_owned());
        return Kept { text, incomplete: Some("it held a secret"), ..Kept::default() };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Kept { text: Some(text.to_owned()), ..Kept::default() },
        Err(_) => Kept { base64: Some(BASE64_STANDARD.encode(bytes)), ..Kept::default() },
    }
}

/// An answer of our own.
fn own(status: u16, text: &'static str) -> Outgoing {
    let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

/// The same answer, after which the connection ends.
fn closing(mut answer: Outgoing) -> Outgoing {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

impl Done {
    /// What came of a request, safe to show; `lost` says why it is not on disk.
    #[must_use]
    pub fn of(received: &Received, answered: &Answered, lost: Option<String>) -> Self {
        let line = |text: &Option<String>, most| {
            text.as_ref().map(|text| Untrusted::new(text.as_str()).line(most))
        };
        Self {
            id: received.id.clone(),
            at: received.received_at,
            method: Untrusted::new(received.method.as_deref().unwrap_or("POST")).line(12),
            path: Untrusted::new(received.path.as_str()).line(80),
            event: line(&received.event, 48),
            event_id: line(&received.event_id, 60),
            environment: line(&received.environment, 12),
            external_id: line(&received.external_id, 60),
            signature: received.signature,
            signed_with: received.signed_with.clone(),
            status: answered.status,
            by: answered.by,
            ms: answered.ms,
            problem: answered.problem.clone(),
            lost: lost.map(|why| Untrusted::new(why).line(200)),
        }
    }
}
