//! Payouts and recipients, against a sandbox.

use bitpay_sandbox::Fault;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::server::Server;

fn pay(home: &Home, recipient: &str, reference: &str) -> Ran {
    home.run(&[
        "payout",
        "create",
        "12.50",
        "USD",
        "--ledger",
        "EUR",
        "--recipient",
        recipient,
        "--reference",
        reference,
    ])
}

fn active(server: &Server, home: &Home, email: &str) -> String {
    let id = home
        .run(&["recipient", "invite", email])
        .ok()
        .row("recipient");
    server.activate(&id);
    id
}

#[test]
fn recipients_are_invited_listed_and_removed() {
    let server = Server::start();
    let home = paired(&server, "payout");
    assert!(
        home.run(&["recipient", "list"])
            .ok()
            .out
            .contains("no such")
    );
    let made = home
        .run(&[
            "recipient",
            "invite",
            "ada@example.org",
            "--label",
            "Ada",
            "--guid",
            "ada-1",
        ])
        .ok();
    assert_eq!(made.row("status"), "invited");
    assert!(
        made.err.contains("guid ada-1"),
        "the guid is told before: {made:?}"
    );
    let id = made.row("recipient");
    assert_eq!(
        home.run(&["recipient", "get", &id]).ok().row("guid"),
        "ada-1"
    );
    let listed = home
        .run(&["recipient", "list", "--status", "invited", "--json"])
        .ok()
        .json();
    assert_eq!(listed[0]["id"], id);
    assert_eq!(listed[0]["token"], serde_json::Value::Null);
    home.run(&["recipient", "remove", &id]).ok();
    home.run(&["recipient", "remove", &id])
        .fails(1, "nothing happened");
    assert_eq!(
        home.run(&["recipient", "get", &id]).ok().row("status"),
        "removed"
    );
    home.run(&["recipient", "invite", "nobody"])
        .fails(1, "nothing was sent");
    home.run(&["recipient", "list", "--status", "gone"])
        .fails(2, "--status");
}

#[test]
fn payouts_are_made_listed_and_cancelled() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let made = pay(&home, &ada, "May, Ada").ok();
    assert!(
        made.err
            .contains("bitpay payout list --reference='May, Ada'"),
        "the reference is told before: {made:?}"
    );
    let id = made.row("payout");
    assert_eq!(home.run(&["payout", "get", &id]).ok().row("status"), "new");
    let found = home
        .run(&["payout", "list", "--reference", "May, Ada", "--json"])
        .ok()
        .json();
    assert_eq!(found[0]["id"], id);
    assert_eq!(found[0]["amount"].to_string(), "12.5");
    assert_eq!(found[0]["token"], serde_json::Value::Null);
    home.run(&["payout", "cancel", &id]).ok();
    home.run(&["payout", "cancel", &id])
        .fails(1, "nothing happened");
    let cancelled = home.run(&["payout", "list", "--status", "cancelled"]).ok();
    assert!(cancelled.out.contains(&id), "{cancelled:?}");

    let before = server.count("create_payout");
    pay(&home, &ada, "").fails(1, "nothing was sent");
    let args = [
        "payout",
        "create",
        "5",
        "USD",
        "--ledger",
        "EUR",
        "--reference",
        "x",
    ];
    home.run(&args).fails(2, "--recipient");
    let both = ["--recipient", "r1", "--invite", "eve@example.org"];
    home.run(&[&args[..], &both].concat())
        .fails(2, "cannot be used");
    home.run(&args[..6]).fails(2, "--reference");
    assert_eq!(server.count("create_payout"), before, "nothing is sent");
    let invited = home
        .run(&[&args[..], &["--invite", "eve@example.org"]].concat())
        .ok();
    assert_eq!(invited.row("email"), "eve@example.org");
}

#[test]
fn a_payout_whose_answer_was_lost_is_looked_up_by_its_reference() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    server.inject(Fault::lost().on("create_payout"));
    let lost = pay(&home, &ada, "May").fails(3, "it may have happened");
    assert!(
        lost.err
            .contains("look it up: bitpay payout list --reference May"),
        "{lost:?}"
    );
    assert_eq!(server.count("create_payout"), 1, "it is sent once");
    let found = home
        .run(&["payout", "list", "--reference", "May", "--json"])
        .ok()
        .json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let none = home.run(&["payout", "list", "--reference", "June"]).ok();
    assert!(none.out.contains("may still show"), "{none:?}");

    server.inject(Fault::lost().on("create_payout"));
    let args = [
        "payout",
        "create",
        "5",
        "USD",
        "--ledger",
        "EUR",
        "--recipient",
        &ada,
        "--reference",
        "it's",
        "--json",
    ];
    let lost = home.run(&args);
    let error: serde_json::Value = serde_json::from_str(lost.err.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["reference"], "it's");
    assert_eq!(
        error["error"]["look_up"],
        r"bitpay payout list --reference='it'\''s'"
    );
    assert_eq!(lost.code, 3);
}
