//! Faults: in order, for one operation or any, with the work done or not.

use std::time::Duration;

use bitpay_sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Bench, request};

#[test]
fn an_answer_is_lost_after_the_work_was_done() {
    let mut bench = Bench::new();
    bench.engine.inject(Fault::lost().on("create_invoice"));
    let call = bench.merchant_request(
        "POST",
        "/invoices",
        json!({ "price": 1, "currency": "USD", "guid": "g" }),
    );
    assert_eq!(
        bench.ask(&request("GET", "/rates", "", None)).0,
        200,
        "another operation is not touched"
    );
    let outcome = bench.handle(&call);
    assert!(outcome.response.is_none());
    assert_eq!(outcome.operation, Some("create_invoice"));
    let (status, _) = bench.merchant("GET", "/invoices/guid/g", Value::Null);
    assert_eq!(status, 200, "the invoice is there");
}

#[test]
fn a_proxy_answers_and_nothing_is_done() {
    let mut bench = Bench::new();
    let proxy = Fault::answer(502, "text/html", "<h1>Bad gateway</h1>").header("retry-after", "2");
    bench.engine.inject(proxy.without_work());
    let call = bench.merchant_request(
        "POST",
        "/invoices",
        json!({ "price": 1, "currency": "USD", "guid": "g" }),
    );
    let response = bench.handle(&call).response.unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(
        bench.merchant("GET", "/invoices/guid/g", Value::Null).0,
        404
    );
}

#[test]
fn answers_are_cut_and_delayed_in_order() {
    let mut bench = Bench::new();
    bench.engine.inject(Fault::cut(10));
    bench.engine.inject(Fault::delay(Duration::from_secs(3)));
    let rates = request("GET", "/rates", "", None);
    assert_eq!(bench.handle(&rates).cut, Some(10));
    assert_eq!(bench.handle(&rates).delay, Duration::from_secs(3));
    let last = bench.handle(&rates);
    assert_eq!((last.cut, last.delay), (None, Duration::ZERO));
}
