//! The hosted page: a form without JavaScript on which a test card is chosen or typed.
//!
//! Reached by the browser through `redirectUrl`. It leads back to the merchant's `returnUrl`, with
//! nothing appended: what MintCash appends is unknown, and the return proves nothing.

use std::fmt::Write as _;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, LOCATION};
use url::{Url, form_urlencoded};

use crate::mintcash::envelope::Environment;
use crate::mintcash::transport::is_this_machine;
use crate::twin::card::{Behaviour, TestCard};
use crate::twin::edge::engine::Engine;
use crate::twin::edge::html::{escape, page};
use crate::twin::edge::listen::{Answer, answer as answered, header, whole};
use crate::twin::world::page::Page;

const NOTE: &str = "<p class=\"note\">This is the rehearsal twin of golive, not MintCash. No money \
moves. Never type a real card number here: the numbers below are the twin's own and mean nothing \
to MintCash or to anybody else.</p>";

/// Shows the page, or takes what was entered.
pub async fn answer(
    engine: &Engine,
    environment: Environment,
    id: &str,
    request: Request<Incoming>,
) -> Answer {
    let Some(found) = engine.act(|world| world.site(environment).page(id)) else {
        return gone();
    };
    match request.method().as_str() {
        "GET" | "HEAD" => show(environment, &found, None),
        "POST" => take(engine, environment, found, request).await,
        _ => page(405, "Not here", None, "<h1>This page is read or sent.</h1>"),
    }
}

fn gone() -> Answer {
    page(404, "No such payment", None, "<h1>There is no such payment.</h1>")
}

async fn take(
    engine: &Engine,
    environment: Environment,
    found: Page,
    request: Request<Incoming>,
) -> Answer {
    let host = header(&request, "host").unwrap_or_default();
    let own = format!("http://{host}");
    if header(&request, "origin").is_some_and(|origin| origin != own) {
        return page(403, "Refused", None, "<h1>This form was sent by another site.</h1>");
    }
    let body = match whole(request.into_body()).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(&body);
        fields.find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned())
    };
    let number = field("number").filter(|number| !number.is_empty());
    let chosen = match &number {
        Some(number) => TestCard::numbered(number),
        None => field("card").as_deref().and_then(TestCard::named),
    };
    let Some(card) = chosen else {
        // What was typed is not repeated: somebody may have typed a real card.
        let says = "That is none of the twin's test cards. Nothing was charged.";
        return show(environment, &found, Some(says));
    };
    let paid = engine.act(|world| {
        let (time, site) = world.parts(environment);
        site.pay(time, &found.id, card)
    });
    match paid {
        Ok(()) => back(&found),
        Err(_closed_meanwhile) => {
            let again = engine.act(|world| world.site(environment).page(&found.id));
            again.map_or_else(gone, |found| show(environment, &found, None))
        }
    }
}

/// Leads back to the merchant: at once where that is this machine, by a link where it is not.
fn back(found: &Page) -> Answer {
    let here = Url::parse(&found.return_url).is_ok_and(|url| is_this_machine(&url));
    if here && let Ok(place) = HeaderValue::from_str(&found.return_url) {
        let mut answer = answered(303, "text/plain", "Back to the shop.\n");
        answer.headers_mut().insert(LOCATION, place);
        return answer;
    }
    let link = escape(&found.return_url);
    let body = format!(
        "<h1>Thank you.</h1>{NOTE}<p>The shop learns by a webhook what became of this.</p>\
         <p><a href=\"{link}\">Back to the shop: {link}</a></p>"
    );
    page(200, "Back to the shop", None, &body)
}

fn show(environment: Environment, found: &Page, problem: Option<&str>) -> Answer {
    let amount = format!("{}.{:02} {}", found.amount / 100, found.amount % 100, found.currency);
    let every =
        found.every.map(|days| format!(", and again every {days} days")).unwrap_or_default();
    let place = match environment {
        Environment::Live => "LIVE environment (simulated)",
        Environment::Test => "Sandbox (simulated)",
    };
    let title = format!("Pay {amount}");
    let mut body = format!("<h1>{}{every}</h1><p>{place}</p>{NOTE}", escape(&title));
    if !found.open {
        let link = escape(&found.return_url);
        let _text_takes_everything = write!(
            body,
            "<p><strong>This page is closed: {}.</strong></p>\
             <p><a href=\"{link}\">Back to the shop: {link}</a></p>",
            found.status
        );
        return page(200, &title, None, &body);
    }
    if let Some(problem) = problem {
        let _text_takes_everything =
            write!(body, "<p class=\"bad\" role=\"alert\">{}</p>", escape(problem));
    }
    body.push_str(&form(&found.id, &amount));
    page(if problem.is_some() { 422 } else { 200 }, &title, None, &body)
}

fn form(id: &str, amount: &str) -> String {
    let mut form = format!(
        "<form method=\"post\" action=\"/pay/{}\" autocomplete=\"off\">\
         <h2>Choose a test card</h2>",
        escape(id)
    );
    for card in TestCard::ALL {
        let Some(number) = card.number() else { continue };
        let checked = if card == TestCard::Success { " checked" } else { "" };
        let _text_takes_everything = writeln!(
            form,
            "<div><label><input type=\"radio\" name=\"card\" value=\"{}\"{checked}> \
             <code>{}</code> {}</label></div>",
            card.name(),
            spaced(&number),
            escape(&about(card)),
        );
    }
    let _text_takes_everything = write!(
        form,
        "<p><label>or type its number: <input name=\"number\" inputmode=\"numeric\" \
         maxlength=\"23\" autocomplete=\"off\"></label></p>\
         <p><button type=\"submit\">Pay {}</button></p></form>\
         <form method=\"post\" action=\"/pay/{}\"><input type=\"hidden\" name=\"card\" \
         value=\"abandoned\"><p><button type=\"submit\">Leave without paying</button></p></form>",
        escape(amount),
        escape(id),
    );
    form
}

fn spaced(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// What a card does, in a few words.
pub fn about(card: TestCard) -> String {
    let first = match card.first() {
        Behaviour::Pays => "pays".to_owned(),
        Behaviour::PaysLate => "is pending for half a minute, then pays".to_owned(),
        Behaviour::Fails(code) => format!("fails: {code}"),
        Behaviour::Abandons => "no card: the page runs out".to_owned(),
    };
    match (card.first(), card.at_renewal()) {
        (Behaviour::Pays, Some(code)) => format!("{first}; renewals fail: {code}"),
        _ => first,
    }
}
