//! The ledger: what comes in, what goes out, and what is paid to the bank each morning.

use std::collections::BTreeMap;
use std::time::Duration;

use bitpay_core::amount::Amount;
use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::ledger::{LedgerBalance, LedgerCode, LedgerEntry};
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::{
    Settlement, SettlementReport, SettlementStatus, WithholdingCode,
};
use bitpay_sandbox::{ControlError, Settings};
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Bench, error, key, request, with_token};

const DAY: u64 = 24 * 60 * 60;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// The data of an answer. Not by way of a `Value`, which would round its numbers.
fn get<T: DeserializeOwned>(bench: &mut Bench, path: &str) -> T {
    #[derive(serde::Deserialize)]
    struct Data<T> {
        data: T,
    }
    let request = bench.merchant_request("GET", path, Value::Null);
    let response = bench.handle(&request).response.unwrap();
    let body = response.body();
    assert_eq!(response.status(), 200, "{body:?}");
    if body.starts_with(b"[") {
        return serde_json::from_slice(body).unwrap();
    }
    serde_json::from_slice::<Data<T>>(body).unwrap().data
}

fn entries(bench: &mut Bench, currency: &str) -> Vec<LedgerEntry> {
    let path = format!("/ledgers/{currency}?startDate=2020-01-01&endDate=2099-01-01");
    get(bench, &path)
}

/// Codes and amounts.
fn movements(bench: &mut Bench, currency: &str) -> Vec<(u32, String)> {
    entries(bench, currency)
        .iter()
        .map(|entry| (entry.code.number(), entry.decimal().unwrap().to_string()))
        .collect()
}

fn balance(bench: &mut Bench, currency: &str) -> Option<Amount> {
    get::<Vec<LedgerBalance>>(bench, "/ledgers")
        .into_iter()
        .find(|balance| balance.currency.as_str() == currency)
        .map(|balance| balance.balance)
}

fn settlements(bench: &mut Bench) -> Vec<Settlement> {
    get(
        bench,
        "/settlements?startDate=2020-01-01&endDate=2099-01-01&limit=1000",
    )
}

fn report(bench: &mut Bench, settlement: &Settlement) -> SettlementReport {
    let token = settlement.token.as_ref().unwrap().expose();
    let path = format!("/settlements/{}/reconciliationReport", settlement.id);
    let request = with_token("GET", &path, Value::Null, token, Some(&bench.key));
    read_report(bench, &request)
}

fn read_report(bench: &mut Bench, request: &Request<Bytes>) -> SettlementReport {
    #[derive(serde::Deserialize)]
    struct Data {
        data: SettlementReport,
    }
    let response = bench.handle(request).response.unwrap();
    serde_json::from_slice::<Data>(response.body())
        .unwrap()
        .data
}

fn complete(bench: &mut Bench, more: Value) -> InvoiceId {
    let (id, _) = bench.invoice(more);
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    id
}

fn refund(bench: &mut Bench, invoice: &InvoiceId, more: Value) -> bitpay_core::RefundId {
    let mut body = json!({ "invoiceId": invoice.as_str(), "amount": 4 });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (status, answer) = bench.merchant("POST", "/refunds", body);
    assert_eq!(status, 200, "{answer}");
    answer["data"]["id"].as_str().unwrap().parse().unwrap()
}

fn settle(bench: &mut Bench, refund: &bitpay_core::RefundId, status: RefundStatus) {
    bench
        .engine
        .settle_refund(refund, &status, bench.clock)
        .unwrap();
}

fn pairs(expected: &[(u32, &str)]) -> Vec<(u32, String)> {
    expected
        .iter()
        .map(|(code, amount)| (*code, (*amount).to_owned()))
        .collect()
}

