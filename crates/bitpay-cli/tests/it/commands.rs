//! Each command, against a sandbox.

use std::time::Duration;

use bitpay_blocking::model::invoice::InvoiceStatus;
use bitpay_sandbox::Fault;

use crate::program::{Home, Ran};
use crate::server::Server;

/// A profile with a token of this facade.
pub(crate) fn paired(server: &Server, facade: &str) -> Home {
    let home = Home::new();
    let asked = home
        .run(&["pair", "--env", server.url(), "--facade", facade])
        .ok();
    server.approve(&asked.row("pairing code"));
    home.run(&["pair"]).ok();
    home
}

fn create(home: &Home, more: &[&str]) -> Ran {
    home.run(
        &[
            &[
                "invoice",
                "create",
                "20",
                "USD",
                "--email",
                "b@example.org",
                "--json",
            ],
            more,
        ]
        .concat(),
    )
}

pub(crate) fn complete_invoice(server: &Server, home: &Home) -> String {
    let id = create(home, &[]).ok().json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    server.pay(&id, InvoiceStatus::Complete);
    id
}

#[test]
fn a_pairing_is_resumed_and_approved() {
    let (server, home) = (Server::start(), Home::new());
    let first = home
        .run(&["pair", "--env", server.url(), "--label", "web shop"])
        .ok();
    assert_eq!(first.row("facade"), "pos", "the least is asked for");
    assert!(
        first
            .row("approve at")
            .starts_with(&format!("{}/api-access-request?pairingCode=", server.url()))
    );
    let sin = home.profile().identity().sin().clone();

    let again = home.run(&["pair"]).ok();
    assert_eq!(
        again.row("pairing code"),
        first.row("pairing code"),
        "it is the same pairing"
    );
    assert_eq!(server.count("request_pairing"), 1);
    let shown = home.run(&["whoami", "--json"]).ok().json();
    assert_eq!(shown["pending"]["code"], first.row("pairing code"));
    home.run(&["pair", "--facade", "merchant"])
        .fails(1, "a pos pairing waits for approval");
    home.run(&["doctor"]).fails(1, "there is a problem");
    home.run(&["invoice", "create", "5", "EUR"])
        .fails(1, "not approved yet");

    server.approve(&first.row("pairing code"));
    let found = home.run(&["pair"]).ok();
    assert!(
        found
            .out
            .contains("paired: the profile `default` holds a pos token"),
        "{found:?}"
    );
    assert_eq!(home.profile().identity().sin(), &sin);
    assert_eq!(home.run(&["whoami"]).ok().row("tokens"), "pos");
    assert!(home.run(&["pair"]).ok().out.contains("held already"));
    assert!(home.run(&["doctor"]).ok().out.contains("work"));
    home.run(&["invoice", "create", "5", "EUR"]).ok();
}

#[test]
fn waiting_ends_with_the_approval() {
    let (server, home) = (Server::start(), Home::new());
    let asked = home
        .run(&["pair", "--env", server.url(), "--facade", "merchant"])
        .ok();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| home.run(&["pair", "--wait"]));
        std::thread::sleep(std::time::Duration::from_millis(1500));
        // Others can use the profile meanwhile.
        home.run(&["whoami"]).ok();
        home.store().lock("default").unwrap();
        server.approve(&asked.row("pairing code"));
        let ran = waiting.join().unwrap().ok();
        assert!(ran.out.contains("holds a merchant token"), "{ran:?}");
    });
    assert!(home.profile().pending.is_none());
    assert!(
        server.count("list_tokens") <= 5,
        "it asks every five seconds"
    );
}

#[test]
fn a_code_that_ran_out_is_followed_by_a_new_one() {
    let (server, home) = (Server::start(), Home::new());
    let first = home.run(&["pair", "--env", server.url()]).ok();
    server.advance_hours(25);
    // The program's own clock did not move, so it is told by hand.
    home.store()
        .lock("default")
        .unwrap()
        .update(|profile| {
            let answered = profile.pending.as_mut().unwrap().answered.as_mut().unwrap();
            answered.expires_at = Some("2020-01-01T00:00:00Z".parse().unwrap());
        })
        .unwrap();
    let second = home.run(&["pair"]).ok();
    assert!(second.err.contains("ran out"), "{second:?}");
    assert_ne!(second.row("pairing code"), first.row("pairing code"));
}

