//! The listener of one environment: its API, and the hosted pages beside it.

use std::sync::Arc;
use std::time::Duration;

use hyper::Request as HttpRequest;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, RETRY_AFTER};

use crate::mintcash::envelope::Environment;
use crate::twin::edge::engine::Engine;
use crate::twin::edge::hosted;
use crate::twin::edge::listen::{Answer, answer as answered, header, whole};
use crate::twin::world::api::{Fate, Request};

/// How long `slow` takes, in real time.
const SLOW: Duration = Duration::from_secs(3);

/// Answers a request; `None` breaks the connection.
pub async fn answer(
    engine: Arc<Engine>,
    environment: Environment,
    request: HttpRequest<Incoming>,
) -> Option<Answer> {
    let path = request.uri().path().to_owned();
    if let Some(id) = path.strip_prefix("/pay/") {
        return Some(hosted::answer(&engine, environment, id, request).await);
    }
    let method = request.method().as_str().to_owned();
    let authorization = header(&request, "authorization").map(str::to_owned);
    let body = match whole(request.into_body()).await {
        Ok(body) => body,
        Err(answer) => return Some(answer),
    };
    let said = engine.act(|world| {
        let authorization = authorization.as_deref();
        let request = Request { method: &method, path: &path, authorization, body: &body };
        world.answer(environment, request)
    });
    match said.fate {
        Fate::Lost => return None,
        Fate::Slow => tokio::time::sleep(SLOW).await,
        Fate::Arrives => {}
    }
    let kind = if said.html { "text/html" } else { "application/json" };
    let mut answer = answered(said.status, kind, said.body);
    if let Some(seconds) = said.retry_after {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Some(answer)
}
