//! A body as it comes out when somebody takes it for text in the wrong character set, and other
//! small harm that is done on the way to whoever verifies it.
//!
//! Used by the probes that look for the cause when odd bodies are refused.

/// Every byte read as a Latin-1 letter and written as UTF-8: `ë` becomes `Ã«`.
#[must_use]
pub fn read_as_latin_1(body: &[u8]) -> Vec<u8> {
    body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes()
}

/// Written in Latin-1, with a question mark for what is not in it, as Java does.
#[must_use]
pub fn written_in_latin_1(body: &[u8]) -> Vec<u8> {
    chars(body).map(|ch| u8::try_from(ch).unwrap_or(b'?')).collect()
}

/// The low byte of every UTF-16 unit, which is what Node's `latin1` and `binary` are.
#[must_use]
pub fn low_bytes(body: &[u8]) -> Vec<u8> {
    let text: String = chars(body).collect();
    text.encode_utf16().map(u16::to_le_bytes).map(|[low, _]| low).collect()
}

/// A question mark for every character that is not ASCII.
#[must_use]
pub fn question_marks(body: &[u8]) -> Vec<u8> {
    chars(body).map(|ch| u8::try_from(ch).ok().filter(u8::is_ascii).unwrap_or(b'?')).collect()
}

/// The replacement character for every byte that is not ASCII, as Python's `errors="replace"`.
#[must_use]
pub fn replaced(body: &[u8]) -> Vec<u8> {
    let replace = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' };
    body.iter().map(replace).collect::<String>().into_bytes()
}

/// Without what is not ASCII.
#[must_use]
pub fn dropped(body: &[u8]) -> Vec<u8> {
    body.iter().copied().filter(u8::is_ascii).collect()
}

/// With a line feed for every line end of Windows.
#[must_use]
pub fn unix_line_ends(body: &[u8]) -> Vec<u8> {
    let text: String = chars(body).collect();
    text.replace("\r\n", "\n").into_bytes()
}

fn chars(body: &[u8]) -> impl Iterator<Item = char> {
    String::from_utf8_lossy(body).chars().collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_the_one_that_its_language_makes() {
        let body = "{\"n\":\"ë支\"}".as_bytes();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        // python3: body.decode("latin-1").encode()
        assert_eq!(text(read_as_latin_1(body)), "{\"n\":\"Ã«æ\u{94}¯\"}");
        // python3: text.encode("latin-1", "replace")
        assert_eq!(written_in_latin_1(body), b"{\"n\":\"\xeb?\"}");
        // node: Buffer.from(text, "latin1")
        assert_eq!(low_bytes(body), b"{\"n\":\"\xeb\x2f\"}");
        // python3: text.encode("ascii", "replace")
        assert_eq!(question_marks(body), b"{\"n\":\"??\"}");
        // python3: body.decode("ascii", "replace").encode()
        assert_eq!(text(replaced(body)), format!("{{\"n\":\"{}\"}}", "\u{fffd}".repeat(5)));
        // python3: body.decode("ascii", "ignore").encode()
        assert_eq!(text(dropped(body)), "{\"n\":\"\"}");
    }
}
