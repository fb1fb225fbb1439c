//! Each life cycle on a moved clock, with every webhook in its order and at its time.

use std::time::Duration;

use bitpay_core::Currency;
use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::time::Timestamp;
use bitpay_core::webhook::{Event, Verifier};
use bitpay_sandbox::{ControlError, LatePayment, Pace, Settings};
use serde_json::{Value, json};

use crate::payouts::Desk;
use crate::support::Bench;

const URL: &str = "http://127.0.0.1:9/hook";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn invoice(bench: &mut Bench, more: Value) -> InvoiceId {
    let mut body = json!({ "notificationURL": URL, "extendedNotifications": true });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    bench.invoice(body).0
}

/// What is due: when by the clock, the event's code, and the status at that time. Each is verified with
/// the merchant token.
fn heard(bench: &mut Bench) -> Vec<String> {
    bench.pass(Duration::ZERO);
    let verifier = Verifier::new().with("merchant", &bench.merchant);
    let due = std::mem::take(&mut bench.due);
    due.iter()
        .map(|delivery| {
            let verified = verifier.verify(&delivery.body, &delivery.signature);
            let verified = verified.unwrap();
            let code = match verified.event().unwrap() {
                Event::Invoice(event) => event.code,
                Event::Refund(event) => event.code,
                other => panic!("{other:?}"),
            };
            let body: Value = serde_json::from_slice(&delivery.body).unwrap();
            let at = body["event"]["timestamp"].as_i64().unwrap();
            let at = Timestamp::from_millisecond(at).unwrap();
            let status = body["data"]["status"].as_str().unwrap();
            format!("{} {} {status}", at.strftime("%H:%M"), code.unwrap().0)
        })
        .collect()
}

fn pay(bench: &mut Bench, id: &InvoiceId, percent: u32) {
    bench.engine.pay_part(id, percent, bench.clock).unwrap();
}

fn confirm(bench: &mut Bench, id: &InvoiceId, blocks: u32) {
    bench.engine.confirm(id, blocks, bench.clock).unwrap();
}

fn fetch(bench: &mut Bench, id: &InvoiceId) -> Value {
    let (status, answer) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

fn refunds(bench: &mut Bench, id: &InvoiceId) -> Vec<Value> {
    let path = format!("/refunds?invoiceId={id}");
    let (_, answer) = bench.merchant("GET", &path, Value::Null);
    answer["data"].as_array().unwrap().clone()
}

/// The balance in dollars.
fn balance(bench: &mut Bench) -> Value {
    let (_, answer) = bench.merchant("GET", "/ledgers", Value::Null);
    let ledgers = answer["data"].as_array().unwrap();
    let dollars = ledgers.iter().find(|ledger| ledger["currency"] == "USD");
    dollars.map_or(json!(0), |dollars| dollars["balance"].clone())
}

#[test]
fn under_medium_speed_one_block_confirms_and_six_complete() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    bench.pass(5 * MINUTE);
    pay(&mut bench, &id, 100);
    bench.pass(10 * MINUTE);
    confirm(&mut bench, &id, 1);
    bench.pass(40 * MINUTE);
    confirm(&mut bench, &id, 4);
    assert_eq!(bench.status_of(&id), "confirmed");
    assert_eq!(
        fetch(&mut bench, &id)["transactions"][0]["confirmations"],
        5
    );
    bench.pass(10 * MINUTE);
    confirm(&mut bench, &id, 1);
    assert_eq!(
        heard(&mut bench),
        [
            "12:05 1003 paid",
            "12:15 1005 confirmed",
            "13:05 1006 complete"
        ]
    );
    assert_eq!(balance(&mut bench), json!(9.9));
    assert!(bench.engine.confirm(&id, 1, bench.clock).is_err());
}

#[test]
fn under_high_speed_a_payment_confirms_at_once() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "transactionSpeed": "high" }));
    pay(&mut bench, &id, 100);
    assert_eq!(
        fetch(&mut bench, &id)["transactions"][0]["confirmations"],
        0
    );
    bench.pass(2 * HOUR);
    confirm(&mut bench, &id, 6);
    assert_eq!(
        heard(&mut bench),
        ["12:00 1005 confirmed", "14:00 1006 complete"]
    );
}

