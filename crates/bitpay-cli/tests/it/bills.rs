//! Bills, subscriptions, the keys of a token, and what else a merchant's commands do.

use bitpay_sandbox::Fault;

use crate::commands::{complete_invoice, paired};
use crate::program::Home;
use crate::server::Server;

const OTHER_SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";

#[test]
fn bills_are_made_changed_and_delivered() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    home.run(&["bill", "list"]).ok().row("no such bills");
    let create = [
        "bill",
        "create",
        "ada@example.org",
        "EUR",
        "--number",
        "2026-17",
    ];
    let items = [
        "--item",
        "2x12.50 Tea, green",
        "--item",
        "3 Post",
        "--due",
        "2099-01-01",
    ];
    let made = home.run(
        &[
            &create[..],
            &items,
            &["--cc", "a@example.org", "--cc", "b@example.org"],
        ]
        .concat(),
    );
    let made = made.ok();
    assert!(
        made.out
            .contains("   2 x      12.50 EUR  Tea, green\n   1 x       3.00 EUR  Post"),
        "{made:#?}"
    );
    assert_eq!(
        (made.row("status"), made.row("due")),
        ("draft".to_owned(), "2099-01-01".to_owned())
    );
    let id = made.row("bill");
    let json = home.run(&["bill", "get", &id, "--json"]).ok().json();
    assert_eq!(json["items"][0]["price"].to_string(), "12.5");
    assert_eq!(json["cc"].as_array().unwrap().len(), 2);
    assert_eq!(json.get("token"), None);

    // What is not named stays; items are replaced.
    let update = home.run(&[
        "bill",
        "update",
        &id,
        "--item",
        "3x12.50 Tea",
        "--pass-processing-fee",
        "--json",
    ]);
    let json = update.ok().json();
    assert_eq!(
        (json["items"].as_array().unwrap().len(), &json["number"]),
        (1, &"2026-17".into())
    );
    assert_eq!(json["passProcessingFee"], true);
    let off = home.run(&[
        "bill",
        "update",
        &id,
        "--pass-processing-fee=false",
        "--email",
        "b@example.org",
        "--json",
    ]);
    let json = off.ok().json();
    assert_eq!(
        (&json["passProcessingFee"], &json["email"]),
        (&false.into(), &"b@example.org".into())
    );
    let before = server.count("update_bill");
    home.run(&["bill", "update", &id])
        .fails(1, "this would change nothing");
    assert_eq!(server.count("update_bill"), before);
    home.run(&["bill", "deliver", &id]).ok().row("the bill");
    let sent = home.run(&["bill", "list", "--status", "sent"]).ok();
    assert!(
        sent.out.contains(&format!("\n{id} ")) && sent.out.contains("b@example.org"),
        "{sent:#?}"
    );

    let before = server.count("create_bill");
    home.run(&create).fails(2, "say what is billed");
    for wrong in ["Tea", "2x Tea", "x5 Tea", "1xx5 Tea", "2xfive Tea"] {
        home.run(&[&create[..], &["--item", wrong]].concat())
            .fails(2, "--item: say QUANTITYxPRICE");
    }
    home.run(&[&create[..], &["--item", "0x5 Tea"]].concat())
        .fails(1, "the quantity of item 1 is 0");
    home.run(&[&create[..], &["--item", "5 Tea", "--due", "soon"]].concat())
        .fails(2, "--due");
    home.run(&["bill", "list", "--status", "late"])
        .fails(2, "--status: say draft");
    assert_eq!(server.count("create_bill"), before, "nothing is sent");

    server.inject(Fault::lost().on("create_bill"));
    let lost = home.run(&[&create[..], &["--item", "5 Tea"]].concat());
    lost.fails(3, "look it up: bitpay bill list");
    assert_eq!(server.count("create_bill"), before + 1, "it is sent once");
    let till = paired(&server, "pos");
    let made = till
        .run(&[&create[..], &["--item", "5 Tea", "--name", "Ada"]].concat())
        .ok();
    till.run(&["bill", "deliver", &made.row("bill")]).ok();
    till.run(&["bill", "list"])
        .fails(1, "this needs a merchant token");
}

#[test]
fn subscriptions_are_made_changed_and_cancelled() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    home.run(&["subscription", "list"])
        .ok()
        .row("no such subscriptions");
    let create = [
        "subscription",
        "create",
        "ada@example.org",
        "USD",
        "--item",
        "900 Rent",
    ];
    let when = ["--schedule", "monthly", "--due", "2099-01-01"];
    let made = home.run(&[&create[..], &when].concat()).ok();
    assert_eq!(
        (made.row("status"), made.row("schedule")),
        ("draft".to_owned(), "0 0 0 1 * *".to_owned())
    );
    let id = made.row("subscription");
    let active = home
        .run(&["subscription", "update", &id, "--status", "active"])
        .ok();
    assert_eq!(active.row("status"), "active");
    let changed = home
        .run(&[
            "subscription",
            "update",
            &id,
            "--item",
            "950 Rent",
            "--number",
            "7",
        ])
        .ok();
    assert!(
        changed.out.contains("950.00 USD") && changed.row("number") == "7",
        "{changed:#?}"
    );
    assert_eq!(
        home.run(&["subscription", "get", &id]).ok().row("status"),
        "active"
    );
    home.run(&["subscription", "update", &id])
        .fails(1, "this would change nothing");
    home.run(&["subscription", "update", &id, "--status", "cancelled"])
        .ok();
    let listed = home
        .run(&["subscription", "list", "--status", "cancelled", "--json"])
        .ok()
        .json();
    assert_eq!(
        (&listed[0]["id"], listed[0].get("token")),
        (&id.into(), None)
    );

    home.run(&[&create[..], &["--schedule", "wekly"]].concat())
        .fails(2, "--schedule: say weekly");
    home.run(&[&create[..], &["--schedule", "weekly"]].concat())
        .fails(2, "--due DAY");
    home.run(&["subscription", "list", "--status", "late"])
        .fails(2, "--status: say draft");
    assert_eq!(server.count("create_subscription"), 1);
}

