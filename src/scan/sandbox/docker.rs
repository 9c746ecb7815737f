//! Dockerfiles as settings: what `ENV` and `ARG` set is a default of the image.

use super::lines::shell_words;
use super::tree::Entry;
use super::words;

/// Reads a Dockerfile. A stage that is named after another environment is that environment's.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut stage: Vec<String> = Vec::new();
    let mut lines = text.lines().zip(1_u64..);
    while let Some((line, number)) = lines.next() {
        let mut line = line.trim().to_owned();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        while line.ends_with('\\') {
            line.pop();
            let Some((next, _)) = lines.next() else { break };
            if !next.trim_start().starts_with('#') {
                line.push_str(next);
            } else {
                line.push('\\');
            }
        }
        let (instruction, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        match instruction.to_ascii_uppercase().as_str() {
            "FROM" => {
                let name =
                    rest.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("as"));
                let name = name.skip(1).find(|name| words::is_other_environment(name));
                stage = name.into_iter().map(str::to_owned).collect();
            }
            "ENV" | "ARG" => {
                for (key, value) in pairs(rest) {
                    let mut path = stage.clone();
                    path.push(key);
                    let entry = Entry { path, value, line: number, ..Entry::default() };
                    entries.push(Entry { image: true, ..entry });
                }
            }
            other => {
                let mut path = stage.clone();
                path.push(other.to_owned());
                let value = rest.to_owned();
                entries.push(Entry { path, value, line: number, ..Entry::default() });
            }
        }
    }
    entries
}

/// `K=V K2="V 2"`, or the old form `K V`.
fn pairs(rest: &str) -> Vec<(String, String)> {
    let words = shell_words(rest);
    let new = words.first().is_some_and(|word| word.contains('='));
    if new {
        let pairs = words.iter().filter_map(|word| word.split_once('='));
        return pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    }
    rest.split_once(char::is_whitespace)
        .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
        .into_iter()
        .collect()
}
