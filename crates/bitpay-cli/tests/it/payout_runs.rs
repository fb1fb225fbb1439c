//! `payout create --from-csv`: many payouts, whatever happens on the way.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bitpay_core::{AnyToken, Environment, Facade, PrivateKey};
use bitpay_sandbox::Fault;
use serde_json::Value;

use crate::commands::paired;
use crate::payouts::active;
use crate::program::{Home, Ran};
use crate::server::Server;

fn file(home: &Home, text: &str) -> PathBuf {
    let path = home.path().with_file_name("may.csv");
    fs::write(&path, text).unwrap();
    path
}

fn args(path: &Path) -> Vec<&str> {
    let path = path.to_str().unwrap();
    vec!["payout", "create", "--from-csv", path, "--yes"]
}

fn run(home: &Home, path: &Path) -> Ran {
    home.run(&args(path))
}

/// How many payouts the sandbox has under each reference.
fn made(home: &Home) -> BTreeMap<String, usize> {
    let mut made = BTreeMap::new();
    let mut offset = 0;
    loop {
        let offset_text = offset.to_string();
        let list = ["payout", "list", "--json", "--limit", "100", "--offset"];
        let listed = home.run(&[&list[..], &[&offset_text]].concat()).ok().json();
        let listed = listed.as_array().unwrap().clone();
        for payout in &listed {
            let reference = payout["reference"].as_str().unwrap().to_owned();
            *made.entry(reference).or_default() += 1;
        }
        if listed.len() < 100 {
            return made;
        }
        offset += listed.len();
    }
}

/// Does what was told to do, once somebody has looked.
fn close(home: &Home, told: &str, outcome: &str) {
    let intent = told.split("--close ").nth(1).unwrap();
    let intent = intent.split(' ').next().unwrap();
    home.run(&["recover", "--close", intent, "--as", outcome])
        .ok();
}

/// By reference, what the file of results says.
fn results(path: &Path) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(path.with_extension("results.csv")).unwrap();
    let mut states = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let twice = states.insert(record[1].to_owned(), record[2].to_owned());
        assert_eq!(twice, None, "{record:?}");
    }
    states
}

#[test]
fn a_run_that_is_killed_twice_pays_each_row_once() {
    const ROWS: usize = 1_000;
    let server = Server::start();
    let home = paired(&server, "payout");
    let mut text = "reference,email,amount,currency,ledger\n".to_owned();
    for recipient in ["ada", "bob", "eve"] {
        active(&server, &home, &format!("{recipient}@example.org"));
    }
    for row in 0..ROWS {
        let who = ["ada", "Bob", "EVE"][row % 3];
        let (units, cents) = (5 + row % 40, row % 100);
        writeln!(
            text,
            "may-{row},{who}@example.org,{units}.{cents:02},USD,EUR"
        )
        .unwrap();
    }
    let path = file(&home, &text);
    // Three things happen to each request: a look first, and then a payout, in each of which a kill falls.
    for (kill, at) in [(1, 3 * 500 + 4), (2, 3 * 900 + 5)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bitpay"))
            .args(args(&path))
            .env("BITPAY_HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        server.kill_at(at, child.id());
        let status = child.wait().unwrap();
        server.kill_nobody();
        assert_eq!(status.code(), None, "kill {kill} did not come");
    }
    let before = made(&home).len();
    assert!(before > 200 && before < ROWS, "{before}");
    let done = run(&home, &path).ok();
    let told: usize = ["made", "made before"]
        .iter()
        .map(|state| done.row(&format!("{state}  ")).parse::<usize>().unwrap())
        .sum();
    assert_eq!(told, ROWS);
    let made = made(&home);
    assert_eq!(made.len(), ROWS);
    assert!(made.values().all(|count| *count == 1));
    let results = results(&path);
    assert_eq!(results.len(), ROWS);
    assert!(results.values().all(|state| state.starts_with("made")));
    // Nothing is left to do, and nobody is asked.
    let sent = server.count("create_payout");
    run(&home, &path).ok();
    assert_eq!(server.count("create_payout"), sent);
}

#[test]
fn a_row_whose_outcome_is_unknown_is_not_sent_again_unasked() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let rows = ["a", "b", "c"].map(|name| format!("{name},{ada},5,USD,EUR\n"));
    let path = file(
        &home,
        &format!(
            "reference,recipient,amount,currency,ledger\n{}",
            rows.concat()
        ),
    );
    // Nothing is done, and nobody can know.
    let fault = Fault::answer(502, "text/html", "<html>bad gateway</html>");
    server.inject(fault.on("create_payout").without_work().after(1));
    let ran = run(&home, &path).fails(3, "run it again to look");
    assert_eq!(ran.row("made  "), "2");
    assert!(ran.out.contains("line 3  b  "), "{ran:?}");
    assert_eq!(results(&path)["b"], "unknown");
    let again = run(&home, &path).fails(3, "1 of 3 payouts may have been made or not");
    assert_eq!(again.row("unknown  "), "1");
    let sent = server.bodies("create_payout");
    assert_eq!(sent.len(), 3, "each was sent once");
    // Somebody has looked.
    let open = home.run(&["recover", "--json"]);
    let open: Value = serde_json::from_str(&open.out).unwrap();
    let intent = open[0]["intent"].as_str().unwrap();
    home.run(&["recover", "--close", intent, "--as", "nothing"])
        .ok();
    let done = run(&home, &path).ok();
    assert_eq!(done.row("made before"), "2");
    assert_eq!(made(&home).len(), 3);
}

