//! One line of each logger, proxy and HTTP client, as it writes them.

use rstest::rstest;

use super::*;

const AT: &str = "2026-11-25T15:16:51.000Z";

/// A time at `AT` in the words of the line.
fn written(line: &str) -> String {
    line.replace("TIME", "2026-11-25T15:16:51Z")
        .replace("MILLIS", "1795619811000")
        .replace("SECONDS", "1795619811.0")
        .replace("CLF", "25/Nov/2026:15:16:51 +0000")
}

#[rstest]
#[case::nginx_json(r#"{"time":"TIME","request":"POST /webhooks/mintcash HTTP/1.1","status":"200","request_time":"0.012","http_user_agent":"axios"}"#, 200, Some(12))]
#[case::nginx_parts(r#"{"time_local":"CLF","request_method":"POST","request_uri":"/webhooks/mintcash?x=1","status":503,"upstream_response_time":"0.004, 0.100"}"#, 503, Some(104))]
#[case::nginx_msec(r#"{"msec":"1795619811.000","request_method":"POST","uri":"/webhooks/mintcash/","status":"499","request_time":"10.001"}"#, 499, Some(10_001))]
#[case::caddy(r#"{"level":"info","ts":SECONDS,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.1","proto":"HTTP/2.0","method":"POST","host":"shop.example","uri":"/webhooks/mintcash","headers":{"User-Agent":["x"]}},"duration":0.0129,"size":2,"status":200,"resp_headers":{"Server":["Caddy"]}}"#, 200, Some(13))]
#[case::traefik(r#"{"ClientHost":"10.0.0.1","DownstreamStatus":502,"Duration":25000000,"OriginDuration":1,"OriginStatus":500,"RequestMethod":"POST","RequestPath":"/webhooks/mintcash","StartUTC":"TIME","level":"info","msg":"","time":"TIME"}"#, 502, Some(25))]
#[case::alb(r#"{"type":"https","time":"TIME","elb":"app/x","request_processing_time":0.001,"target_processing_time":0.048,"response_processing_time":0.001,"elb_status_code":200,"target_status_code":"200","request_verb":"POST","request_url":"https://shop.example:443/webhooks/mintcash","user_agent":"x"}"#, 200, Some(50))]
#[case::pino_http(r#"{"level":30,"time":MILLIS,"pid":1,"hostname":"web","req":{"id":1,"method":"POST","url":"/webhooks/mintcash","headers":{"user-agent":"x"}},"res":{"statusCode":401},"responseTime":5,"msg":"request completed"}"#, 401, Some(5))]
#[case::cloud(r#"{"severity":"INFO","timestamp":"TIME","httpRequest":{"requestMethod":"POST","requestUrl":"https://shop.example/webhooks/mintcash","status":200,"latency":"0.023s","userAgent":"x"}}"#, 200, Some(23))]
#[case::bare_duration_is_no_time(
    r#"{"time":"TIME","method":"POST","path":"/webhooks/mintcash","status":200,"duration":58.33}"#,
    200,
    None
)]
#[case::named_duration(r#"{"time":"TIME","method":"POST","path":"/webhooks/mintcash","status":200,"duration_ms":58.33}"#, 200, Some(58))]
#[case::combined(
    r#"10.0.0.1 - - [CLF] "POST /webhooks/mintcash HTTP/1.1" 200 2 "-" "x""#,
    200,
    None
)]
#[case::combined_with_a_bare_number(
    r#"10.0.0.1 - - [CLF] "POST /webhooks/mintcash HTTP/1.1" 200 2 "-" "x" 0.012"#,
    200,
    None
)]
#[case::combined_with_a_name(r#"10.0.0.1 - - [CLF] "POST /webhooks/mintcash HTTP/1.1" 200 2 "-" "x" "-" rt=0.012 urt="0.010""#, 200, Some(12))]
#[case::common(r#"10.0.0.1 - alice [CLF] "POST /webhooks/mintcash HTTP/1.1" 500 -"#, 500, None)]
#[case::vhost(
    r#"shop.example:443 10.0.0.1 - - [CLF] "POST /webhooks/mintcash HTTP/1.1" 204 0 "-" "a\"b" "#,
    204,
    None
)]
fn a_delivery_is_read_from_every_access_log(
    #[case] line: &str,
    #[case] status: u16,
    #[case] ms: Option<u32>,
) {
    let (told, _) = told(&written(line), Role::Deliveries);
    assert_eq!(told, Told::Hit { at: time(AT), status, ms });
}

