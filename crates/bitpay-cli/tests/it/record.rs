//! What a merchant's answers look like, recorded from a sandbox that was filled, as it is and with shapes
//! that were changed on purpose.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use bitpay_core::{AnyToken, Facade, PrivateKey};
use bitpay_sandbox::{Demo, Fault, Sandbox};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::program::Home;

/// A home with the profile of a merchant whose business is in the sandbox.
pub(crate) fn merchant(sandbox: &Sandbox) -> (Home, Demo) {
    let demo = sandbox.fill().unwrap();
    let home = Home::new();
    let key = PrivateKey::from_hex(&demo.private_key).unwrap();
    let store = home.store();
    let mut guard = store.create("default", sandbox.environment(), key).unwrap();
    guard
        .update(|profile| {
            for (facade, token) in [
                (Facade::Merchant, &demo.merchant),
                (Facade::Payout, &demo.payout),
            ] {
                profile.set_token(AnyToken::parse(facade, token).unwrap());
            }
        })
        .unwrap();
    drop(guard);
    (home, demo)
}

/// Filled, it is the same at any hour, and stays so: what was sold and given back hangs on the hours between
/// two midnights, and payouts are funded at hours of the day.
pub(crate) fn at_midnight(seed: u64) -> Sandbox {
    let now = Timestamp::now().as_second();
    let midnight = Timestamp::from_second(now - now % 86_400).unwrap();
    let builder = Sandbox::builder().seed(seed);
    builder.frozen_at(midnight).start().unwrap()
}

fn folder(home: &Home) -> PathBuf {
    home.path().with_file_name("recordings")
}

fn record(home: &Home) -> PathBuf {
    let folder = folder(home);
    home.run(&["record", folder.to_str().unwrap()]).ok();
    folder
}