#[test]
fn under_low_speed_only_the_last_block_counts() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "transactionSpeed": "low" }));
    pay(&mut bench, &id, 100);
    confirm(&mut bench, &id, 5);
    bench.pass(3 * HOUR);
    assert_eq!(
        bench.status_of(&id),
        "paid",
        "what has a block is not invalid"
    );
    confirm(&mut bench, &id, 1);
    assert_eq!(
        heard(&mut bench),
        ["12:00 1003 paid", "15:00 1006 complete"]
    );
}

#[test]
fn other_coins_take_more_blocks() {
    let mut bench = Bench::new();
    for (coin, target) in [("BTC", 6), ("DOGE", 40), ("ETH", 50)] {
        let id = invoice(
            &mut bench,
            json!({ "forcedBuyerSelectedTransactionCurrency": coin }),
        );
        pay(&mut bench, &id, 100);
        confirm(&mut bench, &id, target - 1);
        assert_eq!(bench.status_of(&id), "confirmed", "{coin}");
        confirm(&mut bench, &id, 1);
        assert_eq!(bench.status_of(&id), "complete", "{coin}");
    }
}

#[test]
fn an_invoice_that_nobody_pays_expires() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({ "acceptanceWindow": 600_000 }));
    bench.pass(HOUR);
    assert_eq!(heard(&mut bench), ["12:10 1004 expired"], "at its time");
    assert_eq!(bench.status_of(&id), "expired");
    assert!(refunds(&mut bench, &id).is_empty());
}

#[test]
fn a_partial_payment_is_refunded_when_its_invoice_expires() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 40);
    let partial = fetch(&mut bench, &id);
    assert_eq!(
        (&partial["status"], &partial["exceptionStatus"]),
        (&json!("new"), &json!("paidPartial"))
    );
    bench.pass(15 * MINUTE);
    let made = refunds(&mut bench, &id);
    assert_eq!(made.len(), 1);
    assert_eq!(
        (
            &made[0]["type"],
            &made[0]["amount"],
            &made[0]["buyerPaysRefundFee"]
        ),
        (&json!("underpayment"), &json!(4), &json!(true)),
        "40 hundredths of the total are worth as much of the price"
    );
    assert_eq!(made[0]["transactionAmount"].to_string(), "0.0000672");
    let refund = made[0]["id"].as_str().unwrap().parse().unwrap();
    let (_, answer) = bench.merchant("DELETE", &format!("/refunds/{refund}"), Value::Null);
    assert_eq!(
        answer["code"], "040200",
        "BitPay's own is not the merchant's to cancel"
    );
    let success = RefundStatus::Success;
    bench
        .engine
        .settle_refund(&refund, &success, bench.clock)
        .unwrap();
    assert_eq!(
        heard(&mut bench),
        [
            "12:15 1004 expired",
            "12:15 7001 created",
            "12:15 7003 success",
            "12:15 1016 expired"
        ]
    );
    assert_eq!(balance(&mut bench), json!(0), "it never came in");
}

#[test]
fn the_rest_of_a_partial_payment_pays_the_invoice() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 40);
    pay(&mut bench, &id, 30);
    let complete = InvoiceStatus::Complete;
    bench.engine.pay(&id, &complete, bench.clock).unwrap();
    let paid = fetch(&mut bench, &id);
    assert_eq!(paid["exceptionStatus"], false);
    assert_eq!(paid.get("underpaidAmount"), None);
    assert_eq!(paid["amountPaid"], paid["paymentTotals"]["BTC"]);
    let lines = paid["transactions"].as_array().unwrap();
    let sum = |kind: Option<&str>| -> i64 {
        let of = lines.iter().filter(|line| line["type"].as_str() == kind);
        of.map(|line| line["amount"].as_i64().unwrap()).sum()
    };
    assert_eq!(sum(None), paid["amountPaid"].as_i64().unwrap());
    assert_eq!(sum(Some("buyerPaidMinerFee")), -1400);
    assert_eq!(
        heard(&mut bench),
        [
            "12:00 1003 paid",
            "12:00 1005 confirmed",
            "12:00 1006 complete"
        ]
    );
    bench.pass(HOUR);
    assert!(refunds(&mut bench, &id).is_empty());
}

