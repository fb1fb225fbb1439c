//! Who may do what, and in which words others are refused.

use serde_json::{Value, json};

use crate::support::{Bench, error, key, request, with_token};

#[test]
fn the_signature_is_checked_first() {
    let mut bench = Bench::new();
    let mut forged = with_token(
        "GET",
        "/refunds/x",
        Value::Null,
        "no-such-token",
        Some(&bench.key),
    );
    forged
        .headers_mut()
        .insert("x-signature", "3044".parse().unwrap());
    assert_eq!(error(&bench.ask(&forged)), (400, "Invalid signature"));

    forged
        .headers_mut()
        .insert("x-identity", "02ff".parse().unwrap());
    assert_eq!(
        error(&bench.ask(&forged)),
        (400, "Bad public key from identity")
    );

    // A right signature over another query is a wrong one.
    let mut moved = bench.merchant_request("GET", "/refunds/x", Value::Null);
    *moved.uri_mut() = "/refunds/y?token=x".parse().unwrap();
    assert_eq!(error(&bench.ask(&moved)), (400, "Invalid signature"));
}

#[test]
fn then_come_the_token_the_facade_and_the_key() {
    let mut bench = Bench::new();
    let (own, other) = (key(7), key(8));
    let (merchant, pos) = (bench.merchant.clone(), bench.pos.clone());
    let path = "/invoices?dateStart=2026-03-01&dateEnd=2026-03-01";
    let cases = [
        (
            None,
            None,
            "This endpoint does not support the `public` facade",
        ),
        (
            None,
            Some(&own),
            "This endpoint does not support the `user` facade",
        ),
        (Some("nobody-knows-this-token"), Some(&own), "Invalid token"),
        (
            Some(pos.as_str()),
            Some(&own),
            "This endpoint does not support the `pos` facade",
        ),
        (Some(merchant.as_str()), None, "Unauthorized sin"),
        (Some(merchant.as_str()), Some(&other), "Unauthorized sin"),
    ];
    for (token, key, text) in cases {
        let request = match token {
            Some(token) => with_token("GET", path, Value::Null, token, key),
            None => request("GET", path, "", key),
        };
        assert_eq!(error(&bench.ask(&request)), (500, text));
    }
    let (status, answer) = bench.merchant("GET", path, Value::Null);
    assert_eq!(
        (status, answer),
        (200, json!({ "facade": "merchant/invoice", "data": [] }))
    );
}

#[test]
fn public_calls_ignore_a_signature_that_an_sdk_left_there() {
    let mut bench = Bench::new();
    let mut stale = request("GET", "/rates/BTC/USD", "", None);
    stale
        .headers_mut()
        .insert("x-identity", "rubbish".parse().unwrap());
    stale
        .headers_mut()
        .insert("x-signature", "rubbish".parse().unwrap());
    let (status, answer) = bench.ask(&stale);
    assert_eq!((status, &answer["data"]["rate"]), (200, &json!(65000)));
}

#[test]
fn official_clients_forms_are_taken() {
    let mut bench = Bench::new();
    // An uncompressed public key, a price as text, a slash at the end, Python's booleans.
    let key = key(7);
    let (id, _) = bench.invoice(json!({ "price": "10.00" }));
    let target = format!("/invoices/{id}/?token={}&forceCancel=True", bench.merchant);
    let (status, answer) = bench.ask(&request("DELETE", &target, "", Some(&key)));
    assert_eq!(
        (status, &answer["data"]["isCancelled"]),
        (200, &json!(true))
    );
}

#[test]
fn a_proxy_with_tls_and_a_path_can_stand_before_it() {
    let mut settings = bitpay_sandbox::Settings::default();
    settings.public_url = Some("https://pay.example/bitpay".parse().unwrap());
    let mut bench = Bench::with(settings);
    let digest = bitpay_core::signature::Digest::of(&[b"https://pay.example/bitpay/tokens"]);
    for target in ["/tokens", "/bitpay/tokens"] {
        let mut call = request("GET", target, "", None);
        let headers = call.headers_mut();
        headers.insert(
            "x-identity",
            bench.key.public_key().to_hex().parse().unwrap(),
        );
        headers.insert(
            "x-signature",
            bench.key.sign(&digest).to_hex().parse().unwrap(),
        );
        let (status, answer) = bench.ask(&call);
        assert_eq!(status, 200, "{answer}");
    }
}

#[test]
fn what_is_not_there_and_what_is_not_json() {
    let mut bench = Bench::new();
    assert_eq!(
        error(&bench.ask(&request("GET", "/nothing", "", None))),
        (404, "Object not found")
    );
    let (status, _) = bench.ask(&request("POST", "/tokens", "[1", None));
    assert_eq!(status, 400);
    let (status, answer) = bench.merchant("POST", "/invoices", json!({ "currency": "USD" }));
    assert_eq!(status, 400);
    assert_eq!(
        answer,
        json!({ "errors": [{ "error": "Missing required parameter.", "param": "price" }] })
    );
    let (status, answer) = bench.merchant("GET", "/invoices/unknown", Value::Null);
    assert_eq!(status, 404);
    assert_eq!(
        answer,
        json!({ "status": "error", "code": "020101", "data": null, "error": "Invoice not found" })
    );
}