#[test]
fn a_code_from_the_dashboard_is_claimed_once_and_again_by_the_same_profile() {
    let (server, home) = (Server::start(), Home::new());
    let code = server.make_pos_code();
    let claim = ["pair", "--env", server.url(), "--code", "-"];
    let claimed = home.run_with(&claim, &format!("{code}\n")).ok();
    assert!(claimed.out.contains("holds a pos token"), "{claimed:?}");
    home.run(&["invoice", "create", "5", "USD"]).ok();
    assert!(
        home.run_with(&claim, &code)
            .ok()
            .out
            .contains("claimed before")
    );

    let other = Home::new();
    other
        .run(&["pair", "--env", server.url(), "--code", &code])
        .fails(1, "Unable to create token");
    home.run(&["pair", "--code", "Zz9Zz9Z"])
        .fails(1, "Unable to create token");
}

#[test]
fn a_claim_whose_answer_was_lost_is_found_in_the_list() {
    let (server, home) = (Server::start(), Home::new());
    server.inject(Fault::lost().on("claim_pairing"));
    let code = server.make_pos_code();
    let claimed = home
        .run(&["pair", "--env", server.url(), "--code", &code])
        .ok();
    assert!(
        claimed.out.contains("found among the key's tokens"),
        "{claimed:?}"
    );
    home.run(&["invoice", "create", "5", "USD"]).ok();
}

#[test]
fn tokens_are_forgotten_and_adopted() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let forgotten = home.run(&["unpair"]).ok();
    assert!(
        forgotten.out.contains("merchant") && forgotten.out.contains("revoke it"),
        "{forgotten:?}"
    );
    home.run(&["invoice", "create", "5", "USD"])
        .fails(1, "this needs a pos or merchant token");
    assert_eq!(
        home.run(&["tokens", "--json"]).ok().json()[0]["held"],
        false
    );
    assert_eq!(
        home.run(&["tokens", "--adopt", "--json"]).ok().json()[0]["held"],
        true
    );
    home.run(&["invoice", "create", "5", "USD"]).ok();
}

#[test]
fn an_invoice_is_made_once_for_an_order() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let made = create(&home, &["--order", "1042"]).ok();
    let id = made.json()["id"].clone();
    assert_eq!(made.json()["token"], serde_json::Value::Null);
    assert!(
        made.err.contains("guid"),
        "the guid is told before: {made:?}"
    );

    // The same once more is the same invoice; with another price it is said to differ.
    let other = home.run(&["invoice", "create", "21", "USD", "--order", "1042"]);
    let other = other.fails(3, "something else exists under this guid");
    assert!(
        other.err.contains(id.as_str().unwrap()) && other.err.contains("20.00 USD"),
        "{other:?}"
    );
    let json = home.run(&[
        "invoice", "create", "21", "USD", "--order", "1042", "--json",
    ]);
    let error: serde_json::Value = serde_json::from_str(json.err.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["kind"], "replay");
    assert_eq!(error["error"]["existing"]["id"], id);

    let listed = home
        .run(&["invoice", "list", "--order", "1042", "--json"])
        .ok()
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let guid = made.json()["guid"].as_str().unwrap().to_owned();
    assert_eq!(
        home.run(&["invoice", "get", "--guid", &guid, "--json"])
            .ok()
            .json()["id"],
        id
    );
}

#[test]
fn an_invoice_is_found_again_when_the_answer_is_lost() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    server.inject(Fault::lost().on("create_invoice"));
    let made = create(&home, &["--order", "7"]).ok();
    assert!(made.err.contains("found again by its guid"), "{made:?}");
    // And when nothing can be found out, that is what the exit code says.
    for _ in 0..8 {
        server.inject(Fault::lost());
    }
    let unknown = home
        .run(&["invoice", "create", "5", "USD", "--order", "8"])
        .fails(3, "it may have happened");
    assert!(
        unknown
            .err
            .contains("look it up: bitpay invoice get --guid"),
        "{unknown:?}"
    );
}