#[test]
fn what_is_too_much_is_refunded_beside_the_price() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 150);
    let paid = fetch(&mut bench, &id);
    assert_eq!(
        (&paid["status"], &paid["exceptionStatus"]),
        (&json!("paid"), &json!("paidOver"))
    );
    assert!(
        refunds(&mut bench, &id).is_empty(),
        "nothing is certain yet"
    );
    confirm(&mut bench, &id, 6);
    let made = refunds(&mut bench, &id);
    assert_eq!(
        (&made[0]["type"], &made[0]["amount"], made.len()),
        (&json!("overpayment"), &json!(5), 1)
    );
    // It does not stand in the way of a refund of the price.
    let body = json!({ "invoiceId": id.as_str(), "amount": 10 });
    let (_, asked) = bench.merchant("POST", "/refunds", body);
    assert_eq!(asked["data"]["status"], "created");
    assert_eq!(
        heard(&mut bench),
        [
            "12:00 1003 paid",
            "12:00 1005 confirmed",
            "12:00 1006 complete",
            "12:00 7001 created",
            "12:00 7001 created"
        ]
    );
    assert_eq!(balance(&mut bench), json!(9.9));
}

#[test]
fn a_late_payment_pays_the_invoice_or_is_returned() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    bench.pass(20 * MINUTE);
    pay(&mut bench, &id, 100);
    confirm(&mut bench, &id, 6);
    assert_eq!(
        heard(&mut bench),
        [
            "12:15 1004 expired",
            "12:20 1003 paid",
            "12:20 1005 confirmed",
            "12:20 1006 complete"
        ]
    );

    let mut settings = Settings::default();
    settings.late_payments = LatePayment::Returned;
    let mut bench = Bench::with(settings);
    let id = invoice(&mut bench, json!({}));
    bench.pass(20 * MINUTE);
    pay(&mut bench, &id, 100);
    assert_eq!(
        heard(&mut bench),
        ["12:15 1004 expired", "12:20 7001 created"]
    );
    let late = fetch(&mut bench, &id);
    assert_eq!(
        (&late["status"], &late["exceptionStatus"]),
        (&json!("expired"), &json!("paidLate"))
    );
    assert_eq!(refunds(&mut bench, &id)[0]["amount"], 10);
    assert_eq!(balance(&mut bench), json!(0));
}

#[test]
fn a_payment_without_a_block_is_invalid_after_an_hour_and_may_complete_later() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    bench.pass(10 * MINUTE);
    pay(&mut bench, &id, 100);
    bench.pass(2 * HOUR);
    confirm(&mut bench, &id, 5);
    assert_eq!(bench.status_of(&id), "invalid");
    confirm(&mut bench, &id, 1);
    assert_eq!(
        heard(&mut bench),
        [
            "12:10 1003 paid",
            "13:10 1013 invalid",
            "14:10 1006 complete"
        ]
    );
    assert_eq!(balance(&mut bench), json!(9.9));
}

#[test]
fn a_cancelled_invoice_is_expired_or_declined() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    let path = format!("/invoices/{id}");
    let (_, cancelled) = bench.merchant("DELETE", &path, Value::Null);
    assert_eq!(
        (
            &cancelled["data"]["status"],
            &cancelled["data"]["isCancelled"]
        ),
        (&json!("expired"), &json!(true))
    );
    bench.pass(HOUR);
    assert_eq!(heard(&mut bench), ["12:00 1004 expired"], "and but once");

    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 100);
    bench.merchant("DELETE", &format!("/invoices/{id}"), Value::Null);
    bench.pass(2 * HOUR);
    assert_eq!(
        heard(&mut bench),
        [
            "13:00 1003 paid",
            "13:00 7001 created",
            "13:00 1019 declined"
        ],
        "what is declined is not invalid later"
    );

    // Half was paid, so half goes back.
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 50);
    bench.merchant("DELETE", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(
        heard(&mut bench),
        ["15:00 1004 expired", "15:00 7001 created"]
    );
}

