//! The envelope of an event, read in place and fast: logs hold gigabytes of them.
//!
//! Called by [`sample`](super) for every line that is an object, and for every text that may hold an
//! envelope. One pass reads the object to its end and keeps the members that the first week needs,
//! in both dialects (mintcash-contract.md section 11), whatever their order. The rules it keeps: a
//! line that is not whole is no event; `event` decides what it is about, never `type` (C9); a name
//! that is written with escapes is the same name.

use std::borrow::Cow;

use super::super::json::{Cursor, Malformed, Raw, unescape};

/// The members of the outermost object that matter: those of an envelope, and those that a record
/// of `golive listen` has beside them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Top<'a> {
    pub event: Option<Raw<'a>>,
    pub event_id: Option<Raw<'a>>,
    pub environment: Option<Raw<'a>>,
    pub created: Option<Raw<'a>>,
    pub received: Option<Raw<'a>>,
    pub data: Option<Data<'a>>,
    pub schema: Option<Raw<'a>>,
    pub id: Option<Raw<'a>>,
    pub signature: Option<Raw<'a>>,
    pub body: Option<Raw<'a>>,
    pub body_base64: Option<Raw<'a>>,
    pub status: Option<Raw<'a>>,
    pub ms: Option<Raw<'a>>,
    pub answered: Option<Raw<'a>>,
    pub resent: bool,
    /// Whether it has what loggers add: a level, a message.
    pub is_logged: bool,
}

/// The members of `data` that matter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Data<'a> {
    pub id: Option<Raw<'a>>,
    pub external: Option<Raw<'a>>,
    pub code: Option<Raw<'a>>,
    /// Whether a card had been entered.
    pub card: Option<bool>,
    pub subscription: Option<Raw<'a>>,
    pub payment: Option<Raw<'a>>,
    pub refund: Option<Raw<'a>>,
    pub payment_id: Option<Raw<'a>>,
}

impl<'a> Top<'a> {
    /// Reads an object that is all of the bytes; `None` when it is not whole.
    #[inline]
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut top = Self::default();
        cursor.object(|name, cursor| top.member(name, cursor)).ok()?;
        cursor.is_at_end().then_some(top)
    }

    /// Whether it is an envelope: it names an event and has its data.
    #[inline]
    pub(super) fn is_envelope(&self) -> bool {
        let named = |name: Raw<'_>| name.is_string() && (self.event_id.is_some() || is_known(name));
        self.data.is_some() && self.event.is_some_and(named)
    }

    #[inline]
    fn member(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let slot = match name.len() {
            2 if name == b"id" => &mut self.id,
            2 if name == b"ms" => &mut self.ms,
            4 => match name {
                b"data" => return self.data(cursor),
                b"type" | b"path" => return cursor.value().map(drop),
                b"body" => &mut self.body,
                _ => return self.other(name, cursor),
            },
            5 if name == b"event" => &mut self.event,
            6 => match name {
                b"schema" => &mut self.schema,
                b"status" => &mut self.status,
                b"resent" => {
                    self.resent = cursor.value()?.bytes() == b"true";
                    return Ok(());
                }
                _ => return self.other(name, cursor),
            },
            7 if name == b"eventId" => &mut self.event_id,
            8 if name == b"event_id" => &mut self.event_id,
            9 => match name {
                b"createdAt" => &mut self.created,
                b"signature" => &mut self.signature,
                _ => return self.other(name, cursor),
            },
            10 => match name {
                b"apiVersion" => return cursor.value().map(drop),
                b"receivedAt" => &mut self.received,
                b"created_at" => &mut self.created,
                b"answeredAt" => &mut self.answered,
                b"bodyBase64" => &mut self.body_base64,
                _ => return self.other(name, cursor),
            },
            11 => match name {
                b"environment" => &mut self.environment,
                b"received_at" => &mut self.received,
                _ => return self.other(name, cursor),
            },
            _ => return self.other(name, cursor),
        };
        *slot = Some(cursor.value()?);
        Ok(())
    }

    fn data(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        self.data = match cursor.peek() {
            Some(b'{') => Some(Data::read(cursor)?),
            _ => cursor.value().map(|_| None)?,
        };
        Ok(())
    }

    #[cold]
    fn other(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        self.is_logged |= matches!(
            name,
            b"level" | b"severity" | b"lvl" | b"msg" | b"message" | b"logger" | b"log.level"
        );
        match plain(name).and_then(|name| named(&name, TOP)) {
            Some(name) => self.member(name, cursor),
            None => cursor.value().map(drop),
        }
    }
}