#[rstest]
#[case::get(r#"{"time":"TIME","request":"GET /webhooks/mintcash HTTP/1.1","status":"200"}"#)]
#[case::other_path(r#"{"time":"TIME","request":"POST /checkout HTTP/1.1","status":"200"}"#)]
#[case::probe(r#"{"time":"TIME","request":"POST /webhooks/mintcash HTTP/1.1","status":"401","http_user_agent":"golive/0.1.0"}"#)]
#[case::no_path(r#"{"time":"TIME","method":"POST","status":200}"#)]
#[case::no_status(
    r#"{"time":"TIME","method":"POST","path":"/webhooks/mintcash","status":"succeeded"}"#
)]
fn what_is_no_delivery_counts_for_nothing(#[case] line: &str) {
    assert_eq!(told(&written(line), Role::Deliveries).0, Told::Nothing(Some(time(AT))));
}

#[rstest]
#[case::pino(r#"{"level":50,"time":MILLIS,"pid":1,"hostname":"web","err":{"type":"MintCashError","message":"m","code":"invalid_argument","details":{"requestId":"req_1"}},"externalId":"order-1","msg":"payment failed"}"#)]
#[case::bunyan(r#"{"name":"shop","hostname":"web","pid":1,"level":50,"err":{"code":"invalid_argument","message":"m","details":{"requestId":"req_1"}},"externalId":"order-1","msg":"x","time":"TIME","v":0}"#)]
#[case::winston_axios(r#"{"level":"error","message":"Request failed with status code 400","timestamp":"TIME","config":{"url":"https://api.mintcash.me/payments","method":"post","data":"{\"externalId\":\"order-1\",\"amount\":100}"},"response":{"status":400,"data":{"code":"invalid_argument","message":"m","details":{"requestId":"req_1"}}}}"#)]
#[case::structlog(r#"{"event":"mintcash call failed","level":"error","timestamp":"TIME","code":"invalid_argument","message":"m","request_id":"req_1","external_id":"order-1"}"#)]
#[case::python_json_logger(r#"{"asctime":"2026-11-25 15:16:51,000","levelname":"ERROR","name":"shop.mintcash","message":"m","code":"invalid_argument","request_id":"req_1","external_id":"order-1"}"#)]
#[case::zap(r#"{"level":"error","ts":SECONDS,"caller":"x.go:1","msg":"mintcash","code":"invalid_argument","requestId":"req_1","externalId":"order-1"}"#)]
#[case::slog(r#"{"time":"TIME","level":"ERROR","msg":"mintcash","error":{"code":"invalid_argument","message":"m","details":{"requestId":"req_1"}},"externalId":"order-1"}"#)]
#[case::logrus(r#"{"code":"invalid_argument","externalId":"order-1","level":"error","msg":"mintcash","requestId":"req_1","time":"TIME"}"#)]
#[case::monolog(r#"{"message":"mintcash","context":{"code":"invalid_argument","message":"m","requestId":"req_1","externalId":"order-1"},"level":400,"level_name":"ERROR","channel":"app","datetime":"2026-11-25T15:16:51.000000+00:00"}"#)]
#[case::serilog(r#"{"@t":"TIME","@l":"Error","@m":"MintCash refused","Error":{"Code":"invalid_argument","Message":"m","Details":{"RequestId":"req_1"}},"ExternalId":"order-1"}"#)]
#[case::ecs(r#"{"@timestamp":"TIME","log.level":"ERROR","message":"{\"code\":\"invalid_argument\",\"message\":\"m\",\"details\":{\"requestId\":\"req_1\"}}","externalId":"order-1"}"#)]
#[case::logback(r#"{"@timestamp":"TIME","level":"ERROR","level_value":40000,"logger_name":"shop.MintCash","message":"x","body":"{\"code\":\"invalid_argument\",\"message\":\"m\",\"details\":{\"requestId\":\"req_1\"}}","externalId":"order-1"}"#)]
#[case::cloud(r#"{"severity":"CRITICAL","timestamp":"TIME","jsonPayload":{"message":"x","response":{"code":"invalid_argument","message":"m","details":{"requestId":"req_1"}},"externalId":"order-1"}}"#)]
#[case::loguru(r#"{"text":"x","record":{"level":{"name":"ERROR","no":40},"time":{"timestamp":SECONDS},"message":"mintcash","extra":{"code":"invalid_argument","message":"x","request_id":"req_1","external_id":"order-1"}}}"#)]
#[case::docker(r#"{"log":"{\"level\":\"error\",\"msg\":\"mintcash\",\"code\":\"invalid_argument\",\"requestId\":\"req_1\",\"externalId\":\"order-1\"}\n","stream":"stdout","time":"TIME"}"#)]
#[case::text(r#"TIME ERROR [shop.payments] MintCash refused: code=invalid_argument requestId=req_1 externalId=order-1"#)]
#[case::text_in_brackets(r#"[TIME] production.ERROR: mintcash {"code":"invalid_argument","request_id":"req_1","external_id":"order-1"}"#)]
#[case::logfmt(r#"time="TIME" level=error msg="refused" code=invalid_argument request_id=req_1 external_id="order-1""#)]
fn an_error_that_has_to_do_with_mintcash_is_read_from_every_logger(#[case] line: &str) {
    let (told, mut room) = told(&written(line), Role::Application);
    let Told::Trouble(trouble) = told else { panic!("{told:?}") };
    assert_eq!(trouble.at, time(AT));
    assert_eq!(trouble.side, Side::Application);
    assert_eq!(trouble.code, Some(room.word(b"invalid_argument")));
    assert_eq!(trouble.request, Some(room.key(b"req_1")));
    assert_eq!(trouble.external, Some(room.key(b"order-1")));
}

