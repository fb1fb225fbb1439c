//! The pages: what they show, that nothing gets out of its quotes, and who may press their buttons.

use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{Bench, HOST, key, request};

fn get(bench: &mut Bench, target: &str) -> (u16, String) {
    let response = bench
        .handle(&request("GET", target, "", None))
        .response
        .unwrap();
    let policy = &response.headers()["content-security-policy"];
    assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
    (
        response.status().as_u16(),
        String::from_utf8(response.body().to_vec()).unwrap(),
    )
}

fn post(target: &str, body: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = request("POST", target, body, None);
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

fn form_key(page: &str) -> &str {
    page.split("name=key value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
}

fn pending(bench: &mut Bench) -> String {
    let body = json!({ "id": key(9).sin().as_str(), "facade": "merchant", "label": "web shop" });
    let (_, answer) = bench.ask(&request("POST", "/tokens", body.to_string(), None));
    answer["data"][0]["pairingCode"]
        .as_str()
        .unwrap()
        .to_owned()
}

const OWN: &str = "http://localhost:8088";

#[test]
fn a_pairing_is_approved_on_its_page() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let target = format!("/api-access-request?pairingCode={code}");
    let (status, page) = get(&mut bench, &target);
    assert_eq!(status, 200);
    for part in [
        "web shop",
        "merchant",
        key(9).sin().as_str(),
        "2026-03-02 12:00:00 UTC",
        "Approve",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let body = format!("pairingCode={code}&key={}", form_key(&page));
    let approve = post("/api-access-request", &body, &[("origin", OWN)]);
    let response = bench.handle(&approve).response.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        std::str::from_utf8(response.body())
            .unwrap()
            .contains("Approved.")
    );
    assert_eq!(
        bench.ask(&request("GET", "/tokens", "", Some(&key(9)))).0,
        200
    );

    let (status, page) = get(&mut bench, &target);
    assert_eq!(status, 410);
    assert!(page.contains("used before") && !page.contains("<button"));
    assert_eq!(
        get(&mut bench, "/api-access-request?pairingCode=0000000").0,
        404
    );
    assert_eq!(
        get(&mut bench, "/api-access-request?pairingCode=%3Cscript%3E").0,
        400
    );
    assert_eq!(get(&mut bench, "/api-access-request").0, 200);
    let late = pending(&mut bench);
    bench.pass(Duration::from_secs(24 * 60 * 60));
    let (status, page) = get(
        &mut bench,
        &format!("/api-access-request?pairingCode={late}"),
    );
    assert_eq!(status, 410);
    assert!(page.contains("expired"));
}

#[test]
fn other_sites_press_no_buttons() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (_, page) = get(
        &mut bench,
        &format!("/api-access-request?pairingCode={code}"),
    );
    let right = format!("pairingCode={code}&key={}", form_key(&page));
    let wrong = format!("pairingCode={code}&key=guess");
    let path = "/api-access-request";
    let mut refused = |request: &Request<Bytes>| {
        assert_eq!(
            bench.handle(request).response.unwrap().status(),
            403,
            "{request:?}"
        );
    };
    refused(&post(path, &right, &[]));
    refused(&post(path, &right, &[("origin", "null")]));
    refused(&post(path, &right, &[("origin", "https://evil.example")]));
    refused(&post(path, &right, &[("origin", "https://localhost:8088")]));
    refused(&post(
        path,
        &right,
        &[("origin", OWN), ("sec-fetch-site", "cross-site")],
    ));
    refused(&post(path, &wrong, &[("origin", OWN)]));
    // DNS rebinding: another name that was pointed here.
    let rebound = [
        ("host", "evil.example:8088"),
        ("origin", "http://evil.example:8088"),
    ];
    refused(&post(path, &right, &rebound));
    let control = json!({ "pairingCode": code }).to_string();
    refused(&post("/sandbox/approve", &control, &rebound));
    refused(&post(
        "/sandbox/approve",
        &control,
        &[("origin", "https://evil.example")],
    ));
    let mut page = request("GET", "/dashboard", "", None);
    page.headers_mut()
        .insert("host", "evil.example".parse().unwrap());
    refused(&page);

    assert_eq!(
        bench.ask(&request("GET", "/tokens", "", Some(&key(9)))).0,
        500,
        "it was not approved"
    );
    for host in ["127.0.0.1:8088", "[::1]:8088", HOST] {
        let origin = format!("http://{host}");
        let fine = post(
            "/sandbox/codes",
            "{}",
            &[("host", host), ("origin", &origin)],
        );
        assert_eq!(
            bench.handle(&fine).response.unwrap().status(),
            200,
            "{host}"
        );
    }
}

