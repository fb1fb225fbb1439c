//! The calls to the sandbox itself.

use std::collections::BTreeSet;
use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_sandbox::{Delivered, Settings};
use serde_json::{Value, json};

use crate::payouts::Desk;
use crate::support::{Bench, HOST, error, key, request, with_token};

fn control(bench: &mut Bench, method: &str, name: &str, body: &Value) -> (u16, Value) {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    bench.ask(&request(method, &format!("/sandbox/{name}"), body, None))
}

fn post(bench: &mut Bench, name: &str, body: Value) -> Value {
    let (status, answer) = control(bench, "POST", name, &body);
    assert_eq!(status, 200, "{name} {body}: {answer}");
    answer["data"].clone()
}

/// Every example of the table is sent as it stands, with what is in capitals filled in.
#[test]
fn every_example_of_the_list_does_what_it_says() {
    let mut desk = Desk::new();
    let recipient = desk.recipient("ada@example.com");
    let payout = desk.pay(json!({ "recipientId": recipient })).1["data"]["id"].clone();
    let ada = desk.bench.key.public_key().sin();
    let bench = &mut desk.bench;
    let (id, _) = bench.invoice(json!({ "notificationURL": "http://127.0.0.1:9/" }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    let body = json!({ "invoiceId": id.as_str(), "amount": 4 });
    let refund = bench.merchant("POST", "/refunds", body).1["data"]["id"].clone();
    bench.pass(Duration::from_secs(24 * 60 * 60));
    let settlements = bench.merchant("GET", "/settlements", Value::Null).1;
    let settlement = settlements["data"][0]["id"].clone();
    // The recipient of the example was invited, and is not active yet.
    let body = json!({ "recipients": [{ "email": "grace@example.com" }] });
    let grace = desk.ask("POST", "/recipients", body).1["data"][0]["id"].clone();
    let bench = &mut desk.bench;
    let (_, list) = control(bench, "GET", "", &Value::Null);
    for call in list["data"]["calls"].as_array().unwrap() {
        let path = call["path"].as_str().unwrap();
        if matches!(path, "/sandbox/reset") {
            continue;
        }
        if path == "/sandbox/demo" {
            // It takes an empty sandbox.
            post(bench, "reset", Value::Null);
        }
        let open = bench.invoice_or_nothing();
        let asked = request("POST", "/tokens", pairing(&ada).to_string(), None);
        let code = bench.ask(&asked).1["data"][0]["pairingCode"].clone();
        if path == "/sandbox/confirm" {
            post(bench, "pay", json!({ "invoice": open, "percent": 100 }));
        }
        let token = post(bench, "tokens", json!({}))["token"].clone();
        let mut example = call["example"].as_str().unwrap().to_owned();
        for (capitals, value) in [
            ("INVOICE", &open),
            ("REFUND", &refund),
            ("RECIPIENT", &grace),
            ("PAYOUT", &payout),
            ("SETTLEMENT", &settlement),
            ("TOKEN", &token),
            ("CODE", &code),
            ("SIN", &json!(ada.as_str())),
        ] {
            let text = value.as_str().unwrap_or_default();
            example = example.replace(&format!("\"{capitals}\""), &format!("\"{text}\""));
        }
        let method = call["method"].as_str().unwrap();
        let (status, answer) = bench.ask(&request(method, path, example.clone(), None));
        assert_eq!(status, 200, "{method} {path} {example}: {answer}");
        assert!(answer["data"] != Value::Null, "{method} {path}");
    }
    post(bench, "reset", json!({ "seed": 7 }));
}

fn pairing(sin: &bitpay_core::Sin) -> Value {
    json!({ "id": sin.as_str(), "facade": "merchant", "label": "x" })
}

impl Bench {
    /// An invoice, while there is a token for it.
    fn invoice_or_nothing(&mut self) -> Value {
        let body = json!({ "price": 10, "currency": "USD" });
        let (_, answer) = self.merchant("POST", "/invoices", body);
        answer["data"]["id"].clone()
    }
}

#[test]
fn a_mistake_in_a_call_is_named() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    let mut ask = |method: &str, name: &str, body: Value| {
        let (status, answer) = control(&mut bench, method, name, &body);
        (
            status,
            answer["error"].as_str().unwrap_or_default().to_owned(),
        )
    };
    for (method, name, body, status, says) in [
        ("POST", "advanse", json!({}), 404, "no such call"),
        ("GET", "advance", Value::Null, 405, "this call is POST"),
        (
            "POST",
            "advance",
            json!({ "minutes": 3 }),
            400,
            "unknown field `minutes`",
        ),
        (
            "POST",
            "advance",
            json!({ "seconds": -3 }),
            400,
            "invalid value",
        ),
        (
            "POST",
            "clock",
            json!({ "now": "2020-01-01T00:00:00Z" }),
            409,
            "never moved back",
        ),
        (
            "POST",
            "pay",
            json!({ "invoice": "none" }),
            404,
            "no such invoice",
        ),
        (
            "POST",
            "pay",
            json!({ "invoice": id, "percent": 0 }),
            400,
            "at least one hundredth",
        ),
        (
            "POST",
            "pay",
            json!({ "invoice": id, "percent": 5, "status": "paid" }),
            400,
            "not both",
        ),
        ("POST", "confirm", json!({ "invoice": id }), 409, "is new"),
        ("POST", "revoke", json!({}), 404, "no such token"),
        (
            "POST",
            "tokens",
            json!({ "facade": "merchant" }),
            400,
            "give sin",
        ),
        (
            "POST",
            "rates",
            json!({ "XYZ": 1 }),
            404,
            "does not know this currency",
        ),
        ("POST", "rates", json!({ "BTC": 0 }), 400, "more than 0"),
        (
            "POST",
            "resend",
            json!({ "delivery": 99 }),
            404,
            "no such webhook",
        ),
        (
            "POST",
            "faults",
            json!({ "kind": "meteor" }),
            400,
            "rate-limited",
        ),
        (
            "POST",
            "faults",
            json!({ "kind": "lost", "operation": "create_invoise" }),
            400,
            "no operation",
        ),
        (
            "POST",
            "faults",
            json!({ "kind": "lost", "percent": 101 }),
            400,
            "from 1 to 100",
        ),
    ] {
        let (got, error) = ask(method, name, body.clone());
        assert_eq!(got, status, "{name} {body}: {error}");
        assert!(error.contains(says), "{name} {body}: {error}");
    }
}

#[test]
fn a_revoked_token_is_not_known_any_more() {
    let mut bench = Bench::new();
    let sin = key(9).public_key().sin();
    let make = |bench: &mut Bench| {
        let body = json!({ "sin": sin.as_str(), "facade": "merchant" });
        post(bench, "tokens", body)["token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (first, second) = (make(&mut bench), make(&mut bench));
    let ask = |bench: &mut Bench, token: &str| {
        let call = with_token("GET", "/ledgers", Value::Null, token, Some(&key(9)));
        let (status, answer) = bench.ask(&call);
        (
            status,
            answer["error"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(ask(&mut bench, &first).0, 200);
    post(&mut bench, "revoke", json!({ "token": first }));
    assert_eq!(ask(&mut bench, &first), (500, "Invalid token".to_owned()));
    assert_eq!(ask(&mut bench, &second).0, 200);
    assert_eq!(
        post(&mut bench, "revoke", json!({ "sin": sin.as_str() }))["revoked"],
        1
    );
    assert_eq!(ask(&mut bench, &second), (500, "Invalid token".to_owned()));
    let tokens = bench.ask(&request("GET", "/tokens", "", Some(&key(9))));
    assert_eq!(error(&tokens), (500, "Unauthorized sin"));

    // Neither can a pairing be approved that was revoked.
    let asked = request("POST", "/tokens", pairing(&sin).to_string(), None);
    let code = bench.ask(&asked).1["data"][0]["pairingCode"].clone();
    post(&mut bench, "revoke", json!({ "pairingCode": code }));
    let approve = control(
        &mut bench,
        "POST",
        "approve",
        &json!({ "pairingCode": code }),
    );
    assert_eq!(approve.0, 409, "{approve:?}");
}

#[test]
fn the_clock_is_moved_and_what_is_due_is_done_before_the_answer() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    let moved = post(&mut bench, "advance", json!({ "seconds": 60 }));
    assert_eq!(moved["now"], "2026-03-01T12:01:00Z");
    let set = post(
        &mut bench,
        "clock",
        json!({ "now": "2026-03-02T00:00:00Z" }),
    );
    assert_eq!(set["now"], "2026-03-02T00:00:00Z");
    assert_eq!(bench.status_of(&id), "expired");
    bench.pass(Duration::from_secs(5));
    let (_, shown) = control(&mut bench, "GET", "clock", &Value::Null);
    assert_eq!(shown["data"]["now"], "2026-03-02T00:00:05Z", "it goes on");
}

#[test]
fn rates_are_for_what_is_made_afterwards() {
    let mut bench = Bench::new();
    let (_, before) = bench.invoice(json!({}));
    post(&mut bench, "rates", json!({ "btc": "100000", "EUR": 2 }));
    let (_, after) = bench.invoice(json!({}));
    assert_eq!(before["paymentSubtotals"]["BTC"], 15_400);
    assert_eq!(after["paymentSubtotals"]["BTC"], 10_000);
    let (_, rate) = bench.ask(&request("GET", "/rates/BTC/EUR", "", None));
    assert_eq!(rate["data"]["rate"], 50_000);
}

#[test]
fn deliveries_show_each_try_and_are_sent_again() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "notificationURL": "http://127.0.0.1:9/" }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Paid, bench.clock)
        .unwrap();
    bench.pass(Duration::ZERO);
    bench.engine.delivered(1, Delivered::Answered(500));
    let (_, log) = control(&mut bench, "GET", "deliveries", &Value::Null);
    let first = &log["data"][0];
    assert_eq!(first["next"], "2026-03-01T12:01:00Z");
    let answered = json!({ "state": "answered", "status": 500 });
    assert_eq!(
        first["tries"],
        json!([{ "at": "2026-03-01T12:00:00Z", "outcome": answered }])
    );
    bench.due.clear();
    assert_eq!(
        post(&mut bench, "resend", json!({ "delivery": 1 }))["delivery"],
        2
    );
    assert_eq!(bench.due.len(), 1);
}

#[test]
fn a_reset_forgets_everything_and_begins_with_the_seed() {
    let mut bench = Bench::new();
    let again = |bench: &mut Bench| {
        let code = post(bench, "codes", json!({}))["pairingCode"].clone();
        let token = post(bench, "tokens", json!({}))["token"].clone();
        (code, token)
    };
    post(&mut bench, "reset", json!({ "seed": 3 }));
    let first = again(&mut bench);
    let id = {
        let token = first.1.as_str().unwrap();
        let body = json!({ "price": 1, "currency": "USD" });
        let (status, made) = bench.ask(&with_token("POST", "/invoices", body, token, None));
        assert_eq!(status, 200, "{made}");
        made["data"]["id"].as_str().unwrap().to_owned()
    };
    post(&mut bench, "advance", json!({ "seconds": 1_000_000 }));
    post(&mut bench, "rates", json!({ "BTC": 1 }));
    post(
        &mut bench,
        "faults",
        json!({ "kind": "lost", "always": true }),
    );
    post(&mut bench, "reset", Value::Null);
    assert_eq!(
        bench
            .ask(&request("GET", &format!("/invoices/{id}"), "", None))
            .0,
        404
    );
    let (_, rate) = bench.ask(&request("GET", "/rates/BTC/USD", "", None));
    assert_eq!(rate["data"]["rate"], 65_000);
    let (_, clock) = control(&mut bench, "GET", "clock", &Value::Null);
    assert_eq!(clock["data"]["now"], "2026-03-01T12:00:00Z");
    post(&mut bench, "reset", Value::Null);
    assert_eq!(again(&mut bench), first);
    assert_eq!(
        bench.engine.tick(bench.clock).next,
        None,
        "nothing is planned"
    );
    assert_eq!(
        bench.merchant("GET", "/ledgers", Value::Null).0,
        500,
        "its token is gone"
    );
}

#[test]
fn a_demo_fills_an_empty_sandbox_with_business_that_adds_up() {
    let mut settings = Settings::default();
    settings.invoice_fee_fixed = "0.25".parse().unwrap();
    let mut bench = Bench::with(settings);
    let demo = post(&mut bench, "demo", Value::Null);
    let text = |name: &str| demo[name].as_str().unwrap().to_owned();
    let key = bitpay_core::PrivateKey::from_hex(&text("privateKey")).unwrap();
    assert_eq!(key.public_key().sin().as_str(), text("sin"));
    let mut get = |path: &str, token: &str| -> Value {
        let call = with_token("GET", path, Value::Null, token, Some(&key));
        let (status, answer) = bench.ask(&call);
        assert_eq!(status, 200, "{path}: {answer}");
        match answer {
            Value::Array(_) => answer,
            answer => answer["data"].clone(),
        }
    };
    let merchant = text("merchant");
    let invoices = get(
        "/invoices?dateStart=2026-02-01&dateEnd=2026-03-02",
        &merchant,
    );
    let invoices = invoices.as_array().unwrap();
    assert!((50..=56).contains(&invoices.len()), "{}", invoices.len());
    let states: BTreeSet<_> = invoices
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert!(
        states.contains("complete") && states.contains("expired"),
        "{states:?}"
    );
    let odd = |it: &&Value| it["exceptionStatus"] != false;
    assert!(invoices.iter().any(|it| odd(&it)));
    assert!(
        !get("/settlements", &merchant)
            .as_array()
            .unwrap()
            .is_empty()
    );
    for ledger in get("/ledgers", &merchant).as_array().unwrap() {
        let path = format!(
            "/ledgers/{}?startDate=2026-01-01&endDate=2026-03-02",
            ledger["currency"].as_str().unwrap()
        );
        let cents = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
        let entries = get(&path, &merchant);
        let sum: i64 = entries
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["amount"].as_i64().unwrap() / 1_000_000)
            .sum();
        assert_eq!(sum, cents(&ledger["balance"]), "{path}");
    }
    let payouts = get("/payouts", &text("payout"));
    assert!(
        payouts
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["status"] == "complete")
    );
    // It is the same for the same seed, and not mixed with what is there.
    let (status, _) = control(&mut bench, "POST", "demo", &Value::Null);
    assert_eq!(status, 409);
    let mut other = Bench::new();
    post(&mut other, "reset", json!({ "seed": 1 }));
    let first = post(&mut other, "demo", Value::Null);
    post(&mut other, "reset", json!({ "seed": 1 }));
    assert_eq!(post(&mut other, "demo", Value::Null), first);
}

#[test]
fn controls_are_not_for_other_sites() {
    let mut bench = Bench::new();
    let mut call = request("POST", "/sandbox/reset", "{}", None);
    call.headers_mut()
        .insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(bench.handle(&call).response.unwrap().status(), 403);
    let mut call = request("POST", "/sandbox/reset", "{}", None);
    call.headers_mut()
        .insert("host", "evil.example".parse().unwrap());
    assert_eq!(bench.handle(&call).response.unwrap().status(), 403);
    assert_eq!(HOST, "localhost:8088");
}
