//! What is asked about ledgers and settlements is read back equal, also under other names.

use bitpay_core::model::ledger::{GetLedgerBalances, GetLedgerEntries};
use bitpay_core::model::settlement::{
    GetSettlement, GetSettlementReport, ListSettlements, SettlementStatus,
};
use bitpay_core::operation::{Endpoint, route};
use bitpay_core::server::{FromRequest, Received};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Guid, ResourceToken, SettlementId};
use proptest::prelude::*;

use crate::requests::{currency, merchant, round_trip};

fn id() -> impl Strategy<Value = SettlementId> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|id| id.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ledgers_and_settlements_are_read_back(
        id in id(), currency in currency(), status in "[a-z]{1,12}", token in "\\PC{1,40}",
        day in 1i8..=28, page in proptest::option::of((any::<u32>(), any::<u32>())),
    ) {
        let (first, last) = (Date::new(2026, 2, day).unwrap(), Date::new(2026, 3, day).unwrap());
        round_trip(&merchant(), &GetLedgerEntries::new(currency.clone(), first, last));
        let mut list = ListSettlements::new(first, last);
        round_trip(&merchant(), &list);
        round_trip(&merchant(), &ListSettlements::all());
        list.currency = Some(currency);
        list.status = Some(SettlementStatus::from(status.as_str()));
        (list.limit, list.offset) = page.unzip();
        round_trip(&merchant(), &list);
        round_trip(&merchant(), &GetSettlement::new(id.clone()));
        round_trip(&merchant(), &GetSettlementReport::new(id, ResourceToken::new(&token)));
    }
}

#[test]
fn balances_are_asked_for() {
    round_trip(&merchant(), &GetLedgerBalances::new());
}

/// Reads what another client sends.
fn read<E: FromRequest>(target: &str) -> E {
    let guid = Guid::derived("not", "used");
    let received = Received::new(http::Method::GET, target, b"", guid).unwrap();
    assert_eq!(route(&received), Some(E::OPERATION), "{target}");
    E::from_request(&received).unwrap()
}

#[test]
fn what_other_clients_send_is_read() {
    let (first, last) = (Date::constant(2026, 2, 28), Date::constant(2026, 3, 1));
    let settlements = ListSettlements::new(first, last).limit(100).offset(0);
    for target in [
        "/settlements/?token=t&dateStart=2026-02-28&dateEnd=2026-03-01&status=&limit=100&offset=0",
        "/settlements?token=t&startDate=2026-02-28&endDate=2026-03-01&currency=&limit=100&offset=0",
    ] {
        assert_eq!(read::<ListSettlements>(target), settlements);
    }
    let all = "/settlements?limit=100&offset=0&startDate=&token=t";
    assert_eq!(
        read::<ListSettlements>(all),
        ListSettlements::all().limit(100).offset(0)
    );
    let entries = GetLedgerEntries::new(Currency::USD, first, last);
    for target in [
        "/ledgers/USD?token=t&currency=USD&startDate=2026-02-28&endDate=2026-03-01",
        "/ledgers/USD?token=t&startDate=20260228&endDate=20260301",
    ] {
        assert_eq!(read::<GetLedgerEntries>(target), entries);
    }
    let report = GetSettlementReport::new("s1".parse().unwrap(), ResourceToken::new("t"));
    for name in ["reconciliationReport", "reconciliationreport"] {
        let target = format!("/settlements/s1/{name}?token=t");
        assert_eq!(read::<GetSettlementReport>(&target), report);
    }
}

#[test]
fn a_window_that_ends_before_it_begins_is_not_asked_for() {
    let (first, last) = (Date::constant(2026, 2, 28), Date::constant(2026, 3, 1));
    let names =
        |problem: Result<(), bitpay_core::model::InvalidRequest>| problem.unwrap_err().field;
    let entries = GetLedgerEntries::new(Currency::USD, last, first);
    assert_eq!(names(Endpoint::check(&entries)), "end_date");
    let settlements = ListSettlements::new(last, first);
    assert_eq!(names(Endpoint::check(&settlements)), "end_date");
    GetLedgerEntries::new(Currency::USD, first, first)
        .check()
        .unwrap();
    ListSettlements::new(last, last).check().unwrap();
}
