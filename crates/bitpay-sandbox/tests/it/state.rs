//! What outlives the engine: all of it, and nothing that reads alone.

use std::time::Duration;

use bitpay_core::id::{InvoiceId, PayoutId, RecipientId, RefundId};
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::{Currency, Facade, Merchant, Payout};
use bitpay_sandbox::{Delivered, Engine, Fault, Settings};
use serde_json::{Value, json};

use crate::support::{Bench, key, request, with_token};

const URL: &str = "http://127.0.0.1:9/hook";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A sandbox in which there is some of everything, and how its things are called.
struct World {
    bench: Bench,
    payout_token: String,
    /// Asked for, and not approved yet; made, and not claimed yet.
    codes: [String; 2],
    /// New, partly paid, paid, confirmed, complete.
    invoices: Vec<InvoiceId>,
    /// A preview, created, paid.
    refunds: Vec<RefundId>,
    bill: Value,
    subscription: Value,
    recipients: Vec<RecipientId>,
    payouts: Vec<PayoutId>,
}

fn id_of<T: std::str::FromStr>(made: &Value) -> T
where
    T::Err: std::fmt::Debug,
{
    made["id"].as_str().unwrap().parse().unwrap()
}

impl World {
    fn new() -> Self {
        let mut bench = Bench::new();
        let grant = bench.engine.grant::<Payout>(key(7), bench.clock);
        let pending =
            json!({ "id": key(9).sin().as_str(), "facade": "pos", "label": "till", "guid": "a" });
        let (_, pending) = bench.ask(&request("POST", "/tokens", pending.to_string(), None));
        let pending = pending["data"][0]["pairingCode"]
            .as_str()
            .unwrap()
            .to_owned();
        let made = bench.engine.make_code(Facade::Pos, None, bench.clock);
        let mut world = Self {
            payout_token: grant.token().expose().to_owned(),
            bench,
            codes: [pending, made.as_str().to_owned()],
            invoices: Vec::new(),
            refunds: Vec::new(),
            bill: Value::Null,
            subscription: Value::Null,
            recipients: Vec::new(),
            payouts: Vec::new(),
        };
        world.sell();
        world.give_back();
        world.bill();
        world.pay_out();
        let bitcoin = 50_000;
        world.bench.engine.set_rate(Currency::BTC, bitcoin).unwrap();
        // One of a kind, and the second of two, are still to come.
        let busy = Fault::rate_limited(2).on("get_rates_for").times(2);
        world.bench.engine.inject(busy);
        assert_eq!(
            world.bench.ask(&request("GET", "/rates/BTC", "", None)).0,
            429
        );
        world.fail_once(429);
        world
    }

    fn merchant(&mut self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.bench.merchant(method, path, body);
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer["data"].clone()
    }

    fn payer(&mut self, method: &str, path: &str, body: Value) -> Value {
        let token = self.payout_token.clone();
        let asked = with_token(method, path, body, &token, Some(&key(7)));
        let (status, answer) = self.bench.ask(&asked);
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer["data"].clone()
    }

    fn pay(&mut self, invoice: usize, status: &InvoiceStatus) {
        let id = &self.invoices[invoice];
        self.bench.engine.pay(id, status, self.bench.clock).unwrap();
        self.bench.pass(Duration::ZERO);
    }

    /// Makes an invoice whose order id asks for one failure.
    fn fail_once(&mut self, expected: u16) {
        let order = "sandbox-fails-once-rate-limited-1";
        let body = json!({ "price": 1, "currency": "USD", "orderId": order });
        let (status, answer) = self.bench.merchant("POST", "/invoices", body);
        assert_eq!(status, expected, "{answer}");
    }

    fn sell(&mut self) {
        for number in 0..5 {
            let (id, _) = self.bench.invoice(json!({
                // In the smallest unit of some coins, more than 64 bits hold.
                "price": "812345.67",
                "guid": format!("invoice-{number}"),
                "orderId": format!("order \u{2713} {number}"),
                "notificationURL": URL,
                "extendedNotifications": number % 2 == 0,
                "itemizedDetails": [{ "amount": 10, "description": "Tea", "isFee": false }],
            }));
            self.invoices.push(id);
            // Each has a moment of its own.
            self.bench.pass(Duration::from_millis(1_001));
        }
        let partly = self.invoices[1].clone();
        self.bench
            .engine
            .pay_part(&partly, 50, self.bench.clock)
            .unwrap();
        self.pay(2, &InvoiceStatus::Paid);
        self.pay(3, &InvoiceStatus::Confirmed);
        self.pay(4, &InvoiceStatus::Complete);
        let path = format!("/invoices/{}/events", self.invoices[0]);
        self.merchant("GET", &path, Value::Null);
    }