#[test]
fn a_preview_is_confirmed_and_what_was_sent_is_sent_again() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = complete_invoice(&server, &home);
    for (guid, by_guid) in [("r-1", false), ("r-2", true)] {
        let preview = [
            "refund",
            "create",
            &id,
            "--amount",
            "2",
            "--preview",
            "--guid",
            guid,
        ];
        let made = home.run(&preview).ok();
        assert_eq!(made.row("status"), "preview");
        let refund = made.row("refund");
        let name = if by_guid {
            vec!["--guid", guid]
        } else {
            vec![&*refund]
        };
        let confirmed = home.run(&[&["refund", "confirm"], &name[..]].concat()).ok();
        assert_eq!(confirmed.row("status"), "created");
        home.run(&["refund", "resend", &refund])
            .ok()
            .row("the buyer is told");
        let cancelled = home.run(&[&["refund", "cancel"], &name[..]].concat()).ok();
        assert_eq!(cancelled.row("status"), "canceled");
    }
    assert_eq!(server.count("resend_refund_notification"), 2);
    home.run(&["invoice", "resend", &id])
        .ok()
        .row("the webhook of the invoice");
    assert_eq!(server.count("resend_invoice_webhook"), 1);
    home.run(&["invoice", "create", "5", "USD", "--guid", "i-1"])
        .ok();
    home.run(&["invoice", "cancel", "--guid", "i-1"]).ok();
    assert_eq!(server.count("cancel_invoice_by_guid"), 1);
    home.run(&["invoice", "cancel"]).fails(2, "required");
    home.run(&["refund", "confirm", "x", "--guid", "y"])
        .fails(2, "cannot be used");
}

#[test]
fn a_telephone_number_is_verified_with_the_code_from_standard_input() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = home
        .run(&["invoice", "create", "5", "USD"])
        .ok()
        .row("invoice");
    let update = ["invoice", "update", &id, "--sms", "+15551234567"];
    let wrong = home.run(&[&update[..], &["--sms-code", "987654"]].concat());
    wrong
        .fails(2, "--sms-code: say `-`")
        .assert_without("987654", 6);
    assert_eq!(server.count("update_invoice"), 0);
    home.run_with(&[&update[..], &["--sms-code", "-"]].concat(), "987654\n");
    assert!(server.bodies("update_invoice")[0].contains(r#""smsCode":"987654""#));
    home.run(&[
        "invoice",
        "update",
        &id,
        "--email",
        "a@example.org",
        "--sms-code",
        "-",
    ])
    .fails(2, "cannot be used");
}

#[test]
fn other_keys_may_use_the_token_and_may_not_any_more() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let own = home.profile().identity().sin().to_string();
    assert_eq!(home.run(&["sin", "list"]).ok().row(&own), "yes");
    home.run(&["sin", "link", OTHER_SIN]).ok();
    assert_eq!(
        home.run(&["sin", "list", "--json"]).ok().json(),
        serde_json::json!([own, OTHER_SIN])
    );
    home.run(&["sin", "remove", OTHER_SIN]).ok();
    home.run(&["sin", "remove", &own])
        .fails(1, "the profile's own key");
    home.run(&["sin", "remove", "nobody"]).fails(2, "SIN");
    assert_eq!(
        (
            server.count("link_token_sin"),
            server.count("remove_token_sin")
        ),
        (1, 1)
    );
}

#[test]
fn currencies_and_wallets_need_no_profile() {
    let (server, home) = (Server::start(), Home::new());
    let env = ["--env", server.url()];
    let all = home.run(&[&["currencies"], &env[..]].concat()).ok().out;
    assert!(
        all.lines().count() > 10 && all.contains("US Dollar"),
        "{all}"
    );
    let two = home
        .run(&[&["currencies", "usd", "BTC"], &env[..]].concat())
        .ok()
        .out;
    assert_eq!(two.lines().count(), 3, "{two}");
    home.run(&[&["currencies", "ABC"], &env[..]].concat())
        .fails(1, "no currency ABC");
    let wallets = home
        .run(&[&["wallets", "--json"], &env[..]].concat())
        .ok()
        .json();
    assert!(!wallets.as_array().unwrap().is_empty());
    home.run(&["wallets"]).fails(2, "--env test or --env prod");
    let rate = [
        "call",
        "get_rate",
        "--data",
        r#"{"base": "BTC", "currency": "EUR"}"#,
    ];
    home.run(&[&rate[..], &env].concat()).ok();
    home.run(&rate).fails(2, "--env test or --env prod");
    assert!(home.store().find("default").unwrap().is_none());
}
