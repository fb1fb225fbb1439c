//! `webhook`, with a sandbox that sends and a program that receives.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use bitpay_blocking::Facade;
use bitpay_blocking::webhook::{EventCode, Verifier};
use serde_json::Value;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::record::{at_midnight, merchant};
use crate::server::Server;

/// A port that is free now, and most likely in a moment as well.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// `webhook listen` in a process of its own.
struct Listening {
    child: Child,
    address: SocketAddr,
}

impl Listening {
    fn start(home: &Home, args: &[&str]) -> Self {
        let address = free();
        let child = Command::new(env!("CARGO_BIN_EXE_bitpay"))
            .args([
                "webhook",
                "listen",
                "--json",
                "--listen",
                &address.to_string(),
            ])
            .args(args)
            .env("BITPAY_HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut listening = Self { child, address };
        let said = listening.child.stderr.take().unwrap();
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).unwrap();
        assert!(line.contains("listening on"), "{line}");
        listening
    }

    fn url(&self) -> String {
        format!("http://{}/webhook", self.address)
    }

    /// The first so many lines that it prints.
    fn lines(mut self, count: usize) -> Vec<Value> {
        let out = BufReader::new(self.child.stdout.take().unwrap());
        out.lines()
            .take(count)
            .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
            .collect()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn secret(home: &Home) -> String {
    let profile = home.profile();
    profile.token(Facade::Merchant).unwrap().expose().to_owned()
}

#[test]
fn what_the_sandbox_sends_is_verified_and_handed_on() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let application = Listening::start(&home, &[]);
    let listener = Listening::start(&home, &["--forward", &application.url()]);
    let url = listener.url();
    let args = ["invoice", "create", "5", "USD", "--order", "order-1"];
    let made = home
        .run(&[&args[..], &["--notification-url", &url]].concat())
        .ok();
    let id = made.row("invoice");
    server.pay(&id, bitpay_blocking::model::invoice::InvoiceStatus::Paid);
    // Somebody who does not know the token.
    let forged = br#"{"event":{"code":1006,"name":"invoice_completed"},"data":{"id":"x"}}"#;
    let answer = ureq::post(&url)
        .config()
        .http_status_as_error(false)
        .build()
        .header("x-signature", &Verifier::sign("another token", forged))
        .send(&forged[..])
        .unwrap();
    assert_eq!(answer.status(), 401);
    let args = ["webhook", "trigger", "invoice_completed", "--to", &url];
    // What is for this machine goes through no proxy.
    let proxy = format!("http://{}", free());
    let proxies = ["HTTP_PROXY", "ALL_PROXY"].map(|name| (name, &*proxy));
    // Nothing else keeps it from one: cargo's own set-up names this machine in NO_PROXY.
    let proxies = [&proxies[..], &[("NO_PROXY", "")]].concat();
    home.run_under(&[&args[..], &["--id", &id]].concat(), "", &proxies)
        .ok();
    let lines = listener.lines(3);
    let of = |event: &str| {
        let found = lines
            .iter()
            .find(|it| it["event"] == event && it["verified"] == true);
        found
            .unwrap_or_else(|| panic!("no {event} in {lines:?}"))
            .clone()
    };
    assert_eq!(of("paid")["id"], id);
    assert_eq!(of("invoice_completed")["answered"], 200);
    let refused: Vec<_> = lines.iter().filter(|it| it["verified"] == false).collect();
    assert_eq!(refused.len(), 1, "{lines:?}");
    assert_eq!(refused[0]["answered"], 401);
    // What is forged is not handed on.
    let handed: Vec<_> = application.lines(2);
    assert!(handed.iter().all(|it| it["verified"] == true), "{handed:?}");
}

#[test]
fn an_application_that_is_down_is_told_and_not_swallowed() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let forward = format!("http://{}/", free());
    let listener = Listening::start(&home, &["--forward", &forward]);
    home.run(&["webhook", "trigger", "1005", "--to", &listener.url()])
        .fails(3, "answered 502");
    let told = listener.lines(1).remove(0);
    assert_eq!(told["answered"], 502);
    let why = told["told"].as_str().unwrap();
    assert!(why.starts_with("not handed on: "), "{why}");
    home.run(&["webhook", "trigger", "1005", "--to", &forward])
        .fails(1, "did not take it");
}

#[test]
fn events_of_every_kind_are_sent_and_verify() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let file = home.path().with_file_name("secret");
    fs::write(&file, "a token\n").unwrap();
    let file = file.to_str().unwrap();
    let listener = Listening::start(&home, &["--secret-file", file]);
    let url = listener.url();
    let listed = home.run(&["webhook", "trigger"]).ok();
    for code in EventCode::KNOWN {
        let name = code.name().unwrap();
        assert!(listed.out.contains(name));
        let args = [
            "webhook",
            "trigger",
            name,
            "--to",
            &url,
            "--secret-file",
            file,
        ];
        let sent = home.run(&[&args[..], &["--json"]].concat()).ok().json();
        let body = sent["body"].as_str().unwrap();
        let signature = Verifier::sign("a token", body.as_bytes());
        let verifier = Verifier::new().with("file", "a token");
        let event = verifier
            .verify(body.as_bytes(), &signature)
            .unwrap()
            .event()
            .unwrap();
        assert!(
            !matches!(event, bitpay_blocking::webhook::Event::Other { .. }),
            "{name}: {event:?}"
        );
    }
    let lines = listener.lines(EventCode::KNOWN.len());
    assert!(lines.iter().all(|it| it["verified"] == true));
    home.run(&["webhook", "trigger", "invoice_paid", "--to", &url])
        .fails(2, "BitPay has no event");
    home.run(&["webhook", "trigger", "payout_funded", "--to", &url])
        .fails(1, "signed with a payout token, and the profile holds none");
}