    fn give_back(&mut self) {
        let invoice = self.invoices[4].as_str().to_owned();
        for (number, preview, end) in [
            (0, true, None),
            (1, false, Some(RefundStatus::Success)),
            (2, false, None),
        ] {
            let refund = self.merchant(
                "POST",
                "/refunds",
                json!({
                    "invoiceId": invoice, "amount": "1.10", "currency": "USD", "preview": preview,
                    "immediate": number == 2, "guid": format!("refund-{number}"), "reference": "r",
                }),
            );
            let id: RefundId = id_of(&refund);
            if let Some(end) = end {
                let clock = self.bench.clock;
                self.bench.engine.settle_refund(&id, &end, clock).unwrap();
            }
            self.refunds.push(id);
        }
    }

    fn bill(&mut self) {
        let items = json!([{ "description": "Tea", "price": 6.5, "quantity": 2 }]);
        let bill = json!({ "currency": "USD", "email": "a@example.com", "items": items });
        self.bill = self.merchant("POST", "/bills", bill.clone());
        let subscription = json!({ "schedule": "monthly", "billData": {
            "currency": "USD", "email": "a@example.com", "dueDate": "2026-05-31", "items": items,
        } });
        self.subscription = self.merchant("POST", "/subscriptions", subscription);
    }

    fn pay_out(&mut self) {
        let clock = self.bench.clock;
        let eur = Currency::EUR;
        self.bench.engine.deposit(&eur, 5_000, clock).unwrap();
        for email in ["a@example.com", "b@example.com"] {
            let body = json!({ "recipients": [{ "email": email, "notificationURL": URL }] });
            let made = self.payer("POST", "/recipients", body);
            self.recipients.push(id_of(&made[0]));
        }
        let (first, active) = (self.recipients[0].clone(), RecipientStatus::Active);
        self.bench
            .engine
            .move_recipient(&first, &active, clock)
            .unwrap();
        for reference in ["funded", "new"] {
            let made = self.payer(
                "POST",
                "/payouts",
                json!({
                    "amount": 20, "currency": "EUR", "ledgerCurrency": "EUR", "reference": reference,
                    "recipientId": first.as_str(), "notificationURL": URL,
                }),
            );
            self.payouts.push(id_of(&made));
        }
        let funded = self.payouts[0].clone();
        let processing = PayoutStatus::Processing;
        self.bench
            .engine
            .move_payout(&funded, &processing, clock)
            .unwrap();
        self.bench.pass(Duration::ZERO);
    }

    /// The same world, in an engine that was restored from what was saved.
    fn restarted(&self) -> Self {
        Self {
            bench: self.bench.restored(),
            payout_token: self.payout_token.clone(),
            codes: self.codes.clone(),
            invoices: self.invoices.clone(),
            refunds: self.refunds.clone(),
            bill: self.bill.clone(),
            subscription: self.subscription.clone(),
            recipients: self.recipients.clone(),
            payouts: self.payouts.clone(),
        }
    }

