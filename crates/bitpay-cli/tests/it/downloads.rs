//! `ledger download`, against a sandbox that is filled with two weeks of business.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use bitpay_blocking::Amount;
use bitpay_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::program::{Home, Ran};
use crate::record::{at_midnight, merchant};

const FROM: &str = "2020-01-01";

fn filled() -> (Sandbox, Home) {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    (sandbox, home)
}

fn path(home: &Home, name: &str) -> PathBuf {
    home.path().with_file_name(name)
}

/// The currency of the ledger with the most entries, and the ids of these.
fn ledger(home: &Home) -> (String, BTreeSet<String>) {
    let balances = home.run(&["ledger", "--json"]).ok().json();
    let currencies = balances
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["currency"]);
    let ids = |currency: &str| {
        let entries = home
            .run(&["ledger", currency, "--from", FROM, "--json"])
            .ok()
            .json();
        let ids = entries.as_array().unwrap().iter();
        ids.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let ledgers = currencies.map(|currency| currency.as_str().unwrap());
    let ledgers = ledgers.map(|currency| (currency.to_owned(), ids(currency)));
    ledgers
        .max_by_key(|(_, ids): &(String, BTreeSet<String>)| ids.len())
        .unwrap()
}

fn download(home: &Home, currency: &str, from: &str, name: &str) -> Ran {
    let file = path(home, name);
    let file = file.to_str().unwrap();
    home.run(&["ledger", "download", currency, "--from", from, "-o", file])
}

