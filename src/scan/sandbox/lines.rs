//! Formats that are read line by line: dotenv, INI, properties and server configuration, systemd
//! units, XML, and text of no known format.

use super::tree::Entry;

/// Directives whose first argument is the name that is set.
const DIRECTIVES: [&str; 8] = [
    "setenv",
    "set",
    "fastcgi_param",
    "uwsgi_param",
    "env",
    "proxy_set_header",
    "add_header",
    "export",
];

/// Reads `KEY=value` lines as dotenv libraries and shells do.
pub(super) fn dotenv(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut lines = text.lines().zip(1_u64..);
    while let Some((line, number)) = lines.next() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((key, value)) = line.split_once('=').or_else(|| line.split_once(':')) else {
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|ch| matches!(ch, '"' | '\'' | '`'));
        let value = match quote {
            None => without_comment(value, &["#"]).trim_end().to_owned(),
            Some(quote) => {
                let mut whole = value.get(1..).unwrap_or_default().to_owned();
                while close(&whole, quote).is_none() {
                    let Some((next, _)) = lines.next() else { break };
                    whole.push('\n');
                    whole.push_str(next);
                }
                let end = close(&whole, quote).unwrap_or(whole.len());
                whole.truncate(end);
                whole
            }
        };
        let path = vec![key.trim().to_owned()];
        entries.push(Entry { path, value, line: number, ..Entry::default() });
    }
    entries
}

/// Where the closing quote stands.
fn close(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let found = text.char_indices().find(|(_, ch)| {
        let ends = *ch == quote && !escaped;
        escaped = *ch == '\\' && !escaped && quote == '"';
        ends
    });
    found.map(|(at, _)| at)
}

/// Reads INI files, properties, and configuration of servers.
pub(super) fn ini(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut section: Vec<String> = Vec::new();
    let mut lines = text.lines().zip(1_u64..);
    while let Some((line, number)) = lines.next() {
        let mut line = line.trim_start_matches('\u{feff}').trim().to_owned();
        if line.is_empty() || line.starts_with(['#', ';', '!']) || line.starts_with("//") {
            continue;
        }
        while line.ends_with('\\') {
            line.pop();
            let Some((next, _)) = lines.next() else { break };
            line.push_str(next.trim_start());
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            let plain = !name.contains('=');
            if plain && !line.contains('=') {
                let parts = name.split([' ', ':', '.', '/', '"']);
                section = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
                continue;
            }
        }
        let line = without_comment(&line, &["#", ";", "//"]);
        let (key, value) = key_and_value(line);
        let mut path = section.clone();
        path.push(key.to_owned());
        let value = unquoted(value.trim().trim_end_matches(';')).to_owned();
        entries.push(Entry { path, value, line: number, ..Entry::default() });
    }
    entries
}

fn key_and_value(line: &str) -> (&str, &str) {
    let end = line.find(['=', ':', ' ', '\t']).unwrap_or(line.len());
    let (key, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    let value = rest.trim_start().trim_start_matches(['=', ':']).trim_start();
    let directive = DIRECTIVES.contains(&key.to_ascii_lowercase().as_str());
    if directive
        && !rest.trim_start().starts_with('=')
        && let Some((name, value)) = value.split_once([' ', '\t', '='])
    {
        return (name, value);
    }
    (key, value)
}

/// The line up to a comment that white space precedes, outside quotes.
pub(super) fn without_comment<'a>(line: &'a str, marks: &[&str]) -> &'a str {
    let mut quote = None;
    let mut blank = true;
    for (at, ch) in line.char_indices() {
        let rest = line.get(at..).unwrap_or_default();
        if quote.is_none() && blank && marks.iter().any(|mark| rest.starts_with(mark)) {
            return line.get(..at).unwrap_or(line);
        }
        match (quote, ch) {
            (None, '"' | '\'') => quote = Some(ch),
            (Some(open), _) if open == ch => quote = None,
            _ => {}
        }
        blank = ch.is_whitespace();
    }
    line
}

fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

/// Reads systemd units: what `Environment=` sets, one by one, and everything else as it is.
pub(super) fn systemd(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for entry in ini(text) {
        if entry.path.last().is_none_or(|key| key != "Environment") {
            entries.push(entry);
            continue;
        }
        for word in shell_words(&entry.value) {
            let Some((key, value)) = word.split_once('=') else { continue };
            let path = vec![key.to_owned()];
            entries.push(Entry { path, value: value.to_owned(), ..entry.clone() });
        }
    }
    entries
}

/// Words as a shell separates them.
pub(super) fn shell_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for ch in text.chars() {
        match (quote, ch) {
            (None, '"' | '\'') => quote = Some(ch),
            (Some(open), _) if open == ch => quote = None,
            (None, ch) if ch.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(ch),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Reads XML: everything outside comments, line by line.
pub(super) fn xml(text: &str) -> Vec<Entry> {
    let mut open = false;
    let kept = text.lines().map(|line| {
        let mut kept = String::new();
        let mut rest = line;
        while !rest.is_empty() {
            let mark = if open { "-->" } else { "<!--" };
            let at = rest.find(mark);
            if !open {
                kept.push_str(rest.get(..at.unwrap_or(rest.len())).unwrap_or_default());
            }
            let Some(at) = at else { break };
            open = !open;
            rest = rest.get(at + mark.len()..).unwrap_or_default();
        }
        kept
    });
    let lines = kept.zip(1_u64..);
    lines.map(|(value, line)| Entry { value, line, ..Entry::default() }).collect()
}

/// Reads text of no known format: every line that does not look like a comment.
pub(super) fn text(text: &str) -> Vec<Entry> {
    let begins = ["#", "//", ";", "--", "*", "/*", "<!--", "{{/*", "{#", "REM ", "%", "\"\"\""];
    let lines = text.lines().zip(1_u64..);
    let lines =
        lines.filter(|(line, _)| !begins.iter().any(|begin| line.trim_start().starts_with(begin)));
    let entries = lines.map(|(line, number)| {
        let value = without_comment(line, &["#", "//", "--"]).to_owned();
        Entry { value, line: number, ..Entry::default() }
    });
    entries.collect()
}
