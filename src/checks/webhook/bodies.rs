//! One JSON document in many raw forms: as MintCash sends it, oddly but validly written, and as
//! handlers write it again when they sign what they parsed.
//!
//! A handler that verifies the raw body takes every form with its own signature and no form with
//! another's; one that parses and serialises first gives itself away by the form it accepts.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::mintcash::envelope::Envelope;

/// How JSON is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// White space after `{` and before `}`.
    pub pad: &'static str,
    /// What stands between a key and its value.
    pub colon: &'static str,
    /// What stands between two members.
    pub comma: &'static str,
    /// Which characters of values are written as `\u0065`.
    pub escaped: Escaped,
    /// Whether slashes are written as `\/`.
    pub slashes: bool,
    /// How whole numbers are written: `0`, `0.0`, `0.00`.
    pub decimals: &'static str,
}

/// Which characters of values are written as `\u0065`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escaped {
    /// Those that must be.
    Least,
    /// All that is not ASCII.
    NotAscii,
    /// `<`, `>` and `&`.
    Html,
    /// All that is not ASCII, and vowels, which no serialiser does.
    Odd,
}

/// Without any white space, as MintCash and `JSON.stringify` write it.
pub const COMPACT: Style = Style {
    pad: "",
    colon: ":",
    comma: ",",
    escaped: Escaped::Least,
    slashes: false,
    decimals: "",
};
/// With the white space of Python's `json.dumps`.
pub const PYTHON: Style = Style { colon: ": ", comma: ", ", ..COMPACT };
/// With white space that no serialiser produces.
pub const SPACED: Style = Style { pad: " ", colon: " :\t", comma: " ,\r\n  ", ..COMPACT };
/// With escapes that no serialiser produces.
pub const ESCAPED: Style = Style { escaped: Escaped::Odd, ..COMPACT };
/// With decimals that no serialiser produces.
pub const DECIMALS: Style = Style { decimals: ".00", ..COMPACT };

/// The envelope as a JSON value, in MintCash's order.
#[must_use]
pub fn value(envelope: &Envelope) -> Value {
    serde_json::to_value(envelope).unwrap_or_default()
}

/// Writes a value in a style.
#[must_use]
pub fn write(value: &Value, style: Style) -> Vec<u8> {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Styled { style, in_key: false });
    // Writing a `Value` into a `Vec` can not fail: its keys are text and the memory is ours.
    let _ = value.serialize(&mut serializer);
    out
}

/// Writes a value over several lines, as `JSON.stringify(event, null, 2)` and the like do.
#[must_use]
pub fn indented(value: &Value, indent: &'static str) -> Vec<u8> {
    let mut out = Vec::new();
    let formatter = PrettyFormatter::with_indent(indent.as_bytes());
    let _ = value.serialize(&mut Serializer::with_formatter(&mut out, formatter));
    out
}

/// The same value with the members of every object in alphabetical order.
#[must_use]
pub fn sorted(value: &Value) -> Value {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    sorted
}

/// The same value with the members of the outermost object in reverse order.
#[must_use]
pub fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().rev().map(|(k, v)| (k.clone(), v.clone())).collect())
        }
        other => other.clone(),
    }
}

struct Styled {
    style: Style,
    in_key: bool,
}

impl Formatter for Styled {
    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        write!(out, "{{{}", self.style.pad)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        write!(out, "{}}}", self.style.pad)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.in_key = true;
        out.write_all(if first { b"" } else { self.style.comma.as_bytes() })
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(self.style.colon.as_bytes())
    }

    fn write_u64<W: ?Sized + io::Write>(&mut self, out: &mut W, value: u64) -> io::Result<()> {
        write!(out, "{value}{}", self.style.decimals)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.in_key {
            return out.write_all(fragment.as_bytes());
        }
        for ch in fragment.chars() {
            if self.style.escaped.holds(ch) {
                for unit in ch.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else if ch == '/' && self.style.slashes {
                out.write_all(br"\/")?;
            } else {
                write!(out, "{ch}")?;
            }
        }
        Ok(())
    }
}

impl Escaped {
    fn holds(self, ch: char) -> bool {
        match self {
            Self::Least => false,
            Self::NotAscii => !ch.is_ascii(),
            Self::Html => matches!(ch, '<' | '>' | '&'),
            Self::Odd => !ch.is_ascii() || matches!(ch, 'a' | 'e' | 'i' | 'o' | 'u'),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_style_is_the_same_document_in_other_bytes() {
        let document = json!({"b": "live é 🧪", "a": {"d": 0, "c": null}, "e": "say \"no\""});
        let mut seen = Vec::new();
        for style in [COMPACT, PYTHON, SPACED, ESCAPED, DECIMALS] {
            let raw = write(&document, style);
            let mut expected = document.clone();
            if !style.decimals.is_empty() {
                expected["a"]["d"] = json!(0.0);
            }
            assert_eq!(serde_json::from_slice::<Value>(&raw).unwrap(), expected);
            assert!(!seen.contains(&raw));
            seen.push(raw);
        }
        assert_eq!(
            write(&sorted(&document), PYTHON),
            r#"{"a": {"c": null, "d": 0}, "b": "live é 🧪", "e": "say \"no\""}"#.as_bytes()
        );
        assert!(write(&reversed(&document), COMPACT).starts_with(br#"{"e":"#));
        assert_eq!(indented(&json!({"a": {"b": 0}}), "  "), b"{\n  \"a\": {\n    \"b\": 0\n  }\n}");
    }

    #[test]
    fn escapes_are_written_as_serialisers_do() {
        let document = json!({"a": "</é🧪>"});
        let written = |escaped, slashes| {
            let style = Style { escaped, slashes, ..COMPACT };
            String::from_utf8(write(&document, style)).unwrap()
        };
        assert_eq!(written(Escaped::NotAscii, true), r#"{"a":"<\/\u00e9\ud83e\uddea>"}"#);
        assert_eq!(written(Escaped::Html, false), r#"{"a":"\u003c/é🧪\u003e"}"#);
    }
}
