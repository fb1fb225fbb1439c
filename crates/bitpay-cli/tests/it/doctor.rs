//! The report finds each thing that is wrong, says what to do, and shows nothing secret.

use std::net::TcpListener;

use bitpay_blocking::{AnyToken, Facade};
use bitpay_sandbox::Fault;
use serde_json::Value;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::server::Server;

/// The state of a check, what was found, and what to do.
#[track_caller]
fn check(ran: &Ran, name: &str) -> (String, String, String) {
    let report = ran.json();
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == name);
    let check = check.unwrap_or_else(|| panic!("no {name} in {ran:#?}"));
    let text = |member: &str| check[member].as_str().unwrap_or_default().to_owned();
    (text("state"), text("found"), text("next"))
}

/// There is this problem and no other.
#[track_caller]
fn assert_one_problem(ran: &Ran, name: &str, found: &str, next: &str) {
    let (state, is, to_do) = check(ran, name);
    assert_eq!(state, "problem", "{ran:#?}");
    assert!(is.contains(found), "{found:?} is not in {is:?}");
    assert!(to_do.contains(next), "{next:?} is not in {to_do:?}");
    let report = ran.json();
    let checks = report["checks"].as_array().unwrap().iter();
    let problems = checks.filter(|check| check["state"] == "problem").count();
    assert_eq!((problems, ran.code), (1, 1), "{ran:#?}");
    assert_eq!(report["ok"], false);
}

fn doctor(home: &Home) -> Ran {
    home.run(&["doctor", "--json"])
}

#[test]
fn when_all_is_well_it_says_so_of_each_part() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let ran = doctor(&home).ok();
    assert_eq!(ran.json()["ok"], true);
    for part in [
        "program",
        "profile",
        "key",
        "permissions",
        "journal",
        "address",
        "proxy",
        "DNS",
        "server",
        "clock",
        "merchant token",
    ] {
        assert_eq!(check(&ran, part).0, "ok", "{part} in {ran:#?}");
    }
    assert_eq!(check(&ran, "TLS").0, "skipped");
    let text = home.run(&["doctor"]).ok();
    assert!(text.row("merchant token").starts_with("ok"), "{text:?}");
}

#[test]
fn a_wrong_clock() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let empty = r#"{"data":[]}"#;
    for (date, which) in [
        ("Thu, 01 Jan 2015 00:00:00 GMT", "ahead of the server's"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "behind the server's"),
    ] {
        let then = Fault::answer(200, "application/json", empty).header("date", date);
        server.inject(then.on("get_supported_wallets"));
        assert_one_problem(&doctor(&home), "clock", which, "by the network");
    }
    let unreadable = Fault::answer(200, "application/json", empty).header("date", "yesterday");
    server.inject(unreadable.on("get_supported_wallets"));
    assert_eq!(check(&doctor(&home).ok(), "clock").0, "skipped");
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start();
    let home = paired(&server, "merchant");
    let open = |name: &str, mode| {
        let path = home.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open("default.json", 0o644);
    let ran = doctor(&home);
    assert_one_problem(&ran, "profile", "chmod 600", "");
    open("default.json", 0o600);
    open(".", 0o755);
    assert_one_problem(&doctor(&home), "profile", "chmod 700", "");
    open(".", 0o700);
    doctor(&home).ok();
}

#[test]
fn no_profile_no_token_and_a_pairing_that_waits() {
    let (server, home) = (Server::start(), Home::new());
    let ran = doctor(&home);
    assert_one_problem(&ran, "profile", "bitpay pair --env test", "");
    assert_eq!(check(&ran, "server").0, "skipped");
    // Without a profile, the way to the server is looked at all the same.
    let ran = home.run(&["doctor", "--json", "--env", server.url()]);
    assert_one_problem(&ran, "profile", "there is no profile", "");
    assert_eq!(check(&ran, "server").0, "ok");

    home.run(&["keygen", "--env", server.url()]).ok();
    assert_one_problem(&doctor(&home), "token", "holds none", "bitpay pair");
    let asked = home.run(&["pair", "--facade", "merchant"]).ok();
    assert_one_problem(&doctor(&home), "merchant token", "not approved yet", "");
    server.approve(&asked.row("pairing code"));
    home.run(&["pair"]).ok();
    let ran = home.run(&["doctor", "--json", "--facade", "payout"]);
    assert_one_problem(&ran, "token", "holds none", "--facade payout");

    home.run(&["pair", "--facade", "pos"]).ok();
    let ran = doctor(&home).ok();
    assert_eq!(check(&ran, "pairing").0, "note", "the merchant token works");
}

