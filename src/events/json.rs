//! One line of JSON, read in place: only what is asked for is looked at, the rest is stepped over.
//!
//! Called by [`shape`](super::shape) for every line of a log. A general parser builds or at least
//! checks every value; of an event of 600 bytes a handful of short members matter. The rules it
//! keeps: a string ends where JSON says that it ends, whatever it holds; an object that is opened
//! is read to its end, so that a half-written line is recognised; what is stepped over is not
//! checked further than that its quotes and brackets close.

use std::borrow::Cow;

/// The bytes are not JSON, or end too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// A value as it is written, quotes and brackets included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a>(&'a [u8]);

/// A place in JSON text.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

impl<'a> Raw<'a> {
    /// The one value that `bytes` are.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let value = cursor.value().ok()?;
        cursor.is_at_end().then_some(value)
    }

    /// The value at the beginning of `bytes`, whatever comes behind it.
    pub(super) fn first(bytes: &'a [u8]) -> Option<Self> {
        Cursor::new(bytes).value().ok()
    }

    /// A value that is known to be one, as it is written.
    pub(super) fn written(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.0.first() == Some(&b'{')
    }

    /// Whether it is a string.
    #[must_use]
    pub fn is_string(self) -> bool {
        self.0.first() == Some(&b'"')
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0 == b"null"
    }

    /// The bytes as written.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// A cursor over it, to look inside.
    #[must_use]
    pub fn cursor(self) -> Cursor<'a> {
        Cursor::new(self.0)
    }

    /// The text of a string with its escapes resolved, or the digits of a number; `None` for
    /// anything else.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        match self.0.first()? {
            b'"' => {
                let inner = self.0.get(1..self.0.len().checked_sub(1)?)?;
                if memchr::memchr(b'\\', inner).is_none() {
                    return Some(Cow::Borrowed(inner));
                }
                let mut out = Vec::with_capacity(inner.len());
                unescape(inner, &mut out);
                Some(Cow::Owned(out))
            }
            b'-' | b'0'..=b'9' => Some(Cow::Borrowed(self.0)),
            _ => None,
        }
    }

    /// Like [`text`](Self::text), but nothing for an empty one.
    #[must_use]
    pub fn some_text(self) -> Option<Cow<'a, [u8]>> {
        self.text().filter(|text| !text.trim_ascii().is_empty())
    }

    /// Whether it is this string, written without escapes.
    #[must_use]
    pub fn is(self, text: &[u8]) -> bool {
        let inner = self.0.get(1..self.0.len().saturating_sub(1));
        self.is_string() && inner == Some(text)
    }

    /// The elements of a list; none where it is no list or ends too early.
    #[must_use]
    pub fn elements(self) -> Vec<Raw<'a>> {
        let mut found = Vec::new();
        let _a_broken_list_has_none = self.cursor().list(|element| found.push(element));
        found
    }

    /// The member of an object.
    #[must_use]
    pub fn member(self, name: &[u8]) -> Option<Raw<'a>> {
        let mut found = None;
        let read = self.cursor().object(|key, cursor| {
            let value = cursor.value()?;
            if key == name || is_escaped(key, name) {
                found = Some(value);
            }
            Ok(())
        });
        read.ok().and(found)
    }
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte that is not white space, without taking it.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Whether nothing but white space is left.
    pub fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(Malformed)
    }

    /// Reads an object: hands each name, as written, with the cursor before its value, which
    /// `visit` must take.
    ///
    /// # Errors
    /// When it is no object, or ends too early.
    #[inline]
    pub fn object(
        &mut self,
        mut visit: impl FnMut(&'a [u8], &mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.take(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.take(b'"')?;
            let name = self.rest_of_string()?;
            self.take(b':')?;
            visit(name, self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Malformed),
            }
            self.peek();
        }
    }

    fn list(&mut self, mut visit: impl FnMut(Raw<'a>)) -> Result<(), Malformed> {
        self.take(b'[')?;
        if self.peek() == Some(b']') {
            return Ok(());
        }
        loop {
            visit(self.value()?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => return Ok(()),
                _ => return Err(Malformed),
            }
        }
    }

    /// Takes one value, whatever it is.
    ///
    /// # Errors
    /// When there is none, or it ends too early.
    #[inline]
    pub fn value(&mut self) -> Result<Raw<'a>, Malformed> {
        let first = self.peek().ok_or(Malformed)?;
        let begin = self.at;
        match first {
            b'"' => {
                self.at += 1;
                self.rest_of_string()?;
            }
            b'{' | b'[' => self.container()?,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.word(),
            _ => return Err(Malformed),
        }
        self.bytes.get(begin..self.at).map(Raw).ok_or(Malformed)
    }

    /// What `take` takes, as it is written.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn span(
        &mut self,
        take: impl FnOnce(&mut Self) -> Result<(), Malformed>,
    ) -> Result<Raw<'a>, Malformed> {
        self.peek();
        let begin = self.at;
        take(self)?;
        self.bytes.get(begin..self.at).map(Raw).ok_or(Malformed)
    }

    /// Steps to the end of a number, `true`, `false` or `null`.
    #[inline]
    fn word(&mut self) {
        while let Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.') =
            self.bytes.get(self.at)
        {
            self.at += 1;
        }
    }

    /// The text between the quotes as written; the cursor is behind the opening one.
    #[inline]
    fn rest_of_string(&mut self) -> Result<&'a [u8], Malformed> {
        let rest = self.bytes.get(self.at..).ok_or(Malformed)?;
        let length = string_end(rest).ok_or(Malformed)?;
        self.at += length + 1;
        rest.get(..length).ok_or(Malformed)
    }

    /// Steps over an object or array.
    fn container(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        loop {
            let byte = *self.bytes.get(self.at).ok_or(Malformed)?;
            self.at += 1;
            match byte {
                b'"' => {
                    self.rest_of_string()?;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }
}

/// Where the quote is that ends a string; the text begins behind the one that opens it.
#[inline]
pub(super) fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at = plain_end(text, at);
        match text.get(at)? {
            b'"' => return Some(at),
            _ => at += 2,
        }
    }
}