#[test]
fn a_complete_invoice_comes_in_less_its_fee() {
    let mut bench = Bench::new();
    for status in [InvoiceStatus::Paid, InvoiceStatus::Confirmed] {
        let (id, _) = bench.invoice(json!({}));
        bench.engine.pay(&id, &status, bench.clock).unwrap();
    }
    assert!(get::<Vec<LedgerBalance>>(&mut bench, "/ledgers").is_empty());
    let id = complete(
        &mut bench,
        json!({ "price": 19.90, "orderId": "17", "buyer": { "name": "Ada", "email": "a@example.com" } }),
    );
    // 0.199 is rounded to cents.
    assert_eq!(
        movements(&mut bench, "USD"),
        pairs(&[(1000, "19.9"), (1023, "-0.2")])
    );
    assert_eq!(balance(&mut bench, "USD"), Some(amount("19.7")));
    let entries = entries(&mut bench, "usd");
    let credit = &entries[0];
    assert_eq!(credit.invoice_id, Some(id));
    assert_eq!(credit.description.as_deref(), Some("17"));
    assert_eq!(credit.kind.as_deref(), Some("Invoice"));
    assert_eq!(credit.tx_type.as_deref(), Some("sale"));
    assert_eq!(credit.invoice_amount, Some(amount("19.9")));
    assert_eq!(
        credit.transaction_currency.as_ref().unwrap().as_str(),
        "BTC"
    );
    let buyer = credit.buyer_fields.as_ref().unwrap();
    assert_eq!(buyer.buyer_name.as_deref(), Some("Ada"));
    assert_eq!(entries[1].description.as_deref(), Some("Invoice Fee"));
    assert_ne!(entries[0].id, entries[1].id);

    // The answer is a bare array, and an account without entries an empty one.
    let path = "/ledgers/EUR?startDate=2026-03-01&endDate=2026-03-01";
    assert_eq!(bench.merchant("GET", path, Value::Null), (200, json!([])));
}

#[test]
fn the_currency_of_the_invoice_is_that_of_the_ledger() {
    let mut bench = Bench::new();
    complete(&mut bench, json!({ "price": 0.0012345, "currency": "BTC" }));
    complete(&mut bench, json!({ "price": 1050, "currency": "JPY" }));
    complete(&mut bench, json!({ "price": 0.1, "currency": "ETH" }));
    assert_eq!(
        movements(&mut bench, "BTC"),
        pairs(&[(1000, "0.0012345"), (1023, "-0.00001235")])
    );
    // 10.5 yen are 11: there are no parts of a yen.
    assert_eq!(
        movements(&mut bench, "JPY"),
        pairs(&[(1000, "1050"), (1023, "-11")])
    );
    assert_eq!(
        movements(&mut bench, "ETH"),
        pairs(&[(1000, "0.1"), (1023, "-0.001")])
    );
    let balances: Vec<LedgerBalance> = get(&mut bench, "/ledgers");
    let codes: Vec<_> = balances
        .iter()
        .map(|balance| balance.currency.as_str())
        .collect();
    assert_eq!(codes, ["BTC", "ETH", "JPY"]);
}

#[test]
fn the_fee_is_a_setting() {
    let mut settings = Settings::default();
    settings.invoice_fee_percent = amount("2");
    settings.invoice_fee_fixed = amount("0.25");
    let mut bench = Bench::with(settings);
    complete(&mut bench, json!({}));
    assert_eq!(movements(&mut bench, "USD")[1], (1023, "-0.45".to_owned()));
    let mut settings = Settings::default();
    settings.invoice_fee_percent = Amount::ZERO;
    let mut bench = Bench::with(settings);
    complete(&mut bench, json!({}));
    assert_eq!(
        movements(&mut bench, "USD"),
        pairs(&[(1000, "10")]),
        "no fee, no entry"
    );
}