#[test]
fn a_refused_token() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let other = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    home.store()
        .lock("default")
        .unwrap()
        .update(|profile| {
            profile.set_token(AnyToken::parse(Facade::Payout, other).unwrap());
        })
        .unwrap();
    let ran = doctor(&home);
    assert_one_problem(
        &ran,
        "payout token",
        "revoked",
        "bitpay pair --facade payout",
    );
    assert_eq!(check(&ran, "merchant token").0, "ok");
}

#[test]
fn a_host_that_is_not_reached() {
    let home = Home::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let closed = format!("http://{}", port.unwrap());
    home.run(&["keygen", "--env", &closed]).ok();
    let ran = doctor(&home);
    assert_one_problem(&ran, "server", "no connection", "");
    assert!(!check(&ran, "server").2.is_empty(), "{ran:#?}");
}

#[test]
fn plain_http_to_what_is_not_this_machine() {
    let server = Server::start();
    let home = Home::new();
    // It is this machine, and not by a name that says so.
    let plain = server.url().replace("127.0.0.1", "0.0.0.0");
    home.run(&["keygen", "--allow-plain-http", "--env", &plain])
        .ok();
    let (state, found, next) = check(&doctor(&home), "address");
    assert_eq!(state, "problem");
    assert!(found.contains("plain http"), "{found}");
    assert!(next.contains("use https"), "{next}");
}

#[test]
fn a_server_without_tls_and_a_proxy_that_is_not_there() {
    // What answers is no TLS, and closes the connection.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let home = Home::new();
    home.run(&["keygen", "--env", &format!("https://{address}")])
        .ok();
    let answering = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let ran = doctor(&home);
    answering.join().unwrap();
    assert_one_problem(&ran, "TLS", "no TLS connection", "");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let home = Home::new();
    home.run(&["keygen", "--env", "test"]).ok();
    let proxy = format!("http://ada:swordfish@{}", closed.unwrap());
    let ran = home.run_under(&["doctor", "--json"], "", &[("HTTPS_PROXY", &proxy)]);
    let problems: Vec<Value> = ran.json()["checks"].as_array().unwrap().clone();
    assert!(
        problems
            .iter()
            .any(|check| check["check"] == "proxy" && check["state"] == "problem"),
        "{ran:#?}"
    );
    assert!(!ran.out.contains("swordfish") && !ran.out.contains("ada"));
}

#[test]
fn nothing_goes_past_a_proxy_that_cannot_be_used() {
    let home = Home::new();
    home.run(&["keygen", "--env", "https://bitpay.invalid"])
        .ok();
    let run = |args: &[&str]| home.run_under(args, "", &[("all_proxy", "socks5://x")]);
    let why = "all_proxy is not the address of a proxy";
    run(&["rates"]).fails(1, why);
    assert_one_problem(&run(&["doctor", "--json"]), "proxy", why, "until then");
    let shown = run(&["config"]).ok();
    assert!(shown.row("proxy").contains("cannot be used"), "{shown:#?}");
}

#[test]
fn what_is_open_is_noted() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    server.inject(Fault::lost().on("create_bill"));
    home.run(&["bill", "create", "a@example.org", "USD", "--item", "5 Tea"])
        .fails(3, "may have happened");
    let (state, _, next) = check(&doctor(&home).ok(), "journal");
    assert_eq!((state.as_str(), next.as_str()), ("note", "bitpay recover"));
    home.store()
        .lock("default")
        .unwrap()
        .update(|profile| profile.begin_rotation(bitpay_blocking::generate_key().unwrap()))
        .unwrap();
    let (state, _, next) = check(&doctor(&home).ok(), "rotation");
    assert_eq!(
        (state.as_str(), next.as_str()),
        ("note", "bitpay key rotate")
    );
}
