//! `call`, against a sandbox.

use std::fs;

use bitpay_blocking::model::invoice::InvoiceStatus;
use bitpay_sandbox::Fault;
use serde_json::{Value, json};

use crate::commands::{complete_invoice, paired};
use crate::program::{Home, Ran};
use crate::server::Server;

const TOKEN: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";

pub(crate) fn call(home: &Home, name: &str, data: &Value) -> Ran {
    home.run(&["call", name, "--json", "--data", &data.to_string()])
}

#[test]
fn what_is_misspelt_or_missing_is_named_and_nothing_is_sent() {
    let server = Server::start();
    let merchant = paired(&server, "merchant");
    let refused = |home: &Home, name: &str, data: Value, named: &str| {
        let before = server.count(name);
        let ran = call(home, name, &data);
        assert!(ran.code == 1 || ran.code == 2, "{ran:#?}");
        assert!(ran.err.contains(named), "{named:?} is not in {ran:#?}");
        assert_eq!(server.count(name), before, "{name} was sent");
    };
    let order = |more: Value| {
        let mut order = json!({ "price": 5, "currency": "USD" });
        order
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        order
    };
    for (data, named) in [
        (json!({}), "create_invoice needs price, currency;"),
        (
            json!({ "price": null, "currency": "USD" }),
            "create_invoice needs price;",
        ),
        (
            order(json!({ "ordreId": "17" })),
            "there is no ordreId in create_invoice; it takes guid, price",
        ),
        (
            order(json!({ "buyer": { "emial": "x" } })),
            "there is no buyer.emial in create_invoice",
        ),
        (
            order(json!({ "itemizedDetails": [{ "amount": 5, "colour": "green" }] })),
            "there is no itemizedDetails[0].colour",
        ),
        (
            order(json!({ "notificationURL": "http://example.org" })),
            "notificationURL: must be an https://",
        ),
        (order(json!({ "guid": "a b" })), "guid: a guid has"),
        (
            order(json!({ "price": "five" })),
            "price: not a decimal number",
        ),
        (
            order(json!({ "physical": "yes" })),
            "physical: invalid type",
        ),
        (
            order(json!({ TOKEN: 1 })),
            "there is no [not shown] in create_invoice",
        ),
        (json!([]), "takes one JSON object"),
        (json!(5), "this is not JSON"),
    ] {
        refused(&merchant, "create_invoice", data, named);
    }
    let days = json!({ "dateStart": "2026-03-02", "dateEnd": "2026-03-01" });
    refused(
        &merchant,
        "list_invoices",
        days,
        "dateEnd: 2026-03-01 is before date_start",
    );
    refused(
        &merchant,
        "get_invoice",
        json!({ "id": "../tokens" }),
        "id: '.' in invoice id",
    );
    refused(&merchant, "get_invoice", json!({ "id": "" }), "id: a text");
    refused(
        &merchant,
        "get_invoice",
        json!({ "id": { "a": 1 } }),
        "id: a text",
    );
    refused(
        &merchant,
        "list_bills",
        json!({ "status": "" }),
        "status: a text",
    );
    refused(
        &merchant,
        "get_rates",
        json!({ "base": "BTC" }),
        "there is no base in get_rates; it takes none",
    );
    // A second price might be the one that is read.
    let twice = r#"{"price": 5, "currency": "USD", "price": 500}"#;
    let ran = merchant.run(&["call", "create_invoice", "--data", twice]);
    ran.fails(2, "`price` is there twice");
    let twice = r#"{"price": 5, "currency": "USD", "buyer": {"email": "a", "email": "b"}}"#;
    let ran = merchant.run(&["call", "create_invoice", "--data", twice]);
    ran.fails(2, "`email` is there twice");
    assert_eq!(server.count("create_invoice"), 0);

    merchant
        .run(&["call", "refund_create"])
        .fails(2, "there is create_refund;");
    merchant
        .run(&["call", "createInvoices"])
        .fails(2, "there is create_invoice;");
    merchant
        .run(&["call", TOKEN])
        .fails(2, "no operation has this name")
        .assert_without(TOKEN, 8);
    merchant
        .run(&["call", "get_rates", "/rates"])
        .fails(2, "a path goes with a method");
    merchant
        .run(&["call", "get_rates", "--facade", "merchant"])
        .fails(2, "takes no token");
    merchant
        .run(&["call", "get_rates", "--data", "@/nowhere"])
        .fails(2, "the file cannot be read");
    let payout = merchant.run(&["call", "list_payouts"]);
    payout.fails(
        1,
        "this needs a payout token, and the profile `default` holds merchant",
    );
}