#[test]
fn a_refund_goes_out_when_it_is_paid_or_at_once() {
    let mut bench = Bench::new();
    let id = complete(&mut bench, json!({}));
    let came = [(1000, "10"), (1023, "-0.1")];
    let with = |more: &[(u32, &str)]| pairs(&[&came[..], more].concat());

    let first = refund(&mut bench, &id, json!({ "buyerPaysRefundFee": true }));
    assert_eq!(movements(&mut bench, "USD"), with(&[]), "not yet");
    settle(&mut bench, &first, RefundStatus::Pending);
    settle(&mut bench, &first, RefundStatus::Success);
    assert_eq!(movements(&mut bench, "USD"), with(&[(1020, "-4")]));

    let second = refund(&mut bench, &id, json!({ "amount": 1 }));
    settle(&mut bench, &second, RefundStatus::Success);
    let so_far = [(1020, "-4"), (1020, "-1"), (1039, "-0.05")];
    assert_eq!(movements(&mut bench, "USD"), with(&so_far));
    let fee = &entries(&mut bench, "USD")[4];
    assert_eq!(fee.kind.as_deref(), Some("Refund Fee"));
    assert!(fee.support_request.is_some());

    let third = refund(&mut bench, &id, json!({ "amount": 2 }));
    settle(&mut bench, &third, RefundStatus::Failure);
    let preview = json!({ "amount": 2, "immediate": true, "preview": true });
    refund(&mut bench, &id, preview);
    assert_eq!(
        movements(&mut bench, "USD"),
        with(&so_far),
        "nothing was paid"
    );

    let fourth = refund(&mut bench, &id, json!({ "amount": 2, "immediate": true }));
    let at_once = [&so_far[..], &[(1050, "-2"), (1039, "-0.05")]].concat();
    assert_eq!(movements(&mut bench, "USD"), with(&at_once));
    settle(&mut bench, &fourth, RefundStatus::Pending);
    assert_eq!(
        movements(&mut bench, "USD"),
        with(&at_once),
        "once is enough"
    );
    settle(&mut bench, &fourth, RefundStatus::Failure);
    let back = [&at_once[..], &[(1016, "2"), (1004, "0.05")]].concat();
    assert_eq!(
        movements(&mut bench, "USD"),
        with(&back),
        "it is given back"
    );
    assert_eq!(balance(&mut bench, "USD"), Some(amount("4.85")));
}

#[test]
fn what_never_came_in_does_not_go_out() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Confirmed, bench.clock)
        .unwrap();
    let declined = refund(&mut bench, &id, json!({ "amount": 10 }));
    settle(&mut bench, &declined, RefundStatus::Success);
    assert!(get::<Vec<LedgerBalance>>(&mut bench, "/ledgers").is_empty());
}

#[test]
fn a_ledger_is_settled_at_nine() {
    let mut bench = Bench::new();
    let id = complete(&mut bench, json!({ "price": 100 }));
    complete(&mut bench, json!({ "price": 0.01, "currency": "BTC" }));
    refund(&mut bench, &id, json!({ "amount": 30, "reference": "r7" }));
    bench.pass(Duration::from_secs(21 * 60 * 60 - 1));
    assert!(settlements(&mut bench).is_empty(), "a second before nine");
    bench.pass(Duration::from_secs(1));
    let made = settlements(&mut bench);
    let [first] = &made[..] else {
        panic!("one for dollars, and none for bitcoin: {made:#?}")
    };
    assert_eq!(first.status, SettlementStatus::New);
    assert_eq!(first.currency.as_str(), "USD");
    assert_eq!(
        first.opening_date.unwrap().to_string(),
        "2026-03-01T09:00:00Z"
    );
    assert_eq!(
        first.closing_date.unwrap().to_string(),
        "2026-03-02T09:00:00Z"
    );
    assert_eq!(first.opening_balance, Some(Amount::ZERO));
    assert_eq!(first.ledger_entries_sum, Some(amount("99")));
    assert_eq!(first.withholdings[0].code, WithholdingCode::PendingRefunds);
    assert_eq!(
        first.withholdings_sum,
        Some(amount("30.05")),
        "with its fee"
    );
    assert_eq!(first.total_amount, Some(amount("68.95")));
    assert_eq!(first.adds_up(), Some(true));
    assert_eq!(balance(&mut bench, "USD"), Some(amount("30.05")));
    let paid = entries(&mut bench, "USD").pop().unwrap();
    assert_eq!(paid.code, LedgerCode::ACCOUNT_SETTLEMENT);
    assert_eq!(
        paid.description,
        Some(format!("Account Settlement {}", first.id))
    );

    let report = report(&mut bench, first);
    assert_eq!(report.adds_up(), Some(true));
    assert_eq!(report.settlement.token, None);
    let codes: Vec<_> = report
        .ledger_entries
        .iter()
        .map(|it| it.code.number())
        .collect();
    assert_eq!(codes, [1000, 1023]);
    let data = report.ledger_entries[0].invoice_data.as_ref().unwrap();
    assert_eq!(data.price, Some(amount("100")));
    assert_eq!(
        data.payout_percentage.get("USD").unwrap(),
        Some(amount("100"))
    );

    // It moves on by itself.
    bench.pass(Duration::from_secs(3 * 60 * 60));
    let processing = settlements(&mut bench).remove(0);
    assert_eq!(processing.status, SettlementStatus::Processing);
    assert_eq!(
        processing.date_executed.unwrap().to_string(),
        "2026-03-02T12:00:00Z"
    );
    bench.pass(Duration::from_secs(DAY));
    let completed = settlements(&mut bench).remove(0);
    assert_eq!(completed.status, SettlementStatus::Completed);
    assert_eq!(
        completed.date_completed.unwrap().to_string(),
        "2026-03-03T12:00:00Z"
    );
    assert_eq!(settlements(&mut bench).len(), 1, "the rest is withheld");
}