    /// Every view of everything.
    fn views(&mut self) -> Vec<(String, String)> {
        let days = "startDate=2020-01-01&endDate=2099-01-01";
        let mut merchant = vec![
            "/invoices?dateStart=2020-01-01&dateEnd=2099-01-01".to_owned(),
            "/ledgers".to_owned(),
            format!("/ledgers/USD?{days}"),
            format!("/ledgers/EUR?{days}"),
            format!("/settlements?{days}"),
            "/bills".to_owned(),
            "/subscriptions".to_owned(),
            format!("/bills/{}", self.bill["id"].as_str().unwrap()),
            format!(
                "/subscriptions/{}",
                self.subscription["id"].as_str().unwrap()
            ),
            format!("/tokens/{}/sins", self.bench.merchant),
        ];
        for (number, id) in self.invoices.iter().enumerate() {
            merchant.push(format!("/invoices/{id}"));
            merchant.push(format!("/invoices/guid/invoice-{number}"));
            merchant.push(format!("/invoices/{id}/events"));
            merchant.push(format!("/refunds?invoiceId={id}"));
        }
        for (number, id) in self.refunds.iter().enumerate() {
            merchant.push(format!("/refunds/{id}"));
            merchant.push(format!("/refunds/guid/refund-{number}"));
        }
        let mut payer = vec!["/recipients".to_owned(), "/payouts".to_owned()];
        payer.extend(self.recipients.iter().map(|id| format!("/recipients/{id}")));
        payer.extend(self.payouts.iter().map(|id| format!("/payouts/{id}")));
        let mut open = vec![
            "/sandbox/deliveries".to_owned(),
            "/rates".to_owned(),
            format!("/api-access-request?pairingCode={}", self.codes[0]),
        ];
        let pages = [
            "tokens", "invoices", "refunds", "ledger", "payouts", "webhooks",
        ];
        open.extend(pages.map(|page| format!("/dashboard/{page}")));
        open.extend(self.invoices.iter().map(|id| format!("/invoices/{id}")));
        open.extend(self.invoices.iter().map(|id| format!("/invoice?id={id}")));

        let mut asked: Vec<_> = Vec::new();
        for path in merchant {
            asked.push(self.bench.merchant_request("GET", &path, Value::Null));
        }
        for path in payer {
            let token = &self.payout_token;
            asked.push(with_token("GET", &path, Value::Null, token, Some(&key(7))));
        }
        for path in open {
            asked.push(request("GET", &path, "", None));
        }
        asked.push(request("GET", "/tokens", "", Some(&key(7))));
        let mut seen = Vec::new();
        for request in asked {
            let response = self.bench.handle(&request).response.unwrap();
            let text = String::from_utf8(response.body().to_vec()).unwrap();
            // An approval page is gone when its code was used.
            let status = response.status().as_u16();
            assert!([200, 410].contains(&status), "{} {text}", request.uri());
            seen.push((request.uri().to_string(), without_refusals(&text)));
        }
        seen
    }

    /// What goes on from here: everything that was under way comes to its end.
    fn go_on(&mut self) {
        let clock = self.bench.clock;
        for status in [429, 200] {
            let answer = self.bench.ask(&request("GET", "/rates/BTC", "", None));
            assert_eq!(answer.0, status, "{}", answer.1);
        }
        self.fail_once(200);
        for code in self.codes.clone() {
            // The one is approved, and the other is claimed.
            let _ = self.bench.engine.approve(&code.parse().unwrap(), clock);
            let body = json!({ "pairingCode": code, "id": key(9).sin().as_str() });
            self.bench
                .ask(&request("POST", "/tokens", body.to_string(), None));
        }
        let again = json!({ "guid": "invoice-0" });
        assert_eq!(
            self.bench.invoice(again).0,
            self.invoices[0],
            "the guid is known"
        );
        let (new, _) = self
            .bench
            .invoice(json!({ "guid": "new", "notificationURL": URL }));
        assert!(!self.invoices.contains(&new));
        let preview = format!("/refunds/{}", self.refunds[0]);
        let immediate = self.refunds[2].clone();
        let failure = RefundStatus::Failure;
        self.bench
            .engine
            .settle_refund(&immediate, &failure, clock)
            .unwrap();
        self.merchant("PUT", &preview, json!({ "status": "created" }));
        self.pay(3, &InvoiceStatus::Complete);
        // Invoices expire, or are never confirmed.
        self.bench.pass(16 * MINUTE);
        self.bench.pass(60 * MINUTE);
        // A settlement is made and paid, and what is new is funded.
        for _ in 0..4 {
            self.bench.engine.advance(DAY);
            self.bench.pass(MINUTE);
        }
        let settlements = self.merchant("GET", "/settlements", Value::Null);
        assert!(!settlements.as_array().unwrap().is_empty());
        let oldest = id_of(&settlements[0]);
        let rejected = SettlementStatus::Rejected;
        let done = self
            .bench
            .engine
            .move_settlement(&oldest, &rejected, self.bench.clock);
        assert!(done.is_err(), "it is completed by now");
        let report = format!(
            "/settlements/{}/reconciliationReport",
            settlements[0]["id"].as_str().unwrap()
        );
        let token = settlements[0]["token"].as_str().unwrap();
        let asked = with_token("GET", &report, Value::Null, token, Some(&key(7)));
        assert_eq!(self.bench.ask(&asked).0, 200);
    }
}

/// A page without its count of the calls that were refused: those are for who develops now, and are not
/// kept.
fn without_refusals(page: &str) -> String {
    let link = "\"/dashboard/refused\"";
    match page.split_once(link) {
        Some((before, after)) => {
            let rest = after.split_once("</a>").map_or("", |(_, rest)| rest);
            format!("{before}{link}{rest}")
        }
        None => page.to_owned(),
    }
}

