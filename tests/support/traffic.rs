//! A log of a merchant's requests and of the events that came back, as large as one likes: seeded,
//! so that it is the same every time.
//!
//! Used by the benchmark of the logs and by the test that measures memory. Each intent is a payment
//! with its request and two or three events, in the documented dialect for one in four, now and
//! then sent or delivered twice, or failed and tried again under another id. One intent in
//! [`WRONG_EVERY`] has a changed amount.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// One intent in so many is wrong.
pub const WRONG_EVERY: u64 = 10_007;

/// How much was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lines {
    /// Lines in `requests.jsonl`.
    pub requests: u64,
    /// Lines in `events.jsonl`.
    pub events: u64,
    /// Different intents.
    pub intents: u64,
}

/// A generator of numbers that look random (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn uuid(&mut self) -> String {
        let (one, two) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            one >> 32,
            one & 0xffff,
            (one >> 16) & 0xfff,
            (two >> 52) & 0xfff,
            two & 0xffff_ffff_ffff
        )
    }
}

const NAMES: [&str; 5] =
    ["Zoë Müller", "Ann \\\"A\\\" Bell", "José Ñandú", "王小明", "O'Brien \\\\ Sons"];

/// Writes `requests.jsonl` and `events.jsonl` of about `bytes` together.
pub fn write(folder: &Path, bytes: u64) -> Lines {
    let create =
        |name: &str| BufWriter::with_capacity(1 << 20, File::create(folder.join(name)).unwrap());
    let (mut requests, mut events) = (create("requests.jsonl"), create("events.jsonl"));
    let mut lines = Lines::default();
    let mut random = Random(42);
    let mut written = 0;
    let mut text = String::new();
    while written < bytes {
        let intent = Intent::draw(lines.intents, &mut random);
        lines.intents += 1;
        text.clear();
        lines.requests += intent.requests(&mut text);
        requests.write_all(text.as_bytes()).unwrap();
        written += text.len() as u64;
        text.clear();
        lines.events += intent.events(&mut text, &mut random);
        events.write_all(text.as_bytes()).unwrap();
        written += text.len() as u64;
    }
    requests.flush().unwrap();
    events.flush().unwrap();
    lines
}

struct Intent {
    number: u64,
    payment: String,
    customer: u64,
    name: &'static str,
    cents: u64,
    outcome: u64,
    documented: bool,
    repeated: bool,
    wrong: bool,
}

impl Intent {
    fn draw(number: u64, random: &mut Random) -> Self {
        Self {
            number,
            payment: random.uuid(),
            customer: random.below(400_000),
            name: NAMES.iter().copied().cycle().nth(random.below(5) as usize).unwrap(),
            cents: 99 + random.below(50_000),
            outcome: random.below(100),
            documented: random.below(4) == 0,
            repeated: random.below(20) == 0,
            wrong: number % WRONG_EVERY == 7,
        }
    }

    fn request(&self, id: &str, cents: u64, second: u64, text: &mut String) {
        let Self { number, customer, name, .. } = self;
        let (hour, minute) = (number / 3600 % 24, number / 60 % 60);
        writeln!(
            text,
            r#"{{"time":"2026-11-23T{hour:02}:{minute:02}:{second:02}.120Z","level":"info","msg":"mintcash request","method":"POST","url":"https://api.mintcash.me/payments","status":200,"ms":181,"body":{{"amount":{cents},"currency":"USD","externalId":"{id}","customer":{{"externalId":"cus-{customer}","email":"user{customer}@example.com","name":"{name}"}},"billing":{{"country":"DE","postalCode":"10115"}},"returnUrl":"https://shop.example/orders/{number}/thanks","metadata":{{"order_id":"{number}","cart":"web"}}}}}}"#
        )
        .unwrap();
    }

    /// The request, now and then sent twice, and after a failure another one with an id of its own.
    fn requests(&self, text: &mut String) -> u64 {
        let id = format!("ord-{}", self.number);
        self.request(&id, self.cents, 1, text);
        let mut count = 1;
        if self.repeated || self.wrong {
            let cents = if self.wrong { self.cents + 100 } else { self.cents };
            self.request(&id, cents, 3, text);
            count += 1;
        }
        if self.outcome < 8 {
            self.request(&format!("{id}-2"), self.cents, 40, text);
            count += 1;
        }
        count
    }

    fn events(&self, text: &mut String, random: &mut Random) -> u64 {
        let id = format!("ord-{}", self.number);
        let mut count = 0;
        let mut deliver = |event: &str, id: &str, text: &mut String| {
            let event_id = random.uuid();
            let times = if self.repeated { 2 } else { 1 };
            for _ in 0..times {
                self.event(event, id, &event_id, text);
            }
            count += times;
        };
        deliver("pending", &id, text);
        if self.outcome < 8 {
            deliver("failed", &id, text);
            deliver("succeeded", &format!("{id}-2"), text);
        } else {
            deliver("succeeded", &id, text);
        }
        count
    }

    fn event(&self, status: &str, id: &str, event_id: &str, text: &mut String) {
        let Self { number, payment, customer, name, .. } = self;
        let (hour, minute) = (number / 3600 % 24, number / 60 % 60);
        let amount = format!("{}.{:02}", self.cents / 100, self.cents % 100);
        let amount = amount.trim_end_matches('0').trim_end_matches('.');
        let failure = if status == "failed" { "\"issuer_decline\"" } else { "null" };
        write!(
            text,
            r#"{{"eventId":"{event_id}","event":"payment.{status}","type":"payment","apiVersion":"2026-05-01","environment":"live","createdAt":"2026-11-23T{hour:02}:{minute:02}:09.345Z","data":{{"id":"{payment}","externalId":"{id}","status":"{status}","amount":{amount},"currency":"USD","providerTransactionId":"cpi_{}","failureCode":{failure},"failureMessage":null,"amountRefunded":0,"amountRefundable":{amount},"customer":{{"id":"{payment}","externalId":"cus-{customer}","email":"user{customer}@example.com","name":"{name}","phone":null}},"billingAddress":{{"country":"DE","postalCode":"10115","name":null,"line1":null,"line2":null,"city":null,"state":null}},"card":{{"brand":"visa","last4":"0000","#,
            &event_id[..16]
        )
        .unwrap();
        if self.documented {
            writeln!(
                text,
                r#""expMonth":3,"expYear":2035}},"cardToken":"tok_{event_id}","createdAt":"2026-11-23T10:00:00.000Z","updatedAt":"2026-11-23T10:00:09.000Z"}}}}"#
            )
            .unwrap();
        } else {
            writeln!(
                text,
                r#""first6":"441239","mask":"441239******0000","expMonth":"03","expYear":"35"}}}}}}"#
            )
            .unwrap();
        }
    }
}
