//! The members that any line of a log may have, under the names that people give them.
//!
//! Used by [`record`](super::record), which says what the line is. One pass over an object fills
//! one [`Loose`]; of what is nested only what matters is looked into. The rule it keeps: a name
//! stands in exactly one place, here.

use super::json::{Cursor, Malformed, Raw};

/// What a payment, a refund, a subscription, or the request for one has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thing<'a> {
    /// MintCash's id.
    pub id: Option<Raw<'a>>,
    /// The payment that a refund belongs to.
    pub payment_id: Option<Raw<'a>>,
    /// The merchant's id, the idempotency key.
    pub external_id: Option<Raw<'a>>,
    /// The status.
    pub status: Option<Raw<'a>>,
    /// The amount, in whichever unit.
    pub amount: Option<Raw<'a>>,
    /// The currency.
    pub currency: Option<Raw<'a>>,
    /// Why it failed.
    pub failure_code: Option<Raw<'a>>,
    /// The days between two charges of a subscription.
    pub interval: Option<Raw<'a>>,
    /// What only the request for a payment or subscription has.
    pub return_url: Option<Raw<'a>>,
    /// The stored card.
    pub card_token: Option<Raw<'a>>,
    /// The reason of a refund.
    pub reason: Option<Raw<'a>>,
    /// Free text.
    pub description: Option<Raw<'a>>,
    /// The merchant's order.
    pub order: Option<Raw<'a>>,
    /// MintCash's id of the customer.
    pub customer_id: Option<Raw<'a>>,
    /// The merchant's id of the customer.
    pub customer: Option<Raw<'a>>,
    /// The customer's e-mail address.
    pub email: Option<Raw<'a>>,
    /// A payment inside, as refund events and wrapped answers have it.
    pub payment: Option<Raw<'a>>,
    /// A refund inside.
    pub refund: Option<Raw<'a>>,
    /// A subscription inside.
    pub subscription: Option<Raw<'a>>,
    /// Whether it has what only MintCash's answers have.
    pub is_answer: bool,
}

/// All of a line.
#[derive(Clone, Debug, Default)]
pub struct Loose<'a> {
    /// What kind of record golive wrote.
    pub schema: Option<Raw<'a>>,
    /// The name of an event, or an event itself.
    pub event: Option<Raw<'a>>,
    /// The event's id.
    pub event_id: Option<Raw<'a>>,
    /// `test` or `live`, in one of their spellings.
    pub environment: Option<Raw<'a>>,
    /// When it was made.
    pub created_at: Option<Raw<'a>>,
    /// When it was written down.
    pub logged_at: Option<Raw<'a>>,
    /// What `golive listen` said of the signature.
    pub signature: Option<Raw<'a>>,
    /// The method of a request.
    pub method: Option<Raw<'a>>,
    /// Its URL, as far as a scheme makes it one.
    pub url: Option<Raw<'a>>,
    /// Its path.
    pub path: Option<Raw<'a>>,
    /// A host, which may also be the machine that writes the log.
    pub host: Option<Raw<'a>>,
    /// The status of its answer.
    pub answered: Option<Raw<'a>>,
    /// The body, an object or a text that holds one.
    pub body: Option<Raw<'a>>,
    /// What may be the body where nothing else is.
    pub perhaps_body: Option<Raw<'a>>,
    /// The body in base64.
    pub body_base64: Option<Raw<'a>>,
    /// The request, where a line has request and answer.
    pub request: Option<Raw<'a>>,
    /// The answer.
    pub answer: Option<Raw<'a>>,
    /// `data` as it is written, and read.
    pub data: Option<(Raw<'a>, Thing<'a>)>,
    /// What the line has of a payment or its request at its top.
    pub thing: Thing<'a>,
    /// Whether it has what loggers add: a level, a message.
    pub is_logged: bool,
    /// A whole line, where what collects logs has packed it into a text.
    pub packed: Option<Raw<'a>>,
}

