//! Which member of a log line is what, by the names that loggers, proxies and HTTP clients use.
//!
//! Used by [`facts`](super::facts). Names are compared without case, underscores, hyphens, points
//! and at signs, so that `requestId`, `request_id` and `x-request-id` are near each other. The rule
//! it keeps: a name stands in exactly one place, here.

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// When the line was written; smaller is surer.
    Time(u8),
    Level,
    /// A level as a number of another scale: at least so much is an error.
    LevelFrom(u32),
    /// An HTTP status that can be nothing else.
    HttpStatus,
    /// An HTTP status of what stands behind the proxy.
    BehindStatus,
    /// A status of whatever.
    Status,
    Code,
    ErrorCode,
    Message,
    Details,
    RequestId,
    ExternalId,
    ResourceId,
    SubscriptionId,
    Id,
    Url,
    Host,
    Method,
    RequestLine,
    Agent,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Seconds with three decimals, as nginx writes them.
    NginxSeconds,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
    /// How long it took, in a unit that the value has to say.
    Took,
    /// A part of how long it took, in seconds.
    PartSeconds,
    /// An error, as a text or an object.
    Error,
    EventId,
    Event,
    CreatedAt,
    Environment,
    Request,
    Answer,
    Headers,
    Body,
    /// People, cards and addresses: nothing in there counts.
    Person,
    Other,
}

/// A name as it is compared; longer ones are cut.
pub(in crate::events) struct Plain {
    bytes: [u8; 32],
    length: usize,
}

impl Plain {
    pub(in crate::events) fn of(name: &[u8]) -> Self {
        let mut plain = Self { bytes: [0; 32], length: 0 };
        let kept = name.iter().filter(|byte| !matches!(byte, b'_' | b'-' | b'.' | b'@' | b' '));
        for (slot, byte) in plain.bytes.iter_mut().zip(kept) {
            *slot = byte.to_ascii_lowercase();
            plain.length += 1;
        }
        plain
    }

