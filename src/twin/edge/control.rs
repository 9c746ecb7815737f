//! The twin's JSON API to see and steer it, and who may use it.
//!
//! The rules it keeps: only a page of the twin itself, or a program, may change anything. A request
//! has to name this machine as its host (so that no name of another site leads here), must not come
//! from another site, and is JSON, which no form of another site can send; the twin's own forms
//! carry a token instead.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderValue, LOCATION};
use hyper::{Method, Request};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};
use uuid::Uuid;

use crate::mintcash::envelope::Environment;
use crate::mintcash::transport::is_this_machine;
use crate::twin::card::TestCard;
use crate::twin::edge::listen::{Answer, answer as answered, header, whole};
use crate::twin::edge::{board, hosted};
use crate::twin::handle::Handle;
use crate::twin::switch::Switch;

/// How far time is stepped at once at most: ten years.
const MOST_SECONDS: f64 = 315_360_000.0;

/// Lets requests in and answers them.
#[derive(Clone)]
pub struct Doorman {
    handle: Handle,
    token: Arc<str>,
}

impl Doorman {
    /// A doorman with a token of its own.
    pub fn new(handle: Handle) -> Self {
        Self { handle, token: Uuid::new_v4().to_string().into() }
    }

    /// Answers a request.
    pub async fn answer(self, request: Request<Incoming>) -> Option<Answer> {
        if let Some(why) = stranger(&request) {
            return Some(error(403, why));
        }
        let path = request.uri().path().to_owned();
        Some(match (request.method().clone(), path.as_str()) {
            (Method::GET, "/") => board::overview(&self.handle, &self.token),
            (Method::GET, "/switches") => board::switches(&self.handle, &self.token),
            (Method::GET, "/control/state") => document(&state(&self.handle)),
            (Method::POST, "/do") => self.form(request).await,
            (Method::POST, path) => match path.strip_prefix("/control/") {
                Some(what) => self.json(what, request).await,
                None => error(404, "There is no such path."),
            },
            (Method::GET, _) => error(404, "There is no such path."),
            _ => error(405, "This path has no such method."),
        })
    }

    async fn json(&self, what: &str, request: Request<Incoming>) -> Answer {
        let kind = header(&request, "content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return error(415, "Send JSON, with content-type: application/json.");
        }
        let body: Bytes = match whole(request.into_body()).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let body = if body.is_empty() { b"{}" } else { body.as_ref() };
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return error(400, "The body is not a JSON object.");
        };
        match steer(&self.handle, what, &Value::Object(body)).await {
            Ok(()) => document(&json!({ "ok": true, "now": self.handle.now().to_string() })),
            Err(Refused::Unknown) => error(404, "There is no such path."),
            Err(Refused::Wrong(says)) => error(400, &says),
        }
    }

    /// A form of the twin's own pages: the same, by the names of its fields.
    async fn form(&self, request: Request<Incoming>) -> Answer {
        let body = match whole(request.into_body()).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let fields: serde_json::Map<String, Value> =
            form_urlencoded::parse(&body).map(|(key, value)| (key.into(), typed(&value))).collect();
        let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        if field("token") != &*self.token {
            return error(403, "This form is not one of this twin, or of an earlier one.");
        }
        let (what, then) = (field("what").to_owned(), field("then").to_owned());
        if let Err(refused) = steer(&self.handle, &what, &Value::Object(fields)).await {
            return match refused {
                Refused::Unknown => error(404, "There is no such path."),
                Refused::Wrong(says) => error(400, &says),
            };
        }
        let mut answer = answered(303, "text/plain", "Done.\n");
        let place = if then == "/switches" { "/switches" } else { "/" };
        answer.headers_mut().insert(LOCATION, HeaderValue::from_static(place));
        answer
    }
}

/// Why nothing was done.
enum Refused {
    /// There is no such thing to do.
    Unknown,
    /// It can not be done so.
    Wrong(String),
}

impl From<String> for Refused {
    fn from(says: String) -> Self {
        Self::Wrong(says)
    }
}

/// A form's field: a number or true and false where it reads so.
fn typed(text: &str) -> Value {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        _ => text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number)),
    }
}

/// Why a request is not let in: it names another host, or comes from another site.
fn stranger(request: &Request<Incoming>) -> Option<&'static str> {
    let host = header(request, "host").unwrap_or_default();
    let own = format!("http://{host}");
    let here = Url::parse(&own).is_ok_and(|url| is_this_machine(&url) && url.path() == "/");
    if !here {
        return Some("Name 127.0.0.1 or localhost as the host.");
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && header(request, "origin").is_some_and(|origin| origin != own) {
        return Some("This was sent by another site.");
    }
    let site = header(request, "sec-fetch-site").unwrap_or("none");
    if !reads && !matches!(site, "none" | "same-origin") {
        return Some("This was sent by another site.");
    }
    None
}

