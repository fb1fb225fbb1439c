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

fn rates(bench: &mut Bench) -> u16 {
    let outcome = bench.handle(&request("GET", "/rates", "", None));
    outcome
        .response
        .map_or(0, |answer| answer.status().as_u16())
}

#[test]
fn faults_strike_by_count_and_after_a_count() {
    let mut bench = Bench::new();
    bench
        .engine
        .inject(Fault::rate_limited(2).after(1).times(2));
    let answers: Vec<_> = (0..5).map(|_| rates(&mut bench)).collect();
    assert_eq!(answers, [200, 429, 429, 200, 200]);
    bench
        .engine
        .inject("bad-gateway,times=always".parse().unwrap());
    assert!((0..50).all(|_| rates(&mut bench) == 502));
    bench.engine.clear_faults();
    assert_eq!(rates(&mut bench), 200);
}

#[test]
fn faults_strike_by_a_likelihood_that_the_seed_decides() {
    let run = |seed: u64| -> Vec<u16> {
        let mut engine = bitpay_sandbox::Engine::new(seed);
        engine.inject("closed,percent=30".parse().unwrap());
        let call = request("GET", "/rates", "", None);
        let mut ask = || {
            engine
                .handle(&call, "2026-03-01T12:00:00Z".parse().unwrap())
                .response
        };
        (0..1_000)
            .map(|_| ask().map_or(0, |answer| answer.status().as_u16()))
            .collect()
    };
    let first = run(1);
    let struck = first.iter().filter(|status| **status == 0).count();
    assert!((250..350).contains(&struck), "{struck}");
    assert_eq!(first, run(1));
    assert_ne!(first, run(2));
}

#[test]
fn a_fault_changes_no_id() {
    let made = |fault: Option<Fault>| {
        let mut bench = Bench::new();
        bench
            .engine
            .inject(Fault::delay(Duration::from_secs(1)).percent(50));
        if let Some(fault) = fault {
            bench.engine.inject(fault);
        }
        bench.invoice(json!({})).0
    };
    assert_eq!(made(None), made(Some("slow".parse().unwrap())));
}

#[test]
fn a_text_that_names_no_fault_is_told_what_there_is() {
    for (text, says) in [
        ("meteor", "rate-limited, server-error"),
        ("lost,on=create_invoise", "no operation \"create_invoise\""),
        ("lost,percent=0", "percent=1..100"),
        ("lost,percent=x", "percent=1..100"),
        ("lost,twice", "times=N"),
        ("lost,work=maybe", "work=yes"),
        ("", "there is no fault \"\""),
    ] {
        let error = text.parse::<Fault>().unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}
