//! What is written down before it is sent, and found out after a crash or a lost answer.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use bitpay_sandbox::Fault;
use serde_json::Value;

use crate::commands::paired;
use crate::payouts::{active, pay};
use crate::program::Home;
use crate::server::Server;

fn journal(home: &Home) -> String {
    fs::read_to_string(home.path().join("default.journal")).unwrap()
}

fn lines(home: &Home) -> Vec<Value> {
    let text = journal(home);
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// Makes what is in the journal so much older.
fn let_pass(home: &Home) {
    let path = home.path().join("default.journal");
    let mut text = String::new();
    for mut line in lines(home) {
        line["at"] = "2026-01-01T00:00:00.000Z".into();
        text += &format!("{line}\n");
    }
    fs::write(path, text).unwrap();
}

#[test]
fn what_moves_money_is_written_down_and_what_reads_is_not() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let made = home.run(&["invoice", "create", "20", "USD", "--order", "o-1"]);
    let id = made.ok().row("invoice");
    home.run(&["invoice", "get", &id]).ok();
    home.run(&["rates", "BTC"]).ok();
    home.run(&["invoice", "cancel", &id]).ok();
    let lines = lines(&home);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["entry"].as_str().unwrap(), line["operation"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("intent", Some("create_invoice")),
            ("outcome", None),
            ("intent", Some("cancel_invoice")),
            ("outcome", None)
        ]
    );
    assert_eq!(lines[1]["resource"], id);
    assert_eq!(lines[2]["resource"], id);
    assert_eq!(lines[0]["server"], server.url().trim_end_matches('/'));
    let file = home.path().join("default.journal");
    let mode = fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert!(home.run(&["recover"]).ok().out.contains("nothing is open"));
    assert_eq!(
        home.run(&["recover", "--json"]).ok().json(),
        Value::from([(); 0].as_slice().to_vec())
    );
}

#[test]
fn a_payout_whose_answer_was_lost_is_recovered_and_one_that_is_not_found_is_left_to_a_person() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    server.inject(Fault::lost().on("create_payout"));
    pay(&home, &ada, "May").fails(3, "it may have happened");
    server.inject(Fault::lost().on("create_payout").without_work());
    pay(&home, &ada, "June").fails(3, "it may have happened");

    let recovered = home.run(&["recover"]).fails(3, "1 left open");
    assert!(
        recovered.out.contains("reference May\n  it happened: "),
        "{recovered:?}"
    );
    assert!(
        recovered
            .out
            .contains("reference June\n  it is not there now"),
        "{recovered:?}"
    );
    assert!(
        recovered
            .out
            .contains("look at it: bitpay payout list --reference June"),
        "{recovered:?}"
    );
    assert_eq!(server.count("create_payout"), 2, "it only reads");
    // What was found out is not asked for again, and what was not stays open however old it is.
    let_pass(&home);
    let again = home.run(&["recover", "--json"]).fails(3, "left open");
    let open = again.json();
    assert_eq!(open.as_array().unwrap().len(), 1);
    assert_eq!(
        (&open[0]["reference"], &open[0]["effect"]),
        (&"June".into(), &"unknown".into())
    );
    // Somebody has looked.
    let intent = open[0]["intent"].as_str().unwrap();
    home.run(&["recover", "--close", &"0".repeat(32), "--as", "nothing"])
        .fails(1, "there is no open intent");
    home.run(&["recover", "--close", intent]).fails(2, "--as");
    home.run(&["recover", "--close", intent, "--as", "nothing"])
        .ok();
    assert!(home.run(&["recover"]).ok().out.contains("nothing is open"));
    assert_eq!(lines(&home).last().unwrap()["by"], "person");
}

#[test]
fn an_invoice_that_is_not_there_may_be_made_again_and_is_settled_when_no_call_can_be_under_way() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let create = ["invoice", "create", "20", "USD", "--order", "o-1"];
    server.inject(Fault::lost().without_work().always());
    home.run(&create).fails(3, "it may have happened");
    // The server cannot be asked either.
    home.run(&["recover"]).fails(3, "1 left open");
    server.heal();
    let soon = home.run(&["recover"]).fails(3, "1 left open");
    assert!(
        soon.out
            .contains("may be sent again; the call may still be under way"),
        "{soon:?}"
    );
    let_pass(&home);
    let later = home.run(&["recover"]).ok();
    assert!(later.out.contains("may be sent again"), "{later:?}");
    assert!(home.run(&["recover"]).ok().out.contains("nothing is open"));
    home.run(&create).ok();
}

#[test]
fn a_cancel_whose_answer_was_lost_is_read_back() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = home
        .run(&["invoice", "create", "20", "USD"])
        .ok()
        .row("invoice");
    server.inject(Fault::lost().on("cancel_invoice"));
    home.run(&["invoice", "cancel", &id]).ok();
    assert_eq!(server.count("cancel_invoice"), 1);
    assert!(home.run(&["recover"]).ok().out.contains("nothing is open"));
}

#[test]
fn nothing_is_sent_that_cannot_be_written_down() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    // A directory is in the way, also for root.
    fs::create_dir(home.path().join("default.journal")).unwrap();
    let refused = home.run(&["invoice", "create", "20", "USD"]);
    let refused = refused.fails(1, "the journal was not written");
    assert!(refused.err.contains("nothing happened"), "{refused:?}");
    assert_eq!(server.count("create_invoice"), 0);
    home.run(&["invoice", "list"]).ok();
}

#[test]
fn a_torn_line_hinders_nobody_and_a_damaged_one_is_named() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    home.run(&["invoice", "create", "20", "USD"]).ok();
    let path = home.path().join("default.journal");
    let whole = journal(&home);
    fs::write(&path, format!("{whole}{{\"entry\":\"int")).unwrap();
    home.run(&["recover"]).ok();
    home.run(&["invoice", "create", "20", "USD"]).ok();
    assert_eq!(lines(&home).len(), 4);
    fs::write(&path, format!("{whole}what is this\n{whole}")).unwrap();
    home.run(&["recover"]).fails(1, "line 3");
}
