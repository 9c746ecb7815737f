//! `golive listen --resend…`: sends recorded events again, after asking.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Listen;
use crate::cli::ask;
use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::events::received::Record;
use crate::failure::{Failure, FailureKind, exit};
use crate::listen::resend::{Due, recorded};
use crate::listen::{Store, UPSTREAM_LIMIT, Upstream};
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::text::{Untrusted, visible};

/// Runs it; the exit code says whether everything was taken.
///
/// # Errors
/// When there is no such record, nobody says where to send it, or a file can not be used.
pub async fn run(
    console: &mut Console,
    args: &Listen,
    record: &Path,
    upstream: Option<Upstream>,
) -> Result<u8, Failure> {
    let unreadable = |error: std::io::Error| {
        let says = format!("{} can not be read", record.display());
        Failure::new(FailureKind::Other, says).because(&error)
    };
    let known = recorded(record).map_err(unreadable)?;
    let due = if args.resend_failed {
        known.failed()
    } else {
        let found = args.resend.iter().map(|id| known.one(id)).collect::<Result<Vec<_>, _>>();
        found.map_err(|says| {
            let file = record.display();
            Failure::new(FailureKind::Usage, says).hint(format!("The ids stand in {file}"))
        })?
    };
    if due.is_empty() {
        console.tell("Nothing is to be sent again.");
        return Ok(exit::OK);
    }
    let upstream = match upstream {
        Some(upstream) => upstream,
        None => ask_where(console, args)?,
    };
    confirm(console, &due, &upstream)?;
    send(console, record, &due, &upstream).await
}

fn ask_where(console: &mut Console, args: &Listen) -> Result<Upstream, Failure> {
    let usage = |says: String| Failure::new(FailureKind::Usage, says);
    if !console.may_ask {
        return Err(usage("where recorded events are to be sent is not said".into())
            .hint("Give --forward URL"));
    }
    let answer = ask::line(console, "To which URL are they to be sent? ")?;
    let url = answer.parse().map_err(|_| usage("that is no URL".into()))?;
    Upstream::new(&url, args.forward_ca.as_deref(), UPSTREAM_LIMIT).map_err(usage)
}

/// Names what will be sent, and has a person agree where one is there. A command that nobody sits
/// at has said so by its flags.
fn confirm(console: &mut Console, due: &[Due], upstream: &Upstream) -> Result<(), Failure> {
    for one in due {
        let event = Untrusted::new(one.event.as_deref().unwrap_or("no event")).line(60);
        let last = one.last.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        console.tell(format!("  {}  {}  {event}  last: {last}", one.id, one.at));
    }
    if !console.may_ask {
        return Ok(());
    }
    let question = format!("Send {} to {}? Type yes: ", due.len(), upstream.target().shown());
    if ask::line(console, &question)? == "yes" {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Refused, "nothing was sent"))
}

async fn send(
    console: &mut Console,
    record: &Path,
    due: &[Due],
    upstream: &Upstream,
) -> Result<u8, Failure> {
    let trouble = |error: std::io::Error| {
        let says = format!("{} can not be used", record.display());
        Failure::new(FailureKind::Other, says).because(&error)
    };
    let mut store = Store::open(record).map_err(trouble)?;
    let mut all_taken = true;
    for one in due {
        let answered = one.send(record, upstream, &|| SystemClock.now()).await.map_err(trouble)?;
        let taken = (200..300).contains(&answered.status);
        all_taken &= taken;
        let says = match &answered.problem {
            Some(problem) => format!("{} ({problem})", answered.status),
            None => answered.status.to_string(),
        };
        let (status, ms) = (answered.status, answered.ms);
        let line = serde_json::to_string(&Record::Answered(answered));
        let line = line.map_err(|error| trouble(error.into()))? + "\n";
        let written = store.append(&[line.as_bytes()]).into_iter().next();
        if console.is_json() {
            console.say(json!({ "id": one.id, "status": status, "ms": ms }).to_string());
        } else {
            let tone = if taken { Tone::Good } else { Tone::Bad };
            let says = console.paint.tone(tone, visible(&says, 200));
            console.say(format!("{}  {says}  {ms} ms", one.id));
        }
        // It was sent; that this is not written down must not stay unsaid.
        written.unwrap_or(Ok(())).map_err(trouble)?;
    }
    Ok(if all_taken { exit::OK } else { exit::FAILED })
}
