//! What may be shown is shown, and nothing about people is.

use proptest::prelude::*;

use super::*;

const EVENT: &str = r#"{"eventId":"0b5fd0a5-4f0f-4f0e-8a53-1d8e2b0ab8a1","event":"payment.failed","type":"payment","apiVersion":"2026-05-01","environment":"live","createdAt":"2026-06-30T10:11:12.345Z","data":{"id":"7c1c9f0e-7d55-4a3b-9d35-0f5a8e3b2c11","externalId":"order-17","status":"failed","amount":25.5,"currency":"USD","failureCode":"expired","failureMessage":null,"customer":{"id":"c-1","externalId":"customer-9","email":"ann@example.com","name":"Ann Lee","phone":"+1 555 0100"},"billingAddress":{"country":"US","postalCode":"10001"},"card":{"brand":"visa","first6":"441239","last4":"1234"}}}"#;

#[test]
fn an_event_is_shown_without_its_customer() {
    let (shown, ids) = mask(EVENT.as_bytes(), Role::Events);
    assert_eq!(
        shown,
        r#"{"eventId":"0b5fd0a5-4f0f-4f0e-8a53-1d8e2b0ab8a1", "event":"payment.failed", "type":"payment", "apiVersion":"2026-05-01", "environment":"live", "createdAt":"2026-06-30T10:11:12.345Z", "data":{"id":"7c1c9f0e-7d55-4a3b-9d35-0f5a8e3b2c11", "externalId":"order-17", "status":"failed", "amount":25.5, "currency":"USD", "failureCode":"expired", "failureMessage":null, …}}"#
    );
    let wanted = [
        ("externalId", "order-17"),
        ("eventId", "0b5fd0a5-4f0f-4f0e-8a53-1d8e2b0ab8a1"),
        ("id", "7c1c9f0e-7d55-4a3b-9d35-0f5a8e3b2c11"),
        ("time", "2026-06-30T10:11:12.345Z"),
    ];
    assert_eq!(ids, wanted.map(|(name, id)| (name, id.to_owned())));
}

#[test]
fn a_line_of_an_access_log_is_shown_without_who_sent_it() {
    let line = br#"203.0.113.7 - ann [25/Nov/2026:15:16:51 +0000] "POST /webhooks/mintcash/s3cr3t?token=abc HTTP/1.1" 200 2 "https://x.example/ann" "axios/1" rt=0.012"#;
    let (shown, ids) = mask(line, Role::Deliveries);
    assert_eq!(shown, "… [2026-11-25T15:16:51.000Z] \"POST /webhooks/mintcash/…\" 200 12 ms …");
    assert_eq!(ids, [("time", "2026-11-25T15:16:51.000Z".to_owned())]);
}

#[test]
fn a_line_of_text_is_shown_with_its_ids_and_without_its_words() {
    let line = b"2026-11-25T15:16:51Z ERROR MintCash refused Ann Lee <ann@example.com>: code=invalid_argument requestId=req_1 externalId=order-17 email=ann@example.com key=sk_live_abc";
    let (shown, ids) = mask(line, Role::Application);
    assert_eq!(
        shown,
        "2026-11-25T15:16:51.000Z error code=invalid_argument requestId=req_1 externalId=order-17 …"
    );
    assert_eq!(ids.first(), Some(&("requestId", "req_1".to_owned())));
}

#[test]
fn an_external_id_that_is_an_e_mail_address_or_a_card_is_not_shown() {
    for id in [
        "ann@example.com",
        "4111111111111111",
        "4111-1111-1111-1111",
        "sk_live_abc",
        "10.0.0.1",
        "Ann Lee",
    ] {
        let line = EVENT.replace("order-17", id);
        let (shown, ids) = mask(line.as_bytes(), Role::Events);
        assert!(!shown.contains(id) && !ids.iter().any(|(_, it)| it == id), "{id}: {shown}");
    }
}

/// What must never be shown, wherever it stands.
const PERSONAL: [&str; 12] = [
    "ann.lee@example.com",
    "Ann Lee",
    "+1 555 010 0100",
    "12 Elm Street",
    "441239******1234",
    "4111111111111111",
    "4111 1111 1111 1111",
    "Bearer abcdefghijkl",
    "sk_live_4f9d8a7b6c5e",
    "tok_4f9d8a7b6c5e",
    "203.0.113.77",
    "2001:db8::7",
];