#[test]
fn what_requests_ask_of_their_caller_is_asked_of_data_as_well() {
    let server = Server::start();
    let merchant = paired(&server, "merchant");
    let id = merchant
        .run(&["invoice", "create", "20", "USD", "--email", "b@example.org"])
        .ok()
        .row("invoice");
    let refund = json!({ "invoiceId": id, "amount": 1 });
    call(&merchant, "create_refund", &refund).fails(1, "only a complete invoice");
    server.pay(&id, InvoiceStatus::Confirmed);
    call(&merchant, "create_refund", &refund).fails(1, "--decline-whole-invoice");
    let all = complete_invoice(&server, &merchant);
    let more = json!({ "invoiceId": all, "amount": "20.01" });
    call(&merchant, "create_refund", &more).fails(1, "more than the invoice's price");
    assert_eq!(server.count("create_refund"), 0);

    let payer = paired(&server, "payout");
    let pay = |more: Value| {
        let mut payout =
            json!({ "reference": "May", "amount": 5, "currency": "USD", "ledgerCurrency": "EUR" });
        payout
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        payout
    };
    for (payout, named) in [
        (pay(json!({})), "recipientId: say who is paid in one way"),
        (
            pay(json!({ "recipientId": "r1", "email": "a@example.org" })),
            "say who is paid in one way",
        ),
        (
            pay(json!({ "email": "eve@example.org" })),
            "payout create --invite",
        ),
        (
            pay(json!({ "recipientId": "r1", "amount": 0 })),
            "amount: must be more than 0",
        ),
        (
            json!({ "amount": 5, "currency": "USD", "recipientId": "r1" }),
            "needs reference, ledgerCurrency",
        ),
    ] {
        let ran = call(&payer, "create_payout", &payout);
        assert!(ran.err.contains(named), "{named:?} is not in {ran:#?}");
        let group = call(
            &payer,
            "create_payout_group",
            &json!({ "instructions": [payout] }),
        );
        assert!(ran.code != 0 && group.code != 0, "{group:#?}");
    }
    assert_eq!(
        server.count("create_payout") + server.count("create_payout_group"),
        0
    );
    let nameless = json!({ "recipients": [{ "email": "ada@example.org" }] });
    call(&payer, "submit_recipients", &nameless).fails(1, "guid: of recipient 1: must be set");
}

#[test]
fn the_guid_is_told_before_and_when_the_answer_is_lost() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let data = json!({ "price": "10.10", "currency": "USD" });
    let made = call(&home, "create_invoice", &data).ok();
    let told: Value = serde_json::from_str(made.err.lines().next().unwrap()).unwrap();
    assert_eq!(told["guid"], made.json()["guid"]);
    assert_eq!(
        told["look_up"],
        format!(
            "bitpay invoice get --guid {}",
            told["guid"].as_str().unwrap()
        )
    );

    server.inject(Fault::lost().on("create_invoice"));
    let found = call(&home, "create_invoice", &data).ok();
    assert!(found.err.contains("it was looked up"), "{found:?}");

    server.inject(Fault::lost().on("create_bill"));
    let items = json!([{ "description": "Tea", "price": 6, "quantity": 2 }]);
    let bill = json!({ "currency": "EUR", "email": "ada@example.org", "items": items });
    let lost = call(&home, "create_bill", &bill);
    assert_eq!(lost.code, 3);
    let error: Value = serde_json::from_str(lost.err.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["look_up"], "bitpay bill list");
    assert_eq!(server.count("create_bill"), 1, "it is sent once");

    for _ in 0..8 {
        server.inject(Fault::lost());
    }
    let lost = call(&home, "create_invoice", &data);
    let line = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let told = line(lost.err.lines().next().unwrap());
    let error = line(lost.err.lines().last().unwrap());
    assert_eq!((lost.code, &error["error"]["guid"]), (3, &told["guid"]));
}

#[test]
fn an_amount_keeps_its_digits_both_ways() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let text = r#"{"currency": "EUR", "email": "a@example.org", "items": [{"description": "Tea", "price": 1234567890123456.70, "quantity": 1}]}"#;
    let made = home.run(&["call", "create_bill", "--data", text]).ok();
    assert!(
        made.out.contains("\"price\": 1234567890123456.70"),
        "{made:#?}"
    );

    // What exists is shown with all digits as well.
    let order = json!({ "price": 5, "currency": "USD", "guid": "g" });
    call(&home, "create_invoice", &order).ok();
    let other = json!({ "price": 6, "currency": "USD", "guid": "g" });
    let replay = call(&home, "create_invoice", &other).fails(3, "\"kind\":\"replay\"");
    let rate = "\"BTC\":0.000001846153846";
    assert!(replay.err.contains(rate), "{rate} is not in {replay:#?}");
}