#[test]
fn invoices_are_listed_updated_paid_and_cancelled() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    assert!(
        home.run(&["invoice", "list"])
            .ok()
            .out
            .contains("no invoices")
    );
    let id = home
        .run(&["invoice", "create", "12.50", "USD"])
        .ok()
        .row("invoice");
    assert!(
        home.run(&["invoice", "get", &id])
            .ok()
            .row("price")
            .ends_with("USD")
    );
    home.run(&["invoice", "update", &id, "--email", "b@example.org"])
        .ok();
    assert_eq!(
        home.run(&["invoice", "pay", &id]).ok().row("status"),
        "complete"
    );
    assert!(home.run(&["invoice", "list"]).ok().out.contains(&id));
    home.run(&["invoice", "pay", &id, "--status", "gone"])
        .fails(2, "--status");
    let other = home
        .run(&["invoice", "create", "1", "USD"])
        .ok()
        .row("invoice");
    home.run(&["invoice", "cancel", &other]).ok();
    home.run(&["invoice", "get", "G3viJEJgE8Jk2oekSdgT2A"])
        .fails(1, "nothing happened");
}

#[test]
fn an_invoice_that_was_paid_is_cancelled_only_when_that_is_meant() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    for (status, by_guid) in [("paid", false), ("confirmed", true)] {
        let made = create(&home, &["--guid", status]).ok().json();
        let id = made["id"].as_str().unwrap();
        server.pay(id, status.into());
        let name = if by_guid {
            vec!["--guid", status]
        } else {
            vec![id]
        };
        let cancel = |more: &[&str]| home.run(&[&["invoice", "cancel"], &name[..], more].concat());
        let told = cancel(&[]).fails(1, "nothing was cancelled").err;
        assert!(told.contains("refund all of it (20.00 USD)"), "{told}");
        // Where the buyer can be reached, force is no other thing.
        cancel(&["--force"]).fails(1, "nothing was cancelled");
        for (operation, name) in [
            ("cancel_invoice", format!(r#"{{"id":"{id}"}}"#)),
            (
                "cancel_invoice_by_guid",
                format!(r#"{{"guid":"{status}"}}"#),
            ),
        ] {
            home.run(&["call", operation, "--data", &name])
                .fails(1, "--decline-whole-invoice");
        }
        let shown = home.run(&["invoice", "get", id]).ok();
        assert_eq!(shown.row("status"), status);
        let declined = cancel(&["--decline-whole-invoice"]).ok();
        assert_eq!(declined.row("status"), "declined");
        let refunds = home.run(&["refund", "list", id, "--json"]).ok().json();
        assert_eq!(refunds[0]["amount"].to_string(), "20");
    }
    let sent = ["cancel_invoice", "cancel_invoice_by_guid"].map(|it| server.count(it));
    assert_eq!(sent, [1, 1]);
}

#[test]
fn a_list_is_whole_unless_a_page_is_asked_for() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    server.make_invoices(250);
    let list = |more: &[&str]| {
        let listed = home.run(&[&["invoice", "list", "--json"], more].concat());
        listed.ok().json().as_array().unwrap().len()
    };
    assert_eq!(list(&[]), 250);
    assert!(server.count("list_invoices") > 2);
    assert_eq!(list(&["--limit", "7"]), 7);
    assert_eq!(list(&["--offset", "240"]), 10);
    assert_eq!(list(&["--offset", "40"]), 210);
    assert_eq!(list(&["--limit", "120", "--offset", "200"]), 50);
    let rows = home.run(&["invoice", "list", "--csv"]).ok().out;
    assert_eq!(rows.lines().count(), 251);
}

#[test]
fn an_invoice_is_watched_until_it_is_complete() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = home
        .run(&["invoice", "create", "12.50", "USD"])
        .ok()
        .row("invoice");
    // It connects, and then fetches the invoice as it stands.
    let fetched = server.answered("get_invoice");
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| home.run(&["invoice", "watch", &id]));
        fetched.recv_timeout(Duration::from_secs(20)).unwrap();
        server.pay(&id, InvoiceStatus::Confirmed);
        server.pay(&id, InvoiceStatus::Complete);
        let ran = watching.join().unwrap().ok();
        let last = ran.out.lines().last().unwrap();
        assert!(ran.out.lines().count() >= 2, "{ran:#?}");
        assert!(
            last.contains("complete") && last.contains("BTC paid"),
            "{ran:#?}"
        );
    });
    let again = home.run(&["invoice", "watch", &id, "--json"]).ok().json();
    assert_eq!(
        (&again["status"], again.get("token")),
        (&"complete".into(), None)
    );
    home.run(&["invoice", "watch", "G3viJEJgE8Jk2oekSdgT2A"])
        .fails(1, "nothing happened");
}