#[test]
fn a_saved_webhook_is_verified() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let body = r#"{"event":{"code":1006,"name":"invoice_completed"},"data":{"id":"LXXgiWHZuKbt9yurP5RpMQ","status":"complete"}}"#;
    let header = home.path().with_file_name("header");
    fs::write(
        &header,
        format!(
            "X-Signature: {}\n",
            Verifier::sign(&secret(&home), body.as_bytes())
        ),
    )
    .unwrap();
    let args = [
        "webhook",
        "verify",
        "-",
        "--signature",
        header.to_str().unwrap(),
    ];
    let right = home.run_with(&args, body).ok();
    assert!(
        right.out.contains("signed with the merchant token"),
        "{right:?}"
    );
    assert!(right.out.contains("LXXgiWHZuKbt9yurP5RpMQ"));
    let saved = home.run_with(&args, &format!("{body}\n")).ok();
    assert!(saved.out.contains("without the line end"), "{saved:?}");
    home.run_with(&args, &body.replace(':', ": "))
        .fails(1, "the signature does not match");
    fs::write(&header, "nonsense").unwrap();
    home.run_with(&args, body)
        .fails(1, "is not the base64 of 32 bytes");
}

fn catch_up(home: &Home, args: &[&str]) -> Ran {
    home.run(&[&["webhook", "catch-up", "--since", "2020-01-01"], args].concat())
}

#[test]
fn what_was_missed_is_caught_up_with() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let none = catch_up(&home, &[]).ok();
    // There is no payout token to ask for payouts with.
    assert!(none.out.starts_with("no invoice since"), "{none:?}");
    let url = format!("http://{}/webhook", free());
    let args = ["invoice", "create", "5", "USD", "--order", "order-1"];
    let made = home
        .run(&[&args[..], &["--notification-url", &url]].concat())
        .ok();
    let id = made.row("invoice");
    home.run(&["invoice", "create", "6", "USD"]).ok();
    server.pay(
        &id,
        bitpay_blocking::model::invoice::InvoiceStatus::Complete,
    );
    let missed = catch_up(&home, &[]).ok();
    assert!(
        missed.out.contains(&format!(
            "\ninvoice  {id}  complete  order-1\n\n1 invoice: fetch"
        )),
        "{missed:?}"
    );
    assert_eq!(server.count("resend_invoice_webhook"), 0);
    catch_up(&home, &["--resend"]).ok();
    assert_eq!(server.count("resend_invoice_webhook"), 1);
    home.run(&["webhook", "catch-up", "--since", "yesterday"])
        .fails(2, "--since");
    catch_up(&home, &["--kind", "payout"]).fails(1, "holds no payout token");
    catch_up(&home, &["--kind", "settlement"]).fails(2, "--kind");
    assert_eq!(server.count("list_payouts"), 0);
}

#[test]
fn what_was_missed_of_other_kinds_is_caught_up_with() {
    let sandbox = at_midnight(5);
    let (home, _) = merchant(&sandbox);
    let count = |operation: &str| {
        let requests = sandbox.requests();
        let of = requests.iter().filter(|it| it.operation == Some(operation));
        of.count()
    };
    let by_default = catch_up(&home, &["--json"]).ok().json();
    let of = |json: &Value, kind: &str| json[kind].as_array().map_or(0, Vec::len);
    assert!(of(&by_default, "invoices") > 5, "{by_default}");
    assert!(of(&by_default, "payouts") > 1, "{by_default}");
    assert_eq!(by_default.get("refunds"), None);
    for payout in by_default["payouts"].as_array().unwrap() {
        let id = payout["id"].as_str().unwrap();
        let shown = home.run(&["payout", "get", id, "--json"]).ok().json();
        assert_eq!(payout["status"], shown["status"]);
        assert_eq!(payout["reference"], shown["reference"]);
        assert_ne!(payout["status"], "new");
    }

    let args = ["--kind", "refund", "--kind", "recipient"];
    let asked = catch_up(&home, &[&args[..], &["--json"]].concat()).ok();
    let asked = asked.json();
    assert_eq!(asked.get("invoices"), None);
    let (refunds, recipients) = (of(&asked, "refunds"), of(&asked, "recipients"));
    assert!(refunds > 0 && recipients > 0, "{asked}");
    let refund = &asked["refunds"][0];
    let id = refund["id"].as_str().unwrap();
    let shown = home.run(&["refund", "get", id, "--json"]).ok().json();
    assert_eq!(refund["status"], shown["status"]);
    let all = home.run(&["recipient", "list", "--json"]).ok().json();
    assert_eq!(all.as_array().unwrap().len(), recipients);

    // Of refunds nothing is sent again, to nobody's mailbox.
    let told = catch_up(&home, &[&args[..], &["--resend"]].concat()).ok();
    assert!(
        told.out
            .ends_with(&format!(": {recipients} webhooks sent again\n")),
        "{told:?}"
    );
    assert_eq!(count("resend_refund_notification"), 0);
    assert_eq!(count("resend_recipient_notification"), recipients);
    catch_up(&home, &["--kind", "payout", "--resend"]).ok();
    assert_eq!(
        count("resend_payout_notification"),
        of(&by_default, "payouts")
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.run(&["webhook", "listen", "--listen", &address])
        .fails(1, &format!("--listen {address}"));
    drop(TcpStream::connect(&address));
}