/// Where the first quote or backslash from `at` on is, or the end.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let hit = zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c));
        if hit != 0 {
            return at + (hit.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while !matches!(bytes.get(at), None | Some(b'"' | b'\\')) {
        at += 1;
    }
    at
}

/// Whether a name that is written with escapes is that one.
fn is_escaped(written: &[u8], name: &[u8]) -> bool {
    if memchr::memchr(b'\\', written).is_none() {
        return false;
    }
    let mut plain = Vec::with_capacity(written.len());
    unescape(written, &mut plain);
    plain == name
}

/// Resolves the escapes of a JSON string. What is no escape stays as it is; half of a surrogate
/// pair becomes U+FFFD.
pub fn unescape(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = plain_end(rest, 0);
        let (plain, rest) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        at += plain.len();
        let simple = match rest {
            [] => return,
            // A quote that no backslash stands before is none that ends anything here.
            [byte @ b'"', ..] => {
                out.push(*byte);
                at += 1;
                continue;
            }
            [_, b'n', ..] => b'\n',
            [_, b't', ..] => b'\t',
            [_, b'r', ..] => b'\r',
            [_, b'b', ..] => 8,
            [_, b'f', ..] => 12,
            [_, byte @ (b'"' | b'\\' | b'/'), ..] => *byte,
            [_, b'u', ..] => {
                at += unicode(rest, out);
                continue;
            }
            _ => {
                out.push(b'\\');
                at += 1;
                continue;
            }
        };
        out.push(simple);
        at += 2;
    }
}