/// Does one thing.
async fn steer(handle: &Handle, what: &str, body: &Value) -> Result<(), Refused> {
    let number = |name: &str| body.get(name).and_then(Value::as_f64);
    let text = |name: &str| {
        let missing = || Refused::Wrong(format!("{name} is missing or no text."));
        body.get(name).and_then(Value::as_str).ok_or_else(missing)
    };
    match what {
        "advance" if body.get("to").is_some() => {
            if text("to")? != "next" {
                return Err(Refused::Wrong("to can be \"next\" only.".to_owned()));
            }
            handle.advance_to_next().await;
        }
        "advance" => {
            let seconds = number("seconds").filter(|it| (0.0..=MOST_SECONDS).contains(it));
            let wrong =
                || Refused::Wrong(format!("seconds is not a number from 0 to {MOST_SECONDS}."));
            handle.advance(Duration::from_secs_f64(seconds.ok_or_else(wrong)?)).await;
        }
        "speed" => handle.set_speed(number("factor").unwrap_or(f64::NAN))?,
        "switch" => {
            let on = body.get("on").and_then(Value::as_bool);
            let wrong = || Refused::Wrong("on is not true or false.".to_owned());
            let (name, on) = (text("name")?, on.ok_or_else(wrong)?);
            match body.get("environment").and_then(Value::as_str) {
                Some(environment) => handle.switch(&format!("{environment}:{name}"), on)?,
                None => handle.switch(name, on)?,
            }
        }
        "webhook" => {
            let url = match body.get("url").and_then(Value::as_str).unwrap_or_default() {
                "" => None,
                url => Some(url.parse::<Url>().map_err(|_| "url is not a URL.".to_owned())?),
            };
            handle.set_webhook(environment(body)?, url)?;
        }
        "pay" => handle.pay(environment(body)?, text("id")?, card(body)?)?,
        "card" => handle.replace_card(environment(body)?, text("id")?, card(body)?)?,
        "redeliver" => {
            let place = number("delivery").filter(|it| *it >= 0.0 && it.fract() == 0.0);
            let place = place.and_then(|place| format!("{place:.0}").parse().ok());
            let wrong = || Refused::Wrong("delivery is not a number.".to_owned());
            handle.redeliver(environment(body)?, place.ok_or_else(wrong)?)?;
        }
        _ => return Err(Refused::Unknown),
    }
    Ok(())
}

fn environment(body: &Value) -> Result<Environment, Refused> {
    match body.get("environment").and_then(Value::as_str) {
        Some("live") => Ok(Environment::Live),
        Some("test" | "sandbox") => Ok(Environment::Test),
        _ => Err(Refused::Wrong("environment is not live or test.".to_owned())),
    }
}

fn card(body: &Value) -> Result<TestCard, Refused> {
    let name = body.get("card").and_then(Value::as_str).unwrap_or_default();
    TestCard::named(name).ok_or_else(|| {
        let names: Vec<&str> = TestCard::ALL.iter().map(|card| card.name()).collect();
        Refused::Wrong(format!("There is no such card. There are: {}.", names.join(", ")))
    })
}

/// Everything, as data.
pub fn state(handle: &Handle) -> Value {
    let switch = |switch: &Switch| {
        json!({
            "name": switch.name(),
            "about": switch.about(),
            "live": handle.has(Environment::Live, *switch),
            "test": handle.has(Environment::Test, *switch),
        })
    };
    let card = |card: TestCard| {
        let token = card.number().map(|_| crate::twin::world::site::token_of(card));
        json!({
            "name": card.name(),
            "number": card.number(),
            "cardToken": token,
            "does": hosted::about(card),
        })
    };
    json!({
        "schema": "golive.twin/1",
        "now": handle.now().to_string(),
        "nextDue": handle.next_due().map(|at| at.to_string()),
        "speed": handle.speed(),
        "live": handle.snapshot(Environment::Live),
        "test": handle.snapshot(Environment::Test),
        "switches": Switch::ALL.iter().map(switch).collect::<Vec<_>>(),
        "cards": TestCard::ALL.into_iter().map(card).collect::<Vec<_>>(),
    })
}

fn document(value: &Value) -> Answer {
    answered(200, "application/json", format!("{value:#}\n"))
}

fn error(status: u16, says: &str) -> Answer {
    answered(status, "application/json", json!({ "error": says }).to_string())
}
