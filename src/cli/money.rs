//! `golive money`: what real money this launch has moved, what may still move, and the page that
//! still asks for a card.

use serde_json::{Value, json};

use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::paint::Tone;
use crate::failure::{Failure, exit};
use crate::launch::money::{Ledger, Stage, Tracked};
use crate::qr::Code;
use crate::report::MoneyPart;
use crate::text::visible;

/// How wide a code may be where no terminal says.
const WIDE: usize = 200;

/// Runs the command; the exit code says whether the ledger is even.
///
/// # Errors
/// Never by itself; opening the launch has failed before.
pub fn run(console: &mut Console, opened: &Opened, with_page: bool) -> Result<u8, Failure> {
    let ledger = opened.workspace.launch().ledger();
    if console.is_json() {
        console.document(&document(opened, ledger, with_page));
    } else {
        show(console, ledger);
        if with_page {
            pages(console, ledger, opened.config.screen.ascii);
        }
    }
    Ok(if ledger.is_even() { exit::OK } else { exit::UNKNOWN })
}

/// The document of `golive.ledger/1`. Pages are in it only where they were asked for.
fn document(opened: &Opened, ledger: &Ledger, with_page: bool) -> Value {
    let mut document = json!({
        "schema": "golive.ledger/1",
        "launch": opened.config.launch,
        "at": opened.workspace.clock().now(),
    });
    let part = serde_json::to_value(MoneyPart::new(ledger)).unwrap_or_default();
    if let (Some(members), Value::Object(part)) = (document.as_object_mut(), part) {
        members.extend(part);
    }
    let intents = document.get_mut("intents").and_then(Value::as_array_mut);
    for (value, tracked) in intents.into_iter().flatten().zip(ledger.intents()) {
        if let (true, Some(page), Some(members)) =
            (with_page, tracked.open_page(), value.as_object_mut())
        {
            members.insert("page".to_owned(), Value::from(page));
        }
    }
    document
}

fn show(console: &mut Console, ledger: &Ledger) {
    if ledger.intents().is_empty() {
        console.say("no real money has moved in this launch");
        return;
    }
    let paint = console.paint;
    for tracked in ledger.intents() {
        let tone = match tracked.stage() {
            Stage::MaybeSent => Tone::Bad,
            Stage::Made => Tone::Warn,
            Stage::Done => Tone::Good,
            Stage::Over => Tone::Quiet,
        };
        let words = paint.tone(tone, ledger.stage_words(tracked));
        let step = tracked.intent.step.as_str();
        console.say(format!("{}  {}: {words}", paint.tone(Tone::Strong, step), tracked.what()));
        console.prose(format!("    {}", tracked.details().join(", ")), 6);
    }
    console.say("");
    match (ledger.line(), ledger.settled()) {
        (Some(line), _) => console.say(paint.tone(Tone::Warn, line)),
        (None, Some(settled)) => console.say(format!("Even: {settled}")),
        (None, None) => console.say("Even: nothing was charged"),
    }
}

/// Each page that still asks for a card: its link on a line of its own, and its code.
fn pages(console: &mut Console, ledger: &Ledger, ascii: bool) {
    let open: Vec<(&Tracked, &str)> =
        ledger.intents().iter().filter_map(|it| Some((it, it.open_page()?))).collect();
    if open.is_empty() {
        console.tell("no page asks for a card now");
    }
    let columns = console.columns().unwrap_or(WIDE);
    for (tracked, page) in open {
        console.say("");
        console.say(format!("To {}, open", tracked.what()));
        console.say(visible(page, 4_000));
        let Some(picture) = Code::of(page).and_then(|code| code.fitting((columns, WIDE), ascii))
        else {
            console.tell("its QR code does not fit here");
            continue;
        };
        let painted = console.paint.is_on();
        let rows = if painted { picture.painted() } else { picture.text() };
        rows.iter().for_each(|row| console.say(row));
        if !painted {
            console.tell("made for a dark ground; `--color always` paints it black on white");
        }
    }
}
