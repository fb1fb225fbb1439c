//! Webhooks that fail are tried again, on the schedule that BitPay once published.

use std::time::Duration;

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::webhook::Verifier;
use bitpay_sandbox::{ControlError, Delivered, DeliveryRecord};
use serde_json::{Value, json};

use crate::support::Bench;

const URL: &str = "http://127.0.0.1:9/hook";
const MINUTE: Duration = Duration::from_secs(60);

fn paid(bench: &mut Bench) -> InvoiceId {
    let (id, _) = bench.invoice(json!({ "notificationURL": URL }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Paid, bench.clock)
        .unwrap();
    bench.pass(Duration::ZERO);
    id
}

fn record(bench: &Bench, id: u64) -> DeliveryRecord {
    let mut log = bench.engine.deliveries();
    log.find(|record| record.delivery.id == id).unwrap().clone()
}

/// Lets what is due fail, minute by minute, and says in which minutes something was due.
fn fail_for(bench: &mut Bench, minutes: u32, outcome: &Delivered) -> Vec<u32> {
    let mut tried = Vec::new();
    for minute in 0..=minutes {
        for delivery in std::mem::take(&mut bench.due) {
            tried.push(minute);
            bench.engine.delivered(delivery.id, outcome.clone());
        }
        bench.pass(MINUTE);
    }
    tried
}

#[test]
fn a_webhook_is_tried_six_times_within_the_hour_and_then_has_failed() {
    for outcome in [
        Delivered::Answered(500),
        Delivered::Answered(204),
        Delivered::Answered(302),
        Delivered::Failed("connection refused".to_owned()),
    ] {
        let mut bench = Bench::new();
        paid(&mut bench);
        let began = bench.clock;
        assert_eq!(fail_for(&mut bench, 50, &outcome), [0, 1, 5, 14, 30]);
        let waits = record(&bench, 1);
        assert_eq!(waits.next, Some(began.checked_add(55 * MINUTE).unwrap()));
        assert_eq!(fail_for(&mut bench, 600, &outcome), [4]);
        let over = record(&bench, 1);
        assert_eq!(
            (over.tries.len(), over.next, &over.outcome),
            (6, None, &outcome)
        );
        let minutes: Vec<_> = over
            .tries
            .iter()
            .map(|one| one.at.duration_since(began).as_mins())
            .collect();
        assert_eq!(minutes, [0, 1, 5, 14, 30, 55]);
    }
}

#[test]
fn what_was_taken_is_not_sent_again() {
    let mut bench = Bench::new();
    paid(&mut bench);
    let first = bench.due.remove(0);
    bench.engine.delivered(first.id, Delivered::Answered(503));
    assert_eq!(
        bench.engine.tick(bench.clock).next,
        Some(bench.clock.checked_add(MINUTE).unwrap())
    );
    bench.pass(MINUTE);
    let second = bench.due.remove(0);
    assert_eq!(second.id, first.id);
    bench.engine.delivered(second.id, Delivered::Answered(200));
    // A report that comes twice starts nothing.
    bench.engine.delivered(second.id, Delivered::Answered(500));
    bench.pass(5 * MINUTE);
    assert!(bench.due.is_empty());
    assert_eq!(record(&bench, first.id).tries.len(), 2);
}

#[test]
fn a_later_try_tells_how_the_invoice_stands_then() {
    let mut bench = Bench::new();
    let id = paid(&mut bench);
    let first = bench.due.remove(0);
    bench.engine.delivered(first.id, Delivered::Answered(500));
    bench.engine.confirm(&id, 6, bench.clock).unwrap();
    bench.pass(MINUTE);
    let again = bench.due.pop().unwrap();
    assert_eq!(again.id, first.id);
    let body: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(body["status"], "complete");
    assert_eq!(body["currentTime"], bench.clock.as_millisecond());
    let verifier = Verifier::new().with("merchant", &bench.merchant);
    verifier.verify(&again.body, &again.signature).unwrap();
}

#[test]
fn a_webhook_of_the_log_is_sent_again_by_hand() {
    let mut bench = Bench::new();
    paid(&mut bench);
    let first = bench.due.remove(0);
    bench.engine.delivered(first.id, Delivered::Answered(200));
    let new = bench.engine.resend_delivery(first.id, bench.clock).unwrap();
    bench.pass(Duration::ZERO);
    assert_eq!(bench.due.len(), 1);
    assert_eq!((bench.due[0].id, &bench.due[0].url), (new, &first.url));
    assert_ne!(new, first.id);
    let unknown = bench.engine.resend_delivery(99, bench.clock);
    assert_eq!(unknown, Err(ControlError::UnknownDelivery));
}

#[test]
fn the_log_forgets_what_is_over_and_keeps_what_is_to_be_tried_again() {
    let mut bench = Bench::new();
    paid(&mut bench);
    let waiting = bench.due.remove(0);
    bench.engine.delivered(waiting.id, Delivered::Answered(500));
    for _ in 0..1_100 {
        bench
            .engine
            .resend_delivery(waiting.id, bench.clock)
            .unwrap();
        bench.pass(Duration::ZERO);
        let delivery = bench.due.remove(0);
        bench
            .engine
            .delivered(delivery.id, Delivered::Answered(200));
    }
    assert_eq!(bench.engine.deliveries().count(), 1_000);
    assert_eq!(record(&bench, waiting.id).tries.len(), 1);
    bench.pass(MINUTE);
    assert_eq!(bench.due.remove(0).id, waiting.id);
}
