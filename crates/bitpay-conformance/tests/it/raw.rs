//! Calls of paths that the table does not have.

use bitpay_conformance::{Front, Listening, Received, Reply, Server, both_fronts};
use bitpay_core::error::{ApiErrorKind, BuildError, ErrorCodeKind};
use bitpay_core::model::invoice::Invoice;
use bitpay_core::operation::TokenPlace;
use bitpay_core::{Anonymous, Effect, Error, ErrorKind, Identity, RawRequest};
use http::Method;
use serde_json::json;
use serde_json::value::RawValue;

use crate::values::{MERCHANT_TOKEN, POS_TOKEN, config, key, merchant, unsigned_pos};

both_fronts! {
    an_unknown_endpoint_is_called_with_token_and_signature,
    odd_parts_of_a_raw_call_stay_what_they_are,
    a_raw_call_without_a_credential_carries_none,
    a_raw_call_is_sent_once_unless_it_reads,
    a_refused_raw_call_has_a_typed_error,
    a_raw_call_that_makes_no_sense_is_not_sent,
}

/// Spaces and digits stay as they are.
const BODY: &str = r#"{ "amount": 10.10,"for":"naïve & co" }"#;

fn make() -> RawRequest {
    RawRequest::new(Method::POST, ["vouchers"])
        .body(&RawValue::from_string(BODY.to_owned()).unwrap())
        .unwrap()
}

