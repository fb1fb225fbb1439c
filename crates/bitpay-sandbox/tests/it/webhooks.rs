//! Webhooks: which, in which form, signed by what, and to whom.

use std::time::Duration;

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::webhook::{Event, Verifier};
use bitpay_sandbox::{Delivered, Settings};
use serde_json::{Value, json};

use crate::support::{Bench, error, with_token};

const URL: &str = "http://127.0.0.1:9/hook";

/// Verifies what is due with the merchant token, and tells of it: the event's name, or the status in the
/// flat form.
fn due(bench: &mut Bench) -> Vec<String> {
    let token = bench.merchant.clone();
    std::mem::take(&mut bench.due)
        .iter()
        .map(|delivery| {
            assert_eq!(delivery.url, URL);
            let verifier = Verifier::new().with("merchant", &token);
            let verified = verifier
                .verify(&delivery.body, &delivery.signature)
                .unwrap();
            match verified.event().unwrap() {
                Event::Invoice(invoice) => {
                    invoice.name.unwrap_or_else(|| invoice.status.to_string())
                }
                Event::Refund(refund) => refund.name.unwrap(),
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

fn invoice(bench: &mut Bench, more: Value) -> InvoiceId {
    let mut body = json!({ "notificationURL": URL });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    bench.invoice(body).0
}

fn pay(bench: &mut Bench, id: &InvoiceId, status: InvoiceStatus) {
    bench.engine.pay(id, &status, bench.clock).unwrap();
    bench.pass(Duration::ZERO);
}

#[test]
fn the_flat_form_tells_of_three_states() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "posData": "p", "orderId": "o" }));
    assert!(due(&mut bench).is_empty(), "none for a new invoice");
    pay(&mut bench, &id, InvoiceStatus::Confirmed);
    let body: Value = serde_json::from_slice(&bench.due[0].body).unwrap();
    assert_eq!(
        (&body["id"], &body["posData"], &body["orderId"]),
        (&json!(id.as_str()), &json!("p"), &json!("o"))
    );
    assert_eq!(body["exceptionStatus"], false);
    assert_eq!(
        body["buyerFields"],
        json!({ "buyerEmail": "buyer@example.com" })
    );
    assert_eq!(body["transactionCurrency"], "BTC");
    assert_eq!(body["amountPaid"], body["paymentTotals"]["BTC"]);
    assert_eq!(due(&mut bench), ["paid", "confirmed"]);
    pay(&mut bench, &id, InvoiceStatus::Complete);
    assert_eq!(due(&mut bench), ["complete"]);

    invoice(&mut bench, json!({}));
    bench.pass(Duration::from_secs(900));
    assert!(due(&mut bench).is_empty(), "none for an expiry");
}

#[test]
fn the_extended_form_tells_of_all() {
    let mut bench = Bench::new();
    let extended = json!({ "extendedNotifications": true, "fullNotifications": false });
    let id = invoice(&mut bench, extended.clone());
    pay(&mut bench, &id, InvoiceStatus::Complete);
    let first: Value = serde_json::from_slice(&bench.due[0].body).unwrap();
    let timestamp = bench.clock.as_millisecond();
    let event = json!({ "code": 1003, "name": "invoice_paidInFull", "timestamp": timestamp });
    assert_eq!(first["event"], event);
    assert_eq!(first["data"]["status"], "paid");
    assert_eq!(
        due(&mut bench),
        [
            "invoice_paidInFull",
            "invoice_confirmed",
            "invoice_completed"
        ]
    );

    invoice(&mut bench, extended.clone());
    bench.pass(Duration::from_secs(900));
    assert_eq!(due(&mut bench), ["invoice_expired"]);

    let id = invoice(&mut bench, extended.clone());
    pay(&mut bench, &id, InvoiceStatus::Paid);
    bench.pass(Duration::from_secs(3600));
    assert_eq!(
        due(&mut bench),
        ["invoice_paidInFull", "invoice_failedToConfirm"]
    );

    let id = invoice(&mut bench, extended);
    pay(&mut bench, &id, InvoiceStatus::Confirmed);
    pay(&mut bench, &id, InvoiceStatus::Declined);
    assert_eq!(
        due(&mut bench),
        [
            "invoice_paidInFull",
            "invoice_confirmed",
            "refund_created",
            "invoice_declined"
        ]
    );
}