#[test]
fn a_refund_of_a_confirmed_invoice_declines_it_and_returns_what_was_too_much() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 150);
    confirm(&mut bench, &id, 1);
    bench.due.clear();
    heard(&mut bench);
    let body = json!({ "invoiceId": id.as_str(), "amount": 1 });
    bench.merchant("POST", "/refunds", body);
    let made = refunds(&mut bench, &id);
    let kinds: Vec<_> = made
        .iter()
        .map(|made| (&made["type"], &made["amount"]))
        .collect();
    assert_eq!(
        kinds,
        [
            (&json!("declined"), &json!(10)),
            (&json!("overpayment"), &json!(5))
        ]
    );
    assert_eq!(
        heard(&mut bench),
        [
            "12:00 7001 created",
            "12:00 1019 declined",
            "12:00 7001 created"
        ]
    );
}

#[test]
fn a_preview_tells_nobody_until_it_is_asked_for() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    let complete = InvoiceStatus::Complete;
    bench.engine.pay(&id, &complete, bench.clock).unwrap();
    heard(&mut bench);
    let body = json!({ "invoiceId": id.as_str(), "amount": 4, "preview": true, "immediate": true });
    let (_, preview) = bench.merchant("POST", "/refunds", body);
    assert_eq!(preview["data"]["status"], "preview");
    assert!(heard(&mut bench).is_empty());
    let refund = preview["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("/refunds/{refund}");
    bench.merchant("PUT", &path, json!({ "status": "created" }));
    assert_eq!(
        balance(&mut bench),
        json!(5.85),
        "an immediate one is taken out at once"
    );
    let refund = refund.parse().unwrap();
    for status in [RefundStatus::Pending, RefundStatus::Failure] {
        bench.pass(HOUR);
        bench
            .engine
            .settle_refund(&refund, &status, bench.clock)
            .unwrap();
    }
    assert_eq!(
        heard(&mut bench),
        [
            "12:00 7001 created",
            "13:00 7002 pending",
            "14:00 7004 failure"
        ]
    );
    assert_eq!(balance(&mut bench), json!(9.9), "and given back");
}