#[test]
fn an_answer_that_was_lost_counts_when_its_payout_is_there() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let path = file(
        &home,
        &format!(
            "reference,recipient,amount,currency,ledger\na,{ada},5,USD,EUR\nb,{ada},6,USD,EUR\n"
        ),
    );
    server.inject(Fault::lost().on("create_payout").times(1));
    let first = run(&home, &path);
    if first.code != 0 {
        run(&home, &path).ok();
    }
    assert_eq!(made(&home).values().copied().collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_file_with_a_mistake_sends_nothing_and_names_each() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    home.run(&["recipient", "invite", "new@example.org"]).ok();
    let path = file(
        &home,
        &format!(
            "\u{feff}Reference,email,recipient,amount,currency,ledger,on\n\
             a,ada@example.org,,5,USD,EUR,\n\
             a,ada@example.org,,5,USD,EUR,\n\
             b,nobody@example.org,,5,USD,EUR,\n\
             c,new@example.org,,5,USD,EUR,\n\
             d,,{ada},five,USD,EUR,\n\
             e,,,5,USD,EUR,\n\
             f,,{ada},5,USD,,\n\
             g,,{ada},5,USD,EUR,tomorrow\n\
             h,,{ada},5,USD\n"
        ),
    );
    let told = run(&home, &path).fails(1, "nothing was sent").err;
    for mistake in [
        "line 3: reference: line 2 has the same one",
        "line 6: amount: ",
        "line 7: say who is paid",
        "line 8: ledger is missing",
        "line 9: on: ",
        "found record with 5 fields",
    ] {
        assert!(told.contains(mistake), "{mistake:?} is not in {told}");
    }
    let path = file(
        &home,
        "reference,email,amount,currency,ledger\n\
         b,nobody@example.org,5,USD,EUR\n\
         c,new@example.org,5,USD,EUR\n",
    );
    let told = run(&home, &path).fails(1, "nothing was sent").err;
    assert!(told.contains("line 2: email: nobody@example.org is nobody's"));
    assert!(told.contains("line 3: email: the recipient new@example.org is invited"));
    let path = file(&home, "reference,amount,currency,ledger,emial\n");
    run(&home, &path).fails(1, "the column \"emial\" means nothing here");
    let path = file(&home, "reference,email,amount,currency,ledger\n");
    run(&home, &path).fails(1, "no payouts in it");
    let missing = path.with_file_name("june.csv");
    run(&home, &missing).fails(1, "june.csv");
    assert_eq!(server.count("create_payout"), 0);
}