#[test]
fn a_restarted_sandbox_shows_what_was_there_and_goes_on_as_if_it_had_not_stopped() {
    let mut never = World::new();
    for delivery in std::mem::take(&mut never.bench.due) {
        never
            .bench
            .engine
            .delivered(delivery.id, Delivered::Answered(200));
    }
    never.bench.pass(Duration::ZERO);
    let mut again = never.restarted();
    assert_eq!(again.views(), never.views());

    again.go_on();
    never.go_on();
    assert_eq!(
        again.bench.due, never.bench.due,
        "the same webhooks in the same order"
    );
    assert!(again.bench.due.len() > 5, "{:?}", again.bench.due);
    assert_eq!(again.views(), never.views());
    assert_eq!(again.bench.disk, never.bench.disk);

    // What was saved since then is as good.
    let mut third = again.restarted();
    assert_eq!(third.views(), again.views());
    let mut statuses = Vec::new();
    for id in third.invoices.clone() {
        statuses.push(third.bench.status_of(&id));
    }
    assert_eq!(
        statuses,
        ["expired", "expired", "invalid", "complete", "complete"]
    );
}

#[test]
fn a_reset_leaves_nothing_behind() {
    let mut world = World::new();
    world.bench.engine.reset(Some(1), world.bench.clock);
    world.bench.pass(Duration::ZERO);
    let tables: Vec<_> = world.bench.disk.keys().map(|(table, _)| table).collect();
    assert_eq!(tables, ["faults", "once"]);
    let mut again = world.bench.restored();
    let mut new = Bench::new();
    new.engine.reset(Some(1), new.clock);
    new.merchant = again
        .engine
        .grant::<Merchant>(key(7), again.clock)
        .token()
        .expose()
        .to_owned();
    let same = new.engine.grant::<Merchant>(key(7), new.clock);
    assert_eq!(same.token().expose(), new.merchant);
}

#[test]
fn time_is_not_turned_back_by_a_restart() {
    let mut bench = Bench::new();
    let (id, invoice) = bench.invoice(json!({}));
    let mut again = bench.restored();
    again.clock = "2020-01-01T00:00:00Z".parse().unwrap();
    let (_, found) = again.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(found["data"]["currentTime"], invoice["currentTime"]);
    again.pass(15 * MINUTE);
    assert_eq!(again.status_of(&id), "expired");
}

#[test]
fn a_webhook_whose_delivery_is_not_known_is_sent_again() {
    let mut world = World::new();
    let due = std::mem::take(&mut world.bench.due);
    let (last, before) = due.split_last().unwrap();
    for delivery in before {
        world
            .bench
            .engine
            .delivered(delivery.id, Delivered::Answered(200));
    }
    world.bench.pass(Duration::ZERO);
    let mut again = world.restarted();
    again.bench.pass(Duration::ZERO);
    assert_eq!(again.bench.due, std::slice::from_ref(last));
}

#[test]
fn what_reads_leaves_nothing_to_be_saved() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench.pass(Duration::ZERO);
    for path in [format!("/invoices/{id}"), "/ledgers".to_owned()] {
        let request = bench.merchant_request("GET", &path, Value::Null);
        let outcome = bench.engine.handle(&request, bench.clock);
        assert_eq!(outcome.persist, []);
    }
    let outcome = bench.engine.tick(bench.clock);
    assert_eq!(outcome.persist, []);
    let mut forgets = Engine::new(1);
    let _ = forgets.make_code(Facade::Pos, None, bench.clock);
    assert_eq!(forgets.tick(bench.clock).persist, []);
}

#[test]
fn a_row_that_is_missing_strange_or_of_another_version_is_refused() {
    let world = World::new();
    let mut engine = Engine::saving(1, Settings::default());
    let first = 0_u64.to_be_bytes();
    let text = |error: bitpay_sandbox::RestoreError| error.to_string();
    let unknown = engine.restore("coupons", &first, b"{}").map_err(text);
    assert_eq!(
        unknown.unwrap_err(),
        "row 0000000000000000 of the table coupons cannot be read: this version has no such table"
    );
    let mut refused = 0;
    for ((table, key), value) in &world.bench.disk {
        let mut other = Engine::saving(1, Settings::default());
        // A value that was cut off; and where rows are counted, one whose predecessor is missing.
        if let Some((_, short)) = value.split_last() {
            let error = other.restore(table, key, short).map_err(text).unwrap_err();
            assert!(error.contains(table.as_str()), "{error}");
            refused += 1;
        }
        let second = key[..] == 1_u64.to_be_bytes() && table != "deliveries";
        if second {
            let error = other.restore(table, key, value).map_err(text).unwrap_err();
            assert!(error.ends_with("the row before it is missing"), "{error}");
        }
    }
    assert!(refused > 20);
}