impl<'a> Data<'a> {
    /// Reads an object.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut data = Self::default();
        cursor.object(|name, cursor| data.member(name, cursor))?;
        Ok(data)
    }

    #[inline]
    fn member(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let slot = match name.len() {
            2 if name == b"id" => &mut self.id,
            4 if name == b"card" => {
                let value = cursor.value()?;
                self.card = (value.is_object() || value.is_null()).then(|| value.is_object());
                return Ok(());
            }
            6 => match name {
                b"refund" => &mut self.refund,
                _ => return cursor.value().map(drop),
            },
            7 if name == b"payment" => &mut self.payment,
            9 if name == b"paymentId" => &mut self.payment_id,
            10 => match name {
                b"externalId" => &mut self.external,
                b"payment_id" => &mut self.payment_id,
                _ => return self.other(name, cursor),
            },
            11 => match name {
                b"failureCode" => &mut self.code,
                b"external_id" => &mut self.external,
                _ => return self.other(name, cursor),
            },
            12 => match name {
                b"subscription" => return self.linked(cursor),
                b"failure_code" => &mut self.code,
                _ => return self.other(name, cursor),
            },
            14 if name == b"subscriptionId" => return self.linked(cursor),
            15 if name == b"subscription_id" => return self.linked(cursor),
            _ => return self.other(name, cursor),
        };
        *slot = Some(cursor.value()?);
        Ok(())
    }

    /// A subscription that the thing belongs to: its id, or an object that has one. How an event
    /// names it is not known (mintcash-contract.md section 7).
    fn linked(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let value = cursor.value()?;
        let id = if value.is_object() { value.member(b"id") } else { Some(value) };
        self.subscription = id.filter(|id| !id.is_null()).or(self.subscription);
        Ok(())
    }

    #[inline]
    fn other(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        match plain(name).and_then(|name| named(&name, DATA)) {
            Some(name) => self.member(name, cursor),
            None => cursor.value().map(drop),
        }
    }

    /// Reads an object that stands inside.
    pub(super) fn inside(raw: Option<Raw<'a>>) -> Self {
        let inside = raw.filter(|raw| raw.is_object());
        inside.and_then(|raw| Self::read(&mut raw.cursor()).ok()).unwrap_or_default()
    }
}

/// Whether a name is that of an event of MintCash.
pub(super) fn is_known(name: Raw<'_>) -> bool {
    let known = [&b"payment."[..], b"subscription.", b"refund."];
    name.is_string() && known.iter().any(|begin| begins(name, begin))
}

/// Whether a text begins so.
pub(super) fn begins(text: Raw<'_>, begin: &[u8]) -> bool {
    text.bytes().get(1..).is_some_and(|inner| inner.starts_with(begin))
        || text.text().is_some_and(|text| text.starts_with(begin))
}

/// The names that may be written with escapes.
const TOP: &[&[u8]] = &[
    b"event",
    b"eventId",
    b"event_id",
    b"environment",
    b"createdAt",
    b"created_at",
    b"receivedAt",
    b"received_at",
    b"data",
];
const DATA: &[&[u8]] = &[
    b"id",
    b"card",
    b"refund",
    b"payment",
    b"paymentId",
    b"payment_id",
    b"externalId",
    b"external_id",
    b"failureCode",
    b"failure_code",
    b"subscription",
    b"subscriptionId",
    b"subscription_id",
];

/// A name that is written with escapes, without them.
#[inline]
fn plain(name: &[u8]) -> Option<Cow<'_, [u8]>> {
    memchr::memchr(b'\\', name)?;
    let mut out = Vec::with_capacity(name.len());
    unescape(name, &mut out);
    Some(Cow::Owned(out))
}

fn named(name: &[u8], names: &[&'static [u8]]) -> Option<&'static [u8]> {
    names.iter().find(|known| **known == name).copied()
}