#[rstest]
#[case::warning(r#"{"level":"warn","time":"TIME","msg":"mintcash slow","requestId":"req_1"}"#)]
#[case::pino_warning(r#"{"level":40,"time":MILLIS,"msg":"mintcash slow"}"#)]
#[case::info(r#"{"level":"info","time":"TIME","msg":"mintcash ok","externalId":"order-1"}"#)]
#[case::no_level(r#"{"@t":"TIME","@m":"MintCash paid","ExternalId":"order-1"}"#)]
#[case::another_s(r#"{"level":"error","time":"TIME","msg":"Stripe refused","requestId":"req_1"}"#)]
#[case::own(r#"{"level":"error","time":"TIME","msg":"database is gone","requestId":"5a0c1f0e"}"#)]
#[case::text(r#"TIME ERROR database is gone"#)]
#[case::text_info(r#"TIME INFO MintCash said error requestId=req_1"#)]
fn what_is_no_error_of_mintcash_counts_for_nothing(#[case] line: &str) {
    assert_eq!(told(&written(line), Role::Application).0, Told::Nothing(Some(time(AT))));
}

#[test]
fn a_line_of_a_stack_trace_is_garbage() {
    for line in [
        "    at Object.<anonymous> (mintcash.js:1:1)",
        "Traceback (most recent call last):",
        "",
        "{",
    ] {
        assert_eq!(told(line, Role::Application).0, Told::Garbage, "{line}");
    }
}

