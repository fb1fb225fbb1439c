//! `reconcile`, against a sandbox.

use std::fs;

use bitpay_blocking::model::invoice::InvoiceStatus;

use crate::commands::paired;
use crate::program::Home;
use crate::server::Server;

fn order(server: &Server, home: &Home, order: &str, price: &str, status: Option<InvoiceStatus>) {
    let made = home
        .run(&["invoice", "create", price, "EUR", "--order", order])
        .ok();
    if let Some(status) = status {
        server.pay(&made.row("invoice"), status);
    }
}

#[test]
fn books_are_compared_with_invoices_and_ledgers() {
    use InvoiceStatus::{Complete, Confirmed};
    let server = Server::start();
    let home = paired(&server, "merchant");
    order(&server, &home, "right", "10.10", Some(Complete));
    order(&server, &home, "to-ship", "20", Some(Confirmed));
    order(&server, &home, "unpaid", "30", None);
    order(&server, &home, "unknown", "1.01", Some(Complete));
    let path = home.path().with_file_name("orders.csv");
    let file = path.to_str().unwrap();
    let header = "order,price,currency,fulfilled\n";
    fs::write(
        &path,
        format!("{header}right,10.1,EUR,yes\nto-ship,20,EUR,no\nunpaid,30,EUR,yes\n"),
    )
    .unwrap();
    let told = home
        .run(&["reconcile", "--orders", file])
        .fails(1, "the books do not agree: 3 findings");
    for (row, holds) in [
        ("paid, not fulfilled", "20.00 EUR"),
        ("fulfilled, not paid", "unpaid"),
        ("paid, of no known order", "1.01 EUR"),
        ("  difference", "-8.99"),
        ("ledger EUR", ""),
        ("  invoices", "11.11"),
    ] {
        assert!(told.row(row).contains(holds), "{row}: {told:?}");
    }
    let json = home.run(&["reconcile", "--orders", file, "--json"]).json();
    assert_eq!(json["totals"]["EUR"]["difference"].to_string(), "-8.99");
    assert_eq!(json["findings"][0]["problem"], "not-fulfilled");
    fs::write(
        &path,
        format!("{header}right,10.1,EUR,yes\nunknown,1.01,EUR,yes\n"),
    )
    .unwrap();
    order(&server, &home, "new", "5", None);
    // What is shipped is what was paid, but for the order that waits to be shipped.
    home.run(&["reconcile", "--orders", file])
        .fails(1, "1 finding to look at");
    fs::write(
        &path,
        format!("{header}right,10.1,EUR,yes\nunknown,1.01,EUR,yes\nto-ship,20,EUR,YES\n"),
    )
    .unwrap();
    let agrees = home.run(&["reconcile", "--orders", file]).ok();
    assert_eq!(agrees.row("  difference"), "0.00");

    fs::write(
        &path,
        format!("{header}right,ten,EUR,yes\nright,10,EUR,perhaps\n"),
    )
    .unwrap();
    let told = home
        .run(&["reconcile", "--orders", file])
        .fails(1, "line 2: price");
    assert!(told.err.contains("line 3: fulfilled: say yes or no"));
    fs::write(&path, format!("{header}a,1,EUR,no\na,1,EUR,no\n")).unwrap();
    home.run(&["reconcile", "--orders", file])
        .fails(1, "the order a is there twice");
}
