//! Answers that are read as they come, without a server.

use std::time::Duration;

use bitpay_core::call::{Incoming as _, Settings, Step};
use bitpay_core::error::{ApiErrorKind, ErrorKind, TransportError, TransportErrorKind};
use bitpay_core::model::invoice::{
    InvoiceEventToken, InvoiceStatus, ListInvoices, SubscribeInvoiceEvents,
};
use bitpay_core::model::settlement::GetSettlementReport;
use bitpay_core::stream::{StreamCall, Streamable};
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Answer, Config, Environment, Error, Grant, Merchant, PrivateKey, RawRequest,
    ResourceToken,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

const LIMIT: usize = 4096;

fn merchant() -> Grant<Merchant> {
    let token = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
        .parse()
        .unwrap();
    Grant::new(token, PrivateKey::from_bytes(&[7; 32]).unwrap())
}

/// What a server answers to a try.
#[derive(Clone)]
struct Reply {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    /// The connection is closed before the end.
    closed: bool,
}

impl Reply {
    fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            kind: "application/json",
            body: body.into(),
            closed: false,
        }
    }

    fn events(body: impl Into<Vec<u8>>) -> Self {
        Self {
            kind: "text/event-stream; charset=utf-8",
            ..Self::ok(body)
        }
    }

    fn closed(self) -> Self {
        Self {
            closed: true,
            ..self
        }
    }
}

/// What a stream gave: its items, and how it ended.
struct Read<E: Streamable> {
    items: Vec<E::Item>,
    end: Result<Option<Answer<E::Response>>, Error>,
    tries: usize,
}

/// Reads the replies, one for each try, in chunks of this size.
fn read<E: Streamable + Allows<Grant<Merchant>>>(
    request: E,
    replies: &[Reply],
    size: usize,
) -> Read<E> {
    let config = Config::new(Environment::Test).max_body(LIMIT);
    let settings = Settings::new(&config).unwrap();
    let base = config.environment.base_url();
    let mut call = StreamCall::new(&request, &base, &merchant(), &settings).unwrap();
    let (mut items, mut tries) = (Vec::new(), 0);
    let mut now = Timestamp::UNIX_EPOCH;
    loop {
        match call.step(now, 0) {
            Step::Note(_) => panic!("there is no journal"),
            Step::Sign(_) => panic!("the key is in memory"),
            Step::Sleep(pause) => now += pause,
            Step::Done(end) => {
                while let Some(item) = call.next() {
                    items.push(item);
                }
                return Read { items, end, tries };
            }
            Step::Send(_) => {
                let reply = replies[tries.min(replies.len() - 1)].clone();
                tries += 1;
                let mut headers = HeaderMap::new();
                headers.insert("content-type", HeaderValue::from_static(reply.kind));
                headers.insert("content-length", reply.body.len().into());
                let status = StatusCode::from_u16(reply.status).unwrap();
                let mut goes_on = call.head(status, headers);
                for chunk in reply.body.chunks(size.max(1)) {
                    goes_on = goes_on && call.body(chunk);
                    while let Some(item) = call.next() {
                        items.push(item);
                    }
                }
                if goes_on && reply.closed {
                    call.failed(TransportError::new(TransportErrorKind::Closed, None));
                } else if goes_on {
                    call.end();
                }
            }
        }
    }
}

fn raw() -> RawRequest {
    RawRequest::new(Method::GET, ["rows"]).reads()
}

/// The rows and what is around them, of any JSON.
fn split(document: &str, size: usize) -> Result<(Vec<Value>, Value), String> {
    let got = read(raw(), &[Reply::ok(document)], size);
    let rows = got.items.iter().map(|row| row.read().unwrap()).collect();
    match got.end {
        Ok(rest) => Ok((rows, serde_json::from_slice(rest.unwrap().body()).unwrap())),
        Err(error) => Err(error.to_string()),
    }
}

fn invoice(number: u32) -> Value {
    json!({ "id": format!("i{number}"), "status": "new", "price": 5, "currency": "USD" })
}

fn list() -> ListInvoices {
    ListInvoices::new("2026-03-01".parse().unwrap(), "2026-03-02".parse().unwrap())
}