/// Resolves `\u0041` or a pair of them; how many bytes it took.
fn unicode(text: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits
            .iter()
            .try_fold(0_u32, |all, digit| Some(all * 16 + char::from(*digit).to_digit(16)?))
    };
    let Some(first) = unit(0) else {
        out.push(b'\\');
        return 1;
    };
    let second = unit(6).filter(|low| (0xdc00..0xe000).contains(low));
    let (ch, taken) = match (first, second) {
        (0xd800..0xdc00, Some(low)) => {
            (char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)), 12)
        }
        _ => (char::from_u32(first), 6),
    };
    let ch = ch.unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes());
    taken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn whole(text: &[u8]) -> Result<Raw<'_>, Malformed> {
        let mut cursor = Cursor::new(text);
        let value = cursor.value()?;
        if cursor.is_at_end() { Ok(value) } else { Err(Malformed) }
    }

    #[test]
    fn a_member_is_found_behind_whatever_stands_before_it() {
        let line =
            br#" { "a\"}" : "x\\" , "b":[1,{"c":"]}\""}], "n" : -1.5e3, "c" : {"d":"\u00e9"} }"#;
        let raw = whole(line).unwrap();
        let inner = raw.member(b"c").unwrap().member(b"d").unwrap();
        assert_eq!(inner.text().unwrap().as_ref(), "é".as_bytes());
        assert_eq!(raw.member(b"n").unwrap().text().unwrap().as_ref(), b"-1.5e3");
        assert!(raw.member(b"d").is_none());
    }

    #[test]
    fn the_last_of_two_members_with_one_name_counts_as_for_everybody_else() {
        let raw = whole(br#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(raw.member(b"a").unwrap().bytes(), b"2");
    }

    #[test]
    fn a_line_that_ends_too_early_is_malformed_wherever_it_ends() {
        let line = br#"{"a":"b\"c","d":{"e":[1,2,"f"]},"g":null}"#;
        for end in 0..line.len() {
            let read = Cursor::new(&line[..end]).object(|_, cursor| cursor.value().map(drop));
            assert_eq!(read, Err(Malformed), "{}", String::from_utf8_lossy(&line[..end]));
        }
        assert!(whole(line).is_ok());
    }

    proptest! {
        #[test]
        fn strings_are_read_as_a_general_parser_reads_them(text in any::<String>(), ascii in any::<bool>()) {
            let mut written = serde_json::to_string(&text).unwrap();
            if ascii {
                let units = written.encode_utf16().map(|unit| match unit {
                    0x20..0x7f => char::from_u32(u32::from(unit)).unwrap().to_string(),
                    other => format!("\\u{other:04x}"),
                });
                written = units.collect();
            }
            let read: Value = serde_json::from_str(&written).unwrap();
            let raw = whole(written.as_bytes()).unwrap();
            let text = raw.text().unwrap();
            prop_assert_eq!(text.as_ref(), read.as_str().unwrap().as_bytes());
        }

        #[test]
        fn no_bytes_whatever_make_it_stop_the_program(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut out = Vec::new();
            unescape(&bytes, &mut out);
            if let Ok(raw) = whole(&bytes) {
                let _ = (raw.text(), raw.member(b"a"));
            }
        }

        #[test]
        fn pieces_of_json_in_any_order_are_read_or_refused(
            parts in prop::collection::vec("[{}\\[\\]\",:\\\\]|\"a\"|1|null| ", 0..14)
        ) {
            let text = parts.concat();
            let mut members = Vec::new();
            let mut cursor = Cursor::new(text.as_bytes());
            let ours = cursor.object(|name, cursor| {
                members.push((name.to_vec(), cursor.value()?));
                Ok(())
            });
            if let Ok(Value::Object(theirs)) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(ours, Ok(()));
                for (name, value) in theirs {
                    let raw = Raw(text.as_bytes()).member(name.as_bytes());
                    let same = raw.is_some_and(|raw| serde_json::from_slice::<Value>(raw.bytes()).is_ok_and(|it| it == value));
                    prop_assert!(same || name.contains(['"', '\\']));
                }
            }
        }
    }
}
