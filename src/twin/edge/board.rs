//! The twin's own pages: what happens, live; and the switches.
//!
//! Plain HTML without a script, large enough for a projector. The overview loads itself again; the
//! switches stand on a page that does not, so that a form can be filled in. Everything is drawn
//! from the same data that the JSON API gives.

use std::fmt::Write as _;

use serde_json::Value;

use crate::mintcash::envelope::Environment;
use crate::twin::edge::html::{escape, page};
use crate::twin::edge::listen::Answer;
use crate::twin::handle::Handle;
use crate::twin::switch::{Group, Switch};

/// After how many seconds the overview is loaded again.
const AGAIN: u32 = 2;

/// How many rows of each kind are shown, newest first.
const ROWS: usize = 12;

/// The overview.
pub fn overview(handle: &Handle, token: &str) -> Answer {
    let mut body = format!(
        "<h1>Rehearsal twin of MintCash</h1>\
         <p class=\"note\">Simulated on this machine. No money moves.</p>\
         <p>Virtual clock: <strong>{}</strong>, {} · <a href=\"/switches\">Switches and settings</a> \
         · <a href=\"/control/state\">JSON</a></p><p>",
        handle.now(),
        paced(handle.speed()),
    );
    for (label, fields) in [
        ("To what is next", [("to", "next")]),
        ("+1 minute", [("seconds", "60")]),
        ("+1 hour", [("seconds", "3600")]),
        ("+1 day", [("seconds", "86400")]),
        ("+7 days", [("seconds", "604800")]),
    ] {
        body.push_str(&button(token, "advance", label, &fields));
    }
    body.push_str("</p>");
    for environment in [Environment::Live, Environment::Test] {
        body.push_str(&site(&handle.snapshot(environment)));
    }
    page(200, "Rehearsal twin", Some(AGAIN), &body)
}

fn paced(speed: f64) -> String {
    if speed == 0.0 { "stopped".to_owned() } else { format!("{speed}× real time") }
}

/// A button that does one thing.
fn button(token: &str, what: &str, label: &str, fields: &[(&str, &str)]) -> String {
    let hidden = |name: &str, value: &str| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
    };
    let mut form = String::from("<form class=\"inline\" method=\"post\" action=\"/do\">");
    form.push_str(&hidden("token", token));
    form.push_str(&hidden("what", what));
    for (name, value) in fields {
        form.push_str(&hidden(name, value));
    }
    let _text_takes_everything = write!(form, "<button>{}</button></form> ", escape(label));
    form
}

fn site(snapshot: &Value) -> String {
    let of = |name: &str| text(snapshot, name);
    let title =
        if of("environment") == "live" { "LIVE (simulated)" } else { "Sandbox (simulated)" };
    let webhook = snapshot.get("webhook").and_then(Value::as_str).unwrap_or("none set");
    let counter =
        |name: &str| snapshot.get("counters").map(|it| text(it, name)).unwrap_or_default();
    let switches = list(snapshot, "switches");
    let on: Vec<&str> = switches.iter().filter_map(Value::as_str).collect();
    let mut body = format!(
        "<h2>{title}</h2><p>API <code>{}</code> · webhooks to <code>{}</code><br>\
         {} requests · <strong>{} charges</strong> · {} refunds · net {} · switched on: {}</p>",
        escape(&of("url")),
        escape(webhook),
        counter("requests"),
        counter("charges"),
        counter("refunds"),
        money(snapshot.get("counters"), "net"),
        escape(&if on.is_empty() { "nothing".to_owned() } else { on.join(", ") }),
    );
    body.push_str(&table(snapshot, "openPages", &["Open page", "Amount"], |row| {
        let link = escape(&text(row, "url"));
        let amount = format!("{} {}", money(Some(row), "amount"), text(row, "currency"));
        vec![format!("<a href=\"{link}\">{link}</a>"), escape(&amount)]
    }));
    body.push_str(&table(snapshot, "payments", &["Payment", "Amount", "Status", "Why"], |row| {
        let amount = format!("{} {}", money(Some(row), "amount"), text(row, "currency"));
        vec![
            escape(&text(row, "externalId")),
            escape(&amount),
            state(&text(row, "status")),
            escape(&text(row, "failureCode")),
        ]
    }));
    body.push_str(&table(snapshot, "refunds", &["Refund", "Amount", "Status"], |row| {
        let amount = format!("{} {}", money(Some(row), "amount"), text(row, "currency"));
        vec![escape(&text(row, "externalId")), escape(&amount), state(&text(row, "status"))]
    }));
    let heads = ["Subscription", "Status", "Next charge", "Why"];
    body.push_str(&table(snapshot, "subscriptions", &heads, |row| {
        vec![
            escape(&text(row, "externalId")),
            state(&text(row, "status")),
            escape(&text(row, "nextChargeAt")),
            escape(&text(row, "failureCode")),
        ]
    }));
    let heads = ["Webhook", "Made", "Attempts", "Standing"];
    body.push_str(&table(snapshot, "deliveries", &heads, |row| {
        vec![
            escape(&text(row, "event")),
            escape(&text(row, "madeAt")),
            escape(&attempts(row)),
            format!("{} {}", state(&text(row, "standing")), escape(&next(row))),
        ]
    }));
    body
}