#[test]
fn left_to_run_invoices_and_refunds_go_on_by_themselves() {
    let mut settings = Settings::default();
    settings.pace = Some(Pace::default());
    let mut bench = Bench::with(settings);
    let id = invoice(&mut bench, json!({}));
    pay(&mut bench, &id, 150);
    bench.pass(24 * HOUR);
    assert_eq!(
        heard(&mut bench),
        [
            "12:00 1003 paid",
            "12:10 1005 confirmed",
            "13:00 1006 complete",
            "13:00 7001 created",
            "14:00 7002 pending",
            "15:00 7003 success",
            "15:00 1016 complete"
        ]
    );
    assert_eq!(
        bench.engine.tick(bench.clock).next.unwrap(),
        at("2026-03-03T09:00:00Z")
    );
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_payout_is_funded_at_its_hour_and_left_to_run_paid() {
    let mut settings = Settings::default();
    settings.pace = Some(Pace::default());
    let mut desk = Desk::with(settings);
    let clock = desk.bench.clock;
    desk.bench
        .engine
        .deposit(&Currency::USD, 100, clock)
        .unwrap();
    let made = desk
        .pay(json!({ "email": "ada@example.com", "ledgerCurrency": "USD" }))
        .1;
    assert_eq!(made["data"]["effectiveDate"], "2026-03-01T09:00:00.000Z");
    // The recipient takes three days to become active; the next hour after that is 14:00.
    desk.bench.pass(100 * HOUR);
    let path = format!("/payouts/{}", made["data"]["id"].as_str().unwrap());
    let paid = desk.get(&path);
    assert_eq!(paid["status"], "complete");
    assert_eq!(paid["dateExecuted"], "2026-03-04T16:00:00.000Z");
    assert_eq!(
        desk.due(),
        [
            "5001 payout_funded",
            "5002 payout_processing",
            "5003 payout_completed"
        ]
    );
}

#[test]
fn payouts_and_recipients_tell_of_each_step() {
    let mut desk = Desk::new();
    let clock = desk.bench.clock;
    let ada = desk.recipient("ada@example.com");
    for status in [RecipientStatus::Paused, RecipientStatus::Active] {
        desk.move_recipient(&ada, status).unwrap();
    }
    assert_eq!(
        desk.due(),
        [
            "4001 recipient_invited",
            "4002 recipient_unverified",
            "4003 recipient_verified",
            "4004 recipient_active",
            "4005 recipient_paused",
            "4004 recipient_active"
        ]
    );
    desk.bench
        .engine
        .deposit(&Currency::USD, 30, clock)
        .unwrap();
    let ask = |desk: &mut Desk| {
        let body = json!({ "recipientId": ada, "ledgerCurrency": "USD" });
        desk.pay(body).1["data"].clone()
    };
    let (paid, fails, cancelled) = (ask(&mut desk), ask(&mut desk), ask(&mut desk));
    let path = format!("/payouts/{}", cancelled["id"].as_str().unwrap());
    desk.ask("DELETE", &path, Value::Null);
    desk.bench.pass(2 * HOUR);
    desk.move_payout(&paid, PayoutStatus::Complete).unwrap();
    desk.move_payout(&fails, PayoutStatus::Failed).unwrap();
    desk.move_recipient(&ada, RecipientStatus::Removed).unwrap();
    assert_eq!(
        desk.due(),
        [
            "5004 payout_cancelled",
            "5001 payout_funded",
            "5001 payout_funded",
            "5002 payout_processing",
            "5003 payout_completed",
            "4006 recipient_removed"
        ]
    );
    let refused = desk.ask("DELETE", &path, Value::Null);
    assert_eq!(refused.0, 400, "only a new one is cancelled");
}

#[test]
fn a_settlement_is_made_each_day_and_paid_by_the_next() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        let id = invoice(&mut bench, json!({}));
        pay(&mut bench, &id, 100);
        confirm(&mut bench, &id, 6);
        bench.pass(24 * HOUR);
    }
    let (_, answer) = bench.merchant("GET", "/settlements", Value::Null);
    let made = answer["data"].as_array().unwrap();
    let facts: Vec<_> = made
        .iter()
        .map(|it| {
            [
                &it["dateCreated"],
                &it["dateExecuted"],
                &it["status"],
                &it["totalAmount"],
            ]
        })
        .collect();
    assert_eq!(
        facts,
        [
            [
                &json!("2026-03-02T09:00:00.000Z"),
                &json!("2026-03-02T12:00:00.000Z"),
                &json!(SettlementStatus::Completed.as_str()),
                &json!(9.9)
            ],
            [
                &json!("2026-03-03T09:00:00.000Z"),
                &json!("2026-03-03T12:00:00.000Z"),
                &json!(SettlementStatus::Processing.as_str()),
                &json!(9.9)
            ],
        ]
    );
}

#[test]
fn the_clock_is_set_ahead_and_never_back() {
    let mut bench = Bench::new();
    let id = invoice(&mut bench, json!({}));
    bench
        .engine
        .set_clock(at("2026-03-01T12:14:59Z"), bench.clock)
        .unwrap();
    assert_eq!(bench.status_of(&id), "new");
    bench
        .engine
        .set_clock(at("2026-12-24T00:00:00Z"), bench.clock)
        .unwrap();
    assert_eq!(bench.status_of(&id), "expired");
    assert_eq!(heard(&mut bench), ["12:15 1004 expired"]);
    let back = bench
        .engine
        .set_clock(at("2026-12-23T23:59:59Z"), bench.clock);
    let now = at("2026-12-24T00:00:00Z");
    assert_eq!(back, Err(ControlError::ClockBack { now }));
    assert_eq!(bench.engine.now(bench.clock), now);
}
