//! How the first week stands, as lines for people: those of [`prose`], with this terminal's colours
//! and width.

use crate::cli::console::Console;
use crate::cli::paint::Tone;
use crate::runtime::glance::Glance;
use crate::week::prose::{self, ASCII, BLOCKS, Ink, Manner};

/// Shows it.
pub fn show(console: &mut Console, launch: &str, ascii: bool, glance: &Glance) {
    let paint = console.paint;
    let manner = Manner {
        glyphs: Some(if ascii { ASCII } else { BLOCKS }),
        marks: true,
        columns: console.columns(),
        place: &|spot| glance.place(spot),
    };
    for line in prose::lines(launch, &glance.picture, &manner) {
        let parts = line.parts.iter().filter(|(_, text)| !text.is_empty());
        let text: String = parts.map(|(ink, text)| paint.tone(tone(*ink), text)).collect();
        match line.hang {
            Some(indent) => console.prose(text, indent),
            None => console.say(text.trim_end()),
        }
    }
}

fn tone(ink: Ink) -> Tone {
    match ink {
        Ink::Plain => Tone::Plain,
        Ink::Good => Tone::Good,
        Ink::Bad => Tone::Bad,
        Ink::Warn => Tone::Warn,
        Ink::Quiet => Tone::Quiet,
        Ink::Strong => Tone::Strong,
    }
}
