//! What holds more than anybody reads is refused before anything is made of it, wherever it comes from.

use bitpay_core::call::{Call, Incoming, Settings, Step};
use bitpay_core::error::{ApiErrorKind, Bound};
use bitpay_core::model::invoice::{
    CreateInvoice, GetInvoice, InvoiceEventToken, ListInvoices, SubscribeInvoiceEvents,
};
use bitpay_core::stream::{StreamCall, Streamable};
use bitpay_core::time::Timestamp;
use bitpay_core::webhook::{Unverified, Verifier, WebhookError};
use bitpay_core::{
    Allows, Config, Currency, Effect, Environment, Error, ErrorKind, Grant, Guid, Merchant,
    PrivateKey, ResourceToken,
};
use http::{HeaderMap, HeaderValue, StatusCode};

const ID: &str = "G3viJEJgE8Jk2oekSdgT2A";

/// Of each kind of bound, what just does and what just does not.
fn around_each_bound() -> [(Bound, String, String); 4] {
    let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let number = |length| "7".repeat(length);
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|name| format!("\"{name}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let items = |count| format!("[{}]", vec!["{}"; count].join(","));
    // Around the value is one object, or two.
    [
        (Bound::Depth, deep(126), deep(129)),
        (Bound::Number, number(1_000), number(1_001)),
        (Bound::Members, members(10_000), members(10_001)),
        (Bound::Items(100_000), items(99_000), items(100_001)),
    ]
}

/// An invoice with a member that nobody knows.
fn invoice(value: &str) -> String {
    format!(r#"{{"new":{value},"id":"{ID}","status":"new","price":10.1,"currency":"USD"}}"#)
}

fn merchant() -> Grant<Merchant> {
    let token = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    Grant::new(token.parse().unwrap(), key)
}

fn answer(call: &mut impl Incoming, status: u16, kind: &'static str, body: &str) {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(kind));
    if call.head(StatusCode::from_u16(status).unwrap(), headers) && call.body(body.as_bytes()) {
        call.end();
    }
}

/// What a call ends with when it is always answered so, and how many requests it made.
fn call<E: Allows<Grant<Merchant>>>(
    request: &E,
    config: &Config,
    status: u16,
    body: &str,
) -> (Result<(), Error>, u32) {
    let base = config.environment.base_url();
    let settings = Settings::new(config).unwrap();
    let mut call = Call::new(request, &base, &merchant(), &settings).unwrap();
    let (mut now, mut sent) = (Timestamp::UNIX_EPOCH, 0);
    loop {
        match call.step(now, 0) {
            Step::Send(_) => {
                sent += 1;
                answer(&mut call, status, "application/json", body);
            }
            Step::Sleep(pause) => now += pause,
            Step::Done(result) => return (result.map(drop), sent),
            Step::Sign(_) | Step::Note(_) => unreachable!(),
        }
    }
}

fn bound_of(error: &Error) -> Option<Bound> {
    match error.kind() {
        ErrorKind::Decode(error) => error.bound,
        _ => None,
    }
}

fn config() -> Config {
    Config::new(Environment::Test)
}

fn get() -> GetInvoice {
    GetInvoice::new(ID.parse().unwrap())
}

fn list() -> ListInvoices {
    let day = "2026-03-01".parse().unwrap();
    ListInvoices::new(day, day)
}

#[test]
fn an_answer_beyond_a_bound_is_not_read_and_its_error_names_the_bound() {
    for (bound, within, beyond) in around_each_bound() {
        let data = |value: &str| format!("{{\"data\":{}}}", invoice(value));
        let (result, _) = call(&get(), &config(), 200, &data(&within));
        assert!(result.is_ok(), "{bound:?}: {result:?}");
        let (result, sent) = call(&get(), &config(), 200, &data(&beyond));
        let error = result.unwrap_err();
        assert_eq!(bound_of(&error), Some(bound), "{error:?}");
        // To ask again would give the same.
        assert_eq!((error.effect(), sent), (Effect::Nothing, 1), "{bound:?}");
        assert!(!error.is_retryable());
        let text = error.to_string();
        assert!(text.contains(&bound.to_string()), "{text}");
        assert!(error.remedy().is_some_and(|it| !it.contains("it was made")));

        // What was to be made may have been.
        let guid = Guid::from_random([7; 16]);
        let create = CreateInvoice::new(guid, 10u32, Currency::USD);
        let (result, _) = call(&create, &config(), 200, &data(&beyond));
        let error = result.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{bound:?}");
        assert_eq!(bound_of(&error), Some(bound), "{error:?}");
    }
}

#[test]
fn the_bound_of_items_is_set_and_its_error_says_how_to_read_more() {
    let few = config().max_items(2);
    let rows = |count| format!("{{\"data\":[{}]}}", vec![invoice("[]"); count].join(","));
    assert!(call(&list(), &few, 200, &rows(2)).0.is_ok());
    let error = call(&list(), &few, 200, &rows(3)).0.unwrap_err();
    assert_eq!(bound_of(&error), Some(Bound::Items(2)));
    for text in [error.to_string().as_str(), error.remedy().unwrap()] {
        assert!(text.contains("`Config::max_items`"), "{text}");
        assert!(text.contains("`stream`"), "{text}");
    }
    // All lists together, and wherever they are.
    let nested = format!("{{\"data\":[{}]}}", invoice("[1,2]"));
    assert!(call(&list(), &few, 200, &nested).0.is_err());
    assert!(call(&list(), &few.max_items(3), 200, &nested).0.is_ok());
}

#[test]
fn a_refusal_beyond_a_bound_stays_a_refusal_and_says_nothing() {
    for (_, _, beyond) in around_each_bound() {
        let body = format!("{{\"error\":\"Invalid token\",\"errors\":[{beyond}]}}");
        let error = call(&get(), &config(), 401, &body).0.unwrap_err();
        let api = error.api().unwrap();
        assert_eq!((api.status, &api.kind), (401, &ApiErrorKind::NotJson));
        assert!(error.to_string().len() < 400, "{error}");
        let create = CreateInvoice::new(Guid::from_random([7; 16]), 10u32, Currency::USD);
        let error = call(&create, &config(), 401, &body).0.unwrap_err();
        assert_eq!(error.effect(), Effect::Nothing);
        let error = call(&create, &config(), 500, &body).0.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
    }
}

/// How many items come of a body, and why there are no more.
fn stream<E: Streamable + Allows<Grant<Merchant>>>(
    request: &E,
    config: &Config,
    kind: &'static str,
    body: &str,
) -> (usize, Result<(), Error>) {
    let base = config.environment.base_url();
    let settings = Settings::new(config).unwrap();
    let mut call = StreamCall::new(request, &base, &merchant(), &settings).unwrap();
    assert!(matches!(call.step(Timestamp::UNIX_EPOCH, 0), Step::Send(_)));
    answer(&mut call, 200, kind, body);
    let items = std::iter::from_fn(|| call.next()).count();
    match call.step(Timestamp::UNIX_EPOCH, 0) {
        Step::Done(end) => (items, end.map(drop)),
        _ => panic!("what has begun is not asked for again"),
    }
}

#[test]
fn rows_and_events_are_held_to_the_bounds_one_by_one() {
    let pass = InvoiceEventToken::new("https://test.bitpay.com/events", ResourceToken::new("pass"));
    let subscribe = SubscribeInvoiceEvents::new(&pass, &Environment::Test.base_url()).unwrap();
    for (bound, within, beyond) in around_each_bound() {
        let rows = [&within, &within, &beyond].map(|value| invoice(value));
        let body = format!("{{\"data\":[{}]}}", rows.join(","));
        let (rows, end) = stream(&list(), &config(), "application/json", &body);
        let error = end.unwrap_err();
        assert_eq!((rows, bound_of(&error)), (2, Some(bound)), "{error}");
        assert_eq!(error.items_received(), 2);

        let event = |value: &str| format!("event: statechange\ndata: {}\n\n", invoice(value));
        let body = event(&within) + &event(&beyond);
        let (events, end) = stream(&subscribe, &config(), "text/event-stream", &body);
        let error = end.unwrap_err();
        assert_eq!((events, bound_of(&error)), (1, Some(bound)), "{error}");
    }
    // There may be any number of them.
    let rows = format!("[{}]", vec![invoice("[]"); 50].join(","));
    let (rows, end) = stream(&list(), &config().max_items(2), "application/json", &rows);
    assert_eq!(rows, 50);
    assert!(end.is_ok(), "{end:?}");
}

#[test]
fn a_webhook_beyond_a_bound_is_not_read() {
    let verifier = Verifier::new().with("merchant", "a token");
    for (bound, within, beyond) in around_each_bound() {
        let read = |value: &str| {
            let body = invoice(value);
            let header = Verifier::sign("a token", body.as_bytes());
            let verified = verifier.verify(body.as_bytes(), &header).unwrap();
            let unverified = Unverified::read(body.as_bytes()).map(drop);
            assert_eq!(verified.event().map(drop), unverified);
            unverified
        };
        assert_eq!(read(&within), Ok(()), "{bound:?}");
        let error = read(&beyond).unwrap_err();
        assert_eq!(error, WebhookError::Beyond(bound));
        assert!(error.to_string().contains(&bound.to_string()), "{error}");
    }
}