/// Places that hold a text, each with what goes there for `HERE`.
const PLACES: [&str; 44] = [
    r#"{"eventId":"HERE","event":"payment.failed","createdAt":"2026-06-30T10:11:12Z","data":{"id":"a"}}"#,
    r#"{"eventId":"e","event":"HERE","createdAt":"2026-06-30T10:11:12Z","data":{"id":"a"}}"#,
    r#"{"eventId":"e","event":"payment.failed","createdAt":"HERE","data":{"id":"a"}}"#,
    r#"{"eventId":"e","event":"payment.failed","environment":"HERE","data":{"id":"a"}}"#,
    r#"{"eventId":"e","event":"payment.failed","apiVersion":"HERE","data":{"id":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"externalId":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"status":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"currency":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"amount":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"failureCode":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"failureMessage":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"customer":{"id":"HERE"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"customer":{"name":"HERE"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"customer":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"billingAddress":{"line1":"HERE"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"card":{"mask":"HERE","last4":"HERE"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"card":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"cardToken":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"metadata":{"id":"HERE"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"description":"HERE"}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"HERE":{"id":"a"}}}"#,
    r#"{"eventId":"e","event":"payment.failed","data":{"HERE":"a"}}"#,
    r#"{"level":"error","msg":"HERE","time":"2026-06-30T10:11:12Z"}"#,
    r#"{"level":"HERE","msg":"mintcash","time":"2026-06-30T10:11:12Z"}"#,
    r#"{"level":"error","err":{"message":"HERE","stack":"HERE"},"time":"2026-06-30T10:11:12Z"}"#,
    r#"{"level":"error","err":{"code":"HERE"},"time":"2026-06-30T10:11:12Z"}"#,
    r#"{"level":"error","user":{"id":"HERE"},"time":"2026-06-30T10:11:12Z"}"#,
    r#"{"level":"error","ip":"HERE","remoteAddr":"HERE","time":"2026-06-30T10:11:12Z"}"#,
    r#"{"headers":{"authorization":"HERE","x-request-id":"HERE"},"time":"2026-06-30T10:11:12Z"}"#,
    r#"{"authorization":"HERE","url":"https://api.mintcash.me/payments","time":"2026-06-30T10:11:12Z"}"#,
    r#"{"url":"https://user:HERE@api.mintcash.me/payments?a=HERE","time":"2026-06-30T10:11:12Z"}"#,
    r#"{"url":"https://api.mintcash.me/HERE","method":"HERE"}"#,
    r#"{"url":"https://HERE/payments","path":"/HERE/payments"}"#,
    r#"{"body":"{\"name\":\"HERE\",\"externalId\":\"HERE\"}"}"#,
    r#"{"body":"HERE","payload":"HERE","message":"HERE"}"#,
    r#"{"responseTime":"HERE","ms":"HERE","statusCode":"HERE"}"#,
    r#"{"errors":["HERE",{"id":"HERE"}]}"#,
    r#"HERE - HERE [25/Nov/2026:15:16:51 +0000] "POST /HERE HTTP/1.1" 200 2 "HERE" "HERE""#,
    r#"HERE [25/Nov/2026:15:16:51 +0000] "HERE /webhooks HTTP/1.1" 200 2 "-" "x" HERE rt=HERE"#,
    "2026-11-25T15:16:51Z ERROR mintcash HERE",
    "2026-11-25T15:16:51Z HERE mintcash requestId=HERE externalId: HERE",
    r#"2026-11-25T15:16:51Z ERROR mintcash {"externalId":"HERE","code":"HERE","status":"HERE"}"#,
    "HERE",
    r#"{"schema":"golive.received/1","id":"r","receivedAt":"2026-11-25T15:16:51Z","path":"/HERE","signature":"HERE","headers":{"a":"HERE"},"body":"HERE"}"#,
];

#[test]
fn nothing_about_people_survives_wherever_it_stands() {
    for place in PLACES {
        for personal in PERSONAL {
            let line = place.replace("HERE", personal);
            for role in [Role::Events, Role::Deliveries, Role::Requests, Role::Application] {
                let (shown, ids) = mask(line.as_bytes(), role);
                let all = format!("{shown} {ids:?}");
                // The first word of what stands unquoted may be taken for the whole value.
                assert!(!all.contains(personal), "{line}\n{all}");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_whatever_stop_the_program_and_names_and_addresses_stay_hidden(
        place in prop::sample::select(&PLACES[..]),
        name in "[A-Z][a-z]{3,9}(-[A-Z][a-z]{2,8})? [A-Z][a-z]{3,9}",
        user in "[a-z]{3,9}\\.[a-z]{3,9}",
        cut in any::<prop::sample::Index>(),
    ) {
        let mail = format!("{user}@shop.example");
        for personal in [&name, &mail] {
            let line = place.replace("HERE", personal);
            let cut = cut.index(line.len() + 1);
            for line in [line.as_bytes(), line.as_bytes().get(..cut).unwrap_or_default()] {
                let (shown, ids) = mask(line, Role::Application);
                let all = format!("{shown} {ids:?}");
                prop_assert!(!all.contains(personal.as_str()), "{}", all);
            }
        }
    }

    #[test]
    fn any_bytes_are_masked(bytes in prop::collection::vec(any::<u8>(), 0..200), json in "[{}\\[\\]\",:a-z0-9\\\\ ]{0,60}") {
        let _ = (mask(&bytes, Role::Events), mask(json.as_bytes(), Role::Application));
    }
}
