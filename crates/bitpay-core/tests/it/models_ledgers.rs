//! Ledgers and settlements as BitPay answers them, and as it may one day.

use bitpay_core::Currency;
use bitpay_core::amount::Amount;
use bitpay_core::model::ledger::{LedgerBalance, LedgerCode, LedgerEntry};
use bitpay_core::model::settlement::{
    Settlement, SettlementReport, SettlementStatus, WithholdingCode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ENTRY: &str = r#"{
    "id": "Le3rT9vXk2LpWc7Yb5Hd1F", "code": 1020, "amount": -1250000000, "scale": 100000000, "timestamp": "2026-03-01T12:00:00.500Z",
    "type": "Invoice Refund", "txType": "Invoice Refund", "description": "Invoice Refund", "currency": "USD", "invoiceId": "Qm3rT9vXk2LpWc7Yb5Hd1F", "supportRequest": "Sr3rT9",
    "buyerFields": {"buyerName": "Ada", "buyerAddress1": "1 Lane", "buyerAddress2": "Flat 2", "buyerCity": "Town", "buyerState": "Shire", "buyerZip": "12345", "buyerCountry": "GB", "buyerPhone": "555", "buyerNotify": true, "buyerEmail": "ada@example.com"},
    "invoiceAmount": 12.50, "invoiceCurrency": "USD", "transactionCurrency": "BTC"
}"#;

const SETTLEMENT: &str = r#"{
    "id": "Se3rT9vXk2LpWc7Yb5Hd1F", "status": "completed", "currency": "EUR", "accountId": "Ac3rT9vXk2LpWc7Yb5Hd1F",
    "payoutInfo": {"label": "Main", "bankCountry": "Netherlands", "name": "Shop", "bank": "Bank", "swift": "SANDNL2A", "account": "1", "routing": "2", "address": "3 Road", "city": "Town", "postal": "4", "merchantEin": "5", "sort": "6",
        "bankName": "Bank", "bankAddress": "7 Road", "bankAddress2": "8", "iban": "9", "additionalInformation": "10", "accountHolderName": "Shop", "accountHolderAddress": "11", "accountHolderAddress2": "12", "accountHolderPostalCode": "13", "accountHolderCity": "14", "accountHolderCountry": "15", "wire": true},
    "dateCreated": "2026-03-01T09:05:00.000Z", "dateExecuted": "2026-03-01T12:00:00.000Z", "dateCompleted": "2026-03-02T12:00:00.000Z", "openingDate": "2026-02-28T09:00:00.000Z", "closingDate": "2026-03-01T09:00:00.000Z",
    "openingBalance": 0.10, "ledgerEntriesSum": 0.20,
    "withholdings": [{"amount": 0.05, "code": "W005", "description": "Pending Refunds", "notes": "n", "label": "Main", "bankCountry": "Netherlands"}],
    "withholdingsSum": 0.05, "totalAmount": 0.25, "token": "a-resource-token"
}"#;

const ENTRIES: &str = r#"[
    {"code": 1000, "amount": 10.30, "timestamp": "2026-02-28T10:00:00.000Z", "description": "order 17", "reference": "r", "invoiceId": "Qm3rT9vXk2LpWc7Yb5Hd1F",
        "invoiceData": {"orderId": "17", "date": "2026-02-28T09:30:00.000Z", "price": 10.30, "currency": "EUR", "transactionCurrency": "BTC", "overPaidAmount": 0.000001, "payoutPercentage": {"EUR": 100}, "buyerEmailAddress": "ada@example.com"}},
    {"code": 1020, "amount": -10.1, "invoiceData": {"refundInfo": {"supportRequest": "s", "currency": "EUR", "amounts": {"EUR": 10.1, "BTC": 0.00012}, "reference": "r", "refundRequestEid": "e"}}}
]"#;

fn report() -> String {
    let settlement = SETTLEMENT.replace(r#", "token": "a-resource-token""#, "");
    let (open, _) = settlement.rsplit_once('}').unwrap();
    format!(r#"{open}, "ledgerEntries": {ENTRIES}}}"#)
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn from<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

/// Whatever was sent is there, with its digits, and is written as it came.
fn all_is_kept<T: DeserializeOwned + Serialize>(json: &str) {
    let read: T = serde_json::from_str(json).unwrap();
    let written = serde_json::to_string(&read).unwrap();
    let values = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(values(&written), values(json));
    for digits in ["12.50", "0.10", "10.30", "0.00012"] {
        assert_eq!(written.contains(digits), json.contains(digits), "{digits}");
    }
}

#[test]
fn every_documented_field_of_a_ledger_is_there() {
    all_is_kept::<LedgerEntry>(ENTRY);
    all_is_kept::<Settlement>(SETTLEMENT);
    all_is_kept::<SettlementReport>(&report());
    all_is_kept::<LedgerBalance>(r#"{"currency": "BTC", "balance": 0.10}"#);
}

#[test]
fn what_a_ledger_lacks_is_absent() {
    let entry: LedgerEntry = from(&json!({
        "id": "e1", "code": "1048", "amount": "5", "scale": "1", "timestamp": 1_772_366_400_000_i64,
        "type": null, "buyerFields": {}, "invoiceId": null, "invoiceAmount": "12.50", "surprise": {"a": [1]},
    }));
    assert_eq!(
        (entry.code, entry.code.name()),
        (LedgerCode::new(1048), None)
    );
    assert_eq!(entry.timestamp.to_string(), "2026-03-01T12:00:00Z");
    assert_eq!(entry.buyer_fields, Some(Default::default()));
    assert_eq!((entry.kind, entry.invoice_id), (None, None));
    assert_eq!(entry.invoice_amount, Some(amount("12.50")));

    let settlement: Settlement = from(&json!({
        "id": "s1", "status": "paused", "currency": "USD", "withholdings": null, "payoutInfo": {"account": 17},
        "totalAmount": "5.10", "surprise": true,
    }));
    assert_eq!(settlement.status, SettlementStatus::from("paused"));
    assert!(!settlement.status.is_final());
    assert_eq!(settlement.total_amount, Some(amount("5.10")));
    assert_eq!(
        settlement.payout_info.as_ref().unwrap().account.as_deref(),
        Some("17")
    );
    assert_eq!(settlement.adds_up(), None, "there is nothing to add");
    let report: SettlementReport =
        from(&json!({ "id": "s1", "status": "new", "currency": "USD", "ledgerEntries": null }));
    assert!(report.ledger_entries.is_empty());
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
    let report: SettlementReport = serde_json::from_str(&report()).unwrap();
    assert_eq!(report.adds_up(), Some(true));
    let mut wrong = report.clone();
    wrong.ledger_entries.pop();
    assert_eq!(wrong.adds_up(), Some(false), "an entry is missing");
    let mut wrong = report.clone();
    wrong.settlement.total_amount = Some(amount("0.26"));
    assert_eq!(wrong.adds_up(), Some(false), "a cent too much");
    let mut wrong = report.settlement.clone();
    wrong.withholdings.clear();
    assert_eq!(wrong.adds_up(), Some(false), "a withholding is missing");
    let mut lacking = report.settlement;
    lacking.opening_balance = None;
    assert_eq!(lacking.adds_up(), None);
}
