//! What goes on the wire for ledgers and settlements, written out.

use bitpay_core::model::ledger::{GetLedgerBalances, GetLedgerEntries};
use bitpay_core::model::settlement::{
    GetSettlement, GetSettlementReport, ListSettlements, SettlementStatus,
};
use bitpay_core::time::Date;
use bitpay_core::{Currency, ResourceToken};

use crate::names::{merchant, sent};

#[test]
fn ledgers_and_settlements_have_bitpays_names() {
    let (first, last) = (Date::constant(2026, 2, 28), Date::constant(2026, 3, 1));
    let (line, body) = sent(&merchant(), &GetLedgerBalances::new());
    assert_eq!(
        line,
        "GET /ledgers?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
    );
    assert_eq!(body, "");
    let entries = GetLedgerEntries::new(Currency::USD, first, last);
    assert_eq!(
        sent(&merchant(), &entries).0,
        "GET /ledgers/USD?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5\
         &startDate=2026-02-28&endDate=2026-03-01"
    );
    let list = ListSettlements::new(first, last);
    assert_eq!(
        sent(&merchant(), &list).0,
        "GET /settlements?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5\
         &startDate=2026-02-28&endDate=2026-03-01"
    );
    let list = list
        .currency(Currency::EUR)
        .status(SettlementStatus::Completed)
        .limit(10)
        .offset(20);
    assert_eq!(
        sent(&merchant(), &list).0,
        "GET /settlements?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5\
         &startDate=2026-02-28&endDate=2026-03-01&currency=EUR&status=completed&limit=10&offset=20"
    );
    let get = GetSettlement::new("s1".parse().unwrap());
    assert_eq!(
        sent(&merchant(), &get).0,
        "GET /settlements/s1?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
    );
    let report = GetSettlementReport::new(
        "s1".parse().unwrap(),
        ResourceToken::new("of-the-settlement"),
    );
    let (line, body) = sent(&merchant(), &report);
    assert_eq!(
        line,
        "GET /settlements/s1/reconciliationReport?token=of-the-settlement"
    );
    assert_eq!(body, "");
}
