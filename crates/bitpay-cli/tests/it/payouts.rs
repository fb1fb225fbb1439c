//! Payouts and recipients, against a sandbox.

use bitpay_sandbox::Fault;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::server::Server;

pub(crate) fn pay(home: &Home, recipient: &str, reference: &str) -> Ran {
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

pub(crate) fn active(server: &Server, home: &Home, email: &str) -> String {
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

#[test]
fn payouts_are_made_and_cancelled_in_groups() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let pay = |reference: &str, payee: &str, id: &str| {
        format!(
            r#"{{"reference":"{reference}","amount":"12.50","currency":"USD","ledgerCurrency":"EUR","{payee}":"{id}"}}"#
        )
    };
    let good = [
        pay("one", "recipientId", &ada),
        pay("two", "recipientId", &ada),
    ]
    .join(",");
    let create = ["payout", "group", "create", "-"];
    let made = home.run_with(&create, &format!("[{good}]")).ok();
    assert_eq!(made.out.matches("made").count(), 2, "{made:#?}");
    let group = made.row("group");
    let cancelled = home.run(&["payout", "group", "cancel", &group]).ok();
    assert_eq!(
        cancelled.out.matches("cancelled    ").count(),
        2,
        "{cancelled:#?}"
    );
    home.run(&["payout", "group", "cancel", &group])
        .fails(1, "2 of 2 payouts were not cancelled");

    // Some are made and others not.
    let mixed = [
        pay("three", "recipientId", &ada),
        pay("four", "recipientId", "nobody"),
    ]
    .join(",");
    let ran = home
        .run_with(&create, &format!("[{mixed}]"))
        .fails(3, "1 of 2 payouts were not made");
    assert!(
        ran.out.contains("not made") && ran.out.contains("nobody"),
        "{ran:#?}"
    );

    let before = server.count("create_payout_group");
    let invited = pay("five", "email", "eve@example.org");
    home.run_with(&create, &format!("[{invited}]"))
        .fails(1, "--invite");
    for (text, named) in [
        (String::new(), "this is not JSON"),
        ("{}".to_owned(), "one JSON list"),
        ("[]".to_owned(), "instructions: must not be empty"),
        (
            format!("[{good},{}]", pay("one", "recipientId", &ada)),
            "another one of this group has it",
        ),
        (
            format!("[{}]", good.replace("ledgerCurrency", "ledger")),
            "ledger_currency",
        ),
        (
            format!(
                "[{}]",
                good.replace(
                    "\"reference",
                    "\"label\":\"x\",\"colour\":\"red\",\"reference"
                )
            ),
            "instructions[0].colour",
        ),
    ] {
        let ran = home.run_with(&create, &text);
        assert!(ran.code == 1 || ran.code == 2, "{ran:#?}");
        assert!(ran.err.contains(named), "{named:?} is not in {ran:#?}");
    }
    assert_eq!(
        server.count("create_payout_group"),
        before,
        "nothing is sent"
    );
    home.run_with(
        &[&create[..], &["--invite"]].concat(),
        &format!("[{invited}]"),
    )
    .ok();

    server.inject(Fault::lost().on("create_payout_group"));
    let lost = home.run_with(&create, &format!("[{}]", pay("six", "recipientId", &ada)));
    lost.fails(3, "look it up: bitpay payout list");
    let id = home.run(&["payout", "list", "--reference", "six"]).ok();
    let id = id.out.lines().nth(1).unwrap();
    let id = id.split_whitespace().next().unwrap();
    home.run(&["payout", "resend", id]).ok();
    home.run(&["recipient", "update", &ada, "--label", "Ada"])
        .ok();
    home.run(&["recipient", "update", &ada])
        .fails(2, "--notification-url");
    home.run(&["recipient", "resend", &ada]).ok();
    for operation in [
        "resend_payout_notification",
        "update_recipient",
        "resend_recipient_notification",
    ] {
        assert_eq!(server.count(operation), 1);
    }
}
