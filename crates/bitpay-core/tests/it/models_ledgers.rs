//! The arithmetic of ledgers and settlements.

use bitpay_core::Currency;
use bitpay_core::amount::Amount;
use bitpay_core::model::ledger::{LedgerBalance, LedgerCode, LedgerEntry};
use bitpay_core::model::settlement::{SettlementReport, WithholdingCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::models::sample;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn from<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

#[test]
fn a_balance_that_is_not_there_is_not_nothing() {
    let balance: LedgerBalance = from(&json!({ "currency": "EUR", "amount": 0 }));
    assert_eq!(balance, LedgerBalance::new(Currency::EUR, Amount::ZERO));
    let balance: LedgerBalance = from(&json!({ "currency": "EUR", "balance": -1.5, "amount": 7 }));
    assert_eq!(balance.balance, amount("-1.5"));
    serde_json::from_str::<LedgerBalance>(r#"{"currency": "EUR"}"#).unwrap_err();
    serde_json::from_str::<LedgerBalance>(r#"{"currency": "EUR", "balance": null}"#).unwrap_err();
}

#[test]
fn a_scaled_amount_is_exact_or_nothing() {
    let decimal = |amount: &str, scale: &str| {
        let entry =
            format!(r#"{{"id":"e","code":1000,"amount":{amount},"scale":{scale},"timestamp":0}}"#);
        let entry: LedgerEntry = serde_json::from_str(&entry).unwrap();
        entry.decimal().map(|amount| amount.to_string())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(decimal("823000000", "100000000"), some("8.23"));
    assert_eq!(decimal("-1", "100000000"), some("-0.00000001"));
    assert_eq!(decimal("700", "100"), some("7"));
    assert_eq!(decimal("7", "1"), some("7"));
    assert_eq!(
        decimal("123000000000000000001", "1000000000000000000"),
        some("123.000000000000000001")
    );
    for scale in ["0", "-100", "3", "250"] {
        assert_eq!(decimal("9", scale), None, "{scale}");
    }
    assert_eq!(decimal("99999999999999999999999999999999", "100"), None);
}

#[test]
fn codes_have_names_and_unknown_ones_are_kept() {
    assert_eq!(LedgerCode::REFUND_FEE.number(), 1039);
    assert_eq!(
        LedgerCode::ACCOUNT_SETTLEMENT.name(),
        Some("Account Settlement")
    );
    assert_eq!(LedgerCode::new(7).to_string(), "7");
    assert_eq!(serde_json::to_string(&LedgerCode::INVOICE).unwrap(), "1000");
    for wrong in ["-1", "1.5", "\"x\"", "null", "99999999999"] {
        serde_json::from_str::<LedgerCode>(wrong).unwrap_err();
    }
    assert_eq!(
        WithholdingCode::from("W005"),
        WithholdingCode::PendingRefunds
    );
    assert_eq!(WithholdingCode::from("W9").as_str(), "W9");
}

#[test]
fn the_sums_of_a_settlement_are_checked() {
    let report: SettlementReport = from(&sample("get_settlement_report/three-entries"));
    assert_eq!(report.adds_up(), Some(true));
    let mut wrong = report.clone();
    wrong.ledger_entries.pop();
    assert_eq!(wrong.adds_up(), Some(false), "an entry is missing");
    let mut wrong = report.clone();
    wrong.settlement.total_amount = Some(amount("35.89"));
    assert_eq!(wrong.adds_up(), Some(false), "a cent too much");
    let mut wrong = report.settlement.clone();
    wrong.withholdings.clear();
    assert_eq!(wrong.adds_up(), Some(false), "a withholding is missing");
    let mut lacking = report.settlement;
    lacking.opening_balance = None;
    assert_eq!(lacking.adds_up(), None);
}
