//! What `--verbose` prints: each exchange, and no secret.

use bitpay_sandbox::Fault;
use serde_json::Value;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::server::Server;

/// Nothing that the server received as a signature, and no token of the profile.
#[track_caller]
fn assert_no_secret(ran: &Ran, server: &Server) {
    for signature in server.signatures() {
        ran.assert_without(&signature, 24);
    }
    // `Home` looks for the key and the tokens.
}

#[test]
fn verbose_prints_each_exchange_and_no_secret() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let url = server.url();
    let create = ["invoice", "create", "20", "USD", "--order", "order 17"];
    let quiet = home.run(&create).ok();
    assert!(!quiet.err.contains("POST"), "{quiet:#?}");
    let create = [&create[..], &["--email", "b@example.org", "-v"]].concat();
    let ran = home.run(&create).ok();
    for line in [
        "* create_invoice\n",
        &format!("> POST {url}/invoices\n"),
        "> x-signature: [masked]\n",
        r#"> {"token":"[masked]","#,
        r#""orderId":"order 17""#,
        "< 200 after ",
        "< content-type: application/json",
        r#""token":"[masked]""#,
        "* create_invoice: done; 1 try, ",
    ] {
        assert!(ran.err.contains(line), "{line} is not in {ran:#?}");
    }
    // The result is what it was, and somebody's address is not for a log.
    assert!(!ran.out.contains("> POST"), "{ran:#?}");
    assert!(!ran.err.contains("b@example.org"), "{ran:#?}");
    assert_no_secret(&ran, &server);
}

#[test]
fn verbose_prints_what_went_wrong_and_what_was_done_about_it() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    server.inject("bad-gateway,on=list_invoices".parse::<Fault>().unwrap());
    let ran = home.run(&["invoice", "list", "--verbose"]).ok();
    for line in [
        "< 502 after ",
        "< <html><head><title>502 Bad Gateway",
        "* a pause of ",
        ", again\n",
        "* list_invoices: done; 2 tries, ",
    ] {
        assert!(ran.err.contains(line), "{line} is not in {ran:#?}");
    }
    assert_no_secret(&ran, &server);
}

#[test]
fn verbose_json_is_one_object_a_line() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let ran = home.run(&["tokens", "--json", "--verbose"]).ok();
    assert!(ran.err.lines().count() >= 4, "{ran:#?}");
    for line in ran.err.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["exchange"].is_string(), "{line}");
    }
    assert!(ran.json().is_array(), "{ran:#?}");
    assert_no_secret(&ran, &server);
}

#[test]
fn verbose_hides_the_codes_that_go_in_and_come_out() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let id = home
        .run(&["invoice", "create", "5", "USD"])
        .ok()
        .row("invoice");
    let data = format!(r#"{{"id":"{id}","buyerSms":"+15551234567","smsCode":"60918273"}}"#);
    let ran = home.run_with(&["call", "update_invoice", "-v", "--data", "-"], &data);
    assert!(ran.err.contains(r#""smsCode":"[masked]""#), "{ran:#?}");
    ran.assert_without("60918273", 6);
    ran.assert_without("15551234567", 8);

    let till = Home::new();
    let code = server.make_pos_code();
    let claim = ["pair", "--env", server.url(), "-v", "--code", &code];
    let ran = till.run(&claim);
    assert!(ran.err.contains(r#""pairingCode":"[masked]""#), "{ran:#?}");
    assert!(!ran.err.contains(&code), "{ran:#?}");
    assert_no_secret(&ran, &server);
}