fn an_unknown_endpoint_is_called_with_token_and_signature<F: Front>() {
    let server = Server::answering(|_| {
        Reply::json(
            200,
            r#"{"facade":"merchant/voucher","data":{"id":"v1","status":"new","price":10.10,"currency":"USD","new":[]}}"#,
        )
    });
    let client = F::new(&config(&server)).unwrap();
    let answer = client.raw(&merchant(), &make()).unwrap();
    // A type that reads money exactly will do.
    let voucher: Invoice = answer.read().unwrap();
    assert_eq!(voucher.price.to_string(), "10.10");
    // What came is there to the byte.
    assert_eq!(
        answer.json().get(),
        r#"{"id":"v1","status":"new","price":10.10,"currency":"USD","new":[]}"#
    );
    assert_eq!(answer.operation(), "raw");

    let read = RawRequest::new(Method::GET, ["vouchers", "v1"]).query("limit", 10);
    client.raw(&merchant(), &read).unwrap();
    client
        .raw(
            &merchant(),
            &RawRequest::new(Method::DELETE, ["vouchers", "v1"]),
        )
        .unwrap();
    let update = RawRequest::new(Method::PUT, ["vouchers", "v1"]);
    client.raw(&merchant(), &update).unwrap();
    let own = make()
        .token(TokenPlace::None)
        .query("token", "ofThe Resource");
    client.raw(&merchant(), &own).unwrap();

    let seen = server.received();
    assert!(seen.iter().all(Received::verifies));
    let said: Vec<_> = seen
        .iter()
        .map(|one| format!("{} {} {}", one.method, one.target, one.text()))
        .collect();
    let members = r#""amount": 10.10,"for":"naïve & co""#;
    assert_eq!(
        said,
        [
            format!(r#"POST /vouchers {{"token":"{MERCHANT_TOKEN}",{members}}}"#),
            format!("GET /vouchers/v1?token={MERCHANT_TOKEN}&limit=10 "),
            format!("DELETE /vouchers/v1?token={MERCHANT_TOKEN} "),
            format!(r#"PUT /vouchers/v1 {{"token":"{MERCHANT_TOKEN}"}}"#),
            format!("POST /vouchers?token=ofThe%20Resource {{{members}}}"),
        ]
    );
}

fn odd_parts_of_a_raw_call_stay_what_they_are<F: Front>() {
    let server = Server::answering(|_| Reply::data("[]"));
    let client = F::new(&config(&server)).unwrap();
    let odd = "a/b?c=d&e#f %2F+\u{e9}";
    let encoded = "a%2Fb%3Fc%3Dd%26e%23f%20%252F%2B%C3%A9";
    let request = RawRequest::new(Method::GET, ["x", odd]).query(odd, odd);
    client.raw(&merchant(), &request).unwrap();
    let seen = server.only();
    assert_eq!(
        seen.target,
        format!("/x/{encoded}?token={MERCHANT_TOKEN}&{encoded}={encoded}")
    );
    assert!(seen.verifies());
}

fn a_raw_call_without_a_credential_carries_none<F: Front>() {
    let server = Server::answering(|_| Reply::data("[]"));
    let client = F::new(&config(&server)).unwrap();
    let get = RawRequest::new(Method::GET, ["rates", "moon"]);
    client.raw(&Anonymous, &get).unwrap();
    client.raw(&Anonymous, &make()).unwrap();
    client
        .raw(&Anonymous, &RawRequest::new(Method::POST, ["ping"]))
        .unwrap();
    client.raw(&unsigned_pos(), &get).unwrap();
    client.raw(&Identity::new(key()), &get).unwrap();
    let seen = server.received();
    let signed: Vec<bool> = seen.iter().map(Received::verifies).collect();
    assert_eq!(signed, [false, false, false, false, true]);
    assert!(
        seen[..4]
            .iter()
            .all(|one| one.header("x-identity").is_none())
    );
    let targets: Vec<&str> = seen.iter().map(|one| one.target.as_str()).collect();
    let with_token = format!("/rates/moon?token={POS_TOKEN}");
    assert_eq!(
        targets,
        [
            "/rates/moon",
            "/vouchers",
            "/ping",
            &with_token,
            "/rates/moon"
        ]
    );
    assert!(!seen[1].text().contains("token"));
    assert_eq!(seen[2].text(), "{}");
}

fn a_raw_call_is_sent_once_unless_it_reads<F: Front>() {
    for (request, tries, effect) in [
        (make(), 1, Effect::Unknown),
        (
            RawRequest::new(Method::GET, ["vouchers"]),
            1,
            Effect::Unknown,
        ),
        (
            RawRequest::new(Method::GET, ["vouchers"]).reads(),
            4,
            Effect::Nothing,
        ),
    ] {
        let server = Server::always(Reply::json(503, "<h1>Busy</h1>"));
        let client = F::new(&config(&server)).unwrap();
        let error = client.raw(&merchant(), &request).unwrap_err();
        assert_eq!((error.tries(), error.effect()), (tries, effect));
        assert_eq!(server.received().len(), usize::try_from(tries).unwrap());
    }
}

fn a_refused_raw_call_has_a_typed_error<F: Front>() {
    let mut replies = [
        Reply::json(
            500,
            r#"{"error":"This endpoint does not support the `pos` facade"}"#,
        ),
        Reply::json(
            200,
            r#"{"status":"error","code":"010207","error":"Invalid invoice state for refund"}"#,
        ),
        Reply::json(200, r#"{"data":"Success"}"#),
    ]
    .into_iter();
    let server = Server::answering(move |_| replies.next().unwrap_or(Reply::Close));
    let client = F::new(&config(&server)).unwrap();
    let refused = || client.raw(&merchant(), &make()).unwrap_err();
    let error = refused();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::WrongFacade);
    assert_eq!(
        (error.operation(), error.effect()),
        ("raw", Effect::Nothing)
    );
    let code = refused().api().unwrap().code.clone().unwrap();
    assert_eq!(code.kind(), ErrorCodeKind::InvoiceStateForRefund);
    let answer = client.raw(&merchant(), &make()).unwrap();
    assert_eq!(answer.read::<&str>().unwrap(), "Success");
    assert!(answer.read::<Invoice>().is_err());
    // Neither shows what it carries.
    let shown = format!("{answer:?} {:?}", make());
    assert!(
        !shown.contains("Success") && !shown.contains("10.10"),
        "{shown}"
    );
}

fn a_raw_call_that_makes_no_sense_is_not_sent<F: Front>() {
    let server = Server::answering(|_| Reply::data("[]"));
    let client = F::new(&config(&server)).unwrap();
    let build = |error: Error| match error.kind() {
        ErrorKind::Build(error) => error.clone(),
        other => panic!("{other:?}"),
    };
    let raw = |request: &RawRequest| build(client.raw(&merchant(), request).unwrap_err());
    for part in ["", ".", ".."] {
        let error = raw(&RawRequest::new(Method::GET, ["invoices", part]));
        assert!(matches!(error, BuildError::Path { .. }), "{part}");
    }
    let get = RawRequest::new(Method::GET, ["x"]);
    assert_eq!(raw(&get.clone().query("token", "t")), BuildError::TwoTokens);
    for own in [json!({"token": "t"}), json!({"token": null})] {
        let request = RawRequest::new(Method::POST, ["x"]).body(&own).unwrap();
        assert_eq!(raw(&request), BuildError::TwoTokens);
    }
    let with_body = get.clone().body(&json!({"a": 1})).unwrap();
    assert!(matches!(raw(&with_body), BuildError::Invalid(_)));
    assert!(matches!(
        raw(&get.clone().token(TokenPlace::Body)),
        BuildError::Invalid(_)
    ));
    for body in [json!([1]), json!("text"), json!(null)] {
        assert_eq!(
            get.clone().body(&body).unwrap_err(),
            BuildError::Json { field: "body" }
        );
    }
    assert!(server.received().is_empty());
}
