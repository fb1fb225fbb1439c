//! `ledger` and `settlement`, against a sandbox.

use crate::commands::{complete_invoice, paired};
use crate::server::Server;

#[test]
fn a_ledger_is_shown_and_settled() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    home.run(&["ledger"]).ok().row("no ledger has entries");
    let invoice = complete_invoice(&server, &home);
    assert_eq!(home.run(&["ledger"]).ok().row("USD"), "19.80");
    let json = home.run(&["ledger", "--json"]).ok().json();
    assert_eq!(json[0]["balance"].to_string(), "19.8");
    let entries = home.run(&["ledger", "USD"]).ok().out;
    assert_eq!(entries.lines().count(), 3, "{entries}");
    assert!(entries.contains("-0.20  USD       Invoice Fee") && entries.contains(&invoice));
    let json = home.run(&["ledger", "USD", "--json"]).ok().json();
    assert_eq!(json[1]["amount"], -20_000_000);
    home.run(&["ledger", "EUR"]).ok().row("no EUR entries from");

    server.advance_hours(24);
    // The sandbox's clock is ahead of this machine's.
    let list = ["settlement", "list", "--to", "2099-01-01"];
    let listed = home.run(&list).ok().out;
    let id = listed.lines().nth(1).unwrap();
    let id = id.split_whitespace().next().unwrap();
    assert!(listed.contains("19.80  USD"), "{listed}");
    let one = home.run(&["settlement", "get", id]).ok();
    assert_eq!(
        (one.row("paid out"), one.row("withheld")),
        ("19.80 USD".to_owned(), "0.00 USD".to_owned())
    );
    let report = home.run(&["settlement", "report", id]).ok();
    assert!(
        report.out.contains("1023") && report.err.is_empty(),
        "{report:#?}"
    );
    let json = home
        .run(&["settlement", "report", id, "--json"])
        .ok()
        .json();
    assert_eq!(json["ledgerEntries"][0]["amount"], 20);
    assert_eq!(json.get("token"), None);
    let none = [&list[..], &["--status", "rejected", "--currency", "USD"]].concat();
    home.run(&none).ok().row("no settlements from");
}

#[test]
fn ledgers_and_settlements_are_refused_before_anything_is_sent() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    home.run(&["ledger", "--from", "2026-01-01"])
        .fails(2, "--from and --to need a currency");
    home.run(&["ledger", "US dollars"]).fails(2, "CURRENCY");
    home.run(&["ledger", "USD", "--from", "yesterday"])
        .fails(2, "--from");
    home.run(&[
        "ledger",
        "USD",
        "--from",
        "2026-02-01",
        "--to",
        "2026-01-01",
    ])
    .fails(1, "is before start_date");
    home.run(&["settlement", "list", "--status", "paid"])
        .fails(2, "--status: say new");
    home.run(&["settlement", "report", "a/b"]).fails(2, "ID");
    for operation in ["get_ledger_entries", "list_settlements", "get_settlement"] {
        assert_eq!(server.count(operation), 0);
    }
    home.run(&["settlement", "get", "nobody"])
        .fails(1, "Object not found");
    let till = paired(&server, "pos");
    till.run(&["ledger"])
        .fails(1, "this needs a merchant token");
}
