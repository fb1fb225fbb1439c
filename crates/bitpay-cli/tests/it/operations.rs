//! Every operation of the table has a way in from the command line.

use std::collections::BTreeSet;

use bitpay_blocking::model::invoice::InvoiceStatus;
use bitpay_blocking::operation::OPERATIONS;
use serde_json::{Value, json};

use crate::commands::paired;
use crate::program::Home;
use crate::server::Server;

const OTHER_SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";

/// Calls operations, and keeps their names.
struct Caller<'a> {
    server: &'a Server,
    home: Home,
    called: BTreeSet<String>,
}

impl<'a> Caller<'a> {
    fn new(server: &'a Server, facade: &str) -> Self {
        Self {
            server,
            home: paired(server, facade),
            called: BTreeSet::new(),
        }
    }

    #[track_caller]
    fn call(&mut self, name: &str, data: &Value) -> Value {
        let before = self.server.count(name);
        let data = data.to_string();
        let verbosely = ["call", name, "--json", "--verbose", "--data", &data];
        let ran = self.home.run(&verbosely).ok();
        // Whatever is printed of it, the program's own secrets are not: `Home` looks.
        assert!(
            ran.err.contains(&format!(r#"{{"exchange":"* {name}"}}"#)),
            "{ran:#?}"
        );
        let answer = ran.json();
        assert!(self.server.count(name) > before, "{name} is sent");
        self.called.insert(name.to_owned());
        answer
    }

    /// Listens to an invoice until it is cut off.
    fn listen(&mut self, invoice: &str) {
        let name = "subscribe_invoice_events";
        let ask = json!({ "id": invoice }).to_string();
        let pass = [
            "call",
            "get_invoice_event_token",
            "--reveal",
            "--json",
            "--data",
            &ask,
        ];
        let token = self.home.run(&pass).ok().json()["token"].clone();
        let data = json!({ "token": token, "action": "subscribe", "events[]": ["payment"] });
        let listen = ["call", name, "--json", "--data", "-"];
        std::thread::scope(|scope| {
            let listening = scope.spawn(|| self.home.run_with(&listen, &data.to_string()));
            self.server.wait_for(name);
            self.server.pay(invoice, InvoiceStatus::Paid);
            let stop = json!({ "token": token, "action": "unsubscribe" }).to_string();
            let cut = [
                "call", "GET", "/events", "--facade", "public", "--data", "-",
            ];
            self.home.run_with(&cut, &stop).ok();
            let heard = listening.join().unwrap().ok().json();
            assert_eq!(
                (&heard["id"], &heard["status"]),
                (&invoice.into(), &"paid".into())
            );
        });
        self.called.insert(name.to_owned());
    }

    /// Calls it, and says the id of what it gives.
    #[track_caller]
    fn id_of(&mut self, name: &str, data: &Value) -> Value {
        self.call(name, data)["id"].clone()
    }
}

#[test]
fn every_operation_is_called_by_its_name() {
    let server = Server::start();
    let days = json!({ "dateStart": "2020-01-01", "dateEnd": "2099-01-01" });
    let span = json!({ "startDate": "2020-01-01", "endDate": "2099-01-01" });

    let mut merchant = Caller::new(&server, "merchant");
    let sin = merchant.home.profile().identity().sin().to_string();
    merchant.call("list_tokens", &json!({}));
    merchant.call("request_pairing", &json!({ "id": sin, "facade": "pos" }));
    let minted = merchant.call(
        "mint_token",
        &json!({ "id": sin, "facade": "pos", "label": "till" }),
    );
    let code = minted[0]["pairingCode"].clone();
    merchant.call(
        "claim_pairing",
        &json!({ "id": OTHER_SIN, "pairingCode": code }),
    );
    merchant.call("link_token_sin", &json!({ "sin": OTHER_SIN }));
    let linked = merchant.call("list_token_sins", &json!({}));
    assert_eq!(linked.as_array().unwrap().len(), 2);
    merchant.call("remove_token_sin", &json!({ "sin": OTHER_SIN }));

    let order = json!({ "price": "12.50", "currency": "USD", "guid": "order-1" });
    let invoice = merchant.id_of("create_invoice", &order);
    let by_id = json!({ "id": invoice });
    merchant.call("get_invoice", &by_id);
    merchant.call("get_invoice_by_guid", &json!({ "guid": "order-1" }));
    merchant.call("get_public_invoice", &by_id);
    merchant.call("list_invoices", &days);
    merchant.call("get_invoice_event_token", &by_id);
    merchant.listen(invoice.as_str().unwrap());
    merchant.call(
        "update_invoice",
        &json!({ "id": invoice, "buyerEmail": "b@example.org" }),
    );
    merchant.call(
        "pay_invoice",
        &json!({ "id": invoice, "status": "complete" }),
    );
    merchant.call("resend_invoice_webhook", &by_id);
    let second = json!({ "price": 5, "currency": "USD", "guid": "order-2" });
    let id = merchant.id_of("create_invoice", &second);
    merchant.call("cancel_invoice", &json!({ "id": id, "forceCancel": true }));
    let third = json!({ "price": 5, "currency": "USD", "guid": "order-3" });
    merchant.call("create_invoice", &third);
    merchant.call("cancel_invoice_by_guid", &json!({ "guid": "order-3" }));

    for guid in ["refund-1", "refund-2"] {
        let preview =
            json!({ "invoiceId": invoice, "amount": "2.50", "guid": guid, "preview": true });
        let refund = merchant.id_of("create_refund", &preview);
        let by_id = json!({ "id": refund });
        if guid == "refund-1" {
            merchant.call(
                "update_refund",
                &json!({ "id": refund, "status": "created" }),
            );
            merchant.call("resend_refund_notification", &by_id);
            merchant.call("get_refund", &by_id);
            merchant.call("get_refund_by_guid", &json!({ "guid": guid }));
            merchant.call("list_refunds", &json!({ "invoiceId": invoice }));
            merchant.call("cancel_refund", &by_id);
        } else {
            merchant.call(
                "update_refund_by_guid",
                &json!({ "guid": guid, "status": "created" }),
            );
            merchant.call("cancel_refund_by_guid", &json!({ "guid": guid }));
        }
    }

    let items = json!([{ "description": "Tea", "price": "6.25", "quantity": 2 }]);
    let bill = json!({ "currency": "EUR", "email": "ada@example.org", "items": items, "cc": [] });
    let bill = merchant.id_of("create_bill", &bill);
    merchant.call("get_bill", &json!({ "id": bill }));
    merchant.call("list_bills", &json!({}));
    merchant.call(
        "update_bill",
        &json!({ "id": bill, "currency": "EUR", "items": items }),
    );
    merchant.call("deliver_bill", &json!({ "id": bill }));
    let data = json!({ "currency": "EUR", "email": "ada@example.org", "dueDate": "2099-01-01", "items": items });
    let subscription = json!({ "schedule": "weekly", "billData": data });
    let subscription = merchant.id_of("create_subscription", &subscription);
    merchant.call("get_subscription", &json!({ "id": subscription }));
    merchant.call("list_subscriptions", &json!({}));
    merchant.call(
        "update_subscription",
        &json!({ "id": subscription, "status": "active" }),
    );

    merchant.call("get_ledger_balances", &json!({}));
    let mut entries = span.clone();
    entries["currency"] = "USD".into();
    merchant.call("get_ledger_entries", &entries);
    server.advance_hours(24);
    let settlements = merchant.call("list_settlements", &span);
    let by_id = json!({ "id": settlements[0]["id"] });
    merchant.call("get_settlement", &by_id);
    merchant.call("get_settlement_report", &by_id);

    merchant.call("get_rates", &json!({}));
    merchant.call("get_rates_for", &json!({ "base": "BTC" }));
    merchant.call("get_rate", &json!({ "base": "BTC", "currency": "EUR" }));
    merchant.call("get_currencies", &json!({}));
    merchant.call("get_supported_wallets", &json!({}));

    let mut payer = Caller::new(&server, "payout");
    let who = json!([{ "email": "ada@example.org", "guid": "ada" }, { "email": "bob@example.org", "guid": "bob" }]);
    let recipients = payer.call("submit_recipients", &json!({ "recipients": who }));
    let [ada, bob] = [&recipients[0]["id"], &recipients[1]["id"]];
    payer.call("get_recipient", &json!({ "id": bob }));
    payer.call(
        "list_recipients",
        &json!({ "status": "invited", "limit": 5 }),
    );
    payer.call("update_recipient", &json!({ "id": bob, "label": "Bob" }));
    payer.call("resend_recipient_notification", &json!({ "id": bob }));
    payer.call("remove_recipient", &json!({ "id": bob }));
    server.activate(ada.as_str().unwrap());
    let pay = |reference| {
        json!({
            "reference": reference, "amount": "12.50", "currency": "USD", "ledgerCurrency": "EUR", "recipientId": ada,
        })
    };
    let payout = payer.id_of("create_payout", &pay("one"));
    payer.call("get_payout", &json!({ "id": payout }));
    payer.call("list_payouts", &json!({ "reference": "one" }));
    payer.call("resend_payout_notification", &json!({ "id": payout }));
    payer.call("cancel_payout", &json!({ "id": payout }));
    let group = json!({ "instructions": [pay("two"), pay("three")] });
    let group = payer.call("create_payout_group", &group)["created"][0]["groupId"].clone();
    payer.call("cancel_payout_group", &json!({ "groupId": group }));

    let called: BTreeSet<String> = merchant.called.union(&payer.called).cloned().collect();
    let every: BTreeSet<String> = OPERATIONS.iter().map(|it| it.name.to_owned()).collect();
    assert_eq!(
        called, every,
        "an operation of the table is not called here"
    );
}

#[test]
fn every_operation_is_listed_with_a_command_that_exists() {
    let home = Home::new();
    let listed = home.run(&["call", "--list", "--json"]).ok().json();
    let listed = listed.as_array().unwrap();
    let names: Vec<&str> = listed
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let every: Vec<&str> = OPERATIONS.iter().map(|it| it.name).collect();
    assert_eq!(names, every);
    let plain = home.run(&["call"]).ok().out;
    let commands: BTreeSet<&str> = listed
        .iter()
        .map(|it| {
            let (name, command) = (
                it["name"].as_str().unwrap(),
                it["command"].as_str().unwrap(),
            );
            assert!(plain.contains(&format!("\n{name} ")) || plain.starts_with(name));
            match command.strip_prefix("bitpay call ") {
                Some(called) => assert_eq!(called, name),
                None => assert!(command.starts_with("bitpay "), "{command}"),
            }
            let described = home.run(&["call", name, "--describe"]).ok();
            assert_eq!(described.row("command"), command);
            command
        })
        .filter(|command| !command.starts_with("bitpay call "))
        .collect();
    assert!(commands.len() > 40, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split(' ').skip(1).chain(["--help"]).collect();
        let help = home.run(&words).ok().out;
        let usage = format!("Usage: {command}");
        let line = help
            .lines()
            .find(|line| line.starts_with("Usage: "))
            .unwrap();
        assert!(
            line.starts_with(&usage) && !line.contains("<COMMAND>"),
            "{command} is not a command: {line}"
        );
    }
}