    pub(in crate::events) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What a member of that name is. `written` is the name as it stands on the line.
pub(super) fn name(plain: &Plain, written: &[u8]) -> Name {
    times(plain.bytes())
        .or_else(|| ids(plain.bytes()))
        .or_else(|| http(plain.bytes()))
        .or_else(|| took(plain.bytes(), written))
        .or_else(|| error(plain.bytes()))
        .unwrap_or(Name::Other)
}

fn times(plain: &[u8]) -> Option<Name> {
    Some(match plain {
        b"time" | b"timestamp" | b"ts" | b"datetime" | b"asctime" | b"receivedat"
        | b"timeiso8601" | b"msec" | b"startutc" | b"eventtime" | b"isotime" => Name::Time(1),
        b"t" | b"date" | b"at" | b"timelocal" | b"sentat" | b"requestedat" | b"loggedat"
        | b"starttime" | b"startedat" | b"requesttimeepoch" | b"timeunix" => Name::Time(2),
        b"createdat" => Name::CreatedAt,
        b"level" | b"severity" | b"lvl" | b"loglevel" | b"levelname" | b"severitytext" | b"l" => {
            Name::Level
        }
        b"levelno" => Name::LevelFrom(40),
        b"levelvalue" => Name::LevelFrom(40_000),
        b"severitynumber" => Name::LevelFrom(17),
        _ => return None,
    })
}

fn ids(plain: &[u8]) -> Option<Name> {
    Some(match plain {
        b"requestid" | b"xrequestid" | b"reqid" | b"mintcashrequestid" | b"providerrequestid" => {
            Name::RequestId
        }
        b"externalid" => Name::ExternalId,
        b"paymentid" | b"refundid" | b"resourceid" | b"mintcashid" | b"mintcashpaymentid" => {
            Name::ResourceId
        }
        b"subscriptionid" => Name::SubscriptionId,
        b"id" => Name::Id,
        b"eventid" => Name::EventId,
        b"event" | b"eventname" => Name::Event,
        b"environment" | b"livemode" => Name::Environment,
        b"code" => Name::Code,
        b"errorcode" | b"failurecode" => Name::ErrorCode,
        b"message" | b"msg" | b"m" => Name::Message,
        b"details" => Name::Details,
        _ => return None,
    })
}

fn http(plain: &[u8]) -> Option<Name> {
    Some(match plain {
        b"status" => Name::Status,
        b"statuscode"
        | b"httpstatus"
        | b"httpstatuscode"
        | b"responsestatus"
        | b"responsestatuscode"
        | b"responsecode"
        | b"elbstatuscode"
        | b"downstreamstatus" => Name::HttpStatus,
        b"upstreamstatus" | b"originstatus" | b"targetstatuscode" => Name::BehindStatus,
        b"url" | b"uri" | b"path" | b"endpoint" | b"href" | b"requesturl" | b"requestpath"
        | b"requesturi" | b"baseurl" | b"fullurl" | b"originalurl" | b"httptarget" | b"urlpath"
        | b"urlfull" | b"httpurl" => Name::Url,
        b"host" | b"hostname" | b"requesthost" | b"serveraddress" | b"netpeername" => Name::Host,
        b"method" | b"verb" | b"httpmethod" | b"requestmethod" | b"requestverb"
        | b"httprequestmethod" => Name::Method,
        b"requestline" => Name::RequestLine,
        b"useragent" | b"httpuseragent" | b"requestuseragent" | b"agent" | b"useragentoriginal" => {
            Name::Agent
        }
        b"request" | b"req" | b"httprequest" | b"config" => Name::Request,
        b"response" | b"res" | b"resp" | b"answer" | b"responsebody" | b"responsedata" => {
            Name::Answer
        }
        b"headers" | b"reqheaders" | b"requestheaders" | b"respheaders" | b"responseheaders"
        | b"resheaders" => Name::Headers,
        b"body" | b"requestbody" | b"requestdata" | b"payload" | b"json" | b"data" | b"params"
        | b"rawbody" => Name::Body,
        b"customer" | b"billing" | b"billingaddress" | b"card" | b"user" | b"address" => {
            Name::Person
        }
        _ => return None,
    })
}

/// Names that have a unit behind them.
const TOOK: [&[u8]; 8] = [
    b"duration",
    b"latency",
    b"elapsed",
    b"took",
    b"responsetime",
    b"requesttime",
    b"elapsedtime",
    b"processingtime",
];

/// How long something took. A number without a unit may be anything, so the unit has to stand in
/// the name, or the name has to be one program's own.
fn took(plain: &[u8], written: &[u8]) -> Option<Name> {
    if written == b"responseTime" {
        return Some(Name::Millis); // pino-http, express-winston
    }
    if matches!(written, b"request_time" | b"upstream_response_time") {
        return Some(Name::NginxSeconds);
    }
    Some(match plain {
        b"requestprocessingtime" | b"targetprocessingtime" | b"responseprocessingtime" => {
            Name::PartSeconds
        }
        b"duration" | b"latency" | b"elapsed" | b"took" => Name::Took,
        b"ms" => Name::Millis,
        _ => {
            let unit = TOOK.iter().find_map(|what| plain.strip_prefix(*what))?;
            match unit {
                b"ms" | b"millis" | b"msec" | b"milliseconds" | b"inms" => Name::Millis,
                b"s" | b"sec" | b"secs" | b"seconds" => Name::Seconds,
                b"us" | b"micros" | b"microseconds" | b"usec" => Name::Micros,
                b"ns" | b"nanos" | b"nanoseconds" | b"nsec" => Name::Nanos,
                _ => return None,
            }
        }
    })
}

fn error(plain: &[u8]) -> Option<Name> {
    let is_error = matches!(
        plain,
        b"err"
            | b"error"
            | b"errors"
            | b"exception"
            | b"exc"
            | b"excinfo"
            | b"x"
            | b"cause"
            | b"errormessage"
            | b"exceptionmessage"
    );
    is_error.then_some(Name::Error)
}