#[test]
fn secrets_come_neither_in_arguments_nor_in_answers() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = home
        .run(&["invoice", "create", "5", "USD"])
        .ok()
        .row("invoice");
    let with_token = json!({ "id": id, "token": TOKEN });
    let refused = call(&home, "resend_invoice_webhook", &with_token)
        .fails(2, "leave it out, then it is fetched");
    refused.assert_without(TOKEN, 8);
    let code = json!({ "id": id, "buyerSms": "+15551234567", "smsCode": "987654" });
    call(&home, "update_invoice", &code)
        .fails(2, "give the data as `-` or `@FILE`")
        .assert_without("987654", 6);
    let raw = [
        "call",
        "POST",
        "/invoices/x/notifications",
        "--facade",
        "merchant",
        "--data",
    ];
    let refused = home.run(&[&raw[..], &[&with_token.to_string()]].concat());
    refused
        .fails(2, "`token` is a secret")
        .assert_without(TOKEN, 8);
    assert_eq!(
        server.count("resend_invoice_webhook") + server.count("update_invoice"),
        0
    );

    // From elsewhere they are taken, and another resource's token does not do.
    let command = ["call", "resend_invoice_webhook", "--data"];
    let ran = home.run_with(&[&command[..], &["-"]].concat(), &with_token.to_string());
    ran.fails(1, "nothing happened").assert_without(TOKEN, 8);
    let file = home.path().join("data.json");
    fs::write(&file, format!("\u{feff}{}\n", json!({ "id": id }))).unwrap();
    home.run(&[&command[..], &[&format!("@{}", file.display())]].concat())
        .ok();

    let event = [
        "call",
        "get_invoice_event_token",
        "--data",
        &json!({ "id": id }).to_string(),
        "--json",
    ];
    let hidden = home.run(&event).ok().json();
    assert_eq!(hidden["token"], "[not shown]");
    let shown = home.run(&[&event[..], &["--reveal"]].concat()).ok().json();
    assert!(shown["token"].as_str().unwrap().len() >= 20);
    let listed = call(&home, "list_tokens", &json!({})).ok().json();
    assert_eq!(listed, json!([{ "merchant": "[not shown]" }]));
}

#[test]
fn any_path_is_called_with_any_credential() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let raw = |args: &[&str]| home.run(&[&["call"], args, &["--json"]].concat());
    let id = home
        .run(&["invoice", "create", "5", "USD"])
        .ok()
        .row("invoice");
    let path = format!("/invoices/{id}");
    assert_eq!(
        raw(&["GET", &path, "--facade", "merchant"]).ok().json()["id"],
        id
    );
    assert_eq!(server.count("get_invoice"), 1);
    raw(&["GET", &path, "--facade", "public"]).ok();
    assert_eq!(server.count("get_public_invoice"), 1);
    let tokens = raw(&["GET", "tokens", "--facade", "key"]).ok().json();
    assert_eq!(tokens, json!([{ "merchant": "[not shown]" }]));
    let days = r#"{"dateStart": "2020-01-01", "dateEnd": "2099-01-01", "limit": 1}"#;
    let listed = raw(&["GET", "/invoices", "--facade", "merchant", "--data", days])
        .ok()
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let order = r#"{"price": 5.10, "currency": "USD"}"#;
    let made = raw(&["POST", "/invoices", "--facade", "merchant", "--data", order]).ok();
    assert!(made.err.contains("bitpay call create_invoice"), "{made:#?}");
    raw(&["DELETE", &path, "--facade", "merchant"]).ok();

    // A lost answer is not asked for again, unless it was a read.
    server.inject(Fault::lost().on("create_invoice"));
    let before = server.count("create_invoice");
    raw(&["POST", "/invoices", "--facade", "merchant", "--data", order])
        .fails(3, "\"effect\":\"unknown\"");
    assert_eq!(server.count("create_invoice"), before + 1);
    server.inject(Fault::lost().on("get_rates"));
    raw(&["GET", "/rates", "--facade", "public"]).ok();

    // The resource's own token takes the place of the facade's.
    let path = format!("/invoices/{id}/notifications");
    let reveal = [
        "call",
        "GET",
        &format!("/invoices/{id}"),
        "--facade",
        "merchant",
        "--reveal",
        "--json",
    ];
    let token = home.run(&reveal).ok().json()["token"].clone();
    let data = json!({ "token": token }).to_string();
    home.run_with(
        &["call", "POST", &path, "--facade", "merchant", "--data", "-"],
        &data,
    )
    .ok();
    assert_eq!(server.count("resend_invoice_webhook"), 1);

    for (args, named) in [
        (&["GET", "/rates"][..], "--facade: say whose token"),
        (&["GET", "--facade", "public"], "PATH: say which one"),
        (
            &["GET", "/a//b", "--facade", "public"],
            "without empty parts",
        ),
        (
            &["GET", "/../b", "--facade", "public"],
            "without empty parts",
        ),
        (
            &["GET", "/rates?x=1", "--facade", "public"],
            "the query goes into --data",
        ),
        (
            &["GET", "https://example.org/", "--facade", "public"],
            "say the path alone",
        ),
        (
            &[
                "GET",
                "/rates",
                "--facade",
                "public",
                "--data",
                r#"{"a": []}"#,
            ],
            "it is the query",
        ),
        (
            &["GET", "/rates", "--describe"],
            "nothing is known of a path",
        ),
    ] {
        raw(args).fails(2, named);
    }
    raw(&["GET", "/x", "--facade", "payout"]).fails(1, "holds no payout token");
}
