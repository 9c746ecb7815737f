//! Ids and addresses of people, shortened so that a line can be known again and nobody be named.
//!
//! Used by [`sentence`](super::sentence) for every value that comes from a log.

use crate::text::Untrusted;

/// An id: its beginning and its end.
pub(super) fn id(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let (head, tail) = match text.chars().count() {
        0..=4 => (1, 0),
        5..=8 => (2, 1),
        9..=12 => (4, 2),
        _ => (5, 3),
    };
    let count = text.chars().count();
    let begin: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail.min(count)).collect();
    Untrusted::new(format!("{begin}…{end}")).line(60)
}

/// An e-mail address: its first letter and the domain.
pub(super) fn email(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let Some((name, domain)) = text.rsplit_once('@') else { return id(text.as_bytes()) };
    let begin: String = name.chars().take(1).collect();
    Untrusted::new(format!("{begin}…@{domain}")).line(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_value_is_known_again_and_never_whole() {
        for (text, masked) in [
            ("ord-10017", "ord-…17"),
            ("7", "7…"),
            ("cus-42", "cu…2"),
            ("0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fa…50e"),
            ("", "…"),
        ] {
            assert_eq!(id(text.as_bytes()), masked);
        }
        assert_eq!(email(b"jane.doe@example.com"), "j…@example.com");
        assert_eq!(email(b"no address"), "no a…ss");
        assert_eq!(id(b"\x1b[2J-\xff\xfe-0123456789"), "^[[2J-…789");
    }
}