#[test]
fn nobody_is_paid_without_consent_or_twice_under_one_reference() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let rows = |amount: &str| {
        format!("reference,recipient,amount,currency\na,{ada},{amount},USD\nb,{ada},7.50,USD\n")
    };
    let path = file(&home, &rows("5"));
    let mut args = args(&path);
    args.extend(["--ledger", "EUR"]);
    let without: Vec<&str> = args.iter().copied().filter(|it| *it != "--yes").collect();
    home.run(&without).fails(
        1,
        "pay 2 of 2 payouts: 12.50 USD from the ledger EUR: say that you mean it with --yes",
    );
    assert_eq!(server.count("create_payout"), 0);
    // Nobody can be asked about a sum that is not exact.
    let huge = "79228162514264337593543950335";
    let file_of_huge = path.with_file_name("huge.csv");
    let text = rows(huge).replace("7.50", huge);
    fs::write(&file_of_huge, text).unwrap();
    let huge = file_of_huge.to_str().unwrap();
    let run_of_huge = [
        "payout",
        "create",
        "--from-csv",
        huge,
        "--ledger",
        "EUR",
        "--yes",
    ];
    home.run(&run_of_huge).fails(1, "too many digits");
    let own = path.to_str().unwrap();
    home.run(&[&args[..], &["--results", own]].concat())
        .fails(2, "the file of the payouts itself");
    assert_eq!(server.count("create_payout"), 0);
    // Another run of the same file is at work.
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    home.run(&args).fails(1, "is being paid by another run");
    drop(held);
    home.run(&args).ok();
    // The amount was changed after it was paid.
    let path = file(&home, &rows("6"));
    let told = home.run(&args).fails(1, "1 of 2 payouts were not made").out;
    assert!(
        told.contains("this reference names a payout of 5.00 USD"),
        "{told}"
    );
    assert_eq!(results(&path)["a"], "other payout");
    assert_eq!(server.count("create_payout"), 2);
}