#[test]
fn the_next_settlement_begins_where_the_last_one_ended() {
    let mut bench = Bench::new();
    let id = complete(&mut bench, json!({ "price": 100 }));
    let held = refund(
        &mut bench,
        &id,
        json!({ "amount": 30, "reference": "r7", "buyerPaysRefundFee": true }),
    );
    bench.pass(Duration::from_secs(DAY));
    settle(&mut bench, &held, RefundStatus::Success);
    complete(&mut bench, json!({ "price": 50 }));
    // Nobody looks for days: each morning had its settlement all the same.
    bench.pass(Duration::from_secs(5 * DAY));
    let made = settlements(&mut bench);
    let [first, second] = &made[..] else {
        panic!("{made:#?}")
    };
    assert_eq!(second.opening_date, first.closing_date);
    assert_eq!(
        second.closing_date.unwrap().to_string(),
        "2026-03-03T09:00:00Z"
    );
    assert_eq!(second.opening_balance, Some(amount("99")));
    assert_eq!(second.total_amount, Some(amount("49.5")));
    let report = report(&mut bench, second);
    let codes: Vec<_> = report
        .ledger_entries
        .iter()
        .map(|it| it.code.number())
        .collect();
    assert_eq!(codes, [1017, 1020, 1000, 1023]);
    assert_eq!(report.adds_up(), Some(true));
    let refunded = &report.ledger_entries[1];
    assert_eq!(refunded.reference.as_deref(), Some("r7"));
    let info = refunded
        .invoice_data
        .as_ref()
        .unwrap()
        .refund_info
        .as_ref()
        .unwrap();
    assert_eq!(info.amounts.get("USD").unwrap(), Some(amount("30")));
    assert!(info.amounts.get("BTC").unwrap().is_some());
    assert_eq!(balance(&mut bench, "USD"), Some(Amount::ZERO));
}

#[test]
fn a_rejected_settlement_comes_back() {
    let mut bench = Bench::new();
    complete(&mut bench, json!({}));
    bench.pass(Duration::from_secs(DAY));
    let made = settlements(&mut bench).remove(0);
    let mut to = |status: SettlementStatus| {
        let clock = bench.clock;
        bench.engine.move_settlement(&made.id, &status, clock)
    };
    let refused = |result| matches!(result, Err(ControlError::SettlementState { .. }));
    assert!(refused(to(SettlementStatus::New)));
    // It is noon, three hours after the closing.
    assert!(refused(to(SettlementStatus::Processing)), "it is");
    to(SettlementStatus::Rejected).unwrap();
    assert!(refused(to(SettlementStatus::Completed)));
    let nobody = "nobody".parse().unwrap();
    let completed = SettlementStatus::Completed;
    let unknown = bench
        .engine
        .move_settlement(&nobody, &completed, bench.clock);
    assert_eq!(unknown, Err(ControlError::UnknownSettlement));
    assert_eq!(
        movements(&mut bench, "USD"),
        pairs(&[(1000, "10"), (1023, "-0.1"), (1017, "-9.9"), (1022, "9.9")])
    );
    bench.pass(Duration::from_secs(DAY));
    let again = settlements(&mut bench).remove(1);
    assert_eq!(again.total_amount, Some(amount("9.9")));
    assert_eq!(again.adds_up(), Some(true));
    let body = json!({ "settlement": again.id.as_str() }).to_string();
    let control = request("POST", "/sandbox/settlement", body, None);
    assert_eq!(bench.ask(&control).0, 200);
    let path = format!("/settlements/{}", again.id);
    let done: Settlement = get(&mut bench, &path);
    assert_eq!(done.status, SettlementStatus::Completed);
}

