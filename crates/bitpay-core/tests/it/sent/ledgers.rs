//! Ledgers and settlements.

use bitpay_core::Currency;
use bitpay_core::SettlementId;
use bitpay_core::model::ledger::{GetLedgerBalances, GetLedgerEntries};
use bitpay_core::model::settlement::{
    GetSettlement, GetSettlementReport, ListSettlements, SettlementStatus,
};

use super::{Sent, day, merchant, own};

pub(super) fn requests() -> Vec<Sent> {
    let merchant = merchant();
    let (first, last) = (day(2, 28), day(3, 1));
    let list = ListSettlements::new(first, last);
    let filtered = list
        .clone()
        .currency(Currency::EUR)
        .status(SettlementStatus::Completed)
        .limit(10)
        .offset(20);
    let id: SettlementId = "Se3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    vec![
        Sent::of("request", &merchant, &GetLedgerBalances::new()),
        Sent::of(
            "request",
            &merchant,
            &GetLedgerEntries::new(Currency::USD, first, last),
        ),
        Sent::of("request", &merchant, &filtered),
        Sent::of("between", &merchant, &list),
        Sent::of("least", &merchant, &ListSettlements::all()),
        Sent::of("request", &merchant, &GetSettlement::new(id.clone())),
        Sent::of(
            "request",
            &merchant,
            &GetSettlementReport::new(id, own("settlement")),
        ),
    ]
}