#[rstest]
#[case::nested(r#"{"time":"TIME","request":{"method":"POST","url":"https://api.mintcash.me/payments","body":{"externalId":"order-1","amount":100}},"response":{"status":409,"body":{"code":"already_exists","message":"m","details":{"requestId":"req_1"}}}}"#, Some(409))]
#[case::flat(r#"{"ts":"TIME","method":"POST","path":"/payments","status":409,"externalId":"order-1","response":"{\"code\":\"already_exists\",\"message\":\"m\",\"details\":{\"requestId\":\"req_1\"}}"}"#, Some(409))]
#[case::axios(r#"{"level":"error","time":MILLIS,"err":{"message":"Request failed with status code 409","code":"ERR_BAD_REQUEST","config":{"url":"/payments","baseURL":"https://api.mintcash.me","method":"post","data":"{\"externalId\":\"order-1\"}"},"response":{"status":409,"data":{"code":"already_exists","message":"m","details":{"requestId":"req_1"}}}}}"#, Some(409))]
#[case::header(r#"{"time":"TIME","url":"https://api.mintcash.me/payments","method":"POST","statusCode":409,"requestBody":{"externalId":"order-1"},"responseHeaders":{"x-request-id":"req_1"},"responseBody":{"code":"already_exists","message":"m","details":{}}}"#, Some(409))]
#[case::bare(r#"{"time":"TIME","status":409,"externalId":"order-1","error":{"code":"already_exists","message":"m","details":{"requestId":"req_1"}}}"#, Some(409))]
#[case::no_status(r#"{"time":"TIME","url":"https://api.mintcash.me/payments","externalId":"order-1","error":{"code":"already_exists","message":"m","details":{"requestId":"req_1"}}}"#, None)]
fn a_request_that_was_refused_is_an_error_of_the_api(
    #[case] line: &str,
    #[case] status: Option<u16>,
) {
    let (told, mut room) = told(&written(line), Role::Requests);
    let wanted = TroubleLine {
        at: time(AT),
        side: Side::Api,
        code: Some(room.word(b"already_exists")),
        status,
        request: Some(room.key(b"req_1")),
        external: Some(room.key(b"order-1")),
        resource: None,
    };
    assert_eq!(told, Told::Trouble(wanted));
}

#[test]
fn a_request_that_got_no_answer_is_an_error_and_the_path_names_the_payment() {
    let line = r#"{"time":"TIME","method":"POST","url":"https://api.mintcash.me/payments/pmt_1/refund","body":{"externalId":"refund-1"},"error":"connect ETIMEDOUT"}"#;
    let (told, room) = told(&written(line), Role::Requests);
    let Told::Trouble(trouble) = told else { panic!("{told:?}") };
    assert_eq!((trouble.status, trouble.code, trouble.request), (None, None, None));
    assert_eq!(trouble.resource, Some(room.key(b"pmt_1")));
    assert_eq!(trouble.external, Some(room.key(b"refund-1")));
}

#[rstest]
#[case::answered(r#"{"time":"TIME","method":"POST","url":"https://api.mintcash.me/payments","status":200,"body":{"externalId":"a","customer":{"externalId":"b"}}}"#)]
#[case::elsewhere(r#"{"time":"TIME","method":"POST","url":"https://api.stripe.com/v1/payments","status":402,"body":{"externalId":"a"}}"#)]
#[case::incoming(r#"{"time":"TIME","method":"POST","path":"/webhooks/mintcash","status":500}"#)]
#[case::another_path(r#"{"time":"TIME","method":"GET","path":"/favicon.ico","status":404}"#)]
#[case::status_of_a_payment(r#"{"time":"TIME","url":"https://api.mintcash.me/payments","response":{"status":200,"body":{"id":"p","status":"failed","failureCode":"expired"}}}"#)]
fn what_is_no_error_of_the_api_counts_for_nothing(#[case] line: &str) {
    assert_eq!(told(&written(line), Role::Requests).0, Told::Nothing(Some(time(AT))));
}

#[test]
fn the_customer_s_id_is_not_taken_for_the_payment_s() {
    let line = r#"{"time":"TIME","url":"https://api.mintcash.me/payments","status":500,"body":{"customer":{"externalId":"customer-1"}}}"#;
    let Told::Trouble(trouble) = told(&written(line), Role::Requests).0 else { panic!() };
    assert_eq!(trouble.external, None);
}