fn recordings(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().path().file_stem().unwrap().to_owned());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn what_is_as_described_shows_no_drift() {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    let folder = record(&home);
    let names = recordings(&folder);
    for name in [
        "list_invoices",
        "get_invoice",
        "get_ledger_entries",
        "get_settlement_report",
        "list_refunds",
        "get_refund",
        "get_payout",
        "list_recipients",
        "get_bill",
        "get_rates",
        "list_tokens",
    ] {
        assert!(names.contains(name), "{name} is not in {names:?}");
    }
    for name in &names {
        let path = folder.join(format!("{name}.json"));
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let shown = home.run(&["drift", folder.to_str().unwrap()]).ok();
    assert!(shown.out.contains("as described"), "{}", shown.out);
    assert!(!shown.out.contains("not in what"), "{}", shown.out);
}

fn answer_of(folder: &Path, operation: &str) -> Value {
    let text = fs::read(folder.join(format!("{operation}.json"))).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["answer"].clone()
}

#[test]
fn each_change_of_a_shape_is_named() {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    let folder = record(&home);
    let change = |operation: &str, change: &dyn Fn(&mut Value)| {
        let mut answer = answer_of(&folder, operation);
        change(&mut answer["data"]);
        let fault = Fault::answer(200, "application/json", answer.to_string()).on(operation);
        sandbox.inject(fault.times(1_000));
    };
    change("get_invoice", &|invoice| {
        invoice["lightning"] = json!({ "hops": 3 });
        invoice["buyer"]["planet"] = "Earth".into();
        invoice["buyer"]["region"] = "Anhalt".into();
    });
    change("get_refund", &|refund| {
        refund.as_object_mut().unwrap().remove("amount");
        refund["status"] = "teleported".into();
    });
    change("get_payout", &|payout| {
        payout["amount"] = json!(["twelve"]);
        payout["requestDate"] = "yesterday".into();
        // In UTC, as all times of BitPay's that name no zone.
        payout["effectiveDate"] = "2021-05-10T18:04:14".into();
    });
    change("get_ledger_balances", &|balances| {
        balances[0]["currency"] = json!(["EUR"]);
        balances[0]["reserved"] = 12.into();
        let first = balances[0].as_object_mut().unwrap();
        first.remove("balance");
        first.remove("amount");
    });
    let changed = record(&home);
    let shown = home.run(&["drift", changed.to_str().unwrap()]);
    let told = shown.fails(1, "report them").out;
    for line in [
        "data.lightning  is an object, and is not described",
        "data.buyer.planet  is a text, and is not described",
        "data.amount  is missing",
        "data.status  has a value that is not known: teleported",
        "data.amount  is a list, and not number or string",
        "data.requestDate  is a text, and not integer",
        "data[].currency  is a list, and not string",
        "data[].reserved  is a number, and is not described",
        "data[].balance or amount  is missing",
        "invoices  buyer.region",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    assert!(!told.contains("effectiveDate"), "{told}");
    // One file alone, for programs.
    let refund = changed.join("get_refund.json");
    let shown = home.run(&["drift", refund.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_str(&shown.fails(1, "").out).unwrap();
    let places: Vec<_> = told["drift"]["get_refund"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["at"].clone())
        .collect();
    assert_eq!(places, ["data.amount", "data.status"]);
}

#[test]
fn a_recording_holds_nothing_of_anybody() {
    let sandbox = at_midnight(5);
    let (home, demo) = merchant(&sandbox);
    let order = json!({
        "price": 4711.25, "currency": "EUR", "orderId": "planted-order-4711", "itemDesc": "Planted",
        "posData": "{\"Planted\":\"planted\"}", "redirectURL": "https://planted.example/thanks",
        "buyer": { "name": "Petra Planted", "email": "petra@planted.example", "address1": "Planted Road 4711", "locality": "Planted", "region": "planted",
            "phone": "+49 4711 4711", "notify": true },
    });
    home.run(&["call", "create_invoice", "--data", &order.to_string()])
        .ok();
    let folder = record(&home);
    for name in recordings(&folder) {
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        for planted in ["lanted", "Petra", "petra", "4711", "example"] {
            assert!(!text.contains(planted), "{planted} is in {name}");
        }
        for secret in [
            &demo.merchant,
            &demo.payout,
            &demo.pos,
            &demo.private_key,
            &demo.sin.to_string(),
        ] {
            assert!(!text.contains(&secret[..8]), "a secret is in {name}");
        }
    }
}

#[test]
fn a_token_that_may_not_list_records_an_invoice_that_is_named() {
    let sandbox = at_midnight(5);
    let (home, demo) = merchant(&sandbox);
    let folder = folder(&home);
    let path = folder.to_str().unwrap();
    let shown = home.run(&["invoice", "list", "--json"]).ok();
    let invoices: Value = serde_json::from_str(&shown.out).unwrap();
    let id = invoices[0]["id"].as_str().unwrap();
    let mut guard = home.store().lock("default").unwrap();
    guard
        .update(|profile| {
            profile.forget_token(Facade::Merchant);
            profile.forget_token(Facade::Payout);
            profile.set_token(AnyToken::parse(Facade::Pos, &demo.pos).unwrap());
        })
        .unwrap();
    drop(guard);
    let shown = home.run(&["record", path]).ok();
    assert!(shown.row("get_invoice").contains("no invoice to ask for"));
    let shown = home.run(&["record", path, "--invoice", id]).ok();
    assert!(shown.row("get_invoice").ends_with("recorded"));
    home.run(&["drift", path]).ok();
    home.run(&["record", path, "--invoice", "a/b"])
        .fails(2, "--invoice");
}

#[test]
fn what_the_sandbox_has_and_the_recordings_have_not_is_named() {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    let folder = record(&home);
    let path = folder.join("get_invoice.json");
    let mut recording: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let invoice = recording["answer"]["data"].as_object_mut().unwrap();
    invoice.remove("exchangeRates");
    fs::write(&path, recording.to_string()).unwrap();
    let shown = home.run(&["drift", path.to_str().unwrap()]).ok();
    let told = shown.out;
    assert!(told.contains("  invoices  exchangeRates\n"), "{told}");
    assert!(!told.contains("  refunds  "), "{told}");
}

#[test]
fn what_cannot_be_recorded_or_compared_is_named() {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    let folder = folder(&home);
    let path = folder.to_str().unwrap();
    home.run(&["drift", path])
        .fails(1, "recordings could not be read");
    let other = folder.with_extension("json");
    fs::write(&other, "{}").unwrap();
    home.run(&["drift", other.to_str().unwrap()])
        .fails(1, "it is not what `bitpay record` saved");
    let mut guard = home.store().lock("default").unwrap();
    guard
        .update(|profile| profile.forget_token(Facade::Payout))
        .unwrap();
    drop(guard);
    let shown = home.run(&["record", path]).ok();
    let told = shown.row("list_payouts");
    assert!(told.contains("payout token"), "{told}");
    assert!(shown.row("subscribe_invoice_events").contains("no end"));
    fs::write(
        folder.join("get_rates.json"),
        "{\"operation\": \"get_rates\"",
    )
    .unwrap();
    home.run(&["drift", path]).fails(1, "get_rates.json");
    let empty = home.path().with_file_name("empty");
    fs::create_dir(&empty).unwrap();
    home.run(&["drift", empty.to_str().unwrap()])
        .fails(1, "there is no recording there");
    home.run(&["drift"]).fails(2, "FILES");
}