#[test]
fn lists_are_of_days_and_pages() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        complete(&mut bench, json!({}));
        complete(&mut bench, json!({ "currency": "EUR" }));
        bench.pass(Duration::from_secs(DAY));
    }
    let mut count = |query: &str| {
        let list: Vec<Settlement> = get(&mut bench, &format!("/settlements?{query}"));
        list.len()
    };
    assert_eq!(count("startDate=2026-03-02&endDate=2026-03-04"), 6);
    assert_eq!(count("dateStart=2026-03-02&dateEnd=2026-03-04"), 6);
    assert_eq!(count("startDate=2026-03-03&endDate=2026-03-03"), 2);
    assert_eq!(count("startDate=2026-03-01&endDate=2026-03-01"), 0);
    assert_eq!(count(""), 6, "BitPay takes either day as optional");
    assert_eq!(count("startDate=2026-03-04"), 2);
    assert_eq!(count("startDate=&endDate=2026-03-03&limit=100&offset=0"), 4);
    assert_eq!(
        count("startDate=2026-03-02&endDate=2026-03-04&currency=eur"),
        3
    );
    assert_eq!(
        count("startDate=2026-03-02&endDate=2026-03-04&status=completed"),
        4
    );
    assert_eq!(
        count("startDate=2026-03-02&endDate=2026-03-04&status=&limit=4&offset=3"),
        3
    );
    for path in [
        "/settlements?startDate=2026-03-04&endDate=2026-03-02",
        "/ledgers/USD?startDate=2026-03-04&endDate=2026-03-02",
        "/ledgers/USD?startDate=2026-03-04",
        "/ledgers/XYZ?startDate=2026-03-02&endDate=2026-03-04",
    ] {
        assert_eq!(bench.merchant("GET", path, Value::Null).0, 400, "{path}");
    }
    let day: Vec<LedgerEntry> = get(
        &mut bench,
        "/ledgers/USD?startDate=2026-03-02&endDate=2026-03-02",
    );
    assert_eq!(day.len(), 3, "a settlement, an invoice and a fee");
}

#[test]
fn a_report_takes_the_settlements_token() {
    let mut bench = Bench::new();
    complete(&mut bench, json!({}));
    complete(&mut bench, json!({ "currency": "EUR" }));
    let (_, invoice) = bench.invoice(json!({}));
    bench.pass(Duration::from_secs(DAY));
    let made = settlements(&mut bench);
    let path = format!("/settlements/{}/reconciliationReport", made[0].id);
    let token = |of: &Settlement| of.token.as_ref().unwrap().expose().to_owned();
    let mut ask = |path: &str, token: &str, signed: bool| {
        let key = signed.then(|| key(7));
        let request = with_token("GET", path, Value::Null, token, key.as_ref());
        bench.ask(&request)
    };
    assert_eq!(ask(&path, &token(&made[0]), true).0, 200);
    let lower = path.to_lowercase();
    let lower = lower.replace(&made[0].id.as_str().to_lowercase(), made[0].id.as_str());
    assert_eq!(ask(&lower, &token(&made[0]), true).0, 200);
    let others = ask(&path, &token(&made[1]), true);
    assert_eq!(error(&others), (500, "Invalid token"));
    let invoices = ask(&path, invoice["token"].as_str().unwrap(), true);
    let no_facade = |facade: &str| format!("This endpoint does not support the `{facade}` facade");
    assert_eq!(error(&invoices).1, no_facade("merchant/invoice"));
    let unsigned = ask(&path, &token(&made[0]), false);
    assert_eq!(error(&unsigned), (500, "Unauthorized sin"));
    let elsewhere = ask("/settlements/x", &token(&made[0]), true);
    assert_eq!(error(&elsewhere).1, no_facade("merchant/settlement"));
    let merchant = bench.merchant("GET", &path, Value::Null);
    assert_eq!(error(&merchant).1, no_facade("merchant"));
    assert_eq!(bench.pos("GET", "/ledgers", Value::Null).0, 500);
    assert_eq!(bench.merchant("GET", "/settlements/x", Value::Null).0, 404);
}

