//! What the buttons of the pages do: the checkout's, and the dashboard's.

use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_sandbox::Delivered;
use serde_json::{Value, json};

use crate::pages::{get, submit, text};
use crate::support::{Bench, key, request};

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
