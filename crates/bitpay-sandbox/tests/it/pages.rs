//! The pages: what they show, that nothing gets out of its quotes, and who may press their buttons.

use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::signature::Digest;
use bitpay_sandbox::Delivered;
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
fn submit(bench: &mut Bench, target: &str, body: &str) -> http::Response<Bytes> {
    let (_, page) = get(bench, "/dashboard/tokens");
    let body = format!("{body}&key={}", form_key(&page));
    let form = post(target, &body, &[("origin", OWN)]);
    bench.handle(&form).response.unwrap()
}

fn text(response: &http::Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

/// A page without its own style and script.
fn content(page: &str) -> String {
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
fn a_code_that_was_made_on_a_page_can_be_claimed_and_revoked() {
    let mut bench = Bench::new();
    let made = submit(&mut bench, "/dashboard/codes", "facade=pos&label=till");
    assert_eq!(made.status(), 303);
    let page = get(&mut bench, made.headers()["location"].to_str().unwrap()).1;
    let code = page.split("Pairing code <code>").nth(1).unwrap();
    let code = code.split('<').next().unwrap();
    let body = json!({ "id": key(9).sin().as_str(), "pairingCode": code }).to_string();
    assert_eq!(bench.ask(&request("POST", "/tokens", body, None)).0, 200);
    let tokens = request("GET", "/tokens", "", Some(&key(9)));
    assert_eq!(bench.ask(&tokens).0, 200);
    let wrong = submit(&mut bench, "/dashboard/codes", "facade=pos&label=%3Cb%3E");
    assert_eq!(wrong.status(), 400);
    let revoked = submit(&mut bench, "/dashboard/revoke", "token=2&act=revoke");
    assert_eq!(revoked.status(), 303);
    assert_eq!(bench.ask(&tokens).0, 500);
    let again = submit(&mut bench, "/dashboard/revoke", "token=2&act=revoke");
    assert_eq!(again.status(), 404);
}

#[test]
fn a_buyer_chooses_a_currency_and_pays_at_the_checkout() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "redirectURL": "https://shop.example/thanks" }));
    let address = format!("/invoice?id={id}");
    let (_, page) = get(&mut bench, &address);
    assert!(page.contains("10 USD") && page.contains("0.000168 BTC"));
    assert!(page.contains("data-left=\"900000\">15:00</b>"));
    assert!(!page.contains("<svg"), "nothing is chosen yet");

    let chosen = submit(
        &mut bench,
        "/invoice/currency",
        &format!("id={id}&currency=ETH"),
    );
    assert_eq!(chosen.status(), 303);
    assert_eq!(chosen.headers()["location"], address);
    bench.pass(Duration::from_secs(61));
    let (_, page) = get(&mut bench, &address);
    assert!(page.contains("<svg class=qr") && page.contains("id=due>0.003125 ETH"));
    assert!(page.contains("data-left=\"839000\">13:59</b>"));
    let (_, seen) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    let selected = &seen["data"]["buyerProvidedInfo"]["selectedTransactionCurrency"];
    assert_eq!(selected, "ETH");

    let pay = |bench: &mut Bench, act: &str| {
        let paid = submit(bench, "/invoice/pay", &format!("id={id}&act={act}"));
        (paid.status().as_u16(), get(bench, &address).1)
    };
    let (status, page) = pay(&mut bench, "half");
    assert_eq!(status, 303);
    assert!(page.contains("Only a part was paid") && page.contains("id=due>0.0015625 ETH"));
    assert!(!page.contains("Pay in another currency"));
    assert_eq!(
        pay(&mut bench, "declined").0,
        400,
        "a buyer does not decline"
    );
    let (_, page) = pay(&mut bench, "paid");
    assert!(page.contains("Payment received"));
    let (_, page) = pay(&mut bench, "complete");
    assert!(page.contains("https://shop.example/thanks") && !page.contains("<button"));
    assert_eq!(bench.status_of(&id), "complete");
    assert_eq!(pay(&mut bench, "paid").0, 409);
    let late = submit(
        &mut bench,
        "/invoice/currency",
        &format!("id={id}&currency=BTC"),
    );
    assert_eq!(late.status(), 409);
}

#[test]
fn too_much_is_paid_and_nothing_is_paid() {
    let mut bench = Bench::new();
    let (over, _) = bench.invoice(json!({}));
    let (never, _) = bench.invoice(json!({ "closeURL": "https://shop.example/basket" }));
    submit(&mut bench, "/invoice/pay", &format!("id={over}&act=over"));
    let (_, page) = get(&mut bench, &format!("/invoice?id={over}"));
    assert!(page.contains("More was paid than was asked for"));
    let moved = submit(&mut bench, "/dashboard/clock", "by=900");
    assert_eq!(moved.status(), 303);
    let (_, page) = get(&mut bench, &format!("/invoice?id={never}"));
    assert!(page.contains("has expired") && page.contains("https://shop.example/basket"));
}

