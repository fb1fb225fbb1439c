//! Refunds: what may be refunded, what is declined, what may be cancelled.

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_sandbox::{ControlError, GuidRepeat, Settings};
use serde_json::{Value, json};

use crate::support::Bench;

fn invoice(bench: &mut Bench, status: InvoiceStatus, more: Value) -> InvoiceId {
    let (id, _) = bench.invoice(more);
    if status != InvoiceStatus::New {
        bench.engine.pay(&id, &status, bench.clock).unwrap();
    }
    id
}

/// The refund, or the code of the refusal.
fn refund(bench: &mut Bench, invoice: &InvoiceId, more: Value) -> Value {
    let mut body = json!({ "invoiceId": invoice.as_str(), "amount": 4 });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (_, answer) = bench.merchant("POST", "/refunds/", body);
    match answer.get("code") {
        Some(code) => code.clone(),
        None => answer["data"].clone(),
    }
}

fn cancel(bench: &mut Bench, refund: &Value) -> Value {
    let path = format!("/refunds/{}", refund["id"].as_str().unwrap());
    let (_, answer) = bench.merchant("DELETE", &path, Value::Null);
    match answer.get("code") {
        Some(code) => code.clone(),
        None => answer["data"]["status"].clone(),
    }
}

#[test]
fn a_complete_invoice_is_refunded_in_part() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({}));
    let made = refund(
        &mut bench,
        &id,
        json!({ "guid": "r", "reference": "order 7" }),
    );
    assert_eq!(made["status"], "created");
    assert_eq!(made["type"], "partial");
    assert_eq!(made["amount"], 4);
    assert_eq!(made["currency"], "USD");
    assert_eq!(made["refundFee"], json!(0.05));
    assert_eq!(made["transactionCurrency"], "BTC");
    assert_eq!(made["transactionAmount"], json!(0.00006154));
    assert_eq!(made["requestDate"], "2026-03-01T12:00:00.000Z");
    assert_eq!(made["invoice"], id.as_str());
    assert_eq!(bench.status_of(&id), "complete");

    let path = format!("/refunds/{}", made["id"].as_str().unwrap());
    for path in [&path, "/refunds/guid/r"] {
        let (_, found) = bench.merchant("GET", path, Value::Null);
        assert_eq!(found["data"], made);
    }
    let (_, list) = bench.merchant("GET", &format!("/refunds?invoiceId={id}"), Value::Null);
    assert_eq!(list["data"], json!([made]));
    assert_eq!(
        bench.merchant("GET", "/refunds/unknown", Value::Null).1["code"],
        "020201"
    );

    assert_eq!(
        refund(&mut bench, &id, json!({ "guid": "s" })),
        "010204",
        "one is under way"
    );
    assert_eq!(cancel(&mut bench, &made), "canceled");
    assert_eq!(cancel(&mut bench, &made), "040200", "twice");
    assert_eq!(refund(&mut bench, &id, json!({}))["status"], "created");
}

#[test]
fn only_what_is_settled_is_refunded() {
    let mut bench = Bench::new();
    for status in [
        InvoiceStatus::New,
        InvoiceStatus::Paid,
        InvoiceStatus::Expired,
    ] {
        let id = invoice(&mut bench, status, json!({}));
        assert_eq!(refund(&mut bench, &id, json!({})), "010207");
    }
    let nobody: InvoiceId = "nobody".parse().unwrap();
    assert_eq!(refund(&mut bench, &nobody, json!({})), "010101");
}

#[test]
fn the_buyer_must_be_within_reach() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({ "buyer": {} }));
    assert_eq!(refund(&mut bench, &id, json!({})), "010108");
    let path = format!("/invoices/{id}");
    bench.merchant("PUT", &path, json!({ "buyerSms": "+15551234567" }));
    assert_eq!(refund(&mut bench, &id, json!({})), "010109");
    bench.merchant(
        "PUT",
        &path,
        json!({ "buyerSms": "+15551234567", "autoVerify": true }),
    );
    assert_eq!(refund(&mut bench, &id, json!({}))["status"], "created");
}