fn report() -> GetSettlementReport {
    GetSettlementReport::new("s1".parse().unwrap(), ResourceToken::new("token"))
}

fn ids(read: &Read<ListInvoices>) -> Vec<&str> {
    read.items.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn a_list_is_read_with_and_without_an_envelope_and_in_any_pieces() {
    let rows = json!([invoice(1), invoice(2)]);
    let documents = [
        rows.to_string(),
        json!({ "facade": "merchant/invoice", "data": rows }).to_string(),
        format!("\u{feff} {{\"data\" : {rows:#} , \"more\": [1, {{\"data\": [2]}}]}}"),
        // A name written in another way is not taken apart, but nothing is lost.
        format!("{{\"d\\u0061ta\": {rows}}}"),
    ];
    for document in documents {
        for size in [1, 2, 7, 64, document.len()] {
            let got = read(list(), &[Reply::ok(document.clone())], size);
            assert_eq!(ids(&got), ["i1", "i2"], "{document} by {size}");
            assert!(got.end.unwrap().unwrap().is_empty());
        }
    }
    let empty = read(list(), &[Reply::ok("{\"data\":[]}")], 3);
    assert!(empty.items.is_empty() && empty.end.is_ok());
}

#[test]
fn a_report_gives_its_entries_first_and_then_what_is_around_them() {
    let entries = json!([{ "code": 1000, "amount": 5.10 }, { "code": 1023, "amount": -0.05 }]);
    let mut data = json!({
        "id": "s1", "status": "processing", "currency": "EUR", "totalAmount": 35.88,
        "withholdings": [{ "amount": 8.21, "code": "W005" }],
    });
    data["ledgerEntries"] = entries;
    for document in [data.to_string(), json!({ "data": data }).to_string()] {
        for size in [1, 5, 1000] {
            let got = read(report(), &[Reply::ok(document.clone())], size);
            let amounts: Vec<String> = got.items.iter().map(|it| it.amount.to_string()).collect();
            assert_eq!(amounts, ["5.1", "-0.05"]);
            let rest = got.end.unwrap().unwrap();
            assert!(rest.ledger_entries.is_empty());
            assert_eq!(rest.settlement.withholdings.len(), 1);
            assert_eq!(rest.settlement.total_amount, "35.88".parse().ok());
        }
    }
}

#[test]
fn more_rows_than_the_memory_allowed_for_one_answer_are_read() {
    let rows: Vec<Value> = (0..1000).map(invoice).collect();
    let document = json!({ "data": rows }).to_string();
    assert!(document.len() > 10 * LIMIT);
    let got = read(list(), &[Reply::ok(document)], 1000);
    assert_eq!(got.items.len(), 1000);
    assert!(got.end.is_ok());
}

#[test]
fn a_row_or_a_rest_that_is_too_long_is_refused() {
    let long = "x".repeat(2 * LIMIT);
    for document in [
        format!("[{{\"id\":\"{long}\"}}]"),
        format!("{{\"facade\":\"{long}\",\"data\":[]}}"),
        format!("[{}", "9".repeat(2 * LIMIT)),
    ] {
        let error = read(raw(), &[Reply::ok(document)], 100).end.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Transport(it) if it.kind == TransportErrorKind::TooLarge),
            "{error}"
        );
    }
}

#[test]
fn what_fails_before_the_first_row_is_asked_for_again() {
    let good = Reply::ok(json!({ "data": [invoice(1)] }).to_string());
    let cut = Reply::ok("{\"data\": [{\"id\":").closed();
    let gone = Reply {
        status: 503,
        ..Reply::ok("")
    };
    let got = read(list(), &[cut, gone, good], 5);
    assert_eq!((ids(&got), got.tries), (vec!["i1"], 3));
    assert!(got.end.is_ok());
}

