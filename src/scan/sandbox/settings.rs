//! Judges the settings of a file: which hold a test key or the sandbox's host, which fall back to
//! one, which select the sandbox.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::file::Format;
use super::marker::{Hit, Looks, Markers, What};
use super::tree::Entry;
use super::{How, Judged, Mark, Use, docker, json, lines, substitution, toml, words, yaml};

/// Keys whose values are for people to read.
const PROSE: [&str; 13] = [
    "description",
    "comment",
    "comments",
    "help",
    "note",
    "notes",
    "title",
    "label",
    "example",
    "examples",
    "placeholder",
    "doc",
    "hint",
];

/// Keys whose values are lists of what is allowed, not of what is used.
const LISTS: [&str; 13] = [
    "allow",
    "allowed",
    "allowlist",
    "whitelist",
    "csp",
    "cors",
    "origins",
    "egress",
    "connect",
    "policy",
    "hosts",
    "trusted",
    "domains",
];

/// What begins an encrypted value.
const ENCRYPTED: [&str; 4] = ["ENC[AES256_GCM,", "$ANSIBLE_VAULT;", "ENC[PKCS7,", "vault:v1:"];

/// Keys that name files of variables.
const REFERENCES: [&str; 3] = ["env_file", "EnvironmentFile", "envFile"];

/// Judges `text` as `format`, which is not code.
pub(super) fn judge(text: &str, format: Format, markers: &Markers) -> Judged {
    let mut judged = Judged::default();
    if text.trim().is_empty() {
        return judged;
    }
    if text.trim_start().starts_with("$ANSIBLE_VAULT;") {
        judged.encrypted = 1;
        return judged;
    }
    let read = match format {
        Format::Dotenv => Ok(lines::dotenv(text)),
        Format::Yaml => yaml::entries(text),
        Format::Json => json::entries(text),
        Format::Toml => toml::entries(text),
        Format::Ini => Ok(lines::ini(text)),
        Format::Systemd => Ok(lines::systemd(text)),
        Format::Docker => Ok(docker::entries(text)),
        Format::Xml => Ok(lines::xml(text)),
        Format::Text | Format::Markup | Format::OtherCode | Format::Code(_) => {
            Ok(lines::text(text))
        }
    };
    match read {
        Ok(entries) => judge_all(&entries, markers, &mut judged),
        Err(why) => {
            judge_all(&lines::text(text), markers, &mut judged);
            for mark in &mut judged.marks {
                if mark.used == Use::Value {
                    mark.used = Use::Unclear;
                }
            }
            if markers.names_provider(text) || !markers.search(text).is_empty() {
                judged.not_understood = Some(why);
            } else {
                judged.by_line = Some(why);
            }
        }
    }
    judged
}

fn judge_all(entries: &[Entry], markers: &Markers, judged: &mut Judged) {
    for entry in entries {
        let key = entry.path.last().map_or("", String::as_str);
        if ENCRYPTED.iter().any(|begin| entry.value.starts_with(begin))
            || entry.path.iter().any(|part| part == "encryptedData")
        {
            judged.encrypted += 1;
            continue;
        }
        if REFERENCES.iter().any(|name| entry.path.iter().any(|part| part == name)) {
            judged.refers_to.push(entry.value.trim_start_matches('-').to_owned());
        }
        if entry.path.iter().any(|part| words::is_other_environment(part)) {
            let above = entry.path.split_last().map_or(&[][..], |(_, above)| above);
            if !above.iter().any(|part| words::is_other_environment(part)) {
                judged.marks.extend(switch(entry, markers));
            }
            judged.passed_over += 1;
            continue;
        }
        if words::has(key, &PROSE) || key == "//" || key == "_comment" {
            continue;
        }
        if let Some(nested) = nested(entry, markers) {
            judged.marks.extend(nested.marks);
            judged.passed_over += nested.passed_over;
            judged.encrypted += nested.encrypted;
            continue;
        }
        judged.marks.extend(marks(entry, markers));
        judged.marks.extend(switch(entry, markers));
    }
}

/// Judges a file that is kept as one value: `application.yml: |` in a ConfigMap, or the same in
/// base64 in a Secret.
fn nested(entry: &Entry, markers: &Markers) -> Option<Judged> {
    let key = entry.path.last()?;
    let format = Format::of(Path::new(key));
    if format == Format::Text || format.is_code() || !key.contains('.') {
        return None;
    }
    let decoded;
    let (text, inside) = if entry.value.trim_end().contains('\n') {
        (entry.value.as_str(), true)
    } else {
        let bytes = STANDARD.decode(entry.value.trim()).ok()?;
        decoded = String::from_utf8(bytes).ok()?;
        (decoded.as_str(), false)
    };
    let mut judged = judge(text, format, markers);
    for mark in &mut judged.marks {
        let below = if inside { mark.line.saturating_sub(1) } else { 0 };
        mark.line = entry.line + below;
        mark.through = mark.through.or(entry.through);
        if !inside && mark.written == "raw" {
            mark.written = "base64";
        }
    }
    Some(judged)
}

