//! What a listener tells of itself while it runs.

use std::sync::Arc;

use crate::events::received::{By, Signature};
use crate::time::Timestamp;

/// Hears the news; must return at once.
pub type Tell = Arc<dyn Fn(News) + Send + Sync>;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A record is on disk; its line.
    Recorded(String),
    /// A request has been answered.
    Done(Box<Done>),
    /// Something is wrong, or was mended.
    Trouble(String),
}

/// A request that has been answered, for people; every text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The record's id.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// `payment.succeeded` and the like.
    pub event: Option<String>,
    /// The event's id.
    pub event_id: Option<String>,
    /// `live` or `test`.
    pub environment: Option<String>,
    /// The merchant's id.
    pub external_id: Option<String>,
    /// What is known of the signature.
    pub signature: Signature,
    /// The input whose secret made it.
    pub signed_with: Option<String>,
    /// The status that the sender got.
    pub status: u16,
    /// Whose answer it was.
    pub by: By,
    /// How long it took.
    pub ms: u64,
    /// Why the upstream gave no answer.
    pub problem: Option<String>,
    /// Why there is no record of it.
    pub lost: Option<String>,
}