#[test]
fn a_ledger_is_downloaded_whole_and_adds_up() {
    let (_sandbox, home) = filled();
    let (currency, ids) = ledger(&home);
    assert!(ids.len() > 20, "{}", ids.len());
    // Since the day before everything, so that some windows are empty and many are not.
    let first = "2026-01-01";
    let done = download(&home, &currency, first, "all.csv").ok();
    assert!(done.out.contains("equal to the balance"), "{done:?}");
    assert!(done.out.starts_with(&format!("{} entries in ", ids.len())));
    let mut csv = csv::Reader::from_path(path(&home, "all.csv")).unwrap();
    let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), ids.len(), "each once");
    let found: BTreeSet<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(found, ids);
    let done = download(&home, &currency, first, "all.jsonl").ok();
    assert!(done.out.contains("equal to the balance"));
    let text = fs::read_to_string(path(&home, "all.jsonl")).unwrap();
    let found: BTreeSet<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(found, ids);
    // From the middle on, there is nothing to compare the sum with.
    let day = rows[rows.len() / 2][1]
        .split('T')
        .next()
        .unwrap()
        .to_owned();
    let part = download(&home, &currency, &day, "part.csv").ok();
    assert!(
        part.out.contains("not compared with the balance"),
        "{part:?}"
    );
    let left: Vec<_> = fs::read_dir(home.path().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".part"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn what_is_there_is_not_asked_for_again_after_an_interruption() {
    let (sandbox, home) = filled();
    let (currency, ids) = ledger(&home);
    let first = "2026-01-01";
    download(&home, &currency, first, "whole.csv").ok();
    let asked = || {
        let requests = sandbox.requests();
        requests
            .iter()
            .filter(|it| it.operation == Some("get_ledger_entries"))
            .count()
    };
    let before = asked();
    download(&home, &currency, first, "again.csv").ok();
    let once = asked() - before;
    // Interrupted in each window, after some of its rows.
    let windows = u32::try_from(once).unwrap() - 1;
    let (mut interrupted, mut total) = (0, 0);
    for at in 0..windows {
        sandbox.clear_faults();
        let fault = Fault::answer(400, "application/json", r#"{"error":"not now"}"#);
        sandbox.inject(fault.on("get_ledger_entries").after(3).times(1));
        let before = asked();
        let ran = download(&home, &currency, first, "resumed.csv");
        total += asked() - before;
        if ran.code != 1 {
            // All was there, and what failed was the look at the balance.
            assert!(ran.code == 0 || ran.err.contains("not compared"), "{ran:?}");
            break;
        }
        assert!(
            ran.err.contains("run the same again to go on from"),
            "{at}: {ran:?}"
        );
        interrupted += 1;
    }
    sandbox.clear_faults();
    assert!(interrupted > 3);
    assert!(
        total < once + 2 * interrupted,
        "{total} requests in place of {once}"
    );
    let whole = fs::read(path(&home, "whole.csv")).unwrap();
    assert!(fs::read(path(&home, "resumed.csv")).unwrap() == whole);
    assert_eq!(whole.split(|byte| *byte == b'\n').count(), ids.len() + 2);
}

#[test]
fn a_download_that_cannot_be_gone_on_with_is_left_as_it_is() {
    let (sandbox, home) = filled();
    let (currency, _) = ledger(&home);
    let first = "2026-01-01";
    let fault = Fault::answer(400, "application/json", r#"{"error":"not now"}"#);
    sandbox.inject(fault.on("get_ledger_entries").after(40).times(1));
    download(&home, &currency, first, "a.csv").fails(1, "not now");
    sandbox.clear_faults();
    download(&home, &currency, "2026-02-01", "a.csv").fails(1, "an unfinished download of");
    download(&home, "GBP", first, "a.csv").fails(1, "an unfinished download of");
    let part = path(&home, "a.csv.part");
    let kept = fs::read(&part).unwrap();
    if !kept.is_empty() {
        fs::write(&part, b"").unwrap();
        download(&home, &currency, first, "a.csv").fails(1, "is shorter than it was");
    }
    let held = fs::File::open(&part).unwrap();
    held.lock().unwrap();
    download(&home, &currency, first, "a.csv").fails(1, "another run writes it");
    drop(held);
    // What was written after the last save is cut off.
    fs::write(&part, [&kept[..], b"half a li"].concat()).unwrap();
    download(&home, &currency, first, "a.csv").ok();
    download(&home, &currency, first, "a.csv").fails(1, "is there already");
    download(&home, &currency, "2026-03-01", "no/such/folder.csv").fails(1, "folder.csv");
    fs::write(path(&home, "b.csv.part.json"), b"{").unwrap();
    download(&home, &currency, first, "b.csv").fails(1, "is damaged");
    download(&home, "euro!", first, "c.csv").fails(2, "CURRENCY");
}

/// The settlement with the most entries, and its report as it is printed.
fn settlement(home: &Home) -> (String, Value) {
    let list = ["settlement", "list", "--from", FROM, "--to", "2099-01-01"];
    let listed = home.run(&[&list[..], &["--json"]].concat()).ok().json();
    let ids = listed.as_array().unwrap().iter();
    let reports = ids.map(|it| {
        let id = it["id"].as_str().unwrap().to_owned();
        let report = home
            .run(&["settlement", "report", &id, "--json"])
            .ok()
            .json();
        (id, report)
    });
    let longest = reports.max_by_key(|(_, it)| it["ledgerEntries"].as_array().unwrap().len());
    longest.unwrap()
}

fn report(home: &Home, id: &str, name: &str) -> Ran {
    let file = path(home, name);
    let file = file.to_str().unwrap();
    home.run(&["settlement", "report", id, "-o", file])
}

#[test]
fn a_report_on_a_settlement_is_saved_whole_and_adds_up() {
    let (_sandbox, home) = filled();
    let (id, shown) = settlement(&home);
    let entries = shown["ledgerEntries"].as_array().unwrap();
    assert!(entries.len() > 3, "{shown}");
    let done = report(&home, &id, "report.csv").ok();
    assert!(
        done.out
            .starts_with(&format!("{} entries in ", entries.len())),
        "{done:?}"
    );
    assert!(done.out.contains("add up, to the last digit"), "{done:?}");
    let mut csv = csv::Reader::from_path(path(&home, "report.csv")).unwrap();
    let heading = csv.headers().unwrap().clone();
    let at = |name: &str| heading.iter().position(|it| it == name).unwrap();
    let (mut sum, mut rows) = (Amount::ZERO, 0);
    for (row, entry) in csv.records().zip(entries) {
        let row = row.unwrap();
        sum = sum.checked_add(row[at("amount")].parse().unwrap()).unwrap();
        assert_eq!(row[at("currency")], shown["currency"]);
        assert_eq!(
            &row[at("invoice")],
            entry["invoiceId"].as_str().unwrap_or_default()
        );
        rows += 1;
    }
    assert_eq!(rows, entries.len());
    assert_eq!(sum.to_string(), shown["ledgerEntriesSum"].to_string());

    report(&home, &id, "report.jsonl").ok();
    let text = fs::read_to_string(path(&home, "report.jsonl")).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(&lines, entries);
    let file = path(&home, "again.csv");
    let args = ["settlement", "report", &id, "--json", "-o"];
    let json = home
        .run(&[&args[..], &[file.to_str().unwrap()]].concat())
        .ok()
        .json();
    assert_eq!(json["adds_up"], true);
    assert_eq!(json["sum"], shown["ledgerEntriesSum"].to_string());
    report(&home, &id, "report.csv").fails(1, "is there already");
    report(&home, &id, "no/such/folder.csv").fails(1, "folder.csv");
    home.run(&["settlement", "report", &id, "--format", "csv"])
        .fails(2, "--output");
}

#[test]
fn a_report_that_does_not_add_up_or_is_cut_off_is_told() {
    let (sandbox, home) = filled();
    let (id, shown) = settlement(&home);
    let answer = |text: String| {
        let fault = Fault::answer(200, "application/json", text);
        sandbox.clear_faults();
        sandbox.inject(fault.on("get_settlement_report"));
    };
    let mut wrong = shown.clone();
    wrong["ledgerEntries"].as_array_mut().unwrap().pop();
    answer(json!({ "data": wrong }).to_string());
    home.run(&["settlement", "report", &id])
        .fails(1, "do not add up: ask BitPay");
    answer(json!({ "data": wrong }).to_string());
    let told = report(&home, &id, "less.csv").fails(1, "do not add up: ask BitPay");
    assert!(told.out.contains("does NOT add up"), "{told:?}");
    // All entries, and another total around them than the settlement said before.
    let mut wrong = shown.clone();
    wrong["totalAmount"] = json!(1);
    answer(json!({ "data": wrong }).to_string());
    report(&home, &id, "more.csv").fails(1, "do not add up: ask BitPay");

    let whole = json!({ "data": shown }).to_string();
    let (begins, _) = whole.rsplit_once("\"amount\"").unwrap();
    answer(begins.to_owned());
    report(&home, &id, "cut.csv").fails(1, "get_settlement_report");
    for name in ["cut.csv", "cut.csv.part"] {
        assert!(!path(&home, name).exists(), "{name}");
    }
    sandbox.clear_faults();
    report(&home, &id, "cut.csv").ok();
}