#[test]
fn a_complete_invoice_is_refunded_and_a_confirmed_one_is_not() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = complete_invoice(&server, &home);
    let refund = home
        .run(&["refund", "create", &id, "--amount", "2.50", "--json"])
        .ok()
        .json();
    let refund_id = refund["id"].as_str().unwrap();
    assert_eq!(refund["amount"].to_string(), "2.5");
    assert_eq!(
        home.run(&["refund", "get", refund_id]).ok().row("invoice"),
        id
    );
    assert!(
        home.run(&["refund", "list", &id])
            .ok()
            .out
            .contains(refund_id)
    );
    home.run(&["refund", "create", &id, "--amount", "100"])
        .fails(1, "more than the invoice's price");
    assert_eq!(
        home.run(&["refund", "cancel", refund_id])
            .ok()
            .row("status"),
        "canceled"
    );

    let id = create(&home, &[]).ok().json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    home.run(&["refund", "create", &id])
        .fails(1, "only a complete invoice");
    server.pay(&id, InvoiceStatus::Confirmed);
    let before = server.count("create_refund");
    home.run(&["refund", "create", &id, "--amount", "1"])
        .fails(1, "--decline-whole-invoice");
    home.run(&["refund", "create", &id])
        .fails(1, "all of it (20.00 USD)");
    assert_eq!(server.count("create_refund"), before, "nothing is sent");
    home.run(&[
        "refund",
        "create",
        &id,
        "--decline-whole-invoice",
        "--amount",
        "1",
    ])
    .fails(2, "cannot be used");
    home.run(&["refund", "create", &id, "--decline-whole-invoice"])
        .ok();
}

#[test]
fn a_facade_that_does_not_do_is_named_before_sending() {
    let server = Server::start();
    let home = paired(&server, "pos");
    let id = home
        .run(&["invoice", "create", "5", "USD"])
        .ok()
        .row("invoice");
    let count = server.count("get_invoice");
    home.run(&["refund", "create", &id]).fails(
        1,
        "this needs a merchant token, and the profile `default` holds pos",
    );
    home.run(&["invoice", "list"])
        .fails(1, "bitpay pair --facade merchant");
    assert_eq!(server.count("get_invoice"), count);
}

#[test]
fn rates_need_no_profile() {
    let (server, home) = (Server::start(), Home::new());
    let one = home
        .run(&["rates", "BTC", "USD", "--env", server.url()])
        .ok();
    assert!(one.row("BTC").ends_with("USD       US Dollar"), "{one:?}");
    let all = home
        .run(&["rates", "--json", "--env", server.url()])
        .ok()
        .json();
    assert!(all.as_array().unwrap().len() > 2);
    home.run(&["rates"]).fails(2, "--env test or --env prod");
    assert!(home.store().find("default").unwrap().is_none());
}

