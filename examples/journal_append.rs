//! Appends notes to a journal, or reads one: the smallest program on top of `golive::journal`.
//!
//! ```text
//! journal_append PATH NAME COUNT [BYTES]   append COUNT notes of at least BYTES, say when each is saved
//! journal_append --read PATH               print what is in it; changes nothing
//! ```
//!
//! The journal's tests kill it, starve it of disk and lie to it at every system call.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;

use golive::journal::{Access, Journal};
use golive::launch::event::{Actor, Event, Face};
use golive::time::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--read", path] => read(Path::new(path)),
        [path, name, count] => append(Path::new(path), name, count.parse()?, 0),
        [path, name, count, bytes] => append(Path::new(path), name, count.parse()?, bytes.parse()?),
        _ => Err("usage: journal_append PATH NAME COUNT [BYTES] | --read PATH".into()),
    }
}

fn append(path: &Path, name: &str, count: u32, bytes: usize) -> Result<(), Box<dyn Error>> {
    let by =
        Actor { name: name.to_owned(), user: None, host: Some("till".into()), via: Face::Command };
    let mut journal = Journal::open(path, Access::Append)?;
    for number in 0..count {
        let words = format!("{name}-{number}");
        let text = format!("{words:.<bytes$}");
        let at = Timestamp::from_millis(1_790_000_000_000 + i64::from(number));
        // Only what is read under the lock says whether somebody else has opened it.
        journal.read_new()?;
        let read = journal.head().seq;
        let written = journal.append(&by, at, |others| -> Result<_, Infallible> {
            let note = Event::Note { step: None, text };
            let empty = read == 0 && others.is_empty();
            Ok(if empty { vec![opened(name), note] } else { vec![note] })
        })?;
        let seq = written.last().map_or(0, |entry| entry.seq);
        let _ = writeln!(io::stdout(), "saved {seq} {words}");
    }
    Ok(())
}

fn opened(name: &str) -> Event {
    Event::JournalOpened {
        journal: format!("opened-by-{name}-{}", std::process::id()),
        launch: "acme".into(),
        program: "journal_append".into(),
    }
}

fn read(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut journal = Journal::open(path, Access::Read)?;
    for entry in journal.read_new()? {
        let _ = writeln!(io::stdout(), "{} {} {:?}", entry.seq, entry.by.name, entry.event);
    }
    Ok(())
}