#[test]
fn a_refused_signature_shows_what_was_to_be_signed() {
    let mut bench = Bench::new();
    let token = bench.merchant.clone();
    let body = format!("{{\"token\":\"{token}\",\"price\":5,\"currency\":\"USD\"}}");
    let url = format!("http://{HOST}/invoices");
    let mut call = request("POST", "/invoices", body.clone(), Some(&bench.key));
    let forgotten = bench.key.sign(&Digest::of(&[url.as_bytes()])).to_hex();
    let headers = call.headers_mut();
    headers.insert("x-signature", forgotten.parse().unwrap());
    assert_eq!(bench.ask(&call).0, 400);

    let (_, list) = get(&mut bench, "/dashboard/refused");
    assert!(list.contains("the body is part of what is signed"));
    let (_, page) = get(&mut bench, "/dashboard/refusal?id=1");
    let exact = format!("{url}{body}").replace('"', "&quot;");
    let masked = exact.replace(&token, &format!("{}\u{2026}", &token[..6]));
    let (before, after) = page.split_once("show it with its tokens").unwrap();
    assert!(before.contains(&masked) && !before.contains(&token));
    assert!(after.contains(&exact));
    assert_eq!(page.matches(&token).count(), 1, "in one place only");
    let sha256 = Digest::of(&[url.as_bytes(), body.as_bytes()]);
    assert!(
        page.contains(
            &format!("{sha256:?}")
                .replace("Digest(", "")
                .replace(')', "")
        )
    );
    assert!(page.contains(bench.key.sin().as_str()));

    let garbled = call.headers_mut();
    garbled.insert("x-signature", "30".parse().unwrap());
    assert_eq!(bench.ask(&call).0, 400);
    let (_, page) = get(&mut bench, "/dashboard/refusal?id=2");
    assert!(page.contains("The header X-Signature: not an ECDSA signature"));
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (merchant, pos) = (bench.merchant.clone(), bench.pos.clone());
    let strange = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let own = bench.key.sin().as_str().to_owned();
    let stranger = key(9).sin().as_str().to_owned();
    let get_with = |token: &str| format!("/invoices/x?token={token}");
    let cases = [
        (
            request("GET", "/tokens", "", Some(&key(9))),
            "no token of that key was approved yet",
        ),
        (
            request("GET", &get_with(&merchant), "", Some(&key(9))),
            &*format!(
                "The token is for the key of {own}. The call is signed by the key of {stranger}."
            ),
        ),
        (
            request("GET", &get_with(&merchant), "", None),
            "the headers X-Identity and X-Signature are missing",
        ),
        (
            request("GET", &get_with(strange), "", Some(&bench.key)),
            "no such token: it begins with DsyNv4, and has 44 letters",
        ),
        (
            request("GET", &format!("/ledgers?token={pos}"), "", None),
            "takes a token of the facade merchant, as ?token= in the address",
        ),
        (request("GET", "/ledgers", "", None), "came without a token"),
        (
            request("PATCH", "/invoices", "", None),
            "There is nothing for PATCH at this path, only for GET, POST.",
        ),
        (
            request("GET", "/invoice-list", "", None),
            "BitPay has no such path.",
        ),
        (
            request("POST", "/invoices", "{'price'", None),
            "The body is not JSON: ",
        ),
    ];
    for (index, (call, expected)) in cases.iter().enumerate() {
        assert!(bench.ask(call).0 >= 400, "{expected}");
        let (_, page) = get(&mut bench, &format!("/dashboard/refusal?id={}", index + 1));
        assert!(page.contains(expected), "{expected}");
        for token in [&merchant, &pos, strange] {
            assert!(!page.contains(token), "{expected}");
        }
    }
    let token = get(&mut bench, "/dashboard/tokens").1;
    let token = token.split("<summary>show</summary><code>").nth(1).unwrap();
    let token = token.split('<').next().unwrap();
    let early = request("GET", &get_with(token), "", Some(&key(9)));
    assert_eq!(bench.ask(&early).0, 500, "{code} is not approved");
    let (_, page) = get(&mut bench, "/dashboard/refused");
    assert!(page.contains("The token waits for approval"));

    let many = request("GET", "/tokens", "", Some(&key(9)));
    for _ in 0..300 {
        bench.handle(&many);
    }
    let (_, page) = get(&mut bench, "/dashboard/refused");
    assert!(page.contains("300 times") && page.contains("The token waits for approval"));
}

