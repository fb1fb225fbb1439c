//! What payouts do to the ledger.

use std::time::Duration;

use bitpay_core::Currency;
use bitpay_core::amount::Amount;
use bitpay_core::model::ledger::LedgerEntry;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::settlement::{Settlement, WithholdingCode};
use bitpay_sandbox::{ControlError, Settings};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::payouts::Desk;
use crate::support::{Bench, request};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A desk at noon, with a recipient who can be paid.
fn desk() -> (Desk, String) {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    desk.due();
    (desk, ada)
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn deposit(desk: &mut Desk, currency: &Currency, text: &str) {
    let clock = desk.bench.clock;
    let engine = &mut desk.bench.engine;
    engine.deposit(currency, amount(text), clock).unwrap();
}

/// Asks for 10 dollars from the ledger in dollars.
fn ask(desk: &mut Desk, payee: &str, more: Value) -> Value {
    let mut body = json!({ "recipientId": payee, "ledgerCurrency": "USD" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (status, answer) = desk.pay(body);
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

fn status(desk: &mut Desk, payout: &Value) -> String {
    let path = format!("/payouts/{}", payout["id"].as_str().unwrap());
    desk.get(&path)["status"].as_str().unwrap().to_owned()
}

/// The data of an answer to the merchant. Not by way of a `Value`, which would round its numbers.
fn get<T: DeserializeOwned>(bench: &mut Bench, path: &str) -> T {
    #[derive(serde::Deserialize)]
    struct Data<T> {
        data: T,
    }
    let request = bench.merchant_request("GET", path, Value::Null);
    let response = bench.handle(&request).response.unwrap();
    let body = response.body();
    if body.starts_with(b"[") {
        return serde_json::from_slice(body).unwrap();
    }
    serde_json::from_slice::<Data<T>>(body).unwrap().data
}

fn entries(desk: &mut Desk, currency: &str) -> Vec<LedgerEntry> {
    let path = format!("/ledgers/{currency}?startDate=2020-01-01&endDate=2099-01-01");
    get(&mut desk.bench, &path)
}

/// Amounts, descriptions and times, those of payouts without the id.
fn movements(desk: &mut Desk, currency: &str, payout: &Value) -> Vec<String> {
    let id = payout["id"].as_str().unwrap();
    entries(desk, currency)
        .iter()
        .map(|entry| {
            let description = entry.description.as_deref().unwrap();
            let (code, amount) = (entry.code, entry.decimal().unwrap());
            let description = description.replace(id, "ID");
            format!("{} {code} {amount} {description}", entry.timestamp)
        })
        .collect()
}

fn balance(desk: &mut Desk, currency: &str) -> Decimal {
    let entries = entries(desk, currency);
    let amounts = entries.iter().map(|entry| entry.decimal().unwrap());
    let sum: Decimal = amounts.map(Amount::decimal).sum();
    let shown: Vec<bitpay_core::model::ledger::LedgerBalance> = get(&mut desk.bench, "/ledgers");
    let shown = shown.iter().find(|held| held.currency.as_str() == currency);
    assert_eq!(
        shown.map_or(Decimal::ZERO, |held| held.balance.decimal()),
        sum
    );
    sum
}

fn settlements(desk: &mut Desk) -> Vec<Settlement> {
    let path = "/settlements?startDate=2020-01-01&endDate=2099-01-01&limit=1000";
    get(&mut desk.bench, path)
}

#[test]
fn a_payout_waits_until_its_ledger_holds_it_and_its_fee() {
    let (mut desk, ada) = desk();
    deposit(&mut desk, &Currency::USD, "10.09");
    let payout = ask(&mut desk, &ada, json!({}));
    desk.bench.pass(3 * HOUR);
    assert_eq!(
        status(&mut desk, &payout),
        "new",
        "a cent is missing at 14:00"
    );
    deposit(&mut desk, &Currency::USD, "0.01");
    desk.bench.pass(5 * HOUR);
    assert_eq!(status(&mut desk, &payout), "new", "it is 20:00");
    desk.bench.pass(HOUR);
    assert_eq!(status(&mut desk, &payout), "funded");
    assert_eq!(desk.due(), ["5001 payout_funded"]);
    assert_eq!(
        movements(&mut desk, "USD", &payout),
        [
            "2026-03-01T12:00:00Z 1016 10.09 Deposit",
            "2026-03-01T15:00:00Z 1016 0.01 Deposit",
            "2026-03-01T21:00:00Z 1034 -10 PayoutRequest ID",
            "2026-03-01T21:00:00Z 1040 -0.1 Payout Fee",
        ]
    );
    assert_eq!(balance(&mut desk, "USD"), Decimal::ZERO);
    desk.move_payout(&payout, PayoutStatus::Complete).unwrap();
    assert_eq!(balance(&mut desk, "USD"), Decimal::ZERO, "taken out once");
}

#[test]
fn a_payout_is_not_funded_before_its_day_and_settlements_keep_its_funds_back() {
    let (mut desk, ada) = desk();
    deposit(&mut desk, &Currency::USD, "50");
    let payout = ask(&mut desk, &ada, json!({ "effectiveDate": "2026-03-03" }));
    // In one go, as when the clock of a test is moved.
    desk.bench.pass(100 * HOUR);
    assert_eq!(status(&mut desk, &payout), "funded");
    let settled = settlements(&mut desk);
    let first = &settled[0];
    assert_eq!(first.total_amount, Some(amount("39.9")));
    assert_eq!(first.adds_up(), Some(true));
    let withheld = &first.withholdings[0];
    assert_eq!(
        (&withheld.code, withheld.amount),
        (&WithholdingCode::Liquidity, amount("10.1"))
    );
    assert_eq!(settled.len(), 1, "the rest is the payout's");
    let took = entries(&mut desk, "USD");
    let took = took
        .iter()
        .find(|entry| entry.decimal() == Some(amount("-10")));
    assert_eq!(took.unwrap().timestamp.to_string(), "2026-03-03T14:00:00Z");
    assert_eq!(balance(&mut desk, "USD"), Decimal::ZERO);
}

#[test]
fn the_oldest_payouts_are_funded_first_and_what_does_not_fit_waits() {
    let (mut desk, ada) = desk();
    deposit(&mut desk, &Currency::USD, "40");
    let first = ask(&mut desk, &ada, json!({ "amount": 20 }));
    let second = ask(&mut desk, &ada, json!({ "amount": 30 }));
    let third = ask(&mut desk, &ada, json!({ "amount": 10 }));
    let other = ask(&mut desk, &ada, json!({ "ledgerCurrency": "GBP" }));
    desk.bench.pass(2 * HOUR);
    let stand = |desk: &mut Desk, payout| status(desk, payout);
    assert_eq!(stand(&mut desk, &first), "funded");
    assert_eq!(stand(&mut desk, &second), "new");
    assert_eq!(stand(&mut desk, &third), "funded");
    assert_eq!(stand(&mut desk, &other), "new", "its ledger holds nothing");
    assert_eq!(balance(&mut desk, "USD"), Decimal::new(97, 1));
}

#[test]
fn a_payout_waits_for_its_recipient() {
    let (mut desk, ada) = desk();
    deposit(&mut desk, &Currency::USD, "20");
    let payout = ask(&mut desk, &ada, json!({}));
    desk.move_recipient(&ada, RecipientStatus::Paused).unwrap();
    desk.bench.pass(3 * HOUR);
    assert_eq!(status(&mut desk, &payout), "new");
    desk.move_recipient(&ada, RecipientStatus::Active).unwrap();
    assert_eq!(status(&mut desk, &payout), "new", "the next time is 21:00");
    desk.bench.pass(6 * HOUR);
    assert_eq!(status(&mut desk, &payout), "funded");
}

#[test]
fn by_hand_a_ledger_falls_below_zero_and_what_fails_is_given_back() {
    let (mut desk, ada) = desk();
    let failing = ask(&mut desk, &ada, json!({ "amount": 12.34 }));
    desk.move_payout(&failing, PayoutStatus::Processing)
        .unwrap();
    assert_eq!(balance(&mut desk, "USD"), Decimal::new(-1246, 2));
    desk.move_payout(&failing, PayoutStatus::Failed).unwrap();
    assert_eq!(
        movements(&mut desk, "USD", &failing)[2..],
        [
            "2026-03-01T12:00:00Z 1016 12.34 Corrective for Failed Payout ID",
            "2026-03-01T12:00:00Z 1004 0.12 Corrective for Failed Payout ID",
        ]
    );
    assert_eq!(balance(&mut desk, "USD"), Decimal::ZERO);

    // What was still new has taken nothing, and gives nothing back.
    let failed = ask(&mut desk, &ada, json!({}));
    desk.move_payout(&failed, PayoutStatus::Failed).unwrap();
    let cancelled = ask(&mut desk, &ada, json!({}));
    let path = format!("/payouts/{}", cancelled["id"].as_str().unwrap());
    assert_eq!(desk.ask("DELETE", &path, Value::Null).0, 200);
    deposit(&mut desk, &Currency::USD, "100");
    desk.bench.pass(12 * HOUR);
    assert_eq!(status(&mut desk, &cancelled), "cancelled");
    assert_eq!(entries(&mut desk, "USD").len(), 5);
}

#[test]
fn a_payout_is_taken_from_a_ledger_of_another_currency() {
    let (mut desk, ada) = desk();
    for (ledger, more, taken) in [
        // Euros at 1.08 dollars, yen at 0.0066; the payout and its fee are rounded each by itself.
        ("EUR", json!({}), "-9.35"),
        ("JPY", json!({}), "-1530"),
        ("USDC", json!({ "amount": "10.1234567" }), "-10.224692"),
    ] {
        let mut body = more;
        body["ledgerCurrency"] = json!(ledger);
        let payout = ask(&mut desk, &ada, body);
        desk.move_payout(&payout, PayoutStatus::Funded).unwrap();
        assert_eq!(balance(&mut desk, ledger).to_string(), taken, "{ledger}");
    }
    let unknown = desk.pay(json!({ "recipientId": ada, "ledgerCurrency": "XXX" }));
    assert_eq!(unknown.1["message"], "Ledger currency is invalid");
}

#[test]
fn the_fee_is_a_setting() {
    let mut settings = Settings::default();
    settings.payout_fee_percent = Amount::ZERO;
    let mut desk = Desk::with(settings);
    let ada = desk.recipient("ada@example.com");
    deposit(&mut desk, &Currency::USD, "10");
    let payout = ask(&mut desk, &ada, json!({}));
    desk.bench.pass(2 * HOUR);
    assert_eq!(status(&mut desk, &payout), "funded");
    assert_eq!(entries(&mut desk, "USD").len(), 2, "no entry of a fee");
}

#[test]
fn a_deposit_is_some_money_of_a_known_currency() {
    let (mut desk, _) = desk();
    let clock = desk.bench.clock;
    for text in ["0", "-1", "0.001"] {
        let refused = desk
            .bench
            .engine
            .deposit(&Currency::USD, amount(text), clock);
        assert_eq!(refused, Err(ControlError::DepositAmount { places: 2 }));
    }
    let unknown: Currency = "XXX".parse().unwrap();
    let refused = desk.bench.engine.deposit(&unknown, amount("1"), clock);
    assert_eq!(refused, Err(ControlError::UnknownCurrency));
    for (body, status) in [
        (json!({ "currency": "USD", "amount": "12.50" }), 200),
        (json!({ "currency": "USD", "amount": 0 }), 400),
        (json!({ "currency": "USD" }), 400),
        (json!({ "currency": "XXX", "amount": 1 }), 404),
    ] {
        let asked = request("POST", "/sandbox/deposit", body.to_string(), None);
        assert_eq!(desk.bench.ask(&asked).0, status, "{body}");
    }
    assert_eq!(balance(&mut desk, "USD"), Decimal::new(125, 1));
}

#[derive(Clone, Debug)]
enum Step {
    Deposit(u32),
    Ask(u32, u64),
    Bring(usize, PayoutStatus),
    Cancel(usize),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u32..20_000).prop_map(Step::Deposit),
        (500_u32..10_000, 0_u64..4).prop_map(|(cents, days)| Step::Ask(cents, days)),
        (
            any::<usize>(),
            prop::sample::select(vec![
                PayoutStatus::Funded,
                PayoutStatus::Complete,
                PayoutStatus::Failed
            ])
        )
            .prop_map(|(which, status)| Step::Bring(which, status)),
        any::<usize>().prop_map(Step::Cancel),
        (1_u64..3_000).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(12), cases: 48, ..ProptestConfig::default() })]

    /// Deposits less what payouts hold less what was settled is the balance, whatever happens when.
    #[test]
    fn the_ledger_is_what_was_put_in_less_what_payouts_took(
        steps in proptest::collection::vec(step(), 1..50)
    ) {
        let (mut desk, ada) = desk();
        let mut deposits = Decimal::ZERO;
        let mut by_hand = false;
        for step in &steps {
            let asked = desk.get("/payouts");
            let asked = asked.as_array().unwrap();
            let pick = |which: usize| (!asked.is_empty()).then(|| asked[which % asked.len()].clone());
            match step {
                Step::Deposit(cents) => {
                    let sum = Decimal::new(i64::from(*cents), 2);
                    deposits += sum;
                    deposit(&mut desk, &Currency::USD, &sum.to_string());
                }
                Step::Ask(cents, days) => {
                    let day = desk.bench.clock.checked_add(24 * *days as u32 * HOUR).unwrap();
                    let more = json!({
                        "amount": Decimal::new(i64::from(*cents), 2).to_string(),
                        "effectiveDate": day.to_string()[..10],
                    });
                    ask(&mut desk, &ada, more);
                }
                Step::Bring(which, wanted) => {
                    if let Some(payout) = pick(*which) {
                        let funds = *wanted != PayoutStatus::Failed;
                        by_hand |= desk.move_payout(&payout, wanted.clone()).is_ok() && funds;
                    }
                }
                Step::Cancel(which) => {
                    if let Some(payout) = pick(*which) {
                        let path = format!("/payouts/{}", payout["id"].as_str().unwrap());
                        desk.ask("DELETE", &path, Value::Null);
                    }
                }
                Step::Pass(minutes) => desk.bench.pass(Duration::from_secs(minutes * 60)),
            }
        }
        let mut held = deposits;
        for payout in desk.get("/payouts").as_array().unwrap() {
            if ["funded", "processing", "complete"].contains(&payout["status"].as_str().unwrap()) {
                let paid: Decimal = payout["amount"].to_string().parse().unwrap();
                let fee = paid / Decimal::ONE_HUNDRED;
                held -= paid + fee.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            }
        }
        for settlement in settlements(&mut desk) {
            prop_assert_eq!(settlement.adds_up(), Some(true));
            held -= settlement.total_amount.unwrap().decimal();
        }
        prop_assert_eq!(balance(&mut desk, "USD"), held);
        prop_assert!(by_hand || held >= Decimal::ZERO, "only a hand takes what is not there");
        let entries = entries(&mut desk, "USD");
        prop_assert!(entries.is_sorted_by_key(|entry| entry.timestamp));
        if !by_hand {
            let mut sum = Decimal::ZERO;
            for entry in &entries {
                sum += entry.decimal().unwrap().decimal();
                prop_assert!(sum >= Decimal::ZERO);
            }
        }
    }
}
