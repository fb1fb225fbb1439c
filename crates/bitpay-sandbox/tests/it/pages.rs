//! The pages: what they show, that nothing gets out of its quotes, and who may press their buttons.

use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::signature::Digest;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{Bench, HOST, key, request};

pub(crate) fn get(bench: &mut Bench, target: &str) -> (u16, String) {
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

pub(crate) fn post(target: &str, body: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = request("POST", target, body, None);
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

pub(crate) fn form_key(page: &str) -> &str {
    page.split("name=key value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
}

pub(crate) fn pending(bench: &mut Bench) -> String {
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

/// Every page of the dashboard, with one of each kind of thing where there is any.
const PAGES: [&str; 11] = [
    "/",
    "/dashboard",
    "/dashboard/tokens",
    "/dashboard/merchant/api-tokens",
    "/dashboard/invoices",
    "/dashboard/refunds",
    "/dashboard/ledger",
    "/dashboard/payouts",
    "/dashboard/webhooks",
    "/dashboard/refused",
    "/dashboard/faults",
];

/// Sends a form of a page of ours.
pub(crate) fn submit(bench: &mut Bench, target: &str, body: &str) -> http::Response<Bytes> {
    let (_, page) = get(bench, "/dashboard/tokens");
    let body = format!("{body}&key={}", form_key(&page));
    let form = post(target, &body, &[("origin", OWN)]);
    bench.handle(&form).response.unwrap()
}

pub(crate) fn text(response: &http::Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

/// A page without its own style and script.
pub(crate) fn content(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.rsplit_once("<script>").unwrap();
    format!("{before}{body}")
}

#[test]
fn what_others_wrote_stays_text() {
    let mut bench = Bench::new();
    let nasty = "\"><script>alert('1')</script>&";
    let safe = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
    let (id, _) = bench.invoice(json!({
        "orderId": nasty, "itemDesc": nasty, "merchantName": nasty,
        "notificationURL": format!("http://localhost/{nasty}"), "redirectURL": "javascript:alert(1)",
        "buyer": { "email": nasty, "name": nasty },
    }));
    let shown = [
        "/dashboard",
        "/dashboard/invoices",
        &format!("/dashboard/invoice?id={id}"),
        &format!("/invoice?id={id}"),
        &format!("/i/{id}"),
    ];
    let look = |bench: &mut Bench, targets: &[&str]| {
        for target in targets {
            let (status, page) = get(bench, target);
            assert_eq!(status, 200, "{target}");
            assert!(page.contains(safe), "{target}");
            let page = content(&page);
            assert!(
                !page.contains("<script") && !page.contains("javascript:"),
                "{target}"
            );
        }
    };
    look(&mut bench, &shown);
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    let refund = json!({ "invoiceId": id.as_str(), "amount": 1, "reference": nasty });
    assert_eq!(bench.merchant("POST", "/refunds", refund).0, 200);
    let odd = request("POST", "/in%22%3E%3Cscript%3E", nasty, None);
    assert_eq!(bench.ask(&odd).0, 400);
    look(&mut bench, &shown);
    look(
        &mut bench,
        &[
            "/dashboard/refunds",
            "/dashboard/ledger",
            "/dashboard/webhooks",
            "/dashboard/webhook?id=1",
            "/dashboard/refusal?id=1",
        ],
    );
    for target in [
        "/invoice?id=%22%3E%3Cscript%3E",
        "/dashboard/invoice?id=%22%3E%3Cscript%3E",
        "/dashboard/webhook?id=%22%3E%3Cscript%3E",
        "/dashboard/refusal?id=9",
    ] {
        let (status, page) = get(&mut bench, target);
        assert_eq!(status, 404, "{target}");
        assert!(!content(&page).contains("<script"), "{target}");
    }
}

#[test]
fn a_page_runs_its_own_script_and_nothing_else() {
    let mut bench = Bench::new();
    let response = bench.handle(&request("GET", "/dashboard", "", None));
    let response = response.response.unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    let page = text(&response);
    for (part, name) in [("style", "style-src"), ("script", "script-src")] {
        let inside = page.split(&format!("<{part}>")).nth(1).unwrap();
        let inside = inside.split(&format!("</{part}>")).next().unwrap();
        let digest = Digest::of(&[inside.as_bytes()]);
        let hash = base64(digest.as_bytes());
        assert!(
            policy.contains(&format!("{name} 'sha256-{hash}'")),
            "{policy}"
        );
        assert_eq!(page.matches(&format!("<{part}")).count(), 1);
    }
    for part in [
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{part}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains("http"),
        "{policy}"
    );
    assert_eq!(response.headers()["referrer-policy"], "same-origin");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["cache-control"], "no-store");
}

/// As the policy writes a hash. The sandbox has a library for it; this is a second reading.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let number = number << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            out.push(if place > chunk.len() {
                '='
            } else {
                letter.into()
            });
        }
    }
    out
}

#[test]
fn every_page_answers_empty_and_filled() {
    let mut bench = Bench::new();
    bench.engine.reset(None, bench.clock);
    for target in PAGES {
        assert_eq!(get(&mut bench, target).0, 200, "{target}");
    }
    let filled = submit(&mut bench, "/dashboard/demo", "act=fill");
    assert_eq!(filled.status(), 303, "{}", text(&filled));
    assert_eq!(
        bench.ask(&request("POST", "/invoices", "{}", None)).0,
        500,
        "something is refused"
    );
    for target in PAGES {
        let (status, page) = get(&mut bench, target);
        assert_eq!(status, 200, "{target}");
        // The demonstration's shop takes no webhooks.
        let shows = content(&page).contains("<tbody>") || target == "/dashboard/webhooks";
        assert!(shows, "{target} shows nothing");
    }
    let (_, list) = get(&mut bench, "/dashboard/invoices");
    let ids: Vec<&str> = list
        .split("/dashboard/invoice?id=")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(ids.len() > 3);
    for id in ids {
        assert_eq!(
            get(&mut bench, &format!("/dashboard/invoice?id={id}")).0,
            200
        );
        assert_eq!(get(&mut bench, &format!("/invoice?id={id}")).0, 200);
    }
    assert_eq!(get(&mut bench, "/dashboard/refusal?id=1").0, 200);
    let anew = submit(&mut bench, "/dashboard/reset", "act=reset");
    assert_eq!(anew.status(), 303);
    assert!(get(&mut bench, "/dashboard").1.contains("It is empty."));
}

#[test]
fn a_token_is_shown_on_its_own_page_only_and_on_request() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (id, _) = bench.invoice(json!({ "notificationURL": "https://shop.example/" }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    for target in PAGES {
        let (_, page) = get(&mut bench, target);
        let mut places = page.split(&bench.merchant[..7]);
        let before = places.next().unwrap();
        match target.ends_with("tokens") {
            true => assert!(before.ends_with("<summary>show</summary><code>")),
            false => assert_eq!(places.count(), 0, "{target}"),
        }
    }
    let (_, page) = get(&mut bench, "/dashboard/webhook?id=1");
    assert!(page.contains(&bench.merchant[..6]) && !page.contains(&bench.merchant[..7]));
    let (_, page) = get(&mut bench, "/dashboard/tokens");
    assert!(page.contains(&code) && page.contains("waits for approval"));
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