/// What the value of a setting holds.
fn marks(entry: &Entry, markers: &Markers) -> Vec<Mark> {
    let value = without_comments(&entry.value);
    let defaults = substitution::defaults(&value);
    let mut found = Vec::new();
    for hit in markers.search(&value) {
        let default = defaults.iter().rfind(|one| one.range.contains(&hit.at));
        let name = name_of(entry);
        let (used, name) = match default {
            Some(default) => {
                let variable = default.variable.to_owned();
                let so = words::says_sandbox(default.variable) && !names_default(&variable);
                let how = How::Substitution(variable.clone());
                (if so { Use::NamedSo } else { Use::Fallback(how) }, Some(variable))
            }
            None => (used(entry, &hit, &value, markers), name),
        };
        let above = value.get(..hit.at).unwrap_or_default();
        let above = memchr::memchr_iter(b'\n', above.as_bytes()).count() as u64;
        found.push(Mark {
            line: entry.line + above,
            what: hit.what,
            used,
            name,
            written: hit.written,
            through: entry.through,
        });
    }
    found
}

fn names_default(name: &str) -> bool {
    words::says_default(name)
}

/// The name that a setting is known by.
fn name_of(entry: &Entry) -> Option<String> {
    let shown: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    let from = shown.len().saturating_sub(4);
    let shown = shown.get(from..).unwrap_or_default().join(".");
    (!shown.is_empty()).then_some(shown)
}

/// How a value that stands there by itself is used.
fn used(entry: &Entry, hit: &Hit, value: &str, markers: &Markers) -> Use {
    let key = entry.path.last().map_or("", String::as_str);
    let variable = key.strip_prefix("env(").and_then(|key| key.strip_suffix(')'));
    if let Some(variable) = variable {
        return Use::Fallback(How::Substitution(variable.to_owned()));
    }
    if value.contains("<%") && (value.contains("||") || value.contains("fetch")) {
        return Use::Fallback(How::Argument("<%= … %>".to_owned()));
    }
    let is_host = matches!(hit.what, What::Host(_));
    let listed = markers.has_live_host(value)
        || entry.path.iter().any(|part| words::has(part, &LISTS))
        || value.contains("-src ");
    if is_host && listed {
        return Use::Listed;
    }
    if words::says_sandbox(key) {
        return Use::NamedSo;
    }
    if entry.image {
        return Use::Fallback(How::Image);
    }
    if let What::Key { own: None, looks: Looks::Placeholder, .. } = hit.what
        && value.split_whitespace().count() > 3
    {
        return Use::Listed;
    }
    Use::Value
}

/// Blanks lines that are comments inside a value of several lines, such as a script.
fn without_comments(value: &str) -> String {
    if !value.contains('\n') {
        return value.to_owned();
    }
    let lines = value.lines().map(|line| {
        let begin = line.trim_start();
        if begin.starts_with('#') || begin.starts_with("//") { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A setting of the provider that selects the sandbox: `MINTCASH_ENV=sandbox`.
fn switch(entry: &Entry, markers: &Markers) -> Option<Mark> {
    let path = entry.path.join(".");
    let key = entry.path.last()?;
    let ours = markers.names_provider(&path);
    let payments = |name: &str| words::has(name, &["payment", "payments", "psp"]);
    if !ours && !payments(&path) {
        return None;
    }
    let defaults = substitution::defaults(&entry.value);
    let default = defaults.first();
    let value = default.and_then(|one| entry.value.get(one.range.clone())).unwrap_or(&entry.value);
    let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let mode = words::has(key, &["env", "environment", "mode", "stage", "profile", "target"]);
    let sandbox = words::has(key, &["sandbox", "test", "testmode", "testing", "test_mode"]);
    let live = words::has(key, &["live", "production", "livemode"]);
    let on = matches!(value.as_str(), "true" | "1" | "yes" | "on");
    let off = matches!(value.as_str(), "false" | "0" | "no" | "off");
    let other =
        matches!(value.as_str(), "sandbox" | "test" | "testing" | "staging" | "development");
    let switched = sandbox && on || live && off;
    if !(mode && other || switched && (ours || payments(key))) {
        return None;
    }
    let used = match default {
        Some(default) => Use::Fallback(How::Substitution(default.variable.to_owned())),
        None if entry.image => Use::Fallback(How::Image),
        None => Use::Switch,
    };
    Some(Mark {
        line: entry.line,
        what: What::Selector(value),
        used,
        name: name_of(entry),
        written: "raw",
        through: entry.through,
    })
}