fn table(
    snapshot: &Value,
    name: &str,
    heads: &[&str],
    row: impl Fn(&Value) -> Vec<String>,
) -> String {
    let rows = list(snapshot, name);
    if rows.is_empty() {
        return String::new();
    }
    let mut body = String::from("<table><tr>");
    for head in heads {
        let _text_takes_everything = write!(body, "<th>{head}</th>");
    }
    body.push_str("</tr>\n");
    for cells in rows.iter().rev().take(ROWS).map(row) {
        let _text_takes_everything =
            writeln!(body, "<tr><td>{}</td></tr>", cells.join("</td><td>"));
    }
    body.push_str("</table>");
    if rows.len() > ROWS {
        let _text_takes_everything = write!(body, "<p>… and {} earlier</p>", rows.len() - ROWS);
    }
    body
}

/// What came of each attempt: `500, no answer within 10 s, 200`.
fn attempts(row: &Value) -> String {
    let of = |attempt: &Value| match (text(attempt, "status"), text(attempt, "problem")) {
        (status, _) if !status.is_empty() => status,
        (_, problem) if !problem.is_empty() => problem,
        _ => "…".to_owned(),
    };
    list(row, "attempts").iter().map(of).collect::<Vec<_>>().join(", ")
}

fn next(row: &Value) -> String {
    match (text(row, "nextAt"), text(row, "why")) {
        (next, _) if !next.is_empty() => format!("until {next}"),
        (_, why) => why,
    }
}

fn state(name: &str) -> String {
    let class = match name {
        "succeeded" | "active" | "delivered" => "good",
        "failed" | "past_due" | "cancelled" | "given up" => "bad",
        _ => "",
    };
    format!("<span class=\"{class}\">{}</span>", escape(name))
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn money(value: Option<&Value>, name: &str) -> String {
    let cents = value.and_then(|it| it.get(name)).and_then(Value::as_u64).unwrap_or_default();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The switches and settings.
pub fn switches(handle: &Handle, token: &str) -> Answer {
    let mut body = String::from("<h1>Switches and settings</h1><p><a href=\"/\">Overview</a></p>");
    let speed = handle.speed();
    let _text_takes_everything = write!(
        body,
        "<form method=\"post\" action=\"/do\"><input type=\"hidden\" name=\"token\" \
         value=\"{token}\"><input type=\"hidden\" name=\"what\" value=\"speed\"><label>Virtual \
         seconds in a real one: <input name=\"factor\" value=\"{speed}\"></label> \
         <button>Set</button></form>"
    );
    for (name, environment) in [("live", Environment::Live), ("test", Environment::Test)] {
        let snapshot = handle.snapshot(environment);
        let _text_takes_everything = write!(
            body,
            "<form method=\"post\" action=\"/do\"><input type=\"hidden\" name=\"token\" \
             value=\"{token}\"><input type=\"hidden\" name=\"what\" value=\"webhook\"><input \
             type=\"hidden\" name=\"environment\" value=\"{name}\"><label>Webhooks of {name} go to: \
             <input name=\"url\" size=\"50\" value=\"{}\"></label> <button>Set</button></form>",
            escape(&text(&snapshot, "webhook")),
        );
    }
    for group in Group::ALL {
        let _text_takes_everything = write!(body, "<h2>{}</h2><table>", group.title());
        for switch in Switch::ALL.iter().filter(|switch| switch.group() == group) {
            let on = [Environment::Live, Environment::Test].map(|it| handle.has(it, *switch));
            let (label, next) = match on {
                [false, false] => ("off", "true"),
                [true, true] => ("<span class=\"bad\">ON</span>", "false"),
                [true, false] => ("<span class=\"bad\">ON in live</span>", "false"),
                [false, true] => ("<span class=\"bad\">ON in the sandbox</span>", "false"),
            };
            let fields = [("name", switch.name()), ("on", next), ("then", "/switches")];
            let word = if next == "true" { "Turn on" } else { "Turn off" };
            let _text_takes_everything = writeln!(
                body,
                "<tr><td><code>{}</code></td><td>{}</td><td>{label}</td><td>{}</td></tr>",
                switch.name(),
                escape(switch.about()),
                button(token, "switch", word, &fields),
            );
        }
        body.push_str("</table>");
    }
    page(200, "Switches of the twin", None, &body)
}