#[test]
fn a_webhook_shows_its_signer_its_tries_and_is_sent_again() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "notificationURL": "http://localhost:1/hook" }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Paid, bench.clock)
        .unwrap();
    bench.pass(Duration::ZERO);
    let sent = bench.due.pop().unwrap();
    bench.engine.delivered(sent.id, Delivered::Answered(500));
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.due.len(), 1, "it is tried again");
    bench
        .engine
        .delivered(sent.id, Delivered::Failed("no answer".to_owned()));
    let (_, page) = get(&mut bench, &format!("/dashboard/webhook?id={}", sent.id));
    let record = bench.engine.deliveries().next().unwrap().delivery.clone();
    let raw = String::from_utf8(record.body.to_vec())
        .unwrap()
        .replace('"', "&quot;");
    for part in [
        raw.as_str(),
        &record.signature,
        &format!("merchant <code>{}\u{2026}", &bench.merchant[..6]),
        "answered 500: only 200 is taken for delivered",
        "no answer",
        "2026-03-01 12:01:00 UTC",
        "It is tried again at 2026-03-01 12:05:00 UTC.",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let before = bench.due.len();
    let resent = submit(
        &mut bench,
        "/dashboard/webhook",
        &format!("id={}&act=resend", sent.id),
    );
    assert_eq!(resent.headers()["location"], "/dashboard/webhook?id=2");
    assert_eq!(bench.due.len(), before + 1);
    let none = submit(&mut bench, "/dashboard/webhook", "id=99&act=resend");
    assert_eq!(none.status(), 404);
}

#[test]
fn faults_are_injected_listed_and_cleared_on_their_page() {
    let mut bench = Bench::new();
    let form = "fault=rate-limited&operation=get_rates&times=2&percent=&after=1";
    assert_eq!(submit(&mut bench, "/dashboard/faults", form).status(), 303);
    let (_, page) = get(&mut bench, "/dashboard/faults");
    assert!(page.contains("answer 429") && page.contains("2 more, after 1 more calls"));
    let rates = request("GET", "/rates", "", None);
    for status in [200, 429] {
        assert_eq!(bench.ask(&rates).0, status);
    }
    assert_eq!(
        submit(&mut bench, "/dashboard/faults", "act=clear").status(),
        303
    );
    assert_eq!(bench.ask(&rates).0, 200);
    assert!(
        get(&mut bench, "/dashboard/faults")
            .1
            .contains("None waits")
    );
    let wrong = submit(&mut bench, "/dashboard/faults", "fault=flood");
    assert_eq!(wrong.status(), 400);
    assert!(
        text(&wrong).contains("rate-limited"),
        "it says what there is"
    );
}

#[test]
fn refunds_payouts_and_settlements_go_on_by_buttons() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    let to = |act: &str| format!("id={id}&act={act}");
    assert_eq!(
        submit(&mut bench, "/dashboard/invoice", &to("complete")).status(),
        303
    );
    assert_eq!(
        submit(&mut bench, "/dashboard/invoice", &to("nonsense")).status(),
        400
    );
    let refund = json!({ "invoiceId": id.as_str(), "amount": 4 });
    let (_, refund) = bench.merchant("POST", "/refunds", refund);
    let refund = refund["data"]["id"].as_str().unwrap();
    let body = format!("id={refund}&status=success");
    assert_eq!(submit(&mut bench, "/dashboard/refund", &body).status(), 303);
    assert_eq!(submit(&mut bench, "/dashboard/refund", &body).status(), 409);
    let body = "amount=100.00&currency=usd";
    assert_eq!(submit(&mut bench, "/dashboard/deposit", body).status(), 303);
    assert_eq!(
        submit(&mut bench, "/dashboard/deposit", "amount=x&currency=USD").status(),
        400
    );
    assert_eq!(
        submit(&mut bench, "/dashboard/deposit", "amount=-1&currency=USD").status(),
        400
    );
    let (_, page) = get(&mut bench, "/dashboard/ledger");
    assert!(page.contains("105.85 USD"), "10 - 0.10 - 4 - 0.05 + 100");
    submit(&mut bench, "/dashboard/clock", "by=86400");
    let (_, page) = get(&mut bench, "/dashboard/ledger");
    let row = page.split("<h2>Settlements</h2>").nth(1).unwrap();
    let settlement = row.split("name=\"id\" value=\"").nth(1).unwrap();
    let settlement = settlement.split('"').next().unwrap();
    let body = format!("id={settlement}&status=completed");
    assert_eq!(
        submit(&mut bench, "/dashboard/settlement", &body).status(),
        303
    );
    assert_eq!(
        submit(&mut bench, "/dashboard/payout", "id=x&status=funded").status(),
        404
    );
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
