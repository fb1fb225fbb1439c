//! The least facades, and prices that fit.

use bitpay_core::model::currency::CurrencyInfo;
use bitpay_core::operation::OPERATIONS;
use bitpay_core::{Amount, Facade, Operation};

fn named(names: &[&str]) -> Vec<&'static Operation> {
    names
        .iter()
        .map(|name| Operation::named(name).unwrap())
        .collect()
}

fn allows(set: &[Facade], operation: &Operation) -> bool {
    operation.is_public()
        || operation.identity
        || operation.facades.iter().any(|facade| set.contains(facade))
}

#[test]
fn no_facade_is_asked_for_without_need() {
    for (names, facades) in [
        (&[][..], &[][..]),
        (&["get_rates", "request_pairing"], &[]),
        (&["list_tokens"], &[]),
        (&["create_invoice"], &[Facade::Pos]),
        (
            &["create_invoice", "get_invoice", "get_currencies"],
            &[Facade::Pos],
        ),
        (&["create_invoice", "create_refund"], &[Facade::Merchant]),
        (&["cancel_invoice", "list_tokens"], &[Facade::Merchant]),
    ] {
        assert_eq!(Facade::least_for(&named(names)), facades, "{names:?}");
    }
    // For each two operations of the table: enough, and no smaller or weaker set is.
    for one in OPERATIONS {
        for other in OPERATIONS {
            let least = Facade::least_for(&[*one, *other]);
            assert!(allows(&least, one) && allows(&least, other));
            for facade in [Facade::Pos, Facade::Merchant, Facade::Payout] {
                let enough = allows(&[facade], one) && allows(&[facade], other);
                assert!(!enough || least.is_empty() || least.len() == 1 && least[0] <= facade);
            }
            for dropped in &least {
                let fewer: Vec<Facade> = least.iter().copied().filter(|it| it != dropped).collect();
                assert!(!(allows(&fewer, one) && allows(&fewer, other)));
            }
        }
    }
}

#[test]
fn a_price_fits_by_value_and_not_by_how_it_is_written() {
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    let info = |text: &str| serde_json::from_str::<CurrencyInfo>(text).unwrap();
    let usd = info(r#"{"code":"USD","precision":2,"decimals":2,"minimum":0.01}"#);
    for (price, fits) in [
        ("10", true),
        ("10.1", true),
        ("10.10", true),
        ("10.1000", true),
        ("10.101", false),
        ("0.01", true),
        ("0.009", false),
        ("0.00", false),
        ("1e3", true),
        ("1e-3", false),
    ] {
        assert_eq!(usd.fits(amount(price)), Some(fits), "{price}");
    }
    let btc = info(r#"{"code":"BTC","precision":"6","decimals":8,"minimum":0.000006}"#);
    assert_eq!(btc.fits(amount("0.000006")), Some(true));
    assert_eq!(btc.fits(amount("0.0000065")), Some(false));
    assert_eq!(btc.fits(amount("0.000005")), Some(false));
    let unknown = info(r#"{"code":"XYZ"}"#);
    assert_eq!(unknown.fits(amount("1.23")), None);
    assert!(amount("100").fits(0) && amount("0.0").fits(0) && !amount("-1.5").fits(0));
}
