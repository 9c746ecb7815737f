//! Which of the three calls a URL is, and whose host it names.

use super::text::{END, HOLE, PARAM};

/// A call that creates something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `POST /payments`.
    Payment,
    /// `POST /subscriptions`.
    Subscription,
    /// `POST /payments/{paymentId}/refund`.
    Refund,
}

impl Endpoint {
    /// The call, as people write it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Payment => "POST /payments",
            Self::Subscription => "POST /subscriptions",
            Self::Refund => "POST /payments/{paymentId}/refund",
        }
    }

    /// The call whose path the text ends in.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bare = without_holes(text);
        let path = bare.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        if path.contains(char::is_whitespace) || path.len() > 400 {
            return None;
        }
        let mut segments = path.rsplit('/');
        let last = segments.next()?;
        // What stands before the name in its segment is a base that ends in a slash.
        match last.rsplit(HOLE).next()? {
            "payments" => Some(Self::Payment),
            "subscriptions" => Some(Self::Subscription),
            "refund" => {
                let id = segments.next()?;
                let before = segments.next().map(|it| it.rsplit(HOLE).next().unwrap_or_default());
                let own = before == Some("payments") || id == HOLE.to_string() && before.is_none();
                let joined = id.strip_prefix("payments").is_some_and(|rest| rest.starts_with(HOLE));
                (own || joined).then_some(Self::Refund)
            }
            _ => None,
        }
    }
}

/// The host that a text names, where it does.
pub(super) fn host(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':', HOLE]).next().unwrap_or_default();
    (!host.is_empty() && !host.contains(['%', '{', '$'])).then_some(host)
}

/// The text with each hole as one character.
fn without_holes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for ch in text.chars() {
        match ch {
            HOLE if !inside => {
                inside = true;
                out.push(HOLE);
            }
            END => inside = false,
            _ if inside => {}
            _ => out.push(ch),
        }
    }
    out
}

/// Whether a parameter that nobody has given yet stands in it.
pub(super) fn waits(text: &str) -> bool {
    text.contains(PARAM)
}

/// Whether it stands alone: a path without any host or base before it.
pub(super) fn is_bare(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://api.mintcash.me/payments", Some(Endpoint::Payment))]
    #[case("\u{1}base\u{2}/payments/", Some(Endpoint::Payment))]
    #[case("\u{1}base\u{2}payments", Some(Endpoint::Payment))]
    #[case("payments", Some(Endpoint::Payment))]
    #[case("/subscriptions?x=1", Some(Endpoint::Subscription))]
    #[case("/payments/\u{1}id\u{2}/refund", Some(Endpoint::Refund))]
    #[case("https://x/payments/pmt_1/refund", Some(Endpoint::Refund))]
    #[case("\u{1}url(id)\u{2}/refund", Some(Endpoint::Refund))]
    #[case("/payments/\u{1}id\u{2}", None)]
    #[case("/payments/\u{1}id\u{2}/refunds", None)]
    #[case("/orders/\u{1}id\u{2}/refund", None)]
    #[case("Create the payments", None)]
    #[case("/repayments", None)]
    fn a_call_is_known_by_the_end_of_its_path(
        #[case] text: &str,
        #[case] wanted: Option<Endpoint>,
    ) {
        assert_eq!(Endpoint::of(text), wanted, "{text:?}");
    }

    #[test]
    fn a_host_is_read_where_one_stands() {
        assert_eq!(host("https://api.mintcash.me:443/payments"), Some("api.mintcash.me"));
        assert_eq!(host("https://\u{1}x\u{2}/payments"), None);
        assert_eq!(host("/payments"), None);
    }
}
