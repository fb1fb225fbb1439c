//! Reads what other clients send. That what this one sends is read back equal is a law of `laws.rs`.

use bitpay_core::model::invoice::{CreateInvoice, GetInvoice, ListInvoices};
use bitpay_core::model::ledger::GetLedgerEntries;
use bitpay_core::model::settlement::{GetSettlementReport, ListSettlements};
use bitpay_core::operation::{Endpoint, OPERATIONS, route};
use bitpay_core::server::{FromRequest, Received};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Guid, Operation, ResourceToken};

use crate::sent::TOKEN;

#[test]
fn the_table_is_whole() {
    for operation in OPERATIONS {
        let name = operation.name;
        assert_eq!(Operation::named(name), Some(*operation));
        assert!(
            operation.link.starts_with("https://developer.bitpay.com/"),
            "{name}"
        );
        assert_eq!(operation.identity, operation.facades.is_empty(), "{name}");
        for parameter in operation.parameters {
            assert!(parameter.doc.len() > 3, "{name}: {}", parameter.name);
        }
    }
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

#[test]
fn a_server_finds_the_token_in_the_path_and_does_not_print_it() {
    let received = |target: &str| {
        let guid = Guid::derived("not", "used");
        Received::new(http::Method::GET, target, b"", guid).unwrap()
    };
    let sins = received(&format!("/tokens/{TOKEN}/sins"));
    let operation = route(&sins).unwrap();
    assert_eq!(operation.name, "list_token_sins");
    assert_eq!(sins.token_of(operation).as_deref(), Some(TOKEN));
    assert_eq!(sins.token(), None);
    let shown = format!("{sins:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(shown.contains("sins"), "{shown}");

    let bill = received(&format!("/bills/b1?token={TOKEN}"));
    assert_eq!(bill.token_of(route(&bill).unwrap()).as_deref(), Some(TOKEN));
    assert!(format!("{bill:?}").contains("b1"));
}

#[test]
fn what_is_wrong_with_a_parameter_is_told_without_its_value() {
    let read = |target: &str, body: &[u8]| {
        let guid = Guid::derived("not", "used");
        Received::new(http::Method::POST, target, body, guid).unwrap()
    };
    let secret = "swordfish1234567";
    let price = format!(r#"{{"price":"{secret}","currency":"USD"}}"#);
    let body = |text: &str| read("/invoices", text.as_bytes());
    let wrong = |received: &Received| {
        let bad = CreateInvoice::from_request(received).unwrap_err();
        (bad.param, bad.to_string())
    };
    let (param, text) = wrong(&body(&price));
    assert_eq!(
        (param, text.as_str()),
        ("price", "price: not a decimal number such as 12.50")
    );
    assert_eq!(wrong(&body(r#"{"price":5}"#)).1, "currency: missing");
    let physical = format!(r#"{{"price":5,"currency":"USD","physical":"{secret}"}}"#);
    let (_, text) = wrong(&body(&physical));
    assert!(text.starts_with("physical: invalid type: string"), "{text}");
    assert!(!text.contains(secret), "{text}");

    let list = read(&format!("/invoices?dateStart={secret}"), b"");
    let bad = ListInvoices::from_request(&list).unwrap_err();
    assert_eq!(bad.param, "dateStart");
    assert!(
        bad.problem.is_some() && !bad.to_string().contains(secret),
        "{bad}"
    );
    let get = read(&format!("/invoices/{secret}%2F"), b"");
    let bad = GetInvoice::from_request(&get).unwrap_err();
    assert!(
        bad.to_string().starts_with("id: '/' in invoice id"),
        "{bad}"
    );
}