#[test]
fn a_confirmed_invoice_is_declined_and_refunded_as_a_whole() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Confirmed, json!({}));
    let seen = refund(&mut bench, &id, json!({ "preview": true }));
    assert_eq!(
        (&seen["status"], &seen["amount"]),
        (&json!("preview"), &json!(10))
    );
    assert_eq!(bench.status_of(&id), "confirmed", "a preview does nothing");
    let made = refund(&mut bench, &id, json!({}));
    assert_eq!(
        (&made["amount"], &made["type"]),
        (&json!(10), &json!("declined"))
    );
    assert_eq!(bench.status_of(&id), "declined");
    assert_eq!(cancel(&mut bench, &made), "040200");
}

#[test]
fn a_cancelled_payment_is_refunded_as_a_whole() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Paid, json!({}));
    bench.merchant("DELETE", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(bench.status_of(&id), "declined");
    let (_, list) = bench.merchant("GET", &format!("/refunds?invoiceId={id}"), Value::Null);
    assert_eq!(
        (&list["data"][0]["amount"], &list["data"][0]["type"]),
        (&json!(10), &json!("declined"))
    );
}

#[test]
fn previews_and_immediate_refunds() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({}));
    let preview = refund(
        &mut bench,
        &id,
        json!({ "preview": true, "immediate": true }),
    );
    assert_eq!(cancel(&mut bench, &preview), "canceled");
    let immediate = refund(&mut bench, &id, json!({ "immediate": true }));
    assert_eq!(
        (&immediate["immediate"], &immediate["status"]),
        (&json!(true), &json!("created"))
    );
    assert_eq!(cancel(&mut bench, &immediate), "040200");
}

#[test]
fn no_more_is_refunded_than_was_paid() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({}));
    assert_eq!(
        refund(&mut bench, &id, json!({ "amount": 10.01 })),
        "010202"
    );
    assert_eq!(refund(&mut bench, &id, json!({ "amount": 0 })), "010202");
    assert_eq!(
        refund(&mut bench, &id, json!({ "amount": 0.04 })),
        "010208",
        "the fee is 0.05"
    );
    let made = refund(&mut bench, &id, json!({ "amount": 7 }));
    let refund_id = made["id"].as_str().unwrap().parse().unwrap();
    let settle =
        |bench: &mut Bench, status| bench.engine.settle_refund(&refund_id, &status, bench.clock);
    settle(&mut bench, RefundStatus::Pending).unwrap();
    assert_eq!(cancel(&mut bench, &made), "040200", "it is being paid");
    let info = |bench: &mut Bench| {
        let path = format!("/invoices/{id}");
        bench.merchant("GET", &path, Value::Null).1["data"]["refundInfo"].clone()
    };
    assert_eq!(info(&mut bench), Value::Null);
    settle(&mut bench, RefundStatus::Success).unwrap();
    assert_eq!(info(&mut bench)[0]["amounts"]["USD"], 7);
    assert!(matches!(
        settle(&mut bench, RefundStatus::Failure),
        Err(ControlError::RefundState { .. })
    ));
    assert_eq!(
        refund(&mut bench, &id, json!({ "amount": 4 })),
        "010202",
        "only 3 are left"
    );
    assert_eq!(
        refund(&mut bench, &id, json!({ "amount": 3 }))["status"],
        "created"
    );
}

#[test]
fn a_repeated_guid_replays_or_not() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({}));
    let made = refund(&mut bench, &id, json!({ "guid": "r" }));
    assert_eq!(
        refund(&mut bench, &id, json!({ "guid": "r", "amount": 9 })),
        made
    );

    let mut settings = Settings::default();
    settings.refund_guids = GuidRepeat::Ignored;
    let mut bench = Bench::with(settings);
    let id = invoice(&mut bench, InvoiceStatus::Complete, json!({}));
    let preview = json!({ "guid": "r", "preview": true });
    let first = refund(&mut bench, &id, preview.clone());
    assert_ne!(refund(&mut bench, &id, preview)["id"], first["id"]);
}