impl<'a> Thing<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// When it is none, or ends too early.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut thing = Self::default();
        cursor.object(|name, cursor| {
            if !thing.member(name, cursor)? {
                cursor.value()?;
            }
            Ok(())
        })?;
        Ok(thing)
    }

    /// Takes a member if it is one of a thing's; whether it was.
    #[inline]
    fn member(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<bool, Malformed> {
        let slot = match name.len() {
            2 if name == b"id" => &mut self.id,
            6 => match name {
                b"amount" => &mut self.amount,
                b"status" => &mut self.status,
                b"reason" => &mut self.reason,
                b"refund" => &mut self.refund,
                _ => return Ok(false),
            },
            7 if name == b"payment" => &mut self.payment,
            8 => match name {
                b"currency" => &mut self.currency,
                b"customer" => return self.customer(cursor),
                b"metadata" => return self.metadata(cursor),
                _ => return self.order(name, cursor),
            },
            9 => match name {
                b"paymentId" => &mut self.payment_id,
                b"returnUrl" => &mut self.return_url,
                b"cardToken" => &mut self.card_token,
                _ => return self.order(name, cursor),
            },
            10 => match name {
                b"externalId" => &mut self.external_id,
                b"payment_id" => &mut self.payment_id,
                b"return_url" => &mut self.return_url,
                b"card_token" => &mut self.card_token,
                _ => return Ok(false),
            },
            11 => match name {
                b"external_id" => &mut self.external_id,
                b"failureCode" => &mut self.failure_code,
                b"description" => &mut self.description,
                b"redirectUrl" => return self.answer(cursor),
                _ => return self.order(name, cursor),
            },
            12 => match name {
                b"subscription" => &mut self.subscription,
                _ => return self.order(name, cursor),
            },
            16 if name == b"amountRefundable" => return self.answer(cursor),
            19 if name == b"billingIntervalDays" => &mut self.interval,
            21 if name == b"billing_interval_days" => &mut self.interval,
            _ => return self.order(name, cursor),
        };
        *slot = Some(cursor.value()?);
        Ok(true)
    }

    fn answer(&mut self, cursor: &mut Cursor<'a>) -> Result<bool, Malformed> {
        self.is_answer = true;
        cursor.value()?;
        Ok(true)
    }

    fn customer(&mut self, cursor: &mut Cursor<'a>) -> Result<bool, Malformed> {
        if cursor.peek() != Some(b'{') {
            let value = cursor.value()?;
            self.customer = Some(value).filter(|value| value.some_text().is_some());
            return Ok(true);
        }
        cursor.object(|name, cursor| {
            let slot = match name {
                b"id" => &mut self.customer_id,
                b"externalId" | b"external_id" => &mut self.customer,
                b"email" => &mut self.email,
                _ => return cursor.value().map(drop),
            };
            *slot = Some(cursor.value()?);
            Ok(())
        })?;
        Ok(true)
    }

    fn metadata(&mut self, cursor: &mut Cursor<'a>) -> Result<bool, Malformed> {
        if cursor.peek() != Some(b'{') {
            cursor.value()?;
            return Ok(true);
        }
        cursor.object(|name, cursor| match self.order(name, cursor)? {
            true => Ok(()),
            false => cursor.value().map(drop),
        })?;
        Ok(true)
    }

    /// The names that an order has.
    fn order(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<bool, Malformed> {
        let is_order = matches!(
            name,
            b"order"
                | b"orderId"
                | b"order_id"
                | b"orderNumber"
                | b"order_number"
                | b"orderRef"
                | b"order_ref"
                | b"orderReference"
                | b"order_reference"
                | b"invoiceId"
                | b"invoice_id"
                | b"invoiceNumber"
                | b"invoice_number"
        );
        if !is_order {
            return Ok(false);
        }
        let value = cursor.value()?;
        let inner = || value.member(b"id").or_else(|| value.member(b"number"));
        let named = if value.is_object() { inner() } else { Some(value) };
        self.order = named.filter(|value| value.some_text().is_some()).or(self.order);
        Ok(true)
    }
}

impl<'a> Loose<'a> {
    /// Reads an object to its end.
    ///
    /// # Errors
    /// When it is none, or ends too early.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut loose = Self::default();
        cursor.object(|name, cursor| loose.member(name, cursor))?;
        Ok(loose)
    }

    /// What a thing has comes first: most members of a body are of that kind.
    #[inline]
    fn member(&mut self, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        if self.thing.member(name, cursor)? {
            return Ok(());
        }
        let slot = match name {
            b"data" => return self.data(cursor),
            b"schema" => &mut self.schema,
            b"event" => &mut self.event,
            b"eventId" | b"event_id" => &mut self.event_id,
            b"environment" | b"mode" | b"livemode" | b"liveMode" => &mut self.environment,
            b"createdAt" | b"created_at" => &mut self.created_at,
            b"receivedAt" | b"received_at" | b"timestamp" | b"time" | b"ts" | b"@timestamp"
            | b"at" | b"sentAt" | b"sent_at" => &mut self.logged_at,
            b"signature" => &mut self.signature,
            b"method" | b"verb" | b"httpMethod" | b"http_method" | b"requestMethod"
            | b"request_method" => &mut self.method,
            b"url" | b"path" | b"uri" | b"endpoint" | b"href" | b"requestUrl" | b"request_url"
            | b"requestPath" | b"request_path" | b"requestUri" | b"request_uri" | b"baseURL"
            | b"baseUrl" | b"base_url" => return self.target(cursor),
            b"host" | b"hostname" => &mut self.host,
            b"statusCode" | b"status_code" | b"httpStatus" | b"http_status" | b"responseStatus"
            | b"response_status" | b"responseCode" | b"response_code" => &mut self.answered,
            b"body" | b"requestBody" | b"request_body" | b"requestData" | b"request_data" => {
                return self.body(true, cursor);
            }
            b"payload" | b"json" | b"params" => return self.body(false, cursor),
            b"bodyBase64" => &mut self.body_base64,
            b"request" | b"req" => &mut self.request,
            b"response" | b"res" | b"responseBody" | b"response_body" => &mut self.answer,
            b"level" | b"severity" | b"logger" | b"lvl" => return self.logged(cursor),
            b"log" | b"msg" | b"message" => return self.message(cursor),
            _ => return cursor.value().map(drop),
        };
        *slot = Some(cursor.value()?);
        Ok(())
    }

    fn logged(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        self.is_logged = true;
        cursor.value().map(drop)
    }

    fn message(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        self.is_logged = true;
        let value = cursor.value()?;
        self.packed = Some(value).filter(|it| it.bytes().starts_with(b"\"{")).or(self.packed);
        Ok(())
    }

    /// A URL and a path may stand beside each other, in any order.
    fn target(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let value = cursor.value()?;
        let is_url = memchr::memmem::find(value.bytes(), b"://").is_some();
        let slot = if is_url { &mut self.url } else { &mut self.path };
        *slot = Some(value).filter(|value| value.is_string()).or(*slot);
        Ok(())
    }

    /// The body, under a name of its own or under one that others have, too.
    fn body(&mut self, is_sure: bool, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let value = cursor.value()?;
        if value.is_object() || value.is_string() {
            let slot = if is_sure { &mut self.body } else { &mut self.perhaps_body };
            *slot = Some(value);
        }
        Ok(())
    }

    fn data(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        let mut thing = Thing::default();
        let is_object = cursor.peek() == Some(b'{');
        let raw = cursor.span(|cursor| {
            if is_object {
                thing = Thing::read(cursor)?;
                return Ok(());
            }
            cursor.value().map(drop)
        })?;
        self.data = Some((raw, thing));
        Ok(())
    }

    /// The body: under its own names, else `data`, else what else is called like one.
    #[must_use]
    pub fn any_body(&self) -> Option<Raw<'a>> {
        let data = || Some(self.data?.0).filter(|raw| raw.is_object() || raw.is_string());
        self.body.or_else(data).or(self.perhaps_body)
    }
}
