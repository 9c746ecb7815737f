//! Refuses JSON in which an object names a key twice.
//!
//! Two programs that read such an object can honestly disagree about what it says, so that a
//! record holding one is not accepted however right its hash is. Used by `format` only.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Any JSON value in which no object names a key twice; keeps nothing of it.
pub(super) struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looker)
    }
}

struct Looker;

impl<'de> Visitor<'de> for Looker {
    type Value = Unique;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON without duplicate keys")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
        while seq.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut keys: Vec<Cow<'de, str>> = Vec::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            keys.push(key.0);
            map.next_value::<Unique>()?;
        }
        keys.sort_unstable();
        let twice = keys.iter().zip(keys.iter().skip(1)).find(|(one, next)| one == next);
        match twice {
            Some((key, _)) => Err(A::Error::custom(format_args!("the key {key:?} stands twice"))),
            None => Ok(Unique),
        }
    }
}

/// A key, borrowed where it holds no escape.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::Unique;

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"b":2,"a":3}"#, r#"[{"x":{"k":1,"\u006b":1}}]"#] {
            assert!(serde_json::from_str::<Unique>(text).is_err(), "{text}");
        }
        for text in [r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#, "null", "-1.5", "[true,\"x\"]"] {
            assert!(serde_json::from_str::<Unique>(text).is_ok(), "{text}");
        }
    }
}
