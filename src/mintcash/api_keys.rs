//! The list of the merchant's keys: `GET /merchant/api-keys`, the cheapest authenticated read.
//!
//! Used by the check `api-key`. The list is said to hold active keys on one page, active and
//! revoked ones on another (C14), so whether a key is active is read off the key.

use serde_json::Value;

use crate::mintcash::body::{list, moment, text};
use crate::mintcash::call::{Answered, CallError, Strange, Trouble};
use crate::mintcash::client::{Client, Request};
use crate::time::Timestamp;

/// Where the list is.
pub const PATH: &str = "/merchant/api-keys";

/// A key in the list. Secrets are never in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The public key; not safe to show.
    pub public_key: Option<String>,
    /// `live` or `test`, as it came; not safe to show.
    pub environment: Option<String>,
    /// Whether it works, where the list says.
    pub is_active: Option<bool>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Whether the list gives a time of revocation at all, readable or not.
    pub is_revoked: bool,
}

impl ApiKey {
    fn read(item: &Value) -> Self {
        Self {
            public_key: text(item, "publicKey"),
            environment: text(item, "environment"),
            is_active: item.get("isActive").and_then(Value::as_bool),
            revoked_at: moment(item, "revokedAt"),
            is_revoked: item.get("revokedAt").is_some_and(|value| !value.is_null()),
        }
    }
}

impl Client {
    /// Lists the merchant's keys.
    ///
    /// # Errors
    /// When the API does not give the list.
    pub async fn api_keys(&self) -> Result<Answered<Vec<ApiKey>>, CallError> {
        let answer = self.send(Request::get(PATH)).await?;
        answer.read(|body| match list(&body, &["apiKeys"]) {
            Some(keys) => Ok(keys.iter().map(ApiKey::read).collect()),
            None => {
                let why = "JSON without a list of keys";
                Err(Trouble::Strange(Strange { status: 200, html: false, why }))
            }
        })
    }
}