#[test]
fn the_sandbox_runs_as_a_program() {
    use std::io::{BufRead as _, BufReader};
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_bitpay"))
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--seed",
            "7",
            "--json",
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let home = Home::new();
    let asked = home.run(&["pair", "--env", told["environment"].as_str().unwrap()]);
    let taken = home.run(&[
        "sandbox",
        "--listen",
        told["environment"]
            .as_str()
            .unwrap()
            .trim_start_matches("http://"),
    ]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(asked.ok().row("pairing code").len(), 7);
    taken.fails(1, "try --listen 127.0.0.1:0");
}

#[test]
fn the_sandbox_is_filled_paced_and_made_to_fail() {
    use std::io::{BufRead as _, BufReader};
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_bitpay"))
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--seed",
            "7",
            "--json",
        ])
        .args(["--demo", "--pace=1", "--clock", "2030-01-01T00:00:00Z"])
        .args(["--invoice-guids", "ignored", "--refund-guids", "late"])
        .args(["--faults", "rate-limited,on=get_currencies,times=always"])
        .args(["--faults", "slow,percent=1,on=get_rates"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let base = told["environment"].as_str().unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let get = |path: &str| agent.get(format!("{base}{path}")).call().unwrap();
    let status = get("/currencies").status().as_u16();
    let shown = get("/sandbox/clock").body_mut().read_to_string().unwrap();
    let faults = get("/sandbox/faults").body_mut().read_to_string().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(told["demo"]["privateKey"].as_str().unwrap().len(), 64);
    assert_eq!(status, 429);
    assert!(shown.contains("2030-01-01T00:0"), "{shown}");
    assert!(
        faults.contains("get_rates") && faults.contains("\"percent\":1"),
        "{faults}"
    );

    let home = Home::new();
    home.run(&["sandbox", "--faults", "meteor"])
        .fails(2, "rate-limited");
    home.run(&["sandbox", "--pace=fast"]).fails(2, "--pace");
    home.run(&["sandbox", "--clock", "noon"])
        .fails(2, "--clock");
    home.run(&["sandbox", "--invoice-guids", "twice"])
        .fails(2, "replay");
}

#[test]
fn the_sandbox_serves_https_to_those_who_trust_its_certificate() {
    use std::io::{BufRead as _, BufReader};
    let home = Home::new();
    let program = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bitpay"));
        command.env("BITPAY_HOME", home.path());
        command
    };
    let mut server = program()
        .args(["sandbox", "--listen", "127.0.0.1:0", "--tls", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let certificate = told["certificate"].as_str().unwrap();
    let pair = |roots: &str| {
        let environment = told["environment"].as_str().unwrap();
        program()
            .args(["pair", "--env", environment])
            .env("SSL_CERT_FILE", roots)
            .output()
            .unwrap()
    };
    let (stranger, friend) = (pair(""), pair(certificate));
    let listening = told["environment"].as_str().unwrap();
    let taken = listening.trim_start_matches("https://");
    let shown = home.run(&["sandbox", "--listen", taken, "--tls"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(listening.starts_with("https://127.0.0.1:"), "{listening}");
    assert!(certificate.ends_with("sandbox-tls/ca.pem"), "{certificate}");
    let told = String::from_utf8(stranger.stderr).unwrap();
    assert!(told.contains("TLS"), "{told}");
    assert_eq!(stranger.status.code(), Some(1));
    let paired = String::from_utf8(friend.stdout).unwrap();
    assert!(paired.contains("https://127.0.0.1:"), "{paired}");
    shown.fails(1, "try --listen 127.0.0.1:0");
    home.run(&["sandbox", "--tls-dir", "somewhere"])
        .fails(2, "--tls");
}

#[test]
fn a_server_that_is_not_there_is_said_so() {
    let home = Home::new();
    let ran = home
        .run(&["pair", "--env", "http://127.0.0.1:1"])
        .fails(1, "no connection to the server");
    assert!(ran.err.contains("nothing happened"), "{ran:?}");
    let sin = home.profile().identity().sin().clone();
    home.run(&["pair"]).fails(1, "no connection");
    assert_eq!(home.profile().identity().sin(), &sin, "the key is kept");
}