#[test]
fn the_transaction_speed_skips_states() {
    let mut bench = Bench::new();
    let high = invoice(&mut bench, json!({ "transactionSpeed": "high" }));
    pay(&mut bench, &high, InvoiceStatus::Paid);
    assert_eq!(due(&mut bench), ["confirmed"]);
    let low = invoice(&mut bench, json!({ "transactionSpeed": "low" }));
    pay(&mut bench, &low, InvoiceStatus::Complete);
    assert_eq!(due(&mut bench), ["paid", "complete"]);
}

#[test]
fn there_may_be_but_one() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "fullNotifications": false }));
    pay(&mut bench, &id, InvoiceStatus::Complete);
    assert_eq!(due(&mut bench), ["confirmed"]);
}

#[test]
fn refunds_are_told_of() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "extendedNotifications": true }));
    pay(&mut bench, &id, InvoiceStatus::Complete);
    bench.due.clear();
    let (_, answer) = bench.merchant(
        "POST",
        "/refunds",
        json!({ "invoiceId": id.as_str(), "amount": 10 }),
    );
    let body: Value = serde_json::from_slice(&bench.due[0].body).unwrap();
    assert_eq!(body["data"]["id"], answer["data"]["id"]);
    assert_eq!(body["data"].get("token"), None);
    let refund = answer["data"]["id"].as_str().unwrap().parse().unwrap();
    for status in [RefundStatus::Pending, RefundStatus::Success] {
        bench
            .engine
            .settle_refund(&refund, &status, bench.clock)
            .unwrap();
    }
    bench.pass(Duration::ZERO);
    assert_eq!(
        due(&mut bench),
        [
            "refund_created",
            "refund_pending",
            "refund_success",
            "invoice_refundComplete"
        ]
    );
}

#[test]
fn a_resend_takes_the_invoices_own_token() {
    let mut bench = Bench::new();
    let (id, made) =
        bench.invoice(json!({ "notificationURL": URL, "extendedNotifications": true }));
    let path = format!("/invoices/{id}/notifications");
    let wrong = bench.merchant("POST", &path, json!({}));
    assert_eq!(
        error(&wrong),
        (500, "This endpoint does not support the `merchant` facade")
    );
    let own = made["token"].as_str().unwrap();
    let resend = with_token("POST", &path, json!({}), own, Some(&bench.key));
    assert_eq!(bench.ask(&resend), (200, json!({ "data": "Success" })));
    assert_eq!(due(&mut bench), ["invoice_manuallyNotified"]);
    let other = bench.invoice(json!({})).0;
    let path = format!("/invoices/{other}/notifications");
    let mixed = with_token("POST", &path, json!({}), own, Some(&bench.key));
    assert_eq!(error(&bench.ask(&mixed)), (500, "Invalid token"));
}

#[test]
fn webhooks_stay_on_this_machine_unless_told_otherwise() {
    let elsewhere = [
        "https://shop.example/hook",
        "http://127.0.0.1.evil.example/",
        "http://10.0.0.7/",
    ];
    let never = [
        "ftp://127.0.0.1/",
        "/hook",
        "http://user@127.0.0.1/",
        "not an address",
    ];
    let here = [
        "http://localhost:3000/x",
        "https://127.0.0.1/x",
        "http://[::1]:80/x",
    ];
    for anywhere in [false, true] {
        let mut settings = Settings::default();
        settings.deliver_anywhere = anywhere;
        let mut bench = Bench::with(settings);
        for url in elsewhere.iter().chain(&never).chain(&here) {
            let (id, _) =
                bench.invoice(json!({ "notificationURL": url, "transactionSpeed": "high" }));
            pay(&mut bench, &id, InvoiceStatus::Confirmed);
            let record = bench.engine.deliveries().next_back().unwrap().clone();
            let sent = here.contains(url) || (anywhere && elsewhere.contains(url));
            assert_eq!(record.delivery.url, *url);
            assert_eq!(
                record.outcome == Delivered::Underway,
                sent,
                "{url} {anywhere}"
            );
            assert_eq!(
                bench.due.drain(..).count(),
                usize::from(sent),
                "{url} {anywhere}"
            );
            bench
                .engine
                .delivered(record.delivery.id, Delivered::Answered(204));
            let record = bench.engine.deliveries().next_back().unwrap();
            assert_eq!(record.outcome, Delivered::Answered(204));
        }
    }
}