#[test]
fn what_others_wrote_stays_text() {
    let mut bench = Bench::new();
    let nasty = "\"><script>alert('1')</script>&";
    let (id, _) = bench.invoice(json!({
        "orderId": nasty, "itemDesc": nasty, "merchantName": nasty,
        "notificationURL": format!("http://localhost/{nasty}"), "redirectURL": "javascript:alert(1)",
        "buyer": { "email": nasty, "name": nasty },
    }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    for target in [
        "/dashboard",
        "/dashboard/merchant/api-tokens",
        &format!("/invoice?id={id}"),
        &format!("/i/{id}"),
    ] {
        let (status, page) = get(&mut bench, target);
        assert_eq!(status, 200, "{target}");
        assert!(
            page.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"),
            "{target}"
        );
        assert!(
            !page.contains("<script") && !page.contains("javascript:"),
            "{target}"
        );
    }
    let (status, page) = get(&mut bench, "/invoice?id=%22%3E%3Cscript%3E");
    assert_eq!(status, 404);
    assert!(!page.contains("<script"));
}

#[test]
fn the_dashboard_tells_no_token() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (_, page) = get(&mut bench, "/dashboard");
    assert!(page.contains(&bench.merchant[..6]) && !page.contains(&bench.merchant[..7]));
    assert!(page.contains(&code) && page.contains("waits for approval"));

    let body = format!("facade=pos&label=till&key={}", form_key(&page));
    let made = bench.handle(&post("/dashboard/codes", &body, &[("origin", OWN)]));
    let page = String::from_utf8(made.response.unwrap().body().to_vec()).unwrap();
    let code = page
        .split("Pairing code <code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let body = json!({ "id": key(9).sin().as_str(), "pairingCode": code });
    assert_eq!(
        bench
            .ask(&request("POST", "/tokens", body.to_string(), None))
            .0,
        200
    );
}

#[test]
fn an_invoice_is_paid_by_a_button() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "redirectURL": "https://shop.example/thanks" }));
    let (_, page) = get(&mut bench, &format!("/invoice?id={id}"));
    assert!(page.contains("10 USD") && page.contains("0.000168"));
    let body = format!("id={id}&key={}", form_key(&page));
    let response = bench
        .handle(&post("/invoice/pay", &body, &[("origin", OWN)]))
        .response
        .unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], format!("/invoice?id={id}"));
    assert_eq!(bench.status_of(&id), "complete");
    let (_, page) = get(&mut bench, &format!("/invoice?id={id}"));
    assert!(page.contains("https://shop.example/thanks") && !page.contains("<button"));
    let again = bench
        .handle(&post("/dashboard/pay", &body, &[("origin", OWN)]))
        .response
        .unwrap();
    assert_eq!(again.status(), 409);
}

#[test]
fn programs_control_the_sandbox() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (id, _) = bench.invoice(json!({ "notificationURL": "https://shop.example/" }));
    let mut tell = |path: &str, body: Value| bench.ask(&post(path, &body.to_string(), &[]));
    assert_eq!(
        tell("/sandbox/approve", json!({ "pairingCode": code })).0,
        200
    );
    assert_eq!(
        tell("/sandbox/approve", json!({ "pairingCode": code })).0,
        409
    );
    assert_eq!(
        tell("/sandbox/approve", json!({ "pairingCode": "0000000" })).0,
        404
    );
    assert_eq!(tell("/sandbox/approve", json!({})).0, 400);
    let (_, made) = tell(
        "/sandbox/codes",
        json!({ "facade": "merchant", "label": "x" }),
    );
    assert_eq!(made["data"]["pairingCode"].as_str().unwrap().len(), 7);
    let (_, made) = tell("/sandbox/tokens", json!({ "label": "till" }));
    let token = made["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(
        tell(
            "/sandbox/pay",
            json!({ "invoice": id.as_str(), "status": "complete" })
        )
        .0,
        200
    );
    assert_eq!(
        tell("/sandbox/pay", json!({ "invoice": id.as_str() })).0,
        409
    );
    let order = json!({ "token": token, "price": 5, "currency": "USD" });
    let (status, sold) = tell("/invoices", order);
    assert_eq!(
        (status, &sold["facade"]),
        (200, &json!("pos/invoice")),
        "it needs no key"
    );
    let (_, time) = tell("/sandbox/advance", json!({ "seconds": 3600 }));
    assert_eq!(time["data"]["now"], "2026-03-01T13:00:00Z");
    let fault = json!({ "kind": "answer", "status": 429, "operation": "get_rates", "retryAfter": 1, "times": 2 });
    assert_eq!(tell("/sandbox/faults", fault).0, 200);
    assert_eq!(
        tell("/sandbox/faults", json!({ "kind": "no such kind" })).0,
        400
    );
    assert_eq!(tell("/sandbox/nothing", json!({})).0, 404);
    let rates = request("GET", "/rates", "", None);
    for status in [429, 429, 200] {
        assert_eq!(bench.ask(&rates).0, status);
    }
    let (_, log) = bench.ask(&request("GET", "/sandbox/deliveries", "", None));
    let events: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["event"].clone())
        .collect();
    assert_eq!(
        events,
        [
            "invoice_paidInFull",
            "invoice_confirmed",
            "invoice_completed"
        ]
    );
    assert_eq!(log["data"][0]["outcome"]["state"], "withheld");
}
