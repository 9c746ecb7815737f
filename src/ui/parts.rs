//! The parts of a card about what can not be taken back, on a page.

use crate::launch::cutover::{Part, Tone};
use crate::ui::ink::Page;
use crate::ui::markdown;

/// Writes them, each under its title.
pub fn write(parts: &[Part], page: &mut Page<'_>) {
    for part in parts {
        let theme = page.ink.theme;
        page.heading(part.title);
        match part.tone {
            Tone::Prose => markdown::write(page, &part.lines.join("\n")),
            Tone::Plain => part.lines.iter().for_each(|line| page.para(line, theme.plain, 0)),
            Tone::Alarm => part.lines.iter().for_each(|line| page.para(line, theme.bad, 0)),
        }
    }
}
