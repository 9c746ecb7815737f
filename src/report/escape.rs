//! Text that came from outside, written so that Markdown shows it and does not obey it.

/// One line of text as Markdown: no emphasis, link, image, code, HTML, table cell or list comes out
/// of it, wherever it is put.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let starts_list = starts_list(text);
    for (index, ch) in text.char_indices() {
        let rest = text.get(index..).unwrap_or_default();
        let marked = match ch {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&'
            | '$' | '!' | '^' | '=' | '@' => true,
            // Bare addresses become links in many places that show Markdown.
            ':' => rest.starts_with("://"),
            '.' => text.get(..index).is_some_and(ends_with_www) || Some(index) == starts_list,
            '-' | '+' | ')' => Some(index) == starts_list,
            _ => false,
        };
        match ch {
            '\n' | '\r' | '\t' => out.push(' '),
            _ if marked => out.extend(['\\', ch]),
            _ => out.push(ch),
        }
    }
    out.trim().to_owned()
}

/// Where the mark stands that would make the line an item of a list, or a rule.
fn starts_list(text: &str) -> Option<usize> {
    let lead = text.len() - text.trim_start().len();
    let trimmed = text.trim_start();
    if trimmed.starts_with(['-', '+']) {
        return Some(lead);
    }
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let marks = trimmed.as_bytes().get(digits).is_some_and(|mark| matches!(mark, b'.' | b')'));
    (digits > 0 && marks).then_some(lead + digits)
}

fn ends_with_www(text: &str) -> bool {
    let tail = text.as_bytes().last_chunk::<3>();
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(b"www"))
}

/// Text in a code span, for ids, hashes and commands.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Markdown takes one space off both ends, except where there is nothing but spaces.
    let ends = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if ends && !text.trim_matches(' ').is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