#[test]
fn the_sandbox_says_when_it_has_to_be_woken() {
    let mut bench = Bench::new();
    assert_eq!(bench.engine.tick(bench.clock).next, None);
    complete(&mut bench, json!({}));
    // Until then, the payment's own hour runs.
    bench.pass(Duration::from_secs(60 * 60));
    let next = bench.engine.tick(bench.clock).next.unwrap();
    assert_eq!(next.to_string(), "2026-03-02T09:00:00Z");
    // However far the clock is moved, it comes to an end.
    bench.engine.advance(Duration::from_secs(200 * 365 * DAY));
    assert_eq!(settlements(&mut bench).len(), 1);
    bench.engine.advance(Duration::MAX);
    bench.pass(Duration::from_secs(1));
}

/// What may happen.
#[derive(Clone, Debug)]
enum Step {
    /// An invoice in one of the currencies, over so many cents, and how far its payment comes.
    Invoice(usize, u32, usize),
    /// A refund of one of the complete invoices: hundredths of it, who pays the fee, and at once or not.
    Refund(usize, u32, bool, bool),
    /// One of the refunds comes to its end.
    End(usize, bool),
    /// One of the settlements is rejected.
    Reject(usize),
    /// Minutes pass.
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_usize, 1..200_000_u32, 0..4_usize).prop_map(|(currency, cents, way)| Step::Invoice(currency, cents, way)),
        3 => (any::<usize>(), 1..=100_u32, any::<bool>(), any::<bool>())
            .prop_map(|(which, share, buyer, at_once)| Step::Refund(which, share, buyer, at_once)),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(which, good)| Step::End(which, good)),
        1 => any::<usize>().prop_map(Step::Reject),
        3 => (1..4_000_u64).prop_map(Step::Pass),
    ]
}

struct Claim {
    id: bitpay_core::RefundId,
    currency: &'static str,
    /// With the fee, where the merchant pays it.
    cost: Decimal,
    at_once: bool,
}

