//! Who may do what, and in which words others are refused.

use bitpay_core::signature::Signature;
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
    // A price as text, a slash at the end, Python's booleans.
    let key = key(7);
    let (id, _) = bench.invoice(json!({ "price": "10.00" }));
    let target = format!("/invoices/{id}/?token={}&forceCancel=True", bench.merchant);
    let (status, answer) = bench.ask(&request("DELETE", &target, "", Some(&key)));
    assert_eq!(
        (status, &answer["data"]["isCancelled"]),
        (200, &json!(true))
    );
}

/// The same signature with the other S, as half of those are that the official SDKs make: in DER, the
/// order of the curve less S.
fn with_high_s(signature: &Signature) -> Signature {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let der = signature.to_der();
    let s_at = 4 + usize::from(der[3]) + 2;
    let (before, low) = (&der[2..s_at - 2], &der[s_at..]);
    let low = [vec![0; 32_usize.saturating_sub(low.len())], low.to_vec()].concat();
    let digit = |at: usize| u8::from_str_radix(&ORDER[at..at + 2], 16).unwrap();
    let mut high: Vec<u8> = (0..64).step_by(2).map(digit).collect();
    let mut borrow = 0;
    for (digit, low) in high.iter_mut().zip(low).rev() {
        let difference = i16::from(*digit) - i16::from(low) - borrow;
        *digit = u8::try_from(difference.rem_euclid(256)).unwrap();
        borrow = i16::from(difference < 0);
    }
    let numbers = [before, &[2, 33, 0], &high].concat();
    let length = u8::try_from(numbers.len()).unwrap();
    Signature::from_der(&[&[0x30, length][..], &numbers].concat()).unwrap()
}

#[test]
fn a_signature_with_a_high_s_is_as_good() {
    let mut bench = Bench::new();
    for number in 0..8 {
        let path = format!("/refunds?invoiceId={number}");
        let mut call = bench.merchant_request("GET", &path, Value::Null);
        let header = call.headers()["x-signature"].to_str().unwrap();
        let high = with_high_s(&Signature::from_hex(header).unwrap());
        assert!(!high.is_low_s());
        let value = high.to_hex().parse().unwrap();
        call.headers_mut().insert("x-signature", value);
        assert_eq!(error(&bench.ask(&call)), (404, "Invoice not found"));
    }
}

#[test]
fn bodies_and_queries_are_taken_as_the_official_sdks_write_them() {
    let mut bench = Bench::new();
    let key = key(7);
    // Python: spaces, the token last, `null` for what is not set, and everything escaped that is not ASCII.
    let body = format!(
        r#"{{"currency": "USD", "price": 8.0, "itemDesc": "K\u00e4se", "orderId": null, "token": "{}"}}"#,
        bench.merchant
    );
    let (status, made) = bench.ask(&request("POST", "/invoices/", body, Some(&key)));
    assert_eq!(
        (status, &made["data"]["itemDesc"]),
        (200, &json!("K\u{e4}se")),
        "{made}"
    );
    // Node: the token last, and empty values for what is not set.
    let target = format!(
        "/invoices/?dateEnd=2026-03-01&status=&orderId=&limit=&offset=&dateStart=2026-03-01&token={}",
        bench.merchant
    );
    let (status, list) = bench.ask(&request("GET", &target, "", Some(&key)));
    assert_eq!(
        (status, list["data"].as_array().map(Vec::len)),
        (200, Some(1)),
        "{list}"
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
