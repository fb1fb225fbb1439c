//! Outcomes that are asked for in the request.

use std::time::Duration;

use bitpay_core::id::InvoiceId;
use bitpay_sandbox::Settings;
use serde_json::{Value, json};

use crate::payouts::Desk;
use crate::support::{Bench, request};

/// What a client sees of an order, from poll to poll, until nothing changes any more.
fn seen(bench: &mut Bench, order: &str, more: Value) -> (InvoiceId, Vec<String>) {
    let mut body = more;
    body["orderId"] = json!(order);
    let (id, made) = bench.invoice(body);
    let mut seen = vec![made["status"].as_str().unwrap().to_owned()];
    for _ in 0..10 {
        bench.pass(Duration::from_millis(100));
        let (_, answer) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
        let odd = answer["data"]["exceptionStatus"].as_str();
        let mut status = answer["data"]["status"].as_str().unwrap().to_owned();
        if let Some(odd) = odd {
            status = format!("{status} {odd}");
        }
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    (id, seen)
}

fn refunds(bench: &mut Bench, id: &InvoiceId) -> Vec<String> {
    let path = format!("/refunds?invoiceId={id}");
    let (_, answer) = bench.merchant("GET", &path, Value::Null);
    let list = answer["data"].as_array().unwrap().iter();
    list.map(|it| it["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_order_id_decides_what_becomes_of_its_invoice() {
    let mut bench = Bench::new();
    let (_, answer) = bench.ask(&request("GET", "/sandbox/", "", None));
    let listed = answer["data"]["orderIds"].as_array().unwrap().clone();
    let mut tried = 0;
    for (order, states, refunded) in [
        ("sandbox-paid", &["new", "paid"][..], None),
        ("sandbox-confirmed-17", &["new", "paid", "confirmed"], None),
        (
            "sandbox-complete",
            &["new", "paid", "confirmed", "complete"],
            None,
        ),
        (
            "sandbox-underpaid",
            &["new", "new paidPartial", "expired paidPartial"],
            Some("underpayment"),
        ),
        (
            "sandbox-overpaid",
            &[
                "new",
                "paid paidOver",
                "confirmed paidOver",
                "complete paidOver",
            ],
            Some("overpayment"),
        ),
        ("sandbox-expired", &["new", "expired"], None),
        (
            "sandbox-late",
            &["new", "expired", "paid", "confirmed", "complete"],
            None,
        ),
        ("sandbox-invalid", &["new", "paid", "invalid"], None),
        (
            "sandbox-recovered",
            &["new", "paid", "invalid", "complete"],
            None,
        ),
        (
            "sandbox-declined",
            &["new", "paid", "declined"],
            Some("declined"),
        ),
        (
            "sandbox-refund-success-a",
            &["new", "paid", "confirmed", "complete"],
            None,
        ),
        (
            "sandbox-refund-failure",
            &["new", "paid", "confirmed", "complete"],
            None,
        ),
    ] {
        let (id, polled) = seen(&mut bench, order, json!({}));
        assert_eq!(polled, states, "{order}");
        assert_eq!(
            refunds(&mut bench, &id),
            Vec::from_iter(refunded),
            "{order}"
        );
        let named = |it: &&Value| order.starts_with(it["name"].as_str().unwrap());
        tried += listed.iter().filter(named).count();
    }
    assert_eq!(tried, listed.len(), "each that is listed");
    // By the rules of its speed.
    let low = json!({ "transactionSpeed": "low" });
    assert_eq!(
        seen(&mut bench, "sandbox-complete", low).1,
        ["new", "paid", "complete"]
    );
    let high = json!({ "transactionSpeed": "high" });
    assert_eq!(
        seen(&mut bench, "sandbox-complete", high).1,
        ["new", "confirmed", "complete"]
    );
}

#[test]
fn an_order_id_that_only_looks_alike_asks_for_nothing() {
    let mut bench = Bench::new();
    for order in [
        "complete",
        "sandbox",
        "sandbox-",
        "sandbox-completed",
        "my-sandbox-complete",
        "Sandbox-complete",
    ] {
        assert_eq!(seen(&mut bench, order, json!({})).1, ["new"], "{order}");
    }
}

#[test]
fn refunds_end_as_the_order_id_of_their_invoice_asks() {
    for (order, end) in [
        ("sandbox-refund-success", "success"),
        ("sandbox-refund-failure", "failure"),
    ] {
        let mut bench = Bench::new();
        let (id, _) = seen(&mut bench, order, json!({}));
        let body = json!({ "invoiceId": id.as_str(), "amount": 4 });
        let (_, made) = bench.merchant("POST", "/refunds", body);
        assert_eq!(made["data"]["status"], "created");
        let path = format!("/refunds/{}", made["data"]["id"].as_str().unwrap());
        for status in ["pending", end, end] {
            bench.pass(Duration::from_millis(100));
            let (_, refund) = bench.merchant("GET", &path, Value::Null);
            assert_eq!(refund["data"]["status"], status);
        }
    }
}

#[test]
fn an_email_decides_what_becomes_of_a_recipient_and_of_payouts_to_them() {
    for (email, recipient, payout) in [
        ("sandbox-active@example.com", "active", "new"),
        ("sandbox-complete@example.com", "active", "complete"),
        ("sandbox-complete-2@example.com", "active", "complete"),
        ("sandbox-failed@example.com", "active", "failed"),
        ("sandbox-paused@example.com", "paused", "new"),
        ("ada@example.com", "invited", "new"),
    ] {
        let mut desk = Desk::new();
        // Whoever is not known yet is invited.
        let (status, made) = desk.pay(json!({ "email": email }));
        assert_eq!((status, &made["data"]["status"]), (200, &json!("new")));
        for _ in 0..10 {
            desk.bench.pass(Duration::from_millis(100));
        }
        let id = made["data"]["id"].as_str().unwrap();
        assert_eq!(
            desk.get(&format!("/payouts/{id}"))["status"],
            payout,
            "{email}"
        );
        assert_eq!(desk.get("/recipients")[0]["status"], recipient, "{email}");
        if recipient == "active" {
            let (_, again) = desk.pay(json!({ "email": email }));
            desk.bench.pass(Duration::from_secs(1));
            let id = again["data"]["id"].as_str().unwrap();
            assert_eq!(
                desk.get(&format!("/payouts/{id}"))["status"],
                payout,
                "{email}"
            );
        }
    }
}

#[test]
fn a_call_fails_in_the_way_that_its_order_id_names() {
    let mut bench = Bench::new();
    let mut create = |order: &str| {
        let body = json!({ "price": 1, "currency": "USD", "orderId": order, "guid": order });
        let call = bench.merchant_request("POST", "/invoices", body);
        let outcome = bench.handle(&call);
        let found = bench.merchant("GET", &format!("/invoices/guid/{order}"), Value::Null);
        let status = outcome.response.as_ref().map(|it| it.status().as_u16());
        (status, outcome, found.0 == 200)
    };
    for (order, status, made) in [
        ("sandbox-fails-rate-limited", Some(429), false),
        ("sandbox-fails-server-error-7", Some(500), false),
        ("sandbox-fails-bad-gateway", Some(502), false),
        ("sandbox-fails-empty-500", Some(500), true),
        ("sandbox-fails-lost", None, true),
        ("sandbox-fails-closed", None, false),
    ] {
        for _ in 0..2 {
            let (answered, _, found) = create(order);
            assert_eq!((answered, found), (status, made), "{order}");
        }
    }
    let (_, outcome, _) = create("sandbox-fails-truncated");
    assert_eq!(outcome.cut, Some(20));
    let (_, outcome, _) = create("sandbox-fails-stalled");
    assert!(outcome.delay > Duration::from_secs(3600));
    let (status, outcome, _) = create("sandbox-fails-malformed");
    let body = outcome.response.unwrap().into_body();
    assert_eq!(status, Some(200));
    assert!(serde_json::from_slice::<Value>(&body).is_err());

    // Once, and then as if nothing had been.
    assert_eq!(create("sandbox-fails-once-rate-limited-1").0, Some(429));
    assert_eq!(create("sandbox-fails-once-rate-limited-1").0, Some(200));
    assert_eq!(
        create("sandbox-fails-once-rate-limited-2").0,
        Some(429),
        "each once"
    );
    assert_eq!(create("sandbox-fails-nothing-known").0, Some(200));
}

#[test]
fn refunds_and_payouts_fail_by_their_references_and_emails() {
    let mut bench = Bench::new();
    let (id, _) = seen(&mut bench, "sandbox-complete", json!({}));
    let body = json!({
        "invoiceId": id.as_str(), "amount": 1, "reference": "sandbox-fails-once-rate-limited",
    });
    assert_eq!(bench.merchant("POST", "/refunds", body.clone()).0, 429);
    assert_eq!(bench.merchant("POST", "/refunds", body).0, 200);

    let mut desk = Desk::new();
    let email = "sandbox-fails-bad-gateway@example.com";
    assert_eq!(desk.pay(json!({ "email": email })).0, 502);
    let body = json!({ "email": "a@example.com", "reference": "sandbox-fails-server-error" });
    assert_eq!(desk.pay(body).0, 500);
    let body = json!({ "recipients": [{ "email": email }] });
    assert_eq!(desk.ask("POST", "/recipients", body).0, 502);
    assert_eq!(desk.get("/recipients"), json!([]), "nobody was invited");
}

#[test]
fn the_pace_of_outcomes_is_a_setting() {
    let mut settings = Settings::default();
    settings.outcome_step = Duration::ZERO;
    let mut bench = Bench::with(settings);
    let (id, made) = bench.invoice(json!({ "orderId": "sandbox-late" }));
    assert_eq!(made["status"], "new", "the answer is of before");
    assert_eq!(bench.status_of(&id), "complete");
}