/// What the ledgers should hold, reckoned apart from the sandbox.
#[derive(Default)]
struct Books {
    balances: BTreeMap<&'static str, Decimal>,
    complete: Vec<(InvoiceId, &'static str, Decimal)>,
    open: Vec<Claim>,
}

impl Books {
    fn add(&mut self, currency: &'static str, amount: Decimal) {
        *self.balances.entry(currency).or_default() += amount;
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn run(bench: &mut Bench, books: &mut Books, step: &Step) {
    match step {
        Step::Invoice(currency, price, way) => {
            let currency = ["USD", "EUR", "GBP", "USDC"][*currency];
            let price = Decimal::new((*price).into(), 2);
            let body = format!(
                r#"{{"price":{price},"currency":"{currency}","buyer":{{"email":"b@example.com"}},"token":"{}"}}"#,
                bench.merchant
            );
            let create = request("POST", "/invoices", body, Some(&bench.key));
            let (_, answer) = bench.ask(&create);
            let id: InvoiceId = answer["data"]["id"].as_str().unwrap().parse().unwrap();
            let status = match way {
                0 => InvoiceStatus::Confirmed,
                1 => return,
                _ => InvoiceStatus::Complete,
            };
            bench.engine.pay(&id, &status, bench.clock).unwrap();
            if status == InvoiceStatus::Complete {
                let places = if currency == "USDC" { 6 } else { 2 };
                let away = RoundingStrategy::MidpointAwayFromZero;
                let fee = (price / Decimal::ONE_HUNDRED).round_dp_with_strategy(places, away);
                books.add(currency, price - fee);
                books.complete.push((id, currency, price));
            }
        }
        Step::Refund(which, share, buyer_pays, at_once) => {
            if books.complete.is_empty() {
                return;
            }
            let (invoice, currency, price) = &books.complete[which % books.complete.len()];
            let (invoice, currency) = (invoice.clone(), *currency);
            let amount = cents(price * Decimal::new((*share).into(), 2)).normalize();
            let body = format!(
                r#"{{"invoiceId":"{invoice}","amount":{amount},"buyerPaysRefundFee":{buyer_pays},"immediate":{at_once},"token":"{}"}}"#,
                bench.merchant
            );
            let create = request("POST", "/refunds", body, Some(&bench.key));
            let response = bench.handle(&create).response.unwrap();
            // One at a time, and no more than there was: otherwise nothing happens.
            if response.status() != 200 {
                return;
            }
            #[derive(serde::Deserialize)]
            struct Made {
                data: bitpay_core::model::refund::Refund,
            }
            let made = serde_json::from_slice::<Made>(response.body())
                .unwrap()
                .data;
            let fee = made.refund_fee.unwrap().decimal();
            let cost = if *buyer_pays { amount } else { amount + fee };
            if *at_once {
                books.add(currency, -cost);
            }
            let at_once = *at_once;
            books.open.push(Claim {
                id: made.id,
                currency,
                cost,
                at_once,
            });
        }
        Step::End(which, good) => {
            if books.open.is_empty() {
                return;
            }
            let claim = books.open.remove(which % books.open.len());
            let status = match good {
                true => RefundStatus::Success,
                false => RefundStatus::Failure,
            };
            settle(bench, &claim.id, status);
            match (good, claim.at_once) {
                (true, false) => books.add(claim.currency, -claim.cost),
                (false, true) => books.add(claim.currency, claim.cost),
                _ => {}
            }
        }
        Step::Reject(which) => {
            let made = settlements(bench);
            if !made.is_empty() {
                let settlement = &made[which % made.len()].id;
                let rejected = SettlementStatus::Rejected;
                let _ = bench
                    .engine
                    .move_settlement(settlement, &rejected, bench.clock);
            }
        }
        Step::Pass(minutes) => bench.pass(Duration::from_secs(minutes * 60)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(11), cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_is_the_sum_of_what_happened_and_every_settlement_adds_up(
        steps in proptest::collection::vec(step(), 1..60)
    ) {
        let mut bench = Bench::new();
        let mut books = Books::default();
        for step in &steps {
            run(&mut bench, &mut books, step);
        }
        let made = settlements(&mut bench);
        let mut paid_out: BTreeMap<String, Decimal> = BTreeMap::new();
        let mut closed: BTreeMap<String, _> = BTreeMap::new();
        for settlement in &made {
            let total = settlement.total_amount.unwrap();
            prop_assert!(total.is_positive());
            prop_assert_eq!(settlement.adds_up(), Some(true));
            prop_assert_eq!(report(&mut bench, settlement).adds_up(), Some(true));
            let currency = settlement.currency.as_str().to_owned();
            prop_assert!(currency != "USDC", "cryptocurrencies are not settled");
            let before = closed.insert(currency.clone(), settlement.closing_date);
            if let Some(before) = before {
                prop_assert_eq!(settlement.opening_date, before);
            }
            if settlement.status != SettlementStatus::Rejected {
                *paid_out.entry(currency).or_default() += total.decimal();
            }
        }
        for currency in ["USD", "EUR", "GBP", "USDC"] {
            let happened = books.balances.get(currency).copied().unwrap_or_default();
            let paid = paid_out.get(currency).copied().unwrap_or_default();
            let held = balance(&mut bench, currency).unwrap_or_default();
            prop_assert_eq!(held.decimal(), happened - paid, "{}", currency);
            let entries = entries(&mut bench, currency);
            let sum: Decimal = entries.iter().map(|entry| entry.decimal().unwrap().decimal()).sum();
            prop_assert_eq!(sum, held.decimal());
            prop_assert!(entries.is_sorted_by_key(|entry| entry.timestamp));
        }
    }
}