#[test]
fn what_fails_after_a_row_says_how_far_it_came_and_is_not_asked_for_again() {
    let whole = json!({ "data": [invoice(1), invoice(2), invoice(3)] }).to_string();
    let cut = &whole[..whole.find("i3").unwrap()];
    let got = read(
        list(),
        &[Reply::ok(cut).closed(), Reply::ok(whole.clone())],
        16,
    );
    assert_eq!((ids(&got), got.tries), (vec!["i1", "i2"], 1));
    let error = got.end.unwrap_err();
    assert_eq!(error.items_received(), 2);
    assert!(
        error.to_string().ends_with("after 2 items had come"),
        "{error}"
    );

    // Cut off where an HTTP library does not notice.
    let got = read(list(), &[Reply::ok(cut)], 16);
    let error = got.end.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
    assert_eq!(error.items_received(), 2);
}

#[test]
fn an_error_that_comes_after_rows_is_an_error() {
    let body = json!({ "data": [invoice(1)], "status": "error", "message": "too many requests" });
    let got = read(list(), &[Reply::ok(body.to_string())], 9);
    assert_eq!(ids(&got), ["i1"]);
    let error = got.end.unwrap_err();
    assert!(error.api().is_some());
    assert_eq!((error.items_received(), got.tries), (1, 1));
}

#[test]
fn a_row_that_cannot_be_read_is_named_by_its_id() {
    let body = json!({ "data": [invoice(1), { "id": "i2", "status": "new", "price": "much" }] });
    let got = read(list(), &[Reply::ok(body.to_string())], 33);
    assert_eq!(ids(&got), ["i1"]);
    match got.end.unwrap_err().kind() {
        ErrorKind::Decode(error) => assert_eq!(error.id.as_deref(), Some("i2")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refusal_is_read_as_for_any_other_call() {
    for (status, body, kind) in [
        (
            500,
            "{\"error\":\"Unauthorized sin\"}",
            ApiErrorKind::NotPaired,
        ),
        (
            200,
            "{\"status\":\"error\",\"data\":null,\"error\":\"Invalid token\"}",
            ApiErrorKind::InvalidToken,
        ),
        (403, "<html>no</html>", ApiErrorKind::NotJson),
    ] {
        let reply = Reply {
            status,
            ..Reply::ok(body)
        };
        let error = read(list(), &[reply], 4).end.unwrap_err();
        assert_eq!(error.api().map(|error| error.kind), Some(kind), "{error}");
    }
}

#[test]
fn what_is_between_rows_must_be_a_comma() {
    for document in ["[1 2]", "[,1]", "[1,,2]", "[1,]", "[{}{}]", "[1", "[1}"] {
        assert!(split(document, 2).is_err(), "{document}");
    }
    let deep = "[".repeat(200);
    assert!(split(&deep, 7).is_err());
    assert!(split(&format!("{{\"x\":{deep}"), 7).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\\[\\]{}\",\\\\:]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z\"\\\\]{0,6}|data", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: RngSeed::Fixed(32), ..ProptestConfig::default() })]

    /// A second reading, of the whole document at once, agrees.
    #[test]
    fn rows_and_rest_are_those_of_the_document(
        rows in proptest::collection::vec(any_json(), 0..6), before in any_json(), after in any_json(),
        bare: bool, pretty: bool, size in 1usize..40,
    ) {
        let (document, emptied) = if bare {
            (json!(rows), json!([]))
        } else {
            (json!({ "a": before, "data": rows, "z": after }), json!({ "a": before, "data": [], "z": after }))
        };
        let text = if pretty { format!("{document:#}") } else { document.to_string() };
        // What is longer than allowed is another test's.
        prop_assume!(text.len() < LIMIT);
        prop_assert_eq!(split(&text, size), Ok((rows, emptied)));
    }

    /// Whatever comes is read alike, however it is cut; what is accepted is JSON.
    #[test]
    fn any_bytes_are_read_alike_however_they_are_cut(
        text in "[\\[\\]{}\",:\\\\ 1a]{0,40}|\\{\"data\":\\[[\\[\\]{}\",:\\\\ 1a]{0,30}|\\[([1-9]|,| |\"a\"){0,9}\\]",
        size in 1usize..9,
    ) {
        let whole = split(&text, usize::MAX);
        prop_assert_eq!(split(&text, size), whole.clone());
        if whole.is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        }
    }
}

fn listen() -> SubscribeInvoiceEvents {
    let pass = InvoiceEventToken::new("https://test.bitpay.com/events", ResourceToken::new("pass"));
    SubscribeInvoiceEvents::new(&pass, &Environment::Test.base_url()).unwrap()
}

