//! Which headers travel on, and which are written down.
//!
//! Used by the exchange. The rules it keeps: headers of one connection stay on it (RFC 9110
//! section 7.6.1), whatever else came travels unchanged; what may be a secret is never written down.

use hyper::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};
use indexmap::IndexMap;

use crate::events::received::Values;
use crate::mintcash::signature;
use crate::secrets::Redactor;

/// Headers that belong to one connection.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // Answered by the server that reads the body.
    "expect",
];

/// Headers that a proxy must not be talked out of by `Connection`.
const KEPT: [&str; 4] = [signature::HEADER, "content-type", "content-length", "host"];

/// Words in the name of a header whose value is a secret, or may be one.
const SECRET: [&str; 10] = [
    "auth",
    "cookie",
    "token",
    "secret",
    "password",
    "api-key",
    "apikey",
    "access-key",
    "credential",
    "session",
];

/// Stands in place of a value that is not written down.
pub const WITHHELD: &str = "[withheld]";

/// Takes out what belongs to the connection it came by.
pub fn travel_on(headers: &mut HeaderMap) {
    let listed: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name: &HeaderName| !KEPT.contains(&name.as_str()))
        .collect();
    let stays = |name: &HeaderName| HOP_BY_HOP.contains(&name.as_str()) || listed.contains(name);
    // Taking one out of a map would change the order of the others.
    let mut travels = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| !stays(name)) {
        travels.append(name.clone(), value.clone());
    }
    *headers = travels;
}

/// The headers as they are written down.
#[must_use]
pub fn written(headers: &HeaderMap) -> IndexMap<String, Values> {
    let mut written = IndexMap::new();
    for name in headers.keys() {
        let mut values: Vec<String> =
            headers.get_all(name).iter().map(|value| shown(name, value)).collect();
        let value = match (values.len(), values.pop()) {
            (1, Some(one)) => Values::One(one),
            (_, last) => {
                values.extend(last);
                Values::Many(values)
            }
        };
        written.insert(Redactor::shared().clean(name.as_str()).into_owned(), value);
    }
    written
}

fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    let name = name.as_str();
    if name != signature::HEADER && SECRET.iter().any(|word| name.contains(word)) {
        return WITHHELD.into();
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    Redactor::shared().clean(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn headers_of_the_connection_stay_on_it_and_all_others_travel() {
        let mut headers = map(&[
            ("host", "a"),
            ("connection", "close, X-Hop"),
            ("connection", "x-signature"),
            ("x-hop", "1"),
            ("x-signature", "abc"),
            ("transfer-encoding", "chunked"),
            ("expect", "100-continue"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("authorization", "Bearer x"),
        ]);
        travel_on(&mut headers);
        let listed = |headers: &HeaderMap| {
            let headers = headers.iter().map(|(name, value)| (name.to_string(), value.clone()));
            let mut listed: Vec<_> = headers.collect();
            // The map gives its names in no order; the values of one name keep theirs.
            listed.sort_by(|one, other| one.0.cmp(&other.0));
            listed
        };
        let wanted = map(&[
            ("host", "a"),
            ("x-signature", "abc"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("authorization", "Bearer x"),
        ]);
        assert_eq!(listed(&headers), listed(&wanted));
    }

    #[test]
    fn what_may_be_a_secret_is_not_written_down() {
        let headers = map(&[
            ("authorization", "Bearer abc"),
            ("cookie", "a=b"),
            ("x-api-key", "k"),
            ("x-signature", "5d"),
            ("x-a", "1"),
            ("x-a", "2"),
        ]);
        let shown = serde_json::to_string(&written(&headers)).unwrap();
        let wanted = concat!(
            r#"{"authorization":"[withheld]","cookie":"[withheld]","x-api-key":"[withheld]","#,
            r#""x-signature":"5d","x-a":["1","2"]}"#
        );
        assert_eq!(shown, wanted);
    }
}