#[test]
fn a_payout_that_was_cancelled_or_failed_is_not_taken_for_paid() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let rows = ["a", "b", "c"].map(|name| format!("{name},{ada},5,usd,EUR\n"));
    let text = format!(
        "reference,recipient,amount,currency,ledger\n{}",
        rows.concat()
    );
    let path = file(&home, &text);
    let made = run(&home, &path).ok();
    assert_eq!(made.row("made  "), "3");
    let listed = home.run(&["payout", "list", "--json"]).ok().json();
    let id = |reference: &str| {
        let mut payouts = listed.as_array().unwrap().iter();
        let payout = payouts.find(|it| it["reference"] == reference).unwrap();
        payout["id"].as_str().unwrap().to_owned()
    };
    home.run(&["payout", "cancel", &id("a")]).ok();
    server.fail_payout(&id("b"));
    // However the currency is written, it is the same payout.
    let path = file(&home, &text.replace("usd", "USD"));
    let ran = run(&home, &path).fails(1, "2 of 3 payouts were not made");
    assert_eq!(
        (ran.row("made before"), ran.row("not paid  ")),
        ("1".into(), "2".into())
    );
    assert!(
        ran.out
            .contains("is cancelled: to pay after all, use another reference")
    );
    assert!(ran.out.contains("is failed: to pay after all"), "{ran:?}");
    let states = results(&path);
    assert_eq!((&*states["a"], &*states["c"]), ("not paid", "made before"));
    assert_eq!(server.count("create_payout"), 3);
    // Of several of one reference, the one that goes on counts.
    let recipient = format!(r#""recipientId":"{ada}","ledgerCurrency":"EUR""#);
    let again = format!(r#"{{"reference":"a","amount":5,"currency":"USD",{recipient}}}"#);
    home.run(&[
        "call", "POST", "/payouts", "--facade", "payout", "--data", &again,
    ])
    .ok();
    run(&home, &path).fails(1, "1 of 3 payouts were not made");
}

#[test]
fn no_payout_command_sends_a_reference_again() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let pay = |home: &Home, reference: &str| {
        let args = [
            "payout",
            "create",
            "5",
            "USD",
            "--ledger",
            "EUR",
            "--reference",
        ];
        home.run(&[&args[..], &[reference, "--recipient", &ada]].concat())
    };
    let id = pay(&home, "a").ok().row("payout");
    let told = format!("the payout {id} has the reference a");
    pay(&home, "a").fails(1, &told);
    let data = |reference: &str| {
        let payee = format!(r#""recipientId":"{ada}","ledgerCurrency":"EUR""#);
        format!(r#"{{"reference":"{reference}","amount":5,"currency":"USD",{payee}}}"#)
    };
    let call = |operation: &str, data: &str| home.run(&["call", operation, "--data", data]);
    let group_of = |references: &[&str]| {
        let all: Vec<String> = references.iter().map(|it| data(it)).collect();
        let path = home.path().with_file_name("group.json");
        fs::write(&path, format!("[{}]", all.join(","))).unwrap();
        home.run(&["payout", "group", "create", path.to_str().unwrap()])
    };
    call("create_payout", &data("a")).fails(1, &told);
    let group = format!(r#"{{"instructions":[{}]}}"#, data("a"));
    call("create_payout_group", &group).fails(1, &told);
    group_of(&["b", "a"]).fails(1, &told);
    group_of(&["b", "b"]).fails(1, "another one of this group has it");
    // What a group has paid, no journal knows by its reference.
    group_of(&["b", "c"]).ok();
    pay(&home, "b").fails(1, "has the reference b");
    group_of(&["d", "c"]).fails(1, "has the reference c");
    // Another machine has another journal.
    let other = paired(&server, "payout");
    pay(&other, "a").fails(1, &told);
    let sent = ["create_payout", "create_payout_group"].map(|it| server.count(it));
    assert_eq!(sent, [1, 1]);
    // Nobody knows what became of one whose answer was lost, until it shows or somebody has looked.
    server.inject(Fault::lost().without_work().on("create_payout").times(1));
    pay(&home, "e").fails(3, "may have happened");
    let told = pay(&home, "e")
        .fails(1, "a payout was asked for with the reference e")
        .err;
    assert!(told.contains("bitpay payout list --reference e"), "{told}");
    assert_eq!(server.count("create_payout"), 2);
    close(&home, &told, "nothing");
    pay(&home, "e").ok();
    // What a person says is made is.
    server.inject(Fault::lost().without_work().on("create_payout").times(1));
    pay(&home, "f").fails(3, "may have happened");
    let told = pay(&home, "f").fails(1, "with the reference f").err;
    close(&home, &told, "happened");
    pay(&home, "f").fails(1, "the payout of the reference f was closed as made");
    assert_eq!(made(&home).values().copied().collect::<Vec<_>>(), [1; 4]);
}

#[test]
fn while_nobody_knows_of_a_group_nothing_is_paid() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let row = format!(
        r#"{{"reference":"a","amount":5,"currency":"USD","ledgerCurrency":"EUR","recipientId":"{ada}"}}"#
    );
    let group = home.path().with_file_name("group.json");
    fs::write(&group, format!("[{row}]")).unwrap();
    let group = ["payout", "group", "create", group.to_str().unwrap()];
    let lost = Fault::lost().without_work().on("create_payout_group");
    server.inject(lost.times(1));
    home.run(&group).fails(3, "may have happened");
    let words = "a group of payouts was asked for, which may have paid the same people";
    let told = home.run(&group).fails(1, words).err;
    home.run(&["call", "create_payout", "--data", &row])
        .fails(1, words);
    let text = format!("reference,recipient,amount,currency,ledger\nb,{ada},5,USD,EUR\n");
    let path = file(&home, &text);
    run(&home, &path).fails(1, words);
    assert_eq!(server.count("create_payout"), 0);
    close(&home, &told, "nothing");
    home.run(&group).ok();
    run(&home, &path).ok();
    assert_eq!(made(&home).values().copied().collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn what_only_the_journal_knows_to_be_made_is_not_told_as_paid() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let text = format!("reference,recipient,amount,currency,ledger\na,{ada},5,USD,EUR\n");
    let path = file(&home, &text);
    run(&home, &path).ok();
    let nothing = Fault::answer(200, "application/json", r#"{"status":"success","data":[]}"#);
    server.inject(nothing.on("list_payouts").times(1));
    let ran = run(&home, &path).fails(3, "may have been made or not");
    assert!(ran.out.contains("BitPay does not show it"), "{ran:?}");
    assert_eq!(run(&home, &path).ok().row("made before"), "1");
    assert_eq!(server.count("create_payout"), 1);
}

#[test]
fn a_command_that_is_printed_names_the_profile() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let pair = [
        "pair",
        "--env",
        server.url(),
        "--facade",
        "payout",
        "--profile",
        "live",
    ];
    server.approve(&home.run(&pair).ok().row("pairing code"));
    home.run(&["pair", "--profile", "live"]).ok();
    server.inject(Fault::lost().without_work().on("create_payout").times(1));
    let args = [
        "payout",
        "create",
        "5",
        "USD",
        "--ledger",
        "EUR",
        "--reference",
        "a",
    ];
    let args = [&args[..], &["--recipient", &ada, "--profile", "live"]].concat();
    let told = home.run(&args).fails(3, "may have happened").err;
    let command = "bitpay payout list --reference a --profile live";
    assert_eq!(told.matches(command).count(), 2, "{told}");
    let told = home.run(&args).fails(1, command).err;
    assert!(
        told.contains("bitpay recover --profile live --close"),
        "{told}"
    );
    let told = home.run(&["recover", "--profile", "live"]);
    assert!(told.out.contains(command), "{told:?}");
    assert!(
        told.err
            .contains("bitpay recover --profile live --close INTENT")
    );
}

#[test]
fn what_fails_for_all_is_not_tried_for_all() {
    let server = Server::start();
    let home = paired(&server, "payout");
    let ada = active(&server, &home, "ada@example.org");
    let mut text = "reference,recipient,amount,currency,ledger\n".to_owned();
    for row in 0..20 {
        writeln!(text, "r{row},{ada},5,USD,EUR").unwrap();
    }
    let path = file(&home, &text);
    let body = r#"{"status":"error","code":"010207","message":"Insufficient funds"}"#;
    server.inject(
        Fault::answer(400, "application/json", body)
            .on("create_payout")
            .times(100),
    );
    let ran = run(&home, &path).fails(1, "20 of 20 payouts were not made");
    assert!(
        ran.err.contains("stopped after 3 failures of one kind"),
        "{ran:?}"
    );
    assert_eq!(ran.row("not tried"), "17");
    assert_eq!(server.count("create_payout"), 3);
    server.heal();
    run(&home, &path).ok();
    assert_eq!(made(&home).len(), 20);
}

#[test]
fn where_real_money_would_move_nothing_is_sent_without_consent() {
    // Not this machine, so that it may be a gateway to BitPay; and nobody has this name.
    let gateway: Environment = "https://gateway.invalid".parse().unwrap();
    let home = Home::new();
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let mut guard = home.store().create("default", gateway, key).unwrap();
    guard
        .update(|profile| {
            for facade in [Facade::Merchant, Facade::Payout] {
                let token = "9kv7gGqZLoQ2fxbKEgfgndLoxwjp5na6VtGSH3sN7buX";
                profile.set_token(AnyToken::parse(facade, token).unwrap());
            }
        })
        .unwrap();
    drop(guard);
    let payout = r#"{"reference":"a","amount":5,"currency":"USD","ledgerCurrency":"EUR","recipientId":"r1"}"#;
    let group = home.path().with_file_name("group.json");
    fs::write(&group, format!("[{payout}]")).unwrap();
    let group = group.to_str().unwrap();
    let words = "payout create 5 USD --ledger EUR --reference a --recipient r1";
    let words: Vec<&str> = words.split(' ').collect();
    for args in [
        &words[..],
        &["payout", "group", "create", group],
        &["refund", "confirm", "r1"],
        &["call", "create_payout", "--data", payout],
        &[
            "call", "POST", "/payouts", "--facade", "payout", "--data", payout,
        ],
    ] {
        let refused = home.run(args).fails(1, "say that you mean it with --yes");
        assert!(
            refused.err.contains("at https://gateway.invalid"),
            "{refused:?}"
        );
    }
    // With consent it is tried, and there is nobody.
    home.run(&["refund", "confirm", "r1", "--yes"])
        .fails(1, "nothing happened");
}