fn statuses(read: &Read<SubscribeInvoiceEvents>) -> Vec<InvoiceStatus> {
    read.items.iter().map(|it| it.status.clone()).collect()
}

#[test]
fn events_are_read_as_the_standard_says() {
    let paid = r#"{"id":"i1","status":"paid","price":5,"currency":"USD"}"#;
    let (first, second) = paid.split_at(20);
    let stream = format!(
        "\u{feff}: padding\r\nretry: 2500\r\nevent: statechange\r\ndata: {paid}\r\nid: 7\r\n\r\n\
         event: other\ndata: not json\n\n:\n\nevent: statechange\n\ndata: without a name\n\n\
         event:statechange\rdata:{first}\rdata:{second}\r\r\
         event: statechange\ndata: {{\"cut off"
    );
    for size in [1, 2, 3, 7, 4096] {
        let got = read(listen(), &[Reply::events(stream.clone())], size);
        assert_eq!(statuses(&got), [InvoiceStatus::Paid, InvoiceStatus::Paid]);
        assert!(got.end.unwrap().is_none());
    }
}

#[test]
fn an_endless_event_is_refused() {
    let line = format!("data: {}", "x".repeat(2 * LIMIT));
    let lines = "data: 0123456789\n".repeat(LIMIT);
    for stream in [line, lines, format!("event: {}", "x".repeat(2 * LIMIT))] {
        let error = read(listen(), &[Reply::events(stream)], 100)
            .end
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Transport(it) if it.kind == TransportErrorKind::TooLarge),
            "{error}"
        );
    }
}

#[test]
fn an_answer_that_is_no_stream_of_events_is_an_error() {
    let refused = Reply {
        status: 500,
        ..Reply::ok("{\"error\":\"Invalid token\"}")
    };
    let error = read(listen(), &[refused], 9).end.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::InvalidToken);
    let error = read(listen(), &[Reply::ok("{\"data\":{}}")], 9)
        .end
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
    let unread = Reply::events("event: statechange\ndata: nonsense\n\n");
    let error = read(listen(), &[unread], 9).end.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
}

/// Its token is the only one that goes to the address that an answer names.
#[test]
fn a_stream_is_asked_for_where_the_answer_says_and_with_its_own_token_only() {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let base = Environment::Test.base_url();
    for (url, target) in [
        (
            "https://test.bitpay.com/events",
            Some("https://test.bitpay.com/events"),
        ),
        (
            "https://bus.bitpay.com/v1/events",
            Some("https://bus.bitpay.com/v1/events"),
        ),
        ("http://bus.example.com/events", None),
        ("https://bus.example.com/other", None),
        ("ftp://bus.example.com/events", None),
    ] {
        let pass = InvoiceEventToken::new(url, ResourceToken::new("a/pass"));
        let request = SubscribeInvoiceEvents::new(&pass, &base);
        let Some(target) = target else {
            assert_eq!(request.unwrap_err().field, "url", "{url}");
            continue;
        };
        let mut call = StreamCall::new(&request.unwrap(), &base, &merchant(), &settings).unwrap();
        let Step::Send(sent) = call.step(Timestamp::UNIX_EPOCH, 0) else {
            panic!("nothing to sign")
        };
        assert_eq!(
            sent.uri().to_string(),
            format!(
                "{target}?token=a%2Fpass&action=subscribe&events%5B%5D=payment&events%5B%5D=confirmation"
            )
        );
        assert_eq!(sent.headers()["accept"], "text/event-stream");
        assert!(!sent.headers().contains_key("x-signature"));
    }
}

#[test]
fn a_server_can_ask_for_a_pause_before_the_next_connection() {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let base = Environment::Test.base_url();
    let mut call = StreamCall::new(&listen(), &base, &merchant(), &settings).unwrap();
    let Step::Send(_) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("nothing to sign")
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        HeaderValue::from_static("text/event-stream"),
    );
    assert!(call.head(StatusCode::OK, headers));
    assert!(call.body(b"retry: soon\n\nretry: 1500\n\n"));
    assert_eq!(call.reconnect_after(), Some(Duration::from_millis(1500)));
}
